//! The scanner: pieces of a stream in, elements out.

use super::Element;
use super::cut::{Cut, Step};
use super::expectation::{Expectation, Framing};
use super::machine::Machine;

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
    /// Whether nothing but a line end (or too many bytes) completes what is held.
    waiting: bool,
    /// The position in the stream of the first byte that is not done with.
    position: u64,
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
        Self { machine: Machine::new(framing, expectation), held: Vec::new(), done: 0, waiting: false, position: 0 }
    }

    /// Sets what is awaited from here on; what is held back of a cut element is read in its light.
    pub fn expect(&mut self, expectation: Expectation) {
        self.waiting = false;
        self.machine.expect(expectation);
    }

    /// What is awaited.
    #[must_use]
    pub fn expectation(&self) -> &Expectation {
        &self.machine.expectation
    }

    /// Sets the framing, after `S3=` or `S4=`; holds from the next element.
    pub fn frame(&mut self, framing: Framing) {
        self.waiting = false;
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
        self.waiting = false;
        self.machine.echo.sent(bytes);
    }

    /// The next `count` bytes are raw, whatever they look like.
    pub fn raw(&mut self, count: u64) {
        self.waiting = false;
        self.machine.raw(count);
    }

    /// All is raw from here, until [`end_data`](Self::end_data): the modem is in data state.
    pub fn data(&mut self) {
        self.waiting = false;
        self.machine.data();
    }

    /// The modem is back in command state: lines are read again.
    pub fn end_data(&mut self) {
        self.waiting = false;
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
                Step::More | Step::MoreToEnd => {
                    self.waiting = step == Step::MoreToEnd;
                    self.held.extend_from_slice(piece);
                    *piece = &[];
                }
            }
        }
        None
    }

    /// Whether an element begins in the bytes held: no once there are none left, or the piece is used up.
    fn next_held(&mut self, piece: &mut &[u8]) -> bool {
        let mut step = match self.waiting {
            true => match self.fill(piece) {
                Some(step) => step,
                None => return false,
            },
            false => self.machine.step(&self.held[self.done..]),
        };
        loop {
            match step {
                Step::Element => return true,
                Step::Blank(count) => self.take(count),
                Step::More | Step::MoreToEnd if piece.is_empty() => {
                    self.waiting = step == Step::MoreToEnd;
                    return false;
                }
                Step::More | Step::MoreToEnd => self.hold_more(piece),
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
        if self.pending().len() + piece.len() > self.machine.framing.longest {
            self.waiting = false;
            self.hold_more(piece);
            return Some(self.machine.step(&self.held[self.done..]));
        }
        let Some(end) = self.machine.line_end_in(piece) else {
            self.held.extend_from_slice(piece);
            *piece = &[];
            return None;
        };
        let (more, rest) = piece.split_at(end + 1);
        self.held.extend_from_slice(more);
        *piece = rest;
        self.waiting = false;
        Some(self.machine.resume(&self.held[self.done..]))
    }

    /// The line has been quiet: gives up a lost quote that holds lines back. To be called until it gives `None`.
    ///
    /// What has no line end yet stays.
    pub fn settle(&mut self) -> Option<Element<'_>> {
        self.waiting = false;
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
        self.waiting = false;
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

    /// Moves bytes up to the next line end from the piece to those held.
    fn hold_more(&mut self, piece: &mut &[u8]) {
        if self.done > 0 {
            self.held.drain(..self.done);
            self.done = 0;
        }
        let framing = self.machine.framing;
        let count = memchr::memchr2(framing.s3, framing.s4, piece).map_or(piece.len(), |end| end + 1);
        let count = count.min(framing.longest + 1);
        let (more, rest) = piece.split_at(count);
        self.held.extend_from_slice(more);
        *piece = rest;
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
