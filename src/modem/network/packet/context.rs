//! A packet data context: how it is defined, and what it is while it is active.
//!
//! A definition is the host's, and outlives every activation; a session is what the network gave. A definition may be
//! changed while its session stands: the session stays what it is.
//!
//! Source: 3GPP TS 27.007, clause 10.1.1; TS 24.301, clause 6.1.

use std::net::{Ipv4Addr, Ipv6Addr};

use serde::Deserialize;

use super::authentication::Authentication;
use super::filters::Filter;
use super::profile::SessionProfile;
use super::quality::{Quality, Values};
use crate::modem::Tick;

/// `<PDP_type>`
///
/// Source: 3GPP TS 27.007, clause 10.1.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum PdpType {
    /// X.25, of GPRS's first releases.
    #[serde(rename = "X.25")]
    X25,
    /// IPv4.
    #[serde(rename = "IP")]
    Ip,
    /// IPv6.
    #[serde(rename = "IPV6")]
    Ipv6,
    /// Both.
    #[serde(rename = "IPV4V6")]
    Ipv4v6,
    /// Point-to-point protocol, ended in the network.
    #[serde(rename = "PPP")]
    Ppp,
    /// Data without IP.
    #[serde(rename = "Non-IP")]
    NonIp,
    /// Ethernet frames.
    #[serde(rename = "Ethernet")]
    Ethernet,
}

impl PdpType {
    const ALL: [Self; 7] = [Self::X25, Self::Ip, Self::Ipv6, Self::Ipv4v6, Self::Ppp, Self::NonIp, Self::Ethernet];

    /// The name on the wire.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::X25 => "X.25",
            Self::Ip => "IP",
            Self::Ipv6 => "IPV6",
            Self::Ipv4v6 => "IPV4V6",
            Self::Ppp => "PPP",
            Self::NonIp => "Non-IP",
            Self::Ethernet => "Ethernet",
        }
    }

    /// The type of this name, in either case.
    pub(super) fn of(name: &[u8]) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name().as_bytes().eq_ignore_ascii_case(name))
    }

    /// Whether it has an IPv4 address.
    pub(super) const fn has_v4(self) -> bool {
        match self {
            Self::Ip | Self::Ipv4v6 | Self::Ppp => true,
            Self::X25 | Self::Ipv6 | Self::NonIp | Self::Ethernet => false,
        }
    }

    /// Whether it has an IPv6 address.
    pub(super) const fn has_v6(self) -> bool {
        match self {
            Self::Ipv6 | Self::Ipv4v6 => true,
            Self::X25 | Self::Ip | Self::Ppp | Self::NonIp | Self::Ethernet => false,
        }
    }
}

/// A context.
#[derive(Debug)]
pub(super) struct Context {
    pub(super) cid: u8,
    /// The context whose address this one shares: it is a secondary one.
    pub(super) primary: Option<u8>,
    pub(super) kind: PdpType,
    /// Empty: the subscription's.
    pub(super) apn: Box<str>,
    /// `<PDP_addr>`; empty: the network gives one.
    pub(super) address: Box<str>,
    /// The parameters behind it, in the standard's order.
    pub(super) options: Options,
    pub(super) authentication: Option<Authentication>,
    pub(super) filters: Vec<Filter>,
    /// What was asked for, by kind of profile.
    pub(super) qualities: [Option<Values>; Quality::ALL.len()],
    pub(super) session: Option<Session>,
}

impl Context {
    /// A context of which nothing but this is known.
    pub(super) fn new(cid: u8, kind: PdpType, apn: &str) -> Self {
        Self {
            cid,
            primary: None,
            kind,
            apn: apn.into(),
            address: Box::default(),
            options: Options::default(),
            authentication: None,
            filters: Vec::new(),
            qualities: [const { None }; Quality::ALL.len()],
            session: None,
        }
    }

    /// Whether it is active.
    pub(super) const fn is_active(&self) -> bool {
        self.session.is_some()
    }
}

/// The parameters of `+CGDCONT` behind `<PDP_addr>`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Options {
    /// Those that are numbers, by their place among [`OPTIONS`]; the place of `<S-NSSAI>` is unused.
    pub(super) numbers: [u8; OPTIONS.len()],
    /// `<S-NSSAI>`
    pub(super) slice: Box<str>,
}

