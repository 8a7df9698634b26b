//! What happens to calls: by time, by the other end, by the network that carries them; and who has to be told.
//!
//! The list says what became of which call; here the host hears of it, and the world around the modem.

use std::time::Duration;

use super::circuit::{Bearer, CircuitCall, Ending, Stat, Step};
use super::incoming::Offer;
use super::list::Change;
use super::outgoing::connect_limit;
use super::release::Cause;
use super::report;
use super::route::{CallEffect, CallEvent};
use crate::modem::command::{Owner, Reply};
use crate::modem::outbox::Effect;
use crate::modem::{AtPort, Modem, Network, Phonebook, Setting, Tick};
use crate::wire::result::FinalResult;

/// The states in which the other end can be meant that hangs up, the likeliest first.
const FAR_END: [&[Stat]; 5] =
    [&[Stat::Dialling, Stat::Alerting], &[Stat::Active], &[Stat::Incoming], &[Stat::Waiting], &[Stat::Held]];

impl Modem {
    /// The world does something to a call; without a ticket, to the one that it fits.
    pub(in crate::modem) fn call_event(&mut self, now: Tick, ticket: Option<u32>, event: CallEvent) {
        let find = |modem: &Self, stats: &[Stat]| {
            let list = &modem.calls.circuit;
            match ticket {
                Some(ticket) => list.find(ticket).filter(|call| stats.contains(&call.stat)),
                None => list.first(stats),
            }
            .map(|call| call.ticket)
        };
        match event {
            CallEvent::Offered { from, name, data, forwarded } => {
                self.offered(now, Offer { ticket, from, name, data, forwarded });
            }
            CallEvent::Routed => {
                if let Some(ticket) = find(self, &[Stat::Dialling]) {
                    let limit = connect_limit(self);
                    if let Some(call) = self.calls.circuit.find_mut(ticket) {
                        call.routed = true;
                        call.plan.clear();
                        // Whatever becomes of the other end: this one does not wait for ever.
                        call.plan(now, limit, Step::End(Ending::Released(Cause::NO_ANSWER)));
                    }
                }
            }
            CallEvent::Alerting => {
                if let Some(ticket) = find(self, &[Stat::Dialling]) {
                    self.take_over(now, ticket);
                    self.alerted(now, ticket);
                }
            }
            CallEvent::Answered => {
                if let Some(ticket) = find(self, &[Stat::Dialling, Stat::Alerting]) {
                    self.answered_there(now, ticket);
                }
            }
            CallEvent::Released { cause } => {
                let found = FAR_END.iter().find_map(|stats| find(self, stats));
                if let Some(ticket) = found {
                    self.ended_there(now, ticket, Ending::Released(Cause::new(cause)));
                }
            }
            CallEvent::Held => self.notice(find(self, &[Stat::Active, Stat::Held]), "+CSSU: 2"),
            CallEvent::Retrieved => self.notice(find(self, &[Stat::Active, Stat::Held]), "+CSSU: 3"),
            CallEvent::Joined => self.notice(find(self, &[Stat::Active, Stat::Held]), "+CSSU: 4"),
            CallEvent::Forwarded => {
                if let Some(ticket) = find(self, &[Stat::Dialling, Stat::Alerting]) {
                    self.forwarded_there(ticket);
                }
            }
        }
    }

    /// The call that we set up was sent on: `+CSSI: 2`, before the result of the dial command if it is still to come.
    fn forwarded_there(&mut self, ticket: u32) {
        let Some(call) = self.calls.circuit.find(ticket) else { return };
        let (pending, port) = (call.pending, call.port.unwrap_or(self.terminal.port));
        self.at(port, |modem| match (modem.setting(Setting::ServiceIntermediate), pending) {
            (0, _) => {}
            (_, true) => modem.inform(format_args!("+CSSI: 2")),
            (_, false) => modem.unsolicited_here("+CSSI: 2"),
        });
    }

    fn notice(&mut self, ticket: Option<u32>, text: &'static str) {
        if ticket.is_some() {
            self.tell(|modem| (modem.setting(Setting::ServiceUnsolicited) != 0).then_some(text));
        }
    }

    /// What is due at `at`, of every call.
    pub(in crate::modem) fn circuits_due(&mut self, at: Tick) {
        // Each turn takes a step away or ends a call.
        while let Some((ticket, step)) = self.due_step(at) {
            match step {
                Step::Alert => self.alerted(at, ticket),
                Step::Answer => self.answered_there(at, ticket),
                Step::End(ending) => self.ended_there(at, ticket, ending),
                Step::Forward => self.forward_unanswered(at, ticket),
            }
        }
    }

