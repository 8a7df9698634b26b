//! The parameters of a set command.
//!
//! They stay raw text until somebody asks: `0012` may be a number, a PIN or an IMEI's start, and only the command knows
//! (V.250 clause 5.4.2.1 leaves the base of a number to it too).

use std::borrow::Cow;
use std::fmt;

use super::dialect::Quoting;
use super::grammar;

/// A string constant, without its quotes, as it was written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Quoted<'a> {
    raw: &'a [u8],
    quoting: Quoting,
}

impl<'a> Quoted<'a> {
    pub(super) const fn new(raw: &'a [u8], quoting: Quoting) -> Self {
        Self { raw, quoting }
    }

    /// What stands between the quotes, escapes as they were written.
    pub const fn raw(&self) -> &'a [u8] {
        self.raw
    }

    /// The string with its escapes resolved by the dialect's rule.
    ///
    /// A `\` that no two hexadecimal digits follow stands for itself.
    pub fn decode(&self) -> Cow<'a, [u8]> {
        match self.quoting {
            Quoting::Standard => replace_escapes(self.raw, hexadecimal_escape),
            Quoting::Backslash => replace_escapes(self.raw, |rest| rest.first().map(|&byte| (byte, 1))),
            Quoting::Literal | Quoting::Loose => Cow::Borrowed(self.raw),
        }
    }

    /// The string decoded, where it is UTF-8.
    pub fn to_str(&self) -> Option<Cow<'a, str>> {
        match self.decode() {
            Cow::Borrowed(bytes) => std::str::from_utf8(bytes).ok().map(Cow::Borrowed),
            Cow::Owned(bytes) => String::from_utf8(bytes).ok().map(Cow::Owned),
        }
    }
}

impl fmt::Debug for Quoted<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "\"{}\"", self.raw.escape_ascii())
    }
}

/// `22"` → the quote, two characters long.
fn hexadecimal_escape(rest: &[u8]) -> Option<(u8, usize)> {
    let digits = std::str::from_utf8(rest.get(..2)?).ok()?;
    let both = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    let value = u8::from_str_radix(digits, 16).ok()?;
    both.then_some((value, 2))
}

fn replace_escapes(raw: &[u8], escape: impl Fn(&[u8]) -> Option<(u8, usize)>) -> Cow<'_, [u8]> {
    if memchr::memchr(b'\\', raw).is_none() {
        return Cow::Borrowed(raw);
    }
    let mut decoded = Vec::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        match (byte, escape(after)) {
            (b'\\', Some((value, length))) => {
                decoded.push(value);
                rest = &after[length..];
            }
            (_, _) => decoded.push(byte),
        }
    }
    Cow::Owned(decoded)
}

/// One parameter.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Parameter<'a> {
    /// Nothing between two commas: the value stays, or takes its default.
    Omitted,
    /// Decimal digits only. They may also be read as hexadecimal or binary, or as an identity with leading zeros.
    Number(&'a [u8]),
    /// A string constant.
    Text(Quoted<'a>),
    /// Anything else without quotes: `0A`, `-60`, `1.23`, `ALL`. Blanks at its ends are dropped.
    Bare(&'a [u8]),
}

impl<'a> Parameter<'a> {
    /// The text, quotes removed, escapes as they were written. Empty where it is omitted.
    pub const fn raw(&self) -> &'a [u8] {
        match self {
            Self::Omitted => b"",
            Self::Number(text) | Self::Bare(text) => text,
            Self::Text(quoted) => quoted.raw(),
        }
    }

    /// The decimal number, where it is one and fits.
    pub fn as_u32(&self) -> Option<u32> {
        self.as_u64().and_then(|value| u32::try_from(value).ok())
    }

    /// The decimal number, where it is one and fits.
    pub fn as_u64(&self) -> Option<u64> {
        match self {
            Self::Number(digits) => radix(digits, 10),
            Self::Omitted | Self::Text(_) | Self::Bare(_) => None,
        }
    }

    /// The number with its sign: `-60`. V.250 has no sign, makers do.
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Self::Number(digits) => radix(digits, 10).and_then(|value| i64::try_from(value).ok()),
            Self::Bare(text) => {
                let (sign, digits) = text.split_first()?;
                let value = i64::try_from(radix(digits, 10)?).ok()?;
                match sign {
                    b'-' => Some(-value),
                    b'+' => Some(value),
                    _ => None,
                }
            }
            Self::Omitted | Self::Text(_) => None,
        }
    }

    /// The number read as hexadecimal, unquoted: `00DE`, `3fffffff`.
    pub fn as_hexadecimal(&self) -> Option<u64> {
        match self {
            Self::Number(digits) | Self::Bare(digits) => radix(digits, 16),
            Self::Omitted | Self::Text(_) => None,
        }
    }

    /// The number read as binary, unquoted: `00100011`.
    pub fn as_binary(&self) -> Option<u64> {
        match self {
            Self::Number(digits) => radix(digits, 2),
            Self::Omitted | Self::Text(_) | Self::Bare(_) => None,
        }
    }
}

