//! An index in a file, so that a start need not read the whole store.
//!
//! In the file, numbers in little-endian order: `atgidx` CR LF, the version (u32), the generation, then each part as its
//! length and its numbers, and at the end SHA-256 over all of it. A snapshot is a convenience and never the truth: one that
//! was cut short, was changed by a single bit or is of another version is refused, and the index is built of the store.

use super::Index;
use super::area::{Area, GONE};
use super::classes::{Class, Classes};
use super::models::{Models, Tacs};
use super::segments::{Rule, Segments};
use super::sorted::Sorted;
use super::table::{Bucket, Table, Upper};
use crate::register::{Category, List, Source};
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use std::io::{self, Read, Write};
use std::sync::Arc;

const MAGIC: [u8; 8] = *b"atgidx\r\n";
/// To be raised with every change of what a file holds, and of what decides: the ranks of rows are not in it.
const VERSION: u32 = 1;
/// Bytes that are read or written at once.
const PIECE: usize = 1 << 18;
/// At most so many bytes are set aside because a length says so; more only as they come.
const FORESIGHT: u64 = 1 << 28;

/// Why a snapshot is not read.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// It could not be read at all.
    #[error("the snapshot cannot be read: {0}")]
    Io(#[from] io::Error),
    /// It is something else.
    #[error("this is no snapshot of an index")]
    Stranger,
    /// It was written by another version of this program.
    #[error("the snapshot has version {found}, this program writes {VERSION}")]
    Version {
        /// Its version.
        found: u32,
    },
    /// It ends too early.
    #[error("the snapshot was cut short")]
    Short,
    /// It is not as it was written, or has more behind it.
    #[error("the snapshot is damaged")]
    Damaged,
}

impl SnapshotError {
    /// What to do next.
    pub fn help(&self) -> &'static str {
        match self {
            Self::Io(_) | Self::Stranger => "nothing is lost: the index is built of the register itself",
            Self::Version { .. } | Self::Short | Self::Damaged => {
                "nothing is lost: delete it, and the index is built of the register itself"
            }
        }
    }
}

impl Index {
    /// Writes a snapshot.
    ///
    /// # Errors
    /// `to` does not take it.
    pub fn write_to(&self, to: impl Write) -> io::Result<()> {
        let mut out = Out { to, hash: Sha256::new(), piece: Vec::with_capacity(PIECE + 64) };
        out.bytes(&MAGIC)?;
        out.bytes(&VERSION.to_le_bytes())?;
        out.bytes(&self.generation.to_le_bytes())?;
        // `i128::MIN` is no time that a row could end at.
        let expiry = self.next_expiry.map_or(i128::MIN, Timestamp::as_nanosecond);
        out.bytes(&expiry.to_le_bytes())?;
        out.number(self.sources.len() as u64)?;
        for source in self.sources.iter() {
            out.bytes(&source.precedence.to_le_bytes())?;
            out.number(source.name.len() as u64)?;
            out.bytes(source.name.as_bytes())?;
        }
        out.all(&self.classes.all, |class| {
            let list = (0_u8..).zip(LISTS).find(|(_, list)| *list == class.list).map_or(0, |(place, _)| place);
            let category =
                (0_u8..).zip(Category::ALL).find(|(_, one)| *one == class.category).map_or(0, |(place, _)| place);
            let [a, b, c, d] = class.source.to_le_bytes();
            [list, category, a, b, c, d]
        })?;
        for area in [&self.listed, &self.registered] {
            out.number(area.count as u64)?;
            out.table(&area.devices)?;
            out.table(&area.overlay)?;
            out.rules(&area.segments.rules)?;
        }
        for sorted in [&self.pairs, &self.hashes, &self.pairings] {
            out.all(&sorted.keys, |key| key.to_le_bytes())?;
            out.all(&sorted.values, |value| value.to_le_bytes())?;
        }
        let tacs: Vec<u32> = self.models.tacs.iter().collect();
        out.all(&tacs, |tac| tac.to_le_bytes())?;
        out.rules(&self.models.in_ranges.rules)?;
        out.finish()
    }

