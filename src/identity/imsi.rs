//! The IMSI: which subscription.
//!
//! Source: 3GPP TS 23.003 clause 2.2; ITU-T E.212.

use super::digits::{Digits, IdentityError, Kind, number, split};
use super::finding::Finding;
use super::plmn::{Plmn, usual_mnc_digits};
use std::fmt;
use std::str::FromStr;

/// An international mobile subscription identity (IMSI).
///
/// On the wire: 5 to 15 digits, nearly always 15: MCC (3), MNC (2 or 3), MSIN. How long the MNC is, only the SIM's
/// EF_AD says.
///
/// Source: 3GPP TS 23.003, clause 2.2; the range of lengths is that of a SUPI, TS 29.571.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Imsi {
    number: u64,
    count: u8,
}

impl Imsi {
    /// Reads 5 to 15 digits; blanks, dashes, dots and slashes between them are ignored.
    ///
    /// # Errors
    /// Another number of digits, or something that is no digit.
    pub fn parse(text: &str) -> Result<Self, IdentityError> {
        let digits = Digits::decimal(Kind::Imsi, text)?;
        match digits.len() {
            count @ 5..=15 => Ok(Self { number: number(digits.as_slice()), count: u8::try_from(count).unwrap_or(15) }),
            found => Err(IdentityError::Length { kind: Kind::Imsi, found }),
        }
    }

    /// The digits, first to last.
    pub fn digits(self) -> Vec<u8> {
        split::<15>(self.number)[15 - usize::from(self.count)..].to_vec()
    }

    /// The country code.
    pub fn mcc(self) -> u16 {
        self.plmn(2).mcc()
    }

    /// The home network, given how many digits its MNC has (2 or 3).
    pub fn plmn(self, mnc_digits: u8) -> Plmn {
        let count = if mnc_digits == 3 { 6 } else { 5 };
        Plmn::from_digits(&self.digits()[..count.min(usize::from(self.count))])
    }

    /// How many digits its MNC has by the custom of its country; `None` where both are in use.
    pub fn usual_mnc_digits(self) -> Option<u8> {
        usual_mnc_digits(self.mcc())
    }

    /// Whether its home is a test network: 001/01, or a private network of 999.
    pub fn is_test(self) -> bool {
        self.plmn(2).is_test()
    }

    /// EF_IMSI's nine octets: length, then the parity nibble and the digits, nibbles swapped.
    ///
    /// Source: 3GPP TS 31.102, clause 4.2.2.
    pub fn to_octets(self) -> [u8; 9] {
        let digits = self.digits();
        let mut nibbles = vec![if digits.len() % 2 == 1 { 0x9 } else { 0x1 }];
        nibbles.extend(&digits);
        let mut octets = [0xFF; 9];
        octets[0] = u8::try_from(nibbles.len().div_ceil(2)).unwrap_or(8);
        for (octet, pair) in octets[1..].iter_mut().zip(nibbles.chunks(2)) {
            *octet = pair.get(1).copied().unwrap_or(0x0F) << 4 | pair[0];
        }
        octets
    }

    /// What EF_IMSI's octets hold, or `None` where they hold no IMSI.
    pub fn from_octets(octets: &[u8]) -> Option<Self> {
        let (&length, rest) = octets.split_first()?;
        let octets = rest.get(..usize::from(length))?;
        let mut nibbles = octets.iter().flat_map(|octet| [octet & 15, octet >> 4]);
        let odd = nibbles.next()? & 8 == 8;
        let mut digits: Vec<u8> = nibbles.collect();
        if !odd {
            digits.pop();
        }
        let well = digits.iter().all(|&digit| digit <= 9) && (5..=15).contains(&digits.len());
        well.then(|| Self { number: number(&digits), count: u8::try_from(digits.len()).unwrap_or(15) })
    }

    /// What is odd or worth knowing about it.
    pub fn findings(self) -> Vec<Finding> {
        let mut found = Vec::new();
        if self.number == 0 {
            found.push(Finding::error("imsi.zero", "all zeros: the subscription was never programmed"));
        } else if self.is_test() {
            found.push(Finding::note(
                "imsi.test",
                format!("the country code {:03} belongs to test networks", self.mcc()),
            ));
        } else if self.mcc() < 200 || (800..900).contains(&self.mcc()) {
            found.push(Finding::warning("imsi.mcc", format!("no country has the code {:03}", self.mcc())));
        }
        if self.count < 14 {
            found.push(Finding::warning(
                "imsi.short",
                format!("an IMSI nearly always has 15 digits, this has {}", self.count),
            ));
        }
        found
    }
}

impl fmt::Display for Imsi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:0width$}", self.number, width = usize::from(self.count))
    }
}

impl FromStr for Imsi {
    type Err = IdentityError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_mnc_has_as_many_digits_as_one_says() {
        let imsi = Imsi::parse("999700000000001").unwrap();
        assert_eq!(imsi.plmn(2).to_string(), "99970");
        assert_eq!(imsi.plmn(3).to_string(), "999700");
        assert_eq!(imsi.usual_mnc_digits(), None);
        assert_eq!(Imsi::parse("001010000000001").unwrap().usual_mnc_digits(), Some(2));
    }

    #[test]
    fn ef_imsi_has_length_parity_and_swapped_nibbles() {
        let octets = Imsi::parse("001010123456789").unwrap().to_octets();
        assert_eq!(octets, [0x08, 0x09, 0x10, 0x10, 0x10, 0x32, 0x54, 0x76, 0x98]);
    }

    proptest! {
        #[test]
        fn text_and_octets_go_both_ways(text in "[0-9]{5,15}") {
            let imsi = Imsi::parse(&text).unwrap();
            prop_assert_eq!(imsi.to_string(), text);
            prop_assert_eq!(Imsi::from_octets(&imsi.to_octets()), Some(imsi));
        }

        #[test]
        fn any_octets_are_read_or_refused(octets in prop::collection::vec(any::<u8>(), 0..12)) {
            let _ = Imsi::from_octets(&octets);
        }
    }
}
