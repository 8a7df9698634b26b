//! What the network leaves on the card: forbidden networks, and where the modem was last registered.
//!
//! Both travel with the card to the next modem.
//!
//! Source: 3GPP TS 31.102 clauses 4.2.16 (EF_FPLMN), 4.2.17 (EF_LOCI), 4.2.23 (EF_PSLOCI), 4.2.91 (EF_EPSLOCI), 4.4.11.2
//! (EF_5GS3GPPLOCI); TS 24.301 clause 5.5.1.2.5 for what a reject deletes.

use super::Sim;
use super::image::Image;
use crate::identity::Plmn;
use crate::modem::SimProfile;

const USIM: u16 = 0x7FFF;
const FPLMN: &[u16] = &[USIM, 0x6F7B];

/// Which location is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::modem) enum LocationFile {
    /// EF_LOCI: TMSI and location area, circuit-switched.
    Cs,
    /// EF_PSLOCI: P-TMSI and routing area, packet in GERAN and UTRAN.
    Ps,
    /// EF_EPSLOCI: GUTI and tracking area.
    Eps,
    /// EF_5GS3GPPLOCI: 5G-GUTI and tracking area.
    Nr,
}

impl LocationFile {
    /// All of them.
    #[cfg(test)]
    pub(in crate::modem) const ALL: [Self; 4] = [Self::Cs, Self::Ps, Self::Eps, Self::Nr];

    pub(super) fn path(self) -> &'static [u16] {
        match self {
            Self::Cs => &[USIM, 0x6F7E],
            Self::Ps => &[USIM, 0x6F73],
            Self::Eps => &[USIM, 0x6FE3],
            Self::Nr => &[USIM, 0x5FC0, 0x4F01],
        }
    }

    /// Temporary identity, area, update status 0.
    fn updated(self, plmn: Plmn, area: u32, temporary: u32) -> Vec<u8> {
        let [_, a1, a2, a3] = area.to_be_bytes();
        let (plmn, temporary) = (plmn.to_octets(), temporary.to_be_bytes());
        match self {
            Self::Cs => [&temporary[..], &plmn, &[a2, a3, 0xFF, 0x00]].concat(),
            Self::Ps => [&temporary[..], &[0xFF; 3], &plmn, &[a2, a3, 0xFF, 0x00]].concat(),
            Self::Eps => [&[0x0B, 0xF6][..], &plmn, &[0x80, 0x01, 0x01], &temporary, &plmn, &[a2, a3, 0x00]].concat(),
            Self::Nr => {
                [&[0x00, 0x0B, 0xF2][..], &plmn, &[0x01, 0x00, 0x41], &temporary, &plmn, &[a1, a2, a3, 0x00]].concat()
            }
        }
    }

    /// No identity, no area, *roaming not allowed*.
    fn forbidden(self) -> Vec<u8> {
        match self {
            Self::Cs => [&[0xFF; 7][..], &[0xFF, 0xFE, 0xFF, 0x03]].concat(),
            Self::Ps => [&[0xFF; 10][..], &[0xFF, 0xFE, 0xFF, 0x03]].concat(),
            Self::Eps => [&[0xFF; 15][..], &[0xFF, 0xFE, 0x02]].concat(),
            Self::Nr => [&[0xFF; 17][..], &[0xFF, 0xFE, 0x02]].concat(),
        }
    }
}

impl Sim {
    /// The network let the modem in here: its place and temporary identity are kept.
    pub(in crate::modem) fn location_updated(
        &mut self,
        sim: &SimProfile,
        file: LocationFile,
        plmn: Plmn,
        area: u32,
        temporary: u32,
    ) {
        self.put(sim, file.path(), |octets| copy(octets, &file.updated(plmn, area, temporary)));
    }

    /// Registration failed for now: *not updated*, identity and place stay.
    pub(in crate::modem) fn location_not_updated(&mut self, sim: &SimProfile, file: LocationFile) {
        self.put(sim, file.path(), |octets| {
            if let Some(status) = octets.last_mut() {
                *status = 0x01;
            }
        });
    }

    /// The network refused the modem: identity and place are deleted, *roaming not allowed*.
    pub(in crate::modem) fn location_forbidden(&mut self, sim: &SimProfile, file: LocationFile) {
        self.put(sim, file.path(), |octets| copy(octets, &file.forbidden()));
    }

    /// Adds a network to the forbidden ones. Where there is no room, the oldest goes.
    pub(in crate::modem) fn forbid_plmn(&mut self, sim: &SimProfile, plmn: Plmn) {
        let mut networks = self.forbidden_plmns(sim);
        networks.retain(|&known| known != plmn);
        networks.push(plmn);
        self.put_forbidden(sim, &networks);
    }

    /// Takes a network off the forbidden ones: it let the modem in.
    pub(in crate::modem) fn permit_plmn(&mut self, sim: &SimProfile, plmn: Plmn) {
        let mut networks = self.forbidden_plmns(sim);
        if networks.contains(&plmn) {
            networks.retain(|&known| known != plmn);
            self.put_forbidden(sim, &networks);
        }
    }

    /// The forbidden networks, oldest first; none without a card.
    pub(in crate::modem) fn forbidden_plmns(&self, sim: &SimProfile) -> Vec<Plmn> {
        match Image::shared().at(FPLMN) {
            Some(file) if self.present => {
                let octets = self.card.contents(sim, file);
                octets.as_chunks::<3>().0.iter().filter_map(|octets| Plmn::from_octets(*octets)).collect()
            }
            Some(_) | None => Vec::new(),
        }
    }

    fn put_forbidden(&mut self, sim: &SimProfile, networks: &[Plmn]) {
        self.put(sim, FPLMN, |octets| {
            octets.fill(0xFF);
            let room = octets.len() / 3;
            let kept = networks.len().saturating_sub(room);
            for (octets, plmn) in octets.chunks_exact_mut(3).zip(&networks[kept..]) {
                octets.copy_from_slice(&plmn.to_octets());
            }
        });
    }

    /// Writes a file as the modem does: without a card in the holder, nothing.
    fn put(&mut self, sim: &SimProfile, path: &[u16], change: impl FnOnce(&mut [u8])) {
        if let Some(file) = Image::shared().at(path).filter(|_| self.present) {
            self.card.write(sim, file, change);
        }
    }
}

fn copy(octets: &mut [u8], from: &[u8]) {
    octets.iter_mut().zip(from).for_each(|(octet, &from)| *octet = from);
}
