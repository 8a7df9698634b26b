//! The identities that were seen, to be found again wherever and however they are spelt.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::identity::{Identity, Kind};
use super::{Find, What, coded, digits};

/// So many are kept.
const MOST: usize = 1024;

/// So many bytes of a spelling are looked up at once; none is shorter.
const START: usize = 6;

/// What is known, and all its spellings by how they start.
#[derive(Debug, Clone, Default)]
pub(super) struct Known {
    identities: Vec<Identity>,
    digits: HashSet<String>,
    starts: HashMap<[u8; START], Vec<Spelling>>,
}

/// One way to write an identity.
#[derive(Debug, Clone)]
struct Spelling {
    upper: Vec<u8>,
    /// The identity's place among the known ones.
    of: usize,
    coded: bool,
}

impl Known {
    pub(super) fn learn(&mut self, identity: &Identity) {
        let digits = identity.digits().to_ascii_uppercase();
        if self.identities.len() >= MOST || !self.digits.insert(digits.clone()) {
            return;
        }
        let of = self.identities.len();
        self.identities.push(identity.clone());
        // A PIN's few digits could be anything.
        if digits.len() < digits::SHORTEST_NUMBER {
            return;
        }
        let plain = Spelling { upper: digits.clone().into_bytes(), of, coded: false };
        let coded = coded::spellings(&digits).into_iter().map(|upper| Spelling { upper, of, coded: true });
        for spelling in std::iter::once(plain).chain(coded) {
            if let Some(start) = spelling.upper.first_chunk::<START>() {
                self.starts.entry(*start).or_default().push(spelling);
            }
        }
    }

    /// Adds to what was `found` every other place where a known identity stands.
    pub(super) fn sweep(&self, line: &[u8], found: &mut Vec<Find>) {
        if self.starts.is_empty() {
            return;
        }
        let upper = line.to_ascii_uppercase();
        let looked_into = found.len();
        for (at, start) in upper.windows(START).enumerate() {
            let start = start.first_chunk::<START>().filter(|start| start[0].is_ascii_hexdigit());
            for spelling in start.and_then(|start| self.starts.get(start)).into_iter().flatten() {
                let range = at..at + spelling.upper.len();
                let is_found = |find: &Find| find.range.start <= range.start && range.end <= find.range.end;
                if !upper[at..].starts_with(&spelling.upper) || found[..looked_into].iter().any(is_found) {
                    continue;
                }
                let identity = &self.identities[spelling.of];
                found.push(if spelling.coded {
                    Find { range: widened(line, range), what: What::Coded(identity.clone()) }
                } else {
                    spelt(line, range, identity)
                });
            }
        }
    }

    /// PINs in free text, where they stand by themselves.
    pub(super) fn sweep_pins(&self, text: &[u8], found: &mut Vec<Find>) {
        for identity in self.identities.iter().filter(|identity| identity.kind == Kind::Pin) {
            let what = || What::Plain(identity.clone());
            found.extend(whole_words(text, &identity.text).map(|range| Find { range, what: what() }));
        }
    }

    /// Serial numbers alone, as a check asks for them; `found` stays in order.
    pub(super) fn sweep_serials(&self, text: &[u8], found: &mut Vec<Find>) {
        let before = found.len();
        for serial in self.identities.iter().filter_map(Identity::serial) {
            for range in whole_words(text, serial) {
                if !found.iter().any(|find| find.range.start < range.end && range.start < find.range.end) {
                    found.push(Find { range, what: What::Opaque });
                }
            }
        }
        if found.len() > before {
            found.sort_by_key(|find| find.range.start);
        }
    }

    /// The device with this serial number.
    pub(super) fn device_with_serial(&self, serial: &[u8]) -> Option<&Identity> {
        self.identities.iter().find(|known| known.serial().is_some_and(|own| own.as_bytes() == serial))
    }
}

/// The digits of a known identity in a line, with those around them that belong to it.
fn spelt(line: &[u8], range: Range<usize>, identity: &Identity) -> Find {
    let before = line[..range.start].iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let after = line[range.end..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let text = |range: Range<usize>| String::from_utf8_lossy(&line[range]).into_owned();
    let plain = |range: Range<usize>, kind| {
        let identity = Identity::new(kind, text(range.clone()));
        Find { range, what: What::Plain(identity) }
    };
    match identity.kind {
        // A check digit, a software version, or both behind it.
        Kind::Imei | Kind::Imeisv if before == 0 && after <= 3 => {
            let whole = range.start..range.end + after;
            match after {
                2 => plain(whole, Kind::Imeisv),
                3 => {
                    let identity = Identity::new(Kind::Imei, text(whole.start..whole.end - 2));
                    Find { range: whole, what: What::Plain(identity) }
                }
                _ => plain(whole, Kind::Imei),
            }
        }
        Kind::Imei | Kind::Imeisv => Find { range: range.start - before..range.end + after, what: What::Opaque },
        Kind::Msisdn if range.start > 0 && line[range.start - 1] == b'+' => {
            plain(range.start - 1..range.end, Kind::Msisdn)
        }
        kind @ (Kind::Meid | Kind::Esn | Kind::Imsi | Kind::Iccid | Kind::Eid | Kind::Msisdn | Kind::Pin) => {
            plain(range, kind)
        }
    }
}

/// With the octet on either side, which may hold one digit more.
fn widened(line: &[u8], range: Range<usize>) -> Range<usize> {
    let hex = |byte: &&u8| byte.is_ascii_hexdigit();
    let before = line[..range.start].iter().rev().take(2).take_while(hex).count();
    let after = line[range.end..].iter().take(2).take_while(hex).count();
    range.start - before..range.end + after
}

/// Where a word stands by itself.
fn whole_words<'a>(text: &'a [u8], word: &'a str) -> impl Iterator<Item = Range<usize>> + 'a {
    memchr::memmem::find_iter(text, word.as_bytes()).map(|at| at..at + word.len()).filter(|range| {
        let beside = [range.start.checked_sub(1).and_then(|at| text.get(at)), text.get(range.end)];
        !beside.into_iter().flatten().any(u8::is_ascii_alphanumeric)
    })
}
