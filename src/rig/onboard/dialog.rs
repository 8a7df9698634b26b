//! The conversation with one board: what it is asked, and what it does instead of answering.
//!
//! A board may boot in the middle, restart by itself, answer what nobody asked, send noise or leave. Each of these is
//! noticed here, once, and becomes a [`Fault`] where it cannot be passed over.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::fault::{Fault, Kind};
use crate::modem::Tick;
use crate::port::{Address, PortError};
use crate::rig::talk::{Ended, Reply, Talk, TalkError, Way};
use crate::run::emulate::Notice;
use crate::run::recording::ModemLog;
use crate::wire::command::{Command, Dialect, commands};
use crate::wire::line::body_of;
use crate::wire::meaning;
use crate::wire::result::FinalResult;

/// A line is quiet after so long without a byte.
const QUIET: Duration = Duration::from_millis(200);

/// Whoever answers at all answers `AT` within this.
const SHORT: Duration = Duration::from_secs(1);

/// So many lines that came by themselves are kept until somebody reads them.
const HEARD: usize = 1024;

/// What a module says when it has started, and at no other time.
const STARTED: [&str; 4] = ["RDY", "^SYSSTART", "+SYSSTART", "*ATREADY: 1"];

/// What came over the line so far.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Came {
    /// Bytes.
    pub(super) bytes: u64,
    /// Of them, such as stand in no text.
    pub(super) noise: u64,
    /// Whether the last that was sent came back.
    pub(super) has_echo: bool,
}

/// Compares what comes with what was sent.
#[derive(Debug, Default)]
struct Echo {
    sent: Vec<u8>,
    /// The first bytes since then, no more than were sent.
    came: Vec<u8>,
}

impl Echo {
    /// Whether all that was sent has come back at once.
    fn has_come(&mut self, bytes: &[u8]) -> bool {
        let room = self.sent.len().saturating_sub(self.came.len());
        self.came.extend(bytes.iter().take(room));
        !self.sent.is_empty() && self.came == self.sent
    }
}

/// What a command that a module may not have was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Said {
    /// Its lines, and `OK`.
    Lines(Vec<String>),
    /// The module does not have it, or says nothing to it.
    NotOffered,
    /// An error of the equipment or the card, as it came: `+CME ERROR: 10`.
    Refused(FinalResult),
}

/// A conversation with one board.
#[derive(Debug)]
pub(super) struct Dialog {
    talk: Talk,
    came: Arc<Mutex<Came>>,
    /// What came by itself and was not read yet.
    heard: Vec<(Tick, String)>,
    asked: HashSet<String>,
    started: Instant,
    /// Whether it was heard to start since it answered.
    has_restarted: bool,
    /// From here on a start is one too many.
    is_prepared: bool,
    /// Final results that nobody had asked for.
    strays: u32,
    /// Commands that put back what was changed, in the order of the changes.
    before: Vec<String>,
}

impl Dialog {
    /// Opens the board's port. `started` is when the board's time began; all that is said goes into `log`.
    pub(super) async fn open(address: &Address, log: Option<ModemLog>, started: Instant) -> Result<Self, Fault> {
        let talk = Talk::open(address).await.map_err(|error| of_port(&error))?;
        let came = Arc::new(Mutex::new(Came::default()));
        let counted = Arc::clone(&came);
        let mut log = log;
        let mut echo = Echo::default();
        let talk = talk.watched(move |way, bytes| {
            if way == Way::ToModem {
                echo = Echo { sent: bytes.to_vec(), came: Vec::new() };
            } else {
                let mut came = counted.lock().unwrap_or_else(PoisonError::into_inner);
                came.bytes += bytes.len() as u64;
                came.noise += bytes.iter().filter(|byte| is_noise(**byte)).count() as u64;
                came.has_echo = echo.has_come(bytes);
            }
            if let Some(log) = &mut log {
                let notice = match way {
                    Way::ToModem => Notice::FromHost(bytes.to_vec()),
                    Way::FromModem => Notice::ToHost(bytes.to_vec()),
                };
                log.notice(since(started), &notice);
            }
        });
        Ok(Self {
            talk,
            came,
            heard: Vec::new(),
            asked: HashSet::new(),
            started,
            has_restarted: false,
            is_prepared: false,
            strays: 0,
            before: Vec::new(),
        })
    }

