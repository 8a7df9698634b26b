//! Layers of a profile: the default, its base, the text, settings from outside; unknown keys found on the way.

use std::collections::HashSet;

use serde::de::Deserialize as _;
use toml::{Table, Value};

use super::error::nearest;
use super::{DEFAULT, EMBEDDED, Profile, ProfileError, TABLES};

/// Tables whose keys are the user's own.
const OPEN: [&str; 6] = ["commands", "aliases", "timing.commands", "dial.numbers", "equipment.information", "settings"];

/// One setting put on top of a profile: `network.operator = "Testnet"`.
#[derive(Debug, Clone, PartialEq)]
pub struct Override {
    key: String,
    value: Given,
}

#[derive(Debug, Clone, PartialEq)]
enum Given {
    /// Text from a command line: a string if the key wants one, else a TOML value.
    Text(String),
    Value(Value),
}

impl Override {
    /// `KEY=VALUE`, as on a command line. The value needs no quotes: the key says what it is.
    ///
    /// # Errors
    /// There is no `=`, or nothing before it.
    pub fn parse(text: &str) -> Result<Self, ProfileError> {
        match text.split_once('=') {
            Some((key, value)) if !key.trim().is_empty() => Ok(Self::text(key.trim(), value)),
            Some(_) | None => Err(ProfileError {
                origin: text.to_owned(),
                place: None,
                message: "expected KEY=VALUE".to_owned(),
                help: Some("such as network.operator=Testnet".to_owned()),
            }),
        }
    }

    /// A dotted key and a text.
    pub fn text(key: impl Into<String>, value: impl Into<String>) -> Self {
        Self { key: key.into(), value: Given::Text(value.into()) }
    }

    /// A dotted key and a value that has its type already.
    pub fn value(key: impl Into<String>, value: Value) -> Self {
        Self { key: key.into(), value: Given::Value(value) }
    }

    /// What a table says, key by key: the `sim`, `network` or `set` of a script's header, with the key before it.
    #[must_use]
    pub fn from_table(prefix: &str, table: &Table) -> Vec<Self> {
        let mut found = Vec::new();
        for (key, value) in table {
            let key = join(prefix, key);
            match value {
                Value::Table(inner) if !is_open(&key) => found.extend(Self::from_table(&key, inner)),
                value => found.push(Self::value(key, value.clone())),
            }
        }
        found
    }

    /// The dotted key.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }
}

/// Reads a profile's text, with what it builds on beneath and the settings on top.
pub(super) fn profile(origin: &str, text: &str, settings: &[Override]) -> Result<Profile, ProfileError> {
    let own: Table = toml::from_str(text).map_err(|error| syntax(origin, text, &error))?;
    let mut whole = beneath(origin, text, &own)?;
    if origin != DEFAULT {
        check_keys(origin, text, &own)?;
    }
    put(&mut whole, own);
    whole.remove("base");
    let mut profile = read(&whole).map_err(|error| unfit(origin, text, &error))?;
    for setting in settings {
        known_key(&setting.key).map_err(|help| ProfileError {
            origin: setting.key.clone(),
            place: None,
            message: "unknown key".to_owned(),
            help,
        })?;
        profile = apply(&mut whole, setting)?;
    }
    profile.settle(origin)?;
    Ok(profile)
}

/// What a text builds on: the default, or the embedded profile that `base` names on top of it.
fn beneath(origin: &str, text: &str, own: &Table) -> Result<Table, ProfileError> {
    if origin == DEFAULT {
        return Ok(Table::new());
    }
    let mut whole = TABLES[DEFAULT].clone();
    match own.get("base") {
        None => {}
        Some(Value::String(name)) if name == DEFAULT => {}
        Some(Value::String(name)) => match TABLES.get(name.as_str()) {
            Some(base) => put(&mut whole, base.clone()),
            None => {
                let missing = ProfileError::no_such_profile(name, EMBEDDED.iter().map(|(known, _)| *known));
                return Err(ProfileError {
                    origin: origin.to_owned(),
                    place: place_of_key(text, "base"),
                    message: format!("base names no profile: {name}"),
                    ..missing
                });
            }
        },
        Some(other) => {
            return Err(ProfileError {
                origin: origin.to_owned(),
                place: place_of_key(text, "base"),
                message: format!("expected a profile's name for base, not {}", other.type_str()),
                help: None,
            });
        }
    }
    Ok(whole)
}

fn read(whole: &Table) -> Result<Profile, toml::de::Error> {
    Profile::deserialize(Value::Table(whole.clone()))
}

/// Puts one setting on top: a text as a string if that fits its key, else as the value it spells.
fn apply(whole: &mut Table, setting: &Override) -> Result<Profile, ProfileError> {
    let mut candidates = Vec::new();
    match &setting.value {
        Given::Value(value) => candidates.push(value.clone()),
        Given::Text(text) => {
            candidates.push(Value::String(text.clone()));
            let spelled = toml::from_str::<Table>(&format!("value = {text}"));
            candidates.extend(spelled.ok().and_then(|mut table| table.remove("value")));
        }
    }
    let mut first_error = None;
    for candidate in candidates {
        let mut tried = whole.clone();
        insert(&mut tried, &setting.key, candidate);
        match read(&tried) {
            Ok(profile) => {
                *whole = tried;
                return Ok(profile);
            }
            // The last candidate is the one that was meant: its error is the one to show.
            Err(error) => first_error = Some(error),
        }
    }
    let error = first_error.map_or_else(String::new, |error| error.message().to_owned());
    Err(ProfileError { origin: setting.key.clone(), place: None, message: error, help: None })
}

