//! Ranges that may overlap, and which of them decides: the narrowest, and of equally narrow ones the strictest.

use super::entry::Entry;
use super::lists::List;
use crate::identity::ImeiKey;
use std::collections::{BTreeSet, HashMap};

/// Ranges and their lists.
///
/// They are cut into segments that do not overlap when first asked after a change, so that a look-up is one binary
/// search however many ranges there are.
#[derive(Debug, Clone, Default)]
pub(super) struct Ranges {
    all: HashMap<(ImeiKey, ImeiKey), List>,
    segments: Option<Vec<Segment<Rank>>>,
}

/// The lower decides.
type Rank = (u64, List, (ImeiKey, ImeiKey));

/// A stretch of keys in which one range decides: the one of the lowest rank.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Segment<R> {
    pub(super) first: u64,
    pub(super) last: u64,
    pub(super) rank: R,
}

impl Ranges {
    pub(super) fn insert(&mut self, low: ImeiKey, high: ImeiKey, list: List) {
        self.segments = None;
        self.all.insert((low, high), list);
    }

    pub(super) fn remove(&mut self, low: ImeiKey, high: ImeiKey) -> bool {
        self.segments = None;
        self.all.remove(&(low, high)).is_some()
    }

    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    /// The range that decides about `key`.
    pub(super) fn find(&mut self, key: ImeiKey) -> Option<(List, Entry)> {
        let all = &self.all;
        let segments = self.segments.get_or_insert_with(|| {
            cut(all.iter().map(|(&(low, high), &list)| {
                let (first, last) = (low.number(), high.number());
                Segment { first, last, rank: (last - first, list, (low, high)) }
            }))
        });
        let key = key.number();
        let place = segments.partition_point(|segment| segment.last < key);
        let (_, list, (low, high)) = segments.get(place).filter(|segment| segment.first <= key)?.rank;
        Some((list, Entry::Range { low, high }))
    }
}

/// Cuts ranges that may overlap into segments that do not, in ascending order, each with the rank that decides there:
/// the lowest. No two ranges have the same rank. A sweep from the lowest end to the highest, with the ranks of the ranges
/// that are open kept in order.
pub(super) fn cut<R: Ord + Copy>(ranges: impl Iterator<Item = Segment<R>>) -> Vec<Segment<R>> {
    let mut edges: Vec<(u64, bool, R)> = Vec::with_capacity(ranges.size_hint().0 * 2);
    for range in ranges {
        edges.push((range.first, true, range.rank));
        edges.push((range.last + 1, false, range.rank));
    }
    edges.sort_unstable_by_key(|&(at, ..)| at);
    let mut open: BTreeSet<R> = BTreeSet::new();
    let mut segments: Vec<Segment<R>> = Vec::new();
    let mut from = 0;
    for (at, opens, rank) in edges {
        if at > from
            && let Some(&rank) = open.first()
        {
            match segments.last_mut() {
                Some(last) if last.rank == rank && last.last + 1 == from => last.last = at - 1,
                Some(_) | None => segments.push(Segment { first: from, last: at - 1, rank }),
            }
        }
        from = at;
        if opens {
            open.insert(rank);
        } else {
            open.remove(&rank);
        }
    }
    segments
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn key(number: u64) -> ImeiKey {
        ImeiKey::new(number).expect("small")
    }

    proptest! {
        #[test]
        fn a_look_up_finds_what_a_scan_finds(
            ranges in prop::collection::vec((0u64..60, 0u64..20, 0usize..3), 0..12),
            removed in 0usize..12,
        ) {
            let lists = [List::Block, List::Track, List::Allow];
            let mut all = Ranges::default();
            for &(low, span, list) in &ranges {
                all.insert(key(low), key(low + span), lists[list]);
            }
            if let Some(&(low, span, _)) = ranges.get(removed) {
                all.remove(key(low), key(low + span));
            }
            for number in 0..90 {
                let scan = all
                    .all
                    .iter()
                    .filter(|((low, high), _)| (low.number()..=high.number()).contains(&number))
                    .map(|(&(low, high), &list)| (high.number() - low.number(), list, (low, high)))
                    .min();
                let found = all.find(key(number));
                prop_assert_eq!(found, scan.map(|(_, list, (low, high))| (list, Entry::Range { low, high })));
            }
        }
    }
}
