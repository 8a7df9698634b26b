//! A script written with masks, so that it is a script still.
//!
//! An identity in an expected line becomes the value that matches it; in a sent line, a string or a direction a name that is
//! bound there, by an earlier line or by `[values]`; in a comment its name only. Each expected line is matched against what
//! it was made of before it is kept: one that would not replay is given up for `{*}`.

use std::collections::HashMap;

use super::identity::{Identity, Kind};
use super::masks::{Bound, Card, Entry, Masks, alike, coded_capture};
use super::own::names;
use super::pieces::{Piece, flat, item_bytes, part_bytes, pieces, sample};
use super::subjects::Subjects;
use super::talk::Talk;
use super::{Find, What};
use crate::run::matching::{self, Capture, Captures};
use crate::script::{
    Act, Arg, Check, Direction, Directive, Fault, Header, Item, Line, LineKind, Name, Network, Operand, Part, Pattern,
    Register, Script, Side, Span, Template, Term, TermKind, Type, Value,
};

/// Masks a transcript. `captures` is what was bound before its first line: names given from outside stay.
///
/// The masks come with it, for what else is to be said about the play.
pub fn script(script: Script, captures: &Captures, card: Card) -> (Script, Masks) {
    let masks = || {
        let mut masks = Masks::of_header(&script.header, captures, card);
        names(&script.lines, &mut masks);
        masks
    };
    // First what there is to hide: it may stand above the line that tells what it is.
    let mut first = Rewriter::new(masks(), captures, &script.header);
    script.lines.iter().for_each(|line| drop(first.line(&line.kind)));
    if !first.touched {
        return (script, first.masks);
    }
    let mut masks = masks();
    masks.learn_from(first.masks);
    let mut second = Rewriter::new(masks, captures, &script.header);
    first.keyed.into_iter().for_each(|key| second.by_key(key));
    let lines = script.lines.iter().map(|line| Line { span: line.span, kind: second.line(&line.kind) }).collect();
    (Script { source: script.source, header: second.header, lines }, second.masks)
}

struct Rewriter {
    masks: Masks,
    header: Header,
    /// So many of its `[values]` are the script's own.
    given: usize,
    /// What is bound when the masked script is played up to here.
    captures: Captures,
    talks: HashMap<String, Talk>,
    touched: bool,
    /// The keys of devices that lines write in several ways of which each has to be said exactly.
    keyed: Vec<String>,
}

impl Rewriter {
    fn new(masks: Masks, captures: &Captures, header: &Header) -> Self {
        let captures = captures.clone();
        let header = header.clone();
        let given = header.values.len();
        Self { masks, header, given, captures, talks: HashMap::new(), touched: false, keyed: Vec::new() }
    }

    fn line(&mut self, line: &LineKind) -> LineKind {
        match line {
            LineKind::Blank => LineKind::Blank,
            LineKind::Comment(text) => LineKind::Comment(self.comment(text)),
            LineKind::Directive(directive) => self.directive(directive),
            LineKind::Act { modem, act } => {
                let lane = modem.as_ref().map_or("", |name| name.text.as_str());
                let mut talk = self.talks.remove(lane).unwrap_or_default();
                let act = self.act(&mut talk, act);
                self.talks.insert(lane.to_owned(), talk);
                LineKind::Act { modem: modem.clone(), act }
            }
        }
    }

    fn comment(&mut self, text: &str) -> String {
        let masked = self.masks.text(text);
        self.touched |= masked != text;
        masked
    }

    fn act(&mut self, talk: &mut Talk, act: &Act) -> Act {
        match act {
            Act::Send(text) => Act::Send(self.spoken(talk, Side::Host, text)),
            Act::SendRaw(text) => Act::SendRaw(self.spoken(talk, Side::Host, text)),
            Act::ExpectRaw(text) => Act::ExpectRaw(self.spoken(talk, Side::Modem, text)),
            Act::Expect(pattern) => Act::Expect(self.expected(talk, pattern)),
            Act::ExpectUrc(pattern) => Act::ExpectUrc(self.expected(talk, pattern)),
            Act::ExpectOptional(pattern) => Act::ExpectOptional(self.expected(talk, pattern)),
            Act::Direction(direction) => Act::Direction(self.direction(talk, direction)),
            Act::Check(check) => Act::Check(self.check(check)),
            Act::Rest | Act::Wait(_) => act.clone(),
        }
    }

