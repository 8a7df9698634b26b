//! An item read as a question, and its verdict written as a row.

use super::items::{Form, Item};
use crate::identity::{Equipment, Imei, ImeiKey, Imsi, Pei, Spelling};
use crate::register::{Desk, Entry, Index, Listed, Subject};
use crate::service::equipment::decided;
use crate::service::metrics::Decided;
use axum::body::Bytes;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::sync::Arc;

/// So much of what was given is said again, in characters.
const SHOWN: usize = 64;
/// The columns of a CSV answer.
const HEADER: &str = "line,given,imei,verdict,by,category,findings,error\n";
/// The names under which a column holds devices.
const DEVICE: [&str; 7] = ["imei", "pei", "imeisv", "identity", "device", "approved_imei", "golden_imei"];

/// How rows are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// A JSON object a line.
    Objects,
    /// A JSON array of objects.
    Array,
    /// CSV with a header.
    Csv,
}

/// Where a CSV list has what.
#[derive(Debug, Clone, Copy)]
struct Columns {
    device: usize,
    imsi: Option<usize>,
}

/// Rows as they are written.
pub(super) struct Rows {
    style: Style,
    desk: Arc<Desk>,
    /// The lists as they were when the question came: one answer has one.
    index: Arc<Index>,
    columns: Option<Columns>,
    out: Vec<u8>,
    is_first: bool,
    counts: [u64; 5],
}

/// A row of the answer.
#[derive(Serialize, Default)]
struct Row<'a> {
    line: u64,
    #[serde(skip_serializing_if = "str::is_empty")]
    given: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    imei: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    verdict: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    category: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    findings: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
}

/// A JSON item: a string, or an object that names a device and, if it likes, a subscription.
#[derive(Deserialize)]
#[serde(untagged)]
enum Value<'a> {
    #[serde(borrow)]
    Text(Cow<'a, str>),
    #[serde(borrow)]
    Object(Object<'a>),
}

#[derive(Deserialize)]
struct Object<'a> {
    #[serde(borrow, alias = "pei", alias = "imeisv", alias = "identity", alias = "device")]
    imei: Cow<'a, str>,
    #[serde(borrow, alias = "supi")]
    imsi: Option<Cow<'a, str>>,
}

/// What an item asks.
struct Asked {
    equipment: Asking,
    imsi: Option<Imsi>,
}

enum Asking {
    Equipment(Equipment),
    /// A MAC address or an EUI-64, which no list holds.
    Other,
}

impl Rows {
    pub(super) fn new(style: Style, desk: Arc<Desk>) -> Self {
        let out = match style {
            Style::Objects => Vec::new(),
            Style::Array => b"[".to_vec(),
            Style::Csv => HEADER.as_bytes().to_vec(),
        };
        let index = desk.index();
        Self { style, desk, index, columns: None, out, is_first: true, counts: [0; 5] }
    }

    /// How many bytes are written and not taken away.
    pub(super) fn len(&self) -> usize {
        self.out.len()
    }

    /// Takes away what is written.
    pub(super) fn written(&mut self) -> Bytes {
        Bytes::from(std::mem::take(&mut self.out))
    }

    /// How often each verdict was given.
    pub(super) fn counts(&self) -> impl Iterator<Item = (Decided, u64)> {
        let all = [Decided::Allow, Decided::Track, Decided::Block, Decided::Unknown, Decided::Malformed];
        all.into_iter().zip(self.counts)
    }

