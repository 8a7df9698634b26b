//! All that can be observed of a modem at once: for a person in lines, for a program as JSON.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::sent::Escaped;
use crate::modem::{Modem, Observed};
use crate::run::masking::Masks;
use crate::script;

/// What a modem looks like from outside: each path of a check, and what stands behind it.
#[derive(Debug, Clone, Default)]
pub(in crate::run) struct State(Vec<(&'static str, &'static str, Observed)>);

impl State {
    /// Looks at everything that checks know, in the order of the language.
    pub(in crate::run) fn of(modem: &Modem) -> Self {
        let seen = paths().filter_map(|(word, key)| Some((word, key, modem.observe(&path(word, key))?)));
        Self(seen.collect())
    }

    /// The text behind a path: `modem`, `imei`.
    pub(super) fn text(&self, word: &str, key: &str) -> Option<&str> {
        self.0.iter().find_map(|(known, of, value)| match value {
            Observed::Text(text) if *known == word && *of == key => Some(text.as_str()),
            Observed::Text(_) | Observed::Number(_) | Observed::Truth(_) | Observed::Nothing => None,
        })
    }

    /// Puts the identities' names in the place of those that are no test ones.
    pub(super) fn mask(&mut self, masks: &mut Masks) {
        for (word, key, value) in &mut self.0 {
            if let Observed::Text(text) = value
                && matches!(*word, "modem" | "sim")
            {
                *text = masks.value(key, text);
            }
        }
    }

    /// A line for each, `name  modem0` before them, the values below each other.
    pub(super) fn lines(&self, name: &str) -> String {
        let width = self.0.iter().map(|(word, key, _)| path(word, key).len()).max().unwrap_or(0);
        let mut out = format!("{:width$}  {name}\n", "name");
        for (word, key, value) in &self.0 {
            let value = match value {
                Observed::Text(text) if text.is_empty() => "\"\"".to_owned(),
                Observed::Text(text) => Escaped(text).to_string(),
                Observed::Number(number) => number.to_string(),
                Observed::Truth(truth) => truth.to_string(),
                Observed::Nothing => "none".to_owned(),
            };
            // A String takes whatever is written to it.
            let _ = writeln!(out, "{:width$}  {value}", path(word, key));
        }
        out
    }

    /// One object on one line, its keys in alphabetical order: `{…,"cause":null,"name":"modem0","registration":{"cs":"home",…},…}`.
    pub(super) fn json(&self, name: &str) -> String {
        let mut object = Map::new();
        object.insert("name".to_owned(), name.into());
        for (word, key, value) in &self.0 {
            let value = match value {
                Observed::Text(text) => text.as_str().into(),
                #[expect(clippy::cast_possible_truncation, reason = "whole and small: it was compared with itself")]
                Observed::Number(number) if number.fract() == 0.0 && number.abs() < 1e15 => json!(*number as i64),
                Observed::Number(number) => json!(number),
                Observed::Truth(truth) => (*truth).into(),
                Observed::Nothing => Value::Null,
            };
            if key.is_empty() {
                object.insert((*word).to_owned(), value);
            } else if let Value::Object(inner) = object.entry(*word).or_insert_with(|| json!({})) {
                inner.insert((*key).to_owned(), value);
            }
        }
        Value::Object(object).to_string()
    }
}

/// Every path that a check may ask for, as its first word and the rest.
fn paths() -> impl Iterator<Item = (&'static str, &'static str)> {
    script::Observed::ALL.into_iter().flat_map(|observed| {
        let keys = observed.keys();
        let alone = keys.is_empty().then_some("");
        alone.into_iter().chain(keys.iter().copied()).map(move |key| (observed.word(), key))
    })
}

fn path(word: &str, key: &str) -> String {
    if key.is_empty() { word.to_owned() } else { format!("{word}.{key}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::modem::{Override, Profile};

    fn modem(settings: &[&str]) -> Modem {
        let settings: Vec<Override> = settings.iter().map(|text| Override::parse(text).unwrap()).collect();
        Modem::new(Profile::named("generic-lte", &settings).unwrap(), None, 0)
    }

    #[test]
    fn every_path_that_the_language_knows_is_seen() {
        assert_eq!(State::of(&modem(&[])).0.len(), paths().count());
    }

    #[test]
    fn a_real_identity_has_a_name_in_its_place_and_a_test_one_is_shown() {
        // A reporting body and a country code that nobody has, and the network of nobody.
        let real = format!("99{}", "1234567890129");
        let mut state = State::of(&modem(&[&format!("imei={real}"), "sim.msisdn=+999510000008"]));
        assert_eq!(state.text("modem", "imei"), Some(real.as_str()));
        state.mask(&mut Masks::new());
        let shown = state.lines("modem0");
        let line = |key: &str| shown.lines().find(|line| line.starts_with(key)).unwrap().split_once("  ").unwrap().1;
        assert_eq!(line("modem.imei ").trim(), "{imei}");
        assert_eq!(line("sim.msisdn").trim(), "{msisdn}");
        assert_eq!(line("sim.imsi").trim(), "001010123456789");
        assert!(!state.json("modem0").contains(&real));
    }

    #[test]
    fn the_same_state_is_the_same_text() {
        let state = State::of(&modem(&["sim.eid="]));
        assert_eq!(state.json("modem0"), State::of(&modem(&["sim.eid="])).json("modem0"));
        let read: Value = serde_json::from_str(&state.json("modem1")).unwrap();
        assert_eq!(read["name"], "modem1");
        assert_eq!(read["registration"]["5gs"], "off");
        assert_eq!(read["cause"], Value::Null);
        assert_eq!(read["modem"]["icf.format"], 3);
    }
}
