//! The phone books: where each stands, how large it is, and who may write it.
//!
//! Source: 3GPP TS 27.007, clause 8.11.

use super::Phonebook;
use crate::modem::sim::dialling::{DIGITS, DiallingNumber, Entry};
use crate::modem::sim::{Book, Sim};
use crate::modem::{Modem, SimProfile};
use crate::wire::result::CmeError;
use crate::wire::text::alpha;

/// `<storage>` of `+CPBS`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Storage {
    /// `SM`: the card's.
    Card,
    /// `ME`: the modem's own.
    Modem,
    /// `MT`: both, the card's first.
    Both,
    /// `ON`: the numbers of the subscription.
    Own,
    /// `LD`: dialled last, on the card.
    Last,
    /// `FD`: fixed dialling.
    Fixed,
    /// `EN`: emergency numbers.
    Emergency,
    /// `DC`: calls dialled.
    Dialled,
    /// `RC`: calls received.
    Received,
    /// `MC`: calls missed.
    Missed,
}

/// How much an entry may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Limits {
    /// Places.
    pub(super) size: u16,
    /// Digits of a number.
    pub(super) number: u8,
    /// Octets or characters of a name.
    pub(super) name: u8,
}

impl Storage {
    pub(super) const ALL: [Self; 10] = [
        Self::Card,
        Self::Modem,
        Self::Both,
        Self::Own,
        Self::Last,
        Self::Fixed,
        Self::Emergency,
        Self::Dialled,
        Self::Received,
        Self::Missed,
    ];

    /// The word on the wire.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Card => "SM",
            Self::Modem => "ME",
            Self::Both => "MT",
            Self::Own => "ON",
            Self::Last => "LD",
            Self::Fixed => "FD",
            Self::Emergency => "EN",
            Self::Dialled => "DC",
            Self::Received => "RC",
            Self::Missed => "MC",
        }
    }

    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|storage| storage.name().eq_ignore_ascii_case(name))
    }

    /// The card's book behind it.
    const fn book(self) -> Option<Book> {
        match self {
            Self::Card | Self::Both => Some(Book::Contacts),
            Self::Own => Some(Book::Own),
            Self::Last => Some(Book::Dialled),
            Self::Fixed => Some(Book::Fixed),
            Self::Modem | Self::Emergency | Self::Dialled | Self::Received | Self::Missed => None,
        }
    }

    /// Whether it can be used now.
    ///
    /// # Errors
    /// What the card wants first, for a book that stands on it.
    pub(super) fn ready(self, modem: &Modem) -> Result<(), CmeError> {
        match self.book() {
            Some(_) => Sim::ready(modem),
            None => Ok(()),
        }
    }

    pub(super) fn limits(self, modem: &Modem) -> Limits {
        let profile = &modem.profile.phonebook;
        let card = |book| {
            let (size, name) = modem.sim.book_size(book);
            Limits { size: size.into(), number: u8::try_from(DIGITS).unwrap_or(u8::MAX), name }
        };
        let own = |size| Limits { size, number: profile.number, name: profile.name };
        match self {
            Self::Card => card(Book::Contacts),
            Self::Own => card(Book::Own),
            Self::Last => card(Book::Dialled),
            Self::Fixed => card(Book::Fixed),
            Self::Modem => own(profile.size),
            Self::Both => own(profile.size + card(Book::Contacts).size),
            Self::Emergency => own(u16::try_from(emergency(modem).len()).unwrap_or(u16::MAX)),
            Self::Dialled | Self::Received | Self::Missed => own(profile.calls.into()),
        }
    }

    /// Its entries, each with its place from 1.
    ///
    /// # Errors
    /// The card does not let the modem read it.
    pub(super) fn entries(self, modem: &Modem) -> Result<Vec<(u16, Entry)>, CmeError> {
        let card = |book| -> Result<Vec<(u16, Entry)>, CmeError> {
            let entries = modem.sim.book(&modem.profile.sim, book)?;
            Ok(entries.into_iter().map(|(index, entry)| (index.into(), entry)).collect())
        };
        let numbered = |entries: Vec<Entry>| Ok((1..).zip(entries).collect());
        let own = &modem.phonebook;
        match self {
            Self::Card => card(Book::Contacts),
            Self::Own => card(Book::Own),
            Self::Last => card(Book::Dialled),
            Self::Fixed => card(Book::Fixed),
            Self::Modem => Ok(own.entries.iter().map(|(&index, entry)| (index, entry.clone())).collect()),
            Self::Both => {
                let first = Self::Card.limits(modem).size;
                let mut entries = card(Book::Contacts)?;
                entries.extend(own.entries.iter().map(|(&index, entry)| (first + index, entry.clone())));
                Ok(entries)
            }
            Self::Emergency => numbered(emergency(modem)),
            Self::Dialled => numbered(own.dialled.iter().cloned().collect()),
            Self::Received => numbered(own.received.iter().cloned().collect()),
            Self::Missed => numbered(own.missed.iter().cloned().collect()),
        }
    }

    /// Writes an entry that is within the [`limits`](Self::limits), or empties its place.
    ///
    /// # Errors
    /// Nobody writes this book (3), the card asks for more (17), or the name does not fit (24).
    pub(super) fn put(self, modem: &mut Modem, index: u16, entry: Option<Entry>) -> Result<(), CmeError> {
        let profile = std::sync::Arc::clone(&modem.profile);
        let on_card = |modem: &mut Modem, book, index: u16, entry: Option<Entry>| {
            let index = u8::try_from(index).map_err(|_| CmeError::INVALID_INDEX)?;
            write(&mut modem.sim, &profile.sim, book, index, entry.as_ref())
        };
        match self {
            Self::Card => on_card(modem, Book::Contacts, index, entry),
            Self::Own => on_card(modem, Book::Own, index, entry),
            Self::Fixed => on_card(modem, Book::Fixed, index, entry),
            Self::Both => match index.checked_sub(Self::Card.limits(modem).size) {
                None | Some(0) => on_card(modem, Book::Contacts, index, entry),
                Some(index) => Self::Modem.put(modem, index, entry),
            },
            Self::Modem => {
                if entry.as_ref().is_some_and(|entry| entry.name.chars().count() > usize::from(profile.phonebook.name))
                {
                    return Err(CmeError::TEXT_TOO_LONG);
                }
                match entry {
                    Some(entry) => drop(modem.phonebook.entries.insert(index, entry)),
                    None => drop(modem.phonebook.entries.remove(&index)),
                }
                Ok(())
            }
            // A list of calls is not written, but what stands in it can be forgotten.
            Self::Dialled | Self::Received | Self::Missed if entry.is_none() => {
                if let Some(list) = modem.phonebook.list(self) {
                    list.remove(usize::from(index) - 1);
                }
                Ok(())
            }
            Self::Dialled | Self::Received | Self::Missed | Self::Emergency | Self::Last => {
                Err(CmeError::OPERATION_NOT_ALLOWED)
            }
        }
    }
}

