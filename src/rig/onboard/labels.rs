//! The labels of a batch: which board says what on its sticker, from a CSV file.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// The columns that name a board, and those that say what its label has.
const KEYS: [&str; 5] = ["device", "board", "name", "port", "serial"];
const VALUES: [&str; 4] = ["imei", "iccid", "imsi", "eid"];

/// More than any batch has; a file of another kind ends here.
const MOST: usize = 1_000_000;

/// What a board's label says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Label {
    /// The line of the file.
    pub line: u64,
    /// As scanned.
    pub imei: Option<String>,
    /// As scanned.
    pub iccid: Option<String>,
    /// As scanned.
    pub imsi: Option<String>,
    /// As scanned.
    pub eid: Option<String>,
}

/// Labels by what their boards are called.
#[derive(Debug, Clone, Default)]
pub struct Labels {
    by_key: HashMap<String, Found>,
    /// What is odd about the file and keeps nobody from using it: duplicates, columns that are not read.
    pub findings: Vec<String>,
}

/// What stands under one name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// One label.
    One(Label),
    /// Several that say different things; the lines.
    Several(Vec<u64>),
}

/// A file that holds no labels.
#[derive(Debug, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct LabelsError {
    /// Where.
    pub line: u64,
    /// What was expected and what came.
    pub what: String,
}

impl LabelsError {
    /// The next step.
    pub fn help(&self) -> &'static str {
        "a label file has a header: device,imei,iccid, where device may be port or serial, and iccid, imsi and eid may be left out"
    }
}

impl Labels {
    /// Reads a file.
    ///
    /// # Errors
    /// It has no header with a name and a number, or a line with another number of columns.
    pub fn read(text: &[u8]) -> Result<Self, LabelsError> {
        let text = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text);
        let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text);
        let wrong = |error: csv::Error| {
            let line = error.position().map_or(1, csv::Position::line);
            let what = match error.kind() {
                csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
                    format!("expected {expected_len} columns, found {len}")
                }
                csv::ErrorKind::Utf8 { .. } => "expected text in UTF-8".to_owned(),
                _ => error.to_string(),
            };
            LabelsError { line, what }
        };
        let header: Vec<String> =
            reader.headers().map_err(wrong)?.iter().map(|name| name.trim_matches('\u{feff}').to_lowercase()).collect();
        let keys: Vec<usize> = (0..header.len()).filter(|at| KEYS.contains(&header[*at].as_str())).collect();
        let column = |name: &str| header.iter().position(|column| column == name);
        let values = VALUES.map(column);
        if keys.is_empty() || values.iter().all(Option::is_none) {
            let found = header.join(",").chars().take(80).collect::<String>();
            let what = format!(
                "expected a header with one of {} and one of {}, found `{}`",
                KEYS.join(", "),
                VALUES.join(", "),
                found.escape_debug()
            );
            return Err(LabelsError { line: 1, what });
        }
        let mut labels = Self::default();
        let ignored: Vec<&str> =
            header.iter().map(String::as_str).filter(|name| !KEYS.contains(name) && !VALUES.contains(name)).collect();
        if !ignored.is_empty() {
            labels.findings.push(format!("columns that are not read: {}", ignored.join(", ").escape_debug()));
        }
        let mut imeis: HashMap<String, u64> = HashMap::new();
        for row in reader.records().take(MOST) {
            let row = row.map_err(wrong)?;
            let line = row.position().map_or(0, csv::Position::line);
            let [imei, iccid, imsi, eid] =
                values.map(|at| at.and_then(|at| row.get(at)).filter(|value| !value.is_empty()).map(str::to_owned));
            let label = Label { line, imei, iccid, imsi, eid };
            if let Some(imei) = &label.imei {
                match imeis.entry(imei.clone()) {
                    Entry::Occupied(first) => {
                        labels.findings.push(format!("lines {} and {line} have one IMEI", first.get()))
                    }
                    Entry::Vacant(place) => drop(place.insert(line)),
                }
            }
            for key in keys.iter().filter_map(|at| row.get(*at)).filter(|key| !key.is_empty()) {
                labels.put(key, &label);
            }
        }
        Ok(labels)
    }

    fn put(&mut self, key: &str, label: &Label) {
        match self.by_key.entry(key.to_owned()) {
            Entry::Vacant(place) => drop(place.insert(Found::One(label.clone()))),
            Entry::Occupied(mut place) => {
                let lines = match place.get() {
                    Found::One(first) => vec![first.line, label.line],
                    Found::Several(lines) => [lines.as_slice(), &[label.line]].concat(),
                };
                self.findings.push(format!(
                    "lines {} name one board",
                    lines.iter().map(u64::to_string).collect::<Vec<_>>().join(" and ")
                ));
                let is_same = matches!(place.get(), Found::One(first) if Label { line: 0, ..first.clone() } == Label { line: 0, ..label.clone() });
                if !is_same {
                    place.insert(Found::Several(lines));
                }
            }
        }
    }

    /// The label of a board that goes by any of these names.
    pub fn of<'a>(&self, names: impl IntoIterator<Item = &'a str>) -> Option<&Found> {
        names.into_iter().find_map(|name| self.by_key.get(name))
    }

    /// How many names there are.
    pub fn len(&self) -> usize {
        self.by_key.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.by_key.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_board_is_found_by_any_of_its_names() {
        let labels =
            Labels::read(b"\xEF\xBB\xBFPort,serial,IMEI\n/dev/ttyUSB2,A1,001017001234569\n/dev/ttyUSB6,A2,\n").unwrap();
        let Some(Found::One(label)) = labels.of(["slot-1", "A1"]) else { panic!("{labels:?}") };
        assert_eq!((label.line, label.imei.as_deref()), (2, Some("001017001234569")));
        assert!(labels.findings.is_empty() && labels.of(["A3"]).is_none());
    }

    #[test]
    fn what_is_there_twice_is_told_and_what_contradicts_itself_is_nobodys() {
        let text = b"device,imei,colour\na,001017001234569,red\na,001017001234569,red\nb,001017001234577,red\nb,001017001234585,red\nc,001017001234577,\n";
        let labels = Labels::read(text).unwrap();
        insta::assert_snapshot!(labels.findings.join("\n"), @r"
        columns that are not read: colour
        lines 2 and 3 have one IMEI
        lines 2 and 3 name one board
        lines 4 and 5 name one board
        lines 4 and 6 have one IMEI
        ");
        assert!(matches!(labels.of(["a"]), Some(Found::One(_))));
        assert_eq!(labels.of(["b"]), Some(&Found::Several(vec![4, 5])));
    }

    #[test]
    fn a_file_without_labels_says_where_and_what() {
        let told = |text: &[u8]| Labels::read(text).unwrap_err().to_string();
        insta::assert_snapshot!([
            told(b""),
            told(b"imei\n001017001234569\n"),
            told(b"device,imei\na\n"),
            told(b"device,imei\na,\xff\n"),
        ].join("\n"), @r"
        line 1: expected a header with one of device, board, name, port, serial and one of imei, iccid, imsi, eid, found ``
        line 1: expected a header with one of device, board, name, port, serial and one of imei, iccid, imsi, eid, found `imei`
        line 2: expected 2 columns, found 1
        line 2: expected text in UTF-8
        ");
    }
}
