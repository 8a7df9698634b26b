//! Writing down what was seen, and what was done to a card's link.

use super::declared;
use super::error::FleetError;
use super::link::{LinkEvent, Step};
use super::sighting::{Seen, Sighting, number, text};
use super::sim::{self, Sim};
use crate::identity::{Iccid, Imsi};
use crate::register::store::{Database, Store, StoreError, Value, one};
use jiff::Timestamp;

/// Who stands behind what a sighting has done.
const SIGHTING: &str = "sighting";
/// Who stands behind what a declaration has done.
const DECLARATION: &str = "declaration";

/// Writes a sighting down, and moves its card's link. The same sighting told again changes nothing.
///
/// # Errors
/// The store fails, the sighting is of the future, or its place has no fit name.
pub fn see(store: &mut Store, sighting: &Sighting, now: Timestamp) -> Result<Seen, FleetError> {
    let mut seen = see_all(store, std::slice::from_ref(sighting), now)?;
    seen.pop().ok_or_else(|| StoreError::Damaged("a sighting without an outcome".into()).into())
}

/// Writes sightings down in the order of their times: all of them, or none.
///
/// # Errors
/// The store fails, a sighting is of the future, or its place has no fit name.
pub fn see_all(store: &mut Store, sightings: &[Sighting], now: Timestamp) -> Result<Vec<Seen>, FleetError> {
    for sighting in sightings {
        sighting.check(now)?;
    }
    let mut order: Vec<usize> = (0..sightings.len()).collect();
    order.sort_by_key(|&at| sightings[at].at);
    store.in_transaction(|database| {
        declared::settle(database)?;
        let mut seen = vec![None; sightings.len()];
        for at in order {
            seen[at] = Some(keep(database, &sightings[at], now)?);
        }
        Ok(seen.into_iter().flatten().collect())
    })
}

/// Takes a step by hand: arms a card, links it or unlinks it; a card that was never seen is known from now on. What it did.
///
/// # Errors
/// The store fails, or nothing names the card.
pub fn step(
    store: &mut Store,
    iccid: Option<Iccid>,
    imsi: Option<Imsi>,
    step: Step,
    who: &str,
    now: Timestamp,
) -> Result<(Sim, Vec<LinkEvent>), FleetError> {
    if iccid.is_none() && imsi.is_none() {
        return Err(FleetError::NoSim);
    }
    store.in_transaction(|database| {
        declared::settle(database)?;
        let sim = sim::seen(database, iccid, imsi, now)?;
        let mut sim = touched(database, sim, now, now)?;
        let events = sim.step(step);
        sim.moved = sim.moved.max(now);
        sim.keep(database)?;
        sim.tell(database, &events, now, who)?;
        Ok((sim, events))
    })
}

/// Sightings before `$1` that are not the last of their device with their card, nor the first of their device.
///
/// The first is kept since the time that an unknown TAC is given begins with it.
const PRUNABLE: &str = "at < $1 AND EXISTS (SELECT 1 FROM sighting n WHERE n.imei = sighting.imei AND n.iccid = sighting.iccid \
     AND n.imsi = sighting.imsi AND (n.at > sighting.at OR (n.at = sighting.at AND n.id > sighting.id))) \
     AND EXISTS (SELECT 1 FROM sighting o WHERE o.imei = sighting.imei \
     AND (o.at < sighting.at OR (o.at = sighting.at AND o.id < sighting.id)))";

/// Takes sightings that are older than `before` out of the history, but for the first of each device, and the last of each
/// device with each card. How many.
///
/// # Errors
/// The store fails.
pub fn prune(store: &mut Store, before: Timestamp) -> Result<u64, FleetError> {
    let sql = format!("DELETE FROM sighting WHERE {PRUNABLE}");
    store.in_transaction(|database| Ok(database.execute(&sql, &[before.as_second().into()])?))
}

/// How many sightings [`prune`] would take out, and how many there are.
///
/// # Errors
/// The store fails.
pub fn prunable(store: &mut Store, before: Timestamp) -> Result<(u64, u64), FleetError> {
    let mut count = |sql: &str, values: &[Value]| {
        let row = one(store.database(), sql, values)?;
        let count = row.as_deref().and_then(<[Value]>::first).map_or(Ok(0), Value::int)?;
        Ok::<u64, StoreError>(u64::try_from(count).unwrap_or(0))
    };
    let all = count("SELECT count(*) FROM sighting", &[])?;
    let gone = count(&format!("SELECT count(*) FROM sighting WHERE {PRUNABLE}"), &[before.as_second().into()])?;
    Ok((gone, all))
}

/// A card with what the books declare of it now. The card is written down if that changes it.
pub(super) fn touched(
    database: &mut dyn Database,
    mut sim: Sim,
    at: Timestamp,
    now: Timestamp,
) -> Result<Sim, StoreError> {
    let declared = declared::of(database, &text(sim.iccid), &text(sim.imsi), now)?;
    let before = sim;
    let events = sim.redeclare(declared);
    if sim != before {
        sim.keep(database)?;
        sim.tell(database, &events, at.max(sim.moved), DECLARATION)?;
    }
    Ok(sim)
}

fn keep(database: &mut dyn Database, sighting: &Sighting, now: Timestamp) -> Result<Seen, StoreError> {
    let (iccid, imsi) = (text(sighting.iccid), text(sighting.imsi));
    let known = one(
        database,
        "SELECT g.id FROM sighting g WHERE g.imei = $1 AND g.at = $2 AND g.iccid = $3 AND g.imsi = $4 AND g.place = $5",
        &[
            number(sighting.device).into(),
            sighting.at.as_second().into(),
            iccid.as_str().into(),
            imsi.as_str().into(),
            (&*sighting.place).into(),
        ],
    )?;
    let is_new = known.is_none();
    if is_new {
        let id = sim::next(database, "sighting")?;
        database.execute(
            "INSERT INTO sighting (id, imei, svn, iccid, imsi, msisdn, place, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            &[
                id.into(),
                number(sighting.device).into(),
                sighting.svn.map(|svn| i64::from(svn.number())).into(),
                iccid.as_str().into(),
                imsi.as_str().into(),
                (&*sighting.msisdn).into(),
                (&*sighting.place).into(),
                sighting.at.as_second().into(),
            ],
        )?;
    }
    if sighting.iccid.is_none() && sighting.imsi.is_none() {
        return Ok(Seen { is_new, is_late: false, link: None, events: Vec::new() });
    }
    if !is_new {
        let link = sim::find(database, sighting.iccid, sighting.imsi)?.map(|sim| sim.binding.link);
        return Ok(Seen { is_new, is_late: false, link, events: Vec::new() });
    }
    // A card that was never seen is not old news because its subscription was seen elsewhere since.
    let known = sim::find(database, sighting.iccid, sighting.imsi.filter(|_| sighting.iccid.is_none()))?;
    if let Some(sim) = known
        && sighting.at.as_second() < sim.moved.as_second()
    {
        let sim = touched(database, sim, sighting.at, now)?;
        return Ok(Seen { is_new, is_late: true, link: Some(sim.binding.link), events: Vec::new() });
    }
    let sim = sim::seen(database, sighting.iccid, sighting.imsi, sighting.at)?;
    let mut sim = touched(database, sim, sighting.at, now)?;
    let events = sim.step(Step::Seen(sighting.device));
    sim.moved = sim.moved.max(sighting.at);
    sim.keep(database)?;
    sim.tell(database, &events, sighting.at, SIGHTING)?;
    Ok(Seen { is_new, is_late: false, link: Some(sim.binding.link), events })
}
