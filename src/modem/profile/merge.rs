//! Layers of a profile: the default, its base, the text, settings from outside; unknown keys found on the way.

use std::collections::BTreeMap;
use std::sync::{LazyLock, OnceLock};

use serde::de::Deserialize as _;
use toml::{Table, Value};

use super::error::nearest;
use super::{DEFAULT, EMBEDDED, Profile, ProfileError};

/// Tables whose keys are the user's own.
pub(super) const OPEN: [&str; 11] = [
    "commands",
    "aliases",
    "timing.commands",
    "dial.numbers",
    "equipment.information",
    "network.ussd",
    "sms.refused",
    "sms.undelivered",
    "network.show.session_errors",
    "settings",
    "data.ppp.hosts",
];

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

    /// The value as its key wants it: a text stays a string where the default profile has one.
    fn typed(&self) -> Value {
        let text = match &self.value {
            Given::Value(value) => return value.clone(),
            Given::Text(text) => text,
        };
        let wants_string = wants_string(&self.key).unwrap_or_else(|| is_open(&self.key));
        // An answer of USSD may be a table too.
        let table = self.key.starts_with("network.ussd") && text.trim_start().starts_with('{');
        let wants_string = wants_string && !table;
        let spelled = || toml::from_str::<Table>(&format!("value = {text}")).ok()?.remove("value");
        match if wants_string { None } else { spelled() } {
            Some(value) => value,
            None => Value::String(text.clone()),
        }
    }

    fn error(&self, message: String, help: Option<String>) -> ProfileError {
        ProfileError { origin: self.key.clone(), place: None, message, help }
    }
}

/// The embedded profiles, each with what it builds on beneath, read when it is first asked for.
static WHOLE: [OnceLock<Table>; EMBEDDED.len()] = [const { OnceLock::new() }; EMBEDDED.len()];

/// The default profile, as it stands in its file.
pub(super) static TABLE_OF_DEFAULT: LazyLock<Table> = LazyLock::new(|| {
    let text = EMBEDDED.iter().find(|(name, _)| *name == DEFAULT).map_or("", |(_, text)| text);
    toml::from_str(text).expect("the default profile is read by a test")
});

/// Every key of the default profile, dotted, and whether its value is a string.
static KEYS: LazyLock<BTreeMap<String, bool>> = LazyLock::new(|| {
    let mut keys = BTreeMap::new();
    collect(&TABLE_OF_DEFAULT, "", &mut |key, value| {
        keys.insert(key, value.is_str());
    });
    keys
});

/// An embedded profile with the settings on top.
pub(super) fn embedded(name: &str, settings: &[Override]) -> Result<Profile, ProfileError> {
    let Some((whole, (name, text))) = WHOLE.iter().zip(&EMBEDDED).find(|(_, (known, _))| *known == name) else {
        return Err(ProfileError::no_such_profile(name, EMBEDDED.iter().map(|(known, _)| *known)));
    };
    let whole = whole.get_or_init(|| layers(name, text).expect("each embedded profile is read by a test"));
    on_top(name, "", whole, settings)
}

/// Reads a profile's text, with what it builds on beneath and the settings on top.
pub(super) fn profile(origin: &str, text: &str, settings: &[Override]) -> Result<Profile, ProfileError> {
    on_top(origin, text, &layers(origin, text)?, settings)
}

/// A profile's text laid over what it builds on.
fn layers(origin: &str, text: &str) -> Result<Table, ProfileError> {
    let own: Table = toml::from_str(text).map_err(|error| syntax(origin, text, &error))?;
    let mut whole = beneath(origin, text, &own)?;
    if origin != DEFAULT {
        check_keys(origin, text, &own)?;
    }
    put(&mut whole, own);
    whole.remove("base");
    Ok(whole)
}

/// Puts the settings on top and reads the whole.
fn on_top(origin: &str, text: &str, whole: &Table, settings: &[Override]) -> Result<Profile, ProfileError> {
    let mut table = whole.clone();
    for setting in settings {
        known_key(&setting.key).map_err(|help| setting.error("unknown key".to_owned(), help))?;
        insert(&mut table, &setting.key, setting.typed());
    }
    read(table).map_err(|fault| {
        // Which layer is at fault: the text, or the first setting that the whole cannot be read with.
        if let Err(fault) = read(whole.clone()) {
            return fault.place(origin, text);
        }
        let mut table = whole.clone();
        for setting in settings {
            insert(&mut table, &setting.key, setting.typed());
            if let Err(fault) = read(table.clone()) {
                return setting.error(fault.message, None);
            }
        }
        fault.place(origin, text)
    })
}

