//! What belongs to the subscription: `+CNUM`, `+CPOL`, `+CPLS`.
//!
//! Source: 3GPP TS 27.007, clauses 7.1, 7.19 and 7.20.

use super::Tech;
use super::operator;
use crate::identity::Plmn;
use crate::modem::Modem;
use crate::modem::command::{Call, Entry, Needs, Reply};
use crate::modem::sim::{Book, PreferredList, PreferredPlmn, Sim};
use crate::wire::command::{Form, Parameters};
use crate::wire::result::CmeError;

pub(super) const COMMANDS: &[Entry] = &[
    Entry::new("+CNUM", number).needs(Needs::Sim),
    Entry::new("+CPOL", preferred).needs(Needs::Sim),
    Entry::new("+CPLS", list).needs(Needs::Sim),
];

/// What `+CPLS` and `+CPOL` have chosen; the lists stand on the card.
#[derive(Debug, Default)]
pub(super) struct Preferred {
    list: PreferredList,
    /// `<format>` of `<oper>`: 0 long, 1 short, 2 numeric.
    format: u8,
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
            let list = modem.network.preferred.list as u8;
            modem.inform(format_args!("+CPLS: {list}"));
            Reply::Ok
        }
        Form::Test => {
            modem.inform(format_args!("+CPLS: (0-2)"));
            Reply::Ok
        }
        Form::Set(parameters) => match parameters.number::<u8>(0) {
            Ok(list @ (None | Some(0..=2))) if parameters.len() <= 1 => {
                modem.network.preferred.list = match list {
                    Some(1) => PreferredList::Operator,
                    Some(2) => PreferredList::Home,
                    Some(_) | None => PreferredList::User,
                };
                Reply::Ok
            }
            Ok(_) => Reply::Malformed,
            Err(error) => error.into(),
        },
        Form::Execute => Reply::Error,
    }
}

/// `+CPOL=[<index>][,<format>[,<oper>[,<GSM>,<GSM compact>,<UTRAN>,<E-UTRAN>[,<NG-RAN>]]]]`
fn preferred(modem: &mut Modem, call: &Call<'_>) -> Reply {
    match call.form() {
        Form::Read => {
            let profile = modem.profile.clone();
            let Preferred { list, format } = modem.network.preferred;
            // The last technology is shown by those who have it.
            let shown = if profile.network.techs.contains(&Tech::Nr) { 5 } else { 4 };
            for (index, entry) in modem.sim.preferred(&profile.sim, list) {
                let oper = match (format, modem.network.mobility.names(entry.plmn)) {
                    (0, Some((long, _))) => modem.encode(long),
                    (1, Some((_, short))) => modem.encode(short),
                    (_, _) => entry.plmn.to_string(),
                };
                let technologies = entry.technologies.into_iter().take(shown);
                let technologies: String = technologies.map(|on| format!(",{}", u8::from(on))).collect();
                modem.inform(format_args!("+CPOL: {index},{format},\"{oper}\"{technologies}"));
            }
            Reply::Ok
        }
        Form::Test => {
            let size = Sim::preferred_size(modem.network.preferred.list);
            modem.inform(format_args!("+CPOL: (1-{size}),(0-2)"));
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
    let profile = modem.profile.clone();
    let list = modem.network.preferred.list;
    let size = Sim::preferred_size(list);
    if format.is_some_and(|format| format > 2) || parameters.len() > 8 {
        return Err(Reply::Malformed);
    }
    if index.is_some_and(|index| !(1..=size).contains(&index)) {
        return Err(Reply::Cme(CmeError::INVALID_INDEX));
    }
    let Some(oper) = oper else {
        match (index, format) {
            (None, Some(format)) => modem.network.preferred.format = format,
            (Some(index), None) => modem.sim.put_preferred(&profile.sim, list, index, None)?,
            (None, None) | (Some(_), Some(_)) => return Err(Reply::Malformed),
        }
        return Ok(());
    };
    let plmn = if format == Some(2) {
        std::str::from_utf8(&oper).ok().and_then(|digits| Plmn::parse(digits).ok()).ok_or(Reply::Malformed)?
    } else {
        operator::by_name(modem, &oper)?
    };
    // Without technologies it is preferred in all that the commands of old know.
    let mut technologies = [true, false, true, true, false];
    if parameters.len() > 3 {
        for (at, technology) in technologies.iter_mut().enumerate() {
            *technology = match parameters.number::<u8>(3 + at)? {
                Some(bit @ (0 | 1)) => bit == 1,
                None => false,
                Some(_) => return Err(Reply::Malformed),
            };
        }
    }
    let index = match index {
        Some(index) => index,
        None => {
            let taken = modem.sim.preferred(&profile.sim, list);
            let free = (1..=size).find(|free| taken.iter().all(|(known, _)| known != free));
            free.ok_or(CmeError::MEMORY_FULL)?
        }
    };
    Ok(modem.sim.put_preferred(&profile.sim, list, index, Some(PreferredPlmn { plmn, technologies }))?)
}
