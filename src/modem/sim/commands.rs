//! Commands that read who the card is: `+CIMI`, the ICCID in its many spellings, `+CUAD`.
//!
//! Source: 3GPP TS 27.007 clause 5.6 (`+CIMI`) and its `+CUAD`; the ICCID's commands are the makers' own.

use super::hexadecimal::Hexadecimal;
use super::image::Image;
use crate::identity::Iccid;
use crate::modem::command::{Call, Entry, Needs, Reply};
use crate::modem::{Modem, SimProfile};
use crate::wire::command::{Command, Form};
use crate::wire::result::CmeError;

pub(super) const COMMANDS: &[Entry] = &[
    Entry::new("+CIMI", imsi).needs(Needs::Sim),
    Entry::new("+CUAD", applications).needs(Needs::Card),
    Entry::new("+CCID", iccid).needs(Needs::Card).vendor(),
    Entry::new("+QCCID", iccid).needs(Needs::Card).vendor(),
    Entry::new("+ICCID", iccid).needs(Needs::Card).vendor(),
    Entry::new("+CICCID", iccid).needs(Needs::Card).vendor(),
    Entry::new("#CCID", iccid).needs(Needs::Card).vendor(),
    Entry::new("%XICCID", iccid).needs(Needs::Card).vendor(),
    Entry::new("^ICCID", iccid).needs(Needs::Card).vendor(),
    Entry::new("^SCID", iccid).needs(Needs::Card).vendor(),
    Entry::new("!ICCID", iccid).needs(Needs::Card).vendor(),
];

/// `+CIMI`: the IMSI, bare.
fn imsi(modem: &mut Modem, call: &Call<'_>) -> Reply {
    match call.form() {
        Form::Execute => {
            let imsi = modem.profile.sim.imsi.clone();
            modem.inform(format_args!("{imsi}"));
            Reply::Ok
        }
        Form::Test => Reply::Ok,
        Form::Read | Form::Set(_) => Reply::Unknown,
    }
}

/// The ICCID behind the command's own name, executed or read; `sim.iccid_bare` leaves the name out.
fn iccid(modem: &mut Modem, call: &Call<'_>) -> Reply {
    match call.form() {
        Form::Execute | Form::Read => {
            let text = iccid_text(&modem.profile.sim);
            if text.is_empty() {
                return Reply::Cme(CmeError::SIM_FAILURE);
            }
            match call.command {
                Command::Extended { .. } if modem.profile.sim.iccid_bare => modem.inform(format_args!("{text}")),
                Command::Extended { name, .. } if name.is("+CICCID") => modem.inform(format_args!("+ICCID: {text}")),
                Command::Extended { name, .. } => {
                    let name = String::from_utf8_lossy(name.as_bytes()).to_ascii_uppercase();
                    modem.inform(format_args!("{name}: {text}"));
                }
                Command::Basic { .. } | Command::SRegister { .. } | Command::Dial(_) => return Reply::Unknown,
            }
            Reply::Ok
        }
        Form::Test => Reply::Ok,
        Form::Set(_) => Reply::Unknown,
    }
}

/// The ICCID as this modem writes it: its digits, or all twenty nibbles with the F that fills them.
pub(super) fn iccid_text(sim: &SimProfile) -> String {
    match Iccid::parse(&sim.iccid) {
        Ok(iccid) if sim.iccid_filled => iccid.filled(),
        Ok(iccid) => iccid.to_string(),
        Err(_) => sim.iccid.clone(),
    }
}

/// `+CUAD`: the records of EF_DIR, one after the other.
fn applications(modem: &mut Modem, call: &Call<'_>) -> Reply {
    match call.form() {
        Form::Execute => {
            let Some(file) = Image::shared().at(&[0x2F00]) else { return Reply::Cme(CmeError::NOT_FOUND) };
            let octets = modem.sim.card.contents(&modem.profile.sim, file).into_owned();
            modem.inform(format_args!("+CUAD: {}", Hexadecimal(&octets)));
            Reply::Ok
        }
        Form::Test => Reply::Ok,
        Form::Read | Form::Set(_) => Reply::Unknown,
    }
}
