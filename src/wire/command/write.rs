//! Commands back to text, in one canonical spelling.

use std::fmt;

use super::{Command, Form, Parameter, SAction};

impl Command<'_> {
    /// Writes the command as it stands in a line: names in upper case, no blanks, numbers without leading zeros, strings as
    /// they came. A voice call's semicolon is part of it; the one that parts commands is not.
    pub fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Basic { family, letter, number } => {
                out.extend(family.prefix());
                out.push(*letter);
                out.extend(number.iter().flat_map(|number| number.to_string().into_bytes()));
            }
            Self::SRegister { number, bit, action } => {
                out.extend_from_slice(format!("S{number}").as_bytes());
                out.extend(bit.iter().flat_map(|bit| format!(".{bit}").into_bytes()));
                match action {
                    SAction::Read => out.push(b'?'),
                    SAction::Set(Some(value)) => out.extend_from_slice(format!("={value}").as_bytes()),
                    SAction::Set(None) => out.push(b'='),
                    SAction::Test => out.extend_from_slice(b"=?"),
                    SAction::Select => {}
                }
            }
            Self::Dial(dial) => {
                out.push(b'D');
                out.extend_from_slice(dial.raw());
                out.extend(dial.is_voice().then_some(b';'));
            }
            Self::Extended { name, form } => {
                out.extend(name.letters());
                match form {
                    Form::Execute => {}
                    Form::Read => out.push(b'?'),
                    Form::Test => out.extend_from_slice(b"=?"),
                    Form::Set(parameters) => {
                        let mut separator = b'=';
                        if parameters.is_empty() {
                            out.push(separator);
                        }
                        for parameter in parameters.iter() {
                            out.push(separator);
                            write_parameter(parameter, out);
                            separator = b',';
                        }
                    }
                }
            }
        }
    }

    /// Whether a semicolon must stand before the next command of the line (V.250 clause 5.4.5).
    const fn needs_separator(&self) -> bool {
        match self {
            // `%C` and `W1` run together would be read as the name `%CW1`.
            Self::Basic { family, number, .. } => number.is_none() && family.may_begin_a_name(),
            Self::SRegister { .. } => false,
            // A dial string without its own semicolon runs to the end of the line: nothing can follow it.
            Self::Dial(_) => false,
            Self::Extended { .. } => true,
        }
    }
}

fn write_parameter(parameter: Parameter<'_>, out: &mut Vec<u8>) {
    match parameter {
        Parameter::Omitted => {}
        Parameter::Number(text) | Parameter::Bare(text) => out.extend_from_slice(text),
        Parameter::Text(quoted) => {
            out.push(b'"');
            out.extend_from_slice(quoted.raw());
            out.push(b'"');
        }
    }
}

/// Writes a whole line without its terminator: `AT`, then the commands, joined as V.250 clause 5.4.5 has it.
///
/// ```
/// use atgate::wire::command::{Dialect, commands, write_line};
///
/// let line = commands(b" e0 v1 +cmee = 1 ; +cgsn", &Dialect::CELLULAR).map_while(Result::ok);
/// assert_eq!(write_line(line), b"ATE0V1+CMEE=1;+CGSN");
/// ```
pub fn write_line<'a>(commands: impl IntoIterator<Item = Command<'a>>) -> Vec<u8> {
    let mut line = b"AT".to_vec();
    let mut separate = false;
    for command in commands {
        if separate {
            line.push(b';');
        }
        command.write(&mut line);
        separate = command.needs_separator();
    }
    line
}

impl fmt::Display for Command<'_> {
    /// The text of [`Command::write`]; bytes outside 20–7E are written `\xHH`.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = Vec::new();
        self.write(&mut text);
        text.iter().try_for_each(|&byte| match byte {
            b' '..=b'~' => write!(out, "{}", char::from(byte)),
            _ => write!(out, "\\x{byte:02X}"),
        })
    }
}
