//! What messages are sent with: `+CSMS`, `+CMGF`, `+CSDH`, `+CSCA`, `+CSMP`, `+CSCB`, `+CSAS`, `+CRES`, `+CGSMS`, `+CMMS`.
//!
//! Source: 3GPP TS 27.005, clauses 3.2 and 3.3, 3.5.6 (`+CMMS`); TS 27.007, clause 7.21 (`+CGSMS`).

use std::time::Duration;

use super::{card, number, set};
use crate::modem::command::{Call, Entry, Reply};
use crate::modem::{Modem, Setting, Tick};
use crate::wire::command::{Form, Parameter, Parameters};
use crate::wire::result::CmsError;
use crate::wire::sms::{Address, Timestamp, Validity};
use crate::wire::text::hexadecimal;

pub(super) const COMMANDS: &[Entry] = &[
    Entry::new("+CSMS", service),
    Entry::new("+CMGF", |modem, call| modem.number_setting(call, "+CMGF", Setting::TextMode)),
    Entry::new("+CSDH", |modem, call| modem.number_setting(call, "+CSDH", Setting::TextParameters)),
    Entry::new("+CSCA", centre),
    Entry::new("+CSMP", parameters),
    Entry::new("+CSCB", broadcast),
    Entry::new("+CSAS", |modem, call| profile(modem, call, "+CSAS", save)),
    Entry::new("+CRES", |modem, call| profile(modem, call, "+CRES", restore)),
    Entry::new("+CGSMS", |modem, call| modem.number_setting(call, "+CGSMS", Setting::MessageDomain)),
    Entry::new("+CMMS", more),
];

/// How many profiles `+CSAS` has.
pub(super) const PROFILES: usize = 2;

/// With `+CMMS=1` the link stays for so long after a message.
const LINK: Duration = Duration::from_secs(5);

/// Which broadcast messages are wanted: `+CSCB`.
#[derive(Debug, Clone, Default)]
pub(super) struct Broadcast {
    /// 0: those that are named; 1: all but those.
    mode: u8,
    /// Message identifiers, as they were given.
    identifiers: String,
    /// Data coding schemes, as they were given.
    codings: String,
}

/// The settings of `+CSCA`, `+CSMP` and `+CSCB`.
#[derive(Debug)]
pub(super) struct Saved {
    centre: Option<Address>,
    parameters: [u32; PARAMETERS.len()],
    validity: Option<[u8; 7]>,
    broadcast: Broadcast,
}

const PARAMETERS: [Setting; 4] = [Setting::FirstOctet, Setting::ValidityPeriod, Setting::Protocol, Setting::Coding];

/// `+CSMS=<service>`: `+CSMS: <mt>,<mo>,<bm>`, whether messages can come, go, and be broadcast.
fn service(modem: &mut Modem, call: &Call<'_>) -> Reply {
    match call.form() {
        Form::Read => {
            let service = modem.setting(Setting::MessageService);
            modem.inform(format_args!("+CSMS: {service},1,1,1"));
            Reply::Ok
        }
        Form::Set(_) => match modem.number_setting(call, "+CSMS", Setting::MessageService) {
            Reply::Ok => {
                modem.inform(format_args!("+CSMS: 1,1,1"));
                Reply::Ok
            }
            reply => reply,
        },
        Form::Test | Form::Execute => modem.number_setting(call, "+CSMS", Setting::MessageService),
    }
}

/// `+CSCA=<sca>[,<tosca>]`
fn centre(modem: &mut Modem, call: &Call<'_>) -> Reply {
    match call.form() {
        Form::Test => return Reply::Ok,
        Form::Execute => return Reply::Error,
        Form::Read | Form::Set(_) => {}
    }
    if let Err(error) = card(modem) {
        return error.into();
    }
    let Some(parameters) = call.parameters() else {
        let centre = modem.messages.service_centre;
        let kind = centre.map_or(129, |centre| centre.kind().0);
        let text = modem.encode(&centre.map_or_else(String::new, |centre| centre.to_string()));
        modem.inform(format_args!("+CSCA: \"{text}\",{kind}"));
        return Reply::Ok;
    };
    match (parameters.text(0), parameters.number::<u8>(1)) {
        (Ok(Some(text)), Ok(kind)) if parameters.len() <= 2 => match number(modem, &text, kind) {
            Some(centre) => {
                modem.messages.service_centre = Some(centre);
                Reply::Ok
            }
            None => Reply::Malformed,
        },
        (Ok(_) | Err(_), Ok(_) | Err(_)) => Reply::Malformed,
    }
}

