//! What belongs to the subscription: `+CNUM`, `+CPOL`, `+CPLS`.
//!
//! Source: 3GPP TS 27.007, clauses 7.1, 7.19 and 7.20.

use super::operator;
use crate::identity::Plmn;
use crate::modem::Modem;
use crate::modem::command::{Call, Entry, Needs, Reply};
use crate::modem::sim::Book;
use crate::wire::command::{Form, Parameters};
use crate::wire::result::CmeError;

pub(super) const COMMANDS: &[Entry] = &[
    Entry::new("+CNUM", number).needs(Needs::Sim),
    Entry::new("+CPOL", preferred).needs(Needs::Sim),
    Entry::new("+CPLS", list).needs(Needs::Sim),
];

/// Entries of a list of preferred PLMNs: what the smallest EF_PLMNwAcT holds (TS 31.102, clause 4.2.5).
const ENTRIES: usize = 8;

/// The preferred operators: three lists, of the user, the operator and the home network.
#[derive(Debug, Default)]
pub(super) struct Preferred {
    list: u8,
    format: u8,
    /// The user's; the others come with the card and are empty.
    entries: Vec<(u8, Plmn, Option<[bool; 4]>)>,
}

/// `+CNUM`: `+CNUM: <alpha>,<number>,<type>`
fn number(modem: &mut Modem, call: &Call<'_>) -> Reply {
    match call.form() {
        Form::Execute => {
            let numbers = match modem.sim.book(&modem.profile.sim, Book::Own) {
                Ok(numbers) => numbers,
                Err(error) => return error.into(),
            };
            for (_, own) in numbers.into_iter().filter(|(_, own)| own.number.len() > 0) {
                let name = modem.encode(&own.name);
                modem.inform(format_args!("+CNUM: \"{name}\",\"{}\",{}", own.number.text(), own.number.kind));
            }
            Reply::Ok
        }
        Form::Test => Reply::Ok,
        Form::Read | Form::Set(_) => Reply::Error,
    }
}

/// `+CPLS=<list>`: 0 the user's, 1 the operator's, 2 the home network's.
fn list(modem: &mut Modem, call: &Call<'_>) -> Reply {
    match call.form() {
        Form::Read => {
            let list = modem.network.preferred.list;
            modem.inform(format_args!("+CPLS: {list}"));
            Reply::Ok
        }
        Form::Test => {
            modem.inform(format_args!("+CPLS: (0-2)"));
            Reply::Ok
        }
        Form::Set(parameters) => match parameters.number::<u8>(0) {
            Ok(list @ (None | Some(0..=2))) if parameters.len() <= 1 => {
                modem.network.preferred.list = list.unwrap_or(0);
                Reply::Ok
            }
            Ok(_) => Reply::Malformed,
            Err(error) => error.into(),
        },
        Form::Execute => Reply::Error,
    }
}

/// `+CPOL=[<index>][,<format>[,<oper>[,<GSM>,<GSM compact>,<UTRAN>,<E-UTRAN>]]]`
fn preferred(modem: &mut Modem, call: &Call<'_>) -> Reply {
    match call.form() {
        Form::Read => {
            let own = &modem.network.preferred;
            let format = own.format;
            let entries: Vec<_> = own.entries.iter().filter(|_| own.list == 0).copied().collect();
            for (index, plmn, technologies) in entries {
                let oper = match (format, modem.network.mobility.names(plmn)) {
                    (0, Some((long, _))) => modem.encode(long),
                    (1, Some((_, short))) => modem.encode(short),
                    (_, _) => plmn.to_string(),
                };
                let technologies = technologies
                    .map_or_else(String::new, |bits| bits.iter().map(|&bit| format!(",{}", u8::from(bit))).collect());
                modem.inform(format_args!("+CPOL: {index},{format},\"{oper}\"{technologies}"));
            }
            Reply::Ok
        }
        Form::Test => {
            modem.inform(format_args!("+CPOL: (1-{ENTRIES}),(0-2)"));
            Reply::Ok
        }
        Form::Set(parameters) => match set(modem, &parameters) {
            Ok(()) => Reply::Ok,
            Err(reply) => reply,
        },
        Form::Execute => Reply::Error,
    }
}

fn set(modem: &mut Modem, parameters: &Parameters<'_>) -> Result<(), Reply> {
    let index = parameters.number::<u8>(0)?;
    let format = parameters.number::<u8>(1)?;
    let oper = parameters.text(2)?;
    if format.is_some_and(|format| format > 2) || index.is_some_and(|index| index == 0 || usize::from(index) > ENTRIES)
    {
        return Err(Reply::Malformed);
    }
    let Some(oper) = oper else {
        match (index, format) {
            (None, Some(format)) => modem.network.preferred.format = format,
            (Some(index), None) => modem.network.preferred.entries.retain(|&(known, _, _)| known != index),
            (None, None) | (Some(_), Some(_)) => return Err(Reply::Malformed),
        }
        return Ok(());
    };
    let plmn = if format == Some(2) {
        std::str::from_utf8(&oper).ok().and_then(|digits| Plmn::parse(digits).ok()).ok_or(Reply::Malformed)?
    } else {
        operator::by_name(modem, &oper)?
    };
    let mut technologies = None;
    for index in 3..parameters.len().min(7) {
        let bit = match parameters.number::<u8>(index)? {
            Some(bit @ (0 | 1)) => bit == 1,
            None => false,
            Some(_) => return Err(Reply::Malformed),
        };
        technologies.get_or_insert([false; 4])[index - 3] = bit;
    }
    let entries = &mut modem.network.preferred.entries;
    let free = (1..).find(|free| entries.iter().all(|&(known, _, _)| known != *free)).unwrap_or(u8::MAX);
    let index = index.unwrap_or(free);
    if usize::from(index) > ENTRIES {
        return Err(Reply::Cme(CmeError::MEMORY_FULL));
    }
    entries.retain(|&(known, _, _)| known != index);
    let place = entries.partition_point(|&(known, _, _)| known < index);
    entries.insert(place, (index, plmn, technologies));
    Ok(())
}
