//! A session on a port: the port's bytes, what is typed and the clock in, what the session does out.
//!
//! Knows ports and files; what is shown, and how a line is typed, is the caller's.

mod log;
mod play;

use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, sleep_until};

use super::screen::{Shown, Stamps, Tone};
use super::session::{Act, Awaits, Session, Switch};
use crate::port::{self, Address, Port, PortError, Share, Shared};
use log::Log;
use play::{Play, Playing, played};

/// How often is looked whether a port that went away is back.
const LOOK: Duration = Duration::from_millis(200);

/// The shortest time between two writes of the session's script.
const SAVE: Duration = Duration::from_secs(1);

/// How much is read at once.
const PIECE: usize = 4096;

/// What a session is run with.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Which time stands before a line at first.
    pub stamps: Stamps,
    /// Where every line is logged as it is said.
    pub log: Option<PathBuf>,
    /// Where the session is written as a script, from time to time and at the end.
    pub save: Option<PathBuf>,
    /// At which addresses other programs share the port.
    pub share: Vec<Address>,
    /// Whether identities are written as they are.
    pub reveal: bool,
    /// Whether the speed follows what garbage speaks for.
    pub follow_baud: bool,
    /// Whether a port that is not there yet is waited for.
    pub wait: bool,
}

/// What the keyboard's side says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// A line, typed or pasted.
    Line(String),
    /// A line from a pipe: carried out behind those before it.
    Piped(String),
    /// A line that Ctrl-Z ended.
    Text(String),
    /// An order of a key.
    Order(super::session::Order),
    /// Ctrl-C.
    Interrupt,
    /// No more will come.
    End,
    /// The session is over at once: Ctrl-D, a signal.
    Quit,
}

/// What the caller is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    /// A line to show.
    Show(Shown),
    /// How times are shown from here on.
    Stamps(Stamps),
    /// What a line that is typed now would be.
    Awaits(Awaits),
}

/// Why a session could not begin, or not be kept.
#[derive(Debug, thiserror::Error)]
pub enum LiveError {
    /// The port, or a share of it.
    #[error(transparent)]
    Port(#[from] PortError),
    /// A file that cannot be written.
    #[error("cannot write {path}: {source}")]
    File {
        /// Its path.
        path: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// The session cannot be written as a script.
    #[error("the session was not saved: {why}")]
    Unsaved {
        /// Where, and what is in the way.
        why: String,
    },
}

/// A session, at work.
struct Live<'a> {
    address: Address,
    settings: Settings,
    port: Option<Port>,
    /// What DTR and RTS were switched to.
    driven: [Option<bool>; 2],
    session: Session,
    shares: Vec<Share>,
    log: Option<Log>,
    saved: Saved,
    /// The script that is played, and where it has the port.
    play: Option<Play>,
    started: Instant,
    awaits: Awaits,
    tell: &'a mut dyn FnMut(Output),
}

/// Runs a session until it is over. What is to be shown goes to `tell`.
///
/// # Errors
///
/// Where the port cannot be opened at first, a share cannot be made, or a file cannot be written.
pub async fn run(
    address: &Address,
    settings: Settings,
    mut inputs: mpsc::Receiver<Input>,
    tell: &mut dyn FnMut(Output),
) -> Result<(), LiveError> {
    let port = match port::open(address).await {
        Ok(port) => Some(port),
        Err(PortError::Missing { .. } | PortError::Refused { .. }) if settings.wait => None,
        Err(error) => return Err(error.into()),
    };
    let mut shares = Vec::new();
    for place in &settings.share {
        shares.push(Share::bind(place).await?);
    }
    let log = settings.log.as_deref().map(|path| Log::create(path, settings.reveal)).transpose()?;
    let session = Session::new(baud_of(address), settings.stamps);
    let mut live = Live {
        address: address.clone(),
        settings,
        port,
        driven: [None; 2],
        session,
        shares,
        log,
        saved: Saved::default(),
        play: None,
        started: Instant::now(),
        awaits: Awaits::default(),
        tell,
    };
    live.begin();
    let outcome = live.turn(&mut inputs).await;
    live.finish()?;
    outcome
}

impl Live<'_> {
    fn now(&self) -> Duration {
        self.started.elapsed()
    }

