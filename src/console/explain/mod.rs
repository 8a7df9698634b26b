//! The decoder: says of raw traffic what each element is and means.
//!
//! Knows how traffic is kept (a capture of bytes, a terminal's log, a session script), what the host asked last, and how a
//! found element is told to a person or a program. What the values mean stands in [`crate::wire::meaning`], what an identity
//! is worth in [`crate::identity`]. Knows no file and no terminal.

mod exchange;
mod explainer;
mod found;
mod host;
mod identity;
mod json;
mod live;
mod marks;
mod memo;
mod message;
mod plain;
mod teller;
mod told;

#[cfg(test)]
mod tests;

pub use explainer::Explainer;
pub use found::{Kind, Side};
pub use live::Conversation;
pub use plain::Escaped;
pub use teller::Form;
pub use told::{Part, Told, meaning};

/// Who sent the traffic, all of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The host (DTE): command lines, and what stands before `AT` is skipped.
    Host,
    /// The modem (DCE): results, information, unsolicited lines, echo.
    Modem,
}
