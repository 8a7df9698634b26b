//! Checks: is what a `?` line asserts true, false, or not to be observed.
//!
//! Three answers, by Kleene's tables: `unknown or true` is true, `unknown and true` is unknown. What a path means is asked of
//! the captures first, then of whoever can observe.

use std::borrow::Cow;

use crate::modem::Observed;
use crate::script::check::expression;
use crate::script::{Check, Comparison, Operand, Quantity, Side, Term, TermKind, Type, Unit};

use super::matching::{Capture, Captures, Part};
use super::template;

/// What a check came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Truth {
    /// It holds.
    Yes,
    /// It does not.
    No,
    /// Nobody can observe what it asks about.
    Unknown,
}

impl Truth {
    fn of(holds: bool) -> Self {
        if holds { Truth::Yes } else { Truth::No }
    }

    fn not(self) -> Self {
        match self {
            Truth::Yes => Truth::No,
            Truth::No => Truth::Yes,
            Truth::Unknown => Truth::Unknown,
        }
    }
}

/// What a check can ask about.
pub(super) trait Facts {
    /// What is bound.
    fn captures(&self) -> &Captures;
    /// What stands behind a path that is no capture; `None`: nobody can observe it.
    fn observe(&self, path: &str) -> Option<Observed>;
    /// How many lines of this text there were.
    fn count(&self, side: Side, text: &[u8]) -> usize;
}

/// Evaluates a check. `seen` takes each path and what it was, for the one who reads the failure.
pub(super) fn evaluate(check: &Check, facts: &dyn Facts, seen: &mut Vec<String>) -> Truth {
    let mut any = Truth::No;
    for conjunction in &check.any {
        let mut all = Truth::Yes;
        for term in conjunction {
            match evaluate_term(term, facts, seen) {
                Truth::Yes => {}
                Truth::No => {
                    all = Truth::No;
                    break;
                }
                Truth::Unknown => all = Truth::Unknown,
            }
        }
        match all {
            Truth::Yes => return Truth::Yes,
            Truth::No => {}
            Truth::Unknown => any = Truth::Unknown,
        }
    }
    any
}

fn evaluate_term(term: &Term, facts: &dyn Facts, seen: &mut Vec<String>) -> Truth {
    let truth = match &term.kind {
        TermKind::Group(check) => evaluate(check, facts, seen),
        TermKind::Bare(operand) => match value(operand, facts, seen) {
            Value::Unknown => Truth::Unknown,
            Value::Truth(holds) => Truth::of(holds),
            Value::Nothing => Truth::No,
            Value::Number(number, _) => Truth::of(number != 0),
            Value::Text(text) => Truth::of(!text.is_empty()),
            Value::Capture(_) => Truth::Yes,
            Value::List(list) => Truth::of(!list.is_empty()),
        },
        TermKind::Compare { left, comparison, right } => {
            let left = value(left, facts, seen);
            let right = value(right, facts, seen);
            compare(&left, *comparison, &right)
        }
    };
    if term.negated { truth.not() } else { truth }
}

