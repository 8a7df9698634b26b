//! The telephone number of a subscription.
//!
//! Source: ITU-T E.164; 3GPP TS 23.003 clause 3.3.

use super::digits::{Digits, IdentityError, Kind, number};
use std::fmt;
use std::str::FromStr;

/// A telephone number (MSISDN).
///
/// On the wire: `+` and up to 15 digits, or digits alone with the type of number (129 unknown, 145 international)
/// beside it.
///
/// Source: ITU-T E.164; 3GPP TS 27.007, `<type>` of clause 6.2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Msisdn {
    number: u64,
    count: u8,
    international: bool,
}

impl Msisdn {
    /// Reads an optional `+` and 1 to 15 digits; blanks, dashes and dots between them are ignored.
    ///
    /// # Errors
    /// Another number of digits, or something that is no digit.
    pub fn parse(text: &str) -> Result<Self, IdentityError> {
        let text = text.trim();
        let bare = text.strip_prefix('+');
        let digits = Digits::decimal(Kind::Msisdn, bare.unwrap_or(text))?;
        match digits.len() {
            count @ 1..=15 => Ok(Self {
                number: number(digits.as_slice()),
                count: u8::try_from(count).unwrap_or(15),
                international: bare.is_some(),
            }),
            found => Err(IdentityError::Length { kind: Kind::Msisdn, found }),
        }
    }

    /// Whether it was written with a `+`.
    pub fn is_international(self) -> bool {
        self.international
    }

    /// The type of number beside it: 145 international, 129 unknown.
    pub fn type_of_number(self) -> u8 {
        if self.international { 145 } else { 129 }
    }

    /// The digits without `+`.
    pub fn digits(self) -> String {
        format!("{:0width$}", self.number, width = usize::from(self.count))
    }

    /// Whether it is a number for tests and films: +1 555….
    pub fn is_test(self) -> bool {
        self.digits().starts_with("1555")
    }
}

impl fmt::Display for Msisdn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plus = if self.international { "+" } else { "" };
        write!(f, "{plus}{}", self.digits())
    }
}

impl FromStr for Msisdn {
    type Err = IdentityError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plus_makes_it_international() {
        let number = Msisdn::parse("+1 555 0100-123").unwrap();
        assert_eq!((number.to_string().as_str(), number.type_of_number()), ("+15550100123", 145));
        assert!(number.is_test());
        assert_eq!(Msisdn::parse("0015").unwrap().to_string(), "0015");
    }
}