    fn due_step(&mut self, at: Tick) -> Option<(u32, Step)> {
        let list = &mut self.calls.circuit;
        let tickets: Vec<u32> = list.iter().map(|call| call.ticket).collect();
        tickets.into_iter().find_map(|ticket| {
            let call = list.find_mut(ticket)?;
            if call.cut.is_some_and(|due| due <= at) {
                return Some((ticket, Step::End(Ending::Released(Cause::TEMPORARY_FAILURE))));
            }
            let (due, _) = call.plan.front()?;
            if *due > at {
                return None;
            }
            call.plan.pop_front().map(|(_, step)| (ticket, step))
        })
    }

    /// The world says how the call goes on, and the profile no longer does.
    fn take_over(&mut self, now: Tick, ticket: u32) {
        let limit = connect_limit(self);
        if let Some(call) = self.calls.circuit.find_mut(ticket)
            && !call.routed
        {
            call.routed = true;
            call.plan.clear();
            call.plan(now, limit, Step::End(Ending::Released(Cause::NO_ANSWER)));
        }
    }

    fn alerted(&mut self, now: Tick, ticket: u32) {
        if let Some(call) = self.calls.circuit.find_mut(ticket) {
            call.stat = Stat::Alerting;
        }
        self.calls_changed(now);
    }

    /// The other end took the call.
    fn answered_there(&mut self, now: Tick, ticket: u32) {
        let Some(call) = self.calls.circuit.find(ticket) else { return };
        if !self.carries_call(call) {
            return self.ended_there(now, ticket, Ending::Released(Cause::NETWORK_OUT_OF_ORDER));
        }
        let (pending, bearer) = (call.pending, call.bearer);
        let port = call.port.unwrap_or(self.terminal.port);
        self.calls.circuit.connect(ticket);
        self.calls_changed(now);
        self.at(port, |modem| {
            let line = report::connected(modem, ticket);
            if !pending {
                if let Some(line) = line {
                    modem.unsolicited_here(line);
                }
                return;
            }
            // V.250 has the result of the dial command last: what is told of the call comes before it.
            if let Some(line) = line {
                modem.inform(format_args!("{line}"));
            }
            let reply = if bearer == Bearer::Data { Reply::Connect } else { Reply::Ok };
            modem.complete(now, Owner::Calls, reply);
        });
    }

    /// A call ends that the host has not ended.
    pub(super) fn ended_there(&mut self, now: Tick, ticket: u32, ending: Ending) {
        let cause = match ending {
            Ending::Released(cause) => cause,
            Ending::NoDialtone => Cause::NETWORK_OUT_OF_ORDER,
        };
        // The far end of its data may take leave first, and ends the call with that.
        let data = |call: &CircuitCall| call.bearer == Bearer::Data && call.stat == Stat::Active;
        if self.calls.circuit.find(ticket).is_some_and(data) && self.data_takes_leave(now) {
            if let Some(call) = self.calls.circuit.find_mut(ticket) {
                call.cut = None;
            }
            return;
        }
        let Some(call) = self.calls.circuit.release(ticket, cause) else { return };
        if call.routed {
            self.call_effect(ticket, CallEffect::Released { cause: cause.number() });
        }
        if call.is_offered() {
            Phonebook::missed(self, &call.party.number);
        }
        self.calls_changed(now);
        if call.stat == Stat::Held {
            self.tell(|modem| (modem.setting(Setting::ServiceUnsolicited) != 0).then_some("+CSSU: 5"));
        }
        let port = call.port.unwrap_or(self.terminal.port);
        self.at(port, |modem| match call.stat {
            Stat::Incoming | Stat::Waiting => {}
            Stat::Dialling | Stat::Alerting if call.pending => {
                let result = modem.progress_result(ending, call.silence);
                modem.complete(now, Owner::Calls, Reply::Result(result));
            }
            Stat::Dialling | Stat::Alerting => {
                let result = modem.progress_result(ending, call.silence);
                modem.unsolicited_here(result);
            }
            Stat::Active | Stat::Held => {
                if call.bearer == Bearer::Data {
                    modem.leave_data_state();
                    modem.data_ends();
                }
                modem.unsolicited_here(FinalResult::NoCarrier);
            }
        });
    }

    /// The host ends these calls.
    pub(in crate::modem) fn end_calls(&mut self, now: Tick, which: impl Fn(&CircuitCall) -> bool, cause: Cause) {
        let tickets: Vec<u32> = self.calls.circuit.iter().filter(|call| which(call)).map(|call| call.ticket).collect();
        let changes = self.calls.circuit.end(&tickets, cause);
        self.take_changes(now, changes);
    }

    /// There is no radio any more: every call is gone, and the host hears of those that it spoke in.
    pub(in crate::modem) fn drop_calls(&mut self, now: Tick) {
        let tickets: Vec<u32> = self.calls.circuit.iter().map(|call| call.ticket).collect();
        for ticket in tickets {
            self.ended_there(now, ticket, Ending::Released(Cause::TEMPORARY_FAILURE));
        }
    }

