//! All that is known of one device: what is declared of it, its cards, and what happened, in the order of time.

use super::error::FleetError;
use super::find;
use super::link::LinkEvent;
use super::sighting::{Sighting, iccid_of, imsi_of, key, number, time};
use super::sim::Sim;
use crate::identity::{Iccid, ImeiKey, Imsi};
use crate::register::store::{Database, Store, StoreError, StoredSource, Version};
use crate::register::{Book, Entry, KeyedHash, Row, Subject};
use jiff::Timestamp;
use std::collections::HashMap;

/// A device's file.
#[derive(Debug, Clone, PartialEq)]
pub struct Device {
    /// The device.
    pub key: ImeiKey,
    /// What each source declares of it in the fleet's book, the one that is believed first in front.
    pub declared: Vec<(String, Row)>,
    /// The cards that are bound to it, or were last seen in it.
    pub sims: Vec<Sim>,
    /// What happened, the oldest first: of the sightings the last, as many as were asked for.
    pub activity: Vec<Activity>,
}

/// Something that happened to a device.
#[derive(Debug, Clone, PartialEq)]
pub struct Activity {
    /// When.
    pub at: Timestamp,
    /// What.
    pub happened: Happened,
}

/// What happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Happened {
    /// It was seen.
    Seen(Sighting),
    /// The link of one of its cards changed.
    Link {
        /// The card.
        iccid: Option<Iccid>,
        /// Its subscription.
        imsi: Option<Imsi>,
        /// What changed.
        event: LinkEvent,
        /// Who did it: a user, `sighting` or `declaration`.
        who: String,
    },
    /// A row about it was put into a book.
    Put(Box<Version>),
    /// A row about it was taken out of a book, by the act of this number.
    Taken(Box<Version>, i64),
}

impl Device {
    /// Reads all that is known of a device; of its sightings the last `most`.
    ///
    /// # Errors
    /// The store fails.
    pub fn read(
        store: &mut Store,
        key: ImeiKey,
        hash: Option<KeyedHash>,
        most: usize,
        now: Timestamp,
    ) -> Result<Self, FleetError> {
        let sims = find::sims_of(store, key, now)?;
        let sources = store.sources()?;
        let declared = declared_of(store, &sources, key, now)?;
        let mut activity = acts(store, key, hash)?;
        store.in_transaction(|database| {
            seen(database, key, most, &mut activity)?;
            links(database, key, &mut activity)
        })?;
        // Equal times keep this order: what a book said, what was seen, what that did.
        activity.sort_by_key(|activity| activity.at);
        Ok(Self { key, declared, sims, activity })
    }

    /// Its sightings, the oldest first.
    pub fn sightings(&self) -> impl Iterator<Item = &Sighting> {
        self.activity.iter().filter_map(|activity| match &activity.happened {
            Happened::Seen(sighting) => Some(sighting),
            Happened::Link { .. } | Happened::Put(_) | Happened::Taken(..) => None,
        })
    }

    /// A declared field, of the source that is believed first among those that have it.
    pub fn field(&self, name: &str) -> Option<&str> {
        self.declared.iter().find_map(|(_, row)| row.field(name).filter(|text| !text.trim().is_empty()))
    }
}

/// What each source declares of a device at `now`, the one that is believed first in front.
pub(super) fn declared_of(
    store: &mut Store,
    sources: &[StoredSource],
    key: ImeiKey,
    now: Timestamp,
) -> Result<Vec<(String, Row)>, StoreError> {
    let rank = |source: i64| sources.iter().find(|known| known.id == source);
    let mut rows = store.about(Book::Fleet, &Subject::Entry(Entry::Device(key)))?;
    rows.retain(|stored| stored.row.holds(now));
    rows.sort_by_key(|stored| (std::cmp::Reverse(rank(stored.source).map(|source| source.precedence)), stored.source));
    let named = rows
        .into_iter()
        .map(|stored| (rank(stored.source).map(|source| source.name.clone()).unwrap_or_default(), stored.row));
    Ok(named.collect())
}

fn acts(store: &mut Store, key: ImeiKey, hash: Option<KeyedHash>) -> Result<Vec<Activity>, StoreError> {
    let mut found = Vec::new();
    let mut times = HashMap::new();
    for version in store.history(key, hash)? {
        found.push(Activity { at: version.opened.at, happened: Happened::Put(Box::new(version.clone())) });
        if let Some(act) = version.closed {
            let at = match times.get(&act) {
                Some(at) => *at,
                None => store.act(act)?.at,
            };
            times.insert(act, at);
            found.push(Activity { at, happened: Happened::Taken(Box::new(version), act) });
        }
    }
    Ok(found)
}

fn seen(
    database: &mut dyn Database,
    device: ImeiKey,
    most: usize,
    activity: &mut Vec<Activity>,
) -> Result<(), StoreError> {
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let sql = format!(
        "SELECT {} FROM sighting g WHERE g.imei = $1 ORDER BY g.at DESC, g.id DESC LIMIT $2",
        Sighting::COLUMNS
    );
    let from = activity.len();
    database.query(&sql, &[number(device).into(), most.into()], &mut |row| {
        let sighting = Sighting::read(row)?;
        activity.push(Activity { at: sighting.at, happened: Happened::Seen(sighting) });
        Ok(())
    })?;
    activity[from..].reverse();
    Ok(())
}

/// The events that name the device, and those of cards that are bound to it which name none.
fn links(database: &mut dyn Database, device: ImeiKey, activity: &mut Vec<Activity>) -> Result<(), StoreError> {
    let columns = "v.id, v.at, v.kind, v.imei, v.former, v.who, c.iccid, c.imsi";
    let sql = format!(
        "SELECT {columns} FROM link_event v JOIN sim c ON c.id = v.sim WHERE v.imei = $1 \
         UNION SELECT {columns} FROM link_event v JOIN sim c ON c.id = v.sim WHERE v.former = $1 \
         UNION SELECT {columns} FROM link_event v JOIN sim c ON c.id = v.sim WHERE v.imei IS NULL AND c.device = $1 \
         UNION SELECT {columns} FROM link_event v JOIN sim c ON c.id = v.sim WHERE v.imei IS NULL AND c.seen = $1 ORDER BY 1"
    );
    database.query(&sql, &[number(device).into()], &mut |row| {
        let [_, at, kind, imei, former, who, iccid, imsi, ..] = row else {
            return Err(StoreError::Damaged("an event has too few columns".into()));
        };
        let device = imei.opt_int()?.map(key).transpose()?;
        let former = former.opt_int()?.map(key).transpose()?;
        let event = LinkEvent::of(kind.str()?, device, former)
            .ok_or_else(|| StoreError::Damaged(format!("an event `{}`", kind.str().unwrap_or_default())))?;
        activity.push(Activity {
            at: time(at.int()?)?,
            happened: Happened::Link {
                iccid: iccid_of(iccid.str()?)?,
                imsi: imsi_of(imsi.str()?)?,
                event,
                who: who.str()?.to_owned(),
            },
        });
        Ok(())
    })
}
