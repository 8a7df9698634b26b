//! The session: what is typed and what comes in, what is shown and sent out.
//!
//! Knows what is open (a command line, a prompt, data state), what waits to be sent, and what has been said. Bytes, typed
//! lines and the time come in; what is to be done comes out. Knows no port, terminal, file or clock.

mod orders;
mod others;
mod record;
mod sending;
mod speed;
mod telling;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::path::PathBuf;
use std::time::Duration;

use super::explain::{Conversation, Escaped, Kind, Side};
use super::screen::{Shown, Stamps, Tone};
use crate::run::limits;
pub(super) use orders::words as orders_words;
pub use orders::{Order, OrderError};
pub use record::{Record, Sign};
use speed::Noise;

/// How long a line that has no end yet, or that a lost quote holds back, is waited for.
const QUIET: Duration = Duration::from_millis(500);

/// So many lines may wait to be sent.
const WAITING: usize = 1000;

/// What is to be done outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// A line for the person.
    Show(Shown),
    /// Bytes for the port, past the gate.
    Send(Vec<u8>),
    /// How times are shown, from here on.
    Stamps(Stamps),
    /// DTR and RTS are switched: on, off, or (`None`) stay.
    Drive {
        /// Circuit 108/2.
        dtr: Option<Switch>,
        /// Circuit 105.
        rts: Option<Switch>,
    },
    /// A break of this length.
    Break(Duration),
    /// The modem's lines are to be told.
    Signals,
    /// The port's speed is another one.
    Baud(u32),
    /// The session goes to this file, or to the one that was named before.
    Save(Option<PathBuf>),
    /// A script is to be played into the session.
    Play(PathBuf),
    /// The session is over.
    Quit,
}

/// What becomes of a line that the host drives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Switch {
    /// ON.
    On,
    /// OFF.
    Off,
    /// The other one.
    Other,
}

/// What the keyboard's side has to know to edit a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Awaits {
    /// A command line.
    #[default]
    Command,
    /// The text that a prompt asks for.
    Text,
    /// Data: the modem is in data state.
    Data,
}

/// A session with one modem.
#[derive(Debug)]
pub struct Session {
    conversation: Conversation,
    record: Record,
    acts: VecDeque<Act>,
    /// Typed and not sent yet.
    waiting: VecDeque<String>,
    open: Option<Open>,
    awaits: Awaits,
    /// A script is being played: what it says is not ours.
    playing: bool,
    away: bool,
    hexadecimal: bool,
    stamps: Stamps,
    noise: Noise,
    /// When something last came.
    heard: Duration,
    /// No more will be typed; over once all has been answered.
    ending: bool,
    /// Bytes that other programs sent of a line that has no end yet.
    others: Vec<u8>,
}

/// The command line that has not been answered.
#[derive(Debug)]
struct Open {
    line: String,
    since: Duration,
    limit: Duration,
}

impl Session {
    /// A session on a port of this speed, if it has one.
    #[must_use]
    pub fn new(baud: Option<u32>, stamps: Stamps) -> Self {
        Self {
            conversation: Conversation::new(),
            record: Record::default(),
            acts: VecDeque::new(),
            waiting: VecDeque::new(),
            open: None,
            awaits: Awaits::Command,
            playing: false,
            away: false,
            hexadecimal: false,
            stamps,
            noise: Noise::new(baud),
            heard: Duration::ZERO,
            ending: false,
            others: Vec::new(),
        }
    }

    /// What is to be done next; to be asked until there is nothing.
    pub fn act(&mut self) -> Option<Act> {
        self.acts.pop_front()
    }

    /// What a line that is typed now would be.
    #[must_use]
    pub fn awaits(&self) -> Awaits {
        self.awaits
    }

    /// What has been said.
    #[must_use]
    pub fn record(&self) -> &Record {
        &self.record
    }

    /// When [`wake`](Self::wake) has work next.
    #[must_use]
    pub fn deadline(&self) -> Option<Duration> {
        let answer = self.open.as_ref().filter(|_| self.awaits == Awaits::Command).map(|open| open.since + open.limit);
        let quiet = (!self.conversation.pending().is_empty()).then_some(self.heard + QUIET);
        [answer, quiet].into_iter().flatten().min()
    }

    /// Time has passed; early or repeated it does nothing.
    pub fn wake(&mut self, now: Duration) {
        if !self.conversation.pending().is_empty() && now >= self.heard + QUIET {
            let told = self.conversation.settle();
            self.told(now, told);
            // Looked at once: what still has no end waits for it.
            self.heard = now + Duration::from_secs(86_400);
        }
        if let Some(open) = &self.open
            && self.awaits == Awaits::Command
            && now >= open.since + open.limit
        {
            let limit = limits::told(open.limit);
            let note = format!("no final result to `{}` within {limit}; it is waited for no longer", open.line);
            self.note(now, Tone::Bad, note);
            self.close();
        }
        self.send_next(now);
    }

