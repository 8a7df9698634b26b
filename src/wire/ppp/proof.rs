//! The protocols by which a peer proves who it is.
//!
//! Source: RFC 1334, clause 2 (PAP); RFC 1994, clause 4 (CHAP with MD5).

use md5::{Digest as _, Md5};

use super::control::Packet;

/// A packet of the password authentication protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pap<'a> {
    /// 1: who the sender is, and its password.
    Request {
        /// Peer-ID.
        name: &'a [u8],
        /// Password, in the clear.
        password: &'a [u8],
    },
    /// 2: it is believed; a message for people.
    Ack(&'a [u8]),
    /// 3: it is not; a message for people.
    Nak(&'a [u8]),
}

impl<'a> Pap<'a> {
    /// Reads a packet's data. `None`: the code is unknown, or a length in it cannot be true.
    #[must_use]
    pub fn read(packet: &Packet<'a>) -> Option<Self> {
        let (first, rest) = counted(packet.data)?;
        Some(match packet.code {
            1 => Self::Request { name: first, password: counted(rest)?.0 },
            2 => Self::Ack(first),
            3 => Self::Nak(first),
            _ => return None,
        })
    }

    /// Writes the packet with its header.
    pub fn write(&self, identifier: u8, out: &mut Vec<u8>) {
        let mut data = Vec::new();
        let code = match *self {
            Self::Request { name, password } => {
                count(name, &mut data);
                count(password, &mut data);
                1
            }
            Self::Ack(message) => {
                count(message, &mut data);
                2
            }
            Self::Nak(message) => {
                count(message, &mut data);
                3
            }
        };
        Packet { code, identifier, data: &data }.write(out);
    }
}

/// A packet of the challenge handshake authentication protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chap<'a> {
    /// 1: what is to be answered, and who asks.
    Challenge {
        /// Octets that were never used before.
        value: &'a [u8],
        /// The asker.
        name: &'a [u8],
    },
    /// 2: the answer, and who gives it.
    Response {
        /// [`chap_md5`] of the challenge.
        value: &'a [u8],
        /// The answerer.
        name: &'a [u8],
    },
    /// 3: it is believed; a message for people.
    Success(&'a [u8]),
    /// 4: it is not; a message for people.
    Failure(&'a [u8]),
}

impl<'a> Chap<'a> {
    /// Reads a packet's data. `None`: the code is unknown, or a length in it cannot be true.
    #[must_use]
    pub fn read(packet: &Packet<'a>) -> Option<Self> {
        Some(match packet.code {
            1 => counted(packet.data).map(|(value, name)| Self::Challenge { value, name })?,
            2 => counted(packet.data).map(|(value, name)| Self::Response { value, name })?,
            3 => Self::Success(packet.data),
            4 => Self::Failure(packet.data),
            _ => return None,
        })
    }

    /// Writes the packet with its header.
    pub fn write(&self, identifier: u8, out: &mut Vec<u8>) {
        let mut data = Vec::new();
        let code = match *self {
            Self::Challenge { value, name } | Self::Response { value, name } => {
                count(value, &mut data);
                data.extend_from_slice(name);
                if matches!(self, Self::Challenge { .. }) { 1 } else { 2 }
            }
            Self::Success(message) => {
                data.extend_from_slice(message);
                3
            }
            Self::Failure(message) => {
                data.extend_from_slice(message);
                4
            }
        };
        Packet { code, identifier, data: &data }.write(out);
    }
}

/// The answer to a challenge: MD5 over identifier, secret and challenge.
///
/// Source: RFC 1994, clause 4.1.
#[must_use]
pub fn chap_md5(identifier: u8, secret: &[u8], challenge: &[u8]) -> [u8; 16] {
    let mut md5 = Md5::new();
    md5.update([identifier]);
    md5.update(secret);
    md5.update(challenge);
    md5.finalize().into()
}

/// An octet that counts the ones behind it, those, and the rest.
fn counted(data: &[u8]) -> Option<(&[u8], &[u8])> {
    let (&length, rest) = data.split_first()?;
    rest.split_at_checked(length.into())
}

/// Writes octets behind their count; those beyond 255 are left out.
fn count(octets: &[u8], out: &mut Vec<u8>) {
    let length = u8::try_from(octets.len()).unwrap_or(u8::MAX);
    out.push(length);
    out.extend_from_slice(&octets[..usize::from(length)]);
}
