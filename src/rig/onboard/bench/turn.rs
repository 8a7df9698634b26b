//! One attempt at one board: the steps, in their order.

use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

use super::super::dialog::Dialog;
use super::super::fault::{Fault, Kind};
use super::super::identify::{self, Identity};
use super::super::measure::Measurement;
use super::super::record::{Done, Progress, Record};
use super::super::settings::Step;
use super::super::{attach, check, expect, prepare};
use super::{Bench, Board, since};
use crate::port::Lock;
use crate::register::fleet::{Link, Sighting};
use crate::rig::limit::Limit;
use crate::run::recording::Log;

/// One attempt at one board.
pub(super) struct Turn<'a> {
    pub(super) bench: &'a Bench,
    pub(super) seat: usize,
    pub(super) board: &'a Board,
    pub(super) record: &'a mut Record,
    pub(super) log: Option<&'a Log>,
    pub(super) started: Instant,
    pub(super) attempt: u32,
}

impl Turn<'_> {
    /// Takes it.
    pub(super) async fn take(&mut self) -> Result<(), Fault> {
        let settings = &self.bench.settings;
        self.begin(Step::Prepare);
        let opened = Instant::now();
        // Held until the attempt is over: no other atgate talks to the board meanwhile.
        let _lock = Lock::take(&self.board.address, "onboard")
            .map_err(|error| Fault::new(Kind::Bench, "busy", error.to_string()).help(error.help()).passing())?;
        let mut dialog = self.open().await?;
        prepare::wait(&mut dialog, settings, self.record).await?;
        let boot = (opened.elapsed().as_secs_f64() * 1000.0).round() / 1000.0;
        if self.is_known(&mut dialog).await? {
            self.restore(&mut dialog).await;
            return Ok(());
        }
        let limits: Vec<Limit> = settings.limits.iter().chain(&self.board.limits).cloned().collect();
        self.record.measurements.push(Measurement::new("boot", boot, &limits));
        if settings.steps.attach {
            prepare::radio_off(&mut dialog, self.record, "before the check").await?;
        }
        self.end();

        self.begin(Step::Identify);
        let identity = identify::identify(&mut dialog, settings, self.record).await?;
        self.end();

        if settings.steps.check {
            self.begin(Step::Check);
            let twins = identity.key.map(|key| self.bench.claim(self.seat, key)).unwrap_or_default();
            let scanned = self.bench.labels.of(self.board.names.iter().map(String::as_str));
            let written = self.board.device.as_deref().and_then(expect::label);
            let label = scanned.or(written.as_ref());
            if label.is_none() && !self.bench.labels.is_empty() {
                self.record.notes.push("the label file does not name it".to_owned());
            }
            check::check(&self.bench.registry, &self.board.name, &identity, label, twins, self.record).await?;
            if let Some(device) = &self.board.device {
                expect::held(device, &identity, self.record);
            }
            self.end();
        }
        if settings.steps.attach {
            self.attach(&mut dialog, &identity, &limits).await?;
        }
        self.restore(&mut dialog).await;
        if dialog.strays() > 0 {
            self.record.notes.push(format!(
                "{} results came that nobody had asked for: does another board answer on its line?",
                dialog.strays()
            ));
        }
        if settings.steps.record {
            self.write_down(&identity).await;
        }
        Ok(())
    }

    /// Opens the port. One that was there may come back, since modules re-enumerate when they start.
    async fn open(&self) -> Result<Dialog, Fault> {
        let until = Instant::now() + self.bench.settings.patience;
        let was_there = self.record.retried.iter().any(|fault| fault.code != "missing");
        loop {
            let log = self.log.map(|log| log.modem(""));
            match Dialog::open(&self.board.address, log, self.started).await {
                Err(fault) if was_there && fault.code == "missing" && Instant::now() < until => {
                    tokio::time::sleep(Duration::from_millis(200)).await;
                }
                opened => return opened,
            }
        }
    }

    /// Whether it is a board that an earlier run has passed; then its record is that run's, and its radio is left alone.
    async fn is_known(&mut self, dialog: &mut Dialog) -> Result<bool, Fault> {
        let bench = self.bench;
        let passed_before = bench.journal().is_some_and(|journal| journal.has_passed(&self.board.name));
        if bench.settings.again || !passed_before {
            return Ok(false);
        }
        let Some(device) = identify::equipment(dialog).await? else { return Ok(false) };
        let before = bench.journal().and_then(|journal| journal.before(&self.board.name, device).cloned());
        let Some(before) = before.filter(|record| record.verdict.is_passed()) else { return Ok(false) };
        let transcript = self.record.transcript.take();
        // Who it is was masked in the journal, and is read again.
        *self.record = Record {
            is_resumed: true,
            transcript,
            facts: Vec::new(),
            configuration: Vec::new(),
            faults: Vec::new(),
            ..before
        };
        identify::identify(dialog, &bench.settings, self.record).await?;
        bench.claim(self.seat, device);
        Ok(true)
    }

    async fn attach(&mut self, dialog: &mut Dialog, identity: &Identity, limits: &[Limit]) -> Result<(), Fault> {
        let (bench, seat) = (self.bench, self.seat);
        let may_not = !self.record.faults.is_empty() || bench.has_twin(seat);
        if may_not && !bench.settings.attach_anyway {
            self.record.notes.push("it was not attached: its radio stays off".to_owned());
            return Ok(());
        }
        self.begin(Step::Attach);
        let is_stopped = || bench.has_twin(seat) && !bench.settings.attach_anyway;
        attach::attach(dialog, &bench.settings, limits, identity, self.record, is_stopped).await?;
        let faults: Vec<Fault> = self.record.measurements.iter().filter_map(Measurement::fault).collect();
        self.record.faults.extend(faults);
        let is_registered = self.record.attachment.as_ref().is_some_and(|attachment| attachment.is_registered);
        for limit in limits.iter().filter(|_| is_registered) {
            if self.record.measurements.iter().all(|measured| measured.name != limit.name) {
                self.record.notes.push(format!("{} was not measured, and its limit not applied", limit.name));
            }
        }
        let is_refused = !self.record.faults.is_empty() || bench.has_twin(seat);
        if is_refused && prepare::radio_off(dialog, self.record, "at the end").await? {
            self.record.notes.push("it is refused: its radio is off".to_owned());
        }
        self.end();
        Ok(())
    }

    /// How a module reports is put back; that it cannot be is worth a note, and nothing against the board.
    async fn restore(&mut self, dialog: &mut Dialog) {
        let stays = match dialog.restore().await {
            Ok(refused) if refused.is_empty() => return,
            Ok(refused) => format!("{} was refused", refused.join(", ")),
            Err(fault) => fault.words,
        };
        self.record.notes.push(format!("how it reports was not put back as it was: {stays}"));
    }

    /// Tells the fleet. That it cannot be told is the bench's fault, and nothing against the board.
    async fn write_down(&mut self, identity: &Identity) {
        let Some(recorder) = &self.bench.recorder else { return };
        // A number that is nobody's would join the cards of many boards.
        const NOBODYS: [&str; 3] = ["malformed", "check-digit", "default"];
        let Some(device) =
            identity.key.filter(|_| !self.record.faults.iter().any(|fault| NOBODYS.contains(&fault.code.as_str())))
        else {
            self.record.notes.push("it was not written down in the fleet: it has no number of its own".to_owned());
            return;
        };
        self.begin(Step::Record);
        let place = [self.bench.settings.place.as_str(), self.board.name.as_str()];
        let place = place.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
        let sighting = Sighting {
            svn: identity.svn,
            iccid: identity.iccid,
            imsi: identity.imsi,
            place: place
                .chars()
                .filter(|letter| !letter.is_control())
                .take(crate::register::fleet::LONGEST_PLACE)
                .collect::<String>()
                .into(),
            ..Sighting::new(device, Timestamp::now())
        };
        match recorder.see(sighting).await {
            Ok(seen) => {
                self.record.link = seen.link.map(|link| link.word().to_owned());
                let has_differed =
                    seen.events.iter().any(|event| event.is_alarm()) || matches!(seen.link, Some(Link::Differed(_)));
                if has_differed {
                    let bound = seen.link.and_then(Link::device).map(|device| format!(" {device}")).unwrap_or_default();
                    self.record.faults.push(
                        Fault::new(
                            Kind::Identity,
                            "card-differs",
                            format!("its card is bound to another device{bound}"),
                        )
                        .help("`atgate register device show` has the card's history; `device link` binds it anew"),
                    );
                }
                self.end();
            }
            Err(error) => self.record.faults.push(Fault::new(
                Kind::Bench,
                "register",
                format!("it was not written down in the register: {error}"),
            )),
        }
    }

    fn begin(&mut self, step: Step) {
        let now = since(self.started).as_micros() / 1000;
        self.record.steps.push(Done {
            step: step.word().to_owned(),
            attempt: self.attempt,
            from_ms: now,
            to_ms: now,
            is_done: false,
        });
        self.bench.tell(&self.board.name, &Progress::Step(step));
    }

    fn end(&mut self) {
        let now = since(self.started).as_micros() / 1000;
        if let Some(step) = self.record.steps.last_mut() {
            (step.to_ms, step.is_done) = (now, true);
        }
    }
}
