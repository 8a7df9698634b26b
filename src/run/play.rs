//! One script, case by case: what is played how, and what is said about it.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::modem::Tick;
use crate::script::{self, Header, Line, Script, Span, Spanned, Verdict};

use super::errands::Elsewhere;
use super::judge::judge;
use super::masking::{self, Card, Masks};
use super::matching::{Capture, Captures};
use super::outcome::{CaseReport, Failure, Fault, Outcome, Place, Played, Role};
use super::plan::Plan;
use super::player::{HostPlayer, Score};
use super::schedule::{self, Virtual};
use super::template::Ports;
use super::world::World;

/// A schedule that ended within this is played again in real time by `--time auto`.
const SHORT: Duration = Duration::from_secs(2);

/// In which time `both` is played: `--time`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Time {
    /// In virtual time, and where the schedule ended within 2 s again over a pseudo-terminal.
    #[default]
    Auto,
    /// No port at all, at once.
    Virtual,
    /// Over a pseudo-terminal, by the clock.
    Real,
}

/// How scripts are played.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Which end; by itself `modem` with `exec`, `host` with a port alone, else `both`.
    pub role: Option<Role>,
    /// In which time, for `both`.
    pub time: Time,
    /// The profile where the script names none: a name or a path.
    pub profile: Option<String>,
    /// The seed where the script gives none.
    pub seed: Option<u64>,
    /// `--value NAME=…`; `ATGATE_VALUE_NAME` is looked up too.
    pub values: HashMap<String, String>,
    /// The ports by the modems' names; the only one's name is empty.
    pub ports: HashMap<String, String>,
    /// The application, words with `{port}` in them.
    pub exec: Option<String>,
    /// The register that is asked in the place of each script's own.
    pub register: Option<Elsewhere>,
    /// Whether identities are shown as they are.
    pub reveal: bool,
    /// Becomes true when the play is to end early: an interrupt from the keyboard.
    pub interrupted: Option<tokio::sync::watch::Receiver<bool>>,
}

impl Options {
    /// The role that these options mean.
    pub fn role(&self) -> Role {
        match (self.role, &self.exec, self.ports.is_empty()) {
            (Some(role), _, _) => role,
            (None, Some(_), _) => Role::Modem,
            (None, None, false) => Role::Host,
            (None, None, true) => Role::Both,
        }
    }
}

/// Plays every case of a script, in their order; none where [`judge()`] finds something wrong.
pub fn play(script: &Script, options: &Options) -> Vec<CaseReport> {
    if let Err(errors) = judge(script, options.profile.as_deref(), options.role()) {
        let path = std::path::Path::new(&script.source.name);
        return vec![CaseReport::unplayed(path, options.role(), Fault::script(errors.render(false)))];
    }
    if script.header.cases.is_empty() {
        let header = with_values(script.header.clone(), options);
        return vec![Case { script, name: None, header: &header, options }.play()];
    }
    let case = |case: &script::Case| {
        let header = with_values(script.header.for_case(case), options);
        Case { script, name: Some(&case.name), header: &header, options }.play()
    };
    script.header.cases.iter().map(case).collect()
}

/// A header whose `[values]` are what `--value` makes of them, so that the transcript says what was played. Those that have
/// none stay without: what is given to them is kept out of it.
fn with_values(mut header: Header, options: &Options) -> Header {
    for (name, value) in &mut header.values {
        if let (Some(text), Some(given)) = (value, options.values.get(&name.text)) {
            given.clone_into(text);
            // Written from its keys: the text it was read from says something else now.
            header.text = None;
        }
    }
    header
}

/// One case of a script.
pub(super) struct Case<'a> {
    pub(super) script: &'a Script,
    name: Option<&'a str>,
    pub(super) header: &'a Header,
    pub(super) options: &'a Options,
}

/// What one play of a case came to, before `expect` turns it over.
#[derive(Debug, PartialEq)]
pub(super) struct Act {
    pub(super) outcome: Outcome,
    /// The lines as they were played.
    pub(super) lines: Vec<script::LineKind>,
    pub(super) unchecked: Vec<Place>,
    pub(super) steps: usize,
    pub(super) exchanges: usize,
    pub(super) labels: Vec<String>,
    pub(super) notes: Vec<String>,
    pub(super) end: Tick,
    pub(super) output: Option<String>,
}

impl<'a> Case<'a> {
    fn play(&self) -> CaseReport {
        let role = self.options.role();
        let mut report = self.report(role);
        let captures = match self.values() {
            Ok(captures) => captures,
            Err(reason) => {
                report.outcome = Outcome::Skipped(reason);
                return report;
            }
        };
        let plan = Plan::new(self.script, self.header);
        if let Some(reason) = self.skipped(&plan, role) {
            report.outcome = Outcome::Skipped(reason);
            if !self.options.reveal {
                let mut masks = Masks::of_header(self.header, &captures, self.card(role));
                masking::report(&mut masks, &mut report);
            }
            return report;
        }
        let given = captures.clone();
        let (act, played) = match role {
            Role::Both => self.both(&plan, &captures),
            Role::Host => (super::real::host(self, &plan, captures), Played::Real),
            Role::Modem => (super::real::modem(self, &plan, captures), Played::Real),
        };
        report.played = played;
        self.judge(&mut report, act, &given);
        report
    }

