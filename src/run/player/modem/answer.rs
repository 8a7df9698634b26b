//! The answer, as the modem: the script's lines in the place of the machine's.
//!
//! The machine's answer is taken whole. For each `<` the first of its lines that matches is sent, else the script's text; what
//! matches nothing is dropped, unless `...` stands there. Text and result go out in one write.

use crate::modem::Tick;
use crate::run::matching::match_line;
use crate::run::template::resolve;
use crate::script::{Act, Pattern, Side};

use super::reply::{Manner, begins_data, closes, is_result, text_of};
use super::{Machine, ModemPlayer};
use crate::run::player::exchange::exchange_end;
use crate::run::player::score::{Spot, Verdict, literal_pattern, literal_template, quoted, quoted_line};

impl ModemPlayer<'_, '_> {
    fn manner(&self, lane: usize, machine: &dyn Machine) -> Manner {
        if machine.answers() { machine.manner(lane) } else { self.lanes[lane].manner }
    }

    /// Whether all that the machine has to say to the open command is there.
    fn is_answered(&self, lane: usize, machine: &dyn Machine) -> bool {
        let open = self.lanes[lane].open.as_ref();
        !machine.answers() || open.is_none_or(|open| open.result.is_some() || open.given_up || !machine.is_busy(lane))
    }

    /// Sends what is to go out in one write.
    pub(super) fn flush(&mut self, lane: usize) {
        if let Some(open) = &mut self.lanes[lane].open
            && !open.pending.is_empty()
        {
            let bytes = std::mem::take(&mut open.pending);
            self.out.push((lane, bytes));
        }
    }

    /// Says one line of the script.
    pub(super) fn reply(&mut self, now: Tick, lane: usize, index: usize, act: &Act, machine: &mut dyn Machine) -> bool {
        if let Act::ExpectUrc(pattern) = act {
            return self.reply_urc(lane, index, pattern, machine);
        }
        if self.lanes[lane].open.is_none() {
            return self.say_alone(lane, index, act, machine);
        }
        if !self.is_answered(lane, machine) {
            return false;
        }
        if self.is_tried_again(now, lane, machine) {
            return true;
        }
        match act {
            Act::Expect(pattern) => self.reply_line(now, lane, index, pattern, machine),
            Act::ExpectOptional(pattern) => match self.machine_line(lane, pattern) {
                Some((text, kept)) => {
                    let manner = self.manner(lane, machine);
                    if let Some(open) = &mut self.lanes[lane].open {
                        manner.information(&mut open.pending, &text);
                    }
                    self.score.play(index, Act::Expect(kept));
                }
                None => self.score.pass(index),
            },
            Act::Rest => self.reply_rest(lane, index, machine),
            Act::ExpectRaw(text) => {
                let Ok(bytes) =
                    resolve(text, &self.score.captures, &self.score.ports).map(std::borrow::Cow::into_owned)
                else {
                    self.score.pass(index);
                    return true;
                };
                let ends = String::from_utf8_lossy(&bytes).lines().any(|line| closes(line.as_bytes()));
                if let Some(open) = &mut self.lanes[lane].open {
                    open.pending.extend_from_slice(&bytes);
                    open.scripted = true;
                }
                self.score.play(index, Act::ExpectRaw(literal_template(&bytes)));
                self.flush(lane);
                if ends {
                    self.close(lane);
                }
            }
            Act::Send(_) | Act::SendRaw(_) | Act::ExpectUrc(_) | Act::Wait(_) | Act::Direction(_) | Act::Check(_) => {
                return false;
            }
        }
        true
    }

    /// A `<!`: the machine's own line, if it has come; a pure replay says it now.
    fn reply_urc(&mut self, lane: usize, index: usize, pattern: &Pattern, machine: &mut dyn Machine) -> bool {
        let captures = &self.score.captures;
        let unclaimed = &self.lanes[lane].unclaimed;
        let held =
            unclaimed.iter().enumerate().find_map(|(at, (_, line))| Some((at, match_line(pattern, line, captures)?)));
        if let Some((at, matched)) = held {
            self.lanes[lane].unclaimed.remove(at);
            self.score.captures.extend(matched.bound);
            self.score.play(index, Act::ExpectUrc(matched.kept));
            return true;
        }
        !machine.answers() && self.say_urc(lane, index, machine)
    }

    /// Says a `<!` in the script's own words.
    pub(super) fn say_urc(&mut self, lane: usize, index: usize, machine: &dyn Machine) -> bool {
        let Some(Act::ExpectUrc(pattern)) = self.score.plan.steps[index].act else { return false };
        match text_of(pattern, &self.score.captures) {
            Some(text) => {
                self.flush(lane);
                let mut write = Vec::new();
                self.manner(lane, machine).information(&mut write, &text);
                self.out.push((lane, write));
                self.score.log(lane, Side::Modem, &text);
                self.score.play(index, Act::ExpectUrc(literal_pattern(&text)));
            }
            None => self.cannot_say(index, pattern, "nothing that the machine said by itself"),
        }
        true
    }

