//! Sets of the four domains in which a modem registers, and the radio technologies that lead to them.

use serde::Deserialize;

use crate::wire::values::{AccessTechnology, Domain};

/// The name of a domain where it is observed: `registration.eps`.
#[must_use]
pub(super) const fn name_of(domain: Domain) -> &'static str {
    match domain {
        Domain::Cs => "cs",
        Domain::Ps => "ps",
        Domain::Eps => "eps",
        Domain::FiveGs => "5gs",
    }
}

/// A set of domains.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Domains(u8);

impl Domains {
    /// None of them.
    pub(super) const NONE: Self = Self(0);
    /// All four.
    pub(super) const ALL: Self = Self(0b1111);
    /// The circuit-switched one.
    pub(super) const CS: Self = Self(0b0001);
    /// Those that carry packets.
    pub(super) const PACKET: Self = Self(0b1110);

    /// This one alone.
    #[must_use]
    pub(super) const fn only(domain: Domain) -> Self {
        Self(1 << domain as u8)
    }

    /// Those of both sets.
    #[must_use]
    pub(super) const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Those that are in both sets.
    #[must_use]
    pub(super) const fn within(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Those that are not in the other set.
    #[must_use]
    pub(super) const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether the domain is one of them.
    #[must_use]
    pub(super) const fn contain(self, domain: Domain) -> bool {
        self.0 & 1 << domain as u8 != 0
    }

    /// Whether there is none.
    #[must_use]
    pub(super) const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Each of them.
    pub(super) fn iter(self) -> impl Iterator<Item = Domain> {
        Domain::ALL.into_iter().filter(move |&domain| self.contain(domain))
    }
}

impl FromIterator<Domain> for Domains {
    fn from_iter<I: IntoIterator<Item = Domain>>(domains: I) -> Self {
        domains.into_iter().fold(Self::NONE, |set, domain| set.and(Self::only(domain)))
    }
}

/// A radio access technology.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tech {
    /// GSM, GPRS, EDGE: GERAN.
    Gsm,
    /// UMTS: UTRAN.
    Utran,
    /// LTE: E-UTRAN.
    Lte,
    /// LTE-M, category M1: E-UTRAN.
    LteM,
    /// NB-IoT: E-UTRAN (NB-S1 mode).
    NbIot,
    /// New radio on a 5G core: NG-RAN.
    Nr,
}

/// What speaks the registration procedures: each has causes, timers and a report of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Procedures {
    /// MM and GMM, in GERAN and UTRAN. Source: 3GPP TS 24.008.
    Gmm,
    /// EMM. Source: 3GPP TS 24.301.
    Emm,
    /// 5GMM. Source: 3GPP TS 24.501.
    FiveGmm,
}

impl Procedures {
    /// Every one.
    pub(super) const ALL: [Self; 3] = [Self::Gmm, Self::Emm, Self::FiveGmm];
}

impl Tech {
    /// Every one.
    pub(super) const ALL: [Self; 6] = [Self::Gsm, Self::Utran, Self::Lte, Self::LteM, Self::NbIot, Self::Nr];

    /// Its name in a profile.
    #[must_use]
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Gsm => "gsm",
            Self::Utran => "utran",
            Self::Lte => "lte",
            Self::LteM => "lte-m",
            Self::NbIot => "nb-iot",
            Self::Nr => "nr",
        }
    }

    /// Which procedures register there.
    #[must_use]
    pub(super) const fn procedures(self) -> Procedures {
        match self {
            Self::Gsm | Self::Utran => Procedures::Gmm,
            Self::Lte | Self::LteM | Self::NbIot => Procedures::Emm,
            Self::Nr => Procedures::FiveGmm,
        }
    }

    /// `<AcT>`; a profile may have another number for LTE-M.
    ///
    /// Source: 3GPP TS 27.007, clause 7.3.
    #[must_use]
    pub(super) const fn act(self) -> AccessTechnology {
        match self {
            Self::Gsm => AccessTechnology::Gsm,
            Self::Utran => AccessTechnology::Utran,
            Self::Lte | Self::LteM => AccessTechnology::Eutran,
            Self::NbIot => AccessTechnology::EutranNbS1,
            Self::Nr => AccessTechnology::NrFiveGcn,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_holds_what_was_put_in() {
        let set: Domains = [Domain::Cs, Domain::Eps].into_iter().collect();
        assert!(set.contain(Domain::Cs) && set.contain(Domain::Eps));
        assert!(!set.contain(Domain::Ps) && !set.contain(Domain::FiveGs));
        assert_eq!(set.without(Domains::PACKET), Domains::CS);
        assert_eq!(set.within(Domains::PACKET).iter().collect::<Vec<_>>(), [Domain::Eps]);
        assert!(Domains::CS.without(Domains::CS).is_empty());
    }
}