    /// Reads a snapshot.
    ///
    /// Whether it is *up to date* the reader has to know: see [`generation`](Self::generation) and
    /// [`next_expiry`](Self::next_expiry).
    ///
    /// # Errors
    /// It is none, or not as it was written.
    pub fn read_from(from: impl Read) -> Result<Self, SnapshotError> {
        let mut from = In { from, hash: Sha256::new() };
        if from.array::<8>()? != MAGIC {
            return Err(SnapshotError::Stranger);
        }
        let found = u32::from_le_bytes(from.array()?);
        if found != VERSION {
            return Err(SnapshotError::Version { found });
        }
        let generation = i64::from_le_bytes(from.array()?);
        let next_expiry = match i128::from_le_bytes(from.array()?) {
            i128::MIN => None,
            time => Some(Timestamp::from_nanosecond(time).map_err(|_| SnapshotError::Damaged)?),
        };
        let mut sources = Vec::new();
        for _ in 0..from.number()? {
            let precedence = i32::from_le_bytes(from.array()?);
            let length = from.number()?;
            let name = String::from_utf8(from.bytes(length)?).map_err(|_| SnapshotError::Damaged)?;
            sources.push(Source { name: name.into(), precedence });
        }
        let classes = from.all(class)?.into_iter().collect::<Option<Vec<Class>>>().ok_or(SnapshotError::Damaged)?;
        let mut areas = [const { None }; 2];
        for area in &mut areas {
            *area = Some((from.number()? as usize, from.table()?, from.table()?, from.rules()?));
        }
        let mut parts = [const { None }; 3];
        for part in &mut parts {
            let keys = from.all(u128::from_le_bytes)?;
            *part = Some(Sorted { keys, values: from.all(u32::from_le_bytes)? });
        }
        let tacs = from.all(u32::from_le_bytes)?;
        let model_ranges = from.rules()?;
        from.finish()?;
        // Everything is now as it was written. That it was written by this program is not said, so that it is looked at.
        let known = |class: &Class| (class.source as usize) < sources.len();
        let ([Some(listed), Some(registered)], [Some(pairs), Some(hashes), Some(pairings)]) = (areas, parts) else {
            return Err(SnapshotError::Damaged);
        };
        let is_sound = classes.iter().all(known) && tacs.iter().all(|tac| *tac < 100_000_000);
        if !is_sound || !Segments::are_sound(&model_ranges, 1) {
            return Err(SnapshotError::Damaged);
        }
        let classes = Classes::new(classes, &sources);
        let mut all = Tacs::default();
        for tac in tacs {
            all.insert(tac);
        }
        Ok(Self {
            generation,
            next_expiry,
            listed: area(listed, &classes, classes.most())?,
            registered: area(registered, &Classes::default(), 1)?,
            pairs: sound(pairs, classes.most())?,
            hashes: sound(hashes, classes.most())?,
            pairings: sound(pairings, 1)?,
            models: Models { tacs: Arc::new(all), in_ranges: Models::ranges(model_ranges) },
            sources: sources.into(),
            classes: Arc::new(classes),
        })
    }
}

const LISTS: [List; 3] = [List::Block, List::Track, List::Allow];

fn class([list, category, a, b, c, d]: [u8; 6]) -> Option<Class> {
    let source = u32::from_le_bytes([a, b, c, d]);
    Some(Class { list: *LISTS.get(usize::from(list))?, category: *Category::ALL.get(usize::from(category))?, source })
}

fn area(
    (count, mut devices, mut overlay, rules): (usize, Table, Table, Vec<Rule>),
    classes: &Classes,
    most: u32,
) -> Result<Area, SnapshotError> {
    if !Segments::are_sound(&rules, most) {
        return Err(SnapshotError::Damaged);
    }
    let is_sound =
        devices.is_sound(most) && overlay.is_sound(most + GONE) && count <= devices.count.saturating_add(overlay.count);
    if !is_sound {
        return Err(SnapshotError::Damaged);
    }
    devices.sift();
    overlay.sift();
    let segments = Arc::new(Segments::build(rules, classes));
    Ok(Area { devices: Arc::new(devices), overlay: Arc::new(overlay), segments, count })
}

fn sound(sorted: Sorted, most: u32) -> Result<Arc<Sorted>, SnapshotError> {
    if sorted.is_sound(most) { Ok(Arc::new(sorted)) } else { Err(SnapshotError::Damaged) }
}

/// What is written, and the hash over it.
struct Out<W> {
    to: W,
    hash: Sha256,
    piece: Vec<u8>,
}

impl<W: Write> Out<W> {
    fn bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.piece.extend_from_slice(bytes);
        if self.piece.len() >= PIECE { self.send() } else { Ok(()) }
    }

    fn send(&mut self) -> io::Result<()> {
        self.hash.update(&self.piece);
        self.to.write_all(&self.piece)?;
        self.piece.clear();
        Ok(())
    }

    fn number(&mut self, number: u64) -> io::Result<()> {
        self.bytes(&number.to_le_bytes())
    }

    /// How many there are, and all of them.
    fn all<T: Copy, const N: usize>(&mut self, all: &[T], bytes: impl Fn(T) -> [u8; N]) -> io::Result<()> {
        self.number(all.len() as u64)?;
        all.iter().try_for_each(|&one| self.bytes(&bytes(one)))
    }

    fn table(&mut self, table: &Table) -> io::Result<()> {
        self.number(u64::from(table.bits))?;
        self.number(u64::from(table.value_bits))?;
        self.number(table.count as u64)?;
        self.all(&table.buckets, |bucket| {
            let mut bytes = [0; 64];
            for (bytes, slot) in bytes.chunks_exact_mut(4).zip(bucket.0) {
                bytes.copy_from_slice(&slot.to_le_bytes());
            }
            bytes
        })?;
        self.all(&table.upper, |upper| {
            let mut bytes = [0; 32];
            for (bytes, slot) in bytes.chunks_exact_mut(2).zip(upper.0) {
                bytes.copy_from_slice(&slot.to_le_bytes());
            }
            bytes
        })?;
        self.all(&table.overflow, |entry| entry.to_le_bytes())
    }

    fn rules(&mut self, rules: &[Rule]) -> io::Result<()> {
        self.all(rules, |rule| {
            let mut bytes = [0; 21];
            bytes[..8].copy_from_slice(&rule.low.to_le_bytes());
            bytes[8..16].copy_from_slice(&rule.high.to_le_bytes());
            bytes[16..20].copy_from_slice(&rule.value.to_le_bytes());
            bytes[20] = u8::from(rule.is_tac);
            bytes
        })
    }

    fn finish(mut self) -> io::Result<()> {
        self.send()?;
        let hash = std::mem::take(&mut self.hash).finalize();
        self.to.write_all(&hash)?;
        self.to.flush()
    }
}

