//! A multiplexed line in the log: each channel as a line of its own, named after its number.

use super::ModemLog;
use crate::modem::Tick;
use crate::wire::command::{Command, Dialect, Form, commands};
use crate::wire::line::body_of;
use crate::wire::mux::{Decoder, Dlci, Found, Frame, FrameKind, Framing, Message, MessageKind, Signals};

/// More than any frame carries.
const LONGEST: usize = 32_767;

/// The framing that a command line asks for with `+CMUX`.
pub(super) fn asked_for(line: &[u8]) -> Option<Framing> {
    let wanted = |command| match command {
        Command::Extended { name, form: Form::Set(parameters) } if name.is("+CMUX") => match parameters.number::<u8>(0)
        {
            Ok(Some(0)) => Some(Framing::Basic),
            Ok(Some(1)) => Some(Framing::Advanced),
            Ok(_) | Err(_) => None,
        },
        Command::Extended { .. } | Command::Basic { .. } | Command::SRegister { .. } | Command::Dial(_) => None,
    };
    commands(body_of(line)?, &Dialect::CELLULAR).flatten().find_map(wanted)
}

/// What is known of a multiplexed line.
#[derive(Debug)]
pub(super) struct Multiplexed {
    host: Decoder,
    modem: Decoder,
    channels: Vec<(Dlci, ModemLog)>,
    /// The host has asked for the end.
    leaving: bool,
    closed: bool,
}

/// Who sent a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum From {
    Host,
    Modem,
}

impl Multiplexed {
    pub(super) fn new(framing: Framing) -> Self {
        let decoder = || Decoder::new(framing, LONGEST);
        Self { host: decoder(), modem: decoder(), channels: Vec::new(), leaving: false, closed: false }
    }

    /// Whether the line carries commands again.
    pub(super) const fn is_closed(&self) -> bool {
        self.closed
    }

    pub(super) fn host_said(&mut self, log: &ModemLog, at: Tick, bytes: &[u8]) {
        let Self { host, channels, leaving, .. } = self;
        host.feed(bytes, |found| {
            *leaving |= matches!(found, Found::Frame(Frame { channel: Dlci::CONTROL, kind: FrameKind::Disc, .. }));
            tell(channels, log, at, From::Host, &found);
        });
    }

    pub(super) fn modem_said(&mut self, log: &ModemLog, at: Tick, bytes: &[u8]) {
        let Self { modem, channels, leaving, closed, .. } = self;
        modem.feed(bytes, |found| {
            let agreed = matches!(found, Found::Frame(Frame { channel: Dlci::CONTROL, kind: FrameKind::Ua, .. }));
            *closed |= closes(&found) || *leaving && agreed;
            tell(channels, log, at, From::Modem, &found);
        });
    }
}

/// Whether the modem agrees to close down.
fn closes(found: &Found<'_>) -> bool {
    match found {
        Found::Frame(Frame { channel: Dlci::CONTROL, kind: FrameKind::Uih, information, .. }) => {
            Message::read(information).is_some_and(|(message, _)| message.kind == Ok(MessageKind::CloseDown))
        }
        Found::Frame(_) | Found::Stray(_) | Found::Damaged(_) => false,
    }
}

fn tell(channels: &mut Vec<(Dlci, ModemLog)>, log: &ModemLog, at: Tick, from: From, found: &Found<'_>) {
    let who = match from {
        From::Host => "the client",
        From::Modem => "the modem",
    };
    match found {
        Found::Frame(frame)
            if matches!(frame.kind, FrameKind::Uih | FrameKind::Ui) && frame.channel != Dlci::CONTROL =>
        {
            let place = channels.iter().position(|(known, _)| *known == frame.channel).unwrap_or_else(|| {
                channels.push((frame.channel, log.channel(frame.channel.number())));
                channels.len() - 1
            });
            if let Some((_, channel)) = channels.get_mut(place) {
                match from {
                    From::Host => channel.host_said(at, frame.information),
                    From::Modem => channel.modem_said(at, frame.information),
                }
            }
        }
        Found::Frame(frame) if frame.channel == Dlci::CONTROL && frame.kind == FrameKind::Uih => {
            let mut rest = frame.information;
            while let Some((message, behind)) = Message::read(rest) {
                rest = behind;
                log.comment(at, &format!("{who}: {}", said(&message)));
            }
        }
        Found::Frame(Frame { channel, kind, .. }) => {
            let what = match kind {
                FrameKind::Sabm => "asks to open",
                FrameKind::Disc => "closes",
                FrameKind::Ua => "agrees on",
                FrameKind::Dm => "knows no",
                FrameKind::Uih | FrameKind::Ui => "speaks on",
            };
            log.comment(at, &format!("{who} {what} channel {channel}"));
        }
        Found::Stray(bytes) => log.comment(at, &format!("{who} sent {} bytes that are no frame", bytes.len())),
        Found::Damaged(bytes) => log.comment(at, &format!("{who} sent a frame that is none, {bytes} bytes of it")),
    }
}

/// A message of the control channel in words.
fn said(message: &Message<'_>) -> String {
    let way = if message.command { "" } else { ", answered" };
    let name = match message.kind {
        Ok(MessageKind::ParameterNegotiation) => "parameter negotiation",
        Ok(MessageKind::PowerSaving) => "power saving control",
        Ok(MessageKind::CloseDown) => "close down",
        Ok(MessageKind::Test) => "test",
        Ok(MessageKind::FlowOn) => "flow control on",
        Ok(MessageKind::FlowOff) => "flow control off",
        Ok(MessageKind::NotSupported) => "not supported",
        Ok(MessageKind::RemotePort) => "remote port negotiation",
        Ok(MessageKind::RemoteLine) => "remote line status",
        Ok(MessageKind::Service) => "service negotiation",
        Ok(MessageKind::ModemStatus) => {
            let Some((channel, signals)) = Signals::read(message.value) else {
                return "modem status of nothing".to_owned();
            };
            let Signals { stop, ready_to_communicate, ready_to_receive, incoming, data_valid } = signals;
            let circuits = [
                ("FC", stop),
                ("RTC", ready_to_communicate),
                ("RTR", ready_to_receive),
                ("IC", incoming),
                ("DV", data_valid),
            ];
            let on: Vec<&str> = circuits.iter().filter(|(_, on)| *on).map(|(name, _)| *name).collect();
            return format!("modem status of channel {channel}: {}{way}", on.join(" "));
        }
        Err(kind) => return format!("an unknown message, {kind:02X}{way}"),
    };
    format!("{name}{way}")
}
