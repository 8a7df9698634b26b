//! Looking devices and cards up: by IMEI, ICCID, IMSI or label, by state, and as the assessment of a candidate asks.

use super::declared;
use super::error::FleetError;
use super::link::{Declared, Link};
use super::sighting::{iccid_of, imsi_of, key, number, text, time};
use super::sim::{self, COLUMNS, Sim};
use crate::identity::{Iccid, ImeiKey, Imsi, Spelling};
use crate::register::assess;
use crate::register::store::{Database, Store, StoreError, Value, one};
use jiff::Timestamp;
use std::collections::{BTreeSet, HashMap, HashSet};

/// The devices that a text names: an IMEI in any spelling, or the ICCID, the IMSI or the label that a device was declared
/// with, bound to or seen with.
///
/// Fifteen digits may be an IMEI or an IMSI: what the fleet knows decides. An IMEI that it does not know is found where
/// nothing else is.
///
/// # Errors
/// The store fails.
pub fn identify(store: &mut Store, named: &str) -> Result<Vec<ImeiKey>, FleetError> {
    let named = named.trim();
    let device = Spelling::parse(named).ok().and_then(|spelling| spelling.equipment.key());
    let iccid = text(Iccid::parse(named).ok());
    let imsi = text(Imsi::parse(named).ok());
    store.in_transaction(|database| {
        declared::settle(database)?;
        let mut found = BTreeSet::new();
        found.extend(declared::devices_by(database, "label", named)?);
        for (column, value) in [("iccid", &iccid), ("imsi", &imsi)] {
            if !value.is_empty() {
                found.extend(declared::devices_by(database, column, value)?);
                found.extend(devices_with(database, column, value)?);
            }
        }
        if !imsi.is_empty() {
            let sql =
                "SELECT e.low FROM entry e WHERE e.imsi = $1 AND e.imsi <> '' AND e.to_act IS NULL AND e.book = 3";
            numbers(database, sql, &[imsi.as_str().into()], &mut found)?;
        }
        if let Some(device) = device
            && (found.is_empty() || is_known(database, device)?)
        {
            found.insert(device);
        }
        Ok(found.into_iter().collect())
    })
}

/// The fleet's devices in order: all that are declared, bound or were seen; `each` hears one after another.
///
/// # Errors
/// The store fails.
pub fn devices(store: &mut Store, mut each: impl FnMut(ImeiKey)) -> Result<(), FleetError> {
    store.in_transaction(|database| {
        declared::settle(database)?;
        let sql = "SELECT d.imei FROM declared d UNION SELECT g.imei FROM sighting g \
             UNION SELECT c.device FROM sim c WHERE c.device IS NOT NULL ORDER BY 1";
        database.query(sql, &[], &mut |row| {
            if let [imei, ..] = row {
                each(key(imei.int()?)?);
            }
            Ok(())
        })?;
        Ok(())
    })
}

/// The cards of the fleet with their links as they are at `now`, of one state or all: those that were seen or changed by
/// hand, and those that the fleet's book declares. Some hundred bytes a card are held.
///
/// # Errors
/// The store fails.
pub fn sims(store: &mut Store, state: Option<&str>, now: Timestamp) -> Result<Vec<Sim>, FleetError> {
    store.in_transaction(|database| {
        declared::settle(database)?;
        let mut found = read(database, &format!("SELECT {COLUMNS} FROM sim c ORDER BY c.id"), &[])?;
        let cards: HashSet<String> = found.iter().map(|sim| text(sim.iccid)).collect();
        let subscriptions: HashSet<String> = found.iter().map(|sim| text(sim.imsi)).collect();
        let mut more = Vec::new();
        let sql = "SELECT DISTINCT d.iccid, d.imsi FROM declared d WHERE (d.iccid <> '' OR d.imsi <> '') \
             AND (d.until IS NULL OR d.until > $1) ORDER BY d.iccid, d.imsi";
        database.query(sql, &[now.as_second().into()], &mut |row| {
            if let [iccid, imsi, ..] = row {
                let (iccid, imsi) = (iccid.str()?, imsi.str()?);
                let is_known =
                    !iccid.is_empty() && cards.contains(iccid) || !imsi.is_empty() && subscriptions.contains(imsi);
                if !is_known {
                    more.push(Sim::new(iccid_of(iccid)?, imsi_of(imsi)?));
                }
            }
            Ok(())
        })?;
        found.extend(more);
        as_declared(database, &mut found, now)?;
        found.retain(|sim| state.is_none_or(|state| sim.binding.link.word() == state));
        Ok(found)
    })
}

