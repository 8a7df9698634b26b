//! Checks: `registration.eps == "denied" and not (cause in [3, 6] or attempts > 1)`.

use nom::bytes::complete::take_while;
use nom::{Err, Input};

use super::input::{Fault, Parsed, Text, fail};
use super::{item, number};
use crate::script::check::{Check, Comparison, Operand, Side, Term, TermKind};

/// Parentheses and brackets nest so deep at most.
const DEEPEST: usize = 32;

const OPERAND: &str = "an operand is a name, `count(…)`, a string, a number, true, false, none or a list";
const WORDS: [&str; 5] = ["and", "or", "not", "in", "matches"];

/// `check = conj {SP "or" SP conj}`, to the line's end.
pub(super) fn check(input: Text<'_>) -> Parsed<'_, Check> {
    let (rest, check) = any(input, 0)?;
    if rest.is_empty() {
        return Ok((rest, check));
    }
    let word = rest.take_from(usize::from(rest.peek() == Some(b' '))).word();
    if rest.peek() == Some(b')') {
        return fail(rest.first(), "this `)` closes nothing", None);
    }
    let help = match word.bytes {
        b"=" => "equal is written `==`",
        b"&&" | b"&" | b"AND" => "write `and`",
        b"||" | b"|" | b"OR" => "write `or`",
        b"" => "exactly one blank stands between words",
        _ => "after an operand come `and`, `or`, or one of == != < <= > >= in matches",
    };
    let shown = word.shown();
    let span = if word.is_empty() { rest.first() } else { word.span() };
    let message = if word.is_empty() { "more than one blank".to_owned() } else { format!("`{shown}` is no operator") };
    fail(span, message, help.to_owned())
}

fn any(input: Text<'_>, depth: usize) -> Parsed<'_, Check> {
    let mut any = Vec::new();
    let mut rest = input;
    loop {
        let (after, all) = all(rest, depth)?;
        any.push(all);
        match joined(after, b" or")? {
            Some(next) => rest = next,
            None => return Ok((after, Check { any, span: input.span_to(after) })),
        }
    }
}

/// `conj = term {SP "and" SP term}`
fn all(input: Text<'_>, depth: usize) -> Parsed<'_, Vec<Term>> {
    let mut all = Vec::new();
    let mut rest = input;
    loop {
        let (after, term) = term(rest, depth)?;
        all.push(term);
        match joined(after, b" and")? {
            Some(next) => rest = next,
            None => return Ok((after, all)),
        }
    }
}

/// What follows `word` and one blank, if the word stands here.
fn joined<'a>(input: Text<'a>, word: &[u8]) -> Result<Option<Text<'a>>, Err<Fault>> {
    if !input.bytes.starts_with(word) {
        return Ok(None);
    }
    let rest = input.take_from(word.len());
    match rest.bytes {
        [b' ', ..] => Ok(Some(rest.take_from(1))),
        [] => fail(
            rest.first(),
            format!("something is missing after `{}`", &String::from_utf8_lossy(&word[1..])),
            OPERAND.to_owned(),
        ),
        _ => Ok(None),
    }
}

/// `term = ["not" SP] ( "(" check ")" | operand [SP op SP operand] )`
fn term(input: Text<'_>, depth: usize) -> Parsed<'_, Term> {
    let negated = input.bytes.starts_with(b"not ");
    let body = if negated { input.take_from(4) } else { input };
    if body.peek() == Some(b'!') {
        return fail(body.first(), "`!` is no operator", "write `not `".to_owned());
    }
    let (rest, kind) = if body.peek() == Some(b'(') {
        if depth == DEEPEST {
            return fail(body.first(), "the parentheses nest too deep", format!("{DEEPEST} is the most"));
        }
        let (rest, inner) = any(body.take_from(1), depth + 1)?;
        if rest.peek() != Some(b')') {
            return fail(
                body.span(),
                "the parenthesis is not closed",
                "`)` follows the last operand at once".to_owned(),
            );
        }
        (rest.take_from(1), TermKind::Group(inner))
    } else {
        let (rest, left) = operand(body, depth)?;
        match comparison(rest) {
            Some((after, comparison)) => {
                if after.is_empty() {
                    return fail(
                        after.first(),
                        format!("something is missing after `{}`", comparison.word()),
                        OPERAND.to_owned(),
                    );
                }
                let right_at = after.take_from(1);
                let (rest, right) = operand(right_at, depth)?;
                if comparison == Comparison::In && !matches!(right, Operand::List(_)) {
                    return fail(right_at.span_to(rest), "`in` takes a list", "write `in [3, 6]`".to_owned());
                }
                (rest, TermKind::Compare { left, comparison, right })
            }
            None => (rest, TermKind::Bare(left)),
        }
    };
    Ok((rest, Term { negated, kind, span: input.span_to(rest) }))
}

/// `SP op`, if it is followed by a blank or the line's end.
fn comparison(input: Text<'_>) -> Option<(Text<'_>, Comparison)> {
    if input.peek() != Some(b' ') {
        return None;
    }
    let word = input.take_from(1).word();
    let comparison = Comparison::ALL.into_iter().find(|comparison| comparison.word().as_bytes() == word.bytes)?;
    Some((input.take_from(1 + word.bytes.len()), comparison))
}

/// `operand = path | "count(" (">"|"<") SP string ")" | string | quantity | "true" | "false" | "none" | list`
fn operand(input: Text<'_>, depth: usize) -> Parsed<'_, Operand> {
    match input.peek() {
        Some(b'"') => {
            let (rest, text) = item::string(input)?;
            Ok((rest, Operand::Text(text)))
        }
        Some(b'-' | b'0'..=b'9') => {
            let (rest, quantity) = number::quantity(input)?;
            Ok((rest, Operand::Quantity(quantity)))
        }
        Some(b'[') => list(input, depth),
        Some(b'a'..=b'z') => path(input),
        Some(b' ') => fail(
            input.first(),
            "more than one blank",
            "exactly one blank stands between words, and none inside `(` `)`".to_owned(),
        ),
        Some(b'{') => fail(
            input.word().span(),
            "a name in a check has no braces",
            "write the name alone; inside a string it has them".to_owned(),
        ),
        Some(_) => fail(input.word().span(), format!("`{}` is no operand", input.word().shown()), OPERAND.to_owned()),
        None => fail(input.first(), "an operand is missing", OPERAND.to_owned()),
    }
}

/// `path = name {"." name}`, and what looks like one.
fn path(input: Text<'_>) -> Parsed<'_, Operand> {
    let (rest, first) = item::name(input)?;
    match first.text.as_str() {
        "true" => return Ok((rest, Operand::Bool(true))),
        "false" => return Ok((rest, Operand::Bool(false))),
        "none" => return Ok((rest, Operand::None)),
        "count" if rest.peek() == Some(b'(') => return count(rest.take_from(1), input),
        word if WORDS.contains(&word) => {
            return fail(first.span, format!("`{word}` stands where an operand belongs"), OPERAND.to_owned());
        }
        _ => {}
    }
    let mut names = vec![first.text];
    let mut rest = rest;
    while rest.peek() == Some(b'.') {
        // `registration.5gs`: only the first name has to begin with a letter.
        let (after, key) = take_while(|byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')(
            rest.take_from(1),
        )?;
        if key.is_empty() {
            return fail(
                rest.first(),
                "a name is missing after `.`",
                "small letters, digits and `_` make a name".to_owned(),
            );
        }
        names.push(key.shown().into_owned());
        rest = after;
    }
    Ok((rest, Operand::Path { names, span: input.span_to(rest) }))
}

/// `"count(" (">"|"<") SP string ")"`, from after the parenthesis.
fn count<'a>(input: Text<'a>, start: Text<'a>) -> Parsed<'a, Operand> {
    const EXAMPLE: &str = "count(> \"AT+COPS?\")";
    let side = match input.peek() {
        Some(b'>') => Side::Host,
        Some(b'<') => Side::Modem,
        Some(_) | None => {
            return fail(
                input.first(),
                "`count(` needs to know whose lines",
                format!("`>` the host's, `<` the modem's: `{EXAMPLE}`"),
            );
        }
    };
    let (rest, text) = super::word::string(input.take_from(1), "`count(>`", EXAMPLE)?;
    if rest.peek() != Some(b')') {
        return fail(rest.first(), "the parenthesis of `count(` is not closed", format!("write `{EXAMPLE}`"));
    }
    let rest = rest.take_from(1);
    Ok((rest, Operand::Count { side, text, span: start.span_to(rest) }))
}

/// `"[" operand {"," SP operand} "]"`
fn list(input: Text<'_>, depth: usize) -> Parsed<'_, Operand> {
    if depth == DEEPEST {
        return fail(input.first(), "the lists nest too deep", format!("{DEEPEST} is the most"));
    }
    let mut operands = Vec::new();
    let mut rest = input.take_from(1);
    loop {
        if rest.peek() == Some(b']') {
            return fail(rest.first(), "an operand is missing in the list", OPERAND.to_owned());
        }
        let (after, operand) = operand(rest, depth + 1)?;
        operands.push(operand);
        match after.bytes {
            [b']', ..] => return Ok((after.take_from(1), Operand::List(operands))),
            [b',', b' ', ..] => rest = after.take_from(2),
            [b',', ..] => return fail(after.first(), "a blank is missing after `,`", "write `[3, 6]`".to_owned()),
            [] => return fail(input.span(), "the list is not closed", "it ends with `]`".to_owned()),
            _ => return fail(after.first(), "`,` or `]` is missing", "write `[3, 6]`".to_owned()),
        }
    }
}
