//! What is wrong with a profile, and where.

use std::fmt;

/// A profile that cannot be used.
///
/// Printed as `bench.toml:3:1: unknown key "equipement"`; the next step stands in [`help`](Self::help).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileError {
    /// Where the text came from: a path, or a profile's name.
    pub origin: String,
    /// Line and column from 1, where the fault has a place.
    pub place: Option<(usize, usize)>,
    /// What is wrong.
    pub message: String,
    /// What to do next.
    pub help: Option<String>,
}

impl ProfileError {
    pub(super) fn no_such_profile(name: &str, known: impl Iterator<Item = &'static str> + Clone) -> Self {
        let help = match nearest(name, known.clone()) {
            Some(near) => format!("did you mean {near}?"),
            None => format!("the profiles are {}", known.collect::<Vec<_>>().join(", ")),
        };
        Self { origin: name.to_owned(), place: None, message: "no such profile".to_owned(), help: Some(help) }
    }
}

impl fmt::Display for ProfileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.origin)?;
        if let Some((line, column)) = self.place {
            write!(f, ":{line}:{column}")?;
        }
        write!(f, ": {}", self.message)
    }
}

impl std::error::Error for ProfileError {}

/// The word that is nearest to `word`, if one is near enough to have been meant.
pub(super) fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    known
        .map(|candidate| (distance(word.as_bytes(), candidate.as_bytes()), candidate))
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, _)| *distance <= 1 + word.len() / 3)
        .map(|(_, candidate)| candidate)
}

/// How many characters must be added, dropped or changed to make one of the other (Levenshtein).
fn distance(left: &[u8], right: &[u8]) -> usize {
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, a) in left.iter().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, b) in right.iter().enumerate() {
            let change = diagonal + usize::from(!a.eq_ignore_ascii_case(b));
            diagonal = row[j + 1];
            row[j + 1] = change.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_is_offered_only_if_it_is_near() {
        let known = ["network.operator", "network.plmn", "sim.pin"];
        assert_eq!(nearest("network.oprator", known.into_iter()), Some("network.operator"));
        assert_eq!(nearest("sim.pni", known.into_iter()), Some("sim.pin"));
        assert_eq!(nearest("colour", known.into_iter()), None);
    }
}
