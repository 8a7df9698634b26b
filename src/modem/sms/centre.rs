//! The service centre: what it keeps for the modem, and what it does with what the modem sends.
//!
//! It takes every message that is not in `sms.refused`, delivers it at once, and says so after `sms.report` to whoever asked
//! for a report, unless the modem's runner has said what became of it. A message to the modem's own number comes back.
//! What the modem cannot take, because it is away or its memory is full, waits, and comes in the order in which it came.
//!
//! Source: 3GPP TS 23.040, clauses 3.2.7 (messages waiting) and 3.2.9 (status reports).

use std::collections::VecDeque;

use crate::modem::outbox::Effect;
use crate::modem::sim::Sim;
use crate::modem::{Modem, Tick};
use crate::wire::sms::{
    Address, Command, CommandType, Outcome, Pdu, Reference, Splitting, Status, StatusReport, Submit, Timestamp, Tpdu,
    Way,
};

use super::Messages;

/// More than this does not wait: what comes later is lost.
const LIMIT: usize = 1024;

/// So many messages are remembered for what may still be asked about them.
const REMEMBERED: usize = 32;

/// The service centre, as far as this modem is concerned.
#[derive(Debug, Default)]
pub(super) struct Centre {
    /// For the modem, whole PDUs.
    queue: VecDeque<Vec<u8>>,
    /// The network still carries the one before: the next one comes then at the earliest.
    carries: Option<Tick>,
    /// From the modem, the last ones.
    sent: VecDeque<Sent>,
    /// The last ticket.
    ticket: u32,
    /// The number that the parts of the last long text shared.
    reference: u8,
}

/// A message that came from the modem.
#[derive(Debug)]
struct Sent {
    ticket: u32,
    /// The report on it.
    report: StatusReport<'static>,
    /// Whether the sender wants it.
    wanted: bool,
    /// When it goes out; `None`: it has.
    at: Option<Tick>,
}

impl Centre {
    pub(super) fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }

    /// How many messages wait for the modem.
    pub(super) fn waiting(&self) -> usize {
        self.queue.len()
    }

    /// The message that the modem gets next, once the network is free for it.
    pub(super) fn first(&self, now: Tick) -> Option<&[u8]> {
        self.queue.front().map(Vec::as_slice).filter(|_| self.carries.is_none_or(|until| until <= now))
    }

    /// The modem has taken it; the network is busy with it until then.
    pub(super) fn taken(&mut self, until: Option<Tick>) {
        self.queue.pop_front();
        self.carries = until;
    }

    /// The modem has not taken it after all.
    pub(super) fn again(&mut self, pdu: Vec<u8>) {
        self.queue.push_front(pdu);
    }

    pub(super) fn put(&mut self, pdu: Vec<u8>) {
        if self.queue.len() < LIMIT {
            self.queue.push_back(pdu);
        }
    }

    pub(super) fn deadline(&self) -> Option<Tick> {
        let carried = self.carries.filter(|_| !self.queue.is_empty());
        self.sent.iter().filter_map(|sent| sent.at).chain(carried).min()
    }

    fn remember(&mut self, sent: Sent) {
        if self.sent.len() == REMEMBERED {
            self.sent.pop_front();
        }
        self.sent.push_back(sent);
    }
}

/// Whether a text can come from there.
///
/// # Errors
/// What was expected and what came.
pub(in crate::modem) fn check(from: &str, text: &str) -> Result<(), String> {
    originator(from)?;
    Splitting::default().text(text).map(drop).map_err(|error| error.to_string())
}

/// Whether it is a message that a service centre sends.
///
/// # Errors
/// What was expected and what came.
pub(in crate::modem) fn check_pdu(pdu: &[u8]) -> Result<(), String> {
    match Pdu::decode(pdu, Way::ToMobile).map_err(|error| error.to_string())?.message {
        Tpdu::Deliver(_) | Tpdu::StatusReport(_) => Ok(()),
        Tpdu::DeliverReport(_) | Tpdu::Submit(_) | Tpdu::SubmitReport(_) | Tpdu::Command(_) => {
            Err("expected SMS-DELIVER or SMS-STATUS-REPORT, found another message".to_owned())
        }
    }
}

