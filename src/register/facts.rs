//! What a register knows of a device, as an assessment asks it: from its index alone, or from all that is open.

use super::assess::{Facts, Listing, Sighting};
use super::{Book, Desk, HashKey, Index, first_held, fleet};
use crate::identity::{Iccid, ImeiKey, Imsi, Tac};
use jiff::Timestamp;
use std::sync::Arc;

/// What an index says: lists, models, registrations and pairings by subscription. Waits for no store.
#[derive(Debug, Clone, Copy)]
pub struct IndexFacts<'a> {
    index: &'a Index,
    key: Option<&'a HashKey>,
}

impl<'a> IndexFacts<'a> {
    /// Asks this index; `key` is what devices are hashed with, where lists hold hashes.
    pub fn new(index: &'a Index, key: Option<&'a HashKey>) -> Self {
        Self { index, key }
    }
}

impl Facts for IndexFacts<'_> {
    fn listed(&self, key: ImeiKey, imsi: Option<Imsi>) -> Option<Listing> {
        let hash = self.key.filter(|_| self.index.has_hashes()).map(|secret| secret.hash(key));
        let listed = self.index.listed(key, imsi, hash)?;
        let source = self.index.sources().get(listed.source).map(|source| source.name.clone());
        Some(Listing { source, ..Listing::new(listed.list, listed.entry) })
    }

    fn models(&self, tac: Tac) -> Option<bool> {
        self.index.models(tac)
    }

    fn registered(&self, key: ImeiKey) -> Option<bool> {
        self.index.registered(key)
    }

    fn paired(&self, key: ImeiKey, imsi: Imsi) -> Option<bool> {
        self.index.paired(key, imsi)
    }
}

/// What a register that is open says: the index decides, and the store tells reasons, dates, cards and what was remembered.
///
/// For somebody who looks at a few devices: each answer may be a query. What the store fails to tell is told to the log, and
/// counts as not known.
#[derive(Debug, Clone, Copy)]
pub struct DeskFacts<'a>(pub &'a Desk);

impl DeskFacts<'_> {
    fn told<T: Default, E: std::fmt::Display>(answer: Result<T, E>) -> T {
        answer.unwrap_or_else(|error| {
            tracing::warn!("the register does not say all that it knows of a device: {error}");
            T::default()
        })
    }
}

impl Facts for DeskFacts<'_> {
    fn listed(&self, key: ImeiKey, imsi: Option<Imsi>) -> Option<Listing> {
        let listed = self.0.listed(key, imsi)?;
        let index = self.0.index();
        let mut listing = Listing::new(listed.list, listed.entry);
        listing.source = index.sources().get(listed.source).map(|source| source.name.clone());
        // The index has decided; what more there is to tell of the row is no reason to fail.
        let rows = Self::told(self.0.store().about(Book::Lists, &listed.entry));
        let source = i64::try_from(listed.source + 1).unwrap_or(0);
        if let Some(row) = rows.into_iter().find(|row| row.source == source).map(|stored| stored.row) {
            (listing.reason, listing.since, listing.until) = (row.reason, row.since, row.until);
        }
        Some(listing)
    }

    fn models(&self, tac: Tac) -> Option<bool> {
        self.0.index().models(tac)
    }

    fn registered(&self, key: ImeiKey) -> Option<bool> {
        self.0.index().registered(key)
    }

    fn paired(&self, key: ImeiKey, imsi: Imsi) -> Option<bool> {
        self.0.index().paired(key, imsi)
    }

    fn paired_card(&self, key: ImeiKey, iccid: Iccid, now: Timestamp) -> Option<bool> {
        let rows = Self::told(self.0.store().covering(key));
        let mut cards = rows
            .iter()
            .filter(|stored| stored.row.holds(now))
            .filter(|stored| match stored.book {
                Book::Pairings | Book::Fleet => true,
                Book::Lists | Book::Models | Book::Registrations => false,
            })
            .filter_map(|stored| Iccid::parse(stored.row.field("iccid")?).ok())
            .peekable();
        cards.peek()?;
        Some(cards.any(|card| card == iccid))
    }

    fn sightings(&self, key: ImeiKey) -> Vec<Sighting> {
        Self::told(fleet::sightings(&mut self.0.store(), key))
    }

    fn first_seen(&self, key: ImeiKey) -> Option<Timestamp> {
        Self::told(fleet::first_seen(&mut self.0.store(), key))
    }

    fn first_held(&self, condition: &str, key: ImeiKey) -> Option<Timestamp> {
        Self::told(first_held::of(&mut self.0.store(), key)).get(condition).copied()
    }
}

/// Several devices that are assessed together: each hears of the others that call themselves the same.
pub struct Batch<'a> {
    facts: &'a dyn Facts,
    /// What the devices are, and where each is.
    devices: Vec<(Option<ImeiKey>, Arc<str>)>,
}

impl<'a> Batch<'a> {
    /// `devices` are what each is, if it is anything, and what tells it from the others: a candidate's `device`.
    pub fn new(facts: &'a dyn Facts, devices: Vec<(Option<ImeiKey>, Arc<str>)>) -> Self {
        Self { facts, devices }
    }
}

impl Facts for Batch<'_> {
    fn twins(&self, key: ImeiKey, device: Option<&str>) -> Vec<Arc<str>> {
        let here = self.devices.iter().filter(|(other, place)| *other == Some(key) && Some(&**place) != device);
        here.map(|(_, place)| Arc::clone(place)).chain(self.facts.twins(key, device)).collect()
    }

    fn listed(&self, key: ImeiKey, imsi: Option<Imsi>) -> Option<Listing> {
        self.facts.listed(key, imsi)
    }

    fn models(&self, tac: Tac) -> Option<bool> {
        self.facts.models(tac)
    }

    fn registered(&self, key: ImeiKey) -> Option<bool> {
        self.facts.registered(key)
    }

    fn paired(&self, key: ImeiKey, imsi: Imsi) -> Option<bool> {
        self.facts.paired(key, imsi)
    }

    fn paired_card(&self, key: ImeiKey, iccid: Iccid, now: Timestamp) -> Option<bool> {
        self.facts.paired_card(key, iccid, now)
    }

    fn sightings(&self, key: ImeiKey) -> Vec<Sighting> {
        self.facts.sightings(key)
    }

    fn first_seen(&self, key: ImeiKey) -> Option<Timestamp> {
        self.facts.first_seen(key)
    }

    fn first_held(&self, condition: &str, key: ImeiKey) -> Option<Timestamp> {
        self.facts.first_held(condition, key)
    }
}
