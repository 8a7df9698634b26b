//! The list of calls: a pure machine. What happens to a call goes in, what became of which call comes out.
//!
//! Knows the states of TS 24.008 clause 5.1 as far as `+CLCC` shows them, hold (TS 22.083 clause 2), waiting calls (TS
//! 22.083 clause 1) and multiparty (TS 22.084). At most one set of calls is active, one on hold, and one call waits or
//! comes in. Does not know commands, numbers that are dialled for something else, nor who carries a call.

use super::circuit::{Bearer, CircuitCall, Stat};
use super::release::Cause;
use crate::modem::{AtPort, Tick};

/// `<ccid>` of `+CLCC` runs from 1 to this. Source: 3GPP TS 22.030, clause 6.5.5.1.
const MOST: usize = 7;

/// What became of a call.
#[derive(Debug, Clone)]
pub(in crate::modem) enum Change {
    Released(CircuitCall, Cause),
    Held(u32),
    Retrieved(u32),
    Answered(u32),
    Joined(u32),
    /// The other two talk to each other; we are out.
    Transferred(u32, u32),
}

/// Why nothing can be done: as the calls are, it makes no sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::modem) struct NotNow;

/// The calls, in the order in which they came.
#[derive(Debug, Default)]
pub(in crate::modem) struct CallList {
    pub(super) calls: Vec<CircuitCall>,
    tickets: u32,
    /// When the call that comes in is heard next.
    pub(super) ring: Option<Tick>,
    /// With what the last call ended.
    pub(super) last: Option<Cause>,
}

impl CallList {
    /// When something happens to a call by itself.
    pub(in crate::modem) fn deadline(&self) -> Option<Tick> {
        let own = self.calls.iter().filter_map(CircuitCall::deadline).min();
        [own, self.ring].into_iter().flatten().min()
    }

    /// With what the last call ended.
    pub(in crate::modem) const fn last_cause(&self) -> Option<Cause> {
        self.last
    }

    /// The calls as they are.
    pub(super) fn iter(&self) -> impl Iterator<Item = &CircuitCall> {
        self.calls.iter()
    }

    pub(super) fn find(&self, ticket: u32) -> Option<&CircuitCall> {
        self.calls.iter().find(|call| call.ticket == ticket)
    }

    pub(super) fn find_mut(&mut self, ticket: u32) -> Option<&mut CircuitCall> {
        self.calls.iter_mut().find(|call| call.ticket == ticket)
    }

    /// The first call in one of these states.
    pub(super) fn first(&self, stats: &[Stat]) -> Option<&CircuitCall> {
        self.calls.iter().find(|call| stats.contains(&call.stat))
    }

    pub(super) fn any(&self, stat: Stat) -> bool {
        self.calls.iter().any(|call| call.stat == stat)
    }

    pub(super) fn tickets(&self, stat: Stat) -> Vec<u32> {
        self.calls.iter().filter(|call| call.stat == stat).map(|call| call.ticket).collect()
    }

    pub(in crate::modem) const fn is_empty(&self) -> bool {
        self.calls.is_empty()
    }

    /// Whether a call comes in that is the only one.
    pub(in crate::modem) fn rings(&self) -> bool {
        self.any(Stat::Incoming)
    }

    /// Whether a data call stands.
    pub(in crate::modem) fn has_data(&self) -> bool {
        self.calls.iter().any(|call| call.bearer == Bearer::Data && call.stat == Stat::Active)
    }

