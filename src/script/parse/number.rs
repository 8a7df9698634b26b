//! Durations, quantities and plain counts.

use nom::Input;
use nom::bytes::complete::take_while;

use std::time::Duration;

use super::input::{Parsed, Text, fail};
use crate::script::check::{Quantity, Unit};
use crate::script::tree::{Interval, Span, TimeUnit};

/// The longest duration, in hours: a bench has been rebuilt by then, and every sum of durations still fits.
const LONGEST_HOURS: u128 = 10_000;

/// So many digits a number may have before its decimal point, and so many after it.
const DIGITS: usize = 20;

/// `duration = digits ["." digits] ("us"|"ms"|"s"|"m"|"h")`: `1.5s`.
pub(super) fn duration(input: Text<'_>) -> Parsed<'_, Interval> {
    let help = "it is digits and a unit: `250ms`, `1.5s`, `10m`, `1h`, `50us`";
    if !input.peek().is_some_and(|byte| byte.is_ascii_digit()) {
        let word = input.word();
        let message = if word.is_empty() {
            "a duration is missing".to_owned()
        } else {
            format!("`{}` is no duration", word.shown())
        };
        return fail(word.span(), message, help.to_owned());
    }
    let (rest, (whole, decimals)) = decimal(input)?;
    let (after, word) = unit_word(rest)?;
    let Some(unit) = TimeUnit::ALL.into_iter().find(|unit| unit.word().as_bytes() == word.bytes) else {
        let number = input.span_to(rest);
        if word.is_empty() {
            let shown = input.take(number.end - number.start).shown();
            return fail(
                number,
                format!("`{shown}` has no unit"),
                format!("write `{shown}s` for seconds, or us, ms, m, h"),
            );
        }
        return fail(
            word.span(),
            format!("`{}` is no unit of time", word.shown()),
            "the units are us, ms, s, m and h".to_owned(),
        );
    };
    let span = input.span_to(after);
    let one = u128::from(unit.microseconds());
    let (value, scale) = decimals;
    if !(value * one).is_multiple_of(scale) {
        return fail(
            span,
            "the duration is finer than a microsecond",
            "a microsecond (1us) is the shortest step of time".to_owned(),
        );
    }
    let micros = whole * one + value * one / scale;
    match u64::try_from(micros) {
        Ok(micros) if u128::from(micros) <= LONGEST_HOURS * u128::from(TimeUnit::Hours.microseconds()) => {
            Ok((after, Interval { duration: Duration::from_micros(micros), unit }))
        }
        Ok(_) | Err(_) => fail(span, "the duration is too long", format!("{LONGEST_HOURS}h is the longest")),
    }
}

/// `quantity = ["-"] digits ["." digits] ["dBm"|"us"|"ms"|"s"|"m"|"h"|"%"]`: `-95dBm`.
pub(super) fn quantity(input: Text<'_>) -> Parsed<'_, Quantity> {
    let negative = input.peek() == Some(b'-');
    let digits = if negative { input.take_from(1) } else { input };
    if !digits.peek().is_some_and(|byte| byte.is_ascii_digit()) {
        return fail(input.word().span(), "a number is missing", "write `-95dBm`, `3`, `1.5s` or `20%`".to_owned());
    }
    let (rest, (whole, (value, scale))) = decimal(digits)?;
    if !(value * 1_000_000).is_multiple_of(scale) {
        return fail(input.span_to(rest), "the number has more than six decimals", None);
    }
    let (after, word) = unit_word(rest)?;
    let unit = match Unit::ALL.into_iter().find(|unit| unit.word().as_bytes() == word.bytes) {
        Some(unit) => Some(unit),
        None if word.is_empty() => None,
        None => {
            let known = Unit::ALL.map(Unit::word);
            let help = crate::script::suggest::did_you_mean(&word.shown(), &known);
            return fail(word.span(), format!("`{}` is no unit", word.shown()), help);
        }
    };
    let magnitude = whole * 1_000_000 + value * 1_000_000 / scale;
    let Ok(magnitude) = i128::try_from(magnitude) else {
        return fail(input.span_to(rest), "the number is too long", None);
    };
    Ok((after, Quantity { millionths: if negative { -magnitude } else { magnitude }, unit }))
}

/// `digits`, as a count that is not zero: `9600`.
pub(super) fn count(input: Text<'_>) -> Parsed<'_, u32> {
    let (rest, digits) = take_while(|byte: u8| byte.is_ascii_digit())(input)?;
    let word = input.word();
    if digits.is_empty() {
        let message =
            if word.is_empty() { "a number is missing".to_owned() } else { format!("`{}` is no number", word.shown()) };
        return fail(word.span(), message, "it is written in decimal digits".to_owned());
    }
    match digits.shown().parse() {
        Ok(0) => fail(digits.span(), "the number is zero", "1 is the least".to_owned()),
        Ok(number) => Ok((rest, number)),
        Err(_) => fail(digits.span(), "the number is too large", format!("{} is the most", u32::MAX)),
    }
}

/// `digits ["." digits]`: the whole part, and the decimals as a fraction.
fn decimal(input: Text<'_>) -> Parsed<'_, (u128, (u128, u128))> {
    let (rest, whole) = digits(input)?;
    match rest.bytes {
        [b'.', next, ..] if next.is_ascii_digit() => {
            let from = rest.take_from(1);
            let (rest, value) = digits(from)?;
            let length = rest.offset - from.offset;
            let scale = 10_u128.pow(u32::try_from(length).unwrap_or_default());
            Ok((rest, (whole, (value, scale))))
        }
        [b'.', ..] => fail(
            Span::new(input.offset, rest.offset + 1),
            "digits are missing after the decimal point",
            "write `1.0` or `1`".to_owned(),
        ),
        _ => Ok((rest, (whole, (0, 1)))),
    }
}

fn digits(input: Text<'_>) -> Parsed<'_, u128> {
    let (rest, digits) = take_while(|byte: u8| byte.is_ascii_digit())(input)?;
    if digits.bytes.len() > DIGITS {
        return fail(digits.span(), "the number is too long", format!("{DIGITS} digits are the most"));
    }
    Ok((rest, digits.bytes.iter().fold(0, |sum, digit| sum * 10 + u128::from(digit - b'0'))))
}

/// The letters (or `%`) right after a number.
fn unit_word(input: Text<'_>) -> Parsed<'_, Text<'_>> {
    take_while(|byte: u8| byte.is_ascii_alphabetic() || byte == b'%' || byte >= 0x80)(input)
}
