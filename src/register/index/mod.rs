//! Everything that a look-up needs, in memory: the lists, the models, the registrations and the pairings.
//!
//! Knows rows and the order in which they decide. Knows no store; whoever holds one builds an index of it, gives it out
//! behind an `Arc`, and builds the next one of the changes. An index never changes, so look-ups wait for nobody.

mod amend;
mod area;
mod builder;
mod classes;
mod models;
mod segments;
mod snapshot;
mod sorted;
mod table;
#[cfg(test)]
mod tests;

pub use amend::Amendment;
pub use builder::Builder;
pub use snapshot::SnapshotError;

use super::entry::Entry;
use super::hash::KeyedHash;
use super::lists::List;
use super::row::{Book, Subject};
use super::{Category, Source};
use crate::identity::{ImeiKey, Imsi, Tac};
use area::Area;
use classes::Classes;
use jiff::Timestamp;
use models::Models;
use sorted::Sorted;
use std::cmp::Reverse;
use std::fmt;
use std::sync::Arc;

/// The row that decides about a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listed {
    /// On which list it is.
    pub list: List,
    /// What the row is about: the device, a range that covers it, its TAC…
    pub entry: Subject,
    /// Whose row it is: a place in [`Index::sources`].
    pub source: usize,
    /// What kind of reason it gives.
    pub category: Category,
}

/// Why an index does not take a row.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IndexError {
    /// A row of a source that was not named.
    #[error("there is no source {place}, only {known} of them")]
    Source {
        /// Its place, counted from 0.
        place: usize,
        /// How many there are.
        known: usize,
    },
    /// More combinations of source, list and kind of reason than an index holds.
    #[error("an index holds at most {most} combinations of source, list and reason", most = table::MOST_VALUES - 1)]
    Crowded,
    /// A row of the lists that is on none.
    #[error("a row of the lists is on no list")]
    NoList,
    /// A row about something that its book does not speak of.
    #[error("the book {book} has no rows about {what}")]
    Subject {
        /// The book.
        book: Book,
        /// What the row is about: `a keyed hash`.
        what: &'static str,
    },
    /// Changes under other sources than those of the index.
    #[error("the sources are no longer those of the index, which has to be built anew")]
    Sources,
}

/// What the register's books say, ready to be asked.
///
/// Five million devices on lists take some 42 MB, five million pairings 100 MB. A copy shares everything.
#[derive(Clone, PartialEq, Eq)]
pub struct Index {
    generation: i64,
    next_expiry: Option<Timestamp>,
    sources: Arc<[Source]>,
    classes: Arc<Classes>,
    listed: Area,
    pairs: Arc<Sorted>,
    hashes: Arc<Sorted>,
    models: Models,
    registered: Area,
    pairings: Arc<Sorted>,
}

/// How much is in it, and nothing of what.
impl fmt::Debug for Index {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Index")
            .field("generation", &self.generation)
            .field("next_expiry", &self.next_expiry)
            .field("sources", &self.sources)
            .field("devices", &self.listed.count)
            .field("ranges", &self.listed.segments.rules.len())
            .field("pairs", &self.pairs.keys.len())
            .field("hashes", &self.hashes.keys.len())
            .field("models", &self.models.tacs.count)
            .field("registered", &self.registered.count)
            .field("pairings", &self.pairings.keys.len())
            .finish_non_exhaustive()
    }
}

/// How close a row is to a device, the lower the closer: a pair, the device itself or its hash, then ranges by width.
type Closeness = u64;

/// Keys that are asked about at once.
const BATCH: usize = 128;

impl Index {
    /// Begins an index of what these sources say at `now`.
    pub fn builder(sources: &[Source], now: Timestamp) -> Builder {
        Builder::new(sources, now)
    }

    /// The act up to which it knows the books.
    pub fn generation(&self) -> i64 {
        self.generation
    }

    /// When the first of its rows ceases to hold: from then on it has to be built anew.
    pub fn next_expiry(&self) -> Option<Timestamp> {
        self.next_expiry
    }

    /// The sources, as they were named when it was built.
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// How many devices are listed by themselves, and how many ranges and TACs.
    pub fn len(&self) -> (usize, usize) {
        (self.listed.count, self.listed.segments.rules.len())
    }

