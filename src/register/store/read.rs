//! What stands in the books: now, at a generation, between two, and about one device through all time.

use super::Store;
use super::acts::{self, Act};
use super::database::Value;
use super::error::StoreError;
use crate::identity::{ImeiKey, Imsi};
use crate::register::{Book, Entry, Fields, KeyedHash, List, Row, Subject};
use jiff::Timestamp;
use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// A row as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Its book.
    pub book: Book,
    /// The number of its source; see [`Store::sources`].
    pub source: i64,
    /// The act that put it there.
    pub from: i64,
    /// The row.
    pub row: Row,
}

/// A row that stands or stood in a book, with the acts that put it there and took it away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// The row.
    pub stored: Stored,
    /// The name of its source.
    pub source: String,
    /// The act that put it there.
    pub opened: Act,
    /// The act that took it away, or `None` where it still stands.
    pub closed: Option<i64>,
}

/// Which rows are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Filter {
    /// Of one book, or of all.
    pub book: Option<Book>,
    /// Of one list, or of all.
    pub list: Option<List>,
    /// Of one source, or of all.
    pub source: Option<i64>,
    /// As they stood after this act; now, where it is `None`.
    pub at: Option<i64>,
}

/// A place in the order of a book's rows, behind a row: where a page ended.
///
/// In text: five parts with points between them, of which whoever reads on need know nothing: `101700123456.101700123456..0.1`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    low: i64,
    high: i64,
    imsi: String,
    hashed: i64,
    source: i64,
}

/// A text is no place among rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected the place where another page ended")]
pub struct NoPlace;

impl Place {
    /// Before the first row.
    fn first() -> Self {
        Self { low: i64::MIN, high: i64::MIN, imsi: String::new(), hashed: -1, source: -1 }
    }

    /// Behind this row.
    pub fn behind(stored: &Stored) -> Self {
        let (hashed, low, high, imsi) = columns(&stored.row.subject);
        Self { low, high, imsi, hashed, source: stored.source }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { low, high, imsi, hashed, source } = self;
        write!(f, "{low}.{high}.{imsi}.{hashed}.{source}")
    }
}

impl FromStr for Place {
    type Err = NoPlace;

    fn from_str(text: &str) -> Result<Self, NoPlace> {
        let parts: Vec<&str> = text.split('.').collect();
        let [low, high, imsi, hashed, source] = parts.as_slice() else { return Err(NoPlace) };
        let number = |text: &str| text.parse::<i64>().map_err(|_| NoPlace);
        if imsi.len() > 15 || !imsi.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(NoPlace);
        }
        Ok(Self {
            low: number(low)?,
            high: number(high)?,
            imsi: (*imsi).to_owned(),
            hashed: number(hashed)?,
            source: number(source)?,
        })
    }
}

pub(super) const COLUMNS: &str =
    "e.book, e.source, e.hashed, e.low, e.high, e.imsi, e.list, e.reason, e.since, e.until, e.fields, e.from_act";
/// How many columns [`COLUMNS`] has.
const WIDTH: usize = 12;

/// A filter's part that says nothing where its value is `-1`.
const FILTERED: &str = "($1 = -1 OR e.book = $1) AND ($2 = -1 OR e.list = $2) AND ($3 = -1 OR e.source = $3)";

impl Store {
    /// Hears every row that the filter lets through, in the order of the devices.
    ///
    /// # Errors
    /// The database is gone, or `each` fails.
    pub fn rows<E: From<StoreError>>(
        &mut self,
        filter: Filter,
        mut each: impl FnMut(Stored) -> Result<(), E>,
    ) -> Result<(), E> {
        let visible = match filter.at {
            None => "e.to_act IS NULL AND $4 = -1",
            Some(_) => "e.from_act <= $4 AND (e.to_act IS NULL OR e.to_act > $4)",
        };
        let sql = format!(
            "SELECT {COLUMNS} FROM entry e WHERE {FILTERED} AND {visible} ORDER BY e.book, e.low, e.high, e.imsi, e.hashed, e.source"
        );
        let mut values = filtered(&filter);
        values.push(filter.at.unwrap_or(-1).into());
        self.stream(&sql, &values, |reader, row| {
            let stored = reader.stored(row)?;
            Ok(each(stored))
        })
    }

