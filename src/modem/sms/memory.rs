//! The memories on the line: `+CPMS`, `+CMGL`, `+CMGR`, `+CMGD`.
//!
//! Source: 3GPP TS 27.005, clauses 3.2.2, 3.4.2, 3.4.3, 3.5.4, 4.1 and 4.2.

use super::store::{Place, Stat};
use super::{is_text, memory, reachable, set, show, wrong};
use crate::modem::command::{Call, Entry, Reply};
use crate::modem::network::Network;
use crate::modem::{Modem, Setting};
use crate::wire::command::{Form, Parameter, Parameters};
use crate::wire::result::CmsError;

pub(super) const COMMANDS: &[Entry] =
    &[Entry::new("+CPMS", memories), Entry::new("+CMGL", list), Entry::new("+CMGR", read), Entry::new("+CMGD", delete)];

const MEMORIES: [Setting; 3] = [Setting::ReadMemory, Setting::WriteMemory, Setting::ReceiveMemory];

/// `+CPMS=<mem1>[,<mem2>[,<mem3>]]`
fn memories(modem: &mut Modem, call: &Call<'_>) -> Reply {
    match call.form() {
        Form::Test => {
            let names: Vec<String> =
                modem.profile.sms.memories.iter().map(|memory| format!("\"{}\"", memory.word())).collect();
            let names = names.join(",");
            modem.inform(format_args!("+CPMS: ({names}),({names}),({names})"));
            return Reply::Ok;
        }
        Form::Execute => return Reply::Error,
        Form::Read | Form::Set(_) => {}
    }
    if let Some(parameters) = call.parameters()
        && let Err(reply) = choose(modem, &parameters)
    {
        return reply;
    }
    let store = &modem.messages.store;
    let shown = MEMORIES.map(|setting| {
        let memory = memory(modem, setting);
        let name = if call.form() == Form::Read { format!("\"{}\",", memory.word()) } else { String::new() };
        format!("{name}{},{}", store.used(memory), store.size(memory))
    });
    modem.inform(format_args!("+CPMS: {}", shown.join(",")));
    Network::indicate(modem);
    Reply::Ok
}

fn choose(modem: &mut Modem, parameters: &Parameters<'_>) -> Result<(), Reply> {
    if parameters.len() > MEMORIES.len() {
        return Err(wrong(modem).into());
    }
    let mut chosen = [None; MEMORIES.len()];
    for (index, chosen) in chosen.iter_mut().enumerate() {
        let Some(word) = parameters.word(index) else { continue };
        let decoded = modem.decode(&word).unwrap_or_default();
        let named = |name: &str| name.as_bytes().eq_ignore_ascii_case(&word) || name.eq_ignore_ascii_case(&decoded);
        let place = modem.profile.sms.memories.iter().position(|memory| named(memory.word()));
        let Some(place) = place.and_then(|place| u32::try_from(place).ok()) else {
            return Err(CmsError::OPERATION_NOT_SUPPORTED.into());
        };
        reachable(modem, modem.profile.sms.memories[place as usize])?;
        *chosen = Some(place);
    }
    if chosen[0].is_none() {
        return Err(wrong(modem).into());
    }
    for (setting, chosen) in MEMORIES.into_iter().zip(chosen) {
        if let Some(chosen) = chosen
            && !set(modem, setting, chosen)
        {
            return Err(CmsError::OPERATION_NOT_SUPPORTED.into());
        }
    }
    Ok(())
}

/// `+CMGL[=<stat>]`: 0 to 4, or their words.
fn list(modem: &mut Modem, call: &Call<'_>) -> Reply {
    let wanted = match call.form() {
        Form::Test => {
            let words = Stat::ALL.map(|stat| format!("\"{}\"", stat.words())).join(",");
            let all = if is_text(modem) { format!("{words},\"ALL\"") } else { "0-4".to_owned() };
            modem.inform(format_args!("+CMGL: ({all})"));
            return Reply::Ok;
        }
        Form::Execute => Ok(Some(Stat::Unread)),
        Form::Set(parameters) if parameters.len() <= 1 => status(modem, parameters.at(0)),
        Form::Set(_) => Err(wrong(modem)),
        Form::Read => return Reply::Error,
    };
    let memory = memory(modem, Setting::ReadMemory);
    let wanted = match reachable(modem, memory).and(wanted) {
        Ok(wanted) => wanted,
        Err(error) => return error.into(),
    };
    for place in modem.messages.store.places(memory) {
        let store = &modem.messages.store;
        let Some(stored) = store.message(place).filter(|stored| wanted.is_none_or(|stat| stat == stored.stat)) else {
            continue;
        };
        let lines = show::listed(modem, store.index(memory, place), stored);
        modem.inform_octets(&lines);
        was_read(modem, place);
    }
    Reply::Ok
}

