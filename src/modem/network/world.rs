//! What surrounds the modem: cells, their operators, how well they are received, and whom the network lets in.

use super::domain::Tech;
use super::profile::{NetworkProfile, Standing};
use crate::identity::Plmn;
use crate::wire::values::RejectCause;

/// Cells that are remembered.
const LIMIT: usize = 8;

/// One cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cell {
    /// Whose it is.
    pub(super) plmn: Plmn,
    /// Its technology.
    pub(super) tech: Tech,
    /// Location or tracking area code.
    pub(super) area: u32,
    /// Cell identity, as it is broadcast.
    pub(super) identity: u64,
    /// Routing area code; GERAN and UTRAN only.
    pub(super) rac: u8,
}

/// A cell in reach, and its operator's terms.
#[derive(Debug, Clone)]
pub(super) struct Offer {
    pub(super) cell: Cell,
    pub(super) operator: Box<str>,
    pub(super) operator_short: Box<str>,
    /// It has no agreement with the card's operator.
    pub(super) forbidden: bool,
    /// The modem has been carried away from it.
    far: bool,
}

/// The world around the modem. It stays as it is when the modem is switched off.
#[derive(Debug, Clone)]
pub(super) struct World {
    /// The best cell first.
    offers: Vec<Offer>,
    covered: bool,
    /// What is received is a cell, and not a carrier alone.
    readable: bool,
    signal: Option<i16>,
    /// The cause with which the network refuses everybody.
    deny: Option<RejectCause>,
}

impl World {
    pub(super) fn new(profile: &NetworkProfile) -> Self {
        let area = |hex: super::profile::Hex| u32::try_from(hex.0).unwrap_or(u32::MAX);
        let rac = u8::try_from(profile.rac.0).unwrap_or(u8::MAX);
        let own = Offer {
            cell: Cell {
                plmn: profile.plmn.0,
                tech: profile.tech,
                area: area(profile.area),
                identity: profile.cell.0,
                rac,
            },
            operator: profile.operator.as_str().into(),
            operator_short: profile.operator_short.as_str().into(),
            forbidden: false,
            far: false,
        };
        let others = profile.neighbours.iter().map(|other| Offer {
            cell: Cell { plmn: other.plmn.0, tech: other.tech, area: area(other.area), identity: other.cell.0, rac },
            operator: other.operator.as_str().into(),
            operator_short: other.operator_short.as_str().into(),
            forbidden: other.forbidden,
            far: false,
        });
        Self {
            offers: std::iter::once(own).chain(others).collect(),
            covered: profile.coverage,
            readable: profile.registration != Standing::Searching,
            signal: Some(profile.signal),
            deny: Some(profile.deny).filter(|&number| number != 0).map(RejectCause::new),
        }
    }

    /// Whether any cell is received.
    pub(super) fn is_covered(&self) -> bool {
        self.covered && self.readable && self.signal.is_some()
    }

    /// Cells come into reach, or all that is received goes.
    pub(super) fn set_covered(&mut self, covered: bool) {
        self.covered = covered;
        self.readable |= covered;
    }

    /// The received level in dBm, if anything is received.
    pub(super) fn signal(&self) -> Option<i16> {
        self.signal.filter(|_| self.covered)
    }

    pub(super) fn set_signal(&mut self, signal: Option<i16>) {
        self.signal = signal;
    }

    pub(super) fn deny(&self) -> Option<RejectCause> {
        self.deny
    }

    pub(super) fn set_deny(&mut self, cause: Option<RejectCause>) {
        self.deny = cause;
    }

    /// What is in reach, the best cell first.
    pub(super) fn offers(&self) -> impl Iterator<Item = &Offer> + Clone {
        let covered = self.is_covered();
        self.offers.iter().filter(move |offer| covered && !offer.far)
    }

    /// The names of a PLMN, long and short, where a cell of it is known.
    pub(super) fn names(&self, plmn: Plmn) -> Option<(&str, &str)> {
        let offer = self.offers.iter().find(|offer| offer.cell.plmn == plmn)?;
        Some((&offer.operator, &offer.operator_short))
    }

    /// The PLMN whose long or short name this is.
    pub(super) fn plmn_named(&self, name: &str) -> Option<Plmn> {
        let named = |offer: &&Offer| *offer.operator == *name || *offer.operator_short == *name;
        self.offers.iter().find(named).map(|offer| offer.cell.plmn)
    }

    /// Every PLMN once, with its long name.
    pub(super) fn known_names(&self) -> Vec<(Plmn, String)> {
        let mut names: Vec<(Plmn, String)> = Vec::new();
        for offer in &self.offers {
            if names.iter().all(|(plmn, _)| *plmn != offer.cell.plmn) {
                names.push((offer.cell.plmn, offer.operator.to_string()));
            }
        }
        names.sort_by_key(|&(plmn, _)| plmn);
        names
    }

    /// The modem is carried into the cells of this PLMN, and away from others that it could use.
    pub(super) fn roam(&mut self, plmn: Plmn) {
        let known = self.offers.iter().position(|offer| offer.cell.plmn == plmn);
        let here = match known {
            Some(at) => self.offers.remove(at),
            None => {
                let Some(best) = self.offers.first() else { return };
                let name: Box<str> = plmn.to_string().into();
                let cell = Cell { plmn, ..best.cell };
                Offer { cell, operator: name.clone(), operator_short: name, forbidden: false, far: false }
            }
        };
        for offer in &mut self.offers {
            offer.far |= !offer.forbidden;
        }
        self.offers.insert(0, Offer { forbidden: false, far: false, ..here });
        // A tour of many PLMNs leaves a bounded trail.
        self.offers.truncate(LIMIT);
    }
}
