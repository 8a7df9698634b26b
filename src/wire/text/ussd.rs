//! The data coding scheme of USSD and cell broadcast.
//!
//! Source: 3GPP TS 23.038, clause 5.

use std::fmt;

use super::coding::{Form, MessageClass};
use super::{Alphabet, ucs2, unpack_cbs};

/// CBS-DCS, the last parameter of `+CUSD`.
///
/// On the wire: `+CUSD: <m>,<str>,<dcs>`, decimal 0 to 255. 15, the default, is the default alphabet in no language.
///
/// Source: 3GPP TS 23.038, clause 5; TS 27.007, clause 7.15.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CbsCoding(pub u8);

/// The language that a coding names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CbsLanguage {
    /// German
    German,
    /// English
    English,
    /// Italian
    Italian,
    /// French
    French,
    /// Spanish
    Spanish,
    /// Dutch
    Dutch,
    /// Swedish
    Swedish,
    /// Danish
    Danish,
    /// Portuguese
    Portuguese,
    /// Finnish
    Finnish,
    /// Norwegian
    Norwegian,
    /// Greek
    Greek,
    /// Turkish
    Turkish,
    /// Hungarian
    Hungarian,
    /// Polish
    Polish,
    /// Czech
    Czech,
    /// Hebrew
    Hebrew,
    /// Arabic
    Arabic,
    /// Russian
    Russian,
    /// Icelandic
    Icelandic,
}

use CbsLanguage as L;

/// The languages of group 0000, by the lower four bits; 15 is none.
const FIRST: [CbsLanguage; 15] = [
    L::German,
    L::English,
    L::Italian,
    L::French,
    L::Spanish,
    L::Dutch,
    L::Swedish,
    L::Danish,
    L::Portuguese,
    L::Finnish,
    L::Norwegian,
    L::Greek,
    L::Turkish,
    L::Hungarian,
    L::Polish,
];
/// Those of group 0010.
const SECOND: [CbsLanguage; 5] = [L::Czech, L::Hebrew, L::Arabic, L::Russian, L::Icelandic];

/// What a coding says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct CbsReading {
    /// How characters are written.
    pub form: Form,
    /// The language, if one is named.
    pub language: Option<CbsLanguage>,
    /// Where the text is meant for, if it says so.
    pub class: Option<MessageClass>,
    /// Whether the text is compressed (TS 23.042).
    pub compressed: bool,
    /// Whether the text begins with its language: two letters of ISO 639, and a carriage return where it is 7-bit.
    pub names_language: bool,
    /// Whether the text begins with a user data header.
    pub has_header: bool,
}

impl CbsCoding {
    /// The default alphabet in no language: what `+CUSD` means without a coding.
    pub const DEFAULT: Self = Self(15);
    /// UCS2 without a class.
    pub const UCS2: Self = Self(72);

    /// What the octet says; a reserved coding is the default alphabet.
    pub fn reading(self) -> CbsReading {
        let Self(octet) = self;
        let plain = CbsReading::default();
        let low = usize::from(octet & 0x0F);
        let form = match octet >> 2 & 0x03 {
            1 => Form::Octets,
            2 => Form::Ucs2,
            _ => Form::Septets,
        };
        let class = MessageClass::of_bits(octet);
        match octet >> 4 {
            0x0 => CbsReading { language: FIRST.get(low).copied(), ..plain },
            0x1 if low == 0 => CbsReading { names_language: true, ..plain },
            0x1 if low == 1 => CbsReading { form: Form::Ucs2, names_language: true, ..plain },
            0x2 => CbsReading { language: SECOND.get(low).copied(), ..plain },
            group @ 0x4..=0x7 => {
                let class = (group & 1 != 0).then_some(class);
                CbsReading { form, class, compressed: group & 2 != 0, ..plain }
            }
            0x9 => CbsReading { form, class: Some(class), has_header: true, ..plain },
            0xF => {
                let form = if octet & 0x04 != 0 { Form::Octets } else { Form::Septets };
                CbsReading { form, class: Some(class), ..plain }
            }
            _ => plain,
        }
    }

