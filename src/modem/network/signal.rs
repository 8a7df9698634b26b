//! What the antenna receives: `+CSQ`, `+CESQ`.
//!
//! One level, the RSSI in dBm, is behind both. The strengths of `+CESQ` are what a fully loaded cell of the technology's
//! usual width has at that RSSI: per resource element for E-UTRA and NR, 8 dB of noise and neighbours for UTRA.
//!
//! Source: 3GPP TS 27.007, clauses 8.5 and 8.69; TS 36.214, clauses 5.1.1 and 5.1.3.

use super::domain::Tech;
use super::mobility::Mobility;
use crate::modem::Modem;
use crate::modem::command::{Call, Entry, Reply};
use crate::wire::command::Form;
use crate::wire::values::{ExtendedSignal, SignalQuality};

pub(super) const COMMANDS: &[Entry] = &[Entry::new("+CSQ", quality), Entry::new("+CESQ", extended)];

/// RSRQ of a fully loaded cell, in tenths of a dB: one of the twelve resource elements of a block.
const LOADED_RSRQ: i16 = -108;

/// `+CSQ`: `+CSQ: <rssi>,<ber>`
fn quality(modem: &mut Modem, call: &Call<'_>) -> Reply {
    match call.form() {
        Form::Execute => {
            let quality = modem.network.mobility.level().map_or(SignalQuality::UNKNOWN, SignalQuality::from_dbm);
            modem.inform(format_args!("{quality}"));
            Reply::Ok
        }
        Form::Test => {
            modem.inform(format_args!("+CSQ: (0-31,99),(0-7,99)"));
            Reply::Ok
        }
        Form::Read | Form::Set(_) => Reply::Error,
    }
}

/// `+CESQ`: `+CESQ: <rxlev>,<ber>,<rscp>,<ecno>,<rsrq>,<rsrp>[,<ss_rsrq>,<ss_rsrp>,<ss_sinr>]`
fn extended(modem: &mut Modem, call: &Call<'_>) -> Reply {
    let with_nr = modem.profile.network.show.cesq_fields > 6;
    match call.form() {
        Form::Execute => {
            let signal = measured(&modem.network.mobility);
            let is_unknown_in_nr = [signal.ss_rsrq, signal.ss_rsrp, signal.ss_sinr] == [255; 3];
            let tail = if with_nr && is_unknown_in_nr { ",255,255,255" } else { "" };
            modem.inform(format_args!("{signal}{tail}"));
            Reply::Ok
        }
        Form::Test => {
            let tail = if with_nr { ",(0-126,255),(0-126,255),(0-127,255)" } else { "" };
            modem.inform(format_args!("+CESQ: (0-63,99),(0-7,99),(0-96,255),(0-49,255),(0-34,255),(0-97,255){tail}"));
            Reply::Ok
        }
        Form::Read | Form::Set(_) => Reply::Error,
    }
}

fn measured(mobility: &Mobility) -> ExtendedSignal {
    let (Some(level), Some(cell)) = (mobility.level(), mobility.serving()) else { return ExtendedSignal::UNKNOWN };
    let unknown = ExtendedSignal::UNKNOWN;
    // Resource elements of the whole width, in dB: 50, 6 and 1 blocks of twelve; 106 in NR.
    let lte = |width: i16| ExtendedSignal {
        rsrp: ExtendedSignal::rsrp_from_dbm(level.saturating_sub(width)),
        rsrq: ExtendedSignal::rsrq_from_decibels(LOADED_RSRQ),
        ..unknown
    };
    match cell.tech {
        Tech::Gsm => ExtendedSignal { rxlev: ExtendedSignal::rxlev_from_dbm(level), ..unknown },
        // Ec/N0 −8 dB is step 33.
        Tech::Utran => {
            ExtendedSignal { rscp: ExtendedSignal::rscp_from_dbm(level.saturating_sub(8)), ecno: 33, ..unknown }
        }
        Tech::Lte => lte(28),
        Tech::LteM => lte(19),
        Tech::NbIot => lte(11),
        // RSRQ −11 dB is step 65.
        Tech::Nr => ExtendedSignal {
            ss_rsrp: ExtendedSignal::ss_rsrp_from_dbm(level.saturating_sub(31)),
            ss_rsrq: 65,
            ..unknown
        },
    }
}
