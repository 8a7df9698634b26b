//! A string of USSD: octets and their coding, as they travel, and as a host writes and reads them.
//!
//! Source: 3GPP TS 27.007, clause 7.15 (`<str>`, `<dcs>`); TS 23.038, clause 5.

use crate::modem::Modem;
use crate::wire::text::hexadecimal::{self, Hexadecimal};
use crate::wire::text::{Alphabet, CbsCoding, Form, pack_cbs, ucs2};

/// Octets that a string has at most. Source: 3GPP TS 24.080, clause 4.5 (maxUSSD-StringLength).
pub(super) const LONGEST: usize = 160;

/// A string on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Message {
    coding: CbsCoding,
    octets: Vec<u8>,
}

impl Message {
    /// What the network sends for a text; without a coding, in the default alphabet where that has it, else in UCS2.
    pub(super) fn of(text: &str, coding: Option<CbsCoding>) -> Self {
        let usual = || if Alphabet::DEFAULT.encode(text).is_ok() { CbsCoding::DEFAULT } else { CbsCoding::UCS2 };
        let coding = coding.unwrap_or_else(usual);
        let reading = coding.reading();
        let octets = match (reading.form, reading.names_language) {
            (Form::Septets, false) => pack_cbs(&Alphabet::DEFAULT.encode_lossy(text)),
            (Form::Septets, true) => pack_cbs(&[&b"en\r"[..], &Alphabet::DEFAULT.encode_lossy(text)].concat()),
            (Form::Ucs2, false) => ucs2::encode(text),
            (Form::Ucs2, true) => [pack_cbs(b"en"), ucs2::encode(text)].concat(),
            (Form::Octets, _) => text.chars().map(|character| u8::try_from(character).unwrap_or(b'?')).collect(),
        };
        Self { coding, octets }
    }

    /// What a host has written; `None` where it is none of its coding or too long.
    ///
    /// In the default alphabet it is in the character set of `+CSCS`, else it is octets in hexadecimal.
    pub(super) fn read(modem: &Modem, string: &[u8], coding: CbsCoding) -> Option<Self> {
        let octets = match coding.reading().form {
            Form::Septets => pack_cbs(&Alphabet::DEFAULT.encode(&modem.decode(string)?).ok()?),
            Form::Octets | Form::Ucs2 => hexadecimal::read(string).ok()?,
        };
        (octets.len() <= LONGEST).then_some(Self { coding, octets })
    }

    /// What a host reads, in the character set of its port.
    pub(super) fn written(&self, modem: &Modem) -> Vec<u8> {
        match (self.coding.reading().form, self.coding.text(&self.octets)) {
            (Form::Septets, Some(text)) => modem.encode_octets(&text),
            (Form::Septets | Form::Octets | Form::Ucs2, _) => Hexadecimal(&self.octets).to_string().into_bytes(),
        }
    }

    /// How it is coded.
    pub(super) const fn coding(&self) -> CbsCoding {
        self.coding
    }

    /// Whether the network can send it in one piece.
    pub(super) fn fits(&self) -> bool {
        self.octets.len() <= LONGEST
    }

    /// What it says; `None`: it is no text.
    pub(super) fn text(&self) -> Option<String> {
        match self.coding.reading().form {
            Form::Octets => Some(self.octets.iter().map(|&octet| char::from(octet)).collect()),
            Form::Septets | Form::Ucs2 => self.coding.text(&self.octets),
        }
    }
}
