//! The plan: one script as it will be played, includes put in their places, each line with its limit.
//!
//! All that does not change while a script is played is worked out here, once: what belongs to which exchange, which limit
//! a line has, what `@ never` forbids where, which line binds a name. Knows no modem and no time of day.

use std::collections::HashMap;
use std::time::Duration;

use crate::script::{
    Act, Check, Direction, Directive, Header, Include, Item, LineKind, Operand, Part, Pattern, Script, Side, Source,
    Span, Template,
};

use super::outcome::Place;

/// A script, laid out for playing.
#[derive(Debug)]
pub(super) struct Plan<'s> {
    /// Every line, in order; an include's lines stand in its place.
    pub(super) steps: Vec<Step<'s>>,
    /// The modems, by the names of `[modems]`; one without a name where there is only one.
    pub(super) lanes: Vec<Lane<'s>>,
    /// The first step after `@ finally`, or the number of steps.
    pub(super) finally: usize,
    /// `@ strict`, or the header's.
    pub(super) strict: bool,
    /// `@ any-order`
    pub(super) any_order: bool,
    /// Names of lines that come by themselves: those of `<!` lines and of `@ urc`.
    pub(super) urcs: Vec<&'s [u8]>,
    /// Whether a check counts lines.
    pub(super) counts: bool,
    /// The include lines, each with the one that it stands in.
    includes: Vec<(&'s Source, Span, Option<usize>)>,
    /// What `@ never` forbids, one list for each stretch between two changes.
    nevers: Vec<Vec<usize>>,
}

/// The lines of one modem.
#[derive(Debug)]
pub(super) struct Lane<'s> {
    /// Its name in `[modems]`.
    pub(super) name: Option<&'s str>,
    /// Its steps, as indices of [`Plan::steps`].
    pub(super) steps: Vec<usize>,
}

/// One line of the plan.
#[derive(Debug)]
pub(super) struct Step<'s> {
    /// What it says.
    pub(super) kind: &'s LineKind,
    /// What is played, unless it is a comment, a blank or a directive.
    pub(super) act: Option<&'s Act>,
    /// Its modem; none for a line without a prefix in a script with several, which waits for all and holds up all.
    pub(super) lane: Option<usize>,
    /// The limit that the script sets: `@ within`, `@ timeout`, the header's.
    pub(super) limit: Option<Duration>,
    /// The limit comes from `@ timeout` in an include: the transcript, which has no files, says it line by line.
    pub(super) inner_limit: bool,
    /// `@ until`, before a `>`: how long, how often, and one past the last line of the exchange, in its lane.
    pub(super) until: Option<Until>,
    /// Earlier steps that must be done first, besides those of its lane: those that bind a name that this one sends.
    pub(super) needs: Vec<usize>,
    /// What the host's lines end in, where `@ terminator` says so.
    pub(super) terminator: Option<&'s Template>,
    source: &'s Source,
    span: Span,
    include: Option<usize>,
    never: usize,
}

/// `@ until`
#[derive(Debug, Clone, Copy)]
pub(super) struct Until {
    /// How long it is tried.
    pub(super) limit: Duration,
    /// From one try to the next.
    pub(super) every: Duration,
}

impl Step<'_> {
    /// Whether it stands in an include.
    pub(super) fn included(&self) -> bool {
        self.include.is_some()
    }
}

