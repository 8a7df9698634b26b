//! Test identities in the place of real ones, for what must be able to speak as the device did: a recording.
//!
//! Each stand-in is as long as what it stands for and written the same way, so that lengths, lines and frames around it hold:
//! digits with their separators, semi-octets, UCS2, a text packed in septets. A check digit that was right is right again,
//! and one that was wrong stays wrong. Equal ones stay equal, and an IMEI and an IMEISV of one device stay those of one.

use std::collections::HashMap;

use super::identity::{Identity, Kind};
use super::masks::Masks;
use super::subjects::Subjects;
use super::talk::Talk;
use super::{Find, What, coded};
use crate::identity::{CheckDigit, Eid, Iccid, Imei, Meid};
use crate::script::Side;

/// So many have a stand-in of their own; what is new beyond shares the last one.
const MOST: usize = 65_536;

/// Who got which stand-in: the same for the same, over a whole recording.
#[derive(Debug, Clone, Default)]
pub struct StandIns {
    masks: Masks,
    talks: HashMap<String, Talk>,
    /// The number of each, by what it is and its digits.
    numbers: HashMap<(Word, String), usize>,
    counts: HashMap<Word, usize>,
}

/// What shares one count: an IMEI and an IMEISV are one device.
type Word = &'static str;

impl StandIns {
    /// None yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A line of a conversation, exactly as long.
    ///
    /// `lane` tells conversations apart, since what was asked decides what an answer is.
    pub fn line(&mut self, lane: &str, side: Side, line: &[u8]) -> Vec<u8> {
        let mut talk = self.talks.remove(lane).unwrap_or_default();
        let found = self.masks.in_line(&mut talk, side, line);
        self.talks.insert(lane.to_owned(), talk);
        self.written(line, &found)
    }

    /// A message, a note: whatever is no conversation.
    pub fn text(&mut self, text: &str) -> String {
        String::from_utf8_lossy(&self.data(text.as_bytes())).into_owned()
    }

    /// Data of any kind, exactly as long.
    pub fn data(&mut self, data: &[u8]) -> Vec<u8> {
        let found = self.masks.in_text(data, Subjects::NONE);
        self.written(data, &found)
    }

    fn written(&mut self, line: &[u8], found: &[Find]) -> Vec<u8> {
        let mut out = line.to_vec();
        for find in found {
            let came = &line[find.range.clone()];
            let stands = match &find.what {
                What::Plain(identity) => Some(plain(came, &self.of(identity))),
                What::Coded(identity) => {
                    let stand_in = self.of(identity);
                    in_code(came, bare(&identity.text), bare(&stand_in))
                        .or_else(|| in_code(came, identity.digits(), stand_in_digits(identity, &stand_in)))
                }
                What::Opaque => None,
            };
            out[find.range.clone()].copy_from_slice(&stands.unwrap_or_else(|| unreadable(came)));
        }
        out
    }

    /// What stands for an identity: written as it is, as long as it is.
    fn of(&mut self, identity: &Identity) -> String {
        let (word, key) = match identity.kind {
            Kind::Imei | Kind::Imeisv => ("device", identity.digits().to_owned()),
            Kind::Meid => {
                ("meid", Meid::parse(&identity.text).map_or_else(|_| identity.text.clone(), |meid| meid.to_string()))
            }
            Kind::Iccid => ("iccid", iccid_digits(&identity.text)),
            Kind::Esn | Kind::Imsi | Kind::Eid | Kind::Msisdn | Kind::Pin => {
                (identity.kind.word(), identity.digits().to_ascii_uppercase())
            }
        };
        let full = self.numbers.len() >= MOST;
        let count = self.counts.entry(word).or_default();
        let number = match self.numbers.get(&(word, key.clone())) {
            Some(number) => *number,
            None if full => *count,
            None => {
                *count += 1;
                self.numbers.insert((word, key), *count);
                *count
            }
        };
        stand_in(identity, number)
    }
}

