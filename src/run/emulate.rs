//! A modem in real time: one machine behind its lines, whose clients come and go.
//!
//! The machine has no clock and asks for nothing but bytes, events and the time; here the time is the system's, counted
//! from the modem's power-up, and what the machine asks of the world is done.

use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::task::{JoinError, JoinSet};
use tokio::time::{Instant, sleep_until};

use super::circuits::Circuits;
use super::control::{Order, Orders};
use super::data::{DataRoute, FarEnd, FromFar};
use super::exchange::{Routed, Subscription};
use super::lines::{Lines, Said};
pub use super::notice::{Notice, Observer};
use super::player::Deed;
use super::unread::Unread;
use crate::modem::{AtPort, Effect, Event, Modem, Observed, Tick};
use crate::port::{Line, LineEvent, Sent};
use crate::register::{Answer, Checked, Office, Reason};
use crate::script::Side;

/// How long a client that has said all waits for the answer to it.
const LAST_ANSWER: Duration = Duration::from_secs(180);

/// So much of what a pipe holds is heard while the modem carries out a command: less than it keeps of what comes early.
const AHEAD: usize = 2048;

/// So often the line is heard while an order waits: what the host said before the order comes before it, but a host that
/// never stops talking does not keep it waiting for ever.
const BEFORE_AN_ORDER: usize = 16;

/// A register that several modems ask.
pub type SharedRegister = Arc<Mutex<Office>>;

/// A modem and all that it needs to live.
#[derive(Debug)]
pub struct Emulation<O> {
    /// The machine, which has just got its power.
    pub modem: Modem,
    /// Where the clients of its first AT port come.
    pub line: Line,
    /// Where those of its further AT ports come.
    pub others: Vec<Line>,
    /// Which equipment the network lets in.
    pub register: SharedRegister,
    /// Who is told.
    pub observer: O,
    /// Where the data of calls go, where the modem's profile sends them outside.
    pub data: Option<DataRoute>,
    /// The line to the other modems that live at the same time.
    pub exchange: Option<Subscription>,
}

struct Running<O> {
    emulation: Emulation<O>,
    orders: Orders,
    started: Instant,
    lines: Lines,
    circuits: Circuits,
    /// Of the first port, then of the others.
    unread: Vec<(AtPort, Unread)>,
    far: FarEnd,
    /// What a register elsewhere was asked, and on whose behalf.
    asked: JoinSet<(AtPort, u32, Answer)>,
}

impl<O: Observer> Emulation<O> {
    /// A modem with one AT port.
    pub fn new(modem: Modem, line: Line, register: SharedRegister, observer: O) -> Self {
        Self { modem, line, others: Vec::new(), register, observer, data: None, exchange: None }
    }

    /// Lives until the line is gone. `answers` is told once the modem has started and answers commands.
    pub async fn live(self, answers: oneshot::Sender<()>) {
        self.obey(Orders::none(), answers).await;
    }

    /// The same, under orders. What a direction does to the line it does to that of the first port.
    pub async fn obey(mut self, orders: Orders, answers: oneshot::Sender<()>) {
        let others: Vec<_> = self.others.drain(..).map(|line| (self.modem.add_port(), line)).collect();
        let unread = self.modem.ports().map(|port| (port, Unread::default())).collect();
        let with_lines = others.iter().filter(|(_, line)| line.has_lines()).map(|(port, _)| *port);
        let circuits = Circuits::of(std::iter::once(AtPort::FIRST).filter(|_| self.line.has_lines()).chain(with_lines));
        let (started, lines, far) = (Instant::now(), Lines::attend(others), FarEnd::new(self.data.take()));
        let asked = JoinSet::new();
        let mut running = Running { emulation: self, orders, started, lines, circuits, unread, far, asked };
        running.carry_out();
        running.live(answers).await;
        running.emulation.line.finish().await;
    }
}

