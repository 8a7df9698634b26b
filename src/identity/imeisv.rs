//! The IMEISV: an IMEI's fourteen digits and a software version number.
//!
//! Source: 3GPP TS 23.003 clauses 6.2.2 and 6.3.

use super::digits::{Digits, IdentityError, Kind};
use super::finding::{Finding, Severity};
use super::imei::{Imei, ImeiKey, key_findings};
use super::tac::Tac;
use std::fmt;
use std::str::FromStr;

/// A software version number (SVN): two digits, 00 to 98, set by the maker; 99 is reserved.
///
/// Source: 3GPP TS 23.003, clause 6.3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Svn(u8);

impl Svn {
    /// The SVN with this number, or `None` beyond 99.
    pub fn new(number: u8) -> Option<Self> {
        (number <= 99).then_some(Self(number))
    }

    /// Reads two digits.
    ///
    /// # Errors
    /// Not two digits.
    pub fn parse(text: &str) -> Result<Self, IdentityError> {
        let digits = Digits::decimal(Kind::Svn, text)?;
        match *digits.as_slice() {
            [tens, units] => Ok(Self(tens * 10 + units)),
            _ => Err(IdentityError::Length { kind: Kind::Svn, found: digits.len() }),
        }
    }

    /// Its two digits as a number.
    pub fn number(self) -> u8 {
        self.0
    }

    /// Whether it is 99, which is reserved.
    pub fn is_reserved(self) -> bool {
        self.0 == 99
    }

    /// What is odd about it.
    pub fn findings(self) -> Vec<Finding> {
        if self.is_reserved() {
            vec![Finding::warning("imeisv.svn-reserved", "the software version number 99 is reserved for future use")]
        } else {
            Vec::new()
        }
    }
}

impl fmt::Display for Svn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}", self.0)
    }
}

/// An IMEI and software version number (IMEISV).
///
/// On the wire: 16 digits, 8 TAC, 6 serial number, 2 SVN; no check digit.
///
/// Source: 3GPP TS 23.003, clause 6.2.2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Imeisv {
    key: ImeiKey,
    svn: Svn,
}

impl Imeisv {
    /// The IMEISV of a key and a software version.
    pub fn new(key: ImeiKey, svn: Svn) -> Self {
        Self { key, svn }
    }

    /// Reads 16 digits; blanks, dashes, dots and slashes between them are ignored.
    ///
    /// # Errors
    /// Another number of digits, or something that is no digit.
    pub fn parse(text: &str) -> Result<Self, IdentityError> {
        let digits = Digits::decimal(Kind::Imeisv, text)?;
        match *digits.as_slice() {
            [.., tens, units] if digits.len() == 16 => {
                Ok(Self { key: ImeiKey::from_digits(digits.as_slice()), svn: Svn(tens * 10 + units) })
            }
            _ => Err(IdentityError::Length { kind: Kind::Imeisv, found: digits.len() }),
        }
    }

    /// The fourteen digits by which it is compared: those of its IMEI.
    pub fn key(self) -> ImeiKey {
        self.key
    }

    /// The type allocation code.
    pub fn tac(self) -> Tac {
        self.key.tac()
    }

    /// The software version number.
    pub fn svn(self) -> Svn {
        self.svn
    }

    /// The IMEI of the same device, with its check digit.
    pub fn imei(self) -> Imei {
        Imei::of(self.key)
    }

    /// Whether it belongs to test equipment or is a public sample; see [`ImeiKey::is_test`].
    pub fn is_test(self) -> bool {
        self.key.is_test()
    }

    /// What is wrong, odd or worth knowing about it, the heaviest first.
    pub fn findings(self) -> Vec<Finding> {
        let mut found = key_findings(self.key);
        found.extend(self.svn.findings());
        found.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        found
    }

    /// Whether no finding is an error.
    pub fn is_sound(self) -> bool {
        self.findings().iter().all(|finding| finding.severity < Severity::Error)
    }
}

impl fmt::Display for Imeisv {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.key, self.svn)
    }
}

impl FromStr for Imeisv {
    type Err = IdentityError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_imeisv_is_the_same_device_as_its_imei() {
        let imeisv = Imeisv::parse("4901542032375107").unwrap();
        assert_eq!(imeisv.key(), Imei::parse("490154203237518").unwrap().key());
        assert_eq!(imeisv.svn().number(), 7);
        assert_eq!(imeisv.to_string(), "4901542032375107");
        assert_eq!(imeisv.imei().to_string(), "490154203237518");
    }

    #[test]
    fn svn_99_is_a_warning() {
        let found = Imeisv::parse("0010170012345699").unwrap().findings();
        insta::assert_snapshot!(found[0], @"warning[imeisv.svn-reserved]: the software version number 99 is reserved for future use");
    }
}
