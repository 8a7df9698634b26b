//! The score: what has been played so far, what came, and whether it held.

use std::collections::HashMap;

use crate::modem::Observed;
use crate::run::checking::{self, Facts, Truth};
use crate::run::matching::Captures;
use crate::run::outcome::{Failure, Fault, Outcome, Place, Role};
use crate::run::plan::Plan;
use crate::run::resolved;
use crate::run::template::Ports;
use crate::script::{
    Act, Check, Directive, Interval, Item, LineKind, Name, Part, Pattern, Side, Span, Template, TimeUnit,
};
use crate::wire::command::{Command, Dialect, commands, same_command_list, write_line};
use crate::wire::line::body_of;

use super::Stage;
use super::exchange::exchange_end;

/// So many lines are kept for `count(…)`.
const LOGGED: usize = 1 << 16;

/// The first line that did not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::run) struct Verdict {
    /// Which line of the plan.
    pub(in crate::run) step: usize,
    /// What was expected.
    pub(in crate::run) expected: String,
    /// What came.
    pub(in crate::run) came: String,
    /// The next step, where there is one.
    pub(in crate::run) help: Option<String>,
}

/// Where a line stands that the script has not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spot {
    /// Before all.
    Begin,
    /// After this step.
    After(usize),
    /// Among the lines of a try that did not hold.
    Tried(Tried),
}

/// A place among the lines of the tries before a step: after so many of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tried {
    pub(super) step: usize,
    pub(super) after: usize,
}

impl Spot {
    /// After the last step, if there is one.
    pub(super) fn after(step: Option<usize>) -> Spot {
        step.map_or(Spot::Begin, Spot::After)
    }
}

/// What is kept while a script is played.
#[derive(Debug)]
pub(in crate::run) struct Score<'p, 's> {
    pub(super) plan: &'p Plan<'s>,
    pub(super) role: Role,
    /// What names are bound to.
    pub(in crate::run) captures: Captures,
    pub(super) ports: Ports,
    pub(super) done: Vec<bool>,
    /// Steps that a verdict has kept from being played.
    skipped: Vec<bool>,
    /// The line that did not hold, as it came or would have gone out, and the step that it stands after.
    last: Option<(Option<usize>, LineKind)>,
    /// What was played at each step, as the transcript says it.
    played: Vec<Vec<Act>>,
    /// The tries under `@ until` that did not hold, by the step that they tried.
    tried: HashMap<usize, Vec<Act>>,
    /// What no line of the script has, with its place and its modem.
    pub(super) strays: Vec<(Spot, usize, Act)>,
    pub(super) verdict: Option<Verdict>,
    pub(super) fault: Option<Fault>,
    logged: Vec<(usize, Side, Vec<u8>)>,
    /// The checks that nobody could observe.
    pub(in crate::run) unchecked: Vec<Place>,
    /// How many commands were sent or taken.
    pub(in crate::run) exchanges: usize,
    /// What else a reader should know.
    pub(in crate::run) notes: Vec<String>,
}

impl<'p, 's> Score<'p, 's> {
    pub(super) fn new(plan: &'p Plan<'s>, role: Role, captures: Captures, ports: Ports) -> Self {
        let count = plan.steps.len();
        let done = plan.steps.iter().map(|step| step.act.is_none()).collect();
        Score {
            plan,
            role,
            captures,
            ports,
            done,
            skipped: vec![false; count],
            last: None,
            played: vec![Vec::new(); count],
            tried: HashMap::new(),
            strays: Vec::new(),
            verdict: None,
            fault: None,
            logged: Vec::new(),
            unchecked: Vec::new(),
            exchanges: 0,
            notes: Vec::new(),
        }
    }

    /// Whether every act that must come before this one, beside those of its own modem, is done.
    ///
    /// Order binds per modem only; but a direction or a check comes after the line above, whoever's it is, and a direction
    /// before anything below.
    pub(super) fn is_ready(&self, index: usize) -> bool {
        if self.plan.lanes.len() == 1 {
            return true;
        }
        let step = &self.plan.steps[index];
        if !step.needs.iter().all(|&need| self.done[need]) {
            return false;
        }
        let global = step.lane.is_none();
        let follows = global || matches!(step.act, Some(Act::Direction(_) | Act::Check(_)));
        let mut above = true;
        for earlier in (0..index).rev() {
            let Some(act) = self.plan.steps[earlier].act else { continue };
            let binds = matches!(act, Act::Direction(_)) || self.plan.steps[earlier].lane.is_none();
            if (binds || global || (follows && above)) && !self.done[earlier] {
                return false;
            }
            above = false;
        }
        true
    }

    /// A step is done, and the transcript says it so.
    pub(super) fn play(&mut self, step: usize, act: Act) {
        self.done[step] = true;
        self.played[step].push(act);
    }

