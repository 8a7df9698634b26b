//! The character sets of the line: what a string between quotes, or a message's text, means.
//!
//! Source: 3GPP TS 27.007, clause 5.5; TS 27.005, clause 3.1 (`<data>`).

use super::{Alphabet, hexadecimal, pccp437, ucs2};

/// A character set of `+CSCS`.
///
/// On the wire: `+CSCS="<name>"`.
///
/// Source: 3GPP TS 27.007, clause 5.5.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CharacterSet {
    /// `GSM`: the septets of the default alphabet, one a byte, with the escape before what is in its extension.
    Gsm,
    /// `IRA`: the international reference alphabet, which is ASCII (ITU-T T.50).
    Ira,
    /// `UCS2`: four hexadecimal digits a UTF-16 unit.
    Ucs2,
    /// `HEX`: two hexadecimal digits a septet of the default alphabet.
    Hex,
    /// `8859-1`: Latin 1.
    Latin1,
    /// `PCCP437`: code page 437.
    Pccp437,
    /// `UTF-8`, `UTF8` with some makers.
    Utf8,
}

/// A string that is none of its character set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected} at byte {at} of the string")]
pub struct NotInSet {
    /// What the set is made of.
    pub expected: &'static str,
    /// Where it stopped: a byte offset into the string.
    pub at: usize,
}

impl CharacterSet {
    /// Every set.
    pub const ALL: [Self; 7] = [Self::Gsm, Self::Ira, Self::Ucs2, Self::Hex, Self::Latin1, Self::Pccp437, Self::Utf8];

