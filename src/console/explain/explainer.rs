//! The explainer: pieces of traffic in, text out.

use super::Origin;
use super::host::HostLines;
use super::teller::{Form, Teller};
use crate::wire::response::{Connect, Expectation, Framing, Scanner};

/// Explains traffic that comes in pieces of any size; how it is cut changes nothing in what it says.
#[derive(Debug)]
pub struct Explainer {
    source: Source,
    teller: Teller,
}

#[derive(Debug)]
enum Source {
    Host(HostLines),
    Modem(Lines),
    /// Nobody said who sent it: each line is judged by itself.
    Either(Lines),
}

impl Explainer {
    /// One that has been fed nothing. Without `from` each line is judged by itself, as signs before it and its text allow.
    #[must_use]
    pub fn new(from: Option<Origin>, form: Form) -> Self {
        let source = match from {
            Some(Origin::Host) => Source::Host(HostLines::new()),
            Some(Origin::Modem) => Source::Modem(Lines::new(Expectation::default())),
            // A transcript's `> ` is no prompt: which it is, the line behind it tells.
            None => Source::Either(Lines::new(Expectation { prompts: Vec::new(), ..Expectation::default() })),
        };
        Self { source, teller: Teller::new(form) }
    }

    /// Tells each line anew, as if none had come before.
    #[cfg(test)]
    pub(super) fn remember_nothing(&mut self) {
        self.teller.remember_nothing();
    }

    /// Takes the next piece; what is found in it stands in [`text`](Self::text).
    pub fn feed(&mut self, piece: &[u8]) {
        let teller = &mut self.teller;
        match &mut self.source {
            Source::Host(lines) => lines.feed(piece, teller),
            Source::Modem(lines) => lines.feed(piece, |scanner, piece| {
                while let Some(element) = scanner.next(piece) {
                    teller.modem(&element, element.span.start);
                }
            }),
            Source::Either(lines) => lines.feed(piece, |scanner, piece| {
                while let Some(element) = scanner.next(piece) {
                    teller.either(&element);
                }
            }),
        }
    }

    /// The traffic has ended: what is left of it is told.
    pub fn finish(&mut self) {
        let teller = &mut self.teller;
        match &mut self.source {
            Source::Host(lines) => lines.finish(teller),
            Source::Modem(lines) => {
                while let Some(element) = lines.scanner.finish() {
                    teller.modem(&element, element.span.start);
                }
            }
            Source::Either(lines) => {
                while let Some(element) = lines.scanner.finish() {
                    teller.either(&element);
                }
            }
        }
        teller.finish();
    }

    /// What has been said since the last [`clear`](Self::clear).
    #[must_use]
    pub fn text(&self) -> &str {
        self.teller.text()
    }

    /// Forgets the text that has been said; not where the traffic stands.
    pub fn clear(&mut self) {
        self.teller.clear();
    }

    /// Whether nothing has been found at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.teller.is_empty()
    }
}

/// The scanner, and whether the traffic still has its own line ends.
#[derive(Debug)]
struct Lines {
    scanner: Scanner,
    cr_seen: bool,
}

impl Lines {
    /// Until a CR has come this may be a text file: nothing would end data state in it, so `CONNECT` does not begin one.
    fn new(expectation: Expectation) -> Self {
        let expectation = Expectation { connect: Connect::Lines, ..expectation };
        Self { scanner: Scanner::new(Framing::default(), expectation), cr_seen: false }
    }

    fn feed(&mut self, mut piece: &[u8], mut each: impl FnMut(&mut Scanner, &mut &[u8])) {
        if !self.cr_seen {
            let Some(first) = memchr::memchr(b'\r', piece) else {
                each(&mut self.scanner, &mut piece);
                return;
            };
            let (mut before, rest) = piece.split_at(first);
            each(&mut self.scanner, &mut before);
            self.cr_seen = true;
            let expectation = self.scanner.expectation().clone();
            self.scanner.expect(Expectation { connect: Connect::DataUntilResult, ..expectation });
            piece = rest;
        }
        each(&mut self.scanner, &mut piece);
    }
}
