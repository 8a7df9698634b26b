//! Calls as the line sees them: dialled, rung, answered, in data state, ended.
//!
//! Source: ITU-T V.250, clause 6.3; 3GPP TS 27.007, clause 6; `*99#` as TS 27.060 has it.

use std::time::Duration;

use crate::modem::command::{Call, Entry, Owner, Pending, Reply};
use crate::modem::profile::{DialOutcome, Profile};
use crate::modem::unsolicited::Urc;
use crate::modem::{AtPort, Mode, Modem, Network, Phonebook, Setting, Tick, Ussd};
use crate::wire::command::{Command, Target};
use crate::wire::result::{CmeError, FinalResult};

use super::Online;

/// How long a network lets the other end ring.
const NETWORK_GIVES_UP: Duration = Duration::from_secs(60);

pub(super) const COMMANDS: &[Entry] =
    &[Entry::new("D", dial), Entry::new("A", answer), Entry::new("H", hook), Entry::new("O", back_online)];

/// The one call that the line can have.
#[derive(Debug, Default)]
pub(in crate::modem) struct Calls {
    call: State,
    /// The number dialled last, for `DL`.
    last: Box<str>,
    /// Who calls, as long as nobody has taken the call; empty: withheld.
    caller: Option<String>,
    /// Bytes taken in data states that have ended.
    data: u64,
    /// The port that dialled the call or took it: its data go there, and its DTR ends it.
    port: Option<AtPort>,
}

#[derive(Debug, Default)]
enum State {
    /// No call.
    #[default]
    None,
    /// Being set up by the host.
    Dialling { kind: Kind, ends: Tick, outcome: DialOutcome, silence: bool },
    /// Coming in.
    Ringing { kind: Kind, next: Tick },
    /// Standing. `cut`: what carried it is gone, and it ends then if that does not come back.
    Active { kind: Kind, cut: Option<Tick> },
}

/// What a call carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Voice,
    /// Data on a circuit.
    Data,
    /// Packet data: `*99#`.
    Packet,
}

impl Kind {
    const fn is_data(self) -> bool {
        match self {
            Self::Data | Self::Packet => true,
            Self::Voice => false,
        }
    }
}

impl Calls {
    pub(in crate::modem) const fn deadline(&self) -> Option<Tick> {
        match self.call {
            State::Dialling { ends, .. } => Some(ends),
            State::Ringing { next, .. } => Some(next),
            State::Active { cut, .. } => cut,
            State::None => None,
        }
    }

    /// A keystroke ends the call that is being set up. Source: V.250, clause 6.3.1.
    pub(in crate::modem) fn abort(modem: &mut Modem, _now: Tick) -> Reply {
        modem.hang_up();
        Reply::Result(FinalResult::NoCarrier)
    }

    /// Whether the data call of this port stands.
    pub(in crate::modem) fn has_carrier(&self, port: AtPort) -> bool {
        self.port == Some(port) && matches!(self.call, State::Active { kind: Kind::Data | Kind::Packet, .. })
    }

    pub(in crate::modem) const fn is_ringing(&self) -> bool {
        matches!(self.call, State::Ringing { .. })
    }

    /// Whether there is no call of any kind.
    pub(in crate::modem) const fn is_idle(&self) -> bool {
        matches!(self.call, State::None)
    }

    pub(in crate::modem) const fn word(&self) -> &'static str {
        match self.call {
            State::None => "none",
            State::Dialling { .. } => "dialling",
            State::Ringing { .. } => "ringing",
            State::Active { kind: Kind::Voice, .. } => "voice",
            State::Active { kind: Kind::Data | Kind::Packet, .. } => "data",
        }
    }

    /// Bytes taken in data states that have ended.
    pub(in crate::modem) const fn data(&self) -> u64 {
        self.data
    }

    /// Whether packet data stand on the call.
    pub(in crate::modem) const fn is_packet(&self) -> bool {
        matches!(self.call, State::Active { kind: Kind::Packet, .. })
    }

    pub(super) const fn count(&mut self, bytes: u64) {
        self.data += bytes;
    }
}

