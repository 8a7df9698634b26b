//! What is told is shown, recorded, and moves the session on.

use std::time::Duration;

use super::{Act, Awaits, Session, Sign};
use crate::console::explain::{Escaped, Kind, Side, Told};
use crate::console::screen::{Shown, Tone, hex_rows};

/// The most that is shown of a run of data; the record has all of it.
const SHOWN: usize = 256;

impl Session {
    pub(super) fn told(&mut self, now: Duration, told: Vec<Told>) {
        for told in told {
            let by_itself = told.kind == Kind::Unsolicited || told.kind == Kind::Either && self.open.is_none();
            let (sign, kept) = match told.kind {
                Kind::Echo => continue,
                Kind::Data => ("<|", Sign::ModemRaw),
                Kind::Garbage => ("<|", Sign::ModemRaw),
                Kind::Unsolicited | Kind::Either if by_itself => ("<!", Sign::Unsolicited),
                Kind::Command
                | Kind::Information
                | Kind::Intermediate
                | Kind::Final
                | Kind::Unsolicited
                | Kind::Either
                | Kind::Prompt
                | Kind::Body
                | Kind::Overflow
                | Kind::Script => ("<", Sign::Modem),
            };
            self.record.add(now, kept, &told.text);
            let (kind, ends) = (told.kind, told.ends);
            self.show(now, sign, told);
            match kind {
                Kind::Prompt => {
                    self.awaits = Awaits::Text;
                    if self.waiting.is_empty() && !self.ending && !self.playing {
                        let how = "type the text: Ctrl-Z sends it, Ctrl-C gives it up";
                        self.aside(now, Tone::Note, how.to_owned());
                    } else if !self.playing {
                        // From a pipe, or pasted: the next line is the text.
                        match self.waiting.pop_front() {
                            Some(text) => self.finish_text(now, &text),
                            None => self.interrupt(now),
                        }
                    }
                }
                Kind::Intermediate => self.close(),
                Kind::Final | Kind::Either if ends && !by_itself => self.close(),
                Kind::Command
                | Kind::Echo
                | Kind::Information
                | Kind::Final
                | Kind::Unsolicited
                | Kind::Either
                | Kind::Body
                | Kind::Data
                | Kind::Overflow
                | Kind::Garbage
                | Kind::Script => {}
            }
        }
    }

    pub(super) fn show(&mut self, now: Duration, sign: &'static str, told: Told) {
        let tone = Tone::of(told.kind, told.side, &told.text);
        let most = if told.kind == Kind::Data { SHOWN } else { told.text.len() };
        let mut text = Escaped(&told.text[..told.text.len().min(most)]).to_string();
        if told.length > most as u64 {
            text.push_str(&format!("… ({} bytes)", told.length));
        }
        let parts = told.parts.into_iter().map(|part| (part.text, part.means)).collect();
        self.acts.push_back(Act::Show(Shown { at: now, sign, text, means: told.means, parts, tone }));
    }

    pub(super) fn say(&mut self, now: Duration, sign: &'static str, text: &str, means: Option<String>, tone: Tone) {
        let text = text.to_owned();
        self.acts.push_back(Act::Show(Shown { at: now, sign, text, means, parts: Vec::new(), tone }));
    }

    pub(super) fn hex(&mut self, now: Duration, side: Side, bytes: &[u8]) {
        let sign = if side == Side::Host { ">|" } else { "<|" };
        for row in hex_rows(bytes) {
            self.say(now, sign, &row, None, Tone::Dim);
        }
    }
}
