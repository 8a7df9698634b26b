//! Calls beside each other, and their end: `+CHLD`, `+CHUP`, `+CVHU`, `+CSSN`.
//!
//! Source: 3GPP TS 27.007, clauses 6.5 (`+CHUP`), 6.20 (`+CVHU`), 7.13 (`+CHLD`), 7.17 (`+CSSN`).

use super::bearer::several;
use super::circuit::{CircuitCall, Stat};
use super::list::NotNow;
use super::multiparty::Hold;
use super::profile::HangUp;
use super::release::Cause;
use crate::modem::command::{Call, Entry, Reply};
use crate::modem::{Modem, Setting, Tick};
use crate::wire::command::{Form, Parameters};
use crate::wire::result::CmeError;

pub(super) const COMMANDS: &[Entry] = &[
    Entry::new("+CHLD", hold),
    Entry::new("+CHUP", hang_up),
    Entry::new("+CVHU", |modem, call| modem.number_setting(call, "+CVHU", Setting::VoiceHangUp)),
    Entry::new("+CSSN", |modem, call| {
        several(modem, call, "+CSSN", &[Setting::ServiceIntermediate, Setting::ServiceUnsolicited])
    }),
];

/// `+CHLD=<n>`
fn hold(modem: &mut Modem, call: &Call<'_>) -> Reply {
    match call.form() {
        Form::Set(parameters) => {
            let Some(wish) = wish(&parameters) else { return Reply::Malformed };
            match modem.calls.circuit.hold(modem.terminal.port, wish) {
                Ok(changes) => {
                    modem.take_changes(call.now, changes);
                    Reply::Ok
                }
                Err(NotNow) => Reply::Cme(CmeError::OPERATION_NOT_ALLOWED),
            }
        }
        Form::Test => {
            modem.inform(format_args!("+CHLD: (0,1,1x,2,2x,3,4)"));
            Reply::Ok
        }
        Form::Execute | Form::Read => Reply::Unknown,
    }
}

fn wish(parameters: &Parameters<'_>) -> Option<Hold> {
    let text = parameters.word(0).filter(|_| parameters.len() == 1)?;
    match *text.as_ref() {
        [b'0'] => Some(Hold::ReleaseHeld),
        [b'1'] => Some(Hold::ReleaseActive),
        [b'2'] => Some(Hold::Swap),
        [b'3'] => Some(Hold::Join),
        [b'4'] => Some(Hold::Transfer),
        [b'1', id @ b'1'..=b'7'] => Some(Hold::Release(id - b'0')),
        [b'2', id @ b'1'..=b'7'] => Some(Hold::Private(id - b'0')),
        _ => None,
    }
}

/// `+CHUP`: without a call it does nothing.
fn hang_up(modem: &mut Modem, call: &Call<'_>) -> Reply {
    match call.form() {
        Form::Execute => {
            let held_too = modem.profile.call.hang_up == HangUp::All;
            modem.hang_up_voice(call.now, held_too);
            Reply::Ok
        }
        Form::Test => Reply::Ok,
        Form::Read | Form::Set(_) => Reply::Unknown,
    }
}

impl Modem {
    /// Ends the calls of the list as the END key does: all but one that waits. A call that comes in is rejected.
    ///
    /// Source: 3GPP TS 22.030, clause 6.5.5.1.
    pub(in crate::modem) fn hang_up_voice(&mut self, now: Tick, held_too: bool) {
        let current = |call: &CircuitCall| match call.stat {
            Stat::Active | Stat::Dialling | Stat::Alerting => true,
            Stat::Held => held_too,
            Stat::Incoming | Stat::Waiting => false,
        };
        self.end_calls(now, |call| call.stat == Stat::Incoming, Cause::REJECTED);
        self.end_calls(now, current, Cause::NORMAL);
    }
}
