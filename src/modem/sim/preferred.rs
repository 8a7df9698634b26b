//! The lists of preferred networks on the card.
//!
//! Source: 3GPP TS 31.102 clauses 4.2.5 (EF_PLMNwAcT), 4.2.53 (EF_OPLMNwAcT), 4.2.54 (EF_HPLMNwAcT).

use super::Sim;
use super::image::Image;
use crate::identity::Plmn;
use crate::modem::SimProfile;
use crate::wire::result::CmeError;

/// Octets of an entry: a PLMN and two of technologies.
const ENTRY: usize = 5;

/// Which list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::modem) enum PreferredList {
    /// The user's.
    #[default]
    User,
    /// The operator's.
    Operator,
    /// The home network.
    Home,
}

impl PreferredList {
    const fn path(self) -> &'static [u16] {
        match self {
            Self::User => &[0x7FFF, 0x6F60],
            Self::Operator => &[0x7FFF, 0x6F61],
            Self::Home => &[0x7FFF, 0x6F62],
        }
    }
}

/// A network, and in which technologies it is preferred.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::modem) struct PreferredPlmn {
    /// The network.
    pub(in crate::modem) plmn: Plmn,
    /// GSM, GSM Compact, UTRAN, E-UTRAN, NG-RAN: the order of `+CPOL`.
    pub(in crate::modem) technologies: [bool; 5],
}

/// The bits of the two octets of technologies, in the order of `+CPOL`.
const BITS: [u16; 5] = [0x0080, 0x0040, 0x8000, 0x4000, 0x0800];

impl Sim {
    /// How many entries a list has room for.
    pub(in crate::modem) fn preferred_size(list: PreferredList) -> u8 {
        let size = Image::shared().at(list.path()).map_or(0, |place| Image::shared().file(place).shape.size());
        u8::try_from(size / ENTRY).unwrap_or(u8::MAX)
    }

    /// The entries of a list, each with its place from 1.
    pub(in crate::modem) fn preferred(&self, sim: &SimProfile, list: PreferredList) -> Vec<(u8, PreferredPlmn)> {
        let Some(place) = Image::shared().at(list.path()) else { return Vec::new() };
        let contents = self.card.contents(sim, place);
        let entry = |octets: &[u8]| {
            let &[a, b, c, high, low] = octets else { return None };
            let bits = u16::from_be_bytes([high, low]);
            Some(PreferredPlmn { plmn: Plmn::from_octets([a, b, c])?, technologies: BITS.map(|bit| bits & bit != 0) })
        };
        (1..).zip(contents.chunks(ENTRY)).filter_map(|(index, octets)| Some((index, entry(octets)?))).collect()
    }

    /// Writes an entry, or empties its place.
    ///
    /// # Errors
    /// The list is the issuer's (3), the place is none (21).
    pub(in crate::modem) fn put_preferred(
        &mut self,
        sim: &SimProfile,
        list: PreferredList,
        index: u8,
        entry: Option<PreferredPlmn>,
    ) -> Result<(), CmeError> {
        match list {
            PreferredList::User => {}
            PreferredList::Operator | PreferredList::Home => return Err(CmeError::OPERATION_NOT_ALLOWED),
        }
        let place = Image::shared().at(list.path()).ok_or(CmeError::NOT_FOUND)?;
        let at = index.checked_sub(1).ok_or(CmeError::INVALID_INDEX)?;
        let offset = u16::from(at) * u16::try_from(ENTRY).unwrap_or(0);
        let octets = match entry {
            Some(entry) => {
                let bits =
                    BITS.into_iter().zip(entry.technologies).filter(|(_, on)| *on).fold(0, |all, (bit, _)| all | bit);
                let ([a, b, c], [high, low]) = (entry.plmn.to_octets(), bits.to_be_bytes());
                [a, b, c, high, low]
            }
            None => [0xFF, 0xFF, 0xFF, 0, 0],
        };
        self.card.update_binary(sim, place, offset, &octets).map_err(|status| self.refused(status))
    }
}
