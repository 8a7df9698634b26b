//! The player as the modem: `>` lines are expected of an application, `<` lines sent.
//!
//! With a virtual modem behind it, the machine answers what the script does not, and the script's lines are put in the place
//! of the machine's. Without one the script alone answers: a pure replay.

use std::collections::VecDeque;
use std::time::Duration;

use crate::modem::Tick;
use crate::run::limits;
use crate::run::matching::Captures;
use crate::run::outcome::{Fault, Role};
use crate::run::plan::{Plan, Until};
use crate::run::template::{Ports, resolve};
use crate::script::{Act, Side};
use crate::wire::command::{Dialect, same_command_list};
use crate::wire::line::{Assembled, LineAssembler};
use crate::wire::response::{Classes, Framing, Scanner};

use super::directed::Deed;
use super::lane::extension_before;
use super::reply::{Manner, lines_only};
use super::score::{Score, Spot, Verdict, literal_pattern, literal_template, quoted, quoted_line};
use super::{ALSO_UNSOLICITED, Stage, answers};

/// The machine behind the player, if there is one.
pub(in crate::run) trait Machine: Stage {
    /// Whether a virtual modem answers.
    fn answers(&self) -> bool;
    /// Gives it bytes of the application.
    fn feed(&mut self, now: Tick, lane: usize, bytes: &[u8]);
    /// Takes what it has to say, write by write.
    fn said(&mut self, now: Tick, lane: usize) -> Vec<Vec<u8>>;
    /// Whether it still carries out a command.
    fn is_busy(&self, lane: usize) -> bool;
    /// Whether it takes bytes for data.
    fn is_online(&self, lane: usize) -> bool;
    /// Its settings.
    fn manner(&self, lane: usize) -> Manner;
}

/// Plays a script as the modem, on one line or several.
#[derive(Debug)]
pub(in crate::run) struct ModemPlayer<'p, 's> {
    /// What has been played, and whether it held.
    pub(in crate::run) score: Score<'p, 's>,
    pub(super) lanes: Vec<Lane>,
    pub(super) out: Vec<(usize, Vec<u8>)>,
    finishing: bool,
    over: bool,
}

/// One line, as the modem.
#[derive(Debug)]
pub(super) struct Lane {
    pub(super) at: usize,
    pub(super) arrived: Tick,
    pub(super) waiting: Option<Tick>,
    assembler: LineAssembler,
    /// As a pure replay follows the settings.
    pub(super) manner: Manner,
    /// Bytes of the application that were not looked at yet.
    inbox: VecDeque<u8>,
    /// The awaited command that is being answered.
    pub(super) open: Option<Exchange>,
    /// A command that was not awaited, and that the machine answers.
    aside: Option<Vec<u8>>,
    scanner: Scanner,
    /// What the machine said by itself and no `<!` has claimed.
    pub(super) unclaimed: Vec<(Spot, Vec<u8>)>,
    /// Commands that came before the script had come to them.
    early: Vec<Vec<u8>>,
    pub(super) last: Option<usize>,
    /// `@ until`, and since when.
    pub(super) trying: Option<Trying>,
    /// A pure replay is in data state.
    pub(super) data: bool,
    /// With `@ any-order`: where the player goes on after an exchange that was looked up.
    pub(super) order: Vec<usize>,
    /// Where it goes on once the line at hand is done.
    pub(super) back_to: Option<usize>,
}

/// A command and the machine's answer to it.
#[derive(Debug)]
pub(super) struct Exchange {
    pub(super) step: usize,
    /// Where in the lane it begins.
    pub(super) from: usize,
    pub(super) line: Vec<u8>,
    pub(super) since: Tick,
    /// The byte that ends the line, as long as the machine has not got it: directions come first.
    terminator: Option<u8>,
    /// The machine's lines that nothing has taken.
    pub(super) lines: Vec<Vec<u8>>,
    /// The machine's result.
    pub(super) result: Option<Vec<u8>>,
    /// The machine's answer as it was said.
    pub(super) raw: Vec<Vec<u8>>,
    /// `...` stands before the next `<`.
    pub(super) rest: Option<usize>,
    /// A `<` of the script has been sent.
    pub(super) scripted: bool,
    /// What is to go out in one write.
    pub(super) pending: Vec<u8>,
    /// How `...` writes the machine's lines.
    pub(super) manner: Manner,
    /// The machine has had its time.
    pub(super) given_up: bool,
}