    /// One more line at a step, which is not done by it.
    pub(super) fn add(&mut self, step: usize, act: Act) {
        self.played[step].push(act);
    }

    /// A step is over and nothing was played at it.
    pub(super) fn pass(&mut self, step: usize) {
        self.done[step] = true;
    }

    /// A step is not played any more.
    pub(super) fn skip(&mut self, step: usize) {
        self.skipped[step] = true;
        self.done[step] = true;
    }

    /// The first line that did not hold is the verdict; one more, in what `@ finally` has, is told too.
    pub(super) fn decide(&mut self, verdict: Verdict) {
        if self.verdict.is_none() {
            self.verdict = Some(verdict);
            return;
        }
        let (place, Verdict { expected, came, .. }) = (self.plan.place(verdict.step), verdict);
        self.notes.push(format!("{place}: after `@ finally`: expected {expected}; came: {came}"));
    }

    /// How far it has come: what is played makes it more.
    pub(in crate::run) fn progress(&self) -> usize {
        self.exchanges + self.steps()
    }

    /// The line that decided, for the transcript up to there: after the last step of its modem that is done.
    pub(super) fn verdict_line(&mut self, lane: usize, act: Act) {
        if self.verdict.is_none() {
            let steps = self.plan.lanes[lane].steps.iter().copied();
            let after = steps.filter(|&step| self.was_played(step) || !self.played[step].is_empty()).max();
            self.last = Some((after, self.modem_line(lane, act)));
        }
    }

    /// Whether a step was played, and not passed over once the verdict was there.
    fn was_played(&self, step: usize) -> bool {
        self.done[step] && !self.skipped[step]
    }

    /// The lines of a try that did not hold, before the step that it tried.
    pub(super) fn tried(&mut self, step: usize, lines: impl IntoIterator<Item = Act>) {
        self.tried.entry(step).or_default().extend(lines);
    }

    /// Whether the transcript tells the tries that did not hold. On a real line their number is a measurement, of which a
    /// snapshot has none: there `@ until` stays, unless the script has failed and its reader wants to know.
    pub(super) fn tells_tries(&self) -> bool {
        self.role == Role::Both || self.verdict.is_some()
    }

    /// Where the next line of a try will stand.
    pub(super) fn next_tried(&self, step: usize) -> Tried {
        Tried { step, after: self.tried.get(&step).map_or(0, Vec::len) }
    }

    /// A step of a try that did not hold is to be played again.
    pub(super) fn forget(&mut self, step: usize) {
        self.done[step] = false;
        self.played[step].clear();
    }

    /// Counts a line, where a check may ask for it.
    pub(super) fn log(&mut self, lane: usize, side: Side, line: &[u8]) {
        if self.plan.counts && self.logged.len() < LOGGED {
            self.logged.push((lane, side, line.to_vec()));
        }
    }

    /// The `@ never` line that forbids this one where `step` stands.
    pub(super) fn forbidden(&self, step: usize, side: Side, line: &[u8]) -> Option<(usize, &'s Pattern)> {
        let nevers = self.plan.nevers(step);
        // An application may write a command in lower case, or with blanks.
        let canonical = (side == Side::Host && !nevers.is_empty()).then(|| canonical(line)).flatten();
        nevers.iter().find_map(|&never| {
            let (of, pattern) = self.plan.forbidden(never)?;
            let matches = of == side
                && (crate::run::matching::matches(pattern, line, &self.captures)
                    || canonical
                        .as_ref()
                        .is_some_and(|line| crate::run::matching::matches(pattern, line, &self.captures)));
            matches.then_some((never, pattern))
        })
    }

    /// Evaluates a check and says it as it was played.
    pub(super) fn check(&mut self, step: usize, check: &Check, stage: &dyn Stage) -> Option<Verdict> {
        let lane = self.plan.steps[step].lane;
        let mut seen = Vec::new();
        let facts = Asked { score: self, stage, lane };
        let truth = checking::evaluate(check, &facts, &mut seen);
        let resolved = resolved::check(check, &self.captures);
        match truth {
            Truth::Yes => self.play(step, Act::Check(resolved)),
            Truth::Unknown => {
                self.unchecked.push(self.plan.place(step));
                self.play(step, Act::Check(resolved));
            }
            Truth::No => {
                seen.dedup();
                return Some(Verdict { step, expected: format!("`{check}`"), came: seen.join(", "), help: None });
            }
        }
        None
    }