/// The card of an ICCID or an IMSI, as it is at `now`; `None` where nothing was ever seen or declared of it.
///
/// # Errors
/// The store fails.
pub fn sim(
    store: &mut Store,
    iccid: Option<Iccid>,
    imsi: Option<Imsi>,
    now: Timestamp,
) -> Result<Option<Sim>, FleetError> {
    store.in_transaction(|database| {
        declared::settle(database)?;
        let known = sim::find(database, iccid, imsi)?;
        let is_known = known.is_some();
        let mut found = [known.unwrap_or_else(|| Sim::new(iccid, imsi))];
        as_declared(database, &mut found, now)?;
        let [sim] = found;
        Ok((is_known || sim.declared != Declared::Nothing).then_some(sim))
    })
}

/// The cards that are bound to a device, were last seen in it, or are declared for it.
pub(super) fn sims_of(store: &mut Store, device: ImeiKey, now: Timestamp) -> Result<Vec<Sim>, FleetError> {
    store.in_transaction(|database| {
        declared::settle(database)?;
        Ok(cards_of(database, device, now)?)
    })
}

/// As [`sims_of`], once what is declared is settled.
pub(super) fn cards_of(database: &mut dyn Database, device: ImeiKey, now: Timestamp) -> Result<Vec<Sim>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM sim c WHERE c.device = $1 UNION SELECT {COLUMNS} FROM sim c WHERE c.seen = $1 ORDER BY 1"
    );
    let mut found = read(database, &sql, &[number(device).into()])?;
    let mut named = Vec::new();
    let sql = "SELECT DISTINCT d.iccid, d.imsi FROM declared d WHERE d.imei = $1 AND (d.iccid <> '' OR d.imsi <> '') \
             AND (d.until IS NULL OR d.until > $2) UNION SELECT '', e.imsi FROM entry e WHERE e.low = $1 AND e.high = $1 \
             AND e.imsi <> '' AND e.to_act IS NULL AND e.book = 3 AND e.hashed = 0 AND (e.until IS NULL OR e.until > $2) ORDER BY 1, 2";
    database.query(sql, &[number(device).into(), now.as_second().into()], &mut |row| {
        if let [iccid, imsi, ..] = row {
            named.push((iccid_of(iccid.str()?)?, imsi_of(imsi.str()?)?));
        }
        Ok(())
    })?;
    for (iccid, imsi) in named.into_iter().rev() {
        let same = |sim: &Sim| iccid.is_some() && sim.iccid == iccid || imsi.is_some() && sim.imsi == imsi;
        if !found.iter().any(same) {
            found.push(sim::find(database, iccid, imsi)?.unwrap_or_else(|| Sim::new(iccid, imsi)));
        }
    }
    as_declared(database, &mut found, now)?;
    Ok(found)
}

/// The cards with which a device was seen, each once, with the last time: what [`assess::Facts::sightings`] answers.
///
/// # Errors
/// The store fails.
pub fn sightings(store: &mut Store, device: ImeiKey) -> Result<Vec<assess::Sighting>, FleetError> {
    let mut found = Vec::new();
    let sql = "SELECT g.iccid, g.imsi, max(g.at) FROM sighting g WHERE g.imei = $1 AND (g.iccid <> '' OR g.imsi <> '') \
         GROUP BY g.iccid, g.imsi ORDER BY 3, 1, 2";
    store.database().query(sql, &[number(device).into()], &mut |row| {
        if let [iccid, imsi, last, ..] = row {
            found.push(assess::Sighting {
                iccid: iccid_of(iccid.str()?)?,
                imsi: imsi_of(imsi.str()?)?,
                last: time(last.int()?)?,
            });
        }
        Ok(())
    })?;
    Ok(found)
}

/// When a device was seen first: what [`assess::Facts::first_seen`] answers.
///
/// # Errors
/// The store fails.
pub fn first_seen(store: &mut Store, device: ImeiKey) -> Result<Option<Timestamp>, FleetError> {
    let row = one(store.database(), "SELECT min(g.at) FROM sighting g WHERE g.imei = $1", &[number(device).into()])?;
    let first = row.as_deref().and_then(<[Value]>::first).map(Value::opt_int).transpose()?.flatten();
    Ok(first.map(time).transpose()?)
}

/// How far sightings and links are: whoever has seen a mark has seen all that came before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Mark {
    sighting: i64,
    event: i64,
}

/// How far sightings and links are now. A look at two counters.
///
/// # Errors
/// The store fails.
pub fn mark(store: &mut Store) -> Result<Mark, FleetError> {
    let sql = "SELECT (SELECT coalesce(max(id), 0) FROM sighting), (SELECT coalesce(max(id), 0) FROM link_event)";
    match one(store.database(), sql, &[])?.as_deref() {
        Some([sighting, event, ..]) => Ok(Mark { sighting: sighting.int()?, event: event.int()? }),
        Some(_) | None => Ok(Mark::default()),
    }
}

