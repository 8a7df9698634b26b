//! The options of the protocols that give addresses.
//!
//! Source: RFC 1332, clause 3; RFC 1877, clause 1; RFC 5072, clause 4.

use std::net::Ipv4Addr;

use super::control::RawOption;

/// One option of the IP control protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IpcpOption<'a> {
    /// 3: the sender's address; 0.0.0.0 asks for one.
    Address(Ipv4Addr),
    /// 129: the first name server that the sender is to use; 0.0.0.0 asks for one.
    FirstDns(Ipv4Addr),
    /// 131: the second one.
    SecondDns(Ipv4Addr),
    /// Any other: compression, NetBIOS servers, or one of these with a length that it cannot have.
    Other(RawOption<'a>),
}

impl<'a> IpcpOption<'a> {
    /// What this option is.
    #[must_use]
    pub fn read(raw: RawOption<'a>) -> Self {
        let &[a, b, c, d] = raw.data else { return Self::Other(raw) };
        let address = Ipv4Addr::new(a, b, c, d);
        match raw.kind {
            3 => Self::Address(address),
            129 => Self::FirstDns(address),
            131 => Self::SecondDns(address),
            _ => Self::Other(raw),
        }
    }

    /// Writes it with its type and length.
    pub fn write(&self, out: &mut Vec<u8>) {
        let mut put = |kind, address: Ipv4Addr| RawOption { kind, data: &address.octets() }.write(out);
        match *self {
            Self::Address(address) => put(3, address),
            Self::FirstDns(address) => put(129, address),
            Self::SecondDns(address) => put(131, address),
            Self::Other(raw) => raw.write(out),
        }
    }
}

/// One option of the IPv6 control protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ipv6cpOption<'a> {
    /// 1: the lower half of the sender's link-local address; zero asks for one.
    InterfaceIdentifier(u64),
    /// Any other, or this one with a length that it cannot have.
    Other(RawOption<'a>),
}

impl<'a> Ipv6cpOption<'a> {
    /// What this option is.
    #[must_use]
    pub fn read(raw: RawOption<'a>) -> Self {
        match (raw.kind, raw.data.first_chunk::<8>()) {
            (1, Some(identifier)) if raw.data.len() == 8 => Self::InterfaceIdentifier(u64::from_be_bytes(*identifier)),
            _ => Self::Other(raw),
        }
    }

    /// Writes it with its type and length.
    pub fn write(&self, out: &mut Vec<u8>) {
        match *self {
            Self::InterfaceIdentifier(number) => RawOption { kind: 1, data: &number.to_be_bytes() }.write(out),
            Self::Other(raw) => raw.write(out),
        }
    }
}
