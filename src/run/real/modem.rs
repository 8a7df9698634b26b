//! The role `modem` against a real application: on a pseudo-terminal of its own, or on a port.

use std::pin::pin;
use std::process::ExitStatus;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use crate::modem::{Event, Tick};
use crate::port::{self, Address, Line, LineEvent, Listener, Port, PortError, Ptys};
use crate::run::matching::Captures;
use crate::run::outcome::Fault;
use crate::run::plan::Plan;
use crate::run::play::{Act, Case};
use crate::run::player::ModemPlayer;
use crate::run::template::Ports;
use crate::run::world::World;
use crate::script::Side;

use super::child::Application;
use super::host::{address, fault};
use super::{Waiting, block_on, first, interrupted};

/// How long the lines of an application that has ended are still read.
const LAST_WORDS: Duration = Duration::from_millis(100);

/// Plays a case as the modem.
pub(in crate::run) fn modem(case: &Case<'_>, plan: &Plan<'_>, captures: Captures) -> Act {
    block_on(played(case, plan, captures)).unwrap_or_else(Act::fault)
}

/// The modem's end of a line.
#[derive(Debug)]
enum End {
    /// One that the application opens.
    Line(Box<Line>),
    /// A serial port, with the application at its other end.
    Port(Box<Port>, Vec<u8>),
}

/// What happened at an end.
#[derive(Debug)]
enum Happened {
    Bytes(Vec<u8>),
    Opened,
    Lines { dtr: bool, rts: bool },
    Closed,
    Gone(Option<PortError>),
}

impl End {
    async fn next(&mut self) -> Happened {
        match self {
            End::Line(line) => match line.next().await {
                LineEvent::Bytes(bytes) => Happened::Bytes(bytes.to_vec()),
                LineEvent::Opened => Happened::Opened,
                LineEvent::Lines { dtr, rts } => Happened::Lines { dtr, rts },
                LineEvent::Closed => Happened::Closed,
                LineEvent::Gone => Happened::Gone(None),
            },
            End::Port(port, buffer) => {
                buffer.resize(4096, 0);
                match port.read(buffer).await {
                    Ok(count) => Happened::Bytes(buffer[..count].to_vec()),
                    Err(error) => Happened::Gone(Some(error)),
                }
            }
        }
    }

    async fn send(&mut self, bytes: &[u8]) -> Result<(), PortError> {
        match self {
            End::Line(line) => {
                // Without a client the bytes are lost, as on a wire that ends nowhere.
                line.send(bytes);
                Ok(())
            }
            End::Port(port, _) => port.write_all(bytes).await,
        }
    }

    fn address(&self) -> String {
        match self {
            End::Line(line) => line.address(),
            End::Port(port, _) => port.address().to_string(),
        }
    }
}

async fn played(case: &Case<'_>, plan: &Plan<'_>, captures: Captures) -> Result<Act, Fault> {
    let mut ends = ends(case, plan).await?;
    let world = match case.has_modem() {
        true => case.world()?,
        false => World::without_modems(plan.lanes.len(), case.seed()),
    };
    let names = plan.lanes.iter().map(|lane| lane.name.unwrap_or_default().to_owned());
    let ports: Ports = names.zip(ends.iter().map(End::address)).collect();
    let echo = case.header.echo.as_ref().is_none_or(|echo| echo.value);
    let player = ModemPlayer::new(plan, captures, ports.clone(), echo);
    let application = match &case.options.exec {
        Some(command) => Some(Application::start(command, &ports)?),
        None => None,
    };
    let mut play = Play { player, world, application, open: 0, started: Instant::now() };
    let end = play.run(case, &mut ends).await;
    let output = match &mut play.application {
        Some(application) => Some(application.end().await),
        None => None,
    };
    let mut act = Act::of(&play.player.score, case.expects_failure(), end);
    act.notes.append(&mut play.world.notes);
    act.output = output.filter(|output| !output.is_empty());
    Ok(act)
}

async fn ends(case: &Case<'_>, plan: &Plan<'_>) -> Result<Vec<End>, Fault> {
    let mut ends = Vec::new();
    if case.options.exec.is_some() && case.options.ports.is_empty() {
        let ptys = Ptys::new().map_err(fault)?;
        for _ in &plan.lanes {
            let pty = ptys.create(None).map_err(fault)?;
            ends.push(End::Line(Box::new(Line::Pty(Box::new(pty)))));
        }
        return Ok(ends);
    }
    for lane in &plan.lanes {
        let address = address(case, lane.name)?;
        ends.push(match &address {
            Address::Serial { .. } | Address::Rfc2217 { .. } => {
                End::Port(Box::new(port::open(&address).await.map_err(fault)?), Vec::new())
            }
            Address::Tcp { .. } | Address::Unix(_) | Address::Abstract(_) | Address::Stdio => {
                End::Line(Box::new(Line::Socket(Box::new(Listener::bind(&address).await.map_err(fault)?))))
            }
        });
    }
    Ok(ends)
}