    /// `none`, `ringing`, `dialling`, `voice` or `data`: the state of the call that counts most.
    pub(in crate::modem) fn word(&self) -> &'static str {
        if self.has_data() {
            "data"
        } else if self.any(Stat::Active) || self.any(Stat::Held) {
            "voice"
        } else if self.any(Stat::Dialling) || self.any(Stat::Alerting) {
            "dialling"
        } else if self.any(Stat::Incoming) {
            "ringing"
        } else {
            "none"
        }
    }

    /// Whether there is a data call, however far it has come.
    pub(in crate::modem) fn knows_data(&self) -> bool {
        self.calls.iter().any(|call| call.bearer == Bearer::Data)
    }

    /// Whether a data call of this port stands.
    pub(in crate::modem) fn has_data_of(&self, port: AtPort) -> bool {
        self.calls
            .iter()
            .any(|call| call.bearer == Bearer::Data && call.stat == Stat::Active && call.port == Some(port))
    }

    /// When the call that comes in is heard next.
    pub(in crate::modem) const fn next_ring(&self) -> Option<Tick> {
        self.ring
    }

    /// It was heard, and is again then, if nobody has taken it.
    pub(in crate::modem) fn ring_again(&mut self, at: Tick) {
        self.ring = self.rings().then_some(at);
    }

    /// Whether another call can be set up now.
    pub(super) fn can_dial(&self) -> bool {
        let settled = self
            .calls
            .iter()
            .all(|call| matches!(call.stat, Stat::Active | Stat::Held) && call.bearer == Bearer::Voice);
        settled && !(self.any(Stat::Active) && self.any(Stat::Held)) && self.calls.len() < MOST
    }

    /// A call is set up. What was active is on hold from here on: those changes come back with the new call's ticket.
    ///
    /// # Errors
    /// There is no room for another one beside those that stand.
    pub(super) fn dial(&mut self, new: CircuitCall) -> Result<(u32, Vec<Change>), NotNow> {
        if !self.can_dial() {
            return Err(NotNow);
        }
        let held = self.hold_active();
        // The upper half belongs to calls that come in: who began a call numbers it (TS 24.007 clause 11.2.3.1.3).
        self.tickets = (self.tickets + 1) & (u32::MAX >> 1);
        let ticket = self.tickets;
        self.add(CircuitCall { ticket, stat: Stat::Dialling, ..new });
        Ok((ticket, held))
    }

    /// Whether a call that comes in would ring, wait, or find no place (`None`).
    pub(super) fn place(&self) -> Option<Stat> {
        if self.calls.is_empty() {
            return Some(Stat::Incoming);
        }
        let settled = self
            .calls
            .iter()
            .all(|call| matches!(call.stat, Stat::Active | Stat::Held) && call.bearer == Bearer::Voice);
        (settled && self.calls.len() < MOST).then_some(Stat::Waiting)
    }

    /// A call comes in. Without a ticket of its own it gets one.
    pub(super) fn offer(&mut self, now: Tick, ticket: Option<u32>, new: CircuitCall) -> u32 {
        self.tickets = (self.tickets + 1) & (u32::MAX >> 1);
        let ticket = ticket.unwrap_or(self.tickets);
        if new.stat == Stat::Incoming {
            self.ring = Some(now);
        }
        self.add(CircuitCall { ticket, ..new });
        ticket
    }

    fn add(&mut self, call: CircuitCall) {
        let id = (1..).find(|id| self.calls.iter().all(|call| call.id != *id)).unwrap_or(1);
        self.calls.push(CircuitCall { id, ..call });
    }

    /// The other end of this call answered, or we took it.
    pub(super) fn connect(&mut self, ticket: u32) {
        if let Some(call) = self.find_mut(ticket) {
            call.stat = Stat::Active;
            call.plan.clear();
            call.pending = false;
        }
        self.settle();
    }

    /// A call goes.
    pub(super) fn release(&mut self, ticket: u32, cause: Cause) -> Option<CircuitCall> {
        let index = self.calls.iter().position(|call| call.ticket == ticket)?;
        let call = self.calls.remove(index);
        self.last = Some(cause);
        self.settle();
        Some(call)
    }

    /// A call that waited is the only one now: it rings.
    pub(super) fn promote(&mut self, now: Tick) -> bool {
        match self.calls.as_mut_slice() {
            [only] if only.stat == Stat::Waiting => {
                only.stat = Stat::Incoming;
                self.ring = Some(now);
                true
            }
            _ => false,
        }
    }

    /// The call that comes in, or waits, is taken; active calls are put on hold for it.
    ///
    /// # Errors
    /// There is none, or there is no place for it.
    pub(in crate::modem) fn answer(&mut self, port: AtPort) -> Result<Vec<Change>, NotNow> {
        let call = self.first(&[Stat::Incoming, Stat::Waiting]).ok_or(NotNow)?;
        let ticket = call.ticket;
        if self.any(Stat::Active) && self.any(Stat::Held) {
            return Err(NotNow);
        }
        let mut changes = self.hold_active();
        self.take(ticket, port);
        changes.push(Change::Answered(ticket));
        Ok(changes)
    }

    pub(super) fn take(&mut self, ticket: u32, port: AtPort) {
        if let Some(call) = self.find_mut(ticket) {
            call.port = Some(port);
        }
        self.connect(ticket);
    }

    /// These calls end, on our side.
    pub(super) fn end(&mut self, tickets: &[u32], cause: Cause) -> Vec<Change> {
        let gone = tickets.iter().filter_map(|&ticket| self.release(ticket, cause));
        gone.collect::<Vec<_>>().into_iter().map(|call| Change::Released(call, cause)).collect()
    }

    pub(super) fn hold_active(&mut self) -> Vec<Change> {
        let active = self.tickets(Stat::Active);
        self.put(&active, Stat::Held, Change::Held)
    }

    pub(super) fn put(&mut self, tickets: &[u32], stat: Stat, change: fn(u32) -> Change) -> Vec<Change> {
        for &ticket in tickets {
            if let Some(call) = self.find_mut(ticket) {
                call.stat = stat;
            }
        }
        tickets.iter().map(|&ticket| change(ticket)).collect()
    }

    /// A conference of one is none; nothing rings where nothing comes in.
    pub(super) fn settle(&mut self) {
        for stat in [Stat::Active, Stat::Held] {
            let joined = self.calls.iter().filter(|call| call.stat == stat && call.multiparty).count();
            if joined == 1 {
                for call in self.calls.iter_mut().filter(|call| call.stat == stat) {
                    call.multiparty = false;
                }
            }
        }
        if !self.rings() {
            self.ring = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::circuit::Party;
    use super::super::multiparty::Hold;
    use super::*;

    /// What may be done to a list.
    #[derive(Debug, Clone)]
    enum Act {
        Dial,
        Connect(u32),
        Offer,
        Answer,
        Release(u32),
        Hold(Hold),
    }

    fn act() -> impl Strategy<Value = Act> {
        let hold = prop_oneof![
            Just(Hold::ReleaseHeld),
            Just(Hold::ReleaseActive),
            Just(Hold::Swap),
            Just(Hold::Join),
            Just(Hold::Transfer),
            (1_u8..8).prop_map(Hold::Release),
            (1_u8..8).prop_map(Hold::Private),
        ];
        prop_oneof![
            3 => Just(Act::Dial),
            3 => (0_u32..8).prop_map(Act::Connect),
            3 => Just(Act::Offer),
            2 => Just(Act::Answer),
            1 => (0_u32..8).prop_map(Act::Release),
            4 => hold.prop_map(Act::Hold),
        ]
    }

    /// The ticket of the call at this place.
    fn at(list: &CallList, place: u32) -> u32 {
        list.calls.get(place as usize).map_or(0, |call| call.ticket)
    }

    proptest! {
        /// At most one call rings or waits, at most one is being set up, sets of several are conferences and stay within
        /// their size, numbers are unique and 1 to 7, and a refusal changes nothing.
        #[test]
        fn whatever_is_done_the_calls_fit_beside_each_other(acts in prop::collection::vec(act(), 0..40)) {
            let mut list = CallList::default();
            let party = || Party { number: "+15550100".to_owned(), name: String::new() };
            for act in acts {
                let before = format!("{:?}", list.calls);
                let refused = match act {
                    Act::Dial => list.dial(CircuitCall::new(party(), Bearer::Voice, Stat::Dialling)).is_err(),
                    Act::Connect(place) => {
                        let ticket = at(&list, place);
                        if list.find(ticket).is_some_and(CircuitCall::is_outgoing_setup) {
                            list.connect(ticket);
                        }
                        false
                    }
                    Act::Offer => match list.place() {
                        Some(stat) => {
                            list.offer(Tick::ZERO, None, CircuitCall::new(party(), Bearer::Voice, stat));
                            false
                        }
                        None => true,
                    },
                    Act::Answer => list.answer(AtPort::FIRST).is_err(),
                    Act::Release(place) => list.release(at(&list, place), Cause::NORMAL).is_none(),
                    Act::Hold(wish) => list.hold(AtPort::FIRST, wish).is_err(),
                };
                if refused {
                    prop_assert_eq!(before, format!("{:?}", list.calls));
                }
                list.promote(Tick::ZERO);
                let count = |stats: &[Stat]| list.calls.iter().filter(|call| stats.contains(&call.stat)).count();
                prop_assert!(count(&[Stat::Incoming, Stat::Waiting]) <= 1);
                prop_assert!(count(&[Stat::Dialling, Stat::Alerting]) <= 1);
                for stat in [Stat::Active, Stat::Held] {
                    let size = count(&[stat]);
                    prop_assert!(size <= 5);
                    let joined = list.calls.iter().filter(|call| call.stat == stat && call.multiparty).count();
                    prop_assert_eq!(joined, if size > 1 { size } else { 0 }, "{:?}", &list.calls);
                }
                let mut ids: Vec<u8> = list.calls.iter().map(|call| call.id).collect();
                ids.sort_unstable();
                ids.dedup();
                prop_assert_eq!(ids.len(), list.calls.len());
                prop_assert!(ids.iter().all(|id| (1..=7).contains(id)));
                prop_assert_eq!(list.ring.is_some(), list.rings());
            }
        }
    }
}
