//! Events of the packet domain: `+CGEREP`, `+CGEV`.
//!
//! Source: 3GPP TS 27.007, clause 10.1.19.

use std::collections::{BTreeMap, VecDeque};
use std::fmt::Display;

use crate::modem::command::{Call, Entry, Reply};
use crate::modem::{AtPort, Mode, Modem, Setting};
use crate::wire::command::Form;

pub(super) const COMMANDS: &[Entry] = &[Entry::new("+CGEREP", reporting)];

/// How many events wait while they are not forwarded; the oldest goes first.
const LIMIT: usize = 8;

/// Events that were not forwarded, by the port that did not want them.
#[derive(Debug, Default)]
pub(super) struct Events {
    kept: BTreeMap<AtPort, VecDeque<String>>,
}

/// `+CGEREP=[<mode>[,<bfr>]]`: 0 keeps events, 1 discards them while the line carries data, 2 keeps them then. `<bfr>`: what
/// was kept is 0 forgotten, 1 given when `<mode>` becomes 1 or 2.
fn reporting(modem: &mut Modem, call: &Call<'_>) -> Reply {
    let profile = modem.profile.clone();
    let (modes, buffers) =
        (&profile.settings.of(Setting::EventReport).values, &profile.settings.of(Setting::EventBuffer).values);
    match call.form() {
        Form::Read => {
            let (mode, buffer) = (modem.setting(Setting::EventReport), modem.setting(Setting::EventBuffer));
            modem.inform(format_args!("+CGEREP: {mode},{buffer}"));
            Reply::Ok
        }
        Form::Test => {
            modem.inform(format_args!("+CGEREP: ({modes}),({buffers})"));
            Reply::Ok
        }
        Form::Set(parameters) => {
            let (mode, buffer) = match (parameters.number::<u32>(0), parameters.number::<u32>(1)) {
                (Ok(mode), Ok(buffer)) => (mode.unwrap_or(0), buffer.unwrap_or(0)),
                (Err(error), _) | (_, Err(error)) => return error.into(),
            };
            if parameters.len() > 2 || !modes.contain(mode) || !buffers.contain(buffer) {
                return Reply::Malformed;
            }
            modem.set(Setting::EventReport, mode);
            modem.set(Setting::EventBuffer, buffer);
            if mode != 0 {
                let kept = modem.network.events.kept.remove(&modem.terminal.port).unwrap_or_default();
                for event in kept.into_iter().filter(|_| buffer == 1) {
                    modem.unsolicited_here(event);
                }
            }
            Reply::Ok
        }
        Form::Execute => Reply::Error,
    }
}

/// Gives an event: `+CGEV: NW DETACH`.
pub(super) fn give(modem: &mut Modem, event: impl Display) {
    let line = format!("+CGEV: {event}");
    modem.at_each(|modem| match modem.setting(Setting::EventReport) {
        0 => {
            let kept = modem.network.events.kept.entry(modem.terminal.port).or_default();
            if kept.len() == LIMIT {
                kept.pop_front();
            }
            kept.push_back(line.clone());
        }
        1 if matches!(modem.terminal.mode, Mode::Online(_)) => {}
        _ => modem.unsolicited_here(line.clone()),
    });
}
