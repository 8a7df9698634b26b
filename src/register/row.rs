//! What the register's books hold: rows, each about one subject, and the changes that put them there or take them away.

use super::entry::Entry;
use super::hash::KeyedHash;
use super::lists::List;
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// A book of the register.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Book {
    /// The block, track and allow lists: what decides whether a device may join.
    Lists,
    /// The models that were given a TAC (GSMA's TAC file).
    Models,
    /// Devices that are registered; where the book is not empty, one that is not in it is *not registered*.
    Registrations,
    /// Which SIM belongs to which device.
    Pairings,
    /// Our own devices: labels, SIMs, warranty.
    Fleet,
}

impl Book {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Lists, Self::Models, Self::Registrations, Self::Pairings, Self::Fleet];

    /// `lists`, `tac`, `registration`, `pair` or `fleet`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Lists => "lists",
            Self::Models => "tac",
            Self::Registrations => "registration",
            Self::Pairings => "pair",
            Self::Fleet => "fleet",
        }
    }

    /// The book that [`word`](Self::word) names.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|book| book.word() == word)
    }
}

impl fmt::Display for Book {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// What a row is about. A book has at most one row of a source about a subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Subject {
    /// A device, a device with a SIM, a range of devices or a model.
    Entry(Entry),
    /// A device that is known by its keyed hash alone. In [`Book::Lists`] only.
    Hash(KeyedHash),
}

impl From<Entry> for Subject {
    fn from(entry: Entry) -> Self {
        Self::Entry(entry)
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Entry(entry) => entry.fmt(f),
            Self::Hash(hash) => hash.fmt(f),
        }
    }
}

/// Further fields of a row, by the name of their column; empty ones are left out.
///
/// Models: `manufacturer model bands device_type …`; registrations: `make model status model_number brand_name device_type
/// radio_interface device_id`; pairings: `msisdn`; fleet: `label iccid imsi eid msisdn warranty note`.
pub type Fields = BTreeMap<Arc<str>, Arc<str>>;

/// A row of a book.
///
/// What many rows have in common (a reason) they share: a list of five million has one copy of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// What it is about.
    pub subject: Subject,
    /// In [`Book::Lists`]: on which. `None` in all other books.
    pub list: Option<List>,
    /// Why it stands there, in the words of whoever put it there.
    pub reason: Option<Arc<str>>,
    /// Since when, in the source's own count: the reporting or allocation date.
    pub since: Option<Timestamp>,
    /// Until when it holds.
    pub until: Option<Timestamp>,
    /// What else the source says; `None` where it says nothing.
    pub fields: Option<Arc<Fields>>,
}

impl Row {
    /// A row that says nothing but its subject.
    pub fn new(subject: impl Into<Subject>) -> Self {
        Self { subject: subject.into(), list: None, reason: None, since: None, until: None, fields: None }
    }

    /// A row of a list.
    pub fn listed(list: List, subject: impl Into<Subject>) -> Self {
        Self { list: Some(list), ..Self::new(subject) }
    }

    /// A further field.
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields.as_deref()?.get(name).map(|text| &**text)
    }

    /// Whether it holds at `now`.
    pub fn holds(&self, now: Timestamp) -> bool {
        self.until.is_none_or(|until| now < until)
    }
}

/// A change of a book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Puts a row there, in the place of the source's row about the same subject if there is one.
    Put(Row),
    /// Takes the source's row about this subject away.
    Drop(Subject),
}

impl Change {
    /// What it is about.
    pub fn subject(&self) -> Subject {
        match self {
            Self::Put(row) => row.subject,
            Self::Drop(subject) => *subject,
        }
    }
}
