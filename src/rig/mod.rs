//! What is plugged in: boards on ports, talked to, judged and recorded.
//!
//! Knows ports, the register, scripts and how a modem is asked; joins them for a person who plugs boards into a bench.
//! Knows nothing of the terminal, of flags or of exit codes. A port that nobody named is never written to.

pub mod learn;
mod limit;
pub mod map;
pub mod onboard;
pub mod probe;
pub mod talk;
