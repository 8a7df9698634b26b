//! One command line, from its terminator to its result code.
//!
//! V.250 clause 5.6: the commands are carried out in order, the first that fails ends the line, and only the last result
//! code is given. Information and result code leave in one write.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::command::{Call, Entry, Key, Needs, Owner, Pending, Reply};
use super::outbox::Effect;
use super::power::Supply;
use super::profile::{Profile, Refusal};
use super::sim::Sim;
use super::{Calls, Mode, Modem, Network, Setting, TYPE_AHEAD, Tick};
use crate::wire::command::{Commands, Dialect, Form, rewrites_identity};
use crate::wire::line::{Assembled, LINE_FEED, LineAssembler};
use crate::wire::result::{CmeError, FinalResult, ResultCode};

/// Characters that come earlier after a command do not abort it: they may be a line feed that belongs to its terminator.
///
/// Source: ITU-T V.250, clause 5.6.1.
pub(super) const ABORT_AFTER: Duration = Duration::from_millis(125);

/// What is known of the line that is being answered.
#[derive(Debug, Default)]
pub(super) struct Exchange {
    /// Where the next command begins in the line's body.
    position: usize,
    /// The answer so far.
    answer: Vec<u8>,
    /// Information text of the command that is being carried out.
    information: Vec<u8>,
    /// Why the line waits.
    wait: Option<Wait>,
    /// To be told to the runner behind the result code.
    effects: Vec<Effect>,
    /// What becomes of the modem behind the result code.
    then: Option<Then>,
}

/// What becomes of the modem once it has answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Then {
    /// It starts anew.
    Restart,
    /// It switches itself off.
    Off,
    /// The line carries frames.
    Multiplex,
}

#[derive(Debug)]
enum Wait {
    /// The next command takes this long to begin.
    Latency { until: Tick },
    /// A command has begun and not ended.
    Pending { since: Tick, pending: Pending },
}

impl Exchange {
    pub(super) fn deadline(&self) -> Option<Tick> {
        match &self.wait {
            Some(Wait::Latency { until }) => Some(*until),
            Some(Wait::Pending { pending, .. }) => pending.until.map(|(at, _)| at),
            None => None,
        }
    }

    /// The owner of the command that waits, if one does.
    pub(super) fn pending_owner(&self) -> Option<Owner> {
        match &self.wait {
            Some(Wait::Pending { pending, .. }) => Some(pending.by),
            Some(Wait::Latency { .. }) | None => None,
        }
    }

    /// Forgets everything: the modem has lost its power.
    pub(super) fn forget(&mut self) {
        *self = Self::default();
    }
}

impl Modem {
    /// Adds a line of information text to the answer of the command that is being carried out.
    pub(super) fn inform(&mut self, line: fmt::Arguments<'_>) {
        use std::io::Write as _;
        let information = self.information_line();
        // Writing to a vector does not fail.
        let _ = information.write_fmt(line);
        if information.is_empty() {
            // An empty line is a line too: an IMEI that was never written.
            information.push(b'\n');
        }
    }

    /// The same of octets that may be no characters: a message's text in a set of eight bits.
    pub(super) fn inform_octets(&mut self, line: &[u8]) {
        self.information_line().extend_from_slice(line);
    }

    fn information_line(&mut self) -> &mut Vec<u8> {
        let information = &mut self.terminal.exchange.information;
        if !information.is_empty() {
            information.push(b'\n');
        }
        information
    }

    /// Tells the runner, once the result code is out.
    pub(super) fn afterwards(&mut self, effect: Effect) {
        self.terminal.exchange.effects.push(effect);
    }

    /// Starts the modem anew, or switches it off, once the result code is out.
    pub(super) const fn then(&mut self, then: Then) {
        self.terminal.exchange.then = Some(then);
    }

    /// Ends the command of this owner that waits. Without one it does nothing.
    pub(super) fn complete(&mut self, now: Tick, owner: Owner, reply: Reply) {
        if let Some(port) = self.waiting(owner) {
            self.at(port, |modem| modem.complete_here(now, reply));
        }
    }

