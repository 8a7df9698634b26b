//! The player as the host: `>` lines are sent, `<` lines expected.

mod claims;
mod expiry;
mod lane;
mod tries;

use std::borrow::Cow;

use crate::modem::Tick;
use crate::run::limits;
use crate::run::matching::{Captures, match_line};
use crate::run::outcome::{Fault, Role};
use crate::run::plan::Plan;
use crate::run::template::{Ports, resolve};
use crate::script::{Act, Direction, Side, Template};

use super::directed::Deed;
use super::exchange::{exchange_end, extends, extension};
use super::score::{Score, Spot, Verdict, interval, literal_pattern, literal_template, quoted, quoted_line};
use super::{Stage, resolved_template};
use claims::Came;
use lane::{Anchor, Lane, Open};

/// Plays a script as the host, on one modem or several.
#[derive(Debug)]
pub(in crate::run) struct HostPlayer<'p, 's> {
    /// What has been played, and whether it held.
    pub(in crate::run) score: Score<'p, 's>,
    lanes: Vec<Lane>,
    /// Bytes for the modems, in order.
    out: Vec<(usize, Vec<u8>)>,
    /// The verdict is there, and `@ finally` is played.
    pub(super) finishing: bool,
    over: bool,
}

impl<'p, 's> HostPlayer<'p, 's> {
    /// A player at the begin of a script.
    pub(in crate::run) fn new(plan: &'p Plan<'s>, role: Role, captures: Captures, ports: Ports) -> Self {
        let lanes = plan.lanes.iter().map(|_| Lane::new()).collect();
        HostPlayer {
            score: Score::new(plan, role, captures, ports),
            lanes,
            out: Vec::new(),
            finishing: false,
            over: false,
        }
    }

    /// The paths of the ports, for `{port}`.
    pub(in crate::run) fn set_ports(&mut self, ports: Ports) {
        self.score.ports = ports;
    }

    /// Plays what can be played at `now`, and lets no limit run out.
    pub(in crate::run) fn start(&mut self, now: Tick, stage: &mut dyn Stage) {
        self.advance(now, stage);
        for lane in 0..self.lanes.len() {
            // What came before the `<|` was reached is raw after all.
            while self.wants_raw(lane) && self.take_raw(now, lane, &mut &[][..]) {
                self.advance(now, stage);
            }
        }
    }

    /// Takes what a modem sent, cut anywhere.
    pub(in crate::run) fn receive(&mut self, now: Tick, lane: usize, bytes: &[u8], stage: &mut dyn Stage) {
        self.advance(now, stage);
        let mut piece = bytes;
        let mut line = Vec::new();
        loop {
            if !self.lanes[lane].held_back.is_empty() {
                // A `<|` took the whole piece: what it left is the piece now.
                let left = std::mem::take(&mut self.lanes[lane].held_back);
                return self.receive(now, lane, &left, stage);
            }
            if self.wants_raw(lane) {
                if !self.take_raw(now, lane, &mut piece) {
                    break;
                }
            } else {
                let Some(element) = self.lanes[lane].scanner.next(&mut piece) else { break };
                let classes = element.classes;
                let name = element.name().map_or(0, <[u8]>::len);
                line.clear();
                line.extend_from_slice(element.text);
                self.take_line(now, lane, Came { line: &line, classes, name }, stage);
            }
            self.advance(now, stage);
        }
    }

    /// Does what is due at `now`. Early or repeated, it does nothing.
    pub(in crate::run) fn wake(&mut self, now: Tick, stage: &mut dyn Stage) {
        self.start(now, stage);
        while !self.over && (0..self.lanes.len()).any(|lane| self.expire(now, lane, stage)) {
            self.advance(now, stage);
        }
    }

    /// When [`wake`](Self::wake) has work next.
    pub(in crate::run) fn deadline(&self) -> Option<Tick> {
        if self.over {
            return None;
        }
        (0..self.lanes.len()).filter_map(|lane| self.lane_deadline(lane)).min()
    }

    /// Takes the bytes for the modems, in order, each with its lane.
    pub(in crate::run) fn transmit(&mut self) -> Vec<(usize, Vec<u8>)> {
        for lane in &mut self.lanes {
            lane.in_flight = false;
        }
        std::mem::take(&mut self.out)
    }

    /// Whether all is played.
    pub(in crate::run) const fn is_over(&self) -> bool {
        self.over
    }

    /// The line has gone: what is not played yet fails, or is the bench's fault.
    pub(in crate::run) fn stop(&mut self, fault: Fault) {
        self.score.fault.get_or_insert(fault);
        self.over = true;
    }

