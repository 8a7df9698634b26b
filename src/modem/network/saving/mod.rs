//! Saving power: the signalling connection, power saving mode, and a line that sleeps.
//!
//! Knows when the modem signals and when it may sleep; that it does so is said to nobody but through its lines: a modem
//! that sleeps hears nothing and says nothing until it is woken. It stays registered meanwhile.
//!
//! Source: 3GPP TS 24.301, clauses 5.3.1 and 5.3.11; TS 27.007, clauses 7.38 to 7.41 and 10.1.30.

mod connection;
mod edrx;
mod profile;
mod psm;

use std::time::Duration;

use super::{Network, reports};
use crate::modem::command::Entry;
use crate::modem::terminal::Mode;
use crate::modem::{Modem, Tick};
use crate::wire::values::Domain;

use connection::Connection;
use edrx::Edrx;
pub(super) use profile::Timers;
pub use profile::{SavingProfile, Wake};
use psm::Wanted;

/// The commands of power saving, topic by topic.
pub(in crate::modem) const COMMANDS: &[&[Entry]] = &[connection::COMMANDS, psm::COMMANDS, edrx::COMMANDS];

/// A modem that has something to do when it would sleep tries again after this.
const LATER: Duration = Duration::from_secs(1);

/// What the modem does to save power.
#[derive(Debug, Default)]
pub(super) struct Saving {
    connection: Connection,
    sleep: Sleep,
    wanted: Wanted,
    edrx: Edrx,
}

/// Whether it sleeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Sleep {
    #[default]
    Awake,
    /// T3324 runs. `update`: when T3412 is over.
    Waiting { until: Tick, update: Option<Tick> },
    /// It sleeps; `until`: T3412 is over then.
    Asleep { until: Option<Tick> },
}

impl Saving {
    /// When there is something to do next.
    pub(super) fn deadline(&self) -> Option<Tick> {
        let sleep = match self.sleep {
            Sleep::Awake => None,
            Sleep::Waiting { until, .. } => Some(until),
            Sleep::Asleep { until } => until,
        };
        [self.connection.until(), sleep].into_iter().flatten().min()
    }

    /// Power comes or goes: what the host wants stays, all else is lost.
    pub(super) fn power(&mut self) {
        (self.connection, self.sleep, self.edrx.granted) = (Connection::Idle, Sleep::Awake, None);
    }

    /// Whether the modem sleeps.
    pub(super) const fn is_asleep(&self) -> bool {
        matches!(self.sleep, Sleep::Asleep { .. })
    }

