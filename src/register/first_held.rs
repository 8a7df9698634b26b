//! Since when conditions hold: what a register remembers from one assessment of a device to the next.
//!
//! A condition's days of grace begin when it is met first. That moment is written down by whoever finds it first (a check,
//! or a round of the watch), stays as long as the condition goes on holding, and is forgotten when it is surely over. What
//! could not be assessed (no label was scanned this time) leaves the memory as it is.

use super::assess::Assessment;
use super::store::{Database, Store, StoreError, Value, time};
use crate::identity::ImeiKey;
use jiff::Timestamp;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// Since when conditions hold for one device, by their names.
pub type FirstHeld = BTreeMap<Arc<str>, Timestamp>;

/// Since when conditions hold for a device.
///
/// # Errors
/// The store fails.
pub fn of(store: &mut Store, device: ImeiKey) -> Result<FirstHeld, StoreError> {
    read(store.database(), device)
}

/// Writes down what an assessment by the register's own rules says of its conditions. Nothing is written, and nobody waited
/// for, where that is known already.
///
/// An assessment by other rules is not to be kept: a condition of the same name may be another one there.
///
/// # Errors
/// The store fails; nothing was kept.
pub fn keep(store: &mut Store, assessment: &Assessment) -> Result<(), StoreError> {
    let Some(device) = assessment.equipment.and_then(crate::identity::Equipment::key) else { return Ok(()) };
    if Step::between(&read(store.database(), device)?, assessment).is_empty() {
        return Ok(());
    }
    store.in_transaction(|database| {
        // Somebody else may have been first.
        for step in Step::between(&read(database, device)?, assessment) {
            step.keep(database, device)?;
        }
        Ok(())
    })
}

/// A change of the memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::register) enum Step {
    /// It holds since then.
    Since(Arc<str>, Timestamp),
    /// It does not hold.
    Over(Arc<str>),
}

impl Step {
    /// What an assessment changes in what is remembered of its device.
    pub(in crate::register) fn between(known: &FirstHeld, assessment: &Assessment) -> Vec<Self> {
        let fresh = assessment
            .conditions
            .iter()
            .filter(|held| known.get(held.name.as_str()).map(|at| at.as_second()) != Some(held.since.as_second()))
            .map(|held| Self::Since(held.name.as_str().into(), held.since));
        let over = assessment.over.iter().filter(|name| known.contains_key(name.as_str()));
        fresh.chain(over.map(|name| Self::Over(name.as_str().into()))).collect()
    }

    /// Writes it down. Inside a transaction.
    pub(in crate::register) fn keep(&self, database: &mut dyn Database, device: ImeiKey) -> Result<(), StoreError> {
        match self {
            Self::Since(name, since) => database.execute(
                "INSERT INTO condition_held (device, name, since) VALUES ($1, $2, $3) \
                 ON CONFLICT (device, name) DO UPDATE SET since = excluded.since",
                &[number(device), Value::from(&**name), since.as_second().into()],
            ),
            Self::Over(name) => database.execute(
                "DELETE FROM condition_held WHERE device = $1 AND name = $2",
                &[number(device), Value::from(&**name)],
            ),
        }?;
        Ok(())
    }
}

/// All that is remembered: some hundred bytes for each device and condition that it holds for.
pub(in crate::register) fn all(database: &mut dyn Database) -> Result<HashMap<ImeiKey, FirstHeld>, StoreError> {
    let mut found: HashMap<ImeiKey, FirstHeld> = HashMap::new();
    database.query("SELECT device, name, since FROM condition_held", &[], &mut |row| {
        let [device, name, since, ..] = row else {
            return Err(StoreError::Damaged("a condition has too few columns".into()));
        };
        let device = device.int()?;
        let key = u64::try_from(device).ok().and_then(ImeiKey::new);
        let key = key.ok_or_else(|| StoreError::Damaged(format!("an identity of {device}")))?;
        found.entry(key).or_default().insert(name.str()?.into(), time(since.int()?)?);
        Ok(())
    })?;
    Ok(found)
}

fn read(database: &mut dyn Database, device: ImeiKey) -> Result<FirstHeld, StoreError> {
    let mut found = FirstHeld::new();
    database.query("SELECT name, since FROM condition_held WHERE device = $1", &[number(device)], &mut |row| {
        if let [name, since, ..] = row {
            found.insert(name.str()?.into(), time(since.int()?)?);
        }
        Ok(())
    })?;
    Ok(found)
}

fn number(device: ImeiKey) -> Value {
    i64::try_from(device.number()).unwrap_or(i64::MAX).into()
}
