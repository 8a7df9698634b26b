//! Reads a file into changes of a book, with their places.

use super::cells::{Cell, Layout, Record, Split, split};
use super::columns::Column;
use super::format::Format;
use super::json;
use super::lines::Lines;
use super::plan::{self, Plan, Table};
use super::problem::{LineError, Place, Problem};
use super::rows::Rows;
use super::target::Target;
use super::warning::{Warning, WarningCode};
use crate::register::{Change, List};
use std::collections::VecDeque;
use std::io::Read;
use std::sync::Arc;

/// How far a file may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes, unpacked.
    pub unpacked: u64,
    /// Rows.
    pub rows: u64,
    /// Errors that are told before the reader stops.
    pub errors: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { unpacked: 64 << 30, rows: 1_000_000_000, errors: 20 }
    }
}

/// What is read, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Into what.
    pub target: Target,
    /// In which format; found out by the first line where it is `None`.
    pub format: Option<Format>,
    /// Every row takes its subject away, as in a delta of what is no longer listed, which has no `change_type`.
    pub removals: bool,
    /// IMEIs of 14 digits are meant as they are, also where a zero in front would make them IMEIs with a check digit.
    pub short_rows: bool,
    /// How far the file may go.
    pub limits: Limits,
}

impl Options {
    /// Into a target, all else by default.
    pub fn new(target: Target) -> Self {
        Self { target, format: None, removals: false, short_rows: false, limits: Limits::default() }
    }
}

/// A change, and where in the file it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located {
    /// The line, from 1.
    pub line: u64,
    /// Where its subject begins in the line, in bytes, from 1.
    pub column: u64,
    /// The change.
    pub change: Change,
    /// Which list it is about, where it is about one.
    pub list: Option<List>,
}

/// What a file was.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Summary {
    /// Its format, once its first line was read.
    pub format: Option<Format>,
    /// Whether its rows say what they change: it is no full list.
    pub is_delta: bool,
    /// Rows that were read, whatever came of them.
    pub rows: u64,
    /// Rows that put something into the book.
    pub puts: u64,
    /// Rows that take something out of it.
    pub drops: u64,
    /// Errors, those that were not told not counted.
    pub errors: u64,
}

/// Reads a file: an iterator over its changes and its errors.
///
/// ```
/// use atgate::register::exchange::{Options, Reader, Target};
/// use atgate::register::List;
///
/// let text = "imei,reporting_date,status\n001017001234569,20260131,lost\n".as_bytes();
/// let mut reader = Reader::new(text, Options::new(Target::List(List::Block)));
/// let change = reader.next().unwrap()?;
/// assert_eq!((change.line, change.list), (2, Some(List::Block)));
/// assert!(reader.next().is_none());
/// assert_eq!(reader.summary().puts, 1);
/// # Ok::<(), atgate::register::exchange::LineError>(())
/// ```
pub struct Reader<R: Read> {
    state: State<R>,
    plan: Option<Plan>,
    rows: Rows,
    cells: Vec<Cell>,
    text: Vec<u8>,
    names: Vec<String>,
    queue: VecDeque<LineError>,
    /// What was decoded of a line that is no UTF-8.
    decoded: Vec<u8>,
}

enum State<R: Read> {
    New(R),
    Open(Box<Lines<R>>),
    Done,
}

impl<R: Read> Reader<R> {
    /// Nothing is read before the first change is asked for.
    pub fn new(input: R, options: Options) -> Self {
        Self {
            state: State::New(input),
            plan: None,
            rows: Rows::new(options),
            cells: Vec::new(),
            text: Vec::new(),
            names: Vec::new(),
            queue: VecDeque::new(),
            decoded: Vec::new(),
        }
    }

    /// What was odd so far.
    pub fn warnings(&self) -> &[Warning] {
        self.rows.warnings.as_slice()
    }

    /// What was read so far.
    pub fn summary(&self) -> Summary {
        self.rows.summary
    }

