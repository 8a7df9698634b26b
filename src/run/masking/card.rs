//! What is read from a card and written to it: files by `+CRSM`, APDUs by `+CSIM` and `+CGLA`.
//!
//! Which file it is decides what its octets say. A file that holds nobody's identity is shown; one that should hold an
//! identity and cannot be read, or that is not known, is masked whole.
//!
//! Source: 3GPP TS 31.102 clauses 4.2 and 4.4, TS 51.011 clause 10, ETSI TS 102 221 clauses 11.1 and 13; GSMA SGP.22 clause 5.7
//! for the EID and the ICCIDs of profiles.

use std::ops::Range;

use super::identity::{Identity, Kind};
use super::{Find, HOLE, What, coded, digits, pdu};
use crate::identity::{Iccid, Imsi};

/// What a file's octets are.
enum Content {
    Imsi,
    Iccid,
    /// A name, then fourteen octets with a number in them.
    Dialling,
    /// A status, then an SMS PDU.
    Message,
    /// A name, then 28 octets with two addresses.
    MessageParameters,
    /// Of the network, of the service, of the file system: nobody's.
    Nobody,
    Unknown,
}

impl Content {
    fn of(file: u16) -> Self {
        match file {
            0x6F07 => Content::Imsi,
            0x2FE2 => Content::Iccid,
            0x6F3A | 0x6F3B | 0x6F40 | 0x6F44 | 0x6F49 | 0x6F4B..=0x6F4E | 0x6FC7 | 0x4F3A => Content::Dialling,
            0x6F3C => Content::Message,
            0x6F42 => Content::MessageParameters,
            // PL, DIR, ARR, UMPC; LI, HPPLMN, UST, SMSS, SPN, EST, counters, PLMN lists, BCCH, ACC, locations with their
            // temporary identities, AD, phase, ECC, GID, CBMI, operator names.
            0x2F00 | 0x2F05 | 0x2F06 | 0x2F08 => Content::Nobody,
            0x6F05 | 0x6F06 | 0x6F30 | 0x6F31 | 0x6F38 | 0x6F3E | 0x6F3F | 0x6F43 | 0x6F45 | 0x6F46 => Content::Nobody,
            0x6F48 | 0x6F50 | 0x6F53 | 0x6F56 | 0x6F5B | 0x6F5C | 0x6F60..=0x6F62 | 0x6F73 | 0x6F74 => Content::Nobody,
            0x6F78 | 0x6F7B | 0x6F7E | 0x6FAD | 0x6FAE | 0x6FB7 | 0x6FC5 | 0x6FC6 | 0x6FCD => Content::Nobody,
            0x6FD9 | 0x6FDB | 0x6FDC | 0x6FE3 | 0x4F01 | 0x3F00 | 0x7F10 | 0x7F20 | 0x7FFF => Content::Nobody,
            _ => Content::Unknown,
        }
    }
}

/// What is to be masked in a file's content, given in hexadecimal.
pub(super) fn contents(file: u16, hex: &[u8]) -> Vec<Find> {
    let opaque = || vec![Find { range: 0..hex.len(), what: What::Opaque }];
    // A file, or a record, that was never written.
    if hex.iter().all(|byte| matches!(byte, b'F' | b'f')) || hex.iter().all(|&byte| byte == b'0') {
        return Vec::new();
    }
    if hex.contains(&HOLE) {
        // The octets of a value are not known. Of a file that is masked whole, what stands beside it tells too much.
        return match Content::of(file) {
            Content::Imsi | Content::Iccid | Content::Unknown => fragments(hex),
            Content::Dialling | Content::Message | Content::MessageParameters | Content::Nobody => Vec::new(),
        };
    }
    let Some(octets) = coded::octets(hex) else { return opaque() };
    let whole = |kind, text: String| vec![Find { range: 0..hex.len(), what: What::Coded(Identity::new(kind, text)) }];
    let found = match Content::of(file) {
        Content::Nobody => Some(Vec::new()),
        Content::Unknown => None,
        Content::Imsi => Imsi::from_octets(&octets).map(|imsi| whole(Kind::Imsi, imsi.to_string())),
        Content::Iccid => <[u8; 10]>::try_from(octets.as_slice())
            .ok()
            .and_then(|octets| Iccid::from_octets(octets).ok())
            .map(|iccid| whole(Kind::Iccid, iccid.to_string())),
        Content::Dialling => dialling(&octets),
        Content::Message => match octets.first() {
            // A free place of the store.
            Some(0) => Some(Vec::new()),
            Some(_) => pdu::finds(&hex[2..]).map(|found| found.into_iter().map(|find| find.moved(2)).collect()),
            None => None,
        },
        Content::MessageParameters => parameters(&octets),
    };
    found.unwrap_or_else(opaque)
}

