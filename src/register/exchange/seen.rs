//! Which subjects have come, in what words and in which line: a subject that comes twice is told of. 12 bytes a device
//! and a little room to spare.

use crate::register::{Entry, Subject};
use std::hash::{BuildHasher, RandomState};

/// The subjects of a file.
pub(super) struct Seen {
    seed: u64,
    devices: Vec<Table<u64>>,
    others: Vec<Table<u128>>,
}

/// What an earlier row said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Earlier {
    /// Its line; of a file beyond four thousand million lines, the last that can be counted.
    pub(super) line: u64,
    /// Whether it said the same.
    pub(super) same: bool,
}

/// So many tables: one grows at a time, so that growing takes little room.
const TABLES: usize = 64;
/// What of a device's slot tells the contents apart: an IMEI takes 47 of 64 bits.
const CONTENT: u32 = 17;

impl Seen {
    pub(super) fn new() -> Self {
        // Nobody can prepare a file whose subjects all fall into one slot.
        let seed = RandomState::new().hash_one(0_u8);
        let devices = (0..TABLES).map(|_| Table::default()).collect();
        Self { seed, devices, others: (0..TABLES).map(|_| Table::default()).collect() }
    }

    /// Puts a subject in; what was said of it before, if it was there.
    pub(super) fn put(&mut self, subject: &Subject, content: u32, line: u64) -> Option<Earlier> {
        let line = u32::try_from(line).unwrap_or(u32::MAX);
        let wide = match subject {
            Subject::Entry(Entry::Device(key)) => {
                let key = key.number() + 1;
                let content = content & ((1 << CONTENT) - 1);
                let hash = mixed(key, self.seed);
                let slot = key << CONTENT | u64::from(content);
                return self.devices[hash as usize % TABLES].put(slot, line, hash, self.seed);
            }
            Subject::Entry(Entry::Pair(key, imsi)) => {
                let digits = imsi.digits();
                let number = digits.iter().fold(0_u128, |sum, &digit| sum * 10 + u128::from(digit));
                u128::from(key.number()) << 54 | number << 4 | digits.len() as u128
            }
            Subject::Entry(Entry::Range { low, high }) => {
                1 << 126 | u128::from(low.number()) << 47 | u128::from(high.number())
            }
            Subject::Entry(Entry::Tac(tac)) => 2 << 126 | u128::from(tac.number()),
            Subject::Hash(hash) => 3 << 126 | hash.0 >> 2,
        };
        // No key is 0, which marks a free slot.
        let key = wide.saturating_add(1);
        let hash = mixed_wide(key, self.seed);
        self.others[hash as usize % TABLES].put_wide(key, content, line, hash, self.seed)
    }
}

/// A table with open addresses, at most seven eighths full.
#[derive(Default)]
struct Table<K> {
    keys: Vec<K>,
    lines: Vec<u32>,
    contents: Vec<u32>,
    count: usize,
}

impl Table<u64> {
    fn put(&mut self, slot: u64, line: u32, hash: u64, seed: u64) -> Option<Earlier> {
        if self.is_full() {
            let (keys, lines) = (std::mem::take(&mut self.keys), std::mem::take(&mut self.lines));
            let room = grown(keys.len());
            (self.keys, self.lines) = (vec![0; room], vec![0; room]);
            for (slot, line) in keys.into_iter().zip(lines).filter(|&(slot, _)| slot != 0) {
                let at = self.find(slot, mixed(slot >> CONTENT, seed));
                (self.keys[at], self.lines[at]) = (slot, line);
            }
        }
        let at = self.find(slot, hash);
        if self.keys[at] != 0 {
            return Some(Earlier { line: u64::from(self.lines[at]), same: self.keys[at] == slot });
        }
        (self.keys[at], self.lines[at]) = (slot, line);
        self.count += 1;
        None
    }

    fn find(&self, slot: u64, hash: u64) -> usize {
        let mut at = place(hash, self.keys.len());
        while self.keys[at] != 0 && self.keys[at] >> CONTENT != slot >> CONTENT {
            at = if at + 1 == self.keys.len() { 0 } else { at + 1 };
        }
        at
    }
}

impl Table<u128> {
    fn put_wide(&mut self, key: u128, content: u32, line: u32, hash: u64, seed: u64) -> Option<Earlier> {
        if self.is_full() {
            let keys = std::mem::take(&mut self.keys);
            let (lines, contents) = (std::mem::take(&mut self.lines), std::mem::take(&mut self.contents));
            let room = grown(keys.len());
            (self.keys, self.lines, self.contents) = (vec![0; room], vec![0; room], vec![0; room]);
            for ((key, line), content) in keys.into_iter().zip(lines).zip(contents).filter(|((key, _), _)| *key != 0) {
                let at = self.find(key, mixed_wide(key, seed));
                (self.keys[at], self.lines[at], self.contents[at]) = (key, line, content);
            }
        }
        let at = self.find(key, hash);
        if self.keys[at] != 0 {
            return Some(Earlier { line: u64::from(self.lines[at]), same: self.contents[at] == content });
        }
        (self.keys[at], self.lines[at], self.contents[at]) = (key, line, content);
        self.count += 1;
        None
    }

    fn find(&self, key: u128, hash: u64) -> usize {
        let mut at = place(hash, self.keys.len());
        while self.keys[at] != 0 && self.keys[at] != key {
            at = if at + 1 == self.keys.len() { 0 } else { at + 1 };
        }
        at
    }
}

impl<K> Table<K> {
    fn is_full(&self) -> bool {
        self.count >= self.keys.len() / 8 * 7
    }
}

fn grown(room: usize) -> usize {
    (room + room / 2).max(64)
}

fn mixed(number: u64, seed: u64) -> u64 {
    let product = u128::from(number ^ seed) * 0x9E37_79B9_7F4A_7C15;
    let folded = (product >> 64) as u64 ^ product as u64;
    folded ^ folded >> 29
}

fn mixed_wide(key: u128, seed: u64) -> u64 {
    mixed(key as u64 ^ mixed((key >> 64) as u64, seed), seed)
}

/// The slot that the upper bits of a hash point to.
fn place(hash: u64, room: usize) -> usize {
    ((u128::from(hash) * room as u128) >> 64) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::register::KeyedHash;
    use proptest::prelude::*;
    use std::collections::HashMap;

    proptest! {
        #[test]
        fn it_finds_what_a_map_finds(rows in prop::collection::vec((0u64..300, 0u8..5, 0u32..3), 0..600)) {
            let mut seen = Seen::new();
            let mut map: HashMap<Subject, (u32, u64)> = HashMap::new();
            for (line, (number, kind, content)) in (1..).zip(rows) {
                let key = crate::identity::ImeiKey::new(number * 1_000_003).unwrap();
                let subject: Subject = match kind {
                    0 => Entry::Device(key).into(),
                    1 => Entry::Tac(key.tac()).into(),
                    2 => Entry::Pair(key, "001010000000001".parse().unwrap()).into(),
                    3 => Entry::Range { low: key, high: crate::identity::ImeiKey::new(99_999_999_999_999).unwrap() }.into(),
                    _ => Subject::Hash(KeyedHash(u128::from(number) << 100)),
                };
                let expected = map.get(&subject).map(|&(said, line)| Earlier { line, same: said == content });
                prop_assert_eq!(seen.put(&subject, content, line), expected);
                map.entry(subject).or_insert((content, line));
            }
        }
    }
}
