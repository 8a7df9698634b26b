//! The operator: `+COPS`, `+COPN`.
//!
//! Source: 3GPP TS 27.007, clauses 7.3 and 7.21.

use std::borrow::Cow;

use super::Network;
use super::host::{Answer, Selection};
use super::profile::CopsAnswers;
use super::service::Service;
use crate::identity::Plmn;
use crate::modem::command::{Call, Entry, Owner, Pending, Reply};
use crate::modem::{Modem, Setting};
use crate::wire::command::{Form, Parameters};
use crate::wire::result::{CmeError, FinalResult};
use crate::wire::values::{
    AccessTechnology, ListedOperator, OperatorFormat, OperatorList, OperatorSelection, OperatorStatus, SelectionMode,
};

pub(super) const COMMANDS: &[Entry] = &[Entry::new("+COPS", selection), Entry::new("+COPN", names)];

/// `+COPS=[<mode>[,<format>[,<oper>[,<AcT>]]]]`
fn selection(modem: &mut Modem, call: &Call<'_>) -> Reply {
    match call.form() {
        Form::Read => {
            let line = selected(modem);
            modem.inform(format_args!("{line}"));
            Reply::Ok
        }
        Form::Test if modem.waiting(Owner::Network).is_some() => Reply::Cme(CmeError::OPERATION_NOT_ALLOWED),
        Form::Test if modem.network.mobility.is_on() => {
            Network::input(modem, call.now, |mobility, scene| mobility.list(scene));
            Reply::Later(Pending::by(Owner::Network).abortable())
        }
        Form::Test => Reply::Cme(CmeError::new(modem.profile.network.show.no_network)),
        Form::Set(parameters) => match set(modem, call, &parameters) {
            Ok(reply) | Err(reply) => reply,
        },
        Form::Execute => Reply::Error,
    }
}

fn set(modem: &mut Modem, call: &Call<'_>, parameters: &Parameters<'_>) -> Result<Reply, Reply> {
    let profile = modem.profile.clone();
    let show = &profile.network.show;
    let mode = parameters.number::<u8>(0)?.unwrap_or(0);
    let mode = SelectionMode::from_number(mode)
        .filter(|_| show.cops_modes.contain(u32::from(mode)))
        .ok_or(Reply::Malformed)?;
    let format = parameters.number::<u32>(1)?;
    if format.is_some_and(|format| !profile.settings.of(Setting::OperatorFormat).values.contain(format)) {
        return Err(Reply::Malformed);
    }
    let selection = match mode {
        SelectionMode::FormatOnly => {
            modem.set(Setting::OperatorFormat, format.ok_or(Reply::Malformed)?);
            return Ok(Reply::Ok);
        }
        SelectionMode::Automatic => Selection::Automatic,
        SelectionMode::Deregister => Selection::Deregistered,
        SelectionMode::Manual | SelectionMode::ManualThenAutomatic => {
            let text = parameters.text(2)?.ok_or(Reply::Malformed)?;
            Selection::Manual {
                plmn: named(modem, format.unwrap_or(0), &text)?,
                act: parameters.number::<u8>(3)?.map(AccessTechnology::from_number),
                or_automatic: mode == SelectionMode::ManualThenAutomatic,
            }
        }
    };
    if parameters.len() > 4 {
        return Err(Reply::Malformed);
    }
    // Nor while another port's command is in the middle of such a thing.
    if !modem.network.mobility.is_on() || modem.waiting(Owner::Network).is_some() {
        return Err(Reply::Cme(CmeError::OPERATION_NOT_ALLOWED));
    }
    if let Some(format) = format {
        modem.set(Setting::OperatorFormat, format);
    }
    let answer = Network::input(modem, call.now, |mobility, scene| mobility.select(scene, selection));
    Ok(match (answer, show.cops_answers) {
        (Some(Answer::Done), _) => Reply::Ok,
        (Some(_) | None, CopsAnswers::AtOnce) => {
            modem.network.mobility.abort();
            Reply::Ok
        }
        (Some(answer), CopsAnswers::Settled) => Network::reply(modem, answer, show.cops_refused),
        (None, CopsAnswers::Settled) => Reply::Later(Pending::by(Owner::Network).abortable()),
    })
}

/// The PLMN that `<oper>` means in this format.
fn named(modem: &Modem, format: u32, text: &[u8]) -> Result<Plmn, Reply> {
    if format == 2 {
        let digits = std::str::from_utf8(text).map_err(|_| Reply::Malformed)?;
        return Plmn::parse(digits).map_err(|_| Reply::Malformed);
    }
    by_name(modem, text)
}

