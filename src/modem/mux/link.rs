//! One multiplexed line: which channels are open, and on which port of the modem each one ends.

use super::Settings;
use crate::modem::AtPort;
use crate::wire::mux::{Dlci, Frame, FrameKind, Signals};

/// The state of a multiplexed line.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) settings: Settings,
    /// The control channel is open.
    pub(super) control: bool,
    /// The host can take no frames of any channel.
    pub(super) stopped: bool,
    /// The multiplexer is closed: AT commands from here on.
    pub(super) closed: bool,
    pub(super) channels: Vec<Channel>,
    /// What was agreed before a channel was opened.
    agreed: Vec<(Dlci, u16)>,
}

/// An open channel.
#[derive(Debug)]
pub(super) struct Channel {
    pub(super) number: Dlci,
    pub(super) port: AtPort,
    /// N1: the most bytes that a frame carries.
    pub(super) longest: u16,
    /// Circuits that the host drives.
    pub(super) signals: Signals,
    /// Circuits that the host was told of.
    pub(super) told: Option<Signals>,
}

impl Link {
    /// The longest frame that parameter negotiation may ask for.
    pub(super) const LONGEST: u16 = 4096;

    pub(super) fn new(settings: Settings) -> Self {
        let channels = Vec::new();
        Self { settings, control: false, stopped: false, closed: false, channels, agreed: Vec::new() }
    }

    pub(super) fn is_open(&self, channel: Dlci) -> bool {
        if channel == Dlci::CONTROL { self.control } else { self.channel(channel).is_some() }
    }

    pub(super) fn channel(&self, number: Dlci) -> Option<&Channel> {
        self.channels.iter().find(|channel| channel.number == number)
    }

    pub(super) fn channel_mut(&mut self, number: Dlci) -> Option<&mut Channel> {
        self.channels.iter_mut().find(|channel| channel.number == number)
    }

    pub(super) fn open(&mut self, number: Dlci, port: AtPort) {
        let longest = self.longest(number);
        self.channels.push(Channel { number, port, longest, signals: Signals::default(), told: None });
    }

    pub(super) fn close(&mut self, number: Dlci) -> Option<Channel> {
        let place = self.channels.iter().position(|channel| channel.number == number)?;
        Some(self.channels.remove(place))
    }

    /// N1 of a channel: what was agreed, else what `+CMUX` said.
    pub(super) fn longest(&self, number: Dlci) -> u16 {
        let open = self.channel(number).map(|channel| channel.longest);
        let agreed = self.agreed.iter().find(|(channel, _)| *channel == number).map(|(_, longest)| *longest);
        open.or(agreed).unwrap_or(self.settings.longest)
    }

    /// Agrees on the longest frame of a channel; what holds now.
    pub(super) fn agree(&mut self, number: Dlci, longest: u16) -> u16 {
        let longest = longest.clamp(1, Self::LONGEST);
        match self.channel_mut(number) {
            Some(channel) => channel.longest = longest,
            None => {
                self.agreed.retain(|(channel, _)| *channel != number);
                self.agreed.push((number, longest));
            }
        }
        longest
    }

    /// Writes bytes of a channel as frames, none longer than was agreed.
    pub(super) fn frames(&self, channel: &Channel, bytes: &[u8], out: &mut Vec<u8>) {
        for information in bytes.chunks(usize::from(channel.longest.max(1))) {
            let kind = FrameKind::Uih;
            Frame { channel: channel.number, command: false, kind, poll: false, information }
                .write(self.settings.framing, out);
        }
    }
}
