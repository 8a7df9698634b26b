//! The messages of the control channel, answered.
//!
//! Source: 3GPP TS 27.010, clause 5.4.6.3. Each command is answered with the same type and, where there is one, value; one
//! that is not known with *not supported*.

use super::Link;
use crate::modem::{Modem, Tick};
use crate::wire::mux::{Dlci, Frame, FrameKind, Message, MessageKind, Parameters, Signals};

impl Modem {
    /// Takes what a frame of the control channel carries.
    pub(super) fn control_messages(&mut self, now: Tick, link: &mut Link, mut bytes: &[u8]) {
        while let Some((message, rest)) = Message::read(bytes) {
            bytes = rest;
            // A response answers a modem status of the modem's own; it does not wait for one.
            if message.command && !link.closed {
                self.control_message(now, link, &message);
            }
        }
    }

    fn control_message(&mut self, now: Tick, link: &mut Link, message: &Message<'_>) {
        let Ok(kind) = message.kind else {
            let kind = [message.type_octet()];
            return self.send_message(link, Ok(MessageKind::NotSupported), false, &kind);
        };
        match kind {
            MessageKind::ParameterNegotiation => {
                if let Some(mut parameters) = Parameters::read(message.value) {
                    parameters.longest = link.agree(parameters.channel, parameters.longest);
                    // Frames are UIH and carry data as it is, whatever was asked for (clauses 5.4.3.1 and 5.5.1).
                    parameters.types = 0;
                    self.send_message(link, Ok(kind), false, &parameters.bytes());
                }
            }
            MessageKind::ModemStatus => {
                if let Some((channel, signals)) = Signals::read(message.value) {
                    self.send_message(link, Ok(kind), false, message.value);
                    self.host_signals(now, link, channel, signals);
                }
            }
            MessageKind::FlowOn | MessageKind::FlowOff => {
                link.stopped = kind == MessageKind::FlowOff;
                self.send_message(link, Ok(kind), false, message.value);
            }
            MessageKind::CloseDown => {
                self.send_message(link, Ok(kind), false, message.value);
                link.closed = true;
            }
            // A channel has neither speed nor line errors of its own, and sleeps no less for having said so.
            MessageKind::Test
            | MessageKind::PowerSaving
            | MessageKind::RemotePort
            | MessageKind::RemoteLine
            | MessageKind::Service => self.send_message(link, Ok(kind), false, message.value),
            // It tells of a command that the modem never sends.
            MessageKind::NotSupported => {}
        }
    }

    /// The host drives the circuits of a channel.
    fn host_signals(&mut self, now: Tick, link: &mut Link, channel: Dlci, signals: Signals) {
        if let Some(channel) = link.channel_mut(channel) {
            channel.signals = signals;
            self.at(channel.port, |modem| modem.circuit_108(now, signals.ready_to_communicate));
        }
    }

    /// Sends a message on the control channel.
    pub(super) fn send_message(&mut self, link: &Link, kind: Result<MessageKind, u8>, command: bool, value: &[u8]) {
        let mut information = Vec::new();
        Message { kind, command, value }.write(&mut information);
        let mut text = Vec::new();
        Frame { channel: Dlci::CONTROL, command: false, kind: FrameKind::Uih, poll: false, information: &information }
            .write(link.settings.framing, &mut text);
        self.terminal.outbox.write(&text);
    }
}
