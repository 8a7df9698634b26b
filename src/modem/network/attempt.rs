//! From power-up to a registration or a refusal, and on from there by the timers.
//!
//! Source: 3GPP TS 23.122, clause 4.4.3 (selection); TS 24.301, clauses 5.5.1.2 and 5.3.9; TS 24.008, clause 4.7.3.1;
//! TS 24.501, clause 5.5.1.2.

use std::time::Duration;

use super::cause::{Consequence, ESM_FAILURE, consequence, received};
use super::domain::{Domains, Procedures};
use super::host::{Selection, core};
use super::mobility::{Decision, Mobility, Notice, Refused, Scene, UpdateStatus};
use super::packet;
use super::profile::NetworkProfile;
use super::registration::Step;
use super::world::Cell;
use crate::modem::Tick;
use crate::wire::values::{Domain, RejectCause};

/// What the modem as a whole is doing about its registration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// Nothing: the radio is off, or the host wants it so.
    Stopped,
    /// It has no card that can be used: emergency calls only.
    NoCard,
    /// There is no cell for it; it waits for one.
    Searching,
    /// It looks through the cells.
    Scanning { until: Tick },
    /// The network asks the register.
    Asking { ticket: u32, why: Why },
    /// Its request is being answered.
    Requesting { until: Tick },
    /// It is registered, in one domain at least.
    Served,
    /// It waits before it asks again.
    BackOff { until: Tick, congested: bool },
    /// It was refused, and does not ask by itself. `quiet`: then it stops showing so.
    Refused { quiet: Option<Tick> },
}

/// Why the register is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Why {
    Registration,
    IdentityCheck,
    Detach,
}

impl Phase {
    pub(super) const fn until(self) -> Option<Tick> {
        match self {
            Self::Scanning { until } | Self::Requesting { until } | Self::BackOff { until, .. } => Some(until),
            Self::Refused { quiet } => quiet,
            Self::Stopped | Self::NoCard | Self::Searching | Self::Asking { .. } | Self::Served => None,
        }
    }

    pub(super) const fn is_refused(self) -> bool {
        match self {
            Self::Refused { .. } | Self::BackOff { .. } => true,
            Self::Stopped
            | Self::NoCard
            | Self::Searching
            | Self::Scanning { .. }
            | Self::Asking { .. }
            | Self::Requesting { .. }
            | Self::Served => false,
        }
    }
}

impl Mobility {
    /// Begins anew with all its attempts, in every technology.
    pub(super) fn begin_again(&mut self, scene: &mut Scene<'_>) {
        self.streak = 0;
        self.bars.wake_all();
        self.seek(scene);
    }

    /// Begins anew, as radio, card, selection and refusals allow.
    pub(super) fn seek(&mut self, scene: &mut Scene<'_>) {
        let was_attached = self.is_attached();
        self.camped = None;
        let own = scene.profile.domains();
        if !self.radio || self.selection == Selection::Deregistered {
            self.step(Domains::ALL, Step::Stop);
            self.phase = Phase::Stopped;
        } else if scene.card.home().is_none() {
            self.step(Domains::ALL, Step::Stop);
            self.phase = Phase::NoCard;
        } else if let Some(cause) = self.bars.all() {
            self.step(own, Step::Reject { cause });
            self.phase = self.refused_from(scene);
        } else {
            let sought = self.sought(scene);
            self.step(Domains::ALL.without(sought), Step::Stop);
            for domain in own.without(sought).iter() {
                if let Some(cause) = self.bars.reason(domain) {
                    self.step(Domains::only(domain), Step::Reject { cause });
                }
            }
            self.step(sought, Step::Search);
            self.phase = if sought.is_empty() && own.iter().any(|domain| self.bars.reason(domain).is_some()) {
                self.refused_from(scene)
            } else if sought.is_empty() {
                Phase::Stopped
            } else if self.world.is_covered() {
                Phase::Scanning { until: scene.now + scene.profile.timing.search.0 }
            } else {
                Phase::Searching
            };
        }
        if was_attached {
            self.notices.push(Notice::Detached);
            if matches!(self.phase, Phase::Stopped | Phase::NoCard) {
                self.notices.push(Notice::HostDetach);
            }
        }
    }

