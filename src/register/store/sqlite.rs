//! A register in one file, which SQLite keeps: write-ahead log, every act on disk before it is told.

use super::database::{Database, Each, Next, Value};
use super::error::StoreError;
use super::migrations;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior, params_from_iter};
use std::path::Path;
use std::time::{Duration, Instant};

/// How long a program waits for another that writes: longer than an import of millions takes.
const PATIENCE: Duration = Duration::from_secs(120);
/// How often a change by another program is looked for; the look reads a counter, not the file.
const GLANCE: Duration = Duration::from_millis(50);
/// How long a program waits for its turn at making a register that others make at the same time.
const TURN: Duration = Duration::from_secs(30);

/// Of the file, KiB with a minus: reading goes through it once, in order.
const READING: i32 = -2_048;

/// While an act is written: an import touches the indexes everywhere.
const WRITING: i32 = -32_768;

pub(super) struct Sqlite {
    connection: Connection,
    /// What `data_version` was: it changes with every commit of another connection.
    version: i64,
}

impl Sqlite {
    pub(super) fn open(path: &Path) -> Result<Self, StoreError> {
        let refused = |why: String| StoreError::Open { address: path.display().to_string(), why };
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder).map_err(|error| refused(error.to_string()))?;
        }
        // No URI: a file may be named `file:x?y`.
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection =
            Connection::open_with_flags(path, flags).map_err(|error| refused(said_in_opening(&error)))?;
        let opening = |error: &rusqlite::Error| refused(said_in_opening(error));
        connection.busy_timeout(PATIENCE).map_err(|error| opening(&error))?;
        write_ahead(&connection).map_err(|error| opening(&error))?;
        let set = |connection: &Connection| -> rusqlite::Result<()> {
            connection.pragma_update(None, "synchronous", "FULL")?;
            connection.pragma_update(None, "cache_size", READING)
        };
        set(&connection).map_err(|error| opening(&error))?;
        connection.set_prepared_statement_cache_capacity(64);
        // Programs that make the same new register take turns; one that is up to date is opened without waiting for a writer.
        let found = connection.query_row("SELECT max(version) FROM refinery_schema_history", [], |row| row.get(0));
        if found.ok() != Some(migrations::last()) {
            connection.set_transaction_behavior(TransactionBehavior::Immediate);
            migrations::migrate(&mut connection, &path.display().to_string())?;
            connection.set_transaction_behavior(TransactionBehavior::Deferred);
        }
        let mut opened = Self { connection, version: 0 };
        opened.version = opened.data_version()?;
        Ok(opened)
    }

    /// So much of the file is kept in memory from here on, in KiB with a minus; what is beyond is given back.
    fn cache(&self, size: i32) {
        // A cache of another size changes nothing but how long things take.
        let _ = self.connection.pragma_update(None, "cache_size", size);
        if size == READING {
            let _ = self.connection.execute_batch("PRAGMA shrink_memory");
        }
    }

    fn data_version(&self) -> Result<i64, StoreError> {
        self.connection.query_row("PRAGMA data_version", [], |row| row.get(0)).map_err(|error| said(&error))
    }
}

impl Database for Sqlite {
    fn execute(&mut self, sql: &str, values: &[Value]) -> Result<u64, StoreError> {
        let mut statement = self.connection.prepare_cached(&numbered(sql)).map_err(|error| said(&error))?;
        let changed = statement.execute(params_from_iter(values)).map_err(|error| said(&error))?;
        Ok(u64::try_from(changed).unwrap_or(u64::MAX))
    }

