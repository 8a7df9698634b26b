//! The network around the modem: one registration per domain, and every command that shows it.

use crate::modem::command::{Entry, Reply};
use crate::modem::{Modem, NetworkEvent, Observed, Profile, Tick};
use crate::register;

/// The commands of the network, topic by topic.
pub(super) const COMMANDS: &[&[Entry]] = &[];

/// What the modem knows of the network.
#[derive(Debug)]
pub(super) struct Network {}

impl Network {
    /// As the profile has it, before the first power-up.
    pub(super) fn new(_profile: &Profile) -> Self {
        Self {}
    }

    /// When [`wake`](Self::wake) has work next.
    pub(super) const fn deadline(&self) -> Option<Tick> {
        None
    }

    /// Called at every deadline of the modem: does what is due at `now`, and nothing if nothing is.
    pub(super) fn wake(_modem: &mut Modem, _now: Tick) {}

    /// Called at power-up, last of all: settings, equipment and card are there.
    pub(super) fn power_on(_modem: &mut Modem, _now: Tick) {}

    /// Called when the supply goes: switch-off for every reject.
    pub(super) fn power_off(_modem: &mut Modem, _now: Tick) {}

    /// Called when `+CFUN` has a new level, after the setting has it and the card was told.
    pub(super) fn functionality(_modem: &mut Modem, _now: Tick, _from: u32, _to: u32) {}

    /// Called by the card when it came, went, was unlocked or locked.
    pub(super) fn sim_changed(_modem: &mut Modem, _now: Tick) {}

    /// Called for what the network does.
    pub(super) fn event(_modem: &mut Modem, _now: Tick, _event: NetworkEvent) {}

    /// Called when what the antenna receives changes; `None`: nothing.
    pub(super) fn signal(_modem: &mut Modem, _now: Tick, _level: Option<i16>) {}

    /// Called with the register's answer to the `Effect::CheckEquipment` with this ticket.
    pub(super) fn equipment(_modem: &mut Modem, _now: Tick, _ticket: u32, _answer: register::Answer) {}

    /// A keystroke aborts the command that waits for the network: how it ends.
    pub(super) fn abort(_modem: &mut Modem, _now: Tick) -> Reply {
        Reply::Error
    }

    /// Whether a voice call can be set up now, or come in.
    pub(super) const fn serves_voice(&self) -> bool {
        true
    }

    /// Whether packet data can be carried now.
    pub(super) const fn serves_packet(&self) -> bool {
        true
    }

    /// The text of `{operator}` and `{plmn}`.
    pub(super) fn text(modem: &Modem, name: &str) -> String {
        match name {
            "operator" => modem.profile.network.operator.clone(),
            "plmn" => modem.profile.network.plmn.clone(),
            _ => String::new(),
        }
    }

    /// What stands behind `registration.…`, `cause`, `signal`, `attempts`, `register.decision` and `network.KEY` in a
    /// script's check: the whole path is given.
    pub(super) fn observe(_modem: &Modem, _path: &str) -> Option<Observed> {
        None
    }
}
