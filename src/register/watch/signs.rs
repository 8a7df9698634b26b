//! What was told of signs, in the store: read before a round, written with its reports.

use super::plan::Screened;
use super::report::Event;
use super::round::{Names, View, key};
use super::scene::{Detail, Scene};
use super::sign::{Degree, Key, Sign, SignPlan};
use super::told::{Condition, ConditionAlarm, Differed, Duplicate, Named};
use crate::identity::ImeiKey;
use crate::register::assess::MatchingRatioError;
use crate::register::store::{Database, StoreError, Value, one};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What was told: how far each sign has come, and the conditions that hold for too many.
pub(super) type Remembered = (BTreeMap<Key, Degree>, BTreeSet<Arc<str>>);

/// What was told: of devices, and of conditions that hold for too many.
pub(super) fn remembered(database: &mut dyn Database) -> Result<Remembered, StoreError> {
    let (mut told, mut alarms) = (BTreeMap::new(), BTreeSet::new());
    database.query("SELECT device, kind, what, degree FROM watch_sign", &[], &mut |row| {
        let [device, kind, what, degree, ..] = row else {
            return Err(StoreError::Damaged("a sign has too few columns".into()));
        };
        let sign = Sign::of(kind.str()?, what.str()?)
            .ok_or_else(|| StoreError::Damaged(format!("a sign `{}`", kind.str().unwrap_or_default())))?;
        let degree = degree.int()?;
        let degree = Degree::from_number(degree).ok_or_else(|| StoreError::Damaged(format!("a degree {degree}")))?;
        told.insert((key(device.int()?)?, sign), degree);
        Ok(())
    })?;
    database.query("SELECT name FROM watch_condition", &[], &mut |row| {
        if let [name, ..] = row {
            alarms.insert(name.str()?.into());
        }
        Ok(())
    })?;
    Ok((told, alarms))
}

/// Writes a plan down with its reports. Inside a transaction.
pub(super) fn keep(
    database: &mut dyn Database,
    view: &View<'_>,
    fleet: &[Screened],
    (scene, plan): (&Scene, &SignPlan),
    names: &mut Names,
    put: &mut dyn FnMut(&mut dyn Database, &Event) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let is_blocking =
        |name: &str| view.rules.conditions.iter().any(|condition| condition.name == name && condition.blocking);
    for name in &plan.ended {
        let about = [Value::from(&**name)];
        let row = one(database, "SELECT hit, fleet FROM watch_condition WHERE name = $1", &about)?;
        let count = |at: usize| {
            row.as_ref().and_then(|row| row.get(at)?.int().ok()).and_then(|n| u64::try_from(n).ok()).unwrap_or(0)
        };
        let (hit, fleet) = (count(0), count(1));
        let condition = name.to_string();
        let over = ConditionAlarm { condition, is_blocking: is_blocking(name), hit, fleet, limit: None };
        put(database, &Event::ConditionAlarm(over))?;
        database.execute("DELETE FROM watch_condition WHERE name = $1", &about)?;
    }
    for (name, MatchingRatioError { hit, fleet, limit, .. }) in &plan.raised {
        let (condition, is_blocking) = (name.to_string(), is_blocking(name));
        let alarm = ConditionAlarm { condition, is_blocking, hit: *hit, fleet: *fleet, limit: Some(*limit) };
        put(database, &Event::ConditionAlarm(alarm))?;
        let number = |count: u64| Value::from(i64::try_from(count).unwrap_or(i64::MAX));
        database.execute(
            "INSERT INTO watch_condition (name, hit, fleet) VALUES ($1, $2, $3)",
            &[Value::from(&**name), number(*hit), number(*fleet)],
        )?;
    }
    for (key, was, is) in &plan.moves {
        let name = names.of(database, key.0)?;
        let label = fleet
            .binary_search_by_key(&key.0, |device| device.key)
            .ok()
            .and_then(|at| fleet[at].label.as_deref())
            .map(str::to_owned);
        let event = event(database, Named::new(key.0, name), label, (key, *was, *is), scene, names)?;
        put(database, &event)?;
        write(database, key, *is)?;
    }
    for key in &plan.gone {
        write(database, key, Degree::None)?;
    }
    Ok(())
}

/// The report of a change.
fn event(
    database: &mut dyn Database,
    device: Named,
    label: Option<String>,
    (key, was, is): (&Key, Degree, Degree),
    scene: &Scene,
    names: &mut Names,
) -> Result<Event, StoreError> {
    let detail = scene.signs.get(key).map(|shown| &shown.detail);
    let is_over = is == Degree::None;
    Ok(match (&key.1, detail) {
        (Sign::Condition(name), Some(Detail::Condition { since, until, reason })) => Event::Condition(Condition {
            device,
            label,
            condition: name.to_string(),
            was,
            is,
            since: Some(since.as_second()),
            until: until.map(|until| until.as_second()),
            reason: reason.clone(),
        }),
        (Sign::Condition(name), _) => {
            let condition = name.to_string();
            Event::Condition(Condition { device, label, condition, was, is, since: None, until: None, reason: None })
        }
        (Sign::Differed(_), Some(Detail::Differed(sim))) => {
            let away = sim.binding.seen.filter(|seen| *seen != key.0);
            let seen: Option<(ImeiKey, i64)> = match away {
                Some(seen) => Some((seen, names.of(database, seen)?)),
                None => None,
            };
            Event::Differed(Differed {
                device,
                label,
                is_over,
                iccid: sim.iccid.map(|iccid| iccid.to_string()),
                imsi: sim.imsi.map(|imsi| imsi.to_string()),
                seen: seen.map(|(key, name)| Named::new(key, name)),
            })
        }
        (Sign::Differed(card), _) => {
            let row = one(database, "SELECT iccid, imsi FROM sim WHERE id = $1", &[(*card).into()])?;
            let text = |at: usize| {
                row.as_ref().and_then(|row| row.get(at)?.str().ok()).filter(|text| !text.is_empty()).map(str::to_owned)
            };
            Event::Differed(Differed { device, label, is_over, iccid: text(0), imsi: text(1), seen: None })
        }
        (Sign::Duplicate, Some(Detail::Duplicate(found))) => Event::Duplicate(Duplicate {
            device,
            label,
            is_over,
            cards: found.cards.len(),
            places: found.places.as_ref().map(|(one, other)| (one.place.to_string(), other.place.to_string())),
        }),
        (Sign::Duplicate, _) => Event::Duplicate(Duplicate { device, label, is_over, cards: 0, places: None }),
    })
}

/// Remembers what was told of a sign; of one that is not so, nothing.
fn write(database: &mut dyn Database, (device, sign): &Key, degree: Degree) -> Result<(), StoreError> {
    let (kind, what) = sign.columns();
    let device = Value::from(i64::try_from(device.number()).unwrap_or(i64::MAX));
    let mut values = vec![device, kind.into(), what.as_str().into()];
    database.execute("DELETE FROM watch_sign WHERE device = $1 AND kind = $2 AND what = $3", &values)?;
    if degree != Degree::None {
        values.push(degree.number().into());
        database.execute("INSERT INTO watch_sign (device, kind, what, degree) VALUES ($1, $2, $3, $4)", &values)?;
    }
    Ok(())
}
