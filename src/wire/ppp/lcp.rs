//! The options of the link control protocol.
//!
//! Source: RFC 1661, clause 6; RFC 1662, clause 7.1 for the character map.

use super::control::RawOption;
use super::frame::Protocol;

/// Who is to prove itself, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Authentication<'a> {
    /// `C0 23`: a name and a password in the clear.
    Pap,
    /// `C2 23 05`: a challenge, answered with its MD5.
    ChapMd5,
    /// Any other.
    Other(&'a [u8]),
}

/// One option of LCP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LcpOption<'a> {
    /// 1: the longest information that the sender takes.
    Mru(u16),
    /// 2: the control characters that are to be escaped towards the sender.
    Accm(u32),
    /// 3: the sender wants the receiver to prove itself.
    Authentication(Authentication<'a>),
    /// 5: a number by which a line that is looped back is found out.
    Magic(u32),
    /// 7: the sender takes protocol fields of one octet.
    ProtocolCompression,
    /// 8: the sender takes frames without address and control.
    AddressCompression,
    /// Any other, and one of these with a length that it cannot have.
    Other(RawOption<'a>),
}

impl<'a> LcpOption<'a> {
    /// What this option is. Those that cannot be read are [`Other`](Self::Other), to be rejected like unknown ones.
    #[must_use]
    pub fn read(raw: RawOption<'a>) -> Self {
        match (raw.kind, raw.data) {
            (1, &[high, low]) => Self::Mru(u16::from_be_bytes([high, low])),
            (2, &[a, b, c, d]) => Self::Accm(u32::from_be_bytes([a, b, c, d])),
            (3, data @ [high, low, rest @ ..]) => {
                Self::Authentication(match (Protocol(u16::from_be_bytes([*high, *low])), rest) {
                    (Protocol::PAP, []) => Authentication::Pap,
                    (Protocol::CHAP, [5]) => Authentication::ChapMd5,
                    _ => Authentication::Other(data),
                })
            }
            (5, &[a, b, c, d]) => Self::Magic(u32::from_be_bytes([a, b, c, d])),
            (7, []) => Self::ProtocolCompression,
            (8, []) => Self::AddressCompression,
            _ => Self::Other(raw),
        }
    }

    /// Writes it with its type and length.
    pub fn write(&self, out: &mut Vec<u8>) {
        let mut put = |kind, data: &[u8]| RawOption { kind, data }.write(out);
        match *self {
            Self::Mru(octets) => put(1, &octets.to_be_bytes()),
            Self::Accm(map) => put(2, &map.to_be_bytes()),
            Self::Authentication(Authentication::Pap) => put(3, &[0xC0, 0x23]),
            Self::Authentication(Authentication::ChapMd5) => put(3, &[0xC2, 0x23, 5]),
            Self::Authentication(Authentication::Other(data)) => put(3, data),
            Self::Magic(number) => put(5, &number.to_be_bytes()),
            Self::ProtocolCompression => put(7, &[]),
            Self::AddressCompression => put(8, &[]),
            Self::Other(raw) => raw.write(out),
        }
    }
}
