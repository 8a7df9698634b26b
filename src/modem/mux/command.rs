//! `+CMUX`: from AT commands to frames.
//!
//! Source: 3GPP TS 27.007, clause 5.7.

use super::link::Link;
use crate::modem::Modem;
use crate::modem::command::{Call, Entry, Reply};
use crate::modem::exchange::Then;
use crate::modem::terminal::Kind;
use crate::wire::command::{Form, Parameters};
use crate::wire::mux::Framing;
use crate::wire::result::CmeError;

pub(in crate::modem) const COMMANDS: &[&[Entry]] = &[&[Entry::new("+CMUX", multiplex)]];

/// What `+CMUX` sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::modem) struct Settings {
    pub(super) framing: Framing,
    /// `<port_speed>`: kept and shown.
    speed: u8,
    /// N1
    pub(super) longest: u16,
    /// T1, N2, T2, T3: of retransmission, which is the opening side's; kept and shown.
    timers: [u8; 4],
    /// k: of error recovery mode, which is not there; kept and shown.
    window: u8,
}

impl Settings {
    /// The standard's defaults. N1 is 31 with the basic option, 64 with the advanced one.
    const fn new(framing: Framing) -> Self {
        let longest = match framing {
            Framing::Basic => 31,
            Framing::Advanced => 64,
        };
        Self { framing, speed: 5, longest, timers: [10, 3, 30, 10], window: 2 }
    }

    fn mode(self) -> u8 {
        match self.framing {
            Framing::Basic => 0,
            Framing::Advanced => 1,
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self::new(Framing::Basic)
    }
}

/// `+CMUX=<transparency>[,<subset>[,<port_speed>[,<N1>[,<T1>[,<N2>[,<T2>[,<T3>[,<k>]]]]]]]]`
fn multiplex(modem: &mut Modem, call: &Call<'_>) -> Reply {
    match call.form() {
        Form::Test => {
            let modes = modem.profile.mux.modes.clone();
            modem.inform(format_args!("+CMUX: ({modes}),(0),(1-6),(1-32768),(1-255),(0-100),(2-255),(1-255),(1-7)"));
            Reply::Ok
        }
        Form::Read => {
            let settings = modem.mux_settings;
            let Settings { speed, longest, timers: [t1, n2, t2, t3], window, .. } = settings;
            let mode = settings.mode();
            modem.inform(format_args!("+CMUX: {mode},0,{speed},{longest},{t1},{n2},{t2},{t3},{window}"));
            Reply::Ok
        }
        Form::Set(parameters) => match settings(modem, &parameters) {
            // A channel is not multiplexed once more.
            Ok(_) if modem.terminal.kind != Kind::Line => Reply::Cme(CmeError::OPERATION_NOT_ALLOWED),
            Ok(settings) => {
                modem.mux_settings = settings;
                modem.then(Then::Multiplex);
                Reply::Ok
            }
            Err(reply) => reply,
        },
        Form::Execute => Reply::Error,
    }
}

fn settings(modem: &Modem, parameters: &Parameters<'_>) -> Result<Settings, Reply> {
    let mode = parameters.required::<u8>(0)?;
    let framing = match mode {
        0 => Framing::Basic,
        1 => Framing::Advanced,
        _ => return Err(Reply::Malformed),
    };
    if !modem.profile.mux.modes.contain(mode.into()) || parameters.len() > 9 {
        return Err(Reply::Malformed);
    }
    let within = |index: usize, low: u16, high: u16, default: u16| match parameters.number::<u16>(index)? {
        None => Ok(default),
        Some(value) if (low..=high).contains(&value) => Ok(value),
        Some(_) => Err(Reply::Malformed),
    };
    let octet = |index: usize, low: u8, high: u8, default: u8| {
        within(index, low.into(), high.into(), default.into()).map(|value| u8::try_from(value).unwrap_or(default))
    };
    let usual = Settings::new(framing);
    // <subset>: UIH frames alone.
    octet(1, 0, 0, 0)?;
    let [t1, n2, t2, t3] = usual.timers;
    Ok(Settings {
        framing,
        speed: octet(2, 1, 6, usual.speed)?,
        longest: within(3, 1, 32_768, usual.longest)?.min(Link::LONGEST),
        timers: [octet(4, 1, 255, t1)?, octet(5, 0, 100, n2)?, octet(6, 2, 255, t2)?, octet(7, 1, 255, t3)?],
        window: octet(8, 1, 7, usual.window)?,
    })
}
