//! What un-lists a device: which rows are taken away, and whether an exception has to stand before others.

use super::file::{CaseError, Party};
use crate::register::store::{OWN, OWN_PRECEDENCE, Store, StoreError, Stored};
use crate::register::{Book, Change, Entry, KeyedHash, List, Row, Subject};
use jiff::Timestamp;

/// A row that has a device on a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// Whose it is.
    pub source: String,
    /// How much that source counts.
    pub precedence: i64,
    /// The row.
    pub row: Row,
}

/// What is done to un-list a device.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Remedy {
    /// Rows of `own` that are taken away.
    pub removed: Vec<Listing>,
    /// Rows of others, or of `own` about more than the device, before which the exception stands.
    pub overruled: Vec<Listing>,
    /// Whether an exception is put there; it may stand there already.
    pub needs_exception: bool,
}

impl Remedy {
    /// Whether the device was on no list at all.
    pub fn is_empty(&self) -> bool {
        self.removed.is_empty() && self.overruled.is_empty()
    }

    /// The changes of `own` in the lists.
    pub(super) fn changes(&self, party: Party, reason: &str) -> Vec<Change> {
        let exception = Row { reason: Some(reason.into()), ..Row::listed(List::Allow, party.entry()) };
        let mut changes: Vec<Change> = self
            .removed
            .iter()
            .map(|listing| listing.row.subject)
            // The exception takes the place of what stands at the same place.
            .filter(|removed| !(self.needs_exception && *removed == party.entry().into()))
            .map(Change::Drop)
            .collect();
        changes.extend(self.needs_exception.then_some(Change::Put(exception)));
        changes
    }
}

/// The rows of the lists that cover the subject of a case and hold at `now`.
pub(super) fn covering(
    store: &mut Store,
    party: Party,
    hash: Option<KeyedHash>,
    now: Timestamp,
) -> Result<Vec<Listing>, StoreError> {
    let sources = store.sources()?;
    let mut rows = store.covering(party.key)?;
    if let Some(hash) = hash {
        rows.extend(store.about(Book::Lists, &Subject::Hash(hash))?);
    }
    let concerns = |row: &Row| match row.subject {
        // A pair of another subscription is not about this one.
        Subject::Entry(Entry::Pair(_, imsi)) => party.imsi.is_none_or(|ours| ours == imsi),
        Subject::Entry(Entry::Device(_) | Entry::Range { .. } | Entry::Tac(_)) | Subject::Hash(_) => true,
    };
    Ok(rows
        .into_iter()
        .filter(|Stored { book, row, .. }| *book == Book::Lists && row.holds(now) && concerns(row))
        .map(|stored| {
            let source = sources.iter().find(|source| source.id == stored.source);
            Listing {
                source: source.map_or_else(|| "somebody".to_owned(), |source| source.name.clone()),
                precedence: source.map_or(0, |source| source.precedence),
                row: stored.row,
            }
        })
        .collect())
}

/// Finds what un-lists the subject.
///
/// # Errors
/// A source counts more than `own`, so that no exception would stand before it.
pub(super) fn remedy(rows: Vec<Listing>, party: Party, own: Option<i64>) -> Result<Remedy, CaseError> {
    let own = own.unwrap_or(OWN_PRECEDENCE);
    let mut remedy = Remedy::default();
    let mut is_excepted = false;
    for listing in rows {
        let is_own = listing.source == OWN;
        match listing.row.list {
            Some(List::Allow) => {
                is_excepted |= is_own && listing.row.subject == party.entry().into() && listing.row.until.is_none();
            }
            Some(List::Block | List::Track) if is_own && is_within(listing.row.subject, party) => {
                remedy.removed.push(listing);
            }
            Some(List::Block | List::Track) => {
                if is_stronger(&listing, party, own) {
                    return Err(CaseError::Outranked { name: listing.source, precedence: listing.precedence, own });
                }
                remedy.overruled.push(listing);
            }
            None => {}
        }
    }
    remedy.needs_exception = !remedy.overruled.is_empty() && !is_excepted;
    Ok(remedy)
}

/// Whether a row is about nothing more than the party: the device, its hash, or the device with one subscription.
fn is_within(row: Subject, party: Party) -> bool {
    match row {
        Subject::Entry(Entry::Pair(..)) => true,
        Subject::Entry(Entry::Device(_)) | Subject::Hash(_) => party.imsi.is_none(),
        Subject::Entry(Entry::Range { .. } | Entry::Tac(_)) => false,
    }
}

/// Whether a row decides before an exception of `own` about the party: by its precedence; between equals the closer one,
/// and of two that are as close the one that does not allow.
fn is_stronger(listing: &Listing, party: Party, own: i64) -> bool {
    let close = |entry: Subject| match entry {
        Subject::Entry(Entry::Pair(..)) => 0,
        Subject::Entry(Entry::Device(_)) | Subject::Hash(_) => 1,
        Subject::Entry(Entry::Range { .. } | Entry::Tac(_)) => 2,
    };
    listing.precedence > own || listing.precedence == own && close(listing.row.subject) <= close(party.entry().into())
}
