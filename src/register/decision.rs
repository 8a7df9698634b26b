//! From an inquiry to an answer: what the lists say, else what the policies do.

use super::answer::{Answer, Inquiry, Reason, Verdict};
use super::entry::Entry;
use super::lists::List;
use super::policy::Policy;
use crate::identity::{Finding, ImeiKey, Imsi, Pei};
use std::collections::HashMap;

/// Of at most this many devices it is remembered which subscriptions they came with.
const REMEMBERED_DEVICES: usize = 1_000_000;
/// At most this many subscriptions are remembered of one device.
const REMEMBERED_SUBSCRIPTIONS: usize = 16;

/// Decides about a device; `listed` says which entry of which list decides, if one does.
pub(super) fn decide(
    policy: &Policy,
    seen: &mut Subscriptions,
    inquiry: &Inquiry,
    listed: impl FnOnce(ImeiKey, Option<Imsi>) -> Option<(List, Entry)>,
) -> Answer {
    let key = match &inquiry.pei {
        None => return policy.answer(Reason::Missing),
        Some(Pei::Other(_)) => return policy.answer(Reason::Malformed),
        Some(Pei::Mac { .. } | Pei::Eui64(_)) => return policy.answer(Reason::Unknown),
        Some(Pei::Imei(imei)) => imei.key(),
        Some(Pei::Imeisv(imeisv)) => imeisv.key(),
    };
    let duplicate = inquiry.imsi.and_then(|imsi| seen.remember(key, imsi));
    let mut answer = match listed(key, inquiry.imsi) {
        Some((list, entry)) => policy.answer(Reason::Listed(list, entry)),
        None => unlisted(policy, duplicate.is_some()),
    };
    answer.findings.extend(duplicate);
    answer
}

/// The stricter of the policies that apply to equipment on no list.
fn unlisted(policy: &Policy, is_duplicate: bool) -> Answer {
    let unknown = policy.answer(Reason::Unknown);
    match (is_duplicate, unknown.verdict) {
        (true, Verdict::Allow | Verdict::Track) => {
            let duplicate = policy.answer(Reason::Duplicate);
            if duplicate.verdict == Verdict::Allow { unknown } else { duplicate }
        }
        (true, Verdict::Block | Verdict::Unavailable) | (false, _) => unknown,
    }
}

/// Which subscriptions devices came with.
#[derive(Debug, Clone, Default)]
pub(super) struct Subscriptions(HashMap<ImeiKey, Vec<Imsi>>);

impl Subscriptions {
    /// Notes that a device came with a subscription; a finding if it came with another before.
    fn remember(&mut self, key: ImeiKey, imsi: Imsi) -> Option<Finding> {
        if !self.0.contains_key(&key) && self.0.len() >= REMEMBERED_DEVICES {
            return None;
        }
        let subscriptions = self.0.entry(key).or_default();
        if !subscriptions.contains(&imsi) && subscriptions.len() < REMEMBERED_SUBSCRIPTIONS {
            subscriptions.push(imsi);
        }
        let count = subscriptions.len();
        (subscriptions.first() != Some(&imsi)).then(|| {
            Finding::warning(
                "register.duplicate",
                format!("this IMEI has come with {count} subscriptions: two devices share it, or the SIM was changed"),
            )
        })
    }
}
