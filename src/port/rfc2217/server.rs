//! The end that has a serial port to offer: what it answers, and what the client does to the port. No clock and no socket.

use std::collections::VecDeque;

use crate::port::signals::Signals;
use crate::wire::telnet::{
    Change, ComPort, Control, Decoder, Item, LineState, ModemState, Negotiator, Parity, Purge, Sender, StopSize,
    TelnetOption, escape,
};

/// The number of the telnet command BREAK. Source: RFC 854.
const BREAK: u8 = 243;

/// What the client did to the port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Heard {
    /// It sent data.
    Data(Vec<u8>),
    /// It switched DTR or RTS.
    Lines {
        /// Data terminal ready.
        dtr: bool,
        /// Request to send.
        rts: bool,
    },
}

/// One end of a connection to a client.
#[derive(Debug)]
pub(super) struct Server {
    decoder: Decoder,
    options: Negotiator,
    /// What is to be sent: whole commands, and data with each IAC doubled.
    out: Vec<u8>,
    heard: VecDeque<Heard>,
    /// The client speaks of a serial port.
    is_port: bool,
    dtr: bool,
    rts: bool,
    breaks: bool,
    set: Set,
    /// The modem's lines as they stand, and as the client was told last.
    state: ModemState,
    told: ModemState,
    modem_mask: u8,
    /// The client takes no data for now.
    suspended: bool,
    /// The client forgets what waits for it.
    purged: bool,
}

/// How the client has set the port. There is no line whose speed could be wrong: each is taken and told again.
#[derive(Debug)]
struct Set {
    baud: u32,
    data_bits: u8,
    parity: Parity,
    stop_size: StopSize,
    flow: Control,
    flow_in: Control,
}

impl Server {
    /// Begins: offers and asks for what a serial port needs. DTR and RTS are on, as of a port that is opened.
    pub(super) fn begin(signals: Signals) -> Server {
        let mut options = Negotiator::default();
        let mut out = Vec::new();
        for option in [TelnetOption::BINARY, TelnetOption::SUPPRESS_GO_AHEAD] {
            options.allow(option, true, true);
            options.offer(option, &mut out);
            options.ask(option, &mut out);
        }
        // The modem echoes or does not; a terminal that does so itself would show each letter twice.
        options.allow(TelnetOption::ECHO, true, false);
        options.offer(TelnetOption::ECHO, &mut out);
        // The client's to offer: some that are asked while they are about to offer it never do.
        options.allow(TelnetOption::COM_PORT, true, true);
        let mut decoder = Decoder::default();
        decoder.drop_nul_behind_cr(true);
        let state = state_of(signals);
        Server {
            decoder,
            options,
            out,
            heard: VecDeque::new(),
            is_port: false,
            dtr: true,
            rts: true,
            breaks: false,
            set: Set {
                baud: 115_200,
                data_bits: 8,
                parity: Parity::None,
                stop_size: StopSize::One,
                flow: Control::NoFlow,
                flow_in: Control::NoFlowIn,
            },
            state,
            told: state,
            modem_mask: u8::MAX,
            suspended: false,
            purged: false,
        }
    }

    /// Takes what came from the client.
    pub(super) fn receive(&mut self, bytes: &[u8]) {
        let mut decoder = std::mem::take(&mut self.decoder);
        decoder.feed(bytes, |item| {
            match item {
                Item::Data(bytes) => match self.heard.back_mut() {
                    Some(Heard::Data(data)) => data.extend_from_slice(bytes),
                    Some(Heard::Lines { .. }) | None => self.heard.push_back(Heard::Data(bytes.to_vec())),
                },
                Item::Negotiation(verb, option) => match self.options.hear(verb, option, &mut self.out) {
                    Some(Change::Other(TelnetOption::COM_PORT, true)) => self.agreed(),
                    Some(Change::Other(TelnetOption::BINARY, is_on)) => return Some(!is_on),
                    Some(Change::Own(..) | Change::Other(..)) | None => {}
                },
                Item::Subnegotiation(TelnetOption::COM_PORT, said) => {
                    if let Some((Sender::Client, said)) = ComPort::read(said) {
                        // It may have taken its offer for granted.
                        self.agreed();
                        self.obey(said);
                    }
                }
                Item::Command(BREAK) => tracing::debug!("the client sends a break"),
                Item::Subnegotiation(..) | Item::Command(_) | Item::Damaged => {}
            }
            None
        });
        self.decoder = decoder;
    }

    /// The client speaks of a serial port from here on: it is told how the modem's lines stand.
    fn agreed(&mut self) {
        if !std::mem::replace(&mut self.is_port, true) {
            self.tell_state(self.state);
        }
    }