    /// The rows of a list behind a place, in the order of the devices, `limit` at most; of one source, or of all.
    ///
    /// Begins where the place is, however far that is from the first; rows that come and go meanwhile move no others.
    ///
    /// # Errors
    /// The database is gone.
    pub fn page(
        &mut self,
        list: List,
        source: Option<i64>,
        after: Option<&Place>,
        limit: usize,
    ) -> Result<Vec<Stored>, StoreError> {
        // The one index of rows that stand begins with the book and goes on in this order.
        let sql = format!(
            "SELECT {COLUMNS} FROM entry e WHERE e.to_act IS NULL AND e.book = $1 AND e.list = $2 AND ($3 = -1 OR e.source = $3) \
             AND (e.low, e.high, e.imsi, e.hashed, e.source) > ($4, $5, $6, $7, $8) \
             ORDER BY e.low, e.high, e.imsi, e.hashed, e.source LIMIT $9"
        );
        let first = Place::first();
        let Place { low, high, imsi, hashed, source: behind } = after.unwrap_or(&first);
        let values = [
            book_number(Book::Lists).into(),
            list_number(list).into(),
            source.unwrap_or(-1).into(),
            (*low).into(),
            (*high).into(),
            imsi.as_str().into(),
            (*hashed).into(),
            (*behind).into(),
            i64::try_from(limit).unwrap_or(i64::MAX).into(),
        ];
        let mut found = Vec::new();
        self.stream(&sql, &values, |reader, row| {
            found.push(reader.stored(row)?);
            Ok(Ok::<(), StoreError>(()))
        })?;
        Ok(found)
    }

    /// Hears what was taken away and what was put there by the acts after `from` up to `to`; `true` is *put there*. A row
    /// that came and went in between is not told.
    ///
    /// # Errors
    /// The database is gone, or `each` fails.
    pub fn changes<E: From<StoreError>>(
        &mut self,
        filter: Filter,
        from: i64,
        to: i64,
        mut each: impl FnMut(bool, Stored) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut values = filtered(&filter);
        values.extend([from.into(), to.into()]);
        let closed = format!(
            "SELECT {COLUMNS} FROM entry e WHERE {FILTERED} AND e.to_act > $4 AND e.to_act <= $5 AND e.from_act <= $4"
        );
        let opened = format!(
            "SELECT {COLUMNS} FROM entry e WHERE {FILTERED} AND e.from_act > $4 AND e.from_act <= $5 AND (e.to_act IS NULL OR e.to_act > $5)"
        );
        for (is_put, sql) in [(false, closed), (true, opened)] {
            self.stream(&sql, &values, |reader, row| {
                let stored = reader.stored(row)?;
                Ok(each(is_put, stored))
            })?;
        }
        Ok(())
    }

    /// The rows that cover a device now: its own, its pairs', ranges and its TAC's, of all books.
    ///
    /// # Errors
    /// The database is gone.
    pub fn covering(&mut self, key: ImeiKey) -> Result<Vec<Stored>, StoreError> {
        let number = i64::try_from(key.number()).unwrap_or(i64::MAX);
        let mut found = Vec::new();
        // Ranges are few and have an index of their own.
        let sql = format!(
            "SELECT {COLUMNS} FROM entry e WHERE e.to_act IS NULL AND e.hashed = 0 AND e.low = $1 AND e.high = $1 AND e.book >= 0 \
             UNION ALL SELECT {COLUMNS} FROM entry e WHERE e.to_act IS NULL AND e.hashed = 0 AND e.low <> e.high AND e.low <= $1 AND e.high >= $1"
        );
        self.stream(&sql, &[number.into()], |reader, row| {
            found.push(reader.stored(row)?);
            Ok(Ok::<(), StoreError>(()))
        })?;
        Ok(found)
    }

    /// The rows of every source about exactly this subject in a book, as they stand now.
    ///
    /// # Errors
    /// The database is gone.
    pub fn about(&mut self, book: Book, subject: &Subject) -> Result<Vec<Stored>, StoreError> {
        let (hashed, low, high, imsi) = columns(subject);
        let sql = format!(
            "SELECT {COLUMNS} FROM entry e WHERE e.to_act IS NULL AND e.book = $1 AND e.low = $2 AND e.high = $3 AND e.imsi = $4 \
             AND e.hashed = $5 ORDER BY e.source"
        );
        let values = [book_number(book).into(), low.into(), high.into(), imsi.as_str().into(), hashed.into()];
        let mut found = Vec::new();
        self.stream(&sql, &values, |reader, row| {
            found.push(reader.stored(row)?);
            Ok(Ok::<(), StoreError>(()))
        })?;
        Ok(found)
    }

