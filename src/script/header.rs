//! The header: TOML between two `+++`, and the cases that vary it.
//!
//! Knows its keys and their types. What stands in `set`, `sim`, `network` and `register` is kept with its places, for the
//! rooms that know those keys.

pub(super) mod written;

use std::collections::BTreeMap;
use std::sync::Arc;

use super::error::ScriptError;
use super::tree::{Interval, Name, Source, Span};

/// What stands between the two `+++`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Header {
    /// `title`: what the script tells.
    pub title: Option<Spanned<String>>,
    /// `tags`: words to choose scripts by.
    pub tags: Vec<Spanned<String>>,
    /// `modem`: the profile of the virtual modem, by name or path.
    pub modem: Option<Spanned<String>>,
    /// `imei`: its identity.
    pub imei: Option<Spanned<String>>,
    /// `set.*`: its profile's keys.
    pub set: Settings,
    /// `sim.*`
    pub sim: Settings,
    /// `network.*`
    pub network: Settings,
    /// `register.*`
    pub register: Settings,
    /// `[values]`, in their order: names that are bound from the start. `None` is to be given from outside.
    pub values: Vec<(Name, Option<String>)>,
    /// `cases`: one play each; empty without the key.
    pub cases: Vec<Case>,
    /// `cases = "file.csv"`: the path, relative to the script, where they come from a file.
    pub cases_file: Option<Spanned<String>>,
    /// `timeout`: the limit of each line.
    pub timeout: Option<Spanned<Interval>>,
    /// `seed`: of everything that is random.
    pub seed: Option<Spanned<u64>>,
    /// `echo`: of a pure replay.
    pub echo: Option<Spanned<bool>>,
    /// `strict`: as `@ strict`.
    pub strict: Option<Spanned<bool>>,
    /// `expect`: which verdict counts as passed.
    pub expect: Option<Spanned<Verdict>>,
    /// `requires`: fixtures of the bench.
    pub requires: Vec<Spanned<String>>,
    /// `[modems.NAME]`, in their order; never beside `modem`.
    pub modems: Vec<ModemHeader>,
    /// The TOML text as it stands between the two `+++`; `None` without a header, or for one that was made, not read.
    pub text: Option<Span>,
}

impl Header {
    /// Sets a key; keys of a table are set one by one, the others of the table stay.
    pub fn apply(&mut self, setting: Setting) {
        match setting {
            Setting::Title(title) => self.title = Some(title),
            Setting::Tags(tags) => self.tags = tags,
            Setting::Modem(modem) => self.modem = Some(modem),
            Setting::Imei(imei) => self.imei = Some(imei),
            Setting::Set(settings) => self.set.merge(settings),
            Setting::Sim(settings) => self.sim.merge(settings),
            Setting::Network(settings) => self.network.merge(settings),
            Setting::Register(settings) => self.register.merge(settings),
            Setting::Timeout(timeout) => self.timeout = Some(timeout),
            Setting::Seed(seed) => self.seed = Some(seed),
            Setting::Echo(echo) => self.echo = Some(echo),
            Setting::Strict(strict) => self.strict = Some(strict),
            Setting::Expect(verdict) => self.expect = Some(verdict),
            Setting::Requires(requires) => self.requires = requires,
        }
    }

    /// The header as one case has it: its columns set keys and values, and no cases are left.
    ///
    /// The result was made, not read: it has no text of its own.
    #[must_use]
    pub fn for_case(&self, case: &Case) -> Header {
        let mut header = Header { cases: Vec::new(), cases_file: None, text: None, ..self.clone() };
        for setting in &case.settings {
            header.apply(setting.clone());
        }
        for (name, text) in &case.values {
            match header.values.iter_mut().find(|(bound, _)| bound.text == name.text) {
                Some((_, value)) => *value = Some(text.clone()),
                None => header.values.push((name.clone(), Some(text.clone()))),
            }
        }
        header
    }

    /// The modem of `[modems]` that goes by this prefix.
    pub fn modem_named(&self, name: &str) -> Option<&ModemHeader> {
        self.modems.iter().find(|modem| modem.name.text == name)
    }
}

impl Settings {
    /// Sets the key at a dotted path, making the tables on the way.
    pub fn insert(&mut self, path: &str, value: toml::Value, place: Place) {
        let mut table = &mut self.table;
        let mut keys: Vec<&str> = path.split('.').collect();
        let last = keys.pop().unwrap_or(path);
        for key in keys {
            let slot = table.entry(key).or_insert_with(|| toml::Value::Table(toml::Table::new()));
            if !slot.is_table() {
                *slot = toml::Value::Table(toml::Table::new());
            }
            let toml::Value::Table(inner) = slot else { return };
            table = inner;
        }
        table.insert(last.to_owned(), value);
        self.places.insert(path.to_owned(), place);
    }

