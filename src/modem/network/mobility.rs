//! The registration of one modem: what it is doing about it, and what the world does to it.

use super::attempt::{Phase, Why};
use super::bars::Bars;
use super::domain::{Domains, Tech};
use super::host::{Answer, Pending, Selection, Wish};
use super::profile::{AfterDetach, NetworkProfile};
use super::registration::{Registration, Step};
use super::saving::Timers;
use super::world::{Cell, World};
use crate::identity::Plmn;
use crate::modem::{NetworkEvent, Tick};
use crate::register::Verdict;
use crate::wire::values::{Domain, RejectCause};

/// What the network reads from the card, and writes to it.
pub(super) trait Card {
    /// The PLMN of the IMSI, where there is a card that can be used: present, ready, its PIN entered.
    fn home(&self) -> Option<Plmn>;
    /// Whether EF_FPLMN names the PLMN.
    fn forbids(&self, plmn: Plmn) -> bool;
    /// Adds the PLMN to EF_FPLMN; the oldest entry goes if it is full. Source: 3GPP TS 31.102, clause 4.2.16.
    fn forbid(&mut self, plmn: Plmn);
    /// Takes the PLMN out of EF_FPLMN, after a registration in it that was asked for by hand.
    fn permit(&mut self, plmn: Plmn);
    /// Writes EF_LOCI, EF_PSLOCI or EF_EPSLOCI. Source: 3GPP TS 31.102, clauses 4.2.17, 4.2.23 and 4.2.91.
    fn locate(&mut self, domain: Domain, cell: &Cell, status: UpdateStatus);
}

/// The update status of EF_LOCI and its like.
///
/// Source: 3GPP TS 31.102, clause 4.2.17; TS 24.301, clause 5.1.3.3 (EU1 to EU3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum UpdateStatus {
    /// Updated (EU1).
    Updated {
        /// The temporary identity that the network gave: TMSI, P-TMSI, M-TMSI or 5G-TMSI.
        temporary: u32,
    },
    /// Not updated (EU2): the last request failed.
    NotUpdated,
    /// Roaming not allowed (EU3): refused for good.
    RoamingNotAllowed,
}

/// What an input meets: the time, the modem's character, its card.
pub(super) struct Scene<'a> {
    /// The time.
    pub(super) now: Tick,
    /// How this modem is.
    pub(super) profile: &'a NetworkProfile,
    /// The card in its holder, present or not.
    pub(super) card: &'a mut dyn Card,
    /// Whether the network gives the context that comes with an attach in E-UTRAN.
    pub(super) bearer: bool,
}

impl Scene<'_> {
    /// The same, at another time.
    pub(super) fn at(&mut self, now: Tick) -> Scene<'_> {
        Scene { now, profile: self.profile, card: &mut *self.card, bearer: self.bearer }
    }
}

/// What the register said of the equipment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Decision {
    /// Its verdict.
    pub(super) verdict: Verdict,
    /// The cause with which the network refuses the equipment for it; `None`: it lets it in.
    pub(super) refusal: Option<RejectCause>,
}

/// Something that the rest of the modem has to act on, in the order in which it came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Notice {
    /// The network asks the register about the equipment; [`Mobility::answered`] takes its answer.
    Check {
        /// Tells this inquiry from an older one.
        ticket: u32,
    },
    /// The network refused a request.
    Rejected {
        /// Where it was made.
        tech: Tech,
        /// For which domains.
        domains: Domains,
        /// Why.
        cause: RejectCause,
    },
    /// The network detached the modem.
    NetworkDetach,
    /// The modem detached, because its host wanted it.
    HostDetach,
    /// The context of the attach came up with it.
    Attached,
    /// The contexts are gone with the registration.
    Detached,
    /// The command that waited for the network has its answer.
    Answer {
        /// What it waited for.
        wish: Wish,
        /// How it ends.
        answer: Answer,
    },
}

/// A refusal that came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Refused {
    /// Why.
    pub(super) cause: RejectCause,
    /// Where.
    pub(super) tech: Tech,
}

