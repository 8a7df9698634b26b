//! Messages that come: taken from the service centre, shown or stored, and acknowledged (`+CNMA`).
//!
//! Where a message goes is told by `<mt>` of `+CNMI`, by its class and by its protocol. One that finds no room, or nobody to
//! whom it can be shown, stays in the service centre. With `+CSMS=1` a message that `+CMT` or `+CDS` has shown is the host's to
//! acknowledge; no other one comes before. One that is not acknowledged in time stays too, and nothing is shown any more.
//!
//! Source: 3GPP TS 27.005, clauses 3.4.1, 3.4.4 and 4.7; TS 23.038, clause 4; TS 23.040, clause 9.2.3.9.

use super::indication::{Indication, indicate, is_reserved};
use super::store::{Memory, Place, Stat, Stored};
use super::{Writing, is_text, memory, reachable, set, wrong};
use crate::modem::command::{Call, Entry, Reply};
use crate::modem::network::Network;
use crate::modem::power::Supply;
use crate::modem::prompt::{Prompt, Purpose};
use crate::modem::{Modem, Setting, Tick};
use crate::wire::command::{Form, Parameters};
use crate::wire::result::CmsError;
use crate::wire::sms::{self, Deliver, Pdu, ProtocolId, StatusReport, Tpdu};
use crate::wire::text::MessageClass;

pub(super) const COMMANDS: &[Entry] = &[Entry::new("+CNMA", acknowledge)];

/// A message that was shown and that the host has not acknowledged.
#[derive(Debug)]
pub(super) struct Unacknowledged {
    pub(super) pdu: Vec<u8>,
    pub(super) until: Tick,
}

/// Takes what waits in the service centre, as far as the modem can take it.
pub(super) fn fetch(modem: &mut Modem, now: Tick) {
    // Any domain brings messages.
    if modem.supply != Supply::On || !Network::serves_messages(modem, u32::MAX) {
        return;
    }
    let mut full = None;
    while modem.messages.unacknowledged.is_none()
        && let Some(pdu) = modem.messages.centre.first(now).map(<[u8]>::to_vec)
    {
        full.get_or_insert_with(|| super::Messages::is_full(modem));
        let taken = match Pdu::decode(&pdu, sms::Way::ToMobile).map(|pdu| pdu.message) {
            Ok(Tpdu::Deliver(deliver)) => delivered(modem, now, &pdu, &deliver),
            Ok(Tpdu::StatusReport(report)) => reported(modem, now, &pdu, &report),
            // Nothing else was put there.
            Ok(Tpdu::DeliverReport(_) | Tpdu::Submit(_) | Tpdu::SubmitReport(_) | Tpdu::Command(_)) | Err(_) => true,
        };
        if !taken {
            break;
        }
        let apart = modem.profile.sms.apart.0;
        modem.messages.centre.taken(Some(now + apart).filter(|_| !apart.is_zero()));
    }
    if full.is_some_and(|full| full != super::Messages::is_full(modem)) {
        Network::indicate(modem);
    }
}

/// A message; says whether it was taken.
fn delivered(modem: &mut Modem, now: Tick, pdu: &[u8], deliver: &Deliver<'_>) -> bool {
    let coding = deliver.user_data.coding().reading();
    let kept_indication = coding.waiting.is_some_and(|waiting| waiting.stored);
    let way = |modem: &Modem| match (modem.setting(Setting::MessageIndication), coding.class) {
        (2, Some(MessageClass::Sim)) => Way::Kept,
        (2, _) if !kept_indication => Way::Shown { host: true },
        // Nothing here shows a flash message but the host, and it is not to be stored.
        (3, Some(MessageClass::Terminal | MessageClass::Flash)) => Way::Shown { host: true },
        (1, Some(MessageClass::Flash)) => Way::Shown { host: false },
        (0, _) => Way::Nowhere,
        (_, _) => Way::Kept,
    };
    let taken = match deliver.protocol {
        ProtocolId::TYPE_0 => true,
        _ => show(modem, now, pdu, false, &way).unwrap_or_else(|| keep(modem, pdu, deliver)),
    };
    if taken {
        let tally = &mut modem.messages.tally;
        tally.received = tally.received.saturating_add(1);
        tally.last = Some((deliver.originator.to_string(), deliver.user_data.text()));
    }
    taken
}

