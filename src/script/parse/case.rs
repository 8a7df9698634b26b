//! Cases: rows of the header, and the cells of a cases' file that set header keys.

use std::collections::HashSet;
use std::sync::Arc;

use toml::Spanned as TomlSpanned;
use toml::de::{DeTable, DeValue};

use super::super::error::ScriptError;
use super::super::header::{Case, Place, Setting, Settings};
use super::super::tree::{Source, Span};
use super::header::{KEY_NAMES, Reader, in_order, table_setting};

/// A header key of a cases' file, whose cell holds `text`; `None` if `column` is no header key.
pub(in crate::script) fn cell(
    source: &Arc<Source>,
    column: &str,
    text: &str,
    span: Span,
    errors: &mut Vec<ScriptError>,
) -> Option<Vec<Setting>> {
    let (first, keys) = column.split_once('.').map_or((column, None), |(first, keys)| (first, Some(keys)));
    if !KEY_NAMES.contains(&first) {
        return None;
    }
    let mut reader = Reader { source, base: 0, errors };
    let value = cell_value(first, text);
    let table_key = matches!(first, "set" | "sim" | "network" | "register");
    let mut settings = Vec::new();
    match (keys, table_key) {
        (Some(keys), true) => {
            let mut nested = Settings::default();
            let place = Place { source: Arc::clone(source), key: span, value: span };
            nested.insert(keys, value, place);
            settings.push(table_setting(first, nested));
        }
        (Some(_), false) => {
            reader.fail(span, format!("`{first}` has no keys of its own"), Some(format!("write `{first}`")));
        }
        (None, _) => {
            // The reader works on TOML's own values, so that a cell and a row of the header are judged alike.
            let mut document = toml::Table::new();
            document.insert(first.to_owned(), value);
            let written = document.to_string();
            if let Ok(table) = DeTable::parse(&written) {
                let mut inner = Vec::new();
                let mut at_cell = Reader { source, base: 0, errors: &mut inner };
                for (key, value) in in_order(table.get_ref()) {
                    if let Some(setting) = at_cell.setting(key, value) {
                        settings.push(setting);
                    }
                }
                reader.errors.extend(inner.into_iter().map(|error| ScriptError { span, ..error }));
                for setting in &mut settings {
                    setting.stands_at(span);
                }
            }
        }
    }
    Some(settings)
}

/// What a cell of a cases' file means under a header key: text where the key takes text, else TOML, else text.
fn cell_value(key: &str, text: &str) -> toml::Value {
    let as_text = || toml::Value::String(text.to_owned());
    if matches!(key, "title" | "modem" | "imei" | "timeout" | "expect") {
        return as_text();
    }
    if matches!(key, "tags" | "requires") && !text.starts_with('[') {
        return toml::Value::Array(text.split_whitespace().map(|word| toml::Value::String(word.to_owned())).collect());
    }
    match format!("v = {text}").parse::<toml::Table>() {
        Ok(mut table) if table.len() == 1 => match table.remove("v") {
            Some(toml::Value::Datetime(_)) | None => as_text(),
            Some(value) => value,
        },
        Ok(_) | Err(_) => as_text(),
    }
}

impl Reader<'_, '_> {
    /// `cases = [{ … }, { … }]` or `[[cases]]`
    pub(super) fn cases(&mut self, value: &TomlSpanned<DeValue<'_>>) -> Vec<Case> {
        let DeValue::Array(rows) = value.get_ref() else {
            let help =
                "write `cases = [{ name = \"…\", … }, …]`, sections `[[cases]]`, or the path of a CSV file".to_owned();
            self.wrong::<()>("cases", "rows or a path", value, Some(help));
            return Vec::new();
        };
        if rows.is_empty() {
            self.fail(
                self.span(value.span()),
                "`cases` has no rows",
                Some("without the key the script is played once".to_owned()),
            );
        }
        let mut cases = Vec::new();
        for (number, row) in rows.iter().enumerate() {
            let DeValue::Table(table) = row.get_ref() else {
                self.wrong::<()>(
                    "cases",
                    "rows that are tables",
                    row,
                    Some("a row is `{ name = \"…\", column = \"…\" }`".to_owned()),
                );
                continue;
            };
            let span = self.span(row.span());
            let source = Arc::clone(self.source);
            let mut case =
                Case { name: (number + 1).to_string(), span, source, settings: Vec::new(), values: Vec::new() };
            for (key, value) in in_order(table) {
                self.column(&mut case, key, value);
            }
            cases.push(case);
        }
        duplicate_names(&cases, self.errors);
        cases
    }

    fn column(
        &mut self,
        case: &mut Case,
        key: &TomlSpanned<std::borrow::Cow<'_, str>>,
        value: &TomlSpanned<DeValue<'_>>,
    ) {
        let column = key.get_ref().as_ref();
        if column == "name" {
            let Some(name) = self.bound("name", value) else { return };
            let span = self.span(value.span());
            match case_name(&name) {
                Ok(()) => case.name = name,
                Err(message) => self.fail(span, message, Some("it becomes part of a snapshot's file name".to_owned())),
            }
            case.span = span;
        } else if KEY_NAMES.contains(&column) {
            case.settings.extend(self.setting(key, value));
        } else if let Some(name) = self.name(key)
            && let Some(text) = self.bound(column, value)
        {
            case.values.push((name, text));
        }
    }
}

/// Whether a case may be called so: its snapshot's file is named after it.
///
/// # Errors
///
/// What is wrong with the name.
pub(in crate::script) fn case_name(name: &str) -> Result<(), &'static str> {
    if name.trim().is_empty() {
        return Err("the case's name is empty");
    }
    if name.len() > 100 {
        return Err("the case's name is longer than 100 bytes");
    }
    if name.starts_with('.') || name.contains(|c: char| c.is_control() || "/\\:*?\"<>|@".contains(c)) {
        return Err("the case's name cannot stand in a file's name");
    }
    Ok(())
}

/// No two cases of a script have one name.
pub(in crate::script) fn duplicate_names(cases: &[Case], errors: &mut Vec<ScriptError>) {
    let mut seen = HashSet::new();
    for case in cases {
        if !seen.insert(case.name.to_lowercase()) {
            let message = format!("two cases are named `{}`", case.name);
            errors.push(ScriptError::new(&case.source, case.span, message).help("give each row a `name` of its own"));
        }
    }
}