/// An exchange under `@ until`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Trying {
    until: Until,
    /// When it was first awaited.
    begun: Tick,
    /// The step of its command.
    pub(super) step: usize,
}

impl Lane {
    /// Where a line stands in the transcript that the script has not.
    fn spot(&self, score: &Score<'_, '_>) -> Spot {
        match self.trying {
            Some(trying) => Spot::Tried(score.next_tried(trying.step)),
            None => Spot::after(self.last),
        }
    }
}

impl Exchange {
    fn new(step: usize, from: usize, line: &[u8], since: Tick, terminator: Option<u8>) -> Self {
        Exchange {
            step,
            from,
            line: line.to_vec(),
            since,
            terminator,
            lines: Vec::new(),
            result: None,
            raw: Vec::new(),
            rest: None,
            scripted: false,
            pending: Vec::new(),
            manner: Manner::default(),
            given_up: false,
        }
    }
}

impl<'p, 's> ModemPlayer<'p, 's> {
    /// A player at the begin of a script.
    pub(in crate::run) fn new(plan: &'p Plan<'s>, captures: Captures, ports: Ports, echo: bool) -> Self {
        let lane = || Lane {
            at: 0,
            arrived: Tick::ZERO,
            waiting: None,
            assembler: LineAssembler::default(),
            manner: Manner { echo, ..Manner::default() },
            inbox: VecDeque::new(),
            open: None,
            aside: None,
            scanner: Scanner::new(Framing::default(), lines_only()),
            unclaimed: Vec::new(),
            early: Vec::new(),
            last: None,
            trying: None,
            data: false,
            order: Vec::new(),
            back_to: None,
        };
        let lanes = plan.lanes.iter().map(|_| lane()).collect();
        let score = Score::new(plan, Role::Modem, captures, ports);
        ModemPlayer { score, lanes, out: Vec::new(), finishing: false, over: false }
    }

    /// Takes what the application sent, cut anywhere.
    pub(in crate::run) fn receive(&mut self, now: Tick, lane: usize, bytes: &[u8], machine: &mut dyn Machine) {
        self.lanes[lane].inbox.extend(bytes);
        self.advance(now, machine);
    }

    /// Plays all that can be played now, and gives up what has waited enough.
    pub(in crate::run) fn wake(&mut self, now: Tick, machine: &mut dyn Machine) {
        self.advance(now, machine);
        while !self.over && (0..self.lanes.len()).any(|lane| self.expire(now, lane, machine)) {
            self.advance(now, machine);
        }
    }

    /// When [`wake`](Self::wake) has work next.
    pub(in crate::run) fn deadline(&self) -> Option<Tick> {
        if self.over {
            return None;
        }
        (0..self.lanes.len()).filter_map(|lane| self.due(lane)).map(|(at, _)| at).min()
    }

    /// Takes the bytes for the application, each write by itself.
    pub(in crate::run) fn transmit(&mut self) -> Vec<(usize, Vec<u8>)> {
        std::mem::take(&mut self.out)
    }

    pub(in crate::run) const fn is_over(&self) -> bool {
        self.over
    }

    /// It cannot be played on.
    pub(in crate::run) fn stop(&mut self, fault: Fault) {
        self.score.fault.get_or_insert(fault);
        self.end();
    }

    /// The application has ended before the script.
    pub(in crate::run) fn ended(&mut self, now: Tick, what: &str) {
        if self.over {
            return;
        }
        let step = self.at(0).min(self.score.plan.steps.len().saturating_sub(1));
        let expected = match self.score.plan.steps.get(step).and_then(|step| step.act) {
            Some(Act::Send(_) | Act::SendRaw(_)) => self.awaited(step),
            Some(_) | None => "the application to run until the script ends".into(),
        };
        self.give_verdict(now, Verdict { step, expected, came: what.to_owned(), help: None });
        // Nobody is left to play the rest with.
        self.end();
    }

