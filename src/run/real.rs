//! Real time: lines with a clock.

use std::time::{Duration, Instant};

use crate::modem::Tick;
use crate::port::{Pair, pair};
use crate::script::Side;

use super::matching::Captures;
use super::outcome::Fault;
use super::plan::Plan;
use super::play::{Act, Case};
use super::schedule::Carrier;
use super::template::Ports;

/// A pseudo-terminal for each modem, and sleep.
pub(super) struct PtyCarrier {
    pairs: Vec<Pair>,
    started: Instant,
}

impl PtyCarrier {
    pub(super) fn new(count: usize) -> Result<Self, Fault> {
        let pairs: Result<Vec<Pair>, _> = (0..count).map(|_| pair()).collect();
        let pairs = pairs.map_err(|error| Fault::bench(error.to_string()))?;
        Ok(PtyCarrier { pairs, started: Instant::now() })
    }

    /// The paths of the hosts' ends.
    pub(super) fn paths(&self, plan: &Plan<'_>) -> Ports {
        let names = plan.lanes.iter().map(|lane| lane.name.unwrap_or_default().to_owned());
        names.zip(self.pairs.iter().map(|pair| pair.path().display().to_string())).collect()
    }
}

impl Carrier for PtyCarrier {
    fn carry(&mut self, lane: usize, to: Side, bytes: Vec<u8>) -> Result<Vec<u8>, Fault> {
        let pair = &self.pairs[lane];
        let arrived = match to {
            Side::Host => pair.carry_to_host(&bytes),
            Side::Modem => pair.carry_to_modem(&bytes),
        };
        let arrived = arrived.map_err(|error| Fault::bench(error.to_string()))?;
        if arrived != bytes {
            return Err(Fault::bench("the pseudo-terminal changed bytes on their way"));
        }
        Ok(arrived)
    }

    fn sleep(&mut self, until: Tick) {
        let due = Duration::from_micros(until.as_micros());
        if let Some(left) = due.checked_sub(self.started.elapsed()) {
            std::thread::sleep(left);
        }
    }
}

pub(super) fn host(_case: &Case<'_>, _plan: &Plan<'_>, _captures: Captures) -> Act {
    Act::fault(Fault::bench("not yet"))
}

pub(super) fn modem(_case: &Case<'_>, _plan: &Plan<'_>, _captures: Captures) -> Act {
    Act::fault(Fault::bench("not yet"))
}
