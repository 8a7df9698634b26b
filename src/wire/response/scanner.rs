//! The scanner: pieces of a stream in, elements out.

use super::Element;
use super::cut::{Cut, Step};
use super::expectation::{Expectation, Framing};
use super::machine::{Machine, STOP};
use super::search::{first_of, short_word};

/// Cuts what a modem sends into elements.
///
/// It is fed pieces of any size; how the stream is cut changes nothing in what comes out, but that raw data comes in as
/// many runs as it was fed in. An element that lies whole in one piece is borrowed from it; one that was cut is put
/// together in a buffer that never grows beyond the longest line.
///
/// ```
/// use atgate::wire::response::{Classes, Scanner};
///
/// let mut scanner = Scanner::default();
/// let mut lines = Vec::new();
/// for piece in [&b"\r\n+CSQ: 2"[..], b"1,99\r\n\r\nOK\r\n"] {
///     scanner.feed(piece, |element| lines.push(element.text.to_vec()));
/// }
/// assert_eq!(lines, [&b"+CSQ: 21,99"[..], b"OK"]);
/// ```
#[derive(Debug)]
pub struct Scanner {
    machine: Machine,
    /// Bytes of the element that was cut; more of them after a lost quote was given up.
    held: Vec<u8>,
    /// How many of them are done with.
    done: usize,
    reading: Reading,
    /// Below how many bytes held a line goes on with any byte that is no stop; 0 where it does not.
    until: usize,
    /// The position in the stream of the first byte that is not done with.
    position: u64,
}

/// What is known of the bytes that are held and not done with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reading {
    /// They have not been looked at, or something has changed since.
    Due,
    /// They are too few to tell.
    TooFew,
    /// Nothing but a line end (or too many bytes) completes them.
    ToEnd,
}

impl Default for Scanner {
    fn default() -> Self {
        Self::new(Framing::default(), Expectation::default())
    }
}

impl Scanner {
    /// A scanner at the begin of a stream.
    #[must_use]
    pub fn new(framing: Framing, expectation: Expectation) -> Self {
        Self {
            machine: Machine::new(framing, expectation),
            held: Vec::new(),
            done: 0,
            reading: Reading::Due,
            until: 0,
            position: 0,
        }
    }

    /// Sets what is awaited from here on; what is held back of a cut element is read in its light.
    pub fn expect(&mut self, expectation: Expectation) {
        self.read(Reading::Due);
        self.machine.expect(expectation);
    }

    /// What is awaited.
    #[must_use]
    pub fn expectation(&self) -> &Expectation {
        &self.machine.expectation
    }

    /// Sets the framing, after `S3=` or `S4=`; holds from the next element.
    pub fn frame(&mut self, framing: Framing) {
        self.read(Reading::Due);
        self.machine.frame(framing);
    }

    /// The framing.
    #[must_use]
    pub fn framing(&self) -> Framing {
        self.machine.framing
    }

    /// Bytes that were sent to the modem and may come back as echo: a command with its line end, the text after a prompt.
    /// They wait until they come or a final result does.
    pub fn sent(&mut self, bytes: &[u8]) {
        self.read(Reading::Due);
        self.machine.echo.sent(bytes);
    }

    /// What was sent has come back another way: nothing of it is awaited as echo any more.
    pub fn forget_echo(&mut self) {
        self.machine.echo.clear();
    }

    /// The next `count` bytes are raw, whatever they look like.
    pub fn raw(&mut self, count: u64) {
        self.read(Reading::Due);
        self.machine.raw(count);
    }

    /// All is raw from here, until [`end_data`](Self::end_data): the modem is in data state.
    pub fn data(&mut self) {
        self.read(Reading::Due);
        self.machine.data();
    }

    /// The modem is back in command state: lines are read again.
    pub fn end_data(&mut self) {
        self.read(Reading::Due);
        self.machine.lines();
    }

    /// Whether the modem is in data state, as far as this end knows.
    #[must_use]
    pub fn is_data(&self) -> bool {
        self.machine.is_data()
    }

