//! Who sees whose number: `+CLIP`, `+CLIR`, `+COLP`, `+CDIP`, `+CNAP`.
//!
//! The read form asks the network too whether the subscriber has the service; without a network it is not known.
//!
//! Source: 3GPP TS 27.007, clauses 7.6 to 7.9 and 7.30; TS 22.081.

use crate::modem::command::{Call, Entry, Reply};
use crate::modem::{Modem, Setting};
use crate::wire::command::Form;

pub(super) const COMMANDS: &[Entry] = &[
    Entry::new("+CLIP", |modem, call| {
        let provision = modem.profile.call.clip;
        presentation(modem, call, "+CLIP", Setting::CallerShown, provision)
    }),
    Entry::new("+CLIR", |modem, call| {
        let provision = modem.profile.call.clir;
        presentation(modem, call, "+CLIR", Setting::CallerHidden, provision)
    }),
    Entry::new("+COLP", |modem, call| {
        let provision = modem.profile.call.colp;
        presentation(modem, call, "+COLP", Setting::ConnectedShown, provision)
    }),
    Entry::new("+CDIP", |modem, call| {
        let provision = modem.profile.call.cdip;
        presentation(modem, call, "+CDIP", Setting::CalledShown, provision)
    }),
    Entry::new("+CNAP", |modem, call| {
        let provision = modem.profile.call.cnap;
        presentation(modem, call, "+CNAP", Setting::NameShown, provision)
    }),
];

/// `<m>` where nobody can be asked.
const UNKNOWN: u8 = 2;

/// Sets `<n>`; reads it and `<m>`, what the network has.
fn presentation(modem: &mut Modem, call: &Call<'_>, name: &str, setting: Setting, provision: u8) -> Reply {
    match call.form() {
        Form::Read => {
            let shown = modem.setting(setting);
            let provision = if modem.network.serves_voice() { provision } else { UNKNOWN };
            modem.inform(format_args!("{name}: {shown},{provision}"));
            Reply::Ok
        }
        Form::Test | Form::Set(_) | Form::Execute => modem.number_setting(call, name, setting),
    }
}
