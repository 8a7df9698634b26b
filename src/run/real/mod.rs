//! Real time: lines with a clock.
//!
//! Where both ends are ours it is the schedule that counts, and the clock only sets the pace ([`PtyCarrier`]). Against a real
//! modem or a real application the clock's time is the script's, and the player's deadline says until when to sleep.

mod child;
mod host;
mod modem;
mod reported;

use std::time::{Duration, Instant};

use crate::modem::Tick;
use crate::port::{Pair, pair};
use crate::script::Side;

use super::outcome::Fault;
use super::plan::Plan;
use super::schedule::Carrier;
use super::template::Ports;

pub use child::placeholders;
pub(super) use host::host;
pub(super) use modem::modem;

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

/// Until somebody asks for an end; for ever where nobody can.
async fn interrupted(asked: &mut Option<tokio::sync::watch::Receiver<bool>>) {
    if let Some(asked) = asked
        && asked.wait_for(|asked| *asked).await.is_ok()
    {
        return;
    }
    std::future::pending::<()>().await;
}

/// Runs one play to its end on this thread.
fn block_on<T>(play: impl Future<Output = Result<T, Fault>>) -> Result<T, Fault> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Fault::bench(format!("no runtime can be started: {error}")))?;
    runtime.block_on(play)
}

/// One of several things that are waited for.
type Waiting<'a, T> = std::pin::Pin<Box<dyn Future<Output = T> + 'a>>;

/// The first of several futures that is ready, and what it gives. The others are dropped.
async fn first<T>(mut waiting: Vec<Waiting<'_, T>>) -> T {
    std::future::poll_fn(move |context| {
        for each in &mut waiting {
            if let std::task::Poll::Ready(done) = each.as_mut().poll(context) {
                return std::task::Poll::Ready(done);
            }
        }
        std::task::Poll::Pending
    })
    .await
}
