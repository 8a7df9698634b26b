//! Values that profiles are made of: times, ranges.

use std::fmt;
use std::time::Duration;

use serde::de::{Deserialize, Deserializer, Error as _, Unexpected, Visitor};

/// A time: `"300ms"`, `"1.5s"`, `"12m"`, `"1h"`, `"50us"`, `"0"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Span(pub Duration);

impl Span {
    /// Reads `<digits>[.<digits>]<unit>`.
    fn parse(text: &str) -> Option<Self> {
        if text == "0" {
            return Some(Self::default());
        }
        let unit_at = text.find(|c: char| c.is_ascii_alphabetic())?;
        let (number, unit) = text.split_at(unit_at);
        let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
        let digits = |s: &str| !s.is_empty() && s.len() <= 9 && s.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole) || !digits(fraction) {
            return None;
        }
        let nanos: u64 = match unit {
            "us" => 1_000,
            "ms" => 1_000_000,
            "s" => 1_000_000_000,
            "m" => 60_000_000_000,
            "h" => 3_600_000_000_000,
            _ => return None,
        };
        let part = u128::from(fraction.parse::<u64>().ok()?) * u128::from(nanos)
            / 10_u128.pow(u32::try_from(fraction.len()).ok()?);
        let nanos = whole.parse::<u64>().ok()?.checked_mul(nanos)?.checked_add(u64::try_from(part).ok()?)?;
        Some(Self(Duration::from_nanos(nanos)))
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| {
            D::Error::invalid_value(Unexpected::Str(&text), &"a time such as \"300ms\", \"1.5s\" or \"12m\"")
        })
    }
}

/// The values that a parameter may have: `"0-2,4"`; empty: none.
///
/// Printed as a test form has it, without the parentheses: `0-2,4`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Values(Box<[(u32, u32)]>);

impl Values {
    fn parse(text: &str) -> Option<Self> {
        if text.is_empty() {
            return Some(Self::default());
        }
        let range = |part: &str| -> Option<(u32, u32)> {
            let (low, high) = part.trim().split_once('-').unwrap_or((part.trim(), part.trim()));
            let (low, high) = (low.parse().ok()?, high.parse().ok()?);
            (low <= high).then_some((low, high))
        };
        text.split(',').map(range).collect::<Option<Box<_>>>().map(Self)
    }

    /// True if the value is one of them.
    #[must_use]
    pub fn contain(&self, value: u32) -> bool {
        self.0.iter().any(|&(low, high)| (low..=high).contains(&value))
    }

    /// True if there is no value at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The largest value.
    #[must_use]
    pub fn largest(&self) -> Option<u32> {
        self.0.iter().map(|&(_, high)| high).max()
    }
}

impl fmt::Display for Values {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (low, high)) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str(",")?;
            }
            if low == high { write!(f, "{low}")? } else { write!(f, "{low}-{high}")? }
        }
        Ok(())
    }
}

impl<'de> Deserialize<'de> for Values {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text)
            .ok_or_else(|| D::Error::invalid_value(Unexpected::Str(&text), &"a list of values such as \"0-2,4\""))
    }
}

/// How a command is refused: `"error"`, or the number of a `+CME ERROR`, which `+CMEE` shows or hides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// `ERROR`, as V.250 has it.
    Error,
    /// `+CME ERROR: <err>`
    Cme(u16),
}

impl<'de> Deserialize<'de> for Refusal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl Visitor<'_> for Any {
            type Value = Refusal;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("\"error\" or the number of a +CME ERROR, such as 4 or 100")
            }

            fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<Refusal, E> {
                u16::try_from(number).map(Refusal::Cme).map_err(|_| E::invalid_value(Unexpected::Signed(number), &self))
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Refusal, E> {
                match text {
                    "error" => Ok(Refusal::Error),
                    number => {
                        number.parse().map(Refusal::Cme).map_err(|_| E::invalid_value(Unexpected::Str(text), &self))
                    }
                }
            }
        }
        deserializer.deserialize_any(Any)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_has_a_number_and_a_unit() {
        assert_eq!(Span::parse("300ms"), Some(Span(Duration::from_millis(300))));
        assert_eq!(Span::parse("1.25s"), Some(Span(Duration::from_millis(1_250))));
        assert_eq!(Span::parse("12m"), Some(Span(Duration::from_secs(720))));
        assert_eq!(Span::parse("0"), Some(Span(Duration::ZERO)));
        for wrong in ["", "5", "s", "-1s", "1.s", "1 s", "1e3s", "1sec", "99999999999h"] {
            assert_eq!(Span::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_range_list_prints_as_a_test_form_has_it() {
        let values = Values::parse("0-2,4").unwrap();
        assert_eq!(values.to_string(), "0-2,4");
        assert!(values.contain(1) && values.contain(4) && !values.contain(3));
        assert_eq!(Values::parse("3-1"), None);
        assert!(Values::parse("").unwrap().is_empty());
    }
}
