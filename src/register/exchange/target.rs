//! Where what is read goes: a book, and of the lists which.

use crate::register::{Book, Entry, List, Subject};
use std::fmt;

/// What a file is read into: the words of `--list`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Target {
    /// One of the three lists.
    List(List),
    /// All three: every row names its own.
    Lists,
    /// The models that have a TAC.
    Models,
    /// The registered devices.
    Registrations,
    /// The pairings of devices and SIMs.
    Pairings,
    /// Our own devices.
    Fleet,
}

impl Target {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::List(List::Block),
        Self::List(List::Track),
        Self::List(List::Allow),
        Self::Lists,
        Self::Models,
        Self::Registrations,
        Self::Pairings,
        Self::Fleet,
    ];

    /// `block`, `track`, `allow`, `lists`, `tac`, `registration`, `pair` or `fleet`.
    pub fn word(self) -> &'static str {
        match self {
            Self::List(list) => list.word(),
            Self::Lists | Self::Models | Self::Registrations | Self::Pairings | Self::Fleet => self.book().word(),
        }
    }

    /// The target that [`word`](Self::word) names.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|target| target.word() == word)
    }

    /// The book.
    pub fn book(self) -> Book {
        match self {
            Self::List(_) | Self::Lists => Book::Lists,
            Self::Models => Book::Models,
            Self::Registrations => Book::Registrations,
            Self::Pairings => Book::Pairings,
            Self::Fleet => Book::Fleet,
        }
    }

    /// The list, where it is one.
    pub fn list(self) -> Option<List> {
        match self {
            Self::List(list) => Some(list),
            Self::Lists | Self::Models | Self::Registrations | Self::Pairings | Self::Fleet => None,
        }
    }

    /// Whether a row of its book can be about this subject.
    pub(super) fn holds(self, subject: &Subject) -> bool {
        match (self.book(), subject) {
            (Book::Lists, _)
            | (Book::Models, Subject::Entry(Entry::Tac(_)))
            | (Book::Registrations, Subject::Entry(Entry::Device(_) | Entry::Range { .. } | Entry::Tac(_)))
            | (Book::Pairings, Subject::Entry(Entry::Pair(..)))
            | (Book::Fleet, Subject::Entry(Entry::Device(_))) => true,
            (Book::Models | Book::Registrations | Book::Pairings | Book::Fleet, _) => false,
        }
    }

    /// What its rows are about, in words.
    pub(super) fn subjects(self) -> &'static str {
        match self.book() {
            Book::Lists => "a device, a TAC, a range or a device with its IMSI",
            Book::Models => "a TAC",
            Book::Registrations => "a device, a TAC or a range",
            Book::Pairings => "a device with its IMSI",
            Book::Fleet => "a device",
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}
