//! The peer proves who it is: the asking side of PAP and CHAP.
//!
//! Source: RFC 1334, clause 2.2; RFC 1994, clause 4.

use super::link::Method;
use super::negotiation::{MAX_CONFIGURE, RESTART};
use super::sender::Sender;
use crate::modem::Tick;
use crate::wire::ppp::{Chap, Packet, Pap, Protocol, chap_md5};

/// Wrong passwords before the link is closed.
const WRONG: u8 = 3;

/// The name that stands in a challenge.
const NAME: &[u8] = b"atgate";

/// Who may pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Credentials {
    /// Empty: anybody, with any password.
    pub(super) user: Box<str>,
    pub(super) password: Box<str>,
}

impl Credentials {
    pub(super) fn is_anybody(&self) -> bool {
        self.user.is_empty()
    }
}

/// How the proof stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Nothing has changed.
    Waits,
    /// The peer is believed, now.
    Proved,
    /// It is not, and the link is to be closed.
    Failed,
}

/// One proof.
#[derive(Debug)]
pub(super) struct Proof {
    method: Method,
    credentials: Credentials,
    /// It was believed.
    proved: bool,
    /// How often the question may still be asked, or waited for.
    tries: u8,
    wrong: u8,
    timer: Option<Tick>,
    /// Of the challenge, and what it is.
    identifier: u8,
    challenge: [u8; 16],
}

impl Proof {
    pub(super) fn begin(
        now: Tick,
        method: Method,
        credentials: Credentials,
        random: &mut fastrand::Rng,
        sender: &mut Sender,
    ) -> Self {
        let challenge = random.u128(..).to_be_bytes();
        let mut proof = Self {
            method,
            credentials,
            proved: false,
            tries: MAX_CONFIGURE,
            wrong: 0,
            timer: None,
            identifier: random.u8(..),
            challenge,
        };
        proof.ask(now, sender);
        proof
    }

    pub(super) const fn deadline(&self) -> Option<Tick> {
        self.timer
    }

    pub(super) const fn is_proved(&self) -> bool {
        self.proved
    }

    pub(super) const fn protocol(&self) -> Protocol {
        match self.method {
            Method::Pap => Protocol::PAP,
            Method::Chap => Protocol::CHAP,
        }
    }

    pub(super) fn wake(&mut self, now: Tick, sender: &mut Sender) -> Outcome {
        if self.timer.is_none_or(|at| at > now) {
            return Outcome::Waits;
        }
        if self.tries == 0 {
            self.timer = None;
            return Outcome::Failed;
        }
        self.ask(now, sender);
        Outcome::Waits
    }

    /// A packet of this proof's protocol. `None`: it is damaged or answers nothing, and is dropped.
    pub(super) fn receive(&mut self, packet: &Packet<'_>, sender: &mut Sender) -> Option<Outcome> {
        match self.method {
            Method::Pap => {
                let Some(Pap::Request { name, password }) = Pap::read(packet) else { return None };
                let right = self.knows(name) && (self.credentials.is_anybody() || self.has_password(password));
                let answer = if right { Pap::Ack(b"") } else { Pap::Nak(b"not authenticated") };
                self.send(sender, |out| answer.write(packet.identifier, out));
                Some(self.judged(right))
            }
            Method::Chap => {
                let Some(Chap::Response { value, name }) = Chap::read(packet) else { return None };
                if packet.identifier != self.identifier {
                    return None;
                }
                let expected = chap_md5(self.identifier, self.credentials.password.as_bytes(), &self.challenge);
                let right = self.credentials.is_anybody() || self.knows(name) && value == expected;
                // The answer to a response that comes again is the same as before.
                let answer =
                    if right || self.proved { Chap::Success(b"") } else { Chap::Failure(b"not authenticated") };
                self.send(sender, |out| answer.write(packet.identifier, out));
                // One wrong response ends it: a second one would prove less.
                Some(if right || self.proved { self.judged(true) } else { self.failed() })
            }
        }
    }

    fn knows(&self, name: &[u8]) -> bool {
        self.credentials.is_anybody() || name == self.credentials.user.as_bytes()
    }

    fn has_password(&self, password: &[u8]) -> bool {
        password == self.credentials.password.as_bytes()
    }

    fn judged(&mut self, right: bool) -> Outcome {
        if self.proved {
            return Outcome::Waits;
        }
        if right {
            self.proved = true;
            self.timer = None;
            return Outcome::Proved;
        }
        self.wrong += 1;
        if self.wrong < WRONG { Outcome::Waits } else { self.failed() }
    }

    fn failed(&mut self) -> Outcome {
        self.timer = None;
        Outcome::Failed
    }

    /// A challenge, or in PAP the time in which the peer is to speak.
    fn ask(&mut self, now: Tick, sender: &mut Sender) {
        self.tries = self.tries.saturating_sub(1);
        self.timer = Some(now + RESTART);
        if self.method == Method::Chap {
            let (identifier, challenge) = (self.identifier, self.challenge);
            self.send(sender, |out| Chap::Challenge { value: &challenge, name: NAME }.write(identifier, out));
        }
    }

    fn send(&self, sender: &mut Sender, write: impl FnOnce(&mut Vec<u8>)) {
        let mut packet = Vec::new();
        write(&mut packet);
        sender.frame(self.protocol(), &packet);
    }
}
