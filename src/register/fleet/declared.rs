//! What the books declare of a card, kept where it can be looked up.
//!
//! The fleet's rows have their fields in one text, in which no database looks anything up: the table `declared` has what
//! devices are looked up by, and is brought up to the book by the acts that have changed it since.

use super::link::Declared;
use super::sighting::{key, text};
use crate::identity::{Iccid, ImeiKey, Imsi};
use crate::register::store::{Database, StoreError, Value, one};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// The setting that says up to which act `declared` is.
const REACHED: &str = "fleet.declared";

/// The devices that the acts after `$1` have changed in the fleet's book.
const CHANGED: &str = "SELECT e.low FROM entry e WHERE e.book = 4 AND e.from_act > $1 \
     UNION SELECT e.low FROM entry e WHERE e.book = 4 AND e.to_act > $1";

/// Up to which act `declared` is, and the register's last act.
fn standing(database: &mut dyn Database) -> Result<(i64, i64), StoreError> {
    let act = one(database, "SELECT coalesce(max(id), 0) FROM act", &[])?;
    let act = act.as_deref().and_then(<[Value]>::first).map_or(Ok(0), Value::int)?;
    let reached = one(database, "SELECT value FROM setting WHERE key = $1", &[REACHED.into()])?;
    let reached = match reached.as_deref().and_then(<[Value]>::first) {
        None => 0,
        Some(value) => {
            value.str()?.parse().map_err(|_| StoreError::Damaged(format!("the setting {REACHED} is no number")))?
        }
    };
    Ok((reached, act))
}

/// Whether there is nothing to [`settle`]. Outside of a transaction, where nobody has to wait for a writer.
pub(super) fn is_settled(database: &mut dyn Database) -> Result<bool, StoreError> {
    standing(database).map(|(reached, act)| reached == act)
}

/// Brings `declared` up to the book. Inside a transaction. Holds some hundred bytes for each changed row.
pub(super) fn settle(database: &mut dyn Database) -> Result<(), StoreError> {
    let (reached, act) = standing(database)?;
    if reached == act {
        return Ok(());
    }
    database.execute(&format!("DELETE FROM declared WHERE imei IN ({CHANGED})"), &[reached.into()])?;
    let mut rows = Vec::new();
    let sql = format!(
        "SELECT e.low, e.source, e.until, e.fields FROM entry e WHERE e.book = 4 AND e.hashed = 0 AND e.low = e.high \
         AND e.to_act IS NULL AND e.low IN ({CHANGED})"
    );
    database.query(&sql, &[reached.into()], &mut |row| {
        if let [imei, source, until, fields, ..] = row {
            let fields: BTreeMap<String, String> = match fields.opt_str()? {
                None => BTreeMap::new(),
                Some(text) => {
                    serde_json::from_str(text).map_err(|error| StoreError::Damaged(format!("fields: {error}")))?
                }
            };
            let field = |name: &str| fields.get(name).map_or("", String::as_str).trim();
            // Spelled as sightings spell them; what does not read declares nothing.
            let iccid = text(Iccid::parse(field("iccid")).ok());
            let imsi = text(Imsi::parse(field("imsi")).ok());
            rows.push([
                imei.clone(),
                source.clone(),
                until.clone(),
                Value::text(&iccid),
                Value::text(&imsi),
                Value::text(field("label")),
            ]);
        }
        Ok(())
    })?;
    for row in rows {
        database.execute(
            "INSERT INTO declared (imei, source, until, iccid, imsi, label) VALUES ($1, $2, $3, $4, $5, $6)",
            &row,
        )?;
    }
    database.execute(
        "INSERT INTO setting (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        &[REACHED.into(), act.to_string().as_str().into()],
    )?;
    Ok(())
}

/// What is declared of a card at `now`, by the source that is believed first. After [`settle`].
pub(super) fn of(database: &mut dyn Database, iccid: &str, imsi: &str, now: Timestamp) -> Result<Declared, StoreError> {
    let mut found: Vec<(i64, i64)> = Vec::new();
    let sql = "SELECT d.imei, s.precedence FROM declared d JOIN source s ON s.id = d.source \
         WHERE d.iccid = $1 AND d.iccid <> '' AND (d.until IS NULL OR d.until > $3) \
         UNION SELECT d.imei, s.precedence FROM declared d JOIN source s ON s.id = d.source \
         WHERE d.imsi = $2 AND d.imsi <> '' AND (d.until IS NULL OR d.until > $3) \
         UNION SELECT e.low, s.precedence FROM entry e JOIN source s ON s.id = e.source \
         WHERE e.imsi = $2 AND e.imsi <> '' AND e.to_act IS NULL AND e.book = 3 AND e.hashed = 0 \
         AND (e.until IS NULL OR e.until > $3)";
    database.query(sql, &[iccid.into(), imsi.into(), now.as_second().into()], &mut |row| {
        if let [imei, precedence, ..] = row {
            found.push((precedence.int()?, imei.int()?));
        }
        Ok(())
    })?;
    let Some(first) = found.iter().map(|(precedence, _)| *precedence).max() else { return Ok(Declared::Nothing) };
    let mut devices: Vec<i64> =
        found.into_iter().filter(|(precedence, _)| *precedence == first).map(|(_, imei)| imei).collect();
    devices.sort_unstable();
    devices.dedup();
    match devices.as_slice() {
        [one] => Ok(Declared::One(key(*one)?)),
        _ => Ok(Declared::Several),
    }
}

/// A declaration as `sim` keeps it.
pub(super) fn kept(declared: Declared) -> Value {
    match declared {
        Declared::Nothing => Value::Null,
        Declared::One(device) => super::sighting::number(device).into(),
        Declared::Several => (-1).into(),
    }
}

pub(super) fn read(value: &Value) -> Result<Declared, StoreError> {
    Ok(match value.opt_int()? {
        None => Declared::Nothing,
        Some(-1) => Declared::Several,
        Some(number) => Declared::One(key(number)?),
    })
}

/// The devices that the fleet's book names by a card or a label. After [`settle`].
pub(super) fn devices_by(database: &mut dyn Database, column: &str, value: &str) -> Result<Vec<ImeiKey>, StoreError> {
    let mut found = Vec::new();
    let sql =
        format!("SELECT DISTINCT d.imei FROM declared d WHERE d.{column} = $1 AND d.{column} <> '' ORDER BY d.imei");
    database.query(&sql, &[value.into()], &mut |row| {
        if let [imei, ..] = row {
            found.push(key(imei.int()?)?);
        }
        Ok(())
    })?;
    Ok(found)
}
