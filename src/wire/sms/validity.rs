//! How long a message is worth delivering.
//!
//! Source: 3GPP TS 23.040, clause 9.2.3.12.

use std::fmt;

use super::Timestamp;
use super::rule::{Parsed, array, octet};

/// TP-VP.
///
/// On the wire: bits 5 and 4 of the first octet say which of the forms it is, or none.
///
/// Source: 3GPP TS 23.040, clauses 9.2.3.3 and 9.2.3.12.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Validity {
    /// One octet: 0 to 143 five minutes each, 144 to 167 half hours beyond twelve hours, 168 to 196 days, 197 to 255 weeks.
    Relative(u8),
    /// Until then.
    Absolute(Timestamp),
    /// Seven octets: what follows, and that.
    Enhanced([u8; 7]),
}

impl Validity {
    const ELEMENT: &str = "TP-VP";

    /// The form by the two bits of the first octet.
    pub(super) fn validity<'a>(bits: u8) -> impl FnMut(&'a [u8]) -> Parsed<'a, Option<Self>> {
        move |input| {
            Ok(match bits & 0x03 {
                0 => (input, None),
                1 => array(Self::ELEMENT)(input).map(|(rest, octets)| (rest, Some(Self::Enhanced(octets))))?,
                2 => octet(Self::ELEMENT)(input).map(|(rest, octet)| (rest, Some(Self::Relative(octet))))?,
                _ => {
                    array(Self::ELEMENT)(input).map(|(rest, octets)| (rest, Some(Self::Absolute(Timestamp(octets)))))?
                }
            })
        }
    }

    /// The two bits of the first octet.
    pub(super) const fn bits(validity: Option<Self>) -> u8 {
        match validity {
            None => 0,
            Some(Self::Enhanced(_)) => 1,
            Some(Self::Relative(_)) => 2,
            Some(Self::Absolute(_)) => 3,
        }
    }

    pub(super) fn push(self, out: &mut Vec<u8>) {
        match self {
            Self::Relative(octet) => out.push(octet),
            Self::Absolute(Timestamp(octets)) | Self::Enhanced(octets) => out.extend_from_slice(&octets),
        }
    }

    pub(super) const fn length(self) -> usize {
        match self {
            Self::Relative(_) => 1,
            Self::Absolute(_) | Self::Enhanced(_) => 7,
        }
    }

    /// The shortest relative period that is not shorter than these minutes; beyond 63 weeks, that.
    pub fn of_minutes(minutes: u32) -> Self {
        let octet = match minutes {
            0..=720 => minutes.div_ceil(5).saturating_sub(1),
            721..=1440 => 143 + (minutes - 720).div_ceil(30),
            1441..=43_200 => 166 + minutes.div_ceil(1440),
            _ => 192 + minutes.div_ceil(10_080).max(5),
        };
        Self::Relative(u8::try_from(octet).unwrap_or(u8::MAX))
    }

    /// The seconds from when the message was submitted; `None` for an absolute time, and where it does not say.
    pub fn seconds(self) -> Option<u32> {
        match self {
            Self::Relative(octet) => Some(relative(octet)),
            Self::Absolute(_) => None,
            Self::Enhanced([indicator, first, second, third, ..]) => match indicator & 0x07 {
                1 => Some(relative(first)),
                2 => Some(u32::from(first)),
                3 => {
                    let digits = [first, second, third].map(|octet| (octet & 0x0F, octet >> 4));
                    let is_decimal = digits.iter().all(|&(tens, units)| tens < 10 && units < 10);
                    let [hours, minutes, seconds] = digits.map(|(tens, units)| u32::from(tens) * 10 + u32::from(units));
                    is_decimal.then_some(hours * 3600 + minutes * 60 + seconds)
                }
                _ => None,
            },
        }
    }

    /// Whether the service centre tries once only.
    pub const fn is_single_shot(self) -> bool {
        matches!(self, Self::Enhanced([indicator, ..]) if indicator & 0x40 != 0)
    }
}

fn relative(octet: u8) -> u32 {
    let octet = u32::from(octet);
    60 * match octet {
        0..=143 => (octet + 1) * 5,
        144..=167 => 720 + (octet - 143) * 30,
        168..=196 => (octet - 166) * 1440,
        _ => (octet - 192) * 10_080,
    }
}

impl fmt::Display for Validity {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self, self.seconds()) {
            (Self::Absolute(time), _) => write!(out, "until {time}")?,
            (Self::Relative(_) | Self::Enhanced(_), Some(seconds)) => {
                let units = [(604_800, "week"), (86_400, "day"), (3600, "hour"), (60, "minute"), (1, "second")];
                let whole = |&(unit, _): &(u32, &str)| seconds >= unit && seconds.is_multiple_of(unit);
                let (unit, word) = units.into_iter().find(whole).unwrap_or((1, "second"));
                let plural = if seconds / unit == 1 { "" } else { "s" };
                write!(out, "for {} {word}{plural}", seconds / unit)?;
            }
            (Self::Relative(_) | Self::Enhanced(_), None) => out.write_str("without a period")?,
        }
        if self.is_single_shot() { out.write_str(", one try") } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_relative_period_is_found_by_its_minutes() {
        for octet in 0..=u8::MAX {
            let minutes = relative(octet) / 60;
            assert_eq!(Validity::of_minutes(minutes), Validity::Relative(octet), "{minutes}");
            let Validity::Relative(next) = Validity::of_minutes(minutes + 1) else { panic!("a relative period") };
            assert_eq!(next, octet.saturating_add(1));
        }
        assert_eq!(Validity::of_minutes(0), Validity::Relative(0));
        assert_eq!(Validity::of_minutes(u32::MAX), Validity::Relative(255));
    }

    #[test]
    fn periods_in_words() {
        let words = [
            Validity::Relative(0),
            Validity::Relative(143),
            Validity::Relative(144),
            Validity::Relative(167),
            Validity::Relative(173),
            Validity::Relative(255),
            Validity::Enhanced([0x40, 0, 0, 0, 0, 0, 0]),
            Validity::Enhanced([1, 11, 0, 0, 0, 0, 0]),
            Validity::Enhanced([2, 90, 0, 0, 0, 0, 0]),
            Validity::Enhanced([0x43, 0x10, 0x20, 0x30, 0, 0, 0]),
            Validity::Enhanced([3, 0xAA, 0, 0, 0, 0, 0]),
            Validity::Absolute(Timestamp::NONE),
        ];
        insta::assert_snapshot!(words.map(|validity| format!("{validity}\n")).concat(), @r"
        for 5 minutes
        for 12 hours
        for 750 minutes
        for 1 day
        for 1 week
        for 63 weeks
        without a period, one try
        for 1 hour
        for 90 seconds
        for 3723 seconds, one try
        without a period
        until 00/00/00,00:00:00+00
        ");
    }
}