    /// A line that no command asked for.
    fn say_alone(&mut self, lane: usize, index: usize, act: &Act, machine: &mut dyn Machine) -> bool {
        match act {
            Act::Expect(pattern) => {
                let captures = &self.score.captures;
                let unclaimed = &self.lanes[lane].unclaimed;
                let held = unclaimed
                    .iter()
                    .enumerate()
                    .find_map(|(at, (_, line))| Some((at, match_line(pattern, line, captures)?)));
                if let Some((at, matched)) = held {
                    self.lanes[lane].unclaimed.remove(at);
                    self.score.captures.extend(matched.bound);
                    self.score.play(index, Act::Expect(matched.kept));
                    return true;
                }
                match text_of(pattern, &self.score.captures) {
                    Some(text) => {
                        let mut write = Vec::new();
                        self.manner(lane, machine).information(&mut write, &text);
                        self.out.push((lane, write));
                        // `NO CARRIER` ends a call.
                        self.lanes[lane].data &= !closes(&text);
                        self.score.log(lane, Side::Modem, &text);
                        self.score.play(index, Act::Expect(literal_pattern(&text)));
                    }
                    None => self.cannot_say(index, pattern, "no command was open, and the machine said no such line"),
                }
            }
            Act::ExpectRaw(text) => {
                if let Ok(bytes) =
                    resolve(text, &self.score.captures, &self.score.ports).map(std::borrow::Cow::into_owned)
                {
                    self.score.play(index, Act::ExpectRaw(literal_template(&bytes)));
                    self.out.push((lane, bytes));
                }
            }
            Act::ExpectOptional(_) | Act::Rest => self.score.pass(index),
            Act::Send(_) | Act::SendRaw(_) | Act::ExpectUrc(_) | Act::Wait(_) | Act::Direction(_) | Act::Check(_) => {
                return false;
            }
        }
        true
    }

    /// One `<`: information, or the result.
    fn reply_line(&mut self, now: Tick, lane: usize, index: usize, pattern: &Pattern, machine: &mut dyn Machine) {
        let manner = self.manner(lane, machine);
        let result = self.lanes[lane].open.as_ref().and_then(|open| open.result.clone());
        let matched = result.as_ref().and_then(|result| match_line(pattern, result, &self.score.captures));
        let open = self.lanes[lane].open.as_ref();
        let is_information = |line: &Vec<u8>| match_line(pattern, line, &self.score.captures).is_some();
        let informs = open.is_some_and(|open| open.lines.iter().any(is_information));
        if is_result(pattern) || (matched.is_some() && !informs) {
            let (text, kept) = match matched {
                Some(matched) => {
                    self.score.captures.extend(matched.bound);
                    (result.clone().unwrap_or_default(), matched.kept)
                }
                None => match text_of(pattern, &self.score.captures) {
                    Some(text) => (text.clone(), literal_pattern(&text)),
                    None => return self.cannot_say(index, pattern, &self.machine_said(lane)),
                },
            };
            if machine.answers() && result.as_ref().is_some_and(|own| begins_data(own) != begins_data(&text)) {
                let own = quoted_line(result.as_deref().unwrap_or_default());
                let expected = format!("the virtual modem to end as {} does: in data state or not", quoted_line(&text));
                let help = "`* answer` changes what the machine does; `set`, `network` and `sim` in the header too";
                self.give_verdict(now, Verdict { step: index, expected, came: own, help: Some(help.into()) });
                return;
            }
            self.pass_rest(lane, None, machine);
            if let Some(open) = &mut self.lanes[lane].open {
                manner.result(&mut open.pending, &text);
            }
            self.score.log(lane, Side::Modem, &text);
            self.score.play(index, Act::Expect(kept));
            self.follow(lane, &text, machine);
            self.close(lane);
            return;
        }
        let said = match self.machine_line(lane, pattern) {
            Some(said) => Some(said),
            None => {
                self.pass_unmatched(lane, index);
                text_of(pattern, &self.score.captures).map(|text| (text.clone(), literal_pattern(&text)))
            }
        };
        match said {
            Some((text, kept)) => {
                if let Some(open) = &mut self.lanes[lane].open {
                    manner.information(&mut open.pending, &text);
                    open.scripted = true;
                }
                self.score.log(lane, Side::Modem, &text);
                self.score.play(index, Act::Expect(kept));
            }
            None => self.cannot_say(index, pattern, &self.machine_said(lane)),
        }
    }

