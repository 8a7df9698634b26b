//! How the lines of a file are to be read: what its first line, or whoever imports it, says.

use super::cells::{Layout, Split, split};
use super::columns::{Column, plain};
use super::format::Format;
use super::identities;
use super::problem::{Problem, shown};
use super::target::Target;
use std::sync::Arc;

/// The most columns that a table may have.
const MOST_COLUMNS: usize = 64;

/// Names, and where each begins in its line.
type Names = Vec<(u64, String)>;

/// How lines are read.
pub(super) enum Plan {
    /// One entry each.
    Plain,
    /// One object each.
    Ndjson,
    /// Values in columns.
    Table(Table),
}

/// A table's columns.
pub(super) struct Table {
    pub(super) format: Format,
    pub(super) delimiter: u8,
    /// How many columns the header has.
    pub(super) width: usize,
    pub(super) layout: Layout,
    /// Which cells become further fields, and their names.
    pub(super) fields: Vec<(usize, Arc<str>)>,
    /// Columns that are not read: where they begin, and their names.
    pub(super) unread: Names,
}

impl Plan {
    pub(super) fn format(&self) -> Format {
        match self {
            Self::Plain => Format::Plain,
            Self::Ndjson => Format::Ndjson,
            Self::Table(table) => table.format,
        }
    }
}

/// What the first line that holds anything makes of a file. With a table that line is used up.
///
/// # Errors
/// It is a header that cannot be read, or not into this target; with the column.
pub(super) fn of(line: &[u8], asked: Option<Format>, target: Target) -> Result<Plan, (u64, Problem)> {
    if let Some(format) = asked.filter(|format| !format.fits(target)) {
        return Err((1, Problem::Mismatch { format, target }));
    }
    match asked {
        Some(Format::Plain) => return Ok(Plan::Plain),
        Some(Format::Ndjson) => return Ok(Plan::Ndjson),
        Some(_) => {}
        None if line.starts_with(b"{") => return Ok(Plan::Ndjson),
        None if line.starts_with(b"[") => return Err((1, Problem::JsonArray)),
        None => {}
    }
    let (mut cells, mut unquoted) = (Vec::new(), Vec::new());
    let mut best: Option<(usize, u8, Names)> = None;
    for delimiter in [b',', b';', b'\t', b'|'] {
        let text = match split(line, delimiter, &mut cells, &mut unquoted) {
            Ok(Split::InLine) => line,
            Ok(Split::Unquoted) => &unquoted,
            Ok(Split::Open { .. }) | Err(_) => continue,
        };
        let name = |cell: &super::cells::Cell| {
            let bytes = text.get(cell.start as usize..cell.end as usize).unwrap_or(&[]);
            (u64::from(cell.column), String::from_utf8_lossy(bytes).trim().to_owned())
        };
        let names: Names = cells.iter().take(MOST_COLUMNS + 1).map(name).collect();
        let known = names.iter().filter(|(_, name)| Column::from_name(name).is_some()).count();
        if best.as_ref().is_none_or(|&(most, _, ref other)| known > most || most == 0 && names.len() > other.len()) {
            best = Some((known, delimiter, names));
        }
    }
    match best {
        Some((1.., delimiter, names)) => header(names, delimiter, asked, target).map(Plan::Table),
        Some((_, _, names)) => without_header(line, &names, asked),
        None => without_header(line, &[], asked),
    }
}

/// A first line that names no known column: a plain list, unless it looks like something else.
fn without_header(line: &[u8], names: &[(u64, String)], asked: Option<Format>) -> Result<Plan, (u64, Problem)> {
    let first = names.first().map_or("", |(_, name)| name);
    let is_name = first.chars().any(char::is_alphabetic) && !first.chars().any(|character| character.is_ascii_digit());
    if asked.is_none() && identities::anything(line.trim_ascii()).is_ok() {
        return Ok(Plan::Plain);
    }
    if asked.is_some() || is_name && first.len() < 40 {
        let nearest = names.iter().find_map(|(_, name)| Column::nearest(name));
        return Err((1, Problem::UnknownHeader { found: shown(first.as_bytes()), nearest }));
    }
    let is_range = names.len() == 2 && names[1].1.starts_with(|character: char| character.is_ascii_digit());
    if names.len() > 1 && !is_range && identities::anything(first.as_bytes()).is_ok() {
        return Err((1, Problem::NoHeader { found: names.len() }));
    }
    Ok(Plan::Plain)
}

