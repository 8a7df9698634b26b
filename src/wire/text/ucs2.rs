//! UCS2: UTF-16, high octet first, as messages and hexadecimal strings have it.
//!
//! Source: 3GPP TS 23.038, clause 6.2.3 (ISO/IEC 10646); pairs of surrogates as phones send them.

/// The octets of a text.
pub fn encode(text: &str) -> Vec<u8> {
    let mut octets = Vec::with_capacity(2 * text.len());
    text.encode_utf16().for_each(|unit| octets.extend_from_slice(&unit.to_be_bytes()));
    octets
}

/// The text of octets; half a pair of surrogates, and half a unit at the end, is U+FFFD.
pub fn decode(octets: &[u8]) -> String {
    let (units, rest) = octets.as_chunks::<2>();
    let mut text = decode_units(units.iter().map(|&unit| u16::from_be_bytes(unit)));
    if !rest.is_empty() {
        text.push(char::REPLACEMENT_CHARACTER);
    }
    text
}

/// The text of units.
pub(super) fn decode_units(units: impl Iterator<Item = u16>) -> String {
    char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

/// The longest run of units from the front, at most `limit`, that parts no pair of surrogates.
pub fn whole(units: &[u16], limit: usize) -> usize {
    match units.get(limit) {
        Some(0xDC00..=0xDFFF) if limit > 0 && matches!(units[limit - 1], 0xD800..=0xDBFF) => limit - 1,
        Some(_) => limit,
        None => units.len(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn halves_are_replaced() {
        assert_eq!(decode(&[0xD8, 0x3D, 0xDE, 0x00]), "😀");
        assert_eq!(decode(&[0xD8, 0x3D, 0x00, 0x41, 0x00]), "\u{FFFD}A\u{FFFD}");
        let units: Vec<u16> = "a😀b".encode_utf16().collect();
        assert_eq!([0, 1, 2, 3, 4, 9].map(|limit| whole(&units, limit)), [0, 1, 1, 3, 4, 4]);
    }

    proptest! {
        #[test]
        fn any_text_goes_both_ways(text in any::<String>()) {
            prop_assert_eq!(decode(&encode(&text)), text);
        }

        #[test]
        fn any_octets_are_a_text(octets in prop::collection::vec(any::<u8>(), 0..200)) {
            decode(&octets);
        }
    }
}
