//! The character set of strings: `+CSCS`.
//!
//! Source: 3GPP TS 27.007, clause 5.5.

use crate::modem::command::{Call, Entry, Reply};
use crate::modem::{Modem, Setting};
use crate::wire::command::Form;
use crate::wire::text::CharacterSet;

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
                    modem.set(Setting::Charset, place);
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
    /// Information text is kept as characters, so that of a set of eight bits only what is ASCII can stand there.
    pub(in crate::modem) fn encode(&self, text: &str) -> String {
        match self.character_set() {
            CharacterSet::Utf8 => text.to_owned(),
            set @ (CharacterSet::Gsm
            | CharacterSet::Ira
            | CharacterSet::Ucs2
            | CharacterSet::Hex
            | CharacterSet::Latin1
            | CharacterSet::Pccp437) => {
                let octets = set.encode(text);
                octets.into_iter().map(|octet| if octet.is_ascii() { char::from(octet) } else { '?' }).collect()
            }
        }
    }

    /// The same as octets, for what is not information text: none of the set's is lost.
    pub(in crate::modem) fn encode_octets(&self, text: &str) -> Vec<u8> {
        self.character_set().encode(text)
    }

    /// The text that a string from the DTE means in the character set of now; `None` where it is none.
    pub(in crate::modem) fn decode(&self, string: &[u8]) -> Option<String> {
        let decoded = self.character_set().decode(string).ok();
        // Hosts that never ask write names in UTF-8 whatever the set is.
        decoded.or_else(|| match self.character_set() {
            CharacterSet::Ucs2 | CharacterSet::Hex => None,
            CharacterSet::Gsm
            | CharacterSet::Ira
            | CharacterSet::Latin1
            | CharacterSet::Pccp437
            | CharacterSet::Utf8 => String::from_utf8(string.to_vec()).ok(),
        })
    }

    /// The set of that name; a name of the profile's own is taken for ASCII.
    fn character_set(&self) -> CharacterSet {
        CharacterSet::from_name(self.charset().as_bytes()).unwrap_or(CharacterSet::Ira)
    }
}
