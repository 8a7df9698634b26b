//! Recordings: what is said on a line, written down as a script that plays again in either role.
//!
//! [`Session`] makes lines of bytes, a machine without a clock: what was said, by whom, when. [`Paper`] is the file that they
//! stand in, whole at every moment. [`Between`] stands between an application and its modem, passes everything on and tells
//! the [`Keeper`], which writes on a thread of its own. [`Log`] is what emulated modems write. [`import`] reads the logs of other programs.
//!
//! Commands and answers are written as lines; a modem that puts fewer line ends between the lines of an answer than V.250
//! clause 5.7.1 does is played again with as many as the standard has. What is data, frames of the multiplexer or no line at
//! all is written byte for byte.
//!
//! Identities of real devices, cards and subscribers give their places to test ones ([`StandIns`](super::masking::StandIns)),
//! so that the recording still plays. One that data of a call carries in two pieces is not seen.

mod between;
pub mod import;
mod keeper;
mod log;
mod multiplexed;
mod paper;
mod session;

pub use between::{Between, Happening};
pub use keeper::{Keeper, Kept};
pub use log::{Log, ModemLog};
pub use paper::{About, Paper};
pub use session::{Session, Told};

#[cfg(test)]
mod tests;
