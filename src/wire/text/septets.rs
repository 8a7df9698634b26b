//! Packing: seven bits of each character, one after the other, into octets.
//!
//! Source: 3GPP TS 23.038, clause 6.1.2.

/// The carriage return, which fills seven spare bits.
const CARRIAGE_RETURN: u8 = 0x0D;

/// The bits between a header of so many octets and the next septet: 0 to 6.
///
/// ```
/// use atgate::wire::text::fill_bits;
///
/// assert_eq!(fill_bits(6), 1);
/// assert_eq!(fill_bits(7), 0);
/// ```
pub const fn fill_bits(header: usize) -> u8 {
    match header % 7 {
        0 => 0,
        // 8 bits are 1 more than a septet, so each octet takes one fill bit off seven.
        rest => 7 - rest as u8,
    }
}

/// Packs septets behind `fill` zero bits (at most 7) and appends the octets; the last one's spare bits are zero.
///
/// ```
/// let mut octets = Vec::new();
/// atgate::wire::text::pack(b"hello", 0, &mut octets);
/// assert_eq!(octets, [0xE8, 0x32, 0x9B, 0xFD, 0x06]);
/// ```
pub fn pack(septets: &[u8], fill: u8, octets: &mut Vec<u8>) {
    let fill = u32::from(fill.min(7));
    octets.reserve((septets.len() * 7 + fill as usize).div_ceil(8));
    let bits =
        |septets: &[u8]| septets.iter().rev().fold(0_u64, |bits, septet| bits << 7 | u64::from(septet & 0x7F)) << fill;
    let mut carry = 0;
    let (blocks, rest) = septets.as_chunks::<8>();
    for block in blocks {
        let block = bits(block) | carry;
        octets.extend_from_slice(&block.to_le_bytes()[..7]);
        carry = block >> 56;
    }
    let spare = if septets.is_empty() { 0 } else { (rest.len() * 7 + fill as usize).div_ceil(8) };
    octets.extend_from_slice(&(bits(rest) | carry).to_le_bytes()[..spare]);
}

/// The first `count` septets behind `fill` bits (at most 7), or as many whole ones as there are.
pub fn unpack(octets: &[u8], fill: u8, count: usize) -> Vec<u8> {
    let fill = fill.min(7);
    let count = count.min((octets.len() * 8).saturating_sub(usize::from(fill)) / 7);
    let mut septets = Vec::with_capacity(count.next_multiple_of(8));
    let mut octets = octets;
    while septets.len() < count {
        let mut block = [0; 8];
        let taken = octets.len().min(8);
        block[..taken].copy_from_slice(&octets[..taken]);
        let bits = u64::from_le_bytes(block) >> fill;
        septets.extend_from_slice(&std::array::from_fn::<u8, 8, _>(|at| (bits >> (7 * at) & 0x7F) as u8));
        octets = octets.get(7..).unwrap_or_default();
    }
    septets.truncate(count);
    septets
}

/// Packs a text of USSD or cell broadcast, whose octets alone say how long it is: seven spare bits are a carriage return, and a
/// carriage return that ends on an octet's end is written twice.
///
/// Source: 3GPP TS 23.038, clause 6.1.2.3.1.
pub fn pack_cbs(septets: &[u8]) -> Vec<u8> {
    let mut octets = Vec::new();
    let is_full =
        septets.len() % 8 == 7 || (septets.len().is_multiple_of(8) && septets.last() == Some(&CARRIAGE_RETURN));
    if is_full {
        let mut padded = septets.to_vec();
        padded.push(CARRIAGE_RETURN);
        pack(&padded, 0, &mut octets);
    } else {
        pack(septets, 0, &mut octets);
    }
    octets
}

/// The septets of a text of USSD or cell broadcast, without the carriage return that filled it.
pub fn unpack_cbs(octets: &[u8]) -> Vec<u8> {
    let mut septets = unpack(octets, 0, usize::MAX);
    if octets.len().is_multiple_of(7) && septets.last() == Some(&CARRIAGE_RETURN) {
        septets.pop();
    }
    septets
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn packed(septets: &[u8], fill: u8) -> Vec<u8> {
        let mut octets = Vec::new();
        pack(septets, fill, &mut octets);
        octets
    }

    #[test]
    fn eight_characters_take_seven_octets() {
        assert_eq!(packed(b"12345678", 0), [0x31, 0xD9, 0x8C, 0x56, 0xB3, 0xDD, 0x70]);
        assert!(packed(b"", 3).is_empty());
        assert_eq!(packed(&[0x7F], 1), [0xFE]);
        assert_eq!(packed(&[0x7F], 2), [0xFC, 0x01]);
        assert_eq!(unpack(&[0xFC, 0x01], 2, 1), [0x7F]);
    }

    #[test]
    fn seven_spare_bits_are_no_at_sign() {
        assert_eq!(pack_cbs(b"1234567"), [0x31, 0xD9, 0x8C, 0x56, 0xB3, 0xDD, 0x1A]);
        assert_eq!(unpack_cbs(&pack_cbs(b"1234567")), b"1234567");
        assert_eq!(unpack_cbs(&pack_cbs(b"123456\r")), b"123456\r");
        // The receiver returns the carriage twice, which is once.
        assert_eq!(unpack_cbs(&pack_cbs(b"1234567\r")), b"1234567\r\r");
        assert_eq!(unpack_cbs(&pack_cbs(b"*100#")), b"*100#");
    }

    #[test]
    fn fill_bits_complete_the_headers_last_septet() {
        for header in 0..=140 {
            assert_eq!((header * 8 + usize::from(fill_bits(header))) % 7, 0, "{header}");
            assert!(fill_bits(header) < 7);
        }
    }

    proptest! {
        #[test]
        fn septets_are_packed_and_unpacked_at_every_fill(septets in prop::collection::vec(0_u8..128, 0..200), fill in 0_u8..8) {
            let octets = packed(&septets, fill);
            if !septets.is_empty() {
                prop_assert_eq!(octets.len(), (septets.len() * 7 + usize::from(fill)).div_ceil(8));
            }
            prop_assert_eq!(unpack(&octets, fill, septets.len()), septets);
        }

        #[test]
        fn each_bit_stands_in_its_place(septets in prop::collection::vec(0_u8..128, 0..40), fill in 0_u8..8) {
            let octets = packed(&septets, fill);
            let bit = |at: usize| octets.get(at / 8).copied().unwrap_or(0) >> (at % 8) & 1;
            for (index, septet) in septets.iter().enumerate() {
                for place in 0..7 {
                    prop_assert_eq!(bit(usize::from(fill) + 7 * index + place), septet >> place & 1);
                }
            }
        }

        #[test]
        fn a_text_of_ussd_goes_both_ways(septets in prop::collection::vec(0_u8..128, 0..200)) {
            let mut expected = septets.clone();
            if septets.len() % 8 == 0 && septets.last() == Some(&CARRIAGE_RETURN) {
                expected.push(CARRIAGE_RETURN);
            }
            prop_assert_eq!(unpack_cbs(&pack_cbs(&septets)), expected);
        }

        #[test]
        fn any_octets_are_unpacked(octets in prop::collection::vec(any::<u8>(), 0..200), fill in any::<u8>(), count in any::<usize>()) {
            prop_assert!(unpack(&octets, fill, count).iter().all(|&septet| septet < 128));
            prop_assert!(unpack_cbs(&octets).len() <= octets.len() * 8 / 7);
        }
    }
}
