//! Power saving mode: `+CPSMS`.
//!
//! Source: 3GPP TS 27.007, clause 7.38; TS 24.301, clause 5.3.11; TS 23.682, clause 4.5.4.

use super::Saving;
use super::profile::{SavingProfile, Timers};
use crate::modem::Modem;
use crate::modem::command::{Call, Entry, Reply};
use crate::wire::command::{Form, Parameters};
use crate::wire::values::{ActiveTime, PeriodicUpdate};

pub(super) const COMMANDS: &[Entry] = &[Entry::new("+CPSMS", setting)];

/// What the host wants of power saving mode.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Wanted {
    on: bool,
    /// `<Requested_Periodic-RAU>`, `<Requested_GPRS-READY-timer>`: GERAN and UTRAN, kept and shown.
    update: Option<PeriodicUpdate>,
    ready: Option<ActiveTime>,
    /// `<Requested_Periodic-TAU>`
    tau: Option<PeriodicUpdate>,
    /// `<Requested_Active-Time>`
    active: Option<ActiveTime>,
}

impl Wanted {
    /// The timers that the network grants, where it grants any.
    pub(super) fn granted(&self, profile: &SavingProfile) -> Option<Timers> {
        let periodic = |text: &str| PeriodicUpdate::parse(text.as_bytes());
        let active = |text: &str| ActiveTime::parse(text.as_bytes());
        let timers = Timers {
            tau: periodic(&profile.granted_tau).or(self.tau).or_else(|| periodic(&profile.tau))?,
            active: active(&profile.granted_active).or(self.active).or_else(|| active(&profile.active))?,
        };
        // TS 24.301, clause 5.3.11: without an active time there is no power saving mode.
        (self.on && profile.psm && timers.active.seconds().is_some()).then_some(timers)
    }
}

/// `+CPSMS=[<mode>[,<RAU>[,<READY>[,<TAU>[,<active>]]]]]`: 0 off, 1 on; without a mode, or with 2, off and forgotten.
fn setting(modem: &mut Modem, call: &Call<'_>) -> Reply {
    match call.form() {
        Form::Read => {
            let Wanted { on, update, ready, tau, active } = modem.network.saving.wanted.clone();
            let periodic =
                |timer: Option<PeriodicUpdate>| timer.map_or_else(String::new, |timer| format!("\"{timer}\""));
            let short = |timer: Option<ActiveTime>| timer.map_or_else(String::new, |timer| format!("\"{timer}\""));
            let (update, ready, tau, active) = (periodic(update), short(ready), periodic(tau), short(active));
            modem.inform(format_args!("+CPSMS: {},{update},{ready},{tau},{active}", u8::from(on)));
            Reply::Ok
        }
        Form::Test => {
            let range = "(\"00000000\"-\"11111111\")";
            modem.inform(format_args!("+CPSMS: (0-2),{range},{range},{range},{range}"));
            Reply::Ok
        }
        Form::Set(parameters) => match read(&modem.network.saving.wanted, &parameters) {
            Ok(wanted) => {
                let other = std::mem::replace(&mut modem.network.saving.wanted, wanted.clone()) != wanted;
                if other {
                    Saving::asked(modem, call.now);
                }
                Reply::Ok
            }
            Err(reply) => reply,
        },
        Form::Execute => Reply::Error,
    }
}

fn read(before: &Wanted, parameters: &Parameters<'_>) -> Result<Wanted, Reply> {
    let mode = parameters.number::<u8>(0)?;
    if parameters.len() > 5 {
        return Err(Reply::Malformed);
    }
    let on = match mode {
        None | Some(2) => return Ok(Wanted::default()),
        Some(mode @ (0 | 1)) => mode == 1,
        Some(_) => return Err(Reply::Malformed),
    };
    let periodic = |index| match parameters.text(index)? {
        None => Ok(None),
        Some(bits) => PeriodicUpdate::parse(&bits).map(Some).ok_or(Reply::Malformed),
    };
    let short = |index| match parameters.text(index)? {
        None => Ok(None),
        Some(bits) => ActiveTime::parse(&bits).map(Some).ok_or(Reply::Malformed),
    };
    Ok(Wanted {
        on,
        update: periodic(1)?.or(before.update),
        ready: short(2)?.or(before.ready),
        tau: periodic(3)?.or(before.tau),
        active: short(4)?.or(before.active),
    })
}