/// The stand-in with this number, 1 for the first.
fn stand_in(identity: &Identity, number: usize) -> String {
    let text = identity.text.as_str();
    match identity.kind {
        Kind::Imei | Kind::Imeisv => {
            let key = format!("00101799{:06}", number % 1_000_000);
            let behind = text.get(14..).unwrap_or_default();
            match (identity.kind, behind.len()) {
                (Kind::Imei, 1) => format!("{key}{}", checked(text, &key, behind)),
                // A software version is nobody's.
                _ => format!("{}{behind}", &key[..key.len().min(text.len())]),
            }
        }
        Kind::Meid => meid(text, number),
        // 80 is the first octet of a pseudo-ESN.
        Kind::Esn => {
            let digits = format!("80{number:06X}");
            digits[digits.len().saturating_sub(text.len())..].to_owned()
        }
        Kind::Imsi => format!("00101{}", padded(number, text.len().saturating_sub(5))),
        Kind::Iccid => iccid(text, number),
        Kind::Eid => eid(text, number),
        Kind::Msisdn => {
            let plus = if text.starts_with('+') { "+" } else { "" };
            format!("{plus}1555{}", padded(number, bare(text).len().saturating_sub(4)))
        }
        Kind::Pin => pin(text.len(), number),
    }
}

/// The last so many digits of a number, zeros before them.
fn padded(number: usize, width: usize) -> String {
    let digits = format!("{number:0>width$}");
    digits[digits.len() - width..].to_owned()
}

/// The fifteenth digit behind a key: of the kind that it was behind the other one.
fn checked(text: &str, key: &str, was: &str) -> char {
    let kind = |text: &str| Imei::parse(text).ok().map(|imei| std::mem::discriminant(&imei.check()));
    let wanted = kind(text);
    let same = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'];
    let mut candidates = was.chars().chain(same);
    candidates.find(|digit| kind(&format!("{key}{digit}")) == wanted).unwrap_or('0')
}

/// Hexadecimal with fourteen or fifteen digits, or decimal with eighteen or nineteen: one that is a test IMEI too.
fn meid(text: &str, number: usize) -> String {
    let key = format!("00101798{:06}", number % 1_000_000);
    let body = match text.len() {
        18 | 19 => {
            let half = |range: std::ops::Range<usize>| u32::from_str_radix(&key[range], 16).unwrap_or(0);
            format!("{:010}{:08}", half(0..8), half(8..14))
        }
        _ => key,
    };
    let wrong = |text: &str| Meid::parse(text).is_ok_and(|meid| matches!(meid.check(), CheckDigit::Wrong { .. }));
    match text.len().checked_sub(body.len()) {
        Some(1) => {
            let digits = "0123456789ABCDEF".chars();
            let right = |digit: &char| wrong(&format!("{body}{digit}")) == wrong(text);
            let digit = digits.filter(|digit| Meid::parse(&format!("{body}{digit}")).is_ok()).find(right);
            format!("{body}{}", digit.unwrap_or('0'))
        }
        Some(_) => format!("{body:0<width$}", width = text.len()),
        None => body[..text.len()].to_owned(),
    }
}

/// The digits of an ICCID, however it is filled and whether or not its nibbles are swapped.
fn iccid_digits(text: &str) -> String {
    let Ok(iccid) = Iccid::parse(text) else { return text.to_owned() };
    iccid.digits().into_iter().map(|digit| char::from_digit(digit.into(), 16).unwrap_or('0')).collect()
}

/// One of the country code 999, filled and swapped as the other is.
fn iccid(text: &str, number: usize) -> String {
    let length = iccid_digits(text).len().clamp(8, 20);
    let body = format!("8999999{}", padded(number, length - 8));
    let holds = |text: &str| Iccid::parse(text).ok().and_then(Iccid::luhn_holds);
    let wanted = holds(text).unwrap_or(true);
    let digit = (0..10).find(|digit| holds(&format!("{body}{digit}")) == Some(wanted)).unwrap_or(0);
    let filled = format!("{body}{digit}{:F<rest$}", "", rest = text.len().saturating_sub(length));
    if !text.starts_with("98") {
        return filled;
    }
    let swapped = filled.as_bytes().chunks(2).flat_map(|pair| pair.iter().rev().map(|&byte| char::from(byte)));
    swapped.collect()
}

/// One of the country code 999.
fn eid(text: &str, number: usize) -> String {
    let body = format!("89999000{}", padded(number, 22));
    let expected = Eid::parse(&format!("{body}00")).map_or(0, Eid::expected_check_digits);
    let wrong = Eid::parse(text).is_ok_and(|eid| eid.check_digits() != eid.expected_check_digits());
    format!("{body}{:02}", (expected + u8::from(wrong)) % 100)
}

