//! Writes rows in a format.

use super::columns::Column;
use super::dates;
use super::format::Format;
use super::rows::is_out_of_force;
use super::subjects::what;
use crate::identity::{Imei, ImeiKey};
use crate::register::{Entry, HashKey, Row, Subject};
use jiff::Timestamp;
use std::borrow::Cow;
use std::fmt;
use std::io::{self, Write};

/// What became of a row between two generations of a book.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Step {
    /// It is new.
    Add,
    /// It is gone.
    Remove,
    /// It says something else.
    Update,
}

impl Step {
    /// What became of a row; `None` where nothing did.
    pub fn between(old: Option<&Row>, new: Option<&Row>) -> Option<Self> {
        match (old, new) {
            (None, None) => None,
            (None, Some(_)) => Some(Self::Add),
            (Some(_), None) => Some(Self::Remove),
            (Some(old), Some(new)) => (old != new).then_some(Self::Update),
        }
    }

    /// `add`, `remove` or `update`: the words of `change_type`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Remove => "remove",
            Self::Update => "update",
        }
    }
}

/// How rows are written.
#[derive(Debug, Clone, Default)]
pub struct WriteOptions {
    /// IMEIs have 15 digits, the last the check digit; else the 14 by which they are compared.
    pub check_digit: bool,
    /// Devices are written as hashes under this key, in the formats that can hold them.
    pub key: Option<HashKey>,
    /// The rows are a delta: a column `change_type` says what became of them.
    pub delta: bool,
}

/// What a format could not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loss {
    /// What: `a range`, or the name of a column or a further field.
    pub what: String,
    /// Whether whole rows were left out; else they are there without it.
    pub is_row: bool,
    /// How many rows that befell.
    pub count: u64,
    /// The first of them by their number among the rows that were written, from 1; at most [`Loss::SHOWN`].
    pub rows: Vec<u64>,
}

impl Loss {
    /// Of so many it is said which.
    pub const SHOWN: usize = 5;
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows = self.rows.iter().map(u64::to_string).collect::<Vec<_>>().join(", ");
        let dots = if self.count > self.rows.len() as u64 { ", …" } else { "" };
        let did = if self.is_row { "left out, about" } else { "written without" };
        write!(f, "{} × {did} {}, which the format cannot hold: row {rows}{dots}", self.count, self.what)
    }
}

/// What was written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Written {
    /// How many rows.
    pub rows: u64,
    /// What could not be; one for each kind.
    pub losses: Vec<Loss>,
}

/// Writes rows.
pub struct Writer<W: Write> {
    out: Out<W>,
    format: Format,
    options: WriteOptions,
    columns: Vec<Column>,
    extra: Vec<String>,
    count: u64,
    written: Written,
}

enum Out<W: Write> {
    Table(Box<csv::Writer<W>>),
    Lines(W),
}

impl<W: Write> Writer<W> {
    /// Begins, with the header where the format has one.
    ///
    /// # Errors
    /// The output cannot be written.
    pub fn new(out: W, format: Format, options: WriteOptions) -> io::Result<Self> {
        Self::with_fields(out, format, options, &[])
    }

    /// Begins, with columns for further fields by these names, besides those that the format has anyway. [`Format::Csv`],
    /// [`Format::Fleet`], [`Format::GsmaTac`], [`Format::Pairing`] and [`Format::Registration`] can have more.
    ///
    /// # Errors
    /// The output cannot be written.
    pub fn with_fields(out: W, format: Format, options: WriteOptions, fields: &[&str]) -> io::Result<Self> {
        let columns = format.columns().to_vec();
        let can_have =
            matches!(format, Format::Csv | Format::Fleet | Format::GsmaTac | Format::Pairing | Format::Registration);
        let is_there = |name: &str| columns.iter().any(|column| column.field() == name);
        let mut extra: Vec<String> = Vec::new();
        for name in fields {
            if can_have && !is_there(name) && !extra.iter().any(|other| other == name) {
                extra.push((*name).to_owned());
            }
        }
        let out = match format {
            Format::Plain | Format::Ndjson => Out::Lines(out),
            Format::Csv
            | Format::Stolen
            | Format::Barred
            | Format::BarredTac
            | Format::Golden
            | Format::Registration
            | Format::Pairing
            | Format::Association
            | Format::Monitoring
            | Format::GsmaTac
            | Format::BlockList
            | Format::Notification
            | Format::Exception
            | Format::Fleet => {
                let mut table = csv::WriterBuilder::new().delimiter(format.delimiter()).from_writer(out);
                for column in &columns {
                    table.write_field(column.name()).map_err(io::Error::from)?;
                }
                for name in &extra {
                    table.write_field(name).map_err(io::Error::from)?;
                }
                if options.delta {
                    table.write_field("change_type").map_err(io::Error::from)?;
                }
                table.write_record(None::<&[u8]>).map_err(io::Error::from)?;
                Out::Table(Box::new(table))
            }
        };
        Ok(Self { out, format, options, columns, extra, count: 0, written: Written::default() })
    }