impl<O: Observer> Running<O> {
    async fn live(&mut self, answers: oneshot::Sender<()>) {
        let mut answers = Some(answers);
        let mut alarm = pin!(sleep_until(self.started));
        let mut set_for = None;
        let mut ahead = 0usize;
        let mut put_off = 0usize;
        loop {
            // A client that never stops talking shares the thread with the other modems all the same.
            tokio::task::consume_budget().await;
            if answers.is_some() && !self.is("starting") {
                // Whoever started the modem may no longer care.
                answers.take().map(|answers| answers.send(()));
            }
            let deadline = [self.emulation.modem.deadline(), self.orders.wire.deadline()].into_iter().flatten().min();
            if let Some(at) = deadline.filter(|_| deadline != set_for) {
                alarm.as_mut().reset(self.instant(at));
                set_for = deadline;
            }
            // A pipe can wait, where a person or a program at a port goes on and what the modem cannot keep is lost.
            let piped = matches!(self.emulation.line, Line::Stdio(_));
            if piped && !self.is("busy") && !self.is("starting") {
                ahead = 0;
            }
            put_off = if self.orders.wait() { put_off + 1 } else { 0 };
            let mut closed = false;
            let mut ordered = None;
            let started = self.started;
            let room = self.emulation.modem.data_room();
            let Running { emulation, orders, lines, far, asked, .. } = self;
            let Emulation { modem, line, observer, exchange, .. } = emulation;
            // A far end that takes nothing holds up the client too.
            let heard = put_off < BEFORE_AN_ORDER && !far.is_full();
            tokio::select! {
                biased;
                event = line.next(), if heard && (!piped || ahead < AHEAD || deadline.is_none()) => {
                    let now = Tick::ZERO + started.elapsed();
                    match event {
                        LineEvent::Bytes(bytes) => {
                            if observer.wants_traffic() {
                                observer.notice(now, AtPort::FIRST, Notice::FromHost(bytes.to_vec()));
                            }
                            ahead = ahead.saturating_add(bytes.len());
                            if orders.wire.is_sound() {
                                modem.receive(now, bytes);
                            } else {
                                orders.wire.put(now, Side::Modem, bytes);
                            }
                        }
                        LineEvent::Opened => {
                            observer.notice(now, AtPort::FIRST, Notice::Opened);
                            modem.event(now, Event::Lines { dtr: true, rts: true });
                        }
                        LineEvent::Lines { dtr, rts } => modem.event(now, Event::Lines { dtr, rts }),
                        LineEvent::Closed => closed = true,
                        LineEvent::Gone => return,
                    }
                }
                (port, said) = lines.next() => self.hear(port, said),
                came = routed(exchange) => self.hear_exchange(came),
                order = orders.next() => ordered = Some(order),
                said = far.next(room) => self.hear_far(said),
                Some(answered) = asked.join_next() => self.answered(answered),
                () = &mut alarm, if deadline.is_some() => {
                    set_for = None;
                    modem.wake(Tick::ZERO + started.elapsed());
                }
            }
            if closed {
                self.close().await;
            }
            self.hear_wire();
            if let Some(order) = ordered {
                self.obey(order).await;
            }
            self.carry_out();
        }
    }

    /// Takes what another modem has sent.
    fn hear_exchange(&mut self, came: Routed) {
        let now = self.now();
        let modem = &mut self.emulation.modem;
        match came {
            Routed::Message { from, pdu } => {
                if let Some(pdu) = modem.relayed(now, &from, &pdu) {
                    modem.event(now, Event::SmsPdu(pdu));
                }
            }
            Routed::Call { ticket, what } => modem.event(now, Event::Call { ticket: Some(ticket), what }),
        }
    }

    /// Takes what has come through a line that something is wrong with.
    fn hear_wire(&mut self) {
        let now = self.now();
        while let Some(bytes) = self.orders.wire.take(now, Side::Modem) {
            self.emulation.modem.receive(now, &bytes);
        }
    }

