//! What a record says: its subject, its change, and all else about it.

use super::cells::{Cell, Layout, Record};
use super::columns::{Column, plain};
use super::format::Format;
use super::identities::{self, Written};
use super::plan;
use super::problem::{LineError, Place, Problem, shown};
use super::reader::{FieldCells, Located, Options, Summary};
use super::seen::Seen;
use super::shared::{Hashed, Shared};
use super::subjects::what;
use super::target::Target;
use super::warning::{WarningCode, Warnings};
use crate::identity::{Eid, Iccid, Imsi, Msisdn};
use crate::register::{Change, Fields, List, Row};
use std::sync::Arc;

/// What is remembered of the rows of a file.
pub(super) struct Rows {
    pub(super) options: Options,
    pub(super) warnings: Warnings,
    pub(super) summary: Summary,
    seen: Seen,
    shared: Shared,
    raw: Vec<u8>,
    /// Devices of 15 digits, of 14, and of 14 that a zero in front would make whole.
    whole: u64,
    short: u64,
    fitting: u64,
    first_fitting: Option<Place>,
    lost: u64,
    first_lost: Option<Place>,
}

type Outcome = Result<Option<Located>, (u64, Problem)>;

/// What a delta does with a row.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Put,
    Update,
    Drop,
}

impl Rows {
    pub(super) fn new(options: Options) -> Self {
        Self {
            options,
            warnings: Warnings::default(),
            summary: Summary::default(),
            seen: Seen::new(),
            shared: Shared::new(),
            raw: Vec::new(),
            whole: 0,
            short: 0,
            fitting: 0,
            first_fitting: None,
            lost: 0,
            first_lost: None,
        }
    }

    /// A line of a plain list.
    pub(super) fn plain(&mut self, line: &[u8], number: u64) -> Outcome {
        let comment = line
            .iter()
            .enumerate()
            .position(|(at, &byte)| byte == b'#' && (at == 0 || line[at - 1].is_ascii_whitespace()));
        let bytes = comment.map_or(line, |at| &line[..at]);
        let entry = bytes.trim_ascii();
        if entry.is_empty() {
            return Ok(None);
        }
        self.counted()?;
        let column = bytes.iter().take_while(|byte| byte.is_ascii_whitespace()).count() as u64 + 1;
        let place = Place { line: number, column };
        let read = identities::anything(entry);
        let subject = match read {
            Ok((subject, Some(written))) => self.written(written, entry, place).map(|()| subject),
            Ok((subject, None)) => Ok(subject),
            Err(problem) => Err(self.suspect(problem, place)),
        };
        let subject = subject.map_err(|problem| (column, problem))?;
        let row = Row { list: self.options.target.list(), ..Row::new(subject) };
        if self.options.target == Target::Lists {
            return Err((column, Problem::NoValue("list")));
        }
        let way = if self.options.removals { Way::Drop } else { Way::Put };
        self.change(row, way, place, 0)
    }

    /// Which names of an object are columns, and which become further fields.
    pub(super) fn named(
        &mut self,
        names: &[String],
        cells: &[Cell],
        layout: &mut Layout,
    ) -> Result<FieldCells, (u64, Problem)> {
        let mut fields = Vec::new();
        let mut columns: Vec<Column> = Vec::with_capacity(names.len());
        for (cell, name) in names.iter().enumerate() {
            let place = || cells.get(cell).map_or(1, |cell| u64::from(cell.column));
            let Some(column) = Column::from_name(name) else {
                if let Some(nearest) = Column::nearest(name) {
                    return Err((place(), Problem::UnknownName { found: shown(name.as_bytes()), nearest }));
                }
                fields.push((cell, self.shared.name(&plain(name))));
                continue;
            };
            if columns.iter().any(|&other| plan::is_same(other, column)) {
                return Err((place(), Problem::RepeatedName(column.name().to_owned())));
            }
            layout.set(column, cell);
            columns.push(column);
            if plan::is_field(column, self.options.target) {
                fields.push((cell, self.shared.name(column.field())));
            }
        }
        self.summary.is_delta |= columns.contains(&Column::ChangeType);
        Ok(fields)
    }

