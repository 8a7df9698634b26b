//! The formats in which registers exchange their books: bytes to changes with their places, and rows to bytes.
//!
//! Knows the lists that national registers, carriers and GSMA hand around (CSV with their headers, the pipe-separated
//! TAC file, one identity a line, one JSON object a line), full and as deltas, plain or packed with gzip. Works over
//! [`Read`](std::io::Read) and [`Write`](std::io::Write); knows no file, no store and no clock.
//!
//! Nothing that came is repaired in silence. What cannot be read is an error with its line and column; what can be read
//! but is odd is a warning, counted, with its first places. The reader goes on after an error, so that a person sees
//! more than one; whoever imports applies nothing once there was one. No text of an error holds a whole identity.
//!
//! Memory is bounded whatever comes: a line has a limit, so have errors, warnings and the unpacked size. What grows with
//! the file is what remembers the subjects that came, to find those that come twice: some 16 bytes a row.
//!
//! Sources: the CSV lists of DIRBS-Core's operator and authority interfaces; RFC 4180 (CSV); RFC 8259 (JSON), one object a
//! line; RFC 1952 (gzip).

mod cells;
mod columns;
mod dates;
mod format;
mod identities;
mod input;
mod json;
mod lines;
mod names;
mod plan;
mod problem;
mod reader;
mod rows;
mod seen;
mod shared;
mod sightings;
mod subjects;
mod target;
mod warning;
mod writer;

pub use format::Format;
pub use names::{Ending, Part, PartName, file_name, part_of};
pub use problem::{LineError, Place, Problem};
pub use reader::{Limits, Located, Options, Reader, Summary};
pub use sightings::{MOST_SIGHTINGS, sightings};
pub use target::Target;
pub use warning::{Warning, WarningCode};
pub use writer::{Loss, Step, WriteOptions, Writer, Written};

#[cfg(test)]
mod tests;