    /// Whether a line waits for something that only the application can send.
    pub(in crate::run) fn awaits_application(&self) -> bool {
        let plan = self.score.plan;
        self.lanes.iter().enumerate().any(|(index, lane)| {
            let step = plan.lanes[index].steps.get(lane.at);
            lane.open.is_none()
                && step.is_some_and(|&step| matches!(plan.steps[step].act, Some(Act::Send(_) | Act::SendRaw(_))))
        })
    }

    fn end(&mut self) {
        if self.over {
            return;
        }
        self.over = true;
        for (index, lane) in self.lanes.iter_mut().enumerate() {
            for (spot, line) in lane.unclaimed.drain(..) {
                self.score.strays.push((spot, index, Act::ExpectUrc(literal_pattern(&line))));
            }
        }
    }

    fn advance(&mut self, now: Tick, machine: &mut dyn Machine) {
        loop {
            let mut moved = false;
            for lane in 0..self.lanes.len() {
                loop {
                    if self.over {
                        return;
                    }
                    let listened = self.listen(now, lane, machine);
                    let took = self.take(now, lane, machine);
                    if !(listened | took | (!self.over && self.step(now, lane, machine))) {
                        break;
                    }
                    moved = true;
                }
            }
            if !moved {
                break;
            }
        }
        let plan = self.score.plan;
        let ended = |(index, lane): (usize, &Lane)| {
            let rest = plan.lanes[index].steps.get(lane.at..).unwrap_or_default();
            rest.iter().all(|&step| self.score.done[step]) && lane.open.is_none() && lane.aside.is_none()
        };
        if self.lanes.iter().enumerate().all(ended) {
            self.end();
        }
    }

    /// Takes what the machine has to say; true if there was anything.
    fn listen(&mut self, now: Tick, lane: usize, machine: &mut dyn Machine) -> bool {
        let writes = machine.said(now, lane);
        for write in &writes {
            self.heard(now, lane, write, machine);
        }
        let here = &mut self.lanes[lane];
        if here.aside.is_some() && here.inbox.is_empty() && !machine.is_busy(lane) {
            here.aside = None;
        }
        !writes.is_empty()
    }

    /// One write of the machine.
    fn heard(&mut self, now: Tick, lane: usize, write: &[u8], machine: &dyn Machine) {
        let here = &mut self.lanes[lane];
        let manner = machine.manner(lane);
        here.scanner.frame(Framing { s3: manner.s3, s4: manner.s4, ..here.scanner.framing() });
        if machine.is_online(lane) && here.open.is_none() {
            self.out.push((lane, write.to_vec()));
            return;
        }
        let mut found = Vec::new();
        here.scanner.feed(write, |element| {
            found.push((element.text.to_vec(), element.classes, element.name().map(<[u8]>::to_vec)));
        });
        let answer = |classes: Classes| classes.meets(Classes::FINAL | Classes::INTERMEDIATE | Classes::PROMPT);
        let mut held = false;
        for (line, classes, name) in found {
            if classes.is_only(Classes::ECHO) {
                continue;
            }
            self.score.log(Side::Modem, &line);
            if self.forbids(now, lane, Side::Modem, &line) {
                return;
            }
            let here = &mut self.lanes[lane];
            let command =
                here.open.as_ref().filter(|open| open.result.is_none()).map(|open| &open.line).or(here.aside.as_ref());
            let own = command.is_some_and(|command| answers(command, name.as_deref().unwrap_or(&line)));
            let known = classes.is_only(Classes::UNSOLICITED)
                || ALSO_UNSOLICITED.contains(&name.as_deref().unwrap_or(&line))
                || machine.gives_urc(lane, name.as_deref().unwrap_or(&line));
            let by_itself = command.is_none() || (known && !own && !classes.contains(Classes::FINAL));
            let spot = here.spot(&self.score);
            if by_itself {
                here.unclaimed.push((spot, line));
            } else if here.aside.is_some() && here.open.is_none() {
                self.score.strays.push((spot, lane, Act::Expect(literal_pattern(&line))));
            } else if let Some(open) = &mut here.open {
                held = true;
                if answer(classes) { open.result = Some(line) } else { open.lines.push(line) }
            }
        }
        let here = &mut self.lanes[lane];
        match &mut here.open {
            Some(open) if held => open.raw.push(write.to_vec()),
            Some(_) | None => self.out.push((lane, write.to_vec())),
        }
    }

