//! Why a line is no list of commands.

/// What the grammar wanted at the place of the error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Expected {
    /// A command: a letter, or a prefix and a word.
    Command,
    /// The word of an extended command after its prefix.
    Word,
    /// The letter of a basic command after its prefix.
    Letter,
    /// A number that fits 32 bits.
    SmallerNumber,
    /// The number of an S-register.
    Register,
    /// The `"` that ends a string.
    ClosingQuote,
    /// A comma, a semicolon or the end of the line after a string.
    Separator,
    /// `=`, `?`, a semicolon or the end of the line after a name.
    Form,
    /// A semicolon or the end of the line after an extended command.
    Semicolon,
    /// Nothing: a basic command takes its number right behind its letter.
    NoForm,
}

impl Expected {
    const fn text(self) -> &'static str {
        match self {
            Self::Command => "a command: a letter, or a prefix such as `+` and a name",
            Self::Word => "a name that begins with a letter",
            Self::Letter => "the letter of a basic command",
            Self::SmallerNumber => "a number below 4294967296",
            Self::Register => "the number of an S-register",
            Self::ClosingQuote => "the quote that ends the string",
            Self::Separator => "a comma, a semicolon or the end of the line after a string",
            Self::Form => "`=`, `?`, a semicolon or the end of the line after a name",
            Self::Semicolon => "a semicolon or the end of the line after an extended command",
            Self::NoForm => "a number, since a basic command has no `=` and no `?`",
        }
    }
}

/// A line that the grammar refuses, with the place.
///
/// The commands before it are good; V.250 clause 5.6 carries them out and answers ERROR for the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected {} at byte {at} of the line's body", .expected.text())]
pub struct CommandError {
    /// The place: a byte offset into the body, which is what follows `AT`.
    pub at: usize,
    /// What was wanted there.
    pub expected: Expected,
}

impl CommandError {
    /// What to do about it, where there is something.
    pub const fn help(&self) -> Option<&'static str> {
        match self.expected {
            Expected::ClosingQuote => Some("close the string with a quote; inside a string a quote is written \\22"),
            Expected::Separator => Some("inside a string a quote is written \\22"),
            Expected::Form | Expected::Semicolon => Some("put a semicolon between an extended command and the next"),
            Expected::NoForm => Some("write the number right behind the letter, as in E0"),
            Expected::Register => Some("name the register, as in S3? or S3=13"),
            Expected::Command | Expected::Word | Expected::Letter | Expected::SmallerNumber => None,
        }
    }
}
