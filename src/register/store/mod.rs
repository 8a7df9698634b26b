//! Where a register is kept: SQLite's one file, or PostgreSQL for benches that share one.
//!
//! Knows the books' rows, the acts that changed them, and how to undo one. Knows nothing of what the rows decide.
//!
//! A row is never rewritten: an act opens it and another closes it. So an import is all or nothing, an act can be undone,
//! the log of an identity is its closed rows, and what changed between two generations is what was opened and closed
//! between them.

mod acts;
mod address;
mod amend;
mod database;
mod error;
mod migrations;
mod postgres;
mod read;
mod sources;
mod sqlite;
mod tls;
mod write;

pub use acts::{Act, NewAct, Verb};
pub use address::Address;
pub use error::StoreError;
pub use read::{Filter, NoPlace, Place, Stored, Version};
pub use sources::{OWN, OWN_PRECEDENCE, StoredSource};
pub use write::{Counts, ImportError, Mode, Outcome, Scope};

pub(in crate::register) use amend::{amend, reason};
pub(in crate::register) use database::{Database, Value, one};
pub(in crate::register) use read::{columns, list_number, list_of, subject, time};

use std::time::Duration;

/// A register that outlives the program.
///
/// One connection; several of them, in one program or in many, may use one register at a time.
pub struct Store {
    database: Box<dyn Database>,
    address: Address,
}

impl Store {
    /// Opens a register, and makes it where there is none (a database itself must exist).
    ///
    /// # Errors
    /// It cannot be opened, is none, or is of a newer schema than this program knows.
    pub fn open(address: &Address) -> Result<Self, StoreError> {
        let database: Box<dyn Database> = match address {
            Address::File(path) => Box::new(sqlite::Sqlite::open(path)?),
            Address::Postgres(url) => Box::new(postgres::Postgres::open(url, &address.to_string())?),
        };
        Ok(Self { database, address: address.clone() })
    }

    /// Where it is kept.
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// Waits until somebody may have changed it, this long at most; ask [`generation`](Self::generation) whether it was so.
    ///
    /// # Errors
    /// The database is gone.
    pub fn wait(&mut self, limit: Duration) -> Result<(), StoreError> {
        self.database.wait(limit)
    }

    /// The database itself, for the books that stand beside the rows.
    pub(in crate::register) fn database(&mut self) -> &mut dyn Database {
        self.database.as_mut()
    }

    /// Does something in one transaction: all of it is kept, or nothing.
    pub(in crate::register) fn in_transaction<T, E: From<StoreError>>(
        &mut self,
        act: impl FnOnce(&mut dyn Database) -> Result<T, E>,
    ) -> Result<T, E> {
        self.transact(|database| act(database).map(|value| (value, true)))
    }

    /// Does something in one transaction, which is kept only where `act` says so beside its value: a dry run is done like
    /// any other and then forgotten.
    fn transact<T, E: From<StoreError>>(
        &mut self,
        act: impl FnOnce(&mut dyn Database) -> Result<(T, bool), E>,
    ) -> Result<T, E> {
        let done = self.database.begin().map_err(E::from).and_then(|()| act(self.database.as_mut()));
        match done {
            Ok((value, false)) => {
                self.database.roll_back();
                Ok(value)
            }
            Ok((value, true)) => match self.database.commit() {
                Ok(()) => Ok(value),
                Err(error) => {
                    self.database.roll_back();
                    Err(error.into())
                }
            },
            Err(error) => {
                self.database.roll_back();
                Err(error)
            }
        }
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("address", &self.address).finish_non_exhaustive()
    }
}
