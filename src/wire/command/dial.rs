//! The dial string.

use std::fmt;

/// What is dialled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target<'a> {
    /// A number with its modifiers: `T`, `P`, `,`, `W`, `@`, `!`.
    Number(&'a [u8]),
    /// A phone book entry by its place: `>ME5`, or `>5` in the current storage.
    Entry {
        /// The storage, where one is named.
        storage: Option<&'a [u8]>,
        /// The place.
        index: u32,
    },
    /// A phone book entry by its name: `>"Lab"`.
    Called(&'a [u8]),
    /// The number that was dialled last: `L`.
    Last,
}

/// A dial command: what follows `D`.
///
/// On the wire: `D<dial string>[;]`. The string runs to the end of the line or to a semicolon outside quotes; the semicolon
/// asks for a voice call and a return to command state. What follows the semicolon is the next command.
///
/// Source: ITU-T V.250, clause 6.3.1; 3GPP TS 27.007, clauses 6.2 and 6.3.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Dial<'a> {
    raw: &'a [u8],
    voice: bool,
}

impl<'a> Dial<'a> {
    pub(super) fn new(raw: &'a [u8], voice: bool) -> Self {
        Self { raw: raw.trim_ascii(), voice }
    }

    /// The dial string as it was written, without its semicolon.
    pub const fn raw(&self) -> &'a [u8] {
        self.raw
    }

    /// Whether a semicolon ended it: a voice call.
    pub const fn is_voice(&self) -> bool {
        self.voice
    }

    /// What is dialled.
    pub fn target(&self) -> Target<'a> {
        let Some(entry) = self.raw.strip_prefix(b">") else {
            return match self.raw {
                [b'L' | b'l'] => Target::Last,
                number => Target::Number(number),
            };
        };
        let entry = entry.trim_ascii();
        if let Some(name) = entry.strip_prefix(b"\"") {
            let end = memchr::memchr(b'"', name).unwrap_or(name.len());
            return Target::Called(&name[..end]);
        }
        let place = entry.strip_suffix(self.modifiers()).unwrap_or(entry).trim_ascii_end();
        let letters = place.iter().take_while(|byte| !byte.is_ascii_digit()).count();
        let (storage, digits) = place.split_at(letters);
        let index = std::str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok());
        match index {
            Some(index) => Target::Entry { storage: (letters > 0).then_some(storage.trim_ascii()), index },
            None => Target::Called(entry),
        }
    }

    /// The digits that go to the network: `0`–`9`, `*`, `#`, `+` and `A`–`D`, in order. What only formats or only times
    /// the dialling is left out. Empty where a phone book entry or the last number is dialled.
    pub fn digits(&self) -> impl Iterator<Item = u8> + 'a {
        let number = match self.target() {
            Target::Number(number) => number,
            Target::Entry { .. } | Target::Called(_) | Target::Last => b"",
        };
        number
            .iter()
            .map(u8::to_ascii_uppercase)
            .filter(|byte| matches!(byte, b'0'..=b'9' | b'*' | b'#' | b'+' | b'A'..=b'D'))
    }

    /// CLIR for this call: `i` invokes it (`Some(true)`: the number is hidden), `I` shows the number.
    ///
    /// Source: 3GPP TS 27.007, clause 6.2: `I` invocation, `i` suppression of CLIR.
    pub fn hides_number(&self) -> Option<bool> {
        self.modifiers().iter().find_map(|byte| match byte {
            b'I' => Some(true),
            b'i' => Some(false),
            _ => None,
        })
    }

    /// Whether closed user group information goes with this call: `G` or `g`.
    pub fn closed_user_group(&self) -> bool {
        self.modifiers().iter().any(|byte| byte.eq_ignore_ascii_case(&b'G'))
    }

    /// The `I` and `G` at the end.
    fn modifiers(&self) -> &'a [u8] {
        let start = self.raw.iter().rposition(|byte| !matches!(byte, b'I' | b'i' | b'G' | b'g'));
        &self.raw[start.map_or(0, |last| last + 1)..]
    }
}

impl fmt::Debug for Dial<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Dial({}{})", self.raw.escape_ascii(), if self.voice { ", voice" } else { "" })
    }
}
