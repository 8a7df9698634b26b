//! The data coding scheme of short messages: one octet that says how the user data is written.
//!
//! Source: 3GPP TS 23.038, clause 4.

use std::fmt;

/// TP-DCS, as it stands in a message and in `+CSMP`.
///
/// On the wire: one octet; in `+CSMP=<fo>,<vp>,<pid>,<dcs>` decimal. 0 is the default alphabet without a class.
///
/// Source: 3GPP TS 23.038, clause 4; TS 23.040, clause 9.2.3.10.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DataCoding(pub u8);

/// How characters are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Form {
    /// In a 7-bit alphabet.
    #[default]
    Septets,
    /// As octets that the applications understand.
    Octets,
    /// In UCS2.
    Ucs2,
}

/// Where a message is meant for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MessageClass {
    /// Class 0: shown at once and not stored, a flash message.
    Flash,
    /// Class 1: for the equipment's store.
    Equipment,
    /// Class 2: for the SIM's store.
    Sim,
    /// Class 3: for the terminal equipment.
    Terminal,
}

/// What waits for the subscriber.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WaitingFor {
    /// Voice mail.
    Voice,
    /// A fax.
    Fax,
    /// Electronic mail.
    Email,
    /// Anything else.
    Other,
}

/// A message waiting indication.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Waiting {
    /// What waits.
    pub what: WaitingFor,
    /// Whether the indicator is set; it is cleared otherwise.
    pub active: bool,
    /// Whether the message is kept once the indicator has been set.
    pub stored: bool,
}

/// What a data coding scheme says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Coding {
    /// How characters are written.
    pub form: Form,
    /// Where the message is meant for, if it says so.
    pub class: Option<MessageClass>,
    /// Whether the text is compressed (TS 23.042), and counted in octets.
    pub compressed: bool,
    /// Whether the message deletes itself once it was read.
    pub deletes_itself: bool,
    /// The indication that it is.
    pub waiting: Option<Waiting>,
}

impl DataCoding {
    /// What the octet says; a reserved coding is the default alphabet.
    pub const fn reading(self) -> Coding {
        let Self(octet) = self;
        let plain =
            Coding { form: Form::Septets, class: None, compressed: false, deletes_itself: false, waiting: None };
        match octet >> 4 {
            0x0..=0x7 => Coding {
                form: match octet >> 2 & 0x03 {
                    1 => Form::Octets,
                    2 => Form::Ucs2,
                    _ => Form::Septets,
                },
                class: if octet & 0x10 != 0 { Some(MessageClass::of_bits(octet)) } else { None },
                compressed: octet & 0x20 != 0,
                deletes_itself: octet & 0x40 != 0,
                waiting: None,
            },
            group @ 0xC..=0xE => {
                let waiting =
                    Waiting { what: WaitingFor::of_bits(octet), active: octet & 0x08 != 0, stored: group != 0xC };
                let form = if group == 0xE { Form::Ucs2 } else { Form::Septets };
                Coding { form, waiting: Some(waiting), ..plain }
            }
            0xF => {
                let form = if octet & 0x04 != 0 { Form::Octets } else { Form::Septets };
                Coding { form, class: Some(MessageClass::of_bits(octet)), ..plain }
            }
            _ => plain,
        }
    }

    /// The octet that says this. A waiting indication has neither class nor compression, and no octets.
    pub const fn of(coding: Coding) -> Self {
        if let Some(waiting) = coding.waiting {
            let group = match (coding.form, waiting.stored) {
                (Form::Ucs2, _) => 0xE0,
                (Form::Septets | Form::Octets, true) => 0xD0,
                (Form::Septets | Form::Octets, false) => 0xC0,
            };
            return Self(group | if waiting.active { 0x08 } else { 0 } | waiting.what as u8);
        }
        let form = match coding.form {
            Form::Septets => 0x00,
            Form::Octets => 0x04,
            Form::Ucs2 => 0x08,
        };
        let class = match coding.class {
            Some(class) => 0x10 | class as u8,
            None => 0,
        };
        let flags = if coding.compressed { 0x20 } else { 0 } | if coding.deletes_itself { 0x40 } else { 0 };
        Self(form | class | flags)
    }
}

impl MessageClass {
    pub(super) const fn of_bits(octet: u8) -> Self {
        match octet & 0x03 {
            0 => Self::Flash,
            1 => Self::Equipment,
            2 => Self::Sim,
            _ => Self::Terminal,
        }
    }

    const fn words(self) -> &'static str {
        match self {
            Self::Flash => "class 0, to be shown at once",
            Self::Equipment => "class 1, for the equipment",
            Self::Sim => "class 2, for the SIM",
            Self::Terminal => "class 3, for the terminal",
        }
    }
}

impl WaitingFor {
    /// By the lower two bits.
    pub const fn of_bits(octet: u8) -> Self {
        match octet & 0x03 {
            0 => Self::Voice,
            1 => Self::Fax,
            2 => Self::Email,
            _ => Self::Other,
        }
    }

    /// The two bits.
    pub const fn bits(self) -> u8 {
        self as u8
    }
}

impl fmt::Display for MessageClass {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.words())
    }
}

impl fmt::Display for WaitingFor {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Voice => "voice mail",
            Self::Fax => "a fax",
            Self::Email => "e-mail",
            Self::Other => "something else",
        })
    }
}

impl fmt::Display for Form {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Septets => "7-bit",
            Self::Octets => "8-bit",
            Self::Ucs2 => "UCS2",
        })
    }
}

impl fmt::Display for Coding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.form.fmt(out)?;
        if self.compressed {
            out.write_str(", compressed")?;
        }
        if let Some(class) = self.class {
            write!(out, ", {class}")?;
        }
        if self.deletes_itself {
            out.write_str(", deletes itself once read")?;
        }
        match self.waiting {
            None => Ok(()),
            Some(Waiting { what, active, stored }) => {
                let waits = if active { "waits" } else { "waits no more" };
                let fate = if stored { "to be stored" } else { "to be discarded" };
                write!(out, ", {what} {waits}, {fate}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_octet_says_something_and_is_said_again() {
        for octet in 0..=u8::MAX {
            let coding = DataCoding(octet).reading();
            assert_eq!(DataCoding::of(coding).reading(), coding, "{octet:#x}");
        }
        // The codings that hosts use are their own canonical form.
        for octet in [0x00, 0x04, 0x08, 0x10, 0x11, 0x12, 0x18, 0x24, 0x48, 0xC8, 0xD1, 0xEA] {
            assert_eq!(DataCoding::of(DataCoding(octet).reading()), DataCoding(octet));
        }
    }

    #[test]
    fn codings_in_words() {
        let words = |octet| format!("{octet:02X}: {}\n", DataCoding(octet).reading());
        insta::assert_snapshot!([0x00, 0x04, 0x08, 0x0C, 0x10, 0x1A, 0x21, 0x54, 0x80, 0xC8, 0xD3, 0xE9, 0xF0, 0xF6].map(words).concat(), @r"
        00: 7-bit
        04: 8-bit
        08: UCS2
        0C: 7-bit
        10: 7-bit, class 0, to be shown at once
        1A: UCS2, class 2, for the SIM
        21: 7-bit, compressed
        54: 8-bit, class 0, to be shown at once, deletes itself once read
        80: 7-bit
        C8: 7-bit, voice mail waits, to be discarded
        D3: 7-bit, something else waits no more, to be stored
        E9: UCS2, a fax waits, to be stored
        F0: 7-bit, class 0, to be shown at once
        F6: 8-bit, class 2, for the SIM
        ");
    }
}
