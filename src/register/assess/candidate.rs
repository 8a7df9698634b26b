//! What was read from a device that is to be onboarded.

use crate::identity::{Iccid, Imsi};
use jiff::Timestamp;

/// What was read from a device, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidate<'a> {
    /// The equipment's identity in any spelling: 14 to 17 digits, a PEI, a module's whole answer. Empty where it gave none.
    pub equipment: &'a str,
    /// The subscription of the card in it.
    pub imsi: Option<Imsi>,
    /// The card in it.
    pub iccid: Option<Iccid>,
    /// What its label says, as scanned: an IMEI with check digit, in any spelling.
    pub label: Option<&'a str>,
    /// What tells it from others that report the same number at the same time: its port or its place in the rack.
    pub device: Option<&'a str>,
    /// When it was seen first. Without it the register is asked; what the register does not know either is seen first now.
    pub first_seen: Option<Timestamp>,
    /// The time.
    pub now: Timestamp,
}

impl<'a> Candidate<'a> {
    /// A candidate of which nothing is known but what it calls itself.
    pub fn new(equipment: &'a str, now: Timestamp) -> Self {
        Self { equipment, imsi: None, iccid: None, label: None, device: None, first_seen: None, now }
    }
}
