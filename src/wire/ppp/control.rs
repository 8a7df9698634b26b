//! The packets of all control protocols: code, identifier, length, and options in them.
//!
//! Source: RFC 1661, clauses 5 and 6.

/// Octets before a packet's data.
const HEADER: usize = 4;

/// What a control packet is for.
///
/// Source: RFC 1661, clause 5; RFC 1570, clause 2 for the last two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    /// 1: these options are wished for.
    ConfigureRequest,
    /// 2: all of them hold.
    ConfigureAck,
    /// 3: these have other values that would hold.
    ConfigureNak,
    /// 4: these are not known here, or not to be had.
    ConfigureReject,
    /// 5: the protocol is to be closed.
    TerminateRequest,
    /// 6: it is.
    TerminateAck,
    /// 7: such a code is not known here.
    CodeReject,
    /// 8: such a protocol is not known here; LCP only.
    ProtocolReject,
    /// 9: is anybody there? LCP only.
    EchoRequest,
    /// 10: yes; LCP only.
    EchoReply,
    /// 11: nothing; LCP only.
    DiscardRequest,
    /// 12: what the sender is, in words; LCP only.
    Identification,
    /// 13: how long the link will last; LCP only.
    TimeRemaining,
    /// Any other.
    Unknown(u8),
}

impl Code {
    const KNOWN: [(u8, Self); 13] = [
        (1, Self::ConfigureRequest),
        (2, Self::ConfigureAck),
        (3, Self::ConfigureNak),
        (4, Self::ConfigureReject),
        (5, Self::TerminateRequest),
        (6, Self::TerminateAck),
        (7, Self::CodeReject),
        (8, Self::ProtocolReject),
        (9, Self::EchoRequest),
        (10, Self::EchoReply),
        (11, Self::DiscardRequest),
        (12, Self::Identification),
        (13, Self::TimeRemaining),
    ];

    /// The number on the wire.
    #[must_use]
    pub fn number(self) -> u8 {
        match self {
            Self::Unknown(number) => number,
            known => Self::KNOWN.iter().find(|(_, code)| *code == known).map_or(0, |(number, _)| *number),
        }
    }
}

impl From<u8> for Code {
    fn from(number: u8) -> Self {
        Self::KNOWN.iter().find(|(known, _)| *known == number).map_or(Self::Unknown(number), |(_, code)| *code)
    }
}

/// One packet of a control or authentication protocol.
///
/// On the wire: code, identifier, two octets of length that count these four too, data.
///
/// Source: RFC 1661, clause 5.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Packet<'a> {
    /// What it is for; [`Code`] in the control protocols.
    pub code: u8,
    /// What an answer repeats.
    pub identifier: u8,
    /// The rest, as long as the length field says.
    pub data: &'a [u8],
}

impl<'a> Packet<'a> {
    /// Reads a packet; what stands behind its length is padding. `None`: the length field cannot be true.
    #[must_use]
    pub fn read(octets: &'a [u8]) -> Option<Self> {
        let (&[code, identifier, high, low], _) = octets.split_first_chunk::<HEADER>()?;
        let data = octets.get(HEADER..usize::from(u16::from_be_bytes([high, low])))?;
        Some(Packet { code, identifier, data })
    }

    /// Writes it. Data beyond what a length field counts is left out.
    pub fn write(&self, out: &mut Vec<u8>) {
        let length = u16::try_from(self.data.len() + HEADER).unwrap_or(u16::MAX);
        out.extend([self.code, self.identifier]);
        out.extend(length.to_be_bytes());
        out.extend_from_slice(&self.data[..usize::from(length) - HEADER]);
    }
}

/// One configuration option as it stands on the wire: type, length, data.
///
/// Source: RFC 1661, clause 6.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RawOption<'a> {
    /// Its type, whose meaning is the protocol's.
    pub kind: u8,
    /// What stands behind the length.
    pub data: &'a [u8],
}

impl RawOption<'_> {
    /// Writes it. Data beyond what a length field counts is left out.
    pub fn write(&self, out: &mut Vec<u8>) {
        let length = u8::try_from(self.data.len() + 2).unwrap_or(u8::MAX);
        out.extend([self.kind, length]);
        out.extend_from_slice(&self.data[..usize::from(length) - 2]);
    }
}

/// The options of a Configure packet, in their order; ends behind the first one whose length cannot be.
#[derive(Debug, Clone)]
pub struct Options<'a>(&'a [u8]);

impl<'a> Options<'a> {
    /// Of a packet's data.
    #[must_use]
    pub const fn new(data: &'a [u8]) -> Self {
        Self(data)
    }

    /// Whether every length is one that can be.
    #[must_use]
    pub fn are_sound(data: &'a [u8]) -> bool {
        let mut options = Self(data);
        options.by_ref().for_each(drop);
        options.0.is_empty()
    }
}

impl<'a> Iterator for Options<'a> {
    type Item = RawOption<'a>;

    fn next(&mut self) -> Option<RawOption<'a>> {
        let (&[kind, length], _) = self.0.split_first_chunk::<2>()?;
        let data = self.0.get(2..usize::from(length))?;
        self.0 = &self.0[usize::from(length)..];
        Some(RawOption { kind, data })
    }
}
