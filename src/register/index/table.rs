//! A compact hash table of devices, made to be asked many times at once.
//!
//! A key has 47 bits. They are mixed by a permutation of the 47-bit numbers; the upper bits of the result say in which
//! bucket of sixteen the key stands, and only the others are stored, together with the *value* of the key, so that five
//! million keys and a few values take 34 MB, and 8 MB more for the filter. A bucket is a cache line. What finds its bucket full stands in a sorted
//! overflow. The permutation can be undone, so that the table can tell its keys.
//!
//! Of many keys that are asked about few are there. A filter of 64 bits for each half bucket, four of them set for a key,
//! turns away 99 of 100 others, and is small enough for most of it to stay near the processor.

/// Bits of a key.
const KEY_BITS: u32 = 47;
const KEY_MASK: u64 = (1 << KEY_BITS) - 1;
/// Slots in a bucket.
const WIDTH: usize = 16;
/// So many keys in a bucket on the average, at most.
const FILL: usize = 12;
/// Bits of a value: 1 to [`MOST_VALUES`].
pub(super) const VALUE_BITS: u32 = 17;
/// The highest value; 0 stands for a key that is not there.
pub(super) const MOST_VALUES: u32 = (1 << VALUE_BITS) - 1;
/// Keys asked at once.
const BATCH: usize = 128;

/// A cache line: 32 bits a slot, 0 where it is empty; filled from the first on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(align(64))]
pub(super) struct Bucket(pub(super) [u32; WIDTH]);

/// The upper bits of sixteen slots, where 32 do not hold what is left of a key and its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(align(32))]
pub(super) struct Upper(pub(super) [u16; WIDTH]);

/// Keys and their values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Table {
    /// Bits of a bucket's number.
    pub(super) bits: u32,
    /// Bits of a value in a slot.
    pub(super) value_bits: u32,
    /// How many keys there are.
    pub(super) count: usize,
    pub(super) buckets: Vec<Bucket>,
    /// Empty where 32 bits are enough.
    pub(super) upper: Vec<Upper>,
    /// Key and value of what found its bucket full, `key << VALUE_BITS | value`, ascending.
    pub(super) overflow: Vec<u64>,
    /// Two words a bucket; it follows from the rest.
    pub(super) filter: Vec<u64>,
}

/// Where a key stands and what stands there: `rest << value_bits`.
#[derive(Clone, Copy, Default)]
struct Place {
    bucket: usize,
    target: u64,
}

impl Table {
    /// A table with nothing in it, that takes no memory.
    pub(super) fn empty() -> Self {
        Self {
            bits: 0,
            value_bits: 1,
            count: 0,
            buckets: Vec::new(),
            upper: Vec::new(),
            overflow: Vec::new(),
            filter: Vec::new(),
        }
    }

    /// The shape of a table for at most `count` keys with values up to `most`: bits of a bucket's number, bits of a value.
    pub(super) fn shape(count: usize, most: u32) -> (u32, u32) {
        let value_bits = (u32::BITS - most.leading_zeros()).clamp(1, VALUE_BITS);
        let buckets = count.div_ceil(FILL).max(1).next_power_of_two();
        // A slot has 48 bits; a table of few buckets and many values gets some buckets more.
        let bits = buckets.trailing_zeros().max(KEY_BITS + value_bits - 48);
        (bits, value_bits)
    }

    /// Whether a slot of this shape needs more than 32 bits.
    pub(super) fn is_wide(bits: u32, value_bits: u32) -> bool {
        KEY_BITS - bits + value_bits > u32::BITS
    }

