//! From the line's bytes to frames, cut anywhere.
//!
//! A frame that is none costs its own bytes and nothing more: the next flag begins another.
//!
//! Source: RFC 1662, clauses 4.2, 4.3 and 7.1.

use super::fcs;
use super::frame::{CHECK, ESCAPE, FLAG, Frame, TURNED};

/// Address, control, a protocol of two octets and the check octets.
const AROUND: usize = 4 + CHECK;

/// What the decoder found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found<'a> {
    /// A sound frame.
    Frame(Frame<'a>),
    /// What stood between two flags is no frame.
    Damaged(Damage),
}

/// Why it is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Damage {
    /// The sender gave it up: an escape, then a flag.
    Aborted,
    /// Its check octets do not hold.
    Check,
    /// It is longer than the receiver takes.
    TooLong,
    /// It is too short for a protocol and check octets.
    TooShort,
    /// Its check octets hold, but its address, control or protocol cannot be.
    Header,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// No flag has come yet.
    Outside,
    Inside,
    Escaped,
    /// In a frame that is too long; `escaped`: the last byte was an escape.
    TooLong {
        escaped: bool,
    },
}

/// Finds frames in the bytes of a line.
///
/// Its memory is bounded by the longest frame that it takes, and a new one owns none.
#[derive(Debug)]
pub struct Decoder {
    longest: usize,
    accm: u32,
    state: State,
    /// The frame as far as it has come.
    frame: Vec<u8>,
}

impl Decoder {
    /// A decoder for frames with at most so many octets of information.
    #[must_use]
    pub const fn new(mru: usize) -> Self {
        Self { longest: mru + AROUND, accm: u32::MAX, state: State::Outside, frame: Vec::new() }
    }

    /// Control characters of this map that come without an escape were put in on the way and do not count.
    pub const fn set_accm(&mut self, accm: u32) {
        self.accm = accm;
    }

    /// Takes bytes, cut anywhere; tells what they complete.
    pub fn feed(&mut self, bytes: &[u8], mut tell: impl FnMut(Found<'_>)) {
        for &byte in bytes {
            if byte == FLAG {
                self.flag(&mut tell);
                continue;
            }
            if byte < 0x20 && self.accm >> byte & 1 == 1 {
                continue;
            }
            self.state = match self.state {
                State::Outside => State::Outside,
                State::Inside if byte == ESCAPE => State::Escaped,
                State::Inside => self.keep(byte),
                State::Escaped => self.keep(byte ^ TURNED),
                State::TooLong { escaped } => State::TooLong { escaped: !escaped && byte == ESCAPE },
            };
        }
    }

    fn keep(&mut self, octet: u8) -> State {
        if self.frame.len() == self.longest {
            return State::TooLong { escaped: false };
        }
        self.frame.push(octet);
        State::Inside
    }

    /// A flag ends a frame and begins the next; several in a row are one.
    fn flag(&mut self, tell: &mut impl FnMut(Found<'_>)) {
        let state = std::mem::replace(&mut self.state, State::Inside);
        let found = match state {
            State::Outside => None,
            State::Escaped | State::TooLong { escaped: true } => Some(Found::Damaged(Damage::Aborted)),
            State::TooLong { escaped: false } => Some(Found::Damaged(Damage::TooLong)),
            State::Inside if self.frame.is_empty() => None,
            State::Inside if self.frame.len() <= CHECK => Some(Found::Damaged(Damage::TooShort)),
            State::Inside if !fcs::holds(&self.frame) => Some(Found::Damaged(Damage::Check)),
            State::Inside => {
                let octets = &self.frame[..self.frame.len() - CHECK];
                Some(Frame::read(octets).map_or(Found::Damaged(Damage::Header), Found::Frame))
            }
        };
        if let Some(found) = found {
            tell(found);
        }
        self.frame.clear();
    }
}
