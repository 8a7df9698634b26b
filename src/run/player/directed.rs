//! Directions, from the script's words to what happens.

use std::time::Duration;

use crate::modem::{CallEvent, Event, Modem, NetworkEvent, Power, ReleaseCause, SimEvent, Tick};
use crate::register::{List, Office};
use crate::run::matching::Captures;
use crate::run::template::{Ports, resolve, resolve_arg};
use crate::run::wire::Wire;
use crate::script::{self, Bytes, Direction, Fault, Network};

/// What a direction does.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::run) enum Deed {
    /// Something happens to the modem.
    Modem(Event),
    /// An identity, range or TAC is put on a list.
    List(List, String),
    /// An identity, range or TAC is taken from all lists.
    Forget(String),
    /// The register answers no more.
    RegisterDown,
    /// The register answers again.
    RegisterUp,
    /// Something is wrong with the line.
    Line(LineFault),
    /// The port goes away.
    Unplug,
    /// The port comes back.
    Plug,
}

/// What goes wrong with the bytes on a line, counted from the next one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::run) enum LineFault {
    /// So many bytes are lost.
    Drop(Bytes),
    /// So many bytes have a bit turned over.
    Garble(Bytes),
    /// So many bytes come twice.
    Duplicate(Bytes),
    /// So many bytes come one by one, each a little later.
    Split(Bytes),
    /// The line holds everything back for so long.
    Stall(Duration),
    /// The line runs at this speed, whatever the modem's is.
    Baud(u32),
    /// These bytes are put in, after so many of the modem's.
    Interleave {
        /// What is put in.
        bytes: Vec<u8>,
        /// After so many bytes.
        after: u32,
    },
}