impl fmt::Debug for Parameter<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Omitted => write!(out, "omitted"),
            Self::Number(digits) => write!(out, "{}", digits.escape_ascii()),
            Self::Text(quoted) => write!(out, "{quoted:?}"),
            Self::Bare(text) => write!(out, "bare {}", text.escape_ascii()),
        }
    }
}

fn radix(digits: &[u8], radix: u32) -> Option<u64> {
    // A sign would pass from_str_radix.
    let text = std::str::from_utf8(digits).ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_alphanumeric()))?;
    u64::from_str_radix(text, radix).ok()
}

/// What is wrong with one parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ParameterFault {
    /// It is needed, and omitted.
    Missing,
    /// It should be a number.
    NotANumber,
    /// It should be a string in quotes.
    NotAString,
    /// The number is too large for what it means.
    OutOfRange,
}

/// A parameter that is not what the command wants, with its place in the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("parameter {} {}", .index + 1, match .fault {
    ParameterFault::Missing => "is missing",
    ParameterFault::NotANumber => "is not a number",
    ParameterFault::NotAString => "is not a string in quotes",
    ParameterFault::OutOfRange => "is out of range",
})]
pub struct ParameterError {
    /// The place, from 0.
    pub index: usize,
    /// What is wrong.
    pub fault: ParameterFault,
}

/// The parameters of a set command, in order.
///
/// On the wire: `<parameter>[,<parameter>]…`; any may be omitted, its comma stays (V.250 clause 5.4.2.3); commas at the
/// end may go. Two lists are equal where their parameters are.
#[derive(Clone, Copy)]
pub struct Parameters<'a> {
    raw: &'a [u8],
    quoting: Quoting,
}

impl<'a> Parameters<'a> {
    /// Text that the grammar has accepted as a list; it begins with no blank.
    pub(super) const fn new(raw: &'a [u8], quoting: Quoting) -> Self {
        Self { raw, quoting }
    }

