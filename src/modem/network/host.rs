//! What the host wants of the network: an operator, packet services, a technology; and the answer it waits for.
//!
//! Source: 3GPP TS 27.007, clauses 5.9, 7.3 and 10.1.9.

use super::attempt::Phase;
use super::domain::{Domains, Procedures, Tech};
use super::mobility::{Mobility, Notice, Scene};
use super::registration::Step;
use crate::identity::Plmn;
use crate::modem::Tick;
use crate::wire::values::{AccessTechnology, Domain, RejectCause, SelectionMode};

/// How the operator is selected: `+COPS`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Selection {
    /// By the modem.
    Automatic,
    /// By the host.
    Manual {
        /// Which one.
        plmn: Plmn,
        /// In which technology; `None`: in any.
        act: Option<AccessTechnology>,
        /// By the modem, where that fails.
        or_automatic: bool,
    },
    /// None: the modem stays deregistered.
    Deregistered,
}

impl Selection {
    /// `<mode>`
    #[must_use]
    pub(super) const fn mode(self) -> SelectionMode {
        match self {
            Self::Automatic => SelectionMode::Automatic,
            Self::Manual { or_automatic: false, .. } => SelectionMode::Manual,
            Self::Manual { or_automatic: true, .. } => SelectionMode::ManualThenAutomatic,
            Self::Deregistered => SelectionMode::Deregister,
        }
    }
}

/// What a command waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wish {
    /// To be registered in any domain.
    Selection,
    /// To be registered for packet services.
    Attach,
    /// The list of operators.
    List,
}

/// A command that waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pending {
    pub(super) wish: Wish,
    pub(super) until: Tick,
}

/// How the waiting ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    /// It is so.
    Done,
    /// The operators in reach can be listed.
    List,
    /// The network refused.
    Refused {
        /// With this cause.
        cause: RejectCause,
    },
    /// There is no network for it.
    Unserved,
}

impl Mobility {
    /// Selects an operator, or none. `None`: the answer comes as a notice.
    pub(super) fn select(&mut self, scene: &mut Scene<'_>, selection: Selection) -> Option<Answer> {
        self.selection = selection;
        if selection == Selection::Deregistered {
            self.seek(scene);
            return Some(Answer::Done);
        }
        if scene.profile.show.host_revives {
            self.bars.forget();
        }
        let camped = self.camped;
        let suits = |plmn, act: Option<AccessTechnology>| {
            camped.is_some_and(|cell| cell.plmn == plmn && act.is_none_or(|act| act == scene.profile.act(cell.tech)))
        };
        let stays = match (self.phase, selection) {
            (Phase::Served, Selection::Manual { plmn, act, .. }) => suits(plmn, act),
            (Phase::Served, Selection::Automatic) | (Phase::BackOff { congested: true, .. }, _) => true,
            (
                Phase::Stopped
                | Phase::NoCard
                | Phase::Searching
                | Phase::Scanning { .. }
                | Phase::Asking { .. }
                | Phase::Requesting { .. }
                | Phase::Served
                | Phase::BackOff { congested: false, .. }
                | Phase::Refused { .. },
                _,
            ) => false,
        };
        if !stays {
            self.begin_again(scene);
        }
        self.wait(scene, Wish::Selection)
    }

    /// Attaches for packet services, or detaches. `None`: the answer comes as a notice.
    pub(super) fn attach(&mut self, scene: &mut Scene<'_>, wanted: bool) -> Option<Answer> {
        if !wanted {
            let was_attached = self.is_attached();
            self.leave_packets(scene);
            if was_attached {
                self.notices.push(Notice::HostDetach);
            }
            return Some(Answer::Done);
        }
        self.packets_wanted = true;
        if scene.profile.show.host_revives {
            self.bars.forget();
        }
        if !self.is_attached() {
            match (self.phase, self.camped) {
                // Registered for circuits only: the packet services are asked for beside them.
                (Phase::Served, Some(cell)) => {
                    if !self.wanted(scene, &cell).within(Domains::PACKET).is_empty() {
                        self.request(scene, cell);
                    }
                }
                (Phase::Stopped, _) if self.radio && self.selection != Selection::Deregistered => self.seek(scene),
                (Phase::BackOff { congested: false, .. }, _) => self.begin_again(scene),
                (Phase::Refused { .. }, _) if scene.profile.show.host_revives => self.seek(scene),
                (
                    Phase::Stopped
                    | Phase::NoCard
                    | Phase::Searching
                    | Phase::Scanning { .. }
                    | Phase::Asking { .. }
                    | Phase::Requesting { .. }
                    | Phase::Served
                    | Phase::BackOff { congested: true, .. }
                    | Phase::Refused { .. },
                    _,
                ) => {}
            }
        }
        self.wait(scene, Wish::Attach)
    }

    /// Looks for every operator in reach; the answer comes as a notice.
    pub(super) fn list(&mut self, scene: &Scene<'_>) {
        self.pending = Some(Pending { wish: Wish::List, until: scene.now + scene.profile.timing.list.0 });
    }

    /// The command that waits is given up; what it began goes on.
    pub(super) fn abort(&mut self) {
        self.pending = None;
    }

    /// Restricts the technologies.
    pub(super) fn restrict(&mut self, scene: &mut Scene<'_>, techs: impl Fn(Tech) -> bool) {
        self.techs = Tech::ALL.into_iter().filter(|&tech| techs(tech)).fold(0, |bits, tech| bits | 1 << tech as u8);
        let suits = self.camped.is_some_and(|cell| self.offers_tech(cell.tech));
        match self.phase {
            Phase::Served | Phase::Asking { .. } | Phase::Requesting { .. } if suits => {}
            Phase::NoCard | Phase::BackOff { congested: true, .. } => {}
            Phase::Stopped
            | Phase::Searching
            | Phase::Scanning { .. }
            | Phase::Asking { .. }
            | Phase::Requesting { .. }
            | Phase::Served
            | Phase::BackOff { congested: false, .. }
            | Phase::Refused { .. } => self.begin_again(scene),
        }
        self.settle(scene);
    }

