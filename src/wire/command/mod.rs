//! The commands of one line: the body of an `AT` line in, commands out, in order, borrowed.
//!
//! Knows the grammar of ITU-T V.250 clauses 5.3 and 5.4 and of 3GPP TS 27.007 clause 4.1, and what makers add to it
//! ([`Dialect`]). Does not know which commands exist or what they do; assembling the line is [`super::line`]'s.

mod compare;
mod dial;
mod dialect;
mod error;
mod grammar;
mod name;
mod parameters;
mod scan;
mod tamper;
mod write;

pub use compare::{same_command, same_command_list};
pub use dial::{Dial, Target};
pub use dialect::{Dialect, Quoting, Reading};
pub use error::{CommandError, Expected};
pub use grammar::{Commands, commands};
pub use name::{NAME_MAXIMUM, Name};
pub use parameters::{Parameter, ParameterError, ParameterFault, ParameterText, Parameters, Quoted};
pub use tamper::{IdentityWrite, line_rewrites_identity, rewrites_identity};
pub use write::write_line;

/// The prefix of a basic command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Family {
    /// None: `E0`
    Plain,
    /// `&`: `&C1`
    Ampersand,
    /// `\`: `\Q3`
    Backslash,
    /// `%`: `%C1`
    Percent,
    /// `*`: `*F0`
    Asterisk,
    /// `!`: `!R1`
    Exclamation,
    /// `-`: `-J1`
    Hyphen,
}

impl Family {
    /// The character on the wire.
    pub const fn prefix(self) -> Option<u8> {
        match self {
            Self::Plain => None,
            Self::Ampersand => Some(b'&'),
            Self::Backslash => Some(b'\\'),
            Self::Percent => Some(b'%'),
            Self::Asterisk => Some(b'*'),
            Self::Exclamation => Some(b'!'),
            Self::Hyphen => Some(b'-'),
        }
    }

    /// Whether a dialect may read the prefix as that of an extended command.
    const fn may_begin_a_name(self) -> bool {
        match self {
            Self::Plain | Self::Ampersand | Self::Backslash => false,
            Self::Percent | Self::Asterisk | Self::Exclamation | Self::Hyphen => true,
        }
    }
}

/// What is asked of an S-register.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SAction {
    /// `S3?`
    Read,
    /// `S3=13`, or `S3=` without a value.
    Set(Option<u32>),
    /// `S3=?`
    Test,
    /// `S3` alone: makers let it choose the register that a bare `?` or `=` then means.
    Select,
}

/// One command.
///
/// On the wire: `[<prefix>]<letter>[<number>]`, `S<n>?`, `S<n>=[<value>]`, `D<dial string>[;]`, or
/// `<prefix><word>[?|=?|=<parameter>[,<parameter>]…]`.
///
/// Source: ITU-T V.250, clauses 5.3.1, 5.3.2, 5.4 and 6.3.1; 3GPP TS 27.007, clause 4.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command<'a> {
    /// A basic command.
    Basic {
        /// The prefix.
        family: Family,
        /// The letter, upper case.
        letter: u8,
        /// The number, leading zeros dropped. A missing number means 0 by clause 5.3.1.
        number: Option<u32>,
    },
    /// An S-register.
    SRegister {
        /// The register's number.
        number: u32,
        /// The bit, as data modems write it: `S38.3=1`.
        bit: Option<u8>,
        /// What is asked.
        action: SAction,
    },
    /// `D`: dial.
    Dial(Dial<'a>),
    /// An extended command.
    Extended {
        /// The name, with its prefix.
        name: Name<'a>,
        /// Execute, read, test or set.
        form: Form<'a>,
    },
}

/// The form of an extended command.
///
/// Source: ITU-T V.250, clauses 5.4.3 and 5.4.4.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form<'a> {
    /// `+CGMI`
    Execute,
    /// `+CREG?`
    Read,
    /// `+CREG=?`
    Test,
    /// `+CREG=2`
    Set(Parameters<'a>),
}

#[cfg(test)]
mod tests;
