//! Packet data contexts: `+CGDCONT`, `+CGACT`, `+CGPADDR`.
//!
//! In E-UTRAN and NG-RAN one context comes with the attach. Addresses are of 10.64.0.0/16: nothing is carried there.
//!
//! Source: 3GPP TS 27.007, clauses 10.1.1, 10.1.10 and 10.1.14; TS 23.401, clause 5.3.2.

use std::net::Ipv4Addr;

use super::events;
use super::profile::NetworkProfile;
use crate::modem::Modem;
use crate::modem::command::{Call, Entry, Needs, Reply};
use crate::wire::command::{Form, Parameters};
use crate::wire::result::CmeError;
use crate::wire::values::Domain;

pub(super) const COMMANDS: &[Entry] = &[
    Entry::new("+CGDCONT", define),
    Entry::new("+CGACT", activate).needs(Needs::Sim),
    Entry::new("+CGPADDR", addresses),
];

/// An APN has up to 100 octets (3GPP TS 23.003, clause 9.1).
const APN_MAXIMUM: usize = 100;

const TYPES: [&str; 3] = ["IP", "IPV6", "IPV4V6"];

#[derive(Debug)]
struct Context {
    cid: u8,
    kind: &'static str,
    apn: Box<str>,
    active: bool,
}

impl Context {
    fn address(&self) -> String {
        address_of(self.cid).to_string()
    }
}

/// The address that the network gives the context of this number.
pub(super) const fn address_of(cid: u8) -> Ipv4Addr {
    Ipv4Addr::new(10, 64, 0, cid)
}

/// The contexts of one modem, by number.
#[derive(Debug)]
pub(super) struct Contexts(Vec<Context>);

impl Contexts {
    pub(super) fn new(profile: &NetworkProfile) -> Self {
        let kind = TYPES.into_iter().find(|&kind| kind == profile.context_type).unwrap_or("IP");
        Self(vec![Context { cid: profile.show.attach_cid, kind, apn: profile.apn.as_str().into(), active: false }])
    }

    /// The registration is gone, and every active context with it.
    pub(super) fn detached(&mut self) {
        for context in &mut self.0 {
            context.active = false;
        }
    }

    fn of(&mut self, cid: u8) -> Option<&mut Context> {
        self.0.iter_mut().find(|context| context.cid == cid)
    }
}

/// The modem has attached: in EPS and 5GS the context of the attach is active with it.
pub(super) fn attached(modem: &mut Modem, profile: &NetworkProfile) {
    let mobility = &modem.network.mobility;
    let with_context =
        [Domain::Eps, Domain::FiveGs].into_iter().any(|domain| mobility.registration(domain).is_registered());
    let cid = profile.show.attach_cid;
    if !with_context {
        return;
    }
    let came_up = modem.network.contexts.of(cid).is_some_and(|context| !std::mem::replace(&mut context.active, true));
    if came_up && profile.show.pdn_events {
        events::give(modem, format_args!("ME PDN ACT {cid}"));
    }
}

/// `+CGDCONT=<cid>[,<PDP_type>[,<APN>[,…]]]`; with `<cid>` alone the context is undefined again.
fn define(modem: &mut Modem, call: &Call<'_>) -> Reply {
    let highest = modem.profile.network.contexts;
    match call.form() {
        Form::Read => {
            let lines: Vec<String> = modem
                .network
                .contexts
                .0
                .iter()
                .map(|context| {
                    let address = if context.active { context.address() } else { String::new() };
                    format!("+CGDCONT: {},\"{}\",\"{}\",\"{address}\",0,0", context.cid, context.kind, context.apn)
                })
                .collect();
            for line in lines {
                modem.inform(format_args!("{line}"));
            }
            Reply::Ok
        }
        Form::Test => {
            for kind in TYPES {
                modem.inform(format_args!("+CGDCONT: (1-{highest}),\"{kind}\",,,(0-2),(0-3)"));
            }
            Reply::Ok
        }
        Form::Set(parameters) => match set(modem, &parameters, highest) {
            Ok(reply) | Err(reply) => reply,
        },
        Form::Execute => Reply::Error,
    }
}

