//! The card: present or not, locked or not, and what it holds.
//!
//! Knows the UICC with its USIM and, beside it, the GSM application: PINs, files, access rules, and the commands that
//! `+CRSM` and `+CSIM` carry to them (ETSI TS 102 221, 3GPP TS 31.102, TS 51.011). Does not know the network: that writes
//! through the methods of `location.rs`, and is told when the card comes, goes, opens or locks.

mod access;
mod apdu;
mod book;
mod card;
mod channels;
mod charge;
mod commands;
pub(super) mod dialling;
mod header;
mod hexadecimal;
mod image;
mod issue;
mod issuer;
pub(super) mod location;
mod passwords;
mod preferred;
mod secret;
mod session;
mod slots;
mod status;
#[cfg(test)]
mod tests;
mod verify;

pub(super) use book::Book;
use card::Card;
use channels::Channels;
pub(super) use charge::Price;
pub(super) use preferred::{PreferredList, PreferredPlmn};
use slots::OtherSlot;

use super::command::Entry;
use super::network::Network;
use super::template;
use super::{Modem, Observed, Profile, SimEvent, SimProfile, Tick};
use crate::identity::Plmn;
use crate::wire::result::CmeError;
use crate::wire::values::PinState;

/// The commands of the card, topic by topic.
pub(super) const COMMANDS: &[&[Entry]] = &[commands::COMMANDS, passwords::COMMANDS, access::COMMANDS, slots::COMMANDS];

/// The card in its holder.
#[derive(Debug)]
pub(super) struct Sim {
    /// A card is in the holder. One that was taken out is the one that is put in again.
    present: bool,
    card: Card,
    supply: Supply,
    /// What `+CSIM`, and `+CGLA` on the others, speak on.
    channels: Channels,
    /// What was said of it last, so that a change is said once.
    told: State,
    /// A command failed for want of PIN2: `+CPIN?` asks for it until it is given.
    pin2_wanted: bool,
    /// What stands in the slot that is not used.
    other: OtherSlot,
}

/// Whether the card has power, and reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Supply {
    /// No power: the modem is off, or in minimum functionality.
    Off,
    /// The modem reads it, until then.
    Reading { until: Tick },
    /// It answers.
    On,
}

/// What the modem can do with its card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// No card.
    Absent,
    /// A card without power.
    Off,
    /// It is still being read.
    Busy,
    /// It asks for its PIN.
    Pin,
    /// Its PIN is blocked; it asks for the PUK.
    Puk,
    /// It does not work: broken, without a subscription, or its PUK is used up.
    Failed,
    /// It has let its user in.
    Ready,
}

impl State {
    /// The word for it in a check: `sim.state`.
    fn word(self) -> &'static str {
        match self {
            Self::Absent => "absent",
            Self::Off => "off",
            Self::Busy => "busy",
            Self::Pin => "pin",
            Self::Puk => "puk",
            Self::Failed => "failed",
            Self::Ready => "ready",
        }
    }

    /// What `+CPIN?` says.
    ///
    /// # Errors
    /// It can say nothing: no card (10), not yet (14), or never (13, or what the profile has for a card without a
    /// subscription).
    fn pin_state(self, sim: &SimProfile) -> Result<PinState, CmeError> {
        match self {
            Self::Failed if sim.imsi.is_empty() && !sim.broken => Err(CmeError::new(sim.empty)),
            Self::Absent => Err(CmeError::SIM_NOT_INSERTED),
            Self::Busy => Err(CmeError::SIM_BUSY),
            Self::Off | Self::Failed => Err(CmeError::SIM_FAILURE),
            Self::Pin => Ok(PinState::SimPin),
            Self::Puk => Ok(PinState::SimPuk),
            Self::Ready => Ok(PinState::Ready),
        }
    }
}

impl Sim {
    /// As the profile has it, before the first power-up. It outlives the modem's power.
    pub(super) fn new(profile: &Profile) -> Self {
        Self {
            present: profile.sim.present,
            card: Card::new(&profile.sim),
            supply: Supply::Off,
            channels: Channels::default(),
            told: State::Off,
            pin2_wanted: false,
            other: OtherSlot::new(profile),
        }
    }

