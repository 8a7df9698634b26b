//! IPv4 datagrams, and what of ICMP and UDP a modem's far end answers.
//!
//! Source: RFC 791, clause 3.1; RFC 792; RFC 768; RFC 1071 for the checksum.

use std::net::Ipv4Addr;

const HEADER: usize = 20;
const ICMP: u8 = 1;
const UDP: u8 = 17;
/// A usual time to live for what begins here.
const TIME_TO_LIVE: u8 = 64;

/// One IPv4 datagram.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Datagram<'a> {
    /// From whom.
    pub source: Ipv4Addr,
    /// To whom.
    pub destination: Ipv4Addr,
    /// A part of a larger one that is not its first: what stands in it has no header of its own.
    pub is_later_fragment: bool,
    /// More parts follow, or this is one: it cannot be answered alone.
    pub is_fragment: bool,
    /// The number of the protocol that it carries.
    pub protocol: u8,
    /// What it carries.
    pub payload: &'a [u8],
}

/// What a datagram carries, where that is known here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport<'a> {
    /// ICMP Echo or Echo Reply.
    Echo(Echo<'a>),
    /// Any other ICMP message, by its type.
    Icmp(u8),
    /// A UDP datagram.
    Udp(UdpDatagram<'a>),
    /// Any other protocol, by its number.
    Other(u8),
}

/// ICMP Echo (type 8) or Echo Reply (type 0).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Echo<'a> {
    /// It is the answer.
    pub reply: bool,
    /// Whose it is.
    pub identifier: u16,
    /// Which of them it is.
    pub sequence: u16,
    /// What the answer repeats.
    pub data: &'a [u8],
}

/// A UDP datagram.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UdpDatagram<'a> {
    /// From which port.
    pub source: u16,
    /// To which port.
    pub destination: u16,
    /// What it carries.
    pub data: &'a [u8],
}

impl<'a> Datagram<'a> {
    /// Reads one; what stands behind its length is padding. `None`: a length or the header's checksum is wrong.
    #[must_use]
    pub fn read(octets: &'a [u8]) -> Option<Self> {
        let header = octets.first_chunk::<HEADER>()?;
        let header_length = usize::from(header[0] & 0x0F) * 4;
        let total = usize::from(u16::from_be_bytes([header[2], header[3]]));
        let whole = octets.get(..header_length)?;
        if header[0] >> 4 != 4 || header_length < HEADER || checksum([whole]) != 0 {
            return None;
        }
        let fragment = u16::from_be_bytes([header[6], header[7]]);
        let address = |at: usize| Ipv4Addr::new(header[at], header[at + 1], header[at + 2], header[at + 3]);
        Some(Datagram {
            source: address(12),
            destination: address(16),
            is_later_fragment: fragment & 0x1FFF != 0,
            is_fragment: fragment & 0x3FFF != 0,
            protocol: header[9],
            payload: octets.get(header_length..total)?,
        })
    }

