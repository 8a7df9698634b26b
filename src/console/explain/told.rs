//! Elements as values, for whoever shows them in a way of their own.

use super::found::{Found, Kind, Says, Side};
use super::plain::{Escaped, Purpose};
use crate::wire::command::{Command, Dialect, commands};
use crate::wire::meaning;
use crate::wire::response::Classes;

/// One element, and what it means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Who sent it.
    pub side: Side,
    /// What it is.
    pub kind: Kind,
    /// Its text, line end excluded; the first part of a long run of data.
    pub text: Vec<u8>,
    /// The bytes that it has: more than `text` where that was cut.
    pub length: u64,
    /// What it means, in words; nothing where that is not known.
    pub means: Option<String>,
    /// The commands of a longer line, the elements of a PDU.
    pub parts: Vec<Part>,
    /// Whether it ends the command line that is open.
    pub ends: bool,
}

/// A part of an element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its text, control characters escaped.
    pub text: String,
    /// What it means.
    pub means: String,
}

impl Told {
    pub(super) fn of(found: &Found<'_>) -> Self {
        let (means, parts) = match &found.says {
            Says::Nothing => (None, Vec::new()),
            Says::Commands { body, .. } => of_commands(body),
            Says::Message(message) => {
                let parts = message.elements().iter().map(|element| {
                    let digits = message.at + 2 * element.octets.start..message.at + 2 * element.octets.end;
                    Part {
                        text: Escaped(found.text.get(digits).unwrap_or_default()).to_string(),
                        means: format!("{}: {}", element.name, Escaped(element.says.as_bytes())),
                    }
                });
                (Some(found.says.to_string()), parts.collect())
            }
            says @ (Says::Words(_) | Says::Line(_) | Says::Identity(_) | Says::Number { .. }) => {
                (Some(says.to_string()), Vec::new())
            }
        };
        let ends = found.kind == Kind::Final || found.kind == Kind::Either && found.classes.contains(Classes::FINAL);
        let (side, kind) = (found.side, found.kind);
        Self { side, kind, text: found.text.to_vec(), length: found.length, means, parts, ends }
    }
}

fn of_commands(body: &[u8]) -> (Option<String>, Vec<Part>) {
    let parts: Vec<Part> = commands(body, &Dialect::CELLULAR)
        .map(|command| match command {
            Ok(command) => {
                let mut text = Vec::new();
                command.write(&mut text);
                Part { text: Escaped(&text).to_string(), means: Purpose(&command).to_string() }
            }
            Err(error) => {
                let help = error.help().map(|help| format!("; {help}")).unwrap_or_default();
                Part { text: String::new(), means: format!("{error}{help}") }
            }
        })
        .collect();
    match <[Part; 1]>::try_from(parts) {
        Ok([one]) => (Some(one.means), Vec::new()),
        Err(parts) if parts.is_empty() => (Some("no command: the answer is OK".to_owned()), parts),
        Err(parts) => (Some(format!("{} commands", parts.len())), parts),
    }
}

/// What a line means, in one line; nothing where that is not known. `line` is without its line end, and nothing is known of
/// what stood before it.
///
/// ```
/// use atgate::console::explain::{Side, meaning};
///
/// assert_eq!(meaning(b"+CSQ: 21,99", Side::Modem).as_deref(), Some("signal -71 dBm, bit error rate unknown"));
/// assert_eq!(meaning(b"AT+CSQ", Side::Host).as_deref(), Some("signal quality (3GPP TS 27.007, clause 8.5)"));
/// ```
#[must_use]
pub fn meaning(line: &[u8], side: Side) -> Option<String> {
    match side {
        Side::Modem | Side::Neither => meaning::of_line(line),
        Side::Host => {
            let body = crate::wire::line::body_of(line)?;
            let words: Vec<String> = commands(body, &Dialect::CELLULAR)
                .map(|command: Result<Command<'_>, _>| match command {
                    Ok(command) => Purpose(&command).to_string(),
                    Err(error) => error.to_string(),
                })
                .collect();
            Some(words.join("; ")).filter(|words| !words.is_empty())
        }
    }
}
