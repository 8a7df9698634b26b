//! Tries: an exchange under `@ until`, and how the transcript tells those that did not hold.

use crate::modem::Tick;
use crate::run::limits::told;
use crate::run::plan::Until;
use crate::script::{Act, Item, Part};

use super::HostPlayer;
use super::lane::{Anchor, Lane, Unclaimed};
use crate::run::player::score::{Score, Verdict, interval};

/// An exchange under `@ until`.
#[derive(Debug)]
pub(super) struct Try {
    pub(super) until: Until,
    /// Its first line and one past its last, as indices of the lane's steps.
    pub(super) from: usize,
    pub(super) to: usize,
    /// When it was first tried.
    pub(super) begun: Tick,
    /// This try as it went, for the transcript: what was sent, and the lines of the answer.
    pub(super) lines: Vec<Act>,
    /// Those of them that nothing claimed and that could be a URC of the command's own name.
    pub(super) own: Vec<usize>,
    /// When the last of them was said.
    pub(super) heard: Tick,
    /// Its final result has come.
    pub(super) closed: bool,
    /// What ended the line that was sent.
    pub(super) terminator: Vec<u8>,
    /// Names that this try bound.
    pub(super) bound: Vec<String>,
    /// What did not hold.
    pub(super) failed: Option<(usize, String, String)>,
    /// The rest of an answer that does not hold is let go by.
    pub(super) draining: bool,
    /// When it is tried again.
    pub(super) next: Option<Tick>,
}

/// What a line of an answer is to the try that it came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answering {
    /// One of its lines.
    Line,
    /// Nothing claimed it, and it could be a URC of the command's own name.
    PerhapsUrc,
    /// It closes the command.
    Final,
}

impl HostPlayer<'_, '_> {
    /// Whether the try at hand has held: all its lines are claimed.
    pub(super) fn settle_try(&mut self, lane: usize) {
        let here = &self.lanes[lane];
        let Some(trying) = &here.trying else { return };
        let steps = &self.score.plan.lanes[lane].steps;
        let held = steps[trying.from..trying.to].iter().all(|&step| self.score.done[step]);
        if held && here.open.is_none() {
            self.lanes[lane].trying = None;
        }
    }

    /// The try did not hold: what is left of its answer goes by, then it is tried again.
    pub(super) fn fail_try(&mut self, now: Tick, lane: usize, verdict: Verdict) {
        let here = &mut self.lanes[lane];
        let Some(trying) = &mut here.trying else { return };
        trying.failed = Some((verdict.step, verdict.expected, verdict.came));
        trying.draining = true;
        here.target = None;
        if here.open.is_none() {
            self.try_again(lane, now);
        }
    }

    /// Goes back to the exchange's first line, unless its time is over. `ended`: when the try was given up.
    pub(super) fn try_again(&mut self, lane: usize, ended: Tick) {
        let plan = self.score.plan;
        let here = &mut self.lanes[lane];
        let Some(trying) = &mut here.trying else { return };
        trying.draining = false;
        for name in trying.bound.drain(..) {
            self.score.captures.unbind(&name);
        }
        let steps = &plan.lanes[lane].steps;
        for &step in &steps[trying.from..trying.to] {
            // A URC that was awaited in the exchange has come, and comes no second time.
            if !matches!(plan.steps[step].act, Some(Act::ExpectUrc(_))) {
                self.score.forget(step);
            }
        }
        let next = ended + trying.until.every;
        let first = steps[trying.from];
        here.tell_try(&mut self.score, first);
        let Some(trying) = &mut here.trying else { return };
        if next > trying.begun + trying.until.limit {
            let (step, expected, came) = trying.failed.take().unwrap_or_default();
            let limit = told(trying.until.limit);
            here.trying = None;
            let verdict = Verdict { step, expected: format!("{expected}, tried for {limit}"), came, help: None };
            self.give_verdict(ended, lane, verdict);
            return;
        }
        self.score.tried(first, [Act::Wait(interval(next.since(trying.heard)))]);
        trying.next = Some(next);
        here.at = trying.from;
        here.arrived = ended;
        here.waiting = None;
    }
}

impl Lane {
    /// An exchange under `@ until` is tried: for the first time, or again.
    pub(super) fn begin_try(&mut self, now: Tick, until: Until, to: usize, sent: Act, terminator: Vec<u8>) {
        let from = self.at;
        let trying = self.trying.get_or_insert_with(|| Try {
            until,
            from,
            to,
            begun: now,
            lines: Vec::new(),
            own: Vec::new(),
            heard: now,
            closed: false,
            terminator: Vec::new(),
            bound: Vec::new(),
            failed: None,
            draining: false,
            next: None,
        });
        trying.lines = vec![sent];
        trying.own.clear();
        trying.heard = now;
        trying.closed = false;
        trying.terminator = terminator;
    }

    /// A line of the answer to a try.
    pub(super) fn note_try(&mut self, now: Tick, act: Act, as_what: Answering) {
        let Some(trying) = &mut self.trying else { return };
        match as_what {
            Answering::Line => {}
            Answering::PerhapsUrc => trying.own.push(trying.lines.len()),
            Answering::Final => trying.closed = true,
        }
        trying.lines.push(act);
        trying.heard = now;
    }

    /// The transcript tells the try at hand, which did not hold, before the step that it tried.
    fn tell_try(&mut self, score: &mut Score<'_, '_>, first: usize) {
        let Some(trying) = &mut self.trying else { return };
        // One answer line is the command's; what came before it under the same name came by itself.
        trying.own.pop();
        for position in trying.own.drain(..) {
            if let Some(act) = trying.lines.get_mut(position)
                && let Act::Expect(pattern) = act
            {
                if let [Item::Bytes(line)] = pattern.items.as_slice() {
                    let anchor =
                        if score.tells_tries() { Anchor::Told } else { Anchor::Tried(score.next_tried(first)) };
                    self.unclaimed.push(Unclaimed { line: line.clone(), anchor, claimable: true });
                }
                *act = Act::ExpectUrc(pattern.clone());
            }
        }
        if !trying.closed
            && let Some(sent) = trying.lines.first_mut()
            && let Act::Send(text) = sent
        {
            // A `>` must be answered before the next one; what was sent raw need not be.
            let mut text = text.clone();
            text.parts.push(Part::Bytes(std::mem::take(&mut trying.terminator)));
            *sent = Act::SendRaw(text);
        }
        score.tried(first, trying.lines.drain(..));
        if trying.closed {
            let tried = score.next_tried(first);
            self.settle_strays(Anchor::Tried(tried));
        }
    }
}
