//! What a serial port and its user say to one another in subnegotiations of COM-PORT-OPTION.

use super::{TelnetOption, subnegotiate};

/// What stands between a command of the client and the server's answer to it: its number plus this.
const SERVER: u8 = 100;

/// Who says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sender {
    /// Who uses the port.
    Client,
    /// Who has it.
    Server,
}

/// A command, or the answer to it: both have one shape.
///
/// On the wire, within a subnegotiation of option 44: the command's number (of the server 100 more), then its value.
/// A value of 0, or none, asks for what is set.
///
/// Source: RFC 2217, section 3.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ComPort {
    /// 0: what the sender calls itself; empty asks the other.
    Signature(Vec<u8>),
    /// 1: bits a second, four bytes.
    BaudRate(Option<u32>),
    /// 2: data bits, 5 to 8.
    DataSize(Option<u8>),
    /// 3: the parity bit.
    Parity(Option<Parity>),
    /// 4: the stop bits.
    StopSize(Option<StopSize>),
    /// 5: flow control, break, DTR and RTS.
    Control(Control),
    /// 6: what the receiver has met.
    LineState(Option<LineState>),
    /// 7: the modem's lines.
    ModemState(Option<ModemState>),
    /// 8: send no more data.
    Suspend,
    /// 9: go on.
    Resume,
    /// 10: which of the line's states are told.
    LineStateMask(u8),
    /// 11: which of the modem's lines are told.
    ModemStateMask(u8),
    /// 12: forget data.
    Purge(Purge),
    /// A command or a value that RFC 2217 does not have.
    Unknown {
        /// Its number, that of the client's command.
        number: u8,
        /// What follows it.
        value: Vec<u8>,
    },
}

/// The parity bit. On the wire: 1 none, 2 odd, 3 even, 4 mark, 5 space.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Parity {
    /// No parity bit.
    None,
    /// An odd number of ones.
    Odd,
    /// An even number of ones.
    Even,
    /// Always one.
    Mark,
    /// Always zero.
    Space,
}

/// The stop bits. On the wire: 1 one, 2 two, 3 one and a half.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StopSize {
    /// One.
    One,
    /// Two.
    Two,
    /// One and a half.
    OneAndHalf,
}

/// The value of SET-CONTROL, 0 to 19 on the wire in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Control {
    /// Which flow control is in use, outbound or both ways?
    AskFlow,
    /// No flow control, outbound or both ways.
    NoFlow,
    /// XON/XOFF, outbound or both ways.
    XonXoff,
    /// RTS/CTS, outbound or both ways.
    Hardware,
    /// Is the break on?
    AskBreak,
    /// Break on.
    BreakOn,
    /// Break off.
    BreakOff,
    /// Is DTR on?
    AskDtr,
    /// DTR on.
    DtrOn,
    /// DTR off.
    DtrOff,
    /// Is RTS on?
    AskRts,
    /// RTS on.
    RtsOn,
    /// RTS off.
    RtsOff,
    /// Which flow control is in use inbound?
    AskFlowIn,
    /// No flow control inbound.
    NoFlowIn,
    /// XON/XOFF inbound.
    XonXoffIn,
    /// RTS/CTS inbound.
    HardwareIn,
    /// By DCD, outbound or both ways.
    ByDcd,
    /// By DTR, inbound.
    ByDtrIn,
    /// By DSR, outbound or both ways.
    ByDsr,
}

/// What the receiver of the port has met, as bits: 128 time-out, 64 and 32 its sender is empty, 16 break, 8 framing, 4 parity,
/// 2 overrun, 1 data are there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct LineState(pub u8);

impl LineState {
    /// A break came.
    pub const BREAK: u8 = 16;
    /// A character without a stop bit.
    pub const FRAMING: u8 = 8;
    /// A character with the wrong parity.
    pub const PARITY: u8 = 4;
    /// Characters were lost.
    pub const OVERRUN: u8 = 2;

    /// Whether any of these bits is set.
    #[must_use]
    pub const fn has(self, bits: u8) -> bool {
        self.0 & bits != 0
    }
}

