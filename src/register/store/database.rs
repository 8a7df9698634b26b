//! One small language for two databases: statements with `$1 $2 …`, values of two types, streams of rows.
//!
//! The statements themselves are written once; what the two databases have apart stands in [`sqlite`](super::sqlite) and
//! [`postgres`](super::postgres).

use super::error::StoreError;
use std::time::Duration;

/// A value in a statement or a row. Neither database is given or asked for any other type.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(in crate::register) enum Value {
    Null,
    Int(i64),
    Text(Box<str>),
}

impl Value {
    pub(in crate::register) fn text(text: &str) -> Self {
        Self::Text(text.into())
    }

    pub(in crate::register) fn int(&self) -> Result<i64, StoreError> {
        self.opt_int()?.ok_or_else(|| StoreError::Damaged("expected a number, found nothing".into()))
    }

    pub(in crate::register) fn opt_int(&self) -> Result<Option<i64>, StoreError> {
        match self {
            Self::Null => Ok(None),
            Self::Int(number) => Ok(Some(*number)),
            Self::Text(text) => Err(StoreError::Damaged(format!("expected a number, found a text of {}", text.len()))),
        }
    }

    pub(in crate::register) fn opt_str(&self) -> Result<Option<&str>, StoreError> {
        match self {
            Self::Null => Ok(None),
            Self::Text(text) => Ok(Some(text)),
            Self::Int(_) => Err(StoreError::Damaged("expected a text, found a number".into())),
        }
    }

    pub(in crate::register) fn str(&self) -> Result<&str, StoreError> {
        self.opt_str()?.ok_or_else(|| StoreError::Damaged("expected a text, found nothing".into()))
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<Option<i64>> for Value {
    fn from(number: Option<i64>) -> Self {
        number.map_or(Self::Null, Self::Int)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::text(text)
    }
}

impl From<Option<&str>> for Value {
    fn from(text: Option<&str>) -> Self {
        text.map_or(Self::Null, Self::text)
    }
}

/// Hears each row of a result; an error ends the query.
pub(in crate::register) type Each<'a> = &'a mut dyn FnMut(&[Value]) -> Result<(), StoreError>;

/// Gives the next row of a bulk load, in a buffer that is used again; false at the end.
pub(in crate::register) type Next<'a> = &'a mut dyn FnMut(&mut Vec<Value>) -> Result<bool, StoreError>;

/// A database that holds a register.
pub(in crate::register) trait Database: Send {
    /// Runs one statement; how many rows it changed.
    fn execute(&mut self, sql: &str, values: &[Value]) -> Result<u64, StoreError>;

    /// Runs one query, row by row.
    fn query(&mut self, sql: &str, values: &[Value], each: Each<'_>) -> Result<(), StoreError>;

    /// Begins a transaction that only one program at a time can be in.
    fn begin(&mut self) -> Result<(), StoreError>;

    /// Ends the transaction and keeps what it did, for good.
    fn commit(&mut self) -> Result<(), StoreError>;

    /// Ends the transaction, if there is one, and forgets what it did.
    fn roll_back(&mut self);

    /// Makes an empty table of this connection alone, with these columns (`name TYPE, …`), in the place of one of that name.
    fn scratch(&mut self, table: &str, columns: &str) -> Result<(), StoreError>;

    /// Fills a table of [`scratch`](Self::scratch), and gives it an index over the columns of `key`.
    fn load(&mut self, table: &str, columns: &[&str], key: &str, next: Next<'_>) -> Result<(), StoreError>;

    /// Tells whoever waits that there is a new generation; heard once the transaction is kept.
    fn announce(&mut self) -> Result<(), StoreError>;

    /// Waits until somebody may have changed the register, this long at most. Nothing is lost between two waits.
    fn wait(&mut self, limit: Duration) -> Result<(), StoreError>;
}

/// The first row of a query.
pub(in crate::register) fn one(
    database: &mut dyn Database,
    sql: &str,
    values: &[Value],
) -> Result<Option<Vec<Value>>, StoreError> {
    let mut found = None;
    database.query(sql, values, &mut |row| {
        found.get_or_insert_with(|| row.to_vec());
        Ok(())
    })?;
    Ok(found)
}