/// A number, or the name of a service.
fn originator(from: &str) -> Result<Address, String> {
    Address::number(from).or_else(|error| Address::name(from).map_err(|_| error.to_string()))
}

impl Messages {
    /// A text is sent to the modem: in the 7-bit alphabet where that has all of it, else in UCS2, in as many parts as it takes.
    pub(in crate::modem) fn incoming(modem: &mut Modem, now: Tick, from: &str, text: &str) {
        let time = timestamp(modem, now);
        let service_centre = modem.profile.sim.smsc.clone();
        let centre = &mut modem.messages.centre;
        centre.reference = centre.reference.wrapping_add(1);
        let splitting = Splitting { reference: Reference::Short(centre.reference), ..Splitting::default() };
        // Both were checked before, and what is neither is lost.
        let (Ok(originator), Ok(parts)) = (originator(from), splitting.text(text)) else { return };
        for user_data in parts {
            let deliver = crate::wire::sms::Deliver {
                more_messages: false,
                loops: false,
                report_indicated: false,
                reply_path: false,
                originator,
                protocol: crate::wire::sms::ProtocolId::PLAIN,
                time,
                user_data,
            };
            let pdu = Pdu { centre: Address::number(&service_centre).ok(), message: Tpdu::Deliver(deliver) };
            centre.put(pdu.encode());
        }
    }

    /// A message comes as another service centre sends it.
    pub(in crate::modem) fn incoming_pdu(modem: &mut Modem, pdu: Vec<u8>) {
        if check_pdu(&pdu).is_ok() {
            modem.messages.centre.put(pdu);
        }
    }

    /// The runner says what became of a message.
    pub(in crate::modem) fn reported(modem: &mut Modem, now: Tick, ticket: u32, status: u8) {
        let discharged = timestamp(modem, now);
        let centre = &mut modem.messages.centre;
        // A message whose report has gone out is done with, unless that one said that it was still being tried.
        let open = |sent: &&mut Sent| {
            sent.ticket == ticket && (sent.at.is_some() || sent.report.status.outcome() == Outcome::StillTrying)
        };
        if let Some(sent) = centre.sent.iter_mut().find(open) {
            sent.report.status = Status(status);
            sent.report.discharged = discharged;
            sent.at = Some(now);
        }
        due(modem, now);
    }
}

/// Gives out the reports that are due, and frees the network for the next message.
pub(super) fn due(modem: &mut Modem, now: Tick) {
    modem.messages.centre.carries.take_if(|until| *until <= now);
    while let Some(sent) = modem.messages.centre.sent.iter_mut().find(|sent| sent.at.is_some_and(|at| at <= now)) {
        sent.at = None;
        if sent.wanted {
            let report = sent.report.clone();
            put_report(modem, report);
        }
    }
}

fn put_report(modem: &mut Modem, report: StatusReport<'static>) {
    let centre = service_centre(modem);
    modem.messages.centre.put(Pdu { centre, message: Tpdu::StatusReport(report) }.encode());
}

impl Modem {
    /// The message of another modem's [`Effect::Message`], from this number, as this one's service centre delivers it at `now`; `None`:
    /// it is none that is delivered. It goes into [`Event::SmsPdu`](crate::modem::Event::SmsPdu).
    #[must_use]
    pub fn relayed(&self, now: Tick, from: &str, pdu: &[u8]) -> Option<Vec<u8>> {
        let originator = originator(from).ok()?;
        match Pdu::decode(pdu, Way::FromMobile).ok()?.message {
            Tpdu::Submit(submit) => {
                let deliver = submit.deliver(originator, timestamp(self, now));
                Some(Pdu { centre: service_centre(self), message: Tpdu::Deliver(deliver) }.encode())
            }
            Tpdu::Deliver(_)
            | Tpdu::DeliverReport(_)
            | Tpdu::SubmitReport(_)
            | Tpdu::StatusReport(_)
            | Tpdu::Command(_) => None,
        }
    }
}