    /// The cell is gone.
    pub(super) fn lose(&mut self) {
        match self.phase {
            Phase::Scanning { .. } | Phase::Asking { .. } | Phase::Requesting { .. } | Phase::Served => {
                if self.is_attached() {
                    self.notices.push(Notice::Detached);
                }
                self.step(Domains::ALL, Step::Lose);
                self.camped = None;
                self.phase = Phase::Searching;
            }
            Phase::Stopped | Phase::NoCard | Phase::Searching | Phase::BackOff { .. } | Phase::Refused { .. } => {}
        }
    }

    /// What is due at exactly this time.
    pub(super) fn elapse(&mut self, scene: &mut Scene<'_>) {
        if self.areas_until == Some(scene.now) {
            self.areas_until = None;
            self.bars.forget_areas();
            if matches!(self.phase, Phase::Refused { .. }) && self.bars.all().is_none() {
                self.seek(scene);
            }
        }
        if self.lifts == Some(scene.now) {
            self.lifts = None;
            self.bars.lift();
            match (self.phase, self.camped) {
                (Phase::Refused { .. }, _) => self.seek(scene),
                // What was refused is asked for beside what is served.
                (Phase::Served, Some(cell)) => self.request(scene, cell),
                (
                    Phase::Stopped
                    | Phase::NoCard
                    | Phase::Searching
                    | Phase::Scanning { .. }
                    | Phase::Asking { .. }
                    | Phase::Requesting { .. }
                    | Phase::Served
                    | Phase::BackOff { .. },
                    _,
                ) => {}
            }
        }
        if self.bars.rested().is_some_and(|due| due <= scene.now) {
            self.bars.wake(scene.now);
            match self.phase {
                Phase::Searching | Phase::Refused { .. } => self.seek(scene),
                Phase::Stopped
                | Phase::NoCard
                | Phase::Scanning { .. }
                | Phase::Asking { .. }
                | Phase::Requesting { .. }
                | Phase::Served
                | Phase::BackOff { .. } => {}
            }
        }
        if self.phase.until() == Some(scene.now) {
            match self.phase {
                Phase::Scanning { .. } => match self.candidate(scene) {
                    Some(cell) => self.request(scene, cell),
                    None => self.phase = Phase::Searching,
                },
                Phase::Requesting { .. } => match self.refusal(scene) {
                    Some(cause) => self.reject(scene, cause),
                    None => self.accept(scene),
                },
                Phase::BackOff { .. } => match self.candidate(scene) {
                    Some(cell) => self.request(scene, cell),
                    None => self.seek(scene),
                },
                Phase::Refused { .. } => {
                    self.step(Domains::ALL, Step::GiveUp);
                    self.phase = Phase::Refused { quiet: None };
                }
                Phase::Stopped | Phase::NoCard | Phase::Searching | Phase::Asking { .. } | Phase::Served => {}
            }
        }
        self.settle(scene);
        self.expire(scene.now);
    }

    /// Asks the register about the equipment.
    pub(super) fn ask(&mut self, why: Why) {
        self.ticket = self.ticket.wrapping_add(1);
        self.phase = Phase::Asking { ticket: self.ticket, why };
        self.notices.push(Notice::Check { ticket: self.ticket });
    }

    /// Why the register's answer leads to a refusal, if it does.
    pub(super) fn refusal_by_register(&self) -> Option<RejectCause> {
        match self.decision {
            Some(Decision { refusal, .. }) => refusal,
            None => None,
        }
    }