    /// The name in `+CSCS`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Gsm => "GSM",
            Self::Ira => "IRA",
            Self::Ucs2 => "UCS2",
            Self::Hex => "HEX",
            Self::Latin1 => "8859-1",
            Self::Pccp437 => "PCCP437",
            Self::Utf8 => "UTF-8",
        }
    }

    /// The set of this name, in either case.
    pub fn from_name(name: &[u8]) -> Option<Self> {
        if name.eq_ignore_ascii_case(b"UTF8") {
            return Some(Self::Utf8);
        }
        Self::ALL.into_iter().find(|set| set.name().as_bytes().eq_ignore_ascii_case(name))
    }

    /// What stands on the line for a text; a character that the set does not have is a question mark.
    ///
    /// ```
    /// use atgate::wire::text::CharacterSet;
    ///
    /// assert_eq!(CharacterSet::Gsm.encode("@ é"), b"\x00 \x05");
    /// assert_eq!(CharacterSet::Ucs2.encode("Zé"), b"005A00E9");
    /// assert_eq!(CharacterSet::Hex.encode("@€"), b"001B65");
    /// assert_eq!(CharacterSet::Ira.encode("Zé"), b"Z?");
    /// ```
    pub fn encode(self, text: &str) -> Vec<u8> {
        let bytes =
            |byte: fn(char) -> Option<u8>| text.chars().map(|character| byte(character).unwrap_or(b'?')).collect();
        let hexadecimal = |octets: &[u8]| {
            let mut out = String::new();
            hexadecimal::push(octets, &mut out);
            out.into_bytes()
        };
        match self {
            Self::Gsm => Alphabet::DEFAULT.encode_lossy(text),
            Self::Hex => hexadecimal(&Alphabet::DEFAULT.encode_lossy(text)),
            Self::Ucs2 => hexadecimal(&ucs2::encode(text)),
            Self::Ira => bytes(|character| u8::try_from(character).ok().filter(u8::is_ascii)),
            Self::Latin1 => bytes(|character| u8::try_from(character).ok()),
            Self::Pccp437 => bytes(pccp437::byte),
            Self::Utf8 => text.as_bytes().to_vec(),
        }
    }

    /// The text that stands on the line.
    ///
    /// # Errors
    /// Where `UCS2` or `HEX` has something else than whole units in hexadecimal, `GSM`, `HEX` or `IRA` a code above 7F, or
    /// `UTF-8` none of it. Half a pair of surrogates is U+FFFD.
    pub fn decode(self, string: &[u8]) -> Result<String, NotInSet> {
        let wrong = |expected, at| NotInSet { expected, at };
        let octets = |expected, unit: usize| {
            let octets = hexadecimal::read(string);
            let digits = || string.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
            let octets = octets.map_err(|_| wrong(expected, digits()))?;
            if octets.len().is_multiple_of(unit) { Ok(octets) } else { Err(wrong(expected, digits())) }
        };
        let septets = |codes: &[u8], expected, width| match codes.iter().position(|code| !code.is_ascii()) {
            Some(at) => Err(wrong(expected, at * width)),
            None => Ok(Alphabet::DEFAULT.decode(codes)),
        };
        match self {
            Self::Gsm => septets(string, "codes of the 7-bit alphabet, 00 to 7F", 1),
            Self::Hex => {
                let expected = "two hexadecimal digits a character, 00 to 7F";
                septets(&octets(expected, 1)?, expected, 2)
            }
            Self::Ucs2 => Ok(ucs2::decode(&octets("four hexadecimal digits a character", 2)?)),
            Self::Ira => match string.iter().position(|byte| !byte.is_ascii()) {
                Some(at) => Err(wrong("characters of ASCII", at)),
                None => Ok(string.iter().map(|&byte| char::from(byte)).collect()),
            },
            Self::Latin1 => Ok(string.iter().map(|&byte| char::from(byte)).collect()),
            Self::Pccp437 => Ok(string.iter().map(|&byte| pccp437::character(byte)).collect()),
            Self::Utf8 => match std::str::from_utf8(string) {
                Ok(text) => Ok(text.to_owned()),
                Err(error) => Err(wrong("UTF-8", error.valid_up_to())),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn one_text_in_every_set() {
        let text = "Grüße, 5 €: [Ж]";
        let written = CharacterSet::ALL.map(|set| format!("{}: {}\n", set.name(), set.encode(text).escape_ascii()));
        insta::assert_snapshot!(written.concat(), @r"
        GSM: Gr~\x1ee, 5 \x1be: \x1b<?\x1b>
        IRA: Gr??e, 5 ?: [?]
        UCS2: 0047007200FC00DF0065002C00200035002020AC003A0020005B0416005D
        HEX: 47727E1E652C2035201B653A201B3C3F1B3E
        8859-1: Gr\xfc\xdfe, 5 ?: [?]
        PCCP437: Gr\x81\xe1e, 5 ?: [?]
        UTF-8: Gr\xc3\xbc\xc3\x9fe, 5 \xe2\x82\xac: [\xd0\x96]
        ");
    }

    #[test]
    fn a_string_of_another_set_is_refused_with_the_place() {
        let said = |set: CharacterSet, string: &[u8]| set.decode(string).expect_err("another set").to_string();
        insta::assert_snapshot!(said(CharacterSet::Ucs2, b"00410"), @"expected four hexadecimal digits a character at byte 5 of the string");
        insta::assert_snapshot!(said(CharacterSet::Ucs2, b"004100"), @"expected four hexadecimal digits a character at byte 6 of the string");
        insta::assert_snapshot!(said(CharacterSet::Ucs2, b"00x1"), @"expected four hexadecimal digits a character at byte 2 of the string");
        insta::assert_snapshot!(said(CharacterSet::Hex, b"4180"), @"expected two hexadecimal digits a character, 00 to 7F at byte 2 of the string");
        insta::assert_snapshot!(said(CharacterSet::Gsm, b"a\xE9"), @"expected codes of the 7-bit alphabet, 00 to 7F at byte 1 of the string");
        insta::assert_snapshot!(said(CharacterSet::Ira, b"\xE9"), @"expected characters of ASCII at byte 0 of the string");
        insta::assert_snapshot!(said(CharacterSet::Utf8, b"a\xE9"), @"expected UTF-8 at byte 1 of the string");
    }

    #[test]
    fn names_go_both_ways() {
        for set in CharacterSet::ALL {
            assert_eq!(CharacterSet::from_name(set.name().to_lowercase().as_bytes()), Some(set));
        }
        assert_eq!(CharacterSet::from_name(b"utf8"), Some(CharacterSet::Utf8));
        assert_eq!(CharacterSet::from_name(b"KLINGON"), None);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(set in prop::sample::select(CharacterSet::ALL.to_vec()), text in any::<String>()) {
            let line = set.encode(&text);
            let read = set.decode(&line).expect("its own");
            prop_assert_eq!(set.encode(&read), line);
            prop_assert_eq!(read.chars().count(), text.chars().count());
            for (read, written) in read.chars().zip(text.chars()) {
                prop_assert!(read == written || read == '?');
            }
        }

        #[test]
        fn any_string_is_read_or_refused(set in prop::sample::select(CharacterSet::ALL.to_vec()), string in prop::collection::vec(any::<u8>(), 0..60)) {
            if let Err(error) = set.decode(&string) {
                prop_assert!(error.at <= string.len());
            }
        }
    }
}