/// Lays `upper` over `lower`: tables key by key, everything else whole.
fn put(lower: &mut Table, upper: Table) {
    for (key, value) in upper {
        match (lower.get_mut(&key), value) {
            (Some(Value::Table(below)), Value::Table(above)) => put(below, above),
            (_, value) => {
                lower.insert(key, value);
            }
        }
    }
}

fn insert(table: &mut Table, key: &str, value: Value) {
    // An open table's keys may hold dots themselves: "+ICF.format".
    let open = OPEN.iter().find(|open| key.strip_prefix(**open).is_some_and(|rest| rest.starts_with('.')));
    let (path, last) = match open {
        Some(&"settings") => {
            let inner = &key["settings.".len()..];
            let (name, field) = inner.rsplit_once('.').unwrap_or((inner, "default"));
            (vec!["settings", name.trim_matches('"')], field)
        }
        Some(open) => (open.split('.').collect(), key[open.len() + 1..].trim_matches(['"', '\''])),
        None => match key.rsplit_once('.') {
            Some((path, last)) => (path.split('.').collect(), last),
            None => (Vec::new(), key),
        },
    };
    let mut at = table;
    for step in path {
        let next = at.entry(step).or_insert_with(|| Value::Table(Table::new()));
        match next {
            Value::Table(inner) => at = inner,
            _ => return,
        }
    }
    at.insert(last.to_owned(), value);
}

/// The keys of the default profile, dotted, with their values.
pub(super) fn keys() -> Vec<(String, String)> {
    let mut found = Vec::new();
    collect(&TABLES[DEFAULT], "", &mut |key, value| found.push((key, value.to_string())));
    found
}

fn collect(table: &Table, prefix: &str, found: &mut dyn FnMut(String, &Value)) {
    for (key, value) in table {
        let key = join(prefix, key);
        match value {
            Value::Table(inner) if !inner.is_empty() => collect(inner, &key, found),
            value => found(key, value),
        }
    }
}

/// Unknown keys of a text, with their place.
fn check_keys(origin: &str, text: &str, own: &Table) -> Result<(), ProfileError> {
    let mut unknown = None;
    collect(own, "", &mut |key, _| {
        if unknown.is_none() && key != "base" {
            if let Err(help) = known_key(&key) {
                unknown = Some((key, help));
            }
        }
    });
    match unknown {
        None => Ok(()),
        Some((key, help)) => Err(ProfileError {
            origin: origin.to_owned(),
            place: place_of_key(text, &key),
            message: format!("unknown key \"{key}\""),
            help,
        }),
    }
}

/// # Errors
/// The help for a key that does not exist.
fn known_key(key: &str) -> Result<(), Option<String>> {
    let default = &TABLES[DEFAULT];
    let mut known = HashSet::new();
    collect(default, "", &mut |key, _| {
        known.insert(key);
    });
    if known.contains(key) || is_open(key) {
        return Ok(());
    }
    if let Some(name) = key.strip_prefix("settings.") {
        let name =
            name.rsplit_once('.').filter(|(_, field)| matches!(*field, "default" | "values" | "keep" | "factory"));
        if name.is_some_and(|(name, _)| known.contains(&format!("settings.{}.default", name.trim_matches('"')))) {
            return Ok(());
        }
    }
    // A table given whole is known by its contents.
    if known.iter().any(|known| known.strip_prefix(key).is_some_and(|rest| rest.starts_with('.'))) {
        return Ok(());
    }
    Err(nearest(key, known.iter().map(String::as_str)).map(|near| format!("did you mean {near}?")))
}

fn is_open(key: &str) -> bool {
    OPEN.iter()
        .filter(|open| **open != "settings")
        .any(|open| key.strip_prefix(open).is_some_and(|rest| rest.is_empty() || rest.starts_with('.')))
}

fn join(prefix: &str, key: &str) -> String {
    if prefix.is_empty() { key.to_owned() } else { format!("{prefix}.{key}") }
}

fn syntax(origin: &str, text: &str, error: &toml::de::Error) -> ProfileError {
    ProfileError {
        origin: origin.to_owned(),
        place: error.span().map(|span| place(text, span.start)),
        message: error.message().to_owned(),
        help: None,
    }
}

/// A value that does not fit its key: the key is in the error's last line, its place is looked up in the text.
fn unfit(origin: &str, text: &str, error: &toml::de::Error) -> ProfileError {
    let shown = error.to_string();
    let key = shown.lines().rev().find_map(|line| line.strip_prefix("in `")).map(|line| line.trim_end_matches('`'));
    let message = match key {
        Some(key) => format!("{key}: {}", error.message()),
        None => error.message().to_owned(),
    };
    ProfileError { origin: origin.to_owned(), place: key.and_then(|key| place_of_key(text, key)), message, help: None }
}

/// Where a dotted key stands in the text.
fn place_of_key(text: &str, key: &str) -> Option<(usize, usize)> {
    let document = toml::de::DeTable::parse(text).ok()?;
    let mut table = document.get_ref();
    let mut rest = key;
    loop {
        let (name, value) = table.iter().find(|(name, _)| {
            let name = name.get_ref().as_ref();
            rest == name || rest.strip_prefix(name).is_some_and(|rest| rest.starts_with('.'))
        })?;
        let start = name.span().start;
        let taken = name.get_ref().len();
        match value.get_ref() {
            toml::de::DeValue::Table(inner) if rest.len() > taken => {
                rest = &rest[taken + 1..];
                table = inner;
            }
            _ => return Some(place(text, start)),
        }
    }
}

fn place(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}
