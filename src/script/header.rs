//! The header: TOML between two `+++`, and the cases that vary it.
//!
//! Knows its keys and their types. What stands in `set`, `sim`, `network` and `register` is kept with its places, for the
//! rooms that know those keys.

use std::collections::BTreeMap;
use std::sync::Arc;

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

/// Where a key of [`Settings`] stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    /// The file: the script, or its cases' file.
    pub source: Arc<Source>,
    /// The key.
    pub key: Span,
    /// What it is set to.
    pub value: Span,
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
#[derive(Debug, Clone, PartialEq)]
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
