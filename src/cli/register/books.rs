//! `atgate register block|track|allow|forget`: entries by hand; `source` and `rules`: who is believed, and by what rules.

use std::path::PathBuf;

use clap::Args;
use jiff::Timestamp;

use super::{Place, act, files};
use crate::cli::say::say;
use crate::cli::{CliError, Exit};
use crate::register::assess::Veil;
use crate::register::store::{ImportError, OWN, Outcome, Store, StoreError, Verb};
use crate::register::{Book, Change, Entry, List, RULES, Row};

/// The flags of `atgate register block`, `track` and `allow`.
#[derive(Debug, Args)]
pub(super) struct Put {
    /// IMEIs, TACs, ranges (LOW..HIGH) or IMEI+IMSI pairs
    #[arg(value_name = "IDENTITY", required = true)]
    entries: Vec<String>,

    /// Why: a reason that begins with stolen, lost, fraud, non-payment or regulatory is told apart where others ask
    #[arg(long, value_name = "TEXT")]
    reason: String,

    /// Until when: 2027-01-31, or a time with its zone
    #[arg(long, value_name = "WHEN", value_parser = time)]
    until: Option<Timestamp>,

    /// Whose entry it is
    #[arg(long, value_name = "NAME", default_value = OWN)]
    source: String,
}

/// The flags of `atgate register forget`.
#[derive(Debug, Args)]
pub(super) struct Forget {
    /// What was put on a list
    #[arg(value_name = "IDENTITY", required = true)]
    entries: Vec<String>,

    /// Why, for the log
    #[arg(long, value_name = "TEXT")]
    reason: String,

    /// Whose entry it is
    #[arg(long, value_name = "NAME", default_value = OWN)]
    source: String,
}

/// The flags of `atgate register source`.
#[derive(Debug, Args)]
pub(super) struct Source {
    /// The source
    #[arg(value_name = "NAME", requires = "precedence")]
    name: Option<String>,

    /// Of two sources that list a device the one with more decides; own has 100, others 0 unless told otherwise
    #[arg(long, value_name = "NUMBER", requires = "name", allow_negative_numbers = true)]
    precedence: Option<i32>,
}

/// The flags of `atgate register rules`.
#[derive(Debug, Args)]
pub(super) struct Rules {
    /// A TOML file with policies, weights, lags and conditions
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
}

impl Put {
    pub(super) fn run(self, place: &Place, list: List) -> Result<Exit, CliError> {
        let mut changes = Vec::new();
        for entry in entries(&self.entries)? {
            let row = Row { reason: Some(self.reason.as_str().into()), until: self.until, ..Row::listed(list, entry) };
            changes.push(Change::Put(row));
        }
        let count = changes.len();
        let mut store = place.store()?;
        let outcome = edit(&mut store, Verb::Put, &self.source, self.reason, changes)?;
        tell(&outcome);
        let unchanged = i64::try_from(count).unwrap_or(i64::MAX) - outcome.counts.added - outcome.counts.changed;
        if unchanged > 0 {
            say!("{unchanged} stood there already");
        }
        Ok(Exit::Passed)
    }
}

impl Forget {
    pub(super) fn run(self, place: &Place) -> Result<Exit, CliError> {
        let mut store = place.store()?;
        let known = store.sources()?.into_iter().find(|source| source.name == self.source).map(|source| source.id);
        let mut veil = Veil::new(false);
        let mut changes = Vec::new();
        for entry in entries(&self.entries)? {
            let subject = entry.into();
            let rows = store.about(Book::Lists, &subject)?;
            if rows.iter().any(|row| Some(row.source) == known) {
                changes.push(Change::Drop(subject));
                continue;
            }
            let shown = veil.subject(&subject);
            let names = store.sources()?;
            let others: Vec<&str> = rows
                .iter()
                .filter_map(|row| names.iter().find(|source| source.id == row.source))
                .map(|source| source.name.as_str())
                .collect();
            let error = CliError::usage(format!("{shown} is on no list of {}", self.source));
            return Err(match others.as_slice() {
                [] => {
                    error.help("`atgate register check` says what decides about a device: it may be a range or its TAC")
                }
                others => error.help(format!(
                    "it is listed by {}; name it with --source, or open a case where the listing is wrong",
                    others.join(", ")
                )),
            });
        }
        let outcome = edit(&mut store, Verb::Forget, &self.source, self.reason, changes)?;
        tell(&outcome);
        Ok(Exit::Passed)
    }
}

