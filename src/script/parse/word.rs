//! Words, the single blanks between them, and the end of a line.

use nom::{Err, Input};

use super::input::{Fault, Parsed, Text, fail};
use super::item;
use crate::script::direction::Arg;
use crate::script::suggest::did_you_mean;
use crate::script::tree::Span;

/// The one blank after `before`, something having to follow it; `example` is the whole as it is to be written.
pub(super) fn blank<'a>(input: Text<'a>, before: &str, example: &str) -> Result<Text<'a>, Err<Fault>> {
    match input.bytes {
        [] => fail(input.first(), format!("something is missing after {before}"), format!("write `{example}`")),
        [b' ', b' ' | b'\t', ..] => too_many_blanks(input),
        [b' ', ..] => Ok(input.take_from(1)),
        _ => fail(input.first(), format!("a blank is missing after {before}"), format!("write `{example}`")),
    }
}

pub(super) fn too_many_blanks<T>(input: Text<'_>) -> Result<T, Err<Fault>> {
    let blanks = input.position(|byte| byte != b' ' && byte != b'\t').unwrap_or(input.bytes.len());
    fail(input.take(blanks).span(), "more than one blank", "exactly one blank stands between words".to_owned())
}

/// The line's end, after `before`.
pub(super) fn end(input: Text<'_>, before: &str) -> Result<(), Err<Fault>> {
    if input.is_empty() {
        return Ok(());
    }
    let help = match input.bytes {
        [b' ', b'#', ..] => "a comment has a line of its own",
        _ => "delete it",
    };
    fail(input.span(), format!("nothing may follow `{before}` here"), help.to_owned())
}

/// One of `known`, whole up to the next blank: the word that `kinds` are called in messages is `kind`.
pub(super) fn one_of<'a, T: Copy>(input: Text<'a>, kind: &str, known: &[(&str, T)]) -> Parsed<'a, T> {
    let word = input.word();
    match known.iter().find(|(name, _)| name.as_bytes() == word.bytes) {
        Some(&(_, value)) => Ok((input.take_from(word.bytes.len()), value)),
        None => unknown(word, kind, &known.iter().map(|&(name, _)| name).collect::<Vec<_>>()),
    }
}

/// The word is none of `known`.
pub(super) fn unknown<T>(word: Text<'_>, kind: &str, known: &[&str]) -> Result<T, Err<Fault>> {
    if word.is_empty() {
        if word.peek().is_none() {
            return fail(word.span(), format!("{kind} is missing"), crate::script::suggest::one_of(known));
        }
        return too_many_blanks(word);
    }
    fail(word.span(), format!("`{}` is not {kind}", word.shown()), did_you_mean(&word.shown(), known))
}

/// `arg = word | string | "{" name "}"`: `001017*`, `"two words"`, `{imei}`.
pub(super) fn arg<'a>(input: Text<'a>, before: &str, example: &str) -> Parsed<'a, Arg> {
    let input = blank(input, before, example)?;
    match input.peek() {
        Some(b'"') => {
            let (rest, text) = item::string(input)?;
            Ok((rest, Arg::Text(text)))
        }
        Some(b'{') => {
            let (rest, name) = item::name(input.take_from(1))?;
            match rest.peek() {
                Some(b'}') => Ok((rest.take_from(1), Arg::Name(name))),
                Some(_) | None => fail(
                    input.word().span(),
                    "only `{name}` may stand here",
                    "anything else goes into a string: `\"…\"`".to_owned(),
                ),
            }
        }
        Some(_) | None => {
            let (rest, word) = word(input, "a string holds it: `\"…\"`")?;
            Ok((rest, Arg::Word(word)))
        }
    }
}

/// `word`: visible characters but `"`, `\`, `{` and `}`, up to a blank: `+CRING`. What cannot stand in a word goes elsewhere:
/// `help` says where.
pub(super) fn word<'a>(input: Text<'a>, help: &str) -> Parsed<'a, String> {
    let word = input.word();
    if word.is_empty() && !input.is_empty() {
        return too_many_blanks(input);
    }
    if let Some(at) = word.position(|byte| !byte.is_ascii_graphic() || matches!(byte, b'"' | b'\\' | b'{' | b'}')) {
        let wrong = word.take_from(at).first();
        let shown = word.take_from(at).take(wrong.end - wrong.start).shown().replace(char::is_control, "\u{fffd}");
        return fail(wrong, format!("`{shown}` does not belong into a word"), help.to_owned());
    }
    Ok((input.take_from(word.bytes.len()), word.shown().into_owned()))
}

/// A string after one blank.
pub(super) fn string<'a>(input: Text<'a>, before: &str, example: &str) -> Parsed<'a, crate::script::tree::Template> {
    let input = blank(input, before, example)?;
    if input.peek() != Some(b'"') {
        let span = Span::new(input.offset, input.offset + input.bytes.len());
        return fail(span, "a string is missing", format!("it stands in quotation marks: `{example}`"));
    }
    item::string(input)
}
