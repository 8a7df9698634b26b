//! From tree to text, in the one spelling that `atgate fmt` writes.
//!
//! The header keeps its own text, but for line ends and blanks at the ends of lines; a header that was made, not read, is
//! written from its keys. Bytes outside 20–7E are escaped wherever an escape can stand; a comment stays as it is.

use std::fmt::{self, Display, Write};

use super::check::{Check, Operand, Quantity, Side, Term, TermKind};
use super::direction::{Arg, Bytes, Direction, Fault, Network, Peer, Power, Register, Sim};
use super::header::Header;
use super::tree::{Act, Directive, Item, Line, LineKind, Name, Part, Pattern, Script, Template, Value};

/// The script's canonical text: LF at the end of each line, no byte order mark.
pub fn format(script: &Script) -> String {
    let mut text = String::with_capacity(script.source.text.len() + 16);
    match script.header.text {
        Some(span) => {
            text.push_str("+++\n");
            text.push_str(&header_text(&script.source.text[span.range()]));
            text.push_str("+++\n");
        }
        None if script.header == Header::default() => {}
        None => text.push_str(&format_header(&script.header)),
    }
    for line in &script.lines {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{line}");
    }
    text
}

/// A header written from its keys, both fences included.
pub fn format_header(header: &Header) -> String {
    super::header::written::header(header)
}

/// The header's own text with tidy line ends. A text with strings of several lines is left alone, since there a blank at a
/// line's end is part of the value.
fn header_text(text: &str) -> String {
    if text.contains("\"\"\"") || text.contains("'''") {
        return text.to_owned();
    }
    text.lines().fold(String::with_capacity(text.len()), |mut tidy, line| {
        tidy.push_str(line.trim_end_matches([' ', '\t', '\r']));
        tidy.push('\n');
        tidy
    })
}

impl Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind.fmt(f)
    }
}

impl Display for LineKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LineKind::Blank => Ok(()),
            LineKind::Comment(text) => write!(f, "#{text}"),
            LineKind::Directive(directive) => write!(f, "@ {directive}"),
            LineKind::Act { modem: Some(modem), act } => write!(f, "{modem}{act}"),
            LineKind::Act { modem: None, act } => act.fmt(f),
        }
    }
}

impl Display for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Act::Send(text) if text.parts.is_empty() => f.write_str(">"),
            Act::Send(text) => write!(f, "> {text}"),
            Act::SendRaw(text) => write!(f, ">| {text}"),
            Act::ExpectRaw(text) => write!(f, "<| {text}"),
            Act::Expect(pattern) => write!(f, "< {pattern}"),
            Act::ExpectUrc(pattern) => write!(f, "<! {pattern}"),
            Act::ExpectOptional(pattern) => write!(f, "<? {pattern}"),
            Act::Rest => f.write_str("..."),
            Act::Wait(interval) => write!(f, "~ {interval}"),
            Act::Direction(direction) => write!(f, "* {direction}"),
            Act::Check(check) => write!(f, "? {check}"),
        }
    }
}

impl Display for Directive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Directive::Timeout(interval) => write!(f, "timeout {interval}"),
            Directive::Within(interval) => write!(f, "within {interval}"),
            Directive::Until { limit, every } => write!(f, "until {limit} every {every}"),
            Directive::NeverSend(pattern) => write!(f, "never > {pattern}"),
            Directive::NeverExpect(pattern) => write!(f, "never < {pattern}"),
            Directive::Always => f.write_str("always"),
            Directive::Include(include) => {
                f.write_str("include \"")?;
                literal(f, include.path.as_bytes(), true, false)?;
                f.write_str("\"")
            }
            Directive::Label(text) => write!(f, "label {}", Quoted(text)),
            Directive::Strict => f.write_str("strict"),
            Directive::AnyOrder => f.write_str("any-order"),
            Directive::Urc(name) => write!(f, "urc {name}"),
            Directive::Terminator(text) => write!(f, "terminator {text}"),
            Directive::Finally => f.write_str("finally"),
        }
    }
}

/// As after a sign: to the line's end, a blank there escaped.
impl Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        parts(f, self, false)
    }
}

