//! What is odd about a file and does not stop it: counted by kind, with the first places.

use super::problem::Place;
use std::fmt;

/// A kind of oddity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WarningCode {
    /// A check digit that is wrong, and not the spare digit 0.
    CheckDigit,
    /// The spare digit 0 in the place of the check digit.
    SpareDigit,
    /// A row that says again what an earlier one said. It is not read twice.
    Duplicate,
    /// A row that its own status takes out of force (`pending`, `recovered` and the like). It is not read.
    NotInForce,
    /// A line that is no UTF-8: it was read as windows-1252.
    Latin1,
    /// A file in UTF-16: it was decoded.
    Utf16,
    /// A column that means nothing to the register.
    UnknownColumn,
    /// An empty value behind the last column.
    TrailingComma,
    /// A header without rows.
    NoRows,
}

impl WarningCode {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::CheckDigit,
        Self::SpareDigit,
        Self::Duplicate,
        Self::NotInForce,
        Self::Latin1,
        Self::Utf16,
        Self::UnknownColumn,
        Self::TrailingComma,
        Self::NoRows,
    ];

    /// Its word: `check-digit`.
    pub fn word(self) -> &'static str {
        match self {
            Self::CheckDigit => "check-digit",
            Self::SpareDigit => "spare-digit",
            Self::Duplicate => "duplicate",
            Self::NotInForce => "not-in-force",
            Self::Latin1 => "latin-1",
            Self::Utf16 => "utf-16",
            Self::UnknownColumn => "unknown-column",
            Self::TrailingComma => "trailing-comma",
            Self::NoRows => "no-rows",
        }
    }

    fn text(self) -> &'static str {
        match self {
            Self::CheckDigit => "wrong check digits; the fourteen digits before them were taken",
            Self::SpareDigit => "the spare digit 0 in the place of the check digit",
            Self::Duplicate => "rows that say again what an earlier one says",
            Self::NotInForce => "rows whose status takes them out of force, not read",
            Self::Latin1 => "lines that are no UTF-8, read as windows-1252",
            Self::Utf16 => "UTF-16, decoded",
            Self::UnknownColumn => "columns that mean nothing here, not read",
            Self::TrailingComma => "an empty value behind the last column",
            Self::NoRows => "a header without rows: an empty list",
        }
    }
}

/// What is odd, how often, and where first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// Which kind.
    pub code: WarningCode,
    /// How often.
    pub count: u64,
    /// Where first; at most [`Warning::PLACES`].
    pub places: Vec<Place>,
    /// Of what, where that is worth saying: the unknown columns.
    pub names: Vec<String>,
}

impl Warning {
    /// Of so many places it is said where.
    pub const PLACES: usize = 5;

    /// What to do next, where there is something to do.
    pub fn help(&self) -> Option<&'static str> {
        match self.code {
            WarningCode::CheckDigit => Some("a digit may have been mistyped: compare these rows with the labels"),
            WarningCode::Latin1 | WarningCode::Utf16 => Some("save it as UTF-8"),
            WarningCode::NoRows => Some("a full import takes away everything that the source had listed"),
            WarningCode::SpareDigit
            | WarningCode::Duplicate
            | WarningCode::NotInForce
            | WarningCode::UnknownColumn
            | WarningCode::TrailingComma => None,
        }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} × {}", self.code.word(), self.count, self.code.text())?;
        if !self.names.is_empty() {
            write!(f, " ({})", self.names.join(", "))?;
        }
        for (at, place) in self.places.iter().enumerate() {
            write!(f, "{}{place}", if at == 0 { ", at " } else { ", " })?;
        }
        if self.count > self.places.len() as u64 { f.write_str(", …") } else { Ok(()) }
    }
}

/// The warnings of a file, one of a kind.
#[derive(Debug, Default)]
pub(super) struct Warnings(Vec<Warning>);

impl Warnings {
    pub(super) fn note(&mut self, code: WarningCode, place: Place) {
        self.named(code, place, None);
    }

    pub(super) fn named(&mut self, code: WarningCode, place: Place, name: Option<String>) {
        let at = self.0.iter().position(|warning| warning.code == code).unwrap_or_else(|| {
            self.0.push(Warning { code, count: 0, places: Vec::new(), names: Vec::new() });
            self.0.len() - 1
        });
        let warning = &mut self.0[at];
        warning.count += 1;
        if warning.places.len() < Warning::PLACES {
            warning.places.push(place);
            warning.names.extend(name);
        }
    }

    pub(super) fn as_slice(&self) -> &[Warning] {
        &self.0
    }
}
