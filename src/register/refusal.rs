//! How the network turns a device away: the cause of its reject, in each radio technology.
//!
//! Source: 3GPP TS 24.008, Annex G; TS 24.301, Annex A; TS 24.501, Annex A.

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Unexpected, Visitor};
use std::fmt;

/// A radio technology, as far as causes differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Technology {
    /// GERAN; the procedures of TS 24.008.
    Gsm,
    /// UTRAN; the procedures of TS 24.008 too.
    Utran,
    /// E-UTRAN with LTE-M and NB-IoT; TS 24.301.
    Lte,
    /// NG-RAN on a 5G core; TS 24.501.
    Nr,
}

impl Technology {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::Gsm, Self::Utran, Self::Lte, Self::Nr];

    /// `gsm`, `utran`, `lte` or `nr`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Gsm => "gsm",
            Self::Utran => "utran",
            Self::Lte => "lte",
            Self::Nr => "nr",
        }
    }

    /// What it is called by this word; UTRAN is `umts` too.
    fn of(word: &str) -> Option<Self> {
        let word = if word == "umts" { "utran" } else { word };
        Self::ALL.into_iter().find(|technology| technology.word() == word)
    }

    /// The causes with which a network turns away a device, a subscription or a service here, in rising order. Those of
    /// authentication, of protocol errors and of session management are none.
    pub fn causes(self) -> &'static [u8] {
        match self {
            Self::Gsm | Self::Utran => &[2, 3, 5, 6, 7, 8, 11, 12, 13, 14, 15, 16, 17, 22, 25, 40, 111],
            Self::Lte => &[2, 3, 5, 6, 7, 8, 11, 12, 13, 14, 15, 16, 17, 18, 22, 25, 35, 40, 42, 78, 111],
            Self::Nr => &[3, 5, 6, 7, 11, 12, 13, 15, 22, 27, 31, 62, 72, 73, 74, 75, 76, 77, 78, 90, 111],
        }
    }
}

impl fmt::Display for Technology {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// Why a number is no cause of a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("#{number} is no cause with which a network turns a device away in {technology}: there it is {}", Listed(.technology.causes()))]
pub struct CauseError {
    /// The number.
    pub number: u64,
    /// Where it is none.
    pub technology: Technology,
}

/// `2, 3 or 5`.
struct Listed<'a>(&'a [u8]);

impl fmt::Display for Listed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, number) in self.0.iter().enumerate() {
            let between = match at {
                0 => "",
                at if at + 1 == self.0.len() => " or ",
                _ => ", ",
            };
            write!(f, "{between}{number}")?;
        }
        Ok(())
    }
}

/// How the network turns a device away: the cause of its reject in each technology.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Refusal {
    gsm: u8,
    utran: u8,
    lte: u8,
    nr: u8,
}

impl Refusal {
    /// #6, Illegal ME: in every domain, and for good until power-off or SIM removal.
    pub const ILLEGAL_ME: Self = Self { gsm: 6, utran: 6, lte: 6, nr: 6 };
    /// #7, packet services (5GS services) not allowed.
    pub const SERVICES_NOT_ALLOWED: Self = Self { gsm: 7, utran: 7, lte: 7, nr: 7 };
    /// #17, network failure; in 5GS, which lacks it, #90, payload was not forwarded. The device tries again.
    pub const NETWORK_FAILURE: Self = Self { gsm: 17, utran: 17, lte: 17, nr: 90 };

    /// One cause in every technology. In 5GS, which lacks them, #90 stands for #17 and #7 for #8.
    ///
    /// # Errors
    /// A technology has no such cause.
    pub fn everywhere(number: u64) -> Result<Self, CauseError> {
        let in_5gs = match number {
            8 => 7,
            17 => 90,
            other => other,
        };
        let lacks = |technology| CauseError { number, technology };
        Ok(Self {
            gsm: cause(Technology::Gsm, number)?,
            utran: cause(Technology::Utran, number)?,
            lte: cause(Technology::Lte, number)?,
            nr: cause(Technology::Nr, in_5gs).map_err(|_| lacks(Technology::Nr))?,
        })
    }

    /// The cause in a technology.
    pub fn cause(self, technology: Technology) -> u8 {
        match technology {
            Technology::Gsm => self.gsm,
            Technology::Utran => self.utran,
            Technology::Lte => self.lte,
            Technology::Nr => self.nr,
        }
    }
}