impl<'s> Plan<'s> {
    /// Lays out a script, as the header of this case has it.
    pub(super) fn new(script: &'s Script, header: &'s Header) -> Plan<'s> {
        let lanes = match header.modems.as_slice() {
            [] => vec![Lane { name: None, steps: Vec::new() }],
            modems => modems.iter().map(|modem| Lane { name: Some(&modem.name.text), steps: Vec::new() }).collect(),
        };
        let mut layer = Layer {
            plan: Plan {
                steps: Vec::with_capacity(script.lines.len()),
                lanes,
                finally: usize::MAX,
                strict: header.strict.as_ref().is_some_and(|strict| strict.value),
                any_order: false,
                urcs: Vec::new(),
                counts: false,
                includes: Vec::new(),
                nevers: vec![Vec::new()],
            },
            terminator: None,
            within: None,
            until: None,
        };
        let timeout = header.timeout.as_ref().map(|timeout| timeout.value.duration);
        layer.file(script, timeout, false, None);
        let mut plan = layer.plan;
        plan.finally = plan.finally.min(plan.steps.len());
        plan.bind();
        plan
    }

    /// Whether the script itself says that such a line comes by itself. `name`: the line's name, or all of a line without.
    pub(super) fn names_urc(&self, line: &[u8], name: &[u8]) -> bool {
        let begins = |urc: &&[u8]| {
            line.strip_prefix(*urc).is_some_and(|rest| rest.first().is_none_or(|next| matches!(next, b':' | b' ')))
        };
        self.urcs.contains(&name) || (name.len() == line.len() && self.urcs.iter().any(begins))
    }

    /// Where a step stands.
    pub(super) fn place(&self, step: usize) -> Place {
        let step = &self.steps[step];
        place(step.source, step.span)
    }

    /// The include lines that lead to a step, outermost first.
    pub(super) fn chain(&self, step: usize) -> Vec<Place> {
        let mut chain = Vec::new();
        let mut next = self.steps[step].include;
        while let Some(include) = next {
            let (source, span, outer) = &self.includes[include];
            chain.push(place(source, *span));
            next = *outer;
        }
        chain.reverse();
        chain
    }

    /// The `@ never` lines that hold where a step stands: steps whose directive forbids a line.
    pub(super) fn nevers(&self, step: usize) -> &[usize] {
        match self.steps.get(step) {
            Some(step) => &self.nevers[step.never],
            None => self.nevers.last().map_or(&[], Vec::as_slice),
        }
    }

    /// The pattern that a `@ never` step forbids, and whose lines it means.
    pub(super) fn forbidden(&self, step: usize) -> Option<(Side, &'s Pattern)> {
        match self.steps.get(step)?.kind {
            LineKind::Directive(Directive::NeverSend(pattern)) => Some((Side::Host, pattern)),
            LineKind::Directive(Directive::NeverExpect(pattern)) => Some((Side::Modem, pattern)),
            LineKind::Directive(_) | LineKind::Blank | LineKind::Comment(_) | LineKind::Act { .. } => None,
        }
    }

    /// Every direction of the script.
    pub(super) fn directions(&self) -> impl Iterator<Item = (usize, &'s Direction)> + '_ {
        self.steps.iter().enumerate().filter_map(|(index, step)| match step.act {
            Some(Act::Direction(direction)) => Some((index, direction)),
            Some(_) | None => None,
        })
    }

    /// Works out which step binds what another one sends or asks about.
    fn bind(&mut self) {
        let mut binders: HashMap<&'s str, usize> = HashMap::new();
        let single = self.lanes.len() == 1;
        for index in 0..self.steps.len() {
            let Some(act) = self.steps[index].act else { continue };
            let lane = self.steps[index].lane;
            if !single {
                let mut needs: Vec<usize> = Vec::new();
                act.asks(&mut |asked| {
                    if let Some(&binder) = asked.name().and_then(|name| binders.get(name))
                        && self.steps[binder].lane != lane
                    {
                        needs.push(binder);
                    }
                });
                self.steps[index].needs = needs;
            }
            if let Act::Expect(pattern) | Act::ExpectUrc(pattern) | Act::ExpectOptional(pattern) = act {
                for item in &pattern.items {
                    if let Item::Value(value) = item
                        && let Some(name) = &value.name
                    {
                        binders.entry(&name.text).or_insert(index);
                    }
                }
            }
        }
    }
}

fn place(source: &Source, span: Span) -> Place {
    Place { path: source.name.clone(), source: source.text.as_str().into(), span: span.range() }
}

/// Lays files one after the other.
struct Layer<'s> {
    plan: Plan<'s>,
    terminator: Option<&'s Template>,
    within: Option<Duration>,
    until: Option<Until>,
}