    /// Looks at the application's bytes; true if there was anything to do.
    fn take(&mut self, now: Tick, lane: usize, machine: &mut dyn Machine) -> bool {
        if self.lanes[lane].inbox.is_empty() {
            return false;
        }
        if self.awaits_raw(lane, machine) {
            return self.take_raw(now, lane, machine);
        }
        let here = &mut self.lanes[lane];
        if here.open.is_some() || here.aside.is_some() {
            // A keystroke aborts what the machine is busy with; what is sent ahead of an answer waits.
            if machine.answers()
                && machine.is_busy(lane)
                && here.open.as_ref().is_none_or(|open| open.terminator.is_none())
            {
                let bytes: Vec<u8> = here.inbox.drain(..).collect();
                here.scanner.sent(&bytes);
                machine.feed(now, lane, &bytes);
                return true;
            }
            return false;
        }
        if machine.answers() && machine.is_online(lane) {
            let bytes: Vec<u8> = here.inbox.drain(..).collect();
            machine.feed(now, lane, &bytes);
            return true;
        }
        let manner = if machine.answers() { machine.manner(lane) } else { here.manner };
        let bytes: &[u8] = here.inbox.make_contiguous();
        let (taken, outcome) = here.assembler.feed(bytes, manner.s3, manner.s5);
        let taken = taken.max(1);
        let bytes: Vec<u8> = here.inbox.drain(..taken).collect();
        match outcome {
            Assembled::Line | Assembled::TooLong => {
                let line = [b"AT", here.assembler.body()].concat();
                self.command(now, lane, &line, &bytes, machine);
            }
            Assembled::Repeat => self.command(now, lane, b"A/", &bytes, machine),
            Assembled::Pending | Assembled::Ignored | Assembled::Swallowed => self.pass_on(now, lane, &bytes, machine),
        }
        true
    }

    /// Bytes before the end of a line: the machine echoes them, or a pure replay does.
    fn pass_on(&mut self, now: Tick, lane: usize, bytes: &[u8], machine: &mut dyn Machine) {
        let here = &mut self.lanes[lane];
        if machine.answers() {
            here.scanner.sent(bytes);
            machine.feed(now, lane, bytes);
        } else if here.manner.echo && !here.data && !bytes.is_empty() {
            self.out.push((lane, bytes.to_vec()));
        }
    }

    /// A whole command line.
    fn command(&mut self, now: Tick, lane: usize, line: &[u8], bytes: &[u8], machine: &mut dyn Machine) {
        let Some((&terminator, before)) = bytes.split_last() else { return };
        self.pass_on(now, lane, before, machine);
        self.score.log(Side::Host, line);
        self.score.exchanges += 1;
        if self.forbids(now, lane, Side::Host, line) {
            return;
        }
        let plan = self.score.plan;
        let Some(position) = self.awaited_position(lane, line, machine.answers()) else {
            self.not_awaited(now, lane, line, terminator, machine);
            return;
        };
        let index = plan.lanes[lane].steps[position];
        let here = &mut self.lanes[lane];
        if position != here.at {
            if plan.any_order && !machine.answers() {
                here.order.push(here.at);
            }
            here.at = position;
        }
        if let Some(until) = plan.steps[index].until {
            here.trying.get_or_insert(Trying { until, begun: here.arrived, step: index });
        }
        here.open = Some(Exchange::new(index, position, line, now, Some(terminator)));
        self.score.play(index, Act::Send(literal_template(line)));
    }

    /// The step that a command is: the one that is awaited, or with `@ any-order` the first of its kind.
    fn awaited_position(&self, lane: usize, line: &[u8], machine: bool) -> Option<usize> {
        let plan = self.score.plan;
        let here = &self.lanes[lane];
        let steps = &plan.lanes[lane].steps;
        let is_it = |position: usize| {
            let index = steps[position];
            let Some(Act::Send(text)) = plan.steps[index].act else { return false };
            if self.score.done[index] {
                return false;
            }
            resolve(text, &self.score.captures, &self.score.ports)
                .is_ok_and(|text| same_command_list(&text, line, &Dialect::default()))
        };
        if here.at < steps.len() && self.score.is_ready(steps[here.at]) && is_it(here.at) {
            return Some(here.at);
        }
        if plan.any_order && !machine {
            return (0..steps.len()).find(|&position| is_it(position));
        }
        None
    }

