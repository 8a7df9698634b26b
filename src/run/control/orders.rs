//! A modem's end of its control: what it is told to do, and what it keeps for those who ask.

use tokio::sync::{mpsc, oneshot};

use super::{SentMessage, SentMessages, State};
use crate::modem::Modem;
use crate::run::player::Deed;
use crate::run::wire::Wire;

/// What a modem is asked, with where the answer goes.
#[derive(Debug)]
pub(in crate::run) enum Order {
    /// Something happens to it or to its line.
    Deed(Deed, oneshot::Sender<Result<(), String>>),
    /// What is it like?
    State(oneshot::Sender<State>),
    /// What did its host send?
    Sent(oneshot::Sender<Vec<SentMessage>>),
}

/// The orders of one modem as they come, and its line, which a `fault` direction makes worse than it is.
#[derive(Debug)]
pub struct Orders {
    receiver: Option<mpsc::Receiver<Order>>,
    pub(in crate::run) wire: Box<Wire>,
    sent: SentMessages,
}

impl Orders {
    /// Nobody gives any.
    pub fn none() -> Self {
        Self { receiver: None, wire: Box::new(Wire::new(0)), sent: SentMessages::default() }
    }

    pub(super) fn new(receiver: mpsc::Receiver<Order>, seed: u64) -> Self {
        Self { receiver: Some(receiver), wire: Box::new(Wire::new(seed)), sent: SentMessages::default() }
    }

    /// The next one; for ever, where nobody gives any.
    pub(in crate::run) async fn next(&mut self) -> Order {
        if let Some(receiver) = &mut self.receiver
            && let Some(order) = receiver.recv().await
        {
            return order;
        }
        self.receiver = None;
        std::future::pending().await
    }

    /// Whether one waits.
    pub(in crate::run) fn wait(&self) -> bool {
        self.receiver.as_ref().is_some_and(|receiver| !receiver.is_empty())
    }

    /// The host has sent a message, or a part of one. Kept only where somebody may ask for it.
    pub fn message_sent(&mut self, number: &str, pdu: &[u8]) {
        if self.receiver.is_some() {
            self.sent.take(number, pdu);
        }
    }

    /// Answers what needs no more than a look.
    pub(in crate::run) fn tell(
        &self,
        modem: &Modem,
        order: Order,
    ) -> Option<(Deed, oneshot::Sender<Result<(), String>>)> {
        // Whoever asked may have gone.
        match order {
            Order::Deed(deed, told) => return Some((deed, told)),
            Order::State(told) => drop(told.send(State::of(modem))),
            Order::Sent(told) => drop(told.send(self.sent.iter().cloned().collect())),
        }
        None
    }
}