    /// Judges an item.
    pub(super) fn item(&mut self, item: Item<'_>) {
        let text = match item.text {
            Err(wrong) => return self.wrong(item.place, "", wrong),
            Ok(text) => text,
        };
        let Ok(text) = std::str::from_utf8(text) else {
            return self.wrong(item.place, "", "it is no UTF-8");
        };
        match item.form {
            Form::Lines => match text.split_once('+').filter(|(device, _)| !device.is_empty()) {
                Some((device, imsi)) => self.judge(item.place, text, ask(device, Some(imsi))),
                None => self.judge(item.place, text, ask(text, None)),
            },
            Form::Array | Form::Values => match serde_json::from_str(text) {
                Ok(Value::Text(device)) => self.judge(item.place, &device, ask(&device, None)),
                Ok(Value::Object(object)) => {
                    self.judge(item.place, &object.imei, ask(&object.imei, object.imsi.as_deref()));
                }
                Err(_) => self.wrong(item.place, text, JSON),
            },
            Form::Csv => self.cells(item.place, text),
        }
    }

    fn cells(&mut self, place: u64, text: &str) {
        let Some(cells) = cells(text) else {
            return self.wrong(place, text, "a quotation mark is not closed in its line");
        };
        let columns = match self.columns {
            Some(columns) => columns,
            None => {
                let (columns, is_header) = columns(&cells);
                self.columns = Some(columns);
                if is_header {
                    return;
                }
                columns
            }
        };
        let device = cells.get(columns.device).map_or("", |cell| cell.trim());
        let imsi = columns.imsi.and_then(|column| cells.get(column)).map(|cell| cell.trim());
        self.judge(place, device, ask(device, imsi.filter(|imsi| !imsi.is_empty())));
    }

    fn judge(&mut self, place: u64, given: &str, asked: Result<Asked, String>) {
        let Asked { equipment, imsi } = match asked {
            Ok(asked) => asked,
            Err(wrong) => return self.wrong(place, given, &wrong),
        };
        let (key, findings) = match equipment {
            Asking::Equipment(equipment) => (equipment.key(), equipment.findings()),
            Asking::Other => (None, Vec::new()),
        };
        let listing = key.and_then(|key| self.index.listed(key, imsi, self.desk.hash(&self.index, key)));
        let verdict = listing.map_or(Decided::Unknown, |listing| decided(listing.list));
        self.counts[verdict as usize] += 1;
        self.write(&Row {
            line: place,
            given: shown(given),
            imei: key.map(|key: ImeiKey| Imei::of(key).to_string()),
            verdict: Some(verdict.word()),
            by: listing.as_ref().map(by),
            category: listing.map(|listing| listing.category.word()),
            findings: findings.iter().map(|finding| finding.code).collect(),
            error: None,
        });
    }

    fn wrong(&mut self, place: u64, given: &str, wrong: &str) {
        self.counts[Decided::Malformed as usize] += 1;
        self.write(&Row { line: place, given: shown(given), error: Some(wrong), ..Row::default() });
    }

    /// The list ended before its end.
    pub(super) fn cut(&mut self, place: u64, words: &str) {
        self.write(&Row { line: place, error: Some(words), ..Row::default() });
    }

    /// No more rows come.
    pub(super) fn end(&mut self) {
        match self.style {
            Style::Array => self.out.extend_from_slice(b"]\n"),
            Style::Objects | Style::Csv => {}
        }
    }

    fn write(&mut self, row: &Row<'_>) {
        match self.style {
            Style::Csv => self.write_cells(row),
            Style::Array | Style::Objects => {
                if self.style == Style::Array && !self.is_first {
                    self.out.extend_from_slice(b",\n");
                }
                // A Vec takes whatever is written to it, and a row has a JSON text.
                let _ = serde_json::to_writer(&mut self.out, row);
                if self.style == Style::Objects {
                    self.out.push(b'\n');
                }
            }
        }
        self.is_first = false;
    }

    fn write_cells(&mut self, row: &Row<'_>) {
        let findings = row.findings.join(" ");
        let cells = [
            row.given,
            row.imei.as_deref().unwrap_or(""),
            row.verdict.unwrap_or(""),
            row.by.unwrap_or(""),
            row.category.unwrap_or(""),
            &findings,
            row.error.unwrap_or(""),
        ];
        self.out.extend_from_slice(row.line.to_string().as_bytes());
        for cell in cells {
            self.out.push(b',');
            self.write_cell(cell);
        }
        self.out.push(b'\n');
    }

