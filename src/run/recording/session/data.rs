//! What is no line: the data of a call, and frames of the multiplexer.

use super::{LONGEST, Session, State, Told, held, idle};
use crate::modem::Tick;
use crate::run::player::literal_pattern;
use crate::script::{Act, LineKind, Side};
use crate::wire::line::LINE_FEED;

/// Data that are not written yet, of one side at a time.
#[derive(Debug, Default)]
pub(super) struct Data {
    pub(super) bytes: Vec<u8>,
    pub(super) side: Option<Side>,
    pub(super) at: Tick,
    /// The host's last data were the escape sequence.
    pub(super) escaped: bool,
    /// The LF of the line that began the data is still to come.
    pub(super) feed_due: bool,
}

impl Session {
    /// Data of a call. The call ends where a result stands at the end of what the modem sent.
    pub(super) fn data(&mut self, at: Tick, side: Side, bytes: &[u8]) {
        let feed_due = side == Side::Modem && !bytes.is_empty() && std::mem::take(&mut self.data.feed_due);
        let bytes = match bytes {
            [LINE_FEED, rest @ ..] if feed_due => rest,
            bytes => bytes,
        };
        if bytes.is_empty() {
            return;
        }
        if self.data.side != Some(side) {
            self.flush_data();
        }
        self.data.side = Some(side);
        self.data.at = at;
        self.data.bytes.extend_from_slice(bytes);
        match side {
            Side::Host => self.data.escaped = self.data.bytes == b"+++",
            Side::Modem => {
                if let Some(result) = self.result_behind_data() {
                    let data = self.data.bytes.len() - result.len() - 4;
                    self.data.bytes.truncate(data);
                    self.flush_data();
                    self.state = State::Lines;
                    self.scanner.end_data();
                    self.scanner.expect(idle());
                    self.act(at, Act::Expect(literal_pattern(result)), Side::Modem, result);
                    return;
                }
            }
        }
        if self.data.bytes.len() >= LONGEST {
            self.flush_data();
        }
    }

    /// The result that ends the call, alone in a line; `OK` does only behind the escape sequence.
    fn result_behind_data(&self) -> Option<&'static [u8]> {
        let line = self.data.bytes.strip_suffix(b"\r\n")?;
        let results: [&[u8]; 3] = [b"NO CARRIER", b"DISCONNECT", b"OK"];
        results.into_iter().find(|result| {
            let before = line.strip_suffix(*result);
            before.is_some_and(|before| before.ends_with(b"\r\n")) && (*result != b"OK" || self.data.escaped)
        })
    }

    /// Frames of the multiplexer.
    pub(super) fn frames(&mut self, at: Tick, side: Side, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        let State::Multiplexed(multiplexed) = &mut self.state else { return };
        let mut stand_ins = self.stand_ins.as_ref().map(held);
        let (raw, said) = multiplexed.said(side, bytes, &self.lane, stand_ins.as_deref_mut());
        drop(stand_ins);
        let closed = multiplexed.is_closed();
        for comment in said {
            self.told.push(Told { at, line: LineKind::Comment(format!(" {comment}")) });
        }
        if !raw.is_empty() {
            self.write_raw(at, side, &raw);
        }
        if closed {
            self.flush(at);
            self.state = State::Lines;
            self.scanner.expect(idle());
        }
    }

    pub(super) fn flush_data(&mut self) {
        let bytes = std::mem::take(&mut self.data.bytes);
        if let (Some(side), false) = (self.data.side, bytes.is_empty()) {
            self.raw(self.data.at, side, &bytes);
        }
    }
}
