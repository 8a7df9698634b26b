//! The modem played from outside, in virtual time.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use crate::register::{Answer, Reason};

use super::{CallEvent, Effect, Event, Modem, NetworkEvent, Override, Power, Profile, SimEvent, Tick};

mod any;
mod calls;
mod clients;
mod data;
mod equipment;
mod line;
mod modules;
mod mux;
mod pins;
mod ports;
mod profile;
mod services;
mod sim;
mod voice;

/// Plays signs against the default profile, once it is registered: see [`Desk::play`].
fn play(script: &str) -> String {
    Desk::registered("generic-lte", &[]).play(script)
}

/// A modem, the time, and what was seen.
pub(in crate::modem) struct Desk {
    modem: Modem,
    now: Tick,
    seen: String,
}

impl Desk {
    pub(in crate::modem) fn new(profile: &str, settings: &[&str]) -> Self {
        // Messages come at once, where a test does not say otherwise.
        let settings = ["sms.apart=0"].iter().chain(settings);
        let settings: Vec<Override> = settings.map(|text| Override::parse(text).expect("a setting")).collect();
        Self::with(Profile::named(profile, &settings).expect("a profile"))
    }

    /// A modem that has found its network.
    pub(in crate::modem) fn registered(profile: &str, settings: &[&str]) -> Self {
        let mut desk = Self::new(profile, settings);
        desk.pass(Duration::from_secs(1));
        desk.seen.clear();
        desk
    }

    fn with(profile: Arc<Profile>) -> Self {
        Self { modem: Modem::new(profile, None, 0), now: Tick::ZERO, seen: String::new() }
    }

    /// Plays a script line by line and returns what was seen.
    ///
    /// `> TEXT` sends a line, `>| BYTES` raw bytes with `\r`, `\n`, `\xHH`; `~ TIME` lets time pass; `* EVENT` makes
    /// something happen; `?PATH` observes. What the modem says stands behind `<`, less its echo; `!` is an effect.
    pub(in crate::modem) fn play(&mut self, script: &str) -> String {
        for line in script.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let _ = writeln!(self.seen, "{line}");
            if let Some(raw) = line.strip_prefix(">| ") {
                let bytes = unescape(raw);
                self.modem.receive(self.now, &bytes);
                self.look(&bytes);
            } else if let Some(text) = line.strip_prefix('>') {
                let bytes = format!("{}\r", text.trim_start()).into_bytes();
                self.modem.receive(self.now, &bytes);
                self.look(&bytes);
            } else if let Some(time) = line.strip_prefix("~ ") {
                self.pass(duration(time));
            } else if let Some(event) = line.strip_prefix("* ") {
                self.modem.event(self.now, happening(event));
                self.look(b"");
            } else if let Some(path) = line.strip_prefix('?') {
                let _ = writeln!(self.seen, "= {:?}", self.modem.observe(path.trim()));
            } else {
                panic!("no such sign: {line}");
            }
        }
        std::mem::take(&mut self.seen)
    }

    /// Lets time pass, each deadline at its own tick.
    fn pass(&mut self, span: Duration) {
        let end = self.now + span;
        while let Some(at) = self.modem.deadline().filter(|&at| at <= end) {
            self.now = at;
            self.modem.wake(at);
            self.look(b"");
        }
        self.now = end;
        self.modem.wake(end);
    }

    /// Writes down what the modem has said.
    fn look(&mut self, sent: &[u8]) {
        let mut inquiries = Vec::new();
        let outbox = self.modem.transmit();
        let bytes = outbox.bytes().strip_prefix(sent).unwrap_or(outbox.bytes());
        for line in String::from_utf8_lossy(bytes).split(['\r', '\n']).filter(|line| !line.is_empty()) {
            let _ = writeln!(self.seen, "< {}", line.escape_debug());
        }
        for effect in outbox.effects() {
            match effect {
                Effect::CheckEquipment { ticket, .. } => inquiries.push(ticket),
                Effect::Message { ticket, from, to, text, pdu } => {
                    let pdu = crate::wire::text::hexadecimal::Hexadecimal(&pdu);
                    let _ = writeln!(self.seen, "! message {ticket} from {from} to {to}: {text:?} {pdu}");
                }
                // What calls say to the world is looked at where two of them meet.
                Effect::Call { .. } => {}
                other => {
                    let _ = writeln!(self.seen, "! {other:?}");
                }
            }
        }
        outbox.clear();
        for ticket in inquiries {
            let answer = Answer::allow(Reason::Unknown);
            self.modem.event(self.now, Event::Equipment { ticket, answer });
            self.look(b"");
        }
    }

    /// The exact bytes that the modem answers to these.
    pub(super) fn bytes(&mut self, sent: &str) -> String {
        self.modem.receive(self.now, &unescape(sent));
        let outbox = self.modem.transmit();
        let seen = outbox.bytes().escape_ascii().to_string();
        outbox.clear();
        seen
    }
}

