//! Short messages: their commands, the memories, and the service centre at the network's end.
//!
//! Knows 3GPP TS 27.005 (commands, both modes) and what TS 23.040 and TS 23.038 have a mobile do with a message that comes:
//! where it is stored, shown or acknowledged. PDUs are read and written by `wire::sms`. The service centre keeps what the
//! modem cannot take yet, stamps it by the modem's clock and reports what became of what was sent. Does not know other
//! modems: what is sent is an [`Effect::Message`](super::Effect::Message), and what comes is an [`Event`](super::Event).

mod centre;
mod entry;
mod indication;
mod memory;
mod profile;
mod reception;
mod sending;
mod service;
mod show;
mod store;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;

use super::command::Entry;
use super::sim::Sim;
use super::{Modem, Observed, Profile, Setting, Tick};
use crate::wire::result::{CmeError, CmsError};
use crate::wire::sms::{Address, TypeOfAddress, TypeOfNumber};

pub(super) use centre::{check, check_pdu};
pub(super) use entry::Writing;
pub use profile::{GivenUp, SmsProfile};
pub use store::Memory;

use centre::Centre;
use indication::Indications;
use reception::Unacknowledged;
use service::{Broadcast, Saved};
use store::{Stat, Store};

/// The commands of messages, topic by topic.
pub(super) const COMMANDS: &[&[Entry]] =
    &[service::COMMANDS, memory::COMMANDS, entry::COMMANDS, indication::COMMANDS, reception::COMMANDS];

/// What the modem, and its service centre, know of messages.
#[derive(Debug)]
pub(super) struct Messages {
    store: Store,
    centre: Centre,
    /// `+CSCA`. It stands on the card.
    service_centre: Option<Address>,
    /// TP-VP where `+CSMP.vp` is not relative: seven octets.
    validity: Option<[u8; 7]>,
    broadcast: Broadcast,
    /// What `+CSAS` has saved.
    saved: [Option<Box<Saved>>; service::PROFILES],
    /// The last TP-MR.
    reference: u8,
    /// Messages on their way to the service centre.
    outgoing: VecDeque<sending::Outgoing>,
    indications: Indications,
    /// Shown, and not acknowledged.
    unacknowledged: Option<Unacknowledged>,
    /// When `+CMMS=1` ends.
    more_until: Tick,
    tally: Tally,
}

/// What was sent and came so far.
#[derive(Debug, Default)]
struct Tally {
    sent: u32,
    received: u32,
    reports: u32,
    /// The other end's number and the text of the last one, either way.
    last: Option<(String, Option<String>)>,
    /// TP-ST of the last report.
    status: Option<u8>,
}

impl Messages {
    /// As the profile has it, before the first power-up. It outlives the modem's power.
    pub(super) fn new(profile: &Profile) -> Self {
        Self {
            store: Store::new(&profile.sms),
            centre: Centre::default(),
            service_centre: Address::number(&profile.sim.smsc).ok().filter(|centre| centre.digits() > 0),
            validity: None,
            broadcast: Broadcast::default(),
            saved: Default::default(),
            reference: 0,
            outgoing: VecDeque::new(),
            indications: Indications::default(),
            unacknowledged: None,
            more_until: Tick::ZERO,
            tally: Tally::default(),
        }
    }

    /// Called at power-up, after everything else.
    pub(super) fn power_on(modem: &mut Modem) {
        service::restore(modem, 0);
    }

    /// Called when the supply goes: what was shown and not acknowledged comes again, what was being sent does not leave.
    pub(super) fn power_off(modem: &mut Modem) {
        let own = &mut modem.messages;
        own.outgoing.clear();
        own.indications.forget();
        if let Some(shown) = own.unacknowledged.take() {
            own.centre.again(shown.pdu);
        }
    }

    /// When [`wake`](Self::wake) has work next.
    pub(super) fn deadline(&self) -> Option<Tick> {
        let outgoing = self.outgoing.front().map(|outgoing| outgoing.at);
        let shown = self.unacknowledged.as_ref().map(|shown| shown.until);
        [outgoing, shown, self.centre.deadline()].into_iter().flatten().min()
    }

    /// Called at every deadline of the modem: does what is due at `now`, and nothing if nothing is.
    pub(super) fn wake(modem: &mut Modem, now: Tick) {
        sending::due(modem, now);
        reception::due(modem, now);
        centre::due(modem, now);
    }

    /// Called when anything has happened: takes what waits in the service centre, as far as the modem can.
    pub(super) fn settle(modem: &mut Modem, now: Tick) {
        if !modem.messages.centre.is_empty() {
            reception::fetch(modem, now);
        }
    }