    /// What the modem can do with the card.
    pub(super) fn state(&self, sim: &SimProfile) -> State {
        match self.supply {
            Supply::Off | Supply::Reading { .. } | Supply::On if !self.present => State::Absent,
            Supply::Off => State::Off,
            Supply::Reading { .. } => State::Busy,
            Supply::On if sim.broken || sim.imsi.is_empty() => State::Failed,
            Supply::On if self.card.pin.tries() == 0 && self.card.pin.puk_tries() == 0 => State::Failed,
            Supply::On if self.card.pin.tries() == 0 => State::Puk,
            Supply::On if self.card.pin.is_satisfied() => State::Ready,
            Supply::On => State::Pin,
        }
    }

    /// The home network; `None` without a card, or a subscription on it.
    pub(super) fn home(&self, sim: &SimProfile) -> Option<Plmn> {
        issue::home(sim).filter(|_| self.present)
    }

    /// When [`wake`](Self::wake) has work next.
    pub(super) const fn deadline(&self) -> Option<Tick> {
        match self.supply {
            Supply::Reading { until } if self.present => Some(until),
            Supply::Reading { .. } | Supply::Off | Supply::On => None,
        }
    }

    /// Called at every deadline of the modem: does what is due at `now`, and nothing if nothing is.
    pub(super) fn wake(modem: &mut Modem, now: Tick) {
        if modem.sim.deadline().is_some_and(|until| until <= now) {
            modem.sim.supply = Supply::On;
            Self::changed(modem, now);
        }
    }

    /// Called at power-up, after the settings and the equipment, before the network.
    pub(super) fn power_on(modem: &mut Modem, now: Tick) {
        if modem.setting(super::Setting::Functionality) != 0 || !modem.profile.sim.cfun0_off {
            Self::supply(modem, now);
        }
    }

    /// Called when the supply goes.
    pub(super) fn power_off(modem: &mut Modem, _now: Tick) {
        modem.sim.cut();
        modem.sim.told = State::Off;
    }

    /// Called when `+CFUN` has a new level, after the setting has it and before the network is told.
    pub(super) fn functionality(modem: &mut Modem, now: Tick, from: u32, to: u32) {
        match (from, to) {
            (_, 0) if from != 0 && modem.profile.sim.cfun0_off => {
                modem.sim.cut();
                modem.sim.told = State::Off;
                Network::sim_changed(modem, now);
            }
            (0, _) if to != 0 && modem.sim.supply == Supply::Off => {
                Self::supply(modem, now);
                Network::sim_changed(modem, now);
            }
            (_, _) => {}
        }
    }

    /// Called for what is done to the card; it tells the network itself (`Network::sim_changed`).
    pub(super) fn event(modem: &mut Modem, now: Tick, event: SimEvent) {
        let has_power = modem.sim.supply != Supply::Off;
        match event {
            SimEvent::Insert if modem.sim.present => {}
            SimEvent::Insert => {
                modem.sim.present = true;
                if has_power {
                    Self::supply(modem, now);
                    Network::sim_changed(modem, now);
                }
            }
            SimEvent::Remove => {
                modem.sim.present = false;
                modem.sim.card.reset();
                modem.sim.channels = Channels::default();
            }
            SimEvent::Ready => {
                modem.sim.card.pin.satisfy();
                if has_power {
                    modem.sim.supply = Supply::On;
                }
            }
            SimEvent::Lock => modem.sim.card.pin.lock(),
            SimEvent::Block => modem.sim.card.pin.block(),
        }
        Self::changed(modem, now);
    }

    /// Asked for `Needs::Card`.
    ///
    /// # Errors
    /// No card (10), one that is not yet read (14), or that cannot be (13).
    pub(super) fn inserted(modem: &Modem) -> Result<(), CmeError> {
        let sim = &modem.profile.sim;
        match modem.sim.state(sim) {
            // A card without a subscription can be read, and so can one whose PUK is used up.
            State::Failed if !sim.broken => Ok(()),
            state => state.pin_state(sim).map(|_| ()),
        }
    }