    /// Bytes came from the modem.
    pub fn receive(&mut self, now: Duration, bytes: &[u8]) {
        self.heard = now;
        if self.hexadecimal {
            self.hex(now, Side::Modem, bytes);
        }
        let told = self.conversation.receive(bytes);
        let readable = told.iter().any(|told| is_readable(told.kind));
        self.told(now, told);
        if self.conversation.is_data() {
            self.awaits = Awaits::Data;
        } else if self.awaits == Awaits::Data {
            self.awaits = Awaits::Command;
        }
        match self.noise.heard(bytes, readable && !self.conversation.is_data()) {
            None => {}
            Some((baud, Some(likely))) => {
                let note =
                    format!("this looks like noise at {baud} baud; the likely one is {likely}: `:baud {likely}`");
                self.note(now, Tone::Odd, note);
            }
            Some((baud, None)) => {
                let note = format!("this looks like noise at {baud} baud; another one may be right: `:baud 115200`");
                self.note(now, Tone::Odd, note);
            }
        }
        self.send_next(now);
    }

    /// The speed that garbage speaks for, where it does.
    #[must_use]
    pub fn likely_baud(&self) -> Option<u32> {
        self.noise.likely()
    }

    /// The port has this speed now.
    pub fn baud(&mut self, now: Duration, baud: u32) {
        self.noise = Noise::new(Some(baud));
        self.conversation = Conversation::new();
        self.note(now, Tone::Note, format!("{baud} baud"));
    }

    /// A line was typed, or several that were pasted.
    pub fn typed(&mut self, now: Duration, text: &str) {
        if self.awaits == Awaits::Text {
            // As on a terminal, a line's end belongs to the text.
            return self.text(now, text, "\r");
        }
        for line in text.split(['\n', '\r']) {
            if let Some(order) = line.strip_prefix(':') {
                self.order_text(now, order);
            } else if self.waiting.len() < WAITING {
                self.waiting.push_back(line.to_owned());
            } else {
                self.aside(now, Tone::Bad, format!("{WAITING} lines wait already; not sent: {line}"));
            }
        }
        self.send_next(now);
    }

    /// Ctrl-Z was typed behind this: it ends the text that a prompt asked for.
    pub fn finish_text(&mut self, now: Duration, text: &str) {
        if self.awaits == Awaits::Text {
            self.text(now, text, "\x1a");
            self.awaits = Awaits::Command;
        }
    }

    /// A line came from a pipe: orders and commands are carried out one after the other, and where a prompt asks for text the
    /// next line is the whole of it. False where too many wait already: it is to come again.
    pub fn piped(&mut self, now: Duration, line: &str) -> bool {
        if self.waiting.len() >= WAITING {
            return false;
        }
        self.waiting.push_back(line.to_owned());
        self.send_next(now);
        true
    }

    /// No more will be typed.
    pub fn end(&mut self, now: Duration) {
        self.ending = true;
        if self.awaits == Awaits::Text {
            self.interrupt(now);
        }
        self.send_next(now);
    }

    /// Ctrl-C: gives up what is asked for, or what is waited for.
    pub fn interrupt(&mut self, now: Duration) {
        let waited = self.waiting.len();
        self.waiting.clear();
        if self.awaits == Awaits::Text {
            self.text(now, "", "\x1b");
            self.awaits = Awaits::Command;
            self.note(now, Tone::Note, "the text was given up".to_owned());
        } else if let Some(open) = &self.open {
            let note = format!("`{}` is waited for no longer", open.line);
            self.note(now, Tone::Note, note);
            self.close();
        } else if self.awaits == Awaits::Data {
            self.aside(now, Tone::Note, "the modem is in data state; `:escape` asks for command state".to_owned());
        } else if waited == 0 {
            self.aside(now, Tone::Note, "Ctrl-D or `:quit` ends the session, `:help` says what there is".to_owned());
        }
        if waited > 0 {
            self.aside(now, Tone::Note, format!("not sent: {waited} {}", lines(waited)));
        }
        self.send_next(now);
    }

    fn order_text(&mut self, now: Duration, text: &str) {
        match text.parse() {
            Ok(order) => self.order(now, order),
            Err(error) => self.aside(now, Tone::Bad, error.to_string()),
        }
    }

