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
    segments: Option<Vec<Segment>>,
}

#[derive(Debug, Clone, Copy)]
struct Segment {
    first: u64,
    last: u64,
    range: (ImeiKey, ImeiKey),
    list: List,
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
        let segments = self.segments.get_or_insert_with(|| cut(all));
        let key = key.number();
        let place = segments.partition_point(|segment| segment.last < key);
        let segment = segments.get(place).filter(|segment| segment.first <= key)?;
        let (low, high) = segment.range;
        Some((segment.list, Entry::Range { low, high }))
    }
}

/// Cuts ranges into segments, each with the one range that decides there. A sweep from the lowest end to the highest,
/// with the ranges that are open kept in the order in which they decide.
fn cut(all: &HashMap<(ImeiKey, ImeiKey), List>) -> Vec<Segment> {
    let mut edges: Vec<(u64, bool, (ImeiKey, ImeiKey), List)> = Vec::with_capacity(all.len() * 2);
    for (&range, &list) in all {
        edges.push((range.0.number(), true, range, list));
        edges.push((range.1.number() + 1, false, range, list));
    }
    edges.sort_unstable_by_key(|&(at, ..)| at);
    let mut open: BTreeSet<(u64, List, (ImeiKey, ImeiKey))> = BTreeSet::new();
    let mut segments: Vec<Segment> = Vec::new();
    let mut from = 0;
    for (at, opens, range, list) in edges {
        if at > from
            && let Some(&(_, list, range)) = open.first()
        {
            match segments.last_mut() {
                Some(last) if last.range == range && last.last + 1 == from => last.last = at - 1,
                Some(_) | None => segments.push(Segment { first: from, last: at - 1, range, list }),
            }
        }
        from = at;
        let place = (range.1.number() - range.0.number(), list, range);
        if opens {
            open.insert(place);
        } else {
            open.remove(&place);
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