    /// The first of the machine's lines that matches, taken; with `...` before it, all before it are said.
    fn machine_line(&mut self, lane: usize, pattern: &Pattern) -> Option<(Vec<u8>, Pattern)> {
        let open = self.lanes[lane].open.as_mut()?;
        let captures = &self.score.captures;
        let (at, matched) =
            open.lines.iter().enumerate().find_map(|(at, line)| Some((at, match_line(pattern, line, captures)?)))?;
        self.score.captures.extend(matched.bound);
        let line = open.lines.remove(at);
        if let Some(rest) = open.rest.take() {
            let before: Vec<Vec<u8>> = open.lines.drain(..at).collect();
            let manner = open.manner;
            for line in &before {
                manner.information(&mut open.pending, line);
                self.score.add(rest, Act::Expect(literal_pattern(line)));
            }
        }
        Some((line, matched.kept))
    }

    /// `...` before a line that is the script's own: the machine's lines pass up to one that a later `<` takes.
    fn pass_unmatched(&mut self, lane: usize, index: usize) {
        let plan = self.score.plan;
        let steps = &plan.lanes[lane].steps;
        let here = steps.iter().position(|&step| step == index).unwrap_or(steps.len());
        let later = steps.iter().skip(here + 1).map_while(|&step| match plan.steps[step].act {
            Some(Act::Expect(pattern) | Act::ExpectOptional(pattern)) => Some(Some(pattern)),
            Some(Act::ExpectUrc(_) | Act::Wait(_) | Act::Rest) => Some(None),
            Some(Act::Send(_) | Act::SendRaw(_) | Act::ExpectRaw(_) | Act::Direction(_) | Act::Check(_)) | None => None,
        });
        let later: Vec<&Pattern> = later.flatten().collect();
        let Some(open) = self.lanes[lane].open.as_mut() else { return };
        let Some(rest) = open.rest.take() else { return };
        let taken =
            |line: &Vec<u8>| later.iter().any(|pattern| match_line(pattern, line, &self.score.captures).is_some());
        let until = open.lines.iter().position(taken).unwrap_or(open.lines.len());
        for line in open.lines.drain(..until) {
            open.manner.information(&mut open.pending, &line);
            self.score.add(rest, Act::Expect(literal_pattern(&line)));
        }
    }

    /// `...`: the machine's lines pass; in a pure replay it stands for nothing.
    fn reply_rest(&mut self, lane: usize, index: usize, machine: &mut dyn Machine) {
        self.score.pass(index);
        let plan = self.score.plan;
        let at = self.lanes[lane].at;
        let steps = &plan.lanes[lane].steps;
        let more = steps[at + 1..].iter().find_map(|&step| match plan.steps[step].act {
            Some(Act::Expect(_)) => Some(true),
            Some(Act::ExpectOptional(_) | Act::ExpectUrc(_) | Act::Wait(_)) | None => None,
            Some(_) => Some(false),
        });
        let manner = self.manner(lane, machine);
        if let Some(open) = &mut self.lanes[lane].open {
            open.rest = Some(index);
            open.manner = manner;
            open.scripted = true;
        }
        if more != Some(true) {
            let result = self.lanes[lane].open.as_mut().and_then(|open| open.result.take());
            self.pass_rest(lane, result, machine);
            self.flush(lane);
            self.lanes[lane].open = None;
        }
    }

    /// Says what is left of the machine's lines, where `...` stands, and its result, where the script has none.
    fn pass_rest(&mut self, lane: usize, result: Option<Vec<u8>>, machine: &dyn Machine) {
        let manner = self.manner(lane, machine);
        let Some(open) = &mut self.lanes[lane].open else { return };
        let rest = open.rest.take();
        let lines = std::mem::take(&mut open.lines);
        if let Some(rest) = rest {
            for line in &lines {
                manner.information(&mut open.pending, line);
                self.score.add(rest, Act::Expect(literal_pattern(line)));
            }
        }
        if let Some(result) = result {
            manner.result(&mut open.pending, &result);
            let act = Act::Expect(literal_pattern(&result));
            match rest {
                Some(rest) => self.score.add(rest, act),
                None => {
                    let spot = Spot::after(self.lanes[lane].last);
                    self.score.strays.push((spot, lane, act));
                }
            }
        }
    }

    /// The command is answered, or the machine's answer is all there is.
    pub(super) fn finish_exchange(&mut self, now: Tick, lane: usize, machine: &mut dyn Machine) -> bool {
        if self.lanes[lane].open.is_none() {
            return false;
        }
        if self.commit(now, lane, machine) {
            return true;
        }
        if !self.is_answered(lane, machine) {
            return false;
        }
        if self.is_tried_again(now, lane, machine) {
            return true;
        }
        let Some(open) = &mut self.lanes[lane].open else { return false };
        if open.scripted {
            let result = open.result.take();
            self.pass_rest(lane, result, machine);
            self.flush(lane);
        } else {
            self.say_as_it_is(lane, true);
        }
        self.close(lane);
        true
    }

