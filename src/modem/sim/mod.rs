//! The card: present or not, locked or not, and what it holds.

use crate::modem::command::{Entry, Reply};
use crate::modem::{Modem, Observed, Profile, SimEvent, Tick};
use crate::wire::result::CmeError;

/// The commands of the card, topic by topic.
pub(super) const COMMANDS: &[&[Entry]] = &[];

/// The card in its holder.
#[derive(Debug)]
pub(super) struct Sim {}

impl Sim {
    /// As the profile has it, before the first power-up. It outlives the modem's power.
    pub(super) fn new(_profile: &Profile) -> Self {
        Self {}
    }

    /// When [`wake`](Self::wake) has work next.
    pub(super) const fn deadline(&self) -> Option<Tick> {
        None
    }

    /// Called at every deadline of the modem: does what is due at `now`, and nothing if nothing is.
    pub(super) fn wake(_modem: &mut Modem, _now: Tick) {}

    /// Called at power-up, after the settings and the equipment, before the network.
    pub(super) fn power_on(_modem: &mut Modem, _now: Tick) {}

    /// Called when the supply goes.
    pub(super) fn power_off(_modem: &mut Modem, _now: Tick) {}

    /// Called when `+CFUN` has a new level, after the setting has it and before the network is told.
    pub(super) fn functionality(_modem: &mut Modem, _now: Tick, _from: u32, _to: u32) {}

    /// Called for what is done to the card; it tells the network itself (`Network::sim_changed`).
    pub(super) fn event(_modem: &mut Modem, _now: Tick, _event: SimEvent) {}

    /// A keystroke aborts the command that waits for the card: how it ends.
    pub(super) fn abort(_modem: &mut Modem, _now: Tick) -> Reply {
        Reply::Error
    }

    /// Asked for `Needs::Card`.
    ///
    /// # Errors
    /// No card (10), or one that is not yet read (14).
    pub(super) fn inserted(_modem: &Modem) -> Result<(), CmeError> {
        Ok(())
    }

    /// Asked for `Needs::Sim` and `Needs::Radio`.
    ///
    /// # Errors
    /// What is missing: no card (10), PIN (11), PUK (12), busy (14), failure (13).
    pub(super) fn ready(_modem: &Modem) -> Result<(), CmeError> {
        Ok(())
    }

    /// The text of `{pin}` (as `+CPIN?` has it), `{imsi}`, `{iccid}`, `{eid}` and `{msisdn}`.
    pub(super) fn text(modem: &Modem, name: &str) -> String {
        let sim = &modem.profile.sim;
        match name {
            "pin" => "READY".to_owned(),
            "imsi" => sim.imsi.clone(),
            "iccid" => sim.iccid.clone(),
            "eid" => sim.eid.clone(),
            "msisdn" => sim.msisdn.clone(),
            _ => String::new(),
        }
    }

    /// What stands behind `sim.KEY` in a script's check.
    pub(super) fn observe(_modem: &Modem, _key: &str) -> Option<Observed> {
        None
    }
}
