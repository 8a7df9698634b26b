//! What changes the books: imports, single entries, and the undoing of either. Each is one act, kept whole or not at all.

use super::Store;
use super::acts::{self, Act, NewAct, Verb};
use super::database::{Database, Value, one};
use super::error::StoreError;
use super::read::{book_number, columns, list_number};
use crate::register::{Book, Change, List, Row};

/// Which rows an act is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scope<'a> {
    /// The book.
    pub book: Book,
    /// The list, where the book is [`Book::Lists`]: a full import replaces this list of its source alone.
    pub list: Option<List>,
    /// Whose rows; a source that is named for the first time is made, with precedence 0.
    pub source: &'a str,
}

/// Whether an import says all that its source lists, or what changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mode {
    /// The source's rows are these and no others.
    Full,
    /// The source's rows are those from before, with these changes.
    Delta,
}

/// What an act changes, in rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Rows in its scope before.
    pub before: i64,
    /// Rows that it brings, or takes away by name.
    pub given: i64,
    /// Rows that it puts there.
    pub added: i64,
    /// Rows that it takes away.
    pub removed: i64,
    /// Rows that it puts in the place of others about the same subject.
    pub changed: i64,
}

impl Counts {
    /// Rows in its scope after.
    pub fn after(self) -> i64 {
        self.before + self.added - self.removed
    }
}

/// How an act ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcome {
    /// The act's number, or `None` where nothing was kept: a dry run, or nothing to change.
    pub act: Option<i64>,
    /// What it changed, or would change.
    pub counts: Counts,
}

/// Why an import was refused; nothing of it was kept.
#[derive(Debug, thiserror::Error)]
pub enum ImportError<E> {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What gives the changes.
    #[error("{0}")]
    Given(E),
    /// The same subject came twice.
    #[error("{0} stands twice in one import")]
    Twice(String),
    /// Whoever looks at the counts does not want it.
    #[error("{0}")]
    Unwanted(E),
}

/// A subject is the same in `e` and `i`.
const SAME: &str = "e.low = i.low AND e.high = i.high AND e.imsi = i.imsi AND e.hashed = i.hashed";
/// What stands there is not what comes.
const DIFFERS: &str = "(e.list IS DISTINCT FROM i.list OR e.reason IS DISTINCT FROM i.reason OR e.since IS DISTINCT FROM i.since \
     OR e.until IS DISTINCT FROM i.until OR e.fields IS DISTINCT FROM i.fields)";
const STAGED: &str = "n BIGINT, gone BIGINT, hashed BIGINT, low BIGINT, high BIGINT, imsi TEXT, list BIGINT, reason TEXT, since BIGINT, \
     until BIGINT, fields TEXT";

impl Store {
    /// Imports rows of one source into one book, as one act.
    ///
    /// The changes are read to their end before anybody else has to wait; `guard` sees the counts before anything is kept
    /// and may refuse. A dry run goes as far and keeps nothing.
    ///
    /// # Errors
    /// The store fails, `changes` fails, a subject comes twice, or `guard` refuses.
    pub fn import<E>(
        &mut self,
        act: &NewAct,
        scope: Scope<'_>,
        mode: Mode,
        is_dry: bool,
        changes: impl Iterator<Item = Result<Change, E>>,
        guard: impl FnOnce(&Counts) -> Result<(), E>,
    ) -> Result<Outcome, ImportError<E>> {
        self.stage(scope, changes)?;
        self.transact(|database| {
            let mut kept = acts::next(database).map(|id| act.numbered(id))?;
            let counts = apply(database, &mut kept, scope, mode)?;
            guard(&counts).map_err(ImportError::Unwanted)?;
            let is_empty = counts.added + counts.removed + counts.changed == 0;
            // An import is told in the journal even where it found all as it was.
            if is_dry || is_empty && act.verb != Verb::Import {
                return Ok((Outcome { act: None, counts }, false));
            }
            acts::keep(database, &kept)?;
            Ok((Outcome { act: Some(kept.id), counts }, true))
        })
    }

    /// Puts rows into books or takes them out by hand, as one act of one source.
    ///
    /// # Errors
    /// The store fails, or a subject comes twice.
    pub fn edit(
        &mut self,
        act: &NewAct,
        source: &str,
        book: Book,
        changes: Vec<Change>,
    ) -> Result<Outcome, ImportError<StoreError>> {
        let scope = Scope { book, list: None, source };
        self.import(act, scope, Mode::Delta, false, changes.into_iter().map(Ok), |_| Ok(()))
    }

