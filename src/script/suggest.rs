//! *Did you mean*: the known word that is nearest to an unknown one.

/// So alike a word must be to be offered; 1 is the same.
const ALIKE: f32 = 0.6;

/// A longer word was never mistyped from one of ours.
const LONGEST: usize = 40;

/// ``did you mean `register`?``, or every word there is, if they are few enough to read.
pub(super) fn did_you_mean(word: &str, known: &[&str]) -> Option<String> {
    if let Some(near) = nearest(word, known) {
        return Some(format!("did you mean `{near}`?"));
    }
    one_of(known)
}

/// The word of `known` that is most like `word`.
fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    if word.len() > LONGEST {
        return None;
    }
    if let Some(&same) = known.iter().find(|known| known.eq_ignore_ascii_case(word)) {
        return Some(same);
    }
    similar::get_close_matches(word, known, 1, ALIKE).first().copied()
}

/// ``it is one of `on`, `off`, `cycle` ``
pub(super) fn one_of(known: &[&str]) -> Option<String> {
    match known {
        [] => None,
        [only] => Some(format!("the only one is `{only}`")),
        known => Some(format!(
            "it is one of {}",
            known.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
        )),
    }
}