/// `#6`; `#17, in nr #90` where technologies differ from LTE.
impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.lte)?;
        for technology in Technology::ALL.into_iter().filter(|technology| self.cause(*technology) != self.lte) {
            write!(f, ", in {technology} #{}", self.cause(technology))?;
        }
        Ok(())
    }
}

fn cause(technology: Technology, number: u64) -> Result<u8, CauseError> {
    let known = technology.causes().iter().copied().find(|cause| u64::from(*cause) == number);
    known.ok_or(CauseError { number, technology })
}

/// The causes of a refusal that are not the usual ones.
///
/// In text: a number for every technology, or a table with some of `gsm`, `utran` (or `umts`), `lte` and `nr`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Causes {
    gsm: Option<u8>,
    utran: Option<u8>,
    lte: Option<u8>,
    nr: Option<u8>,
}

impl Causes {
    /// The refusal with these causes put in.
    pub fn over(self, usual: Refusal) -> Refusal {
        Refusal {
            gsm: self.gsm.unwrap_or(usual.gsm),
            utran: self.utran.unwrap_or(usual.utran),
            lte: self.lte.unwrap_or(usual.lte),
            nr: self.nr.unwrap_or(usual.nr),
        }
    }
}

impl From<Refusal> for Causes {
    fn from(all: Refusal) -> Self {
        Self { gsm: Some(all.gsm), utran: Some(all.utran), lte: Some(all.lte), nr: Some(all.nr) }
    }
}

impl<'de> Deserialize<'de> for Causes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Written)
    }
}

struct Written;

impl<'de> Visitor<'de> for Written {
    type Value = Causes;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a reject cause, or a table of them such as { lte = 6, nr = 3 }")
    }

    fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<Causes, E> {
        let number = u64::try_from(number).map_err(|_| E::invalid_value(Unexpected::Signed(number), &self))?;
        Refusal::everywhere(number).map(Causes::from).map_err(E::custom)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Causes, A::Error> {
        let mut causes = Causes::default();
        while let Some(word) = map.next_key::<String>()? {
            let technology = Technology::of(&word).ok_or_else(|| {
                A::Error::custom(format_args!("unknown technology `{word}`, expected `gsm`, `utran`, `lte` or `nr`"))
            })?;
            let number = cause(technology, map.next_value::<u64>()?).map_err(A::Error::custom)?;
            match technology {
                Technology::Gsm => causes.gsm = Some(number),
                Technology::Utran => causes.utran = Some(number),
                Technology::Lte => causes.lte = Some(number),
                Technology::Nr => causes.nr = Some(number),
            }
        }
        Ok(causes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_that_5gs_lacks_has_its_nearest_there() {
        let all: Vec<String> = [3, 6, 7, 8, 11, 17, 22].map(|n| Refusal::everywhere(n).unwrap().to_string()).into();
        assert_eq!(all, ["#3", "#6", "#7", "#8, in nr #7", "#11", "#17, in nr #90", "#22"]);
    }

    #[test]
    fn a_cause_that_a_technology_lacks_is_told_with_those_that_it_has() {
        let says = |number| Refusal::everywhere(number).unwrap_err().to_string();
        insta::assert_snapshot!(says(14), @"#14 is no cause with which a network turns a device away in nr: there it is 3, 5, 6, 7, 11, 12, 13, 15, 22, 27, 31, 62, 72, 73, 74, 75, 76, 77, 78, 90 or 111");
        insta::assert_snapshot!(says(1), @"#1 is no cause with which a network turns a device away in gsm: there it is 2, 3, 5, 6, 7, 8, 11, 12, 13, 14, 15, 16, 17, 22, 25, 40 or 111");
    }

    #[test]
    fn what_a_table_leaves_out_stays_as_it_is() {
        let causes: Causes =
            toml::from_str::<toml::Table>("c = { nr = 3, umts = 8 }").unwrap()["c"].clone().try_into().unwrap();
        assert_eq!(causes.over(Refusal::ILLEGAL_ME).to_string(), "#6, in utran #8, in nr #3");
        assert_eq!(Causes::default().over(Refusal::NETWORK_FAILURE), Refusal::NETWORK_FAILURE);
    }
}
