//! The modem's AT ports: each one a line as V.250 has it, with echo, settings, reports and an answer of its own.
//!
//! A module has several: UARTs, USB interfaces, channels of a multiplexer. They share the equipment, the card, the
//! network and the calls. One port is served at a time: what it serves stands in `Modem::terminal`, and every method that
//! reads a setting or says something means that port. [`Modem::at`] and [`Modem::at_each`] serve others, and give the
//! place back when they are done.

use super::exchange::{self, Exchange};
use super::mux::Mux;
use super::outbox::Outbox;
use super::profile::Profile;
use super::prompt::Typing;
use super::setting::{Setting, Settings};
use super::unsolicited::{Unsolicited, Urc};
use super::v250::Online;
use super::{Event, Modem, Owner, Tick};
use crate::wire::line::LineAssembler;

/// One AT port of a modem. [`AtPort::FIRST`] is always there; [`Modem::add_port`] adds others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AtPort(u32);

impl AtPort {
    /// The port that every modem has.
    pub const FIRST: Self = Self(0);

    /// Its number: 0 for the first.
    #[must_use]
    pub const fn number(self) -> u32 {
        self.0
    }
}

/// What belongs to one port.
#[derive(Debug)]
pub(super) struct Terminal {
    pub(super) port: AtPort,
    pub(super) kind: Kind,
    pub(super) outbox: Outbox,
    pub(super) settings: Settings,
    pub(super) mode: Mode,
    /// What its line carries while it is multiplexed.
    pub(super) mux: Option<Box<Mux>>,
    /// The command line as it is typed; while it is carried out too, for `A/`.
    pub(super) line: LineAssembler,
    /// When the last character of a line was typed.
    pub(super) typed: Tick,
    /// Sent ahead while a command was carried out.
    pub(super) ahead: Vec<u8>,
    /// Bytes that came while there was no room for them, or nobody to read them.
    pub(super) overrun: u64,
    pub(super) exchange: Exchange,
    pub(super) unsolicited: Unsolicited,
    /// Circuits that the DTE drives. A port without them counts as ON.
    pub(super) dtr: bool,
}

/// What the DTE's bytes are taken for, while the modem has power.
#[derive(Debug)]
pub(super) enum Mode {
    /// Command lines.
    Command,
    /// What is sent ahead of an answer, or aborts it. What is being done stands in [`Exchange`].
    Busy,
    /// Text that a command has asked for.
    Prompt(Typing),
    /// Data for the other end.
    Online(Online),
    /// Frames of the multiplexer.
    Multiplexed,
}

/// What carries a port's bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A line of its own.
    Line,
    /// A channel of the multiplexer.
    Channel,
    /// It was a channel, and is to be cleared away.
    Closed,
}

impl Terminal {
    pub(super) fn new(port: AtPort, kind: Kind, profile: &Profile) -> Self {
        Self {
            port,
            kind,
            mux: None,
            outbox: Outbox::new(),
            settings: Settings::new(&profile.settings),
            mode: Mode::Command,
            line: exchange::assembler(profile),
            typed: Tick::ZERO,
            ahead: Vec::new(),
            overrun: 0,
            exchange: Exchange::default(),
            unsolicited: Unsolicited::default(),
            dtr: true,
        }
    }

    /// When this port has work.
    pub(super) fn deadline(&self, profile: &Profile) -> Option<Tick> {
        match &self.mode {
            Mode::Command => self.unsolicited.deadline(self.typed, profile),
            Mode::Busy => self.exchange.deadline(),
            Mode::Prompt(_) => None,
            Mode::Online(online) => online.deadline(),
            Mode::Multiplexed => self.mux.as_ref().and_then(|mux| mux.deadline(profile)),
        }
    }

    /// The supply comes: settings as the profile keeps them, an empty line.
    pub(super) fn power_on(&mut self, profile: &Profile) {
        self.settings.power_on(&profile.settings);
        self.line = exchange::assembler(profile);
    }

    /// The supply goes: nothing that was begun is ended.
    pub(super) fn power_off(&mut self) {
        self.mode = Mode::Command;
        self.mux = None;
        if self.kind == Kind::Channel {
            self.kind = Kind::Closed;
        }
        self.line.clear();
        self.ahead = Vec::new();
        self.exchange.forget();
        self.unsolicited.forget();
    }

    /// Keeps something unsolicited until the line is free. A line that carries frames says nothing of its own.
    pub(super) fn keep(&mut self, urc: Urc) {
        if !matches!(self.mode, Mode::Multiplexed) && self.kind != Kind::Closed {
            self.unsolicited.push(urc);
        }
    }

