//! The three lists, and which entry decides about a device.

use super::entry::Entry;
use super::ranges::Ranges;
use crate::identity::{ImeiKey, Imsi, Tac};
use std::collections::HashMap;
use std::fmt;

/// Which list an entry is on. Ordered as they decide between equal entries: block first.
///
/// Source: 3GPP TS 22.016, clause 5 (black, grey and white list).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum List {
    /// May not join.
    Block,
    /// May join and is reported.
    Track,
    /// May join.
    Allow,
}

impl List {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Block, Self::Track, Self::Allow];

    /// The list that [`word`](Self::word) names.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|list| list.word() == word)
    }

    /// `block`, `track` or `allow`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Block => "block",
            Self::Track => "track",
            Self::Allow => "allow",
        }
    }
}

impl fmt::Display for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// The lists.
///
/// An entry is on one list at a time: putting it on another takes it off the first. The closest entry decides: a device
/// with its subscription before the device, the device before ranges, the narrower range before the wider, ranges before
/// a TAC unless they are wider than one; among equally wide ranges block before track before allow.
#[derive(Debug, Clone, Default)]
pub struct Lists {
    pairs: HashMap<(ImeiKey, Imsi), List>,
    devices: HashMap<ImeiKey, List>,
    ranges: Ranges,
    tacs: HashMap<Tac, List>,
}

impl Lists {
    /// Puts an entry on a list.
    pub fn put(&mut self, list: List, entry: Entry) {
        match entry {
            Entry::Pair(key, imsi) => {
                self.pairs.insert((key, imsi), list);
            }
            Entry::Device(key) => {
                self.devices.insert(key, list);
            }
            Entry::Range { low, high } => self.ranges.insert(low, high, list),
            Entry::Tac(tac) => {
                self.tacs.insert(tac, list);
            }
        }
    }

    /// Takes an entry off whatever list it is on; whether it was on one.
    pub fn forget(&mut self, entry: Entry) -> bool {
        match entry {
            Entry::Pair(key, imsi) => self.pairs.remove(&(key, imsi)).is_some(),
            Entry::Device(key) => self.devices.remove(&key).is_some(),
            Entry::Range { low, high } => self.ranges.remove(low, high),
            Entry::Tac(tac) => self.tacs.remove(&tac).is_some(),
        }
    }

    /// The entry that decides about a device.
    pub fn find(&mut self, key: ImeiKey, imsi: Option<Imsi>) -> Option<(List, Entry)> {
        if let Some(imsi) = imsi
            && let Some(&list) = self.pairs.get(&(key, imsi))
        {
            return Some((list, Entry::Pair(key, imsi)));
        }
        if let Some(&list) = self.devices.get(&key) {
            return Some((list, Entry::Device(key)));
        }
        let tac = self.tacs.get(&key.tac()).map(|&list| (list, Entry::Tac(key.tac())));
        match (self.ranges.find(key), tac) {
            (Some(range), Some(tac)) if (tac.1.span(), tac.0) < (range.1.span(), range.0) => Some(tac),
            (Some(range), _) => Some(range),
            (None, tac) => tac,
        }
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.pairs.len() + self.devices.len() + self.ranges.len() + self.tacs.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::Imei;

    fn lists(entries: &[(List, &str)]) -> Lists {
        let mut lists = Lists::default();
        for (list, text) in entries {
            lists.put(*list, Entry::parse(text).unwrap());
        }
        lists
    }

    fn decides(lists: &mut Lists, imei: &str, imsi: Option<&str>) -> String {
        let imsi = imsi.map(|imsi| Imsi::parse(imsi).unwrap());
        match lists.find(Imei::parse(imei).unwrap().key(), imsi) {
            Some((list, entry)) => format!("{list} by {entry}"),
            None => "no entry".to_owned(),
        }
    }

    #[test]
    fn the_closest_entry_decides() {
        let mut lists = lists(&[
            (List::Block, "00101700"),
            (List::Track, "00101700-000000..00101700-000999"),
            (List::Block, "00101700-000100..00101700-000199"),
            (List::Allow, "00101700-000100..00101700-000199"),
            (List::Block, "00101699-000000..00101702-999999"),
            (List::Allow, "00101700-000150"),
            (List::Block, "00101700-000150+001010000000001"),
        ]);
        let all = [
            decides(&mut lists, "00101700-000150", Some("001010000000001")),
            decides(&mut lists, "00101700-000150", Some("001010000000002")),
            decides(&mut lists, "00101700-000150", None),
            decides(&mut lists, "00101700-000151", None),
            decides(&mut lists, "00101700-000999", None),
            decides(&mut lists, "00101700-001000", None),
            decides(&mut lists, "00101701-000000", None),
            decides(&mut lists, "00101703-000000", None),
        ];
        insta::assert_snapshot!(all.join("\n"), @"
        block by 001017000001506+001010000000001
        allow by 001017000001506
        allow by 001017000001506
        allow by 00101700000100..00101700000199
        track by 00101700000000..00101700000999
        block by 00101700
        block by 00101699000000..00101702999999
        no entry
        ");
    }

    #[test]
    fn an_entry_is_on_one_list_at_a_time() {
        let mut lists = lists(&[(List::Block, "00101700123456"), (List::Allow, "001017001234569")]);
        assert_eq!(lists.len(), 1);
        assert_eq!(decides(&mut lists, "001017001234560", None), "allow by 001017001234569");
        assert!(lists.forget(Entry::parse("0010170012345699").unwrap()));
        assert!(!lists.forget(Entry::parse("00101700123456").unwrap()));
        assert!(lists.is_empty());
    }
}
