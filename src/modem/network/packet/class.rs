//! Which of both domains the modem serves at once: `+CGCLASS`.
//!
//! Source: 3GPP TS 27.007, clause 10.1.18.

use crate::modem::Modem;
use crate::modem::command::{Call, Entry, Reply};
use crate::modem::network::{Network, events};
use crate::wire::command::Form;

pub(super) const COMMANDS: &[Entry] = &[Entry::new("+CGCLASS", class)];

/// Every class of the standard.
const CLASSES: [&str; 4] = ["A", "B", "CG", "CC"];

/// `+CGCLASS=[<class>]`: CC has circuits only.
fn class(modem: &mut Modem, call: &Call<'_>) -> Reply {
    let known = modem.profile.network.show.classes.clone();
    match call.form() {
        Form::Read => {
            let class = modem.network.packet.class.clone().or_else(|| known.first().cloned()).unwrap_or_default();
            modem.inform(format_args!("+CGCLASS: \"{class}\""));
            Reply::Ok
        }
        Form::Test => {
            let list: Vec<String> = known.iter().map(|class| format!("\"{class}\"")).collect();
            modem.inform(format_args!("+CGCLASS: ({})", list.join(",")));
            Reply::Ok
        }
        Form::Set(parameters) => {
            let wanted = match parameters.text(0) {
                Ok(wanted) => wanted,
                Err(error) => return error.into(),
            };
            let first = known.first().cloned().unwrap_or_default();
            let wanted = wanted.map_or(first, |wanted| String::from_utf8_lossy(&wanted).to_ascii_uppercase());
            if parameters.len() > 1 || !known.contains(&wanted) || !CLASSES.contains(&wanted.as_str()) {
                return Reply::Malformed;
            }
            let circuits_only = wanted == "CC";
            modem.network.packet.class = Some(wanted);
            // The highest class is told where the modem itself, and not its host, changes it: a detach is its consequence.
            if circuits_only && modem.network.mobility.is_attached() {
                Network::input(modem, call.now, |mobility, scene| mobility.attach(scene, false));
                events::give(modem, "ME CLASS \"CC\"");
            }
            Reply::Ok
        }
        Form::Execute => Reply::Error,
    }
}