struct Play<'p, 's> {
    player: ModemPlayer<'p, 's>,
    world: World,
    application: Option<Application>,
    /// How many clients have a line open.
    open: usize,
    started: Instant,
}

impl Play<'_, '_> {
    async fn run(&mut self, case: &Case<'_>, ends: &mut [End]) -> Tick {
        let mut asked = case.options.interrupted.clone();
        let mut exit: Option<(ExitStatus, Instant)> = None;
        loop {
            if let Err(error) = self.settle(ends).await {
                self.player.stop(fault(error));
            }
            if self.player.is_over() {
                return self.now();
            }
            let deadline = self.player.deadline().into_iter().chain(self.world.deadline()).min();
            let due = deadline.map(|at| self.started + Duration::from_micros(at.as_micros()));
            let due = due.into_iter().chain(exit.map(|(_, at)| at + LAST_WORDS)).min();
            let mut alarm = pin!(sleep_until(due.unwrap_or(self.started + Duration::from_secs(86_400))));
            let events = ends.iter_mut().enumerate().map(|(lane, end)| {
                let event: Waiting<'_, (usize, Happened)> = Box::pin(async move { (lane, end.next().await) });
                event
            });
            let events: Vec<_> = events.collect();
            let running = exit.is_none();
            let Play { application, world, .. } = &mut *self;
            let ended = async {
                match application {
                    Some(application) if running => application.ended().await,
                    Some(_) | None => std::future::pending().await,
                }
            };
            tokio::select! {
                biased;
                (lane, happened) = first(events) => self.happened(lane, happened),
                () = interrupted(&mut asked) => self.player.stop(Fault::bench("interrupted")),
                (lane, ticket, answer) = world.next_answer() => {
                    let now = self.now();
                    self.world.decided(now, lane, ticket, answer);
                }
                status = ended => exit = Some((status, Instant::now())),
                () = &mut alarm => {}
            }
            if let Some((status, at)) = exit
                && at.elapsed() >= LAST_WORDS
                && (!status.success() || self.open == 0)
            {
                let _ = self.settle(ends).await;
                let now = self.now();
                // An exit with 0 counts only where somebody is still awaited.
                if !status.success() || self.player.awaits_application() {
                    self.player.ended(now, &format!("the application ended: {status}"));
                }
            }
        }
    }

    fn now(&self) -> Tick {
        Tick::ZERO + self.started.elapsed()
    }

    fn happened(&mut self, lane: usize, happened: Happened) {
        let now = self.now();
        match happened {
            Happened::Bytes(bytes) => self.world.wires[lane].put(now, Side::Modem, &bytes),
            Happened::Opened => {
                self.open += 1;
                self.event(now, lane, Event::Lines { dtr: true, rts: true });
            }
            Happened::Lines { dtr, rts } => self.event(now, lane, Event::Lines { dtr, rts }),
            Happened::Closed => {
                self.open = self.open.saturating_sub(1);
                self.event(now, lane, Event::Closed);
            }
            Happened::Gone(Some(error)) => self.player.stop(fault(error)),
            Happened::Gone(None) => self.player.stop(Fault::bench("the line is gone")),
        }
    }

    fn event(&mut self, now: Tick, lane: usize, event: Event) {
        if let Some(modem) = self.world.modems.get_mut(lane) {
            modem.event(now, event);
        }
    }

    /// Carries bytes until nobody has anything to say now.
    async fn settle(&mut self, ends: &mut [End]) -> Result<(), PortError> {
        loop {
            let now = self.now();
            let mut moved = false;
            self.world.wake(now);
            for lane in 0..ends.len() {
                while let Some(bytes) = self.world.wires[lane].take(now, Side::Modem) {
                    self.player.receive(now, lane, &bytes, &mut self.world);
                    moved = true;
                }
            }
            self.player.wake(now, &mut self.world);
            for (lane, bytes) in self.player.transmit() {
                self.world.wires[lane].put(now, Side::Host, &bytes);
                moved = true;
            }
            for (lane, end) in ends.iter_mut().enumerate() {
                while let Some(bytes) = self.world.wires[lane].take(now, Side::Host) {
                    end.send(&bytes).await?;
                    moved = true;
                }
            }
            if !moved {
                return Ok(());
            }
        }
    }
}
