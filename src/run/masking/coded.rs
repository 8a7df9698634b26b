//! Identities in hexadecimal: text in UCS2 or octets, and digits with their nibbles swapped.
//!
//! Source: 3GPP TS 27.007 clause 5.5 (`+CSCS`: `"UCS2"`, `"HEX"`), TS 31.102 clause 4.2.2 (EF_IMSI).

use std::ops::Range;

use super::identity::{Identity, Kind};
use super::subjects::Subjects;
use super::{Find, What, digits};
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
    }
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