    /// What stands after `=`, as it was written.
    pub const fn raw(&self) -> &'a [u8] {
        self.raw
    }

    /// The parameters. `=` with nothing after it has none; a trailing comma has an omitted one behind it.
    pub fn iter(&self) -> impl Iterator<Item = Parameter<'a>> + Clone + use<'a> {
        let quoting = self.quoting;
        let mut rest = (!self.raw.is_empty()).then_some(self.raw);
        std::iter::from_fn(move || {
            let (parameter, after) = grammar::next_parameter(rest?, quoting);
            rest = after;
            Some(parameter)
        })
    }

    /// How many there are, omitted ones between commas counted.
    pub fn len(&self) -> usize {
        self.iter().count()
    }

    /// Whether nothing stands after `=`.
    pub fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }

    /// The parameter at `index` from 0; [`Parameter::Omitted`] past the end.
    pub fn at(&self, index: usize) -> Parameter<'a> {
        self.iter().nth(index).unwrap_or(Parameter::Omitted)
    }

    /// The decimal number at `index`, `None` where it is omitted.
    ///
    /// # Errors
    /// Where something else stands there, or the number does not fit `T`.
    pub fn number<T: TryFrom<u64>>(&self, index: usize) -> Result<Option<T>, ParameterError> {
        match self.at(index) {
            Parameter::Omitted => Ok(None),
            Parameter::Number(digits) => match radix(digits, 10).and_then(|value| T::try_from(value).ok()) {
                Some(value) => Ok(Some(value)),
                None => Err(ParameterError { index, fault: ParameterFault::OutOfRange }),
            },
            Parameter::Text(_) | Parameter::Bare(_) => Err(ParameterError { index, fault: ParameterFault::NotANumber }),
        }
    }

    /// The decimal number at `index`, which must be there.
    ///
    /// # Errors
    /// As [`Parameters::number`], and where it is omitted.
    pub fn required<T: TryFrom<u64>>(&self, index: usize) -> Result<T, ParameterError> {
        self.number(index)?.ok_or(ParameterError { index, fault: ParameterFault::Missing })
    }

    /// The string at `index`, decoded; `None` where it is omitted.
    ///
    /// # Errors
    /// Where something without quotes stands there.
    pub fn text(&self, index: usize) -> Result<Option<Cow<'a, [u8]>>, ParameterError> {
        match self.at(index) {
            Parameter::Omitted => Ok(None),
            Parameter::Text(quoted) => Ok(Some(quoted.decode())),
            Parameter::Number(_) | Parameter::Bare(_) => {
                Err(ParameterError { index, fault: ParameterFault::NotAString })
            }
        }
    }

    /// The string at `index` with or without quotes, as modules take a PIN; `None` where it is omitted.
    pub fn word(&self, index: usize) -> Option<Cow<'a, [u8]>> {
        match self.at(index) {
            Parameter::Omitted => None,
            Parameter::Text(quoted) => Some(quoted.decode()),
            Parameter::Number(text) | Parameter::Bare(text) => Some(Cow::Borrowed(text)),
        }
    }
}

impl PartialEq for Parameters<'_> {
    fn eq(&self, other: &Parameters<'_>) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Eq for Parameters<'_> {}

impl fmt::Debug for Parameters<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_list().entries(self.iter()).finish()
    }
}

/// Parameters on their way to the wire: values in, text out.
///
/// ```
/// use atgate::wire::command::ParameterText;
///
/// let text = ParameterText::new().number(1_u8).text(b"IP").omitted().text(b"say \"hi\"");
/// assert_eq!(text.as_bytes(), br#"1,"IP",,"say \22hi\22""#);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ParameterText {
    text: Vec<u8>,
    begun: bool,
}

impl ParameterText {
    /// An empty list.
    pub const fn new() -> Self {
        Self { text: Vec::new(), begun: false }
    }

    /// Adds a decimal number.
    #[must_use]
    pub fn number(self, value: impl Into<u64>) -> Self {
        let digits = value.into().to_string();
        self.bare(digits.as_bytes())
    }

    /// Adds an omitted parameter.
    #[must_use]
    pub fn omitted(self) -> Self {
        self.bare(b"")
    }

    /// Adds a string in quotes; a quote, a backslash and control characters are written `\HH` (V.250 clause 5.4.2.2).
    #[must_use]
    pub fn text(mut self, value: &[u8]) -> Self {
        self.separate();
        self.text.push(b'"');
        for &byte in value {
            if byte == b'"' || byte == b'\\' || byte.is_ascii_control() {
                self.text.extend_from_slice(format!("\\{byte:02X}").as_bytes());
            } else {
                self.text.push(byte);
            }
        }
        self.text.push(b'"');
        self
    }

    /// Adds text without quotes as it stands.
    #[must_use]
    pub fn bare(mut self, value: &[u8]) -> Self {
        self.separate();
        self.text.extend_from_slice(value);
        self
    }

    /// The text, as it stands after `=`.
    pub fn as_bytes(&self) -> &[u8] {
        &self.text
    }

    fn separate(&mut self) {
        if std::mem::replace(&mut self.begun, true) {
            self.text.push(b',');
        }
    }
}