    /// Plays all that can be played now.
    pub(super) fn advance(&mut self, now: Tick, stage: &mut dyn Stage) {
        loop {
            let mut moved = false;
            for lane in 0..self.lanes.len() {
                while !self.over && self.step(now, lane, stage) {
                    moved = true;
                }
            }
            if !moved {
                break;
            }
        }
        for lane in 0..self.lanes.len() {
            let target = self.lanes[lane].window(lane, self.score.plan, &self.score.done).target;
            let lane = &mut self.lanes[lane];
            if lane.target.map(|(step, _)| step) != target {
                lane.target = target.map(|step| (step, now));
            }
        }
        let plan = self.score.plan;
        let ended = |(index, lane): (usize, &Lane)| lane.at >= plan.lanes[index].steps.len() && lane.open.is_none();
        if self.lanes.iter().enumerate().all(ended) {
            self.over = true;
        }
        if self.over {
            self.keep_strays();
        }
    }

    /// Plays one line, if it can be played now.
    fn step(&mut self, now: Tick, lane: usize, stage: &mut dyn Stage) -> bool {
        let plan = self.score.plan;
        if let Some(trying) = &mut self.lanes[lane].trying {
            match trying.next {
                Some(next) if now < next => return false,
                Some(_) => trying.next = None,
                None if trying.draining => return false,
                None => {}
            }
        }
        self.settle_try(lane);
        let Some(&index) = plan.lanes[lane].steps.get(self.lanes[lane].at) else { return false };
        if self.score.done[index] {
            self.lanes[lane].last = self.lanes[lane].last.max(Some(index));
            self.lanes[lane].move_on(now);
            return true;
        }
        let step = &plan.steps[index];
        if !self.score.is_ready(index) {
            return false;
        }
        let Some(act) = step.act else { return false };
        match act {
            Act::Send(text) => self.send(now, lane, index, text),
            Act::SendRaw(text) => self.send_raw(now, lane, index, text),
            Act::Expect(_) | Act::ExpectRaw(_) => false,
            Act::ExpectUrc(pattern) => {
                let captures = &self.score.captures;
                let held = self.lanes[lane].unclaimed.iter().enumerate().find_map(|(at, stray)| {
                    if !stray.claimable {
                        return None;
                    }
                    match_line(pattern, &stray.line, captures).map(|matched| (at, matched))
                });
                let Some((at, matched)) = held else { return false };
                let stray = self.lanes[lane].unclaimed.remove(at);
                self.bind(lane, matched.bound);
                match stray.anchor {
                    Anchor::Told => self.score.pass(index),
                    Anchor::Exchange | Anchor::After(_) | Anchor::Inside(_) | Anchor::Tried(_) | Anchor::Begin => {
                        self.score.play(index, Act::ExpectUrc(matched.kept));
                    }
                }
                true
            }
            Act::ExpectOptional(_) | Act::Rest => {
                let here = &self.lanes[lane];
                let waits = here.open.is_some() || here.expects_more(lane, plan, &self.score.done);
                if !waits {
                    self.score.pass(index);
                }
                !waits
            }
            Act::Wait(wait) => {
                if !extends(plan, lane, self.lanes[lane].at) {
                    let until = *self.lanes[lane].waiting.get_or_insert(now + wait.duration);
                    if now < until {
                        return false;
                    }
                    if let Some(from) = self.lanes[lane].parted {
                        // What came by itself has parted it: the rest is still to tell.
                        match until.since(from) {
                            std::time::Duration::ZERO => self.score.pass(index),
                            rest => self.score.play(index, Act::Wait(interval(rest))),
                        }
                        return true;
                    }
                }
                self.score.play(index, act.clone());
                true
            }
            Act::Direction(direction) => {
                if self.lanes[lane].in_flight {
                    return false;
                }
                let resolved = crate::run::resolved::direction(direction, &self.score.captures);
                let deed = Deed::of(direction, &self.score.captures, &self.score.ports);
                match deed.and_then(|deed| stage.direct(now, step.lane, deed)) {
                    Ok(()) => {
                        if matches!(direction, Direction::Power(_)) {
                            self.lanes[lane].restart();
                        }
                        self.score.play(index, Act::Direction(resolved));
                    }
                    Err(message) => self.script_fault(index, &message),
                }
                for other in &mut self.lanes {
                    // What is forgotten stands before what forgets it.
                    other.settle_strays(other.last.map_or(Anchor::Begin, Anchor::After));
                    other.unclaimed.iter_mut().for_each(|stray| stray.claimable = false);
                }
                true
            }
            Act::Check(check) => {
                if self.lanes[lane].in_flight {
                    return false;
                }
                if let Some(verdict) = self.score.check(index, check, stage) {
                    self.fail(now, lane, verdict);
                }
                true
            }
        }
    }

