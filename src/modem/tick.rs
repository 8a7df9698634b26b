//! The schedule's time: microseconds since power-up, never a clock's.

use std::fmt;
use std::ops::{Add, AddAssign, Sub};
use std::time::Duration;

/// A point of the schedule, in microseconds since its start.
///
/// Printed in seconds with three decimals: `1.250s`. Two runs of one schedule see the same ticks, whether anybody slept
/// between them or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Tick(u64);

impl Tick {
    /// The start of the schedule.
    pub const ZERO: Self = Self(0);

    /// The tick `micros` microseconds after the start.
    #[must_use]
    pub const fn from_micros(micros: u64) -> Self {
        Self(micros)
    }

    /// The tick `millis` milliseconds after the start; the far end of time if that is beyond it.
    #[must_use]
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis.saturating_mul(1_000))
    }

    /// Microseconds since the start.
    #[must_use]
    pub const fn as_micros(self) -> u64 {
        self.0
    }

    /// Time passed since `earlier`; zero if that is not earlier.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_micros(self.0.saturating_sub(earlier.0))
    }
}

impl Add<Duration> for Tick {
    type Output = Self;

    fn add(self, span: Duration) -> Self {
        Self(self.0.saturating_add(u64::try_from(span.as_micros()).unwrap_or(u64::MAX)))
    }
}

impl AddAssign<Duration> for Tick {
    fn add_assign(&mut self, span: Duration) {
        *self = *self + span;
    }
}

impl Sub for Tick {
    type Output = Duration;

    fn sub(self, earlier: Self) -> Duration {
        self.since(earlier)
    }
}

impl fmt::Display for Tick {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:03}s", self.0 / 1_000_000, self.0 / 1_000 % 1_000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tick_is_printed_in_seconds() {
        assert_eq!(Tick::from_millis(1_250).to_string(), "1.250s");
        assert_eq!((Tick::ZERO + Duration::from_secs(600)).to_string(), "600.000s");
    }

    #[test]
    fn time_neither_wraps_nor_runs_backwards() {
        assert_eq!(Tick::from_millis(u64::MAX) + Duration::MAX, Tick::from_micros(u64::MAX));
        assert_eq!(Tick::ZERO - Tick::from_millis(5), Duration::ZERO);
    }
}
