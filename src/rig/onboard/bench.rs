//! The bench: many boards at once, each on its own, and what they have to do with one another.
//!
//! One task a board on one thread: a board that is silent or stuck keeps nobody waiting. What the boards share (who has
//! which IMEI, the journal, the register) is behind short locks that are never held over a wait.

mod turn;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::check::Registry;
use super::expect;
use super::fault::{Fault, Kind};
use super::journal::Journal;
use super::labels::Labels;
use super::prepare;
use super::record::{Progress, Record, Verdict};
use super::recorder::Recorder;
use super::settings::Settings;
use crate::identity::ImeiKey;
use crate::modem::Tick;
use crate::port::{Address, Attached};
use crate::rig::limit::Limit;
use crate::rig::map::{Device, Plugged, Power, Switch};
use crate::run::recording::{About, Log};
use turn::Turn;

/// A board that is to be onboarded.
#[derive(Debug, Clone)]
pub struct Board {
    /// Its name in the map, or its port.
    pub name: String,
    /// Where it answers.
    pub address: Address,
    /// What a label may call it: its name, its port, its USB serial number.
    pub names: Vec<String>,
    /// Limits of its own.
    pub limits: Vec<Limit>,
    /// What the device map says of it.
    pub device: Option<Arc<Device>>,
}

impl Board {
    /// A board that has no name but its port's.
    pub fn at(address: Address) -> Self {
        let name = address.to_string();
        let names = match &address {
            Address::Serial { path, .. } | Address::Unix(path) => vec![name.clone(), path.display().to_string()],
            Address::Tcp { .. } | Address::Rfc2217 { .. } | Address::Abstract(_) | Address::Stdio => vec![name.clone()],
        };
        Self { name, address, names, limits: Vec::new(), device: None }
    }

    /// How its power is switched, where the map says so.
    fn power(&self) -> Option<&Power> {
        self.device.as_deref().and_then(|device| device.fixtures.power.as_ref())
    }
}

impl From<&Plugged> for Board {
    /// A board of the map, where it is plugged in.
    fn from(plugged: &Plugged) -> Self {
        let mut board = Self::at(plugged.address.clone());
        board.names.insert(0, plugged.device.name.clone());
        if let Some(port) = &plugged.port {
            board.names.extend(port.links.iter().map(|link| link.display().to_string()));
            if let Attached::Usb { serial: Some(serial), .. } = &port.attached {
                board.names.push(serial.clone());
            }
        }
        let device = Arc::clone(&plugged.device);
        Self { name: device.name.clone(), limits: device.limits.clone(), device: Some(device), ..board }
    }
}

/// Who hears what happens to which board.
type Listener = Box<dyn Fn(&str, &Progress) + Send + Sync>;

/// A bench at work.
pub struct Bench {
    settings: Settings,
    registry: Arc<Registry>,
    recorder: Option<Recorder>,
    labels: Labels,
    journal: Option<Mutex<Journal>>,
    transcripts: Option<PathBuf>,
    shared: Mutex<Shared>,
    interrupted: watch::Sender<bool>,
    listener: Listener,
}

/// What boards know of one another.
#[derive(Debug, Default)]
struct Shared {
    seats: Vec<Seat>,
    devices: HashMap<ImeiKey, Vec<usize>>,
    /// What the bench itself failed in: a transcript that cannot be written.
    problems: Vec<String>,
}

/// A board's place at the bench.
#[derive(Debug)]
struct Seat {
    name: Arc<str>,
    is_here: bool,
    device: Option<ImeiKey>,
    /// Others with its IMEI.
    twins: Vec<Arc<str>>,
    record: Option<Record>,
}

