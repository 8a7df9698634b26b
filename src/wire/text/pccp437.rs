//! IBM PC code page 437, the upper half; the lower is ASCII.

/// The characters of 80 to FF.
const UPPER: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{A0}";

const CHARACTERS: [char; 128] = {
    let mut characters = ['\0'; 128];
    let bytes = UPPER.as_bytes();
    let (mut at, mut index) = (0, 0);
    while index < 128 {
        let first = bytes[at];
        let (length, mut code) = match first {
            0xC0..=0xDF => (2, (first & 0x1F) as u32),
            _ => (3, (first & 0x0F) as u32),
        };
        let mut next = 1;
        while next < length {
            code = code << 6 | (bytes[at + next] & 0x3F) as u32;
            next += 1;
        }
        characters[index] = match char::from_u32(code) {
            Some(character) => character,
            None => char::REPLACEMENT_CHARACTER,
        };
        at += length;
        index += 1;
    }
    characters
};

/// The character of a byte.
pub(super) const fn character(byte: u8) -> char {
    match byte {
        0..0x80 => byte as char,
        _ => CHARACTERS[(byte - 0x80) as usize],
    }
}

/// The byte of a character; `None` where the page does not have it.
pub(super) fn byte(character: char) -> Option<u8> {
    if character.is_ascii() {
        return u8::try_from(character).ok();
    }
    let place = CHARACTERS.iter().position(|&known| known == character)?;
    u8::try_from(place + 0x80).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_is_a_character_of_its_own() {
        for value in 0..=u8::MAX {
            assert_eq!(byte(character(value)), Some(value));
        }
        assert_eq!(UPPER.chars().count(), 128);
        assert_eq!([0x80, 0x9B, 0xB0, 0xE1, 0xFB, 0xFF].map(character), ['Ç', '¢', '░', 'ß', '√', '\u{A0}']);
        assert_eq!(byte('€'), None);
    }
}
