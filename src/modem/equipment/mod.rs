//! The equipment: who made it, what it is called, its level of functionality, its clock, its character set.

mod charset;
mod clock;
mod functionality;
mod identity;
mod language;
mod user;

use super::command::Entry;
use super::profile::Profile;
use super::{Modem, Tick};
use crate::identity::{Imei, Imeisv, Svn};

pub(super) use clock::Clock;
use user::User;

/// The commands of the equipment, topic by topic.
pub(super) const COMMANDS: &[&[Entry]] = &[
    identity::COMMANDS,
    functionality::COMMANDS,
    clock::COMMANDS,
    charset::COMMANDS,
    language::COMMANDS,
    user::COMMANDS,
];

/// What belongs to the module itself.
#[derive(Debug)]
pub(super) struct Equipment {
    imei: Option<Imei>,
    pub(super) clock: Clock,
    /// The time zone that the network told last, in quarters of an hour.
    zone: Option<i8>,
    /// The network's time, where it is no longer the profile's.
    network: Option<Clock>,
    /// The language: its place in `equipment.languages`.
    language: usize,
    user: User,
}

impl Equipment {
    pub(super) fn new(profile: &Profile, imei: Option<Imei>) -> Self {
        // The profile was checked when it was read: what is no IMEI there is an empty one.
        let imei = imei.or_else(|| Imei::parse(&profile.imei).ok());
        Self {
            imei,
            clock: Clock::at_power_up(profile, Tick::ZERO),
            zone: None,
            network: None,
            language: 0,
            user: User::default(),
        }
    }

    pub(super) fn power_on(modem: &mut Modem, now: Tick) {
        modem.equipment.clock = Clock::at_power_up(&modem.profile, now);
        modem.equipment.zone = None;
    }

    /// The IMEI; `None`: none was ever written.
    pub(super) const fn imei(&self) -> Option<Imei> {
        self.imei
    }

    /// The IMEISV: the profile's where it belongs to this IMEI, else made of the IMEI and the profile's SVN.
    pub(super) fn imeisv(&self, profile: &Profile) -> Option<Imeisv> {
        let own = Imeisv::parse(&profile.imeisv).ok();
        match (own, self.imei) {
            (Some(own), Some(imei)) if own.key() == imei.key() || profile.imei == imei.to_string() => Some(own),
            (Some(own), None) => Some(own),
            (_, Some(imei)) => {
                let svn = own.map(Imeisv::svn).or_else(|| Svn::parse(&profile.svn).ok())?;
                Some(Imeisv::new(imei.key(), svn))
            }
            (None, None) => None,
        }
    }

    /// The IMEI's digits; empty where none was ever written.
    pub(super) fn imei_text(&self) -> String {
        self.imei.map_or_else(String::new, |imei| imei.to_string())
    }

    /// The IMEISV's digits; empty where none was ever written.
    pub(super) fn imeisv_text(&self, profile: &Profile) -> String {
        self.imeisv(profile).map_or_else(String::new, |imeisv| imeisv.to_string())
    }
}
