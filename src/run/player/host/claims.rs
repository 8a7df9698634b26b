//! Who gets a line that comes, as the host.
//!
//! With a command open, the next `<`; else the `<?` before it; else the oldest `<!` that waits; else `...`. What is left over
//! came by itself, or fails the script.

use std::time::Duration;

use crate::modem::Tick;
use crate::run::matching::{Matched, match_line};
use crate::script::{Act, Pattern, Side};
use crate::wire::response::{Classes, Scanner};

use super::HostPlayer;
use super::lane::{Anchor, Unclaimed, Window};
use super::tries::Answering;
use crate::run::player::score::{Verdict, interval, literal_pattern, quoted, quoted_line};
use crate::run::player::{ALSO_UNSOLICITED, Stage};

/// A line that came.
#[derive(Debug, Clone, Copy)]
pub(super) struct Came<'l> {
    pub(super) line: &'l [u8],
    pub(super) classes: Classes,
    /// The length of its name.
    pub(super) name: usize,
}

impl<'l> Came<'l> {
    /// Its name, or all of a line that has none.
    fn name(&self) -> &'l [u8] {
        if self.name == 0 { self.line } else { &self.line[..self.name] }
    }
}

impl HostPlayer<'_, '_> {
    /// Takes one line.
    pub(super) fn take_line(&mut self, now: Tick, lane: usize, came: Came<'_>, stage: &mut dyn Stage) {
        let Came { line, classes, .. } = came;
        if classes.is_only(Classes::ECHO) || self.is_over() {
            return;
        }
        let here = &mut self.lanes[lane];
        here.feed_due = true;
        if here.stale.is_some() {
            // The answer to a command that failed is over with its final result.
            if classes.contains(Classes::FINAL) {
                here.stale = None;
            }
            return;
        }
        self.score.log(lane, Side::Modem, line);
        stage.saw(lane, line);
        if self.breaks_never(now, lane, line) {
            return;
        }
        if self.lanes[lane].trying.as_ref().is_some_and(|trying| trying.draining) {
            self.drain(now, lane, came, stage);
            return;
        }
        if self.lanes[lane].open.is_some() && !self.is_known(lane, came, stage) {
            // Echo stands before the answer: a line in it that reads like the command, as in that of AT+CLAC, is none.
            self.lanes[lane].forget_echo();
        }
        let window = self.lanes[lane].window(lane, self.score.plan, &self.score.done);
        if self.claim_target(now, lane, &window, line, classes) || self.claim_waiting(now, lane, &window, line, classes)
        {
            return;
        }
        if let Some(rest) = window.rest {
            let ends = classes.contains(Classes::FINAL) || classes.contains(Classes::INTERMEDIATE);
            if !ends || window.target.is_none() {
                self.score.add(rest, Act::Expect(literal_pattern(line)));
                self.lanes[lane].note_try(now, Act::Expect(literal_pattern(line)), Answering::Line);
                if ends {
                    window.optional.iter().for_each(|&step| self.score.pass(step));
                    self.score.pass(rest);
                    self.end_exchange(lane, rest, line, classes);
                }
                return;
            }
        }
        self.left_over(now, lane, &window, came, stage);
    }

    fn breaks_never(&mut self, now: Tick, lane: usize, line: &[u8]) -> bool {
        let here = self.score.plan.lanes[lane].steps.get(self.lanes[lane].at).copied().unwrap_or(usize::MAX);
        let Some((step, pattern)) = self.score.forbidden(here, Side::Modem, line) else { return false };
        let expected = format!("no line that matches {}", quoted(pattern));
        self.score.verdict_line(lane, Act::Expect(literal_pattern(line)));
        self.give_verdict(now, lane, Verdict { step, expected, came: quoted_line(line), help: None });
        true
    }

    fn pattern(&self, step: usize) -> Option<&Pattern> {
        match self.score.plan.steps[step].act {
            Some(Act::Expect(pattern) | Act::ExpectUrc(pattern) | Act::ExpectOptional(pattern)) => Some(pattern),
            Some(_) | None => None,
        }
    }

    fn matched(&self, step: usize, line: &[u8]) -> Option<Matched> {
        match_line(self.pattern(step)?, line, &self.score.captures)
    }

    /// The next `<`.
    fn claim_target(&mut self, now: Tick, lane: usize, window: &Window, line: &[u8], classes: Classes) -> bool {
        let Some(target) = window.target else { return false };
        let Some(matched) = self.matched(target, line) else { return false };
        self.bind(lane, matched.bound);
        self.lanes[lane].note_try(now, Act::Expect(matched.kept.clone()), Answering::Line);
        self.score.play(target, Act::Expect(matched.kept));
        // What may have come before it has had its time.
        window.optional.iter().chain(&window.rest).for_each(|&step| self.score.pass(step));
        let ends = classes.meets(Classes::FINAL | Classes::INTERMEDIATE | Classes::PROMPT);
        let certain = !classes.meets(Classes::INFORMATION | Classes::UNSOLICITED);
        if ends && (certain || !self.lanes[lane].expects_more(lane, self.score.plan, &self.score.done)) {
            self.end_exchange(lane, target, line, classes);
        }
        true
    }

