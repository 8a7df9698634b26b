//! Who got which name: the same for the same, over a whole script or session.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::identity::{Identity, Kind};
use super::known::Known;
use super::subjects::Subjects;
use super::talk::Talk;
use super::{Find, What, digits};
use crate::run::matching::{Capture, Captures};
use crate::script::{Header, ModemHeader, Side, Type};

/// So many names are kept; what is new beyond is masked without one.
const MOST: usize = 1024;

/// Whose the card is that is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Card {
    /// Somebody's, or it cannot be known.
    #[default]
    Real,
    /// The virtual modem's: its PINs are nobody's, and so is what it holds and no identity can be read from.
    Virtual,
}

/// The names that identities got, and the identities that may be shown.
///
/// A mask is never taken back: what was masked once is masked wherever it turns up again.
#[derive(Debug, Clone, Default)]
pub struct Masks {
    /// Digits that the script's header gives.
    given: HashSet<String>,
    card: Card,
    known: Known,
    pub(super) entries: Vec<Entry>,
    /// Names that something else has.
    pub(super) taken: HashSet<String>,
    /// How many names begin with a word.
    numbers: HashMap<String, u32>,
    talks: HashMap<String, Talk>,
}

/// A name and what it stands for.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) capture: Capture,
    pub(super) bound: Bound,
}

/// Where a name is bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bound {
    /// Nowhere: it stands in comments and logs only.
    No,
    /// In an expected line.
    Line,
    /// In `[values]`.
    Header,
}

impl Masks {
    /// Masks for what is no script: a log, a session.
    pub fn new() -> Self {
        Self::default()
    }

    /// Masks for a script with this header. What the header gives is shown; what was given from outside keeps its name.
    pub fn of_header(header: &Header, captures: &Captures, card: Card) -> Self {
        let mut masks = Self { card, ..Self::default() };
        masks.give_header(header);
        let mut outside: Vec<_> = captures.iter().filter(|(_, capture)| capture.outside).collect();
        outside.sort_by_key(|(name, _)| *name);
        for (name, capture) in outside {
            masks.taken.insert(name.to_owned());
            masks.entries.push(Entry { name: name.to_owned(), capture: capture.clone(), bound: Bound::Header });
        }
        masks
    }

    fn give_header(&mut self, header: &Header) {
        for (name, value) in &header.values {
            self.taken.insert(name.text.clone());
            value.iter().for_each(|value| self.give(value));
        }
        let texts = [&header.title, &header.imei];
        texts.into_iter().flatten().for_each(|text| self.give(&text.value));
        for settings in [&header.set, &header.sim, &header.network, &header.register] {
            settings.table.values().for_each(|value| self.give_setting(value));
        }
        for ModemHeader { imei, set, .. } in &header.modems {
            imei.iter().for_each(|imei| self.give(&imei.value));
            set.table.values().for_each(|value| self.give_setting(value));
        }
    }

    fn give_setting(&mut self, value: &toml::Value) {
        match value {
            toml::Value::String(text) => self.give(text),
            toml::Value::Integer(number) => self.give(&number.to_string()),
            toml::Value::Array(values) => values.iter().for_each(|value| self.give_setting(value)),
            toml::Value::Table(table) => table.values().for_each(|value| self.give_setting(value)),
            toml::Value::Float(_) | toml::Value::Boolean(_) | toml::Value::Datetime(_) => {}
        }
    }

