//! Matching: does a line that came match the script's line, and what does that bind.
//!
//! One anchored match over the line's bytes. `{*}` and `{name}` take as little as they can; `{name}` does not cross a comma
//! outside quotes; a typed value takes what the vendors write for it, the longest first. Knows no modem and no time.

mod capture;
mod registration;
mod spelling;

use std::borrow::Cow;

use memchr::memmem;

use crate::script::{Item, Pattern, Span, Type, Value};

pub use capture::{Capture, Captures, Part};
pub use registration::Registration;

/// So many steps of backtracking are taken; a pattern that needs more does not match.
const FUEL: u32 = 50_000;

/// What a match gives.
#[derive(Debug, Clone, PartialEq)]
pub struct Matched {
    /// The names that it binds anew, and those that it gives a type to, in their order.
    pub bound: Vec<(String, Capture)>,
    /// The line as a transcript keeps it: what came, but `{*}` and `{:type}` stay the pattern.
    pub kept: Pattern,
}

/// Matches a whole line, without its line end.
pub fn match_line(pattern: &Pattern, line: &[u8], captures: &Captures) -> Option<Matched> {
    // Most lines of most scripts hold no value.
    if let [Item::Bytes(bytes)] = pattern.items.as_slice() {
        return (bytes == line).then(|| Matched { bound: Vec::new(), kept: pattern.clone() });
    }
    let mut search = Search { line, captures, bound: Vec::new(), taken: Vec::new(), fuel: FUEL };
    let whole = matches!(pattern.items.as_slice(), [Item::Value(value)] if !kinds(value, search.bound_to(value).as_ref()).is_empty());
    if !search.from(&pattern.items, 0, whole) {
        return None;
    }
    Some(Matched { kept: kept(&pattern.items, &search.taken, line, captures), bound: search.bound })
}

/// Whether it matches, where nothing is bound.
pub fn matches(pattern: &Pattern, line: &[u8], captures: &Captures) -> bool {
    match_line(pattern, line, captures).is_some()
}

/// The line as what came, less what nobody cares about.
fn kept(items: &[Item], taken: &[(usize, usize)], line: &[u8], captures: &Captures) -> Pattern {
    let outside = |value: &Value| {
        let name = value.name.as_ref();
        name.and_then(|name| captures.capture(&name.text)).is_some_and(|capture| capture.outside)
    };
    let mut out: Vec<Item> = Vec::new();
    for (item, &(start, end)) in items.iter().zip(taken) {
        let bytes = match item {
            Item::Value(value) if value.name.is_none() || outside(value) => {
                out.push(Item::Value(value.clone()));
                continue;
            }
            Item::Bytes(bytes) => bytes.as_slice(),
            Item::Value(_) => &line[start..end],
        };
        match out.last_mut() {
            Some(Item::Bytes(last)) => last.extend_from_slice(bytes),
            Some(Item::Value(_)) | None if bytes.is_empty() => {}
            Some(Item::Value(_)) | None => out.push(Item::Bytes(bytes.to_vec())),
        }
    }
    Pattern { items: out, span: Span::default() }
}

struct Search<'a> {
    line: &'a [u8],
    captures: &'a Captures,
    bound: Vec<(String, Capture)>,
    /// What each item took, as far as the search has come.
    taken: Vec<(usize, usize)>,
    fuel: u32,
}

impl<'a> Search<'a> {
    fn from(&mut self, items: &[Item], at: usize, whole: bool) -> bool {
        if self.fuel == 0 {
            return false;
        }
        self.fuel -= 1;
        let Some((item, rest)) = items.split_first() else { return at == self.line.len() };
        match item {
            Item::Bytes(bytes) => {
                self.line[at..].starts_with(bytes)
                    && self.taking((at, at + bytes.len()), |search| search.from(rest, at + bytes.len(), false))
            }
            Item::Value(value) => self.value(value, rest, at, whole),
        }
    }

