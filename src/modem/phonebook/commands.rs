//! `+CPBS`, `+CPBR`, `+CPBF`, `+CPBW`.
//!
//! Source: 3GPP TS 27.007, clauses 8.11 to 8.14.

use super::storage::Storage;
use super::{NoEntry, known};
use crate::modem::Modem;
use crate::modem::command::{Call, Entry as Command, Reply};
use crate::modem::sim::dialling::{DiallingNumber, Entry};
use crate::wire::command::{Form, Parameters};
use crate::wire::result::CmeError;

pub(super) const COMMANDS: &[Command] = &[
    Command::new("+CPBS", choose),
    Command::new("+CPBR", read),
    Command::new("+CPBF", find),
    Command::new("+CPBW", write),
];

/// `+CPBS=<storage>[,<password>]`; the password is PIN2, where a book asks for it.
fn choose(modem: &mut Modem, call: &Call<'_>) -> Reply {
    match call.form() {
        Form::Test => {
            let profile = modem.profile.clone();
            let names: Vec<String> =
                profile.phonebook.storages().map(|storage| format!("\"{}\"", storage.name())).collect();
            modem.inform(format_args!("+CPBS: ({})", names.join(",")));
            Reply::Ok
        }
        Form::Read => {
            let storage = modem.phonebook.chosen;
            match storage.ready(modem).and_then(|()| storage.entries(modem)) {
                Ok(entries) => {
                    let (used, total) = (entries.len(), storage.limits(modem).size);
                    modem.inform(format_args!("+CPBS: \"{}\",{used},{total}", storage.name()));
                    Reply::Ok
                }
                Err(error) => error.into(),
            }
        }
        Form::Set(parameters) => {
            let Some(name) = parameters.word(0).filter(|_| parameters.len() <= 2) else { return Reply::Malformed };
            // A host that has set UCS2 may write this name in it too.
            let decoded = modem.decode(&name).unwrap_or_default();
            let Some(storage) = known(modem, &name).or_else(|| known(modem, decoded.as_bytes())) else {
                return Reply::Cme(CmeError::OPERATION_NOT_SUPPORTED);
            };
            if let Err(error) = storage.ready(modem) {
                return error.into();
            }
            if let Some(password) = parameters.word(1)
                && let Err(error) = modem.sim.give_pin2(&password)
            {
                return error.into();
            }
            modem.phonebook.chosen = storage;
            modem.phonebook.written = None;
            Reply::Ok
        }
        Form::Execute => Reply::Error,
    }
}

/// `+CPBR=<index1>[,<index2>]`: `+CPBR: <index>,<number>,<type>,<text>` for each entry there is.
fn read(modem: &mut Modem, call: &Call<'_>) -> Reply {
    let storage = modem.phonebook.chosen;
    let parameters = match call.form() {
        Form::Set(parameters) => parameters,
        Form::Test => {
            return match storage.ready(modem) {
                Ok(()) => {
                    let limits = storage.limits(modem);
                    modem.inform(format_args!("+CPBR: (1-{}),{},{}", limits.size, limits.number, limits.name));
                    Reply::Ok
                }
                Err(error) => error.into(),
            };
        }
        Form::Execute | Form::Read => return Reply::Error,
    };
    let (first, last) = match (parameters.required::<u32>(0), parameters.number::<u32>(1)) {
        (Ok(first), Ok(last)) if parameters.len() <= 2 => (first, last.unwrap_or(first)),
        (Ok(_) | Err(_), Ok(_) | Err(_)) => return Reply::Malformed,
    };
    if let Err(error) = storage.ready(modem) {
        return error.into();
    }
    let places = 1..=u32::from(storage.limits(modem).size);
    if !places.contains(&first) || !places.contains(&last) || first > last {
        return Reply::Cme(CmeError::INVALID_INDEX);
    }
    list(modem, storage, "+CPBR", |index, _| (first..=last).contains(&u32::from(index)))
}

/// `+CPBF=<findtext>`: the entries whose name begins with the text, upper and lower case alike.
fn find(modem: &mut Modem, call: &Call<'_>) -> Reply {
    let storage = modem.phonebook.chosen;
    let parameters = match call.form() {
        Form::Set(parameters) => parameters,
        Form::Test => {
            return match storage.ready(modem) {
                Ok(()) => {
                    let limits = storage.limits(modem);
                    modem.inform(format_args!("+CPBF: {},{}", limits.number, limits.name));
                    Reply::Ok
                }
                Err(error) => error.into(),
            };
        }
        Form::Execute | Form::Read => return Reply::Error,
    };
    let Ok(Some(wanted)) = parameters.text(0) else { return Reply::Malformed };
    if parameters.len() != 1 {
        return Reply::Malformed;
    }
    let Some(wanted) = modem.decode(&wanted) else { return Reply::Cme(CmeError::INVALID_CHARACTERS) };
    if let Err(error) = storage.ready(modem) {
        return error.into();
    }
    let wanted = wanted.to_lowercase();
    list(modem, storage, "+CPBF", |_, entry| !entry.name.is_empty() && entry.name.to_lowercase().starts_with(&wanted))
}

