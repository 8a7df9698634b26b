//! What there is to tell: what the register says of the fleet now, less what was told before.

use super::round::Ruling;
use crate::identity::{Iccid, ImeiKey, Imsi};
use crate::register::List;
use crate::register::assess::{MatchingRatio, MatchingRatioError};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

/// What a device is, as far as it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// On no list, or on the allow list.
    Clear,
    /// On the track list.
    Tracked,
    /// On the block list.
    Blocked,
}

impl State {
    const ALL: [Self; 3] = [Self::Clear, Self::Tracked, Self::Blocked];

    /// What a device on this list is.
    pub fn of(list: Option<List>) -> Self {
        match list {
            None | Some(List::Allow) => Self::Clear,
            Some(List::Track) => Self::Tracked,
            Some(List::Block) => Self::Blocked,
        }
    }

    /// `clear`, `tracked` or `blocked`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Clear => "clear",
            Self::Tracked => "tracked",
            Self::Blocked => "blocked",
        }
    }

    /// The number by which it is kept; never changed once given.
    pub(super) fn number(self) -> i64 {
        match self {
            Self::Clear => 0,
            Self::Tracked => 1,
            Self::Blocked => 2,
        }
    }

    pub(super) fn from_number(number: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.number() == number)
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// A device of the fleet, and what the register says of it.
#[derive(Debug, Clone)]
pub(super) struct Screened {
    pub(super) key: ImeiKey,
    pub(super) label: Option<Arc<str>>,
    /// The subscription and the cards that it was declared with.
    pub(super) imsi: Option<Imsi>,
    pub(super) iccids: Vec<Iccid>,
    /// The row that decides, unless the device is clear.
    pub(super) ruling: Option<Ruling>,
}

impl Screened {
    pub(super) fn state(&self) -> State {
        State::of(self.ruling.as_ref().map(|ruling| ruling.list))
    }
}

/// A list of a source: what may hit too much of the fleet.
pub(super) type Cause = (List, Arc<str>);

/// What changes by a round.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// Devices whose state is another than was told, by their place in the fleet, with what was told.
    pub(super) moves: Vec<(usize, State)>,
    /// Devices that were listed and are no longer in the fleet: nobody is told, and nothing is remembered.
    pub(super) gone: Vec<ImeiKey>,
    /// Lists that hit too much of the fleet, and did not before.
    pub(super) raised: Vec<(Cause, MatchingRatioError)>,
    /// Lists of which that was told before, and that still do.
    pub(super) standing: Vec<(Cause, MatchingRatioError)>,
    /// Lists that no longer do.
    pub(super) ended: Vec<Cause>,
}

impl Plan {
    /// Whether there is nothing to keep.
    pub(super) fn is_empty(&self) -> bool {
        self.moves.is_empty() && self.gone.is_empty() && self.raised.is_empty() && self.ended.is_empty()
    }
}

/// Compares. `fleet` is in the order of the devices, each once; `told` has no device that is clear.
///
/// A list that would raise too many devices at once is held: its devices keep the state that was told of them, until it
/// hits fewer or more is allowed.
pub(super) fn plan(
    fleet: &[Screened],
    told: &BTreeMap<ImeiKey, State>,
    alarms: &BTreeSet<Cause>,
    ratio: MatchingRatio,
) -> Plan {
    let mut plan = Plan::default();
    let mut hits: BTreeMap<Cause, u64> = BTreeMap::new();
    let mut moved = Vec::new();
    for (at, device) in fleet.iter().enumerate() {
        let (was, is) = (told.get(&device.key).copied().unwrap_or(State::Clear), device.state());
        if was == is {
            continue;
        }
        let cause = device.ruling.as_ref().filter(|_| is > was).map(|ruling| (ruling.list, Arc::clone(&ruling.source)));
        if let Some(cause) = &cause {
            *hits.entry(cause.clone()).or_default() += 1;
        }
        moved.push((at, was, cause));
    }
    let size = fleet.len() as u64;
    let mut held = BTreeSet::new();
    for (cause, hit) in &hits {
        let Err(error) = ratio.check(format_args!("the {} list of {}", cause.0, cause.1), *hit, size) else { continue };
        held.insert(cause.clone());
        let is_new = !alarms.contains(cause);
        (if is_new { &mut plan.raised } else { &mut plan.standing }).push((cause.clone(), error));
    }
    plan.ended = alarms.difference(&held).cloned().collect();
    plan.moves = moved
        .into_iter()
        .filter(|(_, _, cause)| cause.as_ref().is_none_or(|cause| !held.contains(cause)))
        .map(|(at, was, _)| (at, was))
        .collect();
    plan.gone =
        told.keys().filter(|key| fleet.binary_search_by_key(key, |device| &device.key).is_err()).copied().collect();
    plan
}
