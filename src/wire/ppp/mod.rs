//! PPP: what a packet data call carries on its line.
//!
//! RFC 1662 frames it (flags, escapes, FCS-16), RFC 1661 has the packets that open, close and test the link; RFC 1334 and
//! RFC 1994 prove who speaks, RFC 1332 with RFC 1877 and RFC 5072 give the addresses. Of what is carried then, IPv4, ICMP, UDP
//! and DNS are here as far as a modem at the other end answers them. Bytes and values; the machine that negotiates stands
//! elsewhere.

mod control;
mod decoder;
mod dns;
mod fcs;
mod frame;
mod internet;
mod ipcp;
mod lcp;
mod proof;

pub use control::{Code, Options, Packet, RawOption};
pub use decoder::{Damage, Decoder, Found};
pub use dns::{Question, ResponseCode, answer};
pub use frame::{FLAG, Frame, Framing, MRU, Protocol};
pub use internet::{Datagram, Echo, Transport, UdpDatagram, unreachable};
pub use ipcp::{IpcpOption, Ipv6cpOption};
pub use lcp::{Authentication, LcpOption};
pub use proof::{Chap, Pap, chap_md5};

#[cfg(test)]
mod tests;