    /// Ends the command that waits on the port that is served.
    fn complete_here(&mut self, now: Tick, reply: Reply) {
        if self.terminal.exchange.pending_owner().is_some() {
            self.terminal.exchange.wait = None;
            self.resume(now, reply);
        }
    }

    /// Goes on with the line behind the command that waited, or asked for text.
    pub(super) fn resume(&mut self, now: Tick, reply: Reply) {
        match reply {
            Reply::Ok => {
                self.end_information();
                self.proceed(now, false);
            }
            Reply::Later(pending) => self.terminal.exchange.wait = Some(Wait::Pending { since: now, pending }),
            Reply::Prompt(prompt) => {
                self.end_information();
                let answer = std::mem::take(&mut self.terminal.exchange.answer);
                self.ask(now, prompt, answer);
            }
            reply => self.conclude(now, reply),
        }
    }

    /// Gives a result code that answers no command: after the escape sequence, or when DTR drops.
    pub(super) fn result_now(&mut self, result: FinalResult) {
        let mut text = Vec::new();
        self.format().write_result(&mut text, result);
        self.terminal.outbox.write(&text);
    }

    /// Says `CONNECT` outside a command and goes to data state: a call was taken by itself.
    pub(super) fn connect_now(&mut self, now: Tick) {
        let profile = Arc::clone(&self.profile);
        let mut text = Vec::new();
        self.write_rate(&mut text);
        self.format().write_result(&mut text, ResultCode::Connect(self.connect_text(&profile)));
        self.terminal.outbox.write(&text);
        self.terminal.mode = self.go_online(now);
    }

    /// Takes bytes of a command line; says how many.
    pub(super) fn command_bytes(&mut self, now: Tick, bytes: &[u8]) -> usize {
        let (s3, s5) =
            (self.terminal.settings.character(Setting::Terminator), self.terminal.settings.character(Setting::Editor));
        let (taken, outcome) = self.terminal.line.feed(bytes, s3, s5);
        self.terminal.typed = now;
        if self.setting(Setting::Echo) != 0 {
            self.echo(&bytes[..taken], s3, s5);
        }
        match outcome {
            Assembled::Line | Assembled::Repeat => {
                self.terminal.exchange.position = 0;
                self.proceed(now, false);
            }
            Assembled::TooLong => self.conclude(now, Reply::Error),
            Assembled::Pending | Assembled::Ignored | Assembled::Swallowed => {}
        }
        taken
    }

    /// Takes bytes while a command is carried out: the first one may abort it, the others wait their turn.
    pub(super) fn busy_bytes(&mut self, now: Tick, bytes: &[u8]) -> usize {
        if let Some(Wait::Pending { since, pending: Pending { abortable: true, .. } }) = self.terminal.exchange.wait {
            if now.since(since) < ABORT_AFTER {
                return bytes.len();
            }
            self.abort(now);
            return 1;
        }
        let room = TYPE_AHEAD.saturating_sub(self.terminal.ahead.len()).min(bytes.len());
        self.terminal.ahead.extend_from_slice(&bytes[..room]);
        self.terminal.overrun += (bytes.len() - room) as u64;
        bytes.len()
    }

    /// Aborts the command that waits, if it is one that can be aborted.
    pub(super) fn abort(&mut self, now: Tick) {
        if let Some(Wait::Pending { pending: Pending { by, abortable: true, .. }, .. }) = self.terminal.exchange.wait {
            let reply = match by {
                Owner::Calls => Calls::abort(self, now),
                // Only its time ends it.
                Owner::Tones => Reply::Ok,
                Owner::Network => Network::abort(self, now),
                // A message on its way cannot be called back.
                Owner::Messages => return,
            };
            self.complete_here(now, reply);
        }
    }

