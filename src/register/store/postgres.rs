//! A register in PostgreSQL, which several benches share.

use super::database::{Database, Each, Next, Value};
use super::error::StoreError;
use super::migrations;
use super::tls;
use postgres::fallible_iterator::FallibleIterator;
use postgres::types::{IsNull, ToSql, Type, private::BytesMut};
use postgres::{Client, NoTls, Statement};
use std::collections::HashMap;
use std::error::Error;
use std::io::Write;
use std::time::Duration;

/// The channel on which a new generation is announced.
const CHANNEL: &str = "atgate_register";
/// The lock under which the schema is changed: any number, the same for all atgates.
const MIGRATION_LOCK: i64 = 0x6174_6761_7465;
/// COPY takes lines in blocks of this many bytes.
const BLOCK: usize = 1 << 16;

pub(super) struct Postgres {
    client: Client,
    /// By the text and the types of its values.
    prepared: HashMap<(String, Vec<Type>), Statement>,
    is_in_transaction: bool,
}

impl Postgres {
    pub(super) fn open(url: &str, shown: &str) -> Result<Self, StoreError> {
        let address = || shown.to_owned();
        let refused = |error: &postgres::Error| match is_of_tls(error) {
            true => StoreError::Encryption { address: address(), why: words(error) },
            false => StoreError::Open { address: address(), why: words(error) },
        };
        let not_so = |why| StoreError::Encryption { address: address(), why };
        let (url, wanted) = tls::part(url).map_err(not_so)?;
        let mut config: postgres::Config = url.parse().map_err(|error| refused(&error))?;
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(Duration::from_secs(10));
        }
        if config.get_application_name().is_none() {
            config.application_name("atgate");
        }
        let connected = match wanted.mode {
            tls::Mode::Disable => config.connect(NoTls),
            tls::Mode::Prefer | tls::Mode::Require | tls::Mode::VerifyCa | tls::Mode::VerifyFull => {
                config.connect(wanted.connector().map_err(not_so)?)
            }
        };
        let mut client = connected.map_err(|error| refused(&error))?;
        client.execute("SELECT pg_advisory_lock($1)", &[&MIGRATION_LOCK]).map_err(|error| refused(&error))?;
        let migrated = migrations::migrate(&mut client, shown);
        client.execute("SELECT pg_advisory_unlock($1)", &[&MIGRATION_LOCK]).map_err(|error| refused(&error))?;
        migrated?;
        client.batch_execute(&format!("LISTEN {CHANNEL}")).map_err(|error| refused(&error))?;
        Ok(Self { client, prepared: HashMap::new(), is_in_transaction: false })
    }

    /// The types are said, since `$1 = -1` alone makes the database take a short number for `$1`.
    fn statement(&mut self, sql: &str, values: &[Value]) -> Result<Statement, StoreError> {
        let types = values.iter().map(|value| match value {
            Value::Null => Type::UNKNOWN,
            Value::Int(_) => Type::INT8,
            Value::Text(_) => Type::TEXT,
        });
        let key = (sql.to_owned(), types.collect::<Vec<_>>());
        if let Some(statement) = self.prepared.get(&key) {
            return Ok(statement.clone());
        }
        let statement = self.client.prepare_typed(sql, &key.1).map_err(|error| said(&error))?;
        self.prepared.insert(key, statement.clone());
        Ok(statement)
    }

    fn batch(&mut self, sql: &str) -> Result<(), StoreError> {
        self.client.batch_execute(sql).map_err(|error| said(&error))
    }
}

impl Database for Postgres {
    fn execute(&mut self, sql: &str, values: &[Value]) -> Result<u64, StoreError> {
        let statement = self.statement(sql, values)?;
        let values: Vec<&(dyn ToSql + Sync)> = values.iter().map(|value| value as &(dyn ToSql + Sync)).collect();
        self.client.execute(&statement, &values).map_err(|error| said(&error))
    }

    fn query(&mut self, sql: &str, values: &[Value], each: Each<'_>) -> Result<(), StoreError> {
        let statement = self.statement(sql, values)?;
        let is_number: Vec<bool> = statement
            .columns()
            .iter()
            .map(|column| match *column.type_() {
                Type::INT8 => Ok(true),
                Type::TEXT => Ok(false),
                ref other => Err(StoreError::Database(format!("a column {} has the type {other}", column.name()))),
            })
            .collect::<Result<_, _>>()?;
        let mut rows = self.client.query_raw(&statement, values).map_err(|error| said(&error))?;
        let mut buffer = Vec::with_capacity(is_number.len());
        while let Some(row) = rows.next().map_err(|error| said(&error))? {
            buffer.clear();
            for (at, is_number) in is_number.iter().enumerate() {
                buffer.push(if *is_number {
                    Value::from(row.try_get::<_, Option<i64>>(at).map_err(|error| said(&error))?)
                } else {
                    Value::from(row.try_get::<_, Option<&str>>(at).map_err(|error| said(&error))?)
                });
            }
            each(&buffer)?;
        }
        Ok(())
    }