/// What is read, and the hash over it.
struct In<R> {
    from: R,
    hash: Sha256,
}

impl<R: Read> In<R> {
    fn exact(&mut self, bytes: &mut [u8]) -> Result<(), SnapshotError> {
        self.from.read_exact(bytes).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => SnapshotError::Short,
            _ => SnapshotError::Io(error),
        })?;
        self.hash.update(&*bytes);
        Ok(())
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], SnapshotError> {
        let mut bytes = [0; N];
        self.exact(&mut bytes)?;
        Ok(bytes)
    }

    fn number(&mut self) -> Result<u64, SnapshotError> {
        self.array().map(u64::from_le_bytes)
    }

    fn bytes(&mut self, length: u64) -> Result<Vec<u8>, SnapshotError> {
        let mut bytes = Vec::new();
        let mut left = length;
        while left > 0 {
            let from = bytes.len();
            let piece = left.min(PIECE as u64);
            bytes.resize(from + piece as usize, 0);
            self.exact(&mut bytes[from..])?;
            left -= piece;
        }
        Ok(bytes)
    }

    /// As many as it says, but no more memory than comes.
    fn all<T, const N: usize>(&mut self, one: impl Fn([u8; N]) -> T) -> Result<Vec<T>, SnapshotError> {
        let mut left = self.number()?;
        let mut all = Vec::new();
        let foreseen = left.min(FORESIGHT / size_of::<T>().max(1) as u64);
        all.try_reserve_exact(foreseen as usize).map_err(|_| SnapshotError::Damaged)?;
        let mut piece = vec![0; (PIECE / N).min(left as usize) * N];
        while left > 0 {
            let count = left.min((PIECE / N) as u64) as usize;
            let piece = &mut piece[..count * N];
            self.exact(piece)?;
            let (arrays, _) = piece.as_chunks::<N>();
            all.extend(arrays.iter().map(|bytes| one(*bytes)));
            left -= count as u64;
        }
        Ok(all)
    }

    fn table(&mut self) -> Result<Table, SnapshotError> {
        let (bits, value_bits) = (self.number()?, self.number()?);
        let (Ok(bits), Ok(value_bits)) = (u32::try_from(bits), u32::try_from(value_bits)) else {
            return Err(SnapshotError::Damaged);
        };
        let count = self.number()? as usize;
        let buckets = self.all(|bytes: [u8; 64]| {
            let mut slots = [0; 16];
            for (slot, bytes) in slots.iter_mut().zip(bytes.as_chunks::<4>().0) {
                *slot = u32::from_le_bytes(*bytes);
            }
            Bucket(slots)
        })?;
        let upper = self.all(|bytes: [u8; 32]| {
            let mut slots = [0; 16];
            for (slot, bytes) in slots.iter_mut().zip(bytes.as_chunks::<2>().0) {
                *slot = u16::from_le_bytes(*bytes);
            }
            Upper(slots)
        })?;
        let overflow = self.all(u64::from_le_bytes)?;
        Ok(Table { bits, value_bits, count, buckets, upper, overflow, ..Table::empty() })
    }

    fn rules(&mut self) -> Result<Vec<Rule>, SnapshotError> {
        self.all(|bytes: [u8; 21]| {
            let number = |from: usize| {
                let mut eight = [0; 8];
                eight.copy_from_slice(&bytes[from..from + 8]);
                u64::from_le_bytes(eight)
            };
            let value = u32::from_le_bytes([bytes[16], bytes[17], bytes[18], bytes[19]]);
            Rule { low: number(0), high: number(8), value, is_tac: bytes[20] == 1 }
        })
    }

    /// Reads the hash, and that nothing follows it.
    fn finish(mut self) -> Result<(), SnapshotError> {
        let expected = std::mem::take(&mut self.hash).finalize();
        let found: [u8; 32] = self.array()?;
        let mut more = [0; 1];
        let is_whole = self.from.read(&mut more)? == 0;
        if found == expected[..] && is_whole { Ok(()) } else { Err(SnapshotError::Damaged) }
    }
}
