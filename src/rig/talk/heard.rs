//! What a modem said, put where it belongs: to the command that is open, or to nobody.

use crate::wire::command::{Command, Dialect, Form, commands};
use crate::wire::line::body_of;
use crate::wire::response::{Classes, Element};
use crate::wire::result::{CmeError, CmsError, FinalResult};

/// What came while a command was open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard<'a> {
    /// A line of its answer, the final result among them.
    Answer(&'a str),
    /// A line that came by itself.
    Unsolicited(&'a str),
}

/// How a command line ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    /// With this final result.
    Final(FinalResult),
    /// With a line that ends commands and that the standards do not have, as some vendors' do.
    Otherwise(String),
    /// With `CONNECT`: the line carries data now.
    Connect,
    /// With a prompt: the modem waits for a text.
    Prompt,
}

impl Ended {
    /// Whether it did what it was asked.
    pub fn is_success(&self) -> bool {
        match self {
            Ended::Final(result) => result.is_success(),
            Ended::Connect | Ended::Prompt => true,
            Ended::Otherwise(_) => false,
        }
    }
}

/// Tells of an element to `each`; says if it ends the command `line`. `in_words`: the modem's results are words (V1), and a
/// number is information, as the `0` of `AT+FCLASS?` is.
pub(in crate::rig) fn tell(
    element: &Element<'_>,
    line: &str,
    in_words: bool,
    each: &mut impl FnMut(Heard<'_>),
) -> Option<Ended> {
    if element.classes.is_only(Classes::ECHO) {
        return None;
    }
    if element.classes.contains(Classes::PROMPT) {
        return Some(Ended::Prompt);
    }
    let text = printable(element.text);
    if is_unsolicited(element, line) {
        each(Heard::Unsolicited(&text));
        return None;
    }
    each(Heard::Answer(&text));
    if element.may_be_final() && !(in_words && is_number(element.text)) {
        let result = result(element.text);
        return Some(result.map_or(Ended::Otherwise(text), Ended::Final));
    }
    let is_connect = element.classes.meets(Classes::INTERMEDIATE) && !(in_words && is_number(element.text));
    is_connect.then_some(Ended::Connect)
}

/// The text of an element; what is no letter stands as U+FFFD, so that a terminal takes no orders from a modem.
pub(super) fn printable(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    text.chars().map(|letter| if letter.is_control() { '\u{fffd}' } else { letter }).collect()
}

/// Whether a text is a result as V0 has it.
pub(super) fn is_number(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().all(u8::is_ascii_digit)
}

/// Whether a command line may make numbers of the results.
pub(super) fn changes_results(line: &str) -> bool {
    let body = body_of(line.as_bytes()).unwrap_or_default();
    commands(body, &Dialect::CELLULAR).flatten().any(|command| match command {
        Command::Basic { letter: b'V' | b'Z' | b'F', .. } => true,
        Command::Basic { .. } | Command::Extended { .. } | Command::SRegister { .. } | Command::Dial(_) => false,
    })
}

/// A final result in any of its spellings: a word, a number of V0, an error with its number or its text.
fn result(text: &[u8]) -> Option<FinalResult> {
    if let Some(error) = text.strip_prefix(b"+CME ERROR:") {
        return CmeError::parse(error.trim_ascii()).map(FinalResult::Cme);
    }
    if let Some(error) = text.strip_prefix(b"+CMS ERROR:") {
        return CmsError::parse(error.trim_ascii()).map(FinalResult::Cms);
    }
    let number = std::str::from_utf8(text).ok().and_then(|text| text.parse().ok());
    number.and_then(FinalResult::from_number).or_else(|| FinalResult::from_text(text))
}

/// Whether a line came by itself. A registration line is an answer only to the command of its name.
fn is_unsolicited(element: &Element<'_>, line: &str) -> bool {
    if element.may_be_final() || !element.may_be_unsolicited() {
        return false;
    }
    if element.classes.is_only(Classes::UNSOLICITED) {
        return true;
    }
    const REGISTRATION: [&[u8]; 4] = [b"+CREG", b"+CGREG", b"+CEREG", b"+C5GREG"];
    element.name().is_some_and(|name| {
        let name = name.to_ascii_uppercase();
        REGISTRATION.contains(&name.as_slice()) && !asks(line, &String::from_utf8_lossy(&name))
    })
}

/// Whether a command of that name, one that answers with a line, stands in the command line.
fn asks(line: &str, name: &str) -> bool {
    let body = body_of(line.as_bytes()).unwrap_or_default();
    commands(body, &Dialect::CELLULAR).flatten().any(|command| match command {
        Command::Extended { name: asked, form: Form::Read | Form::Test } => asked.is(name),
        Command::Extended { form: Form::Set(_) | Form::Execute, .. } => false,
        Command::Basic { .. } | Command::SRegister { .. } | Command::Dial(_) => false,
    })
}
