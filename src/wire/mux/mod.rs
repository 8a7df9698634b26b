//! The multiplexer's frames: several channels on one line.
//!
//! 3GPP TS 27.010 carries up to 63 data link connections over one line, in two framings: the basic option counts the
//! bytes of a frame, the advanced option marks its ends and escapes what would look like one. Channel 0 carries the
//! multiplexer's own messages. Here are bytes and values; who opens which channel stands elsewhere.

mod control;
mod decoder;
mod fcs;
mod frame;

pub use control::{Message, MessageKind, Parameters, Signals};
pub use decoder::{Decoder, Found};
pub use frame::{Dlci, Frame, FrameKind, Framing};

#[cfg(test)]
mod tests;
