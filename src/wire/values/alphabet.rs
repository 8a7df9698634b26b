//! The GSM 7-bit default alphabet: what a character is between quotes while `+CSCS` says `"GSM"`, and in a card's names.
//!
//! Source: 3GPP TS 23.038, clauses 6.2.1 (the default alphabet) and 6.2.1.1 (its extension).

/// The character of each septet; 1B announces the extension.
const DEFAULT: [char; 128] = [
    '@', '£', '$', '¥', 'è', 'é', 'ù', 'ì', 'ò', 'Ç', '\n', 'Ø', 'ø', '\r', 'Å', 'å', //
    'Δ', '_', 'Φ', 'Γ', 'Λ', 'Ω', 'Π', 'Ψ', 'Σ', 'Θ', 'Ξ', '\u{1b}', 'Æ', 'æ', 'ß', 'É', //
    ' ', '!', '"', '#', '¤', '%', '&', '\'', '(', ')', '*', '+', ',', '-', '.', '/', //
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', ':', ';', '<', '=', '>', '?', //
    '¡', 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J', 'K', 'L', 'M', 'N', 'O', //
    'P', 'Q', 'R', 'S', 'T', 'U', 'V', 'W', 'X', 'Y', 'Z', 'Ä', 'Ö', 'Ñ', 'Ü', '§', //
    '¿', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o', //
    'p', 'q', 'r', 's', 't', 'u', 'v', 'w', 'x', 'y', 'z', 'ä', 'ö', 'ñ', 'ü', 'à',
];

/// What stands behind the escape septet.
const EXTENSION: [(u8, char); 10] = [
    (0x0A, '\u{c}'),
    (0x14, '^'),
    (0x28, '{'),
    (0x29, '}'),
    (0x2F, '\\'),
    (0x3C, '['),
    (0x3D, '~'),
    (0x3E, ']'),
    (0x40, '|'),
    (0x65, '€'),
];

const ESCAPE: u8 = 0x1B;

/// The septets of a text, one to a byte; a character that the alphabet lacks is a question mark.
#[must_use]
pub fn to_septets(text: &str) -> Vec<u8> {
    let mut septets = Vec::with_capacity(text.len());
    for character in text.chars().filter(|&character| character != '\u{1b}') {
        if let Some(place) = DEFAULT.iter().position(|&known| known == character) {
            septets.push(u8::try_from(place).unwrap_or(b'?'));
        } else if let Some(&(septet, _)) = EXTENSION.iter().find(|&&(_, known)| known == character) {
            septets.extend([ESCAPE, septet]);
        } else {
            septets.push(b'?');
        }
    }
    septets
}

/// The text of septets, one to a byte; `None` where a byte is none. An unknown extension is read as the default
/// alphabet's character, as the clause has it.
#[must_use]
pub fn from_septets(septets: &[u8]) -> Option<String> {
    let mut text = String::with_capacity(septets.len());
    let mut rest = septets.iter().copied();
    while let Some(septet) = rest.next() {
        let character = if septet == ESCAPE {
            let Some(second) = rest.next() else { break };
            let extended = EXTENSION.iter().find(|&&(known, _)| known == second).map(|&(_, character)| character);
            extended.or_else(|| DEFAULT.get(usize::from(second)).copied())?
        } else {
            *DEFAULT.get(usize::from(septet))?
        };
        text.push(character);
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_and_digits_are_what_they_are_in_ascii() {
        assert_eq!(to_septets("Test Network 1"), b"Test Network 1");
    }

    #[test]
    fn other_characters_have_places_of_their_own() {
        assert_eq!(to_septets("@_é"), [0x00, 0x11, 0x05]);
        assert_eq!(to_septets("€["), [0x1B, 0x65, 0x1B, 0x3C]);
        assert_eq!(to_septets("Ж"), b"?");
    }

    #[test]
    fn every_character_comes_back() {
        let all: String = DEFAULT.iter().filter(|&&c| c != '\u{1b}').chain(EXTENSION.iter().map(|(_, c)| c)).collect();
        assert_eq!(from_septets(&to_septets(&all)).as_deref(), Some(all.as_str()));
        assert_eq!(from_septets(&[0x80]), None);
        assert_eq!(from_septets(&[0x1B, b'A', 0x1B]).as_deref(), Some("A"));
    }
}
