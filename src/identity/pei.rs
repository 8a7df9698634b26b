//! The permanent equipment identifier of 5G, the one spelling in which registers are asked.
//!
//! Source: 3GPP TS 23.003 clause 6.4; TS 29.571 clause 5.3.2 (`Pei`).

use super::digits::{Digits, IdentityError, Kind};
use super::imei::{Imei, ImeiKey};
use super::imeisv::Imeisv;
use std::fmt;
use std::str::FromStr;

/// A permanent equipment identifier (PEI).
///
/// On the wire: `imei-` and 15 digits, `imeisv-` and 16, `mac` and six octets as `-XX` (with `-untrusted` where the network
/// cannot vouch for it), or `eui` and eight octets.
///
/// Source: 3GPP TS 29.571, clause 5.3.2; the schema takes any other text too, which is [`Pei::Other`] here.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Pei {
    /// An IMEI.
    Imei(Imei),
    /// An IMEISV.
    Imeisv(Imeisv),
    /// A MAC address, of equipment without 3GPP access.
    Mac {
        /// Its six octets.
        octets: [u8; 6],
        /// Whether the network cannot vouch for it.
        untrusted: bool,
    },
    /// An EUI-64, of equipment without 3GPP access.
    Eui64([u8; 8]),
    /// A text that is none of these.
    Other(String),
}

impl Pei {
    /// Reads one of the spellings; what is none of them becomes [`Pei::Other`].
    ///
    /// An IMEI of 14 digits is taken as well, since registers are asked with those too.
    ///
    /// # Errors
    /// The text is empty.
    pub fn parse(text: &str) -> Result<Self, IdentityError> {
        if text.is_empty() {
            return Err(IdentityError::Empty { kind: Kind::Pei });
        }
        let known = if let Some(rest) = text.strip_prefix("imei-") {
            Imei::parse(rest).ok().map(Self::Imei)
        } else if let Some(rest) = text.strip_prefix("imeisv-") {
            Imeisv::parse(rest).ok().map(Self::Imeisv)
        } else if let Some(rest) = text.strip_prefix("mac") {
            let bare = rest.strip_suffix("-untrusted");
            octets::<6>(bare.unwrap_or(rest)).map(|octets| Self::Mac { octets, untrusted: bare.is_some() })
        } else if let Some(rest) = text.strip_prefix("eui") {
            octets::<8>(rest).map(Self::Eui64)
        } else {
            None
        };
        Ok(known.unwrap_or_else(|| Self::Other(text.to_owned())))
    }

    /// The fourteen digits by which it is compared, if it has an IMEI.
    pub fn key(&self) -> Option<ImeiKey> {
        match self {
            Self::Imei(imei) => Some(imei.key()),
            Self::Imeisv(imeisv) => Some(imeisv.key()),
            Self::Mac { .. } | Self::Eui64(_) | Self::Other(_) => None,
        }
    }

    /// Whether it is nobody's real equipment.
    pub fn is_test(&self) -> bool {
        self.key().is_some_and(ImeiKey::is_test)
    }
}

/// Octets as `-XX-XX…`.
fn octets<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut octets = [0; N];
    let mut parts = text.strip_prefix('-')?.split('-');
    for octet in &mut octets {
        let part = parts.next().filter(|part| part.len() == 2)?;
        let digits = Digits::hexadecimal(Kind::Pei, part).ok()?;
        let [high, low] = *digits.as_slice() else {
            return None;
        };
        *octet = high << 4 | low;
    }
    parts.next().is_none().then_some(octets)
}

impl From<Imei> for Pei {
    fn from(imei: Imei) -> Self {
        Self::Imei(imei)
    }
}

impl From<Imeisv> for Pei {
    fn from(imeisv: Imeisv) -> Self {
        Self::Imeisv(imeisv)
    }
}

/// An IMEI of fourteen digits is written with its check digit, since the spelling has fifteen.
impl fmt::Display for Pei {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Imei(imei) => match imei.last_digit() {
                Some(_) => write!(f, "imei-{imei}"),
                None => write!(f, "imei-{}", imei.labelled()),
            },
            Self::Imeisv(imeisv) => write!(f, "imeisv-{imeisv}"),
            Self::Mac { octets, untrusted } => {
                write!(f, "mac")?;
                octets.iter().try_for_each(|octet| write!(f, "-{octet:02X}"))?;
                if *untrusted { write!(f, "-untrusted") } else { Ok(()) }
            }
            Self::Eui64(octets) => {
                write!(f, "eui")?;
                octets.iter().try_for_each(|octet| write!(f, "-{octet:02X}"))
            }
            Self::Other(text) => f.write_str(text),
        }
    }
}

impl FromStr for Pei {
    type Err = IdentityError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_spelling_is_read_and_written_again() {
        for text in [
            "imei-490154203237518",
            "imeisv-4901542032375107",
            "mac-00-00-5E-00-53-01",
            "mac-00-00-5E-00-53-01-untrusted",
            "eui-00-00-5E-FF-FE-00-53-01",
            "something else",
        ] {
            assert_eq!(Pei::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn an_imei_and_an_imeisv_have_one_key() {
        let key = |text| Pei::parse(text).unwrap().key();
        assert_eq!(key("imei-490154203237510"), key("imeisv-4901542032375107"));
        assert_eq!(key("imei-4901542032375"), None);
        assert_eq!(key("mac-00-00-5E-00-53-01"), None);
    }

    #[test]
    fn fourteen_digits_are_written_with_their_check_digit() {
        assert_eq!(Pei::parse("imei-49015420323751").unwrap().to_string(), "imei-490154203237518");
    }
}