/// The PLMN whose name this is, in the character set of now; a host that writes plain ASCII in another one is understood.
pub(super) fn by_name(modem: &Modem, text: &[u8]) -> Result<Plmn, Reply> {
    let mobility = &modem.network.mobility;
    let name = modem.decode(text);
    let plain = || std::str::from_utf8(text).ok().and_then(|name| mobility.plmn_named(name));
    match name.as_deref().and_then(|name| mobility.plmn_named(name)).or_else(plain) {
        Some(plmn) => Ok(plmn),
        None if name.is_none() => Err(Reply::Malformed),
        None => Err(Reply::Cme(CmeError::NOT_FOUND)),
    }
}

/// The answer to `+COPS?`.
fn selected(modem: &Modem) -> OperatorSelection<'static> {
    let profile = &modem.profile.network;
    let mobility = &modem.network.mobility;
    let mode = mobility.selection().mode();
    let serving = mobility.serving().filter(|_| mobility.service() == Service::Full);
    let format = u8::try_from(modem.setting(Setting::OperatorFormat)).ok().and_then(OperatorFormat::from_number);
    let format = format.unwrap_or_default();
    let operator = serving.map(|cell| {
        let code = cell.plmn.to_string();
        let (long, short) = mobility.names(cell.plmn).unwrap_or((&code, &code));
        let name = match format {
            OperatorFormat::Long => modem.encode(long),
            OperatorFormat::Short => modem.encode(short),
            OperatorFormat::Numeric => code,
        };
        (format, Cow::Owned(name))
    });
    OperatorSelection {
        mode,
        operator,
        act: serving.map(|cell| profile.act(cell.tech)).filter(|_| profile.show.cops_act),
    }
}

/// The answer to `+COPS=?`, once the search is over.
pub(super) fn inform_list(modem: &mut Modem) -> Reply {
    let profile = modem.profile.clone();
    let numbers = |values: &crate::modem::Values| (0..=9_u8).filter(|&n| values.contain(u32::from(n))).collect();
    let mobility = &modem.network.mobility;
    let serving = mobility.serving().filter(|_| mobility.service() == Service::Full).copied();
    let forbidden = modem.sim.forbidden_plmns(&profile.sim);
    let mut operators: Vec<ListedOperator<'static>> = Vec::new();
    for offer in mobility.offers() {
        let act = profile.network.act(offer.cell.tech);
        let status = if serving.is_some_and(|cell| (cell.plmn, cell.tech) == (offer.cell.plmn, offer.cell.tech)) {
            OperatorStatus::Current
        } else if offer.forbidden || forbidden.contains(&offer.cell.plmn) {
            OperatorStatus::Forbidden
        } else {
            OperatorStatus::Available
        };
        let numeric = offer.cell.plmn.to_string();
        if operators.iter().all(|known| known.numeric != numeric || known.act != Some(act)) {
            operators.push(ListedOperator {
                status,
                long: Cow::Owned(modem.encode(&offer.operator)),
                short: Cow::Owned(modem.encode(&offer.operator_short)),
                numeric: Cow::Owned(numeric),
                act: Some(act),
            });
        }
    }
    let list = OperatorList {
        operators,
        modes: numbers(&profile.network.show.cops_modes),
        formats: numbers(&profile.settings.of(Setting::OperatorFormat).values),
    };
    modem.inform(format_args!("{list}"));
    Reply::Ok
}

/// `+COPN`: `+COPN: <numeric>,<alpha>` for each operator that the modem has a name for.
fn names(modem: &mut Modem, call: &Call<'_>) -> Reply {
    match call.form() {
        Form::Execute => {
            let names = modem.network.mobility.known_names();
            for (plmn, name) in names {
                let name = modem.encode(&name);
                modem.inform(format_args!("+COPN: \"{plmn}\",\"{name}\""));
            }
            Reply::Ok
        }
        Form::Test => Reply::Ok,
        Form::Read | Form::Set(_) => Reply::Error,
    }
}

/// How a command that a keystroke ended is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Aborted {
    /// `OK`
    Ok,
    /// `ERROR`
    Error,
    /// `ABORTED`
    Aborted,
}

impl Aborted {
    pub(super) const fn result(self) -> FinalResult {
        match self {
            Self::Ok => FinalResult::Ok,
            Self::Error => FinalResult::Error,
            Self::Aborted => FinalResult::Aborted,
        }
    }
}