/// The largest value of each parameter behind `<PDP_addr>`; `None`: a string.
///
/// Source: 3GPP TS 27.007, clause 10.1.1.
pub(super) const OPTIONS: [Option<u8>; 18] = [
    Some(2), // d_comp
    Some(3), // h_comp
    Some(1), // IPv4AddrAlloc
    Some(4), // request_type
    Some(2), // P-CSCF_discovery
    Some(1), // IM_CN_Signalling_Flag_Ind
    Some(1), // NSLPI
    Some(1), // securePCO
    Some(1), // IPv4_MTU_discovery
    Some(1), // Local_Addr_Ind
    Some(1), // Non-IP_MTU_discovery
    Some(1), // Reliable_Data_Service
    Some(2), // SSC_mode
    None,    // S-NSSAI
    Some(1), // Pref_access_type
    Some(1), // RQoS_ind
    Some(1), // MH6-PDU
    Some(1), // Always-on_req
];

impl Options {
    /// `<request_type>`: what the connection is to be.
    pub(super) const fn request_type(&self) -> u8 {
        self.numbers[3]
    }

    /// `<IM_CN_Signalling_Flag_Ind>`
    pub(super) const fn signalling(&self) -> u8 {
        self.numbers[5]
    }
}

/// What the network gave.
#[derive(Debug, Clone)]
pub(super) struct Session {
    /// The EPS bearer identity or NSAPI, 5 to 15.
    pub(super) bearer: u8,
    /// The type that was granted.
    pub(super) kind: PdpType,
    /// The APN that serves, without the operator's suffix.
    pub(super) apn: Box<str>,
    pub(super) v4: Option<Ipv4Addr>,
    pub(super) v6: Option<Ipv6Addr>,
    /// Why only one address was given where two were asked for: `<reason>` of `+CGEV`.
    pub(super) reason: Option<u8>,
    /// When the network ends it.
    pub(super) ends: Option<Tick>,
    /// What was asked for at its activation or last modification.
    pub(super) filters: Vec<Filter>,
    pub(super) qualities: [Option<Values>; Quality::ALL.len()],
}

/// An address of either family, where there is one.
pub(super) type Pair = (Option<Ipv4Addr>, Option<Ipv6Addr>);

/// The addresses of a context in the network's own range.
pub(super) fn addresses(profile: &SessionProfile, kind: PdpType, cid: u8) -> Pair {
    let v4 = Ipv4Addr::from(u32::from(profile.address).wrapping_add(cid.into()));
    let v6 = Ipv6Addr::from(u128::from(profile.address_v6).wrapping_add(cid.into()));
    (kind.has_v4().then_some(v4), kind.has_v6().then_some(v6))
}

/// The contexts of one modem, by number.
#[derive(Debug)]
pub(super) struct Contexts(Vec<Context>);

impl Contexts {
    pub(super) fn new(first: Context) -> Self {
        Self(vec![first])
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Context> + Clone {
        self.0.iter()
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Context> {
        self.0.iter_mut()
    }

    pub(super) fn of(&self, cid: u8) -> Option<&Context> {
        self.0.iter().find(|context| context.cid == cid)
    }

    pub(super) fn of_mut(&mut self, cid: u8) -> Option<&mut Context> {
        self.0.iter_mut().find(|context| context.cid == cid)
    }

    /// The context of this number, which is defined now if it was not.
    pub(super) fn define(&mut self, cid: u8, kind: PdpType) -> &mut Context {
        let place = match self.0.binary_search_by_key(&cid, |context| context.cid) {
            Ok(place) => place,
            Err(place) => {
                self.0.insert(place, Context::new(cid, kind, ""));
                place
            }
        };
        &mut self.0[place]
    }

    /// Forgets a context, and the secondary ones that belong to it.
    pub(super) fn remove(&mut self, cid: u8) {
        self.0.retain(|context| context.cid != cid && context.primary != Some(cid));
    }

    /// The active ones.
    pub(super) fn active(&self) -> impl Iterator<Item = (&Context, &Session)> + Clone {
        self.0.iter().filter_map(|context| context.session.as_ref().map(|session| (context, session)))
    }

    /// The lowest bearer identity that is free.
    ///
    /// Source: 3GPP TS 24.007, clause 11.2.3.1.5.
    pub(super) fn free_bearer(&self) -> Option<u8> {
        (5..=15).find(|&bearer| self.active().all(|(_, session)| session.bearer != bearer))
    }
}
