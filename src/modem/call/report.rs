//! What is said of calls: `+CLCC`, and the lines behind `RING`.
//!
//! Source: 3GPP TS 27.007, clauses 6.11 (`+CRC`), 7.6 (`+CLIP`), 7.8 (`+COLP`), 7.9 (`+CDIP`), 7.12 (`+CCWA`), 7.18
//! (`+CLCC`), 7.30 (`+CNAP`).

use super::circuit::{Bearer, Stat};
use super::services::Class;
use crate::modem::command::{Call, Entry, Reply};
use crate::modem::unsolicited::Urc;
use crate::modem::{Modem, Phonebook, Setting};
use crate::wire::command::Form;

pub(super) const COMMANDS: &[Entry] = &[Entry::new("+CLCC", current_calls)];

/// `+CLCC: <ccid>,<dir>,<stat>,<mode>,<mpty>[,<number>,<type>[,<alpha>]]`, a line for each call.
fn current_calls(modem: &mut Modem, call: &Call<'_>) -> Reply {
    match call.form() {
        Form::Execute => {
            let mut calls: Vec<_> = modem.calls.circuit.iter().cloned().collect();
            calls.sort_by_key(|call| call.id);
            for call in calls {
                let (id, dir, mode) = (call.id, u8::from(!call.outgoing), call.bearer.mode());
                let (stat, mpty) = (call.stat as u8, u8::from(call.multiparty));
                let party = &call.party;
                let name = modem.name_of(party);
                let alpha = if name.is_empty() { String::new() } else { format!(",\"{}\"", modem.encode(&name)) };
                let (number, kind) = (&party.number, party.kind());
                modem.inform(format_args!("+CLCC: {id},{dir},{stat},{mode},{mpty},\"{number}\",{kind}{alpha}"));
            }
            Reply::Ok
        }
        Form::Test => Reply::Ok,
        Form::Read | Form::Set(_) => Reply::Unknown,
    }
}

/// `RING`, or what `+CRC` has in its place, and the lines that tell who calls.
pub(in crate::modem) fn ring(modem: &mut Modem) {
    let Some(call) = modem.calls.circuit.first(&[Stat::Incoming]) else { return };
    let (bearer, party) = (call.bearer, call.party.clone());
    modem.tell(|modem| {
        Some(match (modem.setting(Setting::RingFormat), bearer) {
            (0, _) => Urc::Ring,
            (_, Bearer::Voice) => Urc::from("+CRING: VOICE"),
            // TS 27.007 clause 6.7: <ce> 0 is transparent, all else asks for the radio link protocol.
            (_, Bearer::Data) if modem.setting(Setting::BearerElement) == 0 => Urc::from("+CRING: ASYNC"),
            (_, Bearer::Data) => Urc::from("+CRING: REL ASYNC"),
        })
    });
    let profile = modem.profile.clone();
    let name = modem.name_of(&party);
    modem.tell(|modem| {
        (modem.setting(Setting::CallerShown) != 0).then(|| {
            // A network that does not give numbers gives this one neither: <CLI validity> 2.
            let shown = profile.call.clip != 0;
            let (number, kind, validity) =
                if shown { (party.number.as_str(), party.kind(), party.validity()) } else { ("", 128, 2) };
            let name = if shown { modem.encode(&name) } else { String::new() };
            profile
                .call
                .clip_line
                .replace("{number}", number)
                .replace("{type}", &kind.to_string())
                .replace("{validity}", &validity.to_string())
                .replace("{name}", &name)
        })
    });
    let own = profile.sim.msisdn.as_str();
    if profile.call.cdip == 1 && !own.is_empty() {
        let kind = if own.starts_with('+') { 145 } else { 129 };
        modem.tell(|modem| (modem.setting(Setting::CalledShown) != 0).then(|| format!("+CDIP: \"{own}\",{kind}")));
    }
    if profile.call.cnap == 1 && !party.name.is_empty() {
        modem.tell(|modem| {
            (modem.setting(Setting::NameShown) != 0).then(|| format!("+CNAP: \"{}\",0", modem.encode(&party.name)))
        });
    }
}

/// `+CCWA: <number>,<type>,<class>,[<alpha>],<CLI validity>`: a call waits.
pub(super) fn waiting(modem: &mut Modem, ticket: u32) {
    let Some(call) = modem.calls.circuit.find(ticket) else { return };
    let party = call.party.clone();
    let name = modem.name_of(&party);
    modem.tell(|modem| {
        (modem.setting(Setting::WaitingShown) != 0).then(|| {
            let (number, kind, validity) = (&party.number, party.kind(), party.validity());
            let (class, name) = (Class::VOICE.0, modem.encode(&name));
            format!("+CCWA: \"{number}\",{kind},{class},\"{name}\",{validity}")
        })
    });
}

/// `+COLP: <number>,<type>[,<subaddr>,<satype>[,<alpha>]]`: who has answered, where the host wants to know.
pub(super) fn connected(modem: &Modem, ticket: u32) -> Option<String> {
    let call = modem.calls.circuit.find(ticket)?;
    let wanted = modem.setting(Setting::ConnectedShown) != 0 && modem.profile.call.colp == 1;
    wanted.then(|| {
        let (number, kind) = (&call.party.number, call.party.kind());
        match Phonebook::name_of(modem, number).as_str() {
            "" => format!("+COLP: \"{number}\",{kind}"),
            name => format!("+COLP: \"{number}\",{kind},\"\",,\"{}\"", modem.encode(name)),
        }
    })
}