impl<'s> Layer<'s> {
    fn file(&mut self, script: &'s Script, timeout: Option<Duration>, mut inner: bool, include: Option<usize>) {
        let mut timeout = timeout;
        // What an include inherits is the outer file's word, not its own.
        let included = include.is_some();
        if !included {
            inner = false;
        }
        for line in &script.lines {
            let mut step = Step {
                kind: &line.kind,
                act: None,
                lane: None,
                limit: None,
                inner_limit: false,
                until: None,
                needs: Vec::new(),
                terminator: self.terminator,
                source: &script.source,
                span: line.span,
                include,
                never: self.plan.nevers.len() - 1,
            };
            let index = self.plan.steps.len();
            match &line.kind {
                LineKind::Blank | LineKind::Comment(_) => {}
                LineKind::Directive(Directive::Timeout(limit)) => {
                    timeout = Some(limit.duration);
                    inner = included;
                }
                LineKind::Directive(Directive::Include(Include { script: inside, span: _, path: _ })) => {
                    if let Some(inside) = inside {
                        self.plan.includes.push((&script.source, line.span, include));
                        let from = self.plan.includes.len() - 1;
                        self.file(inside, timeout, inner, Some(from));
                    }
                    continue;
                }
                LineKind::Directive(directive) => self.directive(directive, index),
                LineKind::Act { modem, act } => {
                    step.act = Some(act);
                    step.lane = self.lane(modem.as_ref().map(|name| name.text.as_str()));
                    step.limit = if waits(act) { self.within.take().or(timeout) } else { timeout };
                    step.inner_limit = inner && step.limit == timeout;
                    step.until = self.until.take();
                    self.act(act);
                    match step.lane {
                        Some(lane) => self.plan.lanes[lane].steps.push(index),
                        // A line without a prefix stands in every lane.
                        None => self.plan.lanes.iter_mut().for_each(|lane| lane.steps.push(index)),
                    }
                }
            }
            self.plan.steps.push(step);
        }
    }

    fn directive(&mut self, directive: &'s Directive, index: usize) {
        let plan = &mut self.plan;
        match directive {
            Directive::Within(limit) => self.within = Some(limit.duration),
            Directive::Until { limit, every } => {
                self.until = Some(Until { limit: limit.duration, every: every.duration });
            }
            Directive::NeverSend(_) | Directive::NeverExpect(_) => {
                let mut stretch = plan.nevers.last().cloned().unwrap_or_default();
                stretch.push(index);
                plan.nevers.push(stretch);
            }
            Directive::Always => plan.nevers.push(Vec::new()),
            Directive::Strict => plan.strict = true,
            Directive::AnyOrder => plan.any_order = true,
            Directive::Urc(name) => plan.urcs.push(name.as_bytes()),
            Directive::Terminator(terminator) => self.terminator = Some(terminator),
            Directive::Finally => plan.finally = plan.finally.min(index),
            Directive::Timeout(_) | Directive::Include(_) | Directive::Label(_) => {}
        }
    }

    fn act(&mut self, act: &'s Act) {
        match act {
            Act::ExpectUrc(pattern) => self.plan.urcs.extend(pattern_name(pattern)),
            // What the script itself makes the modem say unasked is no answer.
            Act::Direction(Direction::Urc(text)) => self.plan.urcs.extend(template_name(text)),
            Act::Check(check) => self.plan.counts |= counts(check),
            Act::Send(_)
            | Act::SendRaw(_)
            | Act::ExpectRaw(_)
            | Act::Expect(_)
            | Act::ExpectOptional(_)
            | Act::Rest
            | Act::Wait(_)
            | Act::Direction(_) => {}
        }
    }

    fn lane(&self, name: Option<&str>) -> Option<usize> {
        match name {
            Some(name) => self.plan.lanes.iter().position(|lane| lane.name == Some(name)),
            None if self.plan.lanes.len() == 1 => Some(0),
            None => None,
        }
    }
}

/// The name of the lines that a pattern matches: `+CEREG` of `+CEREG: 2{*}`, or the whole text of a line without a sign.
fn pattern_name(pattern: &Pattern) -> Option<&[u8]> {
    let Some(Item::Bytes(bytes)) = pattern.items.first() else { return None };
    let end = memchr::memchr(b':', bytes).unwrap_or(bytes.len());
    Some(&bytes[..end])
}

/// The name of the lines of a text that says it before anything bound.
fn template_name(text: &Template) -> Option<&[u8]> {
    let Some(Part::Bytes(bytes)) = text.parts.first() else { return None };
    let line = bytes.trim_ascii_start();
    let end = line.iter().position(|byte| matches!(byte, b':' | b'\r' | b'\n'));
    match (end, text.parts.len()) {
        (Some(end), _) => Some(&line[..end]),
        (None, 1) => Some(line),
        (None, _) => None,
    }
}

/// Whether an act waits for something, so that it can have a limit.
fn waits(act: &Act) -> bool {
    match act {
        Act::Send(_)
        | Act::SendRaw(_)
        | Act::Expect(_)
        | Act::ExpectUrc(_)
        | Act::ExpectOptional(_)
        | Act::ExpectRaw(_)
        | Act::Rest => true,
        Act::Wait(_) | Act::Direction(_) | Act::Check(_) => false,
    }
}
fn counts(check: &Check) -> bool {
    let mut found = false;
    check.operands(&mut |operand| found |= matches!(operand, Operand::Count { .. }));
    found
}
