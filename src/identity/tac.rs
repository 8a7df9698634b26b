//! The type allocation code: the first eight digits of an IMEI, and who gave it out.
//!
//! Source: 3GPP TS 23.003 clause 6.2; GSMA TS.06 Annex A (reporting body identifiers).

use super::digits::{Digits, IdentityError, Kind, number};
use super::finding::Finding;
use super::imei::ImeiKey;
use std::fmt;
use std::str::FromStr;

/// A type allocation code (TAC): which model of device.
///
/// On the wire: the first 8 digits of an IMEI or IMEISV; its own first two name the [`ReportingBody`].
///
/// Source: 3GPP TS 23.003, clause 6.2.1; GSMA TS.06.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tac(u32);

impl Tac {
    /// Reads 8 digits; blanks, dashes, dots and slashes between them are ignored.
    ///
    /// # Errors
    /// Not 8 digits, or something that is no digit.
    pub fn parse(text: &str) -> Result<Self, IdentityError> {
        let digits = Digits::decimal(Kind::Tac, text)?;
        match digits.len() {
            8 => Ok(Self::from_number(number(digits.as_slice()))),
            found => Err(IdentityError::Length { kind: Kind::Tac, found }),
        }
    }

    /// The TAC whose eight digits are `number` modulo 10⁸.
    pub(crate) fn from_number(number: u64) -> Self {
        Self(u32::try_from(number % 100_000_000).unwrap_or(0))
    }

    /// Its eight digits as a number, 0 to 99 999 999.
    pub fn number(self) -> u32 {
        self.0
    }

    /// Whether it is one of those that the reserved reporting body 98 once gave out, 98000100 to 98007800: genuine, as those
    /// of retired bodies are.
    pub fn is_reserved_given_out(self) -> bool {
        (98_000_100..=98_007_800).contains(&self.0)
    }

    /// Its first device and its last: serial numbers 000000 to 999999.
    pub fn devices(self) -> (ImeiKey, ImeiKey) {
        let first = u64::from(self.0) * 1_000_000;
        (ImeiKey::of_number(first), ImeiKey::of_number(first + 999_999))
    }

    /// Who gave it out.
    pub fn reporting_body(self) -> ReportingBody {
        ReportingBody::of(u8::try_from(self.0 / 1_000_000).unwrap_or(0))
    }

    /// Whether it belongs to test equipment: `001001` to `001017`, `0044`, `0086` and `0091`.
    ///
    /// The reporting bodies 00 and 02 to 09 are all set aside for test IMEIs, but devices with other numbers of theirs
    /// have been sold; only these series count as test equipment here.
    pub fn is_test(self) -> bool {
        let four = self.0 / 10_000;
        let six = self.0 / 100;
        matches!(four, 44 | 86 | 91) || (1_001..=1_017).contains(&six)
    }

    /// What is odd about it.
    pub fn findings(self) -> Vec<Finding> {
        let mut found = Vec::new();
        let body = self.reporting_body();
        let prefix = self.0 / 1_000_000;
        match body {
            ReportingBody::Ctia
            | ReportingBody::TuvSud
            | ReportingBody::Taf
            | ReportingBody::GlobalHexadecimal => {}
            ReportingBody::Test => found.push(if self.is_test() {
                Finding::note("tac.test", format!("the TAC {self} belongs to test equipment"))
            } else {
                Finding::warning(
                    "tac.test-body",
                    format!("reporting body {prefix:02} is set aside for test equipment, but {self} is in no known test series"),
                )
            }),
            ReportingBody::Reserved => found.push(Finding::warning(
                "tac.body-reserved",
                "reporting body 98 is reserved; only 98000100 to 98007800 were ever given out",
            )),
            ReportingBody::Retired(name) => found.push(Finding::warning(
                "tac.body-retired",
                format!("reporting body {prefix:02} ({name}) gives out no more numbers; old devices with it are genuine"),
            )),
            ReportingBody::Unknown => found.push(Finding::warning(
                "tac.body-unknown",
                format!("no reporting body is known to have the identifier {prefix:02}"),
            )),
        }
        found
    }
}

impl fmt::Display for Tac {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08}", self.0)
    }
}

impl FromStr for Tac {
    type Err = IdentityError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

/// Who gave out a TAC: its first two digits.
///
/// Source: GSMA TS.06 v25.0, Annex A.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReportingBody {
    /// 00 and 02 to 09: test equipment.
    Test,
    /// 01: CTIA (PTCRB), United States.
    Ctia,
    /// 35: TÜV SÜD, formerly BABT, United Kingdom.
    TuvSud,
    /// 86: TAF, China.
    Taf,
    /// 98: reserved.
    Reserved,
    /// 99: Global Hexadecimal Administrator, for devices of 3GPP and 3GPP2 alike.
    GlobalHexadecimal,
    /// A body that gives out numbers no longer, and its name.
    Retired(&'static str),
    /// No such body is known.
    Unknown,
}

impl ReportingBody {
    fn of(identifier: u8) -> Self {
        match identifier {
            0 | 2..=9 => Self::Test,
            1 => Self::Ctia,
            10 => Self::Retired("DECT devices"),
            30 => Self::Retired("Iridium"),
            33 => Self::Retired("DGPT, France"),
            35 => Self::TuvSud,
            44 => Self::Retired("BABT, United Kingdom"),
            45 => Self::Retired("NTA, Denmark"),
            49 => Self::Retired("BZT/BAPT, Germany"),
            50 => Self::Retired("BZT ETS, Germany"),
            51 => Self::Retired("Cetecom ICT, Germany"),
            52 => Self::Retired("Cetecom, Germany"),
            53 => Self::Retired("TÜV, Germany"),
            54 => Self::Retired("Phoenix Test Lab, Germany"),
            86 => Self::Taf,
            91 => Self::Retired("MSAI, India"),
            98 => Self::Reserved,
            99 => Self::GlobalHexadecimal,
            _ => Self::Unknown,
        }
    }

    /// Its name in words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Test => "test equipment",
            Self::Ctia => "CTIA, United States",
            Self::TuvSud => "TÜV SÜD, United Kingdom",
            Self::Taf => "TAF, China",
            Self::Reserved => "reserved",
            Self::GlobalHexadecimal => "Global Hexadecimal Administrator",
            Self::Retired(name) => name,
            Self::Unknown => "unknown",
        }
    }

    /// Whether it still gives out numbers.
    pub fn allocates(self) -> bool {
        match self {
            Self::Ctia | Self::TuvSud | Self::Taf | Self::GlobalHexadecimal => true,
            Self::Test | Self::Reserved | Self::Retired(_) | Self::Unknown => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_test_series_are_known() {
        for text in ["00101700", "00100100", "00101799", "00440000", "00861234", "00919999"] {
            assert!(Tac::parse(text).unwrap().is_test(), "{text}");
        }
        for text in ["00101800", "00100000", "35693803", "49015420", "00499901"] {
            assert!(!Tac::parse(text).unwrap().is_test(), "{text}");
        }
    }

    #[test]
    fn a_retired_body_is_a_warning_and_a_live_one_says_nothing() {
        let found = Tac::parse("49015420").unwrap().findings();
        insta::assert_snapshot!(found[0], @"warning[tac.body-retired]: reporting body 49 (BZT/BAPT, Germany) gives out no more numbers; old devices with it are genuine");
        assert_eq!(Tac::parse("35693803").unwrap().findings(), []);
    }
}
