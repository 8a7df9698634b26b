//! The frame check sequence of 16 bits.
//!
//! Source: RFC 1662, clause C.2: the polynomial x¹⁶ + x¹² + x⁵ + 1, lowest bit first, begun with ones and sent as its ones'
//! complement, lowest octet first. A receiver that runs over both check octets too ends at 0xF0B8.

/// What a sound frame leaves behind, its check octets included.
const GOOD: u16 = 0xF0B8;

/// The remainder after each octet.
static TABLE: [u16; 256] = table();

const fn table() -> [u16; 256] {
    let mut table = [0; 256];
    let mut value = 0;
    while value < 256 {
        let mut remainder = value as u16;
        let mut bit = 0;
        while bit < 8 {
            remainder = if remainder & 1 == 0 { remainder >> 1 } else { (remainder >> 1) ^ 0x8408 };
            bit += 1;
        }
        table[value] = remainder;
        value += 1;
    }
    table
}

fn run(octets: impl Iterator<Item = u8>) -> u16 {
    octets.fold(0xFFFF, |remainder, octet| (remainder >> 8) ^ TABLE[usize::from((remainder ^ u16::from(octet)) & 0xFF)])
}

/// The check octets of these octets, in the order of the line.
pub(super) fn of(octets: impl Iterator<Item = u8>) -> [u8; 2] {
    (!run(octets)).to_le_bytes()
}

/// Whether these octets end with their own check octets.
pub(super) fn holds(octets: &[u8]) -> bool {
    run(octets.iter().copied()) == GOOD
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_octets_of_the_usual_test_text() {
        // The catalogue value of CRC-16/X-25 over the nine digits: 0x906E.
        assert_eq!(of(b"123456789".iter().copied()), [0x6E, 0x90]);
        assert!(holds(b"123456789\x6E\x90"));
        assert!(!holds(b"123456789\x6E\x91"));
    }
}