    /// Writes a row; in a delta, as one that is new.
    ///
    /// # Errors
    /// The output cannot be written.
    pub fn row(&mut self, row: &Row) -> io::Result<()> {
        self.step(Step::Add, row)
    }

    /// Writes what became of a row: as it was where it is gone, else as it is.
    ///
    /// # Errors
    /// The output cannot be written.
    pub fn step(&mut self, step: Step, row: &Row) -> io::Result<()> {
        self.count += 1;
        let subject = match (row.subject, &self.options.key) {
            (Subject::Entry(Entry::Device(key)), Some(secret)) => Subject::Hash(secret.hash(key)),
            (subject, _) => subject,
        };
        let is_hidden = self.options.key.is_none() || matches!(subject, Subject::Hash(_));
        if !is_hidden || !self.holds(&subject) {
            self.lose(what(&subject), true);
            return Ok(());
        }
        if self.format == Format::Plain && self.options.delta && step == Step::Remove {
            self.lose("a removal", true);
            return Ok(());
        }
        if self.format == Format::Stolen
            && row.reason.as_deref().is_some_and(|reason| is_out_of_force(reason.as_bytes()))
        {
            self.lose("a reason that takes a stolen row out of force", true);
            return Ok(());
        }
        self.miss(row);
        let mut cells: Vec<Cow<'_, str>> = Vec::with_capacity(self.columns.len() + self.extra.len() + 1);
        for &column in &self.columns {
            cells.push(self.cell(column, row, &subject));
        }
        match &mut self.out {
            Out::Table(table) => {
                for cell in &cells {
                    table.write_field(cell.as_bytes()).map_err(io::Error::from)?;
                }
                for name in &self.extra {
                    table.write_field(row.field(name).unwrap_or_default()).map_err(io::Error::from)?;
                }
                if self.options.delta {
                    table.write_field(step.word()).map_err(io::Error::from)?;
                }
                table.write_record(None::<&[u8]>).map_err(io::Error::from)?;
            }
            Out::Lines(out) if self.format == Format::Plain => {
                let text = match subject {
                    Subject::Entry(Entry::Device(key)) => digits(key, self.options.check_digit),
                    Subject::Entry(Entry::Pair(key, imsi)) => {
                        format!("{}+{imsi}", digits(key, self.options.check_digit))
                    }
                    Subject::Entry(Entry::Range { .. } | Entry::Tac(_)) | Subject::Hash(_) => subject.to_string(),
                };
                writeln!(out, "{text}")?;
            }
            Out::Lines(out) => {
                let mut object = serde_json::Map::new();
                let mut put = |name: &str, text: &str| {
                    if !text.is_empty() {
                        object.insert(name.to_owned(), text.into());
                    }
                };
                for (column, cell) in self.columns.iter().zip(&cells) {
                    put(column.name(), cell);
                }
                for (name, text) in row.fields.iter().flat_map(|fields| fields.iter()) {
                    put(name, text);
                }
                if self.options.delta {
                    put("change_type", step.word());
                }
                serde_json::to_writer(&mut *out, &object).map_err(io::Error::from)?;
                out.write_all(b"\n")?;
            }
        }
        self.written.rows += 1;
        Ok(())
    }

    /// Ends, and says what was written and what could not be.
    ///
    /// # Errors
    /// The output cannot be written.
    pub fn finish(mut self) -> io::Result<Written> {
        match &mut self.out {
            Out::Table(table) => table.flush()?,
            Out::Lines(out) => out.flush()?,
        }
        Ok(self.written)
    }