    /// The lines of the transcript. `whole`: those that were not played too, as the script has them.
    pub(in crate::run) fn lines(&self, whole: bool) -> Vec<LineKind> {
        let steps = self.plan.steps.len();
        let told = |step: &usize| self.was_played(*step) || self.tried.contains_key(step);
        let reached = (0..steps).rev().find(|step| self.plan.steps[*step].act.is_some() && told(step));
        let end = match (whole, reached) {
            (true, _) => steps,
            (false, Some(last)) => last + 1,
            (false, None) => 0,
        };
        let mut lines = Vec::with_capacity(steps + self.strays.len());
        let first = self.plan.steps.iter().position(|step| step.act.is_some()).unwrap_or(steps);
        for (index, step) in self.plan.steps.iter().enumerate().take(end) {
            if index == first {
                self.stray_lines(Spot::Begin, &mut lines);
            }
            match step.kind {
                LineKind::Blank | LineKind::Comment(_) => lines.push(step.kind.clone()),
                LineKind::Directive(Directive::Timeout(_)) if step.included() => {}
                LineKind::Directive(Directive::Until { .. }) if self.tells_tries() && self.is_tried(index) => {}
                LineKind::Directive(directive) => lines.push(resolved::directive(directive, &self.captures)),
                LineKind::Act { modem, act } => self.act_lines(index, modem.as_ref(), act, whole, &mut lines),
            }
            self.stray_lines(Spot::After(index), &mut lines);
            if let (false, Some((after, line))) = (whole, &self.last)
                && *after == Some(index)
            {
                lines.push(line.clone());
            }
        }
        for (_, lane, act) in
            self.strays.iter().filter(|(spot, _, _)| matches!(spot, Spot::After(step) if *step >= end))
        {
            lines.push(self.modem_line(*lane, act.clone()));
        }
        lines
    }

    /// Where a stray line is told: one that came in a try that is not told stands after the whole exchange.
    fn told_at(&self, spot: Spot, lane: usize) -> Spot {
        let Spot::Tried(tried) = spot else { return spot };
        if self.tells_tries() {
            return spot;
        }
        let steps = &self.plan.lanes[lane].steps;
        let from = steps.iter().position(|&step| step == tried.step).unwrap_or_default();
        Spot::After(steps[exchange_end(self.plan, lane, from) - 1])
    }

    /// Whether the exchange under this `@ until` has been tried: its tries take the directive's place.
    fn is_tried(&self, until: usize) -> bool {
        let mut next = (until..self.plan.steps.len()).filter(|&step| self.plan.steps[step].act.is_some());
        next.next().is_some_and(|step| self.was_played(step) || self.tried.contains_key(&step))
    }

    fn act_lines(&self, index: usize, modem: Option<&Name>, act: &Act, whole: bool, lines: &mut Vec<LineKind>) {
        let step = &self.plan.steps[index];
        let line = |act| LineKind::Act { modem: modem.cloned(), act };
        if let Some(tried) = self.tried.get(&index).filter(|_| self.tells_tries()) {
            for after in 0..=tried.len() {
                self.stray_lines(Spot::Tried(Tried { step: index, after }), lines);
                lines.extend(tried.get(after).cloned().map(line));
            }
        }
        let unplayed = [resolved_act(act, &self.captures)];
        let played = self.played[index].as_slice();
        let acts = if self.was_played(index) || !(whole && played.is_empty()) { played } else { &unplayed };
        for (position, act) in acts.iter().enumerate() {
            let limited = step.inner_limit && self.is_awaited(act);
            if let (0, true, Some(limit)) = (position, limited, step.limit) {
                lines.push(LineKind::Directive(Directive::Within(interval(limit))));
            }
            lines.push(line(act.clone()));
        }
    }

    /// Whether this end waits for such a line: only then has it a limit.
    fn is_awaited(&self, act: &Act) -> bool {
        match act {
            Act::Expect(_) | Act::ExpectUrc(_) | Act::ExpectOptional(_) | Act::ExpectRaw(_) => self.role != Role::Modem,
            Act::Send(_) | Act::SendRaw(_) => self.role == Role::Modem,
            Act::Rest | Act::Wait(_) | Act::Direction(_) | Act::Check(_) => false,
        }
    }

    fn stray_lines(&self, spot: Spot, lines: &mut Vec<LineKind>) {
        for (_, lane, act) in self.strays.iter().filter(|(of, lane, _)| self.told_at(*of, *lane) == spot) {
            lines.push(self.modem_line(*lane, act.clone()));
        }
    }

    fn modem_line(&self, lane: usize, act: Act) -> LineKind {
        let name = self.plan.lanes[lane].name;
        let modem = name.map(|name| Name { text: name.to_owned(), span: Span::default() });
        LineKind::Act { modem, act }
    }

    /// What it has come to; the failure's transcript is for the caller to add.
    pub(in crate::run) fn outcome(&self) -> Outcome {
        if let Some(fault) = &self.fault {
            return Outcome::Error(fault.clone());
        }
        match &self.verdict {
            None => Outcome::Passed,
            Some(verdict) => Outcome::Failed(Box::new(Failure {
                expected: verdict.expected.clone(),
                came: verdict.came.clone(),
                place: self.plan.place(verdict.step),
                includes: self.plan.chain(verdict.step),
                help: verdict.help.clone(),
                transcript: String::new(),
            })),
        }
    }

