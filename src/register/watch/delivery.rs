//! The reports' way out: in their order, in batches, tried again where that can help.

use super::Watcher;
use super::outbox::Held;
use super::report::Report;
use crate::register::store::{Store, StoreError};
use jiff::Timestamp;
use std::time::Duration;

/// So many reports go out at once.
const BATCH: usize = 100;
/// The first wait between two tries, and the longest.
const PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// What came of sending a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivery {
    /// The receiver has it.
    Done,
    /// The receiver does not want it, and would not want it a second later.
    Refused {
        /// In its words.
        why: String,
        /// Whether that may be because of a single report: each is sent alone then.
        is_about_content: bool,
    },
    /// It may work at another time.
    Failed(String),
    /// We are to end.
    Stopped,
}

/// What was delivered.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Delivered {
    /// How many reports.
    pub reports: u64,
    /// How many of them say that something became blocked.
    pub blocking: u64,
    /// How many were refused so often that they were set aside.
    pub aside: u64,
    /// Why not all of them; those that are left are tried again next time.
    pub failure: Option<String>,
    /// Another watcher delivers, until this time at most if it is not heard of.
    pub elsewhere: Option<Timestamp>,
}

impl Watcher {
    /// Delivers what waits. Each batch is sent up to `tries` times, with a `pause` in between (which says whether to go on).
    ///
    /// # Errors
    /// The store fails: what was sent then will be sent again.
    pub fn deliver(
        &self,
        store: &mut Store,
        clock: &dyn Fn() -> Timestamp,
        tries: u32,
        send: &mut dyn FnMut(&[Report]) -> Delivery,
        pause: &mut dyn FnMut(Duration) -> bool,
    ) -> Result<Delivered, StoreError> {
        let mut done = Delivered::default();
        if self.next(store, 0, 1)?.is_empty() {
            return Ok(done);
        }
        // Those that are left of a batch that was refused as a whole; how often the next one failed.
        let (mut after, mut alone, mut failures, mut wait) = (0, 0_usize, 0, PAUSE);
        loop {
            // First the lease, then the look: what is read without it may be told already. A lease is as long as one try, so
            // that all of it begins anew with each.
            if let Held::Elsewhere(until) = self.hold(store, clock())? {
                done.elsewhere = Some(until);
                return Ok(done);
            }
            let batch = self.next(store, after, if alone > 0 { 1 } else { BATCH })?;
            let Some(last) = batch.last() else { break };
            match send(&batch) {
                Delivery::Done => {
                    self.delivered(store, &batch)?;
                    done.reports += batch.len() as u64;
                    done.blocking += batch.iter().filter(|report| report.is_blocking()).count() as u64;
                }
                Delivery::Refused { is_about_content: true, .. } if batch.len() > 1 => {
                    alone = batch.len();
                    continue;
                }
                Delivery::Refused { why, is_about_content } => {
                    done.aside += self.refused(store, &batch)?;
                    done.failure.get_or_insert(why);
                    if !is_about_content {
                        break;
                    }
                }
                Delivery::Failed(why) => {
                    failures += 1;
                    if failures >= tries {
                        done.failure = Some(why);
                        break;
                    }
                    if !pause(wait) {
                        break;
                    }
                    wait = (wait * 2).min(LONGEST_PAUSE);
                    continue;
                }
                Delivery::Stopped => break,
            }
            (after, failures, wait) = (last.number, 0, PAUSE);
            alone = alone.saturating_sub(1);
        }
        self.let_go(store)?;
        Ok(done)
    }
}
