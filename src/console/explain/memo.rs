//! What was told before: a capture repeats its lines, and in the same situation the same line is told in the same words.
//!
//! A line is looked up by its text, its classes and the situation that it came in: what the host had asked, and what had
//! answered it. What is found is how it was told, and the situation that it led to. Bounded: what is full begins anew.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, Hasher, RandomState};

use super::exchange::Exchange;

/// So many lines are remembered.
const LINES: usize = 1 << 16;
/// So many situations.
const SITUATIONS: usize = 1 << 14;
/// So many bytes of lines, and of what was told of them.
const BYTES: usize = 16 << 20;
/// A longer line is told anew each time.
pub(super) const LONGEST: usize = 512;

/// All that decides how the next line is told, besides the line.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Situation {
    pub(super) exchange: Exchange,
    pub(super) text_due: bool,
    /// The command line that `A/` repeats.
    pub(super) last: Vec<u8>,
}

/// A situation that is known, by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    number: u32,
    /// How often all was forgotten before.
    epoch: u32,
}

/// What is looked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Key<'a> {
    pub(super) from: Place,
    /// Its classes and its name's length.
    pub(super) marks: u64,
    pub(super) text: &'a [u8],
}

/// The memory.
#[derive(Debug)]
pub(super) struct Memo {
    /// Places in `lines`, by hash; 0 is free.
    slots: Vec<u32>,
    lines: Vec<Line>,
    rows: Vec<Row>,
    /// The texts of lines.
    texts: Vec<u8>,
    /// What was told of them, without the places that the rows begin with.
    told: String,
    situations: Vec<Situation>,
    numbers: HashMap<Situation, u32>,
    epoch: u32,
    /// So that no capture is made to be slow.
    seed: u64,
}

#[derive(Debug)]
struct Line {
    hash: u64,
    from: Place,
    to: Place,
    marks: u64,
    text: (u32, u32),
    rows: (u32, u32),
}

/// A row of what was told: how far behind the line's begin its place is, and where its text ends; it begins where the one
/// before ends.
#[derive(Clone, Copy, Debug)]
struct Row {
    behind: u32,
    begin: u32,
    end: u32,
}

impl Memo {
    pub(super) fn new() -> Self {
        Self {
            slots: vec![0; LINES * 2],
            lines: Vec::new(),
            rows: Vec::new(),
            texts: Vec::new(),
            told: String::new(),
            situations: Vec::new(),
            numbers: HashMap::new(),
            epoch: 0,
            seed: RandomState::new().build_hasher().finish() | 1,
        }
    }

    pub(super) fn situation(&self, place: Place) -> Option<&Situation> {
        self.situations.get(place.number as usize).filter(|_| place.epoch == self.epoch)
    }

    /// The number of a situation; all that was remembered is forgotten where there are too many.
    pub(super) fn place(&mut self, situation: &Situation) -> Place {
        if let Some(&number) = self.numbers.get(situation) {
            return Place { number, epoch: self.epoch };
        }
        if self.situations.len() >= SITUATIONS {
            self.clear();
        }
        let number = self.situations.len() as u32;
        self.situations.push(situation.clone());
        self.numbers.insert(situation.clone(), number);
        Place { number, epoch: self.epoch }
    }

    /// Writes what was told of the line, which begins at `offset`, and gives the situation that it leads to.
    #[inline]
    pub(super) fn tell(&self, key: Key<'_>, offset: u64, out: &mut String) -> Option<Place> {
        let hash = self.hash(key);
        let mask = self.slots.len() - 1;
        let mut slot = hash as usize & mask;
        loop {
            let number = *self.slots.get(slot)?;
            let line = self.lines.get((number as usize).checked_sub(1)?)?;
            if line.hash == hash
                && line.from == key.from
                && line.marks == key.marks
                && self.texts.get(line.text.0 as usize..line.text.1 as usize) == Some(key.text)
            {
                for row in self.rows.get(line.rows.0 as usize..line.rows.1 as usize)? {
                    place(out, offset + u64::from(row.behind));
                    out.push_str(self.told.get(row.begin as usize..row.end as usize)?);
                }
                return Some(line.to);
            }
            slot = (slot + 1) & mask;
        }
    }

    /// Remembers what was told of a line at `offset`, and where it led. What has rows without a place is not remembered.
    pub(super) fn remember(&mut self, key: Key<'_>, offset: u64, told: &str, to: Place) {
        if self.lines.len() >= LINES || self.texts.len() + self.told.len() + key.text.len() + told.len() > BYTES {
            return self.forget_lines();
        }
        let (rows, texts) = (self.rows.len(), self.texts.len());
        let before = self.told.len();
        for row in told.split_inclusive('\n') {
            let rest = row.trim_start_matches(' ');
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            let behind = rest[..digits].parse::<u64>().ok().and_then(|at| at.checked_sub(offset));
            let Some(behind) = behind.and_then(|behind| u32::try_from(behind).ok()) else {
                self.rows.truncate(rows);
                self.told.truncate(before);
                return;
            };
            let begin = self.told.len() as u32;
            self.told.push_str(&rest[digits..]);
            self.rows.push(Row { behind, begin, end: self.told.len() as u32 });
        }
        self.texts.extend_from_slice(key.text);
        let hash = self.hash(key);
        let text = (texts as u32, self.texts.len() as u32);
        let rows = (rows as u32, self.rows.len() as u32);
        self.lines.push(Line { hash, from: key.from, to, marks: key.marks, text, rows });
        let mask = self.slots.len() - 1;
        let mut slot = hash as usize & mask;
        while self.slots.get(slot).is_some_and(|&number| number != 0) {
            slot = (slot + 1) & mask;
        }
        if let Some(free) = self.slots.get_mut(slot) {
            *free = self.lines.len() as u32;
        }
    }

    fn forget_lines(&mut self) {
        self.slots.fill(0);
        self.lines.clear();
        self.rows.clear();
        self.texts.clear();
        self.told.clear();
    }

    fn clear(&mut self) {
        self.forget_lines();
        self.situations.clear();
        self.numbers.clear();
        self.epoch = self.epoch.wrapping_add(1);
    }

    #[inline]
    fn hash(&self, key: Key<'_>) -> u64 {
        const ODD: u64 = 0x9e37_79b9_7f4a_7c15;
        let mut hash = self.seed ^ key.marks ^ (u64::from(key.from.number) << 32) ^ key.text.len() as u64;
        let mix = |hash: u64, word: u64| {
            let wide = u128::from(hash ^ word) * u128::from(ODD);
            (wide as u64) ^ ((wide >> 64) as u64)
        };
        let (words, rest) = key.text.as_chunks::<8>();
        for word in words {
            hash = mix(hash, u64::from_le_bytes(*word));
        }
        let mut last = [0; 8];
        last[..rest.len()].copy_from_slice(rest);
        hash = mix(hash, u64::from_le_bytes(last));
        mix(hash, ODD)
    }
}

/// A place in eight columns, or as many as it needs.
#[inline]
pub(super) fn place(out: &mut String, mut at: u64) {
    let mut digits = [b' '; 20];
    let mut first = digits.len();
    while first > 0 {
        first -= 1;
        digits[first] = b'0' + (at % 10) as u8;
        at /= 10;
        if at == 0 {
            break;
        }
    }
    let text = digits.get(first.min(12)..).unwrap_or_default();
    out.push_str(std::str::from_utf8(text).unwrap_or_default());
}
