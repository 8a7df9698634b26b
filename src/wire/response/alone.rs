//! Bytes that come alone, as from a slow line: what a mark can tell of one is told without reading the element again.
//!
//! Each answer here is a shorter way to what [`Machine::step`] says of the same bytes, and `false` sends the caller there.

use super::machine::{BLANK, HEAD, Machine, PROMPT, SIGN, STOP, State};

impl Machine {
    /// Whether this byte stands between elements and belongs to none.
    pub(super) fn is_between(&mut self, byte: u8) -> bool {
        let is_between = self.state == State::Lines && self.is(byte, BLANK);
        self.due.blank &= !is_between;
        is_between
    }

    /// Whether this byte is the first of a line and tells nothing yet.
    pub(super) fn is_first(&mut self, byte: u8) -> bool {
        let is_first = self.state == State::Lines
            && !self.is(byte, BLANK | PROMPT | STOP)
            && !(self.due.blank || self.due.quote)
            && self.echo.is_empty();
        if is_first {
            self.cursor.scanned = 1;
            self.cursor.head_read = !self.is(byte, SIGN);
        }
        is_first
    }

    /// Whether the line at hand may announce a payload, as far as its first byte tells.
    pub(super) fn awaits_second(&self) -> bool {
        !self.cursor.head_read
    }

    /// Whether this byte, behind one byte held, shows that the line announces no payload, and ends nothing.
    pub(super) fn is_second(&mut self, byte: u8) -> bool {
        let is_second = self.state == State::Lines
            && self.cursor.scanned == 1
            && !self.cursor.head_read
            && !self.is(byte, BLANK | HEAD | STOP);
        if is_second {
            self.cursor.scanned = 2;
            self.cursor.head_read = true;
        }
        is_second
    }

    /// Whether this byte is a quote, and no more, in a line that waits for its end; `at` is where it stands.
    pub(super) fn is_later_quote(&mut self, byte: u8, at: usize) -> bool {
        let is_quote = byte == b'"' && !self.is(byte, BLANK);
        if is_quote {
            self.cursor.quote.get_or_insert(at);
        }
        is_quote
    }

    /// So many bytes of a line that waits for its end hold none.
    #[inline]
    pub(super) fn scanned(&mut self, count: usize) {
        self.cursor.scanned = count;
    }
}
