//! The parameters of an information line.
//!
//! `+COPS: (2,"","T-Mobile","31026",0),,(0-4)` has fields between commas: bare, quoted, omitted, or a group in parentheses.
//! What a field means is not known here, nor whether it is a number: `00DE`, `--256` and an IMEI are kept as they came.

use std::borrow::Cow;
use std::ops::Range;

use nom::bytes::complete::{take, take_while};
use nom::{IResult, Parser};

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
    rest: Option<&'a [u8]>,
    /// The payload inside quotes that is not to be read, as positions in `rest`.
    payload: Option<Range<usize>>,
}

impl<'a> Fields<'a> {
    /// Reads what stands behind the name and its colon: ` 3,,,,0,6`.
    #[must_use]
    pub fn new(value: &'a [u8]) -> Self {
        let value = value.trim_ascii();
        Self { rest: (!value.is_empty()).then_some(value), payload: None }
    }

    /// The same, where the bytes of `payload` are content whatever they look like.
    #[must_use]
    pub fn with_payload(value: &'a [u8], payload: Option<Range<usize>>) -> Self {
        match payload {
            Some(payload) => Self { rest: (!value.is_empty()).then_some(value), payload: Some(payload) },
            None => Self::new(value),
        }
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Field<'a>;

    #[inline]
    fn next(&mut self) -> Option<Field<'a>> {
        let rest = self.rest?;
        let end = match &self.payload {
            Some(payload) => payload_end(rest, payload),
            None => None,
        };
        let (after, field) = match end {
            Some(end) => (&rest[end..], Field { raw: rest[..end].trim_ascii(), shape: Shape::Quoted }),
            None => match field(rest) {
                Ok(parsed) => parsed,
                // The grammar takes any bytes; what it would not take is one bare field to the end.
                Err(_) => (&rest[rest.len()..], Field { raw: rest, shape: Shape::Bare }),
            },
        };
        self.rest = match after {
            [b',', next @ ..] => Some(next),
            _ => None,
        };
        if let (Some(payload), Some(next)) = (&mut self.payload, self.rest) {
            let gone = rest.len() - next.len();
            *payload = payload.start.saturating_sub(gone)..payload.end.saturating_sub(gone);
        }
        Some(field)
    }
}

/// Where the field ends whose quotes hold the payload, if `rest` begins with it.
fn payload_end(rest: &[u8], payload: &Range<usize>) -> Option<usize> {
    let opens = payload.start.checked_sub(1)?;
    if rest.get(opens) != Some(&b'"') || !rest[..opens].iter().all(|byte| *byte == b' ') {
        return None;
    }
    let behind = rest.get(payload.end..)?;
    Some(payload.end + memchr::memchr(b',', behind).unwrap_or(behind.len()))
}

/// field = blanks [ string | group | bare ] blanks, up to a comma or the end.
///
/// `"T-Mobile",0` gives the string and leaves `,0`.
#[inline]
fn field(input: &[u8]) -> IResult<&[u8], Field<'_>> {
    let input = match input {
        [b' ' | b'\t', ..] => input.trim_ascii_start(),
        _ => input,
    };
    match input {
        [b'"', ..] => string(input),
        [b'(', ..] => group(input),
        _ => bare(input),
    }
}

/// bare = any bytes but a comma; nothing is an omitted field.
///
/// `00DE,64` gives `00DE`.
#[inline]
fn bare(input: &[u8]) -> IResult<&[u8], Field<'_>> {
    let (rest, raw) = take_while(|byte: u8| byte != b',').parse(input)?;
    let raw = match raw {
        [.., b' ' | b'\t'] => raw.trim_ascii_end(),
        _ => raw,
    };
    let shape = if raw.is_empty() { Shape::Omitted } else { Shape::Bare };
    Ok((rest, Field { raw, shape }))
}

/// string = `"`, any bytes, `"` before a comma or the end.
///
/// `"{"cmd": "blink"}",1` gives `"{"cmd": "blink"}"`: a quote inside does not close.
#[inline]
fn string(input: &[u8]) -> IResult<&[u8], Field<'_>> {
    let end = closing(input);
    let (rest, raw) = take(end).parse(input)?;
    Ok((rest, Field { raw: raw.trim_ascii_end(), shape: Shape::Quoted }))
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
fn group(input: &[u8]) -> IResult<&[u8], Field<'_>> {
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
    let (after, raw) = take(end).parse(input)?;
    // Whatever stands between the group and the next comma belongs to neither.
    let (rest, _) = take_while(|byte: u8| byte != b',').parse(after)?;
    Ok((rest, Field { raw, shape: Shape::Group }))
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
