//! The script's lines with what is bound put in: how a transcript says them.
//!
//! A transcript prints a capture's line as what came, so a name that it bound is bound no more: wherever it is used, its text
//! takes its place, and a check asks about that text. Names that come from outside, `[values]` without a value, stay names:
//! the transcript does not give them away.

use crate::script::{
    Arg, Check, Comparison, Direction, Directive, Fault, Item, LineKind, Name, Network, Operand, Part, Pattern,
    Quantity, Register, Span, Template, Term, TermKind, Value,
};

use super::matching::{self, Capture, Captures};

/// The bytes that take a name's place; none where it stays a name.
fn text<'a>(name: &Name, captures: &'a Captures) -> Option<&'a [u8]> {
    captures.capture(&name.text).filter(|capture| !capture.outside).map(|capture| capture.text.as_slice())
}

pub(super) fn template(template: &Template, captures: &Captures) -> Template {
    let mut out = Template { parts: Vec::with_capacity(template.parts.len()), span: template.span };
    for part in &template.parts {
        let bytes = match part {
            Part::Bytes(bytes) => bytes.as_slice(),
            Part::Name(name) => match text(name, captures) {
                Some(text) => text,
                None => {
                    out.parts.push(part.clone());
                    continue;
                }
            },
            Part::Port(_) => {
                out.parts.push(part.clone());
                continue;
            }
        };
        match out.parts.last_mut() {
            Some(Part::Bytes(last)) => last.extend_from_slice(bytes),
            Some(Part::Name(_) | Part::Port(_)) | None if bytes.is_empty() => {}
            Some(Part::Name(_) | Part::Port(_)) | None => out.parts.push(Part::Bytes(bytes.to_vec())),
        }
    }
    out
}

/// A pattern whose bound names are what they are bound to.
pub(super) fn pattern(pattern: &Pattern, captures: &Captures) -> Pattern {
    let mut out = Pattern { items: Vec::with_capacity(pattern.items.len()), span: pattern.span };
    for item in &pattern.items {
        let bytes = match item {
            Item::Bytes(bytes) => bytes.as_slice(),
            Item::Value(Value { name: Some(name), .. }) if text(name, captures).is_some() => {
                text(name, captures).unwrap_or_default()
            }
            Item::Value(_) => {
                out.items.push(item.clone());
                continue;
            }
        };
        match out.items.last_mut() {
            Some(Item::Bytes(last)) => last.extend_from_slice(bytes),
            Some(Item::Value(_)) | None if bytes.is_empty() => {}
            Some(Item::Value(_)) | None => out.items.push(Item::Bytes(bytes.to_vec())),
        }
    }
    out
}

fn arg(arg: &Arg, captures: &Captures) -> Arg {
    match arg {
        Arg::Word(_) => arg.clone(),
        Arg::Text(text) => Arg::Text(template(text, captures)),
        Arg::Name(name) => match text(name, captures).and_then(|text| std::str::from_utf8(text).ok()) {
            Some(text) if is_word(text) => Arg::Word(text.to_owned()),
            Some(text) => {
                Arg::Text(Template { parts: vec![Part::Bytes(text.as_bytes().to_vec())], span: Span::default() })
            }
            None => arg.clone(),
        },
    }
}

/// What may stand as a word: no blanks, quotes, braces or backslashes.
fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"'{}\\".contains(&byte))
}

pub(super) fn direction(direction: &Direction, captures: &Captures) -> Direction {
    match direction {
        Direction::Network(Network::Deny(of)) => Direction::Network(Network::Deny(arg(of, captures))),
        Direction::Network(Network::Roam(of)) => Direction::Network(Network::Roam(arg(of, captures))),
        Direction::Register(Register::Block(of)) => Direction::Register(Register::Block(arg(of, captures))),
        Direction::Register(Register::Track(of)) => Direction::Register(Register::Track(arg(of, captures))),
        Direction::Register(Register::Allow(of)) => Direction::Register(Register::Allow(arg(of, captures))),
        Direction::Register(Register::Forget(of)) => Direction::Register(Register::Forget(arg(of, captures))),
        Direction::Ring { from } => Direction::Ring { from: arg(from, captures) },
        Direction::Sms { from, text } => Direction::Sms { from: arg(from, captures), text: template(text, captures) },
        Direction::Urc(text) => Direction::Urc(template(text, captures)),
        Direction::Clock(text) => Direction::Clock(template(text, captures)),
        Direction::Fault(Fault::Interleave { text, after }) => {
            Direction::Fault(Fault::Interleave { text: template(text, captures), after: *after })
        }
        Direction::Answer { command, with } => Direction::Answer {
            command: template(command, captures),
            with: with.as_ref().map(|with| template(with, captures)),
        },
        Direction::Power(_)
        | Direction::Sim(_)
        | Direction::Signal(_)
        | Direction::Network(Network::Lose | Network::Find | Network::IdentityCheck | Network::Detach)
        | Direction::Register(Register::Down | Register::Up)
        | Direction::Hangup
        | Direction::Peer(_)
        | Direction::Unplug
        | Direction::Plug
        | Direction::Fault(
            Fault::Drop(_)
            | Fault::Garble(_)
            | Fault::Duplicate(_)
            | Fault::Split(_)
            | Fault::Stall(_)
            | Fault::Baud(_)
            | Fault::Reboot,
        ) => direction.clone(),
    }
}

