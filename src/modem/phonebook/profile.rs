//! `[phonebook]`: the books that the modem has, and the one that it keeps itself.

use std::fmt;

use serde::Deserialize;

use super::storage::Storage;
use crate::modem::sim::dialling::{DiallingNumber, Entry};

/// `[phonebook]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PhonebookProfile {
    /// `<storage>` of `+CPBS`, in the order of the test form; the first is chosen at power-up.
    pub storages: Vec<String>,
    /// Entries of `ME`.
    pub size: u16,
    /// Digits of a number there.
    pub number: u8,
    /// Characters of a name there.
    pub name: u8,
    /// What stands in it.
    pub entries: Vec<Contact>,
    /// Entries of `DC`, `RC` and `MC`.
    pub calls: u8,
    /// What `+CPBR` and `+CPBF` answer where there is no entry.
    pub none: NoEntry,
    /// `+CPBW` without an index says where the entry is now.
    pub written: bool,
}

/// What `+CPBR` and `+CPBF` answer where there is no entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoEntry {
    /// `OK` alone.
    Ok,
    /// `+CME ERROR: 22`
    NotFound,
}

/// An entry of a phone book: `{ index = 1, number = "+15550100", name = "Lab" }`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// Its place, from 1; none: the first that is free.
    #[serde(default)]
    pub index: Option<u16>,
    /// The number, with `+` where it is an international one.
    pub number: String,
    /// The name.
    #[serde(default)]
    pub name: String,
}

impl fmt::Display for Contact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\" \"{}\"", self.number, self.name)
    }
}

impl Contact {
    /// The entry; `None` where the number is none.
    pub(in crate::modem) fn entry(&self) -> Option<Entry> {
        let number = DiallingNumber::read(&self.number, None).ok()?;
        Some(Entry { number, name: self.name.clone() })
    }

    /// Checks what no type can.
    ///
    /// # Errors
    /// What was expected.
    pub(in crate::modem) fn check(&self, size: u16) -> Result<Entry, String> {
        match self.index {
            Some(index) if !(1..=size).contains(&index) => {
                Err(format!("expected an index of 1 to {size} for {self}, not {index}"))
            }
            Some(_) | None => self.entry().ok_or_else(|| format!("expected digits, * and # in the number of {self}")),
        }
    }
}

impl PhonebookProfile {
    /// The books that the modem has.
    pub(super) fn storages(&self) -> impl Iterator<Item = Storage> {
        self.storages.iter().filter_map(|name| Storage::named(name))
    }

    /// Checks what no type can.
    ///
    /// # Errors
    /// The key whose value cannot be, and why not.
    pub(in crate::modem) fn check(&self) -> Result<(), (&'static str, String)> {
        if let Some(name) = self.storages.iter().find(|name| Storage::named(name).is_none()) {
            let known = Storage::ALL.map(Storage::name).join(" ");
            return Err(("phonebook.storages", format!("no phone book is called {name}: {known}")));
        }
        if self.storages.is_empty() {
            return Err(("phonebook.storages", "expected a phone book".to_owned()));
        }
        if self.size > 2_000 {
            return Err(("phonebook.size", format!("expected 0 to 2000 entries, not {}", self.size)));
        }
        for contact in &self.entries {
            let entry = contact.check(self.size).map_err(|message| ("phonebook.entries", message))?;
            let fits =
                entry.number.len() <= usize::from(self.number) && entry.name.chars().count() <= usize::from(self.name);
            if !fits {
                return Err(("phonebook.entries", format!("{contact} is longer than the modem's book has room for")));
            }
        }
        Ok(())
    }
}