/// Whether any card has left its device, as far as cards were touched; reads no book.
pub(in crate::register) fn has_differed(database: &mut dyn Database) -> Result<bool, StoreError> {
    Ok(one(database, "SELECT c.id FROM sim c WHERE c.link = 3 LIMIT 1", &[])?.is_some())
}

/// The cards that are bound to one device and were seen in another, as the books declare them at `now`. Inside a
/// transaction.
pub(in crate::register) fn differed(database: &mut dyn Database, now: Timestamp) -> Result<Vec<Sim>, StoreError> {
    if !has_differed(database)? {
        return Ok(Vec::new());
    }
    declared::settle(database)?;
    let mut found = read(database, &format!("SELECT {COLUMNS} FROM sim c WHERE c.link = 3 ORDER BY c.id"), &[])?;
    as_declared(database, &mut found, now)?;
    found.retain(|sim| matches!(sim.binding.link, Link::Differed(_)));
    Ok(found)
}

/// With which cards a device came, the last one last, and when it was seen first.
#[derive(Debug, Clone, Default)]
pub(in crate::register) struct Cards {
    pub(in crate::register) sightings: Vec<assess::Sighting>,
    pub(in crate::register) first_seen: Option<Timestamp>,
}

/// The same as [`sightings`] and [`first_seen`], of all devices at once that `is_wanted`.
pub(in crate::register) fn cards_by_device(
    database: &mut dyn Database,
    is_wanted: impl Fn(ImeiKey) -> bool,
) -> Result<HashMap<ImeiKey, Cards>, StoreError> {
    let mut found: HashMap<ImeiKey, Cards> = HashMap::new();
    let sql = "SELECT g.imei, g.iccid, g.imsi, max(g.at), min(g.at) FROM sighting g GROUP BY g.imei, g.iccid, g.imsi \
         ORDER BY g.imei, 4, 2, 3";
    database.query(sql, &[], &mut |row| {
        let [imei, iccid, imsi, last, first, ..] = row else {
            return Err(StoreError::Damaged("a sighting has too few columns".into()));
        };
        let device = key(imei.int()?)?;
        if !is_wanted(device) {
            return Ok(());
        }
        let known = found.entry(device).or_default();
        let first = time(first.int()?)?;
        known.first_seen = Some(known.first_seen.map_or(first, |earlier| earlier.min(first)));
        let seen =
            assess::Sighting { iccid: iccid_of(iccid.str()?)?, imsi: imsi_of(imsi.str()?)?, last: time(last.int()?)? };
        if seen.iccid.is_some() || seen.imsi.is_some() {
            known.sightings.push(seen);
        }
        Ok(())
    })?;
    Ok(found)
}

/// The cards as the books declare them now, in memory alone.
pub(super) fn as_declared(database: &mut dyn Database, sims: &mut [Sim], now: Timestamp) -> Result<(), StoreError> {
    for sim in sims {
        let declared = declared::of(database, &text(sim.iccid), &text(sim.imsi), now)?;
        // What there is to tell is told when the card is touched.
        drop(sim.redeclare(declared));
    }
    Ok(())
}

pub(super) fn read(database: &mut dyn Database, sql: &str, values: &[Value]) -> Result<Vec<Sim>, StoreError> {
    let mut found = Vec::new();
    database.query(sql, values, &mut |row| {
        found.push(Sim::read(row)?);
        Ok(())
    })?;
    Ok(found)
}

pub(super) fn numbers(
    database: &mut dyn Database,
    sql: &str,
    values: &[Value],
    found: &mut BTreeSet<ImeiKey>,
) -> Result<(), StoreError> {
    database.query(sql, values, &mut |row| {
        if let [number, ..] = row
            && let Some(number) = number.opt_int()?
        {
            found.insert(key(number)?);
        }
        Ok(())
    })
}

/// The devices that a card is bound to, or was seen in.
pub(super) fn devices_with(
    database: &mut dyn Database,
    column: &str,
    value: &str,
) -> Result<BTreeSet<ImeiKey>, StoreError> {
    let mut found = BTreeSet::new();
    let sql = format!(
        "SELECT g.imei FROM sighting g WHERE g.{column} = $1 AND g.{column} <> '' \
         UNION SELECT c.device FROM sim c WHERE c.{column} = $1 AND c.{column} <> ''"
    );
    numbers(database, &sql, &[value.into()], &mut found)?;
    Ok(found)
}

fn is_known(database: &mut dyn Database, device: ImeiKey) -> Result<bool, StoreError> {
    let sql = "SELECT g.imei FROM sighting g WHERE g.imei = $1 UNION SELECT c.device FROM sim c WHERE c.device = $1 \
         UNION SELECT d.imei FROM declared d WHERE d.imei = $1 UNION SELECT e.low FROM entry e WHERE e.low = $1 AND e.high = $1 AND e.to_act IS NULL";
    Ok(one(database, sql, &[number(device).into()])?.is_some())
}
