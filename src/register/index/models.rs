//! The set of TACs that were given out.

use super::classes::Classes;
use super::segments::{Rule, Segments};
use std::fmt;
use std::sync::Arc;

/// TACs, and ranges of them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Models {
    pub(super) tacs: Arc<Tacs>,
    /// Rows about ranges; hardly ever there.
    pub(super) in_ranges: Arc<Segments>,
}

impl Models {
    pub(super) fn is_empty(&self) -> bool {
        self.tacs.count == 0 && self.in_ranges.is_empty()
    }

    pub(super) fn contains(&self, tac: u32) -> bool {
        self.tacs.contains(tac)
            || (!self.in_ranges.is_empty() && self.in_ranges.find(u64::from(tac) * 1_000_000).is_some())
    }

    /// Ranges of TACs: one knows every TAC of which it has a device.
    pub(super) fn ranges(rules: Vec<Rule>) -> Arc<Segments> {
        let whole = |rule: &Rule| (rule.low / 1_000_000 * 1_000_000, rule.high / 1_000_000 * 1_000_000 + 999_999);
        Arc::new(Segments::build_wide(rules, &Classes::default(), whole))
    }
}

/// A set of TACs: one bit each, in blocks of 4096 of which only those are kept that hold one. Some 250,000 TACs of a few
/// reporting bodies take half a megabyte.
#[derive(Clone, Default)]
pub(super) struct Tacs {
    /// Of each block its place in `blocks`, counted from 1, or 0; empty where there is none at all.
    places: Vec<u32>,
    blocks: Vec<[u64; 64]>,
    pub(super) count: usize,
}

/// Blocks of 4096 among 10⁸ TACs.
const PLACES: usize = 100_000_000_usize.div_ceil(4096);

impl Tacs {
    pub(super) fn contains(&self, tac: u32) -> bool {
        let (block, word, bit) = split(tac);
        match self.places.get(block) {
            Some(&place) if place > 0 => self.blocks[place as usize - 1][word] >> bit & 1 == 1,
            Some(_) | None => false,
        }
    }

    pub(super) fn insert(&mut self, tac: u32) {
        let (block, word, bit) = split(tac);
        if self.places.is_empty() {
            self.places = vec![0; PLACES];
        }
        let Some(place) = self.places.get_mut(block) else { return };
        if *place == 0 {
            self.blocks.push([0; 64]);
            *place = self.blocks.len() as u32;
        }
        let word = &mut self.blocks[*place as usize - 1][word];
        self.count += usize::from(*word >> bit & 1 == 0);
        *word |= 1 << bit;
    }

    pub(super) fn remove(&mut self, tac: u32) {
        let (block, word, bit) = split(tac);
        if let Some(&place) = self.places.get(block)
            && place > 0
        {
            let word = &mut self.blocks[place as usize - 1][word];
            self.count -= usize::from(*word >> bit & 1 == 1);
            *word &= !(1 << bit);
        }
    }

    /// All of them, in ascending order.
    pub(super) fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        let blocks = (0_u32..).zip(&self.places).filter(|(_, place)| **place > 0);
        blocks.flat_map(move |(block, &place)| {
            (0..4096)
                .filter(move |tac| {
                    let (_, word, bit) = split(*tac);
                    self.blocks[place as usize - 1][word] >> bit & 1 == 1
                })
                .map(move |tac| block * 4096 + tac)
        })
    }
}

/// Equal where they hold the same, whatever blocks they kept.
impl PartialEq for Tacs {
    fn eq(&self, other: &Self) -> bool {
        self.count == other.count && self.iter().eq(other.iter())
    }
}

impl Eq for Tacs {}

impl fmt::Debug for Tacs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tacs({})", self.count)
    }
}

/// Block, word in it and bit in that.
fn split(tac: u32) -> (usize, usize, u32) {
    ((tac / 4096) as usize, (tac / 64 % 64) as usize, tac % 64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn a_set_of_tacs_tells_what_was_put_into_it(
            put in prop::collection::vec(prop_oneof![0u32..100_000_000, 0u32..200], 0..100),
            taken in prop::collection::vec(0u32..200, 0..50),
        ) {
            let (mut tacs, mut expected) = (Tacs::default(), BTreeSet::new());
            for tac in put {
                tacs.insert(tac);
                expected.insert(tac);
            }
            for tac in taken {
                tacs.remove(tac);
                expected.remove(&tac);
            }
            prop_assert_eq!(tacs.count, expected.len());
            prop_assert!(tacs.iter().eq(expected.iter().copied()));
            prop_assert!((0..200).all(|tac| tacs.contains(tac) == expected.contains(&tac)));
        }
    }
}
