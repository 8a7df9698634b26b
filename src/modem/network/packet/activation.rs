//! Contexts come up and go: by command, by dialling, with the attach, by the network.
//!
//! Source: 3GPP TS 27.007, clauses 10.1.10 to 10.1.12 and 10.2.1; TS 24.301, clauses 6.4 and 6.5.

use super::cause;
use super::context::{Context, Session};
use super::{Packet, named};
use crate::modem::command::{Call, Entry, Needs, Owner, Pending, Reply};
use crate::modem::network::domain::Procedures;
use crate::modem::network::host::Answer;
use crate::modem::network::saving::Saving;
use crate::modem::network::{Network, events};
use crate::modem::{Modem, Tick};
use crate::wire::command::{Form, Parameters};
use crate::wire::result::CmeError;
use crate::wire::values::{Domain, SessionCause};

pub(super) const COMMANDS: &[Entry] =
    &[Entry::new("+CGACT", activate).needs(Needs::Sim), Entry::new("+CGCMOD", modify).needs(Needs::Sim)];

/// APNs for which T3396 runs, at most; the oldest is forgotten.
const BACK_OFFS: usize = 16;

/// Contexts that a command activates, one after the other.
#[derive(Debug)]
pub(super) struct Work {
    /// When the network answers; `None`: the modem attaches first.
    until: Option<Tick>,
    /// Those to come.
    rest: Vec<u8>,
}

impl Work {
    pub(super) const fn deadline(&self) -> Option<Tick> {
        self.until
    }

    /// Whether it waits for the attach.
    pub(super) const fn attaches(&self) -> bool {
        self.until.is_none()
    }
}

/// Who ends a context.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    Me,
    Network,
}

impl By {
    const fn word(self) -> &'static str {
        match self {
            Self::Me => "ME",
            Self::Network => "NW",
        }
    }
}

/// `+CGACT=[<state>[,<cid>[,<cid>…]]]`: without `<cid>` all that are defined.
fn activate(modem: &mut Modem, call: &Call<'_>) -> Reply {
    match call.form() {
        Form::Read => {
            let contexts = modem.network.packet.contexts.iter();
            for (cid, active) in contexts.map(|context| (context.cid, context.is_active())).collect::<Vec<_>>() {
                modem.inform(format_args!("+CGACT: {cid},{}", u8::from(active)));
            }
            Reply::Ok
        }
        Form::Test => {
            modem.inform(format_args!("+CGACT: (0,1)"));
            Reply::Ok
        }
        Form::Set(parameters) => match set_active(modem, call.now, &parameters) {
            Ok(reply) | Err(reply) => reply,
        },
        Form::Execute => Reply::Error,
    }
}

fn set_active(modem: &mut Modem, now: Tick, parameters: &Parameters<'_>) -> Result<Reply, Reply> {
    let active = match parameters.number::<u8>(0)? {
        Some(state @ (0 | 1)) => state == 1,
        None | Some(_) => return Err(Reply::Malformed),
    };
    let mut cids = named(modem, parameters, 1)?;
    let contexts = &modem.network.packet.contexts;
    cids.retain(|&cid| contexts.of(cid).is_some_and(|context| context.is_active() != active));
    if !active {
        // Secondary ones first: they go with the context that they belong to.
        cids.sort_by_key(|&cid| contexts.of(cid).is_some_and(|context| context.primary.is_none()));
        return Ok(deactivate(modem, now, &cids));
    }
    // A secondary context needs the one that it belongs to.
    cids.sort_by_key(|&cid| contexts.of(cid).is_some_and(|context| context.primary.is_some()));
    cids.dedup();
    // The modem does one such thing at a time; another port's command is in the middle of it.
    if modem.waiting(Owner::Network).is_some() {
        return Err(Reply::Cme(CmeError::OPERATION_NOT_ALLOWED));
    }
    if modem.network.mobility.is_attached() {
        return Ok(begin(modem, now, cids));
    }
    // TS 27.007, clause 10.1.10: a modem that is not attached attaches first.
    modem.network.packet.work = Some(Work { until: None, rest: cids });
    let answer = Network::input(modem, now, |mobility, scene| mobility.attach(scene, true));
    match answer {
        None => Ok(Reply::Later(Pending::by(Owner::Network))),
        Some(answer) => {
            let cids = modem.network.packet.work.take().map(|work| work.rest).unwrap_or_default();
            Ok(attached_for(modem, now, answer, cids))
        }
    }
}

