//! Where a byte stands, eight bytes at a time: lines are too short for a vectorised search to begin, and a loop that looks
//! at each byte costs more than the grammar.

const EACH: u64 = 0x0101_0101_0101_0101;

/// The place of the first byte that is one of `wanted`, none of which is NUL; the length where there is none.
#[inline]
pub(super) fn find(bytes: &[u8], wanted: [u8; 3]) -> usize {
    let (words, tail) = bytes.as_chunks::<8>();
    for (index, word) in words.iter().enumerate() {
        if let Some(place) = place(u64::from_le_bytes(*word), wanted) {
            return index * 8 + place;
        }
    }
    let begin = words.len() * 8;
    match bytes.last_chunk::<8>() {
        // The last eight bytes, less those that were looked at: NULs take their place.
        Some(last) if !tail.is_empty() => {
            let word = u64::from_le_bytes(*last) >> (64 - 8 * tail.len());
            place(word, wanted).map_or(bytes.len(), |place| begin + place)
        }
        Some(_) => begin,
        None => tail.iter().position(|byte| wanted.contains(byte)).unwrap_or(tail.len()),
    }
}

/// The place of the lowest byte of `word` that is one of `wanted`.
fn place(word: u64, wanted: [u8; 3]) -> Option<usize> {
    // A byte is equal where the difference is 0: only there does subtracting 1 set a top bit that was not set, or above it.
    let equal = |byte: u8| {
        let difference = word ^ (EACH * u64::from(byte));
        difference.wrapping_sub(EACH) & !difference
    };
    let hits = (equal(wanted[0]) | equal(wanted[1]) | equal(wanted[2])) & (EACH * 0x80);
    (hits != 0).then(|| hits.trailing_zeros() as usize / 8)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_place_is_that_of_a_plain_search(bytes in prop::collection::vec(prop_oneof![any::<u8>(), Just(b';'), Just(b'a')], 0..40)) {
            let plain = bytes.iter().position(|byte| b",;\"".contains(byte)).unwrap_or(bytes.len());
            prop_assert_eq!(find(&bytes, *b",;\""), plain);
        }
    }
}
