//! What a message is to the applications on both ends.
//!
//! Source: 3GPP TS 23.040, clause 9.2.3.9.

use std::fmt;

/// TP-PID.
///
/// On the wire: one octet; in `+CSMP` decimal. 0 is a plain message.
///
/// Source: 3GPP TS 23.040, clause 9.2.3.9.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ProtocolId(pub u8);

impl ProtocolId {
    /// A plain message.
    pub const PLAIN: Self = Self(0);
    /// Type 0: acknowledged and thrown away.
    pub const TYPE_0: Self = Self(0x40);

    /// Which of the seven kinds of message that replace one another it is.
    pub const fn replaces(self) -> Option<u8> {
        match self.0 {
            0x41..=0x47 => Some(self.0 & 0x07),
            _ => None,
        }
    }
}

impl fmt::Display for ProtocolId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = match self.0 {
            0x00 => "a plain message",
            0x01..=0x1F => return write!(out, "protocol {} between the ends", self.0),
            0x20 => "telematic, the kind known from the number",
            0x21 => "telex",
            0x22 => "fax, group 3",
            0x23 => "fax, group 4",
            0x24 => "voice telephone",
            0x25 => "ERMES paging",
            0x26 => "national paging",
            0x27 => "videotex",
            0x28 => "teletex",
            0x29 => "teletex in PSPDN",
            0x2A => "teletex in CSPDN",
            0x2B => "teletex in PSTN",
            0x2C => "teletex in ISDN",
            0x2D => "UCI",
            0x30 => "a message handling facility",
            0x31 => "X.400",
            0x32 => "e-mail",
            0x38..=0x3E => "telematic, the service centre's own",
            0x3F => "a mobile station",
            0x40 => "type 0, to be acknowledged and thrown away",
            0x41..=0x47 => return write!(out, "replaces the last one of type {}", self.0 & 0x07),
            0x48 => "triggers a device",
            0x5E => "enhanced message service",
            0x5F => "return call",
            0x7C => "ANSI-136 R-DATA",
            0x7D => "data for the equipment",
            0x7E => "depersonalizes the equipment",
            0x7F => "data for the SIM",
            0xC0..=0xFF => "the service centre's own",
            _ => "reserved",
        };
        out.write_str(words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_in_words() {
        let words =
            [0, 1, 0x22, 0x2E, 0x32, 0x40, 0x43, 0x7F, 0x80, 0xC1].map(|octet| format!("{}\n", ProtocolId(octet)));
        insta::assert_snapshot!(words.concat(), @r"
        a plain message
        protocol 1 between the ends
        fax, group 3
        reserved
        e-mail
        type 0, to be acknowledged and thrown away
        replaces the last one of type 3
        data for the SIM
        reserved
        the service centre's own
        ");
        assert_eq!((ProtocolId(0x47).replaces(), ProtocolId(0x40).replaces()), (Some(7), None));
    }
}