/// A value of either side.
enum Value<'a> {
    Capture(&'a Capture),
    Text(Cow<'a, [u8]>),
    /// In millionths; of a duration, microseconds.
    Number(i128, Kind),
    Truth(bool),
    /// There is such a thing, and it has no value.
    Nothing,
    List(Vec<Value<'a>>),
    Unknown,
}

/// What a number counts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Any,
    Time,
    Level,
    Percent,
}

fn value<'a>(operand: &'a Operand, facts: &'a dyn Facts, seen: &mut Vec<String>) -> Value<'a> {
    match operand {
        Operand::Path { names, span: _ } => {
            let value = path(names, facts);
            seen.push(format!("{} is {}", names.join("."), shown(&value)));
            value
        }
        Operand::Count { side, text, span: _ } => {
            let text = template::resolve_bound(text, facts.captures());
            let count = facts.count(*side, &text);
            let sign = match side {
                Side::Host => '>',
                Side::Modem => '<',
            };
            seen.push(format!("count({sign} \"{}\") is {count}", text.escape_ascii()));
            Value::Number(i128::try_from(count).unwrap_or(i128::MAX / 2_000_000) * 1_000_000, Kind::Any)
        }
        Operand::Text(text) => Value::Text(template::resolve_bound(text, facts.captures())),
        Operand::Quantity(quantity) => number(*quantity),
        Operand::Bool(truth) => Value::Truth(*truth),
        Operand::None => Value::Nothing,
        Operand::List(list) => Value::List(list.iter().map(|operand| value(operand, facts, seen)).collect()),
    }
}

fn path<'a>(names: &[String], facts: &'a dyn Facts) -> Value<'a> {
    let Some((first, parts)) = names.split_first() else { return Value::Unknown };
    if let Some(capture) = facts.captures().capture(first) {
        return match parts {
            [] => Value::Capture(capture),
            [part] => match capture.part(part) {
                Some(Part::Text(text)) => Value::Text(Cow::Owned(text.into_bytes())),
                Some(Part::Number(number)) => Value::Number(i128::from(number) * 1_000_000, Kind::Any),
                Some(Part::Bool(truth)) => Value::Truth(truth),
                Some(Part::Absent) => Value::Nothing,
                None => Value::Unknown,
            },
            [_, _, ..] => Value::Unknown,
        };
    }
    match facts.observe(&names.join(".")) {
        Some(Observed::Text(text)) => Value::Text(Cow::Owned(text.into_bytes())),
        Some(Observed::Number(number)) => Value::Number(millionths(number), Kind::Any),
        Some(Observed::Truth(truth)) => Value::Truth(truth),
        Some(Observed::Nothing) => Value::Nothing,
        None => Value::Unknown,
    }
}

#[expect(clippy::cast_possible_truncation, reason = "what can be observed is far below 2^100")]
fn millionths(number: f64) -> i128 {
    (number * 1e6).round() as i128
}

fn number(quantity: Quantity) -> Value<'static> {
    let time = |micros: i128| Value::Number(quantity.millionths * micros / 1_000_000, Kind::Time);
    match quantity.unit {
        None => Value::Number(quantity.millionths, Kind::Any),
        Some(Unit::DecibelMilliwatts) => Value::Number(quantity.millionths, Kind::Level),
        Some(Unit::Percent) => Value::Number(quantity.millionths, Kind::Percent),
        Some(Unit::Microseconds) => time(1),
        Some(Unit::Milliseconds) => time(1_000),
        Some(Unit::Seconds) => time(1_000_000),
        Some(Unit::Minutes) => time(60_000_000),
        Some(Unit::Hours) => time(3_600_000_000),
    }
}

fn compare(left: &Value<'_>, comparison: Comparison, right: &Value<'_>) -> Truth {
    if matches!(left, Value::Unknown) || matches!(right, Value::Unknown) {
        return Truth::Unknown;
    }
    let ordered = |holds: fn(std::cmp::Ordering) -> bool| Truth::of(order(left, right).is_some_and(holds));
    match comparison {
        Comparison::Equal => Truth::of(equal(left, right)),
        Comparison::NotEqual => Truth::of(!equal(left, right)),
        Comparison::Less => ordered(std::cmp::Ordering::is_lt),
        Comparison::LessOrEqual => ordered(std::cmp::Ordering::is_le),
        Comparison::Greater => ordered(std::cmp::Ordering::is_gt),
        Comparison::GreaterOrEqual => ordered(std::cmp::Ordering::is_ge),
        Comparison::In => match right {
            Value::List(list) => list.iter().fold(Truth::No, |found, member| match (found, member) {
                (Truth::Yes, _) => Truth::Yes,
                (found, Value::Unknown) => {
                    if found == Truth::Yes {
                        found
                    } else {
                        Truth::Unknown
                    }
                }
                (found, member) => {
                    if equal(left, member) {
                        Truth::Yes
                    } else {
                        found
                    }
                }
            }),
            other => Truth::of(equal(left, other)),
        },
        Comparison::Matches => match (bytes(left), bytes(right)) {
            (Some(text), Some(pattern)) => Truth::of(matches(&text, &pattern)),
            (_, _) => Truth::No,
        },
    }
}

/// A regular expression, found anywhere in the text. One that cannot be read matches nothing: what is constant was
/// judged with the script's text.
fn matches(text: &[u8], pattern: &[u8]) -> bool {
    expression(pattern).is_ok_and(|regex| regex.is_match(&String::from_utf8_lossy(text)))
}

