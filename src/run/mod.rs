//! Plays scripts: as the host, as the modem, or as both.
//!
//! Knows the script's tree, the modem's contract and the ports, and joins them: roles, matching, captures, verdicts,
//! transcripts, snapshots, reports; and recordings, which are scripts again. Prints nothing to the terminal and exits nowhere.

mod checking;
mod circuits;
pub mod control;
pub mod data;
pub mod emulate;
mod errands;
pub mod exchange;
mod judge;
pub mod limits;
mod lines;
pub mod masking;
pub mod matching;
mod notice;
pub mod outcome;
mod plan;
mod play;
mod player;
mod real;
pub mod recording;
pub mod report;
mod resolved;
mod schedule;
pub mod snapshot;
mod switch;
mod template;
#[cfg(test)]
mod tests;
mod unread;
mod wire;
mod world;

pub use errands::Elsewhere;
pub use judge::judge;
pub use outcome::{Blame, CaseReport, Failure, Fault, Outcome, Place, Played, Role};
pub use play::{Options, Time, play};
pub use real::placeholders;