    /// What the line waited for has come.
    pub(super) fn exchange_due(&mut self, at: Tick) {
        match self.terminal.exchange.wait {
            Some(Wait::Latency { until }) if until <= at => {
                self.terminal.exchange.wait = None;
                self.proceed(at, true);
            }
            Some(Wait::Pending { pending: Pending { until: Some((until, result)), .. }, .. }) if until <= at => {
                let reply = if result == FinalResult::Ok { Reply::Ok } else { Reply::Result(result) };
                self.complete_here(at, reply);
            }
            Some(_) | None => {}
        }
    }

    /// Carries out the commands from where the line stands. `waited`: the first one's latency has passed.
    fn proceed(&mut self, now: Tick, mut waited: bool) {
        // The line is lent to its commands; the modem is theirs meanwhile.
        let line = std::mem::take(&mut self.terminal.line);
        let profile = Arc::clone(&self.profile);
        self.terminal.mode = Mode::Busy;
        let mut list = Commands::resume(line.body(), self.terminal.exchange.position, &Dialect::CELLULAR);
        let end = loop {
            let begin = list.position();
            let command = match list.next() {
                None => break Some(Reply::Ok),
                Some(Err(_)) => break Some(Reply::Error),
                Some(Ok(command)) => command,
            };
            let key = Key::of(&command);
            let name = key.as_ref().map_or("", Key::as_str);
            let latency = profile.dispatch(name).map_or(profile.timing.command.0, |dispatch| dispatch.latency);
            if !std::mem::take(&mut waited) {
                let latency = latency + self.jitter(&profile);
                if !latency.is_zero() {
                    self.terminal.exchange.position = begin;
                    self.terminal.exchange.wait = Some(Wait::Latency { until: now + latency });
                    break None;
                }
            }
            let call = Call { now, command, text: line.body().get(begin..list.position()).unwrap_or_default() };
            match self.perform(&profile, name, &call) {
                Reply::Ok => self.end_information(),
                reply @ (Reply::Later(_) | Reply::Prompt(_)) => {
                    self.terminal.exchange.position = list.position();
                    self.resume(now, reply);
                    break None;
                }
                reply => break Some(reply),
            }
        };
        // A command that took the power away has left a new line behind.
        if self.supply != Supply::On {
            return;
        }
        self.terminal.line = line;
        if let Some(reply) = end {
            self.conclude(now, reply);
        }
    }

    /// What chance adds to a command's time.
    fn jitter(&mut self, profile: &Profile) -> Duration {
        let most = u64::try_from(profile.timing.jitter.0.as_micros()).unwrap_or(u64::MAX);
        if most == 0 { Duration::ZERO } else { Duration::from_micros(self.random.u64(0..=most)) }
    }

    fn perform(&mut self, profile: &Profile, name: &str, call: &Call<'_>) -> Reply {
        if rewrites_identity(&call.command).is_some() {
            let text = String::from_utf8_lossy(call.text);
            self.terminal.outbox.effect(Effect::Tamper { command: format!("AT{}", text.trim().trim_end_matches(';')) });
            return refusal(profile.tamper);
        }
        let dispatch = profile.dispatch(name);
        let in_profile = dispatch.is_some_and(|dispatch| dispatch.canned);
        if (in_profile || self.overrides.is_some())
            && let Some(text) = self.canned_text(profile, name, &call.command, in_profile)
        {
            return self.give_canned(&text);
        }
        let Some(entry) = dispatch.and_then(|dispatch| dispatch.entry) else {
            return Reply::Unknown;
        };
        if !matches!(call.form(), Form::Test)
            && let Err(error) = self.has(entry.needs)
        {
            return Reply::Cme(error);
        }
        let Entry { run, .. } = entry;
        run(self, call)
    }

    /// # Errors
    /// What is missing.
    fn has(&self, needs: Needs) -> Result<(), CmeError> {
        match needs {
            Needs::Nothing => Ok(()),
            Needs::Card => Sim::inserted(self),
            Needs::Sim => Sim::ready(self),
        }
    }

