//! The character set of strings: `+CSCS`.
//!
//! Source: 3GPP TS 27.007, clause 5.5.

use std::fmt::Write as _;

use crate::modem::command::{Call, Entry, Reply};
use crate::modem::{Modem, Setting};
use crate::wire::command::Form;
use crate::wire::values::alphabet;

pub(super) const COMMANDS: &[Entry] = &[Entry::new("+CSCS", charset)];

/// `+CSCS=<chset>`
fn charset(modem: &mut Modem, call: &Call<'_>) -> Reply {
    let profile = modem.profile.clone();
    let known = &profile.equipment.charsets;
    match call.form() {
        Form::Read => {
            let name = modem.charset().to_owned();
            modem.inform(format_args!("+CSCS: \"{name}\""));
            Reply::Ok
        }
        Form::Test => {
            let names: Vec<String> = known.iter().map(|name| format!("\"{name}\"")).collect();
            modem.inform(format_args!("+CSCS: ({})", names.join(",")));
            Reply::Ok
        }
        Form::Set(parameters) => {
            let wanted = match parameters.text(0) {
                Ok(Some(text)) => text,
                Ok(None) | Err(_) => return Reply::Malformed,
            };
            // A host that has set UCS2 may write the next name in it too.
            let decoded = modem.decode(&wanted).unwrap_or_default();
            let named =
                |name: &String| name.as_bytes().eq_ignore_ascii_case(&wanted) || name.eq_ignore_ascii_case(&decoded);
            let place = known.iter().position(named);
            match place.and_then(|place| u32::try_from(place).ok()) {
                Some(place) if parameters.len() == 1 => {
                    modem.settings.set(Setting::Charset, place);
                    Reply::Ok
                }
                Some(_) | None => Reply::Malformed,
            }
        }
        Form::Execute => Reply::Error,
    }
}

impl Modem {
    /// The name of the character set that strings have now.
    pub(in crate::modem) fn charset(&self) -> &str {
        let place = self.setting(Setting::Charset) as usize;
        self.profile.equipment.charsets.get(place).map_or("GSM", String::as_str)
    }

    /// A string as it stands between quotes in the character set of now: names of operators, of phone book entries.
    ///
    /// `UCS2` is four hexadecimal digits a UTF-16 unit, `HEX` two a byte, `GSM` the septets of the default alphabet; in
    /// the others whatever is not ASCII is a question mark.
    pub(in crate::modem) fn encode(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        match self.charset() {
            "UCS2" => {
                for unit in text.encode_utf16() {
                    // Writing to a string does not fail.
                    let _ = write!(out, "{unit:04X}");
                }
            }
            "HEX" => {
                for char in text.chars() {
                    let _ = write!(out, "{:02X}", u8::try_from(char).unwrap_or(b'?'));
                }
            }
            "UTF-8" | "UTF8" => out.push_str(text),
            // Septets are below 128, so that each is a character.
            "GSM" => out.extend(alphabet::to_septets(text).into_iter().map(char::from)),
            _ => out.extend(text.chars().map(|char| if char.is_ascii() { char } else { '?' })),
        }
        out
    }

    /// The text that a string from the DTE means in the character set of now; `None` where it is none.
    pub(in crate::modem) fn decode(&self, string: &[u8]) -> Option<String> {
        let hexadecimal = |digits: &[u8], width: usize| -> Option<Vec<u16>> {
            let text = std::str::from_utf8(digits).ok().filter(|text| text.len() % width == 0 && text.is_ascii())?;
            let units = text.as_bytes().chunks(width);
            units.map(|unit| u16::from_str_radix(std::str::from_utf8(unit).ok()?, 16).ok()).collect()
        };
        match self.charset() {
            "UCS2" => String::from_utf16(&hexadecimal(string, 4)?).ok(),
            "HEX" => hexadecimal(string, 2)?.into_iter().map(|unit| u8::try_from(unit).ok().map(char::from)).collect(),
            "GSM" if string.is_ascii() => alphabet::from_septets(string),
            _ => String::from_utf8(string.to_vec()).ok(),
        }
    }
}