impl Source {
    pub(super) fn run(self, place: &Place) -> Result<Exit, CliError> {
        let mut store = place.store()?;
        if let (Some(name), Some(precedence)) = (&self.name, self.precedence) {
            let id = store.rank(&act(Verb::Set, None), name, i64::from(precedence))?;
            say!("{name} has precedence {precedence}; act {id}");
            return Ok(Exit::Passed);
        }
        let mut sources = store.sources()?;
        sources.sort_by_key(|source| (std::cmp::Reverse(source.precedence), source.id));
        for source in sources {
            say!("{:>6}  {}", source.precedence, source.name);
        }
        Ok(Exit::Passed)
    }
}

impl Rules {
    pub(super) fn run(self, place: &Place) -> Result<Exit, CliError> {
        let mut store = place.store()?;
        let Some(path) = &self.file else {
            match store.setting(RULES)? {
                Some(text) => say!("{}", text.trim_end()),
                None => say!("# no rules stand in the register: what its help says of each key holds"),
            }
            return Ok(Exit::Passed);
        };
        let (rules, text) = files::rules(path)?;
        for (name, precedence) in &rules.sources {
            store.rank(&act(Verb::Set, None), name, i64::from(*precedence))?;
        }
        let id = store.set(&act(Verb::Set, None), RULES, &text)?;
        say!("the rules of {} hold; act {id}", path.display());
        Ok(Exit::Passed)
    }
}

fn edit(
    store: &mut Store,
    verb: Verb,
    source: &str,
    reason: String,
    changes: Vec<Change>,
) -> Result<Outcome, CliError> {
    Ok(store.edit(&act(verb, Some(reason)), source, Book::Lists, changes)?)
}

fn tell(outcome: &Outcome) {
    let counts = outcome.counts;
    match outcome.act {
        Some(id) => say!(
            "{} added, {} removed, {} changed; act {id}, which `atgate register undo {id}` takes back",
            counts.added,
            counts.removed,
            counts.changed
        ),
        None => say!("nothing changed"),
    }
}

fn entries(texts: &[String]) -> Result<Vec<Entry>, CliError> {
    texts
        .iter()
        .map(|text| {
            Entry::parse(text).map_err(|error| {
                let shown = Veil::new(false).unread(text);
                let help = error.help().map(str::to_owned);
                CliError { help, ..CliError::usage(format!("`{shown}`: {error}")) }
            })
        })
        .collect()
}

/// A time with its zone, or a day, which ends when it ends in UTC.
fn time(text: &str) -> Result<Timestamp, String> {
    if let Ok(time) = text.parse::<Timestamp>() {
        return Ok(time);
    }
    let day: jiff::civil::Date = text.parse().map_err(|_| "expected 2027-01-31 or 2027-01-31T12:00:00Z".to_owned())?;
    let next = day.tomorrow().map_err(|error| error.to_string())?;
    next.to_zoned(jiff::tz::TimeZone::UTC).map(|zoned| zoned.timestamp()).map_err(|error| error.to_string())
}

impl From<ImportError<StoreError>> for CliError {
    fn from(error: ImportError<StoreError>) -> Self {
        match error {
            ImportError::Store(error) | ImportError::Given(error) | ImportError::Unwanted(error) => error.into(),
            ImportError::Twice(what) => CliError::usage(format!("{what} is named twice")),
        }
    }
}