    /// Bytes that were lost on their way in or out.
    pub(super) fn lost(&self) -> u64 {
        self.overrun + self.outbox.lost() + self.unsolicited.lost()
    }
}

impl Modem {
    /// Adds an AT port; its settings are those of power-up.
    ///
    /// Two ports of one modem are as two UARTs of one module: what one asks for, the other does not see; what the modem
    /// reports by itself, each gets as its own settings have it. The number of ports is the runner's to bound.
    pub fn add_port(&mut self) -> AtPort {
        self.add_terminal(Kind::Line)
    }

    /// Adds a port of this kind.
    pub(super) fn add_terminal(&mut self, kind: Kind) -> AtPort {
        self.last_port += 1;
        let port = AtPort(self.last_port);
        let mut terminal = Box::new(Terminal::new(port, kind, &self.profile));
        for setting in Setting::ALL.into_iter().filter(|setting| setting.is_shared()) {
            terminal.settings.set(setting, self.setting(setting));
        }
        self.others.push(terminal);
        self.show_lines();
        port
    }

    /// Every port that has a line of its own, the first one first.
    pub fn ports(&self) -> impl Iterator<Item = AtPort> {
        let all = std::iter::once(&self.terminal).chain(&self.others);
        all.filter(|terminal| terminal.kind == Kind::Line).map(|terminal| terminal.port)
    }

    /// As [`receive`](Self::receive), on this port. A port that is not there hears nothing.
    pub fn receive_on(&mut self, port: AtPort, now: Tick, bytes: &[u8]) {
        self.advance(now);
        self.at(port, |modem| modem.take(now, bytes));
        self.settle(now);
    }

    /// As [`event`](Self::event), on this port: what its circuits do, and that its client has gone, is that port's.
    pub fn event_on(&mut self, port: AtPort, now: Tick, event: Event) {
        self.advance(now);
        self.at(port, |modem| modem.happen(now, event));
        self.settle(now);
    }

    /// What waits for the runner on this port; `None`: there is no such port.
    pub fn transmit_on(&mut self, port: AtPort) -> Option<&mut Outbox> {
        std::iter::once(&mut self.terminal)
            .chain(&mut self.others)
            .find(|terminal| terminal.port == port)
            .map(|terminal| &mut terminal.outbox)
    }

    /// Whether the modem sends on this port only while circuit 105 (RTS) is ON, as `+IFC=2` has it.
    pub fn heeds_rts(&self, port: AtPort) -> bool {
        let by_rts = |terminal: &Terminal| terminal.settings.value(Setting::FlowByDte) == 2;
        std::iter::once(&self.terminal).chain(&self.others).any(|terminal| terminal.port == port && by_rts(terminal))
    }

    /// Serves this port for as long as `work` takes. Nothing is done where there is no such port.
    pub(super) fn at<R>(&mut self, port: AtPort, work: impl FnOnce(&mut Self) -> R) -> Option<R> {
        if self.terminal.port == port {
            return Some(work(self));
        }
        let place = self.others.iter().position(|terminal| terminal.port == port)?;
        self.exchange_places(place);
        let result = work(self);
        self.exchange_places(place);
        Some(result)
    }

    /// Serves every port in turn, the one that is served now first.
    pub(super) fn at_each(&mut self, mut work: impl FnMut(&mut Self)) {
        work(self);
        for place in 0..self.others.len() {
            self.exchange_places(place);
            work(self);
            self.exchange_places(place);
        }
    }

    fn exchange_places(&mut self, place: usize) {
        if let Some(other) = self.others.get_mut(place) {
            std::mem::swap(&mut self.terminal, other);
        }
    }

    /// The port whose command waits for this owner.
    pub(super) fn waiting(&self, owner: Owner) -> Option<AtPort> {
        std::iter::once(&self.terminal)
            .chain(&self.others)
            .find(|terminal| terminal.exchange.pending_owner() == Some(owner))
            .map(|terminal| terminal.port)
    }

    /// Whether the line of the port that is served carries data.
    pub(super) fn is_online(&self) -> bool {
        matches!(self.terminal.mode, Mode::Online(_))
    }

    /// Sets a setting of the port that is served; one that all ports share, on all.
    pub(super) fn set(&mut self, setting: Setting, value: u32) {
        self.terminal.settings.set(setting, value);
        if setting.is_shared() {
            for other in &mut self.others {
                other.settings.set(setting, value);
            }
        }
    }
}
