//! One line an element, for a person.

use std::fmt::{self, Write as _};

use anstyle::{AnsiColor, Style};

use super::found::{Found, Kind, Says};
use super::message::Message;
use crate::wire::command::{Command, Dialect, Form, Parameter, SAction, commands, rewrites_identity};
use crate::wire::meaning;
use crate::wire::sms::Element;

const PLAIN: Style = Style::new();
const DIM: Style = Style::new().dimmed();
const HOST: Style = AnsiColor::Cyan.on_default();
const GOOD: Style = AnsiColor::Green.on_default();
const ODD: Style = AnsiColor::Yellow.on_default();
const BAD: Style = AnsiColor::Red.on_default().bold();

/// What stands behind a text of at most this many characters begins in one column.
const TEXT: usize = 28;

pub(super) fn write(out: &mut String, found: &Found<'_>, coloured: bool) {
    let paint = |style: Style| if coloured { style } else { PLAIN };
    let style = paint(style(found));
    // Writing to a String never fails.
    let _ = write!(out, "{:>8}  {style}{:<12}{style:#}  ", found.offset, found.kind.word());
    let mut width = escape(out, found.text);
    if found.length > found.text.len() as u64 {
        let _ = write!(out, "… ({} bytes)", found.length);
        width = TEXT;
    }
    let mut says = Line { out, width, begun: false };
    match &found.says {
        Says::Nothing => {}
        Says::Commands { body, at, repeated } => return line(says, body, *at, *repeated, found, coloured),
        words @ (Says::Words(_) | Says::Line(_) | Says::Identity(_) | Says::Message(_) | Says::Number { .. }) => {
            says.add(format_args!("{words}"));
        }
    }
    if found.kind == Kind::Either && found.says.is_nothing() {
        says.add(format_args!("by its form: {}", Readings(found)));
    }
    says.end(found.partial);
    if let Says::Message(message) = &found.says {
        elements(out, message, found, coloured);
    }
}

/// The elements of a PDU, below it.
fn elements(out: &mut String, message: &Message, found: &Found<'_>, coloured: bool) {
    let dim = if coloured { DIM } else { PLAIN };
    for Element { name, octets, says: words, .. } in message.elements() {
        let digits = message.at + 2 * octets.start..message.at + 2 * octets.end;
        let _ = write!(out, "{:>8}  {dim}{:<12}{dim:#}  ", found.offset + digits.start as u64, "·");
        let width = escape(out, found.text.get(digits).unwrap_or_default());
        let mut says = Line { out, width, begun: false };
        says.add(format_args!("{name}: {}", Escaped(words.as_bytes())));
        says.end(false);
    }
}

/// The commands of a line: one behind it, more below it.
fn line(mut says: Line<'_>, body: &[u8], at: Option<u64>, repeated: bool, found: &Found<'_>, coloured: bool) {
    let mut rest = commands(body, &Dialect::CELLULAR);
    let count = rest.clone().count();
    if repeated {
        says.add(format_args!("the last line again"));
    }
    match (count, rest.clone().next()) {
        (0, _) if repeated => says.end(found.partial),
        (0, _) => {
            says.add(format_args!("no command: the answer is OK"));
            says.end(found.partial);
        }
        (1, Some(Ok(command))) => {
            says.add(format_args!("{}", Purpose(&command)));
            says.end(found.partial);
        }
        (1, Some(Err(error))) => {
            says.add(format_args!("{error}"));
            if let Some(help) = error.help() {
                says.add(format_args!("{help}"));
            }
            says.end(found.partial);
        }
        (_, _) => {
            says.add(format_args!("{count} commands"));
            says.end(found.partial);
            let out = says.out;
            loop {
                let place = at.map(|at| at + rest.position() as u64);
                let Some(command) = rest.next() else { break };
                one(out, place, command, coloured);
            }
        }
    }
}

fn one(
    out: &mut String,
    place: Option<u64>,
    command: Result<Command<'_>, crate::wire::command::CommandError>,
    coloured: bool,
) {
    let dim = if coloured { DIM } else { PLAIN };
    let _ = match place {
        Some(place) => write!(out, "{place:>8}  {dim}{:<12}{dim:#}  ", "·"),
        None => write!(out, "{:>8}  {dim}{:<12}{dim:#}  ", "", "·"),
    };
    match command {
        Ok(command) => {
            let mut text = Vec::new();
            command.write(&mut text);
            let width = escape(out, &text);
            let mut says = Line { out, width, begun: false };
            says.add(format_args!("{}", Purpose(&command)));
            says.end(false);
        }
        Err(error) => {
            let mut says = Line { out, width: 0, begun: false };
            says.add(format_args!("{error}"));
            if let Some(help) = error.help() {
                says.add(format_args!("{help}"));
            }
            says.end(false);
        }
    }
}

