//! A line's conversation: what was asked, so that an answer without a name is understood.
//!
//! A lenient reader: a line that the grammar would refuse may hold an identity all the same.

use std::ops::Range;

use super::card::{self, Card};
use super::subjects::Subjects;
use super::{Find, HOLE, What, coded, digits, pdu};
use crate::script::Side;

/// What has been said on one line so far.
#[derive(Debug, Clone, Default)]
pub(super) struct Talk {
    /// What the open command is about.
    asked: Subjects,
    /// The line that comes is a message's.
    body: bool,
    /// The file of the last `+CRSM`, if it reads one.
    file: Option<u16>,
    card: Card,
}

impl Talk {
    /// Takes what was said and finds the identities in it, test ones too. `text` may hold several lines.
    pub(super) fn said(&mut self, side: Side, text: &[u8]) -> Vec<Find> {
        let mut found = Vec::new();
        let mut start = 0;
        while start <= text.len() {
            let length = memchr::memchr2(b'\r', b'\n', &text[start..]).unwrap_or(text.len() - start);
            let line = &text[start..start + length];
            if !line.is_empty() {
                let finds = match side {
                    Side::Host => self.host(line),
                    Side::Modem => self.modem(line),
                };
                found.extend(finds.into_iter().map(|find| find.moved(start)));
            }
            start += length + 1;
        }
        found
    }

    fn host(&mut self, line: &[u8]) -> Vec<Find> {
        let blanks = line.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        if !line[blanks..].get(..2).is_some_and(|prefix| prefix.eq_ignore_ascii_case(b"AT")) {
            return if self.asked.has(Subjects::MESSAGE) { message(line) } else { digits::finds(line, self.asked) };
        }
        self.asked = Subjects::NONE;
        self.body = false;
        let mut found = Vec::new();
        for command in commands(line, blanks + 2) {
            let name = &line[command.name.clone()];
            let about = match name {
                b"D" | b"d" => Subjects::NUMBER,
                b"I" | b"i" => Subjects::EQUIPMENT,
                _ => Subjects::of(name),
            };
            // The answer to dialling is a result, with a rate at most.
            self.asked = if name.eq_ignore_ascii_case(b"D") { self.asked } else { self.asked.and(about) };
            let parameters = parameters(line, &command.parameters);
            match Access::of(name) {
                Some(Access::File { first }) => self.file_command(line, &parameters, first, &mut found),
                Some(Access::Apdu { first }) => {
                    if let Some(hex) = parameters.get(first + 1) {
                        let finds = self.card.command(&line[hex.clone()]);
                        found.extend(moved(finds, hex.start));
                    }
                }
                None => {
                    let finds = digits::finds(&line[command.parameters.clone()], about);
                    found.extend(moved(finds, command.parameters.start));
                }
            }
        }
        found
    }

    /// `+CRSM=<command>,<file>,<P1>,<P2>,<P3>,<data>`; `+CRLA` has a session before it.
    fn file_command(&mut self, line: &[u8], parameters: &[Range<usize>], first: usize, found: &mut Vec<Find>) {
        let number = |index: usize| {
            let text = std::str::from_utf8(&line[parameters.get(first + index)?.clone()]).ok()?;
            text.trim().parse::<u16>().ok()
        };
        let file = number(1).unwrap_or(0);
        // READ BINARY and READ RECORD.
        self.file = matches!(number(0), Some(176 | 178)).then_some(file);
        if let Some(data) = parameters.get(first + 5) {
            let finds = card::contents(file, &line[data.clone()]);
            found.extend(moved(finds, data.start));
        }
    }

    fn modem(&mut self, line: &[u8]) -> Vec<Find> {
        let (name, rest) = named(line);
        let body = std::mem::take(&mut self.body);
        if is_final(line) {
            self.asked = Subjects::NONE;
            return Vec::new();
        }
        let own = Subjects::of(name);
        match Access::of(name) {
            Some(Access::File { .. }) => {
                let Some(data) = parameters(line, &rest).into_iter().nth(2) else { return Vec::new() };
                let Some(file) = self.file else { return digits::finds(line, self.asked) };
                return moved(card::contents(file, &line[data.clone()]), data.start);
            }
            Some(Access::Apdu { .. }) => {
                let Some(data) = parameters(line, &rest).into_iter().nth(1) else { return Vec::new() };
                return moved(self.card.answer(&line[data.clone()]), data.start);
            }
            None => {}
        }
        if own.has(Subjects::MESSAGE) {
            self.body = true;
            return digits::finds(line, own.and(self.asked));
        }
        if body || (self.asked.has(Subjects::MESSAGE) && name.is_empty()) {
            return message(line);
        }
        // What a modem says of a PIN is how it stands with it, never the PIN.
        let about = own.and(self.asked).without(Subjects::SECRET);
        digits::finds(line, about)
    }
}

fn moved(found: Vec<Find>, offset: usize) -> Vec<Find> {
    found.into_iter().map(|find| find.moved(offset)).collect()
}