    /// A table of keys and values, of which there are at most `count`, with values from 1 to `most`; of two values of one
    /// key `stronger`, given the one that is there and the one that comes, says which stays.
    pub(super) fn build(
        count: usize,
        most: u32,
        pairs: impl Iterator<Item = (u64, u32)>,
        stronger: impl Fn(u32, u32) -> u32,
    ) -> Self {
        if count == 0 {
            return Self::empty();
        }
        let (bits, value_bits) = Self::shape(count, most);
        let mut table = Self { bits, value_bits, ..Self::empty() };
        table.buckets = vec![Bucket([0; WIDTH]); 1 << bits];
        if Self::is_wide(bits, value_bits) {
            table.upper = vec![Upper([0; WIDTH]); 1 << bits];
        }
        // Places are computed and their buckets touched a batch ahead, so that the waits for memory overlap.
        let mut overflow = std::collections::HashMap::new();
        let mut batch = [(0, 0, Place::default()); BATCH];
        let mut pairs = pairs.peekable();
        while pairs.peek().is_some() {
            let mut length = 0;
            let mut touched = 0;
            for ((key, value), slot) in pairs.by_ref().zip(&mut batch) {
                let place = table.place(key);
                touched |= table.buckets[place.bucket].0[0];
                *slot = (key, value, place);
                length += 1;
                if length == BATCH {
                    break;
                }
            }
            std::hint::black_box(touched);
            for &(key, value, place) in &batch[..length] {
                table.insert(key, value, place, &mut overflow, &stronger);
            }
        }
        table.count += overflow.len();
        table.overflow = overflow.into_iter().map(|(key, value)| key << VALUE_BITS | u64::from(value)).collect();
        table.overflow.sort_unstable();
        table.sift();
        table
    }

    /// Makes the filter of what is there.
    pub(super) fn sift(&mut self) {
        let mut filter = vec![0; self.buckets.len() * 2];
        for mixed in self.mixed().map(|(mixed, _)| mixed) {
            if let Some(word) = filter.get_mut(self.word(mixed)) {
                *word |= four(mixed);
            }
        }
        self.filter = filter;
    }

    /// The word of the filter that tells of a mixed key.
    fn word(&self, mixed: u64) -> usize {
        (mixed >> (KEY_BITS - self.bits - 1)) as usize
    }

    fn insert(
        &mut self,
        key: u64,
        value: u32,
        place: Place,
        overflow: &mut std::collections::HashMap<u64, u32>,
        stronger: impl Fn(u32, u32) -> u32,
    ) {
        for slot in 0..WIDTH {
            let stored = self.slot(place.bucket, slot);
            let found = self.value(stored ^ place.target);
            let value = match (stored, found) {
                (0, _) => {
                    self.count += 1;
                    value
                }
                (_, 0) => continue,
                (_, found) => stronger(found, value),
            };
            let whole = place.target | u64::from(value);
            self.buckets[place.bucket].0[slot] = (whole & u64::from(u32::MAX)) as u32;
            if let Some(upper) = self.upper.get_mut(place.bucket) {
                upper.0[slot] = (whole >> 32) as u16;
            }
            return;
        }
        overflow.entry(key).and_modify(|there| *there = stronger(*there, value)).or_insert(value);
    }

    /// What stands in a slot.
    fn slot(&self, bucket: usize, slot: usize) -> u64 {
        let upper = self.upper.get(bucket).map_or(0, |upper| u64::from(upper.0[slot]));
        upper << 32 | u64::from(self.buckets[bucket].0[slot])
    }

    /// The value, where the difference between what was sought and what was found is a value alone; else 0, as it is for
    /// an empty slot.
    fn value(&self, difference: u64) -> u32 {
        if difference >> self.value_bits == 0 { difference as u32 } else { 0 }
    }

    fn place(&self, key: u64) -> Place {
        self.place_of(mix(key))
    }

    fn place_of(&self, mixed: u64) -> Place {
        let rest = KEY_BITS - self.bits;
        Place { bucket: (mixed >> rest) as usize, target: (mixed & ((1 << rest) - 1)) << self.value_bits }
    }

    /// The value of a key; 0 where it is not there.
    pub(super) fn find(&self, key: u64) -> u32 {
        if self.count == 0 {
            return 0;
        }
        self.look(key, self.place(key))
    }

