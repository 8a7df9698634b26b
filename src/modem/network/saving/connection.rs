//! The signalling connection: `+CSCON`.
//!
//! It comes with whatever is signalled or sent, and is released by the network after a time without traffic.
//!
//! Source: 3GPP TS 27.007, clause 10.1.30; TS 24.301, clause 5.3.1.

use crate::modem::command::{Call, Entry, Reply};
use crate::modem::network::Network;
use crate::modem::network::domain::Tech;
use crate::modem::{Modem, Setting, Tick};
use crate::wire::command::Form;

pub(super) const COMMANDS: &[Entry] = &[Entry::new("+CSCON", status)];

/// Whether there is a signalling connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Connection {
    /// There is none.
    #[default]
    Idle,
    /// There is one, until nothing was sent for long enough.
    Connected {
        /// Then the network releases it.
        until: Tick,
    },
}

impl Connection {
    pub(super) const fn until(self) -> Option<Tick> {
        match self {
            Self::Connected { until } => Some(until),
            Self::Idle => None,
        }
    }

    /// Its name where it is observed.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Connected { .. } => "connected",
        }
    }
}

/// `+CSCON=[<n>]`
fn status(modem: &mut Modem, call: &Call<'_>) -> Reply {
    match call.form() {
        Form::Read => {
            let n = modem.setting(Setting::ConnectionReport);
            let text = shown(&modem.network, n);
            modem.inform(format_args!("+CSCON: {n},{text}"));
            Reply::Ok
        }
        Form::Set(_) | Form::Test | Form::Execute => modem.number_setting(call, "+CSCON", Setting::ConnectionReport),
    }
}

/// Gives the unsolicited reports of a connection that came or went.
pub(super) fn give(modem: &mut Modem) {
    modem.tell(|modem| match modem.setting(Setting::ConnectionReport) {
        0 => None,
        n => Some(format!("+CSCON: {}", shown(&modem.network, n))),
    });
}

/// `<mode>[,<state>[,<access>]]`, as far as `<n>` shows it.
fn shown(network: &Network, n: u32) -> String {
    let connected = match network.saving.connection {
        Connection::Idle => return "0".to_owned(),
        Connection::Connected { .. } => 1,
    };
    // `<state>`: 3 Cell_DCH, 5 GERAN packet-switched, 7 E-UTRAN, 10 NG-RAN; `<access>`: 0 GERAN, 2 UTRAN FDD, 4 E-UTRAN FDD,
    // 5 NR.
    let (state, access) = match network.mobility.serving().map(|cell| cell.tech) {
        Some(Tech::Gsm) => (5, 0),
        Some(Tech::Utran) => (3, 2),
        None | Some(Tech::Lte | Tech::LteM | Tech::NbIot) => (7, 4),
        Some(Tech::Nr) => (10, 5),
    };
    match n {
        0 | 1 => connected.to_string(),
        2 => format!("{connected},{state}"),
        _ => format!("{connected},{state},{access}"),
    }
}
