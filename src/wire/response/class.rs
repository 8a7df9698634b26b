//! The classes that an element may belong to.

use std::fmt;
use std::ops::BitOr;

/// A set of classes: what the text and the context allow an element to be.
///
/// A line often fits several: `+CREG: 5` is an answer or unsolicited, `NO CARRIER` ends a command or reports that a call
/// was lost. The one who knows what was sent chooses; the scanner never does.
///
/// Source: ITU-T V.250 (07/2003), clause 5.7.1, for final, intermediate and unsolicited results.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Classes(u16);

impl Classes {
    /// No class.
    pub const NONE: Self = Self(0);
    /// What the host sent, coming back.
    pub const ECHO: Self = Self(1);
    /// Information text: `+CSQ: 21,99`, `490154203237518`.
    pub const INFORMATION: Self = Self(1 << 1);
    /// An intermediate result: `CONNECT`, `CONNECT 115200`.
    pub const INTERMEDIATE: Self = Self(1 << 2);
    /// A final result: `OK`, `+CME ERROR: 106`.
    pub const FINAL: Self = Self(1 << 3);
    /// An unsolicited result: `RING`, `+CMTI: "SM",1`.
    pub const UNSOLICITED: Self = Self(1 << 4);
    /// The modem waits for text and sends no line end: `> `.
    pub const PROMPT: Self = Self(1 << 5);
    /// The line after a header: a PDU, or the text of a message.
    pub const BODY: Self = Self(1 << 6);
    /// Raw bytes: a payload whose length was announced, or data state after `CONNECT`.
    pub const DATA: Self = Self(1 << 7);
    /// A part of a line that is longer than the framing allows.
    pub const OVERFLOW: Self = Self(1 << 8);
    /// Bytes that no modem means: a wrong baud rate, noise at power-up.
    pub const GARBAGE: Self = Self(1 << 9);
    /// Cut off by the end of the stream: no line end came.
    pub const PARTIAL: Self = Self(1 << 10);

    const NAMES: [(Self, &'static str); 11] = [
        (Self::ECHO, "echo"),
        (Self::INFORMATION, "information"),
        (Self::INTERMEDIATE, "intermediate"),
        (Self::FINAL, "final"),
        (Self::UNSOLICITED, "unsolicited"),
        (Self::PROMPT, "prompt"),
        (Self::BODY, "body"),
        (Self::DATA, "data"),
        (Self::OVERFLOW, "overflow"),
        (Self::GARBAGE, "garbage"),
        (Self::PARTIAL, "partial"),
    ];

    /// The set as a number: equal sets have equal ones, and no more than that is promised.
    #[must_use]
    pub const fn bits(self) -> u16 {
        self.0
    }

    /// Both sets together.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// This set less the other.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether all of `other` is in this set.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether the sets share a class.
    #[must_use]
    pub const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Whether there is nothing else that it could be.
    #[must_use]
    pub const fn is_only(self, other: Self) -> bool {
        self.0 == other.0
    }

    /// Whether the set is empty.
    #[must_use]
    pub const fn is_none(self) -> bool {
        self.0 == 0
    }

    /// The words of the classes, in a fixed order: `information`, `unsolicited`.
    pub fn words(self) -> impl Iterator<Item = &'static str> {
        Self::NAMES.into_iter().filter(move |(class, _)| self.contains(*class)).map(|(_, word)| word)
    }
}

impl BitOr for Classes {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        self.with(other)
    }
}

impl fmt::Display for Classes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, word) in self.words().enumerate() {
            if index > 0 {
                f.write_str("|")?;
            }
            f.write_str(word)?;
        }
        Ok(())
    }
}

impl fmt::Debug for Classes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
