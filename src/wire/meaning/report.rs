//! Lines with a name: which value stands in which.

use super::Came;
use super::words::Said;
use super::{cell, network};
use crate::wire::result::{CmeError, CmsError};
use crate::wire::values::{
    ExtendedSignal, OperatorList, OperatorSelection, PinState, RegistrationLine, Seen, SignalQuality,
};

/// What `line`, which begins with a sign, says.
///
/// Names are matched in upper case, as modems write them: this stands on the path of each line of a capture.
pub(super) fn read(line: &[u8], came: Came) -> Option<Said<'_>> {
    let Some(colon) = memchr::memchr(b':', line) else {
        return alone(line).map(Said::Words);
    };
    let (name, value) = (&line[..colon], line[colon + 1..].trim_ascii());
    match name {
        b"+CME ERROR" => Some(CmeError::parse(value).map_or(Said::UnknownError, Said::Cme)),
        b"+CMS ERROR" => Some(CmsError::parse(value).map_or(Said::UnknownError, Said::Cms)),
        b"+CREG" | b"+CGREG" | b"+CEREG" | b"+C5GREG" => registration(line, came).map(Said::Registration),
        b"+CSQ" => SignalQuality::parse(line).ok().map(Said::Signal),
        b"+CESQ" => ExtendedSignal::parse(line).ok().map(Said::ExtendedSignal),
        b"+CPIN" => PinState::parse(line).ok().map(Said::Pin),
        b"+COPS" => operator(line),
        b"+CPINR" => tries(value),
        b"+CCLK" => clock(value),
        b"+CMTI" | b"+CDSI" | b"+CBMI" => stored(name, value),
        b"+CMT" => Some(Said::Words("a message has come; it stands in the next line")),
        b"+CDS" => Some(Said::Words("a status report has come; it stands in the next line")),
        b"+CBM" => Some(Said::Words("a cell broadcast message has come; it stands in the next line")),
        b"+CRING" => Some(Said::Text("an incoming call: ", std::str::from_utf8(value).ok()?)),
        b"+CGEV" => network::packet_event(value),
        b"+CNEC_MM" | b"+CNEC_GMM" | b"+CNEC_EMM" | b"+CNEC_5GMM" | b"+CNEC_ESM" => network::reported(name, value),
        b"+CPSI" => cell::simcom(value),
        b"+QNWINFO" => cell::quectel_network(value),
        b"+QCSQ" => cell::quectel_signal(value),
        b"#CEERNET" => network::telit(value),
        b"+QESMC" => network::quectel(value),
        b"+QEMMS" => Some(Said::Text("state of EPS mobility management: ", unquoted(value)?)),
        b"^REJINFO" => network::reject_info(value),
        b"+QIND" => match value {
            b"SMS DONE" => Some(Said::Words("booted: messages can be read and sent")),
            b"PB DONE" => Some(Said::Words("booted: the phone book was read from the SIM")),
            _ => None,
        },
        b"+CEER" => Some(Said::Text("in the maker's words: ", unquoted(value).filter(|text| !text.is_empty())?)),
        _ => choice(name, value).map(Said::Words),
    }
}

/// Lines that are a name and nothing else.
fn alone(line: &[u8]) -> Option<&'static str> {
    Some(match line {
        b"^SYSSTART" => "booted: the module takes commands",
        b"^SHUTDOWN" => "the module switches itself off",
        b"^EXIT" => "the module restarts after a fault",
        b"+PBREADY" => "booted: the phone book was read from the SIM",
        b"+CME ERROR" | b"+CMS ERROR" => "an error without its number",
        _ => return None,
    })
}

fn registration(line: &[u8], came: Came) -> Option<Seen<'_>> {
    let seen = RegistrationLine::parse(line).ok()?;
    Some(match (seen, came) {
        (Seen::Either(urc, _), Came::ByItself) => Seen::Unsolicited(urc),
        (Seen::Either(_, answer), Came::AsAnswer) => Seen::Answer(answer),
        (seen, Came::Unknown | Came::AsAnswer | Came::ByItself) => seen,
    })
}

fn operator(line: &[u8]) -> Option<Said<'_>> {
    if memchr::memchr(b'(', line).is_some() {
        let list = OperatorList::parse(line).ok().filter(|list| !list.operators.is_empty());
        if let Some(list) = list {
            return Some(Said::Operators(Box::new(list)));
        }
    }
    OperatorSelection::parse(line).ok().map(Said::Operator)
}

/// `SIM PIN,3,3`: tries that remain, and how many there are at first.
///
/// Source: 3GPP TS 27.007, clause 8.65.
fn tries(value: &[u8]) -> Option<Said<'_>> {
    let mut fields = std::str::from_utf8(value).ok()?.splitn(3, ',');
    let code = fields.next()?.trim().trim_matches('"');
    let left = fields.next()?.trim().parse().ok()?;
    let first = fields.next().and_then(|first| first.trim().parse().ok());
    Some(Said::Tries { code, left, first })
}

/// `"24/01/31,12:00:00+04"`: local time and its distance from UTC in quarters of an hour.
///
/// Source: 3GPP TS 27.007, clause 8.15.
fn clock(value: &[u8]) -> Option<Said<'_>> {
    let text = unquoted(value)?;
    let (date, time) = text.split_once(',')?;
    let (time, quarters) = match time.find(['+', '-']) {
        Some(sign) => (&time[..sign], time[sign..].parse::<i16>().ok()),
        None => (time, None),
    };
    let numeric = |part: &str, sign: char| {
        part.split(sign).count() == 3 && part.split(sign).all(|two| two.parse::<u16>().is_ok())
    };
    (numeric(date, '/') && numeric(time, ':')).then_some(Said::Clock { date, time, quarters })
}

/// `"SM",3`: where a message was put.
///
/// Source: 3GPP TS 27.005, clause 3.4.1.
fn stored<'a>(name: &[u8], value: &'a [u8]) -> Option<Said<'a>> {
    let what = match name {
        b"+CDSI" => "a status report has come",
        b"+CBMI" => "a cell broadcast message has come",
        _ => "a message has come",
    };
    let (storage, place) = std::str::from_utf8(value).ok()?.split_once(',')?;
    Some(Said::Stored { what, storage: storage.trim().trim_matches('"'), place: place.trim().parse().ok()? })
}

pub(super) fn unquoted(value: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(value).ok()?;
    Some(text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text))
}

/// Lines whose first value alone says it.
///
/// Source: 3GPP TS 27.007, clauses 8.1, 8.2, 9.1 and 10.1.9.
fn choice(name: &[u8], value: &[u8]) -> Option<&'static str> {
    let first = value.split(|byte| *byte == b',').next()?.trim_ascii();
    Some(match (name, first) {
        (b"+CFUN", b"0") => "minimum functionality",
        (b"+CFUN", b"1") => "full functionality",
        (b"+CFUN", b"4") => "radio off",
        (b"+CPAS", b"0") => "ready",
        (b"+CPAS", b"2") => "activity unknown",
        (b"+CPAS", b"3") => "ringing",
        (b"+CPAS", b"4") => "a call is in progress",
        (b"+CPAS", b"5") => "asleep",
        (b"+CGATT", b"0") => "detached from the packet domain",
        (b"+CGATT", b"1") => "attached to the packet domain",
        (b"+CMEE", b"0") => "errors of the equipment are shown as ERROR",
        (b"+CMEE", b"1") => "errors of the equipment are shown by number",
        (b"+CMEE", b"2") => "errors of the equipment are shown in words",
        _ => return None,
    })
}
