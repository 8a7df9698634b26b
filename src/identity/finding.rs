//! What is wrong, odd or worth knowing about an identity, in words.

use std::borrow::Cow;
use std::fmt;

/// How much a [`Finding`] weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Good to know; nothing is wrong.
    Note,
    /// Genuine devices do this too, but it deserves a look.
    Warning,
    /// The identity cannot be what it claims to be.
    Error,
}

impl Severity {
    /// `note`, `warning` or `error`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// One thing that was found about an identity.
///
/// Its code (`imei.check-digit`) is stable, so that a report or a rule may name it; its text is a sentence for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How much it weighs.
    pub severity: Severity,
    /// The stable name, `<identity>.<what>`.
    pub code: &'static str,
    /// One lowercase sentence without a full stop.
    pub text: Cow<'static, str>,
}

impl Finding {
    /// A finding of severity [`Severity::Note`].
    pub fn note(code: &'static str, text: impl Into<Cow<'static, str>>) -> Self {
        Self { severity: Severity::Note, code, text: text.into() }
    }

    /// A finding of severity [`Severity::Warning`].
    pub fn warning(code: &'static str, text: impl Into<Cow<'static, str>>) -> Self {
        Self { severity: Severity::Warning, code, text: text.into() }
    }

    /// A finding of severity [`Severity::Error`].
    pub fn error(code: &'static str, text: impl Into<Cow<'static, str>>) -> Self {
        Self { severity: Severity::Error, code, text: text.into() }
    }
}

/// `warning[tac.body-retired]: …`
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}[{}]: {}", self.severity, self.code, self.text)
    }
}
