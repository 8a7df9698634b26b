//! The network, seen from the host and from the world.

use std::fmt::Write as _;
use std::time::Duration;

use crate::modem::{Effect, Event, Modem, NetworkEvent, Override, Power, Profile, SimEvent, Tick};
use crate::register::{Answer, Reason, Refusal, Verdict};

mod causes;
mod contexts;
mod laws;
mod modes;
mod modules;
mod operators;
mod packets;
mod reports;
mod saving;
mod sessions;
mod signals;
mod standing;
mod timers;

/// A modem, a register that answers at once, and the time.
struct Desk {
    modem: Modem,
    now: Tick,
    verdict: Verdict,
}

impl Desk {
    fn new(profile: &str, settings: &[&str]) -> Self {
        Self::with(profile, settings, Verdict::Allow)
    }

    fn with(profile: &str, settings: &[&str], verdict: Verdict) -> Self {
        let settings: Vec<Override> = settings.iter().map(|text| Override::parse(text).expect("a setting")).collect();
        let profile = Profile::named(profile, &settings).expect("a profile");
        let mut desk = Self { modem: Modem::new(profile, None, 0), now: Tick::ZERO, verdict };
        desk.modem.receive(Tick::ZERO, b"ATE0\r");
        desk.modem.transmit().clear();
        desk
    }

    fn answer(&self) -> Answer {
        let refusal = match self.verdict {
            Verdict::Allow | Verdict::Track => None,
            Verdict::Block => Some(Refusal::ILLEGAL_ME),
            Verdict::Unavailable => Some(Refusal::NETWORK_FAILURE),
        };
        Answer { verdict: self.verdict, reason: Reason::Unknown, refusal, findings: Vec::new() }
    }

    /// Answers the register's inquiries, and returns what the modem has said.
    fn look(&mut self) -> Vec<String> {
        let mut seen = Vec::new();
        loop {
            let outbox = self.modem.transmit();
            let text = String::from_utf8_lossy(outbox.bytes()).into_owned();
            seen.extend(text.split(['\r', '\n']).filter(|line| !line.is_empty()).map(str::to_owned));
            let tickets: Vec<u32> = outbox
                .effects()
                .filter_map(
                    |effect| if let Effect::CheckEquipment { ticket, .. } = effect { Some(ticket) } else { None },
                )
                .collect();
            outbox.clear();
            if tickets.is_empty() {
                return seen;
            }
            for ticket in tickets {
                let answer = self.answer();
                self.modem.event(self.now, Event::Equipment { ticket, answer });
            }
        }
    }

    /// Sends a line and returns what comes of it, at once.
    fn send(&mut self, line: &str) -> Vec<String> {
        self.modem.receive(self.now, format!("{line}\r").as_bytes());
        self.look()
    }

    /// Lets time pass, each deadline at its own tick.
    fn pass(&mut self, span: Duration) -> Vec<String> {
        let mut seen = self.look();
        let end = self.now + span;
        while let Some(at) = self.modem.deadline().filter(|&at| at <= end) {
            self.now = at;
            self.modem.wake(at);
            seen.extend(self.look());
        }
        self.now = end;
        seen
    }

    fn event(&mut self, event: Event) -> Vec<String> {
        self.modem.event(self.now, event);
        self.look()
    }

    fn network(&mut self, event: NetworkEvent) -> Vec<String> {
        self.event(Event::Network(event))
    }

    fn observed(&self, path: &str) -> String {
        match self.modem.observe(path) {
            Some(crate::modem::Observed::Text(text)) => text,
            Some(crate::modem::Observed::Number(number)) => number.to_string(),
            Some(crate::modem::Observed::Truth(truth)) => truth.to_string(),
            Some(crate::modem::Observed::Nothing) => "none".to_owned(),
            None => "?".to_owned(),
        }
    }

    /// Plays signs: `> TEXT` sends, `~ TIME` waits, `* EVENT` happens, `? PATH` observes; what is said stands behind `<`.
    fn play(&mut self, script: &str) -> String {
        let mut seen = String::new();
        for line in script.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let _ = writeln!(seen, "{line}");
            let (sign, rest) = line.split_at(1);
            let rest = rest.trim_start();
            let said = match sign {
                ">" => self.send(rest),
                "~" => self.pass(duration(rest)),
                "*" => self.happen(rest),
                "?" => {
                    let _ = writeln!(seen, "= {}", self.observed(rest));
                    Vec::new()
                }
                other => panic!("no such sign: {other}"),
            };
            for line in said {
                let _ = writeln!(seen, "< {line}");
            }
        }
        seen
    }

    fn happen(&mut self, text: &str) -> Vec<String> {
        let words: Vec<&str> = text.split(' ').collect();
        match words.as_slice() {
            ["power", "cycle"] => self.event(Event::Power(Power::Cycle)),
            ["sim", "remove"] => self.event(Event::Sim(SimEvent::Remove)),
            ["sim", "insert"] => self.event(Event::Sim(SimEvent::Insert)),
            ["signal", "none"] => self.event(Event::Signal(None)),
            ["signal", level] => self.event(Event::Signal(Some(level.parse().expect("a level")))),
            ["lose"] => self.network(NetworkEvent::Lose),
            ["find"] => self.network(NetworkEvent::Find),
            ["identity-check"] => self.network(NetworkEvent::IdentityCheck),
            ["detach"] => self.network(NetworkEvent::Detach),
            ["deny", cause] => self.network(NetworkEvent::Deny(cause.parse().expect("a cause"))),
            ["roam", plmn] => self.network(NetworkEvent::Roam((*plmn).to_owned())),
            ["register", verdict] => {
                self.verdict = match *verdict {
                    "allow" => Verdict::Allow,
                    "track" => Verdict::Track,
                    "block" => Verdict::Block,
                    _ => Verdict::Unavailable,
                };
                Vec::new()
            }
            ["power", "on"] => self.event(Event::Power(Power::On)),
            ["dtr", state] => self.event(Event::Lines { dtr: *state == "on", rts: true }),
            ["ring"] => self.event(Event::Ring { from: "+15550100001".to_owned() }),
            ["hangup"] => self.event(Event::Hangup),
            ["close"] => self.event(Event::Closed),
            ["key"] => {
                self.modem.receive(self.now, b" ");
                self.look()
            }
            _ => panic!("no such event: {text}"),
        }
    }
}

fn play(script: &str) -> String {
    Desk::new("generic-lte", &[]).play(script)
}

fn duration(text: &str) -> Duration {
    let (number, unit) = text.split_at(text.find(|c: char| c.is_ascii_alphabetic()).expect("a unit"));
    let number: u64 = number.parse().expect("a number");
    match unit {
        "ms" => Duration::from_millis(number),
        "s" => Duration::from_secs(number),
        "m" => Duration::from_secs(60 * number),
        "h" => Duration::from_secs(3_600 * number),
        _ => panic!("no such unit: {unit}"),
    }
}
