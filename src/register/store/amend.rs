//! A few changes inside a transaction that does more than them: what a case decides and what it changes are kept together.

use super::acts::{self, NewAct};
use super::database::{Database, Value, one};
use super::error::StoreError;
use super::read::{book_number, columns};
use super::write::{Counts, Outcome, Scope, source_number, staged};
use crate::register::{Book, Change, Subject};

/// Puts rows of a source into a book or takes them out, and keeps that as an act, even where it changes no row.
///
/// Row by row, unlike an import: for a handful of them. A subject stands in `changes` once.
pub(in crate::register) fn amend(
    database: &mut dyn Database,
    act: &NewAct,
    source: &str,
    book: Book,
    changes: &[Change],
) -> Result<Outcome, StoreError> {
    let mut kept = act.numbered(acts::next(database)?);
    let number = source_number(database, source)?;
    let mut counts = Counts { given: i64::try_from(changes.len()).unwrap_or(i64::MAX), ..Counts::default() };
    let mut row = Vec::new();
    for change in changes {
        let (hashed, low, high, imsi) = columns(&change.subject());
        let closed = database.execute(
            "UPDATE entry SET to_act = $1 WHERE to_act IS NULL AND book = $2 AND source = $3 AND hashed = $4 AND low = $5 \
             AND high = $6 AND imsi = $7",
            &[
                kept.id.into(),
                book_number(book).into(),
                number.into(),
                hashed.into(),
                low.into(),
                high.into(),
                imsi.as_str().into(),
            ],
        )?;
        let is_put = matches!(change, Change::Put(_));
        if is_put {
            staged(&mut row, 0, Scope { book, list: None, source }, change)?;
            // The first two columns are the order and what is to be done, which no row keeps.
            let mut values = vec![Value::from(book_number(book)), number.into()];
            values.extend(row.drain(..).skip(2));
            values.push(kept.id.into());
            database.execute(
                "INSERT INTO entry (book, source, hashed, low, high, imsi, list, reason, since, until, fields, from_act) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
                &values,
            )?;
        }
        match (is_put, closed > 0) {
            (true, true) => counts.changed += 1,
            (true, false) => counts.added += 1,
            (false, true) => counts.removed += 1,
            (false, false) => {}
        }
    }
    (kept.added, kept.removed, kept.changed) = (counts.added, counts.removed, counts.changed);
    if !changes.is_empty() {
        (kept.book, kept.source) = (Some(book), Some(source.to_owned()));
    }
    acts::keep(database, &kept)?;
    Ok(Outcome { act: Some(kept.id), counts })
}

/// Why a source says what it says about exactly this subject in the lists.
pub(in crate::register) fn reason(
    database: &mut dyn Database,
    subject: &Subject,
    source: &str,
) -> Result<Option<String>, StoreError> {
    let (hashed, low, high, imsi) = columns(subject);
    let row = one(
        database,
        "SELECT e.reason FROM entry e JOIN source s ON s.id = e.source WHERE e.to_act IS NULL AND e.book = $1 AND e.hashed = $2 \
         AND e.low = $3 AND e.high = $4 AND e.imsi = $5 AND s.name = $6",
        &[book_number(Book::Lists).into(), hashed.into(), low.into(), high.into(), imsi.as_str().into(), source.into()],
    )?;
    row.as_deref().and_then(<[Value]>::first).map_or(Ok(None), |value| Ok(value.opt_str()?.map(str::to_owned)))
}
