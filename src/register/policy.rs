//! What is done with equipment that no list decides.
//!
//! Source: 3GPP TS 22.016 clause 5 leaves it to the operator; so do the packet cores' `unknown`, `missing` and
//! `failure` actions.

use super::answer::{Answer, Reason, Refusal, Verdict};
use serde::Deserialize;

/// What one policy does.
///
/// In text: `allow`, `track`, `block` (reject with #6), `block-7` (reject with #7) or `retry` (reject with #17, in 5GS
/// #90, after which the device tries again).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// Lets it in.
    #[default]
    Allow,
    /// Lets it in and reports it.
    Track,
    /// Rejects it with #6, Illegal ME.
    Block,
    /// Rejects it with #7, services not allowed.
    #[serde(rename = "block-7")]
    BlockServices,
    /// Rejects it with #17, in 5GS #90.
    Retry,
}

impl Action {
    /// The answer that follows from it.
    pub fn answer(self, reason: Reason) -> Answer {
        let (verdict, refusal) = match self {
            Self::Allow => (Verdict::Allow, None),
            Self::Track => (Verdict::Track, None),
            Self::Block => (Verdict::Block, Some(Refusal::IllegalMe)),
            Self::BlockServices => (Verdict::Block, Some(Refusal::ServicesNotAllowed)),
            Self::Retry => (Verdict::Block, Some(Refusal::NetworkFailure)),
        };
        let verdict = if reason == Reason::Failure { Verdict::Unavailable } else { verdict };
        Answer { verdict, reason, refusal, findings: Vec::new() }
    }
}

/// What is done with equipment that no list decides. Unless told otherwise, it is let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub struct Policy {
    /// It is on no list.
    pub unknown: Action,
    /// It gave no identity.
    pub missing: Action,
    /// What it gave is no identity.
    pub malformed: Action,
    /// It came with another subscription before.
    pub duplicate: Action,
    /// The register is down; `block` and `retry` both reject with #17, in 5GS #90.
    pub failure: Action,
}

impl Policy {
    /// The answer for what no list decides.
    pub(super) fn answer(&self, reason: Reason) -> Answer {
        let action = match reason {
            Reason::Listed(list, _) => list.action(),
            Reason::Unknown => self.unknown,
            Reason::Missing => self.missing,
            Reason::Malformed => self.malformed,
            Reason::Duplicate => self.duplicate,
            Reason::Failure => match self.failure {
                Action::Block => Action::Retry,
                other @ (Action::Allow | Action::Track | Action::BlockServices | Action::Retry) => other,
            },
        };
        action.answer(reason)
    }
}
