//! `[data]`: what carries the data of a call.

use std::collections::HashMap;
use std::net::Ipv4Addr;

use serde::Deserialize;

/// `[data]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataProfile {
    /// What takes the data of a packet call, `*99#`.
    pub packet: Carrier,
    /// What takes the data of a circuit-switched call.
    pub circuit: Carrier,
    /// How the far end speaks PPP.
    pub ppp: PppProfile,
}

/// What takes the data of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Carrier {
    /// The modem's own far end, which speaks PPP.
    Ppp,
    /// Nobody: it is counted.
    Count,
    /// Whoever runs the modem: a program, a connection.
    Outside,
}

/// `[data.ppp]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PppProfile {
    /// Who speaks first.
    pub start: PppStart,
    /// How the host is to prove itself.
    pub authentication: PppAuthentication,
    /// Who it has to be; empty: anybody.
    pub user: String,
    /// The password of `user`.
    pub password: String,
    /// The hosts that the name servers know.
    pub hosts: HashMap<String, Ipv4Addr>,
}

impl DataProfile {
    /// Checks what no type can.
    ///
    /// # Errors
    /// The key whose value cannot be, and why not.
    pub(super) fn check(&self) -> Result<(), (String, String)> {
        match self.ppp.hosts.keys().find(|name| name.bytes().any(|byte| byte.is_ascii_uppercase())) {
            Some(name) => Err((format!("data.ppp.hosts.{name}"), "a host's name is written in lower case".to_owned())),
            None => Ok(()),
        }
    }
}

/// Who speaks first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PppStart {
    /// The host: until its first frame the far end is silent.
    Host,
    /// The far end, as soon as it is connected.
    Modem,
}

/// How the host is to prove itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PppAuthentication {
    /// Not at all.
    None,
    /// With its password in the clear.
    Pap,
    /// By answering a challenge.
    Chap,
}