fn equal(left: &Value<'_>, right: &Value<'_>) -> bool {
    match (left, right) {
        (Value::Nothing, Value::Nothing) => true,
        (Value::Truth(left), Value::Truth(right)) => left == right,
        (Value::List(left), Value::List(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| equal(left, right))
        }
        (Value::Capture(left), Value::Capture(right)) => left.same(right),
        (Value::Capture(capture), Value::Text(text)) | (Value::Text(text), Value::Capture(capture)) => {
            capture.same(&Capture::of(text))
        }
        (Value::Text(left), Value::Text(right)) => left == right,
        (Value::Truth(truth), other) | (other, Value::Truth(truth)) => {
            bytes(other).is_some_and(|text| &*text == if *truth { &b"true"[..] } else { b"false" })
        }
        (left, right) => order(left, right).is_some_and(std::cmp::Ordering::is_eq),
    }
}

/// Numbers by their value, texts that are no numbers byte by byte.
fn order(left: &Value<'_>, right: &Value<'_>) -> Option<std::cmp::Ordering> {
    match (amount(left), amount(right)) {
        (Some((left, kind)), Some((right, other))) => {
            let comparable = kind == other || kind == Kind::Any || other == Kind::Any;
            comparable.then(|| left.cmp(&right))
        }
        (None, None) => Some(bytes(left)?.cmp(&bytes(right)?)),
        (_, _) => None,
    }
}

fn amount(value: &Value<'_>) -> Option<(i128, Kind)> {
    match value {
        Value::Number(number, kind) => Some((*number, *kind)),
        Value::Capture(Capture { text, kind: Some(Type::Hex), .. }) => {
            let text = std::str::from_utf8(text).ok()?;
            let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")).unwrap_or(text);
            Some((i128::from(u64::from_str_radix(digits, 16).ok()?) * 1_000_000, Kind::Any))
        }
        Value::Capture(Capture { text, .. }) => decimal(text),
        Value::Text(text) => decimal(text),
        Value::Truth(_) | Value::Nothing | Value::List(_) | Value::Unknown => None,
    }
}

/// `-12`, `1.5`; no exponent, no sign before it but `-`.
fn decimal(text: &[u8]) -> Option<(i128, Kind)> {
    let text = std::str::from_utf8(text).ok()?;
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    if [whole, part].iter().any(|digits| digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit())) {
        return None;
    }
    let whole: i128 = whole.parse::<u64>().ok()?.into();
    let fraction: i128 = format!("{part:0<6}").get(..6)?.parse().ok()?;
    let number = whole * 1_000_000 + fraction;
    Some((if text.starts_with('-') { -number } else { number }, Kind::Any))
}

fn bytes<'a>(value: &'a Value<'_>) -> Option<Cow<'a, [u8]>> {
    match value {
        Value::Capture(capture) => Some(Cow::Borrowed(&capture.text)),
        Value::Text(text) => Some(Cow::Borrowed(text)),
        Value::Number(number, _) => Some(Cow::Owned(plain(*number).into_bytes())),
        Value::Truth(_) | Value::Nothing | Value::List(_) | Value::Unknown => None,
    }
}

/// A number of millionths as it is written: `-71`, `1.5`.
fn plain(millionths: i128) -> String {
    let sign = if millionths < 0 { "-" } else { "" };
    let (whole, part) = (millionths.abs() / 1_000_000, millionths.abs() % 1_000_000);
    match part {
        0 => format!("{sign}{whole}"),
        part => format!("{sign}{whole}.{}", format!("{part:06}").trim_end_matches('0')),
    }
}

fn shown(value: &Value<'_>) -> String {
    match value {
        Value::Capture(capture) => format!("\"{}\"", capture.text.escape_ascii()),
        Value::Text(text) => format!("\"{}\"", text.escape_ascii()),
        Value::Number(number, _) => plain(*number),
        Value::Truth(truth) => truth.to_string(),
        Value::Nothing => "none".into(),
        Value::List(list) => format!("[{}]", list.iter().map(shown).collect::<Vec<_>>().join(", ")),
        Value::Unknown => "not to be observed".into(),
    }
}
