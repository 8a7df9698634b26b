//! Indicators of the network: `+CIND`, `+CMER`, `+CIEV`.
//!
//! Views of the same state as everything else here. Of the indicators that TS 27.007 names there are those that this
//! modem can tell: charge, signal, service, call, roaming, message store full.
//!
//! Source: 3GPP TS 27.007, clauses 8.9 and 8.10.

use super::service::Service;
use crate::modem::Modem;
use crate::modem::command::{Call, Entry, Reply};
use crate::wire::command::{Form, Parameters};
use crate::wire::values::Domain;

pub(super) const COMMANDS: &[Entry] = &[Entry::new("+CIND", indicators), Entry::new("+CMER", reporting)];

/// What each is called, and its highest value.
const INDICATORS: [(&str, u8); 6] =
    [("battchg", 5), ("signal", 5), ("service", 1), ("call", 1), ("roam", 1), ("smsfull", 1)];

type Values = [u8; INDICATORS.len()];

/// Which indicators are reported, and what was reported last.
#[derive(Debug)]
pub(super) struct Indicators {
    /// `<mode>,<keyp>,<disp>,<ind>,<bfr>` of `+CMER`.
    reporting: [u8; 5],
    wanted: [bool; INDICATORS.len()],
    shown: Values,
}

impl Default for Indicators {
    fn default() -> Self {
        Self { reporting: [0; 5], wanted: [true; INDICATORS.len()], shown: [0; INDICATORS.len()] }
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
        0,
    ]
}

/// Reports what has changed: `+CIEV: <ind>,<value>`.
pub(super) fn give(modem: &mut Modem) {
    let now = values(modem);
    let own = &mut modem.network.indicators;
    let before = std::mem::replace(&mut own.shown, now);
    let ([mode, .., ind, _], wanted) = (own.reporting, own.wanted);
    if mode == 0 || ind == 0 {
        return;
    }
    for (index, (before, now)) in before.into_iter().zip(now).enumerate() {
        if before != now && wanted[index] {
            modem.unsolicited(format!("+CIEV: {},{now}", index + 1));
        }
    }
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
            let mut wanted = modem.network.indicators.wanted;
            if parameters.len() > wanted.len() {
                return Reply::Malformed;
            }
            for (index, wanted) in wanted.iter_mut().enumerate() {
                match parameters.number::<u8>(index) {
                    Ok(Some(bit @ (0 | 1))) => *wanted = bit == 1,
                    Ok(None) => {}
                    Ok(Some(_)) => return Reply::Malformed,
                    Err(error) => return error.into(),
                }
            }
            modem.network.indicators.wanted = wanted;
            Reply::Ok
        }
        Form::Execute => Reply::Error,
    }
}

/// `+CMER=[<mode>[,<keyp>[,<disp>[,<ind>[,<bfr>]]]]]`: `<ind>` 1 and 2 report indicators; there are neither keys nor a
/// display.
fn reporting(modem: &mut Modem, call: &Call<'_>) -> Reply {
    match call.form() {
        Form::Read => {
            let reporting = modem.network.indicators.reporting.map(|value| value.to_string());
            modem.inform(format_args!("+CMER: {}", reporting.join(",")));
            Reply::Ok
        }
        Form::Test => {
            modem.inform(format_args!("+CMER: (0-3),(0),(0),(0-2),(0,1)"));
            Reply::Ok
        }
        Form::Set(parameters) => match wanted(&parameters) {
            Ok(reporting) => {
                modem.network.indicators.shown = values(modem);
                modem.network.indicators.reporting = reporting;
                Reply::Ok
            }
            Err(reply) => reply,
        },
        Form::Execute => Reply::Error,
    }
}

fn wanted(parameters: &Parameters<'_>) -> Result<[u8; 5], Reply> {
    let highest = [3, 0, 0, 2, 1];
    let mut reporting = [0; 5];
    if parameters.len() > reporting.len() {
        return Err(Reply::Malformed);
    }
    for (index, value) in reporting.iter_mut().enumerate() {
        *value = parameters.number::<u8>(index)?.unwrap_or(0);
        if *value > highest[index] {
            return Err(Reply::Malformed);
        }
    }
    Ok(reporting)
}