/// A key's value that does not fit.
struct Fault {
    key: Option<String>,
    message: String,
}

impl Fault {
    fn place(self, origin: &str, text: &str) -> ProfileError {
        let place = self.key.as_deref().and_then(|key| place_of_key(text, key));
        let message = match self.key {
            Some(key) => format!("{key}: {}", self.message),
            None => self.message,
        };
        ProfileError { origin: origin.to_owned(), place, message, help: None }
    }
}

fn read(mut whole: Table) -> Result<Profile, Fault> {
    // What is not said of the second card is as with the first.
    if let (Some(Value::Table(first)), Some(Value::Table(second))) = (whole.get("sim").cloned(), whole.remove("sim2")) {
        let mut both = first;
        put(&mut both, second);
        whole.insert("sim2".to_owned(), Value::Table(both));
    }
    let mut profile = Profile::deserialize(Value::Table(whole)).map_err(|error| {
        // The key stands in the error's last line.
        let shown = error.to_string();
        let key = shown
            .lines()
            .rev()
            .find_map(|line| line.strip_prefix("in `"))
            .map(|line| line.trim_end_matches('`').to_owned());
        let mut message = error.message().to_owned();
        for number in ["i16", "u8", "u16", "u32"] {
            if let Some(before) = message.strip_suffix(&format!("expected {number}")) {
                message = format!("{before}expected a number");
            }
        }
        Fault { key, message }
    })?;
    profile.settle().map_err(|(key, message)| Fault { key: Some(key), message })?;
    Ok(profile)
}

/// What a text builds on: the default, or the embedded profile that `base` names on top of it.
fn beneath(origin: &str, text: &str, own: &Table) -> Result<Table, ProfileError> {
    if origin == DEFAULT {
        return Ok(Table::new());
    }
    match own.get("base") {
        None => Ok(TABLE_OF_DEFAULT.clone()),
        Some(Value::String(name)) => match EMBEDDED.iter().find(|(known, _)| known == name) {
            Some((known, _)) if *known == DEFAULT => Ok(TABLE_OF_DEFAULT.clone()),
            Some((known, text)) => layers(known, text),
            None => {
                let missing = ProfileError::no_such_profile(name, EMBEDDED.iter().map(|(known, _)| *known));
                Err(ProfileError {
                    origin: origin.to_owned(),
                    place: place_of_key(text, "base"),
                    message: format!("base names no profile: {name}"),
                    ..missing
                })
            }
        },
        Some(other) => Err(ProfileError {
            origin: origin.to_owned(),
            place: place_of_key(text, "base"),
            message: format!("expected a profile's name for base, not {}", other.type_str()),
            help: None,
        }),
    }
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

/// Every value of a table, by its dotted key.
pub(super) fn collect(table: &Table, prefix: &str, found: &mut dyn FnMut(String, &Value)) {
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
        if unknown.is_none()
            && key != "base"
            && let Err(help) = known_key(&key)
        {
            unknown = Some((key, help));
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
pub(super) fn known_key(key: &str) -> Result<(), Option<String>> {
    let known = &*KEYS;
    if wants_string(key).is_some() || is_open(key) {
        return Ok(());
    }
    if let Some(name) = key.strip_prefix("settings.") {
        let name =
            name.rsplit_once('.').filter(|(_, field)| matches!(*field, "default" | "values" | "keep" | "factory"));
        if name.is_some_and(|(name, _)| known.contains_key(&format!("settings.{}.default", name.trim_matches('"')))) {
            return Ok(());
        }
    }
    // A table given whole is known by its contents.
    if known.keys().any(|known| known.strip_prefix(key).is_some_and(|rest| rest.starts_with('.'))) {
        return Ok(());
    }
    Err(nearest(key, known.keys().map(String::as_str)).map(|near| format!("did you mean {near}?")))
}

/// Whether the default profile has a string for this key; `None`: it does not have the key. The second card has the keys of
/// the first.
fn wants_string(key: &str) -> Option<bool> {
    let first = || key.strip_prefix("sim2.").and_then(|key| KEYS.get(&format!("sim.{key}")));
    KEYS.get(key).or_else(first).copied()
}

fn is_open(key: &str) -> bool {
    OPEN.iter()
        .filter(|open| **open != "settings")
        .any(|open| key.strip_prefix(open).is_some_and(|rest| rest.is_empty() || rest.starts_with('.')))
}

pub(super) fn join(prefix: &str, key: &str) -> String {
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
