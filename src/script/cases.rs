//! Cases from a CSV file: one row, one play; the first row names the columns.

use std::collections::HashSet;
use std::sync::Arc;

use super::error::ScriptError;
use super::header::Case;
use super::parse::case::{case_name, cell, duplicate_names};
use super::parse::header::is_name;
use super::tree::{Name, Source, Span};

/// The rows of `table`. A column named like a header key sets it where its cell is not empty; any other binds.
pub(super) fn cases(table: &Arc<Source>, errors: &mut Vec<ScriptError>) -> Vec<Case> {
    let text = table.text.strip_prefix('\u{feff}').unwrap_or(&table.text);
    let base = table.text.len() - text.len();
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut columns: Vec<String> = Vec::new();
    let mut cases = Vec::new();
    let mut number = 0;
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                errors.push(ScriptError::new(
                    table,
                    Span::new(base, base),
                    format!("the cases cannot be read: {error}"),
                ));
                return cases;
            }
        };
        let start = record.position().and_then(|position| usize::try_from(position.byte()).ok()).unwrap_or_default();
        let row = Row::new(text, start, base);
        if columns.is_empty() {
            columns = record.iter().map(|column| column.trim().to_owned()).collect();
            if !check_columns(table, &columns, &row, errors) {
                return cases;
            }
            continue;
        }
        number += 1;
        if record.len() != columns.len() {
            let message = {
                let noun = if record.len() == 1 { "column" } else { "columns" };
                format!("the row has {} {noun}, the first row {}", record.len(), columns.len())
            };
            let help = "a comma inside a cell stands in quotation marks";
            errors.push(ScriptError::new(table, row.span(), message).help(help));
            continue;
        }
        let mut case = Case {
            name: format!("{number}"),
            span: row.span(),
            source: Arc::clone(table),
            settings: Vec::new(),
            values: Vec::new(),
        };
        for (at, (column, text)) in columns.iter().zip(record.iter()).enumerate() {
            column_of(&mut case, column, text, row.cell(at), errors);
        }
        cases.push(case);
    }
    if number == 0 {
        let help = "the first row names the columns, each other row is a case";
        errors.push(ScriptError::new(table, Span::new(base, base), "the file has no cases").help(help));
    }
    duplicate_names(&cases, errors);
    cases
}

/// Whether the first row names columns, each once.
fn check_columns(table: &Arc<Source>, columns: &[String], row: &Row<'_>, errors: &mut Vec<ScriptError>) -> bool {
    let before = errors.len();
    let mut seen = HashSet::new();
    for (at, column) in columns.iter().enumerate() {
        let known = column == "name"
            || is_name(column)
            || column.split_once('.').is_some_and(|(key, rest)| {
                matches!(key, "set" | "sim" | "network" | "register") && rest.split('.').all(|key| !key.is_empty())
            });
        if !known {
            let help = "a column is `name`, a header key (`imei`, `set.KEY`), or a name that it binds";
            errors.push(ScriptError::new(table, row.cell(at), format!("`{column}` is no name of a column")).help(help));
        } else if !seen.insert(column) {
            errors.push(ScriptError::new(table, row.cell(at), format!("two columns are named `{column}`")));
        }
    }
    errors.len() == before
}

fn column_of(case: &mut Case, column: &str, text: &str, span: Span, errors: &mut Vec<ScriptError>) {
    if column == "name" {
        match case_name(text) {
            Ok(()) => case.name = text.to_owned(),
            Err(message) => {
                let help = "it becomes part of a snapshot's file name";
                errors.push(ScriptError::new(&case.source, span, message).help(help));
            }
        }
        case.span = span;
        return;
    }
    let source = Arc::clone(&case.source);
    let head = column.split('.').next().unwrap_or(column);
    // An empty cell leaves a header key as the header has it.
    let settings = if text.is_empty() { None } else { cell(&source, column, text, span, errors) };
    match settings {
        Some(settings) => case.settings.extend(settings),
        None if text.is_empty() && cell(&source, head, "", span, &mut Vec::new()).is_some() => {}
        None if is_name(column) => {
            case.values.push((Name { text: column.to_owned(), span }, text.to_owned()));
        }
        None => {}
    }
}

/// A row as it stands in the file, to find its cells in.
struct Row<'a> {
    text: &'a str,
    offset: usize,
}

impl<'a> Row<'a> {
    fn new(text: &'a str, start: usize, base: usize) -> Self {
        // csv counts the line ends before a row into it.
        let start = text.len() - text[start.min(text.len())..].trim_start_matches(['\r', '\n']).len();
        Self { text: &text[start..], offset: base + start }
    }

    /// The row's first line.
    fn span(&self) -> Span {
        let len = self.text.find(['\r', '\n']).unwrap_or(self.text.len());
        Span::new(self.offset, self.offset + len)
    }

    /// The cell with this number, quotation marks included.
    fn cell(&self, number: usize) -> Span {
        let (mut quoted, mut at, mut start) = (false, 0, 0);
        for (offset, byte) in self.text.bytes().enumerate() {
            match byte {
                b'"' => quoted = !quoted,
                b',' if !quoted => {
                    if at == number {
                        return Span::new(self.offset + start, self.offset + offset);
                    }
                    at += 1;
                    start = offset + 1;
                }
                b'\r' | b'\n' if !quoted => return Span::new(self.offset + start, self.offset + offset),
                _ => {}
            }
        }
        Span::new(self.offset + start, self.offset + self.text.len())
    }
}
