//! Which classes a line's text and its context allow.

use super::Classes;
use super::expectation::{Answer, Expectation};
use super::known::{Known, known, known_name};

/// What a whole line is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Kind {
    pub(super) classes: Classes,
    /// The length of its name; 0 where it has none.
    pub(super) name: u16,
    /// Whether a PDU or a message's text follows.
    pub(super) has_body: bool,
}

impl Kind {
    const fn unnamed(classes: Classes) -> Self {
        Self { classes, name: 0, has_body: false }
    }
}

/// The kind of the line that is the first `end` of `bytes`.
#[inline]
pub(super) fn classify(bytes: &[u8], end: usize, expectation: &Expectation) -> Kind {
    let text = &bytes[..end];
    match text {
        [] => Kind::unnamed(Classes::INFORMATION),
        // The commonest line by far.
        b"OK" => Kind::unnamed(Classes::FINAL),
        [first, ..] if is_sign(*first) => match known_name(bytes) {
            // A name that is known needs no look at its letters.
            Some((name, known)) if name < end => named(text, name, Some(known), expectation),
            Some(_) | None => match name_length(text) {
                0 => Kind::unnamed(plain(text, expectation)),
                name => named(text, name, known(bytes, name), expectation),
            },
        },
        [first, ..] => Kind::unnamed(unnamed(bytes, text, *first, expectation)),
    }
}

/// Whether a line has a form that no text inside a string is likely to have: a result, or a name with its colon.
pub(super) fn is_recognised(text: &[u8]) -> bool {
    if text.first().is_some_and(|first| is_sign(*first)) {
        let name = name_length(text);
        return name > 0 && (matches!(text.get(name), Some(b':') | None) || is_error(text, name));
    }
    !worded(text, text).is_none()
}

/// The length of the name that a line begins with, sign included; 0 where it has none.
///
/// Source: ITU-T V.250 (07/2003), clause 5.4.1: a letter, then letters, digits and `! % - . / _`. The colon, which the
/// clause allows too, ends a name here. Makers' names are longer than the clause's 16.
#[inline]
pub(super) fn name_length(text: &[u8]) -> usize {
    match text {
        [sign, letter, rest @ ..] if is_sign(*sign) && letter.is_ascii_alphabetic() => {
            2 + rest.iter().take(38).take_while(|byte| NAME[usize::from(**byte)]).count()
        }
        _ => 0,
    }
}

#[inline]
fn is_sign(byte: u8) -> bool {
    matches!(byte, b'+' | b'#' | b'^' | b'%' | b'*' | b'$' | b'!' | b'_' | b'&' | b'-' | b'@')
}

const NAME: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0u8;
    while byte < 128 {
        table[byte as usize] =
            matches!(byte, b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'!' | b'%' | b'-' | b'.' | b'/' | b'_');
        byte += 1;
    }
    table
};

/// `+CME ERROR: 106`, `+CMS ERROR: 500`, `+CIS ERROR: 1`, `+EXT ERROR: 2`.
fn is_error(text: &[u8], name: usize) -> bool {
    matches!(&text[name..], [b' ', b'E', b'R', b'R', b'O', b'R', rest @ ..] if matches!(rest, [] | [b':', ..]))
}

#[inline]
fn named(text: &[u8], length: usize, entry: Option<Known>, expectation: &Expectation) -> Kind {
    if text.get(length) == Some(&b' ') && is_error(text, length) {
        return Kind { classes: Classes::FINAL, name: short(length) + 6, has_body: false };
    }
    // `+CMT:` has a body, `+CMGR` alone has none, nor has a report in text mode: `+CDS: 6,1,…` and not `+CDS: 25`.
    let has_body = entry.is_some_and(|entry| entry.has_body)
        && text.len() > length + 2
        && !(&text[..length] == b"+CDS" && text.contains(&b','));
    let own = entry.map_or(Classes::NONE, |entry| entry.classes);
    const BOTH: Classes = Classes::INFORMATION.with(Classes::UNSOLICITED);
    let classes = match &expectation.answer {
        Answer::Unknown | Answer::Any if own.is_none() => BOTH,
        Answer::Unknown | Answer::Any => own,
        Answer::Nothing => Classes::UNSOLICITED,
        Answer::Named(names) if !names.iter().any(|awaited| awaited.eq_ignore_ascii_case(&text[..length])) => {
            Classes::UNSOLICITED
        }
        Answer::Named(_) if own.is_only(Classes::INFORMATION) => own,
        Answer::Named(_) => BOTH,
    };
    Kind { classes, name: short(length), has_body }
}

/// The length of a name, which is 40 at most.
#[inline]
fn short(length: usize) -> u16 {
    length as u16
}

