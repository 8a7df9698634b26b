//! What a command is about, by its name: which identities its parameters and its answer may hold.
//!
//! Source: 3GPP TS 27.007 and 27.005; the makers' names are those of their AT manuals, found by what they have in common.

/// A set of subjects.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Subjects(u16);

impl Subjects {
    pub(super) const NONE: Self = Self(0);
    /// IMEI, IMEISV, MEID, ESN.
    pub(super) const EQUIPMENT: Self = Self(1);
    /// IMSI.
    pub(super) const SUBSCRIBER: Self = Self(1 << 1);
    /// ICCID.
    pub(super) const CARD: Self = Self(1 << 2);
    /// EID.
    pub(super) const EUICC: Self = Self(1 << 3);
    /// Telephone numbers.
    pub(super) const NUMBER: Self = Self(1 << 4);
    /// PINs and PUKs.
    pub(super) const SECRET: Self = Self(1 << 5);
    /// Short messages: text or PDUs, in the line after.
    pub(super) const MESSAGE: Self = Self(1 << 6);
    /// ESN: eight hexadecimal digits alone.
    pub(super) const SERIAL: Self = Self(1 << 7);

    pub(super) const fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(super) const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// The subjects of a command or of a line by its name: `+CGSN`, `#CCID`, `IMEI`.
    pub(super) fn of(name: &[u8]) -> Self {
        let letters = match name.split_first() {
            Some((first, rest)) if !first.is_ascii_alphanumeric() => rest,
            _ => name,
        };
        if letters.len() > 16 {
            return Self::NONE;
        }
        let upper = letters.to_ascii_uppercase();
        let word = upper.as_slice();
        let has = |part: &str| memchr::memmem::find(word, part.as_bytes()).is_some();
        let mut subjects = Self::NONE;
        let mut add = |yes: bool, subject: Self| {
            if yes {
                subjects = subjects.and(subject);
            }
        };
        let device = has("GSN") || has("IMEI") || has("MEID") || has("EGMR") || has("PHYNUM") || word == b"ESN";
        add(device, Self::EQUIPMENT);
        add(word == b"GSN" || word == b"ESN", Self::SERIAL);
        add(word.ends_with(b"IMI") || has("IMSI"), Self::SUBSCRIBER);
        add(has("CCID") || has("SCID"), Self::CARD);
        add(has("EID") && !has("MEID"), Self::EUICC);
        add(has("PIN") || has("PUK") || matches!(word, b"CLCK" | b"CPWD" | b"SPIC"), Self::SECRET);
        let message = [&b"CMGR"[..], b"CMGL", b"CMGS", b"CMGW", b"CMGC", b"CMSS", b"CMT", b"CDS", b"CBM", b"CNMA"];
        add(message.iter().any(|name| word.ends_with(name)), Self::MESSAGE.and(Self::NUMBER));
        add(is_about_numbers(word), Self::NUMBER);
        subjects
    }
}

fn is_about_numbers(word: &[u8]) -> bool {
    matches!(
        word,
        b"CNUM" | b"CLIP" | b"CLIR" | b"COLP" | b"CLCC" | b"CCWA" | b"CDIP" | b"CNAP" | b"CRING" | b"CCFC" | b"CCFCU"
    ) || matches!(
        word,
        b"CSCA" | b"CSVM" | b"CUSD" | b"CPBR" | b"CPBW" | b"CPBF" | b"CTFR" | b"CMTI" | b"CDU" | b"CLCCS"
    ) || memchr::memmem::find(word, b"SMS").is_some() && !word.ends_with(b"PSMS")
        || memchr::memmem::find(word, b"MSISDN").is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn makers_names_are_known_by_what_they_have_in_common() {
        for name in ["+CGSN", "#CGSN", "+KGSN", "+GSN", "+EGMR", "IMEI", "+IMEISV", "+SIMEI", "^PHYNUM"] {
            assert!(Subjects::of(name.as_bytes()).has(Subjects::EQUIPMENT), "{name}");
        }
        for name in ["+CCID", "+QCCID", "#CCID", "+ICCID", "+CICCID", "%XICCID", "^SCID", "!ICCID", "+SQNCCID"] {
            assert!(Subjects::of(name.as_bytes()).has(Subjects::CARD), "{name}");
        }
        assert!(Subjects::of(b"+CIMI").has(Subjects::SUBSCRIBER));
        assert!(Subjects::of(b"^HCMGR").has(Subjects::MESSAGE));
        // +CPSMS: timers of power saving mode, in bits.
        for name in ["+CREG", "+CSQ", "+COPS", "+CCLK", "+CPSMS", "", "+"] {
            assert_eq!(Subjects::of(name.as_bytes()), Subjects::NONE, "{name}");
        }
    }
}
