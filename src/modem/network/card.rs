//! What the network sees of the card in its holder.

use super::mobility::{Card, UpdateStatus};
use super::world::Cell;
use crate::identity::Plmn;
use crate::modem::SimProfile;
use crate::modem::sim::Sim;
use crate::modem::sim::location::LocationFile;
use crate::wire::values::Domain;

/// The card, with what the profile says of it.
pub(super) struct Holder<'a> {
    pub(super) sim: &'a mut Sim,
    pub(super) profile: &'a SimProfile,
    /// It has let its user in.
    pub(super) ready: bool,
}

const fn file(domain: Domain) -> LocationFile {
    match domain {
        Domain::Cs => LocationFile::Cs,
        Domain::Ps => LocationFile::Ps,
        Domain::Eps => LocationFile::Eps,
        Domain::FiveGs => LocationFile::Nr,
    }
}

impl Card for Holder<'_> {
    fn home(&self) -> Option<Plmn> {
        self.sim.home(self.profile).filter(|_| self.ready)
    }

    fn forbids(&self, plmn: Plmn) -> bool {
        self.sim.forbidden_plmns(self.profile).contains(&plmn)
    }

    fn forbid(&mut self, plmn: Plmn) {
        self.sim.forbid_plmn(self.profile, plmn);
    }

    fn permit(&mut self, plmn: Plmn) {
        self.sim.permit_plmn(self.profile, plmn);
    }

    fn locate(&mut self, domain: Domain, cell: &Cell, status: UpdateStatus) {
        let file = file(domain);
        match status {
            UpdateStatus::Updated { temporary } => {
                self.sim.location_updated(self.profile, file, cell.plmn, cell.area, temporary);
            }
            UpdateStatus::NotUpdated => self.sim.location_not_updated(self.profile, file),
            UpdateStatus::RoamingNotAllowed => self.sim.location_forbidden(self.profile, file),
        }
    }
}
