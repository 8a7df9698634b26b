//! The machine that cuts: one element out of a contiguous run of bytes, resumable, holding no bytes.

use super::Classes;
use super::cut::{Cut, Step};
use super::echo::Echo;
use super::expectation::{Expectation, Framing};
use super::search::first_of;

/// A byte that stands between elements: S3, S4, NUL.
pub(super) const BLANK: u8 = 1;
/// The first byte of a prompt.
pub(super) const PROMPT: u8 = 2;
/// The second byte of a name that announces a payload.
pub(super) const HEAD: u8 = 4;
/// The first byte of such a name.
pub(super) const SIGN: u8 = 8;
/// A byte that a line does not simply go on with: S3, S4, a quote.
pub(super) const STOP: u8 = 16;

/// What the next bytes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Lines,
    /// Inside a line that was longer than the framing allows.
    Overflowing,
    /// So many bytes of a payload are still to come.
    Payload {
        left: u64,
    },
    /// Data state, until somebody says otherwise.
    Data,
    /// Data state, until a result stands in it.
    Watched,
}

/// How far the element at hand has been read.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Cursor {
    /// Bytes before this need no second look for a line end.
    pub(super) scanned: usize,
    /// The first quote before `scanned`.
    pub(super) quote: Option<usize>,
    /// The first line end, if it stood inside a quoted string.
    pub(super) first_end: Option<usize>,
    /// Where the segment begins that the string has run on into.
    pub(super) segment: usize,
    /// How many bytes there must be before it is worth a look.
    pub(super) awaits: usize,
    /// Where in the line a payload lies.
    pub(super) payload: Option<(usize, usize)>,
    pub(super) not_echo: bool,
    pub(super) head_read: bool,
}

/// What belongs to the element before and not to the next.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Due {
    /// After S3 of a head or a CONNECT: one S4 belongs to the line end, not to the data.
    pub(super) feed: bool,
    /// After a prompt without its blank: the blank belongs to the prompt.
    pub(super) blank: bool,
    /// After a payload in quotes that was too long to hold: its closing quote.
    pub(super) quote: bool,
    /// The line that comes is a PDU or a message's text.
    pub(super) body: bool,
}

#[derive(Debug)]
pub(super) struct Machine {
    pub(super) framing: Framing,
    pub(super) expectation: Expectation,
    pub(super) echo: Echo,
    /// The element that the last [`Step::Element`] stands for.
    pub(super) cut: Cut,
    pub(super) state: State,
    pub(super) cursor: Cursor,
    pub(super) due: Due,
    /// What each byte may be here: `BLANK`, `PROMPT`, `HEAD`, `SIGN`, `STOP`.
    marks: [u8; 256],
}

impl Machine {
    pub(super) fn new(framing: Framing, expectation: Expectation) -> Self {
        let mut machine = Self {
            framing,
            expectation,
            echo: Echo::default(),
            cut: Cut::default(),
            state: State::Lines,
            cursor: Cursor::default(),
            due: Due::default(),
            marks: [0; 256],
        };
        machine.frame(framing);
        machine
    }

    pub(super) fn expect(&mut self, expectation: Expectation) {
        self.expectation = expectation;
        self.mark();
    }

    /// A line of no bytes would never end: the limit is one at least.
    pub(super) fn frame(&mut self, framing: Framing) {
        self.framing = Framing { longest: framing.longest.max(1), ..framing };
        self.mark();
    }

    fn mark(&mut self) {
        self.marks = [0; 256];
        for end in [0, self.framing.s3, self.framing.s4] {
            self.marks[usize::from(end)] |= BLANK;
        }
        for first in self.expectation.prompts.iter().filter_map(|prompt| prompt.first()) {
            self.marks[usize::from(*first)] |= PROMPT;
        }
        for stop in [self.framing.s3, self.framing.s4, b'"'] {
            self.marks[usize::from(stop)] |= STOP;
        }
        for head in self.expectation.payloads.iter() {
            for (byte, mark) in head.name.iter().zip([SIGN, HEAD]) {
                self.marks[usize::from(*byte)] |= mark;
            }
        }
    }

    #[inline]
    pub(super) fn is(&self, byte: u8, mark: u8) -> bool {
        self.marks[usize::from(byte)] & mark != 0
    }

    pub(super) fn raw(&mut self, count: u64) {
        self.cursor = Cursor::default();
        self.state = if count == 0 { State::Lines } else { State::Payload { left: count } };
    }

