//! One entry of a list: a device, a device with one subscription, a range of devices, or a whole model.

use crate::identity::{IdentityError, Imei, ImeiKey, Imsi, Kind, Spelling, Tac};
use serde::de::{Deserialize, Deserializer, Error as _};
use std::fmt;
use std::str::FromStr;

/// What a list holds.
///
/// In text: `00101700123456` (an IMEI of 14 or 15 digits, an IMEISV of 16, or a module's spelling of them),
/// `00101700` (a TAC), `00101700-000000..00101700-000999` or `00101700000000,00101700000999` (a range, both ends in
/// it), `00101700..00101709` (a range of TACs), `00101700123456+001010000000001` (a device, but only with this IMSI). A
/// hyphen stands between the ends of a range too, `00101700-00101709`, where both are whole: two TACs, or 14 digits or more
/// on either side; any other hyphen belongs to one identity, `35-209900-176148-1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Entry {
    /// A device with one subscription.
    Pair(ImeiKey, Imsi),
    /// A device.
    Device(ImeiKey),
    /// All devices from one key to another, both included.
    Range {
        /// The first.
        low: ImeiKey,
        /// The last.
        high: ImeiKey,
    },
    /// All devices of a model.
    Tac(Tac),
}

/// Why a text is no entry of a list.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EntryError {
    /// The device, the TAC or an end of the range is not readable.
    #[error("{0}")]
    Identity(#[from] IdentityError),
    /// Neither 8 digits nor those of an equipment identity.
    #[error("expected a TAC (8 digits), an IMEI (14 or 15) or an IMEISV (16), found {found} digits")]
    Digits {
        /// How many there were.
        found: usize,
    },
    /// A range whose end comes before its start.
    #[error("the range ends before it starts")]
    Backwards,
    /// An identity without the fourteen digits of an IMEI.
    #[error("expected an IMEI, found {found}, which registers do not list")]
    NoImei {
        /// What came.
        found: &'static str,
    },
}

impl EntryError {
    /// What to do next.
    pub fn help(&self) -> Option<&'static str> {
        match self {
            Self::Identity(error) => error.help().or(Some(FORMS)),
            Self::Digits { .. } | Self::NoImei { .. } => Some(FORMS),
            Self::Backwards => Some("write the lower end first: `00101700..00101709`"),
        }
    }
}

const FORMS: &str = "an entry is a TAC (`00101700`), an IMEI (`001017001234569`), a range of either (`00101700..00101709`) or an \
                     IMEI with an IMSI (`001017001234569+001010000000001`)";

impl Entry {
    /// Reads an entry in one of its forms.
    ///
    /// # Errors
    /// The text is none of them; the error says what stands in the way.
    pub fn parse(text: &str) -> Result<Self, EntryError> {
        let text = text.trim();
        if let Some((low, high)) = text.split_once("..") {
            return range(low, high);
        }
        if let Some((low, high)) = text.split_once(',').filter(|(_, high)| is_digits(high)) {
            return range(low, high);
        }
        if let Some((low, high)) = hyphenated(text) {
            return range(low, high);
        }
        if let Some((imei, imsi)) = text.split_once('+').filter(|(imei, _)| !imei.is_empty()) {
            return Ok(Self::Pair(device(imei)?, Imsi::parse(imsi)?));
        }
        if text.chars().all(|character| character.is_ascii_digit()) && text.len() == 8 {
            return Ok(Self::Tac(Tac::parse(text)?));
        }
        device(text).map(Self::Device)
    }

    /// How many devices it covers.
    pub(super) fn span(&self) -> u64 {
        match self {
            Self::Pair(..) | Self::Device(_) => 1,
            Self::Range { low, high } => high.number() - low.number() + 1,
            Self::Tac(_) => 1_000_000,
        }
    }
}

fn range(low: &str, high: &str) -> Result<Entry, EntryError> {
    let (low, high) = (end(low, 0)?, end(high, 999_999)?);
    if high < low {
        return Err(EntryError::Backwards);
    }
    Ok(Entry::Range { low, high })
}

/// The ends of `00101700-00101709`, `00101700000000-00101700000999` or `00101700-000000-00101700-000999`: the hyphen in
/// the middle parts them. Eight digits twice are an IMEISV only where they are spelled in more groups.
fn hyphenated(text: &str) -> Option<(&str, &str)> {
    let hyphens: Vec<usize> = text.match_indices('-').map(|(at, _)| at).collect();
    if hyphens.len().is_multiple_of(2) {
        return None;
    }
    let (low, high) = text.split_at(hyphens[hyphens.len() / 2]);
    let high = &high[1..];
    let digits = |end: &str| {
        let plain = end.chars().all(|character| character.is_ascii_digit() || matches!(character, '-' | ' '));
        plain.then(|| end.chars().filter(char::is_ascii_digit).count())
    };
    match (digits(low)?, digits(high)?) {
        (8, 8) if hyphens.len() == 1 => Some((low.trim(), high.trim())),
        (14.., 14..) => Some((low.trim(), high.trim())),
        (_, _) => None,
    }
}

/// One end of a range: a device, or a TAC with the serial number that stands at that end.
fn end(text: &str, serial: u64) -> Result<ImeiKey, EntryError> {
    match Tac::parse(text) {
        Ok(tac) => ImeiKey::new(u64::from(tac.number()) * 1_000_000 + serial).ok_or(EntryError::Digits { found: 8 }),
        Err(_) => device(text),
    }
}

