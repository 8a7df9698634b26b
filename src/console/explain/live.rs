//! The decoder for a line that is being talked on: what is sent and what comes, in turn, both known.

use super::found::{Found, Kind, Side};
use super::teller::{Form, Sender, Teller};
use super::told::Told;
use crate::wire::response::{Answer, Classes, Connect, Expectation, Framing, Scanner};

/// The most that is awaited as echo.
const LONGEST: usize = 8192;

/// A conversation between a host and a modem.
///
/// What comes may be cut anywhere. Echo of what was sent is taken away.
#[derive(Debug)]
pub struct Conversation {
    scanner: Scanner,
    teller: Teller,
}

impl Default for Conversation {
    fn default() -> Self {
        Self::new()
    }
}

impl Conversation {
    /// One in which nothing has been said.
    #[must_use]
    pub fn new() -> Self {
        Self {
            scanner: Scanner::new(Framing::default(), expectation(Answer::Nothing)),
            teller: Teller::new(Form::Values),
        }
    }

    /// The host sends a command line; `line` is without its terminator.
    pub fn command(&mut self, line: &[u8]) -> Vec<Told> {
        self.scanner.sent(&[line, b"\r"].concat());
        self.scanner.expect(expectation(Answer::Any));
        self.teller.host_line(0, line, Sender::Host, false);
        self.teller.take()
    }

    /// The host sends the text that a prompt asked for, what ends it included.
    pub fn message(&mut self, text: &[u8]) -> Vec<Told> {
        self.sent(text);
        let found = Found::new(0, text, Side::Host, Kind::Data);
        self.teller.write(&found.saying_message("the text of a message or its PDU"));
        self.teller.take()
    }

    /// The host sends bytes of which nothing is said; they may come back as echo.
    pub fn sent(&mut self, bytes: &[u8]) {
        // A modem does not echo what ends a text.
        let ends = |byte: &u8| matches!(byte, 0x1a | 0x1b);
        bytes[..bytes.len().min(LONGEST)].split(ends).for_each(|text| self.scanner.sent(text));
    }

    /// Bytes came from the modem.
    pub fn receive(&mut self, mut piece: &[u8]) -> Vec<Told> {
        while let Some(element) = self.scanner.next(&mut piece) {
            if !element.classes.is_only(Classes::ECHO) {
                let at = element.span.start;
                self.teller.modem(&element, at);
                // What stands behind a final result is no answer to it, in the same piece too.
                if self.teller.values().last().is_some_and(|told| told.ends && told.kind != Kind::Unsolicited) {
                    self.scanner.expect(expectation(Answer::Nothing));
                }
            }
        }
        self.teller.end_data();
        self.teller.take()
    }

    /// The command line that was open has been answered, or is given up: what comes now comes by itself.
    pub fn close(&mut self) {
        self.scanner.expect(expectation(Answer::Nothing));
    }

    /// The line has been quiet: a line that a lost quote holds back is told.
    pub fn settle(&mut self) -> Vec<Told> {
        while let Some(element) = self.scanner.settle() {
            let at = element.span.start;
            self.teller.modem(&element, at);
        }
        self.teller.end_data();
        self.teller.take()
    }

    /// What has come of a line that has no end yet.
    #[must_use]
    pub fn pending(&self) -> &[u8] {
        self.scanner.pending()
    }

    /// Whether the modem is in data state, as far as this end knows.
    #[must_use]
    pub fn is_data(&self) -> bool {
        self.scanner.is_data()
    }
}

fn expectation(answer: Answer) -> Expectation {
    Expectation { answer, connect: Connect::DataUntilResult, ..Expectation::default() }
}
