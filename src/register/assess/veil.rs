//! What reports show of an identity.

use crate::identity::{Equipment, Iccid, Imei, ImeiKey, Imsi, Spelling};
use crate::register::{Entry, Subject};
use std::collections::HashMap;

/// So many names are given; what is new beyond is told as `{*}`.
const MOST: usize = 65_536;
/// So many digits in a row are somebody's number, wherever they stand.
const SHORTEST_NUMBER: usize = 7;
/// So much is shown of what is no identity.
const LONGEST_TEXT: usize = 80;

/// Puts names in the place of identities, the same for the same: `{imei}`, `{imei_2}`, `{imsi}`.
///
/// All spellings of a device have one name. Test equipment, test subscriptions, the public samples and the numbers of
/// unprogrammed devices are nobody's, and are shown as they are. One veil is for one report or log: the names are in the
/// order in which identities turn up.
#[derive(Debug, Clone, Default)]
pub struct Veil {
    is_lifted: bool,
    names: HashMap<String, String>,
    counts: HashMap<&'static str, usize>,
}

impl Veil {
    /// A veil; with `reveal` one that hides nothing.
    pub fn new(reveal: bool) -> Self {
        Self { is_lifted: reveal, ..Self::default() }
    }

    /// A device's identity.
    pub fn equipment(&mut self, equipment: Equipment) -> String {
        let text = equipment.to_string();
        let key = equipment.key();
        if self.is_lifted || equipment.is_test() || key.is_some_and(|key| key.default_of().is_some()) {
            return text;
        }
        let word = match equipment {
            Equipment::Imei(_) | Equipment::Imeisv(_) | Equipment::ImeiAndSvn(..) => "imei",
            Equipment::Meid(_) => "meid",
            Equipment::Esn(_) => "esn",
        };
        self.name(word, key.map_or(text, |key| key.to_string()))
    }

    /// A subscription.
    pub fn imsi(&mut self, imsi: Imsi) -> String {
        if self.is_lifted || imsi.is_test() { imsi.to_string() } else { self.name("imsi", imsi.to_string()) }
    }

    /// A card.
    pub fn iccid(&mut self, iccid: Iccid) -> String {
        if self.is_lifted || iccid.is_test() { iccid.to_string() } else { self.name("iccid", iccid.to_string()) }
    }

    /// The device of a key.
    pub fn key(&mut self, key: ImeiKey) -> String {
        self.equipment(Equipment::Imei(Imei::of(key)))
    }

    /// What a row is about.
    pub fn subject(&mut self, subject: &Subject) -> String {
        match subject {
            Subject::Entry(Entry::Tac(tac)) => tac.to_string(),
            Subject::Entry(Entry::Device(key)) => self.key(*key),
            Subject::Entry(Entry::Pair(key, imsi)) => format!("{}+{}", self.key(*key), self.imsi(*imsi)),
            Subject::Entry(Entry::Range { low, high }) => {
                let mut end = |key| self.equipment(Equipment::Imei(Imei::with_last(key, None)));
                format!("{}..{}", end(*low), end(*high))
            }
            Subject::Hash(hash) => hash.to_string(),
        }
    }

    /// What somebody wrote: control characters escaped, long numbers veiled.
    pub fn foreign(&mut self, text: &str) -> String {
        let mut told = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(character) = rest.chars().next() {
            let digits = rest.len() - rest.trim_start_matches(|character: char| character.is_ascii_digit()).len();
            let length = if digits == 0 { character.len_utf8() } else { digits };
            let (piece, after) = rest.split_at(length);
            match digits {
                0 if character.is_control() => told.extend(character.escape_default()),
                SHORTEST_NUMBER.. if !self.is_lifted => told.push_str(&self.number(piece)),
                _ => told.push_str(piece),
            }
            rest = after;
        }
        told
    }

    /// What is no identity, though one was expected.
    pub fn unread(&mut self, text: &str) -> String {
        // What has hardly a digit in it identifies nobody.
        let telling = text.chars().filter(char::is_ascii_digit).count() >= SHORTEST_NUMBER;
        if telling && !self.is_lifted {
            return self.name("identity", text.to_owned());
        }
        let shown = text.chars().take(LONGEST_TEXT).collect::<String>().escape_debug().to_string();
        if text.chars().nth(LONGEST_TEXT).is_some() { shown + "…" } else { shown }
    }

    /// Digits in a text: as the device that they name, if they name one.
    fn number(&mut self, digits: &str) -> String {
        match Spelling::parse(digits) {
            Ok(spelling) => self.equipment(spelling.equipment),
            Err(_) => self.name("number", digits.to_owned()),
        }
    }

    fn name(&mut self, word: &'static str, of: String) -> String {
        if let Some(name) = self.names.get(&of) {
            return name.clone();
        }
        if self.names.len() >= MOST {
            return "{*}".to_owned();
        }
        let count = self.counts.entry(word).or_default();
        *count += 1;
        let name = if *count == 1 { format!("{{{word}}}") } else { format!("{{{word}_{count}}}") };
        self.names.insert(of, name.clone());
        name
    }
}