    /// Does as it is told, and says when it is done.
    async fn obey(&mut self, order: Order) {
        let now = self.now();
        let Some((deed, told)) = self.orders.tell(&self.emulation.modem, order) else { return };
        let done = match deed {
            Deed::Unplug => self.unplug(now),
            Deed::Plug => self.plug(now).await,
            deed => {
                deed.to_modem(now, &mut self.emulation.modem, &mut self.orders.wire);
                Ok(())
            }
        };
        self.carry_out();
        // Whoever gave it may have gone.
        drop(told.send(done));
    }

    /// The port goes away, and with it its client.
    fn unplug(&mut self, now: Tick) -> Result<(), String> {
        if self.unread.len() > 1 {
            return Err("a modem with several ports cannot be unplugged".to_owned());
        }
        if matches!(self.emulation.line, Line::Unplugged(_)) {
            return Ok(());
        }
        if !self.emulation.line.unplug() {
            return Err("standard input and output cannot be unplugged".to_owned());
        }
        self.emulation.observer.notice(now, AtPort::FIRST, Notice::Unplugged);
        self.closed(AtPort::FIRST, now);
        Ok(())
    }

    /// The port comes back; who opens it raises DTR.
    async fn plug(&mut self, now: Tick) -> Result<(), String> {
        let Emulation { line, observer, .. } = &mut self.emulation;
        if matches!(line, Line::Unplugged(_)) {
            line.plug().await.map_err(|error| error.to_string())?;
            self.circuits.forget(AtPort::FIRST);
            observer.notice(now, AtPort::FIRST, Notice::Plugged(format!("{} {}", line.kind(), line.address())));
        }
        Ok(())
    }

    /// Takes what the far end of a call says.
    fn hear_far(&mut self, said: Option<(u32, AtPort, FromFar)>) {
        let Some((call, port, said)) = said else { return self.ask_for_room() };
        let now = self.now();
        match said {
            FromFar::Open => {}
            FromFar::Bytes(bytes) => self.emulation.modem.event(now, Event::Data { call, bytes }),
            FromFar::Ended(how) => self.far_is_gone(port, call, Notice::FarEnd(how)),
            FromFar::Failed(why) => self.far_is_gone(port, call, Notice::NoFarEnd(why)),
        }
    }

    fn far_is_gone(&mut self, port: AtPort, call: u32, notice: Notice) {
        let now = self.now();
        self.emulation.observer.notice(now, port, notice);
        self.emulation.modem.event(now, Event::DataEnds { call });
    }

    /// Asks whether a client that is behind with the data of its call has read them.
    fn ask_for_room(&mut self) {
        if let Some(port) = self.far.unread() {
            let sent = match port {
                AtPort::FIRST => self.emulation.line.send(&[]),
                port => self.lines.send(port, Vec::new()),
            };
            let now = self.now();
            self.sent(port, now, 0, sent);
        }
    }

    /// The client has left. Where it has only said all, and still listens, it is answered first.
    async fn close(&mut self) {
        if let Line::Stdio(_) = self.emulation.line {
            let until = Instant::now() + LAST_ANSWER;
            while self.is("starting") || self.is("busy") {
                self.carry_out();
                let due = self.emulation.modem.deadline().map(|at| self.instant(at)).filter(|at| *at <= until);
                if due.is_none() && self.asked.is_empty() {
                    break;
                }
                tokio::select! {
                    Some(answered) = self.asked.join_next() => self.answered(answered),
                    () = sleep_until(due.unwrap_or(until)) => {}
                }
                if Instant::now() >= until {
                    break;
                }
                let now = self.now();
                self.emulation.modem.wake(now);
            }
            self.carry_out();
        }
        let now = self.now();
        self.closed(AtPort::FIRST, now);
    }

