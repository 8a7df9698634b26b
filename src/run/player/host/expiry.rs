//! Limits, as the host: what happens when nothing happens.

use crate::modem::Tick;
use crate::run::limits::told;
use crate::script::Act;

use super::HostPlayer;
use super::claims::Came;
use crate::run::player::Stage;
use crate::run::player::score::{Verdict, quoted_line};

/// What a lane waits for, with the time when it has waited enough.
enum Due {
    /// A `<`, a `<!` or a `<|`.
    Line(usize),
    /// The final result of a command of this step, where no `<` is left to claim it.
    Result(usize),
    /// The final result of a command from before `@ finally`.
    Stale,
    /// The final result of a try that does not hold.
    Drained,
}

impl HostPlayer<'_, '_> {
    /// When a lane has work next.
    pub(super) fn lane_deadline(&self, lane: usize) -> Option<Tick> {
        let here = &self.lanes[lane];
        let waiting = here.waiting.filter(|_| self.stands_at_wait(lane));
        let next = here.trying.as_ref().and_then(|trying| trying.next);
        self.due(lane).into_iter().map(|(at, _)| at).chain(waiting).chain(next).min()
    }

    fn stands_at_wait(&self, lane: usize) -> bool {
        let plan = self.score.plan;
        let at = plan.lanes[lane].steps.get(self.lanes[lane].at);
        at.is_some_and(|&index| matches!(plan.steps[index].act, Some(Act::Wait(_))))
    }

    fn due(&self, lane: usize) -> Vec<(Tick, Due)> {
        let here = &self.lanes[lane];
        let plan = self.score.plan;
        let mut due = Vec::new();
        if let Some(stale) = here.stale {
            due.push((stale, Due::Stale));
        }
        if let Some(trying) = &here.trying {
            if trying.next.is_some() {
                return due;
            }
            if trying.draining {
                let open = here.open.as_ref();
                due.push((open.map_or(trying.heard, |open| open.since + open.limit), Due::Drained));
                return due;
            }
        }
        if let Some((step, since)) = here.target {
            due.push((since + self.limit(lane, step), Due::Line(step)));
        }
        let at = plan.lanes[lane].steps.get(here.at).copied();
        match at.map(|index| (index, plan.steps[index].act)) {
            Some((index, Some(Act::ExpectUrc(_) | Act::ExpectRaw(_)))) if self.score.is_ready(index) => {
                due.push((here.arrived + self.limit(lane, index), Due::Line(index)));
            }
            Some((_, Some(Act::Wait(_)))) => {}
            Some(_) | None => {
                if let (Some(open), None) = (&here.open, here.target) {
                    due.push((open.since + open.limit, Due::Result(open.step)));
                }
            }
        }
        due
    }

    /// Gives up what has waited enough; true if anything was given up.
    pub(super) fn expire(&mut self, now: Tick, lane: usize, stage: &mut dyn Stage) -> bool {
        let Some((at, due)) = self.due(lane).into_iter().min_by_key(|(at, _)| *at) else { return false };
        if at > now {
            return false;
        }
        if self.settle_scanner(now, lane, stage) {
            return true;
        }
        match due {
            Due::Stale => self.lanes[lane].stale = None,
            Due::Drained => {
                self.lanes[lane].open = None;
                self.try_again(lane, at);
            }
            Due::Result(step) => {
                let Some(open) = self.lanes[lane].open.take() else { return true };
                if open.raw {
                    return true;
                }
                let expected = format!("a final result to {} within {}", quoted_line(&open.line), told(open.limit));
                self.fail(at, lane, Verdict { step, expected, came: self.nothing(lane), help: None });
            }
            Due::Line(step) => {
                let expected = format!("{} within {}", self.awaited(step), told(self.limit(lane, step)));
                let came = self.nothing(lane);
                if self.lanes[lane].trying.is_some() {
                    // A try has the limit that its line has, and no longer.
                    self.lanes[lane].open = None;
                }
                self.fail(at, lane, Verdict { step, expected, came, help: None });
            }
        }
        true
    }

    /// What came that nobody claimed, for the one who reads the failure.
    fn nothing(&self, lane: usize) -> String {
        let here = &self.lanes[lane];
        let pending = here.scanner.pending();
        let mut came = match (pending, here.raw.as_slice()) {
            ([], []) => "nothing".to_owned(),
            ([], raw) => format!("{} and no more", quoted_line(raw)),
            (pending, _) => format!("{} without a line end", quoted_line(pending)),
        };
        let last = here.unclaimed.iter().rev().filter(|stray| stray.claimable).take(3);
        let strays: Vec<String> = last.map(|stray| quoted_line(&stray.line)).collect();
        if !strays.is_empty() {
            let strays: Vec<String> = strays.into_iter().rev().collect();
            came.push_str(&format!("; {} came by itself", strays.join(", ")));
        }
        came
    }

    /// A line with a lost quote is a line after all, once it is quiet.
    fn settle_scanner(&mut self, now: Tick, lane: usize, stage: &mut dyn Stage) -> bool {
        let Some(element) = self.lanes[lane].scanner.settle() else { return false };
        let (line, classes, name) = (element.text.to_vec(), element.classes, element.name().map_or(0, <[u8]>::len));
        self.take_line(now, lane, Came { line: &line, classes, name }, stage);
        true
    }
}