/// What stands behind an element's text.
struct Line<'a> {
    out: &'a mut String,
    width: usize,
    begun: bool,
}

impl Line<'_> {
    fn add(&mut self, words: fmt::Arguments<'_>) {
        let _ = if std::mem::replace(&mut self.begun, true) {
            self.out.write_str("; ")
        } else {
            write!(self.out, "{:pad$}", "", pad = TEXT.saturating_sub(self.width) + 2)
        };
        let _ = self.out.write_fmt(words);
    }

    fn end(&mut self, partial: bool) {
        if partial {
            self.add(format_args!("cut off: no line end"));
        }
        self.out.push('\n');
    }
}

fn style(found: &Found<'_>) -> Style {
    match found.kind {
        Kind::Command => HOST,
        Kind::Echo | Kind::Script => DIM,
        Kind::Final if found.text == b"OK" => GOOD,
        Kind::Final | Kind::Garbage | Kind::Overflow => BAD,
        Kind::Unsolicited | Kind::Either => ODD,
        Kind::Information | Kind::Intermediate | Kind::Prompt | Kind::Body | Kind::Data => PLAIN,
    }
}

/// Between what an element's text does not decide.
struct Readings<'a>(&'a Found<'a>);

impl fmt::Display for Readings<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.classes.words().enumerate().try_for_each(|(index, word)| {
            if index > 0 {
                out.write_str(" or ")?;
            }
            out.write_str(word)
        })
    }
}

/// What a command is for, what it is given, and where that stands.
pub(super) struct Purpose<'a>(pub(super) &'a Command<'a>);

impl fmt::Display for Purpose<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let title = meaning::of_command(self.0);
        match title {
            Some(title) => out.write_str(title.purpose)?,
            None => out.write_str("not known here")?,
        }
        if let Command::SRegister { action, .. } = self.0 {
            match action {
                SAction::Read => out.write_str(": read")?,
                SAction::Test => out.write_str(": which values it takes")?,
                SAction::Set(Some(value)) => write!(out, ": set to {value}")?,
                SAction::Set(None) | SAction::Select => {}
            }
        }
        if let Command::Extended { form, .. } = self.0 {
            match form {
                Form::Execute => {}
                Form::Read => out.write_str(": read")?,
                Form::Test => out.write_str(": which values it takes")?,
                Form::Set(parameters) => {
                    out.write_str(": set to ")?;
                    for (index, parameter) in parameters.iter().enumerate() {
                        let comma = if index > 0 { ", " } else { "" };
                        match parameter {
                            Parameter::Omitted => write!(out, "{comma}(omitted)")?,
                            Parameter::Number(text) | Parameter::Bare(text) => {
                                write!(out, "{comma}{}", Escaped(text))?;
                            }
                            Parameter::Text(text) => write!(out, "{comma}\"{}\"", Escaped(text.raw()))?,
                        }
                    }
                }
            }
        }
        if let Some(write) = rewrites_identity(self.0) {
            write!(out, "; TAMPERING: {write}; atgate lets no such command out to a real port")?;
        }
        title.map_or(Ok(()), |title| write!(out, " ({})", title.source))
    }
}

/// Text with control characters, and bytes that are no UTF-8, written `\r`, `\n`, `\t` and `\xHH`.
#[derive(Clone, Copy, Debug)]
pub struct Escaped<'a>(pub &'a [u8]);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for chunk in self.0.utf8_chunks() {
            for letter in chunk.valid().chars() {
                match letter {
                    '\r' => out.write_str("\\r")?,
                    '\n' => out.write_str("\\n")?,
                    '\t' => out.write_str("\\t")?,
                    letter if letter.is_control() => {
                        let mut bytes = [0; 4];
                        letter.encode_utf8(&mut bytes).bytes().try_for_each(|byte| write!(out, "\\x{byte:02x}"))?;
                    }
                    letter => out.write_char(letter)?,
                }
            }
            chunk.invalid().iter().try_for_each(|byte| write!(out, "\\x{byte:02x}"))?;
        }
        Ok(())
    }
}

/// Writes `text` escaped; says how many characters that were.
fn escape(out: &mut String, text: &[u8]) -> usize {
    if text.iter().all(|byte| matches!(byte, b' '..=b'~'))
        && let Ok(text) = std::str::from_utf8(text)
    {
        out.push_str(text);
        return text.len();
    }
    let before = out.len();
    let _ = write!(out, "{}", Escaped(text));
    out[before..].chars().count()
}
