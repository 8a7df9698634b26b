//! The watch over the fleet: each device that became blocked or tracked, or was cleared, is reported once; so is each for
//! which a condition of the rules began to hold, to block, or ceased, whose card was seen in another device, and whose number
//! several devices seem to have.
//!
//! Knows what was last told of each device, which reports were not delivered yet, and which list or condition is stopped because it hits
//! too much of the fleet; all of it stands in the store, so that a restart changes nothing. Does not know how a decision
//! comes about (it is asked for), nor the clock, nor who reads the reports.
//!
//! A round compares what the register says with what was told, and keeps both the new state and its report in one
//! transaction. A report leaves the store when it was delivered. Who is killed between the delivery and that has delivered
//! a report that will come again: **under the same id and with the same words**, so that a receiver drops a repeat by its
//! id. Of several watchers on one register one at a time delivers, under a lease that runs out by itself.

mod delivery;
mod outbox;
mod plan;
mod report;
mod round;
mod scene;
mod sign;
mod signs;
#[cfg(test)]
mod tests;
mod told;
mod webhook;

pub use delivery::{Delivered, Delivery};
pub use outbox::{Held, Waiting};
pub use plan::State;
pub use report::{Alarm, Cause, Event, Move, Report};
pub use round::{Round, View};
pub use sign::Degree;
pub use told::{Condition, ConditionAlarm, Differed, Duplicate, Named};
pub use webhook::{Webhook, WebhookError};

use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::time::Duration;

/// Somebody who watches: a process, for as long as it runs.
#[derive(Debug, Clone)]
pub struct Watcher {
    /// No two watchers have the same.
    word: String,
    lease: Duration,
}

impl Watcher {
    /// A watcher that is given up for dead when it has not been heard of for `lease`: longer than it takes to deliver once.
    pub fn new(lease: Duration) -> Self {
        // The standard library's own seeds: different in each process, and in each watcher of one.
        let mut hasher = RandomState::new().build_hasher();
        hasher.write_u32(std::process::id());
        Self { word: format!("{:016x}", hasher.finish()), lease }
    }

    /// How long it may be silent.
    pub fn lease(&self) -> Duration {
        self.lease
    }
}
