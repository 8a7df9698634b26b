//! The IMEI, its key and its check digit.
//!
//! Source: 3GPP TS 23.003 clause 6.2.1 and Annex B.

use super::digits::{Digits, IdentityError, Kind, number, split};
use super::finding::{Finding, Severity};
use super::luhn;
use super::tac::Tac;
use std::fmt;
use std::str::FromStr;

/// The fourteen digits by which every IMEI is compared: TAC and serial number.
///
/// Check digit, spare digit and software version are no part of it, so that however a device writes its identity, it
/// has one key. 0 to 99 999 999 999 999.
///
/// Source: 3GPP TS 23.003, clause 6.2.1 (the check digit is not transmitted when the IMEI is checked).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct ImeiKey(u64);

impl ImeiKey {
    /// One more than the largest key.
    const END: u64 = 100_000_000_000_000;

    /// The key with these fourteen digits, or `None` beyond 99 999 999 999 999.
    pub fn new(number: u64) -> Option<Self> {
        (number < Self::END).then_some(Self(number))
    }

    /// The key whose fourteen digits are `number` modulo 10¹⁴.
    pub(super) fn of_number(number: u64) -> Self {
        Self(number % Self::END)
    }

    /// The key that `digits` begin with; `digits` are 14 at least.
    pub(crate) fn from_digits(digits: &[u8]) -> Self {
        Self(number(&digits[..14]))
    }

    /// The fourteen digits as a number.
    pub fn number(self) -> u64 {
        self.0
    }

    /// The first eight digits.
    pub fn tac(self) -> Tac {
        Tac::from_number(self.0 / 1_000_000)
    }

    /// The serial number (SNR): the last six digits, 0 to 999 999.
    pub fn serial(self) -> u32 {
        u32::try_from(self.0 % 1_000_000).unwrap_or(0)
    }

    /// The check digit (CD) that belongs to it.
    pub fn check_digit(self) -> u8 {
        luhn::check_digit(split::<14>(self.0).into_iter(), 10)
    }

    /// Whether it belongs to test equipment, or is one of the two public samples 490154203237518 and 356938035643809.
    pub fn is_test(self) -> bool {
        self.tac().is_test() || matches!(self.0, 49_015_420_323_751 | 35_693_803_564_380)
    }

    /// Why nobody's device has this number, if it is one that unprogrammed devices report.
    pub fn default_of(self) -> Option<&'static str> {
        match self.0 {
            0 => Some("all zeros: the device was never programmed"),
            499_901_064_000 => Some("a default that modules report before they are programmed"),
            11_111_111_111_111 => Some("all ones: a placeholder"),
            1_234_567_891_234 => Some("counting digits: a placeholder"),
            106_800_000_000 => Some("a default that modules report before they are programmed"),
            35_867_301_379_589 => Some("a number that has been cloned onto many devices"),
            99_999_999_999_999 => Some("all nines: an erased memory"),
            _ => None,
        }
    }
}

impl fmt::Display for ImeiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:014}", self.0)
    }
}

/// What the fifteenth digit of an IMEI is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CheckDigit {
    /// It is the check digit, and right.
    Right,
    /// There is none: the IMEI was written with fourteen digits.
    Absent,
    /// It is 0 where the check digit would be another: the *spare digit* that a device transmits in its place.
    Spare {
        /// The check digit that belongs there.
        expected: u8,
    },
    /// It is neither.
    Wrong {
        /// The digit that came.
        found: u8,
        /// The check digit that belongs there.
        expected: u8,
    },
}

impl CheckDigit {
    /// `right`, `absent`, `spare` or `wrong`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Right => "right",
            Self::Absent => "absent",
            Self::Spare { .. } => "spare",
            Self::Wrong { .. } => "wrong",
        }
    }
}

/// An international mobile equipment identity (IMEI).
///
/// On the wire: 8 digits TAC, 6 digits serial number, and a fifteenth that is the check digit (CD) on labels and in
/// `+CGSN`, or the spare digit (SD) 0 over the air; lists often leave it out. Two IMEIs are the same device where their
/// [`ImeiKey`]s are equal; `==` compares the fifteenth digit too.
///
/// Source: 3GPP TS 23.003, clause 6.2.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Imei {
    key: ImeiKey,
    last: Option<u8>,
}

