//! Short messages as PDUs: the service centre, the other party, and what the text says.
//!
//! Only as far as masking needs it: where the addresses stand, and whether the text holds an identity.
//!
//! Source: 3GPP TS 23.040 clauses 9.1.2.5 and 9.2.2; TS 23.038 clauses 4 and 6.1.2.

use super::subjects::Subjects;
use super::{Find, What, card, coded, digits};

/// What is to be masked in a PDU, given in hexadecimal, or none where it cannot be read.
pub(super) fn finds(hex: &[u8]) -> Option<Vec<Find>> {
    let octets = coded::octets(hex)?;
    let mut reader = Reader { octets: &octets, at: 0, found: Vec::new() };
    reader.centre()?;
    reader.message()?;
    Some(reader.found)
}

struct Reader<'a> {
    octets: &'a [u8],
    at: usize,
    found: Vec<Find>,
}

impl Reader<'_> {
    fn octet(&mut self) -> Option<u8> {
        let octet = *self.octets.get(self.at)?;
        self.at += 1;
        Some(octet)
    }

    fn skip(&mut self, count: usize) -> Option<()> {
        self.at += count;
        (self.at <= self.octets.len()).then_some(())
    }

    /// The service centre's address; its length counts octets, the type's too.
    fn centre(&mut self) -> Option<()> {
        let length = usize::from(self.octet()?);
        match length {
            0 => Some(()),
            1..=12 => {
                let kind = self.octet()?;
                self.number(kind, length - 1)
            }
            _ => None,
        }
    }

    fn number(&mut self, kind: u8, count: usize) -> Option<()> {
        let range = self.at..self.at + count;
        self.found.extend(card::number(kind, self.octets.get(range.clone())?, &range)?);
        self.at = range.end;
        Some(())
    }

    /// The other party's address; its length counts digits.
    fn party(&mut self) -> Option<()> {
        let length = usize::from(self.octet()?);
        let kind = self.octet()?;
        if length > 20 {
            return None;
        }
        // Type 101 is a name in the seven-bit alphabet.
        if kind & 0x70 == 0x50 { self.skip(length.div_ceil(2)) } else { self.number(kind, length.div_ceil(2)) }
    }

    fn message(&mut self) -> Option<()> {
        let first = self.octet()?;
        match first & 0x03 {
            // SMS-DELIVER
            0 => {
                self.party()?;
                self.skip(1)?;
                let coding = self.octet()?;
                self.skip(7)?;
                self.text(first, coding)
            }
            // SMS-SUBMIT
            1 => {
                self.skip(1)?;
                self.party()?;
                self.skip(1)?;
                let coding = self.octet()?;
                self.skip(match first >> 3 & 0x03 {
                    0 => 0,
                    2 => 1,
                    _ => 7,
                })?;
                self.text(first, coding)
            }
            // SMS-STATUS-REPORT
            2 => {
                self.skip(1)?;
                self.party()?;
                self.skip(15)
            }
            _ => None,
        }
    }

    /// The user data: masked whole where it says an identity.
    fn text(&mut self, first: u8, coding: u8) -> Option<()> {
        let length = usize::from(self.octet()?);
        let alphabet = match coding >> 4 {
            0..=7 => coding >> 2 & 0x03,
            0x0F => coding >> 2 & 0x01,
            0x0E => 2,
            _ => 0,
        };
        let count = if alphabet == 0 { (length * 7).div_ceil(8) } else { length };
        let range = self.at..self.at + count;
        let data = self.octets.get(range.clone())?;
        let header = if first & 0x40 == 0 { 0 } else { usize::from(*data.first()?) + 1 };
        let body = data.get(header.min(data.len())..)?;
        let spelt = match alphabet {
            // The text begins at the next septet after the header.
            0 => septets(data).split_off((header * 8).div_ceil(7).min(length)),
            1 => body.to_vec(),
            _ => coded::ucs2(body).unwrap_or_else(|| body.to_vec()),
        };
        for find in digits::finds(&spelt, Subjects::NUMBER) {
            let what = match find.what {
                What::Plain(identity) | What::Coded(identity) => What::Coded(identity),
                What::Opaque => What::Opaque,
            };
            self.found.push(Find { range: 2 * range.start..2 * range.end, what });
        }
        self.at = range.end;
        Some(())
    }
}

/// Seven-bit characters out of octets; digits and `+` have the codes of ASCII.
fn septets(octets: &[u8]) -> Vec<u8> {
    (0..octets.len() * 8 / 7)
        .map(|index| {
            let (octet, shift) = (index * 7 / 8, index * 7 % 8);
            let next = octets.get(octet + 1).copied().unwrap_or(0);
            let pair = u16::from_le_bytes([octets[octet], next]);
            u8::try_from(pair >> shift & 0x7F).unwrap_or(0)
        })
        .collect()
}