    /// Sets what `other` sets, and leaves the rest.
    pub fn merge(&mut self, other: Settings) {
        merge(&mut self.table, other.table);
        self.places.extend(other.places);
    }

    /// Where the dotted key stands, or else the nearest key around it.
    pub fn place(&self, path: &str) -> Option<&Place> {
        let mut path = path;
        loop {
            if let Some(place) = self.places.get(path) {
                return Some(place);
            }
            path = path.rsplit_once('.')?.0;
        }
    }

    /// An error at the dotted key: at its value, or at the key itself where that is unknown.
    pub fn error(&self, path: &str, at_key: bool, message: impl Into<String>) -> Option<ScriptError> {
        let place = self.place(path)?;
        Some(ScriptError::new(&place.source, if at_key { place.key } else { place.value }, message))
    }
}

fn merge(into: &mut toml::Table, from: toml::Table) {
    for (key, value) in from {
        match (into.get_mut(&key), value) {
            (Some(toml::Value::Table(old)), toml::Value::Table(new)) => merge(old, new),
            (_, value) => {
                into.insert(key, value);
            }
        }
    }
}

impl Setting {
    /// Moves every place in it to `span`: a cell of a cases' file is one place.
    pub(super) fn stands_at(&mut self, span: Span) {
        match self {
            Setting::Title(text) | Setting::Modem(text) | Setting::Imei(text) => text.span = span,
            Setting::Tags(texts) | Setting::Requires(texts) => texts.iter_mut().for_each(|text| text.span = span),
            Setting::Set(settings)
            | Setting::Sim(settings)
            | Setting::Network(settings)
            | Setting::Register(settings) => {
                for place in settings.places.values_mut() {
                    (place.key, place.value) = (span, span);
                }
            }
            Setting::Timeout(interval) => interval.span = span,
            Setting::Seed(seed) => seed.span = span,
            Setting::Echo(truth) | Setting::Strict(truth) => truth.span = span,
            Setting::Expect(verdict) => verdict.span = span,
        }
    }
}

/// One of several modems: `[modems.NAME]`.
#[derive(Debug, Clone, PartialEq)]
pub struct ModemHeader {
    /// The prefix of its lines.
    pub name: Name,
    /// `modem`: its profile.
    pub modem: Option<Spanned<String>>,
    /// `imei`: its identity.
    pub imei: Option<Spanned<String>>,
    /// `set.*`: its profile's keys.
    pub set: Settings,
}

/// Keys that another room judges, with their places.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Settings {
    /// The keys as TOML gives them.
    pub table: toml::Table,
    /// Where each dotted key stands, the table's own name left out: `a.b` → key and value.
    pub places: BTreeMap<String, Place>,
}

/// Where a key of [`Settings`] stands; any two are equal, as spans are.
#[derive(Debug, Clone)]
pub struct Place {
    /// The file: the script, or its cases' file.
    pub source: Arc<Source>,
    /// The key.
    pub key: Span,
    /// What it is set to.
    pub value: Span,
}

impl PartialEq for Place {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// A value and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Its place.
    pub span: Span,
}

/// `expect`: which verdict the script is to end with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// `"passed"`, the default.
    Passed,
    /// `"failed"`: passes only if the script fails.
    Failed,
}

/// One row of `cases`: the script is played with it once.
#[derive(Debug, Clone)]
pub struct Case {
    /// `name`, or the row's number, counted from 1.
    pub name: String,
    /// Where the row stands, in [`Case::source`].
    pub span: Span,
    /// The file of the row: the script, or its cases' file.
    pub source: Arc<Source>,
    /// Columns that are named like a header key.
    pub settings: Vec<Setting>,
    /// All other columns: names and what they are bound to.
    pub values: Vec<(Name, String)>,
}

impl PartialEq for Case {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.settings == other.settings && self.values == other.values
    }
}

/// A header key with its value.
#[derive(Debug, Clone, PartialEq)]
pub enum Setting {
    /// `title`
    Title(Spanned<String>),
    /// `tags`
    Tags(Vec<Spanned<String>>),
    /// `modem`
    Modem(Spanned<String>),
    /// `imei`
    Imei(Spanned<String>),
    /// `set.*`
    Set(Settings),
    /// `sim.*`
    Sim(Settings),
    /// `network.*`
    Network(Settings),
    /// `register.*`
    Register(Settings),
    /// `timeout`
    Timeout(Spanned<Interval>),
    /// `seed`
    Seed(Spanned<u64>),
    /// `echo`
    Echo(Spanned<bool>),
    /// `strict`
    Strict(Spanned<bool>),
    /// `expect`
    Expect(Spanned<Verdict>),
    /// `requires`
    Requires(Vec<Spanned<String>>),
}
