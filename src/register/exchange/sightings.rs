//! The operators' file of what was seen on their networks, read into sightings.
//!
//! `date,imei,imsi,msisdn[,rat]` with a header, in any order; a bench's own files may have `iccid` and `place` too. Of `rat`
//! the fleet has no use. Bytes are unpacked and decoded, and values parted, as in every file of this room.
//!
//! Source: the operator data of DIRBS-Core.

use super::cells::{Cell, Layout, Record, Split, Value, split};
use super::lines::Lines;
use super::problem::{LineError, Place, Problem, shown};
use super::{dates, identities};
use crate::identity::{Equipment, Iccid, Imsi, Spelling};
use crate::register::fleet::{LONGEST_PLACE, Sighting};
use std::io::Read;
use std::sync::Arc;

/// A file of sightings has at most so many rows: they are held until all of them are read.
pub const MOST_SIGHTINGS: usize = 2_000_000;
/// And so many bytes, unpacked.
const LARGEST: u64 = 1 << 30;
/// So many errors are told.
const MOST_ERRORS: usize = 20;

const NAMES: [&str; 7] = ["date", "imei", "imsi", "msisdn", "rat", "iccid", "place"];

/// Reads a file of sightings; `place` is where its rows were seen that do not say it.
///
/// # Errors
/// A line is wrong; at most 20 of them are told.
pub fn sightings(inner: impl Read, place: &str) -> Result<Vec<Sighting>, Vec<LineError>> {
    let at = |line, column, problem| LineError { place: Place { line, column }, problem };
    let mut lines = Lines::open(inner, LARGEST).map_err(|problem| vec![at(1, 1, problem)])?;
    let (mut found, mut errors) = (Vec::new(), Vec::new());
    let mut table =
        Table { columns: Vec::new(), delimiter: b',', place: place.into(), cells: Vec::new(), text: Vec::new() };
    loop {
        match lines.advance() {
            Ok(false) => break,
            Ok(true) => {}
            Err(problem) => {
                let is_final = problem.is_final();
                errors.push(at(lines.number(), 1, problem));
                if is_final || errors.len() >= MOST_ERRORS {
                    return Err(errors);
                }
                continue;
            }
        }
        let line = lines.number();
        let read = match lines.record() {
            bytes if bytes.trim_ascii().is_empty() => Ok(None),
            bytes if table.columns.is_empty() => table.header(bytes).map(|()| None),
            _ if found.len() == MOST_SIGHTINGS => Err((1, Problem::TooManyRows { limit: MOST_SIGHTINGS as u64 })),
            bytes => table.row(bytes).map(Some),
        };
        match read {
            Ok(sighting) => found.extend(sighting),
            Err((column, problem)) => {
                let is_final = problem.is_final() || table.columns.is_empty();
                errors.push(at(line, column, problem));
                if is_final {
                    return Err(errors);
                }
                if errors.len() >= MOST_ERRORS {
                    errors.push(at(line, column, Problem::More { shown: MOST_ERRORS }));
                    return Err(errors);
                }
            }
        }
    }
    if table.columns.is_empty() && errors.is_empty() {
        errors.push(at(1, 1, Problem::Empty));
    }
    if errors.is_empty() { Ok(found) } else { Err(errors) }
}

/// A value, and its place in the line.
type Owned = (Vec<u8>, u64);

struct Table {
    /// What each column is: a place in [`NAMES`].
    columns: Vec<usize>,
    delimiter: u8,
    place: Arc<str>,
    cells: Vec<Cell>,
    text: Vec<u8>,
}

impl Table {
    fn header(&mut self, bytes: &[u8]) -> Result<(), (u64, Problem)> {
        let count = |delimiter: u8| bytes.iter().filter(|byte| **byte == delimiter).count();
        self.delimiter =
            [b',', b';', b'\t', b'|'].into_iter().rev().max_by_key(|delimiter| count(*delimiter)).unwrap_or(b',');
        let mut columns = Vec::new();
        for value in self.values(bytes)? {
            let name = String::from_utf8_lossy(&value.0).to_ascii_lowercase();
            let Some(known) = NAMES.iter().position(|known| *known == name) else {
                return Err((value.1, Problem::SightingColumn(shown(&value.0))));
            };
            if columns.contains(&known) {
                return Err((value.1, Problem::RepeatedColumn(name)));
            }
            columns.push(known);
        }
        for (known, name) in NAMES.iter().enumerate().take(2) {
            if !columns.contains(&known) {
                return Err((1, Problem::NoSightingColumn(name)));
            }
        }
        self.columns = columns;
        Ok(())
    }

    fn values(&mut self, bytes: &[u8]) -> Result<Vec<Owned>, (u64, Problem)> {
        if let Some(at) = memchr::memchr(0, bytes) {
            return Err((at as u64 + 1, Problem::Nul));
        }
        let text = match split(bytes, self.delimiter, &mut self.cells, &mut self.text)? {
            Split::InLine => bytes,
            Split::Unquoted => &self.text,
            // No value of a sighting goes over a line's end.
            Split::Open { column } => return Err((column, Problem::OpenQuote)),
        };
        let layout = Layout::empty();
        let record = Record { text, cells: &self.cells, layout: &layout, line: 0 };
        Ok((0..self.cells.len())
            .filter_map(|cell| record.at(cell))
            .map(|Value { bytes, column }| (bytes.to_vec(), column))
            .collect())
    }

