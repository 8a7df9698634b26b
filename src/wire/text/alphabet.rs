//! The 7-bit alphabets: septets to text and back.
//!
//! Source: 3GPP TS 23.038, clauses 6.2.1 and 6.2.1.2.

use super::national::{ESCAPE, Language};

/// The two tables that septets are read with.
///
/// On the air a character is one septet of the locking table, or the escape (1B) and one of the single shift table.
///
/// Source: 3GPP TS 23.038, clause 6.2.1.2.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Alphabet {
    /// Whose locking shift table stands in the default alphabet's place.
    pub locking: Language,
    /// Whose single shift table stands behind the escape.
    pub single: Language,
}

/// A character that an alphabet does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{character:?} at byte {at} is not in the 7-bit alphabet")]
pub struct NotInAlphabet {
    /// The character.
    pub character: char,
    /// Where it begins: a byte offset into the text.
    pub at: usize,
}

/// What stands for a character that an alphabet does not have.
const REPLACEMENT: char = '?';

impl Alphabet {
    /// The default alphabet and its extension.
    pub const DEFAULT: Self = Self { locking: Language::Default, single: Language::Default };

    /// How many septets a character takes: 1, or 2 with the escape; `None` where the alphabet does not have it.
    ///
    /// ```
    /// use atgate::wire::text::Alphabet;
    ///
    /// assert_eq!(Alphabet::DEFAULT.width('a'), Some(1));
    /// assert_eq!(Alphabet::DEFAULT.width('€'), Some(2));
    /// assert_eq!(Alphabet::DEFAULT.width('ж'), None);
    /// ```
    pub fn width(self, character: char) -> Option<usize> {
        match self.locking.locking().septet(character) {
            Some(_) => Some(1),
            None => self.single.single().septet(character).map(|_| 2),
        }
    }

    /// The septets of a text, each in the lower seven bits of a byte.
    ///
    /// # Errors
    /// The first character that the alphabet does not have.
    pub fn encode(self, text: &str) -> Result<Vec<u8>, NotInAlphabet> {
        let mut septets = Vec::with_capacity(text.len());
        let plain = self.locking.locking().push_plain(text, &mut septets);
        for (at, character) in text[plain..].char_indices() {
            if !self.push(character, &mut septets) {
                return Err(NotInAlphabet { character, at: plain + at });
            }
        }
        Ok(septets)
    }

    /// The septets of a text; a character that the alphabet does not have is a question mark.
    pub fn encode_lossy(self, text: &str) -> Vec<u8> {
        let mut septets = Vec::with_capacity(text.len());
        let plain = self.locking.locking().push_plain(text, &mut septets);
        for character in text[plain..].chars() {
            let _ = self.push(character, &mut septets) || self.push(REPLACEMENT, &mut septets);
        }
        septets
    }

    #[inline]
    fn push(self, character: char, septets: &mut Vec<u8>) -> bool {
        if let Some(septet) = self.locking.locking().septet(character) {
            septets.push(septet);
            return true;
        }
        match self.single.single().septet(character) {
            Some(septet) => {
                septets.extend_from_slice(&[ESCAPE, septet]);
                true
            }
            None => false,
        }
    }

    /// The text of septets; the eighth bit of each byte is ignored.
    ///
    /// A void place is a space. Behind the escape, a septet that the single shift table does not have is what the locking
    /// table says, and a second escape, or none at all, is a space (notes 1 and 3 of clause 6.2.1.1).
    pub fn decode(self, septets: &[u8]) -> String {
        let (locking, single) = (self.locking.locking(), self.single.single());
        let mut text = String::with_capacity(septets.len() + septets.len() / 8);
        let plain = locking.push_plain_text(septets, &mut text);
        let mut septets = septets[plain..].iter().map(|septet| septet & 0x7F);
        while let Some(septet) = septets.next() {
            let character = match septet {
                ESCAPE => {
                    septets.next().and_then(|septet| single.character(septet).or_else(|| locking.character(septet)))
                }
                _ => locking.character(septet),
            };
            text.push(character.unwrap_or(' '));
        }
        text
    }

    /// The longest run of septets from the front, at most `limit`, that does not part an escape from its character.
    pub fn whole(septets: &[u8], limit: usize) -> usize {
        if septets.len() <= limit {
            return septets.len();
        }
        let escapes = septets[..limit].iter().rev().take_while(|&&septet| septet == ESCAPE).count();
        // An even run of escapes is pairs.
        limit - escapes % 2
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_default_alphabet_has_its_places() {
        let septets = Alphabet::DEFAULT.encode("@£$ Δ€[]\\{}~|^\u{c}\n\r").expect("all are there");
        insta::assert_snapshot!(
            septets.iter().map(|septet| format!("{septet:02X}")).collect::<Vec<_>>().join(" "),
            @"00 01 02 20 10 1B 65 1B 3C 1B 3E 1B 2F 1B 28 1B 29 1B 3D 1B 40 1B 14 1B 0A 0A 0D"
        );
        insta::assert_snapshot!(Alphabet::DEFAULT.encode("abж").expect_err("no Cyrillic"), @"'ж' at byte 2 is not in the 7-bit alphabet");
        assert_eq!(Alphabet::DEFAULT.encode_lossy("aж😀b"), b"a??b");
    }

    #[test]
    fn an_escape_to_nowhere_is_what_the_standard_says() {
        assert_eq!(Alphabet::DEFAULT.decode(b"a\x1Bab"), "aab");
        assert_eq!(Alphabet::DEFAULT.decode(b"a\x1B\x1Bb"), "a b");
        assert_eq!(Alphabet::DEFAULT.decode(b"a\x1B"), "a ");
        assert_eq!(Alphabet { locking: Language::Bengali, single: Language::Default }.decode(&[0x0C]), " ");
        assert_eq!(
            Alphabet { locking: Language::Turkish, single: Language::Turkish }.decode(&[0x1B, 0x04, 0xC1]),
            "€A"
        );
    }

    #[test]
    fn no_cut_parts_an_escape_from_its_character() {
        assert_eq!(Alphabet::whole(b"ab\x1Be", 3), 2);
        assert_eq!(Alphabet::whole(b"a\x1B\x1Bb", 3), 3);
        assert_eq!(Alphabet::whole(b"a\x1Be", 3), 3);
        assert_eq!(Alphabet::whole(b"\x1Be", 1), 0);
    }

    fn any_alphabet() -> impl Strategy<Value = Alphabet> {
        let language = || prop::sample::select(Language::ALL.to_vec());
        (language(), language()).prop_map(|(locking, single)| Alphabet { locking, single })
    }

    proptest! {
        #[test]
        fn a_text_of_any_alphabet_goes_both_ways(alphabet in any_alphabet(), septets in prop::collection::vec(0_u8..128, 0..200)) {
            let text = alphabet.decode(&septets);
            // Any septets make a text that the alphabet has, but for a space that an Urdu table may lack.
            let again = alphabet.encode(&text).expect("its own characters");
            prop_assert_eq!(alphabet.decode(&again), text);
        }

        #[test]
        fn any_text_is_encoded_or_refused(alphabet in any_alphabet(), text in any::<String>()) {
            let lossy = alphabet.encode_lossy(&text);
            match alphabet.encode(&text) {
                Ok(septets) => {
                    prop_assert_eq!(alphabet.decode(&septets), text.clone());
                    prop_assert_eq!(text.chars().filter_map(|letter| alphabet.width(letter)).sum::<usize>(), septets.len());
                    prop_assert_eq!(septets, lossy);
                }
                Err(error) => prop_assert!(text[error.at..].starts_with(error.character)),
            }
        }
    }
}