    /// The row that decides about a device that came with this subscription and has this keyed hash.
    ///
    /// Of all rows that cover it the one of the highest precedence; then the closest (pair, then device or hash, then the
    /// narrower range, a TAC being a range of a million); then block before track before allow.
    pub fn listed(&self, key: ImeiKey, imsi: Option<Imsi>, hash: Option<KeyedHash>) -> Option<Listed> {
        let number = key.number();
        let pair = imsi.filter(|_| !self.pairs.is_empty()).and_then(|imsi| {
            let value = self.pairs.find(sorted::pair(key, imsi))?;
            Some((value, 0, Subject::Entry(Entry::Pair(key, imsi))))
        });
        let device = match self.listed.device(number) {
            0 => None,
            value => Some((value, 1, Subject::Entry(Entry::Device(key)))),
        };
        let hashed = hash.and_then(|hash| Some((self.hashes.find(hash.0)?, 1, Subject::Hash(hash))));
        let range = self
            .listed
            .segments
            .find(number)
            .and_then(|rule| Some((rule.value, 1 + rule.span(), Subject::Entry(rule.entry()?))));
        let (value, _, entry) = [pair, device, hashed, range]
            .into_iter()
            .flatten()
            .min_by_key(|(value, close, _)| self.order(*value, *close))?;
        let class = self.classes.class(value)?;
        Some(Listed { list: class.list, entry, source: class.source as usize, category: class.category })
    }

    /// The order in which rows decide: the lower first.
    fn order(&self, value: u32, close: Closeness) -> (Reverse<i32>, Closeness, u32) {
        (Reverse(self.classes.precedence(value)), close, self.classes.rank(value))
    }

    /// On which list each of many devices is, in `lists` at the same place; only what keys alone decide, without
    /// subscriptions and hashes. `lists` is as long as `keys`; what is longer is left as it is.
    ///
    /// Many at once take a fifth of the time of one by one, since the waits for memory overlap.
    pub fn lists(&self, keys: &[ImeiKey], lists: &mut [Option<List>]) {
        let mut numbers = [0; BATCH];
        let mut values = [0; BATCH];
        let mut covered = [0; BATCH];
        for (keys, lists) in keys.chunks(BATCH).zip(lists.chunks_mut(BATCH)) {
            for (key, number) in keys.iter().zip(&mut numbers) {
                *number = key.number();
            }
            let numbers = &numbers[..keys.len()];
            self.listed.devices(numbers, &mut values[..keys.len()]);
            // The few that a range may cover are gathered first, since nobody could guess which they are.
            let mut count = 0;
            for (at, (&number, list)) in numbers.iter().zip(&mut *lists).enumerate() {
                *list = self.classes.list(values[at]);
                covered[count % BATCH] = at;
                count += usize::from(self.listed.segments.may_cover(number));
            }
            for &at in &covered[..count] {
                lists[at] = self.list(numbers[at], values[at]);
            }
        }
    }

    /// The list of a device that has this value in the table of devices, or 0.
    fn list(&self, number: u64, value: u32) -> Option<List> {
        let value = match self.listed.segments.find(number) {
            None => value,
            Some(rule) if value == 0 => rule.value,
            Some(rule) if self.order(rule.value, 1 + rule.span()) < self.order(value, 1) => rule.value,
            Some(_) => value,
        };
        self.classes.list(value)
    }

    /// Whether any device is listed by its keyed hash, so that hashing one is worth its time.
    pub fn has_hashes(&self) -> bool {
        !self.hashes.is_empty()
    }

    /// Whether a model is known by its TAC; `None` where no model is known at all.
    pub fn models(&self, tac: Tac) -> Option<bool> {
        (!self.models.is_empty()).then(|| self.models.contains(tac.number()))
    }

    /// Whether a device is registered; `None` where no device is.
    pub fn registered(&self, key: ImeiKey) -> Option<bool> {
        (!self.registered.is_empty()).then(|| self.registered.covers(key.number()))
    }

    /// Whether each of many devices is registered, at the same place; `false` where no device is registered at all.
    pub fn all_registered(&self, keys: &[ImeiKey], registered: &mut [bool]) {
        if self.registered.is_empty() {
            return registered.fill(false);
        }
        let mut numbers = [0; BATCH];
        let mut values = [0; BATCH];
        for (keys, registered) in keys.chunks(BATCH).zip(registered.chunks_mut(BATCH)) {
            for (key, number) in keys.iter().zip(&mut numbers) {
                *number = key.number();
            }
            let numbers = &numbers[..keys.len()];
            self.registered.devices(numbers, &mut values[..keys.len()]);
            for ((&number, &value), registered) in numbers.iter().zip(&values).zip(registered) {
                *registered = value != 0 || self.registered.segments.find(number).is_some();
            }
        }
    }

    /// Whether a device is paired with this subscription; `None` where it is paired with none.
    pub fn paired(&self, key: ImeiKey, imsi: Imsi) -> Option<bool> {
        let is_paired = self.pairings.any(sorted::first_pair(key), sorted::last_pair(key));
        is_paired.then(|| self.pairings.find(sorted::pair(key, imsi)).is_some())
    }
}
