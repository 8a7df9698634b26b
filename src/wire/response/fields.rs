//! The parameters of an information line.
//!
//! `+COPS: (2,"","T-Mobile","31026",0),,(0-4)` has fields between commas: bare, quoted, omitted, or a group in parentheses.
//! What a field means is not known here, nor whether it is a number: `00DE`, `--256` and an IMEI are kept as they came.

use std::borrow::Cow;
use std::ops::Range;

use nom::bytes::complete::{take, take_while};
use nom::combinator::recognize;
use nom::{IResult, Parser};

use super::search::distance;

/// One parameter, as it stood on the wire.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Field<'a> {
    /// The bytes between the commas, less blanks around them: quotes and parentheses included.
    pub raw: &'a [u8],
    /// How it is written.
    pub shape: Shape,
}

/// How a parameter is written.
///
/// Source: ITU-T V.250 (07/2003), clauses 5.4.2 and 5.7.3.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shape {
    /// Nothing between two commas.
    Omitted,
    /// `21`, `00DE`, `READY`.
    Bare,
    /// `"31026"`.
    Quoted,
    /// `(0,4-6)`.
    Group,
}

impl<'a> Field<'a> {
    /// The text without its quotes or parentheses; escapes stay as they are.
    #[must_use]
    pub fn text(&self) -> &'a [u8] {
        match self.shape {
            Shape::Omitted | Shape::Bare => self.raw,
            Shape::Quoted => inner(self.raw, b'"'),
            Shape::Group => inner(self.raw, b')'),
        }
    }

    /// The text with `\hh` taken as the byte that it stands for.
    ///
    /// Source: ITU-T V.250 (07/2003), clause 5.4.2.2. A backslash that no two hexadecimal digits follow is itself.
    #[must_use]
    pub fn unescaped(&self) -> Cow<'a, [u8]> {
        let text = self.text();
        if self.shape != Shape::Quoted || memchr::memchr(b'\\', text).is_none() {
            return Cow::Borrowed(text);
        }
        let mut out = Vec::with_capacity(text.len());
        let mut rest = text;
        while let [first, tail @ ..] = rest {
            match (first, tail) {
                (b'\\', [high, low, after @ ..]) if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                    out.push(nibble(*high) << 4 | nibble(*low));
                    rest = after;
                }
                _ => {
                    out.push(*first);
                    rest = tail;
                }
            }
        }
        Cow::Owned(out)
    }

    /// Whether nothing stands here.
    #[must_use]
    pub fn is_omitted(&self) -> bool {
        self.shape == Shape::Omitted
    }

    /// The decimal number that it is, quoted or not; `None` for any other text and what does not fit.
    #[must_use]
    pub fn number(&self) -> Option<i64> {
        let text = self.text();
        let (negative, digits) = match text {
            [b'-', digits @ ..] => (true, digits),
            [b'+', digits @ ..] | digits => (false, digits),
        };
        if digits.is_empty() || digits.len() > 18 {
            return None;
        }
        let mut number = 0i64;
        for digit in digits {
            if !digit.is_ascii_digit() {
                return None;
            }
            number = number * 10 + i64::from(digit - b'0');
        }
        Some(if negative { -number } else { number })
    }

    /// The hexadecimal number that it is, quoted or not, `0x` allowed: a tac or ci.
    #[must_use]
    pub fn hexadecimal(&self) -> Option<u64> {
        let text = self.text();
        let digits = text.strip_prefix(b"0x").or_else(|| text.strip_prefix(b"0X")).unwrap_or(text);
        if digits.is_empty() || digits.len() > 16 || !digits.iter().all(u8::is_ascii_hexdigit) {
            return None;
        }
        Some(digits.iter().fold(0, |number, digit| number << 4 | u64::from(nibble(*digit))))
    }

    /// The parameters inside a group.
    #[must_use]
    pub fn group(&self) -> Option<Fields<'a>> {
        (self.shape == Shape::Group).then(|| Fields::new(self.text()))
    }
}

/// The parameters of one line, in order; a trailing comma means one omitted field more.
#[derive(Clone, Debug)]
pub struct Fields<'a> {
    /// The line: parameters, and perhaps what stands before them.
    text: &'a [u8],
    /// Where the next field begins; beyond the end once there are no more.
    at: usize,
    /// The payload inside quotes that is not to be read, as positions in `text`; empty where there is none.
    payload: Range<usize>,
}

impl<'a> Fields<'a> {
    /// Reads what stands behind the name and its colon: ` 3,,,,0,6`.
    #[must_use]
    #[inline]
    pub fn new(value: &'a [u8]) -> Self {
        Self::behind(value, 0, 0..0)
    }

