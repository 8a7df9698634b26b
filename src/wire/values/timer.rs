//! The timers of power saving mode, as registration lines carry them.

use std::fmt;

/// Active Time, T3324.
///
/// On the wire: eight binary digits in quotes, `"00100011"`. Bits 8 to 6 are the unit: 000 2 s, 001 1 min, 010 6 min, 111
/// deactivated, any other 1 min; bits 5 to 1 the value.
///
/// Source: 3GPP TS 27.007, clause 10.1.22; 3GPP TS 24.008, Table 10.5.163.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ActiveTime(u8);

/// Periodic TAU or RAU, T3412 extended and T3312 extended.
///
/// On the wire: eight binary digits in quotes. Bits 8 to 6 are the unit: 000 10 min, 001 1 h, 010 10 h, 011 2 s, 100 30 s, 101 1 min,
/// 110 320 h, 111 deactivated; bits 5 to 1 the value.
///
/// Source: 3GPP TS 27.007, clause 10.1.22; 3GPP TS 24.008, Table 10.5.163a.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PeriodicUpdate(u8);

impl ActiveTime {
    /// The timer with these bits.
    pub const fn from_bits(bits: u8) -> Self {
        Self(bits)
    }

    /// Reads eight binary digits.
    pub fn parse(digits: &[u8]) -> Option<Self> {
        bits(digits).map(Self)
    }

    /// The time in seconds; `None` where it is deactivated.
    pub const fn seconds(self) -> Option<u32> {
        let value = (self.0 & 0x1f) as u32;
        match self.0 >> 5 {
            0 => Some(value * 2),
            2 => Some(value * 360),
            7 => None,
            _ => Some(value * 60),
        }
    }
}

impl PeriodicUpdate {
    /// The timer with these bits.
    pub const fn from_bits(bits: u8) -> Self {
        Self(bits)
    }

    /// Reads eight binary digits.
    pub fn parse(digits: &[u8]) -> Option<Self> {
        bits(digits).map(Self)
    }

    /// The time in seconds; `None` where it is deactivated.
    pub const fn seconds(self) -> Option<u32> {
        let value = (self.0 & 0x1f) as u32;
        match self.0 >> 5 {
            0 => Some(value * 600),
            1 => Some(value * 3_600),
            2 => Some(value * 36_000),
            3 => Some(value * 2),
            4 => Some(value * 30),
            5 => Some(value * 60),
            6 => Some(value * 1_152_000),
            _ => None,
        }
    }
}

impl fmt::Display for ActiveTime {
    /// Eight binary digits, no quotes.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:08b}", self.0)
    }
}

impl fmt::Display for PeriodicUpdate {
    /// Eight binary digits, no quotes.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:08b}", self.0)
    }
}

fn bits(digits: &[u8]) -> Option<u8> {
    let binary = digits.len() == 8 && digits.iter().all(|digit| matches!(digit, b'0' | b'1'));
    binary.then(|| digits.iter().fold(0, |bits, digit| bits << 1 | (digit - b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_unit_of_a_timer_is_its_own_number_of_seconds() {
        let active = ["00100011", "00000001", "01000010", "11100000"];
        let active = active.map(|digits| ActiveTime::parse(digits.as_bytes()).and_then(ActiveTime::seconds));
        assert_eq!(active, [Some(180), Some(2), Some(720), None]);
        let periodic = ["00000110", "00111000", "01000111", "01111111", "10000001", "10100001", "11000001", "11100000"];
        let periodic =
            periodic.map(|digits| PeriodicUpdate::parse(digits.as_bytes()).and_then(PeriodicUpdate::seconds));
        let expected = [3_600, 86_400, 252_000, 62, 30, 60, 1_152_000].map(Some);
        assert_eq!(periodic[..7], expected);
        assert_eq!(periodic[7], None);
    }

    #[test]
    fn a_timer_is_eight_binary_digits_and_nothing_else() {
        assert_eq!(ActiveTime::parse(b"0010001"), None);
        assert_eq!(ActiveTime::parse(b"00100012"), None);
        assert_eq!(ActiveTime::from_bits(0x23).to_string(), "00100011");
    }
}
