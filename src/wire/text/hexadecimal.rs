//! Octets in hexadecimal: two digits each, as PDUs and the character set `HEX` have them.

use std::fmt;

/// Why a text is no octets in hexadecimal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotHexadecimal {
    /// A byte that is no digit.
    #[error("expected a hexadecimal digit at byte {at}, found `{}`", .found.escape_ascii())]
    Digit {
        /// Where it stands.
        at: usize,
        /// The byte.
        found: u8,
    },
    /// The second digit of the last octet is missing.
    #[error("expected an even number of hexadecimal digits, found {0}")]
    Odd(usize),
}

/// Reads octets; digits in either case.
///
/// # Errors
/// Where a byte is no digit, or a digit is missing.
pub fn read(text: &[u8]) -> Result<Vec<u8>, NotHexadecimal> {
    let (pairs, rest) = text.as_chunks::<2>();
    let mut wrong = 0;
    let octet = |&[high, low]: &[u8; 2]| {
        let (high, low) = (VALUES[usize::from(high)], VALUES[usize::from(low)]);
        wrong |= high | low;
        high << 4 | low & 0x0F
    };
    let octets: Vec<u8> = pairs.iter().map(octet).collect();
    if wrong & 0xF0 == 0 && rest.is_empty() {
        return Ok(octets);
    }
    match text.iter().position(|byte| !byte.is_ascii_hexdigit()) {
        Some(at) => Err(NotHexadecimal::Digit { at, found: text[at] }),
        None => Err(NotHexadecimal::Odd(text.len())),
    }
}

/// Appends octets in upper case.
pub fn push(octets: &[u8], out: &mut String) {
    let mut digits = [[0; 2]; PIECE];
    out.reserve(2 * octets.len());
    for piece in octets.chunks(PIECE) {
        let digits = &mut digits[..piece.len()];
        for (digits, octet) in digits.iter_mut().zip(piece) {
            *digits = [DIGITS[usize::from(octet >> 4)], DIGITS[usize::from(octet & 15)]];
        }
        // Digits are characters.
        out.push_str(std::str::from_utf8(digits.as_flattened()).unwrap_or_default());
    }
}

/// Octets, displayed in upper case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hexadecimal<'a>(pub &'a [u8]);

impl fmt::Display for Hexadecimal<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|octet| write!(out, "{octet:02X}"))
    }
}

/// So many octets are written at once.
const PIECE: usize = 64;

const DIGITS: &[u8; 16] = b"0123456789ABCDEF";

/// The value of each byte as a digit; FF where it is none.
const VALUES: [u8; 256] = {
    let mut values = [0xFF; 256];
    let mut value = 0;
    while value < 16 {
        values[DIGITS[value as usize] as usize] = value;
        values[DIGITS[value as usize].to_ascii_lowercase() as usize] = value;
        value += 1;
    }
    values
};

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_no_octet_is_said() {
        insta::assert_snapshot!(read(b"0G").expect_err("no digit"), @"expected a hexadecimal digit at byte 1, found `G`");
        insta::assert_snapshot!(read(b"012").expect_err("odd"), @"expected an even number of hexadecimal digits, found 3");
        insta::assert_snapshot!(read(b"01\x1a").expect_err("a control"), @r"expected a hexadecimal digit at byte 2, found `\x1a`");
        assert_eq!(read(b"aFfA"), Ok(vec![0xAF, 0xFA]));
    }

    proptest! {
        #[test]
        fn octets_go_both_ways(octets in prop::collection::vec(any::<u8>(), 0..40)) {
            let mut text = String::new();
            push(&octets, &mut text);
            prop_assert_eq!(&Hexadecimal(&octets).to_string(), &text);
            prop_assert_eq!(read(text.to_lowercase().as_bytes()), Ok(octets.clone()));
            prop_assert_eq!(read(text.as_bytes()), Ok(octets));
        }

        #[test]
        fn any_text_is_read_or_refused(text in prop::collection::vec(any::<u8>(), 0..40)) {
            prop_assert_eq!(read(&text).is_ok(), text.len() % 2 == 0 && text.iter().all(u8::is_ascii_hexdigit));
        }
    }
}
