//! Keys that are pressed in a call: `+VTS`, `+VTD`.
//!
//! Source: 3GPP TS 27.007, annexes C.2.11 and C.2.12.

use std::time::Duration;

use super::circuit::{Bearer, Stat};
use super::route::CallEffect;
use crate::modem::command::{Call, Entry, Owner, Pending, Reply};
use crate::modem::{Modem, Setting};
use crate::wire::command::Form;
use crate::wire::result::{CmeError, FinalResult};

pub(super) const COMMANDS: &[Entry] = &[
    Entry::new("+VTS", send),
    Entry::new("+VTD", |modem, call| modem.number_setting(call, "+VTD", Setting::ToneDuration)),
];

/// So many tones are remembered, the last ones.
const REMEMBERED: usize = 64;

/// `+VTS=<DTMF>`, `+VTS={<DTMF>,<duration>}` or `+VTS=<DTMF>,<duration>`; quotes and several keys at once are taken too. OK
/// comes when the last tone has been sent. `<duration>` is in tenths of a second.
fn send(modem: &mut Modem, call: &Call<'_>) -> Reply {
    match call.form() {
        Form::Set(parameters) => {
            let Some(text) = parameters.word(0) else { return Reply::Malformed };
            let braced = text.first() == Some(&b'{');
            let keys = text.strip_prefix(b"{").unwrap_or(&text).to_ascii_uppercase();
            let duration = match parameters.word(1) {
                None => None,
                Some(text) => {
                    let digits = if braced { text.strip_suffix(b"}") } else { Some(text.as_ref()) };
                    let tenths = digits.and_then(|digits| std::str::from_utf8(digits).ok()?.parse::<u16>().ok());
                    match tenths {
                        Some(tenths @ 0..=255) => Some(tenths),
                        Some(_) | None => return Reply::Malformed,
                    }
                }
            };
            let known = !keys.is_empty() && keys.len() <= 32 && keys.iter().all(|&key| is_key(key));
            if !known || parameters.len() > 2 {
                return Reply::Malformed;
            }
            let list = &modem.calls.circuit;
            let Some(ticket) = list.iter().find(|call| call.stat == Stat::Active && call.bearer == Bearer::Voice)
            else {
                return Reply::Cme(CmeError::OPERATION_NOT_ALLOWED);
            };
            let ticket = ticket.ticket;
            let text: String = keys.iter().copied().map(char::from).collect();
            modem.calls.tones.push_str(&text);
            let surplus = modem.calls.tones.len().saturating_sub(REMEMBERED);
            modem.calls.tones.drain(..surplus);
            modem.call_effect(ticket, CallEffect::Tones(text));
            let set = u16::try_from(modem.setting(Setting::ToneDuration)).unwrap_or(0);
            let one = match duration.unwrap_or(set) {
                0 => modem.profile.call.tone.0,
                tenths => Duration::from_millis(u64::from(tenths) * 100),
            };
            let all = one * u32::try_from(keys.len()).unwrap_or(1);
            if all.is_zero() {
                return Reply::Ok;
            }
            Reply::Later(Pending::by(Owner::Tones).until(call.now + all, FinalResult::Ok))
        }
        Form::Test => {
            modem.inform(format_args!("+VTS: (0-9,*,#,A,B,C,D)"));
            Reply::Ok
        }
        Form::Execute | Form::Read => Reply::Unknown,
    }
}

const fn is_key(key: u8) -> bool {
    matches!(key, b'0'..=b'9' | b'*' | b'#' | b'A'..=b'D')
}
