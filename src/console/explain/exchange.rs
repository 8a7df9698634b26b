//! What the host asked last: it decides what the modem's next lines are.

use super::identity::Wanted;
use crate::wire::command::{Command, Dialect, Family, Form, NAME_MAXIMUM, commands};
use crate::wire::meaning::Came;
use crate::wire::response::Classes;

/// The command line that is open, if one is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Exchange {
    state: State,
    asked: Vec<Asked>,
    /// The body of the line that was sent last, as long as nothing has answered it.
    unanswered: Vec<u8>,
    /// Whether results are numbers, once a `V` command or a result in words has shown it.
    numeric: Option<bool>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
enum State {
    /// No command line has been seen: perhaps this side of the line was not recorded.
    #[default]
    Unknown,
    Open,
    Closed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Asked {
    name: [u8; NAME_MAXIMUM],
    length: usize,
    is_read: bool,
    /// `+CGSN=1` names what it asks for and is answered with a prefix.
    wanted: Option<Wanted>,
    answered: bool,
}

impl Asked {
    fn is(&self, name: &[u8]) -> bool {
        self.name[..self.length].eq_ignore_ascii_case(name)
    }
}

impl Exchange {
    /// A command line was sent.
    pub(super) fn open(&mut self, body: &[u8]) {
        self.state = State::Open;
        self.unanswered.clear();
        self.unanswered.extend_from_slice(body);
        self.asked.clear();
        for command in commands(body, &Dialect::CELLULAR).map_while(Result::ok) {
            if let Command::Basic { family: Family::Plain, letter: b'V', number } = command {
                self.numeric = Some(number.unwrap_or_default() == 0);
            }
            if let Command::Extended { name, form } = command {
                let mut buffer = [0; NAME_MAXIMUM];
                let Some(length) = name.folded(&mut buffer).map(str::len) else { continue };
                let wanted = match form {
                    Form::Test => None,
                    Form::Execute | Form::Read | Form::Set(_) => Wanted::of_command(&buffer[..length]),
                };
                let is_read = form == Form::Read;
                self.asked.push(Asked { name: buffer, length, is_read, wanted, answered: false });
            }
        }
    }

    /// Whether `body` is what was sent last, and nothing has come since: its echo. It comes back once.
    pub(super) fn takes_echo(&mut self, body: &[u8]) -> bool {
        let is_echo = self.state == State::Open && !self.unanswered.is_empty() && self.unanswered == body;
        if is_echo {
            self.unanswered.clear();
        }
        is_echo
    }

    /// A final result came.
    pub(super) fn close(&mut self, result: &[u8]) {
        self.numeric = Some(result.iter().all(u8::is_ascii_digit));
        if self.state == State::Open {
            self.state = State::Closed;
        }
    }

    /// What `classes` become in the light of what was asked, and how the line came.
    pub(super) fn judge(&mut self, classes: Classes, name: Option<&[u8]>, text: &[u8]) -> (Classes, Came) {
        self.unanswered.clear();
        let is_number = matches!(text.len(), 1 | 2) && text.iter().all(u8::is_ascii_digit);
        let classes = match self.numeric {
            Some(true) if is_number => classes.without(Classes::INFORMATION),
            Some(false) if is_number => Classes::INFORMATION,
            Some(_) | None => classes,
        };
        const EITHER: Classes = Classes::INFORMATION.with(Classes::UNSOLICITED);
        let classes = match name {
            Some(name) if classes == EITHER => self.choose(name),
            Some(name) if self.state == State::Open => {
                if let Some(asked) = self.asked.iter_mut().find(|asked| asked.is(name)) {
                    asked.answered = true;
                }
                classes
            }
            Some(_) | None if self.state == State::Closed && classes == Classes::FINAL.with(Classes::UNSOLICITED) => {
                Classes::UNSOLICITED
            }
            Some(_) | None => classes,
        };
        let came = match () {
            () if classes.is_only(Classes::INFORMATION) => Came::AsAnswer,
            () if classes.is_only(Classes::UNSOLICITED) => Came::ByItself,
            () => Came::Unknown,
        };
        (classes, came)
    }

    /// A line that may be an answer or unsolicited.
    fn choose(&mut self, name: &[u8]) -> Classes {
        const EITHER: Classes = Classes::INFORMATION.with(Classes::UNSOLICITED);
        match self.state {
            State::Unknown => EITHER,
            State::Closed => Classes::UNSOLICITED,
            State::Open => {
                let is_registration = matches!(name, b"+CREG" | b"+CGREG" | b"+CEREG" | b"+C5GREG");
                match self.asked.iter_mut().find(|asked| asked.is(name)) {
                    // A read of registration has one answer; what comes after it under its name may be anything.
                    Some(asked) if is_registration && asked.is_read && asked.answered => EITHER,
                    // Setting it has no answer.
                    Some(asked) if is_registration && !asked.is_read => EITHER,
                    Some(asked) => {
                        asked.answered = true;
                        Classes::INFORMATION
                    }
                    None if is_registration => Classes::UNSOLICITED,
                    None => EITHER,
                }
            }
        }
    }

    /// The identity that a line without a name answers with, if one was asked for.
    pub(super) fn identity(&mut self) -> Option<Wanted> {
        if self.state != State::Open {
            return None;
        }
        let asked = self.asked.iter_mut().find(|asked| asked.wanted.is_some() && !asked.answered)?;
        asked.answered = true;
        asked.wanted
    }

    /// Whether the open line sends a message: what follows its prompt is text.
    pub(super) fn sends_text(&self) -> bool {
        self.state == State::Open && self.asked.last().is_some_and(|asked| asked.is(b"+CMGS") || asked.is(b"+CMGW"))
    }
}
