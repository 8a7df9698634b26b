//! Numbers that more than one device seems to have: one IMEI with several cards, or in two places at one time.

use super::error::FleetError;
use super::remark::is_conflict;
use super::sighting::Sighting;
use crate::identity::ImeiKey;
use crate::register::assess::{DuplicateCards, MOST_CARDS};
use crate::register::store::{Database, Store, StoreError, Value};
use jiff::{SignedDuration, Timestamp};

/// A number that several devices may have.
#[derive(Debug, Clone, PartialEq)]
pub struct Duplicate {
    /// The number.
    pub device: ImeiKey,
    /// The cards that it came with, each as it was seen last, in the order in which they came; at most 16. Empty where they are
    /// fewer than the rules call a duplicate.
    pub cards: Vec<Sighting>,
    /// The last time that it was in two places within ten minutes.
    pub places: Option<(Sighting, Sighting)>,
}

/// The numbers of the fleet that several devices may have, in their order. What the rules call a duplicate is one, as seen
/// from `now`.
///
/// # Errors
/// The store fails.
pub fn duplicates(store: &mut Store, rule: DuplicateCards, now: Timestamp) -> Result<Vec<Duplicate>, FleetError> {
    Ok(found(store.database(), rule, now)?)
}

/// Only devices that came with more than one card or from more than one place are looked at: the database picks them out of
/// an index, and of each no more is held than what is told of it.
pub(in crate::register) fn found(
    database: &mut dyn Database,
    rule: DuplicateCards,
    now: Timestamp,
) -> Result<Vec<Duplicate>, StoreError> {
    let oldest =
        rule.within_days.and_then(|days| now.checked_sub(SignedDuration::from_hours(24 * i64::from(days))).ok());
    let sql = format!(
        "SELECT {} FROM sighting g WHERE g.at >= $1 AND g.imei IN (SELECT s.imei FROM sighting s WHERE s.at >= $1 GROUP BY s.imei \
         HAVING min(s.iccid) <> max(s.iccid) OR min(s.imsi) <> max(s.imsi) OR min(s.place) <> max(s.place)) \
         ORDER BY g.imei, g.at, g.id",
        Sighting::COLUMNS
    );
    let from = Value::from(oldest.map_or(i64::MIN, Timestamp::as_second));
    let (mut all, mut open) = (Vec::new(), None);
    database.query(&sql, &[from], &mut |row| {
        let sighting = Sighting::read(row)?;
        let device = sighting.device;
        if open.as_ref().is_some_and(|open: &Open| open.device != device) {
            all.extend(open.take().and_then(|open| open.judged(rule)));
        }
        open.get_or_insert_with(|| Open::new(device)).see(sighting);
        Ok(())
    })?;
    all.extend(open.and_then(|open| open.judged(rule)));
    Ok(all)
}

/// A device of which not all sightings were looked at yet.
struct Open {
    device: ImeiKey,
    cards: Vec<Sighting>,
    placed: Option<Sighting>,
    places: Option<(Sighting, Sighting)>,
}

impl Open {
    fn new(device: ImeiKey) -> Self {
        Self { device, cards: Vec::new(), placed: None, places: None }
    }

    /// Takes the next sighting in the order of time.
    fn see(&mut self, sighting: Sighting) {
        if sighting.iccid.is_some() || sighting.imsi.is_some() {
            match self.cards.iter().position(|card| !card.has_another_card(&sighting)) {
                Some(at) => {
                    let known = &self.cards[at];
                    let (iccid, imsi) = (sighting.iccid.or(known.iccid), sighting.imsi.or(known.imsi));
                    self.cards[at] = Sighting { iccid, imsi, ..sighting.clone() };
                }
                None if self.cards.len() < MOST_CARDS => self.cards.push(sighting.clone()),
                None => {}
            }
        }
        if sighting.place.is_empty() {
            return;
        }
        if let Some(before) = self.placed.take().filter(|before| is_conflict(before, &sighting)) {
            self.places = Some((before, sighting.clone()));
        }
        self.placed = Some(sighting);
    }

    fn judged(mut self, rule: DuplicateCards) -> Option<Duplicate> {
        if self.cards.len() < usize::from(rule.from) {
            self.cards.clear();
        }
        let is_one = !self.cards.is_empty() || self.places.is_some();
        is_one.then_some(Duplicate { device: self.device, cards: self.cards, places: self.places })
    }
}
