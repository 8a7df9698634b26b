//! The ICCID: which card.
//!
//! Source: ITU-T E.118; 3GPP TS 31.102 (EF_ICCID: TS 102 221 clause 13.2).

use super::digits::{Digits, IdentityError, Kind};
use super::finding::Finding;
use super::luhn;
use std::fmt;
use std::str::FromStr;

/// An integrated circuit card identifier (ICCID).
///
/// On the wire: 18 to 20 digits, beginning 89 (telecommunications), then the country code, the issuer, the account
/// number and a Luhn check digit. Some issuers use A to F after the sixth digit, and leave the check digit out.
/// EF_ICCID holds it with swapped nibbles, a missing twentieth filled with F; some modules print that F, some print the
/// nibbles unswapped (98…): all are read as the same card.
///
/// Source: ITU-T E.118, clause 4; ETSI TS 102 221, clause 13.2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Iccid {
    /// Nibbles, the first in the high half; those past the end are F.
    octets: [u8; 10],
}

impl Iccid {
    /// Reads 18 to 20 digits, with or without the F that fills EF_ICCID, swapped or not; blanks and dashes between
    /// them are ignored.
    ///
    /// # Errors
    /// Another number of digits, or something that is no hexadecimal digit.
    pub fn parse(text: &str) -> Result<Self, IdentityError> {
        let digits = Digits::hexadecimal(Kind::Iccid, text)?;
        let digits = digits.as_slice();
        let swapped;
        let digits = match digits {
            [9, 8, ..] if digits.len() % 2 == 0 => {
                swapped = digits.chunks(2).flat_map(|pair| pair.iter().rev().copied()).collect::<Vec<u8>>();
                &swapped
            }
            _ => digits,
        };
        let length = digits.iter().rposition(|&digit| digit != 0x0F).map_or(0, |last| last + 1);
        if !(18..=20).contains(&length) {
            return Err(IdentityError::Length { kind: Kind::Iccid, found: length });
        }
        if let Some(place) = digits.iter().take(6).position(|&digit| digit > 9) {
            let found = char::from_digit(u32::from(digits[place]), 16).unwrap_or('?').to_ascii_uppercase();
            return Err(IdentityError::Character { kind: Kind::Iccid, found, column: place + 1 });
        }
        let mut octets = [0xFF; 10];
        for (place, digit) in digits.iter().take(length).enumerate() {
            let octet = &mut octets[place / 2];
            *octet = if place % 2 == 0 { digit << 4 | 0x0F } else { *octet & 0xF0 | digit };
        }
        Ok(Self { octets })
    }

    /// The ten octets of EF_ICCID: nibbles swapped, filled with F.
    pub fn to_octets(self) -> [u8; 10] {
        self.octets.map(|octet| octet.rotate_left(4))
    }

    /// What the ten octets of EF_ICCID hold.
    ///
    /// # Errors
    /// They hold no ICCID, as on a card that was never programmed.
    pub fn from_octets(octets: [u8; 10]) -> Result<Self, IdentityError> {
        let text: String = octets.iter().map(|octet| format!("{:02X}", octet.rotate_left(4))).collect();
        Self::parse(&text)
    }

    /// The digits, 0 to 15 each, without the filling.
    pub fn digits(self) -> Vec<u8> {
        let all: Vec<u8> = self.octets.iter().flat_map(|octet| [octet >> 4, octet & 15]).collect();
        let length = all.iter().rposition(|&digit| digit != 0x0F).map_or(0, |last| last + 1);
        all[..length].to_vec()
    }

    /// The twenty nibbles as modules print them that keep the F: `8999…F`.
    pub fn filled(self) -> String {
        self.octets.iter().map(|octet| format!("{octet:02X}")).collect()
    }

    /// Whether the last digit is the Luhn check digit of the others; `None` where letters leave nothing to check.
    pub fn luhn_holds(self) -> Option<bool> {
        let digits = self.digits();
        let (&last, payload) = digits.split_last()?;
        digits.iter().all(|&digit| digit <= 9).then(|| luhn::check_digit(payload.iter().copied(), 10) == last)
    }

    /// Whether it is a test card: its country code is 999, which is assigned to nobody.
    ///
    /// Cards that laboratories sell have real issuers, and so count as real here.
    pub fn is_test(self) -> bool {
        self.octets[..3] == [0x89, 0x99, 0x90 | self.octets[2] & 0x0F]
    }

    /// What is odd or worth knowing about it.
    pub fn findings(self) -> Vec<Finding> {
        let mut found = Vec::new();
        if self.octets[0] != 0x89 {
            found.push(Finding::warning("iccid.industry", "an ICCID begins with 89, for telecommunications"));
        }
        match self.luhn_holds() {
            Some(true) => {}
            Some(false) => found.push(Finding::warning(
                "iccid.luhn",
                "the last digit is not the check digit of the others; some issuers leave it out",
            )),
            None => {
                found.push(Finding::note("iccid.letters", "it has hexadecimal letters, so no check digit can be told"))
            }
        }
        if self.is_test() {
            found.push(Finding::note("iccid.test", "the country code 999 belongs to nobody: a test card"));
        }
        found
    }
}

impl fmt::Display for Iccid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.digits().iter().try_for_each(|digit| write!(f, "{digit:X}"))
    }
}

impl FromStr for Iccid {
    type Err = IdentityError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn iccid(text: &str) -> Iccid {
        Iccid::parse(text).unwrap()
    }

    #[test]
    fn filled_swapped_and_bare_are_one_card() {
        let bare = iccid("8999901000000000016");
        assert_eq!(iccid("8999901000000000016F"), bare);
        assert_eq!(bare.to_octets(), [0x98, 0x99, 0x09, 0x01, 0x00, 0x00, 0x00, 0x00, 0x10, 0xF6]);
        assert_eq!(iccid("989909010000000010F6"), bare);
        assert_eq!(bare.filled(), "8999901000000000016F");
        assert!(bare.is_test());
    }

    #[test]
    fn letters_may_stand_after_the_sixth_digit_only() {
        assert_eq!(iccid("898602B4012290748345").luhn_holds(), None);
        insta::assert_snapshot!(Iccid::parse("8986B204012290748345").unwrap_err(), @"an ICCID has 18 to 20 digits, but character 5 is `B`");
    }

    #[test]
    fn a_wrong_check_digit_is_only_a_warning() {
        let found = iccid("8999901000000000017").findings();
        insta::assert_snapshot!(found[0], @"warning[iccid.luhn]: the last digit is not the check digit of the others; some issuers leave it out");
    }

    proptest! {
        #[test]
        fn text_and_octets_go_both_ways(text in "89[0-9]{4}[0-9A-E]{12,14}") {
            let iccid = Iccid::parse(&text).unwrap();
            prop_assert_eq!(iccid.to_string(), text);
            prop_assert_eq!(Iccid::from_octets(iccid.to_octets()), Ok(iccid));
        }

        #[test]
        fn any_octets_are_read_or_refused(octets in any::<[u8; 10]>()) {
            let _ = Iccid::from_octets(octets);
        }
    }
}
