//! Settings of calls: what a data call rides on, how a number is written, how loud it is.
//!
//! Source: 3GPP TS 27.007, clauses 6.1 (`+CSTA`), 6.4 (`+CMOD`), 6.7 (`+CBST`), 6.8 (`+CRLP`), 6.11 (`+CRC`), 8.20
//! (`+CALM`), 8.21 (`+CRSL`), 8.23 (`+CLVL`), 8.24 (`+CMUT`).

use super::circuit::{Bearer, Stat};
use crate::modem::command::{Call, Entry, Reply};
use crate::modem::{Modem, Setting};
use crate::wire::command::{Form, Parameters};
use crate::wire::result::CmeError;

pub(super) const COMMANDS: &[Entry] = &[
    Entry::new("+CSTA", |modem, call| modem.number_setting(call, "+CSTA", Setting::AddressType)),
    Entry::new("+CMOD", |modem, call| modem.number_setting(call, "+CMOD", Setting::CallMode)),
    Entry::new("+CBST", |modem, call| {
        several(modem, call, "+CBST", &[Setting::BearerSpeed, Setting::BearerName, Setting::BearerElement])
    }),
    Entry::new("+CRLP", |modem, call| {
        let parts = [Setting::LinkDown, Setting::LinkUp, Setting::LinkTimer, Setting::LinkTries];
        several(modem, call, "+CRLP", &parts)
    }),
    Entry::new("+CRC", |modem, call| modem.number_setting(call, "+CRC", Setting::RingFormat)),
    Entry::new("+CALM", |modem, call| modem.number_setting(call, "+CALM", Setting::AlertMode)),
    Entry::new("+CRSL", |modem, call| modem.number_setting(call, "+CRSL", Setting::RingerLevel)),
    Entry::new("+CLVL", |modem, call| modem.number_setting(call, "+CLVL", Setting::SpeakerLevel)),
    Entry::new("+CMUT", mute),
];

/// `+CMUT=<n>`: only in a voice call is there something to mute.
fn mute(modem: &mut Modem, call: &Call<'_>) -> Reply {
    match call.form() {
        Form::Set(_) if !has_voice(modem) => Reply::Cme(CmeError::OPERATION_NOT_ALLOWED),
        Form::Set(_) | Form::Read | Form::Test | Form::Execute => modem.number_setting(call, "+CMUT", Setting::Muted),
    }
}

fn has_voice(modem: &Modem) -> bool {
    let stands = |stat: Stat| match stat {
        Stat::Active | Stat::Held | Stat::Alerting | Stat::Dialling => true,
        Stat::Incoming | Stat::Waiting => false,
    };
    modem.calls.circuit.iter().any(|call| call.bearer == Bearer::Voice && stands(call.stat))
}

/// A command of several numbers, each one a setting: an omitted one takes its default.
pub(super) fn several(modem: &mut Modem, call: &Call<'_>, name: &str, parts: &[Setting]) -> Reply {
    match call.form() {
        Form::Read => {
            let values: Vec<String> = parts.iter().map(|&part| modem.setting(part).to_string()).collect();
            modem.inform(format_args!("{name}: {}", values.join(",")));
            Reply::Ok
        }
        Form::Test => {
            let values = |&part: &Setting| format!("({})", modem.profile.settings.of(part).values);
            let values: Vec<String> = parts.iter().map(values).collect();
            modem.inform(format_args!("{name}: {}", values.join(",")));
            Reply::Ok
        }
        Form::Set(parameters) => match wanted(modem, &parameters, parts) {
            Ok(values) => {
                for (&part, value) in parts.iter().zip(values) {
                    modem.set(part, value);
                }
                Reply::Ok
            }
            Err(reply) => reply,
        },
        Form::Execute => Reply::Error,
    }
}

fn wanted(modem: &Modem, parameters: &Parameters<'_>, parts: &[Setting]) -> Result<Vec<u32>, Reply> {
    if parameters.len() > parts.len() {
        return Err(Reply::Malformed);
    }
    let value = |(index, &part): (usize, &Setting)| {
        let known = modem.profile.settings.of(part);
        let value = parameters.number::<u32>(index)?.unwrap_or(known.default);
        if known.values.contain(value) { Ok(value) } else { Err(Reply::Malformed) }
    };
    parts.iter().enumerate().map(value).collect()
}
