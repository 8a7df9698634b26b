//! The emulated modem: a pure machine. Bytes, events and the time go in; bytes, effects and the next deadline come out.
//!
//! Knows V.250, 3GPP TS 27.007 and, as data, what tells one module from another. Has no clock, thread, port, random
//! source or file of its own.
//!
//! [`Modem`] owns one machine for each subject: the line (`v250`), the equipment, the card (`sim`) and the network. A
//! command is looked up by its name and runs on the whole modem; what it has to say it gives to [`Modem::inform`], how
//! it ended is its `Reply`. A machine that has something to say by itself gives it to [`Modem::unsolicited`].

mod call;
mod canned;
mod charge;
mod command;
mod data;
mod equipment;
mod event;
mod exchange;
mod mux;
mod network;
mod observed;
mod outbox;
mod phonebook;
mod power;
mod ppp;
mod profile;
mod prompt;
mod setting;
mod sim;
mod sms;
mod template;
mod terminal;
mod tick;
mod unsolicited;
mod ussd;
mod v250;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use crate::identity::Imei;
use crate::wire::result::{ErrorForm, ResultFormat};

use call::Services;
use canned::CannedAnswers;
use charge::Charge;
use command::Owner;
use data::Data;
use equipment::Equipment;
use network::Network;
use phonebook::Phonebook;
use power::{Boot, Supply};
use sim::Sim;
use sms::Messages;
use terminal::{Kind, Mode, Terminal};
use ussd::Ussd;
use v250::Calls;

pub use call::{CallAnswer, CallEffect, CallEvent, CallProfile, Cause as ReleaseCause, HangUp};
pub use charge::ChargeProfile;
pub use event::{Event, NetworkEvent, Power, SimEvent};
pub use network::{
    Aborted, AfterDetach, ApnProfile, CgregInLte, Code, CopsAnswers, ErrorNumber, Hex, NeighbourProfile, NetworkTiming,
    PdpType, RefusedAnswer, SavingProfile, SessionProfile, ShowProfile, Standing, Tech, Wake,
};
pub use observed::Observed;
pub use outbox::{DceLines, Effect, Outbox};
pub use profile::{
    AnswerProfile, BootProfile, BootUrc, Carrier, Contact, DataProfile, DialOutcome, DialProfile, EquipmentProfile,
    FileHeader, Keep, Key, MuxProfile, NetworkProfile, NoEntry, Override, PhonebookProfile, PppAuthentication,
    PppProfile, PppStart, Profile, ProfileError, Refusal, SettingProfile, SettingsProfile, SimProfile, SmsProfile,
    Span, TimingProfile, UrcProfile, UssdAnswer, UssdEnd, UssdProfile, Values,
};
pub use setting::Setting;
pub use sms::{GivenUp, Memory};
pub use terminal::AtPort;
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
    supply: Supply,
    /// The port that is served: the first one, but for the time of [`Modem::at`].
    terminal: Box<Terminal>,
    /// The other ports.
    #[expect(clippy::vec_box, reason = "they change places with the one that is served by pointer")]
    others: Vec<Box<Terminal>>,
    /// The number of the port that was added last.
    last_port: u32,
    /// What `+CMUX` set last.
    mux_settings: mux::Settings,
    boot: Boot,
    calls: Calls,
    data: Data,
    /// What the network keeps of the subscriber's calls.
    services: Services,
    equipment: Equipment,
    sim: Sim,
    phonebook: Phonebook,
    ussd: Ussd,
    charge: Charge,
    network: Network,
    messages: Messages,
    /// Answers that a direction has put in the place of the modem's own.
    overrides: Option<Box<CannedAnswers>>,
    random: fastrand::Rng,
}

impl Modem {
    /// A modem that gets its power at [`Tick::ZERO`]. `imei` replaces the profile's; `seed` is all its randomness.
    #[must_use]
    pub fn new(profile: Arc<Profile>, imei: Option<Imei>, seed: u64) -> Self {
        let mut modem = Self {
            supply: Supply::Off { until: None },
            terminal: Box::new(Terminal::new(AtPort::FIRST, Kind::Line, &profile)),
            others: Vec::new(),
            last_port: 0,
            mux_settings: mux::Settings::default(),
            boot: Boot::default(),
            calls: Calls::default(),
            data: Data::default(),
            services: Services::new(&profile.call),
            equipment: Equipment::new(&profile, imei),
            sim: Sim::new(&profile),
            phonebook: Phonebook::new(&profile),
            ussd: Ussd::default(),
            charge: Charge::default(),
            network: Network::new(&profile),
            messages: Messages::new(&profile),
            overrides: None,
            random: fastrand::Rng::with_seed(seed),
            profile,
        };
        modem.power_on(Tick::ZERO);
        modem.settle(Tick::ZERO);
        modem
    }

    /// Takes what the DTE sent at `now` on the first port, cut anywhere.
    pub fn receive(&mut self, now: Tick, bytes: &[u8]) {
        self.receive_on(AtPort::FIRST, now, bytes);
    }

    /// Takes what happened at `now`; what happens to a port, on the first one.
    pub fn event(&mut self, now: Tick, event: Event) {
        self.event_on(AtPort::FIRST, now, event);
    }

    /// Does what is due at `now`, each thing at its own time. Early or repeated, it does nothing.
    pub fn wake(&mut self, now: Tick) {
        self.advance(now);
    }