    /// Wants circuit-switched services in E-UTRAN, or does without them.
    ///
    /// Source: 3GPP TS 24.301, clauses 5.5.2.2.2 (IMSI detach) and 5.5.3.3 (combined tracking area update).
    pub(super) fn want_circuits(&mut self, scene: &mut Scene<'_>, wanted: bool) {
        if std::mem::replace(&mut self.circuits_wanted, wanted) == wanted {
            return;
        }
        let here = self.camped.filter(|cell| cell.tech.procedures() == Procedures::Emm);
        match (self.phase, here) {
            (Phase::Served, Some(cell)) if wanted => {
                let asked = self.wanted(scene, &cell).within(Domains::CS);
                if asked.iter().any(|domain| !self.registration(domain).is_registered()) {
                    self.request(scene, cell);
                }
            }
            (Phase::Served, Some(_)) => self.step(Domains::CS, Step::Stop),
            // The request that is on its way is made anew.
            (Phase::Asking { .. } | Phase::Requesting { .. }, Some(_)) => self.begin_again(scene),
            (Phase::Searching | Phase::Scanning { .. }, _) => self.seek(scene),
            (
                Phase::Stopped
                | Phase::NoCard
                | Phase::Asking { .. }
                | Phase::Requesting { .. }
                | Phase::Served
                | Phase::BackOff { .. }
                | Phase::Refused { .. },
                _,
            ) => {}
        }
        self.settle(scene);
    }

    /// How the operator is selected.
    #[must_use]
    pub(super) const fn selection(&self) -> Selection {
        self.selection
    }

    /// Packet services are given up until the host wants them again.
    pub(super) fn leave_packets(&mut self, scene: &mut Scene<'_>) {
        self.packets_wanted = false;
        match (self.phase, self.camped) {
            (Phase::Served, Some(cell)) => {
                if self.is_attached() {
                    self.notices.push(Notice::Detached);
                }
                // In E-UTRAN and NG-RAN nothing is left without the packet registration.
                if self.wanted(scene, &cell).is_empty() {
                    self.step(Domains::ALL, Step::Stop);
                    self.camped = None;
                    self.phase = Phase::Stopped;
                } else {
                    self.step(Domains::PACKET, Step::Stop);
                }
            }
            (Phase::Searching | Phase::Scanning { .. } | Phase::Asking { .. } | Phase::Requesting { .. }, _)
            | (Phase::BackOff { .. } | Phase::Served, _) => self.seek(scene),
            (Phase::Stopped | Phase::NoCard | Phase::Refused { .. }, _) => {}
        }
    }

    /// Tells the command that waits, if its answer is known now.
    pub(super) fn settle(&mut self, scene: &mut Scene<'_>) {
        let Some(pending) = self.pending else { return };
        let Some(answer) = self.outcome(pending.wish) else { return };
        let falls_back = match (pending.wish, answer, self.selection) {
            (Wish::Selection, Answer::Refused { .. } | Answer::Unserved, Selection::Manual { or_automatic, .. }) => {
                or_automatic
            }
            (Wish::Selection | Wish::Attach | Wish::List, _, _) => false,
        };
        if falls_back {
            self.selection = Selection::Automatic;
            self.begin_again(scene);
            return;
        }
        self.pending = None;
        self.notices.push(Notice::Answer { wish: pending.wish, answer });
    }

    /// Tells the command that waits, if its time is up.
    pub(super) fn expire(&mut self, now: Tick) {
        if let Some(pending) = self.pending.take_if(|pending| pending.until <= now) {
            let answer = match pending.wish {
                Wish::List => Answer::List,
                Wish::Selection | Wish::Attach => Answer::Unserved,
            };
            self.notices.push(Notice::Answer { wish: pending.wish, answer });
        }
    }

    fn wait(&mut self, scene: &Scene<'_>, wish: Wish) -> Option<Answer> {
        let answer = self.outcome(wish);
        let falls_back = matches!(self.selection, Selection::Manual { or_automatic: true, .. });
        if answer.is_none() || falls_back && answer != Some(Answer::Done) {
            self.pending = Some(Pending { wish, until: scene.now + scene.profile.timing.answer.0 });
            return None;
        }
        answer
    }

    fn outcome(&self, wish: Wish) -> Option<Answer> {
        let served = match wish {
            Wish::List => return None,
            Wish::Selection => self.phase == Phase::Served,
            Wish::Attach => self.is_attached(),
        };
        if served {
            return Some(Answer::Done);
        }
        let refused = || match self.refused {
            Some(refused) => Answer::Refused { cause: refused.cause },
            None => Answer::Unserved,
        };
        match self.phase {
            Phase::Scanning { .. } | Phase::Asking { .. } | Phase::Requesting { .. } => None,
            Phase::Served | Phase::BackOff { .. } | Phase::Refused { .. } => Some(refused()),
            // Where nothing is received at all, the search goes on.
            Phase::Searching if !self.world.is_covered() => None,
            Phase::Searching | Phase::Stopped | Phase::NoCard => Some(Answer::Unserved),
        }
    }
}

/// Without these a cell of these procedures serves nothing else either.
pub(super) fn core(procedures: Procedures) -> Domains {
    match procedures {
        Procedures::Gmm => Domains::ALL,
        Procedures::Emm => Domains::only(Domain::Eps),
        Procedures::FiveGmm => Domains::only(Domain::FiveGs),
    }
}