    /// Takes what came on a further port.
    fn hear(&mut self, port: AtPort, said: Said) {
        let now = self.now();
        let Emulation { modem, observer, .. } = &mut self.emulation;
        match said {
            Said::Bytes(bytes) => {
                modem.receive_on(port, now, &bytes);
                if observer.wants_traffic() {
                    observer.notice(now, port, Notice::FromHost(bytes));
                }
            }
            Said::Opened => {
                observer.notice(now, port, Notice::Opened);
                modem.event_on(port, now, Event::Lines { dtr: true, rts: true });
            }
            Said::Lines { dtr, rts } => modem.event_on(port, now, Event::Lines { dtr, rts }),
            Said::Closed => self.closed(port, now),
            Said::Sent(sent) => self.sent(port, now, 0, sent),
        }
    }

    /// The last client of a port has left.
    fn closed(&mut self, port: AtPort, now: Tick) {
        let unread = self.unread.iter_mut().find(|(known, _)| *known == port);
        let unread = unread.and_then(|(_, unread)| std::mem::take(unread).tell());
        let Emulation { modem, observer, .. } = &mut self.emulation;
        if let Some(bytes) = unread {
            observer.notice(now, port, Notice::Unread(bytes));
        }
        observer.notice(now, port, Notice::Closed);
        modem.event_on(port, now, Event::Closed);
    }

    /// Takes what became of an answer.
    fn sent(&mut self, port: AtPort, now: Tick, bytes: usize, sent: Sent) {
        self.far.sent(port, bytes, sent);
        let unread = self.unread.iter_mut().find(|(known, _)| *known == port);
        if let Some(bytes) = unread.and_then(|(_, unread)| unread.after(sent)) {
            self.emulation.observer.notice(now, port, Notice::Unread(bytes));
        }
    }

    /// Does what the modem asks: bytes out, on each port all that wait in one write, and effects.
    fn carry_out(&mut self) {
        let now = self.now();
        while let Some(bytes) = self.orders.wire.take(now, Side::Host) {
            self.send(AtPort::FIRST, now, &bytes);
        }
        loop {
            let mut idle = true;
            for index in 0..self.unread.len() {
                let port = self.unread.get(index).map_or(AtPort::FIRST, |(port, _)| *port);
                idle &= !self.carry_out_on(port);
            }
            if idle {
                return;
            }
        }
    }

    /// Does what waits on this port; whether anything did.
    fn carry_out_on(&mut self, port: AtPort) -> bool {
        let now = self.now();
        // Before what is said: who reads CONNECT finds DCD on.
        self.show_circuits(port);
        let Some(outbox) = self.emulation.modem.transmit_on(port).filter(|outbox| !outbox.is_empty()) else {
            return false;
        };
        let effects: Vec<Effect> = outbox.effects().collect();
        let is_sound = port != AtPort::FIRST || self.orders.wire.is_sound();
        let bytes = if is_sound {
            outbox.bytes().to_vec()
        } else {
            outbox.writes().for_each(|write| self.orders.wire.put(now, Side::Host, write));
            std::iter::from_fn(|| self.orders.wire.take(now, Side::Host)).flatten().collect()
        };
        outbox.clear();
        if !bytes.is_empty() {
            self.send(port, now, &bytes);
        }
        for effect in effects {
            self.carry_out_effect(port, now, effect);
        }
        true
    }

    /// Shows the client of this port how the modem's lines stand, where they have changed and its line carries them.
    fn show_circuits(&mut self, port: AtPort) {
        let Emulation { modem, line, .. } = &mut self.emulation;
        if let Some(shown) = self.circuits.news(port, modem) {
            match port {
                AtPort::FIRST => line.show(shown.signals, shown.heeds_rts),
                port => self.lines.show(port, shown),
            }
        }
    }

    /// Sends this in one write, or as soon as the client reads.
    fn send(&mut self, port: AtPort, now: Tick, bytes: &[u8]) {
        let Emulation { line, observer, .. } = &mut self.emulation;
        if observer.wants_traffic() {
            observer.notice(now, port, Notice::ToHost(bytes.to_vec()));
        }
        let sent = match port {
            AtPort::FIRST => line.send(bytes),
            port => self.lines.send(port, bytes.to_vec()),
        };
        self.sent(port, now, bytes.len(), sent);
    }

