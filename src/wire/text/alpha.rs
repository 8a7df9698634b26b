//! Alpha identifiers: names as the files of a card hold them.
//!
//! Either the 7-bit default alphabet, a septet an octet, or one of three forms of UCS2 that an octet of 80, 81 or 82 begins:
//! 80 whole units; 81 and 82 one octet a character, which with its top bit is counted from a base, and without it is of the
//! default alphabet. What is left over is FF.
//!
//! Source: ETSI TS 102 221, annex A; 3GPP TS 31.102, clause 4.4.2.3.

use super::{Alphabet, ucs2};

/// Filling behind a name.
const FILLING: u8 = 0xFF;

/// The octets of a name, without filling: the shortest coding, of two the simpler one. `None`: none has room for it.
///
/// ```
/// use atgate::wire::text::alpha;
///
/// assert_eq!(alpha::encode("Lab", 14).as_deref(), Some(&b"Lab"[..]));
/// assert_eq!(alpha::encode("Ж1", 14).as_deref(), Some(&[0x80, 0x04, 0x16, 0x00, 0x31][..]));
/// assert_eq!(alpha::encode("Женя", 14).as_deref(), Some(&[0x81, 4, 0x08, 0x96, 0xB5, 0xBD, 0xCF][..]));
/// assert_eq!(alpha::encode("Laboratory", 9), None);
/// ```
pub fn encode(text: &str, room: usize) -> Option<Vec<u8>> {
    if let Ok(septets) = Alphabet::DEFAULT.encode(text) {
        return (septets.len() <= room).then_some(septets);
    }
    let whole = || [&[0x80], &ucs2::encode(text)[..]].concat();
    let forms = [Some(whole()), based(text)];
    forms.into_iter().flatten().filter(|octets| octets.len() <= room).min_by_key(Vec::len)
}

/// The name that octets are, filling and all.
pub fn decode(octets: &[u8]) -> String {
    match octets {
        [0x80, rest @ ..] => {
            let units: Vec<u8> =
                rest.chunks_exact(2).take_while(|unit| *unit != [FILLING; 2]).flatten().copied().collect();
            ucs2::decode(&units)
        }
        [0x81, count, base, rest @ ..] => counted(rest, *count, u32::from(*base) << 7),
        [0x82, count, high, low, rest @ ..] => counted(rest, *count, u32::from(u16::from_be_bytes([*high, *low]))),
        septets => {
            let end = septets.iter().position(|octet| !octet.is_ascii()).unwrap_or(septets.len());
            Alphabet::DEFAULT.decode(&septets[..end])
        }
    }
}

/// The form 81, or 82 where no base of 81 reaches all characters; `None` where they lie too far apart.
fn based(text: &str) -> Option<Vec<u8>> {
    let foreign = || text.chars().filter(|&character| plain(character).is_none()).map(u32::from);
    let (lowest, highest) = (foreign().min()?, foreign().max()?);
    let count = u8::try_from(text.chars().count()).ok()?;
    let half = lowest >> 7;
    let (mut octets, base) = if highest >> 7 == half && half <= 0xFF {
        (vec![0x81, count, u8::try_from(half).ok()?], half << 7)
    } else if highest - lowest <= 0x7F {
        let [high, low] = u16::try_from(lowest).ok()?.to_be_bytes();
        (vec![0x82, count, high, low], lowest)
    } else {
        return None;
    };
    for character in text.chars() {
        octets.push(match plain(character) {
            Some(septet) => septet,
            None => 0x80 | u8::try_from(u32::from(character) - base).ok()?,
        });
    }
    // Characters beyond the base plane have no place in it.
    (highest <= 0xFFFF).then_some(octets)
}

fn counted(octets: &[u8], count: u8, base: u32) -> String {
    let mut text = String::new();
    for &octet in octets.iter().take(usize::from(count)) {
        if octet.is_ascii() {
            text.push_str(&Alphabet::DEFAULT.decode(&[octet]));
        } else {
            text.push(char::from_u32(base + u32::from(octet & 0x7F)).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
    }
    text
}

/// The one septet of a character of the default alphabet.
fn plain(character: char) -> Option<u8> {
    if Alphabet::DEFAULT.width(character) != Some(1) {
        return None;
    }
    let mut buffer = [0; 4];
    Alphabet::DEFAULT.encode(character.encode_utf8(&mut buffer)).ok()?.first().copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(text: &str, room: usize) -> String {
        match encode(text, room) {
            Some(octets) => super::super::hexadecimal::Hexadecimal(&octets).to_string(),
            None => "none".to_owned(),
        }
    }

    #[test]
    fn each_coding_where_it_is_the_shortest() {
        insta::assert_snapshot!([
            shown("Grüße €", 14),
            shown("Женя", 14),
            shown("Женя Лаборатория", 22),
            shown("ſƀſƀ ab", 14),
            shown("漢字", 14),
            shown("漢字漢字漢字漢字", 14),
            shown("😀", 14),
            shown("", 0),
        ].join("\n"), @"
        47727E1E65201B65
        81040896B5BDCF
        81100896B5BDCF209BB0B1BEC0B0C2BEC0B8CF
        8207017F80818081206162
        806F225B57
        none
        80D83DDE00
        ");
    }

    #[test]
    fn what_a_card_holds_is_read() {
        let read = |octets: &[u8]| decode(octets);
        assert_eq!(read(b"Lab\xFF\xFF\xFF"), "Lab");
        assert_eq!(read(&[0xFF; 14]), "");
        assert_eq!(read(&[0x80, 0x04, 0x16, 0xFF, 0xFF, 0xFF]), "Ж");
        assert_eq!(read(&[0x82, 0x03, 0x05, 0x30, 0x2D, 0x82, 0xD3, 0xFF]), "-\u{532}\u{583}");
        assert_eq!(read(&[]), "");
        assert_eq!(read(&[0x81]), "");
    }

    proptest! {
        #[test]
        fn a_name_that_fits_is_read_again(text in "\\PC{0,20}", room in 0_usize..60) {
            if let Some(mut octets) = encode(&text, room) {
                prop_assert!(octets.len() <= room);
                octets.resize(room, 0xFF);
                prop_assert_eq!(decode(&octets), text);
            }
        }

        #[test]
        fn any_octets_are_a_name(octets in prop::collection::vec(any::<u8>(), 0..40)) {
            decode(&octets);
        }
    }
}
