//! Every key that can be set, with what it means: read off the default profile's own text.
//!
//! A key's meaning is the comment in its line. Where there is none it is the sentence `name: …` of the comment above the
//! key's table; a table that a user fills in has its own comment.

use std::collections::HashMap;

use super::merge::{OPEN, TABLE_OF_DEFAULT, collect, join};
use super::{DEFAULT, Profile};

/// One key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// Dotted, as `--set` takes it.
    pub name: String,
    /// The default profile's value, as TOML.
    pub value: String,
    /// What it means, in the words of the default profile; empty where it speaks for itself.
    pub meaning: String,
}

/// All of them, sorted.
pub(super) fn keys() -> Vec<Key> {
    let meanings = Meanings::read(Profile::text(DEFAULT).unwrap_or_default());
    let mut found = Vec::new();
    collect(&TABLE_OF_DEFAULT, "", &mut |name, value| {
        let meaning = meanings.of(&name).to_owned();
        found.push(Key { name, value: value.to_string(), meaning });
    });
    found
}

/// The comments of a profile's text.
#[derive(Debug, Default)]
struct Meanings {
    /// Behind a key.
    lines: HashMap<String, String>,
    /// Above a table.
    tables: HashMap<String, String>,
}

impl Meanings {
    fn read(text: &str) -> Self {
        let mut meanings = Self::default();
        let (mut table, mut above) = (String::new(), String::new());
        for line in text.lines() {
            let line = line.trim();
            if let Some(comment) = line.strip_prefix('#') {
                above.push_str(comment);
                continue;
            }
            if line.is_empty() {
                above.clear();
            } else if let Some(name) = line.strip_prefix('[') {
                table = name.split(']').next().unwrap_or_default().trim_matches('[').to_owned();
                let above = std::mem::take(&mut above);
                meanings.tables.insert(table.clone(), comment(line).map_or(above, str::to_owned));
            } else if let (Some((key, _)), Some(comment)) = (line.split_once(" = "), comment(line)) {
                meanings.lines.insert(join(&table, key.trim_matches('"')), comment.to_owned());
            }
        }
        meanings
    }

    fn of(&self, name: &str) -> &str {
        if let Some(line) = self.lines.get(name) {
            return line;
        }
        let (path, last) = name.rsplit_once('.').unwrap_or(("", name));
        // A setting's own table has no comment; the one of all settings has.
        let table = self.tables.iter().find(|(table, _)| path == *table || path.starts_with(&format!("{table}.")));
        let sentence = table.and_then(|(_, text)| text.split_once(&format!(" {last}: ")));
        // What a user fills in has the meaning of its table.
        let whole = || {
            let table = if OPEN.contains(&path) { path } else { name };
            self.tables.get(table).map(|text| text.trim())
        };
        let text = sentence.map(|(_, text)| text).or_else(whole).unwrap_or_default();
        text.split(". ").next().unwrap_or(text).trim_end_matches('.')
    }
}

/// What stands behind the `#` that is in no string.
fn comment(line: &str) -> Option<&str> {
    let (mut quoted, mut escaped) = (false, false);
    for (at, c) in line.char_indices() {
        match c {
            '#' if !quoted => return Some(line[at + 1..].trim()),
            '"' if !escaped => quoted = !quoted,
            _ => {}
        }
        escaped = c == '\\' && !escaped;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_begins_outside_of_strings() {
        assert_eq!(comment(r##"a = "x # \" # y"   # z"##), Some("z"));
        assert_eq!(comment(r##"a = "#""##), None);
    }
}
