//! The end that uses a serial port over a network: what it asks, and what it makes of the answers. No clock and no socket.

use crate::port::address::{Flow, Parity, Settings};
use crate::wire::telnet::{
    Change, ComPort, Control, Decoder, Item, LineState, ModemState, Negotiator, Parity as PortParity, Purge, Sender,
    StopSize, TelnetOption, escape,
};

/// One end of a connection to a port's server.
#[derive(Debug)]
pub(super) struct Session {
    decoder: Decoder,
    options: Negotiator,
    /// What is to be sent: whole commands, and data with each IAC doubled.
    out: Vec<u8>,
    /// What came in at the port and was not read yet.
    data: Vec<u8>,
    /// The server sends no data on for now, and wants none.
    suspended: bool,
    state: Option<ModemState>,
    /// Asked for and not answered yet.
    awaited: Vec<ComPort>,
    /// What was answered otherwise than it was asked.
    refused: Vec<(ComPort, ComPort)>,
    /// What went wrong on the line, as bits of [`LineState`], and was not told yet.
    met: u8,
    /// The server will not have COM-PORT-OPTION.
    is_none: bool,
}

impl Session {
    /// Begins: offers to speak of a serial port, and to send and take each byte as it is.
    pub(super) fn begin() -> Session {
        let mut options = Negotiator::default();
        let mut out = Vec::new();
        for option in [TelnetOption::COM_PORT, TelnetOption::BINARY, TelnetOption::SUPPRESS_GO_AHEAD] {
            options.allow(option, true, true);
            options.offer(option, &mut out);
        }
        options.ask(TelnetOption::BINARY, &mut out);
        options.ask(TelnetOption::SUPPRESS_GO_AHEAD, &mut out);
        // Whether it calls that an echo or not: what comes from the port comes from the modem.
        options.allow(TelnetOption::ECHO, false, true);
        Session {
            decoder: Decoder::default(),
            options,
            out,
            data: Vec::new(),
            suspended: false,
            state: None,
            awaited: Vec::new(),
            refused: Vec::new(),
            met: 0,
            is_none: false,
        }
    }

    /// Whether the server speaks of a serial port; `None` as long as it has not said.
    pub(super) fn is_port(&self) -> Option<bool> {
        let option = TelnetOption::COM_PORT;
        match self.options.own(option) || self.options.other(option) {
            true => Some(true),
            false => self.is_none.then_some(false),
        }
    }

    /// Takes what came from the server.
    pub(super) fn receive(&mut self, bytes: &[u8]) {
        let mut decoder = std::mem::take(&mut self.decoder);
        decoder.feed(bytes, |item| {
            match item {
                Item::Data(bytes) => self.data.extend_from_slice(bytes),
                Item::Negotiation(verb, option) => {
                    if self.options.hear(verb, option, &mut self.out)
                        == Some(Change::Own(TelnetOption::COM_PORT, false))
                    {
                        self.is_none = true;
                    }
                }
                Item::Subnegotiation(TelnetOption::COM_PORT, said) => {
                    if let Some((_, said)) = ComPort::read(said) {
                        self.hear(said);
                    }
                }
                Item::Subnegotiation(..) | Item::Command(_) | Item::Damaged => {}
            }
            None
        });
        self.decoder = decoder;
    }

    fn hear(&mut self, said: ComPort) {
        match said {
            ComPort::ModemState(Some(state)) => {
                self.state = Some(state);
                self.awaited.retain(|asked| *asked != ComPort::ModemState(None));
            }
            ComPort::LineState(Some(LineState(state))) => self.met |= state,
            ComPort::Suspend => self.suspended = true,
            ComPort::Resume => self.suspended = false,
            ComPort::Signature(text) if text.is_empty() => {
                let name = ComPort::Signature(concat!("atgate ", env!("CARGO_PKG_VERSION")).into());
                name.write(Sender::Client, &mut self.out);
            }
            answer => {
                // A server that answers what nobody asked says what it has, and that is all.
                let Some(at) = self.awaited.iter().position(|asked| is_about(asked, &answer)) else { return };
                let asked = self.awaited.remove(at);
                if asked != answer {
                    self.refused.push((asked, answer));
                }
            }
        }
    }

    /// Asks, and expects an answer.
    pub(super) fn ask(&mut self, what: ComPort) {
        what.write(Sender::Client, &mut self.out);
        self.awaited.push(what);
    }

    /// Asks, and expects none.
    pub(super) fn tell(&mut self, what: &ComPort) {
        what.write(Sender::Client, &mut self.out);
    }

    /// What was asked for and is not answered yet.
    pub(super) fn awaited(&self) -> Option<&ComPort> {
        self.awaited.first()
    }

    /// Awaits nothing any more, and gives what was answered otherwise than it was asked.
    pub(super) fn settle(&mut self) -> Vec<(ComPort, ComPort)> {
        self.awaited.clear();
        std::mem::take(&mut self.refused)
    }

    /// Sends data to the port.
    pub(super) fn send(&mut self, data: &[u8]) {
        escape(data, &mut self.out);
    }

    /// Whether the server takes no data for now.
    pub(super) fn is_suspended(&self) -> bool {
        self.suspended
    }

    /// What is to be sent.
    pub(super) fn out(&self) -> &[u8] {
        &self.out
    }

    /// So much of it was sent.
    pub(super) fn sent(&mut self, bytes: usize) {
        self.out.drain(..bytes);
    }

    /// How much was received and not read yet.
    pub(super) fn waiting(&self) -> usize {
        self.data.len()
    }

