//! The virtual modem of a profile, asked the same questions in its own time.

use std::sync::Arc;
use std::time::Duration;

use super::answers::Answer;
use crate::modem::{Effect, Event, Modem, Profile, Tick};
use crate::register;
use crate::rig::talk::{self, Heard};
use crate::wire::response::{self, Expectation, Scanner};

/// By then it has started and is registered.
const SETTLED: Duration = Duration::from_secs(300);

/// No command takes longer.
const PATIENCE: Duration = Duration::from_secs(600);

/// A virtual modem and the time that has passed for it.
pub(super) struct Imagined {
    modem: Modem,
    now: Tick,
    scanner: Scanner,
}

impl Imagined {
    /// One that has its power and has come to rest.
    pub(super) fn new(profile: Arc<Profile>) -> Self {
        let mut imagined =
            Imagined { modem: Modem::new(profile, None, 0), now: Tick::ZERO, scanner: Scanner::default() };
        imagined.pass(Tick::ZERO + SETTLED);
        imagined.modem.transmit().clear();
        imagined
    }

    /// Lets time pass.
    fn pass(&mut self, until: Tick) {
        self.attend();
        while let Some(at) = self.modem.deadline().filter(|&at| at <= until) {
            self.now = self.now.max(at);
            self.modem.wake(self.now);
            self.attend();
        }
        self.now = until;
    }

    /// Answers what the modem asks of the world: no register knows it.
    fn attend(&mut self) {
        loop {
            let asked: Vec<u32> = self.modem.transmit().effects().filter_map(|effect| ticket(&effect)).collect();
            if asked.is_empty() {
                return;
            }
            for ticket in asked {
                let answer = register::Answer::allow(register::Reason::Unknown);
                self.modem.event(self.now, Event::Equipment { ticket, answer });
            }
        }
    }

    /// Asks it a question.
    pub(super) fn ask(&mut self, line: &str) -> Answer {
        let bytes = format!("{line}\r").into_bytes();
        self.scanner.expect(Expectation { answer: response::Answer::Any, ..Expectation::default() });
        self.scanner.sent(&bytes);
        self.modem.receive(self.now, &bytes);
        let until = self.now + PATIENCE;
        let mut lines = Vec::new();
        loop {
            self.attend();
            let bytes = self.modem.transmit().bytes().to_vec();
            self.modem.transmit().clear();
            let mut rest = bytes.as_slice();
            while let Some(element) = self.scanner.next(&mut rest) {
                let ended = talk::tell(&element, line, true, &mut |heard| match heard {
                    Heard::Answer(text) => lines.push(text.to_owned()),
                    Heard::Unsolicited(_) => {}
                });
                if let Some(ended) = ended {
                    lines.pop();
                    return Answer { lines, ended: Some(ended) };
                }
            }
            let Some(at) = self.modem.deadline().filter(|&at| at <= until) else {
                return Answer { lines, ended: None };
            };
            self.now = self.now.max(at);
            self.modem.wake(self.now);
        }
    }
}

fn ticket(effect: &Effect) -> Option<u32> {
    match effect {
        Effect::CheckEquipment { ticket, .. } => Some(*ticket),
        Effect::Tamper { .. }
        | Effect::LineSpeed(_)
        | Effect::Framing { .. }
        | Effect::FlowControl { .. }
        | Effect::DataBegins { .. }
        | Effect::Data { .. }
        | Effect::DataEnds { .. }
        | Effect::Message { .. }
        | Effect::Call { .. }
        | Effect::Restarted => None,
    }
}