    /// The modem has lost its power, and its calls with it.
    pub(in crate::modem) fn lose_calls(&mut self) {
        let gone: Vec<u32> = self.calls.circuit.iter().map(|call| call.ticket).collect();
        for ticket in gone {
            self.call_effect(ticket, CallEffect::Released { cause: Cause::OUT_OF_ORDER.number() });
        }
    }

    /// A keystroke on this port ends the call that its dial command waits for.
    ///
    /// False if there is none.
    pub(in crate::modem) fn abort_dialling(&mut self, now: Tick, port: AtPort) -> bool {
        let waits = |call: &&CircuitCall| call.pending && call.is_outgoing_setup() && call.port == Some(port);
        let ticket = self.calls.circuit.iter().find(waits).map(|call| call.ticket);
        if let Some(ticket) = ticket {
            self.calls.circuit.release(ticket, Cause::NORMAL);
            self.call_effect(ticket, CallEffect::Released { cause: Cause::NORMAL.number() });
        }
        self.calls_changed(now);
        ticket.is_some()
    }

    /// Ends data calls, on our side.
    pub(in crate::modem) fn end_data_calls(&mut self, now: Tick) {
        self.end_calls(now, |call| call.bearer == Bearer::Data && call.stat == Stat::Active, Cause::NORMAL);
    }

    /// Tells the world what became of calls, and follows it up.
    pub(in crate::modem) fn take_changes(&mut self, now: Tick, changes: Vec<Change>) {
        for change in changes {
            match change {
                Change::Released(call, cause) => {
                    if call.is_offered() {
                        Phonebook::missed(self, &call.party.number);
                    }
                    self.call_effect(call.ticket, CallEffect::Released { cause: cause.number() });
                    let port = call.port.unwrap_or(self.terminal.port);
                    self.at(port, |modem| {
                        if call.bearer == Bearer::Data {
                            modem.leave_data_state();
                            modem.data_ends();
                        }
                        if call.pending {
                            modem.complete(now, Owner::Calls, Reply::Result(FinalResult::NoCarrier));
                        }
                    });
                }
                Change::Transferred(ticket, to) => self.call_effect(ticket, CallEffect::Transferred { to }),
                Change::Held(ticket) => self.call_effect(ticket, CallEffect::Held),
                Change::Retrieved(ticket) => self.call_effect(ticket, CallEffect::Retrieved),
                Change::Answered(ticket) => {
                    if let Some(number) = self.calls.circuit.find(ticket).map(|call| call.party.number.clone()) {
                        Phonebook::received(self, &number);
                    }
                    self.call_effect(ticket, CallEffect::Answered);
                }
                Change::Joined(ticket) => self.call_effect(ticket, CallEffect::Joined),
            }
        }
        self.calls_changed(now);
    }

    /// What shows calls shows them as they are now; a call that waited for the last other one rings.
    pub(in crate::modem) fn calls_changed(&mut self, now: Tick) {
        if self.calls.circuit.promote(now) {
            self.set(Setting::RingCount, 0);
        }
        if !self.calls.circuit.iter().any(|call| call.emergency) && self.network.serves_emergency() {
            Network::end_emergency(self);
        }
        self.show_lines();
        Network::calls_changed(self);
    }

    /// The network has changed: what it does not carry any more ends, at once or after the time of S10.
    ///
    /// Source: V.250, clause 6.3.12.
    pub(in crate::modem) fn circuits_follow_the_network(&mut self, now: Tick) {
        let delay = Duration::from_millis(u64::from(self.setting(Setting::Disconnect)) * 100);
        let carried: Vec<(u32, bool)> =
            self.calls.circuit.iter().map(|call| (call.ticket, self.carries_call(call))).collect();
        for (ticket, carried) in carried {
            let Some(call) = self.calls.circuit.find_mut(ticket) else { continue };
            match call.stat {
                Stat::Incoming | Stat::Waiting if !carried => {
                    self.ended_there(now, ticket, Ending::Released(Cause::TEMPORARY_FAILURE));
                }
                Stat::Active | Stat::Held | Stat::Dialling | Stat::Alerting => {
                    call.cut = (!carried).then(|| call.cut.unwrap_or(now + delay));
                }
                Stat::Incoming | Stat::Waiting => {}
            }
        }
    }

    /// Whether what carries this call is there.
    fn carries_call(&self, call: &CircuitCall) -> bool {
        match call.bearer {
            Bearer::Data => self.network.serves_voice(),
            Bearer::Voice => self.network.serves_voice() || self.network.serves_emergency(),
        }
    }

    pub(super) fn call_effect(&mut self, ticket: u32, what: CallEffect) {
        self.terminal.outbox.effect(Effect::Call { ticket, what });
    }
}
