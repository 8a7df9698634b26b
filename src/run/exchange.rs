//! The exchange between modems that live at the same time: a message or a call to the number of another one goes there.
//!
//! Each modem has a line to it, on which it says what its calls and messages ask of the world and hears what the others
//! make of them. Who is connected with whom stands in [`Switch`].

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::mpsc;

use super::switch::{Switch, place};
use crate::modem::{CallEffect, CallEvent};

/// So much waits for one modem at most; more is lost, as in a network that is congested.
const WAITING: usize = 256;

/// An exchange; its clones are the same one.
#[derive(Debug, Clone, Default)]
pub struct Exchange(Arc<Mutex<Subscribers>>);

#[derive(Debug, Default)]
struct Subscribers {
    switch: Switch,
    numbers: Vec<String>,
    lines: Vec<mpsc::Sender<Routed>>,
}

/// What comes to a modem.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Routed {
    /// A message of another modem's, as its host sent it.
    Message {
        /// The sender's number.
        from: String,
        /// The service centre's address and SMS-SUBMIT.
        pdu: Vec<u8>,
    },
    /// What becomes of a call.
    Call { ticket: u32, what: CallEvent },
}

/// A modem's line to the exchange.
#[derive(Debug)]
pub struct Subscription {
    exchange: Exchange,
    lane: usize,
    coming: mpsc::Receiver<Routed>,
}

impl Exchange {
    /// A line for the modem with this number. One without a number calls and sends, and cannot be reached.
    #[must_use]
    pub fn subscribe(&self, number: &str) -> Subscription {
        let (line, coming) = mpsc::channel(WAITING);
        let mut subscribers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        subscribers.numbers.push(number.to_owned());
        subscribers.lines.push(line);
        Subscription { exchange: self.clone(), lane: subscribers.lines.len() - 1, coming }
    }
}

impl Subscription {
    /// What comes next. May be dropped and called again.
    pub(super) async fn next(&mut self) -> Routed {
        match self.coming.recv().await {
            Some(routed) => routed,
            None => std::future::pending().await,
        }
    }

    /// The modem's host has sent a message; one to its own number the modem gets by itself.
    pub(super) fn message(&self, from: String, to: &str, pdu: Vec<u8>) {
        let subscribers = self.exchange.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(lane) = place(&subscribers.numbers, to).filter(|&lane| lane != self.lane) {
            subscribers.give(lane, Routed::Message { from, pdu });
        }
    }

    /// A call of the modem's says something; what comes of it for its own calls at once.
    pub(super) fn call(&self, ticket: u32, what: CallEffect) -> Vec<(u32, CallEvent)> {
        let mut subscribers = self.exchange.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Subscribers { switch, numbers, .. } = &mut *subscribers;
        let mut own = Vec::new();
        for (lane, ticket, what) in switch.take(numbers, self.lane, ticket, what) {
            if lane == self.lane {
                own.push((ticket, what));
            } else {
                subscribers.give(lane, Routed::Call { ticket, what });
            }
        }
        own
    }
}

impl Subscribers {
    fn give(&self, lane: usize, routed: Routed) {
        // A modem that has ended, or is congested, gets nothing.
        self.lines.get(lane).map(|line| line.try_send(routed));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_for_another_modem_comes_there() {
        let exchange = Exchange::default();
        let one = exchange.subscribe("+15550100001");
        let mut two = exchange.subscribe("+15550100002");
        one.message("+15550100001".to_owned(), "15550100002", vec![1]);
        one.message("+15550100001".to_owned(), "+15550100001", vec![2]);
        one.message("+15550100001".to_owned(), "+15550100003", vec![3]);
        assert_eq!(two.next().await, Routed::Message { from: "+15550100001".to_owned(), pdu: vec![1] });
        let dial = CallEffect::Dial { number: "+15550100002".to_owned(), from: None, data: false };
        assert_eq!(one.call(7, dial), [(7, CallEvent::Routed)]);
        let Routed::Call { ticket, what: CallEvent::Offered { from, .. } } = two.next().await else {
            panic!("nothing was offered");
        };
        assert_eq!(from, "");
        assert_eq!(two.call(ticket, CallEffect::Answered), []);
        assert!(two.coming.try_recv().is_err());
    }
}