/// `+CSMP=[<fo>[,<vp>[,<pid>[,<dcs>]]]]`
fn parameters(modem: &mut Modem, call: &Call<'_>) -> Reply {
    match call.form() {
        Form::Read => {
            let [first, _, protocol, coding] = PARAMETERS.map(|setting| modem.setting(setting));
            let validity = match validity(modem, first) {
                Some(Validity::Relative(period)) => period.to_string(),
                Some(Validity::Absolute(time)) => format!("\"{time}\""),
                Some(Validity::Enhanced(octets)) => format!("\"{}\"", hexadecimal::Hexadecimal(&octets)),
                None => String::new(),
            };
            modem.inform(format_args!("+CSMP: {first},{validity},{protocol},{coding}"));
            Reply::Ok
        }
        Form::Set(parameters) => set_parameters(modem, &parameters).into(),
        Form::Test => Reply::Ok,
        Form::Execute => Reply::Error,
    }
}

fn set_parameters(modem: &mut Modem, parameters: &Parameters<'_>) -> Result<(), Reply> {
    if parameters.len() > PARAMETERS.len() {
        return Err(Reply::Malformed);
    }
    let mut values = PARAMETERS.map(|setting| modem.setting(setting));
    let mut octets = modem.messages.validity;
    for index in [0, 2, 3] {
        if let Some(value) = parameters.number::<u8>(index)? {
            values[index] = u32::from(value);
        }
    }
    match parameters.at(1) {
        Parameter::Omitted => {}
        Parameter::Number(_) => values[1] = parameters.number::<u8>(1)?.map_or(values[1], u32::from),
        Parameter::Text(text) => octets = Some(long_validity(&text.decode()).ok_or(Reply::Malformed)?),
        Parameter::Bare(_) => return Err(Reply::Malformed),
    }
    // A first octet of a type that is reserved, or a period of a form that is not there.
    if values[0] & 3 == 3 || values[0] >> 3 & 1 == 1 && octets.is_none() {
        return Err(Reply::Malformed);
    }
    let may =
        PARAMETERS.iter().zip(values).all(|(&setting, value)| modem.profile.settings.of(setting).values.contain(value));
    if !may {
        return Err(Reply::Malformed);
    }
    for (setting, value) in PARAMETERS.into_iter().zip(values) {
        set(modem, setting, value);
    }
    modem.messages.validity = octets;
    Ok(())
}

/// A time as `<scts>` has it, or seven octets.
fn long_validity(text: &[u8]) -> Option<[u8; 7]> {
    if let Ok(octets) = hexadecimal::read(text) {
        return octets.try_into().ok();
    }
    let text =
        std::str::from_utf8(text).ok().filter(|text| text.is_ascii() && text.len() == "yy/MM/dd,hh:mm:ss+zz".len())?;
    let two = |at: usize| {
        text[at..at + 2].bytes().all(|byte| byte.is_ascii_digit()).then(|| text[at..at + 2].parse().ok())?
    };
    let fields: [Option<u8>; 6] = [0, 3, 6, 9, 12, 15].map(two);
    let mut known = [0; 6];
    for (known, field) in known.iter_mut().zip(fields) {
        *known = field?;
    }
    let quarters = i8::try_from(two(18)?).ok()?;
    let quarters = if text.as_bytes()[17] == b'-' { -quarters } else { quarters };
    Timestamp::new(known, quarters).map(|time| time.0)
}

/// TP-VP by the form that the first octet says; `None`: it says none.
pub(super) fn validity(modem: &Modem, first: u32) -> Option<Validity> {
    let octets = modem.messages.validity.unwrap_or_default();
    match first >> 3 & 3 {
        0 => None,
        1 => Some(Validity::Enhanced(octets)),
        2 => Some(Validity::Relative(u8::try_from(modem.setting(Setting::ValidityPeriod)).unwrap_or(u8::MAX))),
        _ => Some(Validity::Absolute(Timestamp(octets))),
    }
}

