//! Responses: what a modem sends, cut into elements as it comes.
//!
//! ITU-T V.250 clause 5.7 gives result codes and information text their frame (S3 S4 before and after, default CR LF) and
//! their three kinds: final, intermediate, unsolicited; 3GPP TS 27.007 clause 4 adds `+NAME: value` lines, 3GPP TS 27.005
//! the `> ` prompt and the line that follows a header. Modules add payloads with a length before them, line ends inside
//! quoted strings, and frames of their own making.
//!
//! Knows where an element begins and ends, and which classes its text alone allows it: a set, never a guess, since a
//! registration line may be an answer or unsolicited and only the command before it tells. What was sent comes in as an
//! [`Expectation`]. Knows nothing of ports, clocks, or what a value means ([`super::meaning`] does).
//!
//! The parts: [`Scanner`] frames a stream fed in pieces of any size; [`Element`] is what it finds; [`Fields`] reads the
//! parameters of one line.

mod alone;
mod class;
mod classify;
mod cut;
mod echo;
mod element;
mod expectation;
mod fields;
mod known;
mod line;
mod machine;
mod payload;
mod quotes;
mod scanner;
mod search;

pub use class::Classes;
pub use element::Element;
pub use expectation::{Answer, Body, Connect, Expectation, Framing, Quotes};
pub use fields::{Field, Fields, Shape};
pub use known::unsolicited;
pub use payload::{Head, Length, Place};
pub use scanner::Scanner;

#[cfg(test)]
mod tests;
