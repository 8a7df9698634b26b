//! The name of an extended command.

use std::fmt;

/// The longest name, prefix included, that [`Name::folded`] gives. V.250 clause 5.4.1 allows 17; makers use more.
pub const NAME_MAXIMUM: usize = 32;

/// The name of an extended command, its prefix included: `+CFUN`, `^SYSCFG`, `%XICCID`.
///
/// Two names are equal whatever the case of their letters, and whatever blanks stand in them (V.250 clause 5.2.1 drops
/// blanks outside constants).
///
/// Source: ITU-T V.250, clauses 5.4.1 and 5.8.1.
#[derive(Clone, Copy)]
pub struct Name<'a>(&'a [u8]);

impl<'a> Name<'a> {
    /// A name as it stands in a line.
    pub(super) const fn new(text: &'a [u8]) -> Self {
        Self(text)
    }

    /// The name as it was written.
    pub const fn as_bytes(&self) -> &'a [u8] {
        self.0
    }

    /// The prefix: `+`, or the maker's own.
    pub fn prefix(&self) -> u8 {
        self.0.first().copied().unwrap_or(b'+')
    }

    /// Whether this is `name`, prefix included, in either case.
    pub fn is(&self, name: &str) -> bool {
        self.letters().eq(name.bytes().map(|byte| byte.to_ascii_uppercase()))
    }

    /// The characters in upper case, without blanks.
    pub fn letters(&self) -> impl Iterator<Item = u8> + 'a {
        self.0.iter().filter(|&&byte| byte != b' ').map(u8::to_ascii_uppercase)
    }

    /// The name in upper case without blanks, put into `buffer`: the key for a look-up.
    ///
    /// `None` where it is longer than [`NAME_MAXIMUM`]: no command is.
    pub fn folded<'b>(&self, buffer: &'b mut [u8; NAME_MAXIMUM]) -> Option<&'b str> {
        let mut length = 0;
        for letter in self.letters() {
            *buffer.get_mut(length)? = letter;
            length += 1;
        }
        std::str::from_utf8(&buffer[..length]).ok()
    }
}

impl PartialEq for Name<'_> {
    fn eq(&self, other: &Name<'_>) -> bool {
        self.letters().eq(other.letters())
    }
}

impl Eq for Name<'_> {}

impl fmt::Display for Name<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.letters().try_for_each(|letter| write!(out, "{}", char::from(letter)))
    }
}

impl fmt::Debug for Name<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{self}")
    }
}
