//! Phone books: those on the card, the modem's own, and the lists of calls.
//!
//! Knows the commands of TS 27.007 clauses 8.11 to 8.14 and who stands where; what is on the card is the card's (`sim`), so
//! that `+CRSM` and `+CPBR` show the same. Whoever makes calls tells of them here ([`Phonebook::dialled`] and its kin), and
//! asks here whom a name or a place stands for ([`Phonebook::target`]).

mod commands;
mod profile;
mod storage;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, VecDeque};

use super::command::Entry as Command;
use super::sim::Book;
use super::sim::dialling::{DiallingNumber, Entry};
use super::{Modem, Profile};
use crate::wire::command::Target;
use crate::wire::result::CmeError;

pub use profile::{Contact, NoEntry, PhonebookProfile};
use storage::Storage;

/// The commands of the phone books.
pub(super) const COMMANDS: &[&[Command]] = &[commands::COMMANDS];

/// The books that the modem keeps, and which one the commands are about. They outlive its power.
#[derive(Debug)]
pub(super) struct Phonebook {
    chosen: Storage,
    /// Where `+CPBW` wrote last.
    written: Option<u16>,
    /// `ME`
    entries: BTreeMap<u16, Entry>,
    /// `DC`, the newest first.
    dialled: VecDeque<Entry>,
    /// `RC`
    received: VecDeque<Entry>,
    /// `MC`
    missed: VecDeque<Entry>,
}

impl Phonebook {
    /// As the profile has it.
    pub(super) fn new(profile: &Profile) -> Self {
        let mut entries = BTreeMap::new();
        for contact in &profile.phonebook.entries {
            let free = || (1..=profile.phonebook.size).find(|index| !entries.contains_key(index));
            if let (Some(index), Some(entry)) = (contact.index.or_else(free), contact.entry()) {
                entries.insert(index, entry);
            }
        }
        Self {
            chosen: first(profile),
            written: None,
            entries,
            dialled: VecDeque::new(),
            received: VecDeque::new(),
            missed: VecDeque::new(),
        }
    }

    /// Called at power-up: the first book is the one again.
    pub(super) fn power_on(modem: &mut Modem) {
        modem.phonebook.chosen = first(&modem.profile);
        modem.phonebook.written = None;
    }

    /// This number was dialled.
    pub(super) fn dialled(modem: &mut Modem, number: &str) {
        let Some(entry) = Self::remember(modem, Storage::Dialled, number) else { return };
        let profile = std::sync::Arc::clone(&modem.profile);
        // A card that is locked, or not there, is not written.
        let _ = modem.sim.push_in_book(&profile.sim, Book::Dialled, &entry);
    }

    /// A call of this number was taken; empty: it was withheld.
    pub(super) fn received(modem: &mut Modem, number: &str) {
        Self::remember(modem, Storage::Received, number);
    }

    /// A call of this number was not taken; empty: it was withheld.
    pub(super) fn missed(modem: &mut Modem, number: &str) {
        Self::remember(modem, Storage::Missed, number);
    }

    /// Whether the card lets this number be dialled: fixed dialling is off, or the number begins with an entry of it.
    pub(super) fn permits(modem: &Modem, number: &str) -> bool {
        if !modem.sim.fixed_dialling(&modem.profile.sim) {
            return true;
        }
        let Ok(number) = DiallingNumber::read(number, None) else { return false };
        let begins = |(_, entry): &(u8, Entry)| entry.number.begins(&number);
        modem.sim.book(&modem.profile.sim, Book::Fixed).is_ok_and(|entries| entries.iter().any(begins))
    }

    /// The number that a dial string means where it names an entry: `>ME5`, `>5` or `>"Lab"`.
    ///
    /// A name is looked for in the chosen book first, then in the card's and the modem's.
    ///
    /// # Errors
    /// No such place (21) or entry (22), or what the card wants first.
    pub(super) fn target(modem: &Modem, target: &Target<'_>) -> Result<Option<String>, CmeError> {
        let chosen = modem.phonebook.chosen;
        match *target {
            Target::Number(_) | Target::Last => Ok(None),
            Target::Entry { storage, index } => {
                let storage = match storage {
                    Some(name) => known(modem, name).ok_or(CmeError::INVALID_INDEX)?,
                    None => chosen,
                };
                storage.ready(modem)?;
                let size = u32::from(storage.limits(modem).size);
                let index = u16::try_from(index).ok().filter(|_| (1..=size).contains(&index));
                let index = index.ok_or(CmeError::INVALID_INDEX)?;
                let found = storage.entries(modem)?.into_iter().find(|(at, _)| *at == index);
                found.map(|(_, entry)| Some(entry.number.text())).ok_or(CmeError::NOT_FOUND)
            }
            Target::Called(name) => {
                let name = modem.decode(name).ok_or(CmeError::INVALID_CHARACTERS)?;
                for storage in [chosen, Storage::Card, Storage::Modem] {
                    let Ok(entries) = storage.ready(modem).and_then(|()| storage.entries(modem)) else { continue };
                    let called = |(_, entry): &(u16, Entry)| entry.name == name && entry.number.len() > 0;
                    if let Some((_, entry)) = entries.into_iter().find(called) {
                        return Ok(Some(entry.number.text()));
                    }
                }
                Err(CmeError::NOT_FOUND)
            }
        }
    }

    /// The name under which a number stands in a book, for `+CLIP` and its kin; empty: under none.
    pub(super) fn name_of(modem: &Modem, number: &str) -> String {
        let Ok(number) = DiallingNumber::read(number, None) else { return String::new() };
        let of = |storage: Storage| {
            let entries = storage.ready(modem).and_then(|()| storage.entries(modem)).unwrap_or_default();
            entries.into_iter().find(|(_, entry)| entry.number == number).map(|(_, entry)| entry.name)
        };
        of(Storage::Card).or_else(|| of(Storage::Modem)).unwrap_or_default()
    }

    fn remember(modem: &mut Modem, storage: Storage, number: &str) -> Option<Entry> {
        let entry = Entry { number: DiallingNumber::read(number, None).ok()?, name: Self::name_of(modem, number) };
        let most = usize::from(modem.profile.phonebook.calls);
        let list = modem.phonebook.list(storage)?;
        list.push_front(entry.clone());
        list.truncate(most);
        Some(entry)
    }
}

/// The book that is chosen at power-up.
fn first(profile: &Profile) -> Storage {
    profile.phonebook.storages().next().unwrap_or(Storage::Card)
}

/// The book of this name, if the modem has it.
fn known(modem: &Modem, name: &[u8]) -> Option<Storage> {
    let name = std::str::from_utf8(name).ok()?;
    let wanted = Storage::named(name)?;
    modem.profile.phonebook.storages().find(|storage| *storage == wanted)
}