    /// In virtual time, in real time, or in both and compared.
    fn both(&self, plan: &Plan<'_>, captures: &Captures) -> (Act, Played) {
        let once = |real: bool| {
            let played = self.world().and_then(|mut world| {
                let mut player = HostPlayer::new(plan, Role::Both, captures.clone(), Ports::new());
                let end = if real {
                    let mut carrier = super::real::PtyCarrier::new(world.modems.len())?;
                    player.set_ports(carrier.paths(plan));
                    schedule::play(&mut player, &mut world, &mut carrier)
                } else {
                    // There is no port; a name for each stands where the script asks for one.
                    let names = plan.lanes.iter().map(|lane| lane.name.unwrap_or_default().to_owned());
                    player.set_ports(names.map(|name| (name.clone(), format!("virtual:{name}"))).collect());
                    schedule::play(&mut player, &mut world, &mut Virtual)
                };
                let mut act = Act::of(&player.score, self.expects_failure(), end);
                act.notes.append(&mut world.notes);
                Ok(act)
            });
            played.unwrap_or_else(Act::fault)
        };
        match self.options.time {
            Time::Virtual => (once(false), Played::Virtual),
            Time::Real => (once(true), Played::Real),
            Time::Auto => {
                let act = once(false);
                let short = act.end.since(Tick::ZERO) <= SHORT;
                if !short || matches!(act.outcome, Outcome::Error(_) | Outcome::Skipped(_)) {
                    return (act, Played::Virtual);
                }
                let again = once(true);
                match self.difference(&act, &again) {
                    None => (act, Played::Both),
                    Some(difference) => {
                        let outcome = match again.outcome {
                            Outcome::Error(fault) => Outcome::Error(fault),
                            _ => Outcome::Error(difference),
                        };
                        (Act { outcome, ..act }, Played::Both)
                    }
                }
            }
        }
    }

    /// What tells two plays of one schedule apart: there must be nothing.
    fn difference(&self, first: &Act, second: &Act) -> Option<Fault> {
        if first == second {
            return None;
        }
        let (one, other) = (script::format(&self.played(first)), script::format(&self.played(second)));
        let line = one.lines().zip(other.lines()).find(|(one, other)| one != other);
        let what = match line {
            Some((one, other)) => format!("`{one}` in virtual time, `{other}` over a pseudo-terminal"),
            None => {
                format!("{} in virtual time, {} over a pseudo-terminal", first.outcome.word(), second.outcome.word())
            }
        };
        let help = "a script must not depend on the clock; please report it with the script";
        Some(Fault::bench(format!("virtual and real time differ: {what}")).help(help))
    }

    pub(super) fn world(&self) -> Result<World, Fault> {
        let Options { profile, register, .. } = self.options;
        World::new(self.header, &self.script.source, profile.as_deref(), self.seed(), register.as_ref())
    }

    pub(super) fn seed(&self) -> u64 {
        self.header.seed.as_ref().map(|seed| seed.value).or(self.options.seed).unwrap_or(0)
    }

    pub(super) fn expects_failure(&self) -> bool {
        matches!(self.header.expect, Some(Spanned { value: Verdict::Failed, .. }))
    }

    /// What the header binds, and what is given to it from outside.
    fn values(&self) -> Result<Captures, String> {
        let mut captures = Captures::default();
        for (name, value) in &self.header.values {
            let name = name.text.as_str();
            let capture = match value {
                Some(text) => Capture::given(text),
                None => {
                    let variable = format!("ATGATE_VALUE_{}", name.to_uppercase());
                    match self.options.values.get(name).cloned().or_else(|| std::env::var(&variable).ok()) {
                        Some(given) => Capture::outside(&given),
                        None => {
                            return Err(format!("`{name}` has no value: give it by --value {name}=… or {variable}"));
                        }
                    }
                }
            };
            captures.bind(name, capture);
        }
        Ok(captures)
    }

    /// Why the case is not played.
    fn skipped(&self, plan: &Plan<'_>, role: Role) -> Option<String> {
        if let Some(fixture) = self.header.requires.first() {
            return Some(format!("it requires the fixture `{}`, which this bench does not offer", fixture.value));
        }
        if plan.steps.iter().all(|step| step.act.is_none()) {
            return Some("no line of it is to be played".to_owned());
        }
        if let Some(elsewhere) = &self.options.register
            && let Some(what) = self.keeps_lists(plan)
        {
            return Some(format!("{what}, and the register at {} keeps its lists itself", elsewhere.place()));
        }
        for (_, direction) in plan.directions() {
            if role == Role::Host {
                return Some(format!("`* {direction}` is bound to no command of this bench"));
            }
            if role == Role::Modem && !self.has_modem() {
                return Some(format!("`* {direction}` needs a virtual modem: name one with `modem` in the header"));
            }
        }
        None
    }

