//! What the application sends: command lines, awaited or not, and raw bytes.

use crate::modem::Tick;
use crate::run::template::resolve;
use crate::script::{Act, Side};
use crate::wire::command::{Dialect, same_command_list};
use crate::wire::line::{Assembled, CARRIAGE_RETURN, LINE_FEED};

use super::lane::{Exchange, Trying};
use super::{Machine, Manner, ModemPlayer};
use crate::run::player::score::{Verdict, literal_template, quoted_line};

/// They end the text that a prompt asked for: Ctrl-Z sends it, ESC gives it up.
const ENDS_TEXT: [u8; 2] = [0x1a, 0x1b];

impl ModemPlayer<'_, '_> {
    /// Looks at the application's bytes; true if there was anything to do.
    pub(super) fn take(&mut self, now: Tick, lane: usize, machine: &mut dyn Machine) -> bool {
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
        here.feed_due = matches!(outcome, Assembled::Line | Assembled::TooLong) && bytes.ends_with(&[CARRIAGE_RETURN]);
        match outcome {
            Assembled::Line | Assembled::TooLong => {
                let line = [&here.assembler.prefix(), here.assembler.body()].concat();
                self.command(now, lane, &line, &bytes, machine);
            }
            Assembled::Repeat => self.command(now, lane, b"A/", &bytes, machine),
            Assembled::Pending | Assembled::Ignored | Assembled::Swallowed => self.pass_on(now, lane, &bytes, machine),
        }
        true
    }

    /// Bytes before the end of a line: the machine echoes them, or a pure replay does.
    pub(super) fn pass_on(&mut self, now: Tick, lane: usize, bytes: &[u8], machine: &mut dyn Machine) {
        let here = &mut self.lanes[lane];
        if machine.answers() {
            here.scanner.sent(bytes);
            machine.feed(now, lane, bytes);
        } else {
            self.echo(lane, bytes);
        }
    }

    /// A pure replay gives back what was typed, as a modem does: but for a LF, and with the line's end for what ends a text.
    fn echo(&mut self, lane: usize, bytes: &[u8]) {
        let here = &self.lanes[lane];
        let Manner { s3, .. } = here.manner;
        if !here.manner.echo || here.data {
            return;
        }
        let typed = bytes.iter().filter(|&&byte| byte != LINE_FEED || s3 == LINE_FEED);
        let echo: Vec<u8> = typed.map(|&byte| if ENDS_TEXT.contains(&byte) { s3 } else { byte }).collect();
        if !echo.is_empty() {
            self.out.push((lane, echo));
        }
    }

    /// A whole command line.
    pub(super) fn command(&mut self, now: Tick, lane: usize, line: &[u8], bytes: &[u8], machine: &mut dyn Machine) {
        let Some((&terminator, before)) = bytes.split_last() else { return };
        self.pass_on(now, lane, before, machine);
        self.score.log(lane, Side::Host, line);
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
    pub(super) fn awaited_position(&self, lane: usize, line: &[u8], machine: bool) -> Option<usize> {
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
    pub(super) fn not_awaited(
        &mut self,
        now: Tick,
        lane: usize,
        line: &[u8],
        terminator: u8,
        machine: &mut dyn Machine,
    ) {
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
        self.score.strays.push((
            here.spot(&self.score, &self.score.plan.lanes[lane].steps),
            lane,
            Act::Send(literal_template(line)),
        ));
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
    pub(super) fn awaits_raw(&self, lane: usize, machine: &dyn Machine) -> bool {
        let plan = self.score.plan;
        let here = &self.lanes[lane];
        let Some(&index) = plan.lanes[lane].steps.get(here.at) else { return false };
        let raw = matches!(plan.steps[index].act, Some(Act::SendRaw(_))) && !self.score.done[index];
        // With a command being answered, raw bytes are awaited only as long as the answer is: they may abort it.
        raw && here.aside.is_none() && here.open.as_ref().is_none_or(|open| machine.answers() && open.result.is_none())
    }

    pub(super) fn take_raw(&mut self, now: Tick, lane: usize, machine: &mut dyn Machine) -> bool {
        let index = self.at(lane);
        let Some(Act::SendRaw(text)) = self.score.plan.steps[index].act else { return false };
        let Ok(wanted) = resolve(text, &self.score.captures, &self.score.ports).map(std::borrow::Cow::into_owned)
        else {
            return false;
        };
        let here = &mut self.lanes[lane];
        if std::mem::take(&mut here.feed_due)
            && here.inbox.front() == Some(&LINE_FEED)
            && wanted.first() != Some(&LINE_FEED)
        {
            here.inbox.pop_front();
            self.pass_on(now, lane, &[LINE_FEED], machine);
            return true;
        }
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
        } else {
            self.echo(lane, &bytes);
        }
        // What follows answers what was sent.
        let here = &mut self.lanes[lane];
        if here.open.is_none() {
            here.open = Some(Exchange::new(index, here.at, &[], now, None));
        }
        true
    }
}