    fn row(&mut self, bytes: &[u8]) -> Result<Sighting, (u64, Problem)> {
        let values = self.values(bytes)?;
        let expected = self.columns.len();
        if values.len() != expected {
            let column = values.get(expected).or(values.last()).map_or(1, |value| value.1);
            return Err((column, Problem::Columns { expected, found: values.len() }));
        }
        let value = |name: &'static str| {
            let known = NAMES.iter().position(|known| *known == name);
            let cell = self.columns.iter().position(|column| Some(*column) == known)?;
            values.get(cell).filter(|value| !value.0.is_empty())
        };
        let needed = |name: &'static str| value(name).ok_or((1, Problem::NoValue(name)));
        let text = |name: &'static str| -> Result<Option<(&str, u64)>, (u64, Problem)> {
            let Some((bytes, column)) = value(name) else { return Ok(None) };
            match std::str::from_utf8(bytes) {
                Ok(text) => Ok(Some((text, *column))),
                Err(_) => Err((*column, Problem::NotListable("bytes that are no text"))),
            }
        };
        let (date, column) = needed("date")?;
        let at = dates::read(date).map_err(|problem| (*column, problem))?;
        let (imei, column) = needed("imei")?;
        let (device, _) = identities::device(imei).map_err(|problem| (*column, problem))?;
        let mut sighting = Sighting { place: self.place.clone(), ..Sighting::new(device, at) };
        if let Ok(Spelling { equipment: Equipment::Imeisv(version), .. }) =
            Spelling::parse(&String::from_utf8_lossy(imei))
        {
            sighting.svn = Some(version.svn());
        }
        if let Some((text, column)) = text("imsi")? {
            identities::suspicion(text.as_bytes()).map_err(|problem| (column, problem))?;
            sighting.imsi = Some(Imsi::parse(text).map_err(|error| (column, error.into()))?);
        }
        if let Some((text, column)) = text("iccid")? {
            identities::suspicion(text.as_bytes()).map_err(|problem| (column, problem))?;
            sighting.iccid = Some(Iccid::parse(text).map_err(|error| (column, error.into()))?);
        }
        for (name, field) in [("msisdn", &mut sighting.msisdn), ("place", &mut sighting.place)] {
            if let Some((text, column)) = text(name)? {
                if text.chars().count() > LONGEST_PLACE || text.chars().any(char::is_control) {
                    return Err((column, Problem::LongValue { name, limit: LONGEST_PLACE }));
                }
                *field = text.into();
            }
        }
        Ok(sighting)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> String {
        match sightings(text.as_bytes(), "bench 1") {
            Ok(found) => found
                .iter()
                .map(|seen| {
                    let svn = seen.svn.map_or_else(|| "-".to_owned(), |svn| svn.number().to_string());
                    let imsi = seen.imsi.map_or_else(|| "-".to_owned(), |imsi| imsi.to_string());
                    let iccid = seen.iccid.map_or_else(|| "-".to_owned(), |iccid| iccid.to_string());
                    format!("{} {} {svn} {imsi} {iccid} `{}` {}", seen.at, seen.device, seen.msisdn, seen.place)
                })
                .collect::<Vec<_>>()
                .join("\n"),
            Err(errors) => errors
                .iter()
                .map(|error| format!("{error}; help: {}", error.help().unwrap_or_default()))
                .collect::<Vec<_>>()
                .join("\n"),
        }
    }

    #[test]
    fn operators_files_and_those_of_benches_are_read_into_sightings() {
        insta::assert_snapshot!(said("\u{feff}date,imei,imsi,msisdn,rat\r\n20260131,00101700123456,001010000000001,15550001,eutran\r\n20260201,0010170012345678,,,\r\n"), @"
        2026-01-31T00:00:00Z 00101700123456 - 001010000000001 - `15550001` bench 1
        2026-02-01T00:00:00Z 00101700123456 78 - - `` bench 1
        ");
        insta::assert_snapshot!(said("place;iccid;imei;date\n\"slot; 7\";8999900000000000001F;001017001234569;2026-01-31T12:00:00Z\n"), @"2026-01-31T12:00:00Z 00101700123456 - - 8999900000000000001 `` slot; 7");
    }

    #[test]
    fn what_is_wrong_with_a_file_of_sightings_is_told_with_its_place() {
        let texts = [
            "",
            "date,imei,subscriber\n",
            "date,imsi\n",
            "date,imei,date\n",
            "date,imei,imsi,msisdn\n20260131,00101700123456,001010000000001\n31/01/2026,00101700123456,,\n20260131,1.01E+14,,\n20260131,00101700123456,1.01E+13,\n20260131,,,\n20260131,\"00101700123456,,\n20260131,101700123456,,\n",
        ];
        insta::assert_snapshot!(texts.map(said).join("\n"));
    }
}