    /// The octet that says this: the language first, then what a text begins with, then the class.
    pub fn of(reading: CbsReading) -> Self {
        let place = |list: &[CbsLanguage]| {
            let place = list.iter().position(|&language| Some(language) == reading.language)?;
            u8::try_from(place).ok()
        };
        if let Some(place) = place(&FIRST) {
            return Self(place);
        }
        if let Some(place) = place(&SECOND) {
            return Self(0x20 | place);
        }
        if reading.names_language {
            return Self(if reading.form == Form::Ucs2 { 0x11 } else { 0x10 });
        }
        let form = match reading.form {
            Form::Septets => 0x00,
            Form::Octets => 0x04,
            Form::Ucs2 => 0x08,
        };
        let class = reading.class.map(|class| class as u8);
        match (reading.has_header, class, reading.compressed) {
            (true, class, _) => Self(0x90 | form | class.unwrap_or(0)),
            (false, None, false) if form == 0 => Self::DEFAULT,
            (false, None, compressed) => Self(0x40 | u8::from(compressed) << 5 | form),
            (false, Some(class), compressed) => Self(0x50 | u8::from(compressed) << 5 | form | class),
        }
    }

    /// The text of the octets that the network sent, without the name of its language; `None` where it is no text.
    pub fn text(self, octets: &[u8]) -> Option<String> {
        let reading = self.reading();
        if reading.compressed || reading.has_header {
            return None;
        }
        match (reading.form, reading.names_language) {
            (Form::Septets, names_language) => {
                let septets = unpack_cbs(octets);
                Some(Alphabet::DEFAULT.decode(septets.get(if names_language { 3 } else { 0 }..).unwrap_or_default()))
            }
            // The two letters are 7-bit, in two octets.
            (Form::Ucs2, names_language) => {
                Some(ucs2::decode(octets.get(if names_language { 2 } else { 0 }..).unwrap_or_default()))
            }
            (Form::Octets, _) => None,
        }
    }
}

impl Default for CbsCoding {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl fmt::Display for CbsLanguage {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The names of the variants are the languages' names.
        fmt::Debug::fmt(self, out)
    }
}

impl fmt::Display for CbsReading {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.form.fmt(out)?;
        if self.compressed {
            out.write_str(", compressed")?;
        }
        if let Some(language) = self.language {
            write!(out, ", {language}")?;
        }
        if self.names_language {
            out.write_str(", begins with its language")?;
        }
        if self.has_header {
            out.write_str(", begins with a header")?;
        }
        self.class.map_or(Ok(()), |class| write!(out, ", {class}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::text::pack_cbs;

    #[test]
    fn every_octet_says_something_and_is_said_again() {
        for octet in 0..=u8::MAX {
            let reading = CbsCoding(octet).reading();
            assert_eq!(CbsCoding::of(reading).reading(), reading, "{octet:#x}");
        }
        for octet in [0, 1, 14, 15, 16, 17, 32, 36, 68, 72, 80, 90, 145] {
            assert_eq!(CbsCoding::of(CbsCoding(octet).reading()), CbsCoding(octet));
        }
    }

    #[test]
    fn codings_in_words() {
        let words = |octet| format!("{octet:02X}: {}\n", CbsCoding(octet).reading());
        insta::assert_snapshot!([0x00, 0x0F, 0x10, 0x11, 0x23, 0x30, 0x44, 0x48, 0x5A, 0x60, 0x94, 0xF0].map(words).concat(), @r"
        00: 7-bit, German
        0F: 7-bit
        10: 7-bit, begins with its language
        11: UCS2, begins with its language
        23: 7-bit, Russian
        30: 7-bit
        44: 8-bit
        48: UCS2
        5A: UCS2, class 2, for the SIM
        60: 7-bit, compressed
        94: 8-bit, begins with a header, class 0, to be shown at once
        F0: 7-bit, class 0, to be shown at once
        ");
    }

    #[test]
    fn a_text_is_told_without_the_name_of_its_language() {
        assert_eq!(CbsCoding(15).text(&pack_cbs(b"Balance")).as_deref(), Some("Balance"));
        assert_eq!(CbsCoding(16).text(&pack_cbs(b"en\rBalance")).as_deref(), Some("Balance"));
        assert_eq!(CbsCoding(17).text(&[0x65, 0x37, 0x04, 0x16]).as_deref(), Some("Ж"));
        assert_eq!(CbsCoding(72).text(&[0x20, 0xAC]).as_deref(), Some("€"));
        assert_eq!(CbsCoding(68).text(&[1, 2]), None);
        assert_eq!(CbsCoding(16).text(&[]).as_deref(), Some(""));
    }
}
