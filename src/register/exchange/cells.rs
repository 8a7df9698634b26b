//! The values of a record: where each stands, and which column it belongs to.
//!
//! Source: RFC 4180, for lines of separated values. They are parted here and not by a library's reader, because a record has to
//! be bounded, a quote that is never closed must not swallow the rest of the file, and an error needs the column in the line.

use super::columns::Column;
use super::problem::Problem;

/// Where a value stands in its text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cell {
    pub(super) start: u32,
    pub(super) end: u32,
    /// Its place in the line, from 1.
    pub(super) column: u32,
}

/// Which cell of a record holds which column.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    cells: [u8; Column::ALL.len()],
}

impl Layout {
    const NONE: u8 = u8::MAX;

    pub(super) fn empty() -> Self {
        Self { cells: [Self::NONE; Column::ALL.len()] }
    }

    /// Whether the column was free.
    pub(super) fn set(&mut self, column: Column, cell: usize) -> bool {
        let place = &mut self.cells[column as usize];
        let free = *place == Self::NONE;
        *place = u8::try_from(cell).unwrap_or(Self::NONE);
        free
    }

    pub(super) fn cell(&self, column: Column) -> Option<usize> {
        let cell = self.cells[column as usize];
        (cell != Self::NONE).then_some(usize::from(cell))
    }
}

/// A record: its text, its values and their columns.
#[derive(Clone, Copy)]
pub(super) struct Record<'a> {
    pub(super) text: &'a [u8],
    pub(super) cells: &'a [Cell],
    pub(super) layout: &'a Layout,
    pub(super) line: u64,
}

/// A value and its place in the line.
#[derive(Clone, Copy)]
pub(super) struct Value<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) column: u64,
}

impl<'a> Record<'a> {
    /// What stands in a cell, without blanks around it.
    pub(super) fn at(&self, cell: usize) -> Option<Value<'a>> {
        let cell = self.cells.get(cell)?;
        let bytes = self.text.get(cell.start as usize..cell.end as usize)?;
        Some(Value { bytes: bytes.trim_ascii(), column: u64::from(cell.column) })
    }

    /// What stands in a column; `None` where nothing does.
    pub(super) fn value(&self, column: Column) -> Option<Value<'a>> {
        self.at(self.layout.cell(column)?).filter(|value| !value.bytes.is_empty())
    }

    /// Where a column begins in the line; 1 where it is not there.
    pub(super) fn column(&self, column: Column) -> u64 {
        self.layout.cell(column).and_then(|cell| self.at(cell)).map_or(1, |value| value.column)
    }
}

/// What came of a line.
pub(super) enum Split {
    /// Its values are in the cells, and their text in the line itself.
    InLine,
    /// Its values are in the cells, and their text in the other buffer, since quotes were taken off.
    Unquoted,
    /// A quote is open at its end.
    Open {
        /// Where it opens, from 1.
        column: u64,
    },
}

/// Parts a line.
///
/// # Errors
/// A quote that stands where none can; with its column.
pub(super) fn split(
    line: &[u8],
    delimiter: u8,
    cells: &mut Vec<Cell>,
    unquoted: &mut Vec<u8>,
) -> Result<Split, (u64, Problem)> {
    cells.clear();
    if memchr::memchr(b'"', line).is_some() {
        return quoted(line, delimiter, cells, unquoted);
    }
    let mut start = 0;
    for (at, &byte) in line.iter().enumerate() {
        if byte == delimiter {
            cells.push(Cell { start: place(start), end: place(at), column: place(start + 1) });
            start = at + 1;
        }
    }
    cells.push(Cell { start: place(start), end: place(line.len()), column: place(start + 1) });
    Ok(Split::InLine)
}

fn quoted(line: &[u8], delimiter: u8, cells: &mut Vec<Cell>, unquoted: &mut Vec<u8>) -> Result<Split, (u64, Problem)> {
    unquoted.clear();
    let mut at = 0;
    loop {
        let (column, start) = (place(at + 1), place(unquoted.len()));
        let blanks = line[at..].iter().take_while(|&&byte| byte == b' ').count();
        // `="0123"` is how a spreadsheet is made to keep its hands off digits.
        let opening = usize::from(line.get(at + blanks) == Some(&b'=') && line.get(at + blanks + 1) == Some(&b'"'));
        if line.get(at + blanks + opening) == Some(&b'"') {
            let opens = at + blanks + opening;
            at = opens + 1;
            loop {
                let Some(next) = memchr::memchr(b'"', &line[at..]) else {
                    return Ok(Split::Open { column: opens as u64 + 1 });
                };
                unquoted.extend_from_slice(&line[at..at + next]);
                at += next + 1;
                if line.get(at) == Some(&b'"') {
                    unquoted.push(b'"');
                    at += 1;
                } else {
                    break;
                }
            }
            at += line[at..].iter().take_while(|&&byte| byte == b' ').count();
            if at < line.len() && line[at] != delimiter {
                return Err((at as u64, Problem::StrayQuote));
            }
        } else {
            let end = memchr::memchr(delimiter, &line[at..]).map_or(line.len(), |next| at + next);
            if let Some(quote) = memchr::memchr(b'"', &line[at..end]) {
                return Err(((at + quote) as u64 + 1, Problem::StrayQuote));
            }
            unquoted.extend_from_slice(&line[at..end]);
            at = end;
        }
        cells.push(Cell { start, end: place(unquoted.len()), column });
        if at >= line.len() {
            return Ok(Split::Unquoted);
        }
        at += 1;
    }
}

/// A line is never longer than 64 KiB.
fn place(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