    /// The network says no.
    pub(super) fn reject(&mut self, scene: &mut Scene<'_>, cause: RejectCause) {
        let Some(cell) = self.camped else { return };
        let procedures = cell.tech.procedures();
        let cause = received(cause, procedures);
        let asked = self.wanted(scene, &cell);
        let own = scene.profile.domains();
        if self.is_attached() {
            self.notices.push(Notice::Detached);
        }
        self.refused = Some(Refused { cause, tech: cell.tech });
        self.notices.push(Notice::Rejected { tech: cell.tech, domains: asked, cause });
        match consequence(cause, procedures) {
            Consequence::Barred => {
                self.bars.bar_all(cause);
                self.doubt(scene);
                self.locate(scene, asked, &cell, UpdateStatus::RoamingNotAllowed);
                self.step(own, Step::Reject { cause });
                self.phase = self.refused_from(scene);
            }
            Consequence::BarredFromCs => {
                self.bars.bar_cs(cause);
                self.doubt(scene);
                self.step(own.within(Domains::CS), Step::Reject { cause });
                self.rest(scene, &cell);
            }
            Consequence::BarredFromPackets => {
                self.bars.bar_packets(cause);
                self.doubt(scene);
                self.step(own.within(Domains::PACKET), Step::Reject { cause });
                self.rest(scene, &cell);
            }
            Consequence::ForbiddenPlmnForPackets => {
                self.bars.bar_packets_in(cell.plmn);
                self.doubt(scene);
                self.step(asked.within(Domains::PACKET), Step::Reject { cause });
                self.rest(scene, &cell);
            }
            Consequence::ForbiddenPlmn => {
                scene.card.forbid(cell.plmn);
                self.locate(scene, asked, &cell, UpdateStatus::RoamingNotAllowed);
                self.step(asked, Step::Reject { cause });
                self.elsewhere(scene);
            }
            Consequence::ForbiddenArea { elsewhere } => {
                self.bars.bar_area(&cell, cause);
                let timing = &scene.profile.timing;
                let span = if scene.profile.protected { timing.areas.0 } else { timing.unprotected.0 };
                self.areas_until.get_or_insert(scene.now + span);
                self.locate(scene, asked, &cell, UpdateStatus::RoamingNotAllowed);
                self.step(asked, Step::Reject { cause });
                if elsewhere {
                    self.elsewhere(scene);
                } else {
                    self.step(own.without(asked), Step::Stop);
                    self.phase = self.refused_from(scene);
                }
            }
            Consequence::ForbiddenTechnology => {
                // TS 24.501, clause 4.9: until a time of the modem's own is over.
                self.bars.rest(procedures, scene.now + scene.profile.timing.areas.0);
                self.locate(scene, asked, &cell, UpdateStatus::RoamingNotAllowed);
                self.step(asked, Step::Reject { cause });
                self.elsewhere(scene);
            }
            Consequence::Congestion => {
                self.streak = 0;
                self.defer(scene, &cell, asked, cause, scene.profile.timing.congestion.0, true);
            }
            Consequence::Retry => {
                self.streak = self.streak.max(1);
                let timing = &scene.profile.timing;
                if self.streak < timing.attempts {
                    let span = match procedures {
                        Procedures::Gmm => timing.retry_gmm.0,
                        Procedures::Emm | Procedures::FiveGmm => timing.retry.0,
                    };
                    self.defer(scene, &cell, asked, cause, span, false);
                } else {
                    self.exhaust(scene, &cell, asked, cause);
                }
            }
        }
    }

    /// Every attempt in this technology has failed: it rests, and another one is tried where there is one in reach.
    ///
    /// Source: 3GPP TS 24.301, clause 5.5.1.2.6; TS 24.008, clause 4.7.3.1.5; TS 24.501, clause 5.5.1.2.7.
    fn exhaust(&mut self, scene: &mut Scene<'_>, cell: &Cell, asked: Domains, cause: RejectCause) {
        let span = scene.profile.timing.back_off.0;
        self.bars.rest(cell.tech.procedures(), scene.now + span);
        if self.candidate(scene).is_some() {
            self.locate(scene, asked, cell, UpdateStatus::NotUpdated);
            self.streak = 0;
            self.seek(scene);
        } else {
            // Others may rest for a shorter time.
            let until = self.bars.rested().unwrap_or(scene.now + span);
            self.defer(scene, cell, asked, cause, until.since(scene.now), false);
            self.streak = 0;
        }
    }

