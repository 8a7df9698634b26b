//! What became of the subjects of a book between two generations, as a register tells others: one change for each subject,
//! however many of its sources speak of it.

use super::exchange::{Ending, Format, Step};
use super::fleet::{self, FleetError};
use super::store::{Filter, Store, StoreError, Stored};
use super::{Book, Entry, List, Row, Subject};
use crate::identity::{ImeiKey, Imsi};
use jiff::{SignedDuration, Timestamp};
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

/// A device that nobody has seen for so long is told as no longer seen: what operators keep of their subscribers.
const LONG: SignedDuration = SignedDuration::from_hours(180 * 24);

/// What became of a subject.
#[derive(Debug, Clone, PartialEq)]
pub struct Became {
    /// What.
    pub step: Step,
    /// The row that speaks for it: as it was where it is gone, else as it is. Of several sources that of the highest precedence.
    pub row: Row,
    /// Why nobody has to be told any more, where it is gone.
    pub ending: Ending,
}

/// What became of the subjects that the acts after `since` have touched, in the order of the subjects. Holds the rows that
/// were touched.
///
/// A subject that one source has dropped and another still lists is not gone; one whose row says something else now is
/// changed, also where another source has taken over. Endings are found out where the format tells them apart.
///
/// # Errors
/// The store fails.
pub fn between(
    store: &mut Store,
    filter: Filter,
    since: i64,
    format: Format,
    now: Timestamp,
) -> Result<Vec<Became>, StoreError> {
    let generation = store.generation()?;
    // By subject: what each source has closed since. What is open now is asked for one by one.
    let mut touched: HashMap<(Book, Subject), Vec<Stored>> = HashMap::new();
    store.changes::<StoreError>(filter, since, generation, |is_put, stored| {
        let closed = touched.entry((stored.book, stored.row.subject)).or_default();
        if !is_put {
            closed.push(stored);
        }
        Ok(())
    })?;
    let precedence: HashMap<i64, i64> =
        store.sources()?.into_iter().map(|source| (source.id, source.precedence)).collect();
    let first = |rows: &[Stored]| {
        let rank = |stored: &&Stored| (Reverse(precedence.get(&stored.source).copied().unwrap_or(0)), stored.source);
        rows.iter().min_by_key(rank).map(|stored| stored.row.clone())
    };
    let mut all: BTreeMap<(Book, [String; 2]), Became> = BTreeMap::new();
    for ((book, subject), closed) in touched {
        let mut open = store.about(book, &subject)?;
        open.retain(|stored| {
            filter.source.is_none_or(|source| source == stored.source)
                && filter.list.is_none_or(|list| Some(list) == stored.row.list)
        });
        let mut before: Vec<Stored> = open.iter().filter(|stored| stored.from <= since).cloned().collect();
        before.extend(closed);
        let (old, new) = (first(&before), first(&open));
        let Some(step) = Step::between(old.as_ref(), new.as_ref()) else { continue };
        let Some(row) = new.or(old) else { continue };
        let ending = match (format, step) {
            (Format::Notification, Step::Remove) => ending(store, &subject, now)?,
            (_, Step::Add | Step::Update | Step::Remove) => Ending::Resolved,
        };
        all.insert((book, order(&subject)), Became { step, row, ending });
    }
    Ok(all.into_values().collect())
}

/// Devices in their order, then what is none.
fn order(subject: &Subject) -> [String; 2] {
    match subject {
        Subject::Entry(Entry::Device(key)) => [key.to_string(), String::new()],
        Subject::Entry(Entry::Pair(key, imsi)) => [key.to_string(), imsi.to_string()],
        Subject::Entry(Entry::Range { low, high }) => [format!("{low}.."), high.to_string()],
        Subject::Entry(Entry::Tac(tac)) => [tac.to_string(), String::new()],
        Subject::Hash(hash) => [format!("~{hash}"), String::new()],
    }
}

/// Why nobody has to be told of a subject any more.
fn ending(store: &mut Store, subject: &Subject, now: Timestamp) -> Result<Ending, StoreError> {
    let (key, imsi) = match subject {
        Subject::Entry(Entry::Device(key)) => (*key, None),
        Subject::Entry(Entry::Pair(key, imsi)) => (*key, Some(*imsi)),
        Subject::Entry(Entry::Range { .. } | Entry::Tac(_)) | Subject::Hash(_) => return Ok(Ending::Resolved),
    };
    if is_blocked(store, key, imsi, now)? {
        return Ok(Ending::Blacklisted);
    }
    let last = match fleet::sightings(store, key) {
        Ok(seen) => seen.iter().map(|seen| seen.last).max(),
        Err(FleetError::Store(error)) => return Err(error),
        Err(FleetError::Future { .. } | FleetError::Place { .. } | FleetError::NoSim) => None,
    };
    let is_long = last.is_some_and(|last| now.duration_since(last) > LONG);
    Ok(if is_long { Ending::NoLongerSeen } else { Ending::Resolved })
}

fn is_blocked(store: &mut Store, key: ImeiKey, imsi: Option<Imsi>, now: Timestamp) -> Result<bool, StoreError> {
    let rows = store.covering(key)?;
    let is_its = |subject: &Subject| match subject {
        Subject::Entry(Entry::Pair(_, other)) => Some(*other) == imsi,
        Subject::Entry(Entry::Device(_) | Entry::Range { .. } | Entry::Tac(_)) | Subject::Hash(_) => true,
    };
    let blocks = |stored: &Stored| stored.row.list == Some(List::Block) && stored.row.holds(now);
    Ok(rows.iter().any(|stored| stored.book == Book::Lists && blocks(stored) && is_its(&stored.row.subject)))
}
