//! What is sent and what is expected: characters, escapes and values.

use nom::Input;
use nom::Parser;
use nom::bytes::complete::take_while;
use nom::character::complete::char;

use super::input::{Parsed, Text, fail};
use crate::script::suggest::did_you_mean;
use crate::script::tree::{Item, Name, Part, Pattern, Span, Template, Type, Value};

const ESCAPES: &str = r"the escapes are \r \n \t \\ and \xHH";

/// Where items stand; it decides what a quotation mark means.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Line,
    String,
}

/// `send = item {item}`, to the line's end: `AT+CGDCONT=1,"IP","{apn}"`.
pub(super) fn send(input: Text<'_>) -> Parsed<'_, Template> {
    template(input, Place::Line)
}

/// `expect = item {item}`, to the line's end: `+CEREG: {:int},1{*}`.
pub(super) fn expect(input: Text<'_>) -> Parsed<'_, Pattern> {
    let mut items: Vec<Item> = Vec::new();
    let mut rest = input;
    while !rest.is_empty() {
        if let Some(after) = opens_value(rest) {
            let (after, value) = value(after, rest)?;
            if let (Some(Item::Value(before)), None) = (items.last(), value.kind)
                && before.kind.is_none()
            {
                return fail(
                    Span::new(before.span.start, value.span.end),
                    "two untyped values stand with nothing between",
                    "where the one ends and the other begins cannot be told: give one of them a type, or join them"
                        .to_owned(),
                );
            }
            items.push(Item::Value(value));
            rest = after;
        } else {
            let mut bytes = Vec::new();
            rest = literal(rest, Place::Line, &mut bytes)?.0;
            items.push(Item::Bytes(bytes));
        }
    }
    Ok((rest, Pattern { items, span: input.span_to(rest) }))
}

/// `string = '"' {char | escape | '\"' | "{" name "}" | "{{" | "}}"} '"'`: `"say \"{word}\""`.
pub(super) fn string(input: Text<'_>) -> Parsed<'_, Template> {
    let (rest, _) = char('"').parse(input)?;
    let (rest, mut template) = template(rest, Place::String)?;
    if rest.is_empty() {
        return fail(
            input.span(),
            "the string is not closed",
            "it ends with `\"`; inside, `\"` is written `\\\"`".to_owned(),
        );
    }
    let rest = rest.take_from(1);
    template.span = input.span_to(rest);
    Ok((rest, template))
}

/// `name = lower {lower | digit | "_"}`: `imei_2`.
pub(super) fn name(input: Text<'_>) -> Parsed<'_, Name> {
    let (rest, text) =
        take_while(|byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')(input)?;
    match text.peek() {
        Some(first) if first.is_ascii_lowercase() => {
            Ok((rest, Name { text: text.shown().into_owned(), span: text.span() }))
        }
        Some(_) | None => fail(
            input.first(),
            "a name begins with a small letter",
            "small letters, digits and `_` may follow it".to_owned(),
        ),
    }
}

fn template(input: Text<'_>, place: Place) -> Parsed<'_, Template> {
    let mut parts = Vec::new();
    let mut rest = input;
    let ends = |rest: Text<'_>| rest.is_empty() || (place == Place::String && rest.peek() == Some(b'"'));
    while !ends(rest) {
        if let Some(after) = opens_value(rest) {
            let (after, part) = bound(after, rest)?;
            parts.push(part);
            rest = after;
        } else {
            let mut bytes = Vec::new();
            rest = literal(rest, place, &mut bytes)?.0;
            parts.push(Part::Bytes(bytes));
        }
    }
    Ok((rest, Template { parts, span: input.span_to(rest) }))
}

/// What follows a `{` that is not `{{`.
fn opens_value(input: Text<'_>) -> Option<Text<'_>> {
    match input.bytes {
        [b'{', b'{', ..] => None,
        [b'{', ..] => Some(input.take_from(1)),
        _ => None,
    }
}

/// Characters and escapes up to a value, the string's end or the line's.
fn literal<'a>(input: Text<'a>, place: Place, bytes: &mut Vec<u8>) -> Parsed<'a, ()> {
    let mut rest = input;
    loop {
        let plain = rest
            .position(|byte| matches!(byte, b'\\' | b'{' | b'}') || (byte == b'"' && place == Place::String))
            .unwrap_or(rest.bytes.len());
        bytes.extend_from_slice(&rest.bytes[..plain]);
        rest = rest.take_from(plain);
        rest = match rest.bytes {
            [b'{', b'{', ..] | [b'}', b'}', ..] => {
                bytes.push(rest.bytes[0]);
                rest.take_from(2)
            }
            [b'}', ..] => {
                return fail(
                    rest.first(),
                    "`}` closes no value",
                    "a `}` of the text itself is written `}}`".to_owned(),
                );
            }
            [b'\\', ..] => {
                let (after, byte) = escape(rest, place)?;
                bytes.push(byte);
                after
            }
            _ => return Ok((rest, ())),
        };
    }
}

/// `escape = "\r" | "\n" | "\t" | "\\" | "\x" hex hex`, in a string also `\"`.
fn escape(input: Text<'_>, place: Place) -> Parsed<'_, u8> {
    let (byte, length) = match (input.bytes.get(1), place) {
        (Some(b'r'), _) => (b'\r', 2),
        (Some(b'n'), _) => (b'\n', 2),
        (Some(b't'), _) => (b'\t', 2),
        (Some(b'\\'), _) => (b'\\', 2),
        (Some(b'"'), Place::String) => (b'"', 2),
        (Some(b'"'), Place::Line) => {
            return fail(
                input.take(2).span(),
                r#"`\"` is an escape of strings only"#,
                "here `\"` stands for itself".to_owned(),
            );
        }
        (Some(b'x'), _) => match input.bytes.get(2..4).and_then(hexadecimal) {
            Some(byte) => (byte, 4),
            None => {
                let span = input.take(input.bytes.len().min(2)).span();
                return fail(
                    span,
                    r"`\x` takes two hexadecimal digits",
                    r"a blank is `\x20`, ESC is `\x1B`".to_owned(),
                );
            }
        },
        (Some(_), _) => {
            let span = Span::new(input.offset, input.take_from(1).first().end);
            let shown = input.take(span.end - span.start).shown();
            return fail(span, format!("`{shown}` is no escape"), format!("{ESCAPES}; a backslash itself is `\\\\`"));
        }
        (None, _) => {
            return fail(
                input.first(),
                "the backslash escapes nothing",
                format!("{ESCAPES}; a backslash itself is `\\\\`"),
            );
        }
    };
    Ok((input.take_from(length), byte))
}

fn hexadecimal(digits: &[u8]) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    match digits {
        [high, low] => u8::try_from(digit(*high)? * 16 + digit(*low)?).ok(),
        _ => None,
    }
}

/// What stands in braces where something is sent: `{name}` or `{port.NAME}`.
fn bound<'a>(input: Text<'a>, open: Text<'a>) -> Parsed<'a, Part> {
    if matches!(input.peek(), Some(b'*' | b':')) {
        return fail(
            braces(open),
            "what is sent must be known, and this value is not",
            "`{*}` and `{:type}` belong into what is expected; here write `{name}`, bound above".to_owned(),
        );
    }
    let (rest, first) = named(input, open)?;
    match rest.peek() {
        Some(b'}') => Ok((rest.take_from(1), Part::Name(first))),
        Some(b'.') if first.text == "port" => {
            let (rest, modem) = name(rest.take_from(1))?;
            let rest = closed(rest, open)?;
            Ok((rest, Part::Port(modem)))
        }
        Some(b':') => fail(
            braces(open),
            "a value that is sent has no type",
            format!("write `{{{}}}`; types belong into what is expected", first.text),
        ),
        Some(_) | None => fail_in_braces(rest, open),
    }
}

/// `value = "{" ( "*" | name [":" type] | ":" type ) "}"`, from after the brace.
fn value<'a>(input: Text<'a>, open: Text<'a>) -> Parsed<'a, Value> {
    let (rest, name, kind) = match input.peek() {
        Some(b'*') => (input.take_from(1), None, None),
        Some(b':') => {
            let (rest, kind) = type_(input.take_from(1))?;
            (rest, None, Some(kind))
        }
        Some(_) | None => {
            let (rest, name) = named(input, open)?;
            if rest.peek() == Some(b':') {
                let (rest, kind) = type_(rest.take_from(1))?;
                (rest, Some(name), Some(kind))
            } else {
                (rest, Some(name), None)
            }
        }
    };
    let rest = closed(rest, open)?;
    Ok((rest, Value { name, kind, span: open.span_to(rest) }))
}

/// A name right after `{`, with the help that belongs there.
fn named<'a>(input: Text<'a>, open: Text<'a>) -> Parsed<'a, Name> {
    match input.peek() {
        Some(b'}') => {
            fail(braces(open), "the braces hold no name", "a `{` of the text itself is written `{{`".to_owned())
        }
        Some(first) if first.is_ascii_lowercase() => name(input),
        Some(_) => fail(
            braces(open),
            "a name begins with a small letter",
            "small letters, digits and `_` may follow it; a `{` of the text itself is written `{{`".to_owned(),
        ),
        None => not_closed(open),
    }
}

/// `type = "int" | "hex" | …`
fn type_(input: Text<'_>) -> Parsed<'_, Type> {
    let (rest, word) = take_while(|byte: u8| byte.is_ascii_alphanumeric() || byte == b'_')(input)?;
    if word.is_empty() {
        let known = Type::ALL.map(Type::word);
        return fail(rest.first(), "the type is missing after `:`", crate::script::suggest::one_of(&known));
    }
    match Type::from_word(&word.shown()) {
        Some(kind) => Ok((rest, kind)),
        None => {
            let known = Type::ALL.map(Type::word);
            fail(word.span(), format!("`{}` is no type", word.shown()), did_you_mean(&word.shown(), &known))
        }
    }
}

/// The brace that ends a value.
fn closed<'a>(input: Text<'a>, open: Text<'a>) -> Result<Text<'a>, nom::Err<super::input::Fault>> {
    match input.peek() {
        Some(b'}') => Ok(input.take_from(1)),
        Some(_) | None => fail_in_braces(input, open),
    }
}

fn fail_in_braces<'a, T>(at: Text<'a>, open: Text<'a>) -> Result<T, nom::Err<super::input::Fault>> {
    if memchr::memchr(b'}', at.bytes).is_none() {
        return not_closed(open);
    }
    let span = at.first();
    let shown = at.take(span.end - span.start).shown();
    fail(
        span,
        format!("`{shown}` does not belong into a value"),
        "a value is `{name}`, `{name:type}`, `{:type}` or `{*}`; a `{` of the text itself is written `{{`".to_owned(),
    )
}

fn not_closed<T>(open: Text<'_>) -> Result<T, nom::Err<super::input::Fault>> {
    fail(
        open.span(),
        "the value is not closed",
        "it ends with `}`; a `{` of the text itself is written `{{`".to_owned(),
    )
}

/// The braces and what they hold.
fn braces(open: Text<'_>) -> Span {
    let len = memchr::memchr(b'}', open.bytes).map_or(open.bytes.len(), |at| at + 1);
    open.take(len).span()
}
