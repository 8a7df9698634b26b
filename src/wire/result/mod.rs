//! Result codes: what a command, a call or the network makes the DCE say.
//!
//! Knows the codes of ITU-T V.250 clause 5.7 and their numbers, the error codes of 3GPP TS 27.007 clause 9.2 and TS 27.005
//! clause 3.2.5 with their texts, and how each is written under V, Q, S3 and S4. Does not know which command ends in which
//! code, and does not parse responses.

mod errors;
mod format;

pub use errors::{CmeError, CmsError};
pub use format::{ErrorForm, ResultFormat};

/// A code that ends a command.
///
/// On the wire, verbose or numeric: `OK` 0, `NO CARRIER` 3, `ERROR` 4, `NO DIALTONE` 6, `BUSY` 7, `NO ANSWER` 8. Extended codes
/// (`+CME ERROR: <err>`, `+CMS ERROR: <err>`) and makers' own have no number and are text in both forms.
///
/// Source: ITU-T V.250, clauses 5.7.1, 5.7.2 and 5.8.1; 3GPP TS 27.007, clause 9.2; 3GPP TS 27.005, clause 3.2.5.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FinalResult {
    /// `OK`
    Ok,
    /// `ERROR`
    Error,
    /// `NO CARRIER`
    NoCarrier,
    /// `NO DIALTONE`
    NoDialtone,
    /// `BUSY`
    Busy,
    /// `NO ANSWER`
    NoAnswer,
    /// `DELAYED`: a call to this number must wait (makers', V.250 clause 5.8.1).
    Delayed,
    /// `BLACKLISTED`: no more calls to this number (makers').
    Blacklisted,
    /// `ABORTED`: a keystroke ended the command (makers').
    Aborted,
    /// `+CME ERROR: <err>`
    Cme(CmeError),
    /// `+CMS ERROR: <err>`
    Cms(CmsError),
}

impl FinalResult {
    /// Every code that has a fixed text.
    pub const FIXED: [Self; 9] = [
        Self::Ok,
        Self::Error,
        Self::NoCarrier,
        Self::NoDialtone,
        Self::Busy,
        Self::NoAnswer,
        Self::Delayed,
        Self::Blacklisted,
        Self::Aborted,
    ];

    /// The verbose text; for the extended codes what stands before the error.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::Error => "ERROR",
            Self::NoCarrier => "NO CARRIER",
            Self::NoDialtone => "NO DIALTONE",
            Self::Busy => "BUSY",
            Self::NoAnswer => "NO ANSWER",
            Self::Delayed => "DELAYED",
            Self::Blacklisted => "BLACKLISTED",
            Self::Aborted => "ABORTED",
            Self::Cme(_) => "+CME ERROR",
            Self::Cms(_) => "+CMS ERROR",
        }
    }

    /// The number that V0 writes in its place; `None` where there is none.
    ///
    /// Source: ITU-T V.250, Table 1.
    pub const fn number(self) -> Option<u8> {
        match self {
            Self::Ok => Some(0),
            Self::NoCarrier => Some(3),
            Self::Error => Some(4),
            Self::NoDialtone => Some(6),
            Self::Busy => Some(7),
            Self::NoAnswer => Some(8),
            Self::Delayed | Self::Blacklisted | Self::Aborted | Self::Cme(_) | Self::Cms(_) => None,
        }
    }

    /// The code with this number.
    pub fn from_number(number: u8) -> Option<Self> {
        Self::FIXED.into_iter().find(|result| result.number() == Some(number))
    }

    /// The code with this fixed text, without line ends. `NO DIAL TONE` is taken too.
    pub fn from_text(text: &[u8]) -> Option<Self> {
        if text == b"NO DIAL TONE" {
            return Some(Self::NoDialtone);
        }
        Self::FIXED.into_iter().find(|result| result.text().as_bytes() == text)
    }

    /// Whether the command did what it was asked for.
    pub const fn is_success(self) -> bool {
        match self {
            Self::Ok => true,
            Self::Error
            | Self::NoCarrier
            | Self::NoDialtone
            | Self::Busy
            | Self::NoAnswer
            | Self::Delayed
            | Self::Blacklisted
            | Self::Aborted
            | Self::Cme(_)
            | Self::Cms(_) => false,
        }
    }
}

/// Any code that the DCE writes, final or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ResultCode<'a> {
    /// Final: the command line has ended.
    Final(FinalResult),
    /// Intermediate: `CONNECT` 1, or `CONNECT <text>`; data state begins.
    Connect(Option<&'a str>),
    /// Unsolicited: `RING` 2.
    Ring,
    /// Intermediate or unsolicited, extended: `+CREG: 1`, `+CRING: VOICE`, a maker's `RDY`. Text only.
    Extended(&'a str),
}

impl From<FinalResult> for ResultCode<'_> {
    fn from(result: FinalResult) -> Self {
        Self::Final(result)
    }
}

#[cfg(test)]
mod tests;
