//! Who the equipment is: `+CGMI +CGMM +CGMR +CGSN`, their V.250 namesakes, `I`.
//!
//! These are the standard's shapes; a profile's `[commands]` says where a module writes them otherwise.
//!
//! Source: 3GPP TS 27.007, clauses 5.1 to 5.4; ITU-T V.250, clauses 6.1.3 to 6.1.7.

use crate::modem::command::{Call, Entry, Reply};
use crate::modem::{Modem, template};
use crate::wire::command::Form;

pub(super) const COMMANDS: &[Entry] = &[
    Entry::new("+CGMI", manufacturer),
    Entry::new("+CGMM", model),
    Entry::new("+CGMR", revision),
    Entry::new("+CGSN", serial_number),
    Entry::new("+GMI", manufacturer),
    Entry::new("+GMM", model),
    Entry::new("+GMR", revision),
    Entry::new("+GSN", global_serial_number),
    Entry::new("I", information),
];

fn manufacturer(modem: &mut Modem, call: &Call<'_>) -> Reply {
    text(modem, call, "{manufacturer}")
}

fn model(modem: &mut Modem, call: &Call<'_>) -> Reply {
    text(modem, call, "{model}")
}

fn revision(modem: &mut Modem, call: &Call<'_>) -> Reply {
    text(modem, call, "{revision}")
}

fn global_serial_number(modem: &mut Modem, call: &Call<'_>) -> Reply {
    text(modem, call, "{imei}")
}

/// A line of text, and a test form without values.
fn text(modem: &mut Modem, call: &Call<'_>, text: &str) -> Reply {
    match call.form() {
        Form::Execute => {
            say(modem, text);
            Reply::Ok
        }
        Form::Test => Reply::Ok,
        Form::Read | Form::Set(_) => Reply::Error,
    }
}

/// `+CGSN[=<snt>]`: 0 the serial number, 1 the IMEI, 2 the IMEISV, 3 the SVN.
///
/// Bare it is the serial number, which on most modules is the IMEI.
fn serial_number(modem: &mut Modem, call: &Call<'_>) -> Reply {
    let known = |snt: u32| modem.profile.equipment.cgsn.contain(snt);
    match call.form() {
        Form::Execute => say(modem, "{serial}"),
        Form::Test if modem.profile.equipment.cgsn.is_empty() => {}
        Form::Test => {
            let profile = modem.profile.clone();
            modem.inform(format_args!("+CGSN: ({})", profile.equipment.cgsn));
        }
        Form::Set(parameters) => match parameters.required::<u32>(0) {
            Ok(snt) if !known(snt) || parameters.len() != 1 => return Reply::Malformed,
            Ok(0) => say(modem, "{serial}"),
            Ok(1) => say(modem, "+CGSN: \"{imei}\""),
            Ok(2) => say(modem, "+CGSN: \"{imeisv}\""),
            Ok(3) => say(modem, "+CGSN: \"{svn}\""),
            Ok(_) => return Reply::Malformed,
            Err(error) => return error.into(),
        },
        Form::Read => return Reply::Error,
    }
    Reply::Ok
}

/// `I[<value>]`: what the profile has for this value; an empty text takes away what its base has.
fn information(modem: &mut Modem, call: &Call<'_>) -> Reply {
    let profile = modem.profile.clone();
    match profile.equipment.information.get(&call.number().to_string()).filter(|text| !text.is_empty()) {
        Some(text) => {
            say(modem, text);
            Reply::Ok
        }
        None => Reply::Error,
    }
}

fn say(modem: &mut Modem, text: &str) {
    let filled = template::fill(modem, text);
    modem.inform(format_args!("{filled}"));
}
