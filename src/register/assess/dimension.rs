//! What can be true of a device, one thing at a time.

use crate::identity::Severity;
use std::fmt;
use std::str::FromStr;

/// One thing that can be true of a device, as it counts when it is onboarded.
///
/// In text, a code in kebab-case: `malformed`, `check-digit`, … Codes are stable: reports and rules name them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dimension {
    /// What it gave is no equipment identity.
    Malformed,
    /// The check digit is wrong, and no spare digit either.
    CheckDigit,
    /// The fifteenth digit is the spare digit 0 where the check digit would be another.
    SpareDigit,
    /// The first two digits belong to no known reporting body.
    BodyUnknown,
    /// The reporting body gives out no more numbers.
    BodyRetired,
    /// The model is in no TAC file, and the time that an allocation takes to get there is over.
    TacUnknown,
    /// The TAC is set aside for test equipment.
    TacTest,
    /// The number is one that unprogrammed or cloned devices report.
    Default,
    /// It is on the block list.
    Blocked,
    /// It is on the track list.
    Tracked,
    /// There is a book of registered devices, and it is not in it.
    NotRegistered,
    /// Its number came with another card, or from another device.
    Duplicate,
    /// It is paired with another subscription, or with another card.
    Pairing,
    /// The label says another number.
    Label,
}

impl Dimension {
    /// All of them, in the order in which they are told.
    pub const ALL: [Self; 14] = [
        Self::Malformed,
        Self::CheckDigit,
        Self::SpareDigit,
        Self::BodyUnknown,
        Self::BodyRetired,
        Self::TacUnknown,
        Self::TacTest,
        Self::Default,
        Self::Blocked,
        Self::Tracked,
        Self::NotRegistered,
        Self::Duplicate,
        Self::Pairing,
        Self::Label,
    ];

    /// Its stable name: `tac-unknown`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::CheckDigit => "check-digit",
            Self::SpareDigit => "spare-digit",
            Self::BodyUnknown => "body-unknown",
            Self::BodyRetired => "body-retired",
            Self::TacUnknown => "tac-unknown",
            Self::TacTest => "tac-test",
            Self::Default => "default",
            Self::Blocked => "blocked",
            Self::Tracked => "tracked",
            Self::NotRegistered => "not-registered",
            Self::Duplicate => "duplicate",
            Self::Pairing => "pairing",
            Self::Label => "label",
        }
    }

    /// What it means, where there is no device to tell of: a lowercase sentence without a full stop.
    pub fn words(self) -> &'static str {
        match self {
            Self::Malformed => "what it gave is no equipment identity",
            Self::CheckDigit => "the check digit is wrong",
            Self::SpareDigit => "the fifteenth digit is the spare digit 0 in place of the check digit",
            Self::BodyUnknown => "no reporting body is known to have the first two digits",
            Self::BodyRetired => "the reporting body gives out no more numbers",
            Self::TacUnknown => "no model has the TAC",
            Self::TacTest => "the TAC is set aside for test equipment",
            Self::Default => "unprogrammed or cloned devices report this number",
            Self::Blocked => "it is on the block list",
            Self::Tracked => "it is on the track list",
            Self::NotRegistered => "it is not registered",
            Self::Duplicate => "its number came with another card or from another device",
            Self::Pairing => "it is paired with another subscription",
            Self::Label => "the label says another number",
        }
    }

    /// How much it weighs unless the rules say otherwise.
    ///
    /// What genuine devices do too is a warning. [`TacTest`](Self::TacTest) is a note for the known test series; a number
    /// of a test body outside them weighs one more, and [`TacUnknown`](Self::TacUnknown) is a note while its lag lasts.
    pub fn severity(self) -> Severity {
        match self {
            Self::TacTest => Severity::Note,
            Self::SpareDigit | Self::BodyUnknown | Self::BodyRetired | Self::Tracked => Severity::Warning,
            Self::Malformed
            | Self::CheckDigit
            | Self::TacUnknown
            | Self::Default
            | Self::Blocked
            | Self::NotRegistered
            | Self::Duplicate
            | Self::Pairing
            | Self::Label => Severity::Error,
        }
    }

    /// Its place in [`ALL`](Self::ALL).
    pub(super) fn place(self) -> usize {
        self as usize
    }
}

impl fmt::Display for Dimension {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

/// A text that is the code of no [`Dimension`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no dimension `{found}`")]
pub struct UnknownDimension {
    /// What came, its control characters escaped.
    pub found: String,
}

impl FromStr for Dimension {
    type Err = UnknownDimension;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|dimension| dimension.code() == text)
            .ok_or_else(|| UnknownDimension { found: text.escape_debug().to_string() })
    }
}