    /// The board's time.
    pub(super) fn now(&self) -> Tick {
        since(self.started)
    }

    /// What came over the line so far.
    pub(super) fn came(&self) -> Came {
        *self.came.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many results came that nobody had asked for.
    pub(super) fn strays(&self) -> u32 {
        self.strays
    }

    /// Takes what came by itself since the last call.
    pub(super) fn heard(&mut self) -> Vec<(Tick, String)> {
        std::mem::take(&mut self.heard)
    }

    /// Takes down a command that puts back what is about to be changed.
    pub(super) fn put_back(&mut self, command: &str) {
        self.before.push(command.to_owned());
    }

    /// Takes down how a setting of one number stands, such as `+CMEE`, if the module tells it.
    pub(super) async fn remember(&mut self, name: &str) -> Result<(), Fault> {
        let Said::Lines(lines) = self.get(&format!("AT{name}?")).await? else { return Ok(()) };
        let value = lines.iter().find_map(|line| line.strip_prefix(name)?.trim_start().strip_prefix(':'));
        let number = value.and_then(|value| value.split(',').next()).map(str::trim);
        if let Some(number) = number.filter(|number| number.parse::<u8>().is_ok()) {
            self.put_back(&format!("AT{name}={number}"));
        }
        Ok(())
    }

    /// Puts back what was changed, the last first; the commands that the module refused.
    pub(super) async fn restore(&mut self) -> Result<Vec<String>, Fault> {
        let mut refused = Vec::new();
        while let Some(command) = self.before.pop() {
            if !matches!(self.get(&command).await?, Said::Lines(_)) {
                refused.push(command);
            }
        }
        Ok(refused)
    }

    /// From now on a board that starts anew is a fault.
    pub(super) fn prepared(&mut self) {
        (self.is_prepared, self.has_restarted) = (true, false);
    }

    /// Asks `AT` once; whether it is answered with `OK` within `limit`.
    pub(super) async fn knock(&mut self, limit: Duration) -> Result<bool, Fault> {
        match self.talk.ask("AT", Some(limit)).await {
            Ok(reply) => {
                let is_text = reply.lines.iter().all(|line| !line.contains('\u{fffd}'));
                self.notice(&reply);
                match &reply.ended {
                    Ended::Final(FinalResult::Ok) => Ok(is_text),
                    // Somebody left a command half done.
                    Ended::Prompt => self.talk.give_up_text().await.map(|()| false).map_err(|error| of_port(&error)),
                    Ended::Final(_) | Ended::Otherwise(_) | Ended::Connect => Ok(false),
                }
            }
            Err(TalkError::Silent { .. }) => Ok(false),
            Err(error) => Err(of_talk(error)),
        }
    }

    /// Waits until nothing comes any more, a second at most: answers to what was sent into the start come all at once.
    pub(super) async fn hush(&mut self) -> Result<(), Fault> {
        for _ in 0..5 {
            let before = self.came().bytes;
            self.listen(QUIET, |_| false).await?;
            if self.came().bytes == before {
                break;
            }
        }
        Ok(())
    }

    /// Asks what a module must be able to answer.
    pub(super) async fn ask(&mut self, line: &str) -> Result<Reply, Fault> {
        self.ask_within(line, None).await
    }

    /// The same with a limit of its own.
    pub(super) async fn ask_within(&mut self, line: &str, limit: Option<Duration>) -> Result<Reply, Fault> {
        match self.answer(line, limit).await? {
            Some(reply) => Ok(reply),
            None => Err(Fault::new(Kind::Modem, "no-answer", format!("it answers AT, but `{line}` has no result"))
                .help("try it by hand with `atgate send`, with a longer --timeout")),
        }
    }

    /// Asks what a module may not have.
    pub(super) async fn get(&mut self, line: &str) -> Result<Said, Fault> {
        let Some(reply) = self.answer(line, None).await? else { return Ok(Said::NotOffered) };
        Ok(match reply.ended {
            Ended::Final(FinalResult::Ok) => Said::Lines(reply.lines),
            Ended::Final(result) => match result {
                // 3, 4, 50 and 100: not allowed, not supported, parameters, unknown. Modules part on which they answer.
                FinalResult::Cme(error) if ![3, 4, 50, 100].contains(&error.number()) => Said::Refused(result),
                FinalResult::Cme(_)
                | FinalResult::Cms(_)
                | FinalResult::Ok
                | FinalResult::Error
                | FinalResult::NoCarrier
                | FinalResult::NoDialtone
                | FinalResult::Busy
                | FinalResult::NoAnswer
                | FinalResult::Delayed
                | FinalResult::Blacklisted
                | FinalResult::Aborted => Said::NotOffered,
            },
            Ended::Otherwise(_) | Ended::Connect => Said::NotOffered,
            Ended::Prompt => {
                self.talk.give_up_text().await.map_err(|error| of_port(&error))?;
                self.hush().await?;
                Said::NotOffered
            }
        })
    }

    /// Listens for what comes by itself until `each` is content or the time is up.
    pub(super) async fn listen(&mut self, limit: Duration, mut each: impl FnMut(&str) -> bool) -> Result<(), Fault> {
        let at = self.now();
        let (heard, strays, restarted) = (&mut self.heard, &mut self.strays, &mut self.has_restarted);
        let listened = self.talk.listen(limit, |line| {
            keep(heard, at, line);
            *strays += u32::from(line == "OK" || line == "ERROR" || line.starts_with("+CME ERROR"));
            *restarted |= STARTED.contains(&line);
            each(line)
        });
        listened.await.map_err(|error| of_port(&error))?;
        self.stands("while it was listened to")
    }

    /// The answer to a command; `None` where none comes though the board still answers `AT`.
    async fn answer(&mut self, line: &str, limit: Option<Duration>) -> Result<Option<Reply>, Fault> {
        for _ in 0..2 {
            let reply = match self.talk.ask(line, limit).await {
                Ok(reply) => reply,
                Err(TalkError::Silent { .. }) => {
                    self.is_still_there(line).await?;
                    return Ok(None);
                }
                Err(error) => return Err(of_talk(error)),
            };
            self.notice(&reply);
            self.stands(line)?;
            let names = asked(line);
            let is_noisy = reply.lines.iter().any(|line| line.contains('\u{fffd}'));
            if !is_noisy && self.another(&names, &reply).is_none() {
                self.asked.extend(names);
                return Ok(Some(reply));
            }
            // Late answers pass, and noise may.
            self.hush().await?;
            self.knock(SHORT).await?;
        }
        let reply = match self.talk.ask(line, limit).await {
            Ok(reply) => reply,
            Err(TalkError::Silent { .. }) => return Ok(None),
            Err(error) => return Err(of_talk(error)),
        };
        self.notice(&reply);
        let names = asked(line);
        if let Some(other) = self.another(&names, &reply) {
            return Err(Fault::new(
                Kind::Modem,
                "crossed",
                format!("`{line}` was answered with `{other}`, which is another command's"),
            )
            .help("does another program talk on this port, or do two boards share a line?"));
        }
        if reply.lines.iter().any(|line| line.contains('\u{fffd}')) {
            return Err(Fault::new(
                Kind::Bench,
                "noise",
                format!("`{line}` was answered with bytes that are no text, three times"),
            )
            .help("look at the speed (?baud=), the cable and the ground")
            .passing());
        }
        self.asked.extend(names);
        Ok(Some(reply))
    }

    /// The line of an answer that is another command's, where it has none of its own.
    fn another(&self, names: &[String], reply: &Reply) -> Option<String> {
        let [asked] = names else { return None };
        let mut other = None;
        for line in &reply.lines {
            let (name, _) =
                line.split_once(':').filter(|(name, _)| name.starts_with(['+', '#', '^', '%', '!', '*']))?;
            let name = name.trim().to_ascii_uppercase();
            let is_own = name == *asked
                || name.trim_start_matches(['+', '#', '^', '%', '!', '*'])
                    == asked.trim_start_matches(['+', '#', '^', '%', '!', '*']);
            if is_own {
                return None;
            }
            // Names of makers that nobody knows may belong to anything.
            let is_known =
                self.asked.contains(&name) || (meaning::of_name(&name).is_some() && !asked.ends_with(&name[1..]));
            other = other.or(is_known.then(|| line.clone()));
        }
        other
    }

    /// After silence: does it still answer? What comes late is passed over.
    async fn is_still_there(&mut self, line: &str) -> Result<(), Fault> {
        for _ in 0..3 {
            self.hush().await?;
            if self.knock(SHORT).await? {
                self.hush().await?;
                return self.stands(line);
            }
        }
        Err(Fault::new(Kind::Bench, "silent", format!("it answered until `{line}`, and nothing since"))
            .help("is it powered, and awake? a board in power saving answers again when it is woken")
            .passing())
    }

    fn notice(&mut self, reply: &Reply) {
        let at = self.now();
        for line in &reply.unsolicited {
            self.has_restarted |= STARTED.contains(&line.as_str());
            keep(&mut self.heard, at, line);
        }
        // Some firmware announces itself with words that could be an answer.
        self.has_restarted |= reply.lines.iter().any(|line| STARTED.contains(&line.as_str()));
    }

    /// Whether the board is the one that was prepared: a start has lost its settings.
    fn stands(&mut self, when: &str) -> Result<(), Fault> {
        if !(self.is_prepared && std::mem::take(&mut self.has_restarted)) {
            return Ok(());
        }
        Err(Fault::new(Kind::Modem, "restarted", format!("it started anew by itself at `{when}`"))
            .help("look at its supply: a radio that is turned on draws the most")
            .passing())
    }
}

fn since(started: Instant) -> Tick {
    Tick::from_micros(u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX))
}