    fn begin(&mut self) {
        let now = self.now();
        if self.port.is_none() {
            self.session.gone(now, &format!("there is no {}", self.address));
        }
        for place in self.shares.iter().map(|share| share.address().to_string()).collect::<Vec<_>>() {
            self.session.note(now, Tone::Note, format!("shared at {place}"));
        }
    }

    async fn turn(&mut self, inputs: &mut mpsc::Receiver<Input>) -> Result<(), LiveError> {
        let mut buffer = vec![0; PIECE];
        // From a pipe that is faster than the modem: no more is read before there is room for it.
        let mut piped: Option<String> = None;
        loop {
            if let Some(line) = piped.take() {
                piped = (!self.session.piped(self.now(), &line)).then_some(line);
            }
            if self.acts().await? {
                return Ok(());
            }
            let wake = self.session.deadline().map(|at| self.started + at);
            let save = self.saved.due.map(|at| self.started + at);
            let far = Instant::now() + Duration::from_secs(86_400);
            tokio::select! {
                biased;
                read = read(&mut self.port, &mut buffer) => match read {
                    Ok(count) => self.came(&buffer[..count]),
                    Err(error) => self.gone(&error),
                },
                (who, what) = first(&mut self.shares) => self.shared(who, what).await,
                what = played(&mut self.play) => self.played(what).await,
                input = inputs.recv(), if piped.is_none() => {
                    let now = self.now();
                    match input {
                        Some(Input::Line(line)) => self.session.typed(now, &line),
                        Some(Input::Piped(line)) => piped = (!self.session.piped(now, &line)).then_some(line),
                        Some(Input::Text(text)) => self.session.finish_text(now, &text),
                        Some(Input::Order(order)) => self.session.order(now, order),
                        Some(Input::Interrupt) => self.session.interrupt(now),
                        Some(Input::End) => self.session.end(now),
                        Some(Input::Quit) | None => return Ok(()),
                    }
                }
                () = sleep_until(wake.unwrap_or(far)) => self.session.wake(self.now()),
                () = sleep_until(save.unwrap_or(far)) => self.save(None),
                () = sleep(LOOK), if self.port.is_none() => self.look().await,
            }
        }
    }

    fn came(&mut self, bytes: &[u8]) {
        self.shares.iter_mut().for_each(|share| share.send(bytes));
        if let Some(play) = &mut self.play {
            play.share.send(bytes);
        }
        let now = self.now();
        self.session.receive(now, bytes);
        if self.settings.follow_baud
            && let Some(likely) = self.session.likely_baud()
        {
            self.session.order(now, super::session::Order::Baud(likely));
        }
    }

    fn gone(&mut self, error: &PortError) {
        self.port = None;
        let now = self.now();
        self.session.gone(now, &error.to_string());
    }

    async fn look(&mut self) {
        let Ok(mut port) = port::open(&self.address).await else { return };
        let [dtr, rts] = self.driven;
        let now = self.now();
        if (dtr.is_some() || rts.is_some())
            && let Err(error) = port.drive(dtr, rts).await
        {
            self.session.note(now, Tone::Bad, error.to_string());
        }
        self.port = Some(port);
        self.session.back(now);
    }

    /// Another program, at the share of this number, or the script that is played.
    async fn shared(&mut self, who: usize, what: Shared) {
        let now = self.now();
        let place = self.shares.get(who).map(|share| share.address().to_string()).unwrap_or_default();
        match what {
            Shared::Came => self.session.note(now, Tone::Note, format!("a program came to {place}")),
            Shared::Left => self.session.note(now, Tone::Note, format!("a program left {place}")),
            Shared::Bytes(bytes) => self.pass(&bytes).await,
        }
    }

    /// What somebody else sends to the modem: through the gate too, and told as it passes.
    async fn pass(&mut self, bytes: &[u8]) {
        // Line by line: what the gate stops is the one that ends there.
        for piece in bytes.split_inclusive(|&byte| byte == b'\r') {
            let now = self.now();
            let Some(port) = &mut self.port else { return };
            match port.write_all(piece).await {
                Ok(()) => self.session.others(now, piece),
                Err(PortError::Tamper { reason, .. }) => self.session.refused_others(now, piece, reason),
                Err(error) => self.gone(&error),
            }
        }
    }