    fn directive(&mut self, directive: &Directive) -> LineKind {
        LineKind::Directive(match directive {
            Directive::NeverSend(pattern) => match self.forbidden(Side::Host, pattern) {
                Some(pattern) => Directive::NeverSend(pattern),
                None => return LineKind::Comment(" @ never > was masked".to_owned()),
            },
            Directive::NeverExpect(pattern) => match self.forbidden(Side::Modem, pattern) {
                Some(pattern) => Directive::NeverExpect(pattern),
                None => return LineKind::Comment(" @ never < was masked".to_owned()),
            },
            Directive::Label(text) => Directive::Label(self.told(text, Subjects::NONE)),
            Directive::Timeout(_)
            | Directive::Within(_)
            | Directive::Until { .. }
            | Directive::Always
            | Directive::Include(_)
            | Directive::Strict
            | Directive::AnyOrder
            | Directive::Urc(_)
            | Directive::Terminator(_)
            | Directive::Finally => directive.clone(),
        })
    }

    /// What is said on the line, byte for byte.
    fn spoken(&mut self, talk: &mut Talk, side: Side, text: &Template) -> Template {
        let flat = flat(&text.parts, part_bytes);
        let found = self.masks.in_line(talk, side, &flat);
        self.exact(text, &flat, found)
    }

    /// What is said about it: a label, a check's string.
    fn told(&mut self, text: &Template, about: Subjects) -> Template {
        let flat = flat(&text.parts, part_bytes);
        let found = self.masks.in_text(&flat, about);
        self.exact(text, &flat, found)
    }

    fn exact(&mut self, text: &Template, flat: &[u8], found: Vec<Find>) -> Template {
        if found.is_empty() {
            return text.clone();
        }
        self.touched = true;
        let mut parts = Vec::new();
        for piece in pieces(&text.parts, part_bytes, flat, &found) {
            match piece {
                Piece::Bytes(bytes) => parts.push(Part::Bytes(bytes)),
                Piece::Kept(part) => parts.push(part),
                Piece::Mask(find, bytes) => {
                    let (value, rest) = self.value(&find, &bytes);
                    parts.push(Part::Name(name(value)));
                    if !rest.is_empty() {
                        parts.push(Part::Bytes(rest.to_vec()));
                    }
                }
            }
        }
        Template { parts, span: text.span }
    }