/// The network as one modem meets it, and the modem's registration there.
#[derive(Debug, Clone)]
pub(super) struct Mobility {
    pub(super) world: World,
    pub(super) states: [Registration; Domain::ALL.len()],
    pub(super) phase: Phase,
    pub(super) radio: bool,
    pub(super) selection: Selection,
    /// False: `+CGATT=0`.
    pub(super) packets_wanted: bool,
    /// False: a mode of `+CEMODE` that has no circuit-switched services in E-UTRAN.
    pub(super) circuits_wanted: bool,
    /// What `+WS46` leaves of the profile's technologies, as a set of bits by [`Tech`].
    pub(super) techs: u8,
    pub(super) bars: Bars,
    pub(super) areas_until: Option<Tick>,
    /// When refusals that were meant for good are forgotten: T3245 or T3247.
    pub(super) lifts: Option<Tick>,
    /// Refusals without integrity protection.
    pub(super) unprotected: u8,
    /// Where it registers or is registered.
    pub(super) camped: Option<Cell>,
    pub(super) refused: Option<Refused>,
    pub(super) decision: Option<Decision>,
    pub(super) attempts: u32,
    /// Attempts of this round: T3411's.
    pub(super) streak: u8,
    pub(super) ticket: u32,
    /// The network is to check the identity once the registration that is under way is done.
    pub(super) check_owed: bool,
    pub(super) pending: Option<Pending>,
    /// The timers of power saving mode that came with the registration.
    pub(super) granted: Option<Timers>,
    pub(super) notices: Vec<Notice>,
}

/// Every bit of [`Mobility::techs`].
pub(super) const ALL_TECHS: u8 = u8::MAX;

impl Mobility {
    /// A modem without power, and the world that the profile puts it in.
    #[must_use]
    pub(super) fn new(profile: &NetworkProfile) -> Self {
        Self::at_rest(World::new(profile), 0)
    }

    /// Power comes or goes. What the modem knew of refusals is lost; the world stays, and so does the card.
    pub(super) fn power(&mut self) {
        *self = Self::at_rest(self.world.clone(), self.ticket);
    }

    fn at_rest(world: World, ticket: u32) -> Self {
        Self {
            world,
            states: [Registration::Off; Domain::ALL.len()],
            phase: Phase::Stopped,
            radio: false,
            selection: Selection::Automatic,
            packets_wanted: true,
            circuits_wanted: true,
            techs: ALL_TECHS,
            bars: Bars::default(),
            areas_until: None,
            lifts: None,
            unprotected: 0,
            camped: None,
            refused: None,
            decision: None,
            attempts: 0,
            streak: 0,
            ticket,
            check_owed: false,
            pending: None,
            granted: None,
            notices: Vec::new(),
        }
    }

    /// The radio goes on or off with `+CFUN`. `switched_off`: this counts as switch-off for what was refused.
    pub(super) fn radio(&mut self, scene: &mut Scene<'_>, on: bool, switched_off: bool) {
        if switched_off {
            self.forget_refusals();
        }
        if on != self.radio {
            self.radio = on;
            self.begin_again(scene);
        }
        self.settle(scene);
    }

    /// The card was put in, became usable, or asks for its PIN again.
    pub(super) fn card_changed(&mut self, scene: &mut Scene<'_>) {
        let usable = scene.card.home().is_some();
        match self.phase {
            Phase::NoCard if usable => self.seek(scene),
            Phase::Stopped | Phase::NoCard => {}
            Phase::Searching
            | Phase::Scanning { .. }
            | Phase::Asking { .. }
            | Phase::Requesting { .. }
            | Phase::Served
            | Phase::BackOff { .. }
            | Phase::Refused { .. } => {
                if !usable {
                    self.seek(scene);
                }
            }
        }
        self.settle(scene);
    }

    /// The card was taken out: what was refused to it is forgotten.
    pub(super) fn card_removed(&mut self, scene: &mut Scene<'_>) {
        self.forget_refusals();
        self.begin_again(scene);
        self.settle(scene);
    }

    /// The received level changes; `None`: nothing is received.
    pub(super) fn signal(&mut self, scene: &mut Scene<'_>, level: Option<i16>) {
        let before = self.world.is_covered();
        self.world.set_signal(level);
        self.covered(scene, before);
        self.settle(scene);
    }

