//! What the modem hands out: writes to the DTE, the lines that it drives, and effects for its runner.
//!
//! Text and result code of one answer are one write, and a write is never split by its runner: that is why the bytes
//! are kept with their seams. The buffers stay with the modem between two uses; a large one is given back.

use std::ops::Range;

use super::call::CallEffect;
use crate::register;

/// More than this waiting for the DTE is lost, as on a line without flow control.
const LIMIT: usize = 1 << 20;

/// A buffer that has grown beyond this is given back once it is empty.
const KEEP: usize = 1 << 10;

/// The circuits that the DCE drives (V.24): true is ON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DceLines {
    /// Circuit 109, received line signal detector, as `&C` has it.
    pub dcd: bool,
    /// Circuit 125, calling indicator: ON while a `RING` is given.
    pub ri: bool,
    /// Circuit 107, data set ready: ON while the modem has power.
    pub dsr: bool,
    /// Circuit 106, ready for sending: ON while the modem has power.
    pub cts: bool,
}

/// Something that the modem asks of the world around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// The network asks the register about this equipment; `Event::Equipment` with the same ticket answers it.
    /// Until then the schedule stands still.
    CheckEquipment {
        /// Tells this inquiry from an older one.
        ticket: u32,
        /// What is asked.
        inquiry: register::Inquiry,
    },
    /// A command that would have rewritten the identity; it was refused. The text is the command as it was sent.
    Tamper {
        /// The command, `AT` put before it.
        command: String,
    },
    /// The line now runs at this speed, after the result code of the command that set it; 0: the speed is detected.
    LineSpeed(u32),
    /// The line now has this framing, after the result code of the command that set it.
    Framing {
        /// `<format>` of `+ICF`: 1 to 6, or 0 for detected.
        format: u8,
        /// `<parity>` of `+ICF`: 0 odd, 1 even, 2 mark, 3 space.
        parity: u8,
    },
    /// The line now has this flow control, after the result code of `+IFC`.
    FlowControl {
        /// By the DTE: 0 none, 1 or 3 XON/XOFF, 2 RTS.
        by_dte: u8,
        /// By the DCE: 0 none, 1 XON/XOFF, 2 CTS.
        by_dce: u8,
    },
    /// A call is connected whose data go outside (the profile's `data`): `Event::Data` brings what comes from there, and
    /// `Event::DataEnds` ends the call.
    DataBegins {
        /// Tells this call from an earlier one.
        call: u32,
    },
    /// What the host sent in data state.
    Data {
        /// The call.
        call: u32,
        /// The data.
        bytes: Vec<u8>,
    },
    /// The call has ended: nobody is there any more for its data.
    DataEnds {
        /// The call.
        call: u32,
    },
    /// A short message has left for its service centre. Whoever carries it to another modem gives that one
    /// `Event::SmsPdu`, made by `wire::sms`; a message to the modem's own number comes back by itself. Unless
    /// `Event::SmsStatus` says otherwise before `sms.report` is over, it counts as received.
    Message {
        /// Tells this message from another one of the same modem.
        ticket: u32,
        /// The card's number; empty where it has none.
        from: String,
        /// The destination address.
        to: String,
        /// The text; `None`: it is no text.
        text: Option<String>,
        /// The service centre's address, then SMS-SUBMIT or SMS-COMMAND.
        pdu: Vec<u8>,
    },
    /// A call wants something of the world, or tells it: see `CallEffect`.
    Call {
        /// Which call.
        ticket: u32,
        /// What.
        what: CallEffect,
    },
    /// The modem lost its power or starts anew: what waited in the line is gone, and its port may vanish for a while.
    Restarted,
}

/// What waits for the runner. It drains the parts that it uses and calls [`clear`](Self::clear).
#[derive(Debug)]
pub struct Outbox {
    bytes: Vec<u8>,
    /// Where each write ends in `bytes`.
    seams: Vec<usize>,
    effects: Vec<Effect>,
    lines: DceLines,
    lost: u64,
}

