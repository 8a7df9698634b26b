//! What is done with equipment that no list decides, and with which cause the network turns it away.
//!
//! Source: 3GPP TS 22.016 clause 5 leaves it to the operator; so do the packet cores' `unknown`, `missing` and
//! `failure` actions.

use super::answer::{Answer, Reason, Verdict};
use super::lists::List;
use super::refusal::{CauseError, Causes, Refusal};
use serde::Deserialize;
use serde::de::{Deserializer, Error as _};
use std::str::FromStr;

/// What one policy does.
///
/// In text: `allow`, `track`, `block` (reject with #6), `block-7` (reject with #7, or whatever cause is named), or `retry`
/// (reject with #17, in 5GS #90, after which the device tries again).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Action {
    /// Lets it in.
    #[default]
    Allow,
    /// Lets it in and reports it.
    Track,
    /// Rejects it with #6, Illegal ME.
    Block,
    /// Rejects it with this cause.
    BlockWith(Refusal),
    /// Rejects it with #17, in 5GS #90.
    Retry,
}

/// Why a text is no action.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ActionError {
    /// It is none of the words.
    #[error("unknown action `{0}`, expected `allow`, `track`, `block`, `block-N` with a reject cause, or `retry`")]
    Unknown(String),
    /// The cause is none with which every technology turns a device away.
    #[error("`block-{number}` is one cause for every technology, but {error}; `causes` can name another there")]
    Cause {
        /// What was written.
        number: u64,
        /// Where it is none.
        error: CauseError,
    },
}

impl FromStr for Action {
    type Err = ActionError;

    fn from_str(text: &str) -> Result<Self, ActionError> {
        let number = || text.strip_prefix("block-").filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
        match text {
            "allow" => Ok(Self::Allow),
            "track" => Ok(Self::Track),
            "block" => Ok(Self::Block),
            "retry" => Ok(Self::Retry),
            _ => match number().and_then(|digits| digits.parse().ok()) {
                Some(number) => Refusal::everywhere(number)
                    .map(Self::BlockWith)
                    .map_err(|error| ActionError::Cause { number, error }),
                None => Err(ActionError::Unknown(text.to_owned())),
            },
        }
    }
}

impl<'de> Deserialize<'de> for Action {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

/// With which causes the network turns equipment away, where they are not the usual ones.
///
/// In text, each key a number or a table by technology: `{ block = 6, retry = { nr = 22 }, unknown = { nr = 7 } }`. What
/// `block` and `retry` mean holds for the block list and for every policy that says so; a policy's own causes go before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CausesOf {
    /// What `block` means: #6 unless told otherwise.
    pub block: Causes,
    /// What `retry` means: #17, in 5GS #90, unless told otherwise.
    pub retry: Causes,
    /// Of equipment on no list.
    pub unknown: Causes,
    /// Of equipment that gave no identity.
    pub missing: Causes,
    /// Of what is no identity.
    pub malformed: Causes,
    /// Of equipment that came with another subscription before.
    pub duplicate: Causes,
    /// While the register is down.
    pub failure: Causes,
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
    /// With which causes it is turned away.
    pub causes: CausesOf,
}

impl Policy {
    /// The answer that follows from what the register found.
    pub fn answer(&self, reason: Reason) -> Answer {
        let causes = &self.causes;
        let (action, own) = match reason {
            Reason::Listed(list, _) | Reason::Remote(list) => (of_list(list), Causes::default()),
            Reason::Unknown => (self.unknown, causes.unknown),
            Reason::Missing => (self.missing, causes.missing),
            Reason::Malformed => (self.malformed, causes.malformed),
            Reason::Duplicate => (self.duplicate, causes.duplicate),
            Reason::Failure => match self.failure {
                Action::Block => (Action::Retry, causes.failure),
                other @ (Action::Allow | Action::Track | Action::BlockWith(_) | Action::Retry) => {
                    (other, causes.failure)
                }
            },
        };
        let (verdict, refusal) = match action {
            Action::Allow => (Verdict::Allow, None),
            Action::Track => (Verdict::Track, None),
            Action::Block => (Verdict::Block, Some(causes.block.over(Refusal::ILLEGAL_ME))),
            Action::BlockWith(refusal) => (Verdict::Block, Some(refusal)),
            Action::Retry => (Verdict::Block, Some(causes.retry.over(Refusal::NETWORK_FAILURE))),
        };
        let verdict = if reason == Reason::Failure { Verdict::Unavailable } else { verdict };
        Answer { verdict, reason, refusal: refusal.map(|refusal| own.over(refusal)), findings: Vec::new() }
    }
}

/// What is done with equipment on a list.
fn of_list(list: List) -> Action {
    match list {
        List::Block => Action::Block,
        List::Track => Action::Track,
        List::Allow => Action::Allow,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(text: &str) -> Policy {
        toml::from_str(text).unwrap()
    }

    fn refused(policy: &Policy, reason: Reason) -> String {
        policy.answer(reason).refusal.map_or("let in".to_owned(), |refusal| refusal.to_string())
    }

    #[test]
    fn the_causes_of_a_word_hold_wherever_it_stands() {
        let policy = policy(
            "unknown = 'block'\nmalformed = 'block-11'\nfailure = 'block'\ncauses = { block = { lte = 7, nr = 3 }, retry = 22 }",
        );
        let of = |reason| refused(&policy, reason);
        assert_eq!(of(Reason::Remote(List::Block)), "#7, in gsm #6, in utran #6, in nr #3");
        assert_eq!(of(Reason::Unknown), "#7, in gsm #6, in utran #6, in nr #3");
        assert_eq!(of(Reason::Malformed), "#11");
        assert_eq!(of(Reason::Failure), "#22");
        assert_eq!(of(Reason::Missing), "let in");
    }

    #[test]
    fn a_policys_own_causes_go_before_those_of_its_word() {
        let policy = policy(
            "unknown = 'block'\nmissing = 'block-7'\ncauses = { block = 3, unknown = { nr = 7 }, missing = { nr = 27 } }",
        );
        assert_eq!(refused(&policy, Reason::Unknown), "#3, in nr #7");
        assert_eq!(refused(&policy, Reason::Missing), "#7, in nr #27");
    }

    #[test]
    fn what_is_no_action_is_told() {
        let says = |text: &str| text.parse::<Action>().unwrap_err().to_string();
        insta::assert_snapshot!(says("reject"), @"unknown action `reject`, expected `allow`, `track`, `block`, `block-N` with a reject cause, or `retry`");
        insta::assert_snapshot!(says("block-"), @"unknown action `block-`, expected `allow`, `track`, `block`, `block-N` with a reject cause, or `retry`");
        insta::assert_snapshot!(says("block-14"), @"`block-14` is one cause for every technology, but #14 is no cause with which a network turns a device away in nr: there it is 3, 5, 6, 7, 11, 12, 13, 15, 22, 27, 31, 62, 72, 73, 74, 75, 76, 77, 78, 90 or 111; `causes` can name another there");
    }
}
