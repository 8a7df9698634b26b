//! The messages of the control channel: what the two multiplexers say to each other.
//!
//! Source: 3GPP TS 27.010, clause 5.4.6: type, length, value; several may stand in one frame.

use super::frame::{Dlci, LAST};

/// The command/response bit of a message's type.
const COMMAND: u8 = 0x02;

/// What a message is about.
///
/// On the wire: the type's upper six bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MessageKind {
    /// Parameter negotiation (PN).
    ParameterNegotiation,
    /// Power saving control (PSC).
    PowerSaving,
    /// Close down (CLD): the line takes AT commands again.
    CloseDown,
    /// Test: the value comes back.
    Test,
    /// Flow control on (FCon): data may be sent.
    FlowOn,
    /// Flow control off (FCoff): none may, on any channel.
    FlowOff,
    /// Modem status (MSC): the circuits of a channel.
    ModemStatus,
    /// Non supported command (NSC).
    NotSupported,
    /// Remote port negotiation (RPN).
    RemotePort,
    /// Remote line status (RLS).
    RemoteLine,
    /// Service negotiation (SNC).
    Service,
}

impl MessageKind {
    const ALL: [MessageKind; 11] = [
        MessageKind::ParameterNegotiation,
        MessageKind::PowerSaving,
        MessageKind::CloseDown,
        MessageKind::Test,
        MessageKind::FlowOn,
        MessageKind::FlowOff,
        MessageKind::ModemStatus,
        MessageKind::NotSupported,
        MessageKind::RemotePort,
        MessageKind::RemoteLine,
        MessageKind::Service,
    ];

    fn of(kind: u8) -> Option<MessageKind> {
        MessageKind::ALL.into_iter().find(|of| of.code() == kind & 0xFC)
    }

    const fn code(self) -> u8 {
        match self {
            MessageKind::ParameterNegotiation => 0x80,
            MessageKind::PowerSaving => 0x40,
            MessageKind::CloseDown => 0xC0,
            MessageKind::Test => 0x20,
            MessageKind::FlowOn => 0xA0,
            MessageKind::FlowOff => 0x60,
            MessageKind::ModemStatus => 0xE0,
            MessageKind::NotSupported => 0x10,
            MessageKind::RemotePort => 0x90,
            MessageKind::RemoteLine => 0x50,
            MessageKind::Service => 0xD0,
        }
    }
}

/// One message.
///
/// On the wire: `<type><length><value>`, the type with the EA and C/R bits below its six.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Message<'a> {
    /// What it is about; of a type that the standard does not know its upper six bits.
    pub kind: Result<MessageKind, u8>,
    /// A command, and not the response to one.
    pub command: bool,
    /// What it says.
    pub value: &'a [u8],
}

impl<'a> Message<'a> {
    /// Reads the first message of what a frame of the control channel carries, and what stands behind it.
    ///
    /// None where a length field is missing or says more than there is.
    #[must_use]
    pub fn read(bytes: &'a [u8]) -> Option<(Message<'a>, &'a [u8])> {
        let (&kind, rest) = bytes.split_first()?;
        let (length, rest) = match *rest {
            [low, ..] if low & LAST != 0 => (usize::from(low >> 1), rest.get(1..)?),
            [low, high, ..] => (usize::from(high >> 1) << 7 | usize::from(low >> 1), rest.get(2..)?),
            _ => return None,
        };
        let (value, rest) = rest.split_at_checked(length)?;
        let message = Message { kind: MessageKind::of(kind).ok_or(kind & 0xFC), command: kind & COMMAND != 0, value };
        Some((message, rest))
    }

    /// Writes the message.
    pub fn write(&self, out: &mut Vec<u8>) {
        out.push(self.type_octet());
        let length = self.value.len().min((1 << 14) - 1);
        let (low, high) = ((length & 0x7F) as u8, (length >> 7) as u8);
        if high == 0 {
            out.push(low << 1 | LAST);
        } else {
            out.extend_from_slice(&[low << 1, high << 1 | LAST]);
        }
        out.extend_from_slice(&self.value[..length]);
    }