/// A template between quotation marks.
struct Quoted<'a>(&'a Template);

impl Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"")?;
        parts(f, self.0, true)?;
        f.write_str("\"")
    }
}

fn parts(f: &mut fmt::Formatter<'_>, template: &Template, quoted: bool) -> fmt::Result {
    for (at, part) in template.parts.iter().enumerate() {
        match part {
            Part::Bytes(bytes) => literal(f, bytes, quoted, !quoted && at + 1 == template.parts.len())?,
            Part::Name(name) => write!(f, "{{{name}}}")?,
            Part::Port(modem) => write!(f, "{{port.{modem}}}")?,
        }
    }
    Ok(())
}

impl Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, item) in self.items.iter().enumerate() {
            match item {
                Item::Bytes(bytes) => literal(f, bytes, false, at + 1 == self.items.len())?,
                Item::Value(value) => value.fmt(f)?,
            }
        }
        Ok(())
    }
}

impl Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.name, self.kind) {
            (None, None) => f.write_str("{*}"),
            (None, Some(kind)) => write!(f, "{{:{kind}}}"),
            (Some(name), None) => write!(f, "{{{name}}}"),
            (Some(name), Some(kind)) => write!(f, "{{{name}:{kind}}}"),
        }
    }
}

impl Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Bytes as the format spells them; `last` says that the line ends with them.
fn literal(f: &mut fmt::Formatter<'_>, bytes: &[u8], quoted: bool, last: bool) -> fmt::Result {
    let blanks = if last { bytes.iter().rev().take_while(|&&byte| byte == b' ').count() } else { 0 };
    let (text, blanks) = bytes.split_at(bytes.len() - blanks);
    for &byte in text {
        match byte {
            b'\r' => f.write_str(r"\r")?,
            b'\n' => f.write_str(r"\n")?,
            b'\t' => f.write_str(r"\t")?,
            b'\\' => f.write_str(r"\\")?,
            b'{' => f.write_str("{{")?,
            b'}' => f.write_str("}}")?,
            b'"' if quoted => f.write_str(r#"\""#)?,
            0x20..=0x7E => f.write_char(char::from(byte))?,
            _ => write!(f, r"\x{byte:02X}")?,
        }
    }
    // Of several blanks at the line's end only the last needs the escape.
    for at in (0..blanks.len()).rev() {
        f.write_str(if at == 0 { r"\x20" } else { " " })?;
    }
    Ok(())
}

impl Display for Direction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Direction::Power(power) => write!(f, "power {}", power.word()),
            Direction::Sim(sim) => write!(f, "sim {}", sim.word()),
            Direction::Signal(Some(quantity)) => write!(f, "signal {quantity}"),
            Direction::Signal(None) => f.write_str("signal none"),
            Direction::Network(network) => match network {
                Network::Lose => f.write_str("network lose"),
                Network::Find => f.write_str("network find"),
                Network::IdentityCheck => f.write_str("network identity-check"),
                Network::Detach => f.write_str("network detach"),
                Network::Deny(arg) => write!(f, "network deny {arg}"),
                Network::Roam(arg) => write!(f, "network roam {arg}"),
            },
            Direction::Register(register) => match register {
                Register::Block(arg) => write!(f, "register block {arg}"),
                Register::Track(arg) => write!(f, "register track {arg}"),
                Register::Allow(arg) => write!(f, "register allow {arg}"),
                Register::Forget(arg) => write!(f, "register forget {arg}"),
                Register::Down => f.write_str("register down"),
                Register::Up => f.write_str("register up"),
            },
            Direction::Urc(text) => write!(f, "urc {}", Quoted(text)),
            Direction::Sms { from, text } => write!(f, "sms from {from} {}", Quoted(text)),
            Direction::Ring { from } => write!(f, "ring from {from}"),
            Direction::Hangup => f.write_str("hangup"),
            Direction::Peer(peer) => write!(f, "peer {}", peer.word()),
            Direction::Clock(text) => write!(f, "clock {}", Quoted(text)),
            Direction::Unplug => f.write_str("unplug"),
            Direction::Plug => f.write_str("plug"),
            Direction::Fault(fault) => write!(f, "fault {fault}"),
            Direction::Answer { command, with: Some(text) } => {
                write!(f, "answer {} with {}", Quoted(command), Quoted(text))
            }
            Direction::Answer { command, with: None } => write!(f, "answer {} again", Quoted(command)),
        }
    }
}

