//! The DTE leaves: circuit 108 goes OFF, or the last client of the port is gone.
//!
//! Source: ITU-T V.250, clause 6.2.9 (`&D`).

use super::call::Packet;
use crate::modem::command::{Owner, Reply};
use crate::modem::{Mode, Modem, Setting, Tick};
use crate::wire::result::FinalResult;

impl Modem {
    /// Circuit 108 has this state now.
    pub(in crate::modem) fn circuit_108(&mut self, now: Tick, on: bool) {
        let was = std::mem::replace(&mut self.terminal.dtr, on);
        if was && !on {
            self.drop_multiplexer(now);
            self.dtr_drop(now);
        }
    }

    /// The last client of the port has gone.
    pub(in crate::modem) fn closed(&mut self, now: Tick) {
        self.drop_multiplexer(now);
        let mark = self.terminal.outbox.mark();
        self.terminal.ahead = Vec::new();
        self.dtr_drop(now);
        self.leave_prompt(now);
        self.abort(now);
        self.leave_data_state();
        self.terminal.line.clear();
        // A result that nobody can read is not kept for the next client.
        self.terminal.outbox.rewind(mark);
    }

    /// DTR went OFF. Source: V.250, clause 6.2.9 (`&D`).
    fn dtr_drop(&mut self, now: Tick) {
        let online = matches!(self.terminal.mode, Mode::Online(_));
        if self.setting(Setting::Terminal) != 0 {
            self.leave_prompt(now);
        }
        match self.setting(Setting::Terminal) {
            0 => {}
            1 => {
                if online {
                    self.leave_data_state();
                    self.result_now(FinalResult::Ok);
                }
            }
            // A voice call needs no line, and another port's call is not this one's to end.
            _ => self.calls_of_the_port_end(now),
        }
    }

    /// The calls that this port's line carries end, and its host is told.
    pub(in crate::modem) fn calls_of_the_port_end(&mut self, now: Tick) {
        let port = self.terminal.port;
        if self.calls.port == Some(port) {
            self.data_takes_leave(now);
            match self.packet_goes() {
                Packet::None => {}
                Packet::Dialling { .. } => self.complete(now, Owner::Calls, Reply::Result(FinalResult::NoCarrier)),
                Packet::Active { .. } => self.result_now(FinalResult::NoCarrier),
            }
        }
        if self.calls.circuit.has_data_of(port) {
            self.data_takes_leave(now);
            self.leave_data_state();
            self.end_data_calls(now);
            self.result_now(FinalResult::NoCarrier);
        }
        if self.abort_dialling(now, port) {
            self.complete(now, Owner::Calls, Reply::Result(FinalResult::NoCarrier));
        }
        self.calls_changed(now);
    }
}
