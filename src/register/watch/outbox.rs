//! Reports that wait to be delivered, and who delivers them.

use super::Watcher;
use super::report::{Event, Report};
use crate::register::store::{Database, Store, StoreError, Value, one, time};
use jiff::{SignedDuration, Timestamp};

/// A report that the receiver has refused so often is set aside.
const MOST_REFUSALS: i64 = 5;

/// How far the watch is.
pub(super) struct Mark {
    /// The number of the last report.
    pub(super) last: i64,
    /// The act and the time up to which the fleet was judged.
    pub(super) generation: i64,
    pub(super) at: Timestamp,
}

/// Who delivers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Held {
    /// We do.
    Here,
    /// Another watcher does, until it is done or this time has passed.
    Elsewhere(Timestamp),
}

/// What waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Waiting {
    /// Reports that are to be delivered.
    pub reports: u64,
    /// Reports that the receiver has refused too often.
    pub aside: u64,
}

/// Begins the watch of a register where it was not begun. Inside a transaction.
pub(super) fn begun(database: &mut dyn Database, word: &str) -> Result<Mark, StoreError> {
    database.execute(
        "INSERT INTO watch (id, word, last, generation, at) VALUES (1, $1, 0, 0, 0) ON CONFLICT (id) DO NOTHING",
        &[word.into()],
    )?;
    let row = one(database, "SELECT last, generation, at FROM watch WHERE id = 1", &[])?;
    let Some([last, generation, at, ..]) = row.as_deref() else {
        return Err(StoreError::Damaged("the watch was not begun".into()));
    };
    Ok(Mark { last: last.int()?, generation: generation.int()?, at: time(at.int()?)? })
}

/// Notes how far it is now. Inside a transaction.
pub(super) fn mark(database: &mut dyn Database, last: i64, generation: i64, at: Timestamp) -> Result<(), StoreError> {
    let values = [last.into(), generation.into(), at.as_second().into()];
    database.execute("UPDATE watch SET last = $1, generation = $2, at = $3 WHERE id = 1", &values)?;
    Ok(())
}

/// Puts a report there. Inside a transaction.
pub(super) fn put(
    database: &mut dyn Database,
    number: i64,
    generation: i64,
    at: Timestamp,
    event: &Event,
) -> Result<(), StoreError> {
    let body = serde_json::to_string(&(generation, event))
        .map_err(|error| StoreError::Damaged(format!("a report cannot be written: {error}")))?;
    database.execute(
        "INSERT INTO watch_report (n, at, body, refused, aside) VALUES ($1, $2, $3, 0, 0)",
        &[number.into(), at.as_second().into(), body.as_str().into()],
    )?;
    Ok(())
}

fn milliseconds(at: Timestamp) -> Value {
    at.as_millisecond().into()
}

impl Watcher {
    /// Takes the lease to deliver, or takes it anew.
    ///
    /// # Errors
    /// The store fails.
    pub fn hold(&self, store: &mut Store, now: Timestamp) -> Result<Held, StoreError> {
        let until = SignedDuration::try_from(self.lease).ok().and_then(|lease| now.checked_add(lease).ok());
        let until = until.unwrap_or(Timestamp::MAX);
        store.in_transaction(|database| {
            begun(database, &self.word)?;
            // What a clock that was wrong has promised for longer than a lease is nobody's promise.
            let taken = database.execute(
                "UPDATE watch SET holder = $1, held_until = $2 WHERE id = 1 AND \
                 (holder IS NULL OR holder = $1 OR held_until <= $3 OR held_until > $4)",
                &[
                    self.word.as_str().into(),
                    milliseconds(until),
                    milliseconds(now),
                    milliseconds(longest(now, self.lease)),
                ],
            )?;
            if taken > 0 {
                return Ok(Held::Here);
            }
            let row = one(database, "SELECT held_until FROM watch WHERE id = 1", &[])?;
            let until = row.as_deref().and_then(<[Value]>::first).map_or(Ok(0), Value::int)?;
            Timestamp::from_millisecond(until)
                .map(Held::Elsewhere)
                .map_err(|_| StoreError::Damaged(format!("a lease until {until}")))
        })
    }