    /// Undoes an act: the rows that it took away stand there again, and those that it put there no more. An undoing is an
    /// act, and can be undone.
    ///
    /// # Errors
    /// There is no such act, it was undone, or others have changed its rows since.
    pub fn undo(&mut self, id: i64, act: &NewAct) -> Result<Outcome, StoreError> {
        let undone = self.act(id)?;
        self.in_transaction(|database| {
            if let Some(row) = one(database, "SELECT max(u.id) FROM act u WHERE u.undoes = $1", &[id.into()])?
                && let Some(by) = row.first().map(Value::opt_int).transpose()?.flatten()
            {
                return Err(StoreError::Undone { act: id, by });
            }
            let built = one(
                database,
                &format!(
                    "SELECT count(*), max(b.act) FROM ( \
                     SELECT e.to_act AS act FROM entry e WHERE e.from_act = $1 AND e.to_act IS NOT NULL \
                     UNION ALL SELECT e.from_act FROM entry e JOIN entry i ON i.to_act = $1 AND {SAME} AND e.book = i.book AND e.source = i.source \
                     WHERE e.to_act IS NULL AND e.from_act <> $1) b"
                ),
                &[id.into()],
            )?;
            if let Some([rows, by, ..]) = built.as_deref()
                && let (rows @ 1.., Some(by)) = (rows.int()?, by.opt_int()?)
            {
                return Err(StoreError::Built { act: id, rows, by });
            }
            let mut kept = act.numbered(acts::next(database)?);
            let away = database.execute(
                "UPDATE entry SET to_act = $1 WHERE from_act = $2 AND to_act IS NULL",
                &[kept.id.into(), id.into()],
            )?;
            let back = database.execute(
                "INSERT INTO entry (book, source, hashed, low, high, imsi, list, reason, since, until, fields, from_act) \
                 SELECT book, source, hashed, low, high, imsi, list, reason, since, until, fields, $1 FROM entry WHERE to_act = $2",
                &[kept.id.into(), id.into()],
            )?;
            let counts = counted(signed(away), signed(back), replaced(database, kept.id)?);
            (kept.added, kept.removed, kept.changed) = (counts.added, counts.removed, counts.changed);
            (kept.book, kept.list, kept.source, kept.undoes) = (undone.book, undone.list, undone.source, Some(id));
            acts::keep(database, &kept)?;
            Ok(Outcome { act: Some(kept.id), counts })
        })
    }

    /// Reads changes into a table of this connection alone.
    fn stage<E>(
        &mut self,
        scope: Scope<'_>,
        mut changes: impl Iterator<Item = Result<Change, E>>,
    ) -> Result<(), ImportError<E>> {
        self.database().scratch("incoming", STAGED)?;
        let (mut count, mut refused) = (0_i64, None);
        let columns = ["n", "gone", "hashed", "low", "high", "imsi", "list", "reason", "since", "until", "fields"];
        let loaded = self.database().load("incoming", &columns, "low, high, imsi, hashed", &mut |row| {
            match changes.next() {
                None => return Ok(false),
                Some(Err(error)) => {
                    refused = Some(error);
                    return Err(StoreError::Database("what gives the rows has failed".into()));
                }
                Some(Ok(change)) => staged(row, count, scope, &change)?,
            }
            count += 1;
            Ok(true)
        });
        match (refused, loaded) {
            (Some(error), _) => Err(ImportError::Given(error)),
            (None, Err(error)) => Err(error.into()),
            (None, Ok(())) => Ok(()),
        }
    }
}

/// Fills a staged row's columns.
pub(super) fn staged(row: &mut Vec<Value>, n: i64, scope: Scope<'_>, change: &Change) -> Result<(), StoreError> {
    let (hashed, low, high, imsi) = columns(&change.subject());
    row.clear();
    row.push(n.into());
    row.push(i64::from(matches!(change, Change::Drop(_))).into());
    row.extend([hashed.into(), low.into(), high.into(), Value::from(imsi.as_str())]);
    match change {
        Change::Drop(_) => row.extend([const { Value::Null }; 5]),
        Change::Put(Row { list, reason, since, until, fields, .. }) => {
            let list = match scope.book {
                Book::Lists => list.or(scope.list),
                Book::Models | Book::Registrations | Book::Pairings | Book::Fleet => None,
            };
            row.push(list.map(list_number).into());
            row.push(reason.as_deref().into());
            row.push(since.map(|at| at.as_second()).into());
            row.push(until.map(|at| at.as_second()).into());
            row.push(match fields.as_deref().filter(|fields| !fields.is_empty()) {
                None => Value::Null,
                Some(fields) => {
                    let pairs: serde_json::Map<String, serde_json::Value> = fields
                        .iter()
                        .map(|(name, text)| (name.to_string(), serde_json::Value::from(&**text)))
                        .collect();
                    Value::text(&serde_json::Value::Object(pairs).to_string())
                }
            });
        }
    }
    Ok(())
}