impl std::fmt::Debug for Bench {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Bench").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl Bench {
    /// A bench. `transcripts` is a folder for what is said with each board; `listener` hears of all that happens.
    ///
    /// # Errors
    /// The system has no thread for the register's writer.
    pub fn new(
        settings: Settings,
        registry: Registry,
        labels: Labels,
        journal: Option<Journal>,
        transcripts: Option<PathBuf>,
        listener: impl Fn(&str, &Progress) + Send + Sync + 'static,
    ) -> std::io::Result<Arc<Self>> {
        let recorder = match &registry {
            Registry::Kept(desk) if settings.steps.record => Some(Recorder::new(Arc::clone(desk))?),
            Registry::Kept(_) | Registry::Nobody | Registry::Office(..) => None,
        };
        Ok(Arc::new(Self {
            settings,
            registry: Arc::new(registry),
            recorder,
            labels,
            journal: journal.map(Mutex::new),
            transcripts,
            shared: Mutex::default(),
            interrupted: watch::Sender::new(false),
            listener: Box::new(listener),
        }))
    }

    /// Onboards the boards that come, until no more do and all are done; their records, in the order in which they came.
    pub async fn run(self: &Arc<Self>, mut boards: mpsc::UnboundedReceiver<Board>) -> Vec<Record> {
        let mut tasks = JoinSet::new();
        let mut are_more = true;
        loop {
            tokio::select! {
                board = boards.recv(), if are_more => match board {
                    Some(board) => {
                        let seat = self.seat(&board.name);
                        tasks.spawn(Arc::clone(self).onboard(seat, board));
                    }
                    None => are_more = false,
                },
                // How it ended stands in its record.
                Some(_) = tasks.join_next(), if !tasks.is_empty() => {}
                else => break,
            }
        }
        let all = |seat: &Seat| {
            let mut record = seat.record.clone()?;
            // Others with its number may have come after it was accused.
            if let Some(fault) =
                record.faults.iter_mut().find(|fault| fault.code == "duplicate" && !seat.twins.is_empty())
            {
                fault.words = same_number(&seat.twins);
            }
            Some(record)
        };
        let mut records: Vec<Record> = self.shared().seats.iter().filter_map(all).collect();
        expect::compare(&mut records);
        records
    }

    /// Takes down that a board cannot be begun: no port is its, or nobody knows which.
    pub fn cannot(&self, name: &str, fault: Fault) {
        let mut record = Record::new(name, "", Timestamp::now());
        record.faults.push(fault);
        let seat = self.seat(name);
        self.finish(seat, record, Instant::now(), true);
    }

    /// Ends the work on every board; each has a record that says how far it came.
    pub fn interrupt(&self) {
        self.interrupted.send_replace(true);
    }

    /// A board was unplugged: who comes with its number is no twin but itself.
    pub fn left(&self, name: &str) {
        self.shared().seats.iter_mut().filter(|seat| &*seat.name == name).for_each(|seat| seat.is_here = false);
    }

    /// What went wrong with the bench itself: a journal or a transcript that could not be written.
    pub fn problems(&self) -> Vec<String> {
        let mut problems = self.shared().problems.clone();
        problems.extend(self.journal().and_then(|journal| journal.failure().map(str::to_owned)));
        problems
    }

