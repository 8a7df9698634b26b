//! The world of a script that has virtual modems: the modems, the register that they share, and their lines.
//!
//! Made of a header. Answers what the modems ask of the world, carries out directions, and says what checks ask for.

use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;

use tokio::sync::oneshot;

use crate::modem::{Effect, Event, Modem, Observed, Tick};
use crate::register::{Answer, Checked, Office, Reason};
use crate::script::{Header, Side, Source};

use super::errands::Elsewhere;
use super::judge;
use super::outcome::Fault;
use super::player::{Deed, Machine, Manner, Stage};
use super::switch::{Switch, place};
use super::wire::Wire;

/// Virtual modems and what is around them.
#[derive(Debug)]
pub(super) struct World {
    pub(super) modems: Vec<Modem>,
    pub(super) wires: Vec<Wire>,
    register: Office,
    /// Where that is elsewhere, who asks it.
    elsewhere: Option<Elsewhere>,
    /// What it was asked and has not answered yet.
    asked: Vec<Asked>,
    /// Leads calls from one modem to another.
    switch: Switch,
    /// What a reader should know: tamper findings.
    pub(super) notes: Vec<String>,
}

/// A modem that waits for the register.
#[derive(Debug)]
struct Asked {
    lane: usize,
    ticket: u32,
    answer: oneshot::Receiver<Answer>,
    /// The answer where none comes.
    unavailable: Answer,
}

impl World {
    /// The world that a header describes; `profile` is the one of the command line, and so is the register
    /// `elsewhere`, which is asked in the place of the header's.
    ///
    /// # Errors
    /// A profile, a key or an entry of the header is wrong: the script's fault, with its place.
    pub(super) fn new(
        header: &Header,
        source: &Arc<Source>,
        profile: Option<&str>,
        seed: u64,
        elsewhere: Option<&Elsewhere>,
    ) -> Result<World, Fault> {
        let mut cast = judge::cast(header, source, profile).map_err(|wrong| wrong.fault())?;
        let seeds = (0u64..).map(|index| seed.wrapping_add(index));
        let modems: Vec<Modem> =
            cast.modems.into_iter().zip(seeds).map(|((profile, imei), seed)| Modem::new(profile, imei, seed)).collect();
        let wires = (0u64..).zip(&modems).map(|(index, _)| Wire::new(seed.wrapping_add(index))).collect();
        let register = match elsewhere {
            Some(elsewhere) => elsewhere.office(*cast.register.policy()),
            None => cast.register.into(),
        };
        let elsewhere = elsewhere.cloned();
        Ok(World {
            modems,
            wires,
            register,
            elsewhere,
            asked: Vec::new(),
            switch: Switch::default(),
            notes: Vec::new(),
        })
    }

    /// Answers what the modems ask; true if there was anything.
    pub(super) fn answer(&mut self, now: Tick) -> bool {
        let mut any = false;
        // What one modem asks may have another ask something, so each turn looks at all of them.
        loop {
            let mut quiet = true;
            let mut messages = Vec::new();
            for index in 0..self.modems.len() {
                let effects: Vec<Effect> = self.modems[index].transmit().effects().collect();
                quiet &= effects.is_empty();
                for effect in effects {
                    match effect {
                        Effect::CheckEquipment { ticket, inquiry } => {
                            match (self.register.check(inquiry), &self.elsewhere) {
                                (Checked::Now(answer), _) => self.decided(now, index, ticket, answer),
                                (Checked::Later(asking), Some(elsewhere)) => self.asked.push(Asked {
                                    lane: index,
                                    ticket,
                                    unavailable: asking.unavailable(),
                                    answer: elsewhere.ask(asking),
                                }),
                                (Checked::Later(asking), None) => {
                                    self.decided(now, index, ticket, asking.unavailable());
                                }
                            }
                        }
                        Effect::Tamper { command } => {
                            self.notes
                                .push(format!("tamper: {command} would have rewritten the identity; it was refused"));
                        }
                        Effect::LineSpeed(speed) => self.wires[index].modem_speed(speed),
                        Effect::Message { from, to, pdu, .. } => messages.push((index, from, to, pdu)),
                        Effect::Call { ticket, what } => {
                            let numbers = self.numbers();
                            for (lane, ticket, what) in self.switch.take(&numbers, index, ticket, what) {
                                self.modems[lane].event(now, Event::Call { ticket: Some(ticket), what });
                            }
                        }
                        Effect::Framing { .. } | Effect::FlowControl { .. } | Effect::Restarted => {}
                        // Nobody stands outside of a script: such data are counted, as those of any call.
                        Effect::DataBegins { .. } | Effect::Data { .. } | Effect::DataEnds { .. } => {}
                    }
                }
            }
            for (sender, from, to, pdu) in messages {
                self.carry_message(now, sender, &from, &to, &pdu);
            }
            if quiet {
                return any;
            }
            any = true;
        }
    }