/// `D<dial string>[;]`
fn dial(modem: &mut Modem, call: &Call<'_>) -> Reply {
    let Command::Dial(dialled) = call.command else {
        return Reply::Error;
    };
    if !matches!(modem.calls.call, State::None) {
        return Reply::Result(FinalResult::NoCarrier);
    }
    let number: String = match dialled.target() {
        Target::Last => modem.calls.last.as_ref().to_owned(),
        Target::Number(_) => dialled.digits().map(char::from).collect(),
        target @ (Target::Entry { .. } | Target::Called(_)) => match Phonebook::target(modem, &target) {
            Ok(number) => number.unwrap_or_default(),
            Err(error) => return error.into(),
        },
    };
    if let Some(reply) = Ussd::dialled(modem, call.now, &number) {
        return reply;
    }
    let profile = modem.profile.clone();
    modem.calls.last = number.as_str().into();
    let packet = number.starts_with("*99") || number.starts_with("*98");
    let (kind, served, usual) = if packet {
        if let Err(reply) = Network::dial(modem, &number) {
            return reply;
        }
        (Kind::Packet, modem.network.serves_packet(), profile.dial.packet)
    } else if dialled.is_voice() {
        let emergency = Network::is_emergency(modem, &number);
        if !emergency && !Phonebook::permits(modem, &number) {
            return Reply::Cme(CmeError::OPERATION_NOT_ALLOWED);
        }
        Phonebook::dialled(modem, &number);
        let served = if emergency { Network::begin_emergency(modem) } else { modem.network.serves_voice() };
        (Kind::Voice, served, profile.dial.voice)
    } else {
        (Kind::Data, modem.network.serves_voice(), profile.dial.data)
    };
    let outcome = profile.dial.numbers.get(&number).copied().unwrap_or(usual);
    let outcome = match outcome {
        DialOutcome::Error => return Reply::Error,
        DialOutcome::Connect
        | DialOutcome::Busy
        | DialOutcome::NoAnswer
        | DialOutcome::NoCarrier
        | DialOutcome::NoDialtone
            if number.is_empty() || !served =>
        {
            DialOutcome::NoCarrier
        }
        DialOutcome::Connect if kind == Kind::Voice => {
            // Command state at once; how the call goes on shows elsewhere.
            return modem.take_call(kind);
        }
        DialOutcome::Connect
        | DialOutcome::Busy
        | DialOutcome::NoAnswer
        | DialOutcome::NoCarrier
        | DialOutcome::NoDialtone => outcome,
    };
    // V.250 clause 6.3.10: a call that is not there by then is given up. Makers' 0 is no limit of the modem's own, and the
    // network gives up in its place.
    let limit = match modem.setting(Setting::ConnectTime) {
        0 => NETWORK_GIVES_UP,
        seconds => Duration::from_secs(seconds.into()),
    };
    let (time, outcome) = match outcome {
        DialOutcome::NoAnswer => (limit, outcome),
        DialOutcome::Connect
        | DialOutcome::Busy
        | DialOutcome::NoCarrier
        | DialOutcome::NoDialtone
        | DialOutcome::Error
            if profile.dial.time.0 > limit =>
        {
            (limit, DialOutcome::NoCarrier)
        }
        DialOutcome::Connect
        | DialOutcome::Busy
        | DialOutcome::NoCarrier
        | DialOutcome::NoDialtone
        | DialOutcome::Error => (profile.dial.time.0, outcome),
    };
    // V.250 clause 6.3.1.6: `@` waits for silence, and says that none came.
    let silence = dialled.raw().contains(&b'@');
    modem.calls.call = State::Dialling { kind, ends: call.now + time, outcome, silence };
    modem.calls.port = Some(modem.terminal.port);
    Reply::Later(Pending::by(Owner::Calls).abortable())
}

/// `A`: takes the call that comes in. Source: V.250, clause 6.3.5.
fn answer(modem: &mut Modem, _call: &Call<'_>) -> Reply {
    match modem.calls.call {
        State::Ringing { kind, .. } => modem.take_call(kind),
        State::None | State::Dialling { .. } | State::Active { .. } => Reply::Result(FinalResult::NoCarrier),
    }
}

/// `H[0]`: ends the call. Source: V.250, clause 6.3.6.
fn hook(modem: &mut Modem, call: &Call<'_>) -> Reply {
    if call.number() != 0 {
        return Reply::Error;
    }
    modem.hang_up();
    Reply::Ok
}

/// `O[0]`: back to the data of the call that stands. Source: V.250, clause 6.3.7.
fn back_online(modem: &mut Modem, call: &Call<'_>) -> Reply {
    if call.number() > 1 {
        return Reply::Error;
    }
    if modem.calls.has_carrier(modem.terminal.port) { Reply::Connect } else { Reply::Result(FinalResult::NoCarrier) }
}

impl Modem {
    /// Dials the context that was chosen, as `+CGDATA` does.
    pub(in crate::modem) fn dial_packets(&mut self, now: Tick) -> Reply {
        if !matches!(self.calls.call, State::None) || !self.network.serves_packet() {
            return Reply::Result(FinalResult::NoCarrier);
        }
        let ends = now + self.profile.dial.time.0;
        self.calls.call = State::Dialling { kind: Kind::Packet, ends, outcome: DialOutcome::Connect, silence: false };
        self.calls.port = Some(self.terminal.port);
        Reply::Later(Pending::by(Owner::Calls).abortable())
    }

