//! Where in a text something stands, and what a TOML reader says of it.

use std::ops::Range;

/// The line and the column at which a span starts, both counted from 1, the column in characters.
pub(super) fn of(text: &str, span: &Range<usize>) -> (usize, usize) {
    let before = text.get(..span.start).unwrap_or("");
    (before.matches('\n').count() + 1, before.rsplit('\n').next().unwrap_or("").chars().count() + 1)
}

/// What a TOML reader objects to, in one line, and the bytes that it is about.
pub(super) fn of_toml(error: &toml::de::Error) -> (Range<usize>, String) {
    (error.span().unwrap_or(0..0), error.message().trim_end().replace('\n', "; "))
}