    /// A command that is not the awaited one: the machine answers it, or the script fails.
    fn not_awaited(&mut self, now: Tick, lane: usize, line: &[u8], terminator: u8, machine: &mut dyn Machine) {
        if !machine.answers() || self.score.plan.strict {
            let step = self.at(lane);
            let expected = match self.score.plan.steps.get(step).and_then(|step| step.act) {
                Some(Act::Send(_) | Act::SendRaw(_)) => self.awaited(step),
                Some(_) | None => "no command here".into(),
            };
            let help = match machine.answers() {
                true => "under `@ strict` each command needs its `>`",
                false => "name a `modem` in the header, and it answers what the script does not",
            };
            self.score.verdict_line(lane, Act::Send(literal_template(line)));
            self.give_verdict(now, Verdict { step, expected, came: quoted_line(line), help: Some(help.into()) });
            return;
        }
        let here = &mut self.lanes[lane];
        here.early.push(line.to_vec());
        self.score.strays.push((here.spot(&self.score), lane, Act::Send(literal_template(line))));
        here.aside = Some(line.to_vec());
        here.scanner.sent(&[terminator]);
        machine.feed(now, lane, &[terminator]);
    }

    /// Gives the machine the end of the line: from here on it answers.
    pub(super) fn commit(&mut self, now: Tick, lane: usize, machine: &mut dyn Machine) -> bool {
        let here = &mut self.lanes[lane];
        let Some(terminator) = here.open.as_mut().and_then(|open| open.terminator.take()) else { return false };
        if machine.answers() {
            here.scanner.sent(&[terminator]);
            machine.feed(now, lane, &[terminator]);
        } else if here.manner.echo {
            self.out.push((lane, vec![terminator]));
        }
        true
    }

    /// Whether the next bytes are those of a `>|`.
    fn awaits_raw(&self, lane: usize, machine: &dyn Machine) -> bool {
        let plan = self.score.plan;
        let here = &self.lanes[lane];
        let Some(&index) = plan.lanes[lane].steps.get(here.at) else { return false };
        let raw = matches!(plan.steps[index].act, Some(Act::SendRaw(_))) && !self.score.done[index];
        // With a command being answered, raw bytes are awaited only as long as the answer is: they may abort it.
        raw && here.aside.is_none() && here.open.as_ref().is_none_or(|open| machine.answers() && open.result.is_none())
    }

    fn take_raw(&mut self, now: Tick, lane: usize, machine: &mut dyn Machine) -> bool {
        let index = self.at(lane);
        let Some(Act::SendRaw(text)) = self.score.plan.steps[index].act else { return false };
        let Ok(wanted) = resolve(text, &self.score.captures, &self.score.ports).map(std::borrow::Cow::into_owned)
        else {
            return false;
        };
        let here = &mut self.lanes[lane];
        let same = here.inbox.iter().zip(&wanted).take_while(|(came, wanted)| came == wanted).count();
        if same < wanted.len() && same == here.inbox.len() {
            return false;
        }
        if same < wanted.len() {
            let came: Vec<u8> = here.inbox.drain(..).collect();
            let expected = format!("the bytes {}", quoted_line(&wanted));
            self.give_verdict(now, Verdict { step: index, expected, came: quoted_line(&came), help: None });
            return true;
        }
        let bytes: Vec<u8> = here.inbox.drain(..same).collect();
        self.score.play(index, Act::SendRaw(literal_template(&wanted)));
        if machine.answers() {
            here.scanner.sent(&bytes);
            machine.feed(now, lane, &bytes);
        }
        // What follows answers what was sent.
        if here.open.is_none() {
            here.open = Some(Exchange::new(index, here.at, &[], now, None));
        }
        true
    }

