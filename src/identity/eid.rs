//! The EID: which embedded UICC.
//!
//! Source: GSMA SGP.02 clause 2.2.2 and SGP.29.

use super::digits::{Digits, IdentityError, Kind};
use super::finding::{Finding, Severity};
use std::fmt;
use std::str::FromStr;

/// An eUICC identifier (EID).
///
/// On the wire: 32 digits; the last two are check digits, such that the whole modulo 97 is 1. By SGP.02 it begins with
/// 89; SGP.29 lets it begin with any digits.
///
/// Source: GSMA SGP.02, clause 2.2.2; SGP.29, clause 2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Eid(u128);

impl Eid {
    /// Reads 32 digits; blanks and dashes between them are ignored.
    ///
    /// # Errors
    /// Another number of digits, or something that is no digit.
    pub fn parse(text: &str) -> Result<Self, IdentityError> {
        let digits = Digits::decimal(Kind::Eid, text)?;
        match digits.len() {
            32 => Ok(Self(digits.as_slice().iter().fold(0, |sum, &digit| sum * 10 + u128::from(digit)))),
            found => Err(IdentityError::Length { kind: Kind::Eid, found }),
        }
    }

    /// The last two digits as they came.
    pub fn check_digits(self) -> u8 {
        u8::try_from(self.0 % 100).unwrap_or(0)
    }

    /// The last two digits as they should be, 2 to 98.
    pub fn expected_check_digits(self) -> u8 {
        98 - u8::try_from((self.0 / 100 * 100) % 97).unwrap_or(0)
    }

    /// Its sixteen octets, two digits each.
    pub fn to_octets(self) -> [u8; 16] {
        let mut octets = [0; 16];
        let mut rest = self.0;
        for octet in octets.iter_mut().rev() {
            let pair = u8::try_from(rest % 100).unwrap_or(0);
            *octet = ((pair / 10) << 4) | (pair % 10);
            rest /= 100;
        }
        octets
    }

    /// Whether it is one of GSMA's test eUICCs (SGP.26: 89001012…, 89049032…), or of the country code 999.
    pub fn is_test(self) -> bool {
        let eight = self.0 / 10_u128.pow(24);
        matches!(eight, 89_001_012 | 89_049_032 | 89_999_000..=89_999_999)
    }

    /// What is wrong, odd or worth knowing about it.
    pub fn findings(self) -> Vec<Finding> {
        let mut found = Vec::new();
        let expected = self.expected_check_digits();
        if self.check_digits() != expected {
            found.push(Finding::error(
                "eid.check-digits",
                format!("the check digits are {:02}, but the other digits call for {expected:02}", self.check_digits()),
            ));
        }
        if self.0 / 10_u128.pow(30) != 89 {
            found.push(Finding::note("eid.prefix", "it does not begin with 89, as SGP.29 allows and SGP.02 does not"));
        }
        if self.is_test() {
            found.push(Finding::note("eid.test", "it belongs to a test eUICC"));
        }
        found
    }

    /// Whether no finding is an error.
    pub fn is_sound(self) -> bool {
        self.findings().iter().all(|finding| finding.severity < Severity::Error)
    }
}

impl fmt::Display for Eid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032}", self.0)
    }
}

impl FromStr for Eid {
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
    fn the_test_euiccs_are_sound() {
        for text in ["89001012012341234012345678901224", "89049032123451234512345678901235"] {
            let eid = Eid::parse(text).unwrap();
            assert!(eid.is_sound() && eid.is_test(), "{text}: {:?}", eid.findings());
        }
    }

    #[test]
    fn wrong_check_digits_are_an_error() {
        let found = Eid::parse("89001012012341234012345678901225").unwrap().findings();
        insta::assert_snapshot!(found[0], @"error[eid.check-digits]: the check digits are 25, but the other digits call for 24");
    }

    proptest! {
        #[test]
        fn text_goes_both_ways_and_one_wrong_digit_is_found(text in "[0-9]{30}", at in 0usize..32, by in 1u8..10) {
            let bare = Eid::parse(&format!("{text}00")).unwrap();
            let whole = format!("{text}{:02}", bare.expected_check_digits());
            let eid = Eid::parse(&whole).unwrap();
            prop_assert!(eid.is_sound());
            prop_assert_eq!(eid.to_string(), whole.clone());
            let mut bytes = whole.into_bytes();
            bytes[at] = (bytes[at] - b'0' + by) % 10 + b'0';
            let wrong = Eid::parse(std::str::from_utf8(&bytes).unwrap()).unwrap();
            prop_assert!(!wrong.is_sound());
        }
    }
}
