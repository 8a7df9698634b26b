//! Declaring what is known of a device by hand: a row of the fleet's book, put there or changed field by field.

use super::error::FleetError;
use super::remark::Warranty;
use crate::identity::{Eid, Iccid, IdentityError, ImeiKey, Imsi, Msisdn};
use crate::register::store::{Counts, NewAct, Outcome, Store, StoreError, Value, amend, one};
use crate::register::{Book, Change, Entry, Row, Subject};
use jiff::Timestamp;
use std::sync::Arc;

/// The fields that can be declared of a device by hand; files may bring others.
pub const FIELDS: [&str; 7] = ["label", "iccid", "imsi", "eid", "msisdn", "warranty", "note"];

/// Somebody may change the register between looking and acting so often before it is given up.
const TRIES: usize = 8;

/// Why a text is not what a field holds.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FieldError {
    /// There is no such field.
    #[error("there is no such field, expected label, iccid, imsi, eid, msisdn, warranty or note")]
    Unknown,
    /// The card, the subscription or the number is none.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// The warranty's end is no date.
    #[error("expected the warranty's last day: 2027-01-31")]
    Warranty,
}

/// A field's text as it is kept: identities in their one spelling.
///
/// # Errors
/// There is no such field, or the text is not what it holds.
pub fn field(name: &str, text: &str) -> Result<Arc<str>, FieldError> {
    Ok(match name {
        "label" | "note" => text.into(),
        "iccid" => Iccid::parse(text)?.to_string().into(),
        "imsi" => Imsi::parse(text)?.to_string().into(),
        "eid" => Eid::parse(text)?.to_string().into(),
        "msisdn" => {
            let number = Msisdn::parse(text)?;
            format!("{}{}", if number.is_international() { "+" } else { "" }, number.digits()).into()
        }
        "warranty" => match Warranty::at(Some(text), Timestamp::UNIX_EPOCH) {
            Warranty::Holds(_) | Warranty::Over(_) => text.into(),
            Warranty::Undeclared | Warranty::Unread => return Err(FieldError::Warranty),
        },
        _ => return Err(FieldError::Unknown),
    })
}

/// Changes what a source declares of a device, as one act: `change` is given the source's row, if there is one, and says
/// what stands in its place, `None` for nothing. Where that is what stood there, there is no act.
///
/// # Errors
/// The store fails.
pub fn declare(
    store: &mut Store,
    act: &NewAct,
    source: &str,
    device: ImeiKey,
    change: impl Fn(Option<&Row>) -> Option<Row>,
) -> Result<Outcome, FleetError> {
    let subject = Subject::Entry(Entry::Device(device));
    for _ in 0..TRIES {
        let seen = store.generation()?;
        let number = store.sources()?.into_iter().find(|known| known.name == source).map(|known| known.id);
        let old = store.about(Book::Fleet, &subject)?.into_iter().find(|stored| Some(stored.source) == number);
        let old = old.map(|stored| stored.row);
        let new = change(old.as_ref());
        let changes = match new {
            new if new == old => return Ok(Outcome { act: None, counts: Counts::default() }),
            Some(row) => [Change::Put(row)],
            None => [Change::Drop(subject)],
        };
        let done = store.in_transaction(|database| {
            let now = one(database, "SELECT coalesce(max(id), 0) FROM act", &[])?;
            if now.as_deref().and_then(<[Value]>::first).map_or(Ok(0), Value::int)? != seen {
                // Somebody may have changed the same row: look again.
                return Ok(None);
            }
            amend(database, act, source, Book::Fleet, &changes).map(Some)
        })?;
        if let Some(done) = done {
            return Ok(done);
        }
    }
    Err(StoreError::Busy.into())
}
