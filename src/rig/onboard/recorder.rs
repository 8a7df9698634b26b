//! Writes down in the register's fleet that a board was seen with its card.
//!
//! A thread of its own writes: a store waits for its disk or its server. What waits is written in one transaction, so that
//! forty boards that end at once wait once.

use std::sync::Arc;
use std::sync::mpsc;

use jiff::Timestamp;
use tokio::sync::oneshot;

use crate::register::Desk;
use crate::register::fleet::{self, FleetError, Seen, Sighting};

/// So many sightings are one transaction at most.
const MOST: usize = 1024;

type Wish = (Sighting, oneshot::Sender<Result<Seen, String>>);

/// Writes sightings; ends with the value.
#[derive(Debug)]
pub(super) struct Recorder(mpsc::Sender<Wish>);

impl Recorder {
    /// Writes into this register from now on.
    ///
    /// # Errors
    /// The system has no thread for it.
    pub(super) fn new(desk: Arc<Desk>) -> std::io::Result<Self> {
        let (sender, wishes) = mpsc::channel::<Wish>();
        let write = move || {
            while let Ok(first) = wishes.recv() {
                let (sightings, answers): (Vec<_>, Vec<_>) =
                    [first].into_iter().chain(wishes.try_iter().take(MOST - 1)).unzip();
                for (seen, answer) in write(&desk, &sightings).into_iter().zip(answers) {
                    // Who was interrupted waits for nothing any more.
                    let _ = answer.send(seen);
                }
            }
        };
        std::thread::Builder::new().name("recorder".into()).spawn(write)?;
        Ok(Self(sender))
    }

    /// Writes that a board was seen.
    pub(super) async fn see(&self, sighting: Sighting) -> Result<Seen, String> {
        let (answer, answered) = oneshot::channel();
        let gone = || "the register's thread has ended".to_owned();
        self.0.send((sighting, answer)).map_err(|_| gone())?;
        answered.await.unwrap_or_else(|_| Err(gone()))
    }
}

fn write(desk: &Desk, sightings: &[Sighting]) -> Vec<Result<Seen, String>> {
    let now = Timestamp::now();
    let mut store = desk.store();
    let told = |error: FleetError| error.to_string();
    match fleet::see_all(&mut store, sightings, now) {
        Ok(seen) => seen.into_iter().map(Ok).collect(),
        Err(error) if sightings.len() == 1 => vec![Err(told(error))],
        // One of them cannot be kept: the others can.
        Err(_) => sightings.iter().map(|sighting| fleet::see(&mut store, sighting, now).map_err(told)).collect(),
    }
}
