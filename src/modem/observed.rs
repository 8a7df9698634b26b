//! What can be observed of a modem without asking it over the line.

use super::power::Supply;
use super::{Messages, Mode, Modem, Network, Setting, Sim, call};

/// A value that a script's check compares.
#[derive(Debug, Clone, PartialEq)]
pub enum Observed {
    /// A word or a text.
    Text(String),
    /// A number: a cause, a count, dBm.
    Number(f64),
    /// Yes or no.
    Truth(bool),
    /// There is such a thing, but it has no value now: no cause, no signal.
    Nothing,
}

impl From<String> for Observed {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Observed {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<bool> for Observed {
    fn from(truth: bool) -> Self {
        Self::Truth(truth)
    }
}

impl From<u32> for Observed {
    fn from(number: u32) -> Self {
        Self::Number(f64::from(number))
    }
}

impl<T: Into<Self>> From<Option<T>> for Observed {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Nothing, Into::into)
    }
}

impl Modem {
    /// What stands behind a path of a script's check; `None`: nobody can observe such a thing.
    ///
    /// `registration.cs|ps|eps|5gs`, `cause`, `signal`, `attempts`, `register.decision`, `packet.KEY` and `network.KEY`
    /// are the network's, `sim.KEY` is the card's, `sms.KEY` is of short messages, `call.KEY` of calls. `modem.KEY` is here: `imei`, `imeisv`,
    /// `manufacturer`, `model`, `revision`, `profile`, `power` (`on`, `off`), `state` (`off`, `starting`, `command`,
    /// `busy`, `prompt`, `online`, `multiplexed`), `call`
    /// (`none`, `ringing`, `dialling`, `voice`, `data`), `ussd` (`none`, `sent`, `asked`), `dcd`, `ri`, `data` (bytes
    /// taken in data state), `ppp` (how far the own far end is: `none`, `link`, `authentication`, `addresses`, `open`,
    /// `ending`), `ppp.frames`, `ppp.damaged`, `ppp.dropped` (what it was sent), `lost` (bytes that
    /// found no room), and any setting by its name in lower case, `modem.cmee` or `modem.s0`.
    #[must_use]
    pub fn observe(&self, path: &str) -> Option<Observed> {
        if let Some(key) = path.strip_prefix("modem.") {
            return self.observe_own(key);
        }
        if let Some(key) = path.strip_prefix("call.") {
            return call::observe(self, key);
        }
        if let Some(key) = path.strip_prefix("sim.") {
            return Sim::observe(self, key);
        }
        if let Some(key) = path.strip_prefix("sms.") {
            return Messages::observe(self, key);
        }
        Network::observe(self, path)
    }

    fn observe_own(&self, key: &str) -> Option<Observed> {
        let equipment = &self.profile.equipment;
        Some(match key {
            "imei" => self.equipment.imei_text().into(),
            "imeisv" => self.equipment.imeisv_text(&self.profile).into(),
            "manufacturer" => equipment.manufacturer.as_str().into(),
            "model" => equipment.model.as_str().into(),
            "revision" => equipment.revision.as_str().into(),
            "profile" => self.profile.name.as_str().into(),
            "power" => (if self.supply.is_there() { "on" } else { "off" }).into(),
            "state" => match (self.supply, &self.terminal.mode) {
                (Supply::Off { .. }, _) => "off",
                (Supply::Starting { .. }, _) => "starting",
                (Supply::On, Mode::Command) => "command",
                (Supply::On, Mode::Busy) => "busy",
                (Supply::On, Mode::Prompt(_)) => "prompt",
                (Supply::On, Mode::Online(_)) => "online",
                (Supply::On, Mode::Multiplexed) => "multiplexed",
            }
            .into(),
            "call" => self.calls.word().into(),
            "ussd" => self.ussd.word().into(),
            "dcd" => self.terminal.outbox.lines().dcd.into(),
            "ri" => self.terminal.outbox.lines().ri.into(),
            #[expect(clippy::cast_precision_loss, reason = "a count that a script compares; exact up to 2^53")]
            "data" => Observed::Number(self.calls.data() as f64),
            "ppp" | "ppp.frames" | "ppp.damaged" | "ppp.dropped" => self.data.observe(key),
            #[expect(clippy::cast_precision_loss, reason = "a count that a script compares; exact up to 2^53")]
            "lost" => Observed::Number(
                (self.terminal.lost() + self.others.iter().map(|port| port.lost()).sum::<u64>()) as f64,
            ),
            name => {
                let same = |setting: &Setting| {
                    let known = setting.name().trim_start_matches(['+', '&']);
                    known.eq_ignore_ascii_case(name)
                };
                self.setting(Setting::ALL.into_iter().find(same)?).into()
            }
        })
    }
}