    /// All that was ever written about a device, the oldest first.
    ///
    /// # Errors
    /// The database is gone.
    pub fn history(&mut self, key: ImeiKey, hash: Option<KeyedHash>) -> Result<Vec<Version>, StoreError> {
        let number = i64::try_from(key.number()).unwrap_or(i64::MAX);
        let (high, low) = hash.map_or((-1, -1), halves);
        let sql = format!(
            "SELECT {COLUMNS}, s.name, e.to_act, {} FROM entry e JOIN source s ON s.id = e.source JOIN act a ON a.id = e.from_act \
             WHERE (e.hashed = 0 AND e.low <= $1 AND e.high >= $1) OR (e.hashed = 1 AND $2 <> -1 AND e.low = $2 AND e.high = $3) \
             ORDER BY e.from_act, e.book, e.low",
            acts::COLUMNS
        );
        let mut found = Vec::new();
        self.stream(&sql, &[number.into(), high.into(), low.into()], |reader, row| {
            let [name, closed, act @ ..] = row.get(WIDTH..).unwrap_or(&[]) else {
                return Err(StoreError::Damaged("a version has too few columns".into()));
            };
            found.push(Version {
                stored: reader.stored(row)?,
                source: name.str()?.to_owned(),
                opened: Act::read(act)?,
                closed: closed.opt_int()?,
            });
            Ok(Ok::<(), StoreError>(()))
        })?;
        Ok(found)
    }

    /// Streams a query; an error of the hearer's own ends it and comes out as it is.
    fn stream<E: From<StoreError>>(
        &mut self,
        sql: &str,
        values: &[Value],
        mut each: impl FnMut(&mut RowReader, &[Value]) -> Result<Result<(), E>, StoreError>,
    ) -> Result<(), E> {
        let mut reader = RowReader::default();
        let mut refused = None;
        let done = self.database().query(sql, values, &mut |row| match each(&mut reader, row)? {
            Ok(()) => Ok(()),
            Err(error) => {
                refused = Some(error);
                Err(StoreError::Database("the reader has ended the query".into()))
            }
        });
        match (refused, done) {
            (Some(error), _) => Err(error),
            (None, Err(error)) => Err(error.into()),
            (None, Ok(())) => Ok(()),
        }
    }
}

fn filtered(filter: &Filter) -> Vec<Value> {
    vec![
        filter.book.map_or(-1, book_number).into(),
        filter.list.map_or(-1, list_number).into(),
        filter.source.unwrap_or(-1).into(),
    ]
}

/// Reads rows; texts that many rows have in common are kept once.
#[derive(Debug, Default)]
struct RowReader {
    reasons: HashMap<Box<str>, Arc<str>>,
    last_fields: Option<(Box<str>, Arc<Fields>)>,
}

/// Of at most this many texts one copy is kept for all rows.
const SHARED: usize = 4096;

impl RowReader {
    fn stored(&mut self, row: &[Value]) -> Result<Stored, StoreError> {
        let [book, source, hashed, low, high, imsi, list, reason, since, until, fields, from, ..] = row else {
            return Err(StoreError::Damaged("a row has too few columns".into()));
        };
        let number = book.int()?;
        let book = book_of(number).ok_or_else(|| StoreError::Damaged(format!("a book {number}")))?;
        let list = match list.opt_int()? {
            None => None,
            Some(number) => Some(list_of(number).ok_or_else(|| StoreError::Damaged(format!("a list {number}")))?),
        };
        Ok(Stored {
            book,
            source: source.int()?,
            from: from.int()?,
            row: Row {
                subject: subject(hashed.int()?, low.int()?, high.int()?, imsi.str()?)?,
                list,
                reason: reason.opt_str()?.map(|text| self.shared(text)),
                since: since.opt_int()?.map(time).transpose()?,
                until: until.opt_int()?.map(time).transpose()?,
                fields: match fields.opt_str()? {
                    None => None,
                    Some(text) => Some(self.fields(text)?),
                },
            },
        })
    }

