//! The emulated modem: a pure machine. Bytes, events and the time go in; bytes, effects and the next deadline come out.
//!
//! Knows V.250, 3GPP TS 27.007 and, as data, what tells one module from another. Has no clock, thread, port, random
//! source or file of its own.
//!
//! [`Modem`] owns one machine for each subject: the line (`v250`), the equipment, the card (`sim`) and the network. A
//! command is looked up by its name and runs on the whole modem; what it has to say it gives to [`Modem::inform`], how
//! it ended is its `Reply`. A machine that has something to say by itself gives it to [`Modem::unsolicited`].

mod canned;
mod command;
mod equipment;
mod event;
mod exchange;
mod network;
mod observed;
mod outbox;
mod power;
mod profile;
mod setting;
mod sim;
mod template;
mod tick;
mod unsolicited;
mod v250;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use crate::identity::Imei;
use crate::wire::line::LineAssembler;
use crate::wire::result::{ErrorForm, ResultFormat};

use canned::CannedAnswers;
use equipment::Equipment;
use exchange::Exchange;
use network::Network;
use power::Boot;
use setting::Settings;
use sim::Sim;
use unsolicited::Unsolicited;
use v250::{Calls, Online};

pub use event::{Event, NetworkEvent, Power, SimEvent};
pub use network::{
    Aborted, AfterDetach, CgregInLte, Code, CopsAnswers, Hex, NeighbourProfile, NetworkTiming, RefusedAnswer,
    ShowProfile, Tech,
};
pub use observed::Observed;
pub use outbox::{DceLines, Effect, Outbox};
pub use profile::{
    AnswerProfile, BootProfile, BootUrc, DialOutcome, DialProfile, EquipmentProfile, FileHeader, Keep, NetworkProfile,
    Override, Profile, ProfileError, Refusal, SettingProfile, SettingsProfile, SimProfile, Span, TimingProfile,
    UrcProfile, Values,
};
pub use setting::Setting;
pub use tick::Tick;

/// What the DTE may send ahead while a command is carried out; more is lost, as in a UART without flow control.
const TYPE_AHEAD: usize = 4096;

/// An emulated modem.
///
/// Every call carries the time. Output, effects and the state of the lines wait in the [`Outbox`] until its runner has
/// taken them; [`deadline`](Self::deadline) says when [`wake`](Self::wake) has something to do. Input may be cut
/// anywhere without changing the output.
#[derive(Debug)]
pub struct Modem {
    profile: Arc<Profile>,
    outbox: Outbox,
    settings: Settings,
    mode: Mode,
    /// The command line as it is typed; while it is carried out too, for `A/`.
    line: LineAssembler,
    /// When the last character of a line was typed.
    typed: Tick,
    /// Sent ahead while a command was carried out.
    ahead: Vec<u8>,
    /// Bytes that came while there was no room for them, or nobody to read them.
    overrun: u64,
    exchange: Exchange,
    unsolicited: Unsolicited,
    boot: Boot,
    calls: Calls,
    equipment: Equipment,
    sim: Sim,
    network: Network,
    /// Answers that a direction has put in the place of the modem's own.
    overrides: Option<Box<CannedAnswers>>,
    random: fastrand::Rng,
    /// Circuits that the DTE drives. A port without them counts as ON.
    dtr: bool,
}

/// What the DTE's bytes are taken for.
#[derive(Debug)]
enum Mode {
    /// Nothing: there is no power. `until`: it comes back by itself.
    Off { until: Option<Tick> },
    /// Nothing yet: the modem is starting.
    Starting { until: Tick },
    /// Command lines.
    Command,
    /// What is sent ahead of an answer, or aborts it. What is being done stands in [`Exchange`].
    Busy,
    /// Data for the other end.
    Online(Online),
}

impl Modem {
    /// A modem that gets its power at [`Tick::ZERO`]. `imei` replaces the profile's; `seed` is all its randomness.
    #[must_use]
    pub fn new(profile: Arc<Profile>, imei: Option<Imei>, seed: u64) -> Self {
        let mut modem = Self {
            outbox: Outbox::new(),
            settings: Settings::new(&profile.settings),
            mode: Mode::Off { until: None },
            line: exchange::assembler(&profile),
            typed: Tick::ZERO,
            ahead: Vec::new(),
            overrun: 0,
            exchange: Exchange::default(),
            unsolicited: Unsolicited::default(),
            boot: Boot::default(),
            calls: Calls::default(),
            equipment: Equipment::new(&profile, imei),
            sim: Sim::new(&profile),
            network: Network::new(&profile),
            overrides: None,
            random: fastrand::Rng::with_seed(seed),
            dtr: true,
            profile,
        };
        modem.power_on(Tick::ZERO);
        modem.settle(Tick::ZERO);
        modem
    }

    /// Takes what the DTE sent at `now`, cut anywhere.
    pub fn receive(&mut self, now: Tick, bytes: &[u8]) {
        self.advance(now);
        self.take(now, bytes);
        self.settle(now);
    }

    /// Takes what happened at `now`.
    pub fn event(&mut self, now: Tick, event: Event) {
        self.advance(now);
        self.happen(now, event);
        self.settle(now);
    }

    /// Does what is due at `now`, each thing at its own time. Early or repeated, it does nothing.
    pub fn wake(&mut self, now: Tick) {
        self.advance(now);
    }

