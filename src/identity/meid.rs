//! The MEID and the ESN of devices that also speak 3GPP2.
//!
//! Source: 3GPP2 S.R0048-A (MEID), S.R0048-A clause 4 and C.S0072 for the pseudo-ESN.

use super::digits::{Digits, IdentityError, Kind, number};
use super::finding::{Finding, Severity};
use super::imei::{CheckDigit, ImeiKey};
use super::luhn;
use std::fmt;
use std::str::FromStr;

/// A mobile equipment identifier (MEID).
///
/// On the wire: 14 hexadecimal digits, 8 bits regional code (A0 to FF; 99 where it doubles as an IMEI), 24 bits maker, 24 bits
/// serial; a fifteenth is a check digit, no part of it. Its decimal form has 18 digits, ten for the first 32 bits and
/// eight for the last 24; a nineteenth is a check digit.
///
/// Source: 3GPP2 S.R0048-A.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Meid {
    /// 56 bits.
    number: u64,
    /// As it came, and in which form: base 16 over 14 digits, or base 10 over 18.
    check: CheckDigit,
}

/// An electronic serial number (ESN): 32 bits.
///
/// On the wire: 8 hexadecimal digits, often with `0x`. A pseudo-ESN begins with 80.
///
/// Source: 3GPP2 C.S0072.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Esn(pub u32);

impl Meid {
    /// Reads 14 or 15 hexadecimal digits, or 18 or 19 decimal ones; a leading `0x` and one or two zeros that fill it to 16 digits,
    /// blanks and dashes are ignored.
    ///
    /// # Errors
    /// Another number of digits, something that is no digit, or a decimal form whose halves are too large.
    pub fn parse(text: &str) -> Result<Self, IdentityError> {
        let text = text.trim();
        let bare = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")).unwrap_or(text);
        let digits = Digits::hexadecimal(Kind::Meid, bare)?;
        match digits.as_slice() {
            [0, 0, rest @ ..] if rest.len() == 14 => Ok(Self::from_hexadecimal(rest, None)),
            all if all.len() == 14 => Ok(Self::from_hexadecimal(all, None)),
            [all @ .., last] if all.len() == 14 => Ok(Self::from_hexadecimal(all, Some(*last))),
            all if all.len() == 18 => Self::from_decimal(all, None),
            [all @ .., last] if all.len() == 18 => Self::from_decimal(all, Some(*last)),
            all => Err(IdentityError::Length { kind: Kind::Meid, found: all.len() }),
        }
    }

    fn from_hexadecimal(digits: &[u8], last: Option<u8>) -> Self {
        let base = if digits.iter().any(|&digit| digit > 9) { 16 } else { 10 };
        let number = digits.iter().fold(0, |sum, &digit| sum << 4 | u64::from(digit));
        Self { number, check: judge(last, luhn::check_digit(digits.iter().copied(), base)) }
    }

    fn from_decimal(digits: &[u8], last: Option<u8>) -> Result<Self, IdentityError> {
        if let Some(place) = digits.iter().chain(&last).position(|&digit| digit > 9) {
            let digit = digits.get(place).copied().or(last).unwrap_or(10);
            let found = char::from_digit(u32::from(digit), 16).unwrap_or('?').to_ascii_uppercase();
            return Err(IdentityError::Character { kind: Kind::Meid, found, column: place + 1 });
        }
        let (high, low) = (number(&digits[..10]), number(&digits[10..]));
        if high > u64::from(u32::MAX) || low > 0x00FF_FFFF {
            return Err(IdentityError::Value {
                text: "the decimal digits are too large for an MEID: ten up to 4294967295, eight up to 16777215",
            });
        }
        let check = judge(last, luhn::check_digit(digits.iter().copied(), 10));
        Ok(Self { number: high << 24 | low, check })
    }

    /// Its 56 bits.
    pub fn number(self) -> u64 {
        self.number
    }

    /// The regional code, 0 to 255.
    pub fn region(self) -> u8 {
        u8::try_from(self.number >> 48).unwrap_or(0)
    }

    /// What the check digit was.
    pub fn check(self) -> CheckDigit {
        self.check
    }

    /// The 18 decimal digits, without check digit.
    pub fn decimal(self) -> String {
        format!("{:010}{:08}", self.number >> 24, self.number & 0x00FF_FFFF)
    }

    /// The check digit of its decimal form.
    pub fn decimal_check_digit(self) -> u8 {
        luhn::check_digit(self.decimal().bytes().map(|byte| byte - b'0'), 10)
    }

