//! The two stops before a list or a condition takes effect: it hits too much of the fleet, or it lost too much.
//!
//! Both are for the list that is wrong as a whole: a column that moved, an empty file, one range too wide.

use std::fmt;

/// How much of the fleet a list or a condition may hit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MatchingRatio {
    /// The largest part of the fleet that may be hit, 0 to 1.
    pub limit: f64,
    /// A fleet of fewer devices than this is not judged: by the limit of one tenth a single device would be too many of nine.
    pub smallest_fleet: u64,
}

impl Default for MatchingRatio {
    fn default() -> Self {
        Self { limit: 0.1, smallest_fleet: 10 }
    }
}

impl MatchingRatio {
    /// The flag that lets a list or a condition through all the same.
    pub const FLAG: &str = "--allow-ratio";

    /// The same with another limit, where there is one.
    #[must_use]
    pub fn or(self, limit: Option<f64>) -> Self {
        Self { limit: limit.unwrap_or(self.limit), ..self }
    }

    /// Lets `hit` devices of a fleet of `fleet` be hit by `what` (`the list of carrier-a`), or refuses.
    ///
    /// # Errors
    /// They are more than the limit; with the numbers and the next step.
    pub fn check(self, what: impl fmt::Display, hit: u64, fleet: u64) -> Result<(), MatchingRatioError> {
        if fleet < self.smallest_fleet || part(hit, fleet) <= self.limit {
            return Ok(());
        }
        Err(MatchingRatioError { what: what.to_string(), hit, fleet, limit: self.limit })
    }
}

/// A list or a condition would hit too much of the fleet.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error(
    "{what} would hit {hit} of the {fleet} devices of the fleet ({}), more than the {} that are allowed",
    percent(part(*hit, *fleet)),
    percent(*limit)
)]
pub struct MatchingRatioError {
    /// What would.
    pub what: String,
    /// How many devices.
    pub hit: u64,
    /// Of how many.
    pub fleet: u64,
    /// Which part of the fleet is allowed, 0 to 1.
    pub limit: f64,
}

impl MatchingRatioError {
    /// What to do next.
    pub fn help(&self) -> String {
        format!("nothing was changed; if they are to be hit, repeat it with {}", MatchingRatio::FLAG)
    }
}

/// How much of its last size a full list must have at least.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SizeLimit {
    /// The smallest part of the last size, 0 to 1: 0.75 lets a list lose a quarter of its entries.
    pub smallest: f64,
}

impl SizeLimit {
    /// The flag that lets a list through all the same.
    pub const FLAG: &str = "--allow-shrink";
    /// For lists, registrations, models and the fleet.
    pub const LIST: Self = Self { smallest: 0.75 };
    /// For pairings, which change less.
    pub const PAIRING: Self = Self { smallest: 0.95 };

    /// Lets a full list of `new` entries take the place of one of `previous`, or refuses. `what` names it: `carrier-a`.
    ///
    /// # Errors
    /// It lost more than the limit; with the numbers and the next step.
    pub fn check(self, what: impl fmt::Display, previous: u64, new: u64) -> Result<(), SizeError> {
        if new >= previous || part(new, previous) >= self.smallest {
            return Ok(());
        }
        Err(SizeError { what: what.to_string(), previous, new, smallest: self.smallest })
    }
}

/// A full list is too much smaller than the one that it would replace.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error(
    "{what} has {new} entries where the last one had {previous} ({}), less than the {} that it must have at least",
    percent(part(*new, *previous)),
    percent(*smallest)
)]
pub struct SizeError {
    /// Which list.
    pub what: String,
    /// How many entries the last one had.
    pub previous: u64,
    /// How many this one has.
    pub new: u64,
    /// Which part of the last size it must have, 0 to 1.
    pub smallest: f64,
}

impl SizeError {
    /// What to do next.
    pub fn help(&self) -> String {
        format!(
            "nothing was changed; a list that is really so much smaller comes in with {}, one that holds changes only as a delta",
            SizeLimit::FLAG
        )
    }
}

/// `one` as a part of `all`; nothing is all of nothing.
fn part(one: u64, all: u64) -> f64 {
    if all == 0 { if one == 0 { 0.0 } else { f64::INFINITY } } else { one as f64 / all as f64 }
}

/// `12.5 %`, `75 %`; a part that is not 0 is never told as `0 %`.
fn percent(part: f64) -> String {
    let percent = part * 100.0;
    let text = format!("{percent:.1}");
    match text.strip_suffix(".0") {
        Some("0") if percent > 0.0 => "under 0.1 %".to_owned(),
        Some(whole) => format!("{whole} %"),
        None => format!("{text} %"),
    }
}
