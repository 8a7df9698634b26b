//! Answers as data: the profile's `[commands]`, and what a direction puts in the place of the modem's own answer.

use std::collections::HashMap;

use serde::de::{Deserialize, Deserializer, Error as _};

use super::command::Key;
use super::profile::Profile;
use super::template;
use super::{Modem, command::Reply};
use crate::wire::command::{Command, Dialect, Form, SAction, commands};
use crate::wire::line::body_of;
use crate::wire::result::{CmeError, CmsError, FinalResult};

/// Texts by command name and form.
#[derive(Debug, Clone, Default)]
pub struct CannedAnswers(HashMap<Box<str>, Vec<(FormKey, Box<str>)>>);

/// Which form of a command a text answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum FormKey {
    Execute,
    Read,
    Test,
    /// With these parameters, as they were written less blanks; `*`: with any.
    Set(Box<str>),
}

impl FormKey {
    fn of(command: &Command<'_>) -> Self {
        match command {
            Command::Extended { form: Form::Execute, .. } | Command::Dial(_) => Self::Execute,
            Command::Extended { form: Form::Read, .. } => Self::Read,
            Command::Extended { form: Form::Test, .. } => Self::Test,
            Command::Extended { form: Form::Set(parameters), .. } => Self::Set(significant(parameters.raw())),
            Command::Basic { number: None, .. } => Self::Set("0".into()),
            Command::Basic { number: Some(number), .. } => Self::Set(number.to_string().into()),
            Command::SRegister { number, action, .. } => match action {
                SAction::Read => Self::Set(format!("{number}?").into()),
                SAction::Test => Self::Set(format!("{number}=?").into()),
                SAction::Select => Self::Set(number.to_string().into()),
                SAction::Set(value) => {
                    Self::Set(format!("{number}={}", value.map_or_else(String::new, |value| value.to_string())).into())
                }
            },
        }
    }
}

/// The text less the blanks outside quotes.
fn significant(text: &[u8]) -> Box<str> {
    let mut quoted = false;
    let kept = text.iter().filter(|&&byte| {
        quoted ^= byte == b'"';
        quoted || byte != b' '
    });
    kept.map(|&byte| char::from(byte)).collect::<String>().into()
}

impl CannedAnswers {
    /// Sets the answer to a command line with one command.
    ///
    /// # Errors
    /// The line is not one command.
    pub(super) fn set(&mut self, line: &str, text: &str) -> Result<(), String> {
        let (name, form) = parse(line)?;
        // A text may be written as it stands on the wire, with CR LF around each line; the modem frames it anew.
        let lines: Vec<&str> = text.split(['\r', '\n']).filter(|line| !line.is_empty()).collect();
        let forms = self.0.entry(name).or_default();
        forms.retain(|(known, _)| *known != form);
        forms.push((form, lines.join("\n").into()));
        Ok(())
    }

    /// Forgets the answer to a command line.
    pub(super) fn remove(&mut self, line: &str) {
        if let Ok((name, form)) = parse(line) {
            if let Some(forms) = self.0.get_mut(&name) {
                forms.retain(|(known, _)| *known != form);
            }
            self.0.retain(|_, forms| !forms.is_empty());
        }
    }

    /// The text for this command, if there is one: for these parameters first, then for any.
    pub(super) fn text(&self, name: &str, command: &Command<'_>) -> Option<&str> {
        let forms = self.0.get(name)?;
        let form = FormKey::of(command);
        let find = |wanted: &FormKey| forms.iter().find(|(known, _)| known == wanted);
        let any = || match form {
            FormKey::Set(_) => find(&FormKey::Set("*".into())),
            FormKey::Execute | FormKey::Read | FormKey::Test => None,
        };
        find(&form).or_else(any).map(|(_, text)| text.as_ref())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(AsRef::as_ref)
    }

    pub(super) fn texts(&self) -> impl Iterator<Item = &str> {
        self.0.values().flatten().map(|(_, text)| text.as_ref())
    }
}

/// The one command of a line: its name and form.
pub(super) fn parse(line: &str) -> Result<(Box<str>, FormKey), String> {
    let body = body_of(line.as_bytes()).ok_or_else(|| format!("\"{line}\" does not begin with AT"))?;
    let mut list = commands(body, &Dialect::CELLULAR);
    match (list.next(), list.next()) {
        (Some(Ok(command)), None) => match Key::of(&command) {
            Some(key) => Ok((key.as_str().into(), FormKey::of(&command))),
            None => Err(format!("the name in \"{line}\" is longer than any")),
        },
        (Some(Err(error)), _) => Err(format!("\"{line}\": {error}")),
        (_, _) => Err(format!("\"{line}\" is not one command")),
    }
}

impl<'de> Deserialize<'de> for CannedAnswers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut answers = Self::default();
        for (line, text) in HashMap::<String, String>::deserialize(deserializer)? {
            answers.set(&line, &text).map_err(D::Error::custom)?;
        }
        Ok(answers)
    }
}

impl Modem {
    /// Gives a text as the answer: its lines as information, a result code in its last line as the result.
    pub(super) fn give_canned(&mut self, text: &str) -> Reply {
        let text = template::fill(self, text);
        let (information, last) = text.rsplit_once('\n').map_or(("", text.as_str()), |(before, last)| (before, last));
        let result = reply_of(last.trim_end());
        let information = if result.is_some() { information } else { text.as_str() };
        for line in information.lines().filter(|line| !line.is_empty()) {
            self.inform(format_args!("{line}"));
        }
        result.unwrap_or(Reply::Ok)
    }

    /// Puts an answer in the place of the modem's own, or takes it away again.
    pub(super) fn answer_override(&mut self, command: &str, with: Option<&str>) {
        let overrides = self.overrides.get_or_insert_default();
        match with {
            // A line that is no command is never sent as one either: there is nothing to answer.
            Some(text) => drop(overrides.set(command, text)),
            None => overrides.remove(command),
        }
        self.overrides.take_if(|overrides| overrides.is_empty());
    }

    /// The text that stands in for the modem's own answer.
    pub(super) fn canned_text(
        &self,
        profile: &Profile,
        name: &str,
        command: &Command<'_>,
        in_profile: bool,
    ) -> Option<String> {
        let direction = self.overrides.as_ref().and_then(|overrides| overrides.text(name, command));
        let own = || profile.commands.text(name, command).filter(|_| in_profile);
        direction.or_else(own).map(str::to_owned)
    }
}

/// The result code that a line is, if it is one.
fn reply_of(line: &str) -> Option<Reply> {
    if let Some(result) = FinalResult::from_text(line.as_bytes()) {
        return Some(match result {
            FinalResult::Ok => Reply::Ok,
            other => Reply::Result(other),
        });
    }
    if line == "CONNECT" || line.starts_with("CONNECT ") {
        return Some(Reply::Connect);
    }
    let number = |text: &str| text.trim().parse::<u16>().ok();
    let cme = line.strip_prefix("+CME ERROR:").and_then(number).map(|number| Reply::Cme(CmeError::new(number)));
    cme.or_else(|| line.strip_prefix("+CMS ERROR:").and_then(number).map(|number| Reply::Cms(CmsError::new(number))))
}
