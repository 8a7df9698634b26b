//! The emulated modem: a pure machine. Bytes, events and the time go in; bytes, effects and the next deadline come out.
//!
//! Knows V.250, 3GPP TS 27.007 and, as data, what tells one module from another. Has no clock, thread, port, random
//! source or file of its own.