    /// `network.rrc`
    pub(super) const fn connection(&self) -> &'static str {
        self.connection.name()
    }

    /// `network.psm`, where the network grants it or not.
    pub(super) const fn observe(&self, granted: bool) -> &'static str {
        match self.sleep {
            Sleep::Asleep { .. } => "asleep",
            Sleep::Awake | Sleep::Waiting { .. } if granted => "on",
            Sleep::Awake | Sleep::Waiting { .. } => "off",
        }
    }

    /// Something is signalled or sent: there is a connection from here on.
    pub(super) fn signalled(modem: &mut Modem, now: Tick) {
        let until = now + modem.profile.network.saving.inactivity.0;
        let saving = &mut modem.network.saving;
        if saving.is_asleep() {
            return;
        }
        saving.sleep = Sleep::Awake;
        let before = std::mem::replace(&mut saving.connection, Connection::Connected { until });
        if before == Connection::Idle {
            connection::give(modem);
        }
    }

    /// The host wants something else: where the modem is registered, it tells the network so.
    fn asked(modem: &mut Modem, now: Tick) {
        if modem.network.mobility.is_attached() {
            Self::signalled(modem, now);
        }
        Self::follow(modem);
        reports::give(modem);
    }

    /// The registration may be another one: the network grants what is asked there, or nothing.
    pub(super) fn follow(modem: &mut Modem) {
        let profile = modem.profile.clone();
        let profile = &profile.network.saving;
        let Network { mobility, saving, .. } = &mut modem.network;
        let attached = mobility.is_attached();
        let timers = saving.wanted.granted(profile).filter(|_| attached);
        let before = std::mem::replace(&mut mobility.granted, timers);
        let tech = mobility.cell().map(|cell| cell.tech).filter(|_| attached);
        let granted = tech.and_then(|tech| saving.edrx.granted(profile, tech));
        let other_cycle = std::mem::replace(&mut saving.edrx.granted, granted) != granted;
        let told = other_cycle && saving.edrx.is_reported() && attached;
        if timers.is_none() && matches!(saving.sleep, Sleep::Waiting { .. }) {
            saving.sleep = Sleep::Awake;
        }
        if told {
            modem.unsolicited(format!("+CEDRXP: {}", edrx::shown(granted)));
        }
        if let Some(timers) = timers.filter(|_| timers != before && !profile.granted_urc.is_empty()) {
            let seconds = |seconds: Option<u32>| seconds.unwrap_or(0).to_string();
            let text = profile.granted_urc.replace("{tau}", &seconds(timers.tau.seconds()));
            modem.unsolicited(text.replace("{active}", &seconds(timers.active.seconds())));
        }
    }

    /// Does what is due at `now`, and nothing if nothing is.
    pub(super) fn wake(modem: &mut Modem, now: Tick) {
        if modem.network.saving.connection.until().is_some_and(|until| until <= now) {
            modem.network.saving.connection = Connection::Idle;
            connection::give(modem);
            // T3324 and T3412 begin when the connection is released.
            let seconds = |seconds: u32| now + Duration::from_secs(seconds.into());
            let timers = modem.network.mobility.granted;
            if let Some((timers, active)) = timers.and_then(|timers| Some((timers, timers.active.seconds()?))) {
                let update = timers.tau.seconds().map(seconds);
                modem.network.saving.sleep = Sleep::Waiting { until: seconds(active), update };
            }
        }
        match modem.network.saving.sleep {
            Sleep::Waiting { until, update } if until <= now => {
                if is_quiet(modem) {
                    fall_asleep(modem, now, update);
                } else {
                    modem.network.saving.sleep = Sleep::Waiting { until: now + LATER, update };
                }
            }
            Sleep::Asleep { until: Some(until) } if until <= now => awake(modem, now),
            Sleep::Awake | Sleep::Waiting { .. } | Sleep::Asleep { .. } => {}
        }
    }

    /// Something that may wake the modem happens.
    pub(super) fn rouse(modem: &mut Modem, now: Tick, by: Wake) {
        if modem.network.saving.is_asleep() && modem.profile.network.saving.wakes_by.contains(&by) {
            awake(modem, now);
        }
    }
}

/// Whether there is nothing that keeps the modem awake: no command, no call, no data, no line half typed.
fn is_quiet(modem: &mut Modem) -> bool {
    let mut quiet = modem.calls.is_idle();
    modem.at_each(|modem| {
        quiet &= matches!(modem.terminal.mode, Mode::Command) && !modem.terminal.line.is_pending();
    });
    // A modem that looks for another network does not sleep.
    quiet && Domain::ALL.iter().any(|&domain| modem.network.mobility.registration(domain).is_registered())
}

fn fall_asleep(modem: &mut Modem, now: Tick, until: Option<Tick>) {
    let profile = modem.profile.clone();
    let text = profile.network.saving.asleep_urc.as_str();
    if !text.is_empty() {
        modem.unsolicited(text);
    }
    modem.at_each(|modem| modem.give_unsolicited(now));
    // T3412 that ran out meanwhile is looked at once.
    let until = until.map(|until| until.max(now));
    modem.network.saving.sleep = Sleep::Asleep { until };
    modem.show_lines();
}

/// Awake again, the modem tells the network where it is.
fn awake(modem: &mut Modem, now: Tick) {
    let profile = modem.profile.clone();
    modem.network.saving.sleep = Sleep::Awake;
    if profile.network.saving.wake_boots {
        modem.start(now);
    } else {
        modem.show_lines();
    }
    let text = profile.network.saving.awake_urc.as_str();
    if !text.is_empty() {
        modem.unsolicited(text);
    }
    if modem.network.mobility.is_attached() {
        Saving::signalled(modem, now);
    }
    // What changed while it slept is noticed now.
    Saving::follow(modem);
    reports::give(modem);
}
