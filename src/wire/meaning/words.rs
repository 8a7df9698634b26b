//! Values into words.

use std::fmt;

use super::Came;
use super::cell::Cell;
use super::network::{Cause, Refusal};
use crate::wire::result::{CmeError, CmsError};
use crate::wire::values::{
    Domain, ExtendedSignal, OperatorList, OperatorSelection, OperatorStatus, PinState, RegistrationLine, Seen,
    SelectionMode, SignalQuality,
};

/// What a line says, as values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Said<'a> {
    Words(&'static str),
    Text(&'static str, &'a str),
    Cme(CmeError),
    Cms(CmsError),
    UnknownError,
    Registration(Seen<'a>),
    Signal(SignalQuality),
    ExtendedSignal(ExtendedSignal),
    Pin(PinState),
    Operator(OperatorSelection<'a>),
    Operators(Box<OperatorList<'a>>),
    Tries { code: &'a str, left: u32, first: Option<u32> },
    Clock { date: &'a str, time: &'a str, quarters: Option<i16> },
    Stored { what: &'static str, storage: &'a str, place: u32 },
    Cause(&'static str, Cause),
    Refusal(Refusal<'a>),
    Cell(Cell<'a>),
}

impl Said<'_> {
    pub(super) const fn came(&self) -> Came {
        match self {
            Self::Registration(Seen::Unsolicited(_)) => Came::ByItself,
            Self::Registration(Seen::Answer(_)) => Came::AsAnswer,
            Self::Registration(Seen::Either(..))
            | Self::Words(_)
            | Self::Text(..)
            | Self::Cme(_)
            | Self::Cms(_)
            | Self::UnknownError
            | Self::Signal(_)
            | Self::ExtendedSignal(_)
            | Self::Pin(_)
            | Self::Operator(_)
            | Self::Operators(_)
            | Self::Tries { .. }
            | Self::Clock { .. }
            | Self::Stored { .. }
            | Self::Cause(..)
            | Self::Refusal(_)
            | Self::Cell(_) => Came::Unknown,
        }
    }
}

impl fmt::Display for Said<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Words(words) => out.write_str(words),
            Self::Text(words, text) => write!(out, "{words}{text}"),
            Self::Cme(error) => {
                write!(out, "error {} of the equipment: {}", error.number(), error.text().unwrap_or("the maker's own"))
            }
            Self::Cms(error) => write!(
                out,
                "error {} of the message service: {}",
                error.number(),
                error.text().unwrap_or("the maker's own")
            ),
            Self::UnknownError => out.write_str("an error in the maker's own words"),
            Self::Registration(seen) => registration_seen(seen, out),
            Self::Signal(signal) => signal_quality(*signal, out),
            Self::ExtendedSignal(signal) => extended_signal(*signal, out),
            Self::Pin(state) => out.write_str(pin(*state)),
            Self::Operator(selection) => operator(selection, out),
            Self::Operators(list) => operators(list, out),
            Self::Tries { code, left, first } => {
                write!(out, "{code}: {left} {}", if *left == 1 { "try remains" } else { "tries remain" })?;
                first.map_or(Ok(()), |first| write!(out, " of {first}"))
            }
            Self::Clock { date, time, quarters } => clock(date, time, *quarters, out),
            Self::Stored { what, storage, place } => write!(out, "{what}: place {place} of {storage}"),
            Self::Cause(words, cause) => write!(out, "{words}{cause}"),
            Self::Refusal(refusal) => refusal.fmt(out),
            Self::Cell(cell) => cell.fmt(out),
        }
    }
}

fn registration_seen(seen: &Seen<'_>, out: &mut fmt::Formatter<'_>) -> fmt::Result {
    match seen {
        Seen::Unsolicited(line) => registration(line, out),
        Seen::Answer(line) => answer(line, out),
        Seen::Either(urc, line) => {
            out.write_str("either unsolicited: ")?;
            registration(urc, out)?;
            out.write_str("; or an answer: ")?;
            answer(line, out)
        }
    }
}

fn answer(line: &RegistrationLine<'_>, out: &mut fmt::Formatter<'_>) -> fmt::Result {
    registration(line, out)?;
    write!(out, "; reporting n = {}", line.n.unwrap_or_default())
}

fn registration(line: &RegistrationLine<'_>, out: &mut fmt::Formatter<'_>) -> fmt::Result {
    let domain = match line.domain {
        Domain::Cs => "circuit-switched",
        Domain::Ps => "packet-switched",
        Domain::Eps => "EPS",
        Domain::FiveGs => "5GS",
    };
    write!(out, "{domain}: {}", line.stat)?;
    if let Some(area) = line.area {
        write!(out, ", area {area:04X}")?;
    }
    if let Some(cell) = line.cell {
        write!(out, ", cell {cell:08X}")?;
    }
    if let Some(act) = line.act {
        write!(out, ", {act}")?;
    }
    match (line.reject_cause, line.cause_type) {
        (Some(number), Some(0) | None) => write!(out, ", {}", Cause::Mobility(line.domain, number.into()))?,
        (Some(number), Some(_)) => write!(out, ", the maker's cause {number}")?,
        (None, _) => {}
    }
    match line.active_time.map(|timer| timer.seconds()) {
        Some(Some(time)) => write!(out, ", active time {time} s")?,
        Some(None) => out.write_str(", no active time")?,
        None => {}
    }
    match line.periodic.map(|timer| timer.seconds()) {
        Some(Some(time)) => write!(out, ", periodic update every {time} s"),
        Some(None) => out.write_str(", no periodic update"),
        None => Ok(()),
    }
}

fn signal_quality(signal: SignalQuality, out: &mut fmt::Formatter<'_>) -> fmt::Result {
    match signal.dbm() {
        Some(dbm) => write!(out, "signal {dbm} dBm")?,
        None => out.write_str("signal unknown")?,
    }
    match signal.ber {
        0..=7 => write!(out, ", bit error class {}", signal.ber),
        _ => out.write_str(", bit error rate unknown"),
    }
}

fn extended_signal(signal: ExtendedSignal, out: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut begun = false;
    let mut say = |name: &str, dbm: Option<i16>| {
        let Some(dbm) = dbm else { return Ok(()) };
        let comma = if std::mem::replace(&mut begun, true) { ", " } else { "" };
        write!(out, "{comma}{name} {dbm} dBm")
    };
    say("GERAN RXLEV", signal.rxlev_dbm())?;
    say("UTRA RSCP", signal.rscp_dbm())?;
    say("E-UTRA RSRP", signal.rsrp_dbm())?;
    if let Some(tenths) = signal.rsrq_decibels() {
        let comma = if std::mem::replace(&mut begun, true) { ", " } else { "" };
        let sign = if tenths < 0 { "-" } else { "" };
        write!(out, "{comma}E-UTRA RSRQ {sign}{}.{} dB", tenths.abs() / 10, tenths.abs() % 10)?;
    }
    if let Some(dbm) = signal.ss_rsrp_dbm() {
        let comma = if std::mem::replace(&mut begun, true) { ", " } else { "" };
        write!(out, "{comma}NR SS-RSRP {dbm} dBm")?;
    }
    if begun { Ok(()) } else { out.write_str("signal unknown") }
}

const fn pin(state: PinState) -> &'static str {
    match state {
        PinState::Ready => "no PIN is awaited",
        PinState::SimPin => "the SIM awaits its PIN",
        PinState::SimPuk => "the SIM is blocked and awaits its PUK",
        PinState::PhSimPin => "the equipment is locked to another SIM and awaits its password",
        PinState::PhFsimPin => "the equipment is locked to its first SIM and awaits its password",
        PinState::PhFsimPuk => "the equipment is locked to its first SIM, blocked, and awaits its unblocking password",
        PinState::SimPin2 => "the SIM awaits its PIN2",
        PinState::SimPuk2 => "the SIM's PIN2 is blocked and it awaits its PUK2",
        PinState::PhNetPin => "the equipment is locked to a network and awaits its password",
        PinState::PhNetPuk => "the network lock is blocked and awaits its unblocking password",
        PinState::PhNetsubPin => "the equipment is locked to a network subset and awaits its password",
        PinState::PhNetsubPuk => "the network subset lock is blocked and awaits its unblocking password",
        PinState::PhSpPin => "the equipment is locked to a service provider and awaits its password",
        PinState::PhSpPuk => "the service provider lock is blocked and awaits its unblocking password",
        PinState::PhCorpPin => "the equipment is locked to a corporation and awaits its password",
        PinState::PhCorpPuk => "the corporate lock is blocked and awaits its unblocking password",
    }
}

fn operator(selection: &OperatorSelection<'_>, out: &mut fmt::Formatter<'_>) -> fmt::Result {
    out.write_str(match selection.mode {
        SelectionMode::Automatic => "operator chosen automatically",
        SelectionMode::Manual => "operator chosen by hand",
        SelectionMode::Deregister => "deregistered by hand",
        SelectionMode::FormatOnly => "only the format was set",
        SelectionMode::ManualThenAutomatic => "operator chosen by hand, automatically where that fails",
    })?;
    match &selection.operator {
        Some((_, name)) => write!(out, ": {name}")?,
        None => return out.write_str(": no operator"),
    }
    selection.act.map_or(Ok(()), |act| write!(out, " on {act}"))
}

fn operators(list: &OperatorList<'_>, out: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (index, operator) in list.operators.iter().enumerate() {
        let status = match operator.status {
            OperatorStatus::Unknown => "unknown",
            OperatorStatus::Available => "available",
            OperatorStatus::Current => "current",
            OperatorStatus::Forbidden => "forbidden",
        };
        let before = if index == 0 { "operators: " } else { "; " };
        write!(out, "{before}{} {}", operator.numeric, operator.long)?;
        if let Some(act) = operator.act {
            write!(out, " on {act}")?;
        }
        write!(out, " {status}")?;
    }
    Ok(())
}

fn clock(date: &str, time: &str, quarters: Option<i16>, out: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(out, "the clock says {date} {time}")?;
    if let Some(quarters) = quarters {
        let sign = if quarters < 0 { '-' } else { '+' };
        let minutes = u32::from(quarters.unsigned_abs()) * 15;
        write!(out, ", UTC{sign}{:02}:{:02}", minutes / 60, minutes % 60)?;
    }
    // The day on which GPS time begins, and the days of other modules' first power-up.
    if ["80/", "70/01/01", "00/01/01", "04/01/01"].iter().any(|never| date.starts_with(never)) {
        out.write_str("; it was never set")?;
    }
    Ok(())
}
