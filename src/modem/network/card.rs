//! What the network sees of the card.

use super::mobility::{Card, UpdateStatus};
use super::world::Cell;
use crate::identity::Plmn;
use crate::wire::values::Domain;

/// The card in its holder, as the network meets it.
pub(super) struct Holder<'a> {
    pub(super) home: Option<Plmn>,
    pub(super) forbidden: &'a mut Vec<Plmn>,
}

impl Card for Holder<'_> {
    fn home(&self) -> Option<Plmn> {
        self.home
    }

    fn forbids(&self, plmn: Plmn) -> bool {
        self.forbidden.contains(&plmn)
    }

    fn forbid(&mut self, plmn: Plmn) {
        if !self.forbids(plmn) {
            self.forbidden.push(plmn);
        }
    }

    fn permit(&mut self, plmn: Plmn) {
        self.forbidden.retain(|&known| known != plmn);
    }

    fn locate(&mut self, _domain: Domain, _cell: &Cell, _status: UpdateStatus) {}
}