/// What stands beside a value, where it is more than a length or a status.
fn fragments(hex: &[u8]) -> Vec<Find> {
    let mut found = Vec::new();
    let mut start = 0;
    for fragment in hex.split(|&byte| byte == HOLE) {
        if fragment.len() >= 8 {
            found.push(Find { range: start..start + fragment.len(), what: What::Opaque });
        }
        start += fragment.len() + 1;
    }
    found
}

/// `name… length type number×10 extension×2`: the length counts the type's octet too.
fn dialling(octets: &[u8]) -> Option<Vec<Find>> {
    let start = octets.len().checked_sub(14)?;
    address(octets, start, 11, None)
}

/// `name… indicators destination×12 centre×12 protocol coding validity`.
fn parameters(octets: &[u8]) -> Option<Vec<Find>> {
    let start = octets.len().checked_sub(28)?;
    let mut found = address(octets, start + 1, 11, Some(()))?;
    found.extend(address(octets, start + 13, 11, None)?);
    Some(found)
}

/// A number at an octet: its length, its type, its semi-octets. `in_digits` says what the length counts.
fn address(octets: &[u8], at: usize, most: usize, in_digits: Option<()>) -> Option<Vec<Find>> {
    let length = usize::from(*octets.get(at)?);
    if matches!(length, 0 | 0xFF) {
        return Some(Vec::new());
    }
    let count = if in_digits.is_some() { length.div_ceil(2) } else { length - 1 };
    if count >= most {
        return None;
    }
    let range = at + 2..at + 2 + count;
    number(*octets.get(at + 1)?, octets.get(range.clone())?, &range)
}

/// The number that semi-octets at these octets of a longer text hold: nothing where it is a service's.
pub(super) fn number(kind: u8, octets: &[u8], range: &Range<usize>) -> Option<Vec<Find>> {
    let number = coded::semi_octets(octets)?;
    if number.len() < digits::SHORTEST_NUMBER {
        return Some(Vec::new());
    }
    let range = 2 * range.start..2 * range.end;
    if number.len() > 15 || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(vec![Find { range, what: What::Opaque }]);
    }
    // Bits 7 to 5 of the type: 001 is an international number.
    let plus = if kind & 0x70 == 0x10 { "+" } else { "" };
    Some(vec![Find { range, what: What::Coded(Identity::new(Kind::Msisdn, format!("{plus}{number}"))) }])
}

/// What has been said to the card by APDUs.
#[derive(Debug, Clone, Default)]
pub(super) struct Card {
    file: u16,
    instruction: u8,
}

const SELECT: u8 = 0xA4;
const GET_RESPONSE: u8 = 0xC0;

impl Card {
    /// Takes a command, in hexadecimal: `CLA INS P1 P2 [P3 [data]]`.
    pub(super) fn command(&mut self, hex: &[u8]) -> Vec<Find> {
        let opaque = || vec![Find { range: 0..hex.len(), what: What::Opaque }];
        // Where a value stands in it, the command is known as far as there.
        let known = hex.split(|&byte| byte == HOLE).next().unwrap_or_default();
        let known = if known.len() < hex.len() { &known[..known.len() / 2 * 2] } else { hex };
        let Some(octets) = coded::octets(known) else { return opaque() };
        if known.len() < hex.len() && octets.len() < 4 {
            return Vec::new();
        }
        let [_, instruction, p1, p2, ref rest @ ..] = octets[..] else { return opaque() };
        let length = rest.first().map_or(0, |&length| usize::from(length));
        let data = 5..(5 + length).min(octets.len());
        let of_data = || octets.get(data.clone()).unwrap_or_default();
        // GET RESPONSE fetches what the command before it has left.
        if instruction != GET_RESPONSE {
            self.instruction = instruction;
        }
        match instruction {
            SELECT => {
                self.file = match (p1, of_data()) {
                    (0x04, _) => 0x7FFF,
                    (_, &[.., high, low]) => u16::from_be_bytes([high, low]),
                    _ => 0x3F00,
                };
                Vec::new()
            }
            // READ and UPDATE BINARY and RECORD, perhaps by a short file identifier.
            0xB0 | 0xD6 => {
                if p1 & 0x80 != 0 {
                    self.file = by_short_identifier(p1 & 0x1F);
                }
                if instruction == 0xD6 { self.written(hex, data) } else { Vec::new() }
            }
            0xB2 | 0xDC => {
                if p2 >> 3 != 0 {
                    self.file = by_short_identifier(p2 >> 3);
                }
                if instruction == 0xDC { self.written(hex, data) } else { Vec::new() }
            }
            // VERIFY, CHANGE, DISABLE, ENABLE and UNBLOCK PIN: eight octets each.
            0x20 | 0x24 | 0x26 | 0x28 | 0x2C => {
                of_data().chunks_exact(8).enumerate().filter_map(|(index, octets)| pin(octets, 5 + 8 * index)).collect()
            }
            _ => tagged(hex),
        }
    }