    /// The labels that were reached.
    pub(in crate::run) fn labels(&self) -> Vec<String> {
        let reached =
            (0..self.plan.steps.len()).rev().find(|&step| self.plan.steps[step].act.is_some() && self.was_played(step));
        let steps = self.plan.steps.iter().take(reached.map_or(0, |last| last + 1));
        steps
            .filter_map(|step| match step.kind {
                LineKind::Directive(Directive::Label(label)) => {
                    let text = crate::run::template::resolve_bound(label, &self.captures);
                    Some(String::from_utf8_lossy(&text).into_owned())
                }
                LineKind::Directive(_) | LineKind::Blank | LineKind::Comment(_) | LineKind::Act { .. } => None,
            })
            .collect()
    }

    /// How many lines were played.
    pub(in crate::run) fn steps(&self) -> usize {
        (0..self.plan.steps.len()).filter(|&step| self.plan.steps[step].act.is_some() && self.was_played(step)).count()
    }
}

/// What a check asks of the score and the stage.
struct Asked<'a, 'p, 's> {
    score: &'a Score<'p, 's>,
    stage: &'a dyn Stage,
    lane: Option<usize>,
}

impl Facts for Asked<'_, '_, '_> {
    fn captures(&self) -> &Captures {
        &self.score.captures
    }

    fn observe(&self, path: &str) -> Option<Observed> {
        self.stage.observe(self.lane, path)
    }

    fn count(&self, side: Side, text: &[u8]) -> usize {
        let same = |line: &[u8]| match side {
            // As commands, in whatever case and with whatever blanks.
            Side::Host => same_command_list(line, text, &Dialect::default()),
            Side::Modem => line == text,
        };
        let of_this = |lane: usize| self.lane.is_none_or(|own| own == lane);
        self.score.logged.iter().filter(|(lane, of, line)| of_this(*lane) && *of == side && same(line)).count()
    }
}

/// A command line as it is usually written; none where it is no list of commands.
fn canonical(line: &[u8]) -> Option<Vec<u8>> {
    let dialect = Dialect::default();
    let list: Result<Vec<Command<'_>>, _> = commands(body_of(line)?, &dialect).collect();
    Some(write_line(list.ok()?))
}

/// An act that was not played, with what is bound put in.
fn resolved_act(act: &Act, captures: &Captures) -> Act {
    match act {
        Act::Send(text) => Act::Send(resolved::template(text, captures)),
        Act::SendRaw(text) => Act::SendRaw(resolved::template(text, captures)),
        Act::ExpectRaw(text) => Act::ExpectRaw(resolved::template(text, captures)),
        Act::Expect(pattern) => Act::Expect(resolved::pattern(pattern, captures)),
        Act::ExpectUrc(pattern) => Act::ExpectUrc(resolved::pattern(pattern, captures)),
        Act::ExpectOptional(pattern) => Act::ExpectOptional(resolved::pattern(pattern, captures)),
        Act::Direction(direction) => Act::Direction(resolved::direction(direction, captures)),
        Act::Check(check) => Act::Check(resolved::check(check, captures)),
        Act::Rest | Act::Wait(_) => act.clone(),
    }
}

/// A line as it came.
pub(in crate::run) fn literal_pattern(line: &[u8]) -> Pattern {
    let items = if line.is_empty() { Vec::new() } else { vec![Item::Bytes(line.to_vec())] };
    Pattern { items, span: Span::default() }
}

/// Bytes as they were sent.
pub(in crate::run) fn literal_template(bytes: &[u8]) -> Template {
    let parts = if bytes.is_empty() { Vec::new() } else { vec![Part::Bytes(bytes.to_vec())] };
    Template { parts, span: Span::default() }
}

/// A duration in the largest unit that is whole.
pub(in crate::run) fn interval(duration: std::time::Duration) -> Interval {
    let micros = duration.as_micros();
    let unit = match micros {
        _ if micros.is_multiple_of(1_000_000) => TimeUnit::Seconds,
        _ if micros.is_multiple_of(1_000) => TimeUnit::Milliseconds,
        _ => TimeUnit::Microseconds,
    };
    Interval { duration, unit }
}

/// A pattern in a message: ‘+CEREG: 2{*}’.
pub(super) fn quoted(pattern: &Pattern) -> String {
    format!("‘{pattern}’")
}

/// A line in a message, control characters escaped.
pub(super) fn quoted_line(line: &[u8]) -> String {
    format!("‘{}’", literal_pattern(line))
}
