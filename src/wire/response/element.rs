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
    /// Where in `text` a payload of announced length lies: the 10 bytes of `+USORD: 0,10,"…"`.
    pub payload: Option<Range<usize>>,
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
    pub fn value(&self) -> &'a [u8] {
        value(self.text, self.name.into())
    }

    /// The parameters of the line.
    #[must_use]
    pub fn fields(&self) -> Fields<'a> {
        let value = self.value();
        let payload = self.payload.clone().and_then(|range| {
            let skipped = self.text.len() - value.len();
            Some(range.start.checked_sub(skipped)?..range.end.checked_sub(skipped)?)
        });
        Fields::with_payload(value, payload)
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
        [b' ', rest @ ..] => rest.trim_ascii_start(),
        rest => rest,
    }
}

impl fmt::Debug for Element<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} \"{}\"", self.classes, self.text.escape_ascii())
    }
}