/// The modem's lines, and which of them have changed since they were last told.
///
/// On the wire, as bits: 128 DCD, 64 RI, 32 DSR, 16 CTS; 8 DCD changed, 4 RI went off, 2 DSR changed, 1 CTS changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct ModemState(pub u8);

impl ModemState {
    const DCD: u8 = 128;
    const RI: u8 = 64;
    const DSR: u8 = 32;
    const CTS: u8 = 16;
    const RI_ENDED: u8 = 4;

    /// The lines as they stand, none of them changed.
    #[must_use]
    pub fn of(dcd: bool, ri: bool, dsr: bool, cts: bool) -> Self {
        let bit = |is_on: bool, bit: u8| if is_on { bit } else { 0 };
        Self(bit(dcd, Self::DCD) | bit(ri, Self::RI) | bit(dsr, Self::DSR) | bit(cts, Self::CTS))
    }

    /// The same lines, with the changes from an earlier state of them. Of RI only that it went off is one.
    #[must_use]
    pub const fn after(self, earlier: Self) -> Self {
        let changed = (self.0 ^ earlier.0) >> 4;
        let rings = (self.0 >> 4) & Self::RI_ENDED;
        Self(self.0 & 0xf0 | changed & !rings)
    }

    /// Data carrier detect.
    #[must_use]
    pub const fn dcd(self) -> bool {
        self.0 & Self::DCD != 0
    }

    /// Ring indicator.
    #[must_use]
    pub const fn ri(self) -> bool {
        self.0 & Self::RI != 0
    }

    /// Data set ready.
    #[must_use]
    pub const fn dsr(self) -> bool {
        self.0 & Self::DSR != 0
    }

    /// Clear to send.
    #[must_use]
    pub const fn cts(self) -> bool {
        self.0 & Self::CTS != 0
    }
}

/// Which data are forgotten. On the wire: 1 what came in at the port, 2 what is to go out there, 3 both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purge {
    /// What the server has received at the port and not passed on.
    Received,
    /// What it is still to send there.
    ToSend,
    /// Both.
    Both,
}

impl ComPort {
    /// Reads a subnegotiation of COM-PORT-OPTION; `None` where it is empty.
    #[must_use]
    pub fn read(said: &[u8]) -> Option<(Sender, ComPort)> {
        let (&code, value) = said.split_first()?;
        let (sender, number) = match code.checked_sub(SERVER) {
            Some(number) => (Sender::Server, number),
            None => (Sender::Client, code),
        };
        let known = match number {
            0 => Some(ComPort::Signature(value.to_vec())),
            1 => {
                value.try_into().ok().map(u32::from_be_bytes).map(|baud| ComPort::BaudRate((baud != 0).then_some(baud)))
            }
            2 => one(value, |bits| (5..=8).contains(&bits).then_some(bits)).map(ComPort::DataSize),
            3 => one(value, Parity::of).map(ComPort::Parity),
            4 => one(value, StopSize::of).map(ComPort::StopSize),
            5 => single(value).and_then(Control::of).map(ComPort::Control),
            6 => state(value).map(|state| ComPort::LineState(state.map(LineState))),
            7 => state(value).map(|state| ComPort::ModemState(state.map(ModemState))),
            8 if value.is_empty() => Some(ComPort::Suspend),
            9 if value.is_empty() => Some(ComPort::Resume),
            10 => single(value).map(ComPort::LineStateMask),
            11 => single(value).map(ComPort::ModemStateMask),
            12 => single(value).and_then(Purge::of).map(ComPort::Purge),
            _ => None,
        };
        let unknown = || ComPort::Unknown { number, value: value.to_vec() };
        Some((sender, known.unwrap_or_else(unknown)))
    }

