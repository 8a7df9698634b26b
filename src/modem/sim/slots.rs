//! Two card slots, one of which the modem uses: `+CSUS`, and the makers' spellings of it.
//!
//! The card in the other slot has no power, and keeps what was written to it.
//!
//! Source: 3GPP TS 27.007, clause 8.66.

use std::sync::Arc;

use super::card::Card;
use super::channels::Channels;
use super::{Network, Sim, State, Supply};
use crate::modem::command::{Call, Entry, Reply};
use crate::modem::{Modem, Profile, Tick};
use crate::wire::command::Form;
use crate::wire::result::CmeError;

pub(super) const COMMANDS: &[Entry] = &[
    Entry::new("+CSUS", select),
    Entry::new("+QUIMSLOT", select_quectel).vendor(),
    Entry::new("+QDSIM", select_quectel_old).vendor(),
    Entry::new("!UIMS", select_sierra).vendor(),
];

/// The slot that is not used, and its card.
#[derive(Debug)]
pub(super) struct OtherSlot {
    /// The number of the slot that is used.
    used: u8,
    present: bool,
    card: Card,
}

impl OtherSlot {
    /// As the profile has it.
    pub(super) fn new(profile: &Profile) -> Self {
        Self { used: 0, present: profile.sim2.present, card: Card::new(&profile.sim2) }
    }

    /// The number of the slot that is used, from 0.
    pub(super) const fn used(&self) -> u8 {
        self.used
    }
}

/// How a maker writes it.
struct Spelling {
    name: &'static str,
    /// The number of the first slot.
    first: u8,
    /// A card that is in use can be left.
    at_once: bool,
}

/// `+CSUS=[<card slot>]`: not while a card is in use.
fn select(modem: &mut Modem, call: &Call<'_>) -> Reply {
    run(modem, call, &Spelling { name: "+CSUS", first: 0, at_once: false })
}

/// `+QUIMSLOT=<slot>`, 1 and 2, of Quectel.
fn select_quectel(modem: &mut Modem, call: &Call<'_>) -> Reply {
    run(modem, call, &Spelling { name: "+QUIMSLOT", first: 1, at_once: true })
}

/// `+QDSIM=<slot>`, 0 and 1, of Quectel.
fn select_quectel_old(modem: &mut Modem, call: &Call<'_>) -> Reply {
    run(modem, call, &Spelling { name: "+QDSIM", first: 0, at_once: true })
}

/// `!UIMS=<slot>`, 0 and 1, of Sierra Wireless.
fn select_sierra(modem: &mut Modem, call: &Call<'_>) -> Reply {
    run(modem, call, &Spelling { name: "!UIMS", first: 0, at_once: true })
}

fn run(modem: &mut Modem, call: &Call<'_>, spelling: &Spelling) -> Reply {
    let Spelling { name, first, at_once } = *spelling;
    let last = first + modem.profile.equipment.slots.saturating_sub(1);
    match call.form() {
        Form::Read => {
            let used = first + modem.sim.other.used();
            modem.inform(format_args!("{name}: {used}"));
            Reply::Ok
        }
        Form::Test => {
            if first == last {
                modem.inform(format_args!("{name}: ({first})"));
            } else {
                modem.inform(format_args!("{name}: ({first}-{last})"));
            }
            Reply::Ok
        }
        Form::Set(parameters) => {
            let slot = match parameters.number::<u8>(0) {
                Ok(slot) if parameters.len() <= 1 => slot.unwrap_or(first),
                Ok(_) => return Reply::Malformed,
                Err(error) => return error.into(),
            };
            if !(first..=last).contains(&slot) {
                return Reply::Malformed;
            }
            let in_use = !matches!(modem.sim.state(&modem.profile.sim), State::Absent | State::Off);
            if slot == first + modem.sim.other.used() {
                Reply::Ok
            } else if in_use && !at_once {
                Reply::Cme(CmeError::OPERATION_NOT_ALLOWED)
            } else {
                Sim::change_slot(modem, call.now);
                Reply::Ok
            }
        }
        Form::Execute => Reply::Error,
    }
}

impl Sim {
    /// The other slot is used from here on. To the network it is as if a card had gone and another had come.
    fn change_slot(modem: &mut Modem, now: Tick) {
        let has_power = modem.sim.supply != Supply::Off;
        let present = std::mem::replace(&mut modem.sim.present, false);
        if has_power && present {
            Network::sim_changed(modem, now);
        }
        modem.sim.cut();
        // What the profile says of the card is the card's too, and goes with it.
        let profile = Arc::make_mut(&mut modem.profile);
        std::mem::swap(&mut profile.sim, &mut profile.sim2);
        let sim = &mut modem.sim;
        sim.present = std::mem::replace(&mut sim.other.present, present);
        std::mem::swap(&mut sim.card, &mut sim.other.card);
        sim.channels = Channels::default();
        sim.other.used ^= 1;
        if has_power {
            Self::supply(modem, now);
            if modem.sim.present {
                Network::sim_changed(modem, now);
            } else {
                Self::changed(modem, now);
            }
        }
    }
}
