//! The player as the modem: `>` lines are expected of an application, `<` lines sent.
//!
//! With a virtual modem behind it, the machine answers what the script does not, and the script's lines are put in the place
//! of the machine's. Without one the script alone answers: a pure replay.

mod answer;
mod commands;
mod expiry;
mod lane;
mod overheard;
mod reply;

use crate::modem::Tick;
use crate::run::matching::Captures;
use crate::run::outcome::{Fault, Role};
use crate::run::plan::Plan;
use crate::run::template::Ports;
use crate::script::{Act, Side};

use super::Stage;
use super::directed::Deed;
use super::score::{Score, Verdict, literal_pattern, literal_template, quoted, quoted_line};
use lane::Lane;
pub(in crate::run) use reply::Manner;

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
    lanes: Vec<Lane>,
    pub(super) out: Vec<(usize, Vec<u8>)>,
    finishing: bool,
    over: bool,
}

impl<'p, 's> ModemPlayer<'p, 's> {
    /// A player at the begin of a script.
    pub(in crate::run) fn new(plan: &'p Plan<'s>, captures: Captures, ports: Ports, echo: bool) -> Self {
        let lanes = plan.lanes.iter().map(|_| Lane::new(echo)).collect();
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
                    // What the application sends is looked at where the player stands, once it can go no further.
                    let listened = self.listen(now, lane, machine);
                    let stepped = !self.over && self.step(now, lane, machine);
                    if !(listened || stepped || self.over || self.take(now, lane, machine)) {
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
        let aside = matches!(act, Act::Wait(_) | Act::Direction(_) | Act::Check(_));
        if aside && self.lanes[lane].open.is_some() && !self.has_answer(lane) {
            // The machine alone answers, and has done so before what follows.
            return self.finish_exchange(now, lane, machine);
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
                        self.stop(Fault::at(&plan.place(index), &plan.chain(index), &message));
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

    /// Whether a line of the answer to the open command is still to come in the script.
    fn has_answer(&self, lane: usize) -> bool {
        let plan = self.score.plan;
        let mut ahead = plan.lanes[lane].steps[self.lanes[lane].at..].iter().filter_map(|&index| plan.steps[index].act);
        ahead
            .find_map(|act| match act {
                Act::Expect(_) | Act::ExpectOptional(_) | Act::ExpectRaw(_) | Act::Rest => Some(true),
                Act::Send(_) | Act::SendRaw(_) => Some(false),
                Act::ExpectUrc(_) | Act::Wait(_) | Act::Direction(_) | Act::Check(_) => None,
            })
            .unwrap_or(false)
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
}