    fn begin(&mut self) -> Result<(), StoreError> {
        self.batch("BEGIN; SET LOCAL lock_timeout = '120s'")?;
        self.is_in_transaction = true;
        // One writer at a time, so that acts are numbered as they are kept; readers go on.
        self.batch("LOCK TABLE act IN EXCLUSIVE MODE")
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        self.is_in_transaction = false;
        self.batch("COMMIT")
    }

    fn roll_back(&mut self) {
        if std::mem::take(&mut self.is_in_transaction) {
            // A connection that is gone has no transaction.
            let _ = self.batch("ROLLBACK");
        }
    }

    fn scratch(&mut self, table: &str, columns: &str) -> Result<(), StoreError> {
        // Statements that were prepared for a table of that name are for the old one.
        self.prepared.retain(|(sql, _), _| !sql.contains(table));
        self.batch(&format!("DROP TABLE IF EXISTS pg_temp.{table}; CREATE TEMP TABLE {table} ({columns})"))
    }

    fn load(&mut self, table: &str, columns: &[&str], key: &str, next: Next<'_>) -> Result<(), StoreError> {
        let sql = format!("COPY pg_temp.{table} ({}) FROM STDIN", columns.join(", "));
        let mut writer = self.client.copy_in(&sql).map_err(|error| said(&error))?;
        let mut row = Vec::with_capacity(columns.len());
        let mut block = Vec::with_capacity(BLOCK + 4096);
        let mut send = |block: &mut Vec<u8>| -> Result<(), StoreError> {
            writer.write_all(block).map_err(|error| StoreError::Database(error.to_string()))?;
            block.clear();
            Ok(())
        };
        while next(&mut row)? {
            for (at, value) in row.iter().enumerate() {
                if at > 0 {
                    block.push(b'\t');
                }
                copy_text(&mut block, value);
            }
            block.push(b'\n');
            if block.len() >= BLOCK {
                send(&mut block)?;
            }
        }
        send(&mut block)?;
        writer.finish().map_err(|error| said(&error))?;
        self.batch(&format!("CREATE INDEX ON pg_temp.{table} ({key}); ANALYZE pg_temp.{table}"))
    }

    fn announce(&mut self) -> Result<(), StoreError> {
        self.batch(&format!("NOTIFY {CHANNEL}"))
    }

    fn wait(&mut self, limit: Duration) -> Result<(), StoreError> {
        let mut notifications = self.client.notifications();
        let mut heard = notifications.timeout_iter(limit);
        heard.next().map_err(|error| said(&error))?;
        drop(heard);
        // One look answers all that were announced so far.
        let mut more = notifications.iter();
        while more.next().map_err(|error| said(&error))?.is_some() {}
        Ok(())
    }
}

impl ToSql for Value {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Int(number) => number.to_sql(ty, out),
            Self::Text(text) => (&**text).to_sql(ty, out),
        }
    }

    fn accepts(ty: &Type) -> bool {
        *ty == Type::INT8 || *ty == Type::TEXT
    }

    postgres::types::to_sql_checked!();
}

/// A value as COPY's text format has it.
fn copy_text(out: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Null => out.extend_from_slice(b"\\N"),
        // Writing to a vector cannot fail.
        Value::Int(number) => drop(write!(out, "{number}")),
        Value::Text(text) => {
            for byte in text.bytes() {
                match byte {
                    b'\\' => out.extend_from_slice(b"\\\\"),
                    b'\n' => out.extend_from_slice(b"\\n"),
                    b'\r' => out.extend_from_slice(b"\\r"),
                    b'\t' => out.extend_from_slice(b"\\t"),
                    other => out.push(other),
                }
            }
        }
    }
}

fn said(error: &postgres::Error) -> StoreError {
    match error.code() {
        Some(code) if *code == postgres::error::SqlState::LOCK_NOT_AVAILABLE => StoreError::Busy,
        Some(_) | None => StoreError::Database(words(error)),
    }
}

/// Whether a connection could not be encrypted, or its server's certificate is not one that is taken. The crate keeps its
/// kinds to itself and has fixed words for each.
fn is_of_tls(error: &postgres::Error) -> bool {
    error.to_string().starts_with("error performing TLS handshake")
}

/// The crate's own words and those of what lies behind them.
fn words(error: &postgres::Error) -> String {
    match error.source() {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}
