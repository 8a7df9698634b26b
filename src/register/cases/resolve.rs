//! Resolving a case: the listing stays, or the device is un-listed.

use super::file::{CaseError, NoteKind, Standing, judged, write};
use super::remedy::{Remedy, covering, remedy};
use crate::register::store::{NewAct, OWN, Store, StoreError, Value, amend, one};
use crate::register::{Book, KeyedHash};

/// Somebody may change the register between looking and acting so often before it is given up.
const TRIES: usize = 8;

/// How a case is resolved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Resolution {
    /// The listing was wrong: the device is un-listed.
    Unlist,
    /// The listing was right, and stays.
    Keep,
}

/// A case that was resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved {
    /// The act.
    pub act: i64,
    /// What was done; nothing where the listing stays, or where there was none.
    pub remedy: Remedy,
}

impl Store {
    /// Resolves a case, as one act: what it changes in the lists and how the case stands are kept together.
    ///
    /// # Errors
    /// There is no such case, it is resolved, a source decides before anything that `own` could say, or the store fails.
    pub fn resolve_case(
        &mut self,
        id: i64,
        act: &NewAct,
        hash: Option<KeyedHash>,
        resolution: Resolution,
        reason: &str,
    ) -> Result<Resolved, CaseError> {
        judged(reason)?;
        for _ in 0..TRIES {
            let seen = self.generation()?;
            let case = self.case(id)?;
            if case.standing != Standing::Open {
                return Err(CaseError::Resolved { id, standing: case.standing });
            }
            let remedy = match resolution {
                Resolution::Keep => Remedy::default(),
                Resolution::Unlist => {
                    let own = self.sources()?.into_iter().find(|source| source.name == OWN);
                    let rows = covering(self, case.party, hash, act.at)?;
                    remedy(rows, case.party, own.map(|source| source.precedence))?
                }
            };
            let (kind, word) = match resolution {
                Resolution::Keep => (NoteKind::Kept, "kept"),
                Resolution::Unlist => (NoteKind::Unlisted, "unlisted"),
            };
            let told = NewAct { reason: Some(format!("case {id}, {word}: {reason}")), ..act.clone() };
            let changes = remedy.changes(case.party, &format!("case {id}"));
            let done = self.in_transaction(|database| {
                let now = one(database, "SELECT coalesce(max(id), 0) FROM act", &[])?;
                if now.as_deref().and_then(<[Value]>::first).map_or(Ok(0), Value::int)? != seen {
                    // Another list may have come in: look again.
                    return Ok(None);
                }
                let kept = amend(database, &told, OWN, Book::Lists, &changes)?.act;
                database.execute(
                    "UPDATE case_file SET state = $2, act = $3 WHERE id = $1",
                    &[id.into(), word.into(), kept.into()],
                )?;
                write(database, id, act, kind, reason, None, kept)?;
                Ok::<_, CaseError>(kept)
            })?;
            if let Some(act) = done {
                return Ok(Resolved { act, remedy });
            }
        }
        Err(StoreError::Busy.into())
    }
}
