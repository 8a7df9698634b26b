//! What the machine behind the player says: by itself, or in answer to a command.

use crate::modem::Tick;
use crate::script::{Act, Side};
use crate::wire::response::{Classes, Framing};

use super::{Machine, ModemPlayer};
use crate::run::player::score::literal_pattern;
use crate::run::player::{ALSO_UNSOLICITED, answers};

impl ModemPlayer<'_, '_> {
    /// Takes what the machine has to say; true if there was anything.
    pub(super) fn listen(&mut self, now: Tick, lane: usize, machine: &mut dyn Machine) -> bool {
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
    pub(super) fn heard(&mut self, now: Tick, lane: usize, write: &[u8], machine: &dyn Machine) {
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
            self.score.log(lane, Side::Modem, &line);
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
            let spot = here.spot(&self.score, &self.score.plan.lanes[lane].steps);
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
}
