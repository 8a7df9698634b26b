//! Lines: where an element of command state begins and ends, and what it is.

use super::Classes;
use super::classify::{Kind, classify, is_noise, is_recognised, name_length};
use super::cut::Step;
use super::echo::Returned;
use super::expectation::{Body, Connect, Quotes};
use super::machine::{BLANK, Cursor, HEAD, Machine, PROMPT, SIGN, State};
use super::payload::{self, Announced, Place, announced};
use super::quotes;
use super::search::first_of;

/// How long a quoted string is followed over line ends before it is given up for lost, in bytes from the line's begin.
const LONGEST_QUOTED: usize = 4096;

impl Machine {
    #[inline]
    pub(super) fn element(&mut self, bytes: &[u8]) -> Step {
        let blanks = bytes.iter().take_while(|byte| self.is(**byte, BLANK)).count();
        if blanks == 0 {
            return self.beginning(bytes);
        }
        self.due.blank = false;
        let bytes = &bytes[blanks..];
        if bytes.is_empty() {
            return Step::Blank(blanks);
        }
        match self.beginning(bytes) {
            Step::Element => {
                self.cut.skip = blanks;
                Step::Element
            }
            // What the cursor knows holds from the first byte behind the blanks.
            Step::More | Step::MoreToEnd => Step::Blank(blanks),
            Step::Blank(more) => Step::Blank(blanks + more),
        }
    }

    /// An element, from its first byte on.
    #[inline]
    fn beginning(&mut self, bytes: &[u8]) -> Step {
        let Some(&first) = bytes.first() else { return Step::More };
        if bytes.len() < self.cursor.awaits {
            return Step::More;
        }
        if std::mem::take(&mut self.due.blank) && first == b' ' {
            return Step::Blank(1);
        }
        if std::mem::take(&mut self.due.quote) && first == b'"' {
            return Step::Blank(1);
        }
        if !self.cursor.not_echo && !self.echo.is_empty() {
            let (s3, s4) = (self.framing.s3, self.framing.s4);
            match self.echo.compare(bytes, |byte| byte == s3 || byte == s4) {
                Returned::Maybe => return Step::More,
                Returned::Yes { text, taken } => {
                    self.cursor = Cursor::default();
                    return self.cut(text, taken, Classes::ECHO);
                }
                Returned::No => self.cursor.not_echo = true,
            }
        }
        if self.is(first, PROMPT)
            && self.cursor.scanned == 0
            && !self.due.body
            && let Some(step) = self.prompt(bytes)
        {
            return step;
        }
        self.line(bytes)
    }

    fn prompt(&mut self, bytes: &[u8]) -> Option<Step> {
        let prompts = &self.expectation.prompts;
        if let Some(prompt) = prompts.iter().find(|prompt| !prompt.is_empty() && bytes.starts_with(prompt)) {
            let length = prompt.len();
            self.due.blank = !prompt.ends_with(b" ");
            self.cursor = Cursor::default();
            return Some(self.cut(length, length, Classes::PROMPT));
        }
        prompts.iter().any(|prompt| prompt.starts_with(bytes)).then_some(Step::More)
    }

    #[inline]
    fn line(&mut self, bytes: &[u8]) -> Step {
        loop {
            let from = self.cursor.scanned;
            let Some(found) = self.line_end_in(&bytes[from..]) else { return self.no_end(bytes) };
            if let Some(step) = self.at_line_end(bytes, from + found) {
                return step;
            }
        }
    }

    /// Looks for a line end in what follows the bytes scanned; counts them as scanned, up to behind the line end.
    #[inline]
    pub(super) fn line_end_in(&mut self, bytes: &[u8]) -> Option<usize> {
        let (s3, s4) = (self.framing.s3, self.framing.s4);
        let from = self.cursor.scanned;
        let third = if self.cursor.quote.is_some() { s4 } else { b'"' };
        let mut found = first_of([s3, s4, third], bytes);
        if let Some(quote) = found.filter(|at| bytes[*at] == b'"' && b'"' == third) {
            self.cursor.quote = Some(from + quote);
            found = first_of([s3, s4, s4], &bytes[quote..]).map(|end| quote + end);
        }
        self.cursor.scanned = from + found.map_or(bytes.len(), |end| end + 1);
        found
    }

