//! A command to the card, cut into its parts: `CLA INS P1 P2 P3 [data] [Le]`, as T=0 has it.
//!
//! P3 is the length of the data, or how much is wanted.
//!
//! Source: ETSI TS 102 221 clause 10.1; 3GPP TS 51.011 clause 9.1 for class A0.

use super::status::Status;

/// A command, cut into its parts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Apdu<'a> {
    pub(super) class: u8,
    pub(super) instruction: u8,
    pub(super) p1: u8,
    pub(super) p2: u8,
    pub(super) p3: u8,
    pub(super) data: &'a [u8],
    /// Whether the data is followed by how much is wanted back, so that no GET RESPONSE is needed.
    pub(super) wants_back: bool,
}

impl<'a> Apdu<'a> {
    /// Cuts a command; `None` where its length is not the one it states.
    pub(super) fn read(octets: &'a [u8]) -> Option<Self> {
        let (&[class, instruction, p1, p2], rest) = octets.split_first_chunk()?;
        let p3 = rest.first().copied().unwrap_or(0);
        let data = rest.get(1..).unwrap_or_default();
        let length = usize::from(p3);
        let (data, wants_back) = match data.len() {
            0 => (data, false),
            count if count == length => (data, false),
            count if count == length + 1 => (&data[..length], true),
            _ => return None,
        };
        Some(Self { class, instruction, p1, p2, p3, data, wants_back })
    }

    /// Whether it speaks to the GSM application.
    pub(super) fn is_gsm(&self) -> bool {
        self.class == 0xA0
    }

    /// P1 and P2 as one number.
    pub(super) fn offset(&self) -> u16 {
        u16::from_be_bytes([self.p1, self.p2])
    }
}

/// Class 00 to 03 for what reads and writes, 80 to 83 for STATUS and the toolkit, A0 for the GSM application.
pub(super) fn check_class(apdu: &Apdu<'_>) -> Result<(), Status> {
    let proprietary = matches!(apdu.instruction, 0xF2 | 0x10 | 0x12 | 0x14 | 0xC2 | 0xE2);
    match apdu.class {
        0xA0 => Ok(()),
        0x00..=0x03 if !proprietary => Ok(()),
        // An eUICC's GET RESPONSE comes in either class.
        0x80..=0x83 if proprietary || apdu.instruction == 0xC0 => Ok(()),
        0x04..=0x0F | 0x84..=0x8F => Err(Status::NO_SECURE_MESSAGING),
        0x40..=0x4F => Err(Status::NO_CHANNEL),
        _ => Err(Status::WRONG_CLASS),
    }
}
