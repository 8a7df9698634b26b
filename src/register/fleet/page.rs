//! The fleet, some devices or cards at a time: whoever reads on says where the last page ended.

use super::declared;
use super::device::declared_of;
use super::error::FleetError;
use super::find::{as_declared, cards_of, devices_with, numbers, read};
use super::sighting::{key, number, text};
use super::sim::{COLUMNS, Sim};
use crate::identity::{Iccid, ImeiKey, Imsi};
use crate::register::Row;
use crate::register::store::{Store, StoreError, Value};
use jiff::Timestamp;
use std::collections::BTreeSet;

/// For one page so many devices or cards are looked at, however few of them are in the state that is asked for.
pub const LOOKED: usize = 1000;

/// What devices are looked up by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Named {
    /// The device itself.
    Device(ImeiKey),
    /// A card that it was declared with, bound to or seen with.
    Card(Iccid),
    /// A subscription, likewise.
    Subscription(Imsi),
    /// Its label, exactly as it was declared.
    Label(String),
}

/// A device of the fleet, without what happened to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    /// The device.
    pub key: ImeiKey,
    /// What each source declares of it, the one that is believed first in front.
    pub declared: Vec<(String, Row)>,
    /// The cards that are bound to it, or were last seen in it.
    pub sims: Vec<Sim>,
}

/// The devices of the fleet after one, in order, `limit` at most: all, those that something names, those with a card of a
/// state. Beside them where the next page begins; `None` where this is the last.
///
/// A page looks at [`LOOKED`] devices at most: where few are in the state, it may have less than `limit`, or none, and
/// others follow all the same.
///
/// # Errors
/// The store fails.
pub fn members(
    store: &mut Store,
    named: Option<&Named>,
    state: Option<&str>,
    after: Option<ImeiKey>,
    limit: usize,
    now: Timestamp,
) -> Result<(Vec<Member>, Option<ImeiKey>), FleetError> {
    settled(store)?;
    let sources = store.sources()?;
    let wanted = LOOKED.min(if state.is_some() { LOOKED } else { limit });
    // One more, which says whether others follow.
    let keys = match named {
        None => after_one(store, after, wanted + 1)?,
        Some(named) => {
            let all = devices_of(store, named)?;
            all.into_iter().filter(|key| after.is_none_or(|after| *key > after)).take(wanted + 1).collect()
        }
    };
    let (mut found, mut last) = (Vec::new(), None);
    for (at, key) in keys.into_iter().enumerate() {
        if at == wanted || found.len() == limit {
            return Ok((found, last));
        }
        last = Some(key);
        let sims = cards_of(store.database(), key, now)?;
        if state.is_none_or(|state| sims.iter().any(|sim| sim.binding.link.word() == state)) {
            let declared = declared_of(store, &sources, key, now)?;
            found.push(Member { key, declared, sims });
        }
    }
    Ok((found, None))
}

/// The cards that were seen or changed by hand, after the one of a number, `limit` at most: all, or those of a state. Beside
/// them the number after which the next page begins. Looks at [`LOOKED`] at most, as [`members`] does.
///
/// Cards that are only declared are found with their devices.
///
/// # Errors
/// The store fails.
pub fn cards(
    store: &mut Store,
    state: Option<&str>,
    after: i64,
    limit: usize,
    now: Timestamp,
) -> Result<(Vec<Sim>, Option<i64>), FleetError> {
    settled(store)?;
    let wanted = LOOKED.min(if state.is_some() { LOOKED } else { limit });
    let sql = format!("SELECT {COLUMNS} FROM sim c WHERE c.id > $1 ORDER BY c.id LIMIT $2");
    let mut sims = read(store.database(), &sql, &[after.into(), count(wanted + 1)])?;
    let follow = sims.len() > wanted;
    sims.truncate(wanted);
    let (mut found, mut last) = (Vec::new(), after);
    for mut sim in sims {
        if found.len() == limit {
            return Ok((found, Some(last)));
        }
        last = sim.id;
        as_declared(store.database(), std::slice::from_mut(&mut sim), now)?;
        if state.is_none_or(|state| sim.binding.link.word() == state) {
            found.push(sim);
        }
    }
    Ok((found, follow.then_some(last)))
}

/// What the books declare is where it can be looked up. Waits for a writer only where it was not.
fn settled(store: &mut Store) -> Result<(), FleetError> {
    if declared::is_settled(store.database())? {
        return Ok(());
    }
    store.in_transaction(|database| Ok(declared::settle(database)?))
}

/// The devices after one, in order.
fn after_one(store: &mut Store, after: Option<ImeiKey>, most: usize) -> Result<Vec<ImeiKey>, StoreError> {
    let mut found = Vec::new();
    // Each part ends by itself, so that none is read to its end for the first few.
    let sql = "SELECT imei FROM (SELECT DISTINCT d.imei FROM declared d WHERE d.imei > $1 ORDER BY d.imei LIMIT $2) AS a \
         UNION SELECT imei FROM (SELECT DISTINCT g.imei FROM sighting g WHERE g.imei > $1 ORDER BY g.imei LIMIT $2) AS b \
         UNION SELECT imei FROM (SELECT DISTINCT c.device AS imei FROM sim c WHERE c.device IS NOT NULL AND c.device > $1 \
         ORDER BY c.device LIMIT $2) AS c ORDER BY 1 LIMIT $2";
    store.database().query(sql, &[after.map_or(-1, number).into(), count(most)], &mut |row| {
        if let [imei, ..] = row {
            found.push(key(imei.int()?)?);
        }
        Ok(())
    })?;
    Ok(found)
}

fn devices_of(store: &mut Store, named: &Named) -> Result<BTreeSet<ImeiKey>, StoreError> {
    let database = store.database();
    let (column, value) = match named {
        Named::Device(device) => {
            let sql = "SELECT g.imei FROM sighting g WHERE g.imei = $1 UNION SELECT c.device FROM sim c WHERE c.device = $1 \
                 UNION SELECT d.imei FROM declared d WHERE d.imei = $1";
            let mut found = BTreeSet::new();
            numbers(database, sql, &[number(*device).into()], &mut found)?;
            return Ok(found);
        }
        Named::Label(label) => return Ok(declared::devices_by(database, "label", label)?.into_iter().collect()),
        Named::Card(iccid) => ("iccid", text(Some(*iccid))),
        Named::Subscription(imsi) => ("imsi", text(Some(*imsi))),
    };
    let mut found = devices_with(database, column, &value)?;
    if column == "imsi" {
        let sql = "SELECT e.low FROM entry e WHERE e.imsi = $1 AND e.imsi <> '' AND e.to_act IS NULL AND e.book = 3";
        numbers(database, sql, &[value.as_str().into()], &mut found)?;
    }
    found.extend(declared::devices_by(database, column, &value)?);
    Ok(found)
}

fn count(number: usize) -> Value {
    i64::try_from(number).unwrap_or(i64::MAX).into()
}
