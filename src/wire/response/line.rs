//! Where the line ends: one element out of a contiguous run of bytes, resumable.

use super::Classes;
use super::classify::{classify, is_noise, is_recognised, name_length};
use super::echo::{Echo, Returned};
use super::expectation::{Body, Connect, Expectation, Framing, Quotes};
use super::payload::{Announced, Place, announced};

/// How long a quoted string is followed over line ends before it is given up for lost, in bytes from the line's begin.
const LONGEST_QUOTED: usize = 4096;

/// What a run of bytes begins with.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// So many bytes that belong to no element.
    Blank(usize),
    /// An element.
    Element(Cut),
    /// Not to be told yet: more bytes are needed.
    More,
}

/// An element as positions in the run.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Cut {
    /// The length of its text.
    pub(super) text: usize,
    /// What it takes from the run, line end included.
    pub(super) taken: usize,
    pub(super) classes: Classes,
    pub(super) name: usize,
    pub(super) payload: Option<(usize, usize)>,
}

impl Cut {
    fn new(text: usize, taken: usize, classes: Classes) -> Self {
        Self { text, taken, classes, name: 0, payload: None }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
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
struct Cursor {
    /// Bytes before this need no second look for a line end.
    scanned: usize,
    /// The first line end, if it stood inside a quoted string.
    first_end: Option<usize>,
    /// Where the segment begins that the string has run on into.
    segment: usize,
    quoted: bool,
    not_echo: bool,
    head_read: bool,
    payload: Option<(usize, usize)>,
}

/// The machine that cuts; it holds no bytes.
#[derive(Debug)]
pub(super) struct Machine {
    pub(super) framing: Framing,
    pub(super) expectation: Expectation,
    pub(super) echo: Echo,
    state: State,
    cursor: Cursor,
    /// After S3 of a head or a CONNECT: one S4 belongs to the line end, not to the data.
    feed_due: bool,
    /// After a prompt without its blank: the blank belongs to the prompt.
    blank_due: bool,
    /// After a payload in quotes that was too long to hold: its closing quote.
    quote_due: bool,
    /// The line that comes is a PDU or a message's text.
    body_due: bool,
}

impl Machine {
    pub(super) fn new(framing: Framing, expectation: Expectation) -> Self {
        Self {
            framing,
            expectation,
            echo: Echo::default(),
            state: State::Lines,
            cursor: Cursor::default(),
            feed_due: false,
            blank_due: false,
            quote_due: false,
            body_due: false,
        }
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
        self.feed_due = false;
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
            State::Payload { left } => self.payload(bytes, left),
            State::Data => match self.line_feed(bytes) {
                Some(step) => step,
                None => Step::Element(Cut::new(bytes.len(), bytes.len(), Classes::DATA)),
            },
            State::Watched => match self.line_feed(bytes) {
                Some(step) => step,
                None => self.watched(bytes),
            },
        }
    }

    /// What is held back is all that comes: the element as far as it goes.
    pub(super) fn finish(&mut self, bytes: &[u8]) -> Cut {
        if let Some(end) = self.cursor.first_end {
            return self.line_end(bytes, end, end + 1);
        }
        let partial = match self.state {
            State::Lines => {
                let mut cut = self.line_end(bytes, bytes.len(), bytes.len());
                cut.classes = cut.classes | Classes::PARTIAL;
                cut
            }
            State::Overflowing => Cut::new(bytes.len(), bytes.len(), Classes::OVERFLOW | Classes::PARTIAL),
            State::Payload { .. } | State::Data | State::Watched => Cut::new(bytes.len(), bytes.len(), Classes::DATA),
        };
        self.cursor = Cursor::default();
        partial
    }

    /// The line is quiet: a line end inside an open quote ends the line after all.
    pub(super) fn settle(&mut self, bytes: &[u8]) -> Option<Cut> {
        let end = self.cursor.first_end?;
        Some(self.line_end(bytes, end, end + 1))
    }

    #[inline]
    fn is_end(&self, byte: u8) -> bool {
        byte == self.framing.s3 || byte == self.framing.s4
    }

    #[inline]
    fn element(&mut self, bytes: &[u8]) -> Step {
        let Some(&first) = bytes.first() else {
            return Step::More;
        };
        if self.is_end(first) || first == 0 {
            let blanks = bytes.iter().take_while(|byte| self.is_end(**byte) || **byte == 0).count();
            self.blank_due = false;
            return Step::Blank(blanks);
        }
        if self.blank_due {
            self.blank_due = false;
            if first == b' ' {
                return Step::Blank(1);
            }
        }
        if self.quote_due {
            self.quote_due = false;
            if first == b'"' {
                return Step::Blank(1);
            }
        }
        if !self.cursor.not_echo && !self.echo.is_empty() {
            let (s3, s4) = (self.framing.s3, self.framing.s4);
            match self.echo.compare(bytes, |byte| byte == s3 || byte == s4) {
                Returned::Maybe => return Step::More,
                Returned::Yes { text, taken } => {
                    self.cursor = Cursor::default();
                    return Step::Element(Cut::new(text, taken, Classes::ECHO));
                }
                Returned::No => self.cursor.not_echo = true,
            }
        }
        if self.cursor.scanned == 0 && !self.body_due {
            for prompt in &self.expectation.prompts {
                if prompt.first() != Some(&first) {
                    continue;
                }
                if bytes.starts_with(prompt) {
                    self.blank_due = !prompt.ends_with(b" ");
                    let length = prompt.len();
                    self.cursor = Cursor::default();
                    return Step::Element(Cut::new(length, length, Classes::PROMPT));
                }
                if prompt.starts_with(bytes) {
                    return Step::More;
                }
            }
        }
        self.line(bytes)
    }

    #[inline]
    fn line(&mut self, bytes: &[u8]) -> Step {
        loop {
            let from = self.cursor.scanned;
            let Some(found) = memchr::memchr2(self.framing.s3, self.framing.s4, &bytes[from..]) else {
                self.cursor.scanned = bytes.len();
                return self.no_end(bytes);
            };
            let end = from + found;
            self.cursor.scanned = end + 1;
            if !self.cursor.head_read {
                if let Some(step) = self.head(&bytes[..end], true, bytes) {
                    return step;
                }
                if self.cursor.payload.is_some() {
                    continue;
                }
            }
            if let Some(first) = self.cursor.first_end {
                if end > LONGEST_QUOTED.min(self.framing.longest) {
                    return Step::Element(self.line_end(bytes, first, first + 1));
                }
                let segment = &bytes[self.cursor.segment..end];
                if is_recognised(segment) {
                    return Step::Element(self.line_end(bytes, first, first + 1));
                }
                self.cursor.quoted = quoted_after(segment, true);
                self.cursor.segment = end + 1;
                if self.cursor.quoted {
                    continue;
                }
                return Step::Element(self.line_end(bytes, end, end + 1));
            }
            if end > self.framing.longest {
                return self.overflow();
            }
            if self.is_open_at(bytes, end) {
                self.cursor.first_end = Some(end);
                self.cursor.segment = end + 1;
                continue;
            }
            return Step::Element(self.line_end(bytes, end, end + 1));
        }
    }

    /// No line end in what there is.
    #[cold]
    #[inline(never)]
    fn no_end(&mut self, bytes: &[u8]) -> Step {
        if let Some(first) = self.cursor.first_end {
            if bytes.len() > LONGEST_QUOTED.min(self.framing.longest) {
                return Step::Element(self.line_end(bytes, first, first + 1));
            }
            return Step::More;
        }
        if !self.cursor.head_read
            && let Some(step) = self.head(bytes, false, bytes)
        {
            return step;
        }
        if bytes.len() > self.framing.longest { self.overflow() } else { Step::More }
    }

    fn overflow(&mut self) -> Step {
        self.cursor = Cursor::default();
        self.state = State::Overflowing;
        let longest = self.framing.longest.max(1);
        Step::Element(Cut::new(longest, longest, Classes::OVERFLOW))
    }

    fn overflowing(&mut self, bytes: &[u8]) -> Step {
        let longest = self.framing.longest.max(1);
        let from = self.cursor.scanned;
        match memchr::memchr2(self.framing.s3, self.framing.s4, &bytes[from..]) {
            Some(found) if from + found <= longest => {
                let end = from + found;
                self.lines();
                match end {
                    0 => Step::Blank(1),
                    end => Step::Element(Cut::new(end, end + 1, Classes::OVERFLOW)),
                }
            }
            Some(_) => self.overflow(),
            None if bytes.len() > longest => self.overflow(),
            None => {
                self.cursor.scanned = bytes.len();
                Step::More
            }
        }
    }

    /// Reads the head of a payload, if the line is one; `line` is what stands before the first line end, if there is one.
    #[inline]
    fn head(&mut self, line: &[u8], whole: bool, bytes: &[u8]) -> Option<Step> {
        self.cursor.head_read = whole;
        let second = line.get(1)?;
        if !self
            .expectation
            .payloads
            .iter()
            .any(|head| head.name.first() == line.first() && head.name.get(1) == Some(second))
        {
            self.cursor.head_read = true;
            return None;
        }
        let Announced { place, from, length } = announced(&self.expectation.payloads, line, whole)?;
        self.cursor.head_read = true;
        match place {
            Place::Colon => {
                let (classes, name) = classify(&bytes[..from], &self.expectation);
                self.raw(length as u64);
                Some(Step::Element(Cut { name, ..Cut::new(from, from, classes) }))
            }
            Place::NextLine => {
                let mut cut = self.line_end(bytes, line.len(), line.len() + 1);
                cut.payload = None;
                self.state = State::Payload { left: length as u64 };
                self.feed_due = bytes.get(line.len()) == Some(&self.framing.s3);
                self.body_due = false;
                Some(Step::Element(cut))
            }
            Place::Quotes => {
                let end = from.saturating_add(length);
                if end > self.framing.longest {
                    let (classes, name) = classify(&bytes[..from], &self.expectation);
                    self.raw(length as u64);
                    self.quote_due = true;
                    return Some(Step::Element(Cut { name, ..Cut::new(from, from, classes) }));
                }
                match bytes.get(end) {
                    None => {
                        // Asked again when more has come; until then nothing before the end needs a look.
                        self.cursor.head_read = false;
                        self.cursor.scanned = from;
                        Some(Step::More)
                    }
                    Some(b'"') => {
                        self.cursor.payload = Some((from, end));
                        self.cursor.scanned = end + 1;
                        None
                    }
                    // The length does not hold: the line is read as any other.
                    Some(_) => None,
                }
            }
        }
    }

    /// Whether the line that ends at `end` has a quote open there.
    #[inline]
    fn is_open_at(&self, bytes: &[u8], end: usize) -> bool {
        if self.framing.quotes == Quotes::Strict || self.body_due {
            return false;
        }
        let behind = self.cursor.payload.map_or(0, |(_, end)| end + 1);
        let line = &bytes[behind..end];
        let Some(quote) = memchr::memchr(b'"', line) else {
            return false;
        };
        if behind == 0 && !matches!(bytes.get(name_length(&bytes[..end])), Some(b':')) {
            return false;
        }
        quoted_after_first(line, quote)
    }

    fn line_feed(&mut self, bytes: &[u8]) -> Option<Step> {
        if !self.feed_due {
            return None;
        }
        self.feed_due = false;
        (bytes.first() == Some(&self.framing.s4)).then_some(Step::Blank(1))
    }

    fn payload(&mut self, bytes: &[u8], left: u64) -> Step {
        if let Some(step) = self.line_feed(bytes) {
            return step;
        }
        let here = usize::try_from(left).unwrap_or(usize::MAX).min(bytes.len());
        self.raw(left - here as u64);
        Step::Element(Cut::new(here, here, Classes::DATA))
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
                return Step::Element(Cut::new(at, at, Classes::DATA));
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
        Step::Element(Cut::new(bytes.len(), bytes.len(), Classes::DATA))
    }

    /// The line is whole: its classes, and what it changes for what comes next.
    #[inline]
    fn line_end(&mut self, bytes: &[u8], end: usize, taken: usize) -> Cut {
        let text = &bytes[..end];
        let payload = self.cursor.payload;
        self.cursor = Cursor::default();
        if self.body_due {
            return self.body(text, taken);
        }
        let (classes, name) = classify(text, &self.expectation);
        if classes.contains(Classes::GARBAGE) && text.first().is_some_and(|byte| is_noise(*byte)) {
            let noise = text.iter().take_while(|byte| is_noise(**byte)).count();
            if noise < end && is_recognised(&text[noise..]) {
                return Cut::new(noise, noise, Classes::GARBAGE);
            }
        }
        self.after(text, classes, name, taken > end && bytes.get(end) == Some(&self.framing.s3));
        Cut { text: end, taken, classes, name, payload }
    }

    #[inline]
    fn after(&mut self, text: &[u8], classes: Classes, name: usize, feed_due: bool) {
        if classes.contains(Classes::FINAL) {
            self.echo.clear();
        } else if classes.is_only(Classes::INTERMEDIATE) {
            self.state = match self.expectation.connect {
                Connect::Lines => return,
                Connect::Data => State::Data,
                Connect::DataUntilResult => State::Watched,
            };
            self.feed_due = feed_due;
        } else if name == 5 || name == 4 {
            self.body_due = matches!(&text[..name], b"+CMGL" | b"+CMGR" | b"+CMT" | b"+CDS" | b"+CBM")
                && text.get(name) == Some(&b':')
                && text.len() > name + 2;
        }
    }

    /// A line where a PDU or a message's text is due.
    fn body(&mut self, text: &[u8], taken: usize) -> Cut {
        let hexadecimal = text.len().is_multiple_of(2) && text.iter().all(u8::is_ascii_hexdigit);
        let (classes, name) = classify(text, &self.expectation);
        let own = match self.expectation.body {
            // Something cut in; the PDU is still due, unless the command is over.
            Body::Pdu if !hexadecimal => {
                if classes.contains(Classes::FINAL) {
                    self.body_due = false;
                }
                return Cut { name, ..Cut::new(text.len(), taken, classes) };
            }
            Body::Pdu | Body::Text => Classes::BODY,
            Body::Unknown if hexadecimal => Classes::BODY,
            Body::Unknown => classes | Classes::BODY,
        };
        self.body_due = false;
        let name = if own.is_only(Classes::BODY) { 0 } else { name };
        Cut { name, ..Cut::new(text.len(), taken, own) }
    }
}

/// Whether a quote is open at the end of `line`, whose first quote stands at `quote`.
fn quoted_after_first(line: &[u8], quote: usize) -> bool {
    let opens = matches!(line[..quote].trim_ascii_end().last(), None | Some(b',' | b'(' | b':' | b'='));
    quoted_after(&line[quote + 1..], opens)
}

/// Whether a quote is open at the end of `part`, if one was open (or not) at its begin.
///
/// A quote opens at the begin of a field, and closes before a comma, a parenthesis or the end.
fn quoted_after(part: &[u8], mut open: bool) -> bool {
    let mut from = 0;
    while let Some(found) = memchr::memchr(b'"', &part[from..]) {
        let at = from + found;
        from = at + 1;
        if open {
            open = !matches!(part[from..].trim_ascii_start().first(), None | Some(b',' | b')'));
        } else {
            open = matches!(part[..at].trim_ascii_end().last(), Some(b',' | b'(' | b':' | b'='));
        }
    }
    open
}