fn keep(heard: &mut Vec<(Tick, String)>, at: Tick, line: &str) {
    if heard.len() < HEARD && !line.is_empty() {
        heard.push((at, line.to_owned()));
    }
}

/// A byte that stands in no answer.
pub(super) fn is_noise(byte: u8) -> bool {
    !matches!(byte, b'\r' | b'\n' | b'\t' | b' '..=b'~')
}

/// The names of the commands of a line: `+CGSN`.
fn asked(line: &str) -> Vec<String> {
    let body = body_of(line.as_bytes()).unwrap_or_default();
    let names = commands(body, &Dialect::CELLULAR).flatten().map(|command| match command {
        Command::Extended { name, .. } => String::from_utf8_lossy(name.as_bytes()).to_ascii_uppercase(),
        Command::Basic { letter, .. } => char::from(letter).to_string(),
        Command::SRegister { .. } => "S".to_owned(),
        Command::Dial(_) => "D".to_owned(),
    });
    names.collect()
}

/// The port's fault is the bench's, and may pass.
pub(super) fn of_port(error: &PortError) -> Fault {
    let code = match error {
        PortError::Busy { .. } | PortError::Locked(_) | PortError::ListenedOn { .. } => "busy",
        PortError::Gone { .. } | PortError::Io { .. } => "vanished",
        PortError::Missing { .. } | PortError::Refused { .. } | PortError::Unreachable { .. } => "missing",
        PortError::Stuck { .. } | PortError::Unanswered { .. } => "stuck",
        PortError::NotATty { .. }
        | PortError::NoPermission { .. }
        | PortError::Taken { .. }
        | PortError::Unmade { .. }
        | PortError::UnknownHost { .. }
        | PortError::Tamper { .. }
        | PortError::NoLines { .. }
        | PortError::NoSerialPort { .. }
        | PortError::Setting { .. }
        | PortError::Unsupported { .. } => "port",
    };
    let fault = Fault { help: error.help().map(str::to_owned), ..Fault::new(Kind::Bench, code, error.to_string()) };
    if code == "port" { fault } else { fault.passing() }
}

fn of_talk(error: TalkError) -> Fault {
    match error {
        TalkError::Port(error) => of_port(&error),
        TalkError::NotACommand(_) | TalkError::Rewrites(_) | TalkError::Silent { .. } => {
            Fault { help: error.help().map(str::to_owned), ..Fault::new(Kind::Bench, "silent", error.to_string()) }
                .passing()
        }
    }
}

/// A result as it is told: `+CME ERROR: 10 (SIM not inserted)`.
pub(super) fn told(result: &FinalResult) -> String {
    let (number, text) = match result {
        FinalResult::Cme(error) => (error.number(), error.text()),
        FinalResult::Cms(error) => (error.number(), error.text()),
        FinalResult::Ok
        | FinalResult::Error
        | FinalResult::NoCarrier
        | FinalResult::NoDialtone
        | FinalResult::Busy
        | FinalResult::NoAnswer
        | FinalResult::Delayed
        | FinalResult::Blacklisted
        | FinalResult::Aborted => return result.text().to_owned(),
    };
    let text = text.map(|text| format!(" ({text})")).unwrap_or_default();
    format!("{}: {number}{text}", result.text())
}