    fn shared(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn journal(&self) -> Option<MutexGuard<'_, Journal>> {
        self.journal.as_ref().map(|journal| journal.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn seat(&self, name: &str) -> usize {
        let mut shared = self.shared();
        shared.seats.push(Seat { name: name.into(), is_here: true, device: None, twins: Vec::new(), record: None });
        shared.seats.len() - 1
    }

    fn tell(&self, board: &str, progress: &Progress) {
        let now = Timestamp::now();
        if let Some(mut journal) = self.journal() {
            match progress {
                Progress::Begun | Progress::Done(_) | Progress::Amended(_) => {}
                Progress::Step(step) => journal.event("step", board, &step.word(), now),
                Progress::Again { attempt, of, fault } => {
                    journal.event(
                        "again",
                        board,
                        &serde_json::json!({ "attempt": attempt, "of": of, "code": fault.code, "kind": fault.kind }),
                        now,
                    );
                }
            }
        }
        (self.listener)(board, progress);
    }

    async fn onboard(self: Arc<Self>, seat: usize, board: Board) {
        let started = Instant::now();
        let mut record = Record::new(&board.name, &board.address.to_string(), Timestamp::now());
        self.tell(&board.name, &Progress::Begun);
        let log = self.transcript(&board, &mut record);
        let mut interrupted = self.interrupted.subscribe();
        let is_off = AtomicBool::new(false);
        let is_done = tokio::select! {
            biased;
            _ = interrupted.wait_for(|is_over| *is_over) => false,
            () = self.attempts(seat, &board, &mut record, log.as_ref(), started, &is_off) => true,
        };
        // Interrupted between off and on: nobody is left a board without power.
        if is_off.into_inner()
            && let Some(power) = board.power()
        {
            let on = power.switch(Switch::On).await;
            record.notes.push(on.map_or_else(
                |error| format!("its power may be off: {error}; {}", error.help()),
                |()| "its power was switched on again".to_owned(),
            ));
        }
        self.finish(seat, record, started, is_done);
    }

    /// Tries until it is done, or the fault is none that passes.
    async fn attempts(
        &self,
        seat: usize,
        board: &Board,
        record: &mut Record,
        log: Option<&Log>,
        started: Instant,
        is_off: &AtomicBool,
    ) {
        let tries = self.settings.tries.max(1);
        for attempt in 1..=tries {
            record.begin(attempt);
            if attempt > 1 && attempt == tries {
                self.switch(board, record, started, is_off).await;
            }
            let mut turn = Turn { bench: self, seat, board, record, log, started, attempt };
            let Err(mut fault) = turn.take().await else { return };
            if fault.code == "noise"
                && let Some(baud) = prepare::speed(&board.address).await
            {
                fault.help =
                    Some(format!("it answers at {baud} baud: give the port as {}", with_speed(&board.address, baud)));
            }
            let now = since(started);
            record.mark(now, format!("fault: {}", fault.words));
            if let Some(step) = record.steps.last_mut().filter(|step| !step.is_done) {
                step.to_ms = now.as_micros() / 1000;
            }
            if !fault.is_passing || attempt == tries {
                record.faults.push(fault);
                return;
            }
            self.tell(&board.name, &Progress::Again { attempt: attempt + 1, of: tries, fault: fault.clone() });
            record.retried.push(fault);
            tokio::time::sleep(self.settings.pause).await;
        }
    }

    /// A board that does not answer, and whose power the bench can switch, is switched off and on before the last try.
    /// `is_off` holds meanwhile.
    async fn switch(&self, board: &Board, record: &mut Record, started: Instant, is_off: &AtomicBool) {
        let is_dead = |fault: &Fault| ["silent", "no-ok", "stuck"].contains(&fault.code.as_str());
        let Some(power) = board.power().filter(|_| record.retried.last().is_some_and(is_dead)) else { return };
        record.mark(since(started), "power: off and on");
        is_off.store(true, Ordering::Relaxed);
        let switched = power.switch(Switch::Cycle).await;
        is_off.store(false, Ordering::Relaxed);
        record.notes.push(match switched {
            Ok(()) => "it did not answer: its power was switched off and on before the last try".to_owned(),
            Err(error) => format!("its power could not be switched: {error}; {}", error.help()),
        });
        record.mark(since(started), "power: on again");
    }

    fn finish(&self, seat: usize, mut record: Record, started: Instant, is_done: bool) {
        if !record.is_resumed {
            record.took_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        }
        let device = {
            let mut shared = self.shared();
            let seat = &mut shared.seats[seat];
            accuse(&mut record, &seat.twins);
            if is_done {
                record.judge();
            } else {
                record.verdict = Verdict::Interrupted;
            }
            seat.record = Some(record.clone());
            seat.device
        };
        if let Some(mut journal) = self.journal() {
            journal.record("done", &record, device, Timestamp::now());
        }
        self.tell(&record.board.clone(), &Progress::Done(Box::new(record)));
    }

    /// Takes down which board has which IMEI; the others that have it. They hear of it too, those that are done included.
    fn claim(&self, seat: usize, device: ImeiKey) -> Vec<Arc<str>> {
        let mut amended = Vec::new();
        let twins = {
            let mut shared = self.shared();
            let name = Arc::clone(&shared.seats[seat].name);
            shared.seats[seat].device = Some(device);
            let others = shared.devices.entry(device).or_default();
            let had: Vec<usize> = others.clone();
            if !others.contains(&seat) {
                others.push(seat);
            }
            let mut twins = Vec::new();
            for other in had {
                let other = &mut shared.seats[other];
                if other.name == name || !other.is_here {
                    continue;
                }
                twins.push(Arc::clone(&other.name));
                if !other.twins.contains(&name) {
                    other.twins.push(Arc::clone(&name));
                }
                if let Some(record) = &mut other.record
                    && accuse(record, &other.twins)
                {
                    record.judge();
                    amended.push(record.clone());
                }
            }
            let own = &mut shared.seats[seat].twins;
            for twin in &twins {
                if !own.contains(twin) {
                    own.push(Arc::clone(twin));
                }
            }
            twins
        };
        for record in amended {
            if let Some(mut journal) = self.journal() {
                journal.record("amended", &record, Some(device), Timestamp::now());
            }
            self.tell(&record.board.clone(), &Progress::Amended(Box::new(record)));
        }
        twins
    }

    fn has_twin(&self, seat: usize) -> bool {
        !self.shared().seats[seat].twins.is_empty()
    }

    /// A file for what is said with a board; one that is there already is kept.
    fn transcript(&self, board: &Board, record: &mut Record) -> Option<Log> {
        let folder = self.transcripts.as_ref()?;
        let safe = |letter: char| if letter.is_ascii_alphanumeric() || "-_.".contains(letter) { letter } else { '_' };
        let name: String = board.name.trim_start_matches(['/', '.']).chars().take(100).map(safe).collect();
        let file = |n: u32| if n == 1 { format!("{name}.atg") } else { format!("{name}-{n}.atg") };
        let name = (1..=9_999).map(file).find(|name| !folder.join(name).exists()).unwrap_or_else(|| file(10_000));
        let about = About {
            title: format!("Onboarding of {}", board.name),
            revealed: self.settings.reveal,
            modems: Vec::new(),
        };
        match Log::create(&folder.join(&name), &about) {
            Ok(log) => {
                record.transcript = Some(name);
                Some(log)
            }
            Err(error) => {
                self.shared().problems.push(format!("{}: {error}", folder.join(&name).display()));
                None
            }
        }
    }
}

/// Adds the fault of a number that others have too; whether it was not there yet.
fn accuse(record: &mut Record, twins: &[Arc<str>]) -> bool {
    if twins.is_empty() || record.faults.iter().any(|fault| fault.code == "duplicate") {
        return false;
    }
    record.faults.push(
        Fault::new(Kind::Identity, "duplicate", same_number(twins))
            .help("look at both boards' labels: one was programmed with the other's number"),
    );
    true
}

/// Who has a board's number besides it: of many, the first few.
fn same_number(twins: &[Arc<str>]) -> String {
    const SHOWN: usize = 4;
    let names = twins.iter().take(SHOWN).map(|name| &**name).collect::<Vec<_>>().join(", ");
    match twins.len().saturating_sub(SHOWN) {
        0 => format!("another device has the same number: {names}"),
        more => format!("another device has the same number: {names} and {more} more"),
    }
}

fn with_speed(address: &Address, baud: u32) -> String {
    let text = address.to_string();
    let bare = text.split_once('?').map_or(text.as_str(), |(bare, _)| bare);
    format!("{bare}?baud={baud}")
}

fn since(started: Instant) -> Tick {
    Tick::from_micros(u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX))
}