    /// Plays one line, if it can be played now.
    fn step(&mut self, now: Tick, lane: usize, machine: &mut dyn Machine) -> bool {
        let plan = self.score.plan;
        let Some(&index) = plan.lanes[lane].steps.get(self.lanes[lane].at) else {
            return self.finish_exchange(now, lane, machine);
        };
        if self.score.done[index] {
            let here = &mut self.lanes[lane];
            here.last = here.last.max(Some(index));
            here.at = here.back_to.take().unwrap_or(here.at + 1);
            here.arrived = now;
            here.waiting = None;
            return true;
        }
        let Some(act) = plan.steps[index].act else { return false };
        if !self.score.is_ready(index) {
            return false;
        }
        match act {
            Act::Send(_) => self.finish_exchange(now, lane, machine),
            Act::SendRaw(_) => {
                let answered =
                    self.lanes[lane].open.as_ref().is_some_and(|open| open.result.is_some() || !machine.answers());
                self.commit(now, lane, machine) || (answered && self.finish_exchange(now, lane, machine))
            }
            Act::Wait(interval) => {
                if !self.delays(lane) {
                    self.score.play(index, act.clone());
                    return true;
                }
                if self.is_before_answer(lane) && self.commit(now, lane, machine) {
                    return true;
                }
                self.flush(lane);
                let here = &mut self.lanes[lane];
                let until = *here.waiting.get_or_insert(now + interval.duration);
                if now < until {
                    return false;
                }
                self.score.play(index, act.clone());
                true
            }
            Act::Direction(direction) => {
                let resolved = crate::run::resolved::direction(direction, &self.score.captures);
                let deed = Deed::of(direction, &self.score.captures, &self.score.ports);
                match deed.and_then(|deed| machine.direct(now, plan.steps[index].lane, deed)) {
                    Ok(()) => self.score.play(index, Act::Direction(resolved)),
                    Err(message) => {
                        let place = plan.place(index);
                        self.stop(Fault::script(format!("{place}: {message}")));
                    }
                }
                true
            }
            Act::Check(check) => {
                if let Some(verdict) = self.score.check(index, check, machine) {
                    self.give_verdict(now, verdict);
                }
                true
            }
            Act::Expect(_) | Act::ExpectUrc(_) | Act::ExpectOptional(_) | Act::Rest | Act::ExpectRaw(_) => {
                self.commit(now, lane, machine) || self.reply(now, lane, index, act, machine)
            }
        }
    }

    /// Whether a `~` here delays what this end does next; before a `>` it extends its limit.
    fn delays(&self, lane: usize) -> bool {
        let plan = self.score.plan;
        let steps = &plan.lanes[lane].steps;
        steps[self.lanes[lane].at + 1..]
            .iter()
            .find_map(|&index| match plan.steps[index].act {
                Some(Act::Wait(_)) | None => None,
                Some(Act::Send(_) | Act::SendRaw(_)) => Some(false),
                Some(_) => Some(true),
            })
            .unwrap_or(true)
    }

    /// Whether the next thing that this end does is part of the answer, and no direction or check.
    fn is_before_answer(&self, lane: usize) -> bool {
        let plan = self.score.plan;
        let next =
            plan.lanes[lane].steps[self.lanes[lane].at..].iter().find_map(|&index| match plan.steps[index].act {
                Some(Act::Wait(_)) | None => None,
                Some(Act::Direction(_) | Act::Check(_)) => Some(false),
                Some(_) => Some(true),
            });
        next.unwrap_or(true)
    }

    fn forbids(&mut self, now: Tick, lane: usize, side: Side, line: &[u8]) -> bool {
        let here = self.score.plan.lanes[lane].steps.get(self.lanes[lane].at).copied().unwrap_or(usize::MAX);
        let Some((step, pattern)) = self.score.forbidden(here, side, line) else { return false };
        let expected = format!("no line that matches {}", quoted(pattern));
        let act = match side {
            Side::Host => Act::Send(literal_template(line)),
            Side::Modem => Act::Expect(literal_pattern(line)),
        };
        self.score.verdict_line(lane, act);
        self.give_verdict(now, Verdict { step, expected, came: quoted_line(line), help: None });
        true
    }

    /// Where the player stands, or the last step there is.
    pub(super) fn at(&self, lane: usize) -> usize {
        let steps = &self.score.plan.lanes[lane].steps;
        steps.get(self.lanes[lane].at).or(steps.last()).copied().unwrap_or_default()
    }

    /// What a `>` waits for, in a message.
    fn awaited(&self, step: usize) -> String {
        match self.score.plan.steps[step].act {
            Some(Act::Send(text) | Act::SendRaw(text)) => format!("the command ‘{text}’"),
            Some(_) | None => "a command".into(),
        }
    }

