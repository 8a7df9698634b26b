//! `atgate register watch`: tells of each device of the fleet that became blocked, or was cleared, once.

use std::sync::Arc;
use std::time::Duration;

use anstyle::{AnsiColor, Style};
use clap::Args;
use jiff::{SignedDuration, Timestamp};
use tokio::runtime::Runtime;
use tokio::sync::watch;

use super::{Place, now};
use crate::cli::say;
use crate::cli::signals::Signals;
use crate::cli::{CliError, Exit};
use crate::register::fleet::{self, FleetError};
use crate::register::remote::Token;
use crate::register::store::StoreError;
use crate::register::watch::{Delivered, Delivery, Report, Round, View, Watcher, Webhook};
use crate::register::{Desk, DeskError, IndexFacts};

const WARNING: Style = AnsiColor::Yellow.on_default();
const HELP: Style = AnsiColor::Cyan.on_default();

/// A signal, and a change by another program, are noticed within this time.
const GLANCE: Duration = Duration::from_millis(250);
/// What was not delivered is tried again after this time at first, and no later than this.
const RETRY: Duration = Duration::from_secs(10);
const LONGEST_RETRY: Duration = Duration::from_secs(600);
/// A batch is sent so often in a row.
const TRIES: u32 = 3;
/// Beyond what one try may take, a watcher may be silent for this long.
const SLACK: Duration = Duration::from_secs(1);

const WORDS: &str = "\
Goes over the fleet whenever a list or a card changes, an entry ceases to hold, a condition's days of grace are over, and at \
intervals, and tells of each device that became blocked or tracked, or was cleared since, once: what was told stands in the register, so \
that a restart repeats nothing. So it tells of conditions of the rules (condition-holds, condition-grace, condition-blocks, \
condition-over), of cards that were seen in another device than their own (differed, differed-over) and of numbers that several devices \
seem to have (duplicate, duplicate-over). A list or condition that would change more than a tenth of the fleet is told as one alarm (alarm, \
condition-alarm), and its devices are held back until --allow-ratio lets them through. With \
--webhook a report counts as told when the receiver has answered 2xx, and is printed then; until then it waits in the register.

A receiver gets {\"reports\":[{\"id\":…,\"event\":\"blocked\",…},…]}, a hundred at most, the oldest first. Who is killed after sending and \
before noting it sends the same reports again: a receiver drops an id that it has seen. Of several watchers on one register one at a \
time tells. A bearer token stands in ATGATE_WEBHOOK_TOKEN. Identities of real devices are shown as {device_1}, {device_2} and so on, the \
same for the same as long as the register lives, unless --reveal is given.

  atgate register watch --once --json >>reports.ndjson
  atgate register watch --every 15m --webhook https://bench.example/reports

Exit codes: 0 nothing became blocked (or, without --once, ended by a signal), 1 something did, by a list or a condition, or is held back, \
or a card has left its device, or a number is several devices'; 2 the command line is \
wrong, 3 the register or the receiver failed.";

/// The flags of `atgate register watch`.
#[derive(Debug, Args)]
#[command(after_help = WORDS)]
pub(super) struct Watch {
    /// How often the fleet is gone over where nothing changes: 15m, 1h, 1h30m
    #[arg(long, value_name = "TIME", default_value = "1h", value_parser = duration)]
    every: Duration,

    /// Who is told: each report is sent there as JSON
    #[arg(long, value_name = "URL")]
    webhook: Option<String>,

    /// How long the receiver may take to answer
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = duration)]
    timeout: Duration,

    /// Go over the fleet once, and exit with whether anything became blocked
    #[arg(long, conflicts_with = "every")]
    once: bool,

    /// One JSON object a line
    #[arg(long)]
    json: bool,

    /// Show and send identities of real devices
    #[arg(long)]
    reveal: bool,

    /// Let a list or a condition change this part of the fleet, 0 to 1, or as much as it likes
    #[arg(long, value_name = "PART", num_args = 0..=1, default_missing_value = "1", value_parser = super::import::part)]
    allow_ratio: Option<f64>,

    /// Send again what the receiver has refused so often that it was set aside
    #[arg(long)]
    retry_refused: bool,
}

/// A time from a tenth of a second to a year.
fn duration(text: &str) -> Result<Duration, String> {
    text.parse::<SignedDuration>()
        .ok()
        .and_then(|time| Duration::try_from(time).ok())
        .filter(|time| (Duration::from_millis(100)..=Duration::from_secs(366 * 86_400)).contains(time))
        .ok_or_else(|| "expected a time such as 10s, 15m or 1h30m, a tenth of a second at least".to_owned())
}