/// A status report; says whether it was taken.
fn reported(modem: &mut Modem, now: Tick, pdu: &[u8], report: &StatusReport<'_>) -> bool {
    let way = |modem: &Modem| match modem.setting(Setting::ReportIndication) {
        0 => Way::Nowhere,
        1 => Way::Shown { host: true },
        _ => Way::Kept,
    };
    let taken = show(modem, now, pdu, true, &way).unwrap_or_else(|| {
        let mut wanted = false;
        modem.at_each(|modem| wanted |= way(modem) == Way::Kept);
        let memory = memory(modem, Setting::ReceiveMemory);
        match if wanted { put(modem, memory, pdu) } else { None } {
            Some(place) => {
                tell(modem, place, true);
                true
            }
            // Nobody wants it.
            None => !wanted,
        }
    });
    if taken {
        let tally = &mut modem.messages.tally;
        tally.reports = tally.reports.saturating_add(1);
        tally.status = Some(report.status.0);
    }
    taken
}

/// Where a message goes, as one port has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// It is shown there; `host`: it is the host's to acknowledge, where the service is that of phase 2+.
    Shown { host: bool },
    /// It is stored, and that is said there.
    Kept,
    /// It is stored, and nothing is said.
    Nowhere,
}

/// Shows a message on the ports that want it; says whether it was taken, or nothing where no port wants it.
fn show(modem: &mut Modem, now: Tick, pdu: &[u8], report: bool, way: &dyn Fn(&Modem) -> Way) -> Option<bool> {
    let (mut wanted, mut can, mut waits) = (false, false, false);
    modem.at_each(|modem| {
        if let Way::Shown { host } = way(modem) {
            wanted = true;
            if let Some(host) = is_shown(modem, host) {
                can = true;
                waits |= host;
            }
        }
    });
    if !can {
        return wanted.then_some(false);
    }
    if waits {
        let until = now + modem.profile.sms.acknowledge.0;
        modem.messages.unacknowledged = Some(Unacknowledged { pdu: pdu.to_vec(), until });
    }
    indicate(modem, &Indication::Direct { report, pdu: pdu.to_vec() }, |modem| match way(modem) {
        Way::Shown { host } => is_shown(modem, host).is_some(),
        Way::Kept | Way::Nowhere => false,
    });
    Some(true)
}

/// Whether the port can be shown a message now, and whether the host acknowledges it then.
fn is_shown(modem: &Modem, host: bool) -> Option<bool> {
    let host = host && modem.setting(Setting::MessageService) == 1;
    let reserved = is_reserved(modem);
    match modem.setting(Setting::IndicationMode) {
        // It could not be acknowledged while it is kept back.
        0 if host => None,
        1 if reserved => None,
        2 if host && reserved => None,
        _ => Some(host),
    }
}

/// Stores a message where its class has it, in the place of the one that it replaces.
///
/// Source: 3GPP TS 23.038, clause 4; TS 23.040, clause 9.2.3.9 (replace types).
fn keep(modem: &mut Modem, pdu: &[u8], deliver: &Deliver<'_>) -> bool {
    let named = memory(modem, Setting::ReceiveMemory);
    let class = deliver.user_data.coding().reading().class;
    let memories: &[Memory] = match (class, named) {
        (Some(MessageClass::Sim), _) => &[Memory::Sim],
        (Some(MessageClass::Equipment), Memory::Both) => &[Memory::Equipment, Memory::Sim],
        (Some(MessageClass::Equipment | MessageClass::Flash | MessageClass::Terminal) | None, named) => &[named],
    };
    let place = replaced(modem, deliver).filter(|place| reachable(modem, place.memory()).is_ok());
    let place = match place {
        Some(place) => {
            modem.messages.store.replace(place, Stored { stat: Stat::Unread, pdu: pdu.into() });
            Some(place)
        }
        None => memories.iter().find_map(|&memory| put(modem, memory, pdu)),
    };
    match place {
        Some(place) => {
            tell(modem, place, false);
            true
        }
        None => false,
    }
}

