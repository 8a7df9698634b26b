//! The journal: who did what to the register, and when.

use super::database::{Database, Value, one};
use super::error::StoreError;
use super::{Store, read::time};
use crate::register::{Book, List};
use jiff::Timestamp;
use std::fmt;

/// What kind of act it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verb {
    /// A file was imported.
    Import,
    /// Rows were put into a book one by one.
    Put,
    /// Rows were taken out one by one.
    Forget,
    /// An act was undone.
    Undo,
    /// A case was opened, or resolved; resolving one may take a row off its list.
    Case,
    /// A setting of the register was changed.
    Set,
}

impl Verb {
    /// All of them.
    const ALL: [Self; 6] = [Self::Import, Self::Put, Self::Forget, Self::Undo, Self::Case, Self::Set];

    /// `import`, `put`, `forget`, `undo`, `case` or `set`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Import => "import",
            Self::Put => "put",
            Self::Forget => "forget",
            Self::Undo => "undo",
            Self::Case => "case",
            Self::Set => "set",
        }
    }
}

impl fmt::Display for Verb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// What is told of an act that is about to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAct {
    /// What it is.
    pub verb: Verb,
    /// When.
    pub at: Timestamp,
    /// Who does it: a user's or a token's name.
    pub who: String,
    /// Why.
    pub reason: Option<String>,
    /// Where the rows come from: the name of a file.
    pub origin: Option<String>,
}

/// An act of the journal. Its number is the generation of the register after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
    /// Its number, from 1.
    pub id: i64,
    /// What it was.
    pub verb: Verb,
    /// When.
    pub at: Timestamp,
    /// Who did it.
    pub who: String,
    /// Why.
    pub reason: Option<String>,
    /// Where the rows came from.
    pub origin: Option<String>,
    /// The book that it changed, where it changed one alone.
    pub book: Option<Book>,
    /// The list that it changed, where it changed one alone.
    pub list: Option<List>,
    /// The source whose rows it changed.
    pub source: Option<String>,
    /// How many rows it put there.
    pub added: i64,
    /// How many it took away.
    pub removed: i64,
    /// How many it changed.
    pub changed: i64,
    /// The act that it undid.
    pub undoes: Option<i64>,
    /// The act that undid it.
    pub undone_by: Option<i64>,
}

pub(super) const COLUMNS: &str = "a.id, a.at, a.who, a.verb, a.book, a.source, a.list, a.origin, a.reason, a.added, a.removed, a.changed, \
     a.undoes, (SELECT max(u.id) FROM act u WHERE u.undoes = a.id)";

impl Act {
    pub(super) fn read(row: &[Value]) -> Result<Self, StoreError> {
        let [id, at, who, verb, book, source, list, origin, reason, added, removed, changed, undoes, undone_by, ..] =
            row
        else {
            return Err(StoreError::Damaged("an act has too few columns".into()));
        };
        let text = |value: &Value| value.opt_str().map(|text| text.map(str::to_owned));
        let word = verb.str()?;
        Ok(Self {
            id: id.int()?,
            verb: Verb::ALL
                .into_iter()
                .find(|verb| verb.word() == word)
                .ok_or_else(|| StoreError::Damaged(format!("an act `{word}`")))?,
            at: time(at.int()?)?,
            who: who.str()?.to_owned(),
            reason: text(reason)?,
            origin: text(origin)?,
            book: book.opt_str()?.and_then(Book::from_word),
            list: list.opt_str()?.and_then(List::from_word),
            source: text(source)?,
            added: added.int()?,
            removed: removed.int()?,
            changed: changed.int()?,
            undoes: undoes.opt_int()?,
            undone_by: undone_by.opt_int()?,
        })
    }
}

/// Begins an act: gives it its number. Inside a transaction.
pub(super) fn next(database: &mut dyn Database) -> Result<i64, StoreError> {
    let last = one(database, "SELECT max(id) FROM act", &[])?;
    Ok(last.and_then(|row| row.first().cloned()).map_or(Ok(None), |value| value.opt_int())?.unwrap_or(0) + 1)
}

/// Writes an act down and announces it. Inside a transaction.
pub(super) fn keep(database: &mut dyn Database, act: &Act) -> Result<(), StoreError> {
    database.execute(
        "INSERT INTO act (id, at, who, verb, book, source, list, origin, reason, added, removed, changed, undoes) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        &[
            act.id.into(),
            act.at.as_second().into(),
            act.who.as_str().into(),
            act.verb.word().into(),
            act.book.map(Book::word).into(),
            act.source.as_deref().into(),
            act.list.map(List::word).into(),
            act.origin.as_deref().into(),
            act.reason.as_deref().into(),
            act.added.into(),
            act.removed.into(),
            act.changed.into(),
            act.undoes.into(),
        ],
    )?;
    database.announce()
}

impl NewAct {
    /// The act with its number, not counted yet.
    pub(super) fn numbered(&self, id: i64) -> Act {
        Act {
            id,
            verb: self.verb,
            at: self.at,
            who: self.who.clone(),
            reason: self.reason.clone(),
            origin: self.origin.clone(),
            book: None,
            list: None,
            source: None,
            added: 0,
            removed: 0,
            changed: 0,
            undoes: None,
            undone_by: None,
        }
    }
}

impl Store {
    /// The number of the last act; 0 where there was none.
    ///
    /// # Errors
    /// The database is gone.
    pub fn generation(&mut self) -> Result<i64, StoreError> {
        Ok(next(self.database())? - 1)
    }

    /// An act.
    ///
    /// # Errors
    /// There is none of this number, or the database is gone.
    pub fn act(&mut self, id: i64) -> Result<Act, StoreError> {
        let row = one(self.database(), &format!("SELECT {COLUMNS} FROM act a WHERE a.id = $1"), &[id.into()])?;
        Act::read(&row.ok_or(StoreError::NoAct(id))?)
    }

    /// The last acts, the newest first, at most `limit`.
    ///
    /// # Errors
    /// The database is gone.
    pub fn acts(&mut self, limit: usize) -> Result<Vec<Act>, StoreError> {
        let mut acts = Vec::new();
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.database().query(
            &format!("SELECT {COLUMNS} FROM act a ORDER BY a.id DESC LIMIT $1"),
            &[limit.into()],
            &mut |row| {
                acts.push(Act::read(row)?);
                Ok(())
            },
        )?;
        Ok(acts)
    }
}
