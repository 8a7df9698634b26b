//! Onboarding: many boards at once, each identified, checked, attached, measured and recorded.
//!
//! Knows what a board is asked and in which order, what its answers mean for whether it may leave the bench, and what
//! boards have to do with one another. Knows no terminal, no flag and no exit code: [`Bench`] tells a listener what
//! happens, and hands out one [`Record`] a board, from which [`report`] makes every report.
//!
//! The order is the point: the radio is off until the check has passed ([`Step`]), so that no board on a block list is
//! seen by a network. What a module does not offer is no failure; what the bench is at fault for is tried again; what
//! one board does keeps no other waiting.

mod attach;
mod bench;
mod card;
mod check;
mod dialog;
mod expect;
mod fault;
mod identify;
mod journal;
mod labels;
mod measure;
mod prepare;
mod record;
mod recorder;
mod refused;
pub mod report;
mod settings;
mod vendor;

#[cfg(test)]
#[cfg(unix)]
mod tests;

pub use crate::rig::limit::Limit;
pub use bench::{Bench, Board};
pub use check::Registry;
pub use fault::{Fault, Kind};
pub use journal::{Journal, JournalError, NAME as JOURNAL};
pub use labels::{Found, Label, Labels, LabelsError};
pub use measure::Measurement;
pub use record::{Attachment, Done, Fact, Mark, Progress, Record, Remark, Setting, Standing, Verdict};
pub use refused::Refuser;
pub use settings::{Settings, Step, Steps};
