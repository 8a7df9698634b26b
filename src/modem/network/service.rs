//! What can be had and seen of the network: states, cells, services, and emergency calls without a registration.

use super::attempt::Phase;
use super::cause::NETWORK_FAILURE;
use super::domain::{Domains, Procedures, Tech};
use super::mobility::{Decision, Mobility, Refused};
use super::profile::NetworkProfile;
use super::registration::{Registration, Step};
use super::world::{Cell, Offer};
use crate::identity::Plmn;
use crate::wire::values::{Domain, RejectCause};

/// Which services there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Service {
    /// None: the radio is off, or there is no cell.
    None,
    /// Emergency calls only.
    Limited,
    /// Those of a registered modem.
    Full,
}

impl Mobility {
    /// The state of a domain.
    #[must_use]
    pub(super) const fn registration(&self, domain: Domain) -> Registration {
        self.states[domain as usize]
    }

    /// The cell in which the modem is registered, or asks to be.
    #[must_use]
    pub(super) const fn cell(&self) -> Option<&Cell> {
        self.camped.as_ref()
    }

    /// The cell that serves the modem: that of its registration, else, in limited service, the best one.
    #[must_use]
    pub(super) fn serving(&self) -> Option<&Cell> {
        self.camped.as_ref().or_else(|| self.offers().next().map(|offer| &offer.cell))
    }

    /// The cells in reach, while the radio is on.
    pub(super) fn offers(&self) -> impl Iterator<Item = &Offer> {
        self.world.offers().filter(|_| self.radio)
    }

    /// The names of a PLMN, long and short.
    #[must_use]
    pub(super) fn names(&self, plmn: Plmn) -> Option<(&str, &str)> {
        self.world.names(plmn)
    }

    /// The names of the operator that serves.
    #[must_use]
    pub(super) fn operator(&self) -> Option<(&str, &str)> {
        self.names(self.serving()?.plmn)
    }

    /// The PLMN of an operator's name, long or short.
    #[must_use]
    pub(super) fn plmn_named(&self, name: &str) -> Option<Plmn> {
        self.world.plmn_named(name)
    }

    /// Every PLMN whose name is known.
    #[must_use]
    pub(super) fn known_names(&self) -> Vec<(Plmn, String)> {
        self.world.known_names()
    }

    /// Whether the radio is on.
    #[must_use]
    pub(super) const fn is_on(&self) -> bool {
        self.radio
    }

    /// Whether any cell can be received.
    #[must_use]
    pub(super) fn is_covered(&self) -> bool {
        self.world.is_covered()
    }

    /// The cause with which the network refuses everybody.
    #[must_use]
    pub(super) fn denies(&self) -> Option<RejectCause> {
        self.world.deny()
    }

    /// The last refusal, until a registration succeeds.
    #[must_use]
    pub(super) const fn refused(&self) -> Option<Refused> {
        self.refused
    }

    /// Requests since power-up.
    #[must_use]
    pub(super) const fn attempts(&self) -> u32 {
        self.attempts
    }

    /// What the register said last.
    #[must_use]
    pub(super) const fn decision(&self) -> Option<Decision> {
        self.decision
    }

    /// The received level in dBm, where the radio is on and receives one.
    #[must_use]
    pub(super) fn level(&self) -> Option<i16> {
        self.world.signal().filter(|_| self.radio)
    }

    /// Whether the modem is attached for packet services.
    #[must_use]
    pub(super) fn is_attached(&self) -> bool {
        Domains::PACKET.iter().any(|domain| self.registration(domain).is_registered())
    }

    /// Whether the modem is attached for emergency services alone.
    #[must_use]
    pub(super) fn is_in_emergency(&self) -> bool {
        self.states.contains(&Registration::Emergency)
    }

    /// The domains that the modem asks for in a cell of this technology.
    #[must_use]
    pub(super) fn domains_of(&self, profile: &NetworkProfile, tech: Tech) -> Domains {
        let domains = profile.domains_of(tech);
        let packets_only = !self.circuits_wanted && tech.procedures() == Procedures::Emm;
        if packets_only { domains.without(Domains::CS) } else { domains }
    }

    /// Which services there are.
    #[must_use]
    pub(super) fn service(&self) -> Service {
        if !self.radio || !self.world.is_covered() {
            Service::None
        } else if self.states.iter().any(|state| state.is_registered()) {
            Service::Full
        } else {
            Service::Limited
        }
    }

    /// An emergency call begins. Without a registration the modem attaches for it by its IMEI alone.
    ///
    /// # Errors
    /// There is no cell, or the network refuses the IMEI (#5).
    pub(super) fn begin_emergency(&mut self) -> Result<(), RejectCause> {
        match self.service() {
            Service::None => Err(NETWORK_FAILURE),
            Service::Full => Ok(()),
            Service::Limited if self.world.deny() == Some(RejectCause::IMEI_NOT_ACCEPTED) => {
                Err(RejectCause::IMEI_NOT_ACCEPTED)
            }
            Service::Limited => {
                let tech = self.world.offers().next().map(|offer| offer.cell.tech);
                let domain = match tech.unwrap_or(Tech::Gsm) {
                    Tech::Gsm | Tech::Utran => Domain::Cs,
                    Tech::Lte | Tech::LteM | Tech::NbIot => Domain::Eps,
                    Tech::Nr => Domain::FiveGs,
                };
                self.step(Domains::only(domain), Step::EmergencyAttach);
                Ok(())
            }
        }
    }

    /// The emergency call is over: the modem is what it was before.
    pub(super) fn end_emergency(&mut self) {
        let emergency: Domains =
            Domain::ALL.into_iter().filter(|&domain| self.registration(domain) == Registration::Emergency).collect();
        let refused = self.refused.map(|refused| refused.cause);
        let step = match (self.phase, refused) {
            (Phase::Refused { .. }, Some(cause)) => Step::Reject { cause },
            (Phase::BackOff { .. }, Some(cause)) => Step::Defer { cause, attempt: self.streak },
            (Phase::Searching | Phase::Scanning { .. }, _) => Step::Search,
            (
                Phase::Stopped
                | Phase::NoCard
                | Phase::Asking { .. }
                | Phase::Requesting { .. }
                | Phase::Served
                | Phase::Refused { .. }
                | Phase::BackOff { .. },
                _,
            ) => Step::EmergencyRelease,
        };
        self.step(emergency, step);
    }
}