/// A message's line: a PDU, or text.
fn message(line: &[u8]) -> Vec<Find> {
    let said = |byte: &u8| byte.is_ascii_graphic() || *byte == HOLE;
    let end = line.iter().rposition(said).map_or(0, |last| last + 1);
    let start = line.iter().position(said).unwrap_or(end);
    let hex = &line[start..end];
    if hex.contains(&HOLE) && hex.iter().all(|byte| byte.is_ascii_hexdigit() || *byte == HOLE) {
        // A PDU with values in it: where its parts stand cannot be told.
        return Vec::new();
    }
    let found = moved(digits::finds(hex, Subjects::NUMBER.and(Subjects::MESSAGE)), start);
    let spelt = coded::octets(hex).filter(|octets| octets.len() >= 8);
    match spelt {
        // UCS2 and octets of text have been looked through.
        Some(octets) if coded::ucs2(&octets).is_none() && !octets.iter().all(|byte| (b' '..=b'~').contains(byte)) => {
            match pdu::finds(hex) {
                Some(found) => moved(found, start),
                None => vec![Find { range: start..end, what: What::Opaque }],
            }
        }
        Some(_) | None => found,
    }
}

/// How a command speaks to the card.
enum Access {
    /// `+CRSM`; `first` is the index of its first own parameter.
    File { first: usize },
    /// `+CSIM=<length>,<command>`
    Apdu { first: usize },
}

impl Access {
    fn of(name: &[u8]) -> Option<Self> {
        let is = |other: &str| name.eq_ignore_ascii_case(other.as_bytes());
        if is("+CRSM") {
            Some(Access::File { first: 0 })
        } else if is("+CRLA") {
            Some(Access::File { first: 1 })
        } else if is("+CSIM") {
            Some(Access::Apdu { first: 0 })
        } else if is("+CGLA") {
            Some(Access::Apdu { first: 1 })
        } else {
            None
        }
    }
}

/// One command of a line.
struct Told {
    name: Range<usize>,
    parameters: Range<usize>,
}

/// The commands of a line, from `at` on.
fn commands(line: &[u8], mut at: usize) -> Vec<Told> {
    let mut told = Vec::new();
    while at < line.len() {
        let start = at;
        let byte = line[at];
        at += 1;
        if byte == b';' || byte == b' ' {
            continue;
        }
        if byte.eq_ignore_ascii_case(&b'D') {
            let end = line.len();
            told.push(Told { name: start..at, parameters: at..end });
            return told;
        }
        if byte.is_ascii_alphanumeric() || b"&\\".contains(&byte) {
            at += usize::from(!byte.is_ascii_alphanumeric());
            let digits = line.get(at..).unwrap_or_default().iter().take_while(|byte| byte.is_ascii_digit()).count();
            told.push(Told { name: start..start + 1, parameters: at.min(line.len())..(at + digits).min(line.len()) });
            at += digits;
            continue;
        }
        at += line[at..].iter().take_while(|byte| byte.is_ascii_alphanumeric() || b"!%-./:_".contains(byte)).count();
        let name = start..at;
        let end = end_of_command(line, at);
        told.push(Told { name, parameters: at..end });
        at = end;
    }
    told
}

/// The next semicolon outside quotes, or the line's end.
fn end_of_command(line: &[u8], from: usize) -> usize {
    let mut quoted = false;
    for (at, byte) in line.iter().enumerate().skip(from) {
        match byte {
            b'"' => quoted = !quoted,
            b';' if !quoted => return at,
            _ => {}
        }
    }
    line.len()
}

/// The parameters, each without its quotes and the `=` before the first.
fn parameters(line: &[u8], of: &Range<usize>) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = of.start;
    if line.get(start) == Some(&b'=') && start < of.end {
        start += 1;
    }
    let mut quoted = false;
    let mut at = start;
    while at < of.end {
        match line[at] {
            b'"' => quoted = !quoted,
            b',' if !quoted => {
                found.push(bare(line, start..at));
                start = at + 1;
            }
            _ => {}
        }
        at += 1;
    }
    found.push(bare(line, start..of.end.max(start)));
    found
}

/// Without blanks and quotes around it.
fn bare(line: &[u8], mut range: Range<usize>) -> Range<usize> {
    while range.start < range.end && matches!(line[range.start], b' ' | b'"') {
        range.start += 1;
    }
    while range.start < range.end && matches!(line[range.end - 1], b' ' | b'"') {
        range.end -= 1;
    }
    range
}

/// `+NAME: rest`: the name, and where the rest stands.
fn named(line: &[u8]) -> (&[u8], Range<usize>) {
    match memchr::memchr(b':', line) {
        Some(colon) if colon <= 24 && line[..colon].iter().all(|byte| byte.is_ascii_graphic()) => {
            (&line[..colon], colon + 1..line.len())
        }
        Some(_) | None => (b"", 0..line.len()),
    }
}

fn is_final(line: &[u8]) -> bool {
    matches!(
        line,
        b"OK" | b"ERROR" | b"NO CARRIER" | b"BUSY" | b"NO ANSWER" | b"NO DIALTONE" | b"ABORTED" | b"0" | b"4"
    ) || line.starts_with(b"+CME ERROR")
        || line.starts_with(b"+CMS ERROR")
}
