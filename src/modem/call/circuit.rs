//! One call: who it is with, what it carries, how far it has come.
//!
//! Source: 3GPP TS 24.008, clause 5.1; TS 27.007, clause 7.18 (`+CLCC`).

use std::collections::VecDeque;
use std::time::Duration;

use super::release::Cause;
use crate::modem::{AtPort, Tick};

/// One call.
#[derive(Debug, Clone)]
pub(in crate::modem) struct CircuitCall {
    /// Tells it from every other call, before and after.
    pub(super) ticket: u32,
    /// `<ccid>`
    pub(super) id: u8,
    /// The host has set it up.
    pub(super) outgoing: bool,
    pub(super) stat: Stat,
    pub(super) bearer: Bearer,
    /// It is one of a conference.
    pub(super) multiparty: bool,
    pub(super) party: Party,
    pub(super) emergency: bool,
    /// The port that dialled it or took it: it hears how the call ends.
    pub(super) port: Option<AtPort>,
    /// The dial command waits for it.
    pub(super) pending: bool,
    /// `@` was dialled: that nobody answers is told.
    pub(super) silence: bool,
    /// Somebody around the modem carries it, and says how it goes on.
    pub(super) routed: bool,
    /// What happens to it by itself, in the order of time.
    pub(super) plan: VecDeque<(Tick, Step)>,
    /// What carried it is gone, and it ends then if that does not come back.
    pub(super) cut: Option<Tick>,
}

/// `<stat>` of `+CLCC`. Source: 3GPP TS 27.007, clause 7.18.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::modem) enum Stat {
    Active = 0,
    Held = 1,
    Dialling = 2,
    Alerting = 3,
    Incoming = 4,
    Waiting = 5,
}

/// What a call carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::modem) enum Bearer {
    Voice,
    Data,
}

/// The other end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::modem) struct Party {
    /// `+` and digits; empty: withheld, or not known.
    pub(super) number: String,
    /// The name that the network gave (CNAP).
    pub(super) name: String,
}

/// What happens to a call by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::modem) enum Step {
    /// The other end rings.
    Alert,
    /// It answers.
    Answer,
    /// The call ends.
    End(Ending),
    /// Nobody has taken it: it goes on to the number that forwarding has.
    Forward,
}

/// How a call ends that the host has not ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::modem) enum Ending {
    /// Released with this cause.
    Released(Cause),
    /// It never began.
    NoDialtone,
}

impl CircuitCall {
    /// A call that nothing is known of but whom it is with. Its ticket and number come with the list.
    pub(super) fn new(party: Party, bearer: Bearer, stat: Stat) -> Self {
        Self {
            ticket: 0,
            id: 0,
            outgoing: matches!(stat, Stat::Dialling | Stat::Alerting),
            stat,
            bearer,
            multiparty: false,
            party,
            emergency: false,
            port: None,
            pending: false,
            silence: false,
            routed: false,
            plan: VecDeque::new(),
            cut: None,
        }
    }

    pub(super) fn deadline(&self) -> Option<Tick> {
        [self.plan.front().map(|(at, _)| *at), self.cut].into_iter().flatten().min()
    }

    /// The host sets it up, and nobody has answered yet.
    pub(super) const fn is_outgoing_setup(&self) -> bool {
        matches!(self.stat, Stat::Dialling | Stat::Alerting)
    }

    /// Whether this port has dialled the call or taken it.
    pub(in crate::modem) fn is_of(&self, port: AtPort) -> bool {
        self.port == Some(port) && !self.is_offered()
    }

    /// It comes in or waits: nobody has taken it.
    pub(super) const fn is_offered(&self) -> bool {
        matches!(self.stat, Stat::Incoming | Stat::Waiting)
    }

    /// Adds what happens so long after this time.
    pub(super) fn plan(&mut self, now: Tick, after: Duration, step: Step) {
        self.plan.push_back((now + after, step));
    }
}

impl Stat {
    /// The word of TS 27.007.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Held => "held",
            Self::Dialling => "dialling",
            Self::Alerting => "alerting",
            Self::Incoming => "incoming",
            Self::Waiting => "waiting",
        }
    }
}

impl Bearer {
    /// `<mode>` of `+CLCC`.
    pub(super) const fn mode(self) -> u8 {
        match self {
            Self::Voice => 0,
            Self::Data => 1,
        }
    }

    pub(super) const fn of(data: bool) -> Self {
        if data { Self::Data } else { Self::Voice }
    }
}

impl Party {
    /// The octet that tells what the number is: 145 international, 129 unknown, 128 where there is none.
    ///
    /// Source: 3GPP TS 24.008, clause 10.5.4.7.
    pub(super) fn kind(&self) -> u8 {
        match self.number.as_bytes().first() {
            Some(b'+') => 145,
            Some(_) => 129,
            None => 128,
        }
    }

    /// `<CLI validity>`: 0 valid, 1 withheld.
    pub(super) const fn validity(&self) -> u8 {
        if self.number.is_empty() { 1 } else { 0 }
    }
}