fn list(modem: &mut Modem, storage: Storage, name: &str, wanted: impl Fn(u16, &Entry) -> bool) -> Reply {
    let entries = match storage.entries(modem) {
        Ok(entries) => entries,
        Err(error) => return error.into(),
    };
    let mut found = false;
    for (index, entry) in entries.into_iter().filter(|(index, entry)| wanted(*index, entry)) {
        let text = modem.encode(&entry.name);
        modem.inform(format_args!("{name}: {index},\"{}\",{},\"{text}\"", entry.number.text(), entry.number.kind));
        found = true;
    }
    match modem.profile.phonebook.none {
        NoEntry::NotFound if !found => Reply::Cme(CmeError::NOT_FOUND),
        NoEntry::NotFound | NoEntry::Ok => Reply::Ok,
    }
}

/// `+CPBW=[<index>][,<number>[,<type>[,<text>]]]`: writes an entry; an index alone empties its place.
fn write(modem: &mut Modem, call: &Call<'_>) -> Reply {
    let storage = modem.phonebook.chosen;
    match call.form() {
        Form::Set(parameters) => put(modem, storage, &parameters).into(),
        Form::Read => {
            match modem.phonebook.written {
                Some(index) => modem.inform(format_args!("+CPBW: {index}")),
                None => modem.inform(format_args!("+CPBW: -1")),
            }
            Reply::Ok
        }
        Form::Test => match storage.ready(modem) {
            Ok(()) => {
                let limits = storage.limits(modem);
                let types = "128-255";
                modem.inform(format_args!("+CPBW: (1-{}),{},({types}),{}", limits.size, limits.number, limits.name));
                Reply::Ok
            }
            Err(error) => error.into(),
        },
        Form::Execute => Reply::Error,
    }
}

fn put(modem: &mut Modem, storage: Storage, parameters: &Parameters<'_>) -> Result<(), Reply> {
    if parameters.len() > 4 {
        return Err(Reply::Malformed);
    }
    let index = parameters.number::<u32>(0)?;
    let number = parameters.word(1);
    let kind = parameters.number::<u8>(2)?;
    let text = parameters.text(3)?;
    if kind.is_some_and(|kind| kind < 128) || index.is_none() && number.is_none() && text.is_none() {
        return Err(Reply::Malformed);
    }
    storage.ready(modem)?;
    let limits = storage.limits(modem);
    let index = match index {
        Some(index) => {
            let place = u16::try_from(index).ok().filter(|index| (1..=limits.size).contains(index));
            Some(place.ok_or(CmeError::INVALID_INDEX)?)
        }
        None => None,
    };
    let entry = match (number, text) {
        (None, None) => None,
        (number, text) => {
            let number = String::from_utf8_lossy(&number.unwrap_or_default()).into_owned();
            let number = DiallingNumber::read(&number, kind).map_err(|_| CmeError::INVALID_DIAL_STRING)?;
            // The card's part of both has the card's limit.
            let card = Storage::Card.limits(modem);
            let on_card = storage == Storage::Both && index.is_none_or(|index| index <= card.size);
            let most = if on_card { card.number } else { limits.number };
            if number.len() > usize::from(most) {
                return Err(CmeError::DIAL_STRING_TOO_LONG.into());
            }
            let name = modem.decode(&text.unwrap_or_default()).ok_or(CmeError::INVALID_CHARACTERS)?;
            // An entry of nothing is none.
            (number.len() > 0 || !name.is_empty()).then_some(Entry { number, name })
        }
    };
    let place = match index {
        Some(index) => index,
        None => {
            let taken = storage.entries(modem)?;
            let free = (1..=limits.size).find(|index| taken.iter().all(|(known, _)| known != index));
            free.ok_or(CmeError::MEMORY_FULL)?
        }
    };
    // What is not there needs no deleting.
    if entry.is_none() && storage.entries(modem)?.iter().all(|(known, _)| *known != place) {
        return Ok(());
    }
    storage.put(modem, place, entry)?;
    modem.phonebook.written = Some(place);
    if index.is_none() && modem.profile.phonebook.written {
        modem.inform(format_args!("+CPBW: {place}"));
    }
    Ok(())
}
