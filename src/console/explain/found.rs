//! What was found: one element, ready to be told.

use std::fmt;

use super::identity::Identity;
use super::message::Message;
use crate::wire::meaning::Meaning;
use crate::wire::response::{Classes, Fields};
use crate::wire::result::FinalResult;

/// Who sent an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The host (DTE).
    Host,
    /// The modem (DCE).
    Modem,
    /// A script's own line, or nobody knows.
    Neither,
}

impl Side {
    pub(super) const fn word(self) -> Option<&'static str> {
        match self {
            Self::Host => Some("host"),
            Self::Modem => Some("modem"),
            Self::Neither => None,
        }
    }
}

/// What an element is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A command line.
    Command,
    /// The host's line, coming back.
    Echo,
    /// An answer's line.
    Information,
    /// `CONNECT`.
    Intermediate,
    /// A final result.
    Final,
    /// A line that came by itself.
    Unsolicited,
    /// Its text alone does not tell: the classes say between what.
    Either,
    /// The modem asks for text.
    Prompt,
    /// A PDU or the text of a message.
    Body,
    /// Raw bytes.
    Data,
    /// A part of a line that is too long.
    Overflow,
    /// Noise.
    Garbage,
    /// A script's line that nobody sends.
    Script,
}

impl Kind {
    /// Its name.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Command => "command",
            Self::Echo => "echo",
            Self::Information => "information",
            Self::Intermediate => "intermediate",
            Self::Final => "final",
            Self::Unsolicited => "unsolicited",
            Self::Either => "either",
            Self::Prompt => "prompt",
            Self::Body => "body",
            Self::Data => "data",
            Self::Overflow => "overflow",
            Self::Garbage => "garbage",
            Self::Script => "script",
        }
    }

    /// The kind that `classes` leave.
    pub(super) fn of(classes: Classes) -> Self {
        const SINGLE: [(Classes, Kind); 10] = [
            (Classes::INFORMATION, Kind::Information),
            (Classes::UNSOLICITED, Kind::Unsolicited),
            (Classes::FINAL, Kind::Final),
            (Classes::INTERMEDIATE, Kind::Intermediate),
            (Classes::PROMPT, Kind::Prompt),
            (Classes::ECHO, Kind::Echo),
            (Classes::BODY, Kind::Body),
            (Classes::DATA, Kind::Data),
            (Classes::OVERFLOW, Kind::Overflow),
            (Classes::GARBAGE, Kind::Garbage),
        ];
        match SINGLE.iter().find(|(class, _)| classes.is_only(*class)) {
            Some(&(_, kind)) => kind,
            None if classes.contains(Classes::OVERFLOW) => Self::Overflow,
            None if classes.contains(Classes::GARBAGE) => Self::Garbage,
            None if classes == Classes::INFORMATION.with(Classes::BODY) => Self::Body,
            None => Self::Either,
        }
    }
}

/// One element.
#[derive(Clone, Debug)]
pub(super) struct Found<'a> {
    /// Where its text begins, in bytes of the input.
    pub(super) offset: u64,
    /// Its text, line end excluded.
    pub(super) text: &'a [u8],
    /// The bytes that it has; more than `text` where that was cut.
    pub(super) length: u64,
    pub(super) side: Side,
    pub(super) kind: Kind,
    pub(super) classes: Classes,
    /// The input ended in it.
    pub(super) partial: bool,
    pub(super) name: Option<&'a [u8]>,
    pub(super) fields: Option<Fields<'a>>,
    pub(super) says: Says<'a>,
}

impl<'a> Found<'a> {
    pub(super) fn new(offset: u64, text: &'a [u8], side: Side, kind: Kind) -> Self {
        Self {
            offset,
            text,
            length: text.len() as u64,
            side,
            kind,
            classes: Classes::NONE,
            partial: false,
            name: None,
            fields: None,
            says: Says::Nothing,
        }
    }

    /// A message's line, of which these words hold.
    pub(super) fn saying_message(self, words: &'static str) -> Self {
        Self { says: Message::says(words, self.text, self.side), ..self }
    }

    pub(super) fn saying(self, words: &'static str) -> Self {
        Self { says: Says::Words(words), ..self }
    }
}

/// What it means.
#[derive(Clone, Debug)]
pub(super) enum Says<'a> {
    Nothing,
    Words(&'static str),
    Line(Meaning<'a>),
    Identity(Identity),
    /// A message's line that may be a PDU.
    Message(Message),
    /// A result by number: certain, or one of two readings.
    Number {
        result: FinalResult,
        certain: bool,
    },
    /// The commands of a line: its body, where that begins in the input, and whether `A/` repeats it.
    Commands {
        body: &'a [u8],
        at: Option<u64>,
        repeated: bool,
    },
}

impl Says<'_> {
    pub(super) const fn is_nothing(&self) -> bool {
        matches!(self, Self::Nothing)
    }
}

/// Commands are told by the form that writes them.
impl fmt::Display for Says<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing | Self::Commands { .. } => Ok(()),
            Self::Words(words) => out.write_str(words),
            Self::Message(Message { words, told: Ok(_), .. }) => out.write_str(words),
            Self::Message(Message { words, told: Err(why), .. }) => write!(out, "{words}; as a PDU: {why}"),
            Self::Line(meaning) => meaning.fmt(out),
            Self::Identity(identity) => identity.fmt(out),
            Self::Number { result, certain: true } => write!(out, "{}, by number", result.text()),
            Self::Number { result, certain: false } => {
                write!(out, "either {} by number, as after ATV0, or a value", result.text())
            }
        }
    }
}