    fn send(&mut self, now: Tick, lane: usize, index: usize, text: &'s Template) -> bool {
        let plan = self.score.plan;
        let here = &self.lanes[lane];
        if here.open.is_some() || here.stale.is_some() {
            return false;
        }
        let bytes = match self.resolved(index, text) {
            Some(bytes) => bytes,
            None => return true,
        };
        if self.forbidden(now, lane, index, &bytes) {
            return true;
        }
        let step = &plan.steps[index];
        let here = &mut self.lanes[lane];
        let mut whole = bytes.to_vec();
        if !bytes.eq_ignore_ascii_case(b"A/") {
            match step.terminator {
                Some(terminator) => match resolve(terminator, &self.score.captures, &self.score.ports) {
                    Ok(terminator) => whole.extend_from_slice(&terminator),
                    Err(name) => {
                        let message = format!("`{name}` is not bound");
                        self.script_fault(index, &message);
                        return true;
                    }
                },
                None => whole.push(here.terminator()),
            }
        }
        let here = &mut self.lanes[lane];
        // A new command line ends what a prompt asked for; with one in data state the player takes it that it was left.
        here.prompted = None;
        here.data = false;
        let sent = Act::Send(resolved_template(text, &self.score.captures));
        if let Some(until) = step.until {
            here.begin_try(now, until, exchange_end(plan, lane, here.at), sent.clone(), whole[bytes.len()..].to_vec());
        }
        if let Some(line) = here.sending(&whole) {
            let limit = step.limit.unwrap_or_else(|| limits::answer(&line));
            here.open = Some(Open { step: index, line, since: now, limit, raw: false });
        }
        self.out.push((lane, whole));
        self.score.exchanges += 1;
        self.score.log(lane, Side::Host, &bytes);
        self.score.play(index, sent);
        true
    }

    fn send_raw(&mut self, now: Tick, lane: usize, index: usize, text: &'s Template) -> bool {
        let Some(bytes) = self.resolved(index, text) else { return true };
        let bytes = bytes.into_owned();
        if self.forbidden(now, lane, index, bytes.trim_ascii_end()) {
            return true;
        }
        let here = &mut self.lanes[lane];
        match here.prompted.take() {
            // What a prompt asks for is no command line: the command is answered after it.
            Some(open) => {
                here.scanner.sent(&bytes);
                here.open = Some(Open { since: now, ..open });
            }
            None => {
                if let Some(line) = here.sending(&bytes)
                    && here.open.is_none()
                {
                    let limit = limits::answer(&line);
                    here.open = Some(Open { step: index, line, since: now, limit, raw: true });
                    self.score.exchanges += 1;
                }
            }
        }
        if here.open.is_none() {
            here.settle_strays(Anchor::After(index));
        }
        here.in_flight = true;
        self.out.push((lane, bytes));
        self.score.play(index, Act::SendRaw(resolved_template(text, &self.score.captures)));
        true
    }