    /// The name of a value that is exactly these bytes, an earlier line's, else one of `[values]`; or that is the key at
    /// their beginning, with what follows it: a check digit, a software version.
    fn value<'b>(&mut self, find: &Find, bytes: &'b [u8]) -> (String, &'b [u8]) {
        let bound = || self.masks.entries.iter().filter(|entry| entry.bound != Bound::No);
        if let Some(entry) = bound().find(|entry| entry.capture.text == bytes) {
            return (entry.name.clone(), &[]);
        }
        let spelt = match &find.what {
            What::Plain(identity) => identity.key().and_then(|key| Some((key, bytes.strip_prefix(key.as_bytes())?))),
            What::Coded(_) | What::Opaque => None,
        };
        if let Some((key, rest)) = spelt {
            if let Some(entry) = bound().find(|entry| entry.capture.text == key.as_bytes()) {
                return (entry.name.clone(), rest);
            }
            let (capture, _) = described(find, bytes);
            let is_given =
                |entry: &Entry| self.header.values[..self.given].iter().any(|(name, _)| name.text == entry.name);
            if bound().any(|entry| !is_given(entry) && alike(&entry.capture, &capture))
                && !self.keyed.iter().any(|keyed| keyed == key)
            {
                self.keyed.push(key.to_owned());
            }
        }
        (self.value_of(find, bytes), &[])
    }

    /// Gives the device with this key one name, wherever and however it is written.
    fn by_key(&mut self, key: String) {
        let name = self.masks.free_name("imei_key");
        let capture = Identity::new(Kind::Imei, key).capture();
        self.bind_outside(&name, &capture.text);
        self.masks.entries.push(Entry { name, capture, bound: Bound::Header });
    }

    fn bind_outside(&mut self, name: &str, text: &[u8]) {
        self.header.values.push((self::name(name.to_owned()), None));
        self.header.text = None;
        self.captures.bind(name, Capture { header: true, outside: true, ..Capture::of(text) });
    }

    /// The name of a new value of `[values]`.
    fn value_of(&mut self, find: &Find, bytes: &[u8]) -> String {
        let (mut capture, word) = described(find, bytes);
        capture.text = bytes.to_vec();
        // A name that only comments have used so far.
        let free =
            self.masks.entries.iter().position(|entry| entry.bound == Bound::No && alike(&entry.capture, &capture));
        let name = match free {
            Some(index) => {
                let entry = &mut self.masks.entries[index];
                (entry.capture, entry.bound) = (capture, Bound::Header);
                entry.name.clone()
            }
            None => {
                let name = self.masks.free_name(&word);
                self.masks.entries.push(Entry { name: name.clone(), capture, bound: Bound::Header });
                name
            }
        };
        self.bind_outside(&name, bytes);
        name
    }

    fn expected(&mut self, talk: &mut Talk, pattern: &Pattern) -> Pattern {
        let flat = flat(&pattern.items, item_bytes);
        let found = self.masks.in_line(talk, Side::Modem, &flat);
        if found.is_empty() {
            return pattern.clone();
        }
        self.touched = true;
        let witness = self.witness(pattern);
        let mut fresh = Vec::new();
        let named = |rewriter: &mut Self, find: &Find, bytes: &[u8], fresh: &mut Vec<Entry>| {
            rewriter.matched(find, bytes, fresh)
        };
        if let Some(masked) = self.pattern(pattern, &flat, &found, &mut fresh, named)
            && let Some(bound) = self.replays(&masked, &witness, &fresh)
        {
            self.keep(fresh, bound);
            return masked;
        }
        fresh.clear();
        let starred = |_: &mut Self, _: &Find, _: &[u8], _: &mut Vec<Entry>| anything();
        if let Some(masked) = self.pattern(pattern, &flat, &found, &mut fresh, starred)
            && matching::matches(&masked, &witness, &self.captures)
        {
            return masked;
        }
        Pattern { items: vec![Item::Value(anything())], span: pattern.span }
    }

    /// The pattern with a value at each find; none where two values would stand side by side and no longer be told apart.
    fn pattern(
        &mut self,
        pattern: &Pattern,
        flat: &[u8],
        found: &[Find],
        fresh: &mut Vec<Entry>,
        value: impl Fn(&mut Self, &Find, &[u8], &mut Vec<Entry>) -> Value,
    ) -> Option<Pattern> {
        let mut items: Vec<Item> = Vec::new();
        for piece in pieces(&pattern.items, item_bytes, flat, found) {
            let item = match piece {
                Piece::Bytes(bytes) => Item::Bytes(bytes),
                Piece::Kept(item) => item,
                Piece::Mask(find, bytes) => Item::Value(value(self, &find, &bytes, fresh)),
            };
            match (items.last_mut(), item) {
                (Some(Item::Value(before)), Item::Value(next)) if before.kind.is_none() && next.kind.is_none() => {
                    match (self.kind_of(before), self.kind_of(&next)) {
                        (_, kind @ Some(_)) => items.push(Item::Value(Value { kind, ..next })),
                        (kind @ Some(_), None) => {
                            before.kind = kind;
                            items.push(Item::Value(next));
                        }
                        (None, None) if before.name.is_none() && next.name.is_none() => {}
                        (None, None) => return None,
                    }
                }
                (_, item) => items.push(item),
            }
        }
        Some(Pattern { items, span: pattern.span })
    }

    /// The type of the value that a mask's name is bound to.
    fn kind_of(&self, value: &Value) -> Option<Type> {
        let name = value.name.as_ref()?;
        self.masks.entries.iter().find(|entry| entry.name == name.text)?.capture.kind
    }

    /// The value that matches a find in an expected line.
    fn matched(&mut self, find: &Find, bytes: &[u8], fresh: &mut Vec<Entry>) -> Value {
        let (capture, word) = described(find, bytes);
        let Some(kind) = capture.kind else { return anything() };
        let known = self.masks.entries.iter().chain(fresh.iter()).find(|entry| alike(&entry.capture, &capture));
        let (text, needs_type) = match known {
            Some(entry) => (entry.name.clone(), entry.bound != Bound::Line || entry.capture.kind != Some(kind)),
            None => {
                let text = self.masks.free_name(&word);
                fresh.push(Entry { name: text.clone(), capture, bound: Bound::Line });
                (text, true)
            }
        };
        Value { name: Some(name(text)), kind: needs_type.then_some(kind), span: Span::default() }
    }

    /// What the masked line binds when the line comes that it was made of; none if it does not match, or binds another text.
    fn replays(&self, masked: &Pattern, witness: &[u8], fresh: &[Entry]) -> Option<Vec<(String, Capture)>> {
        let bound = matching::match_line(masked, witness, &self.captures)?.bound;
        let right =
            |entry: &Entry| bound.iter().any(|(name, capture)| *name == entry.name && alike(&entry.capture, capture));
        let known = |name: &str| self.masks.entries.iter().find(|entry| entry.name == name);
        let rest = |(name, capture): &(String, Capture)| known(name).is_none_or(|entry| alike(&entry.capture, capture));
        (fresh.iter().all(right) && bound.iter().all(rest)).then_some(bound)
    }

    /// The names are taken, and bound from here on.
    fn keep(&mut self, fresh: Vec<Entry>, bound: Vec<(String, Capture)>) {
        self.masks.entries.extend(fresh);
        for entry in &mut self.masks.entries {
            if let Some((_, capture)) = bound.iter().find(|(name, _)| *name == entry.name) {
                (entry.capture, entry.bound) = (capture.clone(), Bound::Line);
            }
        }
        self.captures.extend(bound);
    }

    /// A line that the pattern matches: what stands in it, and something for each of its values.
    fn witness(&self, pattern: &Pattern) -> Vec<u8> {
        let mut line = Vec::new();
        for item in &pattern.items {
            match item {
                Item::Bytes(bytes) => line.extend_from_slice(bytes),
                Item::Value(Value { name: Some(name), kind, .. }) => match self.captures.capture(&name.text) {
                    Some(capture) => line.extend_from_slice(&capture.text),
                    None => line.extend_from_slice(sample(*kind)),
                },
                Item::Value(Value { name: None, kind, .. }) => line.extend_from_slice(sample(*kind)),
            }
        }
        line
    }

    /// A pattern that must not match: its names are bound, or it would forbid more than was meant.
    fn forbidden(&mut self, side: Side, pattern: &Pattern) -> Option<Pattern> {
        let flat = flat(&pattern.items, item_bytes);
        let found = self.masks.in_line(&mut Talk::default(), side, &flat);
        if found.is_empty() {
            return Some(pattern.clone());
        }
        self.touched = true;
        let value = |rewriter: &mut Self, find: &Find, bytes: &[u8], _: &mut Vec<Entry>| {
            let (capture, _) = described(find, bytes);
            let bound = |entry: &&Entry| entry.bound != Bound::No && alike(&entry.capture, &capture);
            let text = match rewriter.masks.entries.iter().find(bound) {
                Some(entry) => entry.name.clone(),
                None => rewriter.value(find, bytes).0,
            };
            Value { name: Some(name(text)), kind: capture.kind, span: Span::default() }
        };
        self.pattern(pattern, &flat, &found, &mut Vec::new(), value)
    }

    fn check(&mut self, check: &Check) -> Check {
        let any = check.any.iter().map(|all| all.iter().map(|term| self.term(term)).collect()).collect();
        Check { any, span: check.span }
    }

    fn term(&mut self, term: &Term) -> Term {
        let kind = match &term.kind {
            TermKind::Group(check) => TermKind::Group(self.check(check)),
            TermKind::Bare(operand) => TermKind::Bare(self.operand(operand)),
            TermKind::Compare { left, comparison, right } => {
                TermKind::Compare { left: self.operand(left), comparison: *comparison, right: self.operand(right) }
            }
        };
        Term { negated: term.negated, kind, span: term.span }
    }

    fn operand(&mut self, operand: &Operand) -> Operand {
        match operand {
            Operand::Text(text) => match self.serial(text) {
                // `imei.snr`, which a transcript says as what it was.
                Some(name) => {
                    self.touched = true;
                    Operand::Path { names: vec![name, "snr".to_owned()], span: text.span }
                }
                None => Operand::Text(self.told(text, Subjects::EQUIPMENT)),
            },
            Operand::Count { side, text, span } => {
                let text = self.spoken(&mut Talk::default(), *side, text);
                Operand::Count { side: *side, text, span: *span }
            }
            Operand::List(operands) => Operand::List(operands.iter().map(|operand| self.operand(operand)).collect()),
            // A number so long is an identity without its quotes.
            Operand::Quantity(quantity) => {
                let template = literal(quantity.to_string().as_bytes());
                let masked = self.told(&template, Subjects::NONE);
                if masked == template { operand.clone() } else { Operand::Text(masked) }
            }
            Operand::Path { .. } | Operand::Bool(_) | Operand::None => operand.clone(),
        }
    }

    fn serial(&self, text: &Template) -> Option<String> {
        match text.parts.as_slice() {
            [Part::Bytes(bytes)] => self.masks.device_with_serial(bytes).map(str::to_owned),
            _ => None,
        }
    }

    fn direction(&mut self, talk: &Talk, direction: &Direction) -> Direction {
        match direction {
            Direction::Register(register) => Direction::Register(match register {
                Register::Block(arg) => Register::Block(self.device(arg)),
                Register::Track(arg) => Register::Track(self.device(arg)),
                Register::Allow(arg) => Register::Allow(self.device(arg)),
                Register::Forget(arg) => Register::Forget(self.device(arg)),
                Register::Down => Register::Down,
                Register::Up => Register::Up,
            }),
            Direction::Network(network) => Direction::Network(match network {
                Network::Deny(arg) => Network::Deny(self.arg(arg, Subjects::NONE)),
                Network::Roam(arg) => Network::Roam(self.arg(arg, Subjects::NONE)),
                Network::Lose | Network::Find | Network::IdentityCheck | Network::Detach => network.clone(),
            }),
            Direction::Ring { from } => Direction::Ring { from: self.arg(from, Subjects::NUMBER) },
            Direction::Sms { from, text } => {
                Direction::Sms { from: self.arg(from, Subjects::NUMBER), text: self.told(text, Subjects::NUMBER) }
            }
            Direction::Urc(text) => Direction::Urc(self.spoken(&mut talk.clone(), Side::Modem, text)),
            Direction::Clock(text) => Direction::Clock(self.told(text, Subjects::NONE)),
            Direction::Fault(Fault::Interleave { text, after }) => Direction::Fault(Fault::Interleave {
                text: self.spoken(&mut talk.clone(), Side::Modem, text),
                after: *after,
            }),
            Direction::Answer { command, with } => {
                let mut talk = Talk::default();
                let command = self.spoken(&mut talk, Side::Host, command);
                let with = with.as_ref().map(|with| self.spoken(&mut talk, Side::Modem, with));
                Direction::Answer { command, with }
            }
            Direction::Power(_)
            | Direction::Sim(_)
            | Direction::Signal(_)
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

    /// A device on a list: any value that is its key will do.
    fn device(&mut self, arg: &Arg) -> Arg {
        let text = match arg {
            Arg::Word(word) => word.as_bytes(),
            Arg::Text(text) => match text.constant() {
                Some(text) => text,
                None => return self.arg(arg, Subjects::EQUIPMENT),
            },
            Arg::Name(_) => return arg.clone(),
        };
        if let [Find { range, what: What::Plain(identity) }] = self.masks.in_text(text, Subjects::EQUIPMENT).as_slice()
            && *range == (0..text.len())
        {
            let capture = identity.capture();
            let bound = |entry: &&Entry| entry.bound != Bound::No && alike(&entry.capture, &capture);
            if let Some(entry) = self.masks.entries.iter().find(bound) {
                self.touched = true;
                return Arg::Name(name(entry.name.clone()));
            }
        }
        self.arg(arg, Subjects::EQUIPMENT)
    }

    fn arg(&mut self, arg: &Arg, about: Subjects) -> Arg {
        match arg {
            Arg::Word(word) => {
                let template = literal(word.as_bytes());
                let masked = self.told(&template, about);
                match masked.parts.as_slice() {
                    _ if masked == template => arg.clone(),
                    [Part::Name(name)] => Arg::Name(name.clone()),
                    _ => Arg::Text(masked),
                }
            }
            Arg::Text(text) => Arg::Text(self.told(text, about)),
            Arg::Name(_) => arg.clone(),
        }
    }
}

/// What a find is bound to, and the word that its name begins with.
fn described(find: &Find, bytes: &[u8]) -> (Capture, String) {
    match &find.what {
        What::Plain(identity @ Identity { kind, .. }) => (identity.capture(), kind.word().to_owned()),
        What::Coded(Identity { kind, .. }) => (coded_capture(bytes), format!("{}_hex", kind.word())),
        What::Opaque => (Capture::of(bytes), "data".to_owned()),
    }
}

fn anything() -> Value {
    Value { name: None, kind: None, span: Span::default() }
}

fn name(text: String) -> Name {
    Name { text, span: Span::default() }
}

fn literal(bytes: &[u8]) -> Template {
    Template { parts: vec![Part::Bytes(bytes.to_vec())], span: Span::default() }
}
