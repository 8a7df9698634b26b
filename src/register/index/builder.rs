//! Puts an index together, row by row.

use super::area::Area;
use super::classes::{Classes, Numbering, known};
use super::models::{Models, Tacs};
use super::segments::{Rule, Segments};
use super::sorted::{Sorted, pair};
use super::table::{Table, VALUE_BITS};
use super::{Index, IndexError};
use crate::identity::ImeiKey;
use crate::register::{Book, Entry, List, Row, Source, Subject};
use jiff::Timestamp;
use std::sync::Arc;

/// Takes rows and makes an [`Index`] of them.
///
/// While it gathers, a device takes 8 bytes; while it builds, the table is there besides: five million devices have a peak
/// of 85 MB. A pair, a pairing or a hash takes 32 bytes.
#[derive(Debug)]
pub struct Builder {
    now: Timestamp,
    sources: Arc<[Source]>,
    classes: Numbering,
    next_expiry: Option<Timestamp>,
    devices: Heap,
    rules: Vec<Rule>,
    pairs: Vec<(u128, u32)>,
    hashes: Vec<(u128, u32)>,
    tacs: Tacs,
    model_ranges: Vec<Rule>,
    registered: Heap,
    registered_ranges: Vec<Rule>,
    pairings: Vec<(u128, u32)>,
}

impl Builder {
    pub(super) fn new(sources: &[Source], now: Timestamp) -> Self {
        Self {
            now,
            sources: sources.into(),
            classes: Numbering::from(Vec::new()),
            next_expiry: None,
            devices: Heap::default(),
            rules: Vec::new(),
            pairs: Vec::new(),
            hashes: Vec::new(),
            tacs: Tacs::default(),
            model_ranges: Vec::new(),
            registered: Heap::default(),
            registered_ranges: Vec::new(),
            pairings: Vec::new(),
        }
    }

    /// Takes a row of a book and of a source, by its place among the sources. A row that does not hold any more is left
    /// out; of the fleet's book an index holds nothing.
    ///
    /// # Errors
    /// The source was not named, or the book does not speak of such a subject. The builder is then as it was, and whoever
    /// wants to may go on without the row.
    pub fn put(&mut self, book: Book, source: usize, row: &Row) -> Result<(), IndexError> {
        known(&self.sources, source)?;
        let place = place(book, row.subject)?;
        if !row.holds(self.now) {
            return Ok(());
        }
        let value = match book {
            Book::Lists => self.classes.of(&self.sources, source, row.list, row.reason.as_deref())?,
            Book::Models | Book::Registrations | Book::Pairings | Book::Fleet => 1,
        };
        match place {
            Place::Device(key) => self.devices.push(key, value),
            Place::Rule(rule) => self.rules.push(rule.with(value)),
            Place::Pair(pair) => self.pairs.push((pair, value)),
            Place::Hash(hash) => self.hashes.push((hash, value)),
            Place::Model(tac) => self.tacs.insert(tac),
            Place::Models(rule) => self.model_ranges.push(rule),
            Place::Registered(key) => self.registered.push(key, 1),
            Place::RegisteredRule(rule) => self.registered_ranges.push(rule),
            Place::Pairing(pair) => self.pairings.push((pair, 1)),
            Place::Nowhere => return Ok(()),
        }
        self.next_expiry = [self.next_expiry, row.until].into_iter().flatten().min();
        Ok(())
    }

    /// Takes a device that stays: the short way of [`put`](Self::put) for millions of rows. `list` is `None` in all books
    /// but the lists.
    ///
    /// # Errors
    /// As for [`put`](Self::put).
    pub fn put_device(
        &mut self,
        book: Book,
        source: usize,
        key: ImeiKey,
        list: Option<List>,
        reason: Option<&str>,
    ) -> Result<(), IndexError> {
        match book {
            Book::Lists => {
                let value = self.classes.of(&self.sources, source, list, reason)?;
                self.devices.push(key.number(), value);
            }
            Book::Registrations => {
                known(&self.sources, source)?;
                self.registered.push(key.number(), 1);
            }
            Book::Models | Book::Pairings | Book::Fleet => {
                self.put(book, source, &Row::new(Entry::Device(key)))?;
            }
        }
        Ok(())
    }