    /// Goes on where [`line_end_in`](Self::line_end_in) has found a line end: `bytes` end with it.
    #[inline]
    pub(super) fn resume(&mut self, bytes: &[u8]) -> Step {
        match self.at_line_end(bytes, bytes.len() - 1) {
            Some(step) => step,
            None => self.line(bytes),
        }
    }

    /// What the line end at `end` ends; `None` where the line goes on behind it.
    #[inline]
    fn at_line_end(&mut self, bytes: &[u8], end: usize) -> Option<Step> {
        if !self.cursor.head_read {
            if let Some(step) = self.head(&bytes[..end], true, bytes) {
                return Some(step);
            }
            if self.cursor.payload.is_some() {
                return None;
            }
        }
        if let Some(first) = self.cursor.first_end {
            return self.string_goes_on(bytes, first, end);
        }
        if end > self.framing.longest {
            return Some(self.overflow());
        }
        if self.cursor.quote.is_some() && self.is_open_at(bytes, end) {
            self.cursor.first_end = Some(end);
            self.cursor.segment = end + 1;
            return None;
        }
        Some(self.line_end(bytes, end, end + 1))
    }

    /// A line end in a string that has run over the line end at `first`.
    fn string_goes_on(&mut self, bytes: &[u8], first: usize, end: usize) -> Option<Step> {
        let segment = &bytes[self.cursor.segment..end];
        if end > LONGEST_QUOTED.min(self.framing.longest) || is_recognised(segment) {
            return Some(self.line_end(bytes, first, first + 1));
        }
        self.cursor.segment = end + 1;
        if quotes::open_after(segment, true) {
            return None;
        }
        Some(self.line_end(bytes, end, end + 1))
    }

    /// No line end in what there is.
    fn no_end(&mut self, bytes: &[u8]) -> Step {
        if let Some(first) = self.cursor.first_end {
            if bytes.len() > LONGEST_QUOTED.min(self.framing.longest) {
                return self.line_end(bytes, first, first + 1);
            }
            return Step::More;
        }
        if !self.cursor.head_read
            && let Some(step) = self.head(bytes, false, bytes)
        {
            return step;
        }
        if self.cursor.scanned < bytes.len() {
            // A payload was found; what stands behind it has not been looked at yet.
            return self.line(bytes);
        }
        match bytes.len() > self.framing.longest {
            true => self.overflow(),
            false if self.cursor.head_read => Step::MoreToEnd,
            false => Step::More,
        }
    }

    /// Reads the head of a payload, if the line is one; `line` is what stands before the first line end, if there is one.
    #[inline]
    fn head(&mut self, line: &[u8], whole: bool, bytes: &[u8]) -> Option<Step> {
        self.cursor.head_read = whole;
        let Some(second) = line.get(1) else {
            self.cursor.head_read |= line.first().is_some_and(|first| !self.is(*first, SIGN));
            return None;
        };
        if !self.is(*second, HEAD) || !payload::may_be(&self.expectation.payloads, line) {
            self.cursor.head_read = true;
            return None;
        }
        let announced = announced(&self.expectation.payloads, line, whole)?;
        self.cursor.head_read = true;
        if announced.from > self.framing.longest {
            return None;
        }
        self.announced(bytes, line.len(), announced)
    }

