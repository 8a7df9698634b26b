//! Looking for a line end. Lines are short: eight bytes at a time beat a call, up to a point.

const ONES: u64 = u64::from_le_bytes([1; 8]);
const HIGHS: u64 = ONES << 7;

/// Where the first of three bytes stands.
#[inline]
pub(super) fn first_of(wanted: [u8; 3], bytes: &[u8]) -> Option<usize> {
    let [a, b, c] = wanted.map(|byte| ONES * u64::from(byte));
    // The lowest bit that is set stands for a byte that is equal; bits above it may not.
    let hits = |word: u64| (zeros(word ^ a) | zeros(word ^ b) | zeros(word ^ c)) & HIGHS;
    let mut at = 0;
    while let Some(chunk) = bytes.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
        let hits = hits(u64::from_le_bytes(*chunk));
        if hits != 0 {
            return Some(at + hits.trailing_zeros() as usize / 8);
        }
        at += 8;
        if at == 64 {
            let [a, b, c] = wanted;
            return memchr::memchr3(a, b, c, &bytes[at..]).map(|found| at + found);
        }
    }
    let left = bytes.len() - at;
    match bytes.last_chunk::<8>() {
        Some(_) if left == 0 => None,
        Some(chunk) => {
            // The bytes before `at` are none of the wanted; they are shifted out.
            let hits = hits(u64::from_le_bytes(*chunk)) >> (8 * (8 - left));
            (hits != 0).then(|| at + hits.trailing_zeros() as usize / 8)
        }
        None => {
            let hits = hits(short_word(bytes)) & !(u64::MAX << (8 * left));
            (hits != 0).then(|| hits.trailing_zeros() as usize / 8)
        }
    }
}

/// Fewer than eight bytes as a word, the first one lowest, zeros behind the last.
#[inline]
pub(super) fn short_word(bytes: &[u8]) -> u64 {
    match (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        // The two overlap where there are fewer than eight, and are equal there.
        (Some(first), Some(last)) => {
            u64::from(u32::from_le_bytes(*first)) | u64::from(u32::from_le_bytes(*last)) << (8 * (bytes.len() - 4))
        }
        _ => match *bytes {
            [] => 0,
            [a] => u64::from(a),
            [a, b] => u64::from(u16::from_le_bytes([a, b])),
            [a, b, c, ..] => u64::from(u32::from_le_bytes([a, b, c, 0])),
        },
    }
}

/// How far the first `wanted` at or behind `at` is, or the end of `text`.
#[inline]
pub(super) fn distance(wanted: u8, text: &[u8], at: usize) -> usize {
    let rest = &text[at..];
    let word = match (rest.first_chunk::<8>(), text.last_chunk::<8>()) {
        (Some(chunk), _) => u64::from_le_bytes(*chunk),
        (None, Some(chunk)) if !rest.is_empty() => u64::from_le_bytes(*chunk) >> (8 * (8 - rest.len())),
        (None, _) => return rest.iter().position(|byte| *byte == wanted).unwrap_or(rest.len()),
    };
    let hits = zeros(word ^ (ONES * u64::from(wanted))) & HIGHS;
    if hits != 0 {
        return hits.trailing_zeros() as usize / 8;
    }
    match rest.get(8..) {
        Some(more) => 8 + memchr::memchr(wanted, more).unwrap_or(more.len()),
        None => rest.len(),
    }
}

#[inline]
fn zeros(word: u64) -> u64 {
    word.wrapping_sub(ONES) & !word
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_found_is_what_a_plain_search_finds(
            text in proptest::collection::vec(prop_oneof![any::<u8>(), Just(b'\r'), Just(b'\x0c'), Just(b',')], 0..120),
            at in 0usize..40,
        ) {
            let wanted = [b'\r', b'\n', b'"'];
            prop_assert_eq!(first_of(wanted, &text), text.iter().position(|byte| wanted.contains(byte)));
            let at = at.min(text.len());
            let plain = text[at..].iter().position(|byte| *byte == b',').unwrap_or(text.len() - at);
            prop_assert_eq!(distance(b',', &text, at), plain);
            let short = &text[..text.len().min(7)];
            prop_assert_eq!(&short_word(short).to_le_bytes()[..short.len()], short);
            prop_assert_eq!(short_word(short).checked_shr(8 * short.len() as u32).unwrap_or(0), 0);
            prop_assert_eq!(first_of([0, b'\r', b'"'], short), short.iter().position(|byte| [0, b'\r', b'"'].contains(byte)));
        }
    }
}
