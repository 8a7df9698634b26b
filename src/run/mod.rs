//! Plays scripts: as the host, as the modem, or as both.
//!
//! Knows the script's tree, the modem's contract and the ports, and joins them: roles, matching, captures, verdicts,
//! transcripts, snapshots, reports. Prints nothing to the terminal and exits nowhere.

pub mod emulate;
pub mod matching;
pub mod outcome;
pub mod report;
pub mod snapshot;

pub use outcome::{Blame, CaseReport, Failure, Fault, Outcome, Place, Played, Role};
