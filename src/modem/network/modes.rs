//! The mode of operation in EPS, `+CEMODE`, and its half that is the usage setting, `+CEUS`.
//!
//! One number says both whether the modem wants circuit-switched services beside the packet ones in E-UTRAN, which the combined
//! attach brings, and whether voice or data matters more to it. It is the equipment's, and the same on every port.
//!
//! Source: 3GPP TS 27.007, clause 10.1.28; TS 24.301, clauses 4.3 (the modes) and 5.5.2.2 (IMSI detach).

use super::Network;
use crate::modem::command::{Call, Entry, Reply};
use crate::modem::{Modem, Setting};
use crate::wire::command::Form;

pub(super) const COMMANDS: &[Entry] = &[Entry::new("+CEMODE", mode), Entry::new("+CEUS", usage)];

/// PS mode 2: packets only, data centric.
const PS_2: u32 = 0;
/// CS/PS mode 1: both, voice centric.
const CS_PS_1: u32 = 1;
/// CS/PS mode 2: both, data centric.
const CS_PS_2: u32 = 2;
/// PS mode 1: packets only, voice centric.
const PS_1: u32 = 3;

/// Whether this mode has circuit-switched services in E-UTRAN.
pub(super) const fn has_circuits(mode: u32) -> bool {
    matches!(mode, CS_PS_1 | CS_PS_2)
}

/// `+CEMODE=[<mode>]`
fn mode(modem: &mut Modem, call: &Call<'_>) -> Reply {
    let reply = modem.number_setting(call, "+CEMODE", Setting::EpsMode);
    if reply == Reply::Ok && matches!(call.form(), Form::Set(_)) {
        apply(modem, call);
    }
    reply
}

/// `+CEUS=[<setting>]`: 0 voice centric, 1 data centric.
fn usage(modem: &mut Modem, call: &Call<'_>) -> Reply {
    let mode = modem.setting(Setting::EpsMode);
    match call.form() {
        Form::Read => {
            let setting = u8::from(matches!(mode, PS_2 | CS_PS_2));
            modem.inform(format_args!("+CEUS: {setting}"));
            Reply::Ok
        }
        Form::Test => {
            let known = |modes: [u32; 2]| modes.iter().any(|&mode| knows(modem, mode));
            let settings = match (known([CS_PS_1, PS_1]), known([CS_PS_2, PS_2])) {
                (true, true) => "0,1",
                (true, false) => "0",
                (false, _) => "1",
            };
            modem.inform(format_args!("+CEUS: ({settings})"));
            Reply::Ok
        }
        Form::Set(parameters) => {
            let wanted = match parameters.number::<u8>(0) {
                Ok(wanted) if parameters.len() <= 1 => wanted.unwrap_or(1),
                Ok(_) => return Reply::Malformed,
                Err(error) => return error.into(),
            };
            let mode = match (wanted, has_circuits(mode)) {
                (0, true) => CS_PS_1,
                (0, false) => PS_1,
                (1, true) => CS_PS_2,
                (1, false) => PS_2,
                (_, _) => return Reply::Malformed,
            };
            if !knows(modem, mode) {
                return Reply::Malformed;
            }
            modem.set(Setting::EpsMode, mode);
            apply(modem, call);
            Reply::Ok
        }
        Form::Execute => Reply::Error,
    }
}

fn knows(modem: &Modem, mode: u32) -> bool {
    modem.profile.settings.of(Setting::EpsMode).values.contain(mode)
}

fn apply(modem: &mut Modem, call: &Call<'_>) {
    let circuits = has_circuits(modem.setting(Setting::EpsMode));
    Network::input(modem, call.now, |mobility, scene| mobility.want_circuits(scene, circuits));
}