/// The attach that contexts waited for has ended so.
fn attached_for(modem: &mut Modem, now: Tick, answer: Answer, cids: Vec<u8>) -> Reply {
    match answer {
        Answer::Done | Answer::List => begin(modem, now, cids),
        Answer::Refused { .. } | Answer::Unserved => {
            let shown = modem.profile.network.show.cgatt_refused;
            Network::reply(modem, answer, shown)
        }
    }
}

fn begin(modem: &mut Modem, now: Tick, mut cids: Vec<u8>) -> Reply {
    let contexts = &modem.network.packet.contexts;
    cids.retain(|&cid| contexts.of(cid).is_some_and(|context| !context.is_active()));
    if cids.is_empty() {
        return Reply::Ok;
    }
    cids.reverse();
    let time = modem.profile.network.session.time.0;
    modem.network.packet.work = Some(Work { until: Some(now + time), rest: cids });
    if !time.is_zero() {
        return Reply::Later(Pending::by(Owner::Network));
    }
    loop {
        if let Some(reply) = step(modem, now) {
            return reply;
        }
    }
}

/// The network answers for the next context; a reply where that ends the command.
fn step(modem: &mut Modem, now: Tick) -> Option<Reply> {
    let cid = modem.network.packet.work.as_mut()?.rest.pop();
    let outcome = cid.map_or(Ok(()), |cid| raise(modem, now, cid));
    let profile = modem.profile.clone();
    let reply = match outcome {
        Err(cause) => Some(Reply::Cme(cause::error(cause, &profile.network))),
        Ok(()) => modem.network.packet.work.as_ref().is_none_or(|work| work.rest.is_empty()).then_some(Reply::Ok),
    };
    match (&reply, &mut modem.network.packet.work) {
        (None, Some(work)) => work.until = Some(now + profile.network.session.time.0),
        (Some(_) | None, work) => *work = None,
    }
    reply
}

/// Ends the command that waits for the network, on the port that it came from.
fn finish(modem: &mut Modem, now: Tick, reply: Reply) {
    if let Some(port) = modem.waiting(Owner::Network) {
        modem.at(port, |modem| modem.complete(now, Owner::Network, reply));
    }
}

/// Asks the network for a context, and takes what it gives.
///
/// # Errors
/// Why the network refuses.
pub(super) fn raise(modem: &mut Modem, now: Tick, cid: u8) -> Result<(), SessionCause> {
    let profile = modem.profile.clone();
    let Network { packet, mobility, .. } = &mut modem.network;
    let Some(context) = packet.contexts.of(cid) else { return Err(SessionCause::UNKNOWN_CONTEXT) };
    if context.is_active() {
        return Ok(());
    }
    let answer = packet.request(now, &profile.network, mobility, context);
    let apn = context.apn.clone();
    Saving::signalled(modem, now);
    let packet = &mut modem.network.packet;
    match answer {
        Ok(session) => {
            packet.refused = None;
            up(modem, cid, session);
            Ok(())
        }
        Err(cause) => {
            packet.refuse(now + profile.network.session.back_off.0, cause, apn);
            Err(cause)
        }
    }
}

fn up(modem: &mut Modem, cid: u8, session: Session) {
    let reason = session.reason;
    let Some(context) = modem.network.packet.contexts.of_mut(cid) else { return };
    context.session = Some(session);
    let primary = context.primary;
    if modem.profile.network.show.pdn_events {
        match (primary, reason) {
            (None, None) => events::give(modem, format_args!("ME PDN ACT {cid}")),
            (None, Some(reason)) => events::give(modem, format_args!("ME PDN ACT {cid},{reason}")),
            (Some(primary), _) => events::give(modem, format_args!("ME ACT {primary},{cid},0")),
        }
    }
}

/// Ends these contexts, as far as they may be ended.
fn deactivate(modem: &mut Modem, now: Tick, cids: &[u8]) -> Reply {
    let profile = modem.profile.clone();
    let mut reply = Reply::Ok;
    for &cid in cids {
        lower_unless_last(modem, now, cid);
        if modem.network.packet.contexts.of(cid).is_some_and(Context::is_active) {
            reply = Reply::Cme(cause::error(SessionCause::LAST_PDN, &profile.network));
        }
    }
    reply
}

