//! The rest of a line that is yet to be read, and where it stands in its file.

use std::iter::{Copied, Enumerate};
use std::slice::Iter;

use nom::error::{ErrorKind, ParseError};
use nom::{Compare, CompareResult, Err, IResult, Input, Needed};

use crate::script::tree::Span;

/// The rest of a line: a slice that knows its offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Text<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) offset: usize,
}

impl<'a> Text<'a> {
    /// A line of `source` that begins at `offset`.
    pub(super) fn new(line: &'a str, offset: usize) -> Self {
        Self { bytes: line.as_bytes(), offset }
    }

    /// What was read between here and `later`.
    pub(super) fn span_to(self, later: Text<'_>) -> Span {
        Span::new(self.offset, later.offset)
    }

    /// All of it.
    pub(super) fn span(self) -> Span {
        Span::new(self.offset, self.offset + self.bytes.len())
    }

    /// Its first character, or the empty place at its end.
    pub(super) fn first(self) -> Span {
        let len = self.bytes.first().map_or(0, |&byte| match byte {
            0xF0.. => 4,
            0xE0.. => 3,
            0xC0.. => 2,
            _ => 1,
        });
        Span::new(self.offset, self.offset + len.min(self.bytes.len()))
    }

    /// Its first word, up to a blank; at least one character unless nothing is left.
    pub(super) fn word(self) -> Text<'a> {
        let len = memchr::memchr(b' ', self.bytes).unwrap_or(self.bytes.len());
        self.take(len)
    }

    pub(super) fn is_empty(self) -> bool {
        self.bytes.is_empty()
    }

    pub(super) fn peek(self) -> Option<u8> {
        self.bytes.first().copied()
    }

    /// As text for a message.
    pub(super) fn shown(self) -> std::borrow::Cow<'a, str> {
        String::from_utf8_lossy(self.bytes)
    }
}

impl<'a> Input for Text<'a> {
    type Item = u8;
    type Iter = Copied<Iter<'a, u8>>;
    type IterIndices = Enumerate<Self::Iter>;

    fn input_len(&self) -> usize {
        self.bytes.len()
    }

    fn take(&self, index: usize) -> Self {
        Self { bytes: &self.bytes[..index], offset: self.offset }
    }

    fn take_from(&self, index: usize) -> Self {
        Self { bytes: &self.bytes[index..], offset: self.offset + index }
    }

    fn take_split(&self, index: usize) -> (Self, Self) {
        (self.take_from(index), self.take(index))
    }

    fn position<P: Fn(u8) -> bool>(&self, predicate: P) -> Option<usize> {
        self.bytes.iter().position(|&byte| predicate(byte))
    }

    fn iter_elements(&self) -> Self::Iter {
        self.bytes.iter().copied()
    }

    fn iter_indices(&self) -> Self::IterIndices {
        self.iter_elements().enumerate()
    }

    fn slice_index(&self, count: usize) -> Result<usize, Needed> {
        if count <= self.bytes.len() { Ok(count) } else { Err(Needed::new(count - self.bytes.len())) }
    }
}

impl Compare<&str> for Text<'_> {
    fn compare(&self, word: &str) -> CompareResult {
        self.bytes.compare(word)
    }

    fn compare_no_case(&self, word: &str) -> CompareResult {
        self.bytes.compare_no_case(word)
    }
}

/// Why a line could not be read.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) span: Span,
    /// Empty while nothing better is known than where reading stopped.
    pub(super) message: String,
    pub(super) help: Option<String>,
}

impl<'a> ParseError<Text<'a>> for Fault {
    fn from_error_kind(input: Text<'a>, _: ErrorKind) -> Self {
        Self { span: input.first(), message: String::new(), help: None }
    }

    fn append(_: Text<'a>, _: ErrorKind, other: Self) -> Self {
        other
    }
}

/// What a rule of the grammar gives.
pub(super) type Parsed<'a, T> = IResult<Text<'a>, T, Fault>;

/// The line is wrong, whatever else might be tried.
pub(super) fn fail<T>(
    span: Span,
    message: impl Into<String>,
    help: impl Into<Option<String>>,
) -> Result<T, Err<Fault>> {
    Err(Err::Failure(Fault { span, message: message.into(), help: help.into() }))
}