fn happening(text: &str) -> Event {
    let words: Vec<&str> = text.split(' ').collect();
    match words.as_slice() {
        ["power", "on"] => Event::Power(Power::On),
        ["power", "off"] => Event::Power(Power::Off),
        ["power", "cycle"] => Event::Power(Power::Cycle),
        ["reboot"] => Event::Reboot,
        ["ring"] => Event::Ring { from: "+15550100".to_owned() },
        ["hangup"] => Event::Hangup,
        ["sms", "from", from, ..] => {
            let from_text = text.strip_prefix("sms from ").unwrap_or_default();
            let (_, text) = from_text.split_once(' ').expect("a text");
            Event::Sms { from: (*from).to_owned(), text: text.replace("\\n", "\n") }
        }
        ["sms", "pdu", digits] => {
            Event::SmsPdu(crate::wire::text::hexadecimal::read(digits.as_bytes()).expect("hexadecimal digits"))
        }
        ["sms", "status", ticket, status] => {
            Event::SmsStatus { ticket: ticket.parse().expect("a ticket"), status: status.parse().expect("a status") }
        }
        ["call", "answered"] => Event::Call { ticket: None, what: CallEvent::Answered },
        ["call", "routed"] => Event::Call { ticket: None, what: CallEvent::Routed },
        ["closed"] => Event::Closed,
        ["dtr", on] => Event::Lines { dtr: *on == "on", rts: true },
        ["sim", "insert"] => Event::Sim(SimEvent::Insert),
        ["sim", "remove"] => Event::Sim(SimEvent::Remove),
        ["sim", "lock"] => Event::Sim(SimEvent::Lock),
        ["sim", "block"] => Event::Sim(SimEvent::Block),
        ["sim", "ready"] => Event::Sim(SimEvent::Ready),
        ["network", "lose"] => Event::Network(NetworkEvent::Lose),
        ["network", "find"] => Event::Network(NetworkEvent::Find),
        ["network", "detach"] => Event::Network(NetworkEvent::Detach),
        ["network", "identity-check"] => Event::Network(NetworkEvent::IdentityCheck),
        ["network", "deny", cause] => Event::Network(NetworkEvent::Deny(cause.parse().expect("a cause"))),
        ["network", "roam", plmn] => Event::Network(NetworkEvent::Roam((*plmn).to_owned())),
        ["signal", "none"] => Event::Signal(None),
        ["signal", level] => Event::Signal(Some(level.parse().expect("a level"))),
        ["urc", ..] => Event::Urc(text.strip_prefix("urc ").unwrap_or_default().as_bytes().to_vec()),
        ["clock", time] => Event::Clock((*time).to_owned()),
        ["answer", command, "again"] => Event::Answer { command: (*command).to_owned(), with: None },
        ["answer", command, "with", ..] => {
            let (_, with) = text.split_once(" with ").expect("with");
            Event::Answer { command: (*command).to_owned(), with: Some(with.replace("\\n", "\n")) }
        }
        _ => panic!("no such event: {text}"),
    }
}

fn duration(text: &str) -> Duration {
    let (number, unit) = text.split_at(text.find(|c: char| c.is_ascii_alphabetic()).expect("a unit"));
    let number: u64 = number.parse().expect("a number");
    match unit {
        "ms" => Duration::from_millis(number),
        "s" => Duration::from_secs(number),
        "m" => Duration::from_secs(60 * number),
        _ => panic!("no such unit: {unit}"),
    }
}

fn unescape(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'\\' => match rest.next() {
                Some(b'r') => bytes.push(b'\r'),
                Some(b'n') => bytes.push(b'\n'),
                Some(b'x') => {
                    let digits: String = rest.by_ref().take(2).map(char::from).collect();
                    bytes.push(u8::from_str_radix(&digits, 16).expect("two hexadecimal digits"));
                }
                other => panic!("no such escape: {other:?}"),
            },
            byte => bytes.push(byte),
        }
    }
    bytes
}