    /// The values of many keys; 0 for each that is not there.
    pub(super) fn find_all(&self, keys: &[u64], values: &mut [u32]) {
        if self.count == 0 {
            values.fill(0);
            return;
        }
        values.fill(0);
        let mut mixed = [0; BATCH];
        let mut places = [(0, Place::default()); BATCH];
        for (keys, values) in keys.chunks(BATCH).zip(values.chunks_mut(BATCH)) {
            // Every word of the filter, and then every bucket, is touched before any is used, and nothing hangs on what
            // they hold: the processor waits for many of them at once. Nor is there a branch to be guessed wrong.
            for (&key, mixed) in keys.iter().zip(&mut mixed) {
                *mixed = mix(key);
            }
            let mixed = &mixed[..keys.len()];
            std::hint::black_box(mixed.iter().fold(0, |touched, &mixed| touched | self.filter[self.word(mixed)]));
            let mut count = 0;
            for (at, &mixed) in mixed.iter().enumerate() {
                let four = four(mixed);
                places[count % BATCH] = (at, self.place_of(mixed));
                count += usize::from(self.filter[self.word(mixed)] & four == four);
            }
            let places = &places[..count];
            let touched = places.iter().fold(0, |touched, (_, place)| touched | self.buckets[place.bucket].0[0]);
            std::hint::black_box(touched);
            for &(at, place) in places {
                values[at] = self.look(keys[at], place);
            }
        }
    }

    fn look(&self, key: u64, place: Place) -> u32 {
        let slots = &self.buckets[place.bucket].0;
        if self.upper.is_empty() {
            // No two slots of a bucket hold one key, so the values of all that match are those of at most one. Branches
            // here would be guessed wrong once a key.
            let target = place.target as u32;
            let limit = (1_u32 << self.value_bits) - 1;
            let mut found = 0;
            for &slot in slots {
                let difference = slot ^ target;
                let is_it = difference.wrapping_sub(1) < limit;
                found |= difference & u32::from(is_it).wrapping_neg();
            }
            if found != 0 {
                return found;
            }
        } else {
            for slot in 0..WIDTH {
                let stored = self.slot(place.bucket, slot);
                let found = self.value(stored ^ place.target);
                if found != 0 {
                    return found;
                }
            }
        }
        if slots[WIDTH - 1] == 0 { 0 } else { self.overflown(key) }
    }

    #[cold]
    fn overflown(&self, key: u64) -> u32 {
        let place = self.overflow.partition_point(|entry| entry >> VALUE_BITS < key);
        match self.overflow.get(place) {
            Some(entry) if entry >> VALUE_BITS == key => (entry & u64::from(MOST_VALUES)) as u32,
            Some(_) | None => 0,
        }
    }

    /// All keys and their values, in no order.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u64, u32)> + '_ {
        self.mixed().map(|(mixed, value)| (unmix(mixed), value))
    }

    /// All keys, mixed, and their values.
    fn mixed(&self) -> impl Iterator<Item = (u64, u32)> + '_ {
        let rest = KEY_BITS - self.bits;
        let stored = (0..self.buckets.len()).flat_map(move |bucket| {
            (0..WIDTH).map(move |slot| self.slot(bucket, slot)).take_while(|stored| *stored != 0).map(move |stored| {
                let value = (stored & ((1 << self.value_bits) - 1)) as u32;
                ((bucket as u64) << rest | stored >> self.value_bits, value)
            })
        });
        let overflow = self.overflow.iter();
        stored.chain(overflow.map(|entry| (mix(entry >> VALUE_BITS), (entry & u64::from(MOST_VALUES)) as u32)))
    }

    /// Whether its parts fit each other and no value is above `most`: what a file says need not be so.
    pub(super) fn is_sound(&self, most: u32) -> bool {
        if self.buckets.is_empty() {
            return self.count == 0 && self.upper.is_empty() && self.overflow.is_empty();
        }
        let fits = (1..=VALUE_BITS).contains(&self.value_bits)
            && self.bits < 40
            && self.bits + 48 >= KEY_BITS + self.value_bits
            && self.buckets.len() == 1 << self.bits
            && self.upper.len() == if Self::is_wide(self.bits, self.value_bits) { self.buckets.len() } else { 0 };
        if !fits {
            return false;
        }
        // The value stands in the lower bits, so that a slot's lower 32 bits tell of it whether there are more or not.
        let mask = (1_u32 << self.value_bits) - 1;
        let mut is_sound = self.overflow.is_sorted_by(|one, other| one < other)
            && self.overflow.iter().all(|entry| {
                let value = entry & u64::from(MOST_VALUES);
                value != 0 && value <= u64::from(most)
            });
        let mut count = self.overflow.len();
        for bucket in &self.buckets {
            for &slot in &bucket.0 {
                is_sound &= slot & mask <= most && (slot == 0 || slot & mask != 0);
                count += usize::from(slot != 0);
            }
        }
        is_sound && count == self.count
    }
}