    /// Lets everything be shown that stands in `text`.
    fn give(&mut self, text: &str) {
        for run in text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|run| run.len() >= 4) {
            self.given.insert(run.to_owned());
            let digits: bool = run.bytes().all(|byte| byte.is_ascii_digit());
            if digits && (14..=17).contains(&run.len()) {
                self.given.insert(run[..14].to_owned());
            }
        }
    }

    fn is_shown(&self, identity: &Identity) -> bool {
        identity.is_public()
            || self.given.contains(identity.digits())
            || identity.kind == Kind::Pin && self.card == Card::Virtual
    }

    /// Of what was found what must not be shown, and every other place where a known identity stands; in order, and no two
    /// overlap.
    pub(super) fn private(&mut self, line: &[u8], found: Vec<Find>) -> Vec<Find> {
        let mut found: Vec<Find> = found.into_iter().filter(|find| !self.may_show(line, find)).collect();
        for find in &found {
            match &find.what {
                What::Plain(identity) | What::Coded(identity) => self.known.learn(identity),
                What::Opaque => {}
            }
        }
        self.known.sweep(line, &mut found);
        found.sort_by_key(|find| (find.range.start, std::cmp::Reverse(find.range.end)));
        let mut apart: Vec<Find> = Vec::with_capacity(found.len());
        for find in found {
            match apart.last_mut() {
                Some(last) if find.range.start < last.range.end => {
                    if find.range.end > last.range.end {
                        *last = Find { range: last.range.start..find.range.end, what: What::Opaque };
                    }
                }
                Some(_) | None => apart.push(find),
            }
        }
        apart
    }

    fn may_show(&self, line: &[u8], find: &Find) -> bool {
        match &find.what {
            What::Plain(identity) | What::Coded(identity) => self.is_shown(identity),
            What::Opaque => {
                let text = std::str::from_utf8(&line[find.range.clone()]);
                self.card == Card::Virtual || text.is_ok_and(|text| self.given.contains(text))
            }
        }
    }

    /// Knows from the start what other masks have come to know.
    pub(super) fn learn_from(&mut self, other: Self) {
        self.known = other.known;
    }

    /// The name of the device with this serial number, where a line or `[values]` binds it.
    pub(super) fn device_with_serial(&self, serial: &[u8]) -> Option<&str> {
        let capture = self.known.device_with_serial(serial)?.capture();
        let entry = self.entries.iter().find(|entry| entry.bound != Bound::No && alike(&entry.capture, &capture))?;
        Some(&entry.name)
    }

    /// What must not be shown in a line of a conversation.
    pub(super) fn in_line(&mut self, talk: &mut Talk, side: Side, line: &[u8]) -> Vec<Find> {
        let found = talk.said(side, line);
        self.private(line, found)
    }

    /// What must not be shown in a text that is about this.
    pub(super) fn in_text(&mut self, text: &[u8], about: Subjects) -> Vec<Find> {
        let mut found = digits::finds(text, about);
        // A message quotes lines: ‘AT+CPIN="…"’.
        for quote in quotes(text) {
            let line = &text[quote.clone()];
            let host = line.get(..2).is_some_and(|prefix| prefix.eq_ignore_ascii_case(b"AT"));
            let finds = Talk::default().said(if host { Side::Host } else { Side::Modem }, line);
            found.extend(finds.into_iter().map(|find| find.moved(quote.start)));
        }
        self.known.sweep_pins(text, &mut found);
        self.private(text, found)
    }

    /// The name of an identity or of what it is written as, given to it where it has none and names are left.
    fn name_of(&mut self, capture: &Capture, word: &str) -> Option<String> {
        if let Some(entry) = self.entries.iter().find(|entry| alike(&entry.capture, capture)) {
            return Some(entry.name.clone());
        }
        if self.entries.len() >= MOST {
            return None;
        }
        let name = self.free_name(word);
        self.entries.push(Entry { name: name.clone(), capture: capture.clone(), bound: Bound::No });
        Some(name)
    }

    /// `imei`, `imei_2`, `imei_3`: the first that nobody has.
    pub(super) fn free_name(&mut self, word: &str) -> String {
        let number = self.numbers.entry(word.to_owned()).or_default();
        loop {
            *number += 1;
            let name = if *number == 1 { word.to_owned() } else { format!("{word}_{number}") };
            if self.taken.insert(name.clone()) {
                return name;
            }
        }
    }

    /// A line for a log: each identity as its name in braces, `{*}` where none can be told.
    ///
    /// `lane` tells conversations apart, since what was asked decides what an answer is: the name of the modem, or nothing
    /// where there is only one. The names are the same on all.
    pub fn line(&mut self, lane: &str, side: Side, line: &[u8]) -> Vec<u8> {
        let mut talk = self.talks.remove(lane).unwrap_or_default();
        let found = self.in_line(&mut talk, side, line);
        self.talks.insert(lane.to_owned(), talk);
        self.written(line, &found)
    }

    /// A message, a note, a program's output.
    pub fn text(&mut self, text: &str) -> String {
        let mut found = self.in_text(text.as_bytes(), Subjects::NONE);
        self.known.sweep_serials(text.as_bytes(), &mut found);
        if found.is_empty() {
            return text.to_owned();
        }
        String::from_utf8_lossy(&self.written(text.as_bytes(), &found)).into_owned()
    }

    /// A value that is about this: `imei`, `imsi`, `msisdn`.
    pub(in crate::run) fn value(&mut self, about: &str, text: &str) -> String {
        let found = self.in_text(text.as_bytes(), Subjects::of(about.as_bytes()));
        String::from_utf8_lossy(&self.written(text.as_bytes(), &found)).into_owned()
    }

    /// A script's source, each mask as long as what it stands for, so that places in it hold.
    pub fn source(&mut self, text: &str) -> String {
        let mut found = Vec::new();
        let mut talk = Talk::default();
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            if let Some((side, at)) = spoken(line) {
                let finds = talk.said(side, &line.as_bytes()[at..]);
                found.extend(finds.into_iter().map(|find| find.moved(start + at)));
            }
            start += line.len();
        }
        found.extend(digits::finds(text.as_bytes(), Subjects::NONE));
        self.known.sweep_pins(text.as_bytes(), &mut found);
        let found = self.private(text.as_bytes(), found);
        let mut out = text.as_bytes().to_vec();
        for find in found {
            let name = self.mask(text.as_bytes(), &find);
            let name = if name.len() <= find.range.len() { name.as_bytes() } else { b"" };
            for (at, byte) in out[find.range].iter_mut().enumerate() {
                *byte = name.get(at).copied().unwrap_or(b'*');
            }
        }
        String::from_utf8(out).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
    }

    fn written(&mut self, line: &[u8], found: &[Find]) -> Vec<u8> {
        let mut out = Vec::with_capacity(line.len());
        let mut at = 0;
        for find in found {
            out.extend_from_slice(&line[at..find.range.start]);
            out.extend_from_slice(self.mask(line, find).as_bytes());
            at = find.range.end;
        }
        out.extend_from_slice(&line[at..]);
        out
    }

    /// `{imei}`, `{imei_2}`, `{*}`.
    fn mask(&mut self, line: &[u8], find: &Find) -> String {
        let name = match &find.what {
            What::Plain(identity) => self.name_of(&identity.capture(), identity.kind.word()),
            What::Coded(identity) => {
                let word = format!("{}_hex", identity.kind.word());
                self.name_of(&coded_capture(&line[find.range.clone()]), &word)
            }
            What::Opaque => None,
        };
        name.map_or_else(|| "{*}".to_owned(), |name| format!("{{{name}}}"))
    }
}

