//! Online data state: what the host sends is data, until it sends the escape sequence.
//!
//! Three times the character of S2, alone: at least S12 fiftieths of a second before the first, less than that between
//! two, at least that after the third. V.250 leaves the way out of data state to the maker; this is the usual one. What may
//! become the sequence is held until it is known: the sequence itself is no data for the other end.

use std::time::Duration;

use crate::modem::exchange::ABORT_AFTER;
use crate::modem::setting::{Setting, Settings};
use crate::modem::{Mode, Modem, Tick};
use crate::wire::line::LINE_FEED;
use crate::wire::result::FinalResult;

/// What may be an escape character of a sequence without a guard time waits so long for the next one.
const SEQUENCE: Duration = Duration::from_millis(20);

/// Data state.
#[derive(Debug)]
pub(in crate::modem) struct Online {
    /// When the last byte came; data state began, if none did.
    last: Tick,
    /// Escape characters since the guard time before them.
    escapes: u8,
    /// When the guard time behind the third one ends.
    escape_at: Option<Tick>,
    /// So many of them are held, for they may be the sequence.
    held: u8,
    /// When they are data after all.
    release_at: Option<Tick>,
    /// Bytes taken as data, the escape sequence among them.
    taken: u64,
}

impl Online {
    pub(in crate::modem) const fn new(now: Tick) -> Self {
        Self { last: now, escapes: 0, escape_at: None, held: 0, release_at: None, taken: 0 }
    }

    pub(in crate::modem) fn deadline(&self) -> Option<Tick> {
        [self.escape_at, self.release_at].into_iter().flatten().min()
    }

    /// Bytes taken as data, the escape sequence among them.
    pub(in crate::modem) const fn taken(&self) -> u64 {
        self.taken
    }

    /// Takes bytes as data and gives them to `data`; stops behind a third escape character, which may end data state at
    /// once.
    pub(in crate::modem) fn take(
        &mut self,
        now: Tick,
        bytes: &[u8],
        settings: &Settings,
        mut data: impl FnMut(&[u8]),
    ) -> usize {
        let guard = Duration::from_millis(u64::from(settings.value(Setting::Guard)) * 20);
        let escape = settings.character(Setting::Escape);
        // V.250 practice: a value above 127 switches the sequence off.
        let is_escape = |byte: u8| byte == escape && escape <= 127;
        for (index, &byte) in bytes.iter().enumerate() {
            // Where a guard time is asked for, none of the bytes that come at once can begin the sequence.
            if index > 0 && self.escapes == 0 && self.taken > 0 && !guard.is_zero() {
                self.taken += (bytes.len() - index) as u64;
                data(&bytes[index..]);
                return bytes.len();
            }
            let pause = now.since(self.last);
            self.last = now;
            // A line feed at once belongs to the terminator of the command that led here.
            if byte == LINE_FEED && self.taken == 0 && pause < ABORT_AFTER {
                continue;
            }
            self.taken += 1;
            self.escape_at = None;
            let held = [escape; 3];
            let before = usize::from(self.held);
            (self.escapes, self.held) = match self.escapes {
                0 if is_escape(byte) && pause >= guard => (1, 1),
                count @ 1..=2 if is_escape(byte) && (pause < guard || guard.is_zero()) => (count + 1, self.held + 1),
                // Too late for a second one, early enough for a first.
                1..=2 if is_escape(byte) => (1, 1),
                _ => (0, 0),
            };
            if usize::from(self.held) <= before {
                data(&held[..before]);
            }
            if self.held == 0 {
                data(&[byte]);
            }
            self.release_at = (self.held > 0).then(|| now + guard.max(SEQUENCE));
            if self.escapes == 3 {
                self.release_at = None;
                self.escape_at = Some(now + guard);
                return index + 1;
            }
        }
        bytes.len()
    }

    /// Gives back how many escape characters were held in vain.
    fn release(&mut self) -> usize {
        self.release_at = None;
        std::mem::take(&mut self.held).into()
    }
}

impl Modem {
    /// Takes bytes in data state; says how many.
    pub(in crate::modem) fn online_bytes(&mut self, now: Tick, bytes: &[u8]) -> usize {
        let bytes = self.data.piece(bytes);
        let Mode::Online(online) = &mut self.terminal.mode else { return bytes.len() };
        let taken = online.take(now, bytes, &self.terminal.settings, |bytes| self.data.take(now, bytes));
        self.data_given(now);
        taken
    }

    /// The guard time behind the escape sequence is over: command state, the call stays.
    pub(in crate::modem) fn escape_due(&mut self, at: Tick) {
        if let Mode::Online(online) = &self.terminal.mode
            && online.escape_at.is_some_and(|due| due <= at)
        {
            self.leave_data_state();
            self.result_now(FinalResult::Ok);
        }
        // Or what was held was no escape sequence.
        if let Mode::Online(online) = &mut self.terminal.mode
            && online.release_at.is_some_and(|due| due <= at)
        {
            let escape = self.terminal.settings.character(Setting::Escape);
            let released = vec![escape; online.release()];
            self.data.take(at, &released);
            self.data_given(at);
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