impl Watch {
    pub(super) fn run(self, place: &Place) -> Result<Exit, CliError> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .map_err(|error| CliError::bench(format!("cannot start: {error}")))?;
        let stop = stop(&runtime)?;
        let webhook = match &self.webhook {
            None => None,
            Some(url) => Some(receiver(url, self.timeout, self.reveal)?),
        };
        let desk = place.desk()?;
        let watcher = Watcher::new(self.timeout * 2 + SLACK);
        let teller = Teller { watch: &self, runtime: &runtime, stop, webhook, watcher };
        if self.retry_refused {
            teller.watcher.take_up(&mut desk.store())?;
        }
        let ended = if self.once { teller.once(&desk) } else { teller.go_on(place, desk) };
        // Nothing is left to wait for.
        runtime.shutdown_background();
        ended
    }
}

fn receiver(url: &str, timeout: Duration, reveal: bool) -> Result<Webhook, CliError> {
    let token = match std::env::var("ATGATE_WEBHOOK_TOKEN") {
        Ok(text) if !text.is_empty() => {
            Some(text.parse::<Token>().map_err(|error| CliError::usage(format!("ATGATE_WEBHOOK_TOKEN: {error}")))?)
        }
        Ok(_) | Err(_) => None,
    };
    Webhook::new(url, token, timeout, reveal).map_err(|error| {
        let help = error.help().map(str::to_owned);
        CliError { help, ..CliError::usage(format!("--webhook: {error}")) }
    })
}

/// Becomes true with the first signal that asks the program to end.
fn stop(runtime: &Runtime) -> Result<watch::Receiver<bool>, CliError> {
    let (told, stop) = watch::channel(false);
    let mut signals = runtime.block_on(async { Signals::new() })?;
    runtime.spawn(async move {
        signals.next().await;
        // Nobody waits any more where the program has ended by itself.
        let _ = told.send(true);
        // A sender that is gone would look like a signal.
        told.closed().await;
    });
    Ok(stop)
}

/// What tells of the fleet.
struct Teller<'a> {
    watch: &'a Watch,
    runtime: &'a Runtime,
    stop: watch::Receiver<bool>,
    webhook: Option<Webhook>,
    watcher: Watcher,
}

