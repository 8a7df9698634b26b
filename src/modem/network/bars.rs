//! What a modem keeps of refusals, and for how long.
//!
//! All of it is forgotten at switch-off and when the card is taken out; EF_FPLMN, which is on the card, is not.
//!
//! Source: 3GPP TS 24.301, clauses 5.3.2 and 5.5.1.2.5; TS 23.122, clause 3.1.

use super::domain::{Domains, Procedures};
use super::world::Cell;
use crate::identity::Plmn;
use crate::modem::Tick;
use crate::wire::values::{Domain, RejectCause};

/// Entries of a list; the oldest goes first. TS 24.301 asks for more areas than a virtual modem ever meets.
const LIMIT: usize = 8;

/// The bars of one modem.
#[derive(Debug, Clone, Default)]
pub(super) struct Bars {
    all: Option<RejectCause>,
    cs: Option<RejectCause>,
    packets: Option<RejectCause>,
    /// PLMNs that are forbidden for packet services (#14).
    plmns: Vec<Plmn>,
    /// Tracking areas and location areas are numbered apart, so each with the procedures that refused it.
    areas: Vec<(Plmn, Procedures, u32, RejectCause)>,
    /// Procedures that rest after too many failures (T3402 and its like), and until when.
    resting: [Option<Tick>; Procedures::ALL.len()],
}

impl Bars {
    /// Every service is barred.
    pub(super) fn all(&self) -> Option<RejectCause> {
        self.all
    }

    pub(super) fn bar_all(&mut self, cause: RejectCause) {
        self.all = Some(cause);
    }

    pub(super) fn bar_cs(&mut self, cause: RejectCause) {
        self.cs = Some(cause);
    }

    pub(super) fn bar_packets(&mut self, cause: RejectCause) {
        self.packets = Some(cause);
    }

    pub(super) fn bar_packets_in(&mut self, plmn: Plmn) {
        if !self.plmns.contains(&plmn) {
            if self.plmns.len() == LIMIT {
                self.plmns.remove(0);
            }
            self.plmns.push(plmn);
        }
    }

    pub(super) fn bar_area(&mut self, cell: &Cell, cause: RejectCause) {
        let procedures = cell.tech.procedures();
        self.areas.retain(|&(plmn, by, area, _)| (plmn, by, area) != (cell.plmn, procedures, cell.area));
        if self.areas.len() == LIMIT {
            self.areas.remove(0);
        }
        self.areas.push((cell.plmn, procedures, cell.area, cause));
    }

    /// Whether the cell stands in a forbidden area.
    pub(super) fn forbid_area(&self, cell: &Cell) -> bool {
        let here = (cell.plmn, cell.tech.procedures(), cell.area);
        self.areas.iter().any(|&(plmn, by, area, _)| (plmn, by, area) == here)
    }

    /// Whether any area of the PLMN was refused with #12: the modem stays with that PLMN, without service.
    pub(super) fn hold_in(&self, plmn: Plmn) -> bool {
        self.areas.iter().any(|&(other, _, _, cause)| other == plmn && cause.number() == 12)
    }

    /// The domains that a modem must not ask for in this PLMN, each with its reason.
    pub(super) fn barred_in(&self, plmn: Plmn) -> Domains {
        let packets = self.packets.is_some() || self.plmns.contains(&plmn);
        match (self.cs.is_some(), packets) {
            (true, true) => Domains::ALL,
            (true, false) => Domains::CS,
            (false, true) => Domains::PACKET,
            (false, false) => Domains::NONE,
        }
    }

    /// The domains that a modem must not ask for in any PLMN.
    pub(super) fn barred_anywhere(&self) -> Domains {
        Domain::ALL.into_iter().filter(|&domain| self.reason(domain).is_some()).collect()
    }

    /// Why a domain is barred everywhere, if it is.
    pub(super) fn reason(&self, domain: Domain) -> Option<RejectCause> {
        self.all.or(match domain {
            Domain::Cs => self.cs,
            Domain::Ps | Domain::Eps | Domain::FiveGs => self.packets,
        })
    }

    /// Procedures whose attempts are used up rest until then: other technologies are tried.
    pub(super) fn rest(&mut self, procedures: Procedures, until: Tick) {
        self.resting[procedures as usize] = Some(until);
    }

    /// Whether they rest.
    pub(super) fn rests(&self, procedures: Procedures) -> bool {
        self.resting[procedures as usize].is_some()
    }

    /// When the first of those that rest may be tried again.
    pub(super) fn rested(&self) -> Option<Tick> {
        self.resting.into_iter().flatten().min()
    }

    /// Those whose time has come rest no more.
    pub(super) fn wake(&mut self, now: Tick) {
        for until in &mut self.resting {
            *until = until.filter(|&until| until > now);
        }
    }

    /// None rests any more: an attempt was accepted, or the host wants another one.
    pub(super) fn wake_all(&mut self) {
        self.resting = [None; Procedures::ALL.len()];
    }

    /// What was refused for good may be asked for again: T3245 or T3247 has run out. Forbidden areas stay.
    pub(super) fn lift(&mut self) {
        (self.all, self.cs, self.packets) = (None, None, None);
        self.plmns.clear();
    }

    pub(super) fn forget_areas(&mut self) {
        self.areas.clear();
    }

    /// Switch-off, or the card is out.
    pub(super) fn forget(&mut self) {
        *self = Self::default();
    }
}
