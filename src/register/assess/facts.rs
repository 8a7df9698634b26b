//! What the register and the fleet know of a device.

use crate::identity::{Iccid, ImeiKey, Imsi, Tac};
use crate::register::{List, Subject};
use jiff::Timestamp;
use std::sync::Arc;

/// What is known of a device, of a model and of the others of its batch.
///
/// Each answer may be left out: what a register does not know it does not hold against anybody.
pub trait Facts {
    /// The row of the lists that decides about the device.
    fn listed(&self, _key: ImeiKey, _imsi: Option<Imsi>) -> Option<Listing> {
        None
    }

    /// Whether the TAC file has this model; `None` where there is no TAC file.
    fn models(&self, _tac: Tac) -> Option<bool> {
        None
    }

    /// Whether the device is registered; `None` where there is no book of registered devices.
    fn registered(&self, _key: ImeiKey) -> Option<bool> {
        None
    }

    /// Whether the device and the subscription belong together; `None` where nothing says with what it is paired.
    fn paired(&self, _key: ImeiKey, _imsi: Imsi) -> Option<bool> {
        None
    }

    /// Whether the device and the card belong together; `None` where nothing says at `now` with which card it is paired.
    fn paired_card(&self, _key: ImeiKey, _iccid: Iccid, _now: Timestamp) -> Option<bool> {
        None
    }

    /// The cards with which the device's number came before.
    fn sightings(&self, _key: ImeiKey) -> Vec<Sighting> {
        Vec::new()
    }

    /// Other devices of this batch with the same number: their ports or places. `device` is where the candidate is.
    fn twins(&self, _key: ImeiKey, _device: Option<&str>) -> Vec<Arc<str>> {
        Vec::new()
    }

    /// When the device was seen first.
    fn first_seen(&self, _key: ImeiKey) -> Option<Timestamp> {
        None
    }

    /// Since when the condition of this name holds for the device; `None` where it did not hold before.
    fn first_held(&self, _condition: &str, _key: ImeiKey) -> Option<Timestamp> {
        None
    }
}

/// A register that was told nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct NoFacts;

impl Facts for NoFacts {}

/// The row of a list that decides about a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// On which list it is.
    pub list: List,
    /// What the row is about.
    pub entry: Subject,
    /// Who put it there.
    pub source: Option<Arc<str>>,
    /// Why.
    pub reason: Option<Arc<str>>,
    /// Since when.
    pub since: Option<Timestamp>,
    /// Until when it holds.
    pub until: Option<Timestamp>,
}

impl Listing {
    /// A row that says nothing but which list it is of.
    pub fn new(list: List, entry: impl Into<Subject>) -> Self {
        Self { list, entry: entry.into(), source: None, reason: None, since: None, until: None }
    }
}

/// A card with which a device's number was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sighting {
    /// The card.
    pub iccid: Option<Iccid>,
    /// Its subscription.
    pub imsi: Option<Imsi>,
    /// When it was seen so last.
    pub last: Timestamp,
}

impl Sighting {
    /// Whether anything is known of the card.
    pub(super) fn is_some(&self) -> bool {
        self.iccid.is_some() || self.imsi.is_some()
    }

    /// Whether they are two cards for sure: by their ICCIDs where both are known (a card may change its subscription),
    /// else by their IMSIs.
    pub(super) fn differs(&self, other: &Self) -> bool {
        match (self.iccid, other.iccid, self.imsi, other.imsi) {
            (Some(one), Some(other), _, _) => one != other,
            (_, _, Some(one), Some(other)) => one != other,
            (_, _, _, _) => false,
        }
    }
}
