//! The host's side alone: everything is command lines, or skipped.

use super::found::{Found, Kind, Side};
use super::teller::{Sender, Teller};
use crate::wire::command::{Command, Dialect, Form, SAction, commands};
use crate::wire::line::{Assembled, BACKSPACE, CARRIAGE_RETURN, LINE_FEED, LineAssembler};

/// The most that is kept of one line; the rest is counted.
const LONGEST: usize = 8192;
const CTRL_Z: u8 = 0x1a;
const ESCAPE: u8 = 0x1b;

/// Cuts what a host sends, fed in pieces of any size.
///
/// Until the first CR has come, a LF ends a line too: text files have no other line ends, and no module takes one for S3.
#[derive(Debug)]
pub(super) struct HostLines {
    assembler: LineAssembler,
    s3: u8,
    s5: u8,
    s3_seen: bool,
    /// The bytes of the line at hand, editing included.
    raw: Vec<u8>,
    /// How many they are, those that were not kept included.
    length: u64,
    /// Where they begin.
    begin: u64,
    /// After `+CMGS=…`: text up to Ctrl-Z, unless a command follows.
    text_due: bool,
}

impl HostLines {
    pub(super) fn new() -> Self {
        Self {
            assembler: LineAssembler::new(LONGEST as u16),
            s3: CARRIAGE_RETURN,
            s5: BACKSPACE,
            s3_seen: false,
            raw: Vec::new(),
            length: 0,
            begin: 0,
            text_due: false,
        }
    }

    pub(super) fn feed(&mut self, mut piece: &[u8], teller: &mut Teller) {
        while !piece.is_empty() {
            let taken = if self.text_due { self.text(piece, teller) } else { self.command(piece, teller) };
            piece = &piece[taken..];
        }
    }

    pub(super) fn finish(&mut self, teller: &mut Teller) {
        if self.raw.is_empty() {
            return;
        }
        if self.text_due {
            self.tell_text(teller, true);
        } else if self.assembler.is_pending() {
            let outcome = self.assembler.push(self.s3, self.s3, self.s5);
            self.line(outcome, teller, true);
        } else {
            self.skipped(self.raw.len(), teller);
        }
        self.begin_anew(0);
    }

    /// Bytes of command lines, up to the first line end.
    fn command(&mut self, piece: &[u8], teller: &mut Teller) -> usize {
        if self.raw.is_empty()
            && let Some(b'\r' | b'\n' | b'\0' | b' ') = piece.first()
            && piece.first() != Some(&self.s3)
        {
            // A blank between lines belongs to none.
            self.assembler.push(piece[0], self.s3, self.s5);
            self.begin += 1;
            return 1;
        }
        let end = match self.s3_seen {
            true => memchr::memchr(self.s3, piece),
            false => memchr::memchr2(self.s3, LINE_FEED, piece),
        };
        let mut run = &piece[..end.map_or(piece.len(), |end| end + 1)];
        let room = LONGEST.saturating_sub(self.raw.len());
        if room > 0 {
            run = &run[..run.len().min(room)];
        }
        let is_line_feed = run.last() == Some(&LINE_FEED) && !self.s3_seen && self.s3 != LINE_FEED;
        let fed = &run[..run.len() - usize::from(is_line_feed)];
        let (mut taken, mut outcome) = self.assembler.feed(fed, self.s3, self.s5);
        let is_over = matches!(outcome, Assembled::Line | Assembled::TooLong | Assembled::Repeat);
        if !is_over && is_line_feed {
            outcome = self.assembler.push(self.s3, self.s3, self.s5);
            taken = run.len();
        }
        let bytes = &run[..taken];
        self.s3_seen |= bytes.last() == Some(&self.s3);
        let has_end = bytes.last() == Some(&self.s3) || is_line_feed && taken == run.len();
        let ended = is_over || has_end;
        let text = &bytes[..taken - usize::from(has_end)];
        let kept = text.len().min(LONGEST - self.raw.len().min(LONGEST));
        self.raw.extend_from_slice(&text[..kept]);
        self.length += text.len() as u64;
        if ended {
            self.line(outcome, teller, false);
            self.begin_anew((taken - text.len()) as u64);
        } else if self.raw.len() >= LONGEST && !self.assembler.is_pending() {
            self.skipped(self.raw.len(), teller);
            self.begin_anew(0);
        }
        taken
    }

