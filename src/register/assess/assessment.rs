//! What came out: which dimensions hold, which conditions, and whether the device passes.

use super::dimension::Dimension;
use super::facts::Listing;
use super::phrase::Phrase;
use crate::identity::{Equipment, Finding, Severity};
use crate::register::Answer;
use jiff::Timestamp;
use std::fmt;

/// Whether a device passes. Ordered from good to bad.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// Nothing speaks against it.
    Pass,
    /// It may join, but deserves a look.
    Warn,
    /// It is not to join.
    Fail,
}

impl Outcome {
    /// `pass`, `warn` or `fail`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Warn => "warn",
            Self::Fail => "fail",
        }
    }
}

impl From<Severity> for Outcome {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::Note => Self::Pass,
            Severity::Warning => Self::Warn,
            Severity::Error => Self::Fail,
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// A dimension and what there is to tell of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// Which.
    pub dimension: Dimension,
    /// How much it weighs.
    pub severity: Severity,
    /// What was found, in words.
    pub words: Phrase,
    /// When it begins to count; until then it does not hold. `None`: it holds.
    pub counts_from: Option<Timestamp>,
    /// The row that lists the device, where a list is what it is about.
    pub listing: Option<Listing>,
}

impl Remark {
    /// Whether the dimension holds.
    pub fn holds(&self) -> bool {
        self.counts_from.is_none()
    }
}

/// What a condition that holds does to a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It fails the device.
    Blocks,
    /// It will fail the device from then on.
    Grace {
        /// From when.
        until: Timestamp,
    },
    /// It only tells.
    Informs,
}

impl Standing {
    /// `blocks`, `in-grace` or `informs`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Blocks => "blocks",
            Self::Grace { .. } => "in-grace",
            Self::Informs => "informs",
        }
    }

    /// What it makes of the device.
    pub(super) fn outcome(self) -> Outcome {
        match self {
            Self::Blocks => Outcome::Fail,
            Self::Grace { .. } => Outcome::Warn,
            Self::Informs => Outcome::Pass,
        }
    }
}

/// A condition that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Its name.
    pub name: String,
    /// What it does.
    pub standing: Standing,
    /// Since when it holds.
    pub since: Timestamp,
    /// Whether it is met now. If not, it holds because it was met before.
    pub is_met: bool,
    /// Why there is such a condition.
    pub reason: Option<String>,
}

/// What is to be said of a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assessment {
    /// What it called itself.
    pub input: String,
    /// What that is, if it is an equipment identity.
    pub equipment: Option<Equipment>,
    /// Whether it passes.
    pub outcome: Outcome,
    /// The dimensions, in the order of [`Dimension::ALL`], each at most once.
    pub remarks: Vec<Remark>,
    /// Dimensions that hold, or will, but weigh nothing by the rules.
    pub ignored: Vec<Dimension>,
    /// The conditions that hold, in the order of the rules.
    pub conditions: Vec<Held>,
    /// The conditions that surely do not hold, in the order of the rules: what was remembered of them is over. One that could
    /// not be assessed is neither here nor among those that hold.
    pub over: Vec<String>,
    /// What is worth knowing about the identity beyond the dimensions. Weighs nothing.
    pub findings: Vec<Finding>,
    /// What the register answers a network that asks for this device. Where no list decides, so does a policy, and one that
    /// turns the device away fails it.
    pub answer: Answer,
    /// Dimensions of which nothing could be said: there is no TAC file, no label was scanned.
    pub not_assessed: Vec<Dimension>,
}

impl Assessment {
    /// Whether a dimension holds that weighs something.
    pub fn holds(&self, dimension: Dimension) -> bool {
        self.remark(dimension).is_some_and(Remark::holds)
    }

    /// The condition of this name, if it holds.
    pub fn condition(&self, name: &str) -> Option<&Held> {
        self.conditions.iter().find(|held| held.name == name)
    }

    /// What there is to tell of a dimension.
    pub fn remark(&self, dimension: Dimension) -> Option<&Remark> {
        self.remarks.iter().find(|remark| remark.dimension == dimension)
    }
}