    /// Asked for `Needs::Sim`.
    ///
    /// # Errors
    /// What is missing: no card (10), PIN (11), PUK (12), busy (14), failure (13).
    pub(super) fn ready(modem: &Modem) -> Result<(), CmeError> {
        match modem.sim.state(&modem.profile.sim) {
            State::Ready => Ok(()),
            State::Pin => Err(CmeError::SIM_PIN_REQUIRED),
            State::Puk => Err(CmeError::SIM_PUK_REQUIRED),
            state @ (State::Absent | State::Off | State::Busy | State::Failed) => {
                state.pin_state(&modem.profile.sim).map(|_| ())
            }
        }
    }

    /// The text of `{pin}` (as `+CPIN?` has it), `{imsi}`, `{iccid}`, `{eid}` and `{msisdn}`.
    pub(super) fn text(modem: &Modem, name: &str) -> String {
        let sim = &modem.profile.sim;
        match name {
            "pin" => match modem.sim.state(sim) {
                State::Absent => "NOT INSERTED".to_owned(),
                State::Off | State::Busy | State::Failed => "NOT READY".to_owned(),
                state @ (State::Pin | State::Puk | State::Ready) => {
                    state.pin_state(sim).map_or_else(|_| String::new(), |state| state.code().to_owned())
                }
            },
            "imsi" => sim.imsi.clone(),
            "iccid" => commands::iccid_text(sim),
            "eid" => sim.eid.clone(),
            "msisdn" => modem.sim.own_number(sim),
            _ => String::new(),
        }
    }

    /// What stands behind `sim.KEY` in a script's check: `state` (`absent`, `off`, `busy`, `pin`, `puk`, `failed`,
    /// `ready`), `present`, `slot` (from 0), `imsi`, `iccid`, `eid`, `msisdn`, `home`, `forbidden` (networks with commas between),
    /// `pin_tries`, `puk_tries`, `pin_enabled`.
    pub(super) fn observe(modem: &Modem, key: &str) -> Option<Observed> {
        let (own, sim) = (&modem.sim, &modem.profile.sim);
        Some(match key {
            "state" => own.state(sim).word().into(),
            "present" => own.present.into(),
            "slot" => u32::from(own.other.used()).into(),
            "imsi" => sim.imsi.as_str().into(),
            "iccid" => sim.iccid.as_str().into(),
            "eid" => sim.eid.as_str().into(),
            "msisdn" => own.own_number(sim).into(),
            "home" => own.home(sim).map(|home| home.to_string()).into(),
            "forbidden" => own.forbidden_plmns(sim).iter().map(Plmn::to_string).collect::<Vec<_>>().join(",").into(),
            "pin_tries" => u32::from(own.card.pin.tries()).into(),
            "puk_tries" => u32::from(own.card.pin.puk_tries()).into(),
            "pin_enabled" => own.card.pin.is_enabled().into(),
            _ => return None,
        })
    }

    /// The card gets its power: it is busy for as long as the profile says.
    fn supply(modem: &mut Modem, now: Tick) {
        let busy = modem.profile.sim.busy.0;
        modem.sim.cut();
        if busy.is_zero() {
            modem.sim.supply = Supply::On;
            modem.sim.told = modem.sim.state(&modem.profile.sim);
            Self::announce(modem);
        } else {
            modem.sim.supply = Supply::Reading { until: now + busy };
            modem.sim.told = State::Busy;
        }
    }

    fn cut(&mut self) {
        self.supply = Supply::Off;
        self.pin2_wanted = false;
        self.card.reset();
        self.channels = Channels::default();
    }

    /// Tells the host and the network, if there is something new to tell.
    fn changed(modem: &mut Modem, now: Tick) {
        let state = modem.sim.state(&modem.profile.sim);
        if state == modem.sim.told || modem.sim.supply == Supply::Off {
            return;
        }
        modem.sim.told = state;
        Self::announce(modem);
        Network::sim_changed(modem, now);
    }

    /// Says what the card is now, where the profile has words for it.
    fn announce(modem: &mut Modem) {
        let worth_saying = !matches!(modem.sim.told, State::Off | State::Busy);
        if worth_saying && !modem.profile.sim.urc.is_empty() {
            let text = template::fill(modem, &modem.profile.sim.urc.clone());
            modem.unsolicited(text);
        }
    }
}