    /// The messages of the last memory that was named for them, less those that nobody can read now.
    pub(super) fn is_full(modem: &Modem) -> bool {
        modem.messages.store.is_full(memory(modem, Setting::ReceiveMemory))
    }

    /// What stands behind `sms.KEY` in a script's check: `sent`, `received`, `reports` (counted since the modem was made),
    /// `stored`, `unread` (in the memories together), `free` (in the one for what comes), `waiting` (in the service centre),
    /// `last.number`, `last.text` (of the last one that was sent or came), `last.status` (TP-ST of the last report), `reference` (the last
    /// TP-MR).
    pub(super) fn observe(modem: &Modem, key: &str) -> Option<Observed> {
        let own = &modem.messages;
        let count = |count: usize| Observed::from(u32::try_from(count).unwrap_or(u32::MAX));
        let last = own.tally.last.as_ref();
        Some(match key {
            "sent" => own.tally.sent.into(),
            "received" => own.tally.received.into(),
            "reports" => own.tally.reports.into(),
            "stored" => count(own.store.used(Memory::Both)),
            "unread" => {
                let places = own.store.places(Memory::Both).into_iter();
                let unread = |stored: &&store::Stored| stored.stat == Stat::Unread;
                count(places.filter_map(|place| own.store.message(place)).filter(unread).count())
            }
            "free" => {
                let memory = memory(modem, Setting::ReceiveMemory);
                count(own.store.size(memory).saturating_sub(own.store.used(memory)))
            }
            "waiting" => count(own.centre.waiting()),
            "last.number" => last.map(|(number, _)| number.as_str()).into(),
            "last.text" => last.and_then(|(_, text)| text.as_deref()).into(),
            "last.status" => own.tally.status.map(u32::from).into(),
            "reference" => u32::from(own.reference).into(),
            _ => return None,
        })
    }
}

/// The memory that a setting names.
fn memory(modem: &Modem, setting: Setting) -> Memory {
    let memories = &modem.profile.sms.memories;
    memories.get(modem.setting(setting) as usize).or(memories.first()).copied().unwrap_or(Memory::Equipment)
}

/// Asked before a memory is used: the card's is there only with the card.
///
/// # Errors
/// What is missing.
fn reachable(modem: &Modem, memory: Memory) -> Result<(), CmsError> {
    match memory {
        Memory::Sim | Memory::Both => card(modem),
        Memory::Equipment => Ok(()),
    }
}

/// Asked before the card is needed.
///
/// # Errors
/// What is missing: no card (310), PIN (311), PUK (316), busy (314), failure (313).
fn card(modem: &Modem) -> Result<(), CmsError> {
    Sim::ready(modem).map_err(|error| match error {
        CmeError::SIM_NOT_INSERTED => CmsError::SIM_NOT_INSERTED,
        CmeError::SIM_PIN_REQUIRED => CmsError::SIM_PIN_REQUIRED,
        CmeError::SIM_PUK_REQUIRED => CmsError::SIM_PUK_REQUIRED,
        CmeError::SIM_BUSY => CmsError::SIM_BUSY,
        _ => CmsError::SIM_FAILURE,
    })
}

/// Whether messages are text, and not PDUs.
fn is_text(modem: &Modem) -> bool {
    modem.setting(Setting::TextMode) != 0
}

/// What a wrong parameter is answered with, by the mode.
fn wrong(modem: &Modem) -> CmsError {
    if is_text(modem) { CmsError::INVALID_TEXT_MODE_PARAMETER } else { CmsError::INVALID_PDU_MODE_PARAMETER }
}

/// Sets a setting to a value that it may have; says whether it may.
fn set(modem: &mut Modem, setting: Setting, value: u32) -> bool {
    let may = modem.profile.settings.of(setting).values.contain(value);
    if may {
        modem.set(setting, value);
    }
    may
}

/// The text of a string in the character set of now; one that is not of it is taken as it stands, as hosts write numbers
/// whatever the set is.
fn number(modem: &Modem, string: &[u8], kind: Option<u8>) -> Option<Address> {
    let plain = std::str::from_utf8(string).ok().map(str::to_owned);
    let decoded = modem.decode(string).into_iter().chain(plain);
    let kind = kind.map(TypeOfAddress);
    let read = |text: String| {
        let address = match kind {
            Some(kind) if kind.number() == TypeOfNumber::Alphanumeric => Address::name(&text),
            Some(kind) => Address::of_type(kind, text.strip_prefix('+').unwrap_or(&text)),
            None => Address::number(&text),
        };
        address.ok().filter(|address| address.digits() > 0)
    };
    decoded.filter_map(read).next()
}
