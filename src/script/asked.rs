//! What a line asks for before it can be played: the names in what is sent, directed and checked.
//!
//! The one walk over templates, directions and checks. The judge follows it to see that everything is bound, the player to
//! see which line has to wait for which.

use super::check::{Check, Operand, TermKind};
use super::direction::{Arg, Direction, Fault, Network, Register};
use super::tree::{Act, Name, Part, Span, Template};

/// One thing that a line asks for.
#[derive(Debug, Clone, Copy)]
pub enum Asked<'s> {
    /// `{name}`: a bound value.
    Name(&'s Name),
    /// `{port.name}`: the port of a modem.
    Port(&'s Name),
    /// `imei.check`, in a check: a capture, else what can be observed.
    Path {
        /// The names between the dots, at least one.
        names: &'s [String],
        /// Its place.
        span: Span,
    },
}

impl Asked<'_> {
    /// The name that has to be bound, where it is one: of a path, its first.
    pub fn name(&self) -> Option<&str> {
        match self {
            Asked::Name(name) => Some(&name.text),
            Asked::Path { names, span: _ } => names.first().map(String::as_str),
            Asked::Port(_) => None,
        }
    }
}

impl Act {
    /// All that it asks for, in the order of the text. What is expected asks for nothing: a name in it is bound there.
    pub fn asks<'s>(&'s self, each: &mut impl FnMut(Asked<'s>)) {
        match self {
            Act::Send(text) | Act::SendRaw(text) | Act::ExpectRaw(text) => text.asks(each),
            Act::Direction(direction) => direction.asks(each),
            Act::Check(check) => check.asks(each),
            Act::Expect(_) | Act::ExpectUrc(_) | Act::ExpectOptional(_) | Act::Rest | Act::Wait(_) => {}
        }
    }
}

impl Template {
    /// All that it asks for, in the order of the text.
    pub fn asks<'s>(&'s self, each: &mut impl FnMut(Asked<'s>)) {
        for part in &self.parts {
            match part {
                Part::Bytes(_) => {}
                Part::Name(name) => each(Asked::Name(name)),
                Part::Port(modem) => each(Asked::Port(modem)),
            }
        }
    }

    /// Its bytes, if nothing has to be put in.
    pub fn constant(&self) -> Option<&[u8]> {
        match self.parts.as_slice() {
            [] => Some(&[]),
            [Part::Bytes(bytes)] => Some(bytes),
            [_, ..] => None,
        }
    }
}

impl Direction {
    /// All that it asks for, in the order of the text.
    pub fn asks<'s>(&'s self, each: &mut impl FnMut(Asked<'s>)) {
        match self {
            Direction::Network(Network::Deny(arg) | Network::Roam(arg))
            | Direction::Register(
                Register::Block(arg) | Register::Track(arg) | Register::Allow(arg) | Register::Forget(arg),
            )
            | Direction::Ring { from: arg } => arg.asks(each),
            Direction::Sms { from, text } => {
                from.asks(each);
                text.asks(each);
            }
            Direction::Urc(text)
            | Direction::Clock(text)
            | Direction::Fault(Fault::Interleave { text, after: _ })
            | Direction::Answer { command: text, with: None } => text.asks(each),
            Direction::Answer { command, with: Some(text) } => {
                command.asks(each);
                text.asks(each);
            }
            Direction::Power(_)
            | Direction::Sim(_)
            | Direction::Signal(_)
            | Direction::Network(Network::Lose | Network::Find | Network::IdentityCheck | Network::Detach)
            | Direction::Register(Register::Down | Register::Up)
            | Direction::Hangup
            | Direction::Peer(_)
            | Direction::Unplug
            | Direction::Plug
            | Direction::Fault(
                Fault::Drop(_)
                | Fault::Garble(_)
                | Fault::Duplicate(_)
                | Fault::Split(_)
                | Fault::Stall(_)
                | Fault::Baud(_)
                | Fault::Reboot,
            ) => {}
        }
    }
}

impl Arg {
    fn asks<'s>(&'s self, each: &mut impl FnMut(Asked<'s>)) {
        match self {
            Arg::Word(_) => {}
            Arg::Text(text) => text.asks(each),
            Arg::Name(name) => each(Asked::Name(name)),
        }
    }
}

impl Check {
    /// All that it asks for, in the order of the text.
    pub fn asks<'s>(&'s self, each: &mut impl FnMut(Asked<'s>)) {
        self.operands(&mut |operand| match operand {
            Operand::Path { names, span } => each(Asked::Path { names, span: *span }),
            Operand::Text(text) | Operand::Count { text, side: _, span: _ } => text.asks(each),
            Operand::List(_) | Operand::Quantity(_) | Operand::Bool(_) | Operand::None => {}
        });
    }

    /// Every operand, a list before its members, those of groups too.
    pub fn operands<'s>(&'s self, each: &mut impl FnMut(&'s Operand)) {
        self.kinds(&mut |kind| match kind {
            TermKind::Group(_) => {}
            TermKind::Bare(operand) => operand.walk(each),
            TermKind::Compare { left, right, comparison: _ } => {
                left.walk(each);
                right.walk(each);
            }
        });
    }

    /// What each term is made of, a group before its terms.
    pub(super) fn kinds<'s>(&'s self, each: &mut impl FnMut(&'s TermKind)) {
        // By a reference, so that a check in a check is no type in a type.
        fn inner<'s>(check: &'s Check, each: &mut dyn FnMut(&'s TermKind)) {
            for term in check.any.iter().flatten() {
                each(&term.kind);
                if let TermKind::Group(group) = &term.kind {
                    inner(group, each);
                }
            }
        }
        inner(self, each);
    }
}

impl Operand {
    fn walk<'s>(&'s self, each: &mut impl FnMut(&'s Operand)) {
        each(self);
        if let Operand::List(list) = self {
            for member in list {
                member.walk(each);
            }
        }
    }
}
