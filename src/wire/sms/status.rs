//! What became of a message.
//!
//! Source: 3GPP TS 23.040, clause 9.2.3.15.

use std::fmt;

/// TP-ST.
///
/// On the wire: one octet; in `+CDS` and `+CMGR` of text mode decimal. 0 is received.
///
/// Source: 3GPP TS 23.040, clause 9.2.3.15.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Status(pub u8);

/// How it stands with a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// The transaction is completed.
    Completed,
    /// An error that may pass; the service centre is still trying.
    StillTrying,
    /// A permanent error.
    Failed,
    /// An error that may have passed, but the service centre tries no more.
    GivenUp,
    /// Reserved.
    Reserved,
}

impl Status {
    /// The message was received.
    pub const RECEIVED: Self = Self(0);

    /// How it stands.
    pub const fn outcome(self) -> Outcome {
        match self.0 {
            0x00..=0x1F => Outcome::Completed,
            0x20..=0x3F => Outcome::StillTrying,
            0x40..=0x5F => Outcome::Failed,
            0x60..=0x7F => Outcome::GivenUp,
            0x80..=0xFF => Outcome::Reserved,
        }
    }

    const fn words(self) -> &'static str {
        match self.0 {
            0x00 => "received",
            0x01 => "forwarded, the service centre cannot tell whether it was received",
            0x02 => "replaced by the service centre",
            0x20 | 0x60 => "congestion",
            0x21 | 0x61 => "the receiver is busy",
            0x22 | 0x62 => "no answer from the receiver",
            0x23 | 0x63 => "service rejected",
            0x24 | 0x44 | 0x64 => "quality of service not available",
            0x25 | 0x65 => "error in the receiver",
            0x40 => "remote procedure error",
            0x41 => "incompatible destination",
            0x42 => "connection rejected by the receiver",
            0x43 => "not obtainable",
            0x45 => "no interworking available",
            0x46 => "validity period expired",
            0x47 => "deleted by the sender",
            0x48 => "deleted by the service centre",
            0x49 => "the message does not exist",
            0x10..=0x1F | 0x30..=0x3F | 0x50..=0x5F | 0x70..=0x7F => "the service centre's own reason",
            _ => "reserved",
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let before = match self.outcome() {
            Outcome::Completed | Outcome::Reserved => "",
            Outcome::StillTrying => "still trying: ",
            Outcome::Failed => "failed: ",
            Outcome::GivenUp => "given up: ",
        };
        write!(out, "{before}{}", self.words())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_in_words() {
        let words = [0, 1, 0x05, 0x21, 0x3A, 0x46, 0x62, 0x90].map(|octet| format!("{}\n", Status(octet)));
        insta::assert_snapshot!(words.concat(), @r"
        received
        forwarded, the service centre cannot tell whether it was received
        reserved
        still trying: the receiver is busy
        still trying: the service centre's own reason
        failed: validity period expired
        given up: no answer from the receiver
        reserved
        ");
    }
}