    /// A `<?`, else the oldest `<!`.
    fn claim_waiting(&mut self, now: Tick, lane: usize, window: &Window, line: &[u8], classes: Classes) -> bool {
        for (&step, optional) in
            window.optional.iter().map(|step| (step, true)).chain(window.waiting.iter().map(|step| (step, false)))
        {
            if let Some(matched) = self.matched(step, line) {
                self.bind(lane, matched.bound);
                let first = window.optional.first().filter(|_| optional);
                let Some(&first) = first else {
                    self.score.play(step, Act::ExpectUrc(matched.kept));
                    return true;
                };
                self.lanes[lane].note_try(now, Act::Expect(matched.kept.clone()), Answering::Line);
                // They may come in any order, and stand in the one in which they came.
                self.score.add(first, Act::Expect(matched.kept));
                self.score.pass(step);
                let ends = classes.meets(Classes::FINAL | Classes::INTERMEDIATE | Classes::PROMPT);
                if ends && !classes.meets(Classes::INFORMATION | Classes::UNSOLICITED) {
                    self.end_exchange(lane, step, line, classes);
                }
                return true;
            }
        }
        false
    }

    /// The command is answered: closed by its final result, by `CONNECT`, or by a prompt.
    fn end_exchange(&mut self, lane: usize, step: usize, line: &[u8], classes: Classes) {
        let here = &mut self.lanes[lane];
        if classes.contains(Classes::PROMPT) {
            here.prompted = here.open.take();
        }
        here.close(step);
        here.data = classes.contains(Classes::INTERMEDIATE) && (line.starts_with(b"CONNECT") || line.len() <= 2);
    }

    /// Nobody awaits this line.
    fn left_over(&mut self, now: Tick, lane: usize, window: &Window, came: Came<'_>, stage: &dyn Stage) {
        let Came { line, classes, .. } = came;
        let here = &self.lanes[lane];
        if here.data && here.open.is_none() && !classes.contains(Classes::FINAL) {
            return;
        }
        if self.is_unsolicited(lane, came, stage) {
            if self.score.plan.strict {
                let step = self.at(lane);
                let expected = match window.target {
                    Some(target) => self.awaited(target),
                    None => "no line that is not expected (@ strict)".into(),
                };
                self.score.verdict_line(lane, Act::Expect(literal_pattern(line)));
                let help = Some("under `@ strict` a line that comes by itself needs a `<!`".into());
                self.give_verdict(now, lane, Verdict { step, expected, came: quoted_line(line), help });
                return;
            }
            let anchor = self.lanes[lane].anchor(lane, self.score.plan);
            if let Anchor::Inside(wait) = anchor {
                self.part(now, lane, wait, line);
            }
            self.lanes[lane].unclaimed.push(Unclaimed { line: line.to_vec(), anchor, claimable: true });
            return;
        }
        let open = self.lanes[lane].open.as_ref().map(|open| open.step);
        let step = window.target.or(open).unwrap_or_else(|| self.at(lane));
        let expected = match window.target {
            Some(target) => self.awaited(target),
            None if classes.contains(Classes::FINAL) => "no final result that no `<` claims".into(),
            None => "no further line in this answer".into(),
        };
        let help = match window.target {
            Some(_) => None,
            None => {
                Some("write what the modem answers beneath the command: `<` lines, or `...` for whatever comes".into())
            }
        };
        if self.lanes[lane].trying.is_none() {
            self.score.verdict_line(lane, Act::Expect(literal_pattern(line)));
        }
        let answering = self.answering(lane, came, stage);
        self.lanes[lane].note_try(now, Act::Expect(literal_pattern(line)), answering);
        if classes.contains(Classes::FINAL) {
            // With it the command is closed, whatever the verdict.
            self.lanes[lane].open = None;
        }
        self.fail(now, lane, Verdict { step, expected, came: quoted_line(line), help });
    }

    /// Where the player stands, or the last step there is.
    pub(super) fn at(&self, lane: usize) -> usize {
        let steps = &self.score.plan.lanes[lane].steps;
        steps.get(self.lanes[lane].at).or(steps.last()).copied().unwrap_or_default()
    }

    fn is_unsolicited(&self, lane: usize, came: Came<'_>, stage: &dyn Stage) -> bool {
        let here = &self.lanes[lane];
        here.open.is_none() || (self.is_known(lane, came, stage) && !here.is_own(came.name()))
    }

    /// Whether lines of this name come by themselves.
    fn is_known(&self, lane: usize, came: Came<'_>, stage: &dyn Stage) -> bool {
        let name = came.name();
        let known = came.classes.is_only(Classes::UNSOLICITED)
            || ALSO_UNSOLICITED.contains(&name)
            || self.score.plan.names_urc(came.line, name)
            || stage.gives_urc(lane, name);
        known && !came.classes.contains(Classes::FINAL)
    }