/// Whether this is the last PDN connection in E-UTRAN, which stays as long as the modem is attached.
///
/// Source: 3GPP TS 24.301, clause 6.5.2.1.
fn is_last(modem: &Modem, cid: u8) -> bool {
    let Network { packet, mobility, .. } = &modem.network;
    let here = mobility.cell().is_some_and(|cell| cell.tech.procedures() == Procedures::Emm);
    let mut connections = packet.contexts.active().filter(|(context, _)| context.primary.is_none());
    here && connections.all(|(context, _)| context.cid == cid)
        && packet.contexts.of(cid).is_some_and(|context| context.primary.is_none())
}

/// Ends a context, and those that belong to it; the call that it carried ends with it.
pub(super) fn lower(modem: &mut Modem, now: Tick, cid: u8, by: By) {
    let Some(context) = modem.network.packet.contexts.of_mut(cid) else { return };
    let primary = context.primary;
    if context.session.take().is_none() {
        return;
    }
    Saving::signalled(modem, now);
    for context in modem.network.packet.contexts.iter_mut() {
        if context.primary == Some(cid) {
            context.session = None;
        }
    }
    if modem.profile.network.show.pdn_events {
        let by = by.word();
        match primary {
            None => events::give(modem, format_args!("{by} PDN DEACT {cid}")),
            Some(primary) => events::give(modem, format_args!("{by} DEACT {primary},{cid},0")),
        }
    }
    if modem.network.packet.dialled.is_some_and(|dialled| dialled.connected && dialled.cid == cid) {
        modem.network.packet.dialled = None;
        modem.remote_hangup(now);
    }
}

/// The same for the modem itself, where the context may go at all.
pub(super) fn lower_unless_last(modem: &mut Modem, now: Tick, cid: u8) {
    if !(is_last(modem, cid) && modem.profile.network.show.last_pdn_stays) {
        lower(modem, now, cid, By::Me);
    }
}

/// `+CGCMOD[=<cid>[,<cid>…]]`: what is asked for now is asked of the network; without `<cid>` for all active contexts.
fn modify(modem: &mut Modem, call: &Call<'_>) -> Reply {
    let cids = match call.form() {
        Form::Test | Form::Execute => super::wanted_active(modem, call, "+CGCMOD", |_| true),
        Form::Set(parameters) if parameters.is_empty() => {
            Ok(modem.network.packet.contexts.active().map(|(context, _)| context.cid).collect())
        }
        Form::Set(parameters) => named(modem, &parameters, 0),
        Form::Read => return Reply::Error,
    };
    let cids = match cids {
        Ok(cids) => cids,
        Err(reply) => return reply,
    };
    for &cid in &cids {
        let Some(context) = modem.network.packet.contexts.of_mut(cid) else { return Reply::Malformed };
        let Some(session) = context.session.as_mut() else {
            return Reply::Cme(CmeError::OPERATION_NOT_ALLOWED);
        };
        let (filters, qualities) = (session.filters != context.filters, session.qualities != context.qualities);
        session.filters.clone_from(&context.filters);
        session.qualities.clone_from(&context.qualities);
        // Source: 3GPP TS 27.007, clause 10.1.19: 1 the template, 2 the quality, 3 both.
        let reason = u8::from(filters) + 2 * u8::from(qualities);
        if reason != 0 && modem.profile.network.show.pdn_events {
            events::give(modem, format_args!("ME MODIFY {cid},{reason},0"));
        }
    }
    Reply::Ok
}

impl Packet {
    /// Keeps why the network refused; after cause 26 the APN is not asked for until then.
    fn refuse(&mut self, until: Tick, cause: SessionCause, apn: Box<str>) {
        self.refused = Some(cause);
        if cause != SessionCause::INSUFFICIENT_RESOURCES {
            return;
        }
        if self.back_offs.iter().any(|(of, _)| of.eq_ignore_ascii_case(&apn)) {
            return;
        }
        if self.back_offs.len() == BACK_OFFS {
            self.back_offs.remove(0);
        }
        self.back_offs.push((apn, until));
    }