    /// Waits for a register elsewhere as long as that takes, while the schedule stands still; true if it was asked anything.
    pub(super) fn stand_still(&mut self, now: Tick) -> bool {
        let asked = std::mem::take(&mut self.asked);
        let any = !asked.is_empty();
        for Asked { lane, ticket, answer, unavailable } in asked {
            self.decided(now, lane, ticket, answer.blocking_recv().unwrap_or(unavailable));
        }
        any
    }

    /// The next answer of a register elsewhere, for [`decided`](Self::decided); for ever nothing, where none is awaited.
    pub(super) async fn next_answer(&mut self) -> (usize, u32, Answer) {
        std::future::poll_fn(|context| {
            for (at, asked) in self.asked.iter_mut().enumerate() {
                if let Poll::Ready(answer) = Pin::new(&mut asked.answer).poll(context) {
                    let Asked { lane, ticket, unavailable, .. } = self.asked.swap_remove(at);
                    return Poll::Ready((lane, ticket, answer.unwrap_or(unavailable)));
                }
            }
            Poll::Pending
        })
        .await
    }

    /// Gives a modem the register's answer.
    pub(super) fn decided(&mut self, now: Tick, lane: usize, ticket: u32, answer: Answer) {
        for finding in answer.findings.iter().filter(|_| answer.reason == Reason::Failure) {
            let note = finding.to_string();
            if !self.notes.contains(&note) {
                self.notes.push(note);
            }
        }
        if let Some(modem) = self.modems.get_mut(lane) {
            modem.event(now, Event::Equipment { ticket, answer });
        }
    }

    /// The number of each modem: its card's, or where that is out, the one that the network has of it.
    fn numbers(&self) -> Vec<String> {
        let number = |modem: &Modem| match modem.observe("sim.msisdn") {
            Some(Observed::Text(number)) => number,
            Some(Observed::Number(_) | Observed::Truth(_) | Observed::Nothing) | None => {
                modem.profile().sim.msisdn.clone()
            }
        };
        self.modems.iter().map(number).collect()
    }

    /// Carries a message to the other modem whose card has the number; one to its own number a modem gets by itself.
    fn carry_message(&mut self, now: Tick, sender: usize, from: &str, to: &str, pdu: &[u8]) {
        let Some(lane) = place(&self.numbers(), to).filter(|&lane| lane != sender) else { return };
        let modem = &mut self.modems[lane];
        if let Some(pdu) = modem.relayed(now, from, pdu) {
            modem.event(now, Event::SmsPdu(pdu));
        }
    }

    /// When a modem or a line has work next.
    pub(super) fn deadline(&self) -> Option<Tick> {
        let modems = self.modems.iter().filter_map(Modem::deadline);
        modems.chain(self.wires.iter().filter_map(Wire::deadline)).min()
    }

    /// Lets each modem do what is due.
    pub(super) fn wake(&mut self, now: Tick) {
        for modem in &mut self.modems {
            if modem.deadline().is_some_and(|at| at <= now) {
                modem.wake(now);
            }
        }
    }

