//! Who lists devices and who is believed first, and the register's settings.

use super::Store;
use super::acts::{self, NewAct};
use super::database::{Value, one};
use super::error::StoreError;

/// The source of what is listed by hand.
pub const OWN: &str = "own";
/// What is listed by hand is believed before what others list, unless they are given more.
pub const OWN_PRECEDENCE: i64 = 100;

/// A source as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredSource {
    /// Its number; see [`Stored::source`](super::Stored::source).
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Of two sources that list a device, the one with more decides.
    pub precedence: i64,
}

impl Store {
    /// The sources, in the order in which they came.
    ///
    /// # Errors
    /// The database is gone.
    pub fn sources(&mut self) -> Result<Vec<StoredSource>, StoreError> {
        let mut sources = Vec::new();
        self.database().query("SELECT id, name, precedence FROM source ORDER BY id", &[], &mut |row| {
            let [id, name, precedence, ..] = row else {
                return Err(StoreError::Damaged("a source has too few columns".into()));
            };
            sources.push(StoredSource { id: id.int()?, name: name.str()?.to_owned(), precedence: precedence.int()? });
            Ok(())
        })?;
        Ok(sources)
    }

    /// Gives a source a precedence, and makes it where there is none of this name.
    ///
    /// # Errors
    /// The database is gone.
    pub fn rank(&mut self, act: &NewAct, name: &str, precedence: i64) -> Result<i64, StoreError> {
        self.in_transaction(|database| {
            let mut kept = act.numbered(acts::next(database)?);
            let known = database
                .execute("UPDATE source SET precedence = $2 WHERE name = $1", &[name.into(), precedence.into()])?;
            if known == 0 {
                database.execute(
                    "INSERT INTO source (id, name, precedence) SELECT coalesce(max(id), 0) + 1, $1, $2 FROM source",
                    &[name.into(), precedence.into()],
                )?;
            }
            (kept.source, kept.changed) = (Some(name.to_owned()), 1);
            acts::keep(database, &kept)?;
            Ok(kept.id)
        })
    }

    /// A setting of the register.
    ///
    /// # Errors
    /// The database is gone.
    pub fn setting(&mut self, key: &str) -> Result<Option<String>, StoreError> {
        let row = one(self.database(), "SELECT value FROM setting WHERE key = $1", &[key.into()])?;
        row.as_deref().and_then(<[Value]>::first).map(|value| value.str().map(str::to_owned)).transpose()
    }

    /// Changes a setting of the register, as an act.
    ///
    /// # Errors
    /// The database is gone.
    pub fn set(&mut self, act: &NewAct, key: &str, value: &str) -> Result<i64, StoreError> {
        self.in_transaction(|database| {
            let mut kept = act.numbered(acts::next(database)?);
            database.execute(
                "INSERT INTO setting (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                &[key.into(), value.into()],
            )?;
            kept.changed = 1;
            acts::keep(database, &kept)?;
            Ok(kept.id)
        })
    }
}