    /// The network does something.
    pub(super) fn event(&mut self, scene: &mut Scene<'_>, event: &NetworkEvent) {
        let before = self.world.is_covered();
        match event {
            NetworkEvent::Lose => {
                self.world.set_covered(false);
                self.covered(scene, before);
            }
            NetworkEvent::Find => {
                self.world.set_covered(true);
                self.world.set_deny(None);
                self.covered(scene, before);
            }
            NetworkEvent::IdentityCheck => match self.phase {
                Phase::Served => self.ask(Why::IdentityCheck),
                Phase::Asking { .. } | Phase::Requesting { .. } => self.check_owed = true,
                Phase::Stopped
                | Phase::NoCard
                | Phase::Searching
                | Phase::Scanning { .. }
                | Phase::BackOff { .. }
                | Phase::Refused { .. } => {}
            },
            NetworkEvent::Detach => {
                if self.phase == Phase::Served {
                    self.ask(Why::Detach);
                }
            }
            NetworkEvent::Deny(number) => {
                self.deny(scene, Some(*number).filter(|&number| number != 0).map(RejectCause::new))
            }
            NetworkEvent::Roam(code) => {
                if let Ok(plmn) = Plmn::parse(code) {
                    self.roam(scene, plmn);
                }
            }
        }
        self.settle(scene);
    }

    /// The register answers an inquiry; an old one is ignored.
    pub(super) fn answered(&mut self, scene: &mut Scene<'_>, ticket: u32, decision: Decision) {
        let Phase::Asking { ticket: asked, why } = self.phase else { return };
        if asked != ticket {
            return;
        }
        self.decision = Some(decision);
        let refusal = self.refusal_by_register();
        match (why, refusal) {
            (Why::Registration, _) => {
                self.phase = Phase::Requesting { until: scene.now + scene.profile.timing.register.0 };
            }
            (Why::IdentityCheck, Some(cause)) => self.reject(scene, cause),
            (Why::IdentityCheck, None) => self.phase = Phase::Served,
            (Why::Detach, Some(cause)) => {
                self.notices.push(Notice::NetworkDetach);
                self.reject(scene, cause);
            }
            (Why::Detach, None) => {
                self.notices.push(Notice::NetworkDetach);
                match scene.profile.after_detach {
                    AfterDetach::Attach => self.seek(scene),
                    AfterDetach::Stay => self.leave_packets(scene),
                }
            }
        }
        self.settle(scene);
    }

    /// Does what is due. Early or repeated it does nothing.
    pub(super) fn wake(&mut self, scene: &mut Scene<'_>) {
        while let Some(due) = self.deadline().filter(|due| *due <= scene.now) {
            self.elapse(&mut scene.at(due));
        }
    }

    /// When there is something to do next.
    #[must_use]
    pub(super) fn deadline(&self) -> Option<Tick> {
        let pending = self.pending.map(|pending| pending.until);
        [self.phase.until(), self.areas_until, self.lifts, self.bars.rested(), pending].into_iter().flatten().min()
    }

    /// Takes what came about since the last call, in order.
    pub(super) fn notices(&mut self) -> impl Iterator<Item = Notice> + use<> {
        std::mem::take(&mut self.notices).into_iter()
    }

    /// Whether `+WS46` leaves this technology.
    pub(super) fn offers_tech(&self, tech: Tech) -> bool {
        self.techs & 1 << tech as u8 != 0
    }

    pub(super) fn step(&mut self, domains: Domains, step: Step) {
        for domain in domains.iter() {
            let state = &mut self.states[domain as usize];
            *state = state.after(step);
        }
    }

    fn forget_refusals(&mut self) {
        self.bars.forget();
        (self.areas_until, self.lifts, self.unprotected) = (None, None, 0);
        if self.phase.is_refused() {
            self.phase = Phase::Stopped;
        }
    }

    fn covered(&mut self, scene: &mut Scene<'_>, before: bool) {
        match (before, self.world.is_covered()) {
            (true, false) => self.lose(),
            (false, true) if self.phase == Phase::Searching => self.seek(scene),
            (false, true | false) | (true, true) => {}
        }
    }

    fn deny(&mut self, scene: &mut Scene<'_>, cause: Option<RejectCause>) {
        self.world.set_deny(cause);
        // To a registered modem it comes as the answer to its next area update.
        let refused = self.denied(scene.profile, cause);
        if let Some(cause) = refused.filter(|_| self.phase == Phase::Served) {
            self.reject(scene, cause);
        }
    }

    fn roam(&mut self, scene: &mut Scene<'_>, plmn: Plmn) {
        let here = self.camped.map(|cell| cell.plmn);
        self.world.roam(plmn);
        match self.phase {
            Phase::Stopped | Phase::NoCard => {}
            Phase::Served if here == Some(plmn) => {}
            Phase::Searching
            | Phase::Scanning { .. }
            | Phase::Asking { .. }
            | Phase::Requesting { .. }
            | Phase::Served
            | Phase::BackOff { .. }
            | Phase::Refused { .. } => self.begin_again(scene),
        }
    }
}