impl Teller<'_> {
    /// One round for cron.
    fn once(&self, desk: &Desk) -> Result<Exit, CliError> {
        let round = self.round(desk)?;
        let mut told = self.deliver(desk)?;
        // Another watcher that was killed while it told leaves a lease behind, which runs out; one that lives goes on telling.
        if let Some(until) = told.elsewhere {
            let left = Duration::try_from(until.duration_since(now())).unwrap_or_default();
            self.pause(left.min(self.watcher.lease()));
            told = self.deliver(desk)?;
        }
        let waiting = self.watcher.waiting(&mut desk.store())?;
        if let Some(failure) = &told.failure {
            let error = CliError::bench(format!("{failure}; {} reports wait in the register", waiting.reports));
            return Err(if waiting.aside > 0 {
                error.help(format!("{} were refused too often: --retry-refused sends them again", waiting.aside))
            } else {
                error.help("they are sent with the next round")
            });
        }
        if told.elsewhere.is_some() {
            warn(format_args!("another watcher is telling: {} reports are left to it", waiting.reports));
        }
        if *self.stop.borrow() {
            return Ok(Exit::Interrupted);
        }
        let is_blocked = round.blocked > 0 || round.alarms > 0 || told.blocking > 0 || round.held_blocking > 0;
        Ok(if is_blocked { Exit::Failed } else { Exit::Passed })
    }

    /// Rounds until a signal comes. What fails is told, and tried again.
    fn go_on(&self, place: &Place, mut desk: Arc<Desk>) -> Result<Exit, CliError> {
        let (mut next_round, mut next_delivery, mut retry, mut mark) =
            (Some(now()), None, RETRY, fleet::Mark::default());
        while !*self.stop.borrow() {
            let done = self.step(&desk, &mut next_round, &mut next_delivery, &mut retry, &mut mark);
            if let Err(error) = done {
                warn(format_args!("{error}; it is tried again"));
                next_round = Some(now());
                if !self.pause(retry.min(RETRY)) {
                    break;
                }
                // A database that was started anew wants a new connection.
                match place.desk() {
                    Ok(opened) => desk = opened,
                    Err(error) => warn(format_args!("{error}")),
                }
            }
        }
        Ok(Exit::Passed)
    }

    /// What is due, and a wait for what comes next.
    fn step(
        &self,
        desk: &Desk,
        next_round: &mut Option<Timestamp>,
        next_delivery: &mut Option<Timestamp>,
        retry: &mut Duration,
        mark: &mut fleet::Mark,
    ) -> Result<(), DeskError> {
        let is_due = |time: &Option<Timestamp>| time.is_some_and(|time| time <= now());
        // Sightings and links are no acts: they have a mark of their own.
        let seen = fleet::mark(&mut desk.store()).map_err(of_fleet)?;
        let has_changed = desk.refresh(now())? || seen != *mark;
        *mark = seen;
        let is_round = has_changed || is_due(next_round);
        if is_round {
            let round = self.round(desk)?;
            // Somebody is ahead, or we are behind: the next look is soon.
            let next = later(if round.is_stale { GLANCE * 4 } else { self.watch.every });
            // A condition whose days of grace are over blocks from that moment on.
            *next_round = Some(round.next.map_or(next, |due| due.min(next)));
        }
        if is_round || is_due(next_delivery) {
            let told = self.deliver(desk)?;
            *next_delivery = match (&told.failure, told.elsewhere) {
                (Some(failure), _) => {
                    let waiting = self.watcher.waiting(&mut desk.store())?;
                    warn(format_args!("{failure}; {} reports wait, {} are set aside", waiting.reports, waiting.aside));
                    let wait = *retry;
                    *retry = (*retry * 2).min(LONGEST_RETRY);
                    Some(later(wait))
                }
                (None, Some(until)) => Some(until),
                (None, None) => {
                    *retry = RETRY;
                    None
                }
            };
        }
        if !*self.stop.borrow() {
            desk.store().wait(GLANCE)?;
        }
        Ok(())
    }

    fn round(&self, desk: &Desk) -> Result<Round, DeskError> {
        let now = now();
        desk.refresh(now)?;
        let index = desk.index();
        let (facts, rules) = (IndexFacts::new(&index, desk.key()), desk.rules());
        let ratio = rules.matching_ratio.or(self.watch.allow_ratio);
        let view = View { generation: index.generation(), now, facts: &facts, rules: &rules };
        let round = self.watcher.round(&mut desk.store(), &view, ratio)?;
        for error in &round.held {
            warn(format_args!("{error}; its devices are held back"));
            anstream::eprintln!("{HELP}help{HELP:#}: where that is right, --allow-ratio tells them one by one");
        }
        Ok(round)
    }

    fn deliver(&self, desk: &Desk) -> Result<Delivered, DeskError> {
        let mut store = desk.store();
        let told = self
            .watcher
            .deliver(&mut store, &now, TRIES, &mut |reports| self.tell(reports), &mut |time| self.pause(time))?;
        Ok(told)
    }

    /// Tells the receiver, if there is one, then stdout.
    fn tell(&self, reports: &[Report]) -> Delivery {
        if *self.stop.borrow() {
            return Delivery::Stopped;
        }
        if let Some(webhook) = &self.webhook {
            let mut stop = self.stop.clone();
            let answer = self.runtime.block_on(async {
                tokio::select! {
                    answer = webhook.send(reports) => answer,
                    // What was sent and not answered comes again, under the same id.
                    _ = stop.wait_for(|is_over| *is_over) => Delivery::Stopped,
                }
            });
            if answer != Delivery::Done {
                return answer;
            }
        }
        let mut text = String::new();
        for report in reports {
            if self.watch.json {
                text += &report.object(self.watch.reveal).to_string();
            } else {
                text += &report.line(self.watch.reveal);
            }
            text.push('\n');
        }
        let is_heard = say::is_heard(format_args!("{text}"));
        // A receiver has them, whoever has stopped reading stdout.
        if is_heard || self.webhook.is_some() {
            Delivery::Done
        } else {
            Delivery::Failed("stdout is closed".to_owned())
        }
    }

    /// Waits; false where a signal came meanwhile.
    fn pause(&self, time: Duration) -> bool {
        let mut stop = self.stop.clone();
        self.runtime.block_on(async {
            tokio::select! {
                () = tokio::time::sleep(time) => true,
                _ = stop.wait_for(|is_over| *is_over) => false,
            }
        })
    }
}

/// No sighting is written here, so that the store alone can fail.
fn of_fleet(error: FleetError) -> DeskError {
    match error {
        FleetError::Store(error) => error.into(),
        other @ (FleetError::Future { .. } | FleetError::Place { .. } | FleetError::NoSim) => {
            StoreError::Damaged(other.to_string()).into()
        }
    }
}

fn later(time: Duration) -> Timestamp {
    SignedDuration::try_from(time).ok().and_then(|time| now().checked_add(time).ok()).unwrap_or(Timestamp::MAX)
}

fn warn(text: std::fmt::Arguments<'_>) {
    anstream::eprintln!("{WARNING}warning{WARNING:#}: {text}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_and_those_that_would_never_end_or_spin_are_refused() {
        assert_eq!(duration("1h30m"), Ok(Duration::from_secs(5400)));
        assert_eq!(duration("200ms"), Ok(Duration::from_millis(200)));
        for wrong in ["", "soon", "-1h", "1", "10000h", "1ms", "99999999999999999999h"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }
}
