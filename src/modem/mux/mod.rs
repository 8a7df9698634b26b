//! The multiplexer: one line of the host carries several AT ports, and data beside them.
//!
//! `+CMUX` turns a port's line into frames. Each channel that the host opens is an AT port of the modem, with all that one
//! has ([`Terminal`](super::terminal::Terminal)); what it says is put into frames on the line that carries it. Knows 3GPP
//! TS 27.010 as the side that answers: the host opens and closes.

mod command;
mod control;
mod link;

pub(super) use command::{COMMANDS, Settings};
use link::{Channel, Link};

use super::terminal::Kind;
use super::{AtPort, Mode, Modem, Profile, Tick};
use crate::wire::mux::{Decoder, Dlci, Found, Frame, FrameKind, Framing, MessageKind, Signals};

/// A line that carries frames.
#[derive(Debug)]
pub(super) struct Mux {
    decoder: Decoder,
    link: Link,
    /// When `+CMUX` was answered.
    since: Tick,
}

impl Mux {
    /// When the line takes commands again, because nobody has opened the multiplexer.
    pub(super) fn deadline(&self, profile: &Profile) -> Option<Tick> {
        let patience = profile.mux.patience.0;
        (!self.link.control && !patience.is_zero()).then(|| self.since + patience)
    }
}

impl Modem {
    /// The line that is served carries frames from here on.
    pub(super) fn multiplex(&mut self, now: Tick, settings: Settings) {
        let longest = usize::from(settings.longest).max(usize::from(Link::LONGEST));
        let decoder = Decoder::new(settings.framing, longest);
        self.terminal.mux = Some(Box::new(Mux { decoder, link: Link::new(settings), since: now }));
        self.terminal.mode = Mode::Multiplexed;
        self.terminal.unsolicited.forget();
    }

    /// Takes bytes of a line that carries frames; says how many. It ends behind a frame that closes the multiplexer.
    pub(super) fn mux_bytes(&mut self, now: Tick, bytes: &[u8]) -> usize {
        let Some(mut mux) = self.terminal.mux.take() else {
            self.terminal.mode = Mode::Command;
            return 0;
        };
        let Mux { decoder, link, .. } = mux.as_mut();
        let flag = match link.settings.framing {
            Framing::Basic => 0xF9,
            Framing::Advanced => 0x7E,
        };
        let mut taken = 0;
        while taken < bytes.len() && !link.closed {
            // A frame ends at a flag, and what follows the one that closes the multiplexer is no frame.
            let rest = &bytes[taken..];
            let piece = memchr::memchr(flag, rest).map_or(rest, |end| &rest[..=end]);
            decoder.feed(piece, |found| match found {
                Found::Frame(frame) => {
                    // Data that was taken as data changes nothing else.
                    if !self.frame(now, link, &frame) {
                        self.settle_ports(now);
                        self.give_channels(link);
                    }
                }
                Found::Stray(lost) => self.terminal.overrun += lost.len() as u64,
                Found::Damaged(lost) => self.terminal.overrun += lost as u64,
            });
            taken += piece.len();
        }
        if mux.link.closed {
            self.close_multiplexer(now, mux.link);
        } else {
            self.terminal.mux = Some(mux);
        }
        taken
    }

    /// Takes a frame; whether it was data of a call and nothing else. Source: 3GPP TS 27.010, clauses 5.3 and 5.4.
    fn frame(&mut self, now: Tick, link: &mut Link, frame: &Frame<'_>) -> bool {
        if link.closed {
            return false;
        }
        let channel = frame.channel;
        match frame.kind {
            FrameKind::Sabm => {
                let opened = self.open_channel(link, channel);
                self.answer_frame(link, channel, if opened { FrameKind::Ua } else { FrameKind::Dm }, frame.poll);
            }
            FrameKind::Disc => {
                let known = link.is_open(channel);
                self.answer_frame(link, channel, if known { FrameKind::Ua } else { FrameKind::Dm }, frame.poll);
                if known && channel == Dlci::CONTROL {
                    link.closed = true;
                } else {
                    self.close_channel(now, link, channel);
                }
            }
            FrameKind::Uih | FrameKind::Ui if !link.is_open(channel) => {
                self.answer_frame(link, channel, FrameKind::Dm, true);
            }
            FrameKind::Uih | FrameKind::Ui if channel == Dlci::CONTROL => {
                self.control_messages(now, link, frame.information);
            }
            FrameKind::Uih | FrameKind::Ui => return self.channel_bytes(now, link, channel, frame.information),
            // Answers to what the modem never asks.
            FrameKind::Ua | FrameKind::Dm => {}
        }
        false
    }

    /// A frame's data, to the port that its channel is; whether they were data of a call and nothing else.
    fn channel_bytes(&mut self, now: Tick, link: &Link, channel: Dlci, data: &[u8]) -> bool {
        let Some(channel) = link.channel(channel) else { return false };
        if data.len() > usize::from(channel.longest) {
            // Clause 5.7.2: a frame that is longer than what was agreed is not taken.
            self.terminal.overrun += data.len() as u64;
            return false;
        }
        let taken = self.at(channel.port, |modem| {
            let online = modem.is_online();
            modem.take(now, data);
            online && modem.is_online() && modem.terminal.outbox.is_empty()
        });
        taken == Some(true)
    }

