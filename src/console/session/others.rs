//! What another program that shares the port, or a script, sends: seen and kept as our own lines are.

use std::time::Duration;

use super::{Awaits, Open, Session, Sign};
use crate::console::explain::Escaped;
use crate::console::screen::Tone;
use crate::run::limits;

/// A line of theirs that has no end is told in pieces of this length.
const LONGEST: usize = 8192;

impl Session {
    /// Another program that shares the port, or a script, sent these bytes; they are on their way.
    pub fn others(&mut self, now: Duration, bytes: &[u8]) {
        for &byte in bytes {
            match byte {
                b'\r' => {
                    let line = std::mem::take(&mut self.others);
                    self.others_line(now, &line);
                }
                b'\n' if self.others.is_empty() => {}
                0x1a | 0x1b => {
                    self.others.push(byte);
                    let text = std::mem::take(&mut self.others);
                    let told = self.conversation.message(&text);
                    self.record.add(now, Sign::HostRaw, &text);
                    told.into_iter().for_each(|told| self.show(now, ">|", told));
                    self.awaits = Awaits::Command;
                }
                _ if self.others.len() >= LONGEST => {
                    let line = std::mem::replace(&mut self.others, vec![byte]);
                    self.others_line(now, &line);
                }
                _ => self.others.push(byte),
            }
        }
    }

    fn others_line(&mut self, now: Duration, line: &[u8]) {
        self.record.add(now, Sign::Host, line);
        let told = self.conversation.command(line);
        if let Ok(line) = std::str::from_utf8(line)
            && !line.is_empty()
        {
            self.open = Some(Open { line: line.to_owned(), since: now, limit: limits::answer(line.as_bytes()) });
        }
        told.into_iter().for_each(|told| self.show(now, ">", told));
    }

    /// The line of another program, or of a script, that ends with these bytes was stopped at the gate. Ours stays open.
    pub fn refused_others(&mut self, now: Duration, end: &[u8], reason: &str) {
        let line = [std::mem::take(&mut self.others).as_slice(), end].concat();
        let line = Escaped(&line).to_string();
        self.note(now, Tone::Bad, format!("TAMPERING, not sent: `{line}`: {reason}"));
    }
}
