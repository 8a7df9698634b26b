//! The frame check sequence: one byte.
//!
//! Source: 3GPP TS 27.010, clause 5.2.1.6 and annex B: the polynomial x⁸ + x² + x + 1, bits sent lowest first, begun with
//! ones and sent as its ones' complement. A receiver that runs over the check byte too ends at 0xCF.

/// What a sound frame leaves behind, its check byte included.
const GOOD: u8 = 0xCF;

/// The remainder after each byte value.
static TABLE: [u8; 256] = table();

const fn table() -> [u8; 256] {
    let mut table = [0; 256];
    let mut value = 0;
    while value < 256 {
        let mut remainder = value as u8;
        let mut bit = 0;
        while bit < 8 {
            remainder = if remainder & 1 == 0 { remainder >> 1 } else { (remainder >> 1) ^ 0xE0 };
            bit += 1;
        }
        table[value] = remainder;
        value += 1;
    }
    table
}

fn run(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0xFF, |remainder, &byte| TABLE[usize::from(remainder ^ byte)])
}

/// The check byte of these bytes.
pub(super) fn of(bytes: &[u8]) -> u8 {
    !run(bytes)
}

/// Whether `check` is the check byte of these bytes.
pub(super) fn holds(bytes: &[u8], check: u8) -> bool {
    TABLE[usize::from(run(bytes) ^ check)] == GOOD
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_byte_of_frames_seen_on_lines() {
        // SABM on channel 0, its UA, and DISC, as they stand in every capture of a multiplexer that starts and ends.
        assert_eq!(of(&[0x03, 0x3F, 0x01]), 0x1C);
        assert_eq!(of(&[0x03, 0x73, 0x01]), 0xD7);
        assert_eq!(of(&[0x07, 0x3F, 0x01]), 0xDE);
        assert!(holds(&[0x03, 0x3F, 0x01], 0x1C));
        assert!(!holds(&[0x03, 0x3F, 0x01], 0x1D));
    }

    #[test]
    fn every_single_bit_that_turns_over_is_found() {
        let bytes = [0x07, 0xEF, 0x0B, b'A', b'T', b'\r'];
        let check = of(&bytes);
        for at in 0..bytes.len() {
            for bit in 0..8 {
                let mut other = bytes;
                other[at] ^= 1 << bit;
                assert!(!holds(&other, check), "byte {at}, bit {bit}");
            }
        }
    }
}
