//! A network's code: country and network.
//!
//! Source: ITU-T E.212; 3GPP TS 23.003 clause 2.2; TS 24.008 clause 10.5.1.3 for its three octets.

use super::digits::{Digits, IdentityError, Kind, number};
use std::fmt;
use std::str::FromStr;

/// A public land mobile network (PLMN): country code (MCC, 3 digits) and network code (MNC, 2 or 3 digits).
///
/// On the wire: `00101` or `310170` in `+COPS`, three octets of swapped nibbles in SIM files. `001/01` and `00101` are
/// one network, `001/001` another.
///
/// Source: 3GPP TS 23.003, clause 2.2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Plmn {
    mcc: u16,
    mnc: u16,
    mnc_digits: u8,
}

impl Plmn {
    /// Reads 5 or 6 digits; the MNC has those after the third.
    ///
    /// # Errors
    /// Another number of digits, or something that is no digit.
    pub fn parse(text: &str) -> Result<Self, IdentityError> {
        let digits = Digits::decimal(Kind::Plmn, text)?;
        match digits.len() {
            5 | 6 => Ok(Self::from_digits(digits.as_slice())),
            found => Err(IdentityError::Length { kind: Kind::Plmn, found }),
        }
    }

    /// The network that 5 or 6 digits name.
    pub(crate) fn from_digits(digits: &[u8]) -> Self {
        let (mcc, mnc) = digits.split_at(3.min(digits.len()));
        Self {
            mcc: u16::try_from(number(mcc)).unwrap_or(0),
            mnc: u16::try_from(number(mnc)).unwrap_or(0),
            mnc_digits: if mnc.len() == 3 { 3 } else { 2 },
        }
    }

    /// The country code, 0 to 999.
    pub fn mcc(self) -> u16 {
        self.mcc
    }

    /// The network code, 0 to 99 or 999.
    pub fn mnc(self) -> u16 {
        self.mnc
    }

    /// How many digits the network code has: 2 or 3.
    pub fn mnc_digits(self) -> u8 {
        self.mnc_digits
    }

    /// Whether it is a test network: MCC 001, or 999 for private use.
    pub fn is_test(self) -> bool {
        matches!(self.mcc, 1 | 999)
    }

    /// Its three octets, as EF_FPLMN, EF_LOCI and the air interface have them.
    ///
    /// Source: 3GPP TS 24.008, clause 10.5.1.3; TS 31.102, clause 4.2.16.
    pub fn to_octets(self) -> [u8; 3] {
        let nibble = |value: u16| u8::try_from(value % 10).unwrap_or(0);
        let [m1, m2, m3] = [nibble(self.mcc / 100), nibble(self.mcc / 10), nibble(self.mcc)];
        let [n1, n2, n3] = match self.mnc_digits {
            3 => [nibble(self.mnc / 100), nibble(self.mnc / 10), nibble(self.mnc)],
            _ => [nibble(self.mnc / 10), nibble(self.mnc), 0x0F],
        };
        [m2 << 4 | m1, n3 << 4 | m3, n2 << 4 | n1]
    }

    /// The network of three octets, or `None` where they hold none (`FF FF FF`, or a nibble that is no digit).
    pub fn from_octets([a, b, c]: [u8; 3]) -> Option<Self> {
        let mut digits = [a & 15, a >> 4, b & 15, c & 15, c >> 4, b >> 4];
        let count = if digits[5] == 0x0F { 5 } else { 6 };
        let digits = &mut digits[..count];
        digits.iter().all(|&digit| digit <= 9).then(|| Self::from_digits(digits))
    }
}

impl fmt::Display for Plmn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:03}{:0width$}", self.mcc, self.mnc, width = usize::from(self.mnc_digits))
    }
}

impl FromStr for Plmn {
    type Err = IdentityError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

/// How many digits the network codes of a country have where nothing else is known, or `None` where both are in use.
///
/// Source: ITU-T E.212 (list of mobile network codes): three in North America and much of the Caribbean and Latin
/// America, two nearly everywhere else; India and the private MCC 999 have both.
pub(crate) fn usual_mnc_digits(mcc: u16) -> Option<u8> {
    match mcc {
        404 | 405 | 999 => None,
        302
        | 310..=316
        | 334
        | 338
        | 342
        | 344
        | 346
        | 348
        | 350
        | 352
        | 354
        | 356
        | 358
        | 360
        | 365
        | 366
        | 376
        | 708
        | 722
        | 732
        | 750 => Some(3),
        _ => Some(2),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn octets_have_their_nibbles_swapped() {
        assert_eq!(Plmn::parse("00101").unwrap().to_octets(), [0x00, 0xF1, 0x10]);
        assert_eq!(Plmn::parse("999070").unwrap().to_octets(), [0x99, 0x09, 0x70]);
        assert_eq!(Plmn::from_octets([0xFF; 3]), None);
    }

    #[test]
    fn a_slash_may_part_country_and_network() {
        assert_eq!(Plmn::parse("001/01"), Plmn::parse("00101"));
        assert_ne!(Plmn::parse("001/001"), Plmn::parse("00101"));
    }

    proptest! {
        #[test]
        fn octets_and_digits_go_both_ways(text in "[0-9]{5,6}") {
            let plmn = Plmn::parse(&text).unwrap();
            prop_assert_eq!(plmn.to_string(), text);
            prop_assert_eq!(Plmn::from_octets(plmn.to_octets()), Some(plmn));
        }
    }
}
