//! Causes and events of the network, by the standard and in makers' lines.

use std::fmt;

use super::words::Said;
use crate::wire::response::Fields;
use crate::wire::values::{Domain, RejectCause, SessionCause};

/// A cause, and in whose terms it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cause {
    /// Mobility management of the domain.
    Mobility(Domain, u32),
    /// Mobility management, the domain unknown.
    Somewhere(u32),
    /// Session management of EPS.
    Session(u32),
}

/// `+CNEC_EMM: 6[,<cid>]` and its kin.
///
/// Source: 3GPP TS 27.007, clause 9.1B.
pub(super) fn reported<'a>(name: &[u8], value: &[u8]) -> Option<Said<'a>> {
    let number = number(value, 0)?;
    Some(match name {
        b"+CNEC_MM" => Said::Cause("MM ", Cause::Mobility(Domain::Cs, number)),
        b"+CNEC_GMM" => Said::Cause("GMM ", Cause::Mobility(Domain::Ps, number)),
        b"+CNEC_EMM" => Said::Cause("EMM ", Cause::Mobility(Domain::Eps, number)),
        b"+CNEC_5GMM" => Said::Cause("5GMM ", Cause::Mobility(Domain::FiveGs, number)),
        _ => Said::Cause("", Cause::Session(number)),
    })
}

/// `#CEERNET: 6`: the last cause, of whichever domain it came.
///
/// Source: Telit's AT commands reference guides for LTE modules.
pub(super) fn telit<'a>(value: &[u8]) -> Option<Said<'a>> {
    Some(Said::Cause("the network's last ", Cause::Somewhere(number(value, 0)?)))
}

/// `+QESMC: <present>,<kind>,<cause>`: the last refusal of a PDN connection.
///
/// Source: Quectel's AT commands manual for NB-IoT modules (BC66x), `+QESMC`.
pub(super) fn quectel<'a>(value: &[u8]) -> Option<Said<'a>> {
    match (number(value, 0)?, number(value, 2)) {
        (0, _) => Some(Said::Words("no refusal of a PDN connection is stored")),
        (_, Some(cause)) => Some(Said::Cause("the last refusal of a PDN connection: ", Cause::Session(cause))),
        (_, None) => None,
    }
}

/// A refusal as `^REJINFO` tells it.
///
/// On the wire: `<plmn>,<domain>,<cause>,<rat>,<type>,<original cause>,"<lac>","<rac>","<cell>"[,<esm cause>]`.
///
/// Source: HiSilicon's and TD Tech's AT command manuals, `^REJINFO`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal<'a> {
    plmn: &'a str,
    domain: &'static str,
    cause: Cause,
    rat: &'static str,
    what: &'static str,
    session: Option<u32>,
}

pub(super) fn reject_info(value: &[u8]) -> Option<Said<'_>> {
    let mut fields = Fields::new(value);
    let plmn = std::str::from_utf8(fields.next()?.text()).ok()?;
    let mut next = || u32::try_from(fields.next()?.number()?).ok();
    let (domain, cause, rat, what) = (next()?, next()?, next()?, next()?);
    let cause = match (domain, rat) {
        (_, 5) => Cause::Mobility(Domain::FiveGs, cause),
        (_, 2) => Cause::Mobility(Domain::Eps, cause),
        (0, _) => Cause::Mobility(Domain::Cs, cause),
        (1, _) => Cause::Mobility(Domain::Ps, cause),
        (_, _) => Cause::Somewhere(cause),
    };
    let domain = match domain {
        0 => "circuit-switched domain",
        1 => "packet domain",
        2 => "both domains",
        _ => "unknown domain",
    };
    let rat = match rat {
        0 => "GERAN",
        1 => "UTRAN",
        2 => "E-UTRAN",
        5 => "NR",
        _ => "another radio system",
    };
    let what = match what {
        0 => "location update refused",
        1 => "authentication failed",
        2 => "service request refused",
        3 => "detached by the network",
        4 => "attach refused",
        5 => "routing area update refused",
        6 => "tracking area update refused",
        _ => "refused",
    };
    Some(Said::Refusal(Refusal { plmn, domain, cause, rat, what, session: number(value, 9) }))
}

/// `NW DETACH` and the others.
///
/// Source: 3GPP TS 27.007, clause 10.1.19.
pub(super) fn packet_event<'a>(value: &[u8]) -> Option<Said<'a>> {
    const EVENTS: &[(&[u8], &str)] = &[
        (b"NW DETACH", "the network detached the device from the packet domain; every context is gone"),
        (b"ME DETACH", "the device detached itself from the packet domain; every context is gone"),
        (b"NW CLASS", "the network changed the mobile class"),
        (b"ME CLASS", "the device changed its mobile class"),
        (b"NW PDN ACT", "the network set up a PDN connection"),
        (b"ME PDN ACT", "the device set up a PDN connection"),
        (b"NW PDN DEACT", "the network closed a PDN connection"),
        (b"ME PDN DEACT", "the device closed a PDN connection"),
        (b"NW ACT", "the network set up a context"),
        (b"ME ACT", "the device set up a context"),
        (b"NW DEACT", "the network closed a context"),
        (b"ME DEACT", "the device closed a context"),
        (b"NW REACT", "the network asks for a context to be set up again"),
        (b"NW MODIFY", "the network changed a context"),
        (b"ME MODIFY", "the device changed a context"),
        (b"REJECT", "the device refused a context that the network asked for"),
    ];
    EVENTS.iter().find(|(event, _)| value.starts_with(event)).map(|(_, words)| Said::Words(words))
}

fn number(value: &[u8], at: usize) -> Option<u32> {
    Fields::new(value).nth(at)?.number().and_then(|number| u32::try_from(number).ok())
}

impl fmt::Display for Cause {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (number, domain) = match *self {
            Self::Mobility(domain, number) => (number, Some(domain)),
            Self::Somewhere(number) => (number, None),
            Self::Session(number) => {
                let cause = u8::try_from(number).ok().map(SessionCause::new);
                let Some(cause) = cause.filter(|cause| cause.name().is_some()) else {
                    return write!(out, "ESM cause #{number}, which is not known here");
                };
                write!(out, "ESM cause {cause}")?;
                return cause.meaning().map_or(Ok(()), |meaning| write!(out, ": {meaning}"));
            }
        };
        let Some(cause) = u8::try_from(number).ok().map(RejectCause::new) else {
            return write!(out, "the maker's cause {number}");
        };
        match (domain.map(|domain| cause.name(domain)), cause.meaning()) {
            (Some(Some(name)), Some(meaning)) => write!(out, "cause #{number} {name}: {meaning}"),
            (None, Some(meaning)) => write!(out, "cause {cause}: {meaning}"),
            (Some(None), Some(_)) => write!(out, "cause #{number}, which this domain does not have"),
            (_, None) => write!(out, "cause #{number}, which no standard names"),
        }
    }
}

impl fmt::Display for Refusal<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { plmn, domain, cause, rat, what, session } = self;
        write!(out, "{what} by {plmn} on {rat}, {domain}: {cause}")?;
        match session {
            Some(number) => write!(out, "; {}", Cause::Session(*number)),
            None => Ok(()),
        }
    }
}
