//! Indicators of the network: `+CIND`, `+CMER`, `+CIEV`.
//!
//! Views of the same state as everything else here; which of them is reported is each port's own choice. Of the indicators that TS 27.007 names there are those that this
//! modem can tell: charge, signal, service, call, roaming, message store full.
//!
//! Source: 3GPP TS 27.007, clauses 8.9 and 8.10.

use std::collections::VecDeque;

use super::service::Service;
use crate::modem::command::{Call, Entry, Reply};
use crate::modem::{Messages, Modem, Setting};
use crate::wire::command::{Form, Parameters};
use crate::wire::values::Domain;

pub(super) const COMMANDS: &[Entry] = &[Entry::new("+CIND", indicators), Entry::new("+CMER", reporting)];

/// What each is called, and its highest value.
const INDICATORS: [(&str, u8); 6] =
    [("battchg", 5), ("signal", 5), ("service", 1), ("call", 1), ("roam", 1), ("smsfull", 1)];

type Values = [u8; INDICATORS.len()];

/// How many changes are kept for a port that asks for them; the oldest goes first.
const KEPT: usize = 16;

/// What was last, and which changes were since somebody asked for reports.
#[derive(Debug, Default)]
pub(super) struct Indicators {
    shown: Values,
    /// Indicator, from 0, and value.
    kept: VecDeque<(usize, u8)>,
}

impl Indicators {
    /// Nothing has changed yet.
    pub(super) fn of(modem: &Modem) -> Self {
        Self { shown: values(modem), kept: VecDeque::new() }
    }
}

/// The values of now.
fn values(modem: &Modem) -> Values {
    let mobility = &modem.network.mobility;
    let [_, charge] = modem.profile.equipment.battery;
    let roams = Domain::ALL.into_iter().any(|domain| mobility.registration(domain).name() == "roaming");
    // Five steps over the range of +CSQ, -113 to -51 dBm; anything that is received is at least one.
    let signal = mobility.level().map_or(0, |level| (level.clamp(-113, -51) + 113) / 13 + 1);
    [
        charge.min(100) / 20,
        u8::try_from(signal).unwrap_or(5).min(5),
        u8::from(mobility.service() == Service::Full),
        u8::from(matches!(modem.calls.word(), "voice" | "data")),
        u8::from(roams),
        u8::from(Messages::is_full(modem)),
    ]
}

/// Reports what has changed, on each port that wants it: `+CIEV: <ind>,<value>`.
pub(super) fn give(modem: &mut Modem) {
    let now = values(modem);
    let before = std::mem::replace(&mut modem.network.indicators.shown, now);
    for (index, (before, now)) in before.into_iter().zip(now).enumerate() {
        if before == now {
            continue;
        }
        let kept = &mut modem.network.indicators.kept;
        if kept.len() == KEPT {
            kept.pop_front();
        }
        kept.push_back((index, now));
        modem.tell(|modem| {
            let reports = match modem.setting(Setting::IndicatorMode) {
                0 => false,
                1 => !modem.is_online(),
                _ => true,
            };
            (reports && is_wanted(modem, index)).then(|| line(index, now))
        });
    }
}

/// Whether the port that is served wants this indicator.
fn is_wanted(modem: &Modem, index: usize) -> bool {
    modem.setting(Setting::IndicatorReport) != 0 && modem.setting(Setting::IndicatorsWanted) & 1 << index != 0
}

fn line(index: usize, value: u8) -> String {
    format!("+CIEV: {},{value}", index + 1)
}

/// `+CIND=[<ind>[,<ind>…]]`: which of them `+CMER` reports.
fn indicators(modem: &mut Modem, call: &Call<'_>) -> Reply {
    match call.form() {
        Form::Read => {
            let values = values(modem).map(|value| value.to_string());
            modem.inform(format_args!("+CIND: {}", values.join(",")));
            Reply::Ok
        }
        Form::Test => {
            let known = INDICATORS.map(|(name, highest)| {
                if highest == 1 { format!("(\"{name}\",(0,1))") } else { format!("(\"{name}\",(0-{highest}))") }
            });
            modem.inform(format_args!("+CIND: {}", known.join(",")));
            Reply::Ok
        }
        Form::Set(parameters) => {
            if parameters.len() > INDICATORS.len() {
                return Reply::Malformed;
            }
            let mut wanted = modem.setting(Setting::IndicatorsWanted);
            for index in 0..INDICATORS.len() {
                match parameters.number::<u8>(index) {
                    Ok(Some(1)) => wanted |= 1 << index,
                    Ok(Some(0)) => wanted &= !(1 << index),
                    Ok(None) => {}
                    Ok(Some(_)) => return Reply::Malformed,
                    Err(error) => return error.into(),
                }
            }
            modem.set(Setting::IndicatorsWanted, wanted);
            Reply::Ok
        }
        Form::Execute => Reply::Error,
    }
}

/// `+CMER=[<mode>[,<keyp>[,<disp>[,<ind>[,<bfr>]]]]]`: `<ind>` 1 and 2 report indicators; there are neither keys nor a
/// display. `<mode>` 0 keeps changes, 1 discards them while the line carries data, 2 and 3 give them afterwards. `<bfr>`: what
/// was kept is 0 forgotten, 1 given when `<mode>` becomes 1 to 3.
fn reporting(modem: &mut Modem, call: &Call<'_>) -> Reply {
    match call.form() {
        Form::Read => {
            let [mode, report, buffer] = SETTINGS.map(|setting| modem.setting(setting));
            modem.inform(format_args!("+CMER: {mode},0,0,{report},{buffer}"));
            Reply::Ok
        }
        Form::Test => {
            let profile = modem.profile.clone();
            let [mode, report, buffer] = SETTINGS.map(|setting| &profile.settings.of(setting).values);
            modem.inform(format_args!("+CMER: ({mode}),(0),(0),({report}),({buffer})"));
            Reply::Ok
        }
        Form::Set(parameters) => match wanted(modem, &parameters) {
            Ok([mode, report, buffer]) => {
                for (setting, value) in SETTINGS.into_iter().zip([mode, report, buffer]) {
                    modem.set(setting, value);
                }
                if mode != 0 {
                    let kept = std::mem::take(&mut modem.network.indicators.kept);
                    for (index, value) in kept.into_iter().filter(|_| buffer == 1) {
                        if is_wanted(modem, index) {
                            modem.unsolicited_here(line(index, value));
                        }
                    }
                }
                Reply::Ok
            }
            Err(reply) => reply,
        },
        Form::Execute => Reply::Error,
    }
}

/// `<mode>`, `<ind>` and `<bfr>` of `+CMER`.
const SETTINGS: [Setting; 3] = [Setting::IndicatorMode, Setting::IndicatorReport, Setting::IndicatorBuffer];

fn wanted(modem: &Modem, parameters: &Parameters<'_>) -> Result<[u32; 3], Reply> {
    let mut reporting = [0; 5];
    if parameters.len() > reporting.len() {
        return Err(Reply::Malformed);
    }
    for (index, value) in reporting.iter_mut().enumerate() {
        *value = parameters.number::<u32>(index)?.unwrap_or(0);
    }
    let [mode, keys, display, report, buffer] = reporting;
    let fits = SETTINGS.into_iter().zip([mode, report, buffer]);
    let fits = fits.into_iter().all(|(setting, value)| modem.profile.settings.of(setting).values.contain(value));
    if fits && keys == 0 && display == 0 { Ok([mode, report, buffer]) } else { Err(Reply::Malformed) }
}
