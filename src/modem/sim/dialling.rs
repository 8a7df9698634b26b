//! Dialling numbers as the card's records hold them: a name, and a number with its type.
//!
//! A record of EF_ADN, EF_FDN, EF_MSISDN and EF_LND: as many octets of name as are left, then length, type of number, ten
//! octets of digits, and two identifiers that are not used here.
//!
//! Source: 3GPP TS 31.102 clause 4.4.2.3, TS 51.011 clause 10.5.1; TS 24.008 clause 10.5.4.7 for the type of number.

use crate::wire::text::alpha;

/// Octets of a record behind the name.
pub(in crate::modem) const BEHIND_NAME: usize = 14;
/// Digits that a record has room for.
pub(in crate::modem) const DIGITS: usize = 20;
/// The type of an international number.
pub(in crate::modem) const INTERNATIONAL: u8 = 145;
/// The type of a number of which nothing is known.
pub(in crate::modem) const UNKNOWN: u8 = 129;

/// What the nibbles mean: digits, `*`, `#`, a pause, any digit.
const NIBBLES: &[u8; 14] = b"0123456789*#p?";

/// A number with its type.
///
/// On the wire: `"<number>",<type>`; a number of type 145 begins with `+`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::modem) struct DiallingNumber {
    /// Digits, `*`, `#`, `p` and `?`, without `+`.
    digits: String,
    /// Type of number and numbering plan, 128 to 255.
    pub(in crate::modem) kind: u8,
}

/// Why a text is no number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::modem) enum NoNumber {
    /// A character that no number has.
    Character,
}

impl DiallingNumber {
    /// Reads what a host or a profile writes; a `+` makes it international, whatever `kind` says.
    ///
    /// # Errors
    /// A character that no number has.
    pub(in crate::modem) fn read(text: &str, kind: Option<u8>) -> Result<Self, NoNumber> {
        let (bare, kind) = match text.strip_prefix('+') {
            Some("") => return Err(NoNumber::Character),
            Some(bare) => (bare, INTERNATIONAL),
            None => (text, kind.unwrap_or(UNKNOWN)),
        };
        let digit = |character: char| match character {
            '0'..='9' | '*' | '#' | '?' => Some(character),
            'p' | 'P' | ',' | 'w' | 'W' => Some('p'),
            _ => None,
        };
        match bare.chars().map(digit).collect::<Option<String>>() {
            Some(digits) => Ok(Self { digits, kind }),
            None => Err(NoNumber::Character),
        }
    }

    /// The number as it is shown and dialled.
    pub(in crate::modem) fn text(&self) -> String {
        if self.kind == INTERNATIONAL { format!("+{}", self.digits) } else { self.digits.clone() }
    }

    /// How many digits it has.
    pub(in crate::modem) fn len(&self) -> usize {
        self.digits.len()
    }

    /// Whether `other` begins with this number; `?` is any digit. An empty number begins none.
    ///
    /// Source: 3GPP TS 22.101, clause A.24 (fixed dialling).
    pub(in crate::modem) fn begins(&self, other: &Self) -> bool {
        let (own, other) = (self.text(), other.text());
        let same = |(own, other): (char, char)| own == other || own == '?';
        !self.digits.is_empty() && own.len() <= other.len() && own.chars().zip(other.chars()).all(same)
    }

    /// Digits two an octet, the first in the lower half.
    fn octets(&self) -> Vec<u8> {
        let nibble = |byte: u8| NIBBLES.iter().position(|&known| known == byte).and_then(|at| u8::try_from(at).ok());
        let nibbles: Vec<u8> = self.digits.bytes().filter_map(nibble).collect();
        nibbles.chunks(2).map(|pair| pair.get(1).copied().unwrap_or(0x0F) << 4 | pair[0]).collect()
    }

    fn of_octets(kind: u8, octets: &[u8]) -> Self {
        let nibbles = octets.iter().flat_map(|octet| [octet & 0x0F, octet >> 4]);
        let digits = nibbles.map_while(|nibble| NIBBLES.get(usize::from(nibble)).map(|&byte| char::from(byte)));
        Self { digits: digits.collect(), kind: kind | 0x80 }
    }
}

/// An entry of a phone book: a name and a number, either of which may be empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::modem) struct Entry {
    /// The number.
    pub(in crate::modem) number: DiallingNumber,
    /// The name.
    pub(in crate::modem) name: String,
}

impl Entry {
    /// The record of this length that holds the entry; `None` where name or number do not fit.
    pub(in crate::modem) fn record(&self, length: usize) -> Option<Vec<u8>> {
        let mut record = alpha::encode(&self.name, length.checked_sub(BEHIND_NAME)?)?;
        record.resize(length - BEHIND_NAME, 0xFF);
        let digits = Some(self.number.octets()).filter(|digits| digits.len() <= DIGITS / 2)?;
        if digits.is_empty() {
            record.extend([0xFF, 0xFF]);
        } else {
            record.extend([u8::try_from(1 + digits.len()).ok()?, self.number.kind]);
        }
        record.extend(digits);
        record.resize(length, 0xFF);
        Some(record)
    }

    /// The entry that a record holds; `None`: none.
    pub(in crate::modem) fn of_record(record: &[u8]) -> Option<Self> {
        let (name, behind) = record.split_at_checked(record.len().checked_sub(BEHIND_NAME)?)?;
        let number = match behind {
            [length @ 1..=11, kind, digits @ ..] => {
                DiallingNumber::of_octets(*kind, digits.get(..usize::from(*length) - 1)?)
            }
            _ => DiallingNumber { digits: String::new(), kind: UNKNOWN },
        };
        let name = alpha::decode(name);
        (number.len() > 0 || !name.is_empty()).then_some(Self { number, name })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::text::hexadecimal::Hexadecimal;
    use proptest::prelude::*;

    fn entry(number: &str, name: &str) -> Entry {
        Entry { number: DiallingNumber::read(number, None).unwrap(), name: name.to_owned() }
    }

    #[test]
    fn an_entry_is_a_record_of_the_card() {
        let shown = |entry: Entry| entry.record(28).map(|record| format!("{}\n", Hexadecimal(&record)));
        insta::assert_snapshot!(
            [entry("+15550100123", "Lab"), entry("*#06#", "Женя"), entry("5550101p12?", ""), entry("", "x")]
                .map(|entry| shown(entry).unwrap())
                .concat(),
            @"
        4C6162FFFFFFFFFFFFFFFFFFFFFF07915155100021F3FFFFFFFFFFFF
        81040896B5BDCFFFFFFFFFFFFFFF0481BA60FBFFFFFFFFFFFFFFFFFF
        FFFFFFFFFFFFFFFFFFFFFFFFFFFF0781550501C121FDFFFFFFFFFFFF
        78FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF
        "
        );
        assert_eq!(entry("123456789012345678901", "long").record(28), None);
        assert_eq!(entry("1", "fifteen letters").record(28), None);
        assert_eq!(DiallingNumber::read("555-0100", None), Err(NoNumber::Character));
    }

    proptest! {
        #[test]
        fn an_entry_is_read_again(number in "\\+?[0-9*#p?]{1,20}", name in "\\PC{0,10}") {
            let entry = entry(&number, &name);
            if let Some(record) = entry.record(54) {
                prop_assert_eq!(Entry::of_record(&record), Some(entry));
            }
        }

        #[test]
        fn any_record_is_an_entry_or_none(record in prop::collection::vec(any::<u8>(), 0..40)) {
            if let Some(entry) = Entry::of_record(&record) {
                let _ = entry.record(record.len());
            }
        }
    }
}