impl Imei {
    /// Reads 14 or 15 digits; blanks, dashes, dots and slashes between them are ignored.
    ///
    /// # Errors
    /// Another number of digits, or something that is no digit. A wrong check digit is no error: see
    /// [`Imei::check`].
    pub fn parse(text: &str) -> Result<Self, IdentityError> {
        let digits = Digits::decimal(Kind::Imei, text)?;
        match *digits.as_slice() {
            [.., last] if digits.len() == 15 => {
                Ok(Self { key: ImeiKey::from_digits(digits.as_slice()), last: Some(last) })
            }
            _ if digits.len() == 14 => Ok(Self { key: ImeiKey::from_digits(digits.as_slice()), last: None }),
            _ => Err(IdentityError::Length { kind: Kind::Imei, found: digits.len() }),
        }
    }

    /// The IMEI of a key, with its right check digit.
    pub fn of(key: ImeiKey) -> Self {
        Self { key, last: Some(key.check_digit()) }
    }

    /// The IMEI of a key with a given fifteenth digit, or with none.
    pub(crate) fn with_last(key: ImeiKey, last: Option<u8>) -> Self {
        Self { key, last }
    }

    /// The `n`th IMEI after this one, 0 being itself, with the right check digit; `None` where the TAC's million serial
    /// numbers end.
    pub fn nth(self, n: u32) -> Option<Self> {
        let serial = self.key.serial().checked_add(n).filter(|&serial| serial < 1_000_000)?;
        let first = self.key.0 - u64::from(self.key.serial());
        Some(Self::of(ImeiKey(first + u64::from(serial))))
    }

    /// The fourteen digits by which it is compared.
    pub fn key(self) -> ImeiKey {
        self.key
    }

    /// The type allocation code.
    pub fn tac(self) -> Tac {
        self.key.tac()
    }

    /// The serial number, 0 to 999 999.
    pub fn serial(self) -> u32 {
        self.key.serial()
    }

    /// The fifteenth digit as it came.
    pub fn last_digit(self) -> Option<u8> {
        self.last
    }

    /// What the fifteenth digit is. A 0 that is also the right check digit counts as the check digit.
    pub fn check(self) -> CheckDigit {
        let expected = self.key.check_digit();
        match self.last {
            None => CheckDigit::Absent,
            Some(found) if found == expected => CheckDigit::Right,
            Some(0) => CheckDigit::Spare { expected },
            Some(found) => CheckDigit::Wrong { found, expected },
        }
    }

    /// The fifteen digits as on the label: with the right check digit, whatever the fifteenth was.
    pub fn labelled(self) -> Self {
        Self::of(self.key)
    }

    /// Whether it belongs to test equipment or is a public sample; see [`ImeiKey::is_test`].
    pub fn is_test(self) -> bool {
        self.key.is_test()
    }

    /// What is wrong, odd or worth knowing about it, the heaviest first.
    pub fn findings(self) -> Vec<Finding> {
        let mut found = Vec::new();
        match self.check() {
            CheckDigit::Right => {}
            CheckDigit::Absent => found.push(Finding::note(
                "imei.no-check-digit",
                format!("fourteen digits without a check digit; it would be {}", self.key.check_digit()),
            )),
            CheckDigit::Spare { expected } => found.push(Finding::note(
                "imei.spare-digit",
                format!(
                    "the fifteenth digit is the spare digit 0, as transmitted; the check digit would be {expected}"
                ),
            )),
            CheckDigit::Wrong { found: came, expected } => found.push(Finding::error(
                "imei.check-digit",
                format!("the check digit is {came}, but the other digits call for {expected}"),
            )),
        }
        found.extend(key_findings(self.key));
        found.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        found
    }

    /// Whether no finding is an error.
    pub fn is_sound(self) -> bool {
        self.findings().iter().all(|finding| finding.severity < Severity::Error)
    }
}

