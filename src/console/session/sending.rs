//! What is typed goes out, one command after the other: a line, text behind a prompt, raw bytes.

use std::time::Duration;

use super::{Act, Awaits, Open, Session, Sign};
use crate::console::explain::{Escaped, Side};
use crate::console::screen::Tone;
use crate::run::limits;

impl Session {
    /// Sends what was typed, once nothing is open.
    pub(super) fn send_next(&mut self, now: Duration) {
        while self.open.is_none() && !self.playing {
            if self.awaits == Awaits::Text {
                return;
            }
            let Some(line) = self.waiting.pop_front() else {
                if self.ending {
                    self.ending = false;
                    self.acts.push_back(Act::Quit);
                }
                return;
            };
            match line.strip_prefix(':') {
                Some(order) => self.order_text(now, order),
                None => self.send(now, &line),
            }
        }
    }

    pub(super) fn send(&mut self, now: Duration, typed: &str) {
        if self.away {
            return self.note(now, Tone::Bad, format!("not sent, the port is away: {typed}"));
        }
        if self.awaits == Awaits::Data {
            let bytes = [typed.as_bytes(), b"\r\n"].concat();
            return self.raw(now, bytes);
        }
        let line = whole(typed);
        let repeats = line.eq_ignore_ascii_case("A/");
        let mut bytes = line.clone().into_bytes();
        if !repeats {
            bytes.push(b'\r');
        }
        self.record.add(now, Sign::Host, line.as_bytes());
        let told = self.conversation.command(line.as_bytes());
        told.into_iter().for_each(|told| self.show(now, ">", told));
        if self.hexadecimal {
            self.hex(now, Side::Host, &bytes);
        }
        self.acts.push_back(Act::Send(bytes));
        // Only a command line is answered.
        let start = line.as_bytes().get(..2);
        if start.is_some_and(|start| start.eq_ignore_ascii_case(b"AT") || start.eq_ignore_ascii_case(b"A/")) {
            self.open = Some(Open { limit: limits::answer(line.as_bytes()), line, since: now });
        }
    }

    pub(super) fn raw(&mut self, now: Duration, bytes: Vec<u8>) {
        self.record.add(now, Sign::HostRaw, &bytes);
        self.conversation.sent(&bytes);
        self.say(now, ">|", &Escaped(&bytes).to_string(), None, Tone::Host);
        if self.hexadecimal {
            self.hex(now, Side::Host, &bytes);
        }
        self.acts.push_back(Act::Send(bytes));
    }

    pub(super) fn text(&mut self, now: Duration, text: &str, end: &str) {
        let bytes = [text.replace('\n', "\r").as_bytes(), end.as_bytes()].concat();
        self.record.add(now, Sign::HostRaw, &bytes);
        let told = self.conversation.message(&bytes);
        told.into_iter().for_each(|told| self.show(now, ">|", told));
        self.acts.push_back(Act::Send(bytes));
    }
}

/// A typed line with what is left out put in: `+CSQ` is `AT+CSQ`.
fn whole(typed: &str) -> String {
    match typed.trim_start().as_bytes().first() {
        Some(b'+' | b'#' | b'^' | b'%' | b'$' | b'!' | b'&' | b'*') => format!("AT{}", typed.trim()),
        Some(_) | None => typed.trim_end().to_owned(),
    }
}