    /// Ends whatever call there is.
    pub(in crate::modem) fn hang_up(&mut self) {
        let call = std::mem::take(&mut self.calls.call);
        self.calls.port = None;
        self.data_ends();
        if let Some(caller) = self.calls.caller.take() {
            Phonebook::missed(self, &caller);
        }
        if matches!(call, State::Active { kind: Kind::Packet, .. }) {
            Network::hung_up(self);
        }
        Network::end_emergency(self);
        self.show_lines();
    }

    /// `CONNECT` has been said: data state.
    pub(in crate::modem) fn go_online(&mut self, now: Tick) -> Mode {
        // A call that was answered or taken up again stands already, and stays what it is.
        if !self.calls.has_carrier(self.terminal.port) {
            self.calls.call = State::Active { kind: Kind::Data, cut: None };
            self.calls.port = Some(self.terminal.port);
        }
        self.show_lines();
        self.data_state_begins(now);
        Mode::Online(Online::new(now))
    }

    /// What follows `CONNECT`; X0 keeps it back. Source: V.250, clause 6.2.7.
    pub(in crate::modem) fn connect_text<'a>(&self, profile: &'a Profile) -> Option<&'a str> {
        let text = profile.dial.speed.as_str();
        (self.setting(Setting::Progress) > 0 && !text.is_empty()).then_some(text)
    }

    /// A call comes in, if there is a network to bring it and none stands.
    pub(in crate::modem) fn ring(&mut self, now: Tick, from: String) {
        if self.supply.is_there() && matches!(self.calls.call, State::None) && self.network.serves_voice() {
            let kind = if self.profile.dial.incoming_data { Kind::Data } else { Kind::Voice };
            self.calls.call = State::Ringing { kind, next: now };
            self.calls.caller = Some(from);
            self.set(Setting::RingCount, 0);
            self.show_lines();
            self.calls_due(now);
        }
    }

    /// The other end goes.
    pub(in crate::modem) fn remote_hangup(&mut self, now: Tick) {
        match self.calls.call {
            State::None | State::Ringing { .. } => self.hang_up(),
            State::Dialling { .. } => {
                self.hang_up();
                self.complete(now, Owner::Calls, Reply::Result(FinalResult::NoCarrier));
            }
            State::Active { kind, .. } => {
                if kind.is_data() && self.data_takes_leave(now) {
                    self.calls.call = State::Active { kind, cut: None };
                    return;
                }
                let port = self.calls.port.unwrap_or(self.terminal.port);
                self.at(port, |modem| {
                    modem.leave_data_state();
                    modem.hang_up();
                    modem.unsolicited_here(FinalResult::NoCarrier);
                });
            }
        }
    }

    /// Whether what carries a call of this kind is there.
    fn carries(&self, kind: Kind) -> bool {
        match kind {
            Kind::Packet => self.network.carries_call(),
            Kind::Data => self.network.serves_voice(),
            Kind::Voice => self.network.serves_voice() || self.network.serves_emergency(),
        }
    }

    /// The network has changed: a call that nothing carries any more ends, after the time of S10 for what carries it to
    /// come back.
    ///
    /// Source: V.250, clause 6.3.12.
    pub(in crate::modem) fn calls_follow_the_network(&mut self, now: Tick) {
        match self.calls.call {
            State::None | State::Dialling { .. } => {}
            State::Ringing { kind, .. } => {
                if !self.carries(kind) {
                    self.hang_up();
                }
            }
            State::Active { kind, cut } => {
                let delay = Duration::from_millis(u64::from(self.setting(Setting::Disconnect)) * 100);
                let cut = (!self.carries(kind)).then(|| cut.unwrap_or(now + delay));
                self.calls.call = State::Active { kind, cut };
            }
        }
    }

    /// Rings, and ends of calls and of dialling, that are due at `at`.
    pub(in crate::modem) fn calls_due(&mut self, at: Tick) {
        match self.calls.call {
            State::Active { cut: Some(due), .. } if due <= at => self.remote_hangup(at),
            State::Dialling { kind, ends, outcome, silence } if ends <= at => {
                let port = self.calls.port.unwrap_or(self.terminal.port);
                self.at(port, |modem| modem.dialled(at, kind, outcome, silence));
            }
            State::Ringing { kind, next } if next <= at => {
                // V.250 clause 6.3.8: S1 counts, S0 says at which ring the call is taken.
                let rings = self.setting(Setting::RingCount) + 1;
                self.set(Setting::RingCount, rings.min(255));
                self.unsolicited(Urc::Ring);
                let next = next + self.profile.urc.ring.0.max(Duration::from_millis(100));
                self.calls.call = State::Ringing { kind, next };
                self.at_each(|modem| {
                    let wanted = modem.setting(Setting::AutoAnswer);
                    let free = matches!(modem.terminal.mode, Mode::Command) && modem.dtr_allows_answer();
                    if modem.calls.is_ringing() && wanted != 0 && rings >= wanted && free {
                        modem.give_unsolicited(at);
                        modem.take_call(kind);
                        if kind.is_data() {
                            modem.connect_now(at);
                        }
                    }
                });
            }
            State::None | State::Dialling { .. } | State::Ringing { .. } | State::Active { .. } => {}
        }
    }

    fn dialled(&mut self, now: Tick, kind: Kind, outcome: DialOutcome, silence: bool) {
        self.calls.call = State::None;
        let served = self.carries(kind);
        // V.250 clause 6.2.7: X says which of the reasons can be told.
        let progress = self.setting(Setting::Progress);
        let told = |result: FinalResult, from: &[u32]| {
            Reply::Result(if from.contains(&progress) { result } else { FinalResult::NoCarrier })
        };
        let reply = match outcome {
            DialOutcome::Connect if !served => Reply::Result(FinalResult::NoCarrier),
            DialOutcome::Connect if kind == Kind::Packet => match Network::connect(self, now) {
                Ok(()) => self.take_call(kind),
                Err(reply) => reply,
            },
            DialOutcome::Connect => self.take_call(kind),
            DialOutcome::Busy => told(FinalResult::Busy, &[3, 4]),
            DialOutcome::NoDialtone => told(FinalResult::NoDialtone, &[2, 4]),
            DialOutcome::NoAnswer if silence => Reply::Result(FinalResult::NoAnswer),
            DialOutcome::NoAnswer | DialOutcome::NoCarrier => Reply::Result(FinalResult::NoCarrier),
            DialOutcome::Error => Reply::Error,
        };
        self.complete(now, Owner::Calls, reply);
    }

    fn take_call(&mut self, kind: Kind) -> Reply {
        if let Some(caller) = self.calls.caller.take() {
            Phonebook::received(self, &caller);
        }
        self.calls.call = State::Active { kind, cut: None };
        self.calls.port = Some(self.terminal.port);
        self.show_lines();
        if kind.is_data() { Reply::Connect } else { Reply::Ok }
    }

    /// `&D0`, or DTR is ON. Source: V.250, clause 6.2.9.
    fn dtr_allows_answer(&self) -> bool {
        self.terminal.dtr || self.setting(Setting::Terminal) == 0
    }

    /// Circuit 108 has this state now.
    pub(in crate::modem) fn circuit_108(&mut self, now: Tick, on: bool) {
        let was = std::mem::replace(&mut self.terminal.dtr, on);
        if was && !on {
            self.drop_multiplexer(now);
            self.dtr_drop(now);
        }
    }

    /// The last client of the port has gone.
    pub(in crate::modem) fn closed(&mut self, now: Tick) {
        self.drop_multiplexer(now);
        let mark = self.terminal.outbox.mark();
        self.terminal.ahead = Vec::new();
        self.dtr_drop(now);
        self.leave_prompt(now);
        self.abort(now);
        self.leave_data_state();
        self.terminal.line.clear();
        // A result that nobody can read is not kept for the next client.
        self.terminal.outbox.rewind(mark);
    }

    /// DTR went OFF. Source: V.250, clause 6.2.9 (`&D`).
    fn dtr_drop(&mut self, now: Tick) {
        let online = matches!(self.terminal.mode, Mode::Online(_));
        if self.setting(Setting::Terminal) != 0 {
            self.leave_prompt(now);
        }
        match self.setting(Setting::Terminal) {
            0 => {}
            1 => {
                if online {
                    self.leave_data_state();
                    self.result_now(FinalResult::Ok);
                }
            }
            // Another port's call is not this one's to end.
            _ if self.calls.port != Some(self.terminal.port) => {}
            _ => match self.calls.call {
                // A voice call needs no line.
                State::None | State::Ringing { .. } | State::Active { kind: Kind::Voice, .. } => {}
                State::Dialling { .. } => {
                    self.hang_up();
                    self.complete(now, Owner::Calls, Reply::Result(FinalResult::NoCarrier));
                }
                State::Active { kind: Kind::Data | Kind::Packet, .. } => {
                    self.data_takes_leave(now);
                    self.leave_data_state();
                    self.hang_up();
                    self.result_now(FinalResult::NoCarrier);
                }
            },
        }
    }
}