    fn query(&mut self, sql: &str, values: &[Value], each: Each<'_>) -> Result<(), StoreError> {
        let mut statement = self.connection.prepare_cached(&numbered(sql)).map_err(|error| said(&error))?;
        let columns = statement.column_count();
        let mut rows = statement.query(params_from_iter(values)).map_err(|error| said(&error))?;
        let mut buffer = Vec::with_capacity(columns);
        while let Some(row) = rows.next().map_err(|error| said(&error))? {
            buffer.clear();
            for column in 0..columns {
                buffer.push(match row.get_ref(column).map_err(|error| said(&error))? {
                    ValueRef::Null => Value::Null,
                    ValueRef::Integer(number) => Value::Int(number),
                    ValueRef::Text(text) => Value::text(&String::from_utf8_lossy(text)),
                    ValueRef::Real(_) | ValueRef::Blob(_) => {
                        return Err(StoreError::Damaged("a value is neither number nor text".into()));
                    }
                });
            }
            each(&buffer)?;
        }
        Ok(())
    }

    fn begin(&mut self) -> Result<(), StoreError> {
        self.connection.execute_batch("BEGIN IMMEDIATE").map_err(|error| said(&error))?;
        self.cache(WRITING);
        Ok(())
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        self.connection.execute_batch("COMMIT").map_err(|error| said(&error))?;
        self.cache(READING);
        Ok(())
    }

    fn roll_back(&mut self) {
        if !self.connection.is_autocommit() {
            // A transaction that cannot be rolled back was rolled back already.
            let _ = self.connection.execute_batch("ROLLBACK");
            self.cache(READING);
        }
    }

    fn scratch(&mut self, table: &str, columns: &str) -> Result<(), StoreError> {
        let sql = format!("DROP TABLE IF EXISTS temp.{table}; CREATE TEMP TABLE {table} ({columns})");
        self.connection.execute_batch(&sql).map_err(|error| said(&error))
    }

    fn load(&mut self, table: &str, columns: &[&str], key: &str, next: Next<'_>) -> Result<(), StoreError> {
        // In one transaction, which nobody else waits for: it only touches a table of this connection.
        let transaction = self.connection.transaction().map_err(|error| said(&error))?;
        {
            let places: Vec<String> = (1..=columns.len()).map(|at| format!("?{at}")).collect();
            let sql = format!("INSERT INTO temp.{table} ({}) VALUES ({})", columns.join(", "), places.join(", "));
            let mut statement = transaction.prepare(&sql).map_err(|error| said(&error))?;
            let mut row = Vec::with_capacity(columns.len());
            while next(&mut row)? {
                statement.execute(params_from_iter(&row)).map_err(|error| said(&error))?;
            }
        }
        transaction
            .execute_batch(&format!("CREATE INDEX temp.{table}_key ON {table} ({key})"))
            .map_err(|error| said(&error))?;
        transaction.commit().map_err(|error| said(&error))
    }

    fn announce(&mut self) -> Result<(), StoreError> {
        // `data_version` tells.
        Ok(())
    }

    fn wait(&mut self, limit: Duration) -> Result<(), StoreError> {
        let end = Instant::now() + limit;
        loop {
            let version = self.data_version()?;
            if version != self.version {
                self.version = version;
                return Ok(());
            }
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(());
            }
            std::thread::sleep(GLANCE.min(left));
        }
    }
}

impl rusqlite::ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Int(number) => ValueRef::Integer(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
        }))
    }
}

/// Lets readers go on while somebody writes; a killed writer leaves nothing half.
///
/// The one step for which SQLite does not wait by itself where another program takes it too.
fn write_ahead(connection: &Connection) -> rusqlite::Result<()> {
    let end = Instant::now() + TURN;
    loop {
        match connection.pragma_update(None, "journal_mode", "WAL") {
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) && Instant::now() < end => {
                std::thread::sleep(GLANCE);
            }
            done => return done,
        }
    }
}

/// `$1` to `?1`: SQLite counts `$1` by its first place in the statement, not by its number.
fn numbered(sql: &str) -> String {
    sql.replace('$', "?")
}

fn said(error: &rusqlite::Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Busy,
        _ => StoreError::Database(error.to_string()),
    }
}

fn said_in_opening(error: &rusqlite::Error) -> String {
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => "the file is no register".into(),
        _ => error.to_string(),
    }
}
