//! The AT language: bytes to values and back.
//!
//! Knows ITU-T V.250 clause 5 (command lines, result codes), 3GPP TS 27.007 clause 4 (extended syntax), the values that
//! TS 27.007 puts on the wire, the alphabets of TS 23.038 (`text`), the short messages of TS 23.040 (`sms`), the frames
//! of TS 27.010 (`mux`), which carry several such lines on one, those of PPP (`ppp`), which a packet data call carries, and
//! Telnet with the serial port of RFC 2217 (`telnet`), which carries a line over a network. Knows nothing of ports, clocks,
//! or what a command does.

pub mod command;
pub mod line;
pub mod meaning;
pub mod mux;
pub mod ppp;
pub mod response;
pub mod result;
pub mod sms;
pub mod telnet;
pub mod text;
pub mod values;
