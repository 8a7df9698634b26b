//! The AT language: bytes to values and back.
//!
//! Knows ITU-T V.250 clause 5 (command lines, result codes), 3GPP TS 27.007 clause 4 (extended syntax) and the values
//! that TS 27.007 puts on the wire, and 3GPP TS 27.010 (`mux`), which carries several such lines on one. Knows nothing of ports, clocks, or what a command does.

pub mod command;
pub mod line;
pub mod meaning;
pub mod mux;
pub mod response;
pub mod result;
pub mod values;