fn header(mut names: Names, delimiter: u8, asked: Option<Format>, target: Target) -> Result<Table, (u64, Problem)> {
    if names.len() > MOST_COLUMNS {
        return Err((1, Problem::TooManyColumns { limit: MOST_COLUMNS }));
    }
    // A delimiter behind the last name.
    if names.len() > 1 && names.last().is_some_and(|(_, name)| name.is_empty()) {
        names.pop();
    }
    let mut layout = Layout::empty();
    let mut columns = Vec::new();
    for (cell, (place, name)) in names.iter().enumerate() {
        if let Some(column) = Column::from_name(name) {
            if !layout.set(column, cell) || columns.iter().any(|&other| is_same(other, column)) {
                return Err((*place, Problem::RepeatedColumn(column.name().to_owned())));
            }
            columns.push(column);
        }
    }
    let place = |column: Column| layout.cell(column).and_then(|cell| names.get(cell)).map_or(1, |&(place, _)| place);
    let format = asked.unwrap_or_else(|| Format::of_columns(&columns, delimiter, target));
    let has = |column| columns.contains(&column);
    if has(Column::Uid) && !has(Column::Imei) {
        return Err((place(Column::Uid), Problem::NoDevices("a list of subscribers (`uid,imsi`)")));
    }
    if let Some(&column) = format.needs().iter().find(|&&column| !has(column)) {
        return Err((1, Problem::MissingColumn { format, column: column.name() }));
    }
    if has(Column::Date) && has(Column::Imei) && has(Column::Imsi) {
        let found = "what a network saw (`date,imei,imsi,msisdn`)";
        return Err((place(Column::Date), Problem::NoDevices(found)));
    }
    if !columns.iter().any(|&column| is_subject(column)) {
        let nearest = names.iter().find_map(|(at, name)| Some((*at, Column::nearest(name)?, name)));
        return Err(match nearest.filter(|(_, nearest, name)| plain(name) != *nearest) {
            Some((at, nearest, name)) => (at, Problem::UnknownColumn { found: shown(name.as_bytes()), nearest }),
            None => (1, Problem::NoSubjectColumn),
        });
    }
    if !format.fits(target) {
        return Err((1, Problem::Mismatch { format, target }));
    }
    let mut table = Table { format, delimiter, width: names.len(), layout, fields: Vec::new(), unread: Vec::new() };
    for (cell, (at, name)) in names.into_iter().enumerate() {
        match Column::from_name(&name) {
            Some(column) if is_field(column, target) => table.fields.push((cell, Arc::from(column.field()))),
            Some(_) => {}
            None => match Column::nearest(&name) {
                Some(nearest) => {
                    return Err((at, Problem::UnknownColumn { found: shown(name.as_bytes()), nearest }));
                }
                None if keeps_others(format) && !name.is_empty() => table.fields.push((cell, Arc::from(plain(&name)))),
                None => table.unread.push((at, shown(name.as_bytes()))),
            },
        }
    }
    Ok(table)
}

/// Whether two columns say the same thing.
pub(super) fn is_same(one: Column, other: Column) -> bool {
    const SAME: [&[Column]; 5] = [
        &[Column::Imei, Column::Approved, Column::Golden],
        &[Column::Reason, Column::Reasons],
        &[Column::Since, Column::ReportingDate, Column::BlockDate, Column::AllocationDate],
        &[Column::Model, Column::ModelName],
        &[Column::Label, Column::Uid],
    ];
    one == other || SAME.iter().any(|group| group.contains(&one) && group.contains(&other))
}

/// Whether what stands in a column becomes a further field of a row.
pub(super) fn is_field(column: Column, target: Target) -> bool {
    match column {
        Column::Imsi => matches!(target, Target::Fleet | Target::Registrations | Target::Models),
        Column::Status => matches!(target, Target::Fleet | Target::Registrations | Target::Models | Target::Pairings),
        Column::List
        | Column::Reason
        | Column::Reasons
        | Column::Since
        | Column::ReportingDate
        | Column::BlockDate
        | Column::AllocationDate
        | Column::Until
        | Column::ChangeType => false,
        Column::Msisdn
        | Column::Uid
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
        | Column::Rat => true,
        Column::Imei
        | Column::Approved
        | Column::Golden
        | Column::Tac
        | Column::Low
        | Column::High
        | Column::Entry
        | Column::Hash => false,
    }
}

fn is_subject(column: Column) -> bool {
    use Column as C;
    [C::Imei, C::Approved, C::Golden, C::Tac, C::Low, C::High, C::Entry, C::Hash].contains(&column)
}

/// Whether columns that mean nothing to the register become further fields all the same.
fn keeps_others(format: Format) -> bool {
    match format {
        Format::Csv | Format::Ndjson | Format::GsmaTac | Format::Fleet | Format::Registration => true,
        Format::Plain
        | Format::Stolen
        | Format::Barred
        | Format::BarredTac
        | Format::Golden
        | Format::Pairing
        | Format::Association
        | Format::Monitoring
        | Format::BlockList
        | Format::Notification
        | Format::Exception => false,
    }
}