    /// Takes received data.
    pub(super) fn read(&mut self, buffer: &mut [u8]) -> usize {
        let length = self.data.len().min(buffer.len());
        buffer[..length].copy_from_slice(&self.data[..length]);
        self.data.drain(..length);
        length
    }

    /// Forgets what was received and not read, here; the server is asked to do the same.
    pub(super) fn purge(&mut self) {
        self.data = Vec::new();
        self.ask(ComPort::Purge(Purge::Received));
    }

    /// The modem's lines, as they were told last.
    pub(super) fn state(&self) -> Option<ModemState> {
        self.state
    }

    /// What has gone wrong on the line since this was last asked, as bits of [`LineState`].
    pub(super) fn met(&mut self) -> LineState {
        LineState(std::mem::take(&mut self.met))
    }
}

/// What sets a port so: speed, data bits, parity, stop bits, flow control.
pub(super) fn requests(settings: &Settings) -> [ComPort; 5] {
    let framing = settings.framing;
    [
        ComPort::BaudRate(Some(settings.baud)),
        ComPort::DataSize(Some(framing.data_bits)),
        ComPort::Parity(Some(match framing.parity {
            Parity::None => PortParity::None,
            Parity::Even => PortParity::Even,
            Parity::Odd => PortParity::Odd,
        })),
        ComPort::StopSize(Some(if framing.stop_bits == 2 { StopSize::Two } else { StopSize::One })),
        ComPort::Control(match settings.flow {
            Flow::None => Control::NoFlow,
            Flow::RtsCts => Control::Hardware,
            Flow::XonXoff => Control::XonXoff,
        }),
    ]
}

/// Whether an answer is one to this request, whatever it says.
fn is_about(asked: &ComPort, answer: &ComPort) -> bool {
    match (asked, answer) {
        (ComPort::Control(asked), ComPort::Control(answer)) => group(*asked) == group(*answer),
        // A value that RFC 2217 does not have is an answer all the same.
        (_, ComPort::Unknown { number, .. }) => asked.number() == *number,
        (asked, answer) => std::mem::discriminant(asked) == std::mem::discriminant(answer),
    }
}

/// What a value of SET-CONTROL is about, in words.
pub(super) fn group(control: Control) -> &'static str {
    match control {
        Control::AskFlow | Control::NoFlow | Control::XonXoff | Control::Hardware | Control::ByDcd | Control::ByDsr => {
            "flow control"
        }
        Control::AskBreak | Control::BreakOn | Control::BreakOff => "break",
        Control::AskDtr | Control::DtrOn | Control::DtrOff => "DTR",
        Control::AskRts | Control::RtsOn | Control::RtsOff => "RTS",
        Control::AskFlowIn | Control::NoFlowIn | Control::XonXoffIn | Control::HardwareIn | Control::ByDtrIn => {
            "inbound flow control"
        }
    }
}

/// What a request or an answer says, in words: `9600 baud`, `DTR on`.
pub(super) fn words(said: &ComPort) -> String {
    match said {
        ComPort::BaudRate(baud) => format!("{} baud", baud.unwrap_or(0)),
        ComPort::DataSize(bits) => format!("{} data bits", bits.unwrap_or(0)),
        ComPort::Parity(parity) => match parity {
            None => "parity 0",
            Some(PortParity::None) => "no parity",
            Some(PortParity::Odd) => "odd parity",
            Some(PortParity::Even) => "even parity",
            Some(PortParity::Mark) => "mark parity",
            Some(PortParity::Space) => "space parity",
        }
        .to_owned(),
        ComPort::StopSize(size) => match size {
            None => "0 stop bits",
            Some(StopSize::One) => "1 stop bit",
            Some(StopSize::Two) => "2 stop bits",
            Some(StopSize::OneAndHalf) => "1.5 stop bits",
        }
        .to_owned(),
        ComPort::Control(control) => control_words(*control).to_owned(),
        ComPort::Purge(_) => "purge".to_owned(),
        ComPort::LineState(_) => "the line's state".to_owned(),
        ComPort::ModemState(_) => "the modem's lines".to_owned(),
        ComPort::Suspend => "suspend".to_owned(),
        ComPort::Resume => "resume".to_owned(),
        ComPort::LineStateMask(_) => "which states of the line it tells".to_owned(),
        ComPort::ModemStateMask(_) => "which of the modem's lines it tells".to_owned(),
        ComPort::Signature(_) => "its signature".to_owned(),
        ComPort::Unknown { number: _, value } => format!("something else, {value:?}"),
    }
}

fn control_words(control: Control) -> &'static str {
    match control {
        Control::NoFlow => "no flow control",
        Control::XonXoff => "XON/XOFF",
        Control::Hardware => "RTS/CTS",
        Control::ByDcd => "flow control by DCD",
        Control::ByDsr => "flow control by DSR",
        Control::BreakOn => "break on",
        Control::BreakOff => "break off",
        Control::DtrOn => "DTR on",
        Control::DtrOff => "DTR off",
        Control::RtsOn => "RTS on",
        Control::RtsOff => "RTS off",
        Control::NoFlowIn => "no flow control inbound",
        Control::XonXoffIn => "XON/XOFF inbound",
        Control::HardwareIn => "RTS/CTS inbound",
        Control::ByDtrIn => "flow control by DTR inbound",
        Control::AskFlow | Control::AskBreak | Control::AskDtr | Control::AskRts | Control::AskFlowIn => group(control),
    }
}