/// What a value is bound to that matches these hexadecimal digits.
pub(super) fn coded_capture(hex: &[u8]) -> Capture {
    Capture { kind: Some(Type::Hex), ..Capture::of(hex) }
}

/// Whether a value bound to the one matches the other.
pub(super) fn alike(bound: &Capture, other: &Capture) -> bool {
    let device = |kind| matches!(kind, Some(Type::Imei | Type::Imeisv));
    let kinds = bound.kind == other.kind || bound.kind.is_none() || device(bound.kind) && device(other.kind);
    kinds && bound.same(other)
}

/// Who speaks in a script's line, and where what is said begins.
fn spoken(line: &str) -> Option<(Side, usize)> {
    let sign = line.find(['<', '>'])?;
    let (modem, rest) = line.split_at(sign);
    if !modem.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
        return None;
    }
    let side = if rest.starts_with('>') { Side::Host } else { Side::Modem };
    let length = rest.find(' ').filter(|&length| length <= 2)?;
    Some((side, sign + length + 1))
}

/// What stands between ‘ and ’ or between backticks.
fn quotes(text: &[u8]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for (open, close) in [("‘", "’"), ("`", "`")] {
        let mut at = 0;
        while let Some(start) = memchr::memmem::find(&text[at..], open.as_bytes()).map(|found| at + found + open.len())
        {
            let Some(length) = memchr::memmem::find(&text[start..], close.as_bytes()) else { break };
            found.push(start..start + length);
            at = start + length + close.len();
        }
    }
    found
}
