//! What a command is for, and what a line of a modem says, in words.
//!
//! Knows the commands of ITU-T V.250, 3GPP TS 27.007 and TS 27.005 by name, some well-known makers' commands and lines,
//! and puts the values of [`super::values`] and [`super::result`] into words. Does not know what was sent before a line:
//! where that would decide, both readings are given, unless the caller says how the line [`Came`].

mod announcement;
mod cell;
mod makers;
mod network;
mod report;
mod titles;
mod words;

pub use titles::Title;

use std::fmt;

use crate::wire::command::{Command, Family, NAME_MAXIMUM};

/// What the standard, or a well-known maker, has `command` for; `None` for any other.
pub fn of_command(command: &Command<'_>) -> Option<Title> {
    match command {
        Command::Basic { family: Family::Plain, letter, .. } => titles::basic(*letter),
        Command::Basic { family: Family::Ampersand, letter, .. } => titles::ampersand(*letter),
        Command::Basic {
            family: Family::Backslash | Family::Percent | Family::Asterisk | Family::Exclamation | Family::Hyphen,
            ..
        } => None,
        Command::SRegister { number, .. } => titles::register(*number),
        Command::Dial(_) => titles::basic(b'D'),
        Command::Extended { name, .. } => {
            let mut buffer = [0; NAME_MAXIMUM];
            let name = name.folded(&mut buffer)?;
            titles::extended(name).or_else(|| makers::extended(name))
        }
    }
}

/// What the standard, or a well-known maker, has the command of this name for, its prefix included, in either case.
pub fn of_name(name: &str) -> Option<Title> {
    let name = name.to_ascii_uppercase();
    titles::extended(&name).or_else(|| makers::extended(&name))
}

/// Every extended command that is known by name, prefix included, in upper case and in order; no name stands twice.
///
/// ```
/// use atgate::wire::meaning::titles;
///
/// let known: Vec<_> = titles().filter(|(name, _)| name.starts_with("+CPIN")).map(|(name, title)| (name, title.takes)).collect();
/// assert_eq!(known[1], ("+CPINR", "[\"<code>\"]"));
/// ```
pub fn titles() -> impl Iterator<Item = (&'static str, Title)> {
    let mut all: Vec<_> = titles::EXTENDED.iter().chain(makers::MAKERS).copied().collect();
    all.sort_by_key(|&(name, _)| name);
    all.into_iter()
}

/// How a line came to be sent, as far as the caller knows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Came {
    /// Nobody knows what was sent before it.
    #[default]
    Unknown,
    /// A command had asked for it.
    AsAnswer,
    /// No command had asked for it.
    ByItself,
}

/// What a line of a modem says, without its line ends; `None` where its values are not known.
///
/// ```
/// use atgate::wire::meaning::of_line;
///
/// assert_eq!(of_line(b"+CSQ: 21,99").as_deref(), Some("signal -71 dBm, bit error rate unknown"));
/// ```
pub fn of_line(line: &[u8]) -> Option<String> {
    read(line, Came::Unknown).map(|meaning| meaning.to_string())
}

/// What a line of a modem says, read in the light of how it came; printed, it is a fragment of a sentence.
///
/// ```
/// use atgate::wire::meaning::{Came, read};
///
/// let meaning = read(b"+CEREG: 5,3", Came::ByItself).map(|meaning| meaning.to_string());
/// assert_eq!(meaning.as_deref(), Some("EPS: registered, roaming"));
/// ```
pub fn read(line: &[u8], came: Came) -> Option<Meaning<'_>> {
    let line = line.trim_ascii();
    let said = match line.first()? {
        b'+' | b'#' | b'^' | b'%' | b'*' | b'$' | b'!' | b'_' => report::read(line, came),
        _ => announcement::read(line).map(words::Said::Words),
    };
    said.map(Meaning)
}

/// What a line says. Prints itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meaning<'a>(words::Said<'a>);

impl Meaning<'_> {
    /// How the line came, where its form alone tells: `+CEREG: 3,,,,0,6` is unsolicited, `+CEREG: 3,3,,,,0,6` an answer.
    pub const fn came(&self) -> Came {
        self.0.came()
    }
}

impl fmt::Display for Meaning<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}

#[cfg(test)]
mod tests;