    /// When [`wake`](Self::wake) has work next.
    #[must_use]
    pub fn deadline(&self) -> Option<Tick> {
        let mode = match &self.mode {
            Mode::Off { until } => return *until,
            Mode::Starting { until } => Some(*until),
            Mode::Command => self.unsolicited_deadline(),
            Mode::Busy => self.exchange.deadline(),
            Mode::Online(online) => online.deadline(),
        };
        [mode, self.boot.deadline(&self.profile), self.calls.deadline(), self.sim.deadline(), self.network.deadline()]
            .into_iter()
            .flatten()
            .min()
    }

    /// What waits for the runner.
    pub fn transmit(&mut self) -> &mut Outbox {
        &mut self.outbox
    }

    /// What the modem is made of.
    #[must_use]
    pub fn profile(&self) -> &Arc<Profile> {
        &self.profile
    }

    /// Fires what is due up to `now`, in the order of time.
    fn advance(&mut self, now: Tick) {
        while let Some(at) = self.deadline().filter(|&at| at <= now) {
            self.fire(at);
            self.settle(at);
        }
    }

    /// Does what is due at `at`. Each branch moves its own deadline on, or there would be no end.
    fn fire(&mut self, at: Tick) {
        match &self.mode {
            Mode::Off { until } => {
                if until.is_some_and(|until| until <= at) {
                    self.power_on(at);
                }
                return;
            }
            Mode::Starting { until } => {
                if *until <= at {
                    self.mode = Mode::Command;
                }
            }
            // Only unsolicited results wait there: settling gives them.
            Mode::Command => {}
            Mode::Busy => self.exchange_due(at),
            Mode::Online(_) => self.escape_due(at),
        }
        self.boot_due(at);
        self.calls_due(at);
        Sim::wake(self, at);
        Network::wake(self, at);
    }

    fn happen(&mut self, now: Tick, event: Event) {
        match event {
            Event::Power(Power::On) => {
                if matches!(self.mode, Mode::Off { .. }) {
                    self.power_on(now);
                }
            }
            Event::Power(Power::Off) => self.power_off(now, None),
            Event::Power(Power::Cycle) => {
                self.power_off(now, None);
                self.power_on(now);
            }
            Event::Reboot => self.restart(now),
            Event::Sim(event) => Sim::event(self, now, event),
            Event::Signal(level) => Network::signal(self, now, level),
            Event::Network(event) => Network::event(self, now, event),
            Event::Equipment { ticket, answer } => Network::equipment(self, now, ticket, answer),
            Event::Ring { from } => self.ring(now, from),
            Event::Hangup => self.remote_hangup(now),
            Event::Urc(bytes) => self.unsolicited(bytes),
            Event::Clock(text) => {
                self.equipment.clock.set(now, &text);
            }
            Event::Lines { dtr, rts: _ } => self.circuit_108(now, dtr),
            Event::Closed => self.closed(now),
            Event::Answer { command, with } => self.answer_override(&command, with.as_deref()),
            // Kept for the message store, which is not there yet: nothing is said of a message that nobody can read.
            Event::Sms { from: _, text: _ } => {}
        }
    }

    /// Brings to an end what an input has begun: what was sent ahead, then unsolicited results.
    fn settle(&mut self, now: Tick) {
        self.take_ahead(now);
        self.give_unsolicited(now);
    }

    /// Takes what was sent ahead, once there is somebody to take it.
    fn take_ahead(&mut self, now: Tick) {
        while matches!(self.mode, Mode::Command | Mode::Online(_)) && !self.ahead.is_empty() {
            let ahead = std::mem::take(&mut self.ahead);
            self.take(now, &ahead);
        }
    }

    /// Hands bytes to whoever takes them now; a byte may change who takes the next one.
    fn take(&mut self, now: Tick, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            // What was sent before comes before: a keystroke may have ended what it waited for.
            self.take_ahead(now);
            // What waits to be said may go out between any two bytes, wherever the input was cut.
            let piece = if self.unsolicited.is_empty() { bytes } else { &bytes[..1] };
            let taken = match &mut self.mode {
                Mode::Off { .. } | Mode::Starting { .. } => {
                    self.overrun += piece.len() as u64;
                    piece.len()
                }
                Mode::Command => self.command_bytes(now, piece),
                Mode::Busy => self.busy_bytes(now, piece),
                Mode::Online(online) => online.take(now, piece, &self.settings),
            };
            // S12 = 0: three escape characters are enough.
            self.escape_due(now);
            self.give_unsolicited(now);
            bytes = &bytes[taken.max(1)..];
        }
    }

    fn setting(&self, setting: Setting) -> u32 {
        self.settings.value(setting)
    }

    /// How results are written now.
    fn format(&self) -> ResultFormat {
        ResultFormat {
            verbose: self.setting(Setting::Verbose) != 0,
            quiet: self.setting(Setting::Quiet) != 0,
            s3: self.settings.character(Setting::Terminator),
            s4: self.settings.character(Setting::Formatter),
            errors: match self.setting(Setting::Errors) {
                0 => ErrorForm::Plain,
                1 => ErrorForm::Numeric,
                _ => ErrorForm::Verbose,
            },
        }
    }
}