    pub(super) fn give_verdict(&mut self, now: Tick, verdict: Verdict) {
        let plan = self.score.plan;
        let step = verdict.step;
        self.score.decide(verdict);
        if plan.finally >= plan.steps.len() {
            self.end();
            return;
        }
        if self.finishing || step >= plan.finally {
            self.score.pass(step);
        }
        if self.finishing {
            return;
        }
        self.finishing = true;
        for index in 0..plan.finally {
            if !self.score.done[index] {
                self.score.skip(index);
            }
        }
        for lane in &mut self.lanes {
            lane.open = None;
            lane.trying = None;
            lane.arrived = now;
            lane.waiting = None;
        }
    }

    /// What a lane waits for, and until when.
    fn due(&self, lane: usize) -> Option<(Tick, Waits)> {
        let plan = self.score.plan;
        let here = &self.lanes[lane];
        let index = plan.lanes[lane].steps.get(here.at).copied();
        let act = index.and_then(|index| plan.steps[index].act);
        if let (Some(Act::Wait(_)), Some(until)) = (act, here.waiting) {
            return Some((until, Waits::Delay));
        }
        if let Some(open) = &here.open {
            if let Some(Act::ExpectUrc(_)) = act {
                return index.map(|index| (here.arrived + self.limit(lane, index), Waits::Urc(index)));
            }
            return Some((open.since + limits::answer(&open.line), Waits::Answer));
        }
        match (index, act) {
            (Some(index), Some(Act::Send(_) | Act::SendRaw(_))) => {
                let limit = here.arrived + self.limit(lane, index);
                match &here.trying {
                    Some(trying) => Some((limit.min(trying.begun + trying.until.limit), Waits::Command(index))),
                    None => Some((limit, Waits::Command(index))),
                }
            }
            (Some(index), Some(Act::ExpectUrc(_))) => Some((here.arrived + self.limit(lane, index), Waits::Urc(index))),
            (_, _) => None,
        }
    }

    fn limit(&self, lane: usize, index: usize) -> Duration {
        let step = &self.score.plan.steps[index];
        let base = step.limit.unwrap_or(match step.act {
            Some(Act::ExpectUrc(_)) => limits::urc(Role::Modem),
            Some(_) | None => limits::COMMAND,
        });
        base + extension_before(self.score.plan, lane, index)
    }

    fn expire(&mut self, now: Tick, lane: usize, machine: &mut dyn Machine) -> bool {
        let Some((at, waits)) = self.due(lane) else { return false };
        if at > now {
            return false;
        }
        match waits {
            Waits::Delay => false,
            Waits::Answer => self.give_up_machine(now, lane, machine),
            Waits::Urc(index) => self.say_urc(lane, index, machine),
            Waits::Command(index) => {
                let limit = match &self.lanes[lane].trying {
                    Some(trying) if at == trying.begun + trying.until.limit => trying.until.limit,
                    Some(_) | None => self.limit(lane, index),
                };
                let expected = format!("{} within {}", self.awaited(index), limits::told(limit));
                let came = self.nothing(lane, index);
                self.give_verdict(now, Verdict { step: index, expected, came, help: None });
                true
            }
        }
    }

    /// What the application did instead.
    fn nothing(&self, lane: usize, index: usize) -> String {
        let here = &self.lanes[lane];
        let mut came = if !here.inbox.is_empty() {
            let bytes: Vec<u8> = here.inbox.iter().copied().collect();
            format!("{} and no more", quoted_line(&bytes))
        } else if here.assembler.is_pending() {
            let line = [b"AT", here.assembler.body()].concat();
            format!("{} without a line end", quoted_line(&line))
        } else {
            "nothing".to_owned()
        };
        if let Some(Act::Send(text)) = self.score.plan.steps[index].act
            && let Ok(wanted) = resolve(text, &self.score.captures, &self.score.ports)
            && here.early.iter().any(|early| same_command_list(&wanted, early, &Dialect::default()))
        {
            came.push_str("; it came early, before the script had come to it");
        }
        came
    }
}

/// What a lane waits for.
#[derive(Debug, Clone, Copy)]
enum Waits {
    /// The end of a `~`.
    Delay,
    /// The machine's result.
    Answer,
    /// The machine's own line, for a `<!`.
    Urc(usize),
    /// A `>` or `>|`.
    Command(usize),
}