/// `<stat>`; `None`: all.
fn status(modem: &Modem, parameter: Parameter<'_>) -> Result<Option<Stat>, CmsError> {
    if matches!(parameter, Parameter::Omitted) {
        return Ok(Some(Stat::Unread));
    }
    if !is_text(modem) {
        return match parameter.as_u32() {
            Some(4) => Ok(None),
            Some(number) => {
                let stat = usize::try_from(number).ok().and_then(|number| Stat::ALL.get(number).copied());
                stat.map(Some).ok_or(CmsError::INVALID_PDU_MODE_PARAMETER)
            }
            None => Err(CmsError::INVALID_PDU_MODE_PARAMETER),
        };
    }
    let Parameter::Text(text) = parameter else { return Err(CmsError::INVALID_TEXT_MODE_PARAMETER) };
    let text = text.decode();
    let decoded = modem.decode(&text).unwrap_or_default();
    let named = |name: &str| name.as_bytes().eq_ignore_ascii_case(&text) || name.eq_ignore_ascii_case(&decoded);
    if named("ALL") {
        return Ok(None);
    }
    let stat = Stat::ALL.into_iter().find(|stat| named(stat.words()));
    stat.map(Some).ok_or(CmsError::INVALID_TEXT_MODE_PARAMETER)
}

/// What a status parameter of a command that writes names: 0 to 3, or its words.
pub(super) fn written_status(modem: &Modem, parameter: Parameter<'_>) -> Result<Stat, CmsError> {
    match parameter {
        Parameter::Omitted => Ok(Stat::Unsent),
        Parameter::Number(_) | Parameter::Text(_) | Parameter::Bare(_) => {
            status(modem, parameter)?.ok_or_else(|| wrong(modem))
        }
    }
}

/// A message that was unread has been read.
fn was_read(modem: &mut Modem, place: Place) {
    let store = &mut modem.messages.store;
    if store.message(place).is_some_and(|stored| stored.stat == Stat::Unread) {
        store.set_stat(place, Stat::Read);
    }
}

/// `+CMGR=<index>`
fn read(modem: &mut Modem, call: &Call<'_>) -> Reply {
    let parameters = match call.form() {
        Form::Test => return Reply::Ok,
        Form::Set(parameters) => parameters,
        Form::Execute | Form::Read => return Reply::Error,
    };
    let place = match place(modem, &parameters, Setting::ReadMemory, 1) {
        Ok(place) => place,
        Err(error) => return error.into(),
    };
    let Some(stored) = modem.messages.store.message(place) else {
        let empty = modem.profile.sms.empty;
        return if empty == 0 { Reply::Ok } else { CmsError::new(empty).into() };
    };
    let lines = show::shown(modem, stored);
    modem.inform_octets(&lines);
    was_read(modem, place);
    Reply::Ok
}

/// The place that the first of at most so many parameters names.
///
/// # Errors
/// It is no number, the memory cannot be reached, or is not that large (321).
pub(super) fn place(
    modem: &Modem,
    parameters: &Parameters<'_>,
    setting: Setting,
    most: usize,
) -> Result<Place, CmsError> {
    let index = parameters.required::<usize>(0).ok().filter(|_| parameters.len() <= most);
    let memory = memory(modem, setting);
    reachable(modem, memory)?;
    let index = index.ok_or_else(|| wrong(modem))?;
    modem.messages.store.place(memory, index).ok_or(CmsError::INVALID_MEMORY_INDEX)
}

/// `+CMGD=<index>[,<delflag>]`: 0 the one, 1 those that were read, 2 and sent, 3 and unsent, 4 all.
fn delete(modem: &mut Modem, call: &Call<'_>) -> Reply {
    let memory = memory(modem, Setting::ReadMemory);
    let parameters = match call.form() {
        Form::Test => {
            let size = modem.messages.store.size(memory);
            modem.inform(format_args!("+CMGD: (1-{size}),(0-4)"));
            return Reply::Ok;
        }
        Form::Set(parameters) => parameters,
        Form::Execute | Form::Read => return Reply::Error,
    };
    let deleted = match parameters.number::<u8>(1) {
        Ok(None | Some(0)) => match place(modem, &parameters, Setting::ReadMemory, 2) {
            Ok(place) => vec![place],
            Err(error) => return error.into(),
        },
        Ok(Some(flag @ 1..=4)) if parameters.len() == 2 => {
            if let Err(error) = reachable(modem, memory) {
                return error.into();
            }
            let kept = |stat: Stat| match stat {
                Stat::Read => false,
                Stat::Sent => flag < 2,
                Stat::Unsent => flag < 3,
                Stat::Unread => flag < 4,
            };
            let store = &modem.messages.store;
            let goes = |&place: &Place| store.message(place).is_some_and(|stored| !kept(stored.stat));
            store.places(memory).into_iter().filter(goes).collect()
        }
        Ok(Some(_)) | Err(_) => return wrong(modem).into(),
    };
    for place in deleted {
        modem.messages.store.delete(place);
    }
    Network::indicate(modem);
    Reply::Ok
}