/// Carries a staged import out, inside the transaction.
fn apply<E>(
    database: &mut dyn Database,
    act: &mut Act,
    scope: Scope<'_>,
    mode: Mode,
) -> Result<Counts, ImportError<E>> {
    let twice = one(
        database,
        "SELECT low, high, hashed FROM incoming GROUP BY low, high, imsi, hashed HAVING count(*) > 1 LIMIT 1",
        &[],
    )?;
    if let Some([low, high, hashed, ..]) = twice.as_deref() {
        let text = match (low.int()?, high.int()?, hashed.int()?) {
            (_, _, 1) => "a keyed hash".to_owned(),
            (low, high, _) if low == high => format!("the device with TAC {:08}", low / 1_000_000),
            (low, high, _) => format!("the range {low:014}..{high:014}"),
        };
        return Err(ImportError::Twice(text));
    }
    let source = source_number(database, scope.source)?;
    let (id, book, list) = (act.id, book_number(scope.book), scope.list.map_or(-1, list_number));
    let within = "e.to_act IS NULL AND e.book = $1 AND e.source = $2";
    let mut counts = Counts {
        before: count(
            database,
            &format!("SELECT count(*) FROM entry e WHERE {within} AND ($3 = -1 OR e.list = $3)"),
            &[book.into(), source.into(), list.into()],
        )?,
        given: count(database, "SELECT count(*) FROM incoming", &[])?,
        ..Counts::default()
    };
    let mut closed = signed(database.execute(
        &format!(
            "UPDATE entry AS e SET to_act = $3 WHERE {within} AND EXISTS \
             (SELECT 1 FROM incoming i WHERE {SAME} AND (i.gone = 1 OR {DIFFERS}))"
        ),
        &[book.into(), source.into(), id.into()],
    )?);
    if mode == Mode::Full {
        closed += signed(database.execute(
            &format!(
                "UPDATE entry AS e SET to_act = $4 WHERE {within} AND ($3 = -1 OR e.list = $3) AND NOT EXISTS \
                 (SELECT 1 FROM incoming i WHERE {SAME} AND i.gone = 0)"
            ),
            &[book.into(), source.into(), list.into(), id.into()],
        )?);
    }
    let opened = signed(database.execute(
        &format!(
            "INSERT INTO entry (book, source, hashed, low, high, imsi, list, reason, since, until, fields, from_act) \
             SELECT $1, $2, i.hashed, i.low, i.high, i.imsi, i.list, i.reason, i.since, i.until, i.fields, $3 FROM incoming i \
             WHERE i.gone = 0 AND NOT EXISTS (SELECT 1 FROM entry e WHERE {within} AND {SAME}) ORDER BY i.low, i.high, i.imsi"
        ),
        &[book.into(), source.into(), id.into()],
    )?);
    let changes = counted(closed, opened, replaced(database, id)?);
    (counts.added, counts.removed, counts.changed) = (changes.added, changes.removed, changes.changed);
    (act.added, act.removed, act.changed) = (counts.added, counts.removed, counts.changed);
    (act.book, act.list, act.source) = (Some(scope.book), scope.list, Some(scope.source.to_owned()));
    Ok(counts)
}

/// How many rows an act closed and opened about the same subject.
fn replaced(database: &mut dyn Database, id: i64) -> Result<i64, StoreError> {
    count(
        database,
        &format!(
            "SELECT count(*) FROM entry e JOIN entry i ON {SAME} AND e.book = i.book AND e.source = i.source \
             WHERE e.to_act = $1 AND i.from_act = $1"
        ),
        &[id.into()],
    )
}

fn counted(closed: i64, opened: i64, changed: i64) -> Counts {
    Counts { added: opened - changed, removed: closed - changed, changed, ..Counts::default() }
}

fn count(database: &mut dyn Database, sql: &str, values: &[Value]) -> Result<i64, StoreError> {
    one(database, sql, values)?.and_then(|row| row.first().cloned()).map_or(Ok(0), |value| value.int())
}

/// A source's number; a new one gets the next.
pub(super) fn source_number(database: &mut dyn Database, name: &str) -> Result<i64, StoreError> {
    if let Some(row) = one(database, "SELECT id FROM source WHERE name = $1", &[name.into()])? {
        return row.first().map_or(Ok(0), Value::int);
    }
    let id = count(database, "SELECT coalesce(max(id), 0) + 1 FROM source", &[])?;
    let precedence = if name == super::sources::OWN { super::sources::OWN_PRECEDENCE } else { 0 };
    database.execute(
        "INSERT INTO source (id, name, precedence) VALUES ($1, $2, $3)",
        &[id.into(), name.into(), precedence.into()],
    )?;
    Ok(id)
}

fn signed(rows: u64) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX)
}