/// Digits that go by one step keep no secret: 1357, 2468, …
fn pin(length: usize, number: usize) -> String {
    let (first, step) = (number % 10, 2 + number / 10 % 8);
    (0..length).map(|place| char::from_digit(((first + place * step) % 10) as u32, 10).unwrap_or('0')).collect()
}

fn bare(text: &str) -> &str {
    text.strip_prefix('+').unwrap_or(text)
}

/// As much of a stand-in as the identity is known by.
fn stand_in_digits<'a>(identity: &Identity, stand_in: &'a str) -> &'a str {
    let stand_in = bare(stand_in);
    stand_in.get(..identity.digits().len()).unwrap_or(stand_in)
}

/// Letters and digits in their places; separators, and what stands behind, stay.
fn plain(came: &[u8], stand_in: &str) -> Vec<u8> {
    let mut digits = bare(stand_in).bytes();
    let put = |&byte: &u8| if byte.is_ascii_alphanumeric() { digits.next().unwrap_or(byte) } else { byte };
    came.iter().map(put).collect()
}

/// In hexadecimal digits: text of one or two octets a character, semi-octets, septets. None where the digits cannot be found.
fn in_code(came: &[u8], digits: &str, stand_in: &str) -> Option<Vec<u8>> {
    if digits.len() != stand_in.len() || digits.is_empty() {
        return None;
    }
    let spelt = |digits: &str, before: &str| -> Vec<u8> {
        digits.bytes().flat_map(|byte| format!("{before}{byte:02X}").into_bytes()).collect()
    };
    let upper = came.to_ascii_uppercase();
    for before in ["00", ""] {
        if let Some(found) = replaced(&upper, &spelt(digits, before), &spelt(stand_in, before)) {
            return Some(found);
        }
    }
    let swap = |hex: &[u8]| -> Vec<u8> { hex.chunks(2).flat_map(|pair| pair.iter().rev().copied()).collect() };
    if let Some(found) = replaced(&swap(&upper), digits.as_bytes(), stand_in.as_bytes()) {
        return Some(swap(&found));
    }
    septets(&coded::octets(came)?, digits.as_bytes(), stand_in.as_bytes())
}

/// Every place of the one is one of the other; none where there is no place.
fn replaced(text: &[u8], old: &[u8], new: &[u8]) -> Option<Vec<u8>> {
    let mut out = text.to_vec();
    let mut found = false;
    for at in memchr::memmem::find_iter(text, old) {
        out[at..at + new.len()].copy_from_slice(new);
        found = true;
    }
    found.then_some(out)
}

/// Digits packed in septets, wherever among the bits they begin.
///
/// Source: 3GPP TS 23.038, clause 6.1.2.1: the low bits first, from octet to octet.
fn septets(octets: &[u8], digits: &[u8], stand_in: &[u8]) -> Option<Vec<u8>> {
    let mut bits: Vec<bool> = octets.iter().flat_map(|octet| (0..8).map(move |bit| octet >> bit & 1 == 1)).collect();
    let packed = |digits: &[u8]| -> Vec<bool> {
        digits.iter().flat_map(|digit| (0..7).map(move |bit| digit >> bit & 1 == 1)).collect()
    };
    let (old, new) = (packed(digits), packed(stand_in));
    let places: Vec<usize> =
        bits.windows(old.len()).enumerate().filter(|(_, bits)| *bits == old).map(|(at, _)| at).collect();
    if places.is_empty() {
        return None;
    }
    for at in places {
        bits[at..at + new.len()].copy_from_slice(&new);
    }
    let octets = bits.chunks(8).map(|bits| bits.iter().rev().fold(0u8, |octet, &bit| octet << 1 | u8::from(bit)));
    Some(octets.flat_map(|octet| format!("{octet:02X}").into_bytes()).collect())
}

/// What may hold an identity and cannot be read: zeros for digits, and for hexadecimal ones a record that was never written.
fn unreadable(came: &[u8]) -> Vec<u8> {
    let decimal = came.iter().all(|byte| !byte.is_ascii_alphabetic());
    let hexadecimal = came.iter().all(u8::is_ascii_hexdigit);
    let hidden = |&byte: &u8| match byte {
        _ if hexadecimal && !decimal => b'F',
        b'0'..=b'9' => b'0',
        b'a'..=b'z' | b'A'..=b'Z' => b'x',
        _ => byte,
    };
    came.iter().map(hidden).collect()
}

#[cfg(test)]
mod tests;