    /// An order of the console itself.
    pub fn order(&mut self, now: Duration, order: Order) {
        match order {
            Order::Help => orders::help().for_each(|line| self.aside(now, Tone::Plain, line)),
            Order::Hex(on) => {
                self.hexadecimal = on.unwrap_or(!self.hexadecimal);
                let state = if self.hexadecimal { "on" } else { "off" };
                self.aside(now, Tone::Note, format!("hexadecimal view {state}"));
            }
            Order::Time(stamps) => {
                self.stamps = stamps.unwrap_or(self.stamps.next());
                self.acts.push_back(Act::Stamps(self.stamps));
                self.aside(now, Tone::Note, format!("time stamps: {}", self.stamps.word()));
            }
            Order::Dtr(switch) => self.acts.push_back(Act::Drive { dtr: Some(switch), rts: None }),
            Order::Rts(switch) => self.acts.push_back(Act::Drive { dtr: None, rts: Some(switch) }),
            Order::Lines => self.acts.push_back(Act::Signals),
            Order::Break => self.acts.push_back(Act::Break(Duration::from_millis(250))),
            Order::Baud(baud) => self.acts.push_back(Act::Baud(baud)),
            Order::Save(path) => self.acts.push_back(Act::Save(path)),
            Order::Run(_) if self.open.is_some() || self.playing => {
                self.aside(now, Tone::Bad, "a command is open; a script is played once it is answered".to_owned());
            }
            Order::Run(path) => {
                self.playing = true;
                self.note(now, Tone::Note, format!("playing {}", path.display()));
                self.acts.push_back(Act::Play(path));
            }
            Order::Escape => {
                self.record.add(now, Sign::HostRaw, b"+++");
                self.say(now, ">|", "+++", Some("the escape sequence: back to command state".to_owned()), Tone::Host);
                self.acts.push_back(Act::Send(b"+++".to_vec()));
            }
            Order::Hexadecimal(bytes) => self.raw(now, bytes),
            Order::Quit => self.acts.push_back(Act::Quit),
        }
    }

    /// Something that happened beside the traffic, such as what became of a script.
    pub fn note(&mut self, now: Duration, tone: Tone, text: String) {
        self.record.add(now, Sign::Note, text.as_bytes());
        self.aside(now, tone, text);
    }

    /// Something for the person that is no part of what happened to the modem, and is not kept.
    pub fn aside(&mut self, now: Duration, tone: Tone, text: String) {
        self.acts.push_back(Act::Show(Shown { at: now, sign: "#", text, means: None, parts: Vec::new(), tone }));
    }

    /// What was to be sent was stopped at the gate.
    pub fn refused(&mut self, now: Duration, line: &[u8], reason: &str) {
        self.record.withdraw(line.strip_suffix(b"\r").unwrap_or(line));
        let line = Escaped(line).to_string();
        self.note(now, Tone::Bad, format!("TAMPERING, not sent: `{line}`: {reason}"));
        if !self.playing {
            self.open = None;
            self.conversation.close();
            self.awaits = Awaits::Command;
        }
        self.send_next(now);
    }

    /// The port went away.
    pub fn gone(&mut self, now: Duration, reason: &str) {
        self.away = true;
        self.open = None;
        self.awaits = Awaits::Command;
        self.conversation = Conversation::new();
        self.note(now, Tone::Bad, format!("{reason}; waiting for it to come back"));
        if !self.waiting.is_empty() {
            let count = self.waiting.len();
            self.waiting.clear();
            self.note(now, Tone::Bad, format!("not sent: {count} {}", lines(count)));
        }
        if self.ending {
            self.acts.push_back(Act::Quit);
        }
    }

    /// The port is there again.
    pub fn back(&mut self, now: Duration) {
        self.away = false;
        self.note(now, Tone::Note, "the port is back".to_owned());
    }

    /// The script has been played.
    pub fn played(&mut self, now: Duration) {
        self.playing = false;
        self.send_next(now);
    }

    /// Nothing is open any more.
    fn close(&mut self) {
        self.open = None;
        if self.awaits == Awaits::Text {
            self.awaits = Awaits::Command;
        }
        self.conversation.close();
    }
}

fn lines(count: usize) -> &'static str {
    if count == 1 { "line" } else { "lines" }
}

/// Whether an element speaks for the speed at which it came.
fn is_readable(kind: Kind) -> bool {
    match kind {
        Kind::Command
        | Kind::Echo
        | Kind::Intermediate
        | Kind::Final
        | Kind::Unsolicited
        | Kind::Prompt
        | Kind::Body => true,
        Kind::Information | Kind::Either | Kind::Data | Kind::Overflow | Kind::Garbage | Kind::Script => false,
    }
}