/// `+CSCB=[<mode>[,<mids>[,<dcss>]]]`. No message is broadcast here; what is wanted is kept.
fn broadcast(modem: &mut Modem, call: &Call<'_>) -> Reply {
    match call.form() {
        Form::Read => {
            let Broadcast { mode, identifiers, codings } = modem.messages.broadcast.clone();
            modem.inform(format_args!("+CSCB: {mode},\"{identifiers}\",\"{codings}\""));
            Reply::Ok
        }
        Form::Test => {
            modem.inform(format_args!("+CSCB: (0,1)"));
            Reply::Ok
        }
        Form::Set(parameters) => set_broadcast(modem, &parameters).into(),
        Form::Execute => Reply::Error,
    }
}

fn set_broadcast(modem: &mut Modem, parameters: &Parameters<'_>) -> Result<(), Reply> {
    let mode = parameters.number::<u8>(0)?.unwrap_or(0);
    let list = |index, highest| match parameters.text(index)? {
        None => Ok(String::new()),
        Some(text) => ranges(&text, highest).ok_or(Reply::Malformed),
    };
    let (identifiers, codings) = (list(1, 0xFFFF)?, list(2, 0xFF)?);
    if mode > 1 || parameters.len() > 3 {
        return Err(Reply::Malformed);
    }
    modem.messages.broadcast = Broadcast { mode, identifiers, codings };
    Ok(())
}

/// `0,1,5,320-478`; empty: none.
fn ranges(text: &[u8], highest: u32) -> Option<String> {
    let text = std::str::from_utf8(text).ok()?;
    let number =
        |digits: &str| digits.parse::<u32>().ok().filter(|&number| number <= highest && !digits.starts_with('+'));
    let range = |part: &str| match part.split_once('-') {
        Some((low, high)) => Some(number(low)? <= number(high)?),
        None => number(part).map(|_| true),
    };
    let fits = text.is_empty() || text.split(',').all(|part| range(part) == Some(true));
    fits.then(|| text.to_owned())
}

/// `+CSAS[=<profile>]`, `+CRES[=<profile>]`
fn profile(modem: &mut Modem, call: &Call<'_>, name: &str, change: fn(&mut Modem, usize) -> bool) -> Reply {
    let profile = match call.form() {
        Form::Execute => 0,
        Form::Set(parameters) => match parameters.number::<usize>(0) {
            Ok(profile) if parameters.len() <= 1 => profile.unwrap_or(0),
            Ok(_) | Err(_) => return Reply::Malformed,
        },
        Form::Test => {
            modem.inform(format_args!("{name}: (0-{})", PROFILES - 1));
            return Reply::Ok;
        }
        Form::Read => return Reply::Error,
    };
    if change(modem, profile) { Reply::Ok } else { CmsError::INVALID_MEMORY_INDEX.into() }
}

fn save(modem: &mut Modem, profile: usize) -> bool {
    let parameters = PARAMETERS.map(|setting| modem.setting(setting));
    let own = &mut modem.messages;
    let saved =
        Saved { centre: own.service_centre, parameters, validity: own.validity, broadcast: own.broadcast.clone() };
    let slot = own.saved.get_mut(profile);
    slot.map(|slot| *slot = Some(Box::new(saved))).is_some()
}

/// Takes what was saved; false: nothing was.
pub(super) fn restore(modem: &mut Modem, profile: usize) -> bool {
    let Some(Some(saved)) = modem.messages.saved.get(profile) else { return false };
    let (parameters, broadcast) = (saved.parameters, saved.broadcast.clone());
    (modem.messages.service_centre, modem.messages.validity) = (saved.centre, saved.validity);
    modem.messages.broadcast = broadcast;
    for (setting, value) in PARAMETERS.into_iter().zip(parameters) {
        set(modem, setting, value);
    }
    true
}

/// `+CMMS=<n>`: 0 the link goes after each message, 1 it stays for some seconds, 2 it stays.
fn more(modem: &mut Modem, call: &Call<'_>) -> Reply {
    if modem.setting(Setting::MoreMessages) == 1 && call.now >= modem.messages.more_until {
        set(modem, Setting::MoreMessages, 0);
    }
    let reply = modem.number_setting(call, "+CMMS", Setting::MoreMessages);
    if matches!(call.form(), Form::Set(_)) && reply == Reply::Ok {
        keep_link(modem, call.now);
    }
    reply
}

/// A message was sent: the link stays for a while.
pub(super) fn keep_link(modem: &mut Modem, now: Tick) {
    modem.messages.more_until = now + LINK;
}