    fn shared(&mut self, text: &str) -> Arc<str> {
        if let Some(shared) = self.reasons.get(text) {
            return shared.clone();
        }
        let shared: Arc<str> = text.into();
        if self.reasons.len() < SHARED {
            self.reasons.insert(text.into(), shared.clone());
        }
        shared
    }

    fn fields(&mut self, text: &str) -> Result<Arc<Fields>, StoreError> {
        if let Some((last, fields)) = &self.last_fields
            && **last == *text
        {
            return Ok(fields.clone());
        }
        let read: std::collections::BTreeMap<String, String> =
            serde_json::from_str(text).map_err(|error| StoreError::Damaged(format!("fields: {error}")))?;
        let fields: Fields = read.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
        let fields = Arc::new(fields);
        self.last_fields = Some((text.into(), fields.clone()));
        Ok(fields)
    }
}

/// Seconds since 1970 as a time.
pub(in crate::register) fn time(seconds: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_second(seconds).map_err(|_| StoreError::Damaged(format!("a time of {seconds} seconds")))
}

/// The number by which a book is kept; never changed once given.
pub(super) fn book_number(book: Book) -> i64 {
    match book {
        Book::Lists => 0,
        Book::Models => 1,
        Book::Registrations => 2,
        Book::Pairings => 3,
        Book::Fleet => 4,
    }
}

fn book_of(number: i64) -> Option<Book> {
    Book::ALL.into_iter().find(|book| book_number(*book) == number)
}

/// The number by which a list is kept; never changed once given.
pub(in crate::register) fn list_number(list: List) -> i64 {
    match list {
        List::Block => 0,
        List::Track => 1,
        List::Allow => 2,
    }
}

pub(in crate::register) fn list_of(number: i64) -> Option<List> {
    List::ALL.into_iter().find(|list| list_number(*list) == number)
}

/// The subject's columns: hashed, low, high, imsi.
pub(in crate::register) fn columns(subject: &Subject) -> (i64, i64, i64, String) {
    let number = |key: ImeiKey| i64::try_from(key.number()).unwrap_or(i64::MAX);
    match subject {
        Subject::Hash(hash) => {
            let (high, low) = halves(*hash);
            (1, high, low, String::new())
        }
        Subject::Entry(Entry::Pair(key, imsi)) => (0, number(*key), number(*key), imsi.to_string()),
        Subject::Entry(Entry::Device(key)) => (0, number(*key), number(*key), String::new()),
        Subject::Entry(Entry::Range { low, high }) => (0, number(*low), number(*high), String::new()),
        Subject::Entry(Entry::Tac(tac)) => {
            let first = i64::from(tac.number()) * 1_000_000;
            (0, first, first + 999_999, String::new())
        }
    }
}

pub(in crate::register) fn subject(hashed: i64, low: i64, high: i64, imsi: &str) -> Result<Subject, StoreError> {
    if hashed != 0 {
        let wide = (u128::from(low.cast_unsigned()) << 64) | u128::from(high.cast_unsigned());
        return Ok(Subject::Hash(KeyedHash(wide)));
    }
    let key = |number: i64| {
        u64::try_from(number)
            .ok()
            .and_then(ImeiKey::new)
            .ok_or_else(|| StoreError::Damaged(format!("an identity of {number}")))
    };
    let (first, last) = (key(low)?, key(high)?);
    if !imsi.is_empty() {
        let imsi = Imsi::parse(imsi).map_err(|error| StoreError::Damaged(error.to_string()))?;
        return Ok(Entry::Pair(first, imsi).into());
    }
    let is_model = first.serial() == 0 && last.serial() == 999_999 && first.tac() == last.tac();
    Ok(match (low == high, is_model) {
        (true, _) => Entry::Device(first).into(),
        (false, true) => Entry::Tac(first.tac()).into(),
        (false, false) => Entry::Range { low: first, high: last }.into(),
    })
}

/// A hash as two numbers, the first half first.
fn halves(hash: KeyedHash) -> (i64, i64) {
    let half = |bits: u128| u64::try_from(bits & u128::from(u64::MAX)).unwrap_or(0).cast_signed();
    (half(hash.0 >> 64), half(hash.0))
}