fn answer_of(answer: &Answer) -> Classes {
    match answer {
        Answer::Nothing => Classes::UNSOLICITED,
        Answer::Unknown | Answer::Any | Answer::Named(_) => Classes::INFORMATION,
    }
}

#[inline]
fn unnamed(bytes: &[u8], text: &[u8], first: u8, expectation: &Expectation) -> Classes {
    if first.is_ascii_digit() {
        return if text.len() <= 2 { numeric(text, expectation) } else { plain(text, expectation) };
    }
    if !first.is_ascii_alphabetic() {
        return plain(text, expectation);
    }
    let classes = worded(bytes, text);
    if !classes.is_none() {
        return classes;
    }
    match text {
        // A command coming back that nobody announced.
        [b'A', b'T', body @ ..] | [b'a', b't', body @ ..] if is_body(body) => Classes::ECHO | Classes::INFORMATION,
        _ => plain(text, expectation),
    }
}

/// Whether this can follow `AT` in a command line: nothing, a sign, or a letter and what a basic command may have.
fn is_body(body: &[u8]) -> bool {
    match body {
        [] => true,
        [first, rest @ ..] if first.is_ascii_alphabetic() => match rest {
            [] => true,
            [second, ..] => first.is_ascii_uppercase() && !second.is_ascii_lowercase() || !second.is_ascii_alphabetic(),
        },
        [first, ..] => is_sign(*first) || matches!(first, b'\\' | b' ' | b'/'),
    }
}

fn plain(text: &[u8], expectation: &Expectation) -> Classes {
    let classes = answer_of(&expectation.answer);
    let noise = text.iter().fold(false, |noise, byte| noise | is_noise(*byte));
    if noise { classes | Classes::GARBAGE } else { classes }
}

/// A byte that stands in no text: a control character but tab, or one with the eighth bit set.
#[inline]
pub(super) fn is_noise(byte: u8) -> bool {
    byte < b' ' && byte != b'\t' || byte > b'~'
}

/// A result by number, as ATV0 gives it.
///
/// Source: ITU-T V.250 (07/2003), clause 6.3.1 and Table 1; 5 and 9 upwards are makers' `CONNECT` with a speed.
fn numeric(text: &[u8], expectation: &Expectation) -> Classes {
    if !text.iter().all(u8::is_ascii_digit) {
        return plain(text, expectation);
    }
    let classes = match text {
        b"0" | b"4" | b"6" | b"7" | b"8" => Classes::FINAL,
        b"3" => Classes::FINAL | Classes::UNSOLICITED,
        b"2" => Classes::UNSOLICITED,
        _ => Classes::INTERMEDIATE,
    };
    match expectation.numeric {
        Some(true) => classes,
        Some(false) => plain(text, expectation),
        None => classes | answer_of(&expectation.answer),
    }
}

/// The classes of a line that is known by its words: a result, or what modems say at power-up.
#[inline]
fn worded(bytes: &[u8], text: &[u8]) -> Classes {
    const EITHER: Classes = Classes::INFORMATION.with(Classes::FINAL);
    if let Some(known) = known(bytes, text.len()) {
        return known.classes;
    }
    match text {
        [b'C', b'O', b'N', b'N', b'E', b'C', b'T', b' ' | b':', ..] => Classes::INTERMEDIATE,
        [b'R', b'I', b'N', b'G', b' ' | b':', ..] => Classes::UNSOLICITED,
        [b'O', b'K', blanks @ ..] | [b'E', b'R', b'R', b'O', b'R', blanks @ ..]
            if blanks.iter().all(|byte| *byte == b' ') =>
        {
            Classes::FINAL
        }
        [b'E', b'R', b'R', b'O', b'R', b':' | b' ', ..] => EITHER,
        [b'N', b'O', b' ', b'C', b'A', b'R', b'R', b'I', b'E', b'R', b':' | b' ', ..] => {
            Classes::FINAL | Classes::UNSOLICITED
        }
        [b'B', b'L', b'A', b'C', b'K', b'L', b'I', b'S', b'T', b'E', b'D', b':' | b' ', ..]
        | [b'D', b'E', b'L', b'A', b'Y', b'E', b'D', b':' | b' ', ..] => EITHER,
        b"COMMAND NOT SUPPORT" | b"TOO MANY PARAMETERS" => EITHER,
        b"NORMAL POWER DOWN"
        | b"UNDER-VOLTAGE POWER DOWN"
        | b"UNDER-VOLTAGE WARNNING"
        | b"OVER-VOLTAGE POWER DOWN"
        | b"OVER-VOLTAGE WARNNING" => Classes::UNSOLICITED,
        _ => Classes::NONE,
    }
}