    async fn played(&mut self, what: Playing) {
        match what {
            Playing::Said(Shared::Bytes(bytes)) => self.pass(&bytes).await,
            Playing::Said(Shared::Came | Shared::Left) => {}
            Playing::Done(lines) => {
                self.play = None;
                let now = self.now();
                for line in lines {
                    let tone = if line.starts_with("PASS") { Tone::Good } else { Tone::Bad };
                    self.session.note(now, tone, line);
                }
                self.session.played(now);
            }
        }
    }

    /// Does what the session wants done; true where it is over.
    async fn acts(&mut self) -> Result<bool, LiveError> {
        while let Some(act) = self.session.act() {
            let now = self.now();
            match act {
                Act::Show(shown) => (self.tell)(Output::Show(shown)),
                Act::Stamps(stamps) => (self.tell)(Output::Stamps(stamps)),
                Act::Send(bytes) => self.send(now, &bytes).await,
                Act::Drive { dtr, rts } => self.drive(now, dtr, rts).await,
                Act::Break(length) => {
                    let Some(port) = &mut self.port else { continue };
                    match port.send_break(length).await {
                        Ok(()) => self.session.note(now, Tone::Note, format!("a break of {} ms", length.as_millis())),
                        Err(error) => self.failed(now, &error),
                    }
                }
                Act::Signals => self.signals(now).await,
                Act::Baud(baud) => self.baud(now, baud).await,
                Act::Save(path) => self.save(path),
                Act::Play(path) => self.play(now, &path).await,
                Act::Quit => {
                    // What came of the order before it is still told.
                    while let Some(act) = self.session.act() {
                        if let Act::Show(shown) = act {
                            (self.tell)(Output::Show(shown));
                        }
                    }
                    self.log()?;
                    return Ok(true);
                }
            }
        }
        self.log()?;
        if self.settings.save.is_some() && self.session.record().count() > self.saved.count && self.saved.due.is_none()
        {
            self.saved.due = Some(self.now() + self.saved.pause.max(SAVE));
        }
        let awaits = self.session.awaits();
        if awaits != self.awaits {
            self.awaits = awaits;
            (self.tell)(Output::Awaits(awaits));
        }
        Ok(false)
    }

    async fn send(&mut self, now: Duration, bytes: &[u8]) {
        let Some(port) = &mut self.port else { return };
        if let Some(refusal) = port.refuses(bytes) {
            return self.session.refused(now, bytes, refusal.reason);
        }
        match port.write_all(bytes).await {
            Ok(()) => {}
            Err(PortError::Tamper { reason, .. }) => self.session.refused(now, bytes, reason),
            Err(error) => self.gone(&error),
        }
    }

    async fn drive(&mut self, now: Duration, dtr: Option<Switch>, rts: Option<Switch>) {
        // A port is opened with both ON.
        let set = |switch: Option<Switch>, before: Option<bool>| {
            switch.map(|switch| match switch {
                Switch::On => true,
                Switch::Off => false,
                Switch::Other => !before.unwrap_or(true),
            })
        };
        let [dtr, rts] = [set(dtr, self.driven[0]), set(rts, self.driven[1])];
        let Some(port) = &mut self.port else { return };
        if let Err(error) = port.drive(dtr, rts).await {
            return self.failed(now, &error);
        }
        for (name, line, driven) in [("DTR", dtr, 0), ("RTS", rts, 1)] {
            if let Some(on) = line {
                self.driven[driven] = Some(on);
                self.session.note(now, Tone::Note, format!("{name} {}", if on { "ON" } else { "OFF" }));
            }
        }
    }

    async fn signals(&mut self, now: Duration) {
        let Some(port) = &mut self.port else { return };
        match port.signals().await {
            Ok(signals) => self.session.aside(now, Tone::Note, signals.to_string()),
            Err(error) => self.failed(now, &error),
        }
    }

    async fn baud(&mut self, now: Duration, baud: u32) {
        let (Address::Serial { settings, .. } | Address::Rfc2217 { settings, .. }) = &mut self.address else {
            let what = format!("{} has no speed", self.address);
            return self.session.aside(now, Tone::Bad, what);
        };
        settings.baud = baud;
        // It is opened anew: no program may have it twice.
        self.port = None;
        match port::open(&self.address).await {
            Ok(port) => {
                self.port = Some(port);
                self.session.baud(now, baud);
            }
            Err(error) => self.gone(&error),
        }
    }