    /// A record of columns.
    pub(super) fn row(&mut self, record: &Record<'_>, format: Format, fields: &[(usize, Arc<str>)]) -> Outcome {
        self.counted()?;
        let (subject, column) = self.subject(record)?;
        let place = Place { line: record.line, column };
        let target = self.options.target;
        if !target.holds(&subject) {
            let problem = Problem::Subject { expected: target.subjects(), found: what(&subject) };
            return Err((column, problem));
        }
        let mut way = self.way(record)?;
        let mut row = Row { list: self.list(record)?, ..Row::new(subject) };
        let mut content = row.list.map_or(0, |list| list as u32 + 1);
        let mut add = |hash: u32| content = content.rotate_left(5) ^ hash.wrapping_mul(0x9E37_79B1);
        if let Some(value) = record.value(Column::Reason).or_else(|| record.value(Column::Reasons)) {
            let Hashed(text, hash) = self.shared.text(value.bytes);
            (row.reason, _) = (Some(text), add(hash));
        }
        for (columns, into) in [(&SINCE[..], &mut row.since), (&[Column::Until], &mut row.until)] {
            if let Some(value) = columns.iter().find_map(|&column| record.value(column)) {
                let date = self.shared.date(value.bytes).map_err(|problem| (value.column, problem))?;
                add(date.as_nanosecond() as u32 ^ (date.as_second() as u32).rotate_left(8));
                *into = Some(date);
            }
            add(1);
        }
        let status = record.value(Column::Status);
        if status.is_some_and(|status| is_out_of_force(status.bytes)) {
            match way {
                Way::Update => way = Way::Drop,
                Way::Put => {
                    self.warnings.note(WarningCode::NotInForce, place);
                    return Ok(None);
                }
                Way::Drop => {}
            }
        }
        if format == Format::Stolen && row.reason.is_none() && way != Way::Drop {
            let says = status.map(|status| status.bytes).filter(|status| !status.eq_ignore_ascii_case(b"blacklist"));
            let Hashed(text, hash) = self.shared.text(says.unwrap_or(b"stolen"));
            (row.reason, _) = (Some(text), add(hash));
        }
        if !fields.is_empty() && way != Way::Drop {
            let Hashed(fields, hash) = self.fields(record, fields)?;
            (row.fields, _) = (fields, add(hash));
        }
        self.change(row, way, place, content)
    }

    fn way(&self, record: &Record<'_>) -> Result<Way, (u64, Problem)> {
        let Some(cell) = record.layout.cell(Column::ChangeType) else {
            return Ok(if self.options.removals { Way::Drop } else { Way::Put });
        };
        let Some(value) = record.at(cell) else { return Ok(Way::Put) };
        match &*value.bytes.to_ascii_lowercase() {
            b"add" => Ok(Way::Put),
            b"update" => Ok(Way::Update),
            b"remove" => Ok(Way::Drop),
            b"" => Err((value.column, Problem::NoValue("change_type"))),
            _ => Err((value.column, Problem::ChangeType(shown(value.bytes)))),
        }
    }

    fn list(&self, record: &Record<'_>) -> Result<Option<List>, (u64, Problem)> {
        let asked = self.options.target.list();
        if self.options.target.book() != crate::register::Book::Lists {
            return Ok(None);
        }
        let Some(value) = record.value(Column::List) else {
            return match self.options.target {
                Target::Lists => Err((record.column(Column::List), Problem::NoValue("list"))),
                Target::List(_) | Target::Models | Target::Registrations | Target::Pairings | Target::Fleet => {
                    Ok(asked)
                }
            };
        };
        let named = match &*value.bytes.to_ascii_lowercase() {
            b"block" => List::Block,
            b"track" => List::Track,
            b"allow" => List::Allow,
            _ => return Err((value.column, Problem::List(shown(value.bytes)))),
        };
        if asked.is_some_and(|asked| asked != named) {
            let problem = Problem::OtherList { expected: self.options.target, found: named.word() };
            return Err((value.column, problem));
        }
        Ok(Some(named))
    }

    fn fields(
        &mut self,
        record: &Record<'_>,
        cells: &[(usize, Arc<str>)],
    ) -> Result<Hashed<Option<Arc<Fields>>>, (u64, Problem)> {
        self.raw.clear();
        for (cell, name) in cells {
            let bytes = record.at(*cell).map_or(&[][..], |value| value.bytes);
            self.raw.extend_from_slice(&(name.len() as u32).to_le_bytes());
            self.raw.extend_from_slice(name.as_bytes());
            self.raw.extend_from_slice(&(bytes.len() as u32).to_le_bytes());
            self.raw.extend_from_slice(bytes);
        }
        self.shared.fields(&self.raw, || {
            let mut fields = Fields::new();
            for (cell, name) in cells {
                let Some(value) = record.at(*cell).filter(|value| !value.bytes.is_empty()) else { continue };
                let text = field(name, value.bytes).map_err(|problem| (value.column, problem))?;
                fields.insert(Arc::clone(name), text);
            }
            Ok(fields)
        })
    }

    /// Makes a change of a row, unless an earlier one spoke of the same.
    fn change(&mut self, row: Row, way: Way, place: Place, content: u32) -> Outcome {
        let target = self.options.target;
        if !target.holds(&row.subject) {
            let problem = Problem::Subject { expected: target.subjects(), found: what(&row.subject) };
            return Err((place.column, problem));
        }
        let content = if way == Way::Drop { u32::MAX } else { content & (u32::MAX >> 1) };
        if let Some(earlier) = self.seen.put(&row.subject, content, place.line) {
            if earlier.same {
                self.warnings.note(WarningCode::Duplicate, place);
                return Ok(None);
            }
            return Err((place.column, Problem::Contradiction { earlier: earlier.line }));
        }
        let list = row.list;
        let change = match way {
            Way::Put | Way::Update => {
                self.summary.puts += 1;
                Change::Put(row)
            }
            Way::Drop => {
                self.summary.drops += 1;
                Change::Drop(row.subject)
            }
        };
        Ok(Some(Located { line: place.line, column: place.column, change, list }))
    }