    fn lanes(&self, lane: Option<usize>) -> std::ops::Range<usize> {
        match lane {
            Some(lane) => lane..lane + 1,
            None => 0..self.modems.len(),
        }
    }
}

impl Stage for World {
    fn direct(&mut self, now: Tick, lane: Option<usize>, deed: Deed) -> Result<(), String> {
        judge::deed(&deed).map_err(|(message, _)| message)?;
        if !deed.to_register(&mut self.register)? {
            for index in self.lanes(lane) {
                deed.to_modem(now, &mut self.modems[index], &mut self.wires[index]);
            }
        }
        Ok(())
    }

    fn observe(&self, lane: Option<usize>, path: &str) -> Option<Observed> {
        match (lane, self.modems.as_slice()) {
            (Some(lane), modems) => modems.get(lane)?.observe(path),
            (None, [modem]) => modem.observe(path),
            // Without a prefix it is not said whose.
            (None, _) => None,
        }
    }

    fn gives_urc(&self, lane: usize, name: &[u8]) -> bool {
        self.modems.get(lane).is_some_and(|modem| {
            modem.profile().boot.urcs.iter().any(|urc| {
                let text = urc.text.as_bytes();
                let end = memchr::memchr(b':', text).unwrap_or(text.len());
                &text[..end] == name
            })
        })
    }
}

impl World {
    /// Puts what the modem has to say on its line, each write by itself.
    pub(super) fn speak(&mut self, now: Tick, lane: usize) -> bool {
        let outbox = self.modems[lane].transmit();
        let any = !outbox.bytes().is_empty();
        for write in outbox.writes() {
            self.wires[lane].put(now, Side::Host, write);
        }
        outbox.clear();
        any
    }
}

impl Machine for World {
    fn answers(&self) -> bool {
        !self.modems.is_empty()
    }

    fn feed(&mut self, now: Tick, lane: usize, bytes: &[u8]) {
        if let Some(modem) = self.modems.get_mut(lane) {
            modem.receive(now, bytes);
        }
    }

    fn said(&mut self, now: Tick, lane: usize) -> Vec<Vec<u8>> {
        self.answer(now);
        let Some(modem) = self.modems.get_mut(lane) else { return Vec::new() };
        let outbox = modem.transmit();
        let writes = outbox.writes().map(<[u8]>::to_vec).collect();
        outbox.clear();
        writes
    }

    fn is_busy(&self, lane: usize) -> bool {
        self.state(lane, "busy")
    }

    fn is_online(&self, lane: usize) -> bool {
        self.state(lane, "online")
    }

    fn manner(&self, lane: usize) -> Manner {
        let setting = |path: &str| match self.modems.get(lane).and_then(|modem| modem.observe(path)) {
            Some(Observed::Number(number)) => Some(number),
            Some(Observed::Text(_) | Observed::Truth(_) | Observed::Nothing) | None => None,
        };
        let usual = Manner::default();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "S3, S4 and S5 are 0 to 127")]
        let character = |path: &str, usual: u8| setting(path).map_or(usual, |number| number as u8);
        Manner {
            echo: setting("modem.e") != Some(0.0),
            verbose: setting("modem.v") != Some(0.0),
            s3: character("modem.s3", usual.s3),
            s4: character("modem.s4", usual.s4),
            s5: character("modem.s5", usual.s5),
        }
    }
}

impl World {
    /// No modem: a pure replay.
    pub(super) fn without_modems(lanes: usize, seed: u64) -> World {
        let wires = (0u64..).take(lanes).map(|index| Wire::new(seed.wrapping_add(index))).collect();
        World {
            modems: Vec::new(),
            wires,
            register: Office::default(),
            elsewhere: None,
            asked: Vec::new(),
            switch: Switch::default(),
            notes: Vec::new(),
        }
    }

    fn state(&self, lane: usize, word: &str) -> bool {
        let state = self.modems.get(lane).and_then(|modem| modem.observe("modem.state"));
        state == Some(Observed::Text(word.to_owned()))
    }
}
