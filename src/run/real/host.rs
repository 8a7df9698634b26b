//! The role `host` against a real port.

use std::pin::pin;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use crate::modem::Tick;
use crate::port::{self, Address, PortError};
use crate::run::matching::Captures;
use crate::run::outcome::{Fault, Role};
use crate::run::plan::Plan;
use crate::run::play::{Act, Case};
use crate::run::player::HostPlayer;
use crate::run::template::Ports;

use super::reported::Reported;
use super::{Waiting, block_on, first, interrupted};

/// How much is read at once.
const BUFFER: usize = 4096;

/// Plays a case as the host, on the ports that the options name.
pub(in crate::run) fn host(case: &Case<'_>, plan: &Plan<'_>, captures: Captures) -> Act {
    block_on(played(case, plan, captures)).unwrap_or_else(Act::fault)
}

async fn played(case: &Case<'_>, plan: &Plan<'_>, captures: Captures) -> Result<Act, Fault> {
    let mut ports = Vec::new();
    for lane in &plan.lanes {
        let address = address(case, lane.name)?;
        ports.push(port::open(&address).await.map_err(fault)?);
    }
    let names: Ports = case.options.ports.clone();
    let mut player = HostPlayer::new(plan, Role::Host, captures, names);
    let mut stage = Reported::default();
    let mut buffers = vec![[0u8; BUFFER]; ports.len()];
    let mut asked = case.options.interrupted.clone();
    let mut notes = Vec::new();
    let started = Instant::now();
    let end = loop {
        let now = Tick::ZERO + started.elapsed();
        player.wake(now, &mut stage);
        for (lane, bytes) in player.transmit() {
            match ports[lane].write_all(&bytes).await {
                Ok(()) => {}
                Err(error @ PortError::Tamper { .. }) => {
                    notes.push(format!("tamper: {error}"));
                    player.stop(fault(error));
                }
                Err(error) => player.stop(fault(error)),
            }
        }
        if player.is_over() {
            break now;
        }
        let due = player.deadline().map(|at| started + Duration::from_micros(at.as_micros()));
        let mut alarm = pin!(sleep_until(due.unwrap_or(started + Duration::from_secs(86_400))));
        let reads = ports.iter_mut().zip(&mut buffers).enumerate().map(|(lane, (port, buffer))| {
            let read: Waiting<'_, (usize, Result<usize, PortError>)> =
                Box::pin(async move { (lane, port.read(buffer).await) });
            read
        });
        let came = {
            let came = first(reads.collect());
            // What has arrived counts, even where its limit runs out at the same time.
            tokio::select! {
                biased;
                came = came => Some(came),
                () = interrupted(&mut asked) => {
                    player.stop(Fault::bench("interrupted"));
                    None
                }
                () = &mut alarm => None,
            }
        };
        let now = Tick::ZERO + started.elapsed();
        match came {
            Some((lane, Ok(count))) => player.receive(now, lane, &buffers[lane][..count], &mut stage),
            Some((_, Err(error))) => player.stop(fault(error)),
            None => {}
        }
    };
    let mut act = Act::of(&player.score, case.expects_failure(), end);
    act.notes.append(&mut notes);
    Ok(act)
}

/// The port of a modem, as the options have it.
pub(super) fn address(case: &Case<'_>, name: Option<&str>) -> Result<Address, Fault> {
    let key = name.unwrap_or_default();
    let Some(text) = case.options.ports.get(key) else {
        return Err(match name {
            Some(name) => {
                Fault::script(format!("no port for the modem `{name}`")).help(format!("give it by --port {name}=PORT"))
            }
            None => Fault::script("no port to play on").help("give it by --port PORT"),
        });
    };
    text.parse::<Address>().map_err(|error| Fault::script(error.to_string()))
}

/// A port's error, with its next step.
pub(super) fn fault(error: PortError) -> Fault {
    let help = error.help();
    let fault = Fault::bench(error.to_string());
    match help {
        Some(help) => fault.help(help),
        None => fault,
    }
}