    /// The index of all that was put, which is what the books say up to the act `generation`.
    pub fn build(self, generation: i64) -> Index {
        let classes = self.classes.finish(&self.sources);
        let stronger = |one, other| classes.stronger(one, other);
        let listed = Area::new(self.devices.build(classes.most(), stronger), Segments::build(self.rules, &classes));
        let registered = Area::new(
            self.registered.build(1, |one, _| one),
            Segments::build(self.registered_ranges, &Classes::default()),
        );
        Index {
            generation,
            next_expiry: self.next_expiry,
            listed,
            pairs: Arc::new(Sorted::build(self.pairs, stronger)),
            hashes: Arc::new(Sorted::build(self.hashes, stronger)),
            models: Models { tacs: Arc::new(self.tacs), in_ranges: Models::ranges(self.model_ranges) },
            registered,
            pairings: Arc::new(Sorted::build(self.pairings, |one, _| one)),
            sources: self.sources,
            classes: Arc::new(classes),
        }
    }
}

/// Where in an index a row stands; rules have no value yet.
pub(super) enum Place {
    Device(u64),
    Rule(Rule),
    Pair(u128),
    Hash(u128),
    Model(u32),
    Models(Rule),
    Registered(u64),
    RegisteredRule(Rule),
    Pairing(u128),
    Nowhere,
}

/// Where a row of a book about this subject stands.
pub(super) fn place(book: Book, subject: Subject) -> Result<Place, IndexError> {
    let wrong = |what| Err(IndexError::Subject { book, what });
    Ok(match (book, subject) {
        (Book::Fleet, _) => Place::Nowhere,
        (Book::Lists, Subject::Hash(hash)) => Place::Hash(hash.0),
        (Book::Models | Book::Registrations | Book::Pairings, Subject::Hash(_)) => return wrong("a keyed hash"),
        (Book::Lists, Subject::Entry(Entry::Device(key))) => Place::Device(key.number()),
        (Book::Registrations, Subject::Entry(Entry::Device(key))) => Place::Registered(key.number()),
        (Book::Models | Book::Pairings, Subject::Entry(Entry::Device(_))) => return wrong("a device"),
        (Book::Lists, Subject::Entry(Entry::Pair(key, imsi))) => Place::Pair(pair(key, imsi)),
        (Book::Pairings, Subject::Entry(Entry::Pair(key, imsi))) => Place::Pairing(pair(key, imsi)),
        (Book::Models | Book::Registrations, Subject::Entry(Entry::Pair(..))) => {
            return wrong("a device with a subscription");
        }
        (Book::Models, Subject::Entry(Entry::Tac(tac))) => Place::Model(tac.number()),
        (Book::Models, Subject::Entry(Entry::Range { low, high })) => Place::Models(Rule::range(low, high)),
        (Book::Lists, Subject::Entry(Entry::Range { low, high })) => Place::Rule(Rule::range(low, high)),
        (Book::Lists, Subject::Entry(Entry::Tac(tac))) => Place::Rule(Rule::tac(tac)),
        (Book::Registrations, Subject::Entry(Entry::Range { low, high })) => {
            Place::RegisteredRule(Rule::range(low, high))
        }
        (Book::Registrations, Subject::Entry(Entry::Tac(tac))) => Place::RegisteredRule(Rule::tac(tac)),
        (Book::Pairings, Subject::Entry(Entry::Range { .. } | Entry::Tac(_))) => return wrong("a range or a TAC"),
    })
}

/// Devices and their values as they came, `key << VALUE_BITS | value`, in pieces, so that growing copies nothing and
/// building gives each piece back once it is read.
#[derive(Debug, Default)]
struct Heap {
    pieces: Vec<Vec<u64>>,
}

/// Devices in a piece: 32 MiB, of which only what is filled is ever there. So large a piece goes back to the system with its
/// last device; smaller ones would stay with the allocator, between others, for as long as a server runs.
const PIECE: usize = 1 << 22;

impl Heap {
    fn push(&mut self, key: u64, value: u32) {
        let entry = key << VALUE_BITS | u64::from(value);
        match self.pieces.last_mut() {
            Some(piece) if piece.len() < PIECE => piece.push(entry),
            Some(_) => {
                let mut piece = Vec::with_capacity(PIECE);
                piece.push(entry);
                self.pieces.push(piece);
            }
            None => self.pieces.push(vec![entry]),
        }
    }

    fn build(self, most: u32, stronger: impl Fn(u32, u32) -> u32) -> Table {
        let count = self.pieces.iter().map(Vec::len).sum();
        let pairs = self.pieces.into_iter().flatten();
        let value = (1 << VALUE_BITS) - 1;
        Table::build(count, most, pairs.map(|entry| (entry >> VALUE_BITS, (entry & value) as u32)), stronger)
    }
}
