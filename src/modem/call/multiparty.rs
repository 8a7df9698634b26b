//! Calls beside each other: what `+CHLD` makes of the list.
//!
//! Source: 3GPP TS 22.030, clause 6.5.5.1; TS 22.083, clause 2 (hold); TS 22.084 (multiparty); TS 22.091 (transfer).

use super::circuit::{CircuitCall, Stat};
use super::list::{CallList, Change, NotNow};
use super::release::Cause;
use crate::modem::AtPort;

/// So many other parties one conference has at most. Source: 3GPP TS 22.084, clause 1.3.2.
const PARTIES: usize = 5;

/// `<n>` of `+CHLD`. Source: 3GPP TS 27.007, clause 7.13; TS 22.030, clause 6.5.5.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::modem) enum Hold {
    /// `0`: all calls on hold end, or the waiting call is told that we are busy.
    ReleaseHeld,
    /// `1`: all active calls end, and the other one is taken.
    ReleaseActive,
    /// `1x`: this call ends.
    Release(u8),
    /// `2`: active calls are put on hold, and the other one is taken.
    Swap,
    /// `2x`: all active calls but this one are put on hold.
    Private(u8),
    /// `3`: the calls on hold join the conversation.
    Join,
    /// `4`: the two are connected with each other.
    Transfer,
}

impl CallList {
    /// Does what `+CHLD` asks for.
    ///
    /// # Errors
    /// As the calls are, it cannot be done; nothing has changed.
    pub(super) fn hold(&mut self, port: AtPort, wish: Hold) -> Result<Vec<Change>, NotNow> {
        match wish {
            Hold::ReleaseHeld => {
                if let Some(call) = self.first(&[Stat::Waiting, Stat::Incoming]) {
                    let ticket = call.ticket;
                    return Ok(self.end(&[ticket], Cause::BUSY));
                }
                let held = self.tickets(Stat::Held);
                if held.is_empty() { Err(NotNow) } else { Ok(self.end(&held, Cause::NORMAL)) }
            }
            Hold::ReleaseActive => {
                let mut ended = self.tickets(Stat::Active);
                ended.extend(self.calls.iter().filter(|call| call.is_outgoing_setup()).map(|call| call.ticket));
                let other = self.first(&[Stat::Waiting, Stat::Incoming]).map(|call| call.ticket);
                let held = self.tickets(Stat::Held);
                if ended.is_empty() && other.is_none() && held.is_empty() {
                    return Err(NotNow);
                }
                let mut changes = self.end(&ended, Cause::NORMAL);
                match other {
                    Some(ticket) => {
                        self.take(ticket, port);
                        changes.push(Change::Answered(ticket));
                    }
                    None => changes.extend(self.retrieve(&held)),
                }
                Ok(changes)
            }
            Hold::Release(id) => {
                let call = self.calls.iter().find(|call| call.id == id).ok_or(NotNow)?;
                match call.stat {
                    Stat::Active | Stat::Held | Stat::Dialling | Stat::Alerting => {
                        let ticket = call.ticket;
                        Ok(self.end(&[ticket], Cause::NORMAL))
                    }
                    Stat::Incoming | Stat::Waiting => {
                        let ticket = call.ticket;
                        Ok(self.end(&[ticket], Cause::BUSY))
                    }
                }
            }
            Hold::Swap => {
                if self.calls.iter().any(CircuitCall::is_outgoing_setup) || self.has_data() {
                    return Err(NotNow);
                }
                if self.first(&[Stat::Waiting, Stat::Incoming]).is_some() {
                    return self.answer(port);
                }
                let held = self.tickets(Stat::Held);
                if held.is_empty() && !self.any(Stat::Active) {
                    return Err(NotNow);
                }
                let mut changes = self.hold_active();
                changes.extend(self.retrieve(&held));
                Ok(changes)
            }
            Hold::Private(id) => {
                let kept = self.calls.iter().find(|call| call.id == id).ok_or(NotNow)?;
                if kept.stat != Stat::Active || self.any(Stat::Held) {
                    return Err(NotNow);
                }
                let kept = kept.ticket;
                let others: Vec<u32> =
                    self.tickets(Stat::Active).into_iter().filter(|&ticket| ticket != kept).collect();
                if others.is_empty() {
                    return Err(NotNow);
                }
                if let Some(call) = self.find_mut(kept) {
                    call.multiparty = false;
                }
                let changes = self.put(&others, Stat::Held, Change::Held);
                self.settle();
                Ok(changes)
            }
            Hold::Join => {
                let held = self.tickets(Stat::Held);
                let active = self.tickets(Stat::Active);
                if held.is_empty() || active.is_empty() || held.len() + active.len() > PARTIES || self.has_data() {
                    return Err(NotNow);
                }
                let mut changes = self.put(&held, Stat::Active, Change::Retrieved);
                for ticket in held.iter().chain(&active) {
                    if let Some(call) = self.find_mut(*ticket)
                        && !std::mem::replace(&mut call.multiparty, true)
                    {
                        changes.push(Change::Joined(*ticket));
                    }
                }
                Ok(changes)
            }
            Hold::Transfer => {
                let held = self.tickets(Stat::Held);
                let other = self.first(&[Stat::Active, Stat::Alerting]).map(|call| call.ticket);
                let (&[held], Some(other)) = (held.as_slice(), other) else { return Err(NotNow) };
                if self.tickets(Stat::Active).len() > 1 {
                    return Err(NotNow);
                }
                for ticket in [held, other] {
                    self.release(ticket, Cause::NORMAL);
                }
                Ok(vec![Change::Transferred(held, other)])
            }
        }
    }

    fn retrieve(&mut self, held: &[u32]) -> Vec<Change> {
        self.put(held, Stat::Active, Change::Retrieved)
    }
}
