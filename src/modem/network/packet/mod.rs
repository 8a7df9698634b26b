//! The packet domain: contexts and what they carry, as the host defines, activates and reads them.
//!
//! Knows the contexts of one modem and what the network gives for them. Does not know how the modem is registered
//! (`mobility` says whether it is attached), nor how data is carried: it says that a context is up, and with which
//! addresses.
//!
//! `context` is the state, `subscription` the network's answer, `activation` what changes the one by the other. The other
//! files are commands, each a view of that state.

mod activation;
mod address;
mod attach;
mod authentication;
mod cause;
mod class;
mod context;
mod definition;
mod dial;
mod dynamic;
mod filters;
mod profile;
mod quality;
mod subscription;

use std::net::{Ipv4Addr, Ipv6Addr};

use super::profile::NetworkProfile;
use crate::modem::command::{Call, Entry, Reply};
use crate::modem::{Modem, Observed, Tick};
use crate::wire::command::{Form, Parameters};
use crate::wire::result::CmeError;
use crate::wire::values::SessionCause;

use activation::Work;
pub(super) use cause::of_denial;
pub use context::PdpType;
use context::{Context, Contexts, Session};
use dial::Dialled;
pub use profile::{ApnProfile, SessionProfile};

/// The commands of the packet domain, topic by topic.
pub(in crate::modem) const COMMANDS: &[&[Entry]] = &[
    attach::COMMANDS,
    definition::COMMANDS,
    activation::COMMANDS,
    address::COMMANDS,
    dynamic::COMMANDS,
    authentication::COMMANDS,
    quality::COMMANDS,
    filters::COMMANDS,
    dial::COMMANDS,
    class::COMMANDS,
];

/// The packet domain of one modem.
#[derive(Debug)]
pub(super) struct Packet {
    contexts: Contexts,
    /// What a command activates.
    work: Option<Work>,
    /// What the network refused last, until it gives something.
    refused: Option<SessionCause>,
    /// APNs that are not asked for until then: T3396.
    back_offs: Vec<(Box<str>, Tick)>,
    /// The context that a call is for.
    dialled: Option<Dialled>,
    /// `+CGCLASS`, where it was set.
    class: Option<String>,
}

impl Packet {
    /// As it left the factory: one context is defined.
    pub(super) fn new(profile: &NetworkProfile) -> Self {
        Self {
            contexts: Contexts::new(Context::new(profile.show.attach_cid, profile.context_type, &profile.apn)),
            work: None,
            refused: None,
            back_offs: Vec::new(),
            dialled: None,
            class: None,
        }
    }

    /// Power comes or goes: definitions stay, all else is lost.
    pub(super) fn power(&mut self) {
        for context in self.contexts.iter_mut() {
            context.session = None;
        }
        (self.work, self.refused, self.dialled) = (None, None, None);
        self.back_offs.clear();
    }

    /// What the network refused last, until it gives something.
    pub(super) const fn refused(&self) -> Option<SessionCause> {
        self.refused
    }

    /// What a command answers after the last refusal.
    pub(super) fn refusal_error(&self, profile: &NetworkProfile) -> Option<CmeError> {
        self.refused.map(|cause| cause::error(cause, profile))
    }

    /// A registration was refused: what was refused of contexts before counts no more.
    pub(super) const fn forget_refusal(&mut self) {
        self.refused = None;
    }

    /// The context that a call is for, else the first active one.
    fn foremost(&self) -> Option<(&Context, &Session)> {
        let dialled = self.dialled.filter(|dialled| dialled.connected);
        self.contexts.active().find(|(context, _)| dialled.is_none_or(|dialled| dialled.cid == context.cid))
    }

    /// What the network gave the context that a call is for, else the first active one: what is carried there has these
    /// addresses.
    pub(super) fn carried(&self, profile: &SessionProfile) -> Option<Carried> {
        let (_, session) = self.foremost()?;
        let server = |place: usize| profile.dns.get(place).copied();
        Some(Carried {
            v4: session.v4,
            v6: session.v6,
            gateway: profile.gateway,
            dns: [server(0), server(1)],
            mtu: profile.mtu,
        })
    }

    /// What stands behind `packet.KEY` in a script's check.
    ///
    /// `contexts` and `active` count those that are defined and active; `address`, `address_v6`, `apn` and `type` are of
    /// the context that a call is for, else of the first active one; `cid` is that context's number; `cause` is that of
    /// the last refusal. `gateway`, `dns` and `mtu` are what the network names there.
    pub(super) fn observe(&self, profile: &SessionProfile, key: &str) -> Option<Observed> {
        let count = |count: usize| Observed::from(u32::try_from(count).unwrap_or(u32::MAX));
        let (context, session) = self.foremost().unzip();
        let carried = self.carried(profile);
        let address = |address: Ipv4Addr| address.to_string();
        Some(match key {
            "contexts" => count(self.contexts.iter().count()),
            "active" => count(self.contexts.active().count()),
            "cause" => self.refused.map(|cause| u32::from(cause.number())).into(),
            "cid" => context.map(|context| u32::from(context.cid)).into(),
            "address" => carried.and_then(|carried| carried.v4).map(address).into(),
            "address_v6" => carried.and_then(|carried| carried.v6).map(|address| address.to_string()).into(),
            "gateway" => carried.map(|carried| address(carried.gateway)).into(),
            "dns" => carried.and_then(|carried| carried.dns[0]).map(address).into(),
            "mtu" => carried.map(|carried| u32::from(carried.mtu)).into(),
            "apn" => session.map(|session| session.apn.to_string()).into(),
            "type" => session.map(|session| session.kind.name()).into(),
            _ => return None,
        })
    }
}

/// What the network gave the context that a call is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::modem) struct Carried {
    /// The host's IPv4 address.
    pub(in crate::modem) v4: Option<Ipv4Addr>,
    /// Its IPv6 address.
    pub(in crate::modem) v6: Option<Ipv6Addr>,
    /// The other end.
    pub(in crate::modem) gateway: Ipv4Addr,
    /// Name servers.
    pub(in crate::modem) dns: [Option<Ipv4Addr>; 2],
    /// The longest packet, in octets.
    pub(in crate::modem) mtu: u16,
}

/// The contexts that the parameters from `first` on name; all of them where there are none.
fn named(modem: &Modem, parameters: &Parameters<'_>, first: usize) -> Result<Vec<u8>, Reply> {
    let contexts = &modem.network.packet.contexts;
    if parameters.len() <= first {
        return Ok(contexts.iter().map(|context| context.cid).collect());
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

/// The active contexts that `+X[=<cid>…]` means; the test form gives their list, and is done.
///
/// # Errors
/// How the command ends without a context.
fn wanted_active(
    modem: &mut Modem,
    call: &Call<'_>,
    name: &str,
    of_kind: impl Fn(&Context) -> bool,
) -> Result<Vec<u8>, Reply> {
    let active = modem.network.packet.contexts.active().filter(|(context, _)| of_kind(context));
    let active: Vec<u8> = active.map(|(context, _)| context.cid).collect();
    match call.form() {
        Form::Execute => Ok(active),
        Form::Set(parameters) if parameters.is_empty() => Ok(active),
        Form::Set(parameters) => {
            let named = named(modem, &parameters, 0)?;
            Ok(named.into_iter().filter(|cid| active.contains(cid)).collect())
        }
        Form::Test => {
            let list: Vec<String> = active.iter().map(u8::to_string).collect();
            modem.inform(format_args!("{name}: ({})", list.join(",")));
            Err(Reply::Ok)
        }
        Form::Read => Err(Reply::Error),
    }
}
