//! Online data state: what the host sends is data, until it sends the escape sequence.
//!
//! Three times the character of S2, alone: at least S12 fiftieths of a second before the first, less than that between
//! two, at least that after the third. V.250 leaves the way out of data state to the maker; this is the usual one.

use std::time::Duration;

use crate::modem::exchange::ABORT_AFTER;
use crate::modem::setting::{Setting, Settings};
use crate::modem::{Mode, Modem, Tick};
use crate::wire::line::LINE_FEED;
use crate::wire::result::FinalResult;

/// Data state.
#[derive(Debug)]
pub(in crate::modem) struct Online {
    /// When the last byte came; data state began, if none did.
    last: Tick,
    /// Escape characters since the guard time before them.
    escapes: u8,
    /// When the guard time behind the third one ends.
    escape_at: Option<Tick>,
    /// Bytes taken as data.
    taken: u64,
}

impl Online {
    pub(in crate::modem) const fn new(now: Tick) -> Self {
        Self { last: now, escapes: 0, escape_at: None, taken: 0 }
    }

    pub(in crate::modem) const fn deadline(&self) -> Option<Tick> {
        self.escape_at
    }

    /// Bytes taken as data.
    pub(in crate::modem) const fn taken(&self) -> u64 {
        self.taken
    }

    /// Takes bytes as data; stops behind a third escape character, which may end data state at once.
    pub(in crate::modem) fn take(&mut self, now: Tick, bytes: &[u8], settings: &Settings) -> usize {
        let guard = Duration::from_millis(u64::from(settings.value(Setting::Guard)) * 20);
        let escape = settings.character(Setting::Escape);
        // V.250 practice: a value above 127 switches the sequence off.
        let is_escape = |byte: u8| byte == escape && escape <= 127;
        for (index, &byte) in bytes.iter().enumerate() {
            let pause = now.since(self.last);
            self.last = now;
            // A line feed at once belongs to the terminator of the command that led here.
            if byte == LINE_FEED && self.taken == 0 && pause < ABORT_AFTER {
                continue;
            }
            self.taken += 1;
            self.escape_at = None;
            self.escapes = match self.escapes {
                0 if is_escape(byte) && pause >= guard => 1,
                count @ 1..=2 if is_escape(byte) && (pause < guard || guard.is_zero()) => count + 1,
                // Too late for a second one, early enough for a first.
                1..=2 if is_escape(byte) => 1,
                _ => 0,
            };
            if self.escapes == 3 {
                self.escape_at = Some(now + guard);
                return index + 1;
            }
        }
        bytes.len()
    }
}

impl Modem {
    /// The guard time behind the escape sequence is over: command state, the call stays.
    pub(in crate::modem) fn escape_due(&mut self, at: Tick) {
        if let Mode::Online(online) = &self.terminal.mode
            && online.escape_at.is_some_and(|due| due <= at)
        {
            self.leave_data_state();
            self.result_now(FinalResult::Ok);
        }
    }

    /// Command state again; the call stays.
    pub(in crate::modem) fn leave_data_state(&mut self) {
        if let Mode::Online(online) = &self.terminal.mode {
            let taken = online.taken();
            self.calls.count(taken);
            self.terminal.mode = Mode::Command;
        }
    }
}