/// Four bits of a word, not always different ones, by a mixed key.
fn four(mixed: u64) -> u64 {
    1 << (mixed & 63) | 1 << (mixed >> 6 & 63) | 1 << (mixed >> 12 & 63) | 1 << (mixed >> 18 & 63)
}

/// The multipliers of the permutation, and what undoes them.
const FACTORS: [u64; 2] = [0x5851_F42D_4C95, 0x2545_F491_4F6D];
const INVERSES: [u64; 2] = [inverse(FACTORS[0]), inverse(FACTORS[1])];

/// A permutation of the numbers of 47 bits, after which the upper bits depend on all.
fn mix(key: u64) -> u64 {
    let key = key & KEY_MASK;
    let key = (key ^ key >> 24).wrapping_mul(FACTORS[0]) & KEY_MASK;
    let key = (key ^ key >> 24).wrapping_mul(FACTORS[1]) & KEY_MASK;
    key ^ key >> 24
}

/// Undoes [`mix`]. A shift by more than half the bits undoes itself.
fn unmix(mixed: u64) -> u64 {
    let key = mixed ^ mixed >> 24;
    let key = key.wrapping_mul(INVERSES[1]) & KEY_MASK;
    let key = (key ^ key >> 24).wrapping_mul(INVERSES[0]) & KEY_MASK;
    key ^ key >> 24
}

/// The inverse of an odd number modulo 2⁶⁴, and so modulo 2⁴⁷: each of Newton's steps doubles the bits that are right.
const fn inverse(factor: u64) -> u64 {
    let mut inverse = factor;
    let mut step = 0;
    while step < 6 {
        inverse = inverse.wrapping_mul(2_u64.wrapping_sub(factor.wrapping_mul(inverse)));
        step += 1;
    }
    inverse
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn check(pairs: &[(u64, u32)], most: u32) -> Result<(), TestCaseError> {
        let mut expected = BTreeMap::new();
        for &(key, value) in pairs {
            expected.entry(key).and_modify(|there: &mut u32| *there = (*there).min(value)).or_insert(value);
        }
        let table = Table::build(pairs.len(), most, pairs.iter().copied(), u32::min);
        prop_assert!(table.is_sound(most));
        prop_assert_eq!(table.count, expected.len());
        prop_assert_eq!(&table.iter().collect::<BTreeMap<_, _>>(), &expected);
        let keys: Vec<u64> = expected.keys().flat_map(|&key| [key, (key + 1) & KEY_MASK]).collect();
        let mut values = vec![0; keys.len()];
        table.find_all(&keys, &mut values);
        for (key, value) in keys.into_iter().zip(values) {
            prop_assert_eq!(value, expected.get(&key).copied().unwrap_or(0));
            prop_assert_eq!(value, table.find(key));
        }
        Ok(())
    }

    proptest! {
        #[test]
        fn mixing_can_be_undone(key in 0..=KEY_MASK) {
            prop_assert!(mix(key) <= KEY_MASK);
            prop_assert_eq!(unmix(mix(key)), key);
        }

        #[test]
        fn a_table_tells_what_was_put_into_it(
            pairs in prop::collection::vec((prop_oneof![0..=KEY_MASK, 0u64..300], 1u32..=1000), 0..600),
            most in prop_oneof![Just(1u32), Just(14), Just(300), Just(100_000)],
        ) {
            let pairs: Vec<_> = pairs.into_iter().map(|(key, value)| (key, 1 + (value - 1) % most)).collect();
            check(&pairs, most)?;
        }
    }

    #[test]
    fn keys_that_crowd_one_bucket_are_all_found() {
        // Mixed, these begin with the same bits.
        let pairs: Vec<(u64, u32)> = (0..4000).map(|n| (unmix(n), 1 + (n as u32) % 9)).collect();
        check(&pairs, 9).unwrap();
    }

    #[test]
    fn a_large_table_needs_only_32_bits_a_slot() {
        let pairs: Vec<(u64, u32)> = (0..200_000).map(|n| (n * 499_979 % KEY_MASK, 1 + (n as u32) % 3)).collect();
        let (bits, value_bits) = Table::shape(5_000_000, 15);
        assert_eq!((bits, value_bits, Table::is_wide(bits, value_bits)), (19, 4, false));
        check(&pairs, 3).unwrap();
    }
}