    /// Puts it as a whole subnegotiation.
    pub fn write(&self, sender: Sender, out: &mut Vec<u8>) {
        let offset = match sender {
            Sender::Client => 0,
            Sender::Server => SERVER,
        };
        let mut said = vec![self.number().wrapping_add(offset)];
        match self {
            ComPort::Signature(text) => said.extend_from_slice(text),
            ComPort::BaudRate(baud) => said.extend_from_slice(&baud.unwrap_or(0).to_be_bytes()),
            ComPort::DataSize(bits) => said.push(bits.unwrap_or(0)),
            ComPort::Parity(parity) => said.push(parity.map_or(0, Parity::code)),
            ComPort::StopSize(size) => said.push(size.map_or(0, StopSize::code)),
            ComPort::Control(control) => said.push(control.code()),
            ComPort::LineState(state) => said.extend(state.map(|state| state.0)),
            ComPort::ModemState(state) => said.extend(state.map(|state| state.0)),
            ComPort::Suspend | ComPort::Resume => {}
            ComPort::LineStateMask(mask) | ComPort::ModemStateMask(mask) => said.push(*mask),
            ComPort::Purge(purge) => said.push(purge.code()),
            ComPort::Unknown { value, .. } => said.extend_from_slice(value),
        }
        subnegotiate(TelnetOption::COM_PORT, &said, out);
    }

    /// The number of the client's command.
    #[must_use]
    pub const fn number(&self) -> u8 {
        match self {
            ComPort::Signature(_) => 0,
            ComPort::BaudRate(_) => 1,
            ComPort::DataSize(_) => 2,
            ComPort::Parity(_) => 3,
            ComPort::StopSize(_) => 4,
            ComPort::Control(_) => 5,
            ComPort::LineState(_) => 6,
            ComPort::ModemState(_) => 7,
            ComPort::Suspend => 8,
            ComPort::Resume => 9,
            ComPort::LineStateMask(_) => 10,
            ComPort::ModemStateMask(_) => 11,
            ComPort::Purge(_) => 12,
            ComPort::Unknown { number, .. } => *number,
        }
    }
}

/// The only byte of a value.
const fn single(value: &[u8]) -> Option<u8> {
    match *value {
        [byte] => Some(byte),
        _ => None,
    }
}

/// The only byte of a value, 0 for a question.
fn one<T>(value: &[u8], of: impl FnOnce(u8) -> Option<T>) -> Option<Option<T>> {
    match single(value)? {
        0 => Some(None),
        byte => of(byte).map(Some),
    }
}

/// A state, or nothing for a question.
const fn state(value: &[u8]) -> Option<Option<u8>> {
    match *value {
        [] => Some(None),
        [byte] => Some(Some(byte)),
        _ => None,
    }
}

impl Parity {
    const ALL: [Self; 5] = [Self::None, Self::Odd, Self::Even, Self::Mark, Self::Space];

    const fn code(self) -> u8 {
        self as u8 + 1
    }

    fn of(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|parity| parity.code() == code)
    }
}

impl StopSize {
    const ALL: [Self; 3] = [Self::One, Self::Two, Self::OneAndHalf];

    const fn code(self) -> u8 {
        self as u8 + 1
    }

    fn of(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|size| size.code() == code)
    }
}

impl Purge {
    const ALL: [Self; 3] = [Self::Received, Self::ToSend, Self::Both];

    const fn code(self) -> u8 {
        self as u8 + 1
    }

    fn of(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|purge| purge.code() == code)
    }
}

impl Control {
    const ALL: [Self; 20] = [
        Self::AskFlow,
        Self::NoFlow,
        Self::XonXoff,
        Self::Hardware,
        Self::AskBreak,
        Self::BreakOn,
        Self::BreakOff,
        Self::AskDtr,
        Self::DtrOn,
        Self::DtrOff,
        Self::AskRts,
        Self::RtsOn,
        Self::RtsOff,
        Self::AskFlowIn,
        Self::NoFlowIn,
        Self::XonXoffIn,
        Self::HardwareIn,
        Self::ByDcd,
        Self::ByDtrIn,
        Self::ByDsr,
    ];

    const fn code(self) -> u8 {
        self as u8
    }

    fn of(code: u8) -> Option<Self> {
        Self::ALL.get(usize::from(code)).copied()
    }
}