    /// A cell that a spreadsheet would take for a formula begins with an apostrophe.
    fn write_cell(&mut self, cell: &str) {
        let is_formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
        if !is_formula && !cell.contains([',', '"', '\n', '\r']) {
            self.out.extend_from_slice(cell.as_bytes());
            return;
        }
        self.out.push(b'"');
        if is_formula {
            self.out.push(b'\'');
        }
        self.out.extend_from_slice(cell.replace('"', "\"\"").as_bytes());
        self.out.push(b'"');
    }
}

const JSON: &str =
    "expected a JSON string of an identity, or an object with `imei` and, where there is one, `imsi`, both strings";

/// Reads a device in any spelling, and the subscription that it comes with.
fn ask(device: &str, imsi: Option<&str>) -> Result<Asked, String> {
    let imsi = match imsi {
        None => None,
        Some(text) => {
            let digits = text.strip_prefix("imsi-").unwrap_or(text);
            Some(Imsi::parse(digits).map_err(|error| error.to_string())?)
        }
    };
    let equipment = match Spelling::parse(device) {
        Ok(spelling) => Asking::Equipment(spelling.equipment),
        Err(error) => match Pei::parse(device) {
            Ok(Pei::Mac { .. } | Pei::Eui64(_)) => Asking::Other,
            Ok(Pei::Imei(_) | Pei::Imeisv(_) | Pei::Other(_)) | Err(_) => {
                return Err(match error.help() {
                    Some(help) => format!("{error}; {help}"),
                    None => error.to_string(),
                });
            }
        },
    };
    Ok(Asked { equipment, imsi })
}

/// What was given, as far as it is said again.
fn shown(given: &str) -> &str {
    let end = given.char_indices().nth(SHOWN).map_or(given.len(), |(at, _)| at);
    &given[..end]
}

/// What kind of entry decides.
pub(in crate::service) fn by(listing: &Listed) -> &'static str {
    match listing.entry {
        Subject::Entry(Entry::Pair(..)) => "pair",
        Subject::Entry(Entry::Device(_)) => "device",
        Subject::Entry(Entry::Range { .. }) => "range",
        Subject::Entry(Entry::Tac(_)) => "tac",
        Subject::Hash(_) => "hash",
    }
}

/// The columns that a first row names, or those of a list without names; and whether it names any.
fn columns(cells: &[Cow<'_, str>]) -> (Columns, bool) {
    let column =
        |names: &[&str]| cells.iter().position(|cell| names.iter().any(|name| cell.trim().eq_ignore_ascii_case(name)));
    let device = column(&DEVICE);
    (Columns { device: device.unwrap_or(0), imsi: device.and(column(&["imsi", "supi"])) }, device.is_some())
}

/// The cells of a row; `None` where a quotation mark is not closed.
fn cells(mut row: &str) -> Option<Vec<Cow<'_, str>>> {
    let mut cells = Vec::new();
    loop {
        let (cell, rest) = match row.strip_prefix('"') {
            Some(quoted) => {
                let end = closing(quoted)?;
                let cell = &quoted[..end];
                let cell = if cell.contains("\"\"") { Cow::Owned(cell.replace("\"\"", "\"")) } else { cell.into() };
                let rest = &quoted[end + 1..];
                (cell, rest.find(',').map(|at| &rest[at + 1..]))
            }
            None => match row.split_once(',') {
                Some((cell, rest)) => (cell.into(), Some(rest)),
                None => (row.into(), None),
            },
        };
        cells.push(cell);
        match rest {
            Some(rest) => row = rest,
            None => return Some(cells),
        }
    }
}

/// Where the mark is that closes a cell; two in a row stand for one.
fn closing(quoted: &str) -> Option<usize> {
    let mut from = 0;
    loop {
        let at = from + quoted[from..].find('"')?;
        if quoted[at + 1..].starts_with('"') {
            from = at + 2;
        } else {
            return Some(at);
        }
    }
}