fn put(modem: &mut Modem, memory: Memory, pdu: &[u8]) -> Option<Place> {
    let stored = Stored { stat: Stat::Unread, pdu: pdu.into() };
    match reachable(modem, memory) {
        Ok(()) => modem.messages.store.put(memory, stored),
        Err(_) => None,
    }
}

fn tell(modem: &mut Modem, place: Place, report: bool) {
    let memory = place.memory();
    let index = modem.messages.store.index(memory, place);
    let setting = if report { Setting::ReportIndication } else { Setting::MessageIndication };
    // Of reports 1 is to see them at once, which is none that is stored.
    indicate(modem, &Indication::Stored { report, memory, index }, |modem| match modem.setting(setting) {
        0 => false,
        1 => !report,
        _ => true,
    });
}

/// The message of the same kind from the same sender.
fn replaced(modem: &Modem, deliver: &Deliver<'_>) -> Option<Place> {
    deliver.protocol.replaces()?;
    let store = &modem.messages.store;
    let same = |place: &Place| {
        let stored = store.message(*place).filter(|stored| stored.stat.is_received());
        match stored.and_then(|stored| super::show::read(&stored.pdu, stored.stat)).map(|pdu| pdu.message) {
            Some(Tpdu::Deliver(old)) => old.protocol == deliver.protocol && old.originator == deliver.originator,
            Some(
                Tpdu::DeliverReport(_)
                | Tpdu::Submit(_)
                | Tpdu::SubmitReport(_)
                | Tpdu::StatusReport(_)
                | Tpdu::Command(_),
            )
            | None => false,
        }
    };
    store.places(Memory::Both).into_iter().find(same)
}

/// Nobody has acknowledged the message in time: it comes again, and nothing is shown any more.
pub(super) fn due(modem: &mut Modem, now: Tick) {
    if modem.messages.unacknowledged.as_ref().is_some_and(|shown| shown.until <= now)
        && let Some(shown) = modem.messages.unacknowledged.take()
    {
        modem.at_each(|modem| {
            set(modem, Setting::MessageIndication, 0);
            set(modem, Setting::ReportIndication, 0);
        });
        modem.messages.centre.again(shown.pdu);
    }
}

/// `+CNMA`, in PDU mode `+CNMA[=<n>[,<length>]]`: 0 and 1 the message is taken, 2 it is not; with a length a report is asked for.
fn acknowledge(modem: &mut Modem, call: &Call<'_>) -> Reply {
    match call.form() {
        Form::Execute => acknowledged(modem).unwrap_or_else(Reply::Cms),
        Form::Set(parameters) => with_report(modem, &parameters).unwrap_or_else(Reply::Cms),
        Form::Test => {
            if !is_text(modem) {
                modem.inform(format_args!("+CNMA: (0-2)"));
            }
            Reply::Ok
        }
        Form::Read => Reply::Error,
    }
}

fn with_report(modem: &mut Modem, parameters: &Parameters<'_>) -> Result<Reply, CmsError> {
    let kind = parameters.number::<u8>(0).map_err(|_| wrong(modem))?.unwrap_or(0);
    let length = parameters.number::<usize>(1).map_err(|_| wrong(modem))?;
    if is_text(modem) || kind > 2 || parameters.len() > 2 {
        return Err(wrong(modem));
    }
    match length {
        None | Some(0) => acknowledged(modem),
        Some(_) if modem.messages.unacknowledged.is_none() => Err(CmsError::NO_ACKNOWLEDGEMENT_EXPECTED),
        // TP-UD of a report is at most 159 octets long (TS 23.040, clause 9.2.2.1a).
        Some(length) if kind > 0 && length <= 164 => {
            Ok(Reply::Prompt(Prompt::text(Purpose::Message(Writing::Acknowledge(length)))))
        }
        Some(_) => Err(wrong(modem)),
    }
}

/// The host has acknowledged the message that was shown. One that it does not take is not brought again.
pub(super) fn acknowledged(modem: &mut Modem) -> Result<Reply, CmsError> {
    match modem.messages.unacknowledged.take() {
        Some(_) => Ok(Reply::Ok),
        None => Err(CmsError::NO_ACKNOWLEDGEMENT_EXPECTED),
    }
}