    /// What one line, or what was none, comes to.
    fn line(&mut self, outcome: Assembled, teller: &mut Teller, partial: bool) {
        match outcome {
            Assembled::Line => {
                let at = self.raw.windows(2).position(|pair| pair.eq_ignore_ascii_case(b"AT")).unwrap_or(0);
                self.skipped(at, teller);
                let body = self.assembler.body();
                teller.command_line(self.begin + at as u64, &self.raw[at..], body, Sender::Host, partial);
                self.text_due = sends_text(body);
                let (s3, s5) = registers(body, self.s3, self.s5);
                self.s3_seen &= s3 == self.s3;
                (self.s3, self.s5) = (s3, s5);
            }
            Assembled::Repeat => {
                let at = self.raw.iter().rposition(|byte| byte.eq_ignore_ascii_case(&b'A')).unwrap_or(0);
                self.skipped(at, teller);
                teller.repeat(self.begin + at as u64, &self.raw[at..], self.assembler.body());
            }
            Assembled::TooLong => {
                let found = Found::new(self.begin, &self.raw, Side::Host, Kind::Overflow);
                let found = Found { length: self.length, partial, ..found };
                teller.write(&found.saying("a command line that is too long, or its repetition: the answer is ERROR"));
            }
            Assembled::Pending | Assembled::Ignored | Assembled::Swallowed => self.skipped(self.raw.len(), teller),
        }
    }

    /// The first `count` bytes are part of no command line.
    fn skipped(&self, count: usize, teller: &mut Teller) {
        let text = self.raw[..count].trim_ascii();
        if !text.is_empty() {
            let blanks = self.raw[..count].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
            let found = Found::new(self.begin + blanks as u64, text, Side::Host, Kind::Garbage);
            teller.write(&found.saying("no command line: a modem skips what stands before AT"));
        }
    }

    /// Bytes of a message, up to Ctrl-Z or ESC.
    fn text(&mut self, piece: &[u8], teller: &mut Teller) -> usize {
        for (index, &byte) in piece.iter().enumerate() {
            if self.raw.is_empty() && matches!(byte, b'\r' | b'\n') {
                self.begin += 1;
                continue;
            }
            self.raw.push(byte);
            self.length += 1;
            if self.raw.eq_ignore_ascii_case(b"AT") {
                self.text_due = false;
                for letter in [b'A', b'T'] {
                    self.assembler.push(letter, self.s3, self.s5);
                }
                return index + 1;
            }
            if byte == CTRL_Z || byte == ESCAPE || self.raw.len() >= LONGEST {
                self.text_due = !matches!(byte, CTRL_Z | ESCAPE);
                self.tell_text(teller, false);
                self.begin_anew(0);
                return index + 1;
            }
        }
        piece.len()
    }

    fn tell_text(&self, teller: &mut Teller, partial: bool) {
        let found = Found::new(self.begin, &self.raw, Side::Host, Kind::Data);
        let found = Found { partial, ..found };
        teller.write(&found.saying_message(match self.raw.last() {
            Some(&CTRL_Z) => "the text of a message or its PDU, sent by Ctrl-Z",
            Some(&ESCAPE) => "the text of a message or its PDU, given up by ESC",
            Some(_) | None => "the text of a message or its PDU",
        }));
    }

    fn begin_anew(&mut self, end: u64) {
        self.begin += self.length + end;
        self.length = 0;
        self.raw.clear();
    }
}

/// Whether the line ends in a command that awaits a text.
fn sends_text(body: &[u8]) -> bool {
    match commands(body, &Dialect::CELLULAR).map_while(Result::ok).last() {
        Some(Command::Extended { name, form: Form::Set(_) }) => name.is("+CMGS") || name.is("+CMGW"),
        Some(_) | None => false,
    }
}

/// S3 and S5 after the line.
fn registers(body: &[u8], mut s3: u8, mut s5: u8) -> (u8, u8) {
    for command in commands(body, &Dialect::CELLULAR).map_while(Result::ok) {
        if let Command::SRegister { number, bit: None, action: SAction::Set(Some(value)) } = command
            && let Ok(value @ 0..=127) = u8::try_from(value)
        {
            match number {
                3 => s3 = value,
                5 => s5 = value,
                _ => {}
            }
        }
    }
    (s3, s5)
}