impl Outbox {
    pub(super) const fn new() -> Self {
        Self {
            bytes: Vec::new(),
            seams: Vec::new(),
            effects: Vec::new(),
            lines: DceLines { dcd: false, ri: false, dsr: false, cts: false },
            lost: 0,
        }
    }

    /// True if there is neither a byte nor an effect. The lines have a state, not a queue.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty() && self.effects.is_empty()
    }

    /// All bytes for the DTE, in order.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The writes to the DTE, each one to go out whole.
    pub fn writes(&self) -> impl Iterator<Item = &[u8]> {
        self.seams.iter().scan(0, |start, &end| {
            let Range { start, end } = std::mem::replace(start, end)..end;
            self.bytes.get(start..end)
        })
    }

    /// The circuits as they stand now.
    #[must_use]
    pub const fn lines(&self) -> DceLines {
        self.lines
    }

    /// Takes the effects, in order.
    pub fn effects(&mut self) -> impl Iterator<Item = Effect> + '_ {
        self.effects.drain(..)
    }

    /// Bytes that were lost because nobody drained this box.
    #[must_use]
    pub const fn lost(&self) -> u64 {
        self.lost
    }

    /// Forgets the bytes and the effects; keeps a small buffer for the next ones.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.seams.clear();
        self.effects.clear();
        if self.bytes.capacity() > KEEP {
            self.bytes = Vec::new();
            self.seams = Vec::new();
        }
    }

    /// Forgets the bytes alone: they went out another way.
    pub(super) fn forget_bytes(&mut self) {
        self.bytes.clear();
        self.seams.clear();
    }

    /// Adds one write.
    pub(super) fn write(&mut self, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        if self.bytes.len() + bytes.len() > LIMIT {
            self.lost += bytes.len() as u64;
            return;
        }
        self.bytes.extend_from_slice(bytes);
        self.seams.push(self.bytes.len());
    }

    /// How much waits: to go back to with [`rewind`](Self::rewind).
    pub(super) const fn mark(&self) -> (usize, usize) {
        (self.bytes.len(), self.seams.len())
    }

    /// Forgets the writes since the mark: there is nobody to read them.
    pub(super) fn rewind(&mut self, (bytes, seams): (usize, usize)) {
        self.bytes.truncate(bytes);
        self.seams.truncate(seams);
    }

    /// Adds an effect. Nobody can make many at once: each one belongs to a command or a timer.
    pub(super) fn effect(&mut self, effect: Effect) {
        if let Effect::Data { call, bytes } = effect {
            self.data(call, bytes);
        } else {
            self.effects.push(effect);
        }
    }

    /// Adds data of a call that go outside; data behind data are one effect.
    pub(super) fn data(&mut self, call: u32, bytes: Vec<u8>) {
        match self.effects.last_mut() {
            Some(Effect::Data { call: known, bytes: waiting }) if *known == call => {
                if waiting.len() + bytes.len() <= LIMIT {
                    waiting.extend(bytes);
                } else {
                    self.lost += bytes.len() as u64;
                }
            }
            Some(_) | None => self.effects.push(Effect::Data { call, bytes }),
        }
    }

    pub(super) fn set_lines(&mut self, change: impl FnOnce(&mut DceLines)) {
        change(&mut self.lines);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_write_keeps_its_seams() {
        let mut outbox = Outbox::new();
        outbox.write(b"one");
        outbox.write(b"two");
        assert_eq!(outbox.writes().collect::<Vec<_>>(), [&b"one"[..], b"two"]);
        outbox.clear();
        assert!(outbox.is_empty());
        assert_eq!(outbox.writes().count(), 0);
    }

    #[test]
    fn what_nobody_drains_is_bounded() {
        let mut outbox = Outbox::new();
        for _ in 0..2_000 {
            outbox.write(&[b'x'; 1_000]);
        }
        assert!(outbox.bytes().len() <= LIMIT);
        assert_eq!(outbox.lost() + outbox.bytes().len() as u64, 2_000_000);
    }
}
