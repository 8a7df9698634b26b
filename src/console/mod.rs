//! The session at the keyboard, and the decoder that says what a line means.
//!
//! Knows what is typed, what a modem sends, how both are shown, and how a session is kept. Knows ports by what they carry
//! only where a session is run on one; the decoder and the session's logic are without I/O and clock. Prints nothing to the
//! terminal itself: `cli` does.

pub mod completion;
pub mod explain;
pub mod live;
pub mod screen;
pub mod session;
