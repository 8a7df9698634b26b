//! A register as it is written down: the `register` table of a script's header, or a TOML file.

use super::entry::Entry;
use super::place;
use super::policy::{Action, CausesOf, Policy};
use serde::Deserialize;
use toml::Spanned;

/// What a register starts with.
///
/// In text, as a TOML table; every key may be left out:
///
/// ```toml
/// block     = ["00101700123456", "00101701"]
/// track     = ["00101702-000000..00101702-000999"]
/// allow     = ["00101701000005+001010000000001"]
/// unknown   = "allow"     # allow, track, block, block-7 (or another reject cause), retry
/// missing   = "block-7"   # the device gives no identity
/// malformed = "block"     # what it gives is no identity
/// duplicate = "track"     # it came with another subscription before
/// failure   = "retry"     # the register is down
/// causes    = { block = { nr = 3 }, unknown = 11 }   # of the network's reject, where they are not the usual ones
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, bound(deserialize = "E: Deserialize<'de>"))]
pub struct Settings<E = Entry> {
    /// Entries of the block list.
    #[serde(default = "Vec::new")]
    pub block: Vec<E>,
    /// Entries of the track list.
    #[serde(default = "Vec::new")]
    pub track: Vec<E>,
    /// Entries of the allow list.
    #[serde(default = "Vec::new")]
    pub allow: Vec<E>,
    /// The policy for equipment on no list.
    #[serde(default)]
    pub unknown: Action,
    /// The policy for equipment without an identity.
    #[serde(default)]
    pub missing: Action,
    /// The policy for what is no identity.
    #[serde(default)]
    pub malformed: Action,
    /// The policy for equipment that comes with another subscription than before.
    #[serde(default)]
    pub duplicate: Action,
    /// The policy for a register that is down.
    #[serde(default)]
    pub failure: Action,
    /// With which causes the network turns equipment away.
    #[serde(default)]
    pub causes: CausesOf,
}

/// Why a text is no register, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{line}:{column}: {message}")]
pub struct SettingsError {
    /// The line, counted from 1.
    pub line: usize,
    /// The column, counted from 1 in characters.
    pub column: usize,
    /// What is wrong, a lowercase fragment.
    pub message: String,
    /// The bytes that it is about.
    pub span: std::ops::Range<usize>,
}

impl SettingsError {
    fn at(text: &str, span: std::ops::Range<usize>, message: String) -> Self {
        let (line, column) = place::of(text, &span);
        Self { line, column, message, span }
    }

    /// What to do next.
    pub fn help(&self) -> &'static str {
        "keys are `block`, `track`, `allow` (lists of IMEIs, TACs, ranges and IMEI+IMSI pairs), and `unknown`, `missing`, \
         `malformed`, `duplicate`, `failure` (allow, track, block, block-7 or retry), and `causes` (of these and of block and \
         retry: a reject cause, or a table of them by gsm, utran, lte and nr)"
    }
}

impl Settings {
    /// Reads a TOML file's text.
    ///
    /// # Errors
    /// It is no TOML, has an unknown key, or an entry that is none; with its place.
    pub fn from_toml(text: &str) -> Result<Self, SettingsError> {
        let written: Settings<Spanned<String>> = toml::from_str(text).map_err(|error| {
            let (span, message) = place::of_toml(&error);
            SettingsError::at(text, span, message)
        })?;
        let read = |entries: Vec<Spanned<String>>| {
            entries
                .into_iter()
                .map(|entry| {
                    Entry::parse(entry.get_ref())
                        .map_err(|error| SettingsError::at(text, entry.span(), error.to_string()))
                })
                .collect::<Result<Vec<Entry>, SettingsError>>()
        };
        let Settings { block, track, allow, unknown, missing, malformed, duplicate, failure, causes } = written;
        let (block, track, allow) = (read(block)?, read(track)?, read(allow)?);
        Ok(Self { block, track, allow, unknown, missing, malformed, duplicate, failure, causes })
    }

    /// The policies among them.
    pub fn policy(&self) -> Policy {
        Policy {
            unknown: self.unknown,
            missing: self.missing,
            malformed: self.malformed,
            duplicate: self.duplicate,
            failure: self.failure,
            causes: self.causes,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::register::Refusal;

    #[test]
    fn a_file_is_read_whole() {
        let settings = Settings::from_toml(
            "block = [\"00101700123456\", \"00101701\"]\nallow = [\"00101701000005+001010000000001\"]\nunknown = \"track\"\nmissing = \"block-7\"\n",
        )
        .unwrap();
        assert_eq!(settings.block.len(), 2);
        assert_eq!(
            (settings.unknown, settings.missing),
            (Action::Track, Action::BlockWith(Refusal::SERVICES_NOT_ALLOWED))
        );
    }

    #[test]
    fn an_error_has_its_place() {
        let says = |text: &str| Settings::from_toml(text).unwrap_err().to_string();
        insta::assert_snapshot!(says("# mine\nblock = [\"00101700\", \"0010170012\"]\n"), @"2:22: expected a TAC (8 digits), an IMEI (14 or 15) or an IMEISV (16), found 10 digits");
        insta::assert_snapshot!(says("blok = []\n"), @"1:1: unknown field `blok`, expected one of `block`, `track`, `allow`, `unknown`, `missing`, `malformed`, `duplicate`, `failure`, `causes`");
        insta::assert_snapshot!(says("unknown = \"reject\"\n"), @"1:11: unknown action `reject`, expected `allow`, `track`, `block`, `block-N` with a reject cause, or `retry`");
        insta::assert_snapshot!(says("block = [\"00101700\"\n"), @"1:20: unclosed array, expected `]`");
    }
}
