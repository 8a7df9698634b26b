//! Numbers of 128 bits and their values, in order: keyed hashes, and devices with their subscriptions.

use crate::identity::{ImeiKey, Imsi};

/// Keys in ascending order, each with a value; looked up by bisection.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Sorted {
    pub(super) keys: Vec<u128>,
    pub(super) values: Vec<u32>,
}

impl Sorted {
    /// Takes keys and values in any order; of two values of one key `stronger` says which stays.
    pub(super) fn build(mut pairs: Vec<(u128, u32)>, stronger: impl Fn(u32, u32) -> u32) -> Self {
        pairs.sort_unstable_by_key(|(key, _)| *key);
        let mut sorted = Self { keys: Vec::with_capacity(pairs.len()), values: Vec::with_capacity(pairs.len()) };
        for (key, value) in pairs {
            match (sorted.keys.last(), sorted.values.last_mut()) {
                (Some(last), Some(there)) if *last == key => *there = stronger(*there, value),
                (_, _) => sorted.push(key, value),
            }
        }
        sorted
    }

    fn push(&mut self, key: u128, value: u32) {
        self.keys.push(key);
        self.values.push(value);
    }

    /// The value of a key.
    pub(super) fn find(&self, key: u128) -> Option<u32> {
        let place = self.keys.binary_search(&key).ok()?;
        self.values.get(place).copied()
    }

    /// Whether a key lies between these two, both included.
    pub(super) fn any(&self, from: u128, to: u128) -> bool {
        let place = self.keys.partition_point(|key| *key < from);
        self.keys.get(place).is_some_and(|key| *key <= to)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// A copy in which these keys have these values, or none; `changes` are in ascending order, each key once.
    pub(super) fn amended(&self, changes: &[(u128, Option<u32>)]) -> Self {
        let mut new = Self::default();
        new.keys.reserve_exact(self.keys.len() + changes.len());
        new.values.reserve_exact(self.keys.len() + changes.len());
        let mut from = 0;
        for &(key, value) in changes {
            let to = from + self.keys[from..].partition_point(|there| *there < key);
            new.keys.extend_from_slice(&self.keys[from..to]);
            new.values.extend_from_slice(&self.values[from..to]);
            if let Some(value) = value {
                new.push(key, value);
            }
            from = to + usize::from(self.keys.get(to) == Some(&key));
        }
        new.keys.extend_from_slice(&self.keys[from..]);
        new.values.extend_from_slice(&self.values[from..]);
        new
    }

    /// Whether it is in order and no value is above `most`: what a file says need not be so.
    pub(super) fn is_sound(&self, most: u32) -> bool {
        self.keys.len() == self.values.len()
            && self.keys.is_sorted_by(|one, other| one < other)
            && self.values.iter().all(|value| (1..=most).contains(value))
    }
}

/// A device with a subscription as a number: in ascending order the subscriptions of a device stand together.
pub(super) fn pair(key: ImeiKey, imsi: Imsi) -> u128 {
    let digits = imsi.digits();
    let number = digits.iter().fold(0, |sum, &digit| sum * 10 + u64::from(digit));
    first_pair(key) | u128::from(number << 4 | digits.len() as u64)
}

/// The lowest number that [`pair`] gives a device.
pub(super) fn first_pair(key: ImeiKey) -> u128 {
    u128::from(key.number()) << 64
}

/// The highest number that [`pair`] gives a device.
pub(super) fn last_pair(key: ImeiKey) -> u128 {
    first_pair(key) | u128::from(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        #[test]
        fn it_tells_what_was_put_into_it_and_what_was_changed(
            pairs in prop::collection::vec((0u128..200, 1u32..9), 0..100),
            changes in prop::collection::btree_map(0u128..200, prop::option::of(1u32..9), 0..40),
        ) {
            let mut expected = BTreeMap::new();
            for &(key, value) in &pairs {
                expected.entry(key).and_modify(|there: &mut u32| *there = (*there).min(value)).or_insert(value);
            }
            let mut sorted = Sorted::build(pairs, u32::min);
            for round in 0..2 {
                prop_assert!(sorted.is_sound(9));
                for key in 0..200 {
                    prop_assert_eq!(sorted.find(key), expected.get(&key).copied());
                    prop_assert_eq!(sorted.any(key, key + 5), expected.range(key..=key + 5).next().is_some());
                }
                if round == 0 {
                    sorted = sorted.amended(&changes.clone().into_iter().collect::<Vec<_>>());
                    for (&key, &value) in &changes {
                        match value {
                            Some(value) => expected.insert(key, value),
                            None => expected.remove(&key),
                        };
                    }
                }
            }
        }
    }

    #[test]
    fn the_subscriptions_of_a_device_stand_together() {
        let (one, next) = (ImeiKey::new(101_700_000_000).unwrap(), ImeiKey::new(101_700_000_001).unwrap());
        let imsi = |text: &str| Imsi::parse(text).unwrap();
        let of = [pair(one, imsi("00101")), pair(one, imsi("001010000000001")), pair(one, imsi("999999999999999"))];
        assert!(of.iter().all(|pair| (first_pair(one)..=last_pair(one)).contains(pair)));
        assert!(last_pair(one) < first_pair(next));
        // Leading zeros count.
        assert_ne!(pair(one, imsi("00101")), pair(one, imsi("000101")));
    }
}
