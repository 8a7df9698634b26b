//! Calls that go somewhere else: `+CCFC`.
//!
//! Source: 3GPP TS 27.007, clause 7.11; TS 22.082.

use super::services::{Class, Forwarding, Reason};
use crate::modem::Modem;
use crate::modem::command::{Call, Entry, Reply};
use crate::wire::command::{Form, Parameters};
use crate::wire::result::CmeError;

pub(super) const COMMANDS: &[Entry] = &[Entry::new("+CCFC", forwarding)];

/// `<time>` where none is given. Source: 3GPP TS 27.007, clause 7.11.
const USUAL_TIME: u8 = 20;

/// What is to be done with a forwarding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Disable,
    Enable,
    Query,
    Register,
    Erase,
}

/// `+CCFC=<reason>,<mode>[,<number>[,<type>[,<class>[,<subaddr>[,<satype>[,<time>]]]]]]`
fn forwarding(modem: &mut Modem, call: &Call<'_>) -> Reply {
    match call.form() {
        Form::Set(parameters) => set(modem, &parameters).unwrap_or_else(|reply| reply),
        Form::Test => {
            modem.inform(format_args!("+CCFC: (0-5)"));
            Reply::Ok
        }
        Form::Execute | Form::Read => Reply::Unknown,
    }
}

fn set(modem: &mut Modem, parameters: &Parameters<'_>) -> Result<Reply, Reply> {
    let reasons: &[Reason] = match parameters.required::<u8>(0)? {
        0 => &[Reason::Unconditional],
        1 => &[Reason::Busy],
        2 => &[Reason::NoReply],
        3 => &[Reason::NotReachable],
        4 => &Reason::ALL,
        5 => &[Reason::Busy, Reason::NoReply, Reason::NotReachable],
        _ => return Err(Reply::Malformed),
    };
    let mode = match parameters.required::<u8>(1)? {
        0 => Mode::Disable,
        1 => Mode::Enable,
        2 => Mode::Query,
        3 => Mode::Register,
        4 => Mode::Erase,
        _ => return Err(Reply::Malformed),
    };
    let class = Class(parameters.number::<u8>(4)?.unwrap_or(Class::USUAL.0));
    let time = parameters.number::<u8>(7)?;
    if class.0 == 0 || parameters.len() > 8 || time.is_some_and(|time| !(1..=30).contains(&time)) {
        return Err(Reply::Malformed);
    }
    let to = number(parameters)?;
    if !modem.network.serves_voice() {
        return Err(Reply::Cme(CmeError::new(modem.profile.network.show.no_network)));
    }
    let services = &mut modem.services;
    let register = |number: Box<str>, kind| Forwarding { number, kind, active: true, time: time.unwrap_or(USUAL_TIME) };
    match (mode, to) {
        (Mode::Query, _) => {
            // TS 22.030 clause 6.5.2 has codes for groups, and none of them is asked for.
            let [reason] = reasons else { return Err(Reply::Cme(CmeError::OPERATION_NOT_ALLOWED)) };
            query(modem, *reason, class);
        }
        (Mode::Disable, _) => {
            for &reason in reasons {
                services.activate(reason, class, false);
            }
        }
        (Mode::Erase, _) => {
            for &reason in reasons {
                services.erase(reason, class);
            }
        }
        (Mode::Register, None) => return Err(Reply::Malformed),
        (Mode::Enable | Mode::Register, Some((number, kind))) => {
            let to = register(number, kind);
            for &reason in reasons {
                services.register(reason, class, &to);
            }
        }
        (Mode::Enable, None) => {
            let known = reasons.iter().filter(|&&reason| services.activate(reason, class, true)).count();
            if known == 0 {
                // Nothing was ever registered that could be switched on.
                return Err(Reply::Cme(CmeError::OPERATION_NOT_ALLOWED));
            }
        }
    }
    Ok(Reply::Ok)
}

/// `<number>` and its `<type>`: 145 with a `+`, which the number need not bring, else 129.
fn number(parameters: &Parameters<'_>) -> Result<Option<(Box<str>, u8)>, Reply> {
    let Some(text) = parameters.word(2).filter(|text| !text.is_empty()) else { return Ok(None) };
    let digits = text.strip_prefix(b"+").unwrap_or(&text);
    let plain = !digits.is_empty() && digits.len() <= 40 && digits.iter().all(|byte| is_dialled(*byte));
    let kind = parameters.number::<u8>(3)?.unwrap_or(if text.starts_with(b"+") { 145 } else { 129 });
    if !plain {
        return Err(Reply::Malformed);
    }
    let digits = String::from_utf8_lossy(digits);
    let number = if kind & 0x70 == 0x10 { format!("+{digits}") } else { digits.into_owned() };
    Ok(Some((number.into(), kind)))
}

const fn is_dialled(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'*' | b'#' | b'A'..=b'D' | b'a'..=b'd')
}

/// `+CCFC: <status>,<class>[,<number>,<type>[,<subaddr>,<satype>[,<time>]]]`, a line for each class that is active.
fn query(modem: &mut Modem, reason: Reason, class: Class) {
    let found: Vec<(u8, Forwarding)> = class
        .each()
        .filter_map(|(_, class)| {
            let to = modem.services.registered(reason, class).filter(|to| to.active)?;
            Some((class, to.clone()))
        })
        .collect();
    if found.is_empty() {
        modem.inform(format_args!("+CCFC: 0,{}", class.0));
    }
    for (class, to) in found {
        let (number, kind, time) = (to.number, to.kind, to.time);
        match reason {
            Reason::NoReply => modem.inform(format_args!("+CCFC: 1,{class},\"{number}\",{kind},,,{time}")),
            Reason::Unconditional | Reason::Busy | Reason::NotReachable => {
                modem.inform(format_args!("+CCFC: 1,{class},\"{number}\",{kind}"));
            }
        }
    }
}
