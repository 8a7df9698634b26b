//! The next index of the last one and of what has changed since.

use super::area::{RuleChanges, amended_rules};
use super::builder::{Place, place};
use super::classes::{Classes, Numbering, known};
use super::models::Models;
use super::segments::{Rule, Segments};
use super::{Index, IndexError};
use crate::register::{Book, Row, Source, Subject};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::sync::Arc;

/// All that is said about a subject in a book, after something about it has changed.
///
/// It holds the rows of *every* source, not only those that are new: an index keeps of the rows about a device only the one
/// that decides, so that it cannot know what comes to light when that one goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Amendment {
    /// The book.
    pub book: Book,
    /// What it is about.
    pub subject: Subject,
    /// The rows about it, each with the place of its source; none where nothing is said any more.
    pub rows: Vec<(usize, Row)>,
}

/// What changes in each part of an index.
#[derive(Default)]
struct Changes {
    devices: BTreeMap<u64, Vec<u32>>,
    rules: RuleChanges,
    pairs: BTreeMap<u128, Vec<u32>>,
    hashes: BTreeMap<u128, Vec<u32>>,
    tacs: BTreeMap<u32, bool>,
    model_ranges: RuleChanges,
    registered: BTreeMap<u64, Vec<u32>>,
    registered_ranges: RuleChanges,
    pairings: BTreeMap<u128, Vec<u32>>,
}

impl Index {
    /// The index after these changes: what building all anew at `now` would give. Of two amendments about one subject the
    /// later counts.
    ///
    /// Takes time with what changed and not with what is there, but for pairs, hashes and pairings, which are copied, and
    /// for ranges, which are cut anew, where any of their own has changed. New sources may stand behind those that there
    /// were. Rows that cease to hold by themselves are not noticed: from [`next_expiry`](Self::next_expiry) on all is built
    /// anew.
    ///
    /// # Errors
    /// The sources are others, or a row is none that [`put`](super::Builder::put) takes.
    pub fn apply(
        &self,
        generation: i64,
        sources: &[Source],
        now: Timestamp,
        amendments: &[Amendment],
    ) -> Result<Self, IndexError> {
        if !sources.starts_with(&self.sources) {
            return Err(IndexError::Sources);
        }
        let mut new = self.clone();
        new.generation = generation;
        if sources.len() > self.sources.len() {
            new.sources = sources.into();
        }
        let mut numbering = Numbering::from(self.classes.all.clone());
        let mut changes = Changes::default();
        for amendment in amendments {
            let place = place(amendment.book, amendment.subject)?;
            let mut values = Vec::new();
            for (source, row) in amendment.rows.iter().filter(|(_, row)| row.holds(now)) {
                known(&new.sources, *source)?;
                values.push(match amendment.book {
                    Book::Lists => numbering.of(&new.sources, *source, row.list, row.reason.as_deref())?,
                    Book::Models | Book::Registrations | Book::Pairings | Book::Fleet => 1,
                });
                new.next_expiry = [new.next_expiry, row.until].into_iter().flatten().min();
            }
            changes.put(place, values);
        }
        if numbering.len() > self.classes.all.len() || new.sources.len() > self.sources.len() {
            new.classes = Arc::new(numbering.finish(&new.sources));
        }
        new.take(&changes);
        Ok(new)
    }

    fn take(&mut self, changes: &Changes) {
        let classes = Arc::clone(&self.classes);
        let one = Classes::default();
        self.listed = self.listed.amended(&decided(&changes.devices, &classes), classes.most());
        self.registered = self.registered.amended(&decided(&changes.registered, &one), 1);
        for (segments, changes, classes) in [
            (&mut self.listed.segments, &changes.rules, &*classes),
            (&mut self.registered.segments, &changes.registered_ranges, &one),
        ] {
            if !changes.is_empty() {
                *segments = Arc::new(Segments::build(amended_rules(&segments.rules, changes), classes));
            }
        }
        if !changes.model_ranges.is_empty() {
            let rules = amended_rules(&self.models.in_ranges.rules, &changes.model_ranges);
            self.models.in_ranges = Models::ranges(rules);
        }
        for (sorted, changes, classes) in [
            (&mut self.pairs, &changes.pairs, &*classes),
            (&mut self.hashes, &changes.hashes, &*classes),
            (&mut self.pairings, &changes.pairings, &one),
        ] {
            if !changes.is_empty() {
                let changes: Vec<_> = decided(changes, classes).into_iter().collect();
                *sorted = Arc::new(sorted.amended(&changes));
            }
        }
        if !changes.tacs.is_empty() {
            let tacs = Arc::make_mut(&mut self.models.tacs);
            for (&tac, &is_there) in &changes.tacs {
                if is_there { tacs.insert(tac) } else { tacs.remove(tac) }
            }
        }
    }
}

impl Changes {
    fn put(&mut self, place: Place, values: Vec<u32>) {
        match place {
            Place::Device(key) => drop(self.devices.insert(key, values)),
            Place::Rule(rule) => put_rule(&mut self.rules, rule, values),
            Place::Pair(pair) => drop(self.pairs.insert(pair, values)),
            Place::Hash(hash) => drop(self.hashes.insert(hash, values)),
            Place::Model(tac) => drop(self.tacs.insert(tac, !values.is_empty())),
            Place::Models(rule) => put_rule(&mut self.model_ranges, rule, values),
            Place::Registered(key) => drop(self.registered.insert(key, values)),
            Place::RegisteredRule(rule) => put_rule(&mut self.registered_ranges, rule, values),
            Place::Pairing(pair) => drop(self.pairings.insert(pair, values)),
            Place::Nowhere => {}
        }
    }
}

fn put_rule(rules: &mut RuleChanges, rule: Rule, values: Vec<u32>) {
    rules.insert(rule.about(), (rule, values));
}

/// Of each subject the value that decides.
fn decided<K: Ord + Copy>(changes: &BTreeMap<K, Vec<u32>>, classes: &Classes) -> BTreeMap<K, Option<u32>> {
    let strongest = |values: &[u32]| values.iter().copied().reduce(|one, other| classes.stronger(one, other));
    changes.iter().map(|(&key, values)| (key, strongest(values))).collect()
}
