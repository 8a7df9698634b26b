//! Power: on, off, and what a modem says while it starts.

use super::command::{Call, Entry, Reply};
use super::exchange::Then;
use super::outbox::Effect;
use super::profile::Profile;
use super::{Charge, Equipment, Messages, Modem, Network, Phonebook, Setting, Sim, Tick, Ussd, template};
use crate::wire::command::Form;

/// Makers' commands to switch off or start anew.
pub(super) const COMMANDS: &[&[Entry]] = &[&[
    Entry::new("+QPOWD", quectel_off).vendor(),
    Entry::new("+CPWROFF", off).vendor(),
    Entry::new("#SHDN", off).vendor(),
    Entry::new("#REBOOT", reboot).vendor(),
]];

/// OK, then nothing more.
fn off(modem: &mut Modem, call: &Call<'_>) -> Reply {
    match call.form() {
        Form::Execute => {
            modem.then(Then::Off);
            Reply::Ok
        }
        Form::Test => Reply::Ok,
        Form::Read | Form::Set(_) => Reply::Error,
    }
}

/// `+QPOWD[=<n>]`: 0 at once, 1 in good order; a last message behind the result code.
fn quectel_off(modem: &mut Modem, call: &Call<'_>) -> Reply {
    match call.form() {
        Form::Test => {
            modem.inform(format_args!("+QPOWD: (0,1)"));
            return Reply::Ok;
        }
        Form::Set(parameters) if !matches!(parameters.number::<u32>(0), Ok(Some(0 | 1))) => return Reply::Malformed,
        Form::Execute | Form::Set(_) => {}
        Form::Read => return Reply::Error,
    }
    modem.unsolicited("POWERED DOWN");
    modem.then(Then::Off);
    Reply::Ok
}

/// OK, then a restart.
fn reboot(modem: &mut Modem, call: &Call<'_>) -> Reply {
    match call.form() {
        Form::Execute => {
            modem.then(Then::Restart);
            Reply::Ok
        }
        Form::Test => Reply::Ok,
        Form::Read | Form::Set(_) => Reply::Error,
    }
}

/// Whether the modem has power.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Supply {
    /// It has none. `until`: it comes back by itself.
    Off { until: Option<Tick> },
    /// It starts, and hears nothing yet.
    Starting { until: Tick },
    /// It runs.
    On,
}

impl Supply {
    pub(super) const fn is_there(self) -> bool {
        !matches!(self, Self::Off { .. })
    }
}

/// How far the boot messages have come.
#[derive(Debug, Default)]
pub(super) struct Boot {
    since: Tick,
    next: usize,
}

impl Boot {
    pub(super) fn deadline(&self, profile: &Profile) -> Option<Tick> {
        profile.boot.urcs.get(self.next).map(|urc| self.since + urc.at.0)
    }
}

impl Modem {
    /// The supply comes: every machine is told.
    pub(super) fn power_on(&mut self, now: Tick) {
        self.start(now);
        Equipment::power_on(self, now);
        Sim::power_on(self, now);
        Phonebook::power_on(self);
        Network::power_on(self, now);
        Messages::power_on(self);
        self.boot_due(now);
    }

    /// The modem starts: settings as the profile keeps them, boot messages on their way.
    pub(super) fn start(&mut self, now: Tick) {
        self.supply = match self.profile.boot.silent.0 {
            silent if silent.is_zero() => Supply::On,
            silent => Supply::Starting { until: now + silent },
        };
        self.at_each(|modem| modem.terminal.power_on(&modem.profile));
        self.boot = Boot { since: now, next: 0 };
        self.show_lines();
    }

    /// The supply goes; `until`: it comes back by itself.
    pub(super) fn power_off(&mut self, now: Tick, until: Option<Tick>) {
        let had_power = self.supply.is_there();
        self.supply = Supply::Off { until };
        self.at_each(|modem| modem.terminal.power_off());
        self.data_ends();
        self.calls_lose_power();
        self.boot.next = usize::MAX;
        self.show_lines();
        if had_power {
            Sim::power_off(self, now);
            Ussd::power_off(self);
            self.charge = Charge::default();
            Network::power_off(self, now);
            Messages::power_off(self);
            self.terminal.outbox.effect(Effect::Restarted);
        }
    }

    /// The modem starts anew by itself; `boot.restart` is how long it is gone.
    pub(super) fn restart(&mut self, now: Tick) {
        let back = now + self.profile.boot.restart.0;
        self.power_off(now, Some(back));
    }

    /// Boot messages that are due at `at`.
    pub(super) fn boot_due(&mut self, at: Tick) {
        while self.boot.deadline(&self.profile).is_some_and(|due| due <= at) {
            let text = self.profile.boot.urcs.get(self.boot.next).map(|urc| urc.text.clone());
            self.boot.next += 1;
            if let Some(text) = text {
                let text = template::fill(self, &text);
                if !text.is_empty() {
                    self.unsolicited(text);
                }
            }
        }
    }

    /// Drives the circuits as power, call and `&C` have them.
    pub(super) fn show_lines(&mut self) {
        let power = self.supply.is_there() && !self.network.is_asleep();
        let ringing = self.calls.is_ringing();
        self.at_each(|modem| {
            let carrier = modem.setting(Setting::Carrier) == 0 || modem.calls.has_carrier(modem.terminal.port);
            modem.terminal.outbox.set_lines(|lines| {
                lines.dsr = power;
                lines.cts = power;
                lines.dcd = power && carrier;
                lines.ri = power && ringing;
            });
        });
    }
}