fn set(modem: &mut Modem, parameters: &Parameters<'_>, highest: u8) -> Result<Reply, Reply> {
    let cid = parameters.number::<u8>(0)?.unwrap_or(1);
    if cid == 0 || cid > highest {
        return Err(Reply::Malformed);
    }
    let contexts = &mut modem.network.contexts;
    let active = contexts.of(cid).is_some_and(|context| context.active);
    if parameters.len() == 1 {
        if active {
            return Err(Reply::Cme(CmeError::OPERATION_NOT_ALLOWED));
        }
        contexts.0.retain(|context| context.cid != cid);
        return Ok(Reply::Ok);
    }
    let wanted = parameters.text(1)?;
    let kind = TYPES
        .into_iter()
        .find(|kind| wanted.as_deref().is_none_or(|wanted| kind.as_bytes().eq_ignore_ascii_case(wanted)));
    let apn = parameters.text(2)?.unwrap_or_default();
    let (Some(kind), Ok(apn)) = (kind, std::str::from_utf8(&apn)) else { return Err(Reply::Malformed) };
    if apn.len() > APN_MAXIMUM {
        return Err(Reply::Malformed);
    }
    contexts.0.retain(|context| context.cid != cid);
    let place = contexts.0.partition_point(|context| context.cid < cid);
    // A context that is active stays so: what it is now is asked for at its next activation, as hosts that dial expect,
    // who define the context of the attach anew before they do.
    contexts.0.insert(place, Context { cid, kind, apn: apn.into(), active });
    Ok(Reply::Ok)
}

/// `+CGACT=[<state>[,<cid>[,<cid>…]]]`: without `<cid>` all that are defined.
fn activate(modem: &mut Modem, call: &Call<'_>) -> Reply {
    match call.form() {
        Form::Read => {
            let states: Vec<_> = modem.network.contexts.0.iter().map(|context| (context.cid, context.active)).collect();
            for (cid, active) in states {
                modem.inform(format_args!("+CGACT: {cid},{}", u8::from(active)));
            }
            Reply::Ok
        }
        Form::Test => {
            modem.inform(format_args!("+CGACT: (0,1)"));
            Reply::Ok
        }
        Form::Set(parameters) => match set_active(modem, &parameters) {
            Ok(()) => Reply::Ok,
            Err(reply) => reply,
        },
        Form::Execute => Reply::Error,
    }
}

fn set_active(modem: &mut Modem, parameters: &Parameters<'_>) -> Result<(), Reply> {
    let active = match parameters.number::<u8>(0)? {
        Some(state @ (0 | 1)) => state == 1,
        None | Some(_) => return Err(Reply::Malformed),
    };
    let named = wanted(modem, parameters, 1)?;
    if active && !modem.network.mobility.is_attached() {
        return Err(Reply::Cme(CmeError::UNSPECIFIED_GPRS_ERROR));
    }
    let pdn_events = modem.profile.network.show.pdn_events;
    for cid in named {
        let changed = modem
            .network
            .contexts
            .of(cid)
            .is_some_and(|context| std::mem::replace(&mut context.active, active) != active);
        if changed && pdn_events {
            events::give(modem, format_args!("ME PDN {} {cid}", if active { "ACT" } else { "DEACT" }));
        }
    }
    Ok(())
}

/// `+CGPADDR[=<cid>[,<cid>…]]`
fn addresses(modem: &mut Modem, call: &Call<'_>) -> Reply {
    let named = match call.form() {
        Form::Execute => Ok(modem.network.contexts.0.iter().map(|context| context.cid).collect()),
        Form::Set(parameters) => wanted(modem, &parameters, 0),
        Form::Test => {
            let cids: Vec<String> = modem.network.contexts.0.iter().map(|context| context.cid.to_string()).collect();
            modem.inform(format_args!("+CGPADDR: ({})", cids.join(",")));
            return Reply::Ok;
        }
        Form::Read => return Reply::Error,
    };
    let named = match named {
        Ok(named) => named,
        Err(reply) => return reply,
    };
    for cid in named {
        let address = modem.network.contexts.of(cid).filter(|context| context.active).map(|context| context.address());
        match address {
            Some(address) => modem.inform(format_args!("+CGPADDR: {cid},\"{address}\"")),
            None => modem.inform(format_args!("+CGPADDR: {cid}")),
        }
    }
    Reply::Ok
}

/// The contexts that the parameters from `first` on name; all of them where there are none.
fn wanted(modem: &mut Modem, parameters: &Parameters<'_>, first: usize) -> Result<Vec<u8>, Reply> {
    let contexts = &mut modem.network.contexts;
    if parameters.len() <= first {
        return Ok(contexts.0.iter().map(|context| context.cid).collect());
    }
    let mut named = Vec::new();
    for index in first..parameters.len() {
        let cid = parameters.required::<u8>(index)?;
        if contexts.of(cid).is_none() {
            return Err(Reply::Malformed);
        }
        named.push(cid);
    }
    Ok(named)
}
