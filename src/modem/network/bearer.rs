//! What the packet services run over: the bearer, `+CPSB`, and IMS on top of it, `+CIREG` and `+CIREP`.
//!
//! Views of the registration: the bearer is that of the cell which serves an attached modem; the IMS is there where the network
//! has it and the modem is attached in E-UTRAN or NG-RAN. An unsolicited line comes when what it shows has changed.
//!
//! Source: 3GPP TS 27.007, clauses 7.29, 8.64 and 8.71.

use super::domain::Tech;
use crate::modem::command::{Call, Entry, Reply};
use crate::modem::{Modem, Setting};
use crate::wire::command::Form;

pub(super) const COMMANDS: &[Entry] =
    &[Entry::new("+CPSB", bearer), Entry::new("+CIREG", ims_registration), Entry::new("+CIREP", ims_reports)];

/// What was told last.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Carried {
    /// `<curr_bearer>`: 0 none, 1 GPRS, 2 EGPRS, 3 UMTS, 4 HSUPA, 5 HSDPA, 6 both, 7 EPS.
    bearer: u8,
    /// Registered in the IMS, which is also the network's offer of voice there.
    ims: bool,
}

/// Voice by RTP, of `<ext_info>`.
const VOICE: u32 = 1;

impl Carried {
    fn of(modem: &Modem) -> Self {
        let mobility = &modem.network.mobility;
        let cell = mobility.cell().filter(|_| mobility.is_attached());
        let bearer = match cell.map(|cell| cell.tech) {
            Some(Tech::Gsm) => 1,
            Some(Tech::Utran) => 3,
            Some(Tech::Lte | Tech::LteM | Tech::NbIot) => 7,
            // The clause has no number for NR.
            Some(Tech::Nr) | None => 0,
        };
        // IMS voice needs a bearer that NB-IoT has not.
        let carries = cell.is_some_and(|cell| matches!(cell.tech, Tech::Lte | Tech::LteM | Tech::Nr));
        Self { bearer, ims: carries && modem.profile.network.ims }
    }
}

/// `+CPSB=[<n>]`, `+CPSB: <n>,<curr_bearer>`
fn bearer(modem: &mut Modem, call: &Call<'_>) -> Reply {
    if call.form() != Form::Read {
        return modem.number_setting(call, "+CPSB", Setting::BearerReport);
    }
    let (n, bearer) = (modem.setting(Setting::BearerReport), Carried::of(modem).bearer);
    modem.inform(format_args!("+CPSB: {n},{bearer}"));
    Reply::Ok
}

/// `+CIREG=[<n>]`, `+CIREG: <n>,<reg_info>[,<ext_info>]`
fn ims_registration(modem: &mut Modem, call: &Call<'_>) -> Reply {
    if call.form() != Form::Read {
        return modem.number_setting(call, "+CIREG", Setting::ImsReport);
    }
    let (n, ims) = (modem.setting(Setting::ImsReport), Carried::of(modem).ims);
    let text = registration(ims, ims);
    modem.inform(format_args!("+CIREG: {n},{text}"));
    Reply::Ok
}

/// `+CIREP=[<reporting>]`, `+CIREP: <reporting>,<nwimsvops>`
fn ims_reports(modem: &mut Modem, call: &Call<'_>) -> Reply {
    if call.form() != Form::Read {
        return modem.number_setting(call, "+CIREP", Setting::ImsVoiceReport);
    }
    let (n, ims) = (modem.setting(Setting::ImsVoiceReport), u8::from(Carried::of(modem).ims));
    modem.inform(format_args!("+CIREP: {n},{ims}"));
    Reply::Ok
}

/// `<reg_info>[,<ext_info>]`
fn registration(ims: bool, extended: bool) -> String {
    let registered = u8::from(ims);
    if ims && extended { format!("{registered},{VOICE:X}") } else { registered.to_string() }
}

/// Tells what has changed.
pub(super) fn give(modem: &mut Modem) {
    let now = Carried::of(modem);
    let before = std::mem::replace(&mut modem.network.carried, now);
    if now.bearer != before.bearer {
        // As in the answer, <n> stands before it: so hosts read it.
        let text = format!("+CPSB: 1,{}", now.bearer);
        modem.tell(|modem| (modem.setting(Setting::BearerReport) == 1).then(|| text.clone()));
    }
    if now.ims != before.ims {
        modem.tell(|modem| match modem.setting(Setting::ImsReport) {
            0 => None,
            n => Some(format!("+CIREGU: {}", registration(now.ims, n == 2))),
        });
        let text = format!("+CIREPI: {}", u8::from(now.ims));
        modem.tell(|modem| (modem.setting(Setting::ImsVoiceReport) == 1).then(|| text.clone()));
    }
}