    /// What it carries. `None`: a length or checksum in it is wrong.
    #[must_use]
    pub fn transport(&self) -> Option<Transport<'a>> {
        match self.protocol {
            ICMP => {
                let sound = checksum([self.payload]) == 0;
                let &[kind, code, _, _, a, b, c, d, ref data @ ..] = self.payload else { return None };
                sound.then_some(match (kind, code) {
                    (0 | 8, 0) => Transport::Echo(Echo {
                        reply: kind == 0,
                        identifier: u16::from_be_bytes([a, b]),
                        sequence: u16::from_be_bytes([c, d]),
                        data,
                    }),
                    _ => Transport::Icmp(kind),
                })
            }
            UDP => {
                let &[a, b, c, d, e, f, sum, sum2, ..] = self.payload else { return None };
                let length = u16::from_be_bytes([e, f]);
                let whole = self.payload.get(..length.into())?;
                let data = whole.get(8..)?;
                // A checksum of zero is none.
                if [sum, sum2] != [0, 0] && checksum([&self.pseudo_header(length)[..], whole]) != 0 {
                    return None;
                }
                let (source, destination) = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
                Some(Transport::Udp(UdpDatagram { source, destination, data }))
            }
            other => Some(Transport::Other(other)),
        }
    }

    /// Writes one that is whole.
    pub fn write(&self, out: &mut Vec<u8>) {
        let total = u16::try_from(HEADER + self.payload.len()).unwrap_or(u16::MAX);
        let mut header = [0; HEADER];
        header[0] = 0x45;
        header[2..4].copy_from_slice(&total.to_be_bytes());
        // It may not be cut: nothing is on the way that would put it together.
        header[6] = 0x40;
        header[8] = TIME_TO_LIVE;
        header[9] = self.protocol;
        header[12..16].copy_from_slice(&self.source.octets());
        header[16..20].copy_from_slice(&self.destination.octets());
        let sum = checksum([&header]);
        header[10..12].copy_from_slice(&sum.to_be_bytes());
        out.extend(header);
        out.extend_from_slice(&self.payload[..usize::from(total) - HEADER]);
    }

    /// Writes this to there and back: a datagram with the ends changed over that carries `transport`.
    pub fn write_answer(&self, transport: &Transport<'_>, out: &mut Vec<u8>) {
        let mut payload = Vec::new();
        let (source, destination) = (self.destination, self.source);
        let mut answer =
            Datagram { source, destination, is_later_fragment: false, is_fragment: false, protocol: 0, payload: &[] };
        answer.protocol = match *transport {
            Transport::Echo(Echo { reply, identifier, sequence, data }) => {
                payload.extend([if reply { 0 } else { 8 }, 0, 0, 0]);
                payload.extend(identifier.to_be_bytes());
                payload.extend(sequence.to_be_bytes());
                payload.extend_from_slice(data);
                let sum = checksum([&payload[..]]);
                payload[2..4].copy_from_slice(&sum.to_be_bytes());
                ICMP
            }
            Transport::Udp(UdpDatagram { source, destination, data }) => {
                let length = u16::try_from(data.len() + 8).unwrap_or(u16::MAX);
                for number in [source, destination, length, 0] {
                    payload.extend(number.to_be_bytes());
                }
                payload.extend_from_slice(data);
                answer.protocol = UDP;
                // A sum of zero is sent as ones: zero says that there is none.
                let sum = match checksum([&answer.pseudo_header(length)[..], &payload]) {
                    0 => u16::MAX,
                    sum => sum,
                };
                payload[6..8].copy_from_slice(&sum.to_be_bytes());
                UDP
            }
            Transport::Icmp(kind) => {
                payload.extend([kind, 0, 0, 0]);
                let sum = checksum([&payload[..]]);
                payload[2..4].copy_from_slice(&sum.to_be_bytes());
                ICMP
            }
            Transport::Other(number) => number,
        };
        Datagram { payload: &payload, ..answer }.write(out);
    }

    /// What UDP's checksum counts besides its own octets.
    fn pseudo_header(&self, length: u16) -> [u8; 12] {
        let [a, b, c, d] = self.source.octets();
        let [e, f, g, h] = self.destination.octets();
        let [high, low] = length.to_be_bytes();
        [a, b, c, d, e, f, g, h, 0, UDP, high, low]
    }
}

/// Writes ICMP Destination Unreachable with this code, from `by`, about the datagram that these octets begin with.
///
/// Source: RFC 792.
pub fn unreachable(by: Ipv4Addr, code: u8, octets: &[u8], out: &mut Vec<u8>) {
    let Some(about) = Datagram::read(octets) else { return };
    let mut payload = vec![3, code, 0, 0, 0, 0, 0, 0];
    // Its header and the eight octets behind that.
    let header = usize::from(octets[0] & 0x0F) * 4;
    payload.extend_from_slice(&octets[..octets.len().min(header + 8)]);
    let sum = checksum([&payload[..]]);
    payload[2..4].copy_from_slice(&sum.to_be_bytes());
    Datagram { source: by, destination: about.source, protocol: ICMP, payload: &payload, ..about }.write(out);
}

/// The ones' complement of the ones' complement sum of 16-bit words; all parts but the last have an even length.
fn checksum<const N: usize>(parts: [&[u8]; N]) -> u16 {
    let words = parts.into_iter().flat_map(|part| part.chunks(2));
    let mut sum: u32 = words.map(|pair| u32::from(pair[0]) << 8 | u32::from(pair.get(1).copied().unwrap_or(0))).sum();
    while sum > 0xFFFF {
        sum = (sum & 0xFFFF) + (sum >> 16);
    }
    !u16::try_from(sum).unwrap_or(u16::MAX)
}
