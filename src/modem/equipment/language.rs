//! The language in which the equipment speaks to its user: `+CLAN`, and reports of its changes: `+CLAE`.
//!
//! Source: 3GPP TS 27.007, clauses 8.30 and 8.31; TS 31.102, clause 4.2.1 (the card's preferences).

use crate::modem::command::{Call, Entry, Reply};
use crate::modem::{Modem, Setting};
use crate::wire::command::Form;

pub(super) const COMMANDS: &[Entry] = &[
    Entry::new("+CLAN", language),
    Entry::new("+CLAE", |modem, call| modem.number_setting(call, "+CLAE", Setting::LanguageReport)),
];

/// As the card has it.
const AUTOMATIC: &str = "AUTO";

/// `+CLAN=<code>`, `+CLAN: <code>`: two letters, such as `"en"`.
fn language(modem: &mut Modem, call: &Call<'_>) -> Reply {
    let profile = modem.profile.clone();
    let known = &profile.equipment.languages;
    match call.form() {
        Form::Read => {
            let code = modem.encode(modem.language());
            modem.inform(format_args!("+CLAN: \"{code}\""));
            Reply::Ok
        }
        Form::Test => {
            let codes: Vec<String> = known
                .iter()
                .map(String::as_str)
                .chain([AUTOMATIC])
                .map(|code| format!("\"{}\"", modem.encode(code)))
                .collect();
            modem.inform(format_args!("+CLAN: ({})", codes.join(",")));
            Reply::Ok
        }
        Form::Set(parameters) => {
            let code = match parameters.text(0) {
                Ok(Some(code)) if parameters.len() == 1 => modem.decode(&code),
                Ok(_) | Err(_) => return Reply::Malformed,
            };
            let Some(code) = code else { return Reply::Malformed };
            let place = |code: &str| known.iter().position(|known| known.eq_ignore_ascii_case(code));
            let chosen = match code.eq_ignore_ascii_case(AUTOMATIC) {
                // What the card prefers, where the equipment speaks it; else its own first one.
                true => place(&profile.sim.language).unwrap_or(0),
                false => match place(&code) {
                    Some(place) => place,
                    None => return Reply::Malformed,
                },
            };
            if std::mem::replace(&mut modem.equipment.language, chosen) != chosen {
                modem.tell(|modem| {
                    let wanted = modem.setting(Setting::LanguageReport) == 1;
                    wanted.then(|| format!("+CLAV: \"{}\"", modem.encode(modem.language())))
                });
            }
            Reply::Ok
        }
        Form::Execute => Reply::Error,
    }
}

impl Modem {
    /// The code of the language that is set.
    fn language(&self) -> &str {
        self.profile.equipment.languages.get(self.equipment.language).map_or("", String::as_str)
    }
}
