//! What the register knows of a device, as the assessment asks it.

use super::check::Check;
use super::{Place, now};
use crate::cli::{CliError, Exit};
use crate::identity::{ImeiKey, Imsi, Tac};
use crate::register::assess::{Facts, Listing, Sighting};
use crate::register::{Book, Desk, fleet};
use jiff::Timestamp;

/// A register at the desk of somebody who checks a few devices: reasons and dates are read off the store.
struct DeskFacts<'a>(&'a Desk);

pub(super) fn check(check: &Check, place: &Place) -> Result<Exit, CliError> {
    let desk = place.desk()?;
    let rules = desk.rules();
    check.run(&DeskFacts(&desk), &rules, now())
}

impl Facts for DeskFacts<'_> {
    fn listed(&self, key: ImeiKey, imsi: Option<Imsi>) -> Option<Listing> {
        let listed = self.0.listed(key, imsi)?;
        let index = self.0.index();
        let mut listing = Listing::new(listed.list, listed.entry);
        listing.source = index.sources().get(listed.source).map(|source| source.name.clone());
        // The index has decided; what more there is to tell of the row is no reason to fail.
        let rows = self.0.store().about(Book::Lists, &listed.entry).unwrap_or_default();
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

    fn sightings(&self, key: ImeiKey) -> Vec<Sighting> {
        fleet::sightings(&mut self.0.store(), key).unwrap_or_default()
    }

    fn first_seen(&self, key: ImeiKey) -> Option<Timestamp> {
        fleet::first_seen(&mut self.0.store(), key).unwrap_or_default()
    }
}
