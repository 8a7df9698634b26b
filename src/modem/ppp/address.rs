//! The IP control protocol: the peer gets its address and its name servers.
//!
//! Source: RFC 1332, clause 3.3; RFC 1877, clause 1.

use std::net::Ipv4Addr;

use super::negotiation::{Layer, Verdict};
use crate::wire::ppp::{IpcpOption, Options, Protocol};

/// What IPCP gives, and what it asks for.
#[derive(Debug)]
pub(super) struct Addresses {
    /// The peer's.
    pub(super) peer: Ipv4Addr,
    /// The far end's own; `None`: the peer does not want to know.
    pub(super) own: Option<Ipv4Addr>,
    /// The name servers, none to two.
    pub(super) dns: [Option<Ipv4Addr>; 2],
}

impl Layer for Addresses {
    fn protocol(&self) -> Protocol {
        Protocol::IPCP
    }

    fn request(&self, out: &mut Vec<u8>) {
        if let Some(own) = self.own {
            IpcpOption::Address(own).write(out);
        }
    }

    fn judge(&mut self, options: Options<'_>, verdict: &mut Verdict) {
        let mut has_address = false;
        for raw in options {
            match IpcpOption::read(raw) {
                IpcpOption::Address(address) => {
                    has_address = true;
                    if address != self.peer {
                        verdict.nak(raw, |out| IpcpOption::Address(self.peer).write(out));
                    }
                }
                IpcpOption::FirstDns(address) => match self.dns[0] {
                    None => verdict.reject(raw),
                    Some(dns) if dns == address => {}
                    Some(dns) => verdict.nak(raw, |out| IpcpOption::FirstDns(dns).write(out)),
                },
                IpcpOption::SecondDns(address) => match self.dns[1] {
                    None => verdict.reject(raw),
                    Some(dns) if dns == address => {}
                    Some(dns) => verdict.nak(raw, |out| IpcpOption::SecondDns(dns).write(out)),
                },
                IpcpOption::Other(_) => verdict.reject(raw),
            }
        }
        if !has_address {
            verdict.missing(|out| IpcpOption::Address(self.peer).write(out));
        }
    }

    /// The network's address is what it is.
    fn nak(&mut self, _options: Options<'_>) {}

    fn reject(&mut self, options: Options<'_>) {
        for raw in options {
            match IpcpOption::read(raw) {
                IpcpOption::Address(_) => self.own = None,
                IpcpOption::FirstDns(_) | IpcpOption::SecondDns(_) | IpcpOption::Other(_) => {}
            }
        }
    }
}