    /// Reads to the next change, error or the end.
    fn read(&mut self) -> Option<Result<Located, LineError>> {
        loop {
            if let Some(error) = self.queue.pop_front() {
                return Some(Err(error));
            }
            let lines = match std::mem::replace(&mut self.state, State::Done) {
                State::Done => return None,
                State::New(input) => match Lines::open(input, self.rows.options.limits.unpacked) {
                    Ok(lines) => {
                        if lines.utf16 {
                            self.rows.warnings.note(WarningCode::Utf16, Place { line: 1, column: 1 });
                        }
                        self.state = State::Open(Box::new(lines));
                        continue;
                    }
                    Err(problem) => return Some(Err(self.failed(1, 1, problem))),
                },
                State::Open(lines) => lines,
            };
            match self.line(lines) {
                Ok(Some(located)) => return Some(Ok(located)),
                Ok(None) => {}
                Err((line, column, problem)) => return Some(Err(self.failed(line, column, problem))),
            }
        }
    }

    /// Reads one line; the lines are put back unless they have come to their end.
    fn line(&mut self, mut lines: Box<Lines<R>>) -> Result<Option<Located>, (u64, u64, Problem)> {
        match lines.advance() {
            Ok(true) => {}
            Ok(false) => {
                let end = (lines.number(), 1);
                self.queue.extend(self.rows.at_the_end(
                    self.plan.is_some(),
                    matches!(self.plan, Some(Plan::Table(_))),
                    end,
                ));
                return Ok(None);
            }
            Err(problem) => {
                let line = lines.number();
                if !problem.is_final() {
                    self.state = State::Open(lines);
                }
                return Err((line, 1, problem));
            }
        }
        let line = lines.number();
        let read = self.record(&mut lines, line);
        self.state = State::Open(lines);
        read.map_err(|(column, problem)| (line, column, problem))
    }

    fn record(&mut self, lines: &mut Lines<R>, line: u64) -> Result<Option<Located>, (u64, Problem)> {
        if lines.has_nul() {
            let column = memchr::memchr(0, lines.record()).unwrap_or(0);
            return Err((column as u64 + 1, Problem::Nul));
        }
        let mut bytes = lines.record();
        let decoded;
        if !bytes.is_ascii() && std::str::from_utf8(bytes).is_err() {
            let column = std::str::from_utf8(bytes).err().map_or(0, |error| error.valid_up_to());
            self.rows.warnings.note(WarningCode::Latin1, Place { line, column: column as u64 + 1 });
            decoded = encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0;
            self.decoded.clear();
            self.decoded.extend_from_slice(decoded.as_bytes());
            bytes = &self.decoded;
        }
        let Some(plan) = &self.plan else {
            let trimmed = bytes.trim_ascii();
            if trimmed.is_empty() || trimmed.starts_with(b"#") {
                return Ok(None);
            }
            if let Some(at) = memchr::memchr(b'\r', bytes) {
                return Err((at as u64 + 1, Problem::BareCr));
            }
            let plan = plan::of(bytes, self.rows.options.format, self.rows.options.target)?;
            self.rows.summary.format = Some(plan.format());
            let is_table = match &plan {
                Plan::Table(table) => {
                    self.rows.summary.is_delta = table.layout.cell(Column::ChangeType).is_some();
                    for (column, name) in &table.unread {
                        let place = Place { line, column: *column };
                        self.rows.warnings.named(WarningCode::UnknownColumn, place, Some(name.clone()));
                    }
                    true
                }
                Plan::Plain | Plan::Ndjson => false,
            };
            self.plan = Some(plan);
            if is_table {
                return Ok(None);
            }
            // The line is the first row: read it again.
            return self.record(lines, line);
        };
        match plan {
            Plan::Plain => self.rows.plain(bytes, line),
            Plan::Ndjson => {
                let trimmed = bytes.trim_ascii();
                if trimmed.is_empty() {
                    return Ok(None);
                }
                json::read(bytes, &mut self.text, &mut self.cells, &mut self.names)?;
                let mut layout = Layout::empty();
                let fields = self.rows.named(&self.names, &self.cells, &mut layout)?;
                let record = Record { text: &self.text, cells: &self.cells, layout: &layout, line };
                self.rows.row(&record, Format::Ndjson, &fields)
            }
            Plan::Table(table) => {
                if bytes.is_empty() || bytes.trim_ascii().is_empty() && table.delimiter != b'\t' {
                    return Ok(None);
                }
                let split = split(bytes, table.delimiter, &mut self.cells, &mut self.text)?;
                let text: &[u8] = match split {
                    Split::InLine => bytes,
                    Split::Unquoted => &self.text,
                    Split::Open { column } => {
                        joined(lines, table.delimiter, &mut self.cells, &mut self.text, column)?;
                        &self.text
                    }
                };
                width(table, &mut self.cells, &mut self.rows, text, line)?;
                let record = Record { text, cells: &self.cells, layout: &table.layout, line };
                self.rows.row(&record, table.format, &table.fields)
            }
        }
    }