/// A check that asks about what was captured, in place of the captures.
pub(super) fn check(check: &Check, captures: &Captures) -> Check {
    let term = |term: &Term| Term {
        negated: term.negated,
        span: term.span,
        kind: match &term.kind {
            TermKind::Group(inner) => TermKind::Group(self::check(inner, captures)),
            TermKind::Bare(of) => TermKind::Bare(bare(of, captures)),
            TermKind::Compare { left, comparison, right } => compared(left, *comparison, right, captures),
        },
    };
    Check { any: check.any.iter().map(|all| all.iter().map(term).collect()).collect(), span: check.span }
}

/// Alone, a capture is true because it is bound.
fn bare(of: &Operand, captures: &Captures) -> Operand {
    match of {
        Operand::Path { names, .. } if names.len() == 1 && captured(names, captures).is_some() => Operand::Bool(true),
        of => operand(of, captures),
    }
}

/// Two spellings of one identity are equal; their texts alone would not be, so both sides get one of them.
fn compared(left: &Operand, comparison: Comparison, right: &Operand, captures: &Captures) -> TermKind {
    let (mut first, mut second) = (operand(left, captures), operand(right, captures));
    let typed = |of: &Operand| match of {
        Operand::Path { names, .. } if names.len() == 1 => captures.capture(&names[0]).cloned(),
        Operand::Text(text) => Some(Capture::of(&super::template::resolve_bound(text, captures))),
        _ => None,
    };
    let is_capture = |of: &Operand| matches!(of, Operand::Path { names, .. } if captured(names, captures).is_some());
    if is_capture(left) || is_capture(right) {
        match (typed(left), typed(right)) {
            (Some(mine), Some(theirs)) if mine.same(&theirs) => {
                if is_capture(left) {
                    first = Operand::Text(literal(&theirs.text, Span::default()));
                } else {
                    second = Operand::Text(literal(&mine.text, Span::default()));
                }
            }
            (Some(mine), None) => {
                if let Operand::List(list) = &mut second {
                    for member in list {
                        if typed(member).is_some_and(|theirs| mine.same(&theirs)) {
                            *member = first.clone();
                        }
                    }
                }
            }
            (_, _) => {}
        }
    }
    TermKind::Compare { left: first, comparison, right: second }
}

/// What a path's first name captured on the wire; what the header binds stays a name.
fn captured<'a>(names: &[String], captures: &'a Captures) -> Option<&'a Capture> {
    captures.capture(names.first()?).filter(|capture| !capture.header)
}

fn operand(of: &Operand, captures: &Captures) -> Operand {
    match of {
        Operand::Path { names, span } => match (captured(names, captures), names.get(1)) {
            (None, _) => of.clone(),
            (Some(capture), None) => Operand::Text(literal(&capture.text, *span)),
            (Some(capture), Some(part)) => match capture.part(part) {
                Some(matching::Part::Text(text)) => Operand::Text(literal(text.as_bytes(), *span)),
                Some(matching::Part::Number(number)) => {
                    Operand::Quantity(Quantity { millionths: i128::from(number) * 1_000_000, unit: None })
                }
                Some(matching::Part::Bool(truth)) => Operand::Bool(truth),
                Some(matching::Part::Absent) | None => Operand::None,
            },
        },
        Operand::Count { side, text, span } => {
            Operand::Count { side: *side, text: template(text, captures), span: *span }
        }
        Operand::Text(text) => Operand::Text(template(text, captures)),
        Operand::List(list) => Operand::List(list.iter().map(|of| operand(of, captures)).collect()),
        Operand::Quantity(_) | Operand::Bool(_) | Operand::None => of.clone(),
    }
}

fn literal(text: &[u8], span: Span) -> Template {
    let parts = if text.is_empty() { Vec::new() } else { vec![Part::Bytes(text.to_vec())] };
    Template { parts, span }
}

/// A line that nothing played on: a comment, a directive.
pub(super) fn directive(directive: &Directive, captures: &Captures) -> LineKind {
    LineKind::Directive(match directive {
        Directive::NeverSend(of) => Directive::NeverSend(pattern(of, captures)),
        Directive::NeverExpect(of) => Directive::NeverExpect(pattern(of, captures)),
        Directive::Label(of) => Directive::Label(template(of, captures)),
        Directive::Terminator(of) => Directive::Terminator(template(of, captures)),
        Directive::Timeout(_)
        | Directive::Within(_)
        | Directive::Until { .. }
        | Directive::Always
        | Directive::Include(_)
        | Directive::Strict
        | Directive::AnyOrder
        | Directive::Urc(_)
        | Directive::Finally => directive.clone(),
    })
}