    /// What is sent, or a fault of the script.
    fn resolved(&mut self, index: usize, text: &'s Template) -> Option<Cow<'s, [u8]>> {
        match resolve(text, &self.score.captures, &self.score.ports) {
            Ok(bytes) => Some(bytes),
            Err(name) => {
                let message = format!("`{name}` is not bound");
                self.script_fault(index, &message);
                None
            }
        }
    }

    /// Whether `@ never >` forbids what is about to be sent.
    fn forbidden(&mut self, now: Tick, lane: usize, index: usize, line: &[u8]) -> bool {
        let Some((step, pattern)) = self.score.forbidden(index, Side::Host, line) else { return false };
        let expected = format!("no line that matches {}", quoted(pattern));
        self.score.verdict_line(lane, Act::Send(literal_template(line)));
        self.fail(now, lane, Verdict { step, expected, came: quoted_line(line), help: None });
        // It is not sent, now or later.
        if !self.over && self.score.verdict.is_some() {
            self.abandon(index);
        }
        true
    }

    /// A command that is not sent is not answered either.
    fn abandon(&mut self, index: usize) {
        self.score.skip(index);
        let plan = self.score.plan;
        let Some(lane) = plan.steps[index].lane else { return };
        let steps = &plan.lanes[lane].steps;
        let from = steps.iter().position(|&step| step == index).unwrap_or_default();
        for &step in &steps[from..exchange_end(plan, lane, from)] {
            self.score.skip(step);
        }
    }

    pub(super) fn bind(&mut self, lane: usize, bound: Vec<(String, crate::run::matching::Capture)>) {
        if let Some(trying) = &mut self.lanes[lane].trying {
            // What was bound before the try stays bound.
            let anew = bound.iter().filter(|(name, _)| self.score.captures.capture(name).is_none());
            trying.bound.extend(anew.map(|(name, _)| name.clone()));
        }
        self.score.captures.extend(bound);
    }

    /// The script cannot be played on: its own fault.
    fn script_fault(&mut self, index: usize, message: &str) {
        let plan = self.score.plan;
        let place = plan.place(index);
        if self.finishing {
            // The verdict is there and stands; a name that a line before it did not come to bind is no fault of its own.
            self.score.notes.push(format!("{place}: after `@ finally`: not played: {message}"));
            self.abandon(index);
            return;
        }
        self.stop(Fault::at(&place, &plan.chain(index), message));
    }

    /// A line did not hold. Under `@ until` that costs the try; else it is the verdict.
    pub(super) fn fail(&mut self, now: Tick, lane: usize, verdict: Verdict) {
        if let Some(trying) = &self.lanes[lane].trying {
            let steps = &self.score.plan.lanes[lane].steps;
            let tried = trying.from..trying.to.min(steps.len());
            if tried.clone().any(|position| steps[position] == verdict.step) {
                self.fail_try(now, lane, verdict);
                return;
            }
        }
        self.give_verdict(now, lane, verdict);
    }

    /// The first verdict stands; what follows `@ finally` is played all the same.
    pub(super) fn give_verdict(&mut self, now: Tick, lane: usize, verdict: Verdict) {
        let plan = self.score.plan;
        let step = verdict.step;
        self.score.decide(verdict);
        if self.finishing {
            // Nothing below may be held up by a line that did not hold.
            self.score.pass(step);
            self.lanes[lane].open = None;
            return;
        }
        self.finishing = true;
        for (index, lane) in self.lanes.iter_mut().enumerate() {
            let steps = &plan.lanes[index].steps;
            let first = steps.iter().position(|&step| step >= plan.finally).unwrap_or(steps.len());
            if lane.at < first {
                lane.at = first;
                lane.arrived = now;
                lane.waiting = None;
            }
            lane.trying = None;
            lane.prompted = None;
            lane.target = None;
            if lane.open.take().is_some() && first < steps.len() {
                lane.stale = Some(now + limits::ANSWER);
            }
        }
        if step >= plan.finally {
            self.score.pass(step);
        }
        if plan.finally >= plan.steps.len() {
            self.over = true;
            self.keep_strays();
        } else {
            // What was skipped holds up nothing.
            for index in 0..plan.finally {
                if !self.score.done[index] {
                    self.score.skip(index);
                }
            }
        }
    }

    /// Lines that nothing claimed go to the transcript.
    fn keep_strays(&mut self) {
        for (index, lane) in self.lanes.iter_mut().enumerate() {
            for stray in lane.unclaimed.drain(..) {
                let spot = match stray.anchor {
                    Anchor::After(step) => Spot::After(step),
                    Anchor::Tried(tried) => Spot::Tried(tried),
                    Anchor::Exchange => Spot::after(lane.last),
                    Anchor::Begin => Spot::Begin,
                    // The transcript has it.
                    Anchor::Told | Anchor::Inside(_) => continue,
                };
                self.score.strays.push((spot, index, Act::ExpectUrc(literal_pattern(&stray.line))));
            }
        }
    }

    /// How long a step may take.
    pub(super) fn limit(&self, lane: usize, index: usize) -> std::time::Duration {
        let step = &self.score.plan.steps[index];
        let base = step.limit.unwrap_or_else(|| match step.act {
            Some(Act::ExpectUrc(_)) => limits::urc(self.score.role),
            Some(Act::ExpectRaw(_)) => limits::RAW,
            _ => self.lanes[lane].open.as_ref().map_or(limits::ANSWER, |open| open.limit),
        });
        base + extension(self.score.plan, lane, index)
    }

    /// The bytes that a `<|` expects, as a transcript says them.
    pub(super) fn raw_act(&self, text: &Template) -> Act {
        match resolve(text, &self.score.captures, &self.score.ports) {
            Ok(bytes) => Act::ExpectRaw(literal_template(&bytes)),
            Err(_) => Act::ExpectRaw(text.clone()),
        }
    }
}
