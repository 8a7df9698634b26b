//! `[network.session]` and `network.apns`: what the network has behind its access points, and whom it lets in.

use std::net::{Ipv4Addr, Ipv6Addr};

use serde::Deserialize;

use super::context::PdpType;
use crate::modem::network::domain::Tech;
use crate::modem::profile::Span;

/// `[network.session]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SessionProfile {
    /// The cause with which every context is refused; 0: none is.
    pub deny: u8,
    /// The cause for an APN that `network.apns` does not name.
    pub unknown_apn: u8,
    /// Contexts that the network keeps at a time.
    pub maximum: u8,
    /// One APN may have several PDN connections; else a second one is refused with 55.
    pub shared_apn: bool,
    /// From a request for a context to its answer.
    pub time: Span,
    /// T3396: after cause 26 the APN is not asked for.
    pub back_off: Span,
    /// The network ends a context after so long; 0: it does not.
    pub lifetime: Span,
    /// The IPv4 address of context n is this one and n. Private or loopback only.
    pub address: Ipv4Addr,
    /// The bits of its network.
    pub prefix: u8,
    /// Its gateway.
    pub gateway: Ipv4Addr,
    /// Its name servers, two at most.
    pub dns: Vec<Ipv4Addr>,
    /// Its servers for IMS, two at most.
    pub pcscf: Vec<Ipv4Addr>,
    /// The IPv6 address of context n is this one and n. Unique local, link-local or loopback only.
    pub address_v6: Ipv6Addr,
    /// The bits of its network.
    pub prefix_v6: u8,
    /// Its gateway.
    pub gateway_v6: Ipv6Addr,
    /// Its name servers, two at most.
    pub dns_v6: Vec<Ipv6Addr>,
    /// Its servers for IMS, two at most.
    pub pcscf_v6: Vec<Ipv6Addr>,
    /// The MTU that the network names.
    pub mtu: u16,
    /// The QoS class of a bearer for which none was asked.
    pub qci: u8,
    /// The aggregate rate of an APN, down and up, in kbit/s.
    pub ambr: [u32; 2],
}

impl SessionProfile {
    /// Checks what no type can.
    ///
    /// # Errors
    /// The key whose value does not fit, and why.
    pub(in crate::modem) fn check(&self) -> Result<(), (&'static str, String)> {
        let near = |address: &Ipv4Addr| address.is_private() || address.is_loopback() || address.is_link_local();
        let near_v6 =
            |address: &Ipv6Addr| address.is_loopback() || address.is_unique_local() || address.is_unicast_link_local();
        let far = |address: String| format!("{address} is neither private nor loopback");
        for address in [&self.address, &self.gateway].into_iter().chain(&self.dns).chain(&self.pcscf) {
            if !near(address) {
                return Err(("network.session", far(address.to_string())));
            }
        }
        for address in [&self.address_v6, &self.gateway_v6].into_iter().chain(&self.dns_v6).chain(&self.pcscf_v6) {
            if !near_v6(address) {
                return Err(("network.session", far(address.to_string())));
            }
        }
        if self.prefix > 32 || self.prefix_v6 > 128 {
            return Err(("network.session", "a prefix has 32 bits at most, and 128 in IPv6".to_owned()));
        }
        Ok(())
    }
}

/// One entry of `network.apns`. What is not stated is as in `ApnProfile::default`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ApnProfile {
    /// The name, without the operator's suffix; `*`: any that no other entry names.
    pub name: String,
    /// The types that it has.
    pub types: Vec<PdpType>,
    /// The technologies that it is for; empty: all.
    pub techs: Vec<Tech>,
    /// The user that it wants; empty: anybody.
    pub user: String,
    /// That user's password.
    pub password: String,
    /// The cause with which it is refused to this subscription; 0: it is not.
    pub cause: u8,
}

impl Default for ApnProfile {
    fn default() -> Self {
        Self {
            name: String::new(),
            types: vec![PdpType::Ip, PdpType::Ipv6, PdpType::Ipv4v6],
            techs: Vec::new(),
            user: String::new(),
            password: String::new(),
            cause: 0,
        }
    }
}