    /// The machine's own answer goes out as it was said.
    fn say_as_it_is(&mut self, lane: usize, noted: bool) {
        let Some(open) = &mut self.lanes[lane].open else { return };
        let writes = std::mem::take(&mut open.raw);
        let step = open.step;
        let lines: Vec<Vec<u8>> = open.lines.drain(..).chain(open.result.take()).collect();
        self.out.extend(writes.into_iter().map(|write| (lane, write)));
        if noted {
            for line in lines {
                self.score.strays.push((Spot::After(step), lane, Act::Expect(literal_pattern(&line))));
            }
        }
    }

    /// `@ until`: as long as the machine does not answer as the script has it, its own answer goes out.
    fn is_tried_again(&mut self, now: Tick, lane: usize, machine: &dyn Machine) -> bool {
        let here = &self.lanes[lane];
        let (Some(open), true, true) = (&here.open, here.trying.is_some(), machine.answers()) else { return false };
        if open.scripted {
            return false;
        }
        let plan = self.score.plan;
        let from = open.from;
        let steps = plan.lanes[lane].steps[from..exchange_end(plan, lane, from)].to_vec();
        let holds = steps.iter().all(|&step| match plan.steps[step].act {
            Some(Act::Expect(pattern)) => open
                .lines
                .iter()
                .chain(&open.result)
                .any(|line| match_line(pattern, line, &self.score.captures).is_some()),
            Some(_) | None => true,
        });
        if holds {
            self.lanes[lane].trying = None;
            return false;
        }
        if let (Some(open), Some(trying)) = (&self.lanes[lane].open, self.lanes[lane].trying) {
            let said = open.lines.iter().chain(&open.result).map(|line| Act::Expect(literal_pattern(line)));
            let tried = std::iter::once(Act::Send(literal_template(&open.line))).chain(said);
            self.score.tried(trying.step, tried);
        }
        self.say_as_it_is(lane, false);
        for &step in &steps {
            self.score.forget(step);
        }
        let here = &mut self.lanes[lane];
        here.open = None;
        here.at = from;
        here.arrived = now;
        here.waiting = None;
        true
    }

    /// The machine has not answered within what the standard lets the command take: the script's lines do.
    pub(super) fn give_up_machine(&mut self, now: Tick, lane: usize, machine: &mut dyn Machine) -> bool {
        if self.commit(now, lane, machine) {
            return true;
        }
        let Some(open) = &mut self.lanes[lane].open else { return false };
        if open.given_up {
            return false;
        }
        open.given_up = true;
        true
    }

    /// The exchange is over.
    fn close(&mut self, lane: usize) {
        self.flush(lane);
        let plan = self.score.plan;
        let here = &mut self.lanes[lane];
        here.open = None;
        here.trying = None;
        // With `@ any-order` the player goes back to where it stood.
        if let Some(back) = here.order.pop() {
            let end = here.at + 1;
            let steps = &plan.lanes[lane].steps;
            let more = steps.get(end).is_some_and(|&step| matches!(plan.steps[step].act, Some(Act::Expect(_))));
            if more { here.order.push(back) } else { here.back_to = Some(back) }
        }
    }

    /// A pure replay follows what the settings are now.
    fn follow(&mut self, lane: usize, result: &[u8], machine: &dyn Machine) {
        if machine.answers() {
            return;
        }
        let here = &mut self.lanes[lane];
        here.data = begins_data(result);
        if matches!(result, b"OK" | b"0")
            && let Some(open) = &here.open
        {
            let line = open.line.clone();
            here.manner.follow(&line);
        }
    }

    fn machine_said(&self, lane: usize) -> String {
        let lines: Vec<String> = match &self.lanes[lane].open {
            Some(open) => open.lines.iter().chain(&open.result).map(|line| quoted_line(line)).collect(),
            None => Vec::new(),
        };
        match lines.as_slice() {
            [] => "no line of the virtual modem".into(),
            lines => lines.join(", "),
        }
    }

    /// A pattern is no text: nothing can be sent in its place.
    fn cannot_say(&mut self, step: usize, pattern: &Pattern, came: &str) {
        let expected = format!("a line of the virtual modem that matches {}", quoted(pattern));
        let help = "what stands between braces is no text to send: write the line out, or bind the name".to_owned();
        let verdict = Verdict { step, expected, came: came.to_owned(), help: Some(help) };
        self.give_verdict(Tick::ZERO, verdict);
    }
}
