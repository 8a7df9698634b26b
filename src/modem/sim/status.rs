//! Status words: how a command to the card ended.
//!
//! Source: ETSI TS 102 221 clause 10.2 (class 00); 3GPP TS 51.011 clause 9.4 (class A0).

/// A status word, SW1 and SW2.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Status(pub(super) u16);

impl Status {
    /// Normal ending.
    pub(super) const DONE: Self = Self(0x9000);
    /// The PIN is blocked.
    pub(super) const BLOCKED: Self = Self(0x6983);
    /// The PIN is disabled.
    pub(super) const DISABLED: Self = Self(0x6984);
    /// Conditions of use are not satisfied.
    pub(super) const NOT_SATISFIED: Self = Self(0x6985);
    /// No file is selected.
    pub(super) const NO_FILE: Self = Self(0x6986);
    /// The command does not fit the file's structure.
    pub(super) const WRONG_STRUCTURE: Self = Self(0x6981);
    /// Security status is not satisfied.
    pub(super) const SECURITY: Self = Self(0x6982);
    /// The function is not supported.
    pub(super) const NOT_SUPPORTED: Self = Self(0x6A81);
    /// File not found.
    pub(super) const FILE_NOT_FOUND: Self = Self(0x6A82);
    /// Record not found.
    pub(super) const RECORD_NOT_FOUND: Self = Self(0x6A83);
    /// Incorrect parameters P1 and P2.
    pub(super) const WRONG_P1_P2: Self = Self(0x6A86);
    /// The key reference is unknown.
    pub(super) const NO_SUCH_KEY: Self = Self(0x6A88);
    /// Wrong length.
    pub(super) const WRONG_LENGTH: Self = Self(0x6700);
    /// The offset is outside the file.
    pub(super) const WRONG_OFFSET: Self = Self(0x6B00);
    /// The instruction is not known.
    pub(super) const WRONG_INSTRUCTION: Self = Self(0x6D00);
    /// The class is not known.
    pub(super) const WRONG_CLASS: Self = Self(0x6E00);
    /// The logical channel is not there.
    pub(super) const NO_CHANNEL: Self = Self(0x6881);
    /// Secure messaging is not supported.
    pub(super) const NO_SECURE_MESSAGING: Self = Self(0x6882);
    /// INCREASE cannot be performed: the greatest value is reached.
    pub(super) const MAXIMUM: Self = Self(0x9850);
    /// No precise diagnosis.
    pub(super) const NO_DIAGNOSIS: Self = Self(0x6F00);
    /// Authentication failed: the network's code is wrong.
    pub(super) const WRONG_MAC: Self = Self(0x9862);

    /// So many octets wait for GET RESPONSE.
    pub(super) fn waiting(count: usize) -> Self {
        Self(0x6100 | u16::try_from(count).map_or(0, |count| count & 0xFF))
    }

    /// The length was wrong; so many octets are there.
    pub(super) fn correct_length(count: usize) -> Self {
        Self(0x6C00 | u16::try_from(count).map_or(0, |count| count & 0xFF))
    }

    /// The PIN was wrong, or is asked for; so many tries are left.
    pub(super) fn tries(left: u8) -> Self {
        Self(0x63C0 | u16::from(left & 0x0F))
    }

    /// SW1.
    pub(super) fn first(self) -> u8 {
        self.0.to_be_bytes()[0]
    }

    /// SW2.
    pub(super) fn second(self) -> u8 {
        self.0.to_be_bytes()[1]
    }

    /// The same in the GSM application's words.
    pub(super) fn gsm(self) -> Self {
        match self {
            Self::FILE_NOT_FOUND => Self(0x9404),
            Self::NO_FILE => Self(0x9400),
            Self::WRONG_STRUCTURE => Self(0x9408),
            Self::RECORD_NOT_FOUND => Self(0x9402),
            Self::SECURITY => Self(0x9804),
            Self::BLOCKED => Self(0x9840),
            Self::DISABLED | Self::NOT_SATISFIED => Self(0x9808),
            Self::NO_SUCH_KEY => Self(0x9802),
            Self::WRONG_P1_P2 => Self(0x6B00),
            Self(word) if word & 0xFF00 == 0x6100 => Self(0x9F00 | word & 0x00FF),
            Self(word) if word & 0xFF00 == 0x6C00 => Self(0x6700 | word & 0x00FF),
            Self(0x63C0) => Self(0x9840),
            Self(word) if word & 0xFFF0 == 0x63C0 => Self(0x9804),
            other => other,
        }
    }
}