    /// What a step waits for, in a message.
    pub(super) fn awaited(&self, step: usize) -> String {
        match self.pattern(step) {
            Some(pattern) => format!("a line that matches {}", quoted(pattern)),
            None => "raw bytes".into(),
        }
    }

    /// The rest of an answer that does not hold.
    fn drain(&mut self, now: Tick, lane: usize, came: Came<'_>, stage: &dyn Stage) {
        let Came { line, classes, .. } = came;
        if classes.meets(Classes::FINAL | Classes::INTERMEDIATE) {
            self.lanes[lane].open = None;
            self.lanes[lane].note_try(now, Act::Expect(literal_pattern(line)), Answering::Final);
            self.try_again(lane, now);
            return;
        }
        if self.is_unsolicited(lane, came, stage) {
            let stray = Unclaimed { line: line.to_vec(), anchor: Anchor::Exchange, claimable: true };
            self.lanes[lane].unclaimed.push(stray);
        } else {
            let answering = self.answering(lane, came, stage);
            self.lanes[lane].note_try(now, Act::Expect(literal_pattern(line)), answering);
        }
    }

    /// What a line that nothing claims is to the try that it comes in.
    fn answering(&self, lane: usize, came: Came<'_>, stage: &dyn Stage) -> Answering {
        if came.classes.contains(Classes::FINAL) {
            return Answering::Final;
        }
        if self.is_known(lane, came, stage) { Answering::PerhapsUrc } else { Answering::Line }
    }

    /// A line that comes by itself parts the `~` that it comes in.
    fn part(&mut self, now: Tick, lane: usize, wait: usize, line: &[u8]) {
        let here = &mut self.lanes[lane];
        let since = here.parted.replace(now).unwrap_or(here.arrived);
        match now.since(since) {
            Duration::ZERO => {}
            elapsed => self.score.add(wait, Act::Wait(interval(elapsed))),
        }
        self.score.add(wait, Act::ExpectUrc(literal_pattern(line)));
    }

    /// Whether the next bytes are raw: a `<|` stands here.
    pub(super) fn wants_raw(&self, lane: usize) -> bool {
        let plan = self.score.plan;
        let Some(&index) = plan.lanes[lane].steps.get(self.lanes[lane].at) else { return false };
        matches!(plan.steps[index].act, Some(Act::ExpectRaw(_))) && !self.score.done[index] && !self.is_over()
    }

    /// Takes bytes for a `<|`; false once there are no more.
    pub(super) fn take_raw(&mut self, now: Tick, lane: usize, piece: &mut &[u8]) -> bool {
        let index = self.at(lane);
        let Some(Act::ExpectRaw(text)) = self.score.plan.steps[index].act else { return false };
        let act = self.raw_act(text);
        let expected = match crate::run::template::resolve(text, &self.score.captures, &self.score.ports) {
            Ok(bytes) => bytes.into_owned(),
            Err(_) => return false,
        };
        let here = &mut self.lanes[lane];
        // What the scanner held for a line is raw after all.
        here.scanner.data();
        let mut nothing: &[u8] = &[];
        while let Some(element) = here.scanner.next(&mut nothing) {
            here.raw.extend_from_slice(element.text);
        }
        here.scanner.end_data();
        here.raw.extend_from_slice(piece);
        *piece = &[];
        if here.feed_due && here.raw.first() == Some(&b'\n') && expected.first() != Some(&b'\n') {
            here.raw.remove(0);
        }
        if !here.raw.is_empty() {
            here.feed_due = false;
        }
        // Echo is no line, raw or not.
        if !here.echo.is_empty() && !expected.starts_with(&here.echo[..1]) {
            if here.raw.starts_with(&here.echo) {
                here.raw.drain(..here.echo.len());
                here.echo.clear();
            } else if here.echo.starts_with(&here.raw) {
                return false;
            }
        }
        let same = here.raw.iter().zip(&expected).take_while(|(came, wanted)| came == wanted).count();
        if same == expected.len() {
            let rest = here.raw.split_off(same);
            let raw = std::mem::take(&mut here.raw);
            here.echo.clear();
            here.scanner.forget_echo();
            self.score.play(index, act);
            self.close_by_raw(lane, index, &raw);
            // What follows is read as the next lines have it.
            if !rest.is_empty() {
                self.lanes[lane].held_back = rest;
            }
            return true;
        }
        if same < here.raw.len() {
            let came = quoted_line(&here.raw);
            here.raw.clear();
            let expected = format!("the bytes {}", quoted_line(&expected));
            self.fail(now, lane, Verdict { step: index, expected, came, help: None });
        }
        false
    }

    /// A final result among raw bytes closes the command as it would in a line.
    fn close_by_raw(&mut self, lane: usize, step: usize, raw: &[u8]) {
        let mut ends = false;
        let mut scanner = Scanner::default();
        scanner.feed(raw, |element| {
            ends |= element.classes.meets(Classes::FINAL | Classes::INTERMEDIATE | Classes::PROMPT)
        });
        if ends {
            self.lanes[lane].close(step);
        }
    }
}
