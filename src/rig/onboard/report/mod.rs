//! Reports: what a bench came to, for a person, a program, a CI server.
//!
//! Each format is a pure function from records to text. The records are veiled before they come here.

mod csv;
mod html;
mod json;
mod junit;
#[cfg(test)]
mod tests;

use std::path::Path;

use jiff::Timestamp;

use super::record::{Record, Verdict};

/// The version of the JSON report.
pub const VERSION: u32 = 1;

/// A format of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// JUnit XML, a test case a board: `.xml`.
    JUnit,
    /// One JSON object with all that is known: `.json`.
    Json,
    /// A line a board: `.csv`.
    Csv,
    /// One page with a picture of each board's time: `.html`.
    Html,
}

impl Format {
    /// The format of a file by its ending.
    ///
    /// # Errors
    /// It has another ending, or none.
    pub fn of(path: &Path) -> Result<Self, String> {
        match path.extension().and_then(|ending| ending.to_str()) {
            Some("xml") => Ok(Self::JUnit),
            Some("json") => Ok(Self::Json),
            Some("csv") => Ok(Self::Csv),
            Some("html" | "htm") => Ok(Self::Html),
            Some(_) | None => Err(format!(
                "expected a file that ends in .xml (JUnit), .json, .csv or .html, found `{}`",
                path.display().to_string().escape_debug()
            )),
        }
    }

    /// The report.
    ///
    /// # Errors
    /// What the format cannot hold, in words.
    pub fn render(self, run: &Run<'_>) -> Result<String, String> {
        match self {
            Self::JUnit => junit::render(run).map_err(|error| error.to_string()),
            Self::Json => json::render(run).map_err(|error| error.to_string()),
            Self::Csv => csv::render(run).map_err(|error| error.to_string()),
            Self::Html => Ok(html::render(run)),
        }
    }
}

/// What a report is about.
#[derive(Debug, Clone, Copy)]
pub struct Run<'a> {
    /// What the bench is called; may be empty.
    pub place: &'a str,
    /// When it was begun.
    pub started: Timestamp,
    /// When it was over.
    pub ended: Timestamp,
    /// The boards.
    pub records: &'a [Record],
    /// What went wrong with the bench itself.
    pub problems: &'a [String],
}

impl Run<'_> {
    /// How many boards have one of these verdicts.
    pub fn count(&self, verdicts: &[Verdict]) -> usize {
        self.records.iter().filter(|record| verdicts.contains(&record.verdict)).count()
    }
}
