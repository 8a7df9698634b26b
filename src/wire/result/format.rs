//! How codes and information are written: V, Q, S3, S4 and the form of error codes.

use super::{FinalResult, ResultCode};
use crate::wire::line::{CARRIAGE_RETURN, LINE_FEED};

/// How `+CME ERROR` and `+CMS ERROR` show their error.
///
/// Source: 3GPP TS 27.007, clause 9.1 (`+CMEE`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ErrorForm {
    /// `+CMEE=0`: `ERROR` in place of `+CME ERROR`. `+CMS ERROR` stays, with its number.
    #[default]
    Plain,
    /// `+CMEE=1`: numbers.
    Numeric,
    /// `+CMEE=2`: texts.
    Verbose,
}

/// How the DCE writes, by the settings of now.
///
/// | | V1 | V0 |
/// |---|---|---|
/// | information | `S3 S4 <text> S3 S4` | `<text> S3 S4` |
/// | result code | `S3 S4 <verbose> S3 S4` | `<numeric> S3` |
///
/// Extended codes have no number: in V0 they are `<text> S3`.
///
/// Source: ITU-T V.250, clauses 5.7.1, 5.7.2, 6.2.5 and 6.2.6 (Table 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ResultFormat {
    /// V1.
    pub verbose: bool,
    /// Q1: no result codes at all; information stays.
    pub quiet: bool,
    /// S3.
    pub s3: u8,
    /// S4.
    pub s4: u8,
    /// `+CMEE`.
    pub errors: ErrorForm,
}

impl Default for ResultFormat {
    fn default() -> Self {
        Self { verbose: true, quiet: false, s3: CARRIAGE_RETURN, s4: LINE_FEED, errors: ErrorForm::Plain }
    }
}

impl ResultFormat {
    /// Writes one information response. A `\n` in `text` parts its lines and is written S3 S4.
    pub fn write_information(&self, out: &mut Vec<u8>, text: &[u8]) {
        if self.verbose {
            self.end(out);
        }
        for line in text.split_inclusive(|&byte| byte == b'\n') {
            match line.split_last() {
                Some((b'\n', line)) => {
                    out.extend_from_slice(line);
                    self.end(out);
                }
                Some(_) | None => out.extend_from_slice(line),
            }
        }
        self.end(out);
    }

    /// Writes a result code; under Q1 nothing.
    pub fn write_result<'a>(&self, out: &mut Vec<u8>, code: impl Into<ResultCode<'a>>) {
        if self.quiet {
            return;
        }
        let code = code.into();
        if self.verbose {
            self.end(out);
            self.write_text(out, code);
            self.end(out);
        } else {
            match number(code, self.errors) {
                Some(number) => out.extend_from_slice(number.to_string().as_bytes()),
                None => self.write_text(out, code),
            }
            out.push(self.s3);
        }
    }

    /// Writes the verbose text of a code without its header and trailer.
    fn write_text(&self, out: &mut Vec<u8>, code: ResultCode<'_>) {
        match code {
            ResultCode::Final(result) => out.extend_from_slice(self.final_text(result).as_bytes()),
            ResultCode::Connect(None) => out.extend_from_slice(b"CONNECT"),
            ResultCode::Connect(Some(text)) => out.extend_from_slice(format!("CONNECT {text}").as_bytes()),
            ResultCode::Ring => out.extend_from_slice(b"RING"),
            ResultCode::Extended(text) => out.extend_from_slice(text.as_bytes()),
        }
    }

    /// The text of a final result by the error form.
    pub fn final_text(&self, result: FinalResult) -> String {
        match result {
            FinalResult::Cme(error) => match self.errors {
                ErrorForm::Plain => FinalResult::Error.text().to_owned(),
                ErrorForm::Numeric => format!("+CME ERROR: {}", error.number()),
                ErrorForm::Verbose => format!("+CME ERROR: {error}"),
            },
            FinalResult::Cms(error) => match self.errors {
                ErrorForm::Plain | ErrorForm::Numeric => format!("+CMS ERROR: {}", error.number()),
                ErrorForm::Verbose => format!("+CMS ERROR: {error}"),
            },
            FinalResult::Ok
            | FinalResult::Error
            | FinalResult::NoCarrier
            | FinalResult::NoDialtone
            | FinalResult::Busy
            | FinalResult::NoAnswer
            | FinalResult::Delayed
            | FinalResult::Blacklisted
            | FinalResult::Aborted => result.text().to_owned(),
        }
    }

    fn end(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&[self.s3, self.s4]);
    }
}

/// The number that V0 writes.
fn number(code: ResultCode<'_>, errors: ErrorForm) -> Option<u8> {
    match code {
        ResultCode::Final(FinalResult::Cme(_)) if errors == ErrorForm::Plain => FinalResult::Error.number(),
        ResultCode::Final(result) => result.number(),
        ResultCode::Connect(_) => Some(1),
        ResultCode::Ring => Some(2),
        ResultCode::Extended(_) => None,
    }
}