    pub(super) fn data(&mut self) {
        self.cursor = Cursor::default();
        self.state = State::Data;
    }

    pub(super) fn lines(&mut self) {
        self.cursor = Cursor::default();
        self.due.feed = false;
        self.state = State::Lines;
    }

    pub(super) fn is_data(&self) -> bool {
        matches!(self.state, State::Data | State::Watched)
    }

    /// What `bytes`, which are not empty, begin with.
    #[inline]
    pub(super) fn step(&mut self, bytes: &[u8]) -> Step {
        match self.state {
            State::Lines => self.element(bytes),
            State::Overflowing => self.overflowing(bytes),
            State::Payload { .. } | State::Data | State::Watched => self.raw_bytes(bytes),
        }
    }

    /// What is held back is all that comes: the element as far as it goes.
    pub(super) fn finish(&mut self, bytes: &[u8]) {
        if self.settle(bytes) {
            return;
        }
        let all = bytes.len();
        match self.state {
            State::Lines => {
                self.line_end(bytes, all, all);
                self.cut.classes = self.cut.classes | Classes::PARTIAL;
            }
            State::Overflowing => {
                self.cut(all, all, Classes::OVERFLOW | Classes::PARTIAL);
            }
            State::Payload { .. } | State::Data | State::Watched => {
                self.cut(all, all, Classes::DATA);
            }
        }
        self.cursor = Cursor::default();
    }

    /// The line is quiet: a line end inside an open quote ends the line after all. False where there is none.
    pub(super) fn settle(&mut self, bytes: &[u8]) -> bool {
        let Some(end) = self.cursor.first_end else { return false };
        self.line_end(bytes, end, end + 1);
        true
    }

    /// An element of so much text.
    #[inline]
    pub(super) fn cut(&mut self, text: usize, taken: usize, classes: Classes) -> Step {
        self.cut = Cut { skip: 0, text, taken, classes, name: 0, payload: (0, 0) };
        Step::Element
    }

    pub(super) fn overflow(&mut self) -> Step {
        self.cursor = Cursor::default();
        self.state = State::Overflowing;
        let longest = self.framing.longest;
        self.cut(longest, longest, Classes::OVERFLOW)
    }

    fn overflowing(&mut self, bytes: &[u8]) -> Step {
        let (s3, s4, longest) = (self.framing.s3, self.framing.s4, self.framing.longest);
        let from = self.cursor.scanned;
        match first_of([s3, s4, s4], &bytes[from..]).map(|found| from + found) {
            Some(0) => {
                self.lines();
                Step::Blank(1)
            }
            Some(end) if end <= longest => {
                self.lines();
                self.cut(end, end + 1, Classes::OVERFLOW)
            }
            Some(_) => self.overflow(),
            None if bytes.len() > longest => self.overflow(),
            None => {
                self.cursor.scanned = bytes.len();
                Step::More
            }
        }
    }

    fn raw_bytes(&mut self, bytes: &[u8]) -> Step {
        if std::mem::take(&mut self.due.feed) && bytes.first() == Some(&self.framing.s4) {
            return Step::Blank(1);
        }
        let all = bytes.len();
        match self.state {
            State::Payload { left } => {
                let here = usize::try_from(left).unwrap_or(usize::MAX).min(all);
                self.raw(left - here as u64);
                self.cut(here, here, Classes::DATA)
            }
            State::Watched => self.watched(bytes),
            State::Data | State::Lines | State::Overflowing => self.cut(all, all, Classes::DATA),
        }
    }

    /// Data up to a line that holds a result; the line end before it belongs to the result.
    fn watched(&mut self, bytes: &[u8]) -> Step {
        const RESULTS: [&[u8]; 3] = [b"\r\nNO CARRIER\r\n", b"\r\nOK\r\n", b"\r\nDISCONNECT\r\n"];
        let mut from = 0;
        while let Some(found) = memchr::memchr(b'\r', &bytes[from..]) {
            let at = from + found;
            let rest = &bytes[at..];
            let ends = RESULTS.iter().any(|result| rest.starts_with(result));
            let may_end = ends || RESULTS.iter().any(|result| result.starts_with(rest));
            if may_end && at > 0 {
                return self.cut(at, at, Classes::DATA);
            }
            if ends {
                self.lines();
                return Step::Blank(1);
            }
            if may_end {
                return Step::More;
            }
            from = at + 1;
        }
        self.cut(bytes.len(), bytes.len(), Classes::DATA)
    }
}
