//! Limits, as the modem: what happens when the application, or the machine, says nothing.

use std::time::Duration;

use crate::modem::Tick;
use crate::run::limits;
use crate::run::outcome::Role;
use crate::run::template::resolve;
use crate::script::Act;
use crate::wire::command::{Dialect, same_command_list};

use super::{Machine, ModemPlayer};
use crate::run::player::exchange::extension_before;
use crate::run::player::score::{Verdict, quoted_line};

impl ModemPlayer<'_, '_> {
    /// What a lane waits for, and until when.
    pub(super) fn due(&self, lane: usize) -> Option<(Tick, Waits)> {
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

    pub(super) fn limit(&self, lane: usize, index: usize) -> Duration {
        let step = &self.score.plan.steps[index];
        let base = step.limit.unwrap_or(match step.act {
            Some(Act::ExpectUrc(_)) => limits::urc(Role::Modem),
            Some(_) | None => limits::COMMAND,
        });
        match step.act {
            // Ours to say: the `~` before it has delayed it already.
            Some(Act::ExpectUrc(_)) => base,
            Some(_) | None => base + extension_before(self.score.plan, lane, index),
        }
    }

    pub(super) fn expire(&mut self, now: Tick, lane: usize, machine: &mut dyn Machine) -> bool {
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
    pub(super) fn nothing(&self, lane: usize, index: usize) -> String {
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
pub(super) enum Waits {
    /// The end of a `~`.
    Delay,
    /// The machine's result.
    Answer,
    /// The machine's own line, for a `<!`.
    Urc(usize),
    /// A `>` or `>|`.
    Command(usize),
}
