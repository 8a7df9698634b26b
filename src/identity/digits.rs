//! Digits as people and modules write them, and what can be wrong with the shape of an identity.

use std::fmt;

/// Which identity a text was read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// An IMEI: 14 digits, or 15 with the check or spare digit.
    Imei,
    /// An IMEISV: 16 digits.
    Imeisv,
    /// A TAC: 8 digits.
    Tac,
    /// A software version number: 2 digits.
    Svn,
    /// An MEID: 14 hexadecimal digits, 15 with the check digit, or 18 decimal, 19 with the check digit.
    Meid,
    /// An IMSI: 5 to 15 digits.
    Imsi,
    /// An ICCID: 18 to 20 digits.
    Iccid,
    /// An EID: 32 digits.
    Eid,
    /// A telephone number: 1 to 15 digits.
    Msisdn,
    /// A PLMN: 5 or 6 digits.
    Plmn,
    /// A PEI: `imei-…`, `imeisv-…`, `mac-…`, `eui-…`.
    Pei,
    /// An equipment identity of any kind, as a module answers it.
    Equipment,
}

impl Kind {
    /// The name with its article: `an IMEI`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Imei => "an IMEI",
            Self::Imeisv => "an IMEISV",
            Self::Tac => "a TAC",
            Self::Svn => "an SVN",
            Self::Meid => "an MEID",
            Self::Imsi => "an IMSI",
            Self::Iccid => "an ICCID",
            Self::Eid => "an EID",
            Self::Msisdn => "a telephone number",
            Self::Plmn => "a PLMN",
            Self::Pei => "a PEI",
            Self::Equipment => "an equipment identity",
        }
    }

    /// Its shape: `14 or 15 digits`.
    pub fn shape(self) -> &'static str {
        match self {
            Self::Imei => "14 or 15 digits",
            Self::Imeisv => "16 digits",
            Self::Tac => "8 digits",
            Self::Svn => "2 digits",
            Self::Meid => "14 hexadecimal digits (15 with the check digit) or 18 decimal ones (19)",
            Self::Imsi => "5 to 15 digits",
            Self::Iccid => "18 to 20 digits",
            Self::Eid => "32 digits",
            Self::Msisdn => "1 to 15 digits",
            Self::Plmn => "5 or 6 digits",
            Self::Pei => "imei-, imeisv-, mac- or eui- and its digits",
            Self::Equipment => "14 to 17 digits, or 14 hexadecimal ones",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Why a text is not an identity: its shape is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdentityError {
    /// Nothing was there.
    #[error("expected {kind}, {shape}, found nothing", shape = kind.shape())]
    Empty {
        /// What was expected.
        kind: Kind,
    },
    /// The number of digits does not fit.
    #[error("{kind} has {shape}, this has {found}", shape = kind.shape())]
    Length {
        /// What was expected.
        kind: Kind,
        /// How many digits there were.
        found: usize,
    },
    /// A character that cannot stand there.
    #[error("{kind} has {shape}, but character {column} is `{found}`", found = found.escape_default(), shape = kind.shape())]
    Character {
        /// What was expected.
        kind: Kind,
        /// The character that came.
        found: char,
        /// Where it stands, counted from 1.
        column: usize,
    },
    /// A UUID, as Quectel's NB-IoT modules answer a bare `AT+CGSN`.
    #[error("this is a UUID, not an IMEI")]
    Uuid,
    /// Digits that contradict each other.
    #[error("the digit after the dash and the 15th digit are two different check digits")]
    TwoCheckDigits,
    /// No network has an MCC or an MNC like this.
    #[error("{text}")]
    Value {
        /// What is wrong with it.
        text: &'static str,
    },
}

impl IdentityError {
    /// What to do next, where there is something to do.
    pub fn help(&self) -> Option<&'static str> {
        match self {
            Self::Uuid => Some("`AT+CGSN` is a serial number by TS 27.007; ask `AT+CGSN=1` for the IMEI"),
            Self::Length { kind: Kind::Imei | Kind::Equipment, found: 12 | 13 } => {
                Some("a leading zero may have been lost in a spreadsheet")
            }
            Self::Length { kind: Kind::Equipment, found: 2 } => {
                Some("two digits are a software version number, the answer to `AT+CGSN=3`; `AT+CGSN=1` gives the IMEI")
            }
            Self::Length { .. }
            | Self::Empty { .. }
            | Self::Character { .. }
            | Self::TwoCheckDigits
            | Self::Value { .. } => None,
        }
    }
}

/// At most this many digits are kept of any identity; an EID has 32.
const MOST: usize = 32;

/// The digits of an identity, without the blanks, dashes, dots and slashes with which labels group them.
pub(crate) struct Digits {
    values: [u8; MOST],
    count: usize,
}

impl Digits {
    /// Reads decimal digits.
    pub(crate) fn decimal(kind: Kind, text: &str) -> Result<Self, IdentityError> {
        Self::read(kind, text, 10)
    }

    /// Reads hexadecimal digits.
    pub(crate) fn hexadecimal(kind: Kind, text: &str) -> Result<Self, IdentityError> {
        Self::read(kind, text, 16)
    }

    fn read(kind: Kind, text: &str, base: u32) -> Result<Self, IdentityError> {
        let mut digits = Self { values: [0; MOST], count: 0 };
        let mut found = 0;
        for (place, character) in text.trim().chars().enumerate() {
            match character.to_digit(base).and_then(|value| u8::try_from(value).ok()) {
                Some(value) => {
                    if let Some(slot) = digits.values.get_mut(found) {
                        *slot = value;
                        digits.count += 1;
                    }
                    found += 1;
                }
                None if is_separator(character) && found > 0 => {}
                None => {
                    return Err(IdentityError::Character { kind, found: character, column: place + 1 });
                }
            }
        }
        match found {
            0 => Err(IdentityError::Empty { kind }),
            found if found > MOST => Err(IdentityError::Length { kind, found }),
            _ => Ok(digits),
        }
    }

    pub(crate) fn as_slice(&self) -> &[u8] {
        &self.values[..self.count]
    }

    pub(crate) fn len(&self) -> usize {
        self.count
    }
}

/// What stands between groups of digits on a label or in a document.
pub(crate) fn is_separator(character: char) -> bool {
    matches!(character, ' ' | '-' | '.' | '/' | '\u{a0}')
}

/// The number that decimal digits write; at most 19 of them.
pub(crate) fn number(digits: &[u8]) -> u64 {
    digits.iter().fold(0, |sum, &digit| sum * 10 + u64::from(digit))
}

/// The digits of `number`, `N` of them, leading zeros kept.
pub(crate) fn split<const N: usize>(mut number: u64) -> [u8; N] {
    let mut digits = [0; N];
    for digit in digits.iter_mut().rev() {
        *digit = u8::try_from(number % 10).unwrap_or(0);
        number /= 10;
    }
    digits
}
