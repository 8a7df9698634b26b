//! Conditions: several dimensions together, and what follows when they hold.

use super::dimension::{Dimension, UnknownDimension};
use super::judge::after_days;
use jiff::Timestamp;
use std::fmt;
use std::str::FromStr;

/// A dimension of a condition, as it is or inverted.
///
/// In text: `tac-test` or `not tac-test`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Term {
    /// Which.
    pub dimension: Dimension,
    /// Whether it is the dimension's absence that counts.
    pub inverted: bool,
}

impl Term {
    /// Whether it is met, given whether the dimension holds.
    pub fn is_met(self, holds: bool) -> bool {
        holds != self.inverted
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", if self.inverted { "not " } else { "" }, self.dimension)
    }
}

/// Why a text is no [`Term`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(transparent)]
pub struct TermError(#[from] UnknownDimension);

impl FromStr for Term {
    type Err = TermError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        let (inverted, code) = match text.strip_prefix("not ") {
            Some(code) => (true, code.trim_start()),
            None => (false, text),
        };
        Ok(Self { dimension: code.parse()?, inverted })
    }
}

/// Several dimensions that hold together, and what follows.
///
/// What cannot be assessed (there is no TAC file, no label was scanned) does not hold, so that its inversion does.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    /// Its name, in reports and in the register's memory of who met it since when.
    pub name: String,
    /// All of these must be met. Never empty, and no dimension twice.
    pub when: Vec<Term>,
    /// So many days after it held first it begins to block.
    pub grace_days: u32,
    /// Whether a device that meets it fails; if not, it is only told.
    pub blocking: bool,
    /// Whether it goes on holding for a device that met it once.
    pub sticky: bool,
    /// Why it is there, for whoever is told of it.
    pub reason: Option<String>,
    /// Over this part of the fleet it is not to hold, 0 to 1; without it the rules' own limit counts.
    pub max_matching_ratio: Option<f64>,
}

impl Condition {
    /// Whether all its terms are met, given which dimensions hold.
    pub fn is_met(&self, holds: impl Fn(Dimension) -> bool) -> bool {
        self.when.iter().all(|term| term.is_met(holds(term.dimension)))
    }

    /// Whether it is surely not met: a term is not, of a dimension that was assessed. What was not assessed may still be so.
    pub fn is_over(&self, holds: impl Fn(Dimension) -> bool, is_assessed: impl Fn(Dimension) -> bool) -> bool {
        self.when.iter().any(|term| is_assessed(term.dimension) && !term.is_met(holds(term.dimension)))
    }

    /// When a device that met it first at `first_held` begins to be blocked by it.
    pub fn blocks_from(&self, first_held: Timestamp) -> Timestamp {
        after_days(first_held, self.grace_days)
    }
}

/// `default and not tac-test`
impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, term) in self.when.iter().enumerate() {
            write!(f, "{}{term}", if place == 0 { "" } else { " and " })?;
        }
        Ok(())
    }
}