    /// When [`wake`](Self::wake) has work next.
    #[must_use]
    pub fn deadline(&self) -> Option<Tick> {
        let ports = match self.supply {
            Supply::Off { until } => return until,
            Supply::Starting { until } => Some(until),
            Supply::On => self.terminal.deadline(&self.profile),
        };
        let others = self.others.iter().filter(|_| self.supply == Supply::On);
        let others = others.filter_map(|terminal| terminal.deadline(&self.profile)).min();
        let machines = [
            self.calls.deadline(),
            self.data.deadline(),
            self.sim.deadline(),
            self.network.deadline(),
            self.ussd.deadline(),
            self.charge.deadline(),
            self.messages.deadline(),
        ];
        [ports, others, self.boot.deadline(&self.profile)].into_iter().chain(machines).flatten().min()
    }

    /// What waits for the runner on the first port.
    pub fn transmit(&mut self) -> &mut Outbox {
        &mut self.terminal.outbox
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
        match self.supply {
            Supply::Off { until } => {
                if until.is_some_and(|until| until <= at) {
                    self.power_on(at);
                }
                return;
            }
            Supply::Starting { until } => {
                if until <= at {
                    self.supply = Supply::On;
                }
            }
            Supply::On => self.at_each(|modem| match modem.terminal.mode {
                // Only unsolicited results wait there: settling gives them.
                Mode::Command | Mode::Prompt(_) => {}
                Mode::Multiplexed => modem.mux_due(at),
                Mode::Busy => modem.exchange_due(at),
                Mode::Online(_) => modem.escape_due(at),
            }),
        }
        self.boot_due(at);
        self.calls_due(at);
        self.data_due(at);
        Sim::wake(self, at);
        Network::wake(self, at);
        Ussd::wake(self, at);
        Charge::wake(self, at);
        Messages::wake(self, at);
    }

    fn happen(&mut self, now: Tick, event: Event) {
        match event {
            Event::Power(Power::On) => {
                if self.supply.is_there() {
                    Network::rouse(self, now, Wake::Power);
                } else {
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
            Event::Data { call, bytes } => self.data_from_outside(call, &bytes),
            Event::DataEnds { call } => self.data_ended_outside(now, call),
            Event::Call { ticket, what } => self.call_event(now, ticket, what),
            Event::Urc(bytes) => self.unsolicited(bytes),
            Event::Clock(text) => Equipment::clock_set(self, now, &text),
            Event::Lines { dtr, rts: _ } => {
                if dtr && !self.terminal.dtr {
                    Network::rouse(self, now, Wake::Dtr);
                }
                self.circuit_108(now, dtr);
            }
            Event::Closed => self.closed(now),
            Event::Answer { command, with } => self.answer_override(&command, with.as_deref()),
            Event::Sms { from, text } => Messages::incoming(self, now, &from, &text),
            Event::SmsPdu(pdu) => Messages::incoming_pdu(self, pdu),
            Event::SmsStatus { ticket, status } => Messages::reported(self, now, ticket, status),
        }
    }

    /// Brings to an end what an input has begun: what was sent ahead, then unsolicited results.
    fn settle(&mut self, now: Tick) {
        self.settle_ports(now);
        self.give_frames();
    }

    fn settle_ports(&mut self, now: Tick) {
        self.at_each(|modem| modem.take_ahead(now));
        self.follow(now);
        self.at_each(|modem| modem.give_unsolicited(now));
    }

    /// What watches the others looks: called after whatever has happened, and after each command line, so that what it sees
    /// does not depend on how the input is cut.
    fn follow(&mut self, now: Tick) {
        Messages::settle(self, now);
        Charge::follow(self, now);
        Network::indicate(self);
    }

    /// Takes what was sent ahead, once there is somebody to take it.
    fn take_ahead(&mut self, now: Tick) {
        while self.supply == Supply::On && !matches!(self.terminal.mode, Mode::Busy) && !self.terminal.ahead.is_empty()
        {
            let ahead = std::mem::take(&mut self.terminal.ahead);
            self.take(now, &ahead);
        }
    }

    /// Hands bytes to whoever takes them now; a byte may change who takes the next one.
    fn take(&mut self, now: Tick, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            // What was sent before comes before: a keystroke may have ended what it waited for.
            self.take_ahead(now);
            // What waits to be said may go out between any two bytes, wherever the input was cut.
            let piece = if self.terminal.unsolicited.is_empty() { bytes } else { &bytes[..1] };
            if self.network.is_asleep() {
                // The one byte that may wake it is lost too.
                self.terminal.overrun += 1;
                Network::rouse(self, now, Wake::Data);
                bytes = &bytes[1..];
                continue;
            }
            if self.supply != Supply::On {
                self.terminal.overrun += bytes.len() as u64;
                return;
            }
            let taken = match self.terminal.mode {
                Mode::Command => self.command_bytes(now, piece),
                Mode::Busy => self.busy_bytes(now, piece),
                Mode::Multiplexed => self.mux_bytes(now, bytes),
                Mode::Prompt(_) => self.prompt_bytes(now, piece),
                Mode::Online(_) => self.online_bytes(now, piece),
            };
            if matches!(self.terminal.mode, Mode::Online(_)) {
                Network::traffic(self, now);
            }
            // S12 = 0: three escape characters are enough.
            self.escape_due(now);
            self.give_unsolicited(now);
            bytes = &bytes[taken.max(1)..];
        }
    }

    fn setting(&self, setting: Setting) -> u32 {
        self.terminal.settings.value(setting)
    }

    /// How results are written now.
    fn format(&self) -> ResultFormat {
        ResultFormat {
            verbose: self.setting(Setting::Verbose) != 0,
            quiet: self.setting(Setting::Quiet) != 0,
            s3: self.terminal.settings.character(Setting::Terminator),
            s4: self.terminal.settings.character(Setting::Formatter),
            errors: match self.setting(Setting::Errors) {
                0 => ErrorForm::Plain,
                1 => ErrorForm::Numeric,
                _ => ErrorForm::Verbose,
            },
        }
    }
}