    /// How long a refusal for good is believed.
    ///
    /// Source: 3GPP TS 24.301, clauses 5.3.7a (T3245) and 5.3.7b (T3247).
    fn doubt(&mut self, scene: &Scene<'_>) {
        let timing = &scene.profile.timing;
        let span = if scene.profile.protected {
            timing.revalidate.0
        } else if self.unprotected < timing.unprotected_times {
            self.unprotected += 1;
            timing.unprotected.0
        } else {
            Duration::ZERO
        };
        self.lifts = (!span.is_zero()).then(|| scene.now + span);
    }

    /// The domains that a request in this cell is for.
    pub(super) fn wanted(&self, scene: &Scene<'_>, cell: &Cell) -> Domains {
        let mut wanted = self.domains_of(scene.profile, cell.tech).without(self.bars.barred_in(cell.plmn));
        if !self.packets_wanted {
            wanted = wanted.without(Domains::PACKET);
        }
        if wanted.within(core(cell.tech.procedures())).is_empty() { Domains::NONE } else { wanted }
    }

    /// The cell to register in, if there is one: the home network's first, then the best.
    pub(super) fn candidate(&self, scene: &Scene<'_>) -> Option<Cell> {
        let home = scene.card.home()?;
        // After #12 the modem stays with its PLMN, in limited service (TS 24.301, clause 5.5.1.2.5).
        if self.world.offers().next().is_some_and(|offer| self.bars.hold_in(offer.cell.plmn)) {
            return None;
        }
        let suits = |offer: &&super::world::Offer| {
            let cell = &offer.cell;
            let chosen = match self.selection {
                Selection::Automatic => !offer.forbidden && !scene.card.forbids(cell.plmn),
                Selection::Manual { plmn, act, .. } => {
                    plmn == cell.plmn && act.is_none_or(|act| act == scene.profile.act(cell.tech))
                }
                Selection::Deregistered => false,
            };
            chosen
                && self.offers_tech(cell.tech)
                && scene.profile.techs.contains(&cell.tech)
                && !self.bars.forbid_area(cell)
                && !self.bars.rests(cell.tech.procedures())
                && !self.wanted(scene, cell).is_empty()
        };
        let mut suitable = self.world.offers().filter(suits);
        let best = suitable.clone().next()?;
        Some(suitable.find(|offer| offer.cell.plmn == home).unwrap_or(best).cell)
    }

    /// The request leaves.
    pub(super) fn request(&mut self, scene: &mut Scene<'_>, cell: Cell) {
        self.camped = Some(cell);
        self.attempts = self.attempts.saturating_add(1);
        // Each technology counts its own attempts.
        if self.refused.is_some_and(|refused| refused.tech.procedures() != cell.tech.procedures()) {
            self.streak = 0;
        }
        self.streak = self.streak.saturating_add(1);
        let wanted = self.wanted(scene, &cell);
        self.step(wanted, Step::Request { attempt: self.streak });
        self.ask(Why::Registration);
    }

    fn refusal(&self, scene: &Scene<'_>) -> Option<RejectCause> {
        let forbidden = || {
            let cell = self.camped?;
            let offer = self.world.offers().find(|offer| offer.cell == cell)?;
            offer.forbidden.then_some(RejectCause::PLMN_NOT_ALLOWED)
        };
        // TS 24.301, clause 5.5.1.2.5: where the context is refused, the attach is refused with it.
        let without_bearer = || {
            let attaches = self.camped?.tech.procedures() == Procedures::Emm && !self.is_attached();
            (attaches && !scene.bearer).then_some(ESM_FAILURE)
        };
        let denied = || self.denied(scene.profile, self.world.deny());
        self.refusal_by_register().or_else(forbidden).or_else(denied).or_else(without_bearer)
    }

    /// The cause with which the network refuses everybody where the modem is; #5 is for emergency requests alone, and those
    /// of session management are for contexts.
    pub(super) fn denied(&self, profile: &NetworkProfile, cause: Option<RejectCause>) -> Option<RejectCause> {
        let tech = self.camped?.tech;
        let here = profile.deny_techs.is_empty() || profile.deny_techs.contains(&tech);
        let of_context = |cause| packet::of_denial(cause, tech.procedures()).is_some();
        cause.filter(|&cause| here && cause != RejectCause::IMEI_NOT_ACCEPTED && !of_context(cause))
    }