    /// The check digit of its hexadecimal form, 0 to 15.
    pub fn check_digit(self) -> u8 {
        let digits: Vec<u8> =
            (0..14).rev().map(|place| u8::try_from(self.number >> (4 * place) & 15).unwrap_or(0)).collect();
        let base = if digits.iter().any(|&digit| digit > 9) { 16 } else { 10 };
        luhn::check_digit(digits.into_iter(), base)
    }

    /// The pseudo-ESN: 80 and the last 24 bits of the SHA-1 of its seven octets.
    pub fn pseudo_esn(self) -> Esn {
        let hash = sha1_smol::Sha1::from(&self.number.to_be_bytes()[1..]).digest().bytes();
        Esn(u32::from_be_bytes([0x80, hash[17], hash[18], hash[19]]))
    }

    /// The key of the IMEI that it also is: only where all fourteen digits are decimal.
    pub fn imei_key(self) -> Option<ImeiKey> {
        format!("{self}").parse().ok().and_then(ImeiKey::new)
    }

    /// Whether it is nobody's: the sample AF0123450ABCDE of the standard, or one that is a test IMEI too.
    pub fn is_test(self) -> bool {
        self.number == 0xAF_0123_450A_BCDE || self.imei_key().is_some_and(ImeiKey::is_test)
    }

    /// What is wrong, odd or worth knowing about it.
    pub fn findings(self) -> Vec<Finding> {
        let mut found = Vec::new();
        if let CheckDigit::Wrong { found: came, expected } = self.check {
            found.push(Finding::error(
                "meid.check-digit",
                format!("the check digit is {came:X}, but the other digits call for {expected:X}"),
            ));
        }
        match self.region() {
            0xA0..=0xFF => {}
            0x99 => found.push(Finding::note("meid.imei", "regional code 99: it is an IMEI as well")),
            region => found.push(Finding::warning(
                "meid.region",
                format!("the regional code is {region:02X}, but an MEID begins with A0 to FF, or 99"),
            )),
        }
        if self.is_test() {
            found.push(Finding::note("meid.test", "it belongs to nobody"));
        }
        found
    }

    /// Whether no finding is an error.
    pub fn is_sound(self) -> bool {
        self.findings().iter().all(|finding| finding.severity < Severity::Error)
    }
}

fn judge(last: Option<u8>, expected: u8) -> CheckDigit {
    match last {
        None => CheckDigit::Absent,
        Some(found) if found == expected => CheckDigit::Right,
        Some(found) => CheckDigit::Wrong { found, expected },
    }
}

/// The 14 hexadecimal digits.
impl fmt::Display for Meid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:014X}", self.number)
    }
}

impl FromStr for Meid {
    type Err = IdentityError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

/// The 8 hexadecimal digits.
impl fmt::Display for Esn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08X}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_standards_sample_has_check_digit_c_and_its_decimal_form_0() {
        let meid = Meid::parse("AF0123450ABCDEC").unwrap();
        assert_eq!(meid.check(), CheckDigit::Right);
        assert_eq!(meid.decimal(), "293608736500703710");
        assert_eq!(meid.decimal_check_digit(), 0);
        assert_eq!(meid.pseudo_esn().to_string(), "8016B128");
        assert_eq!(Meid::parse("2936087365007037100").unwrap().number(), meid.number());
    }

    #[test]
    fn cdma_modules_fill_it_to_sixteen_digits() {
        assert_eq!(Meid::parse("0x00AF0123450ABCDE").unwrap().to_string(), "AF0123450ABCDE");
    }

    #[test]
    fn an_all_decimal_meid_is_checked_as_an_imei() {
        let meid = Meid::parse("990017001234567").unwrap();
        assert_eq!(meid.imei_key().map(|key| key.check_digit()), Some(meid.check_digit()));
    }

    proptest! {
        #[test]
        fn both_forms_go_both_ways(number in 0u64..1 << 56) {
            let text = format!("{number:014X}");
            let meid = Meid::parse(&text).unwrap();
            prop_assert_eq!(meid.to_string(), text);
            prop_assert_eq!(Meid::parse(&meid.decimal()).unwrap().number(), number);
            let checked = format!("{meid}{:X}", meid.check_digit());
            prop_assert_eq!(Meid::parse(&checked).unwrap().check(), CheckDigit::Right);
        }

        #[test]
        fn any_text_is_read_or_refused(text in "[0-9A-Fa-fx: -]{0,24}") {
            let _ = Meid::parse(&text);
        }
    }
}