impl Phonebook {
    /// A list of calls.
    pub(super) fn list(&mut self, storage: Storage) -> Option<&mut std::collections::VecDeque<Entry>> {
        match storage {
            Storage::Dialled => Some(&mut self.dialled),
            Storage::Received => Some(&mut self.received),
            Storage::Missed => Some(&mut self.missed),
            Storage::Card
            | Storage::Modem
            | Storage::Both
            | Storage::Own
            | Storage::Last
            | Storage::Fixed
            | Storage::Emergency => None,
        }
    }
}

fn write(sim: &mut Sim, profile: &SimProfile, book: Book, index: u8, entry: Option<&Entry>) -> Result<(), CmeError> {
    let (_, room) = sim.book_size(book);
    match entry {
        Some(entry) if alpha::encode(&entry.name, room.into()).is_none() => Err(CmeError::TEXT_TOO_LONG),
        Some(_) | None => sim.put_in_book(profile, book, index, entry),
    }
}

/// The emergency numbers: the two that are always there, then the card's, or those that are there without a card.
///
/// Source: 3GPP TS 22.101, clause 10.1.1.
fn emergency(modem: &Modem) -> Vec<Entry> {
    let mut numbers = vec!["112".to_owned(), "911".to_owned()];
    let more = match Sim::inserted(modem) {
        Ok(()) => modem.sim.emergency_numbers(&modem.profile.sim),
        Err(_) => ["000", "08", "110", "118", "119", "999"].map(str::to_owned).to_vec(),
    };
    for number in more {
        if !numbers.contains(&number) {
            numbers.push(number);
        }
    }
    let entry = |number: String| Some(Entry { number: DiallingNumber::read(&number, None).ok()?, name: String::new() });
    numbers.into_iter().filter_map(entry).collect()
}