    fn failed(&mut self, now: Duration, error: &PortError) {
        let help = error.help().map(|help| format!("; {help}")).unwrap_or_default();
        self.session.aside(now, Tone::Bad, format!("{error}{help}"));
    }

    /// Plays a script as the host, over a socket of our own: the port stays open, and what is said is seen.
    async fn play(&mut self, now: Duration, path: &Path) {
        match Play::begin(path, self.settings.reveal).await {
            Ok(play) => self.play = Some(play),
            Err(why) => {
                why.lines().for_each(|line| self.session.note(now, Tone::Bad, line.to_owned()));
                self.session.played(now);
            }
        }
    }

    fn log(&mut self) -> Result<(), LiveError> {
        match &mut self.log {
            Some(log) => log.follow(&self.session),
            None => Ok(()),
        }
    }

    /// Writes the session as a script, and says so where it was asked for.
    fn save(&mut self, path: Option<PathBuf>) {
        let (now, asked) = (self.now(), path.is_some() || self.saved.due.is_none());
        let Some(path) = path.or_else(|| self.settings.save.clone()) else {
            return self.session.aside(now, Tone::Bad, "there is no file to save to: `:save FILE`".to_owned());
        };
        self.saved.due = None;
        let written = self.write(&path);
        self.saved.count = self.session.record().count();
        // A long session is written less often: a twentieth of the time at most.
        self.saved.pause = self.now().saturating_sub(now) * 20;
        match written {
            // What could not be written is not what is written at the end.
            Err(why) if asked => {
                self.session.aside(now, Tone::Bad, format!("the session was not saved: {why}"));
                return;
            }
            Ok(()) if asked => {
                self.session.aside(now, Tone::Note, format!("the session is in {}", path.display()));
                self.saved.count = self.session.record().count();
            }
            Ok(()) => {}
            Err(why) => self.session.note(now, Tone::Bad, format!("the session was not saved: {why}")),
        }
        if asked {
            self.settings.save = Some(path);
        }
    }

    fn write(&self, path: &Path) -> Result<(), String> {
        let about = format!("A session with {}", self.address);
        let text = self.session.record().script(&about, self.settings.reveal)?;
        // Whole or not at all: a kill leaves the old file.
        let mut beside = path.as_os_str().to_owned();
        beside.push(".part");
        let failed = |error: std::io::Error| format!("cannot write {}: {error}", path.display());
        std::fs::write(&beside, text).map_err(failed)?;
        std::fs::rename(&beside, path).map_err(failed)
    }

    fn finish(&mut self) -> Result<(), LiveError> {
        self.log()?;
        match &self.settings.save {
            Some(path) => self.write(path).map_err(|why| LiveError::Unsaved { why }),
            None => Ok(()),
        }
    }
}

/// When the session is written as a script again, and what was written last.
#[derive(Debug, Default)]
struct Saved {
    due: Option<Duration>,
    count: usize,
    pause: Duration,
}

fn baud_of(address: &Address) -> Option<u32> {
    match address {
        Address::Serial { settings, .. } | Address::Rfc2217 { settings, .. } => Some(settings.baud),
        Address::Tcp { .. } | Address::Unix(_) | Address::Abstract(_) | Address::Stdio => None,
    }
}

async fn read(port: &mut Option<Port>, buffer: &mut [u8]) -> Result<usize, PortError> {
    match port {
        Some(port) => port.read(buffer).await,
        None => std::future::pending().await,
    }
}

/// What happens first at any of the shares.
async fn first(shares: &mut [Share]) -> (usize, Shared) {
    let mut waiting: Vec<_> =
        shares.iter_mut().enumerate().map(|(who, share)| Box::pin(async move { (who, share.next().await) })).collect();
    std::future::poll_fn(|context| {
        let ready = waiting.iter_mut().map(|share| share.as_mut().poll(context)).find(std::task::Poll::is_ready);
        ready.unwrap_or(std::task::Poll::Pending)
    })
    .await
}