    /// An error as it is told: the last one says that there are more.
    fn failed(&mut self, line: u64, column: u64, problem: Problem) -> LineError {
        let place = Place { line, column };
        let shown = self.rows.options.limits.errors.max(1);
        if self.rows.summary.errors >= shown as u64 {
            self.state = State::Done;
            self.queue.extend(self.rows.lost_zeros());
            self.queue.push_back(LineError { place, problem: Problem::More { shown } });
            return self.queue.pop_front().unwrap_or(LineError { place, problem: Problem::More { shown } });
        }
        self.rows.summary.errors += 1;
        if problem.is_final() {
            self.state = State::Done;
        }
        LineError { place, problem }
    }
}

impl<R: Read> Iterator for Reader<R> {
    type Item = Result<Located, LineError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.read()
    }
}

/// A quoted value goes over at most so many line ends.
const MOST_LINES: u64 = 100;

/// Joins lines until the quote that is open is closed.
fn joined<R: Read>(
    lines: &mut Lines<R>,
    delimiter: u8,
    cells: &mut Vec<Cell>,
    text: &mut Vec<u8>,
    column: u64,
) -> Result<(), (u64, Problem)> {
    let mut more = 0;
    loop {
        if more == MOST_LINES {
            lines.shorten();
            return Err((column, Problem::OpenQuote));
        }
        match lines.extend() {
            Ok(true) => more += 1,
            Ok(false) => {
                lines.shorten();
                return Err((column, Problem::OpenQuote));
            }
            Err(problem) => return Err((column, problem)),
        }
        // Only a line with a quote in it can close one.
        let record = lines.record();
        let last = memchr::memrchr(b'\n', record).map_or(0, |at| at + 1);
        if memchr::memchr(b'"', &record[last..]).is_none() {
            continue;
        }
        let latin = std::str::from_utf8(record).is_err();
        let decoded = if latin { encoding_rs::WINDOWS_1252.decode_without_bom_handling(record).0 } else { "".into() };
        let whole = if latin { decoded.as_bytes() } else { record };
        match split(whole, delimiter, cells, text) {
            Ok(Split::Open { .. }) => {}
            Ok(Split::InLine | Split::Unquoted) => {
                lines.count_extended(more);
                return Ok(());
            }
            Err((_, problem)) => {
                lines.shorten();
                return Err((column, problem));
            }
        }
    }
}

/// A row has as many values as the header has names; nothing behind a last delimiter is nothing.
fn width(table: &Table, cells: &mut Vec<Cell>, rows: &mut Rows, text: &[u8], line: u64) -> Result<(), (u64, Problem)> {
    while cells.len() > table.width {
        let Some(last) = cells.last().copied() else { break };
        let is_blank =
            text.get(last.start as usize..last.end as usize).is_some_and(|rest| rest.trim_ascii().is_empty());
        if !is_blank {
            break;
        }
        cells.pop();
        rows.warnings.note(WarningCode::TrailingComma, Place { line, column: u64::from(last.column) });
    }
    match cells.len() {
        found if found == table.width => Ok(()),
        found => {
            let column = cells.get(table.width).or(cells.last()).map_or(1, |cell| u64::from(cell.column));
            Err((column, Problem::Columns { expected: table.width, found }))
        }
    }
}

/// Cells that become further fields, and their names.
pub(super) type FieldCells = Vec<(usize, Arc<str>)>;
