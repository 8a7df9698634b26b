//! Whether two lines ask for the same.

use super::{Command, Dialect, Form, Parameter, Parameters, commands};
use crate::wire::line::body_of;

/// Whether two lines, with or without their `AT`, are the same list of commands.
///
/// Names count in either case, blanks outside strings do not count, parameters count byte for byte: `+CFUN=1` is not
/// `+CFUN=01`. Two lines that the grammar refuses are the same where their bytes are.
pub fn same_command_list(left: &[u8], right: &[u8], dialect: &Dialect) -> bool {
    let (left, right) = (body(left), body(right));
    if left == right {
        return true;
    }
    let mut left = commands(left, dialect);
    let mut right = commands(right, dialect);
    loop {
        match (left.next(), right.next()) {
            (None, None) => return true,
            (Some(Ok(left)), Some(Ok(right))) if same_command(&left, &right) => {}
            (_, _) => return false,
        }
    }
}

/// Whether two commands are the same, by the rule of [`same_command_list`].
pub fn same_command(left: &Command<'_>, right: &Command<'_>) -> bool {
    match (left, right) {
        (Command::Extended { name: left_name, form: left }, Command::Extended { name: right_name, form: right }) => {
            left_name == right_name && same_form(left, right)
        }
        (Command::Dial(left), Command::Dial(right)) => {
            left.is_voice() == right.is_voice() && without_blanks(left.raw(), right.raw())
        }
        (Command::Basic { .. } | Command::SRegister { .. } | Command::Dial(_) | Command::Extended { .. }, right) => {
            left == right
        }
    }
}

fn same_form(left: &Form<'_>, right: &Form<'_>) -> bool {
    match (left, right) {
        (Form::Set(left), Form::Set(right)) => same_parameters(left, right),
        (Form::Execute | Form::Read | Form::Test | Form::Set(_), right) => left == right,
    }
}

fn same_parameters(left: &Parameters<'_>, right: &Parameters<'_>) -> bool {
    let (mut left, mut right) = (left.iter(), right.iter());
    loop {
        let (left, right) = match (left.next(), right.next()) {
            (None, None) => return true,
            (Some(left), Some(right)) => (left, right),
            (Some(_), None) | (None, Some(_)) => return false,
        };
        let same = match (left, right) {
            (Parameter::Bare(left), Parameter::Bare(right)) => without_blanks(left, right),
            (left, right) => left == right,
        };
        if !same {
            return false;
        }
    }
}

/// Equal, blanks outside quotes aside.
fn without_blanks(left: &[u8], right: &[u8]) -> bool {
    fn significant(text: &[u8]) -> impl Iterator<Item = u8> {
        let mut quoted = false;
        text.iter().copied().filter(move |&byte| {
            quoted ^= byte == b'"';
            quoted || byte != b' '
        })
    }
    significant(left).eq(significant(right))
}

/// The body of a line that begins with `AT`; any other text is a body already.
fn body(text: &[u8]) -> &[u8] {
    let text = text.trim_ascii();
    match text.get(..2) {
        Some(prefix) if prefix.eq_ignore_ascii_case(b"AT") => body_of(text).unwrap_or(text),
        Some(_) | None => text,
    }
}
