//! Identities in hexadecimal: text in UCS2 or octets, and digits with their nibbles swapped.
//!
//! Source: 3GPP TS 27.007 clause 5.5 (`+CSCS`: `"UCS2"`, `"HEX"`), TS 31.102 clause 4.2.2 (EF_IMSI).

use std::ops::Range;

use super::identity::{Identity, Kind};
use super::subjects::Subjects;
use super::{Find, HOLE, What, digits};
use crate::identity::Imsi;
use crate::wire::sms::{Address, TypeOfAddress};
use crate::wire::text::hexadecimal;

/// The octets that hexadecimal digits write, or none.
pub(super) fn octets(hex: &[u8]) -> Option<Vec<u8>> {
    hexadecimal::read(hex).ok()
}

/// Finds what a run of hexadecimal digits in `text` spells.
pub(super) fn text(text: &[u8], word: &Range<usize>, about: Subjects, found: &mut Vec<Find>) {
    let hex = &text[word.clone()];
    if hex.len() < 2 * digits::SHORTEST_NUMBER || !hex.len().is_multiple_of(2) {
        return;
    }
    let Some(octets) = octets(hex) else { return };
    if hex.len() == 18
        && octets[0] == 8
        && let Some(imsi) = Imsi::from_octets(&octets)
    {
        found.push(Find { range: word.clone(), what: What::Coded(Identity::new(Kind::Imsi, imsi.to_string())) });
        return;
    }
    if let Some(spelt) = ucs2(&octets) {
        inner(&spelt, 4, word.start, about, found);
    } else if octets.iter().all(|byte| matches!(byte, b' '..=b'~' | b'\r' | b'\n')) {
        inner(&octets, 2, word.start, about, found);
    } else {
        // In whatever script the rest of a text is, a number in it is digits.
        inner(&ascii(&octets), 4, word.start, about, found);
    }
}

/// Whether a run of hexadecimal digits is a text in UCS2 rather than a dial string: all of a quoted string, or of a
/// message's line.
///
/// A number may have as many digits as UCS2 of two to four characters. Of digits alone only a text of three is believed,
/// and only if they stand in one alphabet, which numbers do not keep to; E and F are no keys of a telephone (TS 27.007,
/// clause 6.2), so with one of them any character will do. What a type of address follows is a number.
pub(super) fn is_text(line: &[u8], word: &Range<usize>, about: Subjects) -> bool {
    let hex = &line[word.clone()];
    // Or what a value has left of it.
    let quote = |at: Option<usize>| matches!(at.and_then(|at| line.get(at)), Some(&(b'"' | HOLE)));
    let quoted = quote(word.start.checked_sub(1)) && quote(Some(word.end));
    let all = word.start == 0 && word.end == line.len() && about.has(Subjects::MESSAGE);
    if !(quoted || all) || !hex.len().is_multiple_of(4) || quoted && has_type_of_address(&line[word.end + 1..]) {
        return false;
    }
    let Some(octets) = octets(hex) else { return false };
    let latin = |unit: &[u8]| matches!(unit, [0, b' '..=b'~' | 0xA0..]);
    if hex.iter().any(|byte| matches!(byte, b'E' | b'F' | b'e' | b'f')) {
        // Neither a control character nor half a surrogate pair nor for private use.
        return octets.chunks(2).all(|unit| latin(unit) || matches!(unit, [1..=0xD7 | 0xF9..=0xFE, _]));
    }
    let others: Vec<u8> = octets.chunks(2).filter(|unit| !latin(unit)).map(|unit| unit[0]).collect();
    let in_one_block = others.iter().all(|high| matches!(high, 1..=7 | 0x30) && *high == others[0]);
    in_one_block && (others.len() >= 3 || !hex.iter().all(u8::is_ascii_digit))
}

/// `,145` and `,129` behind a string say that it was a number (TS 27.007, clause 6.1): bit 7 is always set.
fn has_type_of_address(rest: &[u8]) -> bool {
    let digits: Vec<u8> = rest.iter().skip(1).copied().take_while(u8::is_ascii_digit).take(4).collect();
    let kind = std::str::from_utf8(&digits).ok().and_then(|digits| digits.parse::<u16>().ok());
    rest.first() == Some(&b',') && matches!(kind, Some(128..=255))
}

/// Each character of UCS2 as one byte, those that ASCII has not as one that is no digit.
fn ascii(octets: &[u8]) -> Vec<u8> {
    octets.chunks(2).map(|unit| if let [0, byte @ b' '..=b'~'] = unit { *byte } else { b'?' }).collect()
}

/// Each character of UCS2 as one byte, those beyond ASCII as one that is no digit; none where it is no text.
pub(super) fn ucs2(octets: &[u8]) -> Option<Vec<u8>> {
    let units = octets.chunks(2).map(|pair| match pair {
        [0, byte @ (b' '..=b'~' | b'\r' | b'\n')] => Some(*byte),
        [0, 0xA0..=0xFF] | [1..=7 | 0x20..=0x22, _] => Some(b'?'),
        _ => None,
    });
    units.collect()
}

/// What is found in the text is found in its hexadecimal digits, `width` to a character.
fn inner(spelt: &[u8], width: usize, start: usize, about: Subjects, found: &mut Vec<Find>) {
    for find in digits::finds(spelt, about) {
        let range = start + width * find.range.start..start + width * find.range.end;
        found.push(Find { range, what: within(find.what) });
    }
}

/// What was found in a text, in the hexadecimal that spells it.
pub(super) fn within(what: What) -> What {
    match what {
        What::Plain(identity) | What::Coded(identity) => What::Coded(identity),
        What::Opaque => What::Opaque,
    }
}

/// The digits of semi-octets, low nibble first, up to a filler or the end; none where anything but fillers stands behind one.
pub(super) fn semi_octets(octets: &[u8]) -> Option<String> {
    Address::of_semi_octets(TypeOfAddress::UNKNOWN, octets).map(|number| number.text())
}

/// Upper-case spellings in which these digits could stand in hexadecimal: nibbles swapped from the first or from the second
/// digit on, UCS2, octets of text.
pub(super) fn spellings(digits: &str) -> Vec<Vec<u8>> {
    let digits = digits.as_bytes();
    let swapped = |from: usize| -> Vec<u8> {
        digits[from.min(digits.len())..].chunks_exact(2).flat_map(|pair| [pair[1], pair[0]]).collect()
    };
    let spelt = |before: &str| -> Vec<u8> {
        digits.iter().flat_map(|byte| format!("{before}{byte:02X}").into_bytes()).collect()
    };
    vec![swapped(0), swapped(1), spelt("00"), spelt("")]
}
