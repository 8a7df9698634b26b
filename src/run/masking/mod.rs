//! Masking: no log, report or snapshot shows whose device, card or number it was.
//!
//! An identity that is not a test one is written as the value that matches it, so that a masked script is a script still and
//! plays against the same device, and two equal ones still look equal. Knows how modems write identities: in the answers of
//! which commands, in SMS PDUs, in the files of a card, in APDUs, in UCS2. Knows no player and no port; prints nothing.
//!
//! The parts: `talk` follows a line's conversation and says where an identity may stand; `digits`, `coded`, `card` and
//! `pdu` find it there, `known` again wherever it stands; `masks` remembers who got which name; `rewrite` writes a script
//! with the names, `report` all else that is said of a play; `stand_ins` puts test identities in their place instead.

mod card;
mod coded;
mod digits;
mod identity;
mod known;
mod masks;
mod own;
mod pdu;
mod pieces;
mod report;
mod rewrite;
mod stand_ins;
mod subjects;
mod talk;

pub use masks::{Card, Masks};
pub(super) use report::report;
pub use rewrite::script;
pub use stand_ins::StandIns;

use std::ops::Range;

use identity::Identity;

/// What stands in a text where a script has a value: no letter, no digit, no sign of AT.
const HOLE: u8 = 0;

/// A place in a line that may have to be masked.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Find {
    range: Range<usize>,
    what: What,
}

/// What stands at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
enum What {
    /// An identity in its own digits.
    Plain(Identity),
    /// An identity in hexadecimal: nibbles swapped, UCS2, or deeper in what cannot be cut apart.
    Coded(Identity),
    /// Something that may hold an identity and cannot be read.
    Opaque,
}

impl Find {
    /// The same find in a longer text, which this one's begins in at `offset`.
    fn moved(mut self, offset: usize) -> Self {
        self.range = self.range.start + offset..self.range.end + offset;
        self
    }
}

#[cfg(test)]
mod tests;
