//! The Luhn check digit, base 10 and base 16.
//!
//! Source: ISO/IEC 7812-1 Annex B; 3GPP TS 23.003 Annex B for the IMEI; 3GPP2 S.R0048 for the MEID's base 16.

/// The digit that makes `digits`, most significant first, satisfy the Luhn formula in `base`.
///
/// Every second digit from the right is doubled, and the digits of all these numbers are added up; the check digit is
/// what is missing to the next multiple of `base`.
pub(crate) fn check_digit(digits: impl DoubleEndedIterator<Item = u8>, base: u8) -> u8 {
    let base = u32::from(base);
    let sum: u32 = digits
        .rev()
        .enumerate()
        .map(|(place, digit)| {
            let digit = u32::from(digit);
            if place % 2 == 0 { digit * 2 / base + digit * 2 % base } else { digit }
        })
        .sum();
    u8::try_from((base - sum % base) % base).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn whole(payload: &[u8]) -> Vec<u8> {
        let mut all = payload.to_vec();
        all.push(check_digit(payload.iter().copied(), 10));
        all
    }

    fn holds(all: &[u8]) -> bool {
        let (last, payload) = all.split_last().expect("never empty here");
        check_digit(payload.iter().copied(), 10) == *last
    }

    #[test]
    fn the_worked_example_of_23_003_annex_b_gives_7() {
        assert_eq!(check_digit("26053179311383".bytes().map(|b| b - b'0'), 10), 7);
    }

    proptest! {
        #[test]
        fn every_wrong_digit_is_detected(payload in prop::collection::vec(0u8..10, 14), at in 0usize..15, by in 1u8..10) {
            let mut all = whole(&payload);
            all[at] = (all[at] + by) % 10;
            prop_assert!(!holds(&all));
        }

        #[test]
        fn every_swap_of_neighbours_is_detected_but_09_and_90(payload in prop::collection::vec(0u8..10, 14), at in 0usize..14) {
            let mut all = whole(&payload);
            let (left, right) = (all[at], all[at + 1]);
            all.swap(at, at + 1);
            let blind = left == right || (left.min(right), left.max(right)) == (0, 9);
            prop_assert_eq!(holds(&all), blind);
        }
    }
}