fn device(text: &str) -> Result<ImeiKey, EntryError> {
    match Spelling::parse(text) {
        Ok(spelling) => spelling.equipment.key().ok_or(EntryError::NoImei { found: spelling.equipment.name() }),
        Err(IdentityError::Length { kind: Kind::Equipment, found }) => Err(EntryError::Digits { found }),
        Err(error) => Err(error.into()),
    }
}

fn is_digits(text: &str) -> bool {
    text.trim().len() >= 8 && text.trim().chars().all(|character| character.is_ascii_digit() || character == '-')
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pair(key, imsi) => write!(f, "{}+{imsi}", Imei::of(*key)),
            Self::Device(key) => write!(f, "{}", Imei::of(*key)),
            Self::Range { low, high } => write!(f, "{low}..{high}"),
            Self::Tac(tac) => write!(f, "{tac}"),
        }
    }
}

impl FromStr for Entry {
    type Err = EntryError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl<'de> Deserialize<'de> for Entry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> String {
        match Entry::parse(text) {
            Ok(entry) => format!("{text} -> {entry}"),
            Err(error) => format!("{text} refused: {error}"),
        }
    }

    #[test]
    fn every_form_is_read_and_every_other_says_why_not() {
        let all = [
            "00101700123456",
            "001017001234569",
            "001017001234560",
            "0010170012345601",
            "imeisv-0010170012345601",
            "+CGSN: \"001017001234569\"",
            "00101700",
            "00101700-000000..00101700-000999",
            "00101700000000,00101700000999",
            "001017000000000,001017000009999",
            "001017001234569+001010000000001",
            "00101700-000999..00101700-000000",
            "0010170",
            "00101700..00101701",
            "00101700..0010170",
            "00101700-00101799",
            "00101700 - 00101799",
            "00101700,00101799",
            "00101799-00101700",
            "00101799,00101700",
            "00101700000000-00101700000999",
            "001017000000000-001017000009999",
            "00101700-000000-00101700-000999",
            "00101700-000000 - 00101700-000999",
            "00-101700-000000-1",
            "00-101700-000000-01",
            "00101700-0000001",
            "00101700-000000",
            "001017001234569+12",
            "AF0123450ABCDE",
            "all of them",
            "",
        ];
        insta::assert_snapshot!(all.map(read).join("\n"), @r#"
        00101700123456 -> 001017001234569
        001017001234569 -> 001017001234569
        001017001234560 -> 001017001234569
        0010170012345601 -> 001017001234569
        imeisv-0010170012345601 -> 001017001234569
        +CGSN: "001017001234569" -> 001017001234569
        00101700 -> 00101700
        00101700-000000..00101700-000999 -> 00101700000000..00101700000999
        00101700000000,00101700000999 -> 00101700000000..00101700000999
        001017000000000,001017000009999 -> 00101700000000..00101700000999
        001017001234569+001010000000001 -> 001017001234569+001010000000001
        00101700-000999..00101700-000000 refused: the range ends before it starts
        0010170 refused: expected a TAC (8 digits), an IMEI (14 or 15) or an IMEISV (16), found 7 digits
        00101700..00101701 -> 00101700000000..00101701999999
        00101700..0010170 refused: expected a TAC (8 digits), an IMEI (14 or 15) or an IMEISV (16), found 7 digits
        00101700-00101799 -> 00101700000000..00101799999999
        00101700 - 00101799 -> 00101700000000..00101799999999
        00101700,00101799 -> 00101700000000..00101799999999
        00101799-00101700 refused: the range ends before it starts
        00101799,00101700 refused: the range ends before it starts
        00101700000000-00101700000999 -> 00101700000000..00101700000999
        001017000000000-001017000009999 -> 00101700000000..00101700000999
        00101700-000000-00101700-000999 -> 00101700000000..00101700000999
        00101700-000000 - 00101700-000999 -> 00101700000000..00101700000999
        00-101700-000000-1 -> 001017000000003
        00-101700-000000-01 -> 001017000000003
        00101700-0000001 -> 001017000000003
        00101700-000000 -> 001017000000003
        001017001234569+12 refused: an IMSI has 5 to 15 digits, this has 2
        AF0123450ABCDE refused: expected an IMEI, found an MEID, which registers do not list
        all of them refused: an equipment identity has 14 to 17 digits, or 14 hexadecimal ones, but character 1 is `a`
         refused: expected an equipment identity, 14 to 17 digits, or 14 hexadecimal ones, found nothing
        "#);
    }

    proptest! {
        #[test]
        fn what_is_printed_is_read_again(low in 0u64..100_000_000_000_000, span in 0u64..1000, imsi in "[0-9]{15}", form in 0..4) {
            let key = ImeiKey::new(low).unwrap();
            let entry = match form {
                0 => Entry::Device(key),
                1 => Entry::Tac(key.tac()),
                2 => Entry::Pair(key, Imsi::parse(&imsi).unwrap()),
                _ => Entry::Range { low: key, high: ImeiKey::new(low + span).unwrap_or(key) },
            };
            prop_assert_eq!(Entry::parse(&entry.to_string()), Ok(entry));
        }

        #[test]
        fn any_text_is_read_or_refused(text in ".{0,60}") {
            let _ = Entry::parse(&text);
        }
    }
}
