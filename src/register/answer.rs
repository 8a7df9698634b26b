//! What a register is asked, and what it answers.
//!
//! Source: 3GPP TS 22.016 clause 5; TS 29.511 clause 5.2; TS 24.301 and TS 24.501 for the causes.

use super::entry::Entry;
use super::lists::List;
use super::refusal::Refusal;
use crate::identity::{Finding, Imsi, Pei};
use std::fmt;

/// What a register is asked: may this equipment, with this subscription, join?
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Inquiry {
    /// The equipment, or `None` where the device gave no identity.
    pub pei: Option<Pei>,
    /// The subscription, or `None` where there is none (an emergency call without a SIM).
    pub imsi: Option<Imsi>,
}

/// The decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// It may join.
    Allow,
    /// It may join, and is reported.
    Track,
    /// It may not join.
    Block,
    /// The register did not answer.
    Unavailable,
}

impl Verdict {
    /// `allow`, `track`, `block` or `unavailable`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Track => "track",
            Self::Block => "block",
            Self::Unavailable => "unavailable",
        }
    }

    /// What TS 29.511 calls it: `WHITELISTED`, `GREYLISTED` or `BLACKLISTED`.
    pub fn equipment_status(self) -> Option<&'static str> {
        match self {
            Self::Allow => Some("WHITELISTED"),
            Self::Track => Some("GREYLISTED"),
            Self::Block => Some("BLACKLISTED"),
            Self::Unavailable => None,
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// Why the register decided so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// An entry of a list covers the device.
    Listed(List, Entry),
    /// Another register was asked, and says that the device is on this list; which entry covers it, it does not say.
    Remote(List),
    /// No entry covers it; the policy for unknown equipment decided.
    Unknown,
    /// The device gave no identity; the policy for that decided.
    Missing,
    /// The device gave something that is no identity; the policy for that decided.
    Malformed,
    /// The device came with one subscription before and comes with another now; the policy for that decided.
    Duplicate,
    /// The register is down; the policy for that decided.
    Failure,
}

impl Reason {
    /// `listed`, `remote`, `unknown`, `missing`, `malformed`, `duplicate` or `failure`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Listed(..) => "listed",
            Self::Remote(_) => "remote",
            Self::Unknown => "unknown",
            Self::Missing => "missing",
            Self::Malformed => "malformed",
            Self::Duplicate => "duplicate",
            Self::Failure => "failure",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Listed(list, Entry::Tac(_)) => write!(f, "its TAC is on the {list} list"),
            Self::Listed(list, Entry::Range { .. }) => write!(f, "a range on the {list} list covers it"),
            Self::Listed(list, Entry::Pair(..)) => write!(f, "it is on the {list} list with this IMSI"),
            Self::Listed(list, Entry::Device(_)) => write!(f, "it is on the {list} list"),
            Self::Remote(list) => write!(f, "the register that was asked has it on its {list} list"),
            Self::Unknown => f.write_str("it is on no list"),
            Self::Missing => f.write_str("it gave no identity"),
            Self::Malformed => f.write_str("what it gave is no identity"),
            Self::Duplicate => f.write_str("it came with another subscription before"),
            Self::Failure => f.write_str("the register did not answer"),
        }
    }
}

/// What a register answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The decision.
    pub verdict: Verdict,
    /// Why.
    pub reason: Reason,
    /// How the network turns the device away; `None` lets it in.
    pub refusal: Option<Refusal>,
    /// What the register noticed: a device that comes with several subscriptions.
    pub findings: Vec<Finding>,
}

impl Answer {
    /// An answer that lets the device in for this reason.
    pub fn allow(reason: Reason) -> Self {
        Self { verdict: Verdict::Allow, reason, refusal: None, findings: Vec::new() }
    }

    /// The answer where no register could be asked, and the network then lets the device in or not.
    pub fn unavailable(lets_in: bool) -> Self {
        let refusal = if lets_in { None } else { Some(Refusal::NETWORK_FAILURE) };
        Self { verdict: Verdict::Unavailable, reason: Reason::Failure, refusal, findings: Vec::new() }
    }

    /// Whether the device may join.
    pub fn lets_in(&self) -> bool {
        self.refusal.is_none()
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.verdict, self.reason)
    }
}
