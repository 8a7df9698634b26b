//! `[sim]`: the card.

use serde::Deserialize;

use super::{Contact, Span};
use crate::identity::{Eid, Iccid, Imsi, Msisdn, Plmn};
use crate::modem::sim::dialling::BEHIND_NAME;

/// `[sim]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SimProfile {
    /// A card is in the holder.
    pub present: bool,
    /// The IMSI; empty: an eUICC without a profile.
    pub imsi: String,
    /// The ICCID, 19 or 20 digits.
    pub iccid: String,
    /// The EID, 32 digits; empty: no eUICC.
    pub eid: String,
    /// The PIN; empty: it is not asked for, and is 1234 once it is.
    pub pin: String,
    /// The PUK, 8 digits.
    pub puk: String,
    /// PIN2, which opens fixed dialling and the meters of charges.
    pub pin2: String,
    /// PUK2, 8 digits.
    pub puk2: String,
    /// The own number; empty: none on the card.
    pub msisdn: String,
    /// Digits of the MNC in the IMSI: 2 or 3.
    pub mnc_digits: u8,
    /// The service provider's name; empty: none on the card.
    pub spn: String,
    /// The preferred language, two letters.
    pub language: String,
    /// Entries of its phone book, EF_ADN: 1 to 254.
    pub contacts_size: u8,
    /// Octets of a name there, 0 to 241.
    pub contacts_name: u8,
    /// What stands in it.
    pub contacts: Vec<Contact>,
    /// The number of the short message service centre; empty: none.
    pub smsc: String,
    /// After power-up and insertion the card is busy for so long.
    pub busy: Span,
    /// The card does not answer.
    pub broken: bool,
    /// `+CFUN=0` takes the card's power.
    pub cfun0_off: bool,
    /// Said when the card opens, locks, comes or goes; empty: nothing.
    pub urc: String,
    /// The `+CME ERROR` of a card without a subscription.
    pub empty: u16,
    /// The `+CME ERROR` of `+CPIN=` where nothing is asked for.
    pub pin_when_ready: u16,
    /// The ICCID is written with all twenty nibbles, an F at its end.
    pub iccid_filled: bool,
    /// The ICCID is written without the command's name before it.
    pub iccid_bare: bool,
    /// The data of `+CRSM` stands in quotation marks.
    pub crsm_quoted: bool,
    /// What `+CRSM=192` says of a file.
    pub file_header: FileHeader,
}

impl SimProfile {
    /// The card's network: the IMSI's first digits, as many as `mnc_digits` says.
    #[must_use]
    pub fn home(&self) -> Option<Plmn> {
        Imsi::parse(&self.imsi).ok().map(|imsi| imsi.plmn(self.mnc_digits))
    }

    /// Checks what no type can.
    ///
    /// # Errors
    /// The key whose value cannot be, and why not.
    pub(super) fn check(&self) -> Result<(), (&'static str, String)> {
        let pin = |key, text: &str, shortest: usize| {
            let fits = (shortest..=8).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
            let shape = if shortest == 8 { "8 digits" } else { "4 to 8 digits" };
            if fits || text.is_empty() { Ok(()) } else { Err((key, format!("expected {shape}"))) }
        };
        let given = |text: &str| !text.is_empty();
        if given(&self.imsi) {
            Imsi::parse(&self.imsi).map_err(|error| ("sim.imsi", error.to_string()))?;
        }
        Iccid::parse(&self.iccid).map_err(|error| ("sim.iccid", error.to_string()))?;
        if given(&self.eid) {
            Eid::parse(&self.eid).map_err(|error| ("sim.eid", error.to_string()))?;
        }
        if given(&self.msisdn) {
            Msisdn::parse(&self.msisdn).map_err(|error| ("sim.msisdn", error.to_string()))?;
        }
        if given(&self.smsc) {
            Msisdn::parse(&self.smsc).map_err(|error| ("sim.smsc", error.to_string()))?;
        }
        pin("sim.pin", &self.pin, 4)?;
        pin("sim.puk", &self.puk, 8)?;
        pin("sim.pin2", &self.pin2, 4)?;
        pin("sim.puk2", &self.puk2, 8)?;
        if !(1..=254).contains(&self.contacts_size) {
            return Err(("sim.contacts_size", format!("expected 1 to 254 entries, not {}", self.contacts_size)));
        }
        if self.contacts_name > 241 {
            return Err(("sim.contacts_name", format!("expected 0 to 241 octets, not {}", self.contacts_name)));
        }
        let longest = usize::from(self.contacts_name) + BEHIND_NAME;
        for contact in &self.contacts {
            let entry = contact.check(self.contacts_size.into()).map_err(|message| ("sim.contacts", message))?;
            if entry.record(longest).is_none() {
                return Err(("sim.contacts", format!("{contact} does not fit into a record of the card")));
            }
        }
        match self.mnc_digits {
            2 | 3 => Ok(()),
            other => Err(("sim.mnc_digits", format!("an MNC has 2 or 3 digits, not {other}"))),
        }
    }
}

/// What `+CRSM=192` says of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FileHeader {
    /// The FCP template of ETSI TS 102 221, clause 11.1.1.3.
    Uicc,
    /// The 15 octets of TS 51.011, clause 9.2.1.
    Gsm,
}
