//! One object an element, for a program.
//!
//! Written by hand, straight into the text that goes out: a capture has millions of elements.

use std::fmt::{self, Display, Write as _};

use super::found::{Found, Kind, Says};
use super::identity::Identity;
use super::message::Message;
use super::plain::Purpose;
use crate::identity::Severity;
use crate::wire::command::{Command, Dialect, Form, Parameter, SAction, commands, rewrites_identity};
use crate::wire::meaning;
use crate::wire::response::{Fields, Shape};
use crate::wire::sms::Element;

/// The version of the objects: a key may be added, none changes its meaning.
const VERSION: u8 = 1;

pub(super) fn write(out: &mut String, found: &Found<'_>) {
    // Writing to a String never fails.
    let _ = element(out, found);
    out.push('\n');
}

fn element(out: &mut String, found: &Found<'_>) -> fmt::Result {
    write!(out, "{{\"v\":{VERSION},\"offset\":{},\"length\":{},\"from\":", found.offset, found.length)?;
    match found.side.word() {
        Some(side) => write!(out, "\"{side}\"")?,
        None => out.write_str("null")?,
    }
    write!(out, ",\"kind\":\"{}\",\"text\":", found.kind.word())?;
    text(out, found.text)?;
    out.write_str(",\"name\":")?;
    match found.name {
        Some(name) => text(out, name)?,
        None => out.write_str("null")?,
    }
    out.write_str(",\"parameters\":")?;
    parameters(out, found.fields.as_ref())?;
    out.write_str(",\"means\":")?;
    match &found.says {
        Says::Nothing => out.write_str("null")?,
        Says::Commands { body, .. } => means_of_commands(out, body)?,
        words @ (Says::Words(_) | Says::Line(_) | Says::Identity(_) | Says::Message(_) | Says::Number { .. }) => {
            string(out, words)?
        }
    }
    if found.kind == Kind::Either {
        out.write_str(",\"classes\":[")?;
        for (index, word) in found.classes.words().enumerate() {
            write!(out, "{}\"{word}\"", comma(index))?;
        }
        out.push(']');
    }
    if let Says::Commands { body, at, .. } = &found.says {
        line(out, body, *at)?;
    }
    if let Says::Message(message) = &found.says {
        pdu(out, message, found)?;
    }
    if let Says::Identity(found) = &found.says {
        identity(out, found)?;
    }
    if std::str::from_utf8(found.text).is_err() {
        out.write_str(",\"hex\":\"")?;
        found.text.iter().try_for_each(|byte| write!(out, "{byte:02X}"))?;
        out.push('"');
    }
    if found.partial {
        out.write_str(",\"partial\":true")?;
    }
    if found.length > found.text.len() as u64 {
        out.write_str(",\"cut\":true")?;
    }
    out.write_char('}')
}

fn means_of_commands(out: &mut String, body: &[u8]) -> fmt::Result {
    out.push('"');
    for (index, command) in commands(body, &Dialect::CELLULAR).enumerate() {
        if index > 0 {
            out.write_str("; ")?;
        }
        match command {
            Ok(command) => write!(Inside(out), "{}", Purpose(&command))?,
            Err(error) => write!(Inside(out), "{error}")?,
        }
    }
    out.write_char('"')
}

/// The keys `commands`, `error` and `tamper`.
fn line(out: &mut String, body: &[u8], at: Option<u64>) -> fmt::Result {
    let mut rest = commands(body, &Dialect::CELLULAR);
    let (mut count, mut wrong, mut tamper) = (0, None, false);
    out.write_str(",\"commands\":[")?;
    loop {
        let place = at.map(|at| at + rest.position() as u64);
        match rest.next() {
            None => break,
            Some(Ok(command)) => {
                out.write_str(comma(count))?;
                count += 1;
                tamper |= rewrites_identity(&command).is_some();
                one(out, &command, place)?;
            }
            Some(Err(error)) => wrong = Some(error),
        }
    }
    out.push(']');
    if let Some(error) = wrong {
        match at {
            Some(at) => write!(out, ",\"error\":{{\"offset\":{},\"message\":", at + error.at as u64)?,
            None => out.write_str(",\"error\":{\"offset\":null,\"message\":")?,
        }
        string(out, &error)?;
        out.write_str(",\"help\":")?;
        match error.help() {
            Some(help) => string(out, &help)?,
            None => out.write_str("null")?,
        }
        out.push('}');
    }
    if tamper {
        out.write_str(",\"tamper\":true")?;
    }
    Ok(())
}