    /// The type as it stands on the wire: what tells of a command that is not supported.
    #[must_use]
    pub fn type_octet(&self) -> u8 {
        let kind = match self.kind {
            Ok(kind) => kind.code(),
            Err(kind) => kind,
        };
        kind | LAST | if self.command { COMMAND } else { 0 }
    }
}

/// The value of parameter negotiation.
///
/// On the wire: eight bytes: channel, frame and convergence type, priority, T1 in hundredths of a second, N1 (two bytes,
/// low first), N2, K.
///
/// Source: 3GPP TS 27.010, clause 5.4.6.3.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parameters {
    /// The channel that they are for.
    pub channel: Dlci,
    /// Frame type (0 UIH) in the lower half, convergence layer (0 is type 1) in the upper.
    pub types: u8,
    /// 0 is the highest, 63 the lowest.
    pub priority: u8,
    /// T1, in hundredths of a second.
    pub acknowledgement: u8,
    /// N1: the most bytes that a frame carries.
    pub longest: u16,
    /// N2: how often a command is sent again.
    pub repeats: u8,
    /// K: the window of error recovery mode.
    pub window: u8,
}

impl Parameters {
    /// Reads the value of a message; none where it has not eight bytes.
    #[must_use]
    pub fn read(value: &[u8]) -> Option<Parameters> {
        let &[channel, types, priority, acknowledgement, low, high, repeats, window] = value.first_chunk::<8>()?;
        Some(Parameters {
            channel: Dlci::new(channel & 0x3F)?,
            types,
            priority: priority & 0x3F,
            acknowledgement,
            longest: u16::from_le_bytes([low, high]),
            repeats,
            window: window & 0x07,
        })
    }

    /// The value as it stands in a message.
    #[must_use]
    pub fn bytes(&self) -> [u8; 8] {
        let [low, high] = self.longest.to_le_bytes();
        let Parameters { channel, types, priority, acknowledgement, repeats, window, .. } = *self;
        [channel.number(), types, priority, acknowledgement, low, high, repeats, window]
    }
}

/// The circuits of a channel, as a modem status message has them.
///
/// On the wire: the channel (EA, a one, six bits), then EA, FC, RTC, RTR, two zeros, IC, DV.
///
/// Source: 3GPP TS 27.010, clause 5.4.6.3.7.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Signals {
    /// FC: no frames can be taken on this channel.
    pub stop: bool,
    /// RTC: DTR from the host, DSR from the modem.
    pub ready_to_communicate: bool,
    /// RTR: RTS from the host, CTS from the modem.
    pub ready_to_receive: bool,
    /// IC: a call comes in (RI).
    pub incoming: bool,
    /// DV: the data is valid (DCD).
    pub data_valid: bool,
}

impl Signals {
    /// Reads the value of a message: the channel and its circuits; a break octet behind them is passed over.
    #[must_use]
    pub fn read(value: &[u8]) -> Option<(Dlci, Signals)> {
        let &[channel, signals] = value.first_chunk::<2>()?;
        let bit = |bit: u8| signals & 1 << bit != 0;
        let signals = Signals {
            stop: bit(1),
            ready_to_communicate: bit(2),
            ready_to_receive: bit(3),
            incoming: bit(6),
            data_valid: bit(7),
        };
        Some((Dlci::new(channel >> 2)?, signals))
    }

    /// The value as it stands in a message for this channel.
    #[must_use]
    pub fn bytes(&self, channel: Dlci) -> [u8; 2] {
        let bit = |on: bool, bit: u8| if on { 1 << bit } else { 0 };
        let signals = LAST
            | bit(self.stop, 1)
            | bit(self.ready_to_communicate, 2)
            | bit(self.ready_to_receive, 3)
            | bit(self.incoming, 6)
            | bit(self.data_valid, 7);
        [channel.number() << 2 | COMMAND | LAST, signals]
    }
}
