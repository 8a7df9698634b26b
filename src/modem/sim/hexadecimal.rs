//! Octets as `+CRSM` and `+CSIM` write them: two hexadecimal digits each.

use std::fmt;

/// Reads pairs of hexadecimal digits; `None` where one is missing or is none.
pub(super) fn read(text: &[u8]) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|value| u8::try_from(value).ok());
    let (pairs, rest) = text.as_chunks::<2>();
    rest.is_empty().then_some(())?;
    pairs.iter().map(|&[high, low]| Some(digit(high)? << 4 | digit(low)?)).collect()
}

/// Writes octets as pairs of hexadecimal digits in upper case.
pub(super) struct Hexadecimal<'a>(pub(super) &'a [u8]);

impl fmt::Display for Hexadecimal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|octet| write!(f, "{octet:02X}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn octets_go_both_ways(octets in prop::collection::vec(any::<u8>(), 0..40)) {
            prop_assert_eq!(read(Hexadecimal(&octets).to_string().as_bytes()), Some(octets));
        }

        #[test]
        fn any_text_is_read_or_refused(text in prop::collection::vec(any::<u8>(), 0..40)) {
            let _ = read(&text);
        }
    }
}