    fn carry_out_effect(&mut self, port: AtPort, now: Tick, effect: Effect) {
        let Emulation { register, observer, .. } = &mut self.emulation;
        match effect {
            Effect::CheckEquipment { ticket, inquiry } => {
                let checked = register.lock().unwrap_or_else(PoisonError::into_inner).check(inquiry);
                match checked {
                    Checked::Now(answer) => self.decided(port, ticket, answer),
                    // The modem goes on, as a module does while its network makes up its mind.
                    Checked::Later(asking) => {
                        self.asked.spawn(async move { (port, ticket, asking.answer().await) });
                    }
                }
            }
            Effect::Tamper { command } => observer.notice(now, port, Notice::Tamper(command)),
            Effect::Restarted => observer.notice(now, port, Notice::Restarted),
            Effect::LineSpeed(speed) if port == AtPort::FIRST => self.orders.wire.modem_speed(speed),
            Effect::DataBegins { call } => {
                // Nobody is there to carry them: as on a line that ends nowhere.
                if !self.far.begin(call, port) {
                    let why = "the data of calls go outside, but nothing was said of where to".to_owned();
                    self.far_is_gone(port, call, Notice::NoFarEnd(why));
                }
            }
            Effect::Data { call, bytes } => self.far.send(call, bytes),
            Effect::DataEnds { call } => {
                let lost = self.far.end(call);
                if lost > 0 {
                    let words =
                        format!("the far end of the call took nothing; {lost} bytes of the client were dropped");
                    self.emulation.observer.notice(now, port, Notice::FarEnd(words));
                }
            }
            // A pseudo-terminal or socket has neither speed nor framing nor flow control of its own.
            Effect::LineSpeed(_) | Effect::Framing { .. } | Effect::FlowControl { .. } => {}
            // Without an exchange the profile says what becomes of a call.
            Effect::Call { ticket, what } => {
                let own = self.emulation.exchange.as_ref().map(|exchange| exchange.call(ticket, what));
                for (ticket, what) in own.into_iter().flatten() {
                    self.emulation.modem.event(now, Event::Call { ticket: Some(ticket), what });
                }
            }
            // Its service centre is the modem's own.
            Effect::Message { from, to, pdu, .. } => {
                self.orders.message_sent(&to, &pdu);
                if let Some(exchange) = &self.emulation.exchange {
                    exchange.message(from, &to, pdu);
                }
            }
        }
    }

    /// A register elsewhere has answered.
    fn answered(&mut self, answered: Result<(AtPort, u32, Answer), JoinError>) {
        // Who asked does not fail, and is ended only with the modem.
        if let Ok((port, ticket, answer)) = answered {
            self.decided(port, ticket, answer);
        }
    }

    /// The register has decided.
    fn decided(&mut self, port: AtPort, ticket: u32, answer: Answer) {
        let now = self.now();
        let Emulation { modem, observer, .. } = &mut self.emulation;
        observer.notice(now, port, Notice::Decision(answer.to_string()));
        for finding in answer.findings.iter().filter(|_| answer.reason == Reason::Failure) {
            observer.notice(now, port, Notice::NoRegister(finding.to_string()));
        }
        modem.event(now, Event::Equipment { ticket, answer });
    }

    fn is(&self, state: &str) -> bool {
        matches!(self.emulation.modem.observe("modem.state"), Some(Observed::Text(word)) if word == state)
    }

    fn now(&self) -> Tick {
        Tick::ZERO + self.started.elapsed()
    }

    fn instant(&self, at: Tick) -> Instant {
        // A deadline beyond what the clock can count is as good as none for some decades.
        const FAR: Duration = Duration::from_secs(30 * 365 * 24 * 3600);
        self.started + at.since(Tick::ZERO).min(FAR)
    }
}

/// What comes from the exchange next; for ever nothing, where there is none.
async fn routed(exchange: &mut Option<Subscription>) -> Routed {
    match exchange {
        Some(exchange) => exchange.next().await,
        None => std::future::pending().await,
    }
}