    /// Gives the lease back, if it is ours.
    ///
    /// # Errors
    /// The store fails; the lease runs out by itself.
    pub fn let_go(&self, store: &mut Store) -> Result<(), StoreError> {
        store.in_transaction(|database| {
            let word = self.word.as_str().into();
            database
                .execute("UPDATE watch SET holder = NULL, held_until = NULL WHERE id = 1 AND holder = $1", &[word])?;
            Ok(())
        })
    }

    /// The next reports after this number, the oldest first, at most `limit`.
    ///
    /// # Errors
    /// The store fails, or holds a report that cannot be.
    pub fn next(&self, store: &mut Store, after: i64, limit: usize) -> Result<Vec<Report>, StoreError> {
        let database = store.database();
        let word = one(database, "SELECT word FROM watch WHERE id = 1", &[])?;
        let Some(word) = word.as_deref().and_then(<[Value]>::first) else { return Ok(Vec::new()) };
        let word = word.str()?.to_owned();
        let mut reports = Vec::new();
        database.query(
            "SELECT n, at, body FROM watch_report WHERE aside = 0 AND n > $1 ORDER BY n LIMIT $2",
            &[after.into(), i64::try_from(limit).unwrap_or(i64::MAX).into()],
            &mut |row| {
                let [number, at, body, ..] = row else {
                    return Err(StoreError::Damaged("a report has too few columns".into()));
                };
                let (generation, event) = serde_json::from_str::<(i64, Event)>(body.str()?)
                    .map_err(|error| StoreError::Damaged(format!("a report: {error}")))?;
                let (number, at) = (number.int()?, time(at.int()?)?);
                reports.push(Report { number, id: format!("{word}-{number}"), at, generation, event });
                Ok(())
            },
        )?;
        Ok(reports)
    }

    /// Takes reports out that were delivered.
    ///
    /// # Errors
    /// The store fails: they will be delivered again.
    pub fn delivered(&self, store: &mut Store, reports: &[Report]) -> Result<(), StoreError> {
        store.in_transaction(|database| {
            for report in reports {
                database.execute("DELETE FROM watch_report WHERE n = $1", &[report.number.into()])?;
            }
            Ok(())
        })
    }

    /// Notes that the receiver has refused reports; how many of them are set aside now.
    ///
    /// # Errors
    /// The store fails.
    pub fn refused(&self, store: &mut Store, reports: &[Report]) -> Result<u64, StoreError> {
        store.in_transaction(|database| {
            let mut aside = 0;
            for report in reports {
                let number = [report.number.into()];
                database.execute("UPDATE watch_report SET refused = refused + 1 WHERE n = $1", &number)?;
                aside += database.execute(
                    "UPDATE watch_report SET aside = 1 WHERE n = $1 AND aside = 0 AND refused >= $2",
                    &[report.number.into(), MOST_REFUSALS.into()],
                )?;
            }
            Ok(aside)
        })
    }

    /// Takes up again what was set aside; how many reports that are.
    ///
    /// # Errors
    /// The store fails.
    pub fn take_up(&self, store: &mut Store) -> Result<u64, StoreError> {
        store.in_transaction(|database| {
            database.execute("UPDATE watch_report SET aside = 0, refused = 0 WHERE aside = 1", &[])
        })
    }

    /// What waits.
    ///
    /// # Errors
    /// The store fails.
    pub fn waiting(&self, store: &mut Store) -> Result<Waiting, StoreError> {
        let sql = "SELECT (SELECT count(*) FROM watch_report WHERE aside = 0), (SELECT count(*) FROM watch_report WHERE aside = 1)";
        let row = one(store.database(), sql, &[])?;
        let Some([reports, aside, ..]) = row.as_deref() else { return Ok(Waiting::default()) };
        let count = |value: &Value| value.int().map(|count| u64::try_from(count).unwrap_or(0));
        Ok(Waiting { reports: count(reports)?, aside: count(aside)? })
    }
}

/// The end of the longest lease that any watcher asks for: a day, or ours if that is longer.
fn longest(now: Timestamp, lease: std::time::Duration) -> Timestamp {
    let lease = lease.max(std::time::Duration::from_secs(86_400));
    SignedDuration::try_from(lease).ok().and_then(|lease| now.checked_add(lease).ok()).unwrap_or(Timestamp::MAX)
}
