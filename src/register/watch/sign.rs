//! What there is to tell of a device beside its list: conditions, cards that left it, a number that several devices have.

use crate::identity::ImeiKey;
use crate::register::assess::{MatchingRatio, MatchingRatioError};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

/// Something that can be told of a device.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sign {
    /// A condition of the rules, by its name.
    Condition(Arc<str>),
    /// A card that is bound to it was seen in another device: the card's number in the register.
    Differed(i64),
    /// It came with several cards, or was in two places at one time.
    Duplicate,
}

/// How far something has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Degree {
    /// It is not so.
    None,
    /// It is so; of a condition: it only informs.
    Holds,
    /// A condition that will block.
    InGrace,
    /// A condition that blocks.
    Blocks,
}

impl Degree {
    /// `none`, `holds`, `in-grace` or `blocks`.
    pub fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Holds => "holds",
            Self::InGrace => "in-grace",
            Self::Blocks => "blocks",
        }
    }

    /// The number by which it is kept; never changed once given.
    pub(super) fn number(self) -> i64 {
        match self {
            Self::None => 0,
            Self::Holds => 1,
            Self::InGrace => 2,
            Self::Blocks => 3,
        }
    }

    pub(super) fn from_number(number: i64) -> Option<Self> {
        [Self::None, Self::Holds, Self::InGrace, Self::Blocks].into_iter().find(|degree| degree.number() == number)
    }
}

impl fmt::Display for Degree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

impl Sign {
    /// Its columns: kind and what.
    pub(super) fn columns(&self) -> (&'static str, String) {
        match self {
            Self::Condition(name) => ("condition", name.to_string()),
            Self::Differed(card) => ("differed", card.to_string()),
            Self::Duplicate => ("duplicate", String::new()),
        }
    }

    pub(super) fn of(kind: &str, what: &str) -> Option<Self> {
        match kind {
            "condition" => Some(Self::Condition(what.into())),
            "differed" => what.parse().ok().map(Self::Differed),
            "duplicate" => Some(Self::Duplicate),
            _ => None,
        }
    }
}

/// A sign and its device.
pub(super) type Key = (ImeiKey, Sign);

/// What a round changes of the signs.
#[derive(Debug, Default)]
pub(super) struct SignPlan {
    /// Signs that are another than was told: what was told, and what is so.
    pub(super) moves: Vec<(Key, Degree, Degree)>,
    /// Conditions of devices that are no longer in the fleet: nobody is told, and nothing is remembered.
    pub(super) gone: Vec<Key>,
    /// Conditions that would hold for too much of the fleet, and did not before.
    pub(super) raised: Vec<(Arc<str>, MatchingRatioError)>,
    /// Conditions of which that was told before, and that still would.
    pub(super) standing: Vec<(Arc<str>, MatchingRatioError)>,
    /// Conditions that no longer would.
    pub(super) ended: Vec<Arc<str>>,
}

impl SignPlan {
    /// Whether there is nothing to keep.
    pub(super) fn is_empty(&self) -> bool {
        self.moves.is_empty() && self.gone.is_empty() && self.raised.is_empty() && self.ended.is_empty()
    }
}

/// Compares. Neither `now` nor `told` has a sign that is not so. `limit` says of a condition how much of the fleet it may
/// hold for; one that would begin to hold for more is held: it is not told of anybody anew until it holds for fewer, or may.
pub(super) fn plan(
    now: &BTreeMap<Key, Degree>,
    told: &BTreeMap<Key, Degree>,
    alarms: &BTreeSet<Arc<str>>,
    fleet: u64,
    is_of_fleet: &dyn Fn(ImeiKey) -> bool,
    limit: &dyn Fn(&str) -> MatchingRatio,
) -> SignPlan {
    let mut plan = SignPlan::default();
    let mut hits: BTreeMap<Arc<str>, u64> = BTreeMap::new();
    for key in now.keys().filter(|key| !told.contains_key(key)) {
        match &key.1 {
            Sign::Condition(name) => *hits.entry(Arc::clone(name)).or_default() += 1,
            Sign::Differed(_) | Sign::Duplicate => {}
        }
    }
    let mut held = BTreeSet::new();
    for (name, hit) in hits {
        let Err(error) = limit(&name).check(format_args!("the condition {name}"), hit, fleet) else { continue };
        let is_new = !alarms.contains(&name);
        (if is_new { &mut plan.raised } else { &mut plan.standing }).push((Arc::clone(&name), error));
        held.insert(name);
    }
    plan.ended = alarms.difference(&held).cloned().collect();
    let is_held = |sign: &Sign| match sign {
        Sign::Condition(name) => held.contains(name),
        Sign::Differed(_) | Sign::Duplicate => false,
    };
    for (key, was) in told {
        let is = now.get(key).copied().unwrap_or(Degree::None);
        let is_left = match &key.1 {
            Sign::Condition(_) => !is_of_fleet(key.0),
            Sign::Differed(_) | Sign::Duplicate => false,
        };
        if is_left {
            plan.gone.push(key.clone());
        } else if is != *was {
            plan.moves.push((key.clone(), *was, is));
        }
    }
    for (key, is) in now.iter().filter(|(key, _)| !told.contains_key(key) && !is_held(&key.1)) {
        plan.moves.push((key.clone(), Degree::None, *is));
    }
    plan.moves.sort_by(|one, other| one.0.cmp(&other.0));
    plan
}