    /// Does what the client asks of the port, and answers with what it then is.
    fn obey(&mut self, said: ComPort) {
        let set = &mut self.set;
        let answer = match said {
            ComPort::Signature(text) if text.is_empty() => {
                ComPort::Signature(concat!("atgate ", env!("CARGO_PKG_VERSION")).into())
            }
            // It names itself, and wants no answer.
            ComPort::Signature(_) => return,
            ComPort::BaudRate(baud) => {
                set.baud = baud.unwrap_or(set.baud);
                ComPort::BaudRate(Some(set.baud))
            }
            ComPort::DataSize(bits) => {
                set.data_bits = bits.unwrap_or(set.data_bits);
                ComPort::DataSize(Some(set.data_bits))
            }
            ComPort::Parity(parity) => {
                set.parity = parity.unwrap_or(set.parity);
                ComPort::Parity(Some(set.parity))
            }
            ComPort::StopSize(size) => {
                set.stop_size = size.unwrap_or(set.stop_size);
                ComPort::StopSize(Some(set.stop_size))
            }
            ComPort::Control(control) => ComPort::Control(self.control(control)),
            ComPort::ModemState(_) => return self.tell_state(self.state),
            // Both registers of the sender are empty: what came from the client is with the modem.
            ComPort::LineState(_) => ComPort::LineState(Some(LineState(0x60))),
            ComPort::ModemStateMask(mask) => {
                self.modem_mask = mask;
                ComPort::ModemStateMask(mask).write(Sender::Server, &mut self.out);
                return self.tell_state(self.state);
            }
            // Nothing goes wrong on a line that there is not.
            ComPort::LineStateMask(mask) => ComPort::LineStateMask(mask),
            ComPort::Suspend => {
                self.suspended = true;
                return;
            }
            ComPort::Resume => {
                self.suspended = false;
                return;
            }
            ComPort::Purge(purge) => {
                // What is to go to the modem has gone.
                self.purged |= matches!(purge, Purge::Received | Purge::Both);
                ComPort::Purge(purge)
            }
            ComPort::Unknown { number, value: _ } => match number {
                // A value that there is not: what is set stays, and is told.
                1 => ComPort::BaudRate(Some(set.baud)),
                2 => ComPort::DataSize(Some(set.data_bits)),
                3 => ComPort::Parity(Some(set.parity)),
                4 => ComPort::StopSize(Some(set.stop_size)),
                5 => ComPort::Control(set.flow),
                _ => return,
            },
        };
        answer.write(Sender::Server, &mut self.out);
    }

    fn control(&mut self, control: Control) -> Control {
        let (dtr, rts) = (self.dtr, self.rts);
        match control {
            Control::NoFlow | Control::XonXoff | Control::Hardware | Control::ByDcd | Control::ByDsr => {
                self.set.flow = control;
            }
            Control::NoFlowIn | Control::XonXoffIn | Control::HardwareIn | Control::ByDtrIn => {
                self.set.flow_in = control;
            }
            Control::BreakOn => self.breaks = true,
            Control::BreakOff => self.breaks = false,
            Control::DtrOn => self.dtr = true,
            Control::DtrOff => self.dtr = false,
            Control::RtsOn => self.rts = true,
            Control::RtsOff => self.rts = false,
            Control::AskFlow | Control::AskBreak | Control::AskDtr | Control::AskRts | Control::AskFlowIn => {}
        }
        if (dtr, rts) != (self.dtr, self.rts) {
            self.heard.push_back(Heard::Lines { dtr: self.dtr, rts: self.rts });
        }
        let either = |is_on, on, off| if is_on { on } else { off };
        match control {
            Control::AskFlow => self.set.flow,
            Control::AskFlowIn => self.set.flow_in,
            Control::AskBreak => either(self.breaks, Control::BreakOn, Control::BreakOff),
            Control::AskDtr => either(self.dtr, Control::DtrOn, Control::DtrOff),
            Control::AskRts => either(self.rts, Control::RtsOn, Control::RtsOff),
            done => done,
        }
    }

    /// What the client did next.
    pub(super) fn heard(&mut self) -> Option<Heard> {
        self.heard.pop_front()
    }

    /// The modem's lines stand like this now; the client is told what has changed, as far as it wants to know.
    pub(super) fn show(&mut self, signals: Signals) {
        self.state = state_of(signals);
        let news = self.state.after(self.told);
        let changed = (news.0 ^ self.told.0) & 0xf0 | news.0 & 0x0f;
        if changed & self.modem_mask != 0 && self.is_port {
            self.tell_state(news);
        }
    }

    fn tell_state(&mut self, state: ModemState) {
        self.told = self.state;
        let told = ModemState(state.0 & self.modem_mask);
        ComPort::ModemState(Some(told)).write(Sender::Server, &mut self.out);
    }

    /// Whether data may be sent now.
    pub(super) fn may_send(&self) -> bool {
        !self.suspended
    }

    /// Whether the client asked, since this was last called, to forget what waits for it.
    pub(super) fn is_purged(&mut self) -> bool {
        std::mem::take(&mut self.purged)
    }

    /// Sends data of the port.
    pub(super) fn send(&mut self, data: &[u8]) {
        escape(data, &mut self.out);
    }

    /// What is to be sent.
    pub(super) fn out(&self) -> &[u8] {
        &self.out
    }

    /// So much of it was sent.
    pub(super) fn sent(&mut self, bytes: usize) {
        self.out.drain(..bytes);
    }
}

fn state_of(signals: Signals) -> ModemState {
    ModemState::of(signals.dcd, signals.ri, signals.dsr, signals.cts)
}
