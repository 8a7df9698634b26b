//! Ranges and TACs, cut into segments with a directory over them.

use super::classes::Classes;
use crate::identity::{ImeiKey, Tac};
use crate::register::ranges::{Segment, cut};
use crate::register::{Entry, List};
use std::cmp::Reverse;

/// A row about a range or a TAC, and its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Rule {
    pub(super) low: u64,
    pub(super) high: u64,
    pub(super) value: u32,
    pub(super) is_tac: bool,
}

impl Rule {
    /// The rule of a range, with no value yet.
    pub(super) fn range(low: ImeiKey, high: ImeiKey) -> Self {
        Self { low: low.number().min(high.number()), high: high.number(), value: 1, is_tac: false }
    }

    /// The rule of a TAC, with no value yet.
    pub(super) fn tac(tac: Tac) -> Self {
        let low = u64::from(tac.number()) * 1_000_000;
        Self { low, high: low + 999_999, value: 1, is_tac: true }
    }

    /// The same with another value.
    pub(super) fn with(self, value: u32) -> Self {
        Self { value, ..self }
    }

    /// What it is about: two rows of a book about the same have the same.
    pub(super) fn about(&self) -> (u64, u64, bool) {
        (self.low, self.high, self.is_tac)
    }

    /// How many devices it covers.
    pub(super) fn span(&self) -> u64 {
        self.high - self.low + 1
    }

    /// The entry that it stands for.
    pub(super) fn entry(&self) -> Option<Entry> {
        if self.is_tac {
            return Some(Entry::Tac(Tac::from_number(self.low / 1_000_000)));
        }
        Some(Entry::Range { low: ImeiKey::new(self.low)?, high: ImeiKey::new(self.high)? })
    }
}

/// The order in which rules decide: precedence, then the narrower, then the stricter list.
type Rank = (Reverse<i32>, u64, Option<List>, u64, bool, u32, usize);

/// Rules, and which of them decides where.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Segments {
    pub(super) rules: Vec<Rule>,
    /// First and last key of each segment, ascending.
    ends: Vec<(u64, u64)>,
    /// The rule that decides in each segment.
    winners: Vec<u32>,
    /// Of each stretch of 2^`shift` keys the first segment that does not end before it.
    directory: Vec<u32>,
    shift: u32,
    /// A bit for each TAC of which a device is covered, at a place that follows from the TAC; empty where there are so many
    /// that it would say nothing.
    tacs: Vec<u64>,
}

/// At most so many TACs have a bit.
const MOST_TACS: u64 = 1 << 20;

/// One more than the highest key has this many bits.
const KEY_BITS: u32 = 47;
/// At most this many stretches in the directory, as a power of two: 1 MiB.
const MOST_DIRECTORY_BITS: u32 = 18;

impl Segments {
    /// Cuts these rules.
    pub(super) fn build(rules: Vec<Rule>, classes: &Classes) -> Self {
        Self::build_wide(rules, classes, |rule| (rule.low, rule.high))
    }

    /// Cuts these rules as if each covered the keys that `covered` gives.
    pub(super) fn build_wide(mut rules: Vec<Rule>, classes: &Classes, covered: impl Fn(&Rule) -> (u64, u64)) -> Self {
        rules.shrink_to_fit();
        let ranked = rules.iter().enumerate().map(|(place, rule)| {
            let (first, last) = covered(rule);
            Segment { first, last, rank: rank(rule, place, classes) }
        });
        let cut = cut(ranked);
        let ends: Vec<(u64, u64)> = cut.iter().map(|segment| (segment.first, segment.last)).collect();
        let winners = cut.iter().map(|segment| segment.rank.6 as u32).collect();
        // Devices crowd in few of all TACs, so the directory has some stretches more than there are segments.
        let wanted = (ends.len() * 8).next_power_of_two().trailing_zeros();
        let shift = KEY_BITS - wanted.min(MOST_DIRECTORY_BITS);
        let mut directory = Vec::new();
        if !ends.is_empty() {
            let mut segment = 0;
            for stretch in 0..=(1_u64 << (KEY_BITS - shift)) {
                while ends.get(segment).is_some_and(|&(_, last)| last < stretch << shift) {
                    segment += 1;
                }
                directory.push(segment as u32);
            }
        }
        let tacs = tacs(&ends);
        Self { rules, ends, winners, directory, shift, tacs }
    }

    /// Whether a rule may cover a key: `false` is certain, and quick to tell.
    pub(super) fn may_cover(&self, key: u64) -> bool {
        match self.tacs.len() {
            0 => !self.ends.is_empty(),
            words => {
                let (word, bit) = bit(key / 1_000_000, words);
                self.tacs[word] >> bit & 1 == 1
            }
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// The rule that decides about a key.
    pub(super) fn find(&self, key: u64) -> Option<&Rule> {
        let stretch = (key >> self.shift) as usize;
        let (Some(&from), Some(&to)) = (self.directory.get(stretch), self.directory.get(stretch + 1)) else {
            return None;
        };
        let (from, to) = (from as usize, to as usize);
        // The segment that reaches into the next stretch is one of this stretch too.
        let here = self.ends.get(from..self.ends.len().min(to + 1))?;
        let place = if here.len() <= 8 {
            here.iter().take_while(|&&(_, last)| last < key).count()
        } else {
            here.partition_point(|&(_, last)| last < key)
        };
        let &(first, _) = here.get(place)?;
        if key < first {
            return None;
        }
        self.rules.get(*self.winners.get(from + place)? as usize)
    }

    /// Whether no rule ends before it starts or beyond the keys, and no value is above `most`: what a file says need not
    /// be so.
    pub(super) fn are_sound(rules: &[Rule], most: u32) -> bool {
        rules.iter().all(|rule| {
            rule.low <= rule.high
                && ImeiKey::new(rule.high).is_some()
                && (1..=most).contains(&rule.value)
                && (!rule.is_tac || (rule.low.is_multiple_of(1_000_000) && rule.span() == 1_000_000))
        })
    }
}

/// The bits of the TACs that these segments touch, some sixteen for each TAC.
fn tacs(ends: &[(u64, u64)]) -> Vec<u64> {
    let touched = |&(first, last): &(u64, u64)| first / 1_000_000..=last / 1_000_000;
    let count: u64 = ends.iter().map(|segment| touched(segment).end() - touched(segment).start() + 1).sum();
    if count == 0 || count > MOST_TACS {
        return Vec::new();
    }
    let mut tacs = vec![0; (count as usize / 4).next_power_of_two()];
    let words = tacs.len();
    for tac in ends.iter().flat_map(touched) {
        let (word, bit) = bit(tac, words);
        tacs[word] |= 1 << bit;
    }
    tacs
}

/// The place of a TAC's bit among so many words, which are a power of two.
fn bit(tac: u64, words: usize) -> (usize, u32) {
    let mixed = tac.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    ((mixed >> 32) as usize & (words - 1), (mixed >> 26 & 63) as u32)
}

fn rank(rule: &Rule, place: usize, classes: &Classes) -> Rank {
    let value = rule.value;
    let precedence = Reverse(classes.precedence(value));
    (precedence, rule.span(), classes.list(value), rule.low, rule.is_tac, classes.rank(value), place)
}
