//! What is masked: an identity, and whether it is one that may be shown.

use crate::identity::{Eid, Iccid, Imei, Imeisv, Imsi, Meid, Msisdn};
use crate::run::matching::Capture;
use crate::script::Type;

/// Whose identity it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    Imei,
    Imeisv,
    Meid,
    Esn,
    Imsi,
    Iccid,
    Eid,
    Msisdn,
    Pin,
}

impl Kind {
    /// The name that its first value gets.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Kind::Imei => "imei",
            Kind::Imeisv => "imeisv",
            Kind::Meid => "meid",
            Kind::Esn => "esn",
            Kind::Imsi => "imsi",
            Kind::Iccid => "iccid",
            Kind::Eid => "eid",
            Kind::Msisdn => "msisdn",
            Kind::Pin => "pin",
        }
    }

    /// The type of value that matches it.
    pub(super) const fn matched_by(self) -> Type {
        match self {
            Kind::Imei => Type::Imei,
            Kind::Imeisv => Type::Imeisv,
            Kind::Meid => Type::Meid,
            Kind::Esn => Type::Hex,
            Kind::Imsi => Type::Imsi,
            Kind::Iccid => Type::Iccid,
            Kind::Eid => Type::Eid,
            Kind::Msisdn => Type::Msisdn,
            Kind::Pin => Type::Pin,
        }
    }
}

/// An identity as it stood on the line, less its separators.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Identity {
    pub(super) kind: Kind,
    pub(super) text: String,
}

impl Identity {
    pub(super) fn new(kind: Kind, text: impl Into<String>) -> Self {
        Self { kind, text: text.into() }
    }

    /// Whether it is nobody's: a test identity, a public sample, a number that no programmed device has.
    pub(super) fn is_public(&self) -> bool {
        let text = self.text.as_str();
        match self.kind {
            Kind::Imei => Imei::parse(text).is_ok_and(|imei| imei.is_test() || imei.key().default_of().is_some()),
            Kind::Imeisv => Imeisv::parse(text).is_ok_and(|imei| imei.is_test() || imei.key().default_of().is_some()),
            Kind::Meid => Meid::parse(text).is_ok_and(Meid::is_test),
            // The pseudo-ESN of the standard's sample MEID.
            Kind::Esn => text.eq_ignore_ascii_case("8016B128"),
            Kind::Imsi => Imsi::parse(text).is_ok_and(|imsi| imsi.is_test() || blank(text)),
            Kind::Iccid => Iccid::parse(text).is_ok_and(Iccid::is_test),
            Kind::Eid => Eid::parse(text).is_ok_and(Eid::is_test),
            Kind::Msisdn => Msisdn::parse(text).is_ok_and(Msisdn::is_test) || blank(text),
            Kind::Pin => is_everybodys(text),
        }
    }

    /// The digits by which it is known wherever they stand: of a device TAC and serial number.
    pub(super) fn digits(&self) -> &str {
        let bare = self.text.strip_prefix('+').unwrap_or(&self.text);
        match self.kind {
            Kind::Imei | Kind::Imeisv => bare.get(..14).unwrap_or(bare),
            Kind::Meid | Kind::Esn | Kind::Imsi | Kind::Iccid | Kind::Eid | Kind::Msisdn | Kind::Pin => bare,
        }
    }

    /// A device's TAC and serial number, its key.
    pub(super) fn key(&self) -> Option<&str> {
        match self.kind {
            Kind::Imei | Kind::Imeisv => self.text.get(..14),
            Kind::Meid | Kind::Esn | Kind::Imsi | Kind::Iccid | Kind::Eid | Kind::Msisdn | Kind::Pin => None,
        }
    }

    /// A device's serial number.
    pub(super) fn serial(&self) -> Option<&str> {
        match self.kind {
            Kind::Imei | Kind::Imeisv => self.text.get(8..14),
            Kind::Meid | Kind::Esn | Kind::Imsi | Kind::Iccid | Kind::Eid | Kind::Msisdn | Kind::Pin => None,
        }
    }

    /// What a value is bound to that matches it.
    pub(super) fn capture(&self) -> Capture {
        Capture { kind: Some(self.kind.matched_by()), ..Capture::of(self.text.as_bytes()) }
    }
}

/// One digit all over: a number that was never given to anybody.
fn blank(text: &str) -> bool {
    let mut digits = text.bytes().filter(u8::is_ascii_digit);
    let first = digits.next();
    digits.all(|digit| Some(digit) == first)
}

/// 0000, 1234, 4321, 2468: a PIN whose digits go by one step keeps no secret.
fn is_everybodys(pin: &str) -> bool {
    let mut steps = pin.as_bytes().windows(2).map(|pair| (pair[1] + 10 - pair[0]) % 10);
    let first = steps.next();
    steps.all(|step| Some(step) == first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn test_identities_are_public_and_others_are_not() {
        let public = |kind, text: &str| Identity::new(kind, text).is_public();
        assert!(public(Kind::Imei, "001017001234569"));
        assert!(public(Kind::Imei, "490154203237518"));
        assert!(public(Kind::Imeisv, "0010170012345601"));
        assert!(public(Kind::Imsi, "001010123456789"));
        assert!(public(Kind::Imsi, "999700000000001"));
        assert!(public(Kind::Iccid, "8999901000000000016"));
        assert!(public(Kind::Msisdn, "+15550100001"));
        assert!(public(Kind::Meid, "AF0123450ABCDE"));
        for pin in ["0000", "1234", "2468", "4321", "12345678", "1357", "1111"] {
            assert!(public(Kind::Pin, pin), "{pin}");
        }
        assert!(!public(Kind::Imei, &format!("99000000{}", "1234560")));
        assert!(!public(Kind::Imsi, "299010123456789"));
        assert!(!public(Kind::Msisdn, "+999510000001"));
        assert!(!public(Kind::Pin, "7391"));
    }
}