impl Deed {
    /// Reads a direction, with what is bound put in.
    ///
    /// # Errors
    /// What is wrong with its argument, a lowercase fragment.
    pub(in crate::run) fn of(direction: &Direction, captures: &Captures, ports: &Ports) -> Result<Deed, String> {
        let text = |template| {
            let bytes = resolve(template, captures, ports).map_err(|name| format!("`{name}` is not bound"))?;
            Ok::<_, String>(bytes.into_owned())
        };
        let word = |template| {
            let no_text = |error: std::string::FromUtf8Error| {
                format!(
                    "expected text in UTF-8, found the byte {:02X}",
                    error.as_bytes()[error.utf8_error().valid_up_to()]
                )
            };
            text(template).and_then(|bytes| String::from_utf8(bytes).map_err(no_text))
        };
        let arg = |arg| resolve_arg(arg, captures, ports).map_err(|name| format!("`{name}` is not bound"));
        Ok(match direction {
            Direction::Power(power) => Deed::Modem(Event::Power(match power {
                script::Power::On => Power::On,
                script::Power::Off => Power::Off,
                script::Power::Cycle => Power::Cycle,
            })),
            Direction::Sim(sim) => Deed::Modem(Event::Sim(match sim {
                script::Sim::Insert => SimEvent::Insert,
                script::Sim::Remove => SimEvent::Remove,
                script::Sim::Ready => SimEvent::Ready,
                script::Sim::Lock => SimEvent::Lock,
                script::Sim::Block => SimEvent::Block,
            })),
            Direction::Signal(None) => Deed::Modem(Event::Signal(None)),
            Direction::Signal(Some(quantity)) => {
                let level = i16::try_from(quantity.millionths / 1_000_000).map_err(|_| {
                    format!("a signal of −150 to 0 dBm was expected, {} came", quantity.millionths / 1_000_000)
                })?;
                Deed::Modem(Event::Signal(Some(level)))
            }
            Direction::Network(network) => Deed::Modem(Event::Network(match network {
                Network::Lose => NetworkEvent::Lose,
                Network::Find => NetworkEvent::Find,
                Network::IdentityCheck => NetworkEvent::IdentityCheck,
                Network::Detach => NetworkEvent::Detach,
                Network::Deny(of) => {
                    let cause = arg(of)?;
                    NetworkEvent::Deny(cause.parse().map_err(|_| {
                        format!("a reject cause of 1 to 255 was expected, or 0 to deny nobody any more; ‘{cause}’ came")
                    })?)
                }
                Network::Roam(of) => NetworkEvent::Roam(arg(of)?),
            })),
            Direction::Register(register) => match register {
                script::Register::Block(of) => Deed::List(List::Block, arg(of)?),
                script::Register::Track(of) => Deed::List(List::Track, arg(of)?),
                script::Register::Allow(of) => Deed::List(List::Allow, arg(of)?),
                script::Register::Forget(of) => Deed::Forget(arg(of)?),
                script::Register::Down => Deed::RegisterDown,
                script::Register::Up => Deed::RegisterUp,
            },
            Direction::Urc(of) => Deed::Modem(Event::Urc(text(of)?)),
            Direction::Sms { from, text } => Deed::Modem(Event::Sms { from: arg(from)?, text: word(text)? }),
            Direction::Ring { from } => Deed::Modem(Event::Ring { from: arg(from)? }),
            Direction::Hangup => Deed::Modem(Event::Hangup),
            Direction::Peer(peer) => {
                let what = match peer {
                    script::Peer::Ring => CallEvent::Alerting,
                    script::Peer::Answer => CallEvent::Answered,
                    script::Peer::Busy => CallEvent::Released { cause: ReleaseCause::BUSY.number() },
                    script::Peer::Reject => CallEvent::Released { cause: ReleaseCause::REJECTED.number() },
                    script::Peer::Hold => CallEvent::Held,
                    script::Peer::Retrieve => CallEvent::Retrieved,
                    script::Peer::Join => CallEvent::Joined,
                };
                Deed::Modem(Event::Call { ticket: None, what })
            }
            Direction::Clock(of) => Deed::Modem(Event::Clock(word(of)?)),
            Direction::Unplug => Deed::Unplug,
            Direction::Plug => Deed::Plug,
            Direction::Fault(fault) => match fault {
                Fault::Drop(bytes) => Deed::Line(LineFault::Drop(*bytes)),
                Fault::Garble(bytes) => Deed::Line(LineFault::Garble(*bytes)),
                Fault::Duplicate(bytes) => Deed::Line(LineFault::Duplicate(*bytes)),
                Fault::Split(bytes) => Deed::Line(LineFault::Split(*bytes)),
                Fault::Stall(interval) => Deed::Line(LineFault::Stall(interval.duration)),
                Fault::Baud(speed) => Deed::Line(LineFault::Baud(*speed)),
                Fault::Reboot => Deed::Modem(Event::Reboot),
                Fault::Interleave { text: of, after } => {
                    Deed::Line(LineFault::Interleave { bytes: text(of)?, after: *after })
                }
            },
            Direction::Answer { command, with } => {
                Deed::Modem(Event::Answer { command: word(command)?, with: with.as_ref().map(word).transpose()? })
            }
        })
    }

    /// Does to the register that the modems share what is to be done to it; false where that is nothing.
    ///
    /// # Errors
    /// What it is told is no entry, or the lists are another's.
    pub(in crate::run) fn to_register(&self, register: &mut Office) -> Result<bool, String> {
        match self {
            Deed::List(list, text) => register.put(*list, text).map_err(|error| error.to_string())?,
            Deed::Forget(text) => register.forget(text).map_err(|error| error.to_string())?,
            Deed::RegisterDown => register.down(),
            Deed::RegisterUp => register.up(),
            Deed::Modem(_) | Deed::Line(_) | Deed::Unplug | Deed::Plug => return Ok(false),
        }
        Ok(true)
    }

    /// Does to one modem and its line what is to be done to them.
    pub(in crate::run) fn to_modem(&self, now: Tick, modem: &mut Modem, wire: &mut Wire) {
        match self {
            Deed::Modem(event) => modem.event(now, event.clone()),
            Deed::Line(fault) => wire.fault(now, fault.clone()),
            Deed::Unplug => {
                wire.unplug();
                modem.event(now, Event::Closed);
            }
            Deed::Plug => {
                wire.plug();
                modem.event(now, Event::Lines { dtr: true, rts: true });
            }
            Deed::List(..) | Deed::Forget(_) | Deed::RegisterDown | Deed::RegisterUp => {}
        }
    }
}