/// What is to be said of the fourteen digits, however they were written.
pub(crate) fn key_findings(key: ImeiKey) -> Vec<Finding> {
    match key.default_of() {
        Some(why) => vec![Finding::error("imei.default", format!("no device of its own has this number: {why}"))],
        None if key.is_test() && !key.tac().is_test() => {
            vec![Finding::note("imei.sample", "a public sample, printed in many manuals")]
        }
        None => key.tac().findings(),
    }
}

impl fmt::Display for Imei {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.last {
            Some(last) => write!(f, "{}{last}", self.key),
            None => write!(f, "{}", self.key),
        }
    }
}

impl FromStr for Imei {
    type Err = IdentityError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn imei(text: &str) -> Imei {
        Imei::parse(text).unwrap()
    }

    #[test]
    fn the_fifteenth_digit_is_right_absent_spare_or_wrong() {
        assert_eq!(imei("490154203237518").check(), CheckDigit::Right);
        assert_eq!(imei("49015420323751").check(), CheckDigit::Absent);
        assert_eq!(imei("490154203237510").check(), CheckDigit::Spare { expected: 8 });
        assert_eq!(imei("490154203237517").check(), CheckDigit::Wrong { found: 7, expected: 8 });
    }

    #[test]
    fn labels_group_the_digits_as_they_like() {
        for text in ["49-015420-323751-8", "490154 20 323751 8", "490154.20.323751.8", " 49015420/323751/8 "] {
            assert_eq!(imei(text), imei("490154203237518"), "{text}");
        }
    }

    #[test]
    fn a_wrong_shape_says_what_was_expected_and_what_came() {
        let says = |text: &str| Imei::parse(text).unwrap_err().to_string();
        insta::assert_snapshot!(says("4901542032375"), @"an IMEI has 14 or 15 digits, this has 13");
        insta::assert_snapshot!(says("4901542O3237518"), @"an IMEI has 14 or 15 digits, but character 8 is `O`");
        insta::assert_snapshot!(says(""), @"expected an IMEI, 14 or 15 digits, found nothing");
        insta::assert_snapshot!(says("-490154203237518"), @"an IMEI has 14 or 15 digits, but character 1 is `-`");
    }

    #[test]
    fn all_zeros_satisfy_luhn_and_are_still_an_error() {
        let zeros = imei("000000000000000");
        assert_eq!(zeros.check(), CheckDigit::Right);
        assert!(!zeros.is_sound());
        insta::assert_snapshot!(zeros.findings()[0], @"error[imei.default]: no device of its own has this number: all zeros: the device was never programmed");
    }

    #[test]
    fn every_known_default_is_found() {
        for text in [
            "000000000000000",
            "004999010640000",
            "111111111111111",
            "012345678912345",
            "001068000000006",
            "358673013795895",
        ] {
            assert!(imei(text).key().default_of().is_some(), "{text}");
        }
    }

    #[test]
    fn counting_up_stops_where_the_tac_ends() {
        let base = imei("001017001234569");
        assert_eq!(base.nth(0).unwrap().to_string(), "001017001234569");
        assert_eq!(base.nth(1).unwrap().key().number(), 101_700_123_457);
        assert_eq!(imei("00101700999999").nth(1), None);
        assert_eq!(base.nth(u32::MAX), None);
    }

    proptest! {
        #[test]
        fn what_is_printed_is_read_again(number in 0u64..ImeiKey::END, last in prop::option::of(0u8..10)) {
            let imei = Imei { key: ImeiKey(number), last };
            prop_assert_eq!(Imei::parse(&imei.to_string()), Ok(imei));
        }

        #[test]
        fn a_counted_imei_has_the_right_check_digit_and_the_same_tac(number in 0u64..ImeiKey::END, n in 0u32..1_000_000) {
            let base = Imei::of(ImeiKey(number));
            if let Some(next) = base.nth(n) {
                prop_assert_eq!(next.check(), CheckDigit::Right);
                prop_assert_eq!(next.tac(), base.tac());
                prop_assert_eq!(next.serial(), base.serial() + n);
            }
        }

        #[test]
        fn any_text_is_read_or_refused(text in ".{0,40}") {
            let _ = Imei::parse(&text);
        }
    }
}