    /// Ends the line with this reply: the answer leaves, and the modem takes commands again, or data.
    fn conclude(&mut self, now: Tick, reply: Reply) {
        self.end_information();
        let profile = Arc::clone(&self.profile);
        let result = match reply {
            Reply::Ok => FinalResult::Ok.into(),
            Reply::Error => FinalResult::Error.into(),
            Reply::Unknown => refused(profile.unknown).into(),
            Reply::Malformed => refused(profile.malformed).into(),
            Reply::Cme(error) => FinalResult::Cme(error).into(),
            Reply::Cms(error) => FinalResult::Cms(error).into(),
            Reply::Result(result) => ResultCode::Final(result),
            Reply::Connect => ResultCode::Connect(self.connect_text(&profile)),
            // That does not end a line.
            Reply::Later(_) | Reply::Prompt(_) => return,
        };
        let format = self.format();
        if matches!(result, ResultCode::Connect(_)) {
            let mut answer = std::mem::take(&mut self.terminal.exchange.answer);
            self.write_rate(&mut answer);
            self.terminal.exchange.answer = answer;
        }
        format.write_result(&mut self.terminal.exchange.answer, result);
        self.terminal.outbox.write(&self.terminal.exchange.answer);
        self.terminal.exchange.answer.clear();
        if self.terminal.exchange.answer.capacity() > 512 {
            self.terminal.exchange.answer = Vec::new();
        }
        for effect in self.terminal.exchange.effects.drain(..) {
            self.terminal.outbox.effect(effect);
        }
        self.terminal.exchange.wait = None;
        self.terminal.mode = match reply {
            Reply::Connect => self.go_online(now),
            Reply::Ok
            | Reply::Error
            | Reply::Unknown
            | Reply::Malformed
            | Reply::Cme(_)
            | Reply::Cms(_)
            | Reply::Result(_)
            | Reply::Later(_)
            | Reply::Prompt(_) => Mode::Command,
        };
        match self.terminal.exchange.then.take() {
            Some(Then::Restart) => self.restart(now),
            Some(Then::Off) => {
                self.give_unsolicited(now);
                self.power_off(now, None);
            }
            Some(Then::Multiplex) => self.multiplex(now, self.mux_settings),
            None => {}
        }
        self.follow(now);
    }

    /// Writes the information text of a command into the answer.
    fn end_information(&mut self) {
        if self.terminal.exchange.information.is_empty() {
            return;
        }
        let format = self.format();
        let exchange = &mut self.terminal.exchange;
        let text = exchange.information.strip_suffix(b"\n").unwrap_or(&exchange.information);
        if self.profile.answer.lines_apart {
            for line in text.split(|&byte| byte == b'\n') {
                format.write_information(&mut exchange.answer, line);
            }
        } else {
            format.write_information(&mut exchange.answer, text);
        }
        exchange.information.clear();
        if exchange.information.capacity() > 512 {
            exchange.information = Vec::new();
        }
    }

    /// Gives back what was typed: all but a line feed that belongs to a terminator.
    fn echo(&mut self, bytes: &[u8], s3: u8, s5: u8) {
        if s3 == LINE_FEED || s5 == LINE_FEED || memchr::memchr(LINE_FEED, bytes).is_none() {
            self.terminal.outbox.write(bytes);
        } else {
            for piece in bytes.split(|&byte| byte == LINE_FEED) {
                self.terminal.outbox.write(piece);
            }
        }
    }
}

/// The command line of a modem of this profile, empty.
pub(super) fn assembler(profile: &Profile) -> LineAssembler {
    let mut line = LineAssembler::new(profile.answer.longest_line);
    line.ignore_eighth_bit(profile.answer.seven_bits);
    line
}

fn refusal(refusal: Refusal) -> Reply {
    match refusal {
        Refusal::Error => Reply::Error,
        Refusal::Cme(number) => Reply::Cme(CmeError::new(number)),
    }
}

fn refused(refusal: Refusal) -> FinalResult {
    match refusal {
        Refusal::Error => FinalResult::Error,
        Refusal::Cme(number) => FinalResult::Cme(CmeError::new(number)),
    }
}