    fn value(&mut self, value: &Value, rest: &[Item], at: usize, whole: bool) -> bool {
        let known = self.bound_to(value);
        match kinds(value, known.as_ref()) {
            kinds if !kinds.is_empty() => {
                for &kind in kinds {
                    let found = spelling::candidates(kind, self.line, at, whole);
                    self.fuel = self.fuel.saturating_sub(u32::try_from(found.len()).unwrap_or(FUEL));
                    for found in found {
                        if self.fuel == 0 {
                            break;
                        }
                        if self.accept(value, known.as_ref(), Some(kind), found.text, (at, found.end), rest) {
                            return true;
                        }
                    }
                }
                false
            }
            _ => {
                let limit = if value.name.is_some() { comma(self.line, at) } else { self.line.len() };
                let line = self.line;
                let mut end = at;
                while let Some(next) = shortest(line, end, limit, rest).filter(|_| self.fuel > 0) {
                    let text = Cow::Borrowed(&line[at..next]);
                    if self.accept(value, known.as_ref(), None, text, (at, next), rest) {
                        return true;
                    }
                    end = next + 1;
                }
                false
            }
        }
    }

    /// One way to read the value; undone if the rest does not follow.
    fn accept(
        &mut self,
        value: &Value,
        known: Option<&Capture>,
        kind: Option<Type>,
        text: Cow<'a, [u8]>,
        span: (usize, usize),
        rest: &[Item],
    ) -> bool {
        let Some(name) = &value.name else {
            return self.taking(span, |search| search.from(rest, span.1, false));
        };
        let registration = match kind {
            Some(Type::Reg) => Registration::parse(spelling::line_name(self.line), &text).map(Box::new),
            _ => None,
        };
        let svn = (kind == Some(Type::Imei)).then(|| spelling::svn(&self.line[span.0..span.1])).flatten();
        let capture = Capture { text: text.into_owned(), kind, svn, registration, header: false, outside: false };
        let bound = match known {
            Some(known) if !known.same(&capture) => return false,
            // What the header binds has no type until a line tells it.
            Some(known) if known.kind.is_none() && kind.is_some() => {
                let (header, outside) = (known.header, known.outside);
                Capture { text: known.text.clone(), header, outside, ..capture }
            }
            Some(_) => return self.taking(span, |search| search.from(rest, span.1, false)),
            None => capture,
        };
        self.bound.push((name.text.clone(), bound));
        let held = self.taking(span, |search| search.from(rest, span.1, false));
        if !held {
            self.bound.pop();
        }
        held
    }

    fn taking(&mut self, span: (usize, usize), then: impl FnOnce(&mut Self) -> bool) -> bool {
        let depth = self.taken.len();
        self.taken.push(span);
        let held = then(self);
        if !held {
            self.taken.truncate(depth);
        }
        held
    }

    /// What a value's name is bound to, if it has one.
    fn bound_to(&self, value: &Value) -> Option<Capture> {
        self.known(&value.name.as_ref()?.text)
    }

    /// What a name is bound to: before this line, or earlier in it.
    fn known(&self, name: &str) -> Option<Capture> {
        let here = self.bound.iter().rev().find(|(bound, _)| bound == name).map(|(_, capture)| capture);
        here.or_else(|| self.captures.capture(name)).cloned()
    }
}

/// The types that a value is read by: its own, else that of what its name is bound to; none for any text.
///
/// An IMEI and an IMEISV are one device: a name without a type that is bound to the one takes the other too.
fn kinds<'k>(value: &'k Value, known: Option<&'k Capture>) -> &'k [Type] {
    match (&value.kind, known.and_then(|known| known.kind.as_ref())) {
        (Some(kind), _) => std::slice::from_ref(kind),
        (None, Some(Type::Imei)) => &[Type::Imei, Type::Imeisv],
        (None, Some(Type::Imeisv)) => &[Type::Imeisv, Type::Imei],
        (None, Some(kind)) => std::slice::from_ref(kind),
        (None, None) => &[],
    }
}

/// The next end, from `from`, at which what follows could begin.
fn shortest(line: &[u8], from: usize, limit: usize, rest: &[Item]) -> Option<usize> {
    if from > limit {
        return None;
    }
    match rest.first() {
        None => (line.len() <= limit).then_some(line.len()),
        Some(Item::Bytes(bytes)) => {
            let found = from + memmem::find(&line[from..], bytes)?;
            (found <= limit).then_some(found)
        }
        Some(Item::Value(_)) => Some(from),
    }
}

/// The first comma outside quotes from `at` on, or the line's end.
fn comma(line: &[u8], at: usize) -> usize {
    let mut quoted = line[..at].iter().filter(|byte| **byte == b'"').count() % 2 == 1;
    for (index, byte) in line.iter().enumerate().skip(at) {
        match byte {
            b'"' => quoted = !quoted,
            b',' if !quoted => return index,
            _ => {}
        }
    }
    line.len()
}

#[cfg(test)]
mod tests;