    /// Opens a channel, or finds it open; whether it is now.
    fn open_channel(&mut self, link: &mut Link, channel: Dlci) -> bool {
        if channel == Dlci::CONTROL {
            link.control = true;
            return true;
        }
        if link.is_open(channel) {
            return true;
        }
        // 62 and 63 are set aside (clause 5.6), and nothing is opened before the control channel (clause 5.3.1).
        let most = usize::from(self.profile.mux.channels);
        if !link.control || channel.number() > 61 || link.channels.len() >= most {
            return false;
        }
        let port = self.add_terminal(Kind::Channel);
        link.open(channel, port);
        true
    }

    fn close_channel(&mut self, now: Tick, link: &mut Link, channel: Dlci) {
        if let Some(channel) = link.close(channel) {
            self.leave_channel(now, &channel);
        }
    }

    fn leave_channel(&mut self, now: Tick, channel: &Channel) {
        self.at(channel.port, |modem| {
            modem.closed(now);
            // Whatever `&D` says: no line is left that could carry them.
            modem.calls_of_the_port_end(now);
            modem.terminal.kind = Kind::Closed;
        });
    }

    /// AT commands again.
    fn close_multiplexer(&mut self, now: Tick, link: Link) {
        for channel in &link.channels {
            self.leave_channel(now, channel);
        }
        self.terminal.mode = Mode::Command;
        self.terminal.line.clear();
    }

    /// Nobody has opened the multiplexer by `at`.
    pub(super) fn mux_due(&mut self, at: Tick) {
        let deadline = self.terminal.mux.as_ref().and_then(|mux| mux.deadline(&self.profile));
        if deadline.is_some_and(|due| due <= at) {
            self.drop_multiplexer(at);
        }
    }

    /// The line's client has gone, or its DTR: what it multiplexed is gone too.
    pub(super) fn drop_multiplexer(&mut self, now: Tick) {
        if let Some(mux) = self.terminal.mux.take() {
            self.close_multiplexer(now, mux.link);
        }
    }

    fn answer_frame(&mut self, link: &Link, channel: Dlci, kind: FrameKind, poll: bool) {
        // The modem answers: the C/R bit of its responses is set (clause 5.2.1.2).
        let mut text = Vec::new();
        Frame { channel, command: true, kind, poll, information: &[] }.write(link.settings.framing, &mut text);
        self.terminal.outbox.write(&text);
    }

    /// Puts what the channels have to say into frames on the lines that carry them.
    pub(super) fn give_frames(&mut self) {
        let lines: Vec<AtPort> = self.muxed().collect();
        for line in lines {
            self.at(line, |modem| {
                if let Some(mut mux) = modem.terminal.mux.take() {
                    modem.give_channels(&mut mux.link);
                    modem.terminal.mux = Some(mux);
                }
            });
        }
        // What a channel asked of the world when it closed is asked all the same: the data of its call end, say.
        let closed = self.others.iter_mut().filter(|terminal| terminal.kind == Kind::Closed);
        let effects: Vec<_> = closed.flat_map(|terminal| terminal.outbox.effects()).collect();
        for effect in effects {
            self.terminal.outbox.effect(effect);
        }
        self.others.retain(|terminal| terminal.kind != Kind::Closed);
    }

    /// The ports whose line carries frames.
    fn muxed(&self) -> impl Iterator<Item = AtPort> {
        let all = std::iter::once(&self.terminal).chain(&self.others);
        all.filter(|terminal| terminal.mux.is_some()).map(|terminal| terminal.port)
    }

    fn give_channels(&mut self, link: &mut Link) {
        self.tell_signals(link);
        let mut text = Vec::new();
        for channel in &link.channels {
            let stopped = link.stopped || channel.signals.stop;
            let effects = self.at(channel.port, |modem| {
                let outbox = &mut modem.terminal.outbox;
                if !stopped {
                    outbox.writes().for_each(|bytes| link.frames(channel, bytes, &mut text));
                    outbox.forget_bytes();
                }
                outbox.effects().collect::<Vec<_>>()
            });
            // Each answer leaves whole, frames and all.
            self.terminal.outbox.write(&text);
            text.clear();
            for effect in effects.into_iter().flatten() {
                self.terminal.outbox.effect(effect);
            }
        }
    }

    /// Tells the host the circuits of each channel that have changed: DCD, RI, DSR.
    fn tell_signals(&mut self, link: &mut Link) {
        for index in 0..link.channels.len() {
            let Some(channel) = link.channels.get_mut(index) else { continue };
            let Some(lines) = self.at(channel.port, |modem| modem.terminal.outbox.lines()) else { continue };
            let now = Signals {
                stop: false,
                ready_to_communicate: lines.dsr,
                ready_to_receive: lines.cts,
                incoming: lines.ri,
                data_valid: lines.dcd,
            };
            if channel.told.replace(now) != Some(now) {
                let value = now.bytes(channel.number);
                self.send_message(link, Ok(MessageKind::ModemStatus), true, &value);
            }
        }
    }
}