    fn announced(&mut self, bytes: &[u8], line: usize, announced: Announced) -> Option<Step> {
        let Announced { place, from, length } = announced;
        match place {
            Place::Colon => Some(self.head_alone(bytes, from, length)),
            Place::NextLine => {
                let step = self.line_end(bytes, line, line + 1);
                self.cut.payload = (0, 0);
                self.state = State::Payload { left: length as u64 };
                self.due.feed = bytes.get(line) == Some(&self.framing.s3);
                self.due.body = false;
                Some(step)
            }
            Place::Quotes if from.saturating_add(length) > self.framing.longest => {
                self.due.quote = true;
                Some(self.head_alone(bytes, from, length))
            }
            Place::Quotes => {
                let end = from + length;
                match bytes.get(end) {
                    None => {
                        // Asked again once its end is there.
                        self.cursor.head_read = false;
                        self.cursor.scanned = from;
                        self.cursor.awaits = end + 1;
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

    /// The head of a payload as an element of its own; the payload follows at once.
    fn head_alone(&mut self, bytes: &[u8], from: usize, length: usize) -> Step {
        let Kind { classes, name, .. } = classify(bytes, from, &self.expectation);
        self.raw(length as u64);
        self.cut(from, from, classes);
        self.cut.name = name;
        Step::Element
    }

    /// Whether the line that ends at `end`, and has a quote, has one open there.
    #[inline]
    fn is_open_at(&self, bytes: &[u8], end: usize) -> bool {
        let Some(quote) = self.cursor.quote else { return false };
        if self.framing.quotes == Quotes::Strict || self.due.body {
            return false;
        }
        match self.cursor.payload {
            Some((_, payload)) => quotes::open_after(&bytes[payload + 1..end], false),
            // Only a parameter is quoted: text that has no name ends where its line does.
            None => {
                quotes::is_open(&bytes[..end], quote) && matches!(bytes.get(name_length(&bytes[..end])), Some(b':'))
            }
        }
    }

    /// The line is whole: its classes, and what it changes for what comes next.
    #[inline]
    pub(super) fn line_end(&mut self, bytes: &[u8], end: usize, taken: usize) -> Step {
        let payload = self.cursor.payload.map_or((0, 0), |(from, to)| (position(from), position(to)));
        self.cursor = Cursor::default();
        if self.due.body {
            return self.body(bytes, end, taken);
        }
        let Kind { classes, name, has_body } = classify(bytes, end, &self.expectation);
        if classes.contains(Classes::GARBAGE) {
            let noise = bytes[..end].iter().take_while(|byte| is_noise(**byte)).count();
            if noise > 0 && noise < end && is_recognised(&bytes[noise..end]) {
                return self.cut(noise, noise, Classes::GARBAGE);
            }
        }
        if classes.contains(Classes::FINAL) {
            self.echo.clear();
        } else if classes.is_only(Classes::INTERMEDIATE) {
            self.connected(taken > end && bytes.get(end) == Some(&self.framing.s3));
        }
        self.due.body = has_body;
        self.cut(end, taken, classes);
        self.cut.name = name;
        self.cut.payload = payload;
        Step::Element
    }

    fn connected(&mut self, feed_due: bool) {
        self.state = match self.expectation.connect {
            Connect::Lines => return,
            Connect::Data => State::Data,
            Connect::DataUntilResult => State::Watched,
        };
        self.due.feed = feed_due;
    }

    /// A line where a PDU or a message's text is due.
    fn body(&mut self, bytes: &[u8], end: usize, taken: usize) -> Step {
        let text = &bytes[..end];
        let hexadecimal = text.len().is_multiple_of(2) && text.iter().all(u8::is_ascii_hexdigit);
        let Kind { classes, name, .. } = classify(bytes, end, &self.expectation);
        let own = match self.expectation.body {
            // Something cut in; the PDU is still due, unless the command is over.
            Body::Pdu if !hexadecimal => {
                self.due.body = !classes.contains(Classes::FINAL);
                self.cut(end, taken, classes);
                self.cut.name = name;
                return Step::Element;
            }
            Body::Pdu | Body::Text => Classes::BODY,
            Body::Unknown if hexadecimal => Classes::BODY,
            Body::Unknown => classes | Classes::BODY,
        };
        self.due.body = false;
        self.cut(end, taken, own);
        self.cut.name = if own.is_only(Classes::BODY) { 0 } else { name };
        Step::Element
    }
}

/// A position in a line; no line is longer than its framing allows.
fn position(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