    /// The bytes of an element that is not complete yet.
    #[must_use]
    pub fn pending(&self) -> &[u8] {
        self.held.get(self.done..).unwrap_or_default()
    }

    /// Where in the stream the first byte stands that no element or blank has taken yet.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.position
    }

    /// Feeds a whole piece and hands each element to `each`.
    pub fn feed(&mut self, mut piece: &[u8], mut each: impl FnMut(Element<'_>)) {
        while let Some(element) = self.next(&mut piece) {
            each(element);
        }
    }

    /// The next element; takes its bytes from the front of `piece`. `None` once the piece is used up.
    ///
    /// Between two calls the expectation may change, and holds for the rest of the same piece.
    #[inline]
    pub fn next<'s, 'p: 's>(&'s mut self, piece: &mut &'p [u8]) -> Option<Element<'s>> {
        if let [byte] = **piece
            && self.takes(byte)
        {
            *piece = &[];
            return None;
        }
        if self.done < self.held.len() {
            if self.next_held(piece) {
                return Some(self.held_element());
            }
        } else if self.done > 0 {
            self.held.clear();
            self.done = 0;
        }
        while !piece.is_empty() {
            let step = self.machine.step(piece);
            match step {
                Step::Element => {
                    let cut = &self.machine.cut;
                    let (bytes, rest) = piece.split_at(cut.skip + cut.taken);
                    *piece = rest;
                    return Some(element(bytes, cut, &mut self.position));
                }
                Step::Blank(count) => {
                    self.position += count as u64;
                    *piece = &piece[count..];
                }
                Step::More => self.hold(piece, Reading::TooFew),
                Step::MoreToEnd => self.hold(piece, Reading::ToEnd),
            }
        }
        None
    }

    /// Takes a byte that comes alone, as from a slow line, if it ends nothing and no more than its mark need be looked at.
    #[inline]
    fn takes(&mut self, byte: u8) -> bool {
        if self.held.len() < self.until && !self.machine.is(byte, STOP) {
            self.held.push(byte);
            return true;
        }
        self.takes_apart(byte)
    }

    #[inline(never)]
    fn takes_apart(&mut self, byte: u8) -> bool {
        if self.done == self.held.len() {
            return self.takes_first(byte);
        }
        let goes_on = match self.reading {
            Reading::Due => false,
            Reading::TooFew => self.machine.is_second(byte),
            Reading::ToEnd => {
                self.held.len() < self.until && self.machine.is_later_quote(byte, self.held.len() - self.done)
            }
        };
        if goes_on {
            self.held.push(byte);
            self.read(Reading::ToEnd);
        }
        goes_on
    }

    /// Takes a byte that comes alone where nothing is held.
    fn takes_first(&mut self, byte: u8) -> bool {
        if self.machine.is_between(byte) {
            self.position += 1;
            return true;
        }
        let is_first = self.machine.is_first(byte);
        if is_first {
            self.done = 0;
            self.held.clear();
            self.held.push(byte);
            self.read(if self.machine.awaits_second() { Reading::TooFew } else { Reading::ToEnd });
        }
        is_first
    }

    #[inline]
    fn read(&mut self, reading: Reading) {
        self.reading = reading;
        self.until = if reading == Reading::ToEnd { self.done + self.machine.framing.longest } else { 0 };
    }

    /// Whether an element begins in the bytes held: no once there are none left, or the piece is used up.
    fn next_held(&mut self, piece: &mut &[u8]) -> bool {
        let mut step = match self.reading {
            Reading::ToEnd => match self.fill(piece) {
                Some(step) => step,
                None => return false,
            },
            Reading::TooFew if piece.is_empty() => return false,
            Reading::TooFew => self.step_on(piece),
            Reading::Due => self.machine.step(&self.held[self.done..]),
        };
        self.read(Reading::Due);
        loop {
            match step {
                Step::Element => return true,
                Step::Blank(count) => self.take(count),
                Step::More if piece.is_empty() => {
                    self.read(Reading::TooFew);
                    return false;
                }
                Step::MoreToEnd if piece.is_empty() => {
                    self.read(Reading::ToEnd);
                    return false;
                }
                Step::More | Step::MoreToEnd => {
                    step = self.step_on(piece);
                    continue;
                }
            }
            if self.done == self.held.len() {
                self.held.clear();
                self.done = 0;
                return false;
            }
            step = self.machine.step(&self.held[self.done..]);
        }
    }

    /// Takes bytes of the piece up to the line end that is waited for; `None` where the piece is used up without one.
    #[inline]
    fn fill(&mut self, piece: &mut &[u8]) -> Option<Step> {
        let scanned = self.pending().len();
        self.machine.scanned(scanned);
        if scanned + piece.len() > self.machine.framing.longest {
            return Some(self.step_on(piece));
        }
        let Some(end) = self.machine.line_end_in(piece) else {
            self.hold(piece, Reading::ToEnd);
            return None;
        };
        let (mut more, rest) = piece.split_at(end + 1);
        self.hold(&mut more, Reading::Due);
        *piece = rest;
        Some(self.machine.resume(&self.held[self.done..]))
    }

    /// The line has been quiet: gives up a lost quote that holds lines back. To be called until it gives `None`.
    ///
    /// What has no line end yet stays.
    pub fn settle(&mut self) -> Option<Element<'_>> {
        self.read(Reading::Due);
        loop {
            if self.done >= self.held.len() {
                return None;
            }
            match self.machine.step(&self.held[self.done..]) {
                Step::Blank(count) => self.take(count),
                Step::Element => return Some(self.held_element()),
                Step::More | Step::MoreToEnd => {
                    return self.machine.settle(&self.held[self.done..]).then(|| self.held_element());
                }
            }
        }
    }

    /// The stream has ended: what is left comes out, as [`PARTIAL`](super::Classes::PARTIAL) where it has no line end. To be
    /// called until it gives `None`.
    pub fn finish(&mut self) -> Option<Element<'_>> {
        self.read(Reading::Due);
        loop {
            if self.done >= self.held.len() {
                return None;
            }
            match self.machine.step(&self.held[self.done..]) {
                Step::Blank(count) => self.take(count),
                Step::Element => return Some(self.held_element()),
                Step::More | Step::MoreToEnd => {
                    self.machine.finish(&self.held[self.done..]);
                    return Some(self.held_element());
                }
            }
        }
    }

    fn take(&mut self, count: usize) {
        self.done += count;
        self.position += count as u64;
    }

    /// Moves bytes up to the next line end from the piece to those held, and looks at these.
    fn step_on(&mut self, piece: &mut &[u8]) -> Step {
        if self.done > 0 {
            self.held.drain(..self.done);
            self.done = 0;
        }
        let framing = self.machine.framing;
        let count = first_of([framing.s3, framing.s4, framing.s4], piece).map_or(piece.len(), |end| end + 1);
        let (mut more, rest) = piece.split_at(count.min(framing.longest + 1));
        self.hold(&mut more, Reading::Due);
        *piece = rest;
        self.machine.step(&self.held)
    }

    /// Holds the whole piece.
    #[inline]
    fn hold(&mut self, piece: &mut &[u8], reading: Reading) {
        match piece.len() {
            // A word and a cut cost less than a copy of a length that is not known.
            0..8 => {
                self.held.extend_from_slice(&short_word(piece).to_le_bytes());
                self.held.truncate(self.held.len() - 8 + piece.len());
            }
            _ => self.held.extend_from_slice(piece),
        }
        self.read(reading);
        *piece = &[];
    }

    #[inline]
    fn held_element(&mut self) -> Element<'_> {
        let cut = &self.machine.cut;
        let from = self.done;
        self.done += cut.skip + cut.taken;
        element(&self.held[from..], cut, &mut self.position)
    }
}

#[inline]
fn element<'a>(bytes: &'a [u8], cut: &Cut, position: &mut u64) -> Element<'a> {
    let begin = *position + cut.skip as u64;
    *position = begin + cut.taken as u64;
    Element {
        text: &bytes[cut.skip..cut.skip + cut.text],
        classes: cut.classes,
        span: begin..*position,
        payload: cut.payload,
        name: cut.name,
    }
}
