//! What stands behind the link: a network in which every address answers a ping, and name servers that know a few hosts.
//!
//! Nothing leaves the machine: what is not answered here is told to be unreachable.
//!
//! Source: RFC 1122, clauses 3.2.2.1 and 3.2.2.6; RFC 1035, clause 4.1.1.

use std::collections::HashMap;
use std::net::Ipv4Addr;

use crate::wire::ppp::{Datagram, Echo, Question, ResponseCode, Transport, UdpDatagram, answer, unreachable};

/// The port of name servers.
const DOMAIN: u16 = 53;

/// Codes of ICMP Destination Unreachable.
const NETWORK: u8 = 0;
const PROTOCOL: u8 = 2;
const PORT: u8 = 3;

/// The network of the packet data contexts: 10.64.0.0/16.
fn is_near(address: Ipv4Addr) -> bool {
    matches!(address.octets(), [10, 64, _, _])
}

/// Answers a datagram that `peer` sent, into `out`. `None`: it is dropped, damaged, forged or not to be answered.
pub(super) fn respond(
    octets: &[u8],
    peer: Ipv4Addr,
    servers: &[Ipv4Addr],
    gateway: Ipv4Addr,
    hosts: &HashMap<String, Ipv4Addr>,
    out: &mut Vec<u8>,
) -> Option<()> {
    let datagram = Datagram::read(octets)?;
    let to = datagram.destination;
    // Nothing is put together here, and the network lets nobody speak in another's name.
    if datagram.source != peer || datagram.is_fragment || to.is_multicast() || to.is_broadcast() || to.is_unspecified()
    {
        return None;
    }
    let here = is_near(to) || to == gateway || servers.contains(&to);
    let transport = datagram.transport()?;
    match transport {
        // No error about an error.
        Transport::Icmp(_) | Transport::Echo(Echo { reply: true, .. }) => return None,
        Transport::Echo(_) | Transport::Udp(_) | Transport::Other(_) if !here => {
            unreachable(gateway, NETWORK, octets, out);
        }
        Transport::Echo(echo) => datagram.write_answer(&Transport::Echo(Echo { reply: true, ..echo }), out),
        Transport::Udp(UdpDatagram { source, destination: DOMAIN, data }) if servers.contains(&to) => {
            let message = resolve(data, hosts)?;
            let udp = UdpDatagram { source: DOMAIN, destination: source, data: &message };
            datagram.write_answer(&Transport::Udp(udp), out);
        }
        Transport::Udp(_) => unreachable(to, PORT, octets, out),
        Transport::Other(_) => unreachable(to, PROTOCOL, octets, out),
    }
    Some(())
}

/// Answers a message to a name server.
fn resolve(message: &[u8], hosts: &HashMap<String, Ipv4Addr>) -> Option<Vec<u8>> {
    let question = Question::read(message)?;
    let host = question.name.as_deref().map(|name| hosts.get(name).copied());
    let (code, addresses) = match host {
        _ if !question.is_standard() => (ResponseCode::NotImplemented, None),
        None => (ResponseCode::FormatError, None),
        Some(None) => (ResponseCode::NameError, None),
        // A name that is there, but not with such a record.
        Some(Some(address)) => (ResponseCode::NoError, question.wants_address.then_some(address)),
    };
    let mut out = Vec::new();
    answer(&question, code, addresses.as_slice(), &mut out);
    Some(out)
}
