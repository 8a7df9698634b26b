//! One element of what a modem sends.

use std::fmt;
use std::ops::Range;

use super::{Classes, Fields};

/// A line, a prompt, an echo or a run of raw bytes, borrowed from what was fed or, where it was cut, from the scanner.
///
/// `span` counts bytes of the stream since the scanner was made: from the first byte of `text` to behind the one byte that
/// ended it. Between two spans lie only line ends, NULs and the blank after a prompt.
#[derive(Clone, PartialEq, Eq)]
pub struct Element<'a> {
    /// The bytes without their line end.
    pub text: &'a [u8],
    /// What it may be.
    pub classes: Classes,
    /// Where it stood in the stream, line end included.
    pub span: Range<u64>,
    pub(super) payload: (u32, u32),
    pub(super) name: u16,
}

impl<'a> Element<'a> {
    /// The name of an extended line, sign included: `+CSQ` of `+CSQ: 21,99`.
    #[must_use]
    pub fn name(&self) -> Option<&'a [u8]> {
        match self.name {
            0 => None,
            length => self.text.get(..usize::from(length)),
        }
    }

    /// What stands behind the name, less its colon and blanks; the whole text where there is no name.
    #[must_use]
    #[inline]
    pub fn value(&self) -> &'a [u8] {
        value(self.text, self.name.into())
    }

    /// Where in `text` a payload of announced length lies: the 10 bytes of `+USORD: 0,10,"…"`.
    #[must_use]
    pub fn payload(&self) -> Option<Range<usize>> {
        match self.payload {
            (_, 0) => None,
            (from, to) => Some(from as usize..to as usize),
        }
    }

    /// The parameters of the line.
    #[must_use]
    #[inline]
    pub fn fields(&self) -> Fields<'a> {
        let begin = self.text.len() - self.value().len();
        Fields::behind(self.text, begin, self.payload.0 as usize..self.payload.1 as usize)
    }

    /// Whether it may be the result that ends a command.
    #[must_use]
    pub fn may_be_final(&self) -> bool {
        self.classes.contains(Classes::FINAL)
    }

    /// Whether it may have come by itself.
    #[must_use]
    pub fn may_be_unsolicited(&self) -> bool {
        self.classes.contains(Classes::UNSOLICITED)
    }
}

#[inline]
pub(super) fn value(text: &[u8], name: usize) -> &[u8] {
    if name == 0 {
        return text;
    }
    let rest = &text[name..];
    let rest = match rest {
        [b':' | b',' | b'=', rest @ ..] => rest,
        rest => rest,
    };
    match rest {
        [b' ', b' ', ..] => rest.trim_ascii_start(),
        [b' ', rest @ ..] => rest,
        rest => rest,
    }
}

impl fmt::Debug for Element<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} \"{}\"", self.classes, self.text.escape_ascii())
    }
}
