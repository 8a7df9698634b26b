//! What a record is about: a device, a TAC, a range, a hash, or a device with its subscription.

use super::cells::{Record, Value};
use super::columns::Column;
use super::identities;
use super::problem::{Place, Problem};
use super::rows::{Rows, imsi_of};
use super::target::Target;
use crate::register::{Entry, Subject};

/// What a column that says what a row is about can hold.
#[derive(Clone, Copy)]
enum Kind {
    Device,
    Golden,
    Anything,
    Tac,
    Range,
    Hash,
}

const SUBJECTS: [(Column, Kind); 8] = [
    (Column::Imei, Kind::Device),
    (Column::Golden, Kind::Golden),
    (Column::Approved, Kind::Device),
    (Column::Entry, Kind::Anything),
    (Column::Tac, Kind::Tac),
    (Column::Low, Kind::Range),
    (Column::High, Kind::Range),
    (Column::Hash, Kind::Hash),
];

impl Rows {
    /// What a row is about, and where that stands.
    pub(super) fn subject(&mut self, record: &Record<'_>) -> Result<(Subject, u64), (u64, Problem)> {
        let mut found: Option<(Column, Kind, Value<'_>)> = None;
        for (column, kind) in SUBJECTS {
            let Some(value) = record.value(column) else { continue };
            match found {
                None => found = Some((column, kind, value)),
                Some((Column::Low, ..)) if column == Column::High => {}
                Some((first, ..)) => {
                    return Err((value.column, Problem::TwoSubjects(first.name(), column.name())));
                }
            }
        }
        let Some((column, kind, value)) = found else {
            let first = SUBJECTS.into_iter().find(|&(column, _)| record.layout.cell(column).is_some());
            let (name, at) = first.map_or(("imei", 1), |(first, _)| (first.name(), record.column(first)));
            return Err((at, Problem::NoValue(name)));
        };
        let place = Place { line: record.line, column: value.column };
        let at = |problem| (value.column, problem);
        let bytes = value.bytes;
        let subject = match kind {
            Kind::Tac => {
                let tac = identities::tac(bytes).map_err(|problem| at(self.suspect(problem, place)))?;
                Entry::Tac(tac).into()
            }
            Kind::Hash => Subject::Hash(identities::hash(bytes).map_err(at)?),
            Kind::Golden if bytes.len() > 20 => Subject::Hash(identities::hash(bytes).map_err(at)?),
            Kind::Range => self.range(record)?,
            Kind::Anything => match identities::anything(bytes).map_err(|problem| at(self.suspect(problem, place)))? {
                (subject, Some(written)) => {
                    self.written(written, bytes, place).map_err(at)?;
                    subject
                }
                (subject, None) => subject,
            },
            Kind::Device | Kind::Golden => {
                let (key, written) = identities::device(bytes).map_err(|problem| at(self.suspect(problem, place)))?;
                self.written(written, bytes, place).map_err(at)?;
                Entry::Device(key).into()
            }
        };
        self.with_imsi(record, subject, column).map(|subject| (subject, value.column))
    }

    fn range(&mut self, record: &Record<'_>) -> Result<Subject, (u64, Problem)> {
        let (Some(low), Some(high)) = (record.value(Column::Low), record.value(Column::High)) else {
            return Err((record.column(Column::Low), Problem::HalfRange));
        };
        let mut end = |value: Value<'_>, serial| {
            let place = Place { line: record.line, column: value.column };
            identities::end(value.bytes, serial).map_err(|problem| (value.column, self.suspect(problem, place)))
        };
        let (low_key, high_key) = (end(low, 0)?, end(high, 999_999)?);
        if high_key < low_key {
            return Err((high.column, crate::register::EntryError::Backwards.into()));
        }
        Ok(Entry::Range { low: low_key, high: high_key }.into())
    }

    /// A device with the IMSI beside it, in the books that pair them.
    fn with_imsi(&self, record: &Record<'_>, subject: Subject, column: Column) -> Result<Subject, (u64, Problem)> {
        let pairs = match self.options.target {
            Target::List(_) | Target::Lists | Target::Pairings => true,
            Target::Models | Target::Registrations | Target::Fleet => false,
        };
        let imsi = record.value(Column::Imsi).filter(|_| pairs);
        match (imsi, subject) {
            (Some(imsi), Subject::Entry(Entry::Device(key))) => {
                let read = imsi_of(imsi.bytes).map_err(|problem| (imsi.column, problem))?;
                Ok(Entry::Pair(key, read).into())
            }
            (Some(imsi), Subject::Entry(Entry::Pair(..) | Entry::Range { .. } | Entry::Tac(_)) | Subject::Hash(_)) => {
                Err((imsi.column, Problem::TwoSubjects(column.name(), "imsi")))
            }
            (None, Subject::Entry(Entry::Device(_))) if self.options.target == Target::Pairings => {
                Err((record.column(Column::Imsi), Problem::NoValue("imsi")))
            }
            (None, subject) => Ok(subject),
        }
    }
}

/// What a subject is, in words.
pub(super) fn what(subject: &Subject) -> &'static str {
    match subject {
        Subject::Entry(Entry::Pair(..)) => "a device with an IMSI",
        Subject::Entry(Entry::Device(_)) => "a device",
        Subject::Entry(Entry::Range { .. }) => "a range",
        Subject::Entry(Entry::Tac(_)) => "a TAC",
        Subject::Hash(_) => "a keyed hash",
    }
}