impl Peer {
    const fn word(self) -> &'static str {
        match self {
            Peer::Ring => "ring",
            Peer::Answer => "answer",
            Peer::Busy => "busy",
            Peer::Reject => "reject",
            Peer::Hold => "hold",
            Peer::Retrieve => "retrieve",
            Peer::Join => "join",
        }
    }
}

impl Power {
    const fn word(self) -> &'static str {
        match self {
            Power::On => "on",
            Power::Off => "off",
            Power::Cycle => "cycle",
        }
    }
}

impl Sim {
    const fn word(self) -> &'static str {
        match self {
            Sim::Insert => "insert",
            Sim::Remove => "remove",
            Sim::Ready => "ready",
            Sim::Lock => "lock",
            Sim::Block => "block",
        }
    }
}

impl Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Drop(bytes) => write!(f, "drop {bytes}"),
            Fault::Garble(bytes) => write!(f, "garble {bytes}"),
            Fault::Duplicate(bytes) => write!(f, "duplicate {bytes}"),
            Fault::Split(bytes) => write!(f, "split {bytes}"),
            Fault::Stall(interval) => write!(f, "stall {interval}"),
            Fault::Baud(rate) => write!(f, "baud {rate}"),
            Fault::Reboot => f.write_str("reboot"),
            Fault::Interleave { text, after } => write!(f, "interleave {} after {after}", Quoted(text)),
        }
    }
}

impl Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.to {
            Side::Host => write!(f, "{}", self.count),
            Side::Modem => write!(f, "{} to modem", self.count),
        }
    }
}

impl Display for Arg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Arg::Word(word) => f.write_str(word),
            Arg::Text(text) => Quoted(text).fmt(f),
            Arg::Name(name) => write!(f, "{{{name}}}"),
        }
    }
}

impl Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, all) in self.any.iter().enumerate() {
            f.write_str(if at > 0 { " or " } else { "" })?;
            for (at, term) in all.iter().enumerate() {
                f.write_str(if at > 0 { " and " } else { "" })?;
                term.fmt(f)?;
            }
        }
        Ok(())
    }
}

impl Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.negated {
            f.write_str("not ")?;
        }
        match &self.kind {
            TermKind::Group(check) => write!(f, "({check})"),
            TermKind::Bare(operand) => operand.fmt(f),
            TermKind::Compare { left, comparison, right } => write!(f, "{left} {} {right}", comparison.word()),
        }
    }
}

impl Display for Operand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Operand::Path { names, .. } => f.write_str(&names.join(".")),
            Operand::Count { side: Side::Host, text, .. } => write!(f, "count(> {})", Quoted(text)),
            Operand::Count { side: Side::Modem, text, .. } => write!(f, "count(< {})", Quoted(text)),
            Operand::Text(text) => Quoted(text).fmt(f),
            Operand::Quantity(quantity) => quantity.fmt(f),
            Operand::Bool(truth) => truth.fmt(f),
            Operand::None => f.write_str("none"),
            Operand::List(operands) => {
                f.write_str("[")?;
                for (at, operand) in operands.iter().enumerate() {
                    f.write_str(if at > 0 { ", " } else { "" })?;
                    operand.fmt(f)?;
                }
                f.write_str("]")
            }
        }
    }
}

impl Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let magnitude = self.millionths.unsigned_abs();
        let sign = if self.millionths < 0 { "-" } else { "" };
        write!(f, "{sign}{}", magnitude / 1_000_000)?;
        if !magnitude.is_multiple_of(1_000_000) {
            let decimals = format!("{:06}", magnitude % 1_000_000);
            write!(f, ".{}", decimals.trim_end_matches('0'))?;
        }
        f.write_str(self.unit.map_or("", super::check::Unit::word))
    }
}
