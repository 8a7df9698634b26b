//! What the modem's end says: the lines of an answer, in the frame that the settings of now give them.

use crate::run::matching::Captures;
use crate::script::{Item, Pattern};
use crate::wire::command::{Command, Dialect, Family, SAction, commands};
use crate::wire::line::{CARRIAGE_RETURN, LINE_FEED};
use crate::wire::response::{Classes, Connect, Expectation, Framing, Scanner};

/// The settings that shape an answer, of the machine or as a pure replay follows them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::run) struct Manner {
    /// E1
    pub(in crate::run) echo: bool,
    /// V1
    pub(in crate::run) verbose: bool,
    /// S3
    pub(in crate::run) s3: u8,
    /// S4
    pub(in crate::run) s4: u8,
    /// S5
    pub(in crate::run) s5: u8,
}

impl Default for Manner {
    fn default() -> Self {
        Manner { echo: true, verbose: true, s3: CARRIAGE_RETURN, s4: LINE_FEED, s5: crate::wire::line::BACKSPACE }
    }
}

impl Manner {
    /// Follows a command line that was answered with OK.
    pub(in crate::run) fn follow(&mut self, line: &[u8]) {
        let body = line.get(2..).unwrap_or_default();
        for command in commands(body, &Dialect::default()).map_while(Result::ok) {
            match command {
                Command::Basic { family: Family::Plain, letter: b'E', number } => self.echo = number.unwrap_or(0) != 0,
                Command::Basic { family: Family::Plain, letter: b'V', number } => {
                    self.verbose = number.unwrap_or(0) != 0
                }
                Command::SRegister { number, action: SAction::Set(Some(value)), bit: None } => {
                    let Some(value) = u8::try_from(value).ok().filter(u8::is_ascii) else { continue };
                    match number {
                        3 => self.s3 = value,
                        4 => self.s4 = value,
                        5 => self.s5 = value,
                        _ => {}
                    }
                }
                Command::Basic { .. } | Command::SRegister { .. } | Command::Dial(_) | Command::Extended { .. } => {}
            }
        }
    }

    /// Information text: `S3 S4 <text> S3 S4`, under V0 `<text> S3 S4`.
    pub(super) fn information(self, out: &mut Vec<u8>, text: &[u8]) {
        if self.verbose {
            out.extend_from_slice(&[self.s3, self.s4]);
        }
        out.extend_from_slice(text);
        out.extend_from_slice(&[self.s3, self.s4]);
    }

    /// A result: `S3 S4 <text> S3 S4`, under V0 `<text> S3`; a prompt has no line end.
    pub(super) fn result(self, out: &mut Vec<u8>, text: &[u8]) {
        if self.verbose || is_prompt(text) {
            out.extend_from_slice(&[self.s3, self.s4]);
        }
        out.extend_from_slice(text);
        if is_prompt(text) {
            return;
        }
        out.push(self.s3);
        if self.verbose {
            out.push(self.s4);
        }
    }
}

/// `> `, as 3GPP TS 27.005 has it, or `@`.
fn is_prompt(text: &[u8]) -> bool {
    matches!(text, b"> " | b">" | b"@")
}

/// What a whole line is, by its text alone.
pub(super) fn classes(text: &[u8]) -> Classes {
    if is_prompt(text) {
        return Classes::PROMPT;
    }
    let mut found = Classes::NONE;
    let mut scanner = Scanner::new(Framing::default(), lines_only());
    scanner.feed(&[text, b"\r\n"].concat(), |element| found = element.classes);
    found
}

/// Whether a line closes a command: a final result, `CONNECT`, a prompt.
pub(super) fn closes(text: &[u8]) -> bool {
    let classes = classes(text);
    let ends = classes.meets(Classes::FINAL | Classes::INTERMEDIATE | Classes::PROMPT);
    // A bare digit is more often information than a result: only the machine's own numbers are taken for one.
    ends && !text.first().is_some_and(u8::is_ascii_digit)
}

/// Whether a line begins data state.
pub(super) fn begins_data(text: &[u8]) -> bool {
    text == b"CONNECT" || text.starts_with(b"CONNECT ") && classes(text).contains(Classes::INTERMEDIATE) || text == b"1"
}

/// What a scanner of the machine's own lines expects.
pub(super) fn lines_only() -> Expectation {
    Expectation { connect: Connect::Lines, ..Expectation::default() }
}

/// The bytes that a pattern stands for, if it stands for one text only.
pub(super) fn text_of(pattern: &Pattern, captures: &Captures) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    for item in &pattern.items {
        match item {
            Item::Bytes(bytes) => out.extend_from_slice(bytes),
            Item::Value(value) => {
                let capture = captures.capture(&value.name.as_ref()?.text)?;
                out.extend_from_slice(&capture.text);
            }
        }
    }
    Some(out)
}

/// Whether a pattern is the text of a result.
pub(super) fn is_result(pattern: &Pattern) -> bool {
    match pattern.items.as_slice() {
        [Item::Bytes(text)] => closes(text),
        // `CONNECT{*}`, `+CME ERROR: {cause}`
        [Item::Bytes(text), ..] => {
            text.starts_with(b"CONNECT") || text.starts_with(b"+CME ERROR") || text.starts_with(b"+CMS ERROR")
        }
        [] | [Item::Value(_), ..] => false,
    }
}
