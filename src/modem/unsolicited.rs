//! Unsolicited results: kept until the line is free, then given in their order.
//!
//! Held while a command is carried out, while data is on the line, and while a command line is being typed: that one for
//! a limited time after its last character (`urc.typing`), since a line that is never ended would hold them for ever.

use std::collections::VecDeque;

use super::power::Supply;
use super::profile::Profile;
use super::{Mode, Modem, Tick};
use crate::wire::result::{FinalResult, ResultCode};

/// More than these are not kept: the oldest go.
const LIMIT: usize = 64;

/// Something that the modem says by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Urc {
    /// Text, without line ends.
    Text(Vec<u8>),
    /// Text in which a line feed is part of a string.
    Whole(Vec<u8>),
    /// `RING`
    Ring,
    /// A result code that no command asked for: `NO CARRIER`, or `OK` after the escape sequence.
    Result(FinalResult),
}

impl From<String> for Urc {
    fn from(text: String) -> Self {
        Self::Text(text.into_bytes())
    }
}

impl From<&str> for Urc {
    fn from(text: &str) -> Self {
        Self::Text(text.as_bytes().to_vec())
    }
}

impl From<Vec<u8>> for Urc {
    fn from(text: Vec<u8>) -> Self {
        Self::Text(text)
    }
}

impl From<FinalResult> for Urc {
    fn from(result: FinalResult) -> Self {
        Self::Result(result)
    }
}

/// What waits to be said.
#[derive(Debug, Default)]
pub(super) struct Unsolicited {
    queue: VecDeque<Urc>,
    lost: u64,
}

impl Unsolicited {
    pub(super) fn push(&mut self, urc: Urc) {
        if self.queue.len() == LIMIT {
            self.queue.pop_front();
            self.lost += 1;
        }
        self.queue.push_back(urc);
    }

    pub(super) fn forget(&mut self) {
        self.queue = VecDeque::new();
    }

    /// When a line that is being typed, its last character at `typed`, has held them long enough.
    pub(super) fn deadline(&self, typed: Tick, profile: &Profile) -> Option<Tick> {
        (!self.queue.is_empty()).then(|| typed + profile.urc.typing.0)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }

    /// Results that were lost because the line was never free.
    pub(super) const fn lost(&self) -> u64 {
        self.lost
    }
}

impl Modem {
    /// Says something unsolicited on every port, as soon as its line is free.
    pub(super) fn unsolicited(&mut self, urc: impl Into<Urc>) {
        // Asleep it has nothing to say, and nobody to say it.
        if self.network.is_asleep() {
            return;
        }
        let urc = urc.into();
        for other in &mut self.others {
            other.keep(urc.clone());
        }
        self.terminal.keep(urc);
    }

    /// Says something unsolicited on the port that is served.
    pub(super) fn unsolicited_here(&mut self, urc: impl Into<Urc>) {
        if !self.network.is_asleep() {
            self.terminal.keep(urc.into());
        }
    }

    /// Says something unsolicited wherever it is wanted: `say` reads the settings and says what, or that nothing is.
    ///
    /// What depends on a setting that belongs to a port (`+CREG=2`, `+CLIP=1`) goes this way, and not straight to
    /// [`unsolicited`](Self::unsolicited): each AT port of the modem has such settings of its own.
    pub(super) fn tell<U: Into<Urc>>(&mut self, mut say: impl FnMut(&Self) -> Option<U>) {
        self.at_each(|modem| {
            if let Some(urc) = say(modem) {
                modem.unsolicited_here(urc);
            }
        });
    }

    /// Gives what waits, if the line is free at `now`.
    pub(super) fn give_unsolicited(&mut self, now: Tick) {
        if self.terminal.unsolicited.queue.is_empty() {
            return;
        }
        let line = &self.terminal;
        let free = match (self.supply, &line.mode) {
            (Supply::Off { .. }, _)
            | (Supply::On, Mode::Busy | Mode::Prompt(_) | Mode::Online(_) | Mode::Multiplexed) => false,
            (Supply::Starting { .. }, _) => true,
            (Supply::On, Mode::Command) => !line.line.is_pending() || now >= line.typed + self.profile.urc.typing.0,
        };
        if !free {
            return;
        }
        let mut text = Vec::new();
        while let Some(urc) = self.terminal.unsolicited.queue.pop_front() {
            self.write_urc(&urc, &mut text);
            self.terminal.outbox.write(&text);
            text.clear();
        }
        self.terminal.unsolicited.forget();
    }

    fn write_urc(&self, urc: &Urc, out: &mut Vec<u8>) {
        let format = self.format();
        match urc {
            Urc::Ring => format.write_result(out, ResultCode::Ring),
            Urc::Result(result) => format.write_result(out, *result),
            // Q1 keeps back every result code, and an unsolicited one is no information text (V.250 clause 6.2.5).
            Urc::Text(_) | Urc::Whole(_) if format.quiet => {}
            Urc::Whole(text) => format.write_information(out, text),
            Urc::Text(text) => {
                for line in text.split(|&byte| byte == b'\n') {
                    format.write_information(out, line);
                }
            }
        }
    }
}