    fn counted(&mut self) -> Result<(), (u64, Problem)> {
        let limit = self.options.limits.rows;
        if self.summary.rows >= limit {
            return Err((1, Problem::TooManyRows { limit }));
        }
        self.summary.rows += 1;
        Ok(())
    }

    /// Counts how a device was written.
    pub(super) fn written(&mut self, written: Written, bytes: &[u8], place: Place) -> Result<(), Problem> {
        match written {
            Written::Whole => self.whole += 1,
            Written::Spare => {
                self.whole += 1;
                self.warnings.note(WarningCode::SpareDigit, place);
            }
            Written::Wrong => {
                self.whole += 1;
                self.warnings.note(WarningCode::CheckDigit, place);
            }
            Written::Short | Written::Other => self.short += u64::from(written == Written::Short),
            Written::ShortButFits => {
                self.short += 1;
                self.fitting += 1;
                self.first_fitting.get_or_insert(place);
            }
            Written::Lost if self.options.short_rows => self.short += 1,
            Written::Lost => {
                let problem = identities::lost("15 digits, or 14 that somebody gave out", bytes, &[1]);
                return Err(self.suspect(problem, place));
            }
        }
        Ok(())
    }

    /// Counts the rows that have lost zeros.
    pub(super) fn suspect(&mut self, problem: Problem, place: Place) -> Problem {
        if matches!(problem, Problem::LostZero { .. }) {
            self.lost += 1;
            self.first_lost.get_or_insert(place);
        }
        problem
    }

    /// What can be said of a file only when all of it was seen.
    pub(super) fn at_the_end(&mut self, has_begun: bool, is_table: bool, end: (u64, u64)) -> Vec<LineError> {
        let place = Place { line: end.0, column: end.1 };
        let mut errors = Vec::new();
        if !has_begun && self.summary.errors == 0 {
            errors.push(LineError { place, problem: Problem::Empty });
        } else if has_begun && is_table && self.summary.rows == 0 && self.summary.errors == 0 {
            self.warnings.note(WarningCode::NoRows, place);
        }
        errors.extend(self.lost_zeros());
        // One in ten fits by chance: where all do, and the other rows are whole, it is no chance.
        if let Some(place) = self.first_fitting
            && self.fitting == self.short
            && self.whole > self.short
            && !self.options.short_rows
        {
            errors.push(LineError { place, problem: Problem::ShortAmongWhole { short: self.short } });
        }
        self.summary.errors += errors.len() as u64;
        errors
    }

    /// A file of which a large share has lost zeros.
    pub(super) fn lost_zeros(&self) -> Option<LineError> {
        let place = self.first_lost.filter(|_| self.lost > 1 && self.lost * 2 >= self.summary.rows)?;
        Some(LineError { place, problem: Problem::LostZeros { short: self.lost, rows: self.summary.rows } })
    }
}

const SINCE: [Column; 4] = [Column::Since, Column::ReportingDate, Column::BlockDate, Column::AllocationDate];

/// Words of a status with which a row does not, or no longer, hold.
pub(super) fn is_out_of_force(status: &[u8]) -> bool {
    const OUT: [&str; 14] = [
        "pending",
        "recovered",
        "unblocked",
        "released",
        "removed",
        "whitelist_pending",
        "dropped",
        "rejected",
        "withdrawn",
        "inactive",
        "expired",
        "deregistered",
        "closed",
        "cancelled",
    ];
    OUT.iter().any(|word| status.eq_ignore_ascii_case(word.as_bytes()))
}

pub(super) fn imsi_of(bytes: &[u8]) -> Result<Imsi, Problem> {
    identities::suspicion(bytes)?;
    Ok(Imsi::parse(&String::from_utf8_lossy(bytes))?)
}

/// The text of a further field: identities in their one spelling.
fn field(name: &str, bytes: &[u8]) -> Result<Arc<str>, Problem> {
    let text = String::from_utf8_lossy(bytes);
    Ok(match name {
        "imsi" => imsi_of(bytes)?.to_string().into(),
        "iccid" => {
            identities::suspicion(bytes)?;
            Iccid::parse(&text)?.to_string().into()
        }
        "eid" => {
            identities::suspicion(bytes)?;
            Eid::parse(&text)?.to_string().into()
        }
        "msisdn" => {
            identities::suspicion(bytes)?;
            let number = Msisdn::parse(&text)?;
            format!("{}{}", if number.is_international() { "+" } else { "" }, number.digits()).into()
        }
        _ => text.into(),
    })
}