    fn accept(&mut self, scene: &mut Scene<'_>) {
        let Some(cell) = self.camped else { return };
        let served = self.wanted(scene, &cell);
        let roaming = scene.card.home() != Some(cell.plmn);
        let was_attached = self.is_attached();
        self.streak = 0;
        self.drop_unrefused(Domains::ALL.without(served));
        self.step(served, Step::Accept { roaming });
        // What some domain still shows is not forgotten yet.
        self.refused = self.refused.filter(|_| self.states.iter().any(|state| state.cause().is_some()));
        // TS 23.003, clauses 2.4 and 2.8: the two highest bits of a packet identity are 1.
        let temporary = 0xC000_0000 | self.ticket;
        self.locate(scene, served, &cell, UpdateStatus::Updated { temporary });
        if matches!(self.selection, Selection::Manual { .. }) {
            scene.card.permit(cell.plmn);
        }
        if self.is_attached() && !was_attached {
            self.notices.push(Notice::Attached);
        }
        self.phase = Phase::Served;
        if std::mem::take(&mut self.check_owed) {
            self.ask(Why::IdentityCheck);
        }
    }

    /// Domains of which nothing was refused, and for which there is nothing here.
    fn drop_unrefused(&mut self, domains: Domains) {
        let idle = domains.iter().filter(|&domain| self.registration(domain).cause().is_none()).collect();
        self.step(idle, Step::Stop);
    }

    /// Some domains were refused; the others are served here, or elsewhere.
    fn rest(&mut self, scene: &mut Scene<'_>, cell: &Cell) {
        if self.wanted(scene, cell).is_empty() { self.elsewhere(scene) } else { self.accept(scene) }
    }

    /// Looks for another cell after a refusal, if any is left.
    fn elsewhere(&mut self, scene: &mut Scene<'_>) {
        self.streak = 0;
        // An operator chosen by hand is asked once: the host has to ask again.
        let next = self.candidate(scene).filter(|cell| !scene.card.forbids(cell.plmn));
        if next.is_some() {
            let open = Domain::ALL.into_iter().filter(|&domain| self.registration(domain).is_registered()).collect();
            self.step(open, Step::Search);
            self.phase = Phase::Scanning { until: scene.now + scene.profile.timing.search.0 };
        } else {
            self.drop_unrefused(Domains::ALL);
            self.phase = self.refused_from(scene);
        }
    }

    fn defer(
        &mut self,
        scene: &mut Scene<'_>,
        cell: &Cell,
        asked: Domains,
        cause: RejectCause,
        span: Duration,
        congested: bool,
    ) {
        self.locate(scene, asked, cell, UpdateStatus::NotUpdated);
        self.step(asked, Step::Defer { cause, attempt: self.streak });
        self.phase = Phase::BackOff { until: scene.now + span, congested };
    }

    fn locate(&self, scene: &mut Scene<'_>, domains: Domains, cell: &Cell, status: UpdateStatus) {
        for domain in domains.iter() {
            scene.card.locate(domain, cell, status);
        }
    }

    fn refused_from(&self, scene: &Scene<'_>) -> Phase {
        let span = scene.profile.show.denied_for.0;
        Phase::Refused { quiet: (!span.is_zero()).then(|| scene.now + span) }
    }

    /// The domains that the modem looks for a network for.
    fn sought(&self, scene: &Scene<'_>) -> Domains {
        let barred = self.bars.barred_anywhere();
        let techs = scene.profile.techs.iter().filter(|&&tech| self.offers_tech(tech));
        techs.fold(Domains::NONE, |all, &tech| {
            let mut sought = self.domains_of(scene.profile, tech).without(barred);
            if !self.packets_wanted {
                sought = sought.without(Domains::PACKET);
            }
            if sought.within(core(tech.procedures())).is_empty() { all } else { all.and(sought) }
        })
    }
}
