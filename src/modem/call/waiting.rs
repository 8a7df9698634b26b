//! Calls that wait: `+CCWA`.
//!
//! Source: 3GPP TS 27.007, clause 7.12; TS 22.083, clause 1.

use super::services::Class;
use crate::modem::command::{Call, Entry, Reply};
use crate::modem::{Modem, Setting};
use crate::wire::command::{Form, Parameters};
use crate::wire::result::CmeError;

pub(super) const COMMANDS: &[Entry] = &[Entry::new("+CCWA", waiting)];

/// `+CCWA=[<n>[,<mode>[,<class>]]]`: whether it is shown; and of the network, off (0), on (1), or its state (2).
fn waiting(modem: &mut Modem, call: &Call<'_>) -> Reply {
    match call.form() {
        Form::Set(parameters) => set(modem, &parameters).unwrap_or_else(|reply| reply),
        Form::Read | Form::Test | Form::Execute => modem.number_setting(call, "+CCWA", Setting::WaitingShown),
    }
}

fn set(modem: &mut Modem, parameters: &Parameters<'_>) -> Result<Reply, Reply> {
    let shown = parameters.number::<u32>(0)?;
    let mode = parameters.number::<u8>(1)?;
    let class = Class(parameters.number::<u8>(2)?.unwrap_or(Class::USUAL.0));
    let known = shown.is_none_or(|shown| modem.profile.settings.of(Setting::WaitingShown).values.contain(shown));
    if !known || mode.is_some_and(|mode| mode > 2) || class.0 == 0 || parameters.len() > 3 {
        return Err(Reply::Malformed);
    }
    if mode.is_some() && !modem.network.serves_voice() {
        return Err(Reply::Cme(CmeError::new(modem.profile.network.show.no_network)));
    }
    if let Some(shown) = shown.or((mode.is_none()).then(|| modem.profile.settings.of(Setting::WaitingShown).default)) {
        modem.set(Setting::WaitingShown, shown);
    }
    match mode {
        Some(2) => {
            let on = Class(modem.services.waiting().0 & class.0);
            if on.0 == 0 {
                modem.inform(format_args!("+CCWA: 0,{}", class.0));
            }
            for (_, class) in on.each() {
                modem.inform(format_args!("+CCWA: 1,{class}"));
            }
        }
        Some(mode) => modem.services.set_waiting(class, mode == 1),
        None => {}
    }
    Ok(Reply::Ok)
}