    /// Reads `text` from `at` on; the bytes of `payload` are content whatever they look like.
    #[inline]
    pub(super) fn behind(text: &'a [u8], at: usize, payload: Range<usize>) -> Self {
        let text = if payload.is_empty() { end_off(text) } else { text };
        let at = if at >= text.len() { text.len() + 1 } else { at };
        Self { text, at, payload }
    }

    /// A field that begins with a quote or a parenthesis and does not end before the first comma.
    fn structured(&self, rest: &'a [u8]) -> (usize, Shape) {
        if let Some(end) = self.payload_end(rest) {
            return (end, Shape::Quoted);
        }
        let (parsed, shape) = match rest {
            [b'(', ..] => (group(rest), Shape::Group),
            _ => (string(rest), Shape::Quoted),
        };
        // The grammar takes any bytes; what it would not take goes to the end.
        (parsed.map_or(rest.len(), |(after, _)| rest.len() - after.len()), shape)
    }

    /// Where the field ends whose quotes hold the payload, if `rest` begins with it.
    fn payload_end(&self, rest: &[u8]) -> Option<usize> {
        if self.payload.is_empty() || self.payload.start != self.at + 1 {
            return None;
        }
        let end = self.payload.end - self.at;
        let behind = rest.get(end..)?;
        Some(end + memchr::memchr(b',', behind).unwrap_or(behind.len()))
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Field<'a>;

    #[inline]
    fn next(&mut self) -> Option<Field<'a>> {
        let mut rest = self.text.get(self.at..)?;
        if let [b' ' | b'\t', ..] = rest {
            let trimmed = rest.trim_ascii_start();
            self.at += rest.len() - trimmed.len();
            rest = trimmed;
        }
        let mut end = distance(b',', self.text, self.at);
        let shape = match rest.first() {
            None | Some(b',') => Shape::Omitted,
            // Most strings hold no comma: the quote before it closes.
            Some(b'"') if end > 1 && rest[end - 1] == b'"' && self.payload.is_empty() => Shape::Quoted,
            Some(b'"' | b'(') => {
                let (whole, shape) = self.structured(rest);
                end = whole;
                shape
            }
            Some(_) => Shape::Bare,
        };
        self.at += end + 1;
        let raw = match shape {
            Shape::Group => rest[..end].trim_ascii_end(),
            Shape::Omitted | Shape::Bare | Shape::Quoted => end_off(&rest[..end]),
        };
        Some(Field { raw, shape })
    }
}

/// The text without blanks at its end.
#[inline]
fn end_off(text: &[u8]) -> &[u8] {
    match text {
        [.., b' ' | b'\t' | b'\r' | b'\n'] => text.trim_ascii_end(),
        text => text,
    }
}

/// string = `"`, any bytes, `"` before a comma or the end, blanks.
///
/// `"{"cmd": "blink"}",1` gives `"{"cmd": "blink"}"`: a quote inside does not close.
fn string(input: &[u8]) -> IResult<&[u8], &[u8]> {
    take(closing(input)).parse(input)
}

/// The position of the comma behind a string, or the end of the input.
#[inline]
fn closing(input: &[u8]) -> usize {
    let mut from = 1;
    while let Some(quote) = memchr::memchr(b'"', &input[from..]) {
        let behind = from + quote + 1;
        let blanks = input[behind..].iter().take_while(|byte| **byte == b' ').count();
        match input.get(behind + blanks) {
            None | Some(b',') => return behind + blanks,
            Some(_) => from = behind,
        }
    }
    // A quote that nothing closes: the field goes to the next comma, so that it costs one field.
    memchr::memchr(b',', input).unwrap_or(input.len())
}

/// group = `(`, fields or groups, `)`; parentheses inside strings do not count.
///
/// `(0,4-6),1` gives `(0,4-6)`; a group that is not closed goes to the end.
fn group(input: &[u8]) -> IResult<&[u8], &[u8]> {
    let mut depth = 0usize;
    let mut quoted = false;
    let mut end = input.len();
    for (index, &byte) in input.iter().enumerate() {
        match byte {
            b'"' if quoted => {
                quoted = !matches!(input[index + 1..].trim_ascii_start().first(), None | Some(b',' | b')'));
            }
            b'"' => quoted = matches!(input[..index].trim_ascii_end().last(), None | Some(b',' | b'(')),
            b'(' if !quoted => depth += 1,
            b')' if !quoted => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    end = index + 1;
                    break;
                }
            }
            _ => {}
        }
    }
    // What stands between the group and the next comma stays with the group.
    recognize((take(end), take_while(|byte: u8| byte != b','))).parse(input)
}

fn inner(raw: &[u8], close: u8) -> &[u8] {
    let raw = raw.get(1..).unwrap_or_default();
    match raw {
        [inner @ .., last] if *last == close => inner,
        raw => raw,
    }
}

fn nibble(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        b'a'..=b'f' => digit - b'a' + 10,
        b'A'..=b'F' => digit - b'A' + 10,
        _ => 0,
    }
}