    /// What the script does to the register's lists, if anything.
    fn keeps_lists(&self, plan: &Plan<'_>) -> Option<String> {
        let key = ["block", "track", "allow"].into_iter().find(|key| {
            let entries = self.header.register.table.get(*key).and_then(toml::Value::as_array);
            entries.is_some_and(|entries| !entries.is_empty())
        });
        if let Some(key) = key {
            return Some(format!("its header has `register.{key}`"));
        }
        let changes = |direction: &script::Direction| {
            use script::Register::{Allow, Block, Forget, Track};
            matches!(direction, script::Direction::Register(Block(_) | Track(_) | Allow(_) | Forget(_)))
        };
        let (_, direction) = plan.directions().find(|(_, direction)| changes(direction))?;
        Some(format!("it says `* {direction}`"))
    }

    /// Whether a virtual modem answers in the role `modem`.
    pub(super) fn has_modem(&self) -> bool {
        self.header.modem.is_some() || !self.header.modems.is_empty() || self.options.profile.is_some()
    }

    fn report(&self, role: Role) -> CaseReport {
        CaseReport {
            path: PathBuf::from(&self.script.source.name),
            case: self.name.map(str::to_owned),
            title: self.header.title.as_ref().map(|title| title.value.clone()),
            tags: self.header.tags.iter().map(|tag| tag.value.clone()).collect(),
            role,
            played: Played::Not,
            outcome: Outcome::Passed,
            foreseen: None,
            transcript: String::new(),
            unchecked: Vec::new(),
            duration: Duration::ZERO,
            steps: 0,
            exchanges: 0,
            labels: Vec::new(),
            seed: self.seed(),
            notes: Vec::new(),
            output: None,
        }
    }

    /// The script as it was played, as it is: for comparing, not for showing.
    pub(super) fn played(&self, act: &Act) -> Script {
        let lines = act.lines.iter().map(|kind| Line { span: Span::default(), kind: kind.clone() }).collect();
        Script { source: Arc::clone(&self.script.source), header: self.header.clone(), lines }
    }

    /// Whose the card is that the script speaks to.
    fn card(&self, role: Role) -> Card {
        match role {
            Role::Both => Card::Virtual,
            // An application may be set up with the PIN of a real card.
            Role::Host | Role::Modem => Card::Real,
        }
    }

    /// What is reported of a play, masked unless identities are to be shown. `given` was bound before its first line.
    fn judge(&self, report: &mut CaseReport, act: Act, given: &Captures) {
        let played = self.played(&act);
        if self.options.reveal {
            report.transcript = script::format(&played);
            self.verdict(report, act);
            return;
        }
        let (played, mut masks) = masking::script(played, given, self.card(report.role));
        report.transcript = script::format(&played);
        self.verdict(report, act);
        masking::report(&mut masks, report);
    }

    /// `expect = "failed"` turns a failure into what was asked for, and a pass into a failure.
    fn verdict(&self, report: &mut CaseReport, act: Act) {
        report.unchecked = act.unchecked;
        report.duration = act.end.since(Tick::ZERO);
        report.steps = act.steps;
        report.exchanges = act.exchanges;
        report.labels = act.labels;
        report.notes = act.notes;
        report.output = act.output;
        report.outcome = match (act.outcome, &self.header.expect) {
            (Outcome::Failed(failure), Some(Spanned { value: Verdict::Failed, .. })) => {
                report.foreseen = Some(failure);
                Outcome::Passed
            }
            (Outcome::Passed, Some(Spanned { value: Verdict::Failed, span })) => Outcome::Failed(Box::new(Failure {
                expected: "the script to fail (expect = \"failed\")".into(),
                came: "every line held".into(),
                place: Place {
                    path: self.script.source.name.clone(),
                    source: self.script.source.text.as_str().into(),
                    span: span.range(),
                },
                includes: Vec::new(),
                help: None,
                transcript: report.transcript.clone(),
            })),
            (outcome, _) => outcome,
        };
        if let Outcome::Failed(failure) = &mut report.outcome
            && failure.transcript.is_empty()
        {
            failure.transcript.clone_from(&report.transcript);
        }
        if let Some(failure) = &mut report.foreseen
            && failure.transcript.is_empty()
        {
            failure.transcript.clone_from(&report.transcript);
        }
    }
}

impl Act {
    /// What a player's score says. `whole`: a failure is foreseen, and the transcript has to fail again.
    pub(super) fn of(score: &Score<'_, '_>, whole: bool, end: Tick) -> Act {
        let outcome = score.outcome();
        let whole = whole || outcome.passed();
        Act {
            outcome,
            lines: score.lines(whole),
            unchecked: score.unchecked.clone(),
            steps: score.steps(),
            exchanges: score.exchanges,
            labels: score.labels(),
            notes: score.notes.clone(),
            end,
            output: None,
        }
    }

    /// Nothing could be played.
    pub(super) fn fault(fault: Fault) -> Act {
        Act {
            outcome: Outcome::Error(fault),
            lines: Vec::new(),
            unchecked: Vec::new(),
            steps: 0,
            exchanges: 0,
            labels: Vec::new(),
            notes: Vec::new(),
            end: Tick::ZERO,
            output: None,
        }
    }
}
