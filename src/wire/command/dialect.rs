//! What the standards leave to the maker in a command line.
//!
//! V.250 clause 5.8.1 lets a maker choose a prefix and says nothing of what follows it; strings have rival escapes.

/// How a prefix character is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reading {
    /// A basic command: the prefix, one letter, a number, and the next command right behind: `&C1&D2`.
    Basic,
    /// An extended command: the prefix, a word, then `?`, `=?`, `=…` or nothing: `^SYSCFG=2`.
    Extended,
    /// Decided by what follows: one letter and its digits, then neither `=` nor `?`, is basic (`%C1W1`); a second letter,
    /// `=` or `?` makes it extended (`%IPSYS?`).
    LookAhead,
}

/// How a string's end is found, and what a backslash in it means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Quoting {
    /// The next `"` ends the string; `\HH` is the character with that hexadecimal number (`\22` a quote).
    ///
    /// Source: ITU-T V.250, clause 5.4.2.2.
    #[default]
    Standard,
    /// The next `"` ends the string; a backslash is a backslash.
    Literal,
    /// A backslash takes the next character as it is: `\"`, `\\`, `\,`.
    Backslash,
    /// A `"` ends the string only before a comma, a semicolon or the end: modules that take raw quotes in a payload.
    Loose,
}

/// The choices of one maker. The default is [`Dialect::CELLULAR`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Dialect {
    /// `%`
    pub percent: Reading,
    /// `*`
    pub asterisk: Reading,
    /// `!`
    pub exclamation: Reading,
    /// `-`
    pub hyphen: Reading,
    /// Strings.
    pub quoting: Quoting,
}

impl Dialect {
    /// Modules: `+ # ^ $ @ _` extended, `& \` basic, `% * ! -` by look-ahead.
    pub const CELLULAR: Self = Self {
        percent: Reading::LookAhead,
        asterisk: Reading::LookAhead,
        exclamation: Reading::LookAhead,
        hyphen: Reading::LookAhead,
        quoting: Quoting::Standard,
    };

    /// Fax and data modems: `% * ! -` are families of basic commands.
    pub const DATA: Self = Self {
        percent: Reading::Basic,
        asterisk: Reading::Basic,
        exclamation: Reading::Basic,
        hyphen: Reading::Basic,
        quoting: Quoting::Standard,
    };

    /// How `prefix` is read; `None` where no command begins with it.
    pub const fn reading(&self, prefix: u8) -> Option<Reading> {
        match prefix {
            b'+' | b'#' | b'^' | b'$' | b'@' | b'_' => Some(Reading::Extended),
            b'&' | b'\\' => Some(Reading::Basic),
            b'%' => Some(self.percent),
            b'*' => Some(self.asterisk),
            b'!' => Some(self.exclamation),
            b'-' => Some(self.hyphen),
            _ => None,
        }
    }
}

impl Default for Dialect {
    fn default() -> Self {
        Self::CELLULAR
    }
}