    fn cell<'a>(&self, column: Column, row: &'a Row, subject: &Subject) -> Cow<'a, str> {
        let check_digit = self.options.check_digit;
        match (column, subject) {
            (
                Column::Imei | Column::Approved | Column::Golden,
                Subject::Entry(Entry::Device(key) | Entry::Pair(key, _)),
            ) => digits(*key, check_digit).into(),
            (Column::Golden | Column::Hash, Subject::Hash(hash)) => hash.to_string().into(),
            (Column::Tac, Subject::Entry(Entry::Tac(tac))) => tac.to_string().into(),
            (Column::Low, Subject::Entry(Entry::Range { low, .. })) => low.to_string().into(),
            (Column::High, Subject::Entry(Entry::Range { high, .. })) => high.to_string().into(),
            (Column::Imsi, Subject::Entry(Entry::Pair(_, imsi))) => imsi.to_string().into(),
            (
                Column::Imei
                | Column::Approved
                | Column::Golden
                | Column::Tac
                | Column::Low
                | Column::High
                | Column::Entry
                | Column::Hash
                | Column::ChangeType,
                _,
            ) => "".into(),
            (Column::Imsi, _) => row.field("imsi").unwrap_or_default().into(),
            (Column::List, _) => row.list.map_or("", |list| list.word()).into(),
            (Column::Reason | Column::Reasons, _) => row.reason.as_deref().unwrap_or_default().into(),
            (Column::Status, _) if self.format == Format::Stolen => match row.reason.as_deref() {
                Some("stolen") | None => "blacklist".into(),
                Some(reason) => reason.into(),
            },
            (Column::Since, _) => row.since.map(|since| since.to_string()).unwrap_or_default().into(),
            (Column::Until, _) => row.until.map(|until| until.to_string()).unwrap_or_default().into(),
            (Column::ReportingDate | Column::BlockDate | Column::AllocationDate, _) => {
                row.since.map(date).unwrap_or_default().into()
            }
            (
                Column::Msisdn
                | Column::Uid
                | Column::Status
                | Column::Label
                | Column::Iccid
                | Column::Eid
                | Column::Warranty
                | Column::Note
                | Column::Make
                | Column::Model
                | Column::ModelName
                | Column::ModelNumber
                | Column::BrandName
                | Column::DeviceType
                | Column::RadioInterface
                | Column::DeviceId
                | Column::Manufacturer
                | Column::Bands
                | Column::OptionalFields
                | Column::Amnesty
                | Column::Date
                | Column::Rat,
                _,
            ) => row.field(column.field()).unwrap_or_default().into(),
        }
    }

    /// Whether the format can hold what a row is about.
    fn holds(&self, subject: &Subject) -> bool {
        let has = |column| self.columns.contains(&column);
        match (self.format, subject) {
            (Format::Plain, _) => true,
            (_, Subject::Entry(Entry::Device(_))) => has(Column::Imei) || has(Column::Approved) || has(Column::Golden),
            (Format::Fleet, Subject::Entry(Entry::Pair(..))) => false,
            (_, Subject::Entry(Entry::Pair(..))) => has(Column::Imei) && has(Column::Imsi),
            (_, Subject::Entry(Entry::Range { .. })) => has(Column::Low),
            (_, Subject::Entry(Entry::Tac(_))) => has(Column::Tac),
            (_, Subject::Hash(_)) => has(Column::Golden) || has(Column::Hash),
        }
    }

    /// Notes what of a row the format has no column for.
    fn miss(&mut self, row: &Row) {
        let has = |columns: &[Column]| columns.iter().any(|column| self.columns.contains(column));
        let is_stolen = self.format == Format::Stolen;
        let mut missed: Vec<String> = Vec::new();
        if row.reason.is_some() && !is_stolen && !has(&[Column::Reason, Column::Reasons]) {
            missed.push("reason".to_owned());
        }
        let dates = [Column::Since, Column::ReportingDate, Column::BlockDate, Column::AllocationDate];
        if row.since.is_some() && !has(&dates) {
            missed.push("since".to_owned());
        }
        if row.until.is_some() && !has(&[Column::Until]) {
            missed.push("until".to_owned());
        }
        let is_column = |name: &str| {
            let stands = |column: &Column| column.field() == name && !(*column == Column::Status && is_stolen);
            self.columns.iter().any(stands) || self.extra.iter().any(|extra| extra == name)
        };
        if self.format != Format::Ndjson {
            for name in row.fields.iter().flat_map(|fields| fields.keys()).filter(|name| !is_column(name)) {
                missed.push(name.to_string());
            }
        }
        for name in missed {
            self.lose(&name, false);
        }
    }

    fn lose(&mut self, what: &str, is_row: bool) {
        let losses = &mut self.written.losses;
        let at = losses.iter().position(|loss| loss.what == what && loss.is_row == is_row).unwrap_or_else(|| {
            losses.push(Loss { what: what.to_owned(), is_row, count: 0, rows: Vec::new() });
            losses.len() - 1
        });
        let loss = &mut losses[at];
        loss.count += 1;
        if loss.rows.len() < Loss::SHOWN {
            loss.rows.push(self.count);
        }
    }
}

fn digits(key: ImeiKey, check_digit: bool) -> String {
    if check_digit { Imei::of(key).to_string() } else { key.to_string() }
}

/// A date, or a moment where it is none.
fn date(time: Timestamp) -> String {
    dates::compact(time).unwrap_or_else(|| time.to_string())
}
