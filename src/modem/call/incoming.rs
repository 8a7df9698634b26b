//! Calls that come in: barred, forwarded, waiting, or ringing.
//!
//! Source: 3GPP TS 24.008, clause 5.2.2; TS 22.082, 22.083 clause 1, 22.088.

use super::circuit::{Bearer, CircuitCall, Ending, Party, Stat, Step};
use super::release::Cause;
use super::report;
use super::route::CallEffect;
use super::services::{Class, Reason};
use crate::modem::{Modem, Phonebook, Setting, Tick};

/// A call on its way to the modem.
#[derive(Debug)]
pub(in crate::modem) struct Offer {
    /// Given by who brings it; else it gets one here.
    pub(in crate::modem) ticket: Option<u32>,
    pub(in crate::modem) from: String,
    pub(in crate::modem) name: String,
    pub(in crate::modem) data: bool,
    /// It was called somewhere else.
    pub(in crate::modem) forwarded: bool,
}

impl Modem {
    /// A call comes in. What the network does by itself with one comes first: barring, then forwarding.
    pub(in crate::modem) fn offered(&mut self, now: Tick, offer: Offer) {
        let class = Class::of(offer.data);
        if self.services.bars_incoming(class, self.network.roams()) {
            return self.refuse(offer.ticket, Cause::REJECTED);
        }
        if self.forward(offer.ticket, Reason::Unconditional, class) {
            return;
        }
        if !self.supply.is_there() || !self.network.serves_voice() {
            if !self.forward(offer.ticket, Reason::NotReachable, class) {
                self.refuse(offer.ticket, Cause::OUT_OF_ORDER);
            }
            return;
        }
        let waits = self.services.waits(class) && !offer.data;
        let place = match self.calls.circuit.place() {
            Some(Stat::Waiting) if !waits || self.calls.circuit.has_data() => None,
            // What packet data carries is no call of this list, and leaves no room for data of another kind.
            Some(Stat::Incoming) if offer.data && self.calls.has_packet() => None,
            place => place,
        };
        let Some(stat) = place else {
            if !self.forward(offer.ticket, Reason::Busy, class) {
                self.refuse(offer.ticket, Cause::BUSY);
            }
            return;
        };
        let party = Party { number: offer.from, name: offer.name };
        let mut call = CircuitCall::new(party, Bearer::of(offer.data), stat);
        call.routed = offer.ticket.is_some();
        let limit = self.profile.call.no_answer.0;
        match self.services.forwards(Reason::NoReply, class) {
            Some((_, time)) if time <= limit => call.plan(now, time, Step::Forward),
            Some(_) | None => call.plan(now, limit, Step::End(Ending::Released(Cause::NO_ANSWER))),
        }
        let ticket = self.calls.circuit.offer(now, offer.ticket, call);
        self.call_effect(ticket, CallEffect::Alerting);
        if offer.forwarded {
            self.tell(|modem| (modem.setting(Setting::ServiceUnsolicited) != 0).then_some("+CSSU: 0"));
        }
        if stat == Stat::Waiting {
            report::waiting(self, ticket);
        } else {
            self.set(Setting::RingCount, 0);
        }
        self.calls_changed(now);
        self.calls_due(now);
    }

    /// Nobody has taken the call in time: it goes on to somebody else.
    pub(super) fn forward_unanswered(&mut self, now: Tick, ticket: u32) {
        let class = self.calls.circuit.find(ticket).map_or(Class::VOICE, |call| Class::of(call.bearer == Bearer::Data));
        if let Some((to, _)) = self.services.forwards(Reason::NoReply, class) {
            let to = to.to_owned();
            if let Some(call) = self.calls.circuit.release(ticket, Cause::NO_ANSWER) {
                Phonebook::missed(self, &call.party.number);
            }
            self.services.forwarded = Some(to.clone());
            self.call_effect(ticket, CallEffect::Forwarded { to });
            self.calls_changed(now);
        } else {
            self.ended_there(now, ticket, Ending::Released(Cause::NO_ANSWER));
        }
    }

    /// Sends a call on, if forwarding for this reason is active.
    fn forward(&mut self, ticket: Option<u32>, reason: Reason, class: Class) -> bool {
        let Some(to) = self.services.forwards(reason, class).map(|(to, _)| to.to_owned()) else { return false };
        self.services.forwarded = Some(to.clone());
        if let Some(ticket) = ticket {
            self.call_effect(ticket, CallEffect::Forwarded { to });
        }
        true
    }

    fn refuse(&mut self, ticket: Option<u32>, cause: Cause) {
        if let Some(ticket) = ticket {
            self.call_effect(ticket, CallEffect::Released { cause: cause.number() });
        }
    }

    /// The name of who calls, as a text of any set: the phone book's, else the network's.
    pub(super) fn name_of(&self, party: &Party) -> String {
        let name = Phonebook::name_of(self, &party.number);
        if name.is_empty() { party.name.clone() } else { name }
    }
}