fn service_centre(modem: &Modem) -> Option<Address> {
    Address::number(&modem.profile.sim.smsc).ok().filter(|centre| centre.digits() > 0)
}

/// Takes a message from the modem.
pub(super) fn take(modem: &mut Modem, now: Tick, pdu: &[u8]) {
    let Ok(Pdu { message, .. }) = Pdu::decode(pdu, Way::FromMobile) else { return };
    modem.messages.centre.ticket = modem.messages.centre.ticket.wrapping_add(1);
    let (to, text) = match &message {
        Tpdu::Submit(submit) => {
            submitted(modem, now, submit);
            (submit.destination.to_string(), submit.user_data.text())
        }
        Tpdu::Command(command) => {
            commanded(modem, now, command);
            (command.destination.to_string(), None)
        }
        Tpdu::Deliver(_) | Tpdu::DeliverReport(_) | Tpdu::SubmitReport(_) | Tpdu::StatusReport(_) => return,
    };
    let own = &mut modem.messages;
    own.tally.sent = own.tally.sent.saturating_add(1);
    own.tally.last = Some((to.clone(), text.clone()));
    let ticket = own.centre.ticket;
    let from = Sim::text(modem, "msisdn");
    modem.terminal.outbox.effect(Effect::Message { ticket, from, to, text, pdu: pdu.to_vec() });
}

fn submitted(modem: &mut Modem, now: Tick, submit: &Submit<'_>) {
    let profile = modem.profile.clone();
    let to = submit.destination.to_string();
    let status = Status(profile.sms.undelivered.get(&to).copied().unwrap_or(0));
    let (time, after) = (timestamp(modem, now), now + profile.sms.report.0);
    let report = submit.report(time, timestamp(modem, after), status);
    let ticket = modem.messages.centre.ticket;
    let wanted = submit.report_requested;
    modem.messages.centre.remember(Sent { ticket, report, wanted, at: Some(after) });
    let own = Sim::text(modem, "msisdn");
    if !own.is_empty()
        && own.trim_start_matches('+') == to.trim_start_matches('+')
        && status.outcome() == Outcome::Completed
        && let Ok(originator) = Address::number(&own)
    {
        let deliver = Tpdu::Deliver(submit.deliver(originator, time));
        let centre = service_centre(modem);
        modem.messages.centre.put(Pdu { centre, message: deliver }.encode());
    }
}

/// Source: 3GPP TS 23.040, clause 9.2.3.19.
fn commanded(modem: &mut Modem, now: Tick, command: &Command<'_>) {
    let time = timestamp(modem, now);
    let centre = &mut modem.messages.centre;
    let same = |sent: &&mut Sent| {
        sent.report.reference == command.message && sent.report.recipient.text() == command.destination.text()
    };
    let found = centre.sent.iter_mut().rev().find(same);
    // 49: there is no such message.
    let mut report = command.report(time, time, Status(0x49));
    match (found, command.kind) {
        (Some(sent), CommandType::CANCEL_REPORT) => sent.wanted = false,
        (Some(sent), CommandType::REQUEST_REPORT) => sent.wanted = true,
        // 47: the sender has deleted it.
        (Some(sent), CommandType::DELETE) if sent.at.is_some() => {
            sent.report.status = Status(0x47);
            report.status = Status(0x47);
        }
        (Some(sent), _) => report.status = sent.report.status,
        (None, _) => {}
    }
    if command.report_requested || command.kind == CommandType::ENQUIRE {
        put_report(modem, report);
    }
}

/// The modem's clock at `now`, as the network has it.
pub(super) fn timestamp(modem: &Modem, now: Tick) -> Timestamp {
    let text = modem.equipment.clock.text(now);
    let two = |at: usize| text.get(at..at + 2).and_then(|two| two.parse::<u8>().ok());
    let fields = [two(0), two(3), two(6), two(9), two(12), two(15)].map(|field| field.unwrap_or(0));
    let zone = text.get(17..).and_then(|zone| zone.parse::<i8>().ok()).unwrap_or(0);
    // A clock may be further away than a time stamp has digits for.
    Timestamp::new(fields, zone.clamp(-79, 79)).unwrap_or(Timestamp::NONE)
}