    fn written(&self, hex: &[u8], data: Range<usize>) -> Vec<Find> {
        let hex = hex.get(2 * data.start..2 * data.end).unwrap_or_default();
        contents(self.file, hex).into_iter().map(|find| find.moved(2 * data.start)).collect()
    }

    /// Takes an answer, in hexadecimal: `[data] SW1 SW2`.
    pub(super) fn answer(&self, hex: &[u8]) -> Vec<Find> {
        let data = &hex[..hex.len().saturating_sub(4)];
        let values = hex.contains(&HOLE);
        if !values && coded::octets(hex).is_none() {
            return vec![Find { range: 0..hex.len(), what: What::Opaque }];
        }
        if data.is_empty() {
            return Vec::new();
        }
        match self.instruction {
            0xB0 | 0xB2 => contents(self.file, data),
            // What a file or the card is like, a channel's number.
            SELECT | 0xF2 | 0x70 => tagged(data),
            _ => match tagged(data) {
                found if values => found,
                found if found.is_empty() => vec![Find { range: 0..data.len(), what: What::Opaque }],
                found => found,
            },
        }
    }
}

/// The file with a short identifier: the USIM's, but 2 is also EF_ICCID's, below the master file.
///
/// Source: 3GPP TS 31.102, Annex H; ETSI TS 102 221, clause 13.
fn by_short_identifier(identifier: u8) -> u16 {
    match identifier {
        2 => 0x2FE2,
        7 => 0x6F07,
        1 | 3..=6 | 0x0A..=0x0D | 0x10 | 0x12 | 0x1D | 0x1E => 0x6FAD,
        _ => 0,
    }
}

/// A PIN's eight octets: digits, filled up with FF.
fn pin(octets: &[u8], at: usize) -> Option<Find> {
    let range = 2 * at..2 * (at + octets.len());
    let count = octets.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if count == 0 && octets.iter().all(|&byte| byte == 0xFF) {
        return None;
    }
    let (digits, rest) = octets.split_at(count);
    let what = if count >= 4 && rest.iter().all(|&byte| byte == 0xFF) {
        What::Coded(Identity::new(Kind::Pin, String::from_utf8_lossy(digits)))
    } else {
        What::Opaque
    };
    Some(Find { range, what })
}

/// The EID and the ICCIDs of profiles, by their tag 5A: sixteen octets as they read, or ten with swapped nibbles.
fn tagged(hex: &[u8]) -> Vec<Find> {
    let upper = hex.to_ascii_uppercase();
    let mut found = Vec::new();
    for at in memchr::memmem::find_iter(&upper, b"5A10").filter(|at| at % 2 == 0) {
        if let Some(digits) = upper.get(at + 4..at + 36).filter(|digits| digits.iter().all(u8::is_ascii_digit)) {
            let identity = Identity::new(Kind::Eid, String::from_utf8_lossy(digits));
            found.push(Find { range: at + 4..at + 36, what: What::Plain(identity) });
        }
    }
    for at in memchr::memmem::find_iter(&upper, b"5A0A").filter(|at| at % 2 == 0) {
        let octets = upper.get(at + 4..at + 24).and_then(coded::octets).and_then(|octets| octets.try_into().ok());
        if let Some(iccid) = octets.and_then(|octets: [u8; 10]| Iccid::from_octets(octets).ok()) {
            let identity = Identity::new(Kind::Iccid, iccid.to_string());
            found.push(Find { range: at + 4..at + 24, what: What::Coded(identity) });
        }
    }
    found
}
