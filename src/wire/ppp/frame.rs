//! One frame: address, control, protocol and information, and how it stands on the line.
//!
//! Source: RFC 1662, clauses 3.1, 4.2 and 7.1; RFC 1661, clauses 2, 6.5 and 6.6.

use std::fmt;

use super::fcs;

/// Stands between frames.
pub const FLAG: u8 = 0x7E;
pub(super) const ESCAPE: u8 = 0x7D;
/// An escaped octet has this bit turned over.
pub(super) const TURNED: u8 = 0x20;
pub(super) const CHECK: usize = 2;

const ALL_STATIONS: u8 = 0xFF;
const UNNUMBERED: u8 = 0x03;

/// Octets of information that every peer takes unless it said otherwise (RFC 1661, clause 6.1).
pub const MRU: usize = 1500;

/// What a frame's information is.
///
/// On the wire: two octets, the second one odd; one, odd, where protocol fields are compressed.
///
/// Source: RFC 1661, clause 2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Protocol(pub u16);

impl Protocol {
    /// IPv4 datagrams.
    pub const IPV4: Self = Self(0x0021);
    /// IPv6 datagrams.
    pub const IPV6: Self = Self(0x0057);
    /// The IP control protocol (RFC 1332).
    pub const IPCP: Self = Self(0x8021);
    /// The IPv6 control protocol (RFC 5072).
    pub const IPV6CP: Self = Self(0x8057);
    /// The compression control protocol (RFC 1962).
    pub const CCP: Self = Self(0x80FD);
    /// The link control protocol (RFC 1661).
    pub const LCP: Self = Self(0xC021);
    /// The password authentication protocol (RFC 1334).
    pub const PAP: Self = Self(0xC023);
    /// The challenge handshake authentication protocol (RFC 1994).
    pub const CHAP: Self = Self(0xC223);
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::IPV4 => f.write_str("IP"),
            Self::IPV6 => f.write_str("IPV6"),
            Self::IPCP => f.write_str("IPCP"),
            Self::IPV6CP => f.write_str("IPV6CP"),
            Self::CCP => f.write_str("CCP"),
            Self::LCP => f.write_str("LCP"),
            Self::PAP => f.write_str("PAP"),
            Self::CHAP => f.write_str("CHAP"),
            Self(number) => write!(f, "{number:04X}"),
        }
    }
}

/// What stands between two flags, less the check octets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame<'a> {
    /// What the information is.
    pub protocol: Protocol,
    /// The information, and padding if the sender put some.
    pub information: &'a [u8],
}

impl<'a> Frame<'a> {
    /// Reads the octets of a frame without its check octets. Compressed fields are taken whether or not they were
    /// negotiated, as receivers do: a peer may use them before it knows that its acknowledgement has come.
    pub(super) fn read(octets: &'a [u8]) -> Option<Self> {
        let octets = match octets {
            [ALL_STATIONS, UNNUMBERED, rest @ ..] => rest,
            [ALL_STATIONS, ..] => return None,
            rest => rest,
        };
        let (protocol, information) = match octets {
            [low, rest @ ..] if low & 1 == 1 => (u16::from(*low), rest),
            [high, low, rest @ ..] if low & 1 == 1 => (u16::from_be_bytes([*high, *low]), rest),
            _ => return None,
        };
        Some(Frame { protocol: Protocol(protocol), information })
    }
}

/// How frames are put on the line: what the receiver asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Framing {
    /// The control characters that are escaped, bit 0 for 0x00 (RFC 1662, clause 7.1).
    pub accm: u32,
    /// A protocol below 0x100 is one octet (RFC 1661, clause 6.5).
    pub compress_protocol: bool,
    /// Address and control are left out (RFC 1661, clause 6.6).
    pub compress_address: bool,
}

impl Framing {
    /// Before anything is negotiated, and always for LCP.
    pub const DEFAULT: Self = Self { accm: u32::MAX, compress_protocol: false, compress_address: false };

    /// Writes a frame with a flag at both ends.
    pub fn write(&self, out: &mut Vec<u8>, frame: Frame<'_>) {
        let framing = if frame.protocol == Protocol::LCP { &Self::DEFAULT } else { self };
        let [high, low] = frame.protocol.0.to_be_bytes();
        let header = [ALL_STATIONS, UNNUMBERED, high, low];
        let header = match (framing.compress_address, framing.compress_protocol && high == 0) {
            (false, false) => &header[..],
            (true, false) => &header[2..],
            (false, true) => &[ALL_STATIONS, UNNUMBERED, low],
            (true, true) => &header[3..],
        };
        let content = || header.iter().chain(frame.information).copied();
        out.push(FLAG);
        for octet in content().chain(fcs::of(content())) {
            let escaped = match octet {
                FLAG | ESCAPE => true,
                control @ 0..0x20 => framing.accm >> control & 1 == 1,
                _ => false,
            };
            if escaped {
                out.extend([ESCAPE, octet ^ TURNED]);
            } else {
                out.push(octet);
            }
        }
        out.push(FLAG);
    }
}