    /// When there is something to do next.
    pub(in crate::modem::network) fn deadline(&self) -> Option<Tick> {
        let ends = self.contexts.active().filter_map(|(_, session)| session.ends);
        let back_off = self.back_offs.iter().map(|&(_, until)| until);
        let work = self.work.as_ref().and_then(Work::deadline);
        ends.chain(back_off).chain(work).min()
    }

    /// Does what is due at `now`, and nothing if nothing is.
    pub(in crate::modem::network) fn wake(modem: &mut Modem, now: Tick) {
        modem.network.packet.back_offs.retain(|&(_, until)| now < until);
        let due = |work: &Work| work.deadline().is_some_and(|due| due <= now);
        if modem.network.packet.work.as_ref().is_some_and(due)
            && let Some(reply) = step(modem, now)
        {
            finish(modem, now, reply);
        }
        let ended = modem.network.packet.contexts.active();
        let ended = ended.filter(|(_, session)| session.ends.is_some_and(|ends| ends <= now));
        for cid in ended.map(|(context, _)| context.cid).collect::<Vec<_>>() {
            let last = is_last(modem, cid);
            lower(modem, now, cid, By::Network);
            // 39, "reactivation requested": without a PDN connection the modem does not stay attached.
            if last && raise(modem, now, cid).is_err() {
                Network::input(modem, now, |mobility, scene| {
                    mobility.begin_again(scene);
                    mobility.settle(scene);
                });
            }
        }
    }

    /// The modem has attached: in EPS and 5GS the context of the attach is active with it; the one that a call needs is
    /// activated again.
    pub(in crate::modem::network) fn attached(modem: &mut Modem, now: Tick) {
        let mobility = &modem.network.mobility;
        let with_context =
            [Domain::Eps, Domain::FiveGs].into_iter().any(|domain| mobility.registration(domain).is_registered());
        if with_context {
            let network = &modem.profile.network;
            let (cid, kind) = (network.show.attach_cid, network.context_type);
            modem.network.packet.contexts.define(cid, kind);
            // In 5GS a refusal leaves the registration as it is; in EPS there would have been none.
            let _ = raise(modem, now, cid);
        }
        if let Some(dialled) = modem.network.packet.dialled.filter(|dialled| dialled.connected) {
            let _ = raise(modem, now, dialled.cid);
        }
    }

    /// The registration is gone, and every active context with it.
    pub(in crate::modem::network) fn detached(modem: &mut Modem, now: Tick) {
        for context in modem.network.packet.contexts.iter_mut() {
            context.session = None;
        }
        if modem.network.packet.work.as_ref().is_some_and(|work| !work.attaches()) {
            modem.network.packet.work = None;
            let no_network = CmeError::new(modem.profile.network.show.no_network);
            finish(modem, now, Reply::Cme(no_network));
        }
    }

    /// The attach that a command waited for has ended so; `None`: no context waited for it.
    pub(in crate::modem::network) fn attach_ended(modem: &mut Modem, now: Tick, answer: Answer) -> Option<Reply> {
        let work = modem.network.packet.work.take_if(|work| work.attaches())?;
        Some(attached_for(modem, now, answer, work.rest))
    }

    /// The cause with which the network would refuse the context of an attach in E-UTRAN.
    pub(in crate::modem::network) fn refusal_at_attach(modem: &Modem, now: Tick) -> Option<SessionCause> {
        let Network { packet, mobility, .. } = &modem.network;
        let network = &modem.profile.network;
        let cid = network.show.attach_cid;
        let undefined = Context::new(cid, network.context_type, "");
        let context = packet.contexts.of(cid).unwrap_or(&undefined);
        if context.is_active() {
            return None;
        }
        packet.request(now, network, mobility, context).err()
    }

    /// An attach was refused for its context.
    pub(in crate::modem::network) fn refused_at_attach(modem: &mut Modem, now: Tick) {
        if let Some(cause) = Self::refusal_at_attach(modem, now) {
            let network = &modem.profile.network;
            let until = now + network.session.back_off.0;
            let packet = &mut modem.network.packet;
            let apn = packet.contexts.of(network.show.attach_cid).map(|context| context.apn.clone());
            packet.refuse(until, cause, apn.unwrap_or_default());
        }
    }
}