fn one(out: &mut String, command: &Command<'_>, place: Option<u64>) -> fmt::Result {
    match place {
        Some(place) => write!(out, "{{\"offset\":{place},\"text\":")?,
        None => out.write_str("{\"offset\":null,\"text\":")?,
    }
    let mut written = Vec::new();
    command.write(&mut written);
    text(out, &written)?;
    out.write_str(",\"name\":")?;
    let form = match command {
        Command::Basic { family, letter, .. } => {
            let prefix = family.prefix().map(char::from).map_or(String::new(), String::from);
            string(out, &format_args!("{prefix}{}", char::from(*letter)))?;
            "execute"
        }
        Command::SRegister { number, action, .. } => {
            write!(out, "\"S{number}\"")?;
            match action {
                SAction::Read => "read",
                SAction::Set(_) => "set",
                SAction::Test => "test",
                SAction::Select => "execute",
            }
        }
        Command::Dial(_) => {
            out.write_str("\"D\"")?;
            "execute"
        }
        Command::Extended { name, form } => {
            string(out, name)?;
            match form {
                Form::Execute => "execute",
                Form::Read => "read",
                Form::Test => "test",
                Form::Set(_) => "set",
            }
        }
    };
    write!(out, ",\"form\":\"{form}\",\"parameters\":[")?;
    match command {
        Command::Basic { number: Some(number), .. } | Command::SRegister { action: SAction::Set(Some(number)), .. } => {
            write!(out, "\"{number}\"")?
        }
        Command::Basic { number: None, .. } | Command::SRegister { .. } => {}
        Command::Dial(dial) => text(out, dial.raw())?,
        Command::Extended { form: Form::Set(list), .. } => {
            for (index, parameter) in list.iter().enumerate() {
                out.write_str(comma(index))?;
                match parameter {
                    Parameter::Omitted => out.write_str("null")?,
                    Parameter::Number(written) | Parameter::Bare(written) => text(out, written)?,
                    Parameter::Text(quoted) => text(out, &quoted.decode())?,
                }
            }
        }
        Command::Extended { form: Form::Execute | Form::Read | Form::Test, .. } => {}
    }
    out.write_str("],\"means\":")?;
    match meaning::of_command(command) {
        Some(title) => {
            string(out, &title.purpose)?;
            out.write_str(",\"source\":")?;
            string(out, &title.source)?;
        }
        None => out.write_str("null,\"source\":null")?,
    }
    out.write_char('}')
}

/// The key `pdu`: its elements, where it is one.
fn pdu(out: &mut String, message: &Message, found: &Found<'_>) -> fmt::Result {
    if message.elements().is_empty() {
        return Ok(());
    }
    out.write_str(",\"pdu\":[")?;
    for (index, Element { name, octets, says, .. }) in message.elements().iter().enumerate() {
        let digits = message.at + 2 * octets.start..message.at + 2 * octets.end;
        let place = found.offset + digits.start as u64;
        write!(out, "{}{{\"offset\":{place},\"text\":", comma(index))?;
        text(out, found.text.get(digits).unwrap_or_default())?;
        write!(out, ",\"name\":\"{name}\",\"means\":")?;
        string(out, says)?;
        out.push('}');
    }
    out.write_char(']')
}

fn identity(out: &mut String, identity: &Identity) -> fmt::Result {
    let findings = identity.findings();
    write!(out, ",\"identity\":{{\"kind\":\"{}\",\"digits\":", identity.kind())?;
    match identity.digits() {
        Some(digits) => string(out, &digits)?,
        None => out.write_str("null")?,
    }
    let sound =
        !matches!(identity, Identity::Wrong(..)) && findings.iter().all(|found| found.severity < Severity::Error);
    write!(out, ",\"sound\":{sound},\"findings\":[")?;
    for (index, found) in findings.iter().enumerate() {
        write!(out, "{}{{\"severity\":\"{}\",\"code\":\"{}\",\"text\":", comma(index), found.severity, found.code)?;
        string(out, &found.text)?;
        out.push('}');
    }
    out.write_str("]}")
}

/// The parameters of a modem's line: strings without their quotes, groups as they stand, null for an omitted one.
fn parameters(out: &mut String, fields: Option<&Fields<'_>>) -> fmt::Result {
    let Some(fields) = fields else { return out.write_str("null") };
    out.push('[');
    for (index, field) in fields.clone().enumerate() {
        out.write_str(comma(index))?;
        match field.shape {
            Shape::Omitted => out.write_str("null")?,
            Shape::Bare | Shape::Group => text(out, field.raw)?,
            Shape::Quoted => text(out, &field.unescaped())?,
        }
    }
    out.write_char(']')
}

const fn comma(index: usize) -> &'static str {
    if index > 0 { "," } else { "" }
}

/// Bytes as a string: what is no UTF-8 comes as U+FFFD.
fn text(out: &mut String, bytes: &[u8]) -> fmt::Result {
    out.push('"');
    for chunk in bytes.utf8_chunks() {
        Inside(out).write_str(chunk.valid())?;
        if !chunk.invalid().is_empty() {
            out.push('\u{fffd}');
        }
    }
    out.write_char('"')
}

fn string(out: &mut String, value: &impl Display) -> fmt::Result {
    out.push('"');
    write!(Inside(out), "{value}")?;
    out.write_char('"')
}

/// The inside of a string.
struct Inside<'a>(&'a mut String);

impl fmt::Write for Inside<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut rest = text;
        while let Some(at) = rest.bytes().position(|byte| byte < b' ' || byte == b'"' || byte == b'\\' || byte == 0x7f)
        {
            let (plain, special) = rest.split_at(at);
            self.0.push_str(plain);
            match special.as_bytes().first() {
                Some(b'"') => self.0.push_str("\\\""),
                Some(b'\\') => self.0.push_str("\\\\"),
                Some(b'\n') => self.0.push_str("\\n"),
                Some(b'\r') => self.0.push_str("\\r"),
                Some(b'\t') => self.0.push_str("\\t"),
                Some(byte) => write!(self.0, "\\u{byte:04x}")?,
                None => {}
            }
            rest = special.get(1..).unwrap_or_default();
        }
        self.0.push_str(rest);
        Ok(())
    }
}
