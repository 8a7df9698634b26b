//! The script's own names, which no mask may take.

use super::Masks;
use crate::script::{Act, Directive, Item, Line, LineKind, Part, Pattern, Template, Value};

/// Takes every name that a line says.
pub(super) fn names(lines: &[Line], masks: &mut Masks) {
    for line in lines {
        match &line.kind {
            LineKind::Directive(Directive::NeverSend(pattern) | Directive::NeverExpect(pattern)) => {
                pattern_names(pattern, masks);
            }
            LineKind::Directive(Directive::Label(text) | Directive::Terminator(text)) => template_names(text, masks),
            LineKind::Act { act, .. } => match act {
                Act::Send(text) | Act::SendRaw(text) | Act::ExpectRaw(text) => template_names(text, masks),
                Act::Expect(pattern) | Act::ExpectUrc(pattern) | Act::ExpectOptional(pattern) => {
                    pattern_names(pattern, masks);
                }
                Act::Direction(_) | Act::Check(_) => words(&act.to_string(), masks),
                Act::Rest | Act::Wait(_) => {}
            },
            LineKind::Blank | LineKind::Comment(_) | LineKind::Directive(_) => {}
        }
    }
}

fn pattern_names(pattern: &Pattern, masks: &mut Masks) {
    for item in &pattern.items {
        if let Item::Value(Value { name: Some(name), .. }) = item {
            masks.taken.insert(name.text.clone());
        }
    }
}

fn template_names(template: &Template, masks: &mut Masks) {
    for part in &template.parts {
        if let Part::Name(name) = part {
            masks.taken.insert(name.text.clone());
        }
    }
}

/// Every word of a check or a direction could be a name.
fn words(text: &str, masks: &mut Masks) {
    let word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    for word in text.split(|c| !word(c)).filter(|word| word.starts_with(|c: char| c.is_ascii_lowercase())) {
        masks.taken.insert(word.to_owned());
    }
}
