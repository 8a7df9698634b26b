//! A profile in the making: what differs from its base, as the text that a user gets.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use toml::Value;

use crate::modem::{Keep, Profile, ProfileError, SettingProfile};

/// What a learned profile says.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    pub(super) name: String,
    pub(super) title: String,
    pub(super) base: String,
    /// By dotted key; those without a dot stand at the top.
    pub(super) values: BTreeMap<String, Value>,
    /// By command line.
    pub(super) commands: BTreeMap<String, String>,
    pub(super) settings: BTreeMap<String, Learned>,
}

/// A setting as it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Learned {
    pub(super) default: u32,
    pub(super) values: String,
    keep: Keep,
    factory: bool,
}

impl Learned {
    /// As a profile has it.
    pub(super) fn of(setting: &SettingProfile) -> Self {
        let SettingProfile { default, values, keep, factory } = setting;
        Learned { default: *default, values: values.to_string(), keep: *keep, factory: *factory }
    }
}

impl Draft {
    pub(super) fn new(name: &str, title: &str, base: &str) -> Self {
        Draft {
            name: name.to_owned(),
            title: title.to_owned(),
            base: base.to_owned(),
            values: BTreeMap::new(),
            commands: BTreeMap::new(),
            settings: BTreeMap::new(),
        }
    }

    pub(super) fn set(&mut self, key: &str, value: impl Into<Value>) {
        self.values.insert(key.to_owned(), value.into());
    }

    /// The profile that this is.
    ///
    /// # Errors
    /// What was found makes no profile.
    pub(super) fn profile(&self) -> Result<Arc<Profile>, ProfileError> {
        Profile::parse(&self.name, &self.text(&[]), &[])
    }

    /// The text of the profile, under these lines of comment.
    pub(super) fn text(&self, comments: &[String]) -> String {
        let mut text = String::new();
        for comment in comments {
            let blank = if comment.is_empty() { "" } else { " " };
            line(&mut text, format_args!("#{blank}{comment}"));
        }
        if !comments.is_empty() {
            text.push('\n');
        }
        for (key, value) in [("name", &self.name), ("title", &self.title), ("base", &self.base)] {
            line(&mut text, format_args!("{key} = {}", Value::from(value.as_str())));
        }
        let mut section = "";
        // What has no dot comes before the tables.
        let (top, dotted): (Vec<_>, Vec<_>) = self.values.iter().partition(|(key, _)| !key.contains('.'));
        for (key, value) in top {
            line(&mut text, format_args!("{key} = {value}"));
        }
        let mut parted: Vec<(&str, &str, &Value)> = dotted
            .iter()
            .filter_map(|(key, value)| key.rsplit_once('.').map(|(table, key)| (table, key, *value)))
            .collect();
        parted.sort_by_key(|&(table, key, _)| (table, key));
        for (table, key, value) in parted {
            if table != section {
                section = table;
                line(&mut text, format_args!("\n[{table}]"));
            }
            line(&mut text, format_args!("{} = {value}", quoted(key)));
        }
        if !self.commands.is_empty() {
            line(&mut text, format_args!("\n[commands]"));
            for (command, answer) in &self.commands {
                line(&mut text, format_args!("{} = {}", Value::from(command.as_str()), Value::from(answer.as_str())));
            }
        }
        if !self.settings.is_empty() {
            line(&mut text, format_args!("\n[settings]"));
            for (name, Learned { default, values, keep, factory }) in &self.settings {
                let keep = match keep {
                    Keep::Volatile => "volatile",
                    Keep::Stored => "stored",
                    Keep::Saved => "saved",
                };
                let name = Value::from(name.as_str());
                line(
                    &mut text,
                    format_args!(
                        "{name} = {{ default = {default}, values = \"{values}\", keep = \"{keep}\", factory = {factory} }}"
                    ),
                );
            }
        }
        text
    }
}

/// Writing to a string cannot fail.
fn line(text: &mut String, what: std::fmt::Arguments<'_>) {
    let _ = writeln!(text, "{what}");
}

/// A key as TOML wants it.
fn quoted(key: &str) -> String {
    let bare = !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-');
    if bare && !key.bytes().all(|byte| byte.is_ascii_digit()) { key.to_owned() } else { Value::from(key).to_string() }
}
