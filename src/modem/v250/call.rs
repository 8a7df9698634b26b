//! Calls as the line sees them: dialled, rung, answered, in data state, ended.
//!
//! Source: ITU-T V.250, clause 6.3; 3GPP TS 27.007, clause 6; `*99#` as TS 27.060 has it.

use std::time::Duration;

use crate::modem::call::{self, CallEvent, CallList, Cause, Dialled, Ending, Offer};
use crate::modem::command::{Call, Entry, Owner, Pending, Reply};
use crate::modem::profile::{DialOutcome, Profile};
use crate::modem::{AtPort, Mode, Modem, Network, Phonebook, Setting, Tick, Ussd};
use crate::wire::command::{Command, Target};
use crate::wire::result::{CmeError, FinalResult};

use super::Online;

/// A dial string has at most so many digits.
const LONGEST: usize = 80;

pub(super) const COMMANDS: &[Entry] =
    &[Entry::new("D", dial), Entry::new("A", answer), Entry::new("H", hook), Entry::new("O", back_online)];

/// The calls there are: those of a circuit stand in call control's list, the one of packet data here.
#[derive(Debug, Default)]
pub(in crate::modem) struct Calls {
    pub(in crate::modem) circuit: CallList,
    packet: Packet,
    /// The port that dialled the packet call: its data go there, and its DTR ends it.
    pub(super) port: Option<AtPort>,
    /// The number dialled last, for `DL`.
    last: Box<str>,
    /// Bytes taken in data states that have ended.
    data: u64,
    /// Keys that were pressed in calls since power-up, the last ones.
    pub(in crate::modem) tones: String,
}

/// The packet call: `*99#`.
#[derive(Debug, Default)]
pub(super) enum Packet {
    /// There is none.
    #[default]
    None,
    /// Being set up.
    Dialling { ends: Tick, outcome: DialOutcome, silence: bool },
    /// Standing. `cut`: what carried it is gone, and it ends then if that does not come back.
    Active { cut: Option<Tick> },
}

impl Calls {
    pub(in crate::modem) fn deadline(&self) -> Option<Tick> {
        let packet = match self.packet {
            Packet::Dialling { ends, .. } => Some(ends),
            Packet::Active { cut } => cut,
            Packet::None => None,
        };
        [packet, self.circuit.deadline()].into_iter().flatten().min()
    }

    /// A keystroke ends the call that this port is setting up. Source: V.250, clause 6.3.1.
    pub(in crate::modem) fn abort(modem: &mut Modem, now: Tick) -> Reply {
        let port = modem.terminal.port;
        if matches!(modem.calls.packet, Packet::Dialling { .. }) && modem.calls.port == Some(port) {
            modem.calls.packet = Packet::None;
            modem.calls.port = None;
        } else {
            modem.abort_dialling(now, port);
        }
        modem.calls_changed(now);
        Reply::Result(FinalResult::NoCarrier)
    }

    /// Whether a data call of this port stands.
    pub(in crate::modem) fn has_carrier(&self, port: AtPort) -> bool {
        self.port == Some(port) && matches!(self.packet, Packet::Active { .. }) || self.circuit.has_data_of(port)
    }

    /// Whether a data call of any port stands, or is being set up.
    pub(in crate::modem) const fn has_packet(&self) -> bool {
        !matches!(self.packet, Packet::None)
    }

    pub(in crate::modem) fn is_ringing(&self) -> bool {
        self.circuit.rings()
    }

    /// Whether there is no call of any kind.
    pub(in crate::modem) const fn is_idle(&self) -> bool {
        matches!(self.packet, Packet::None) && self.circuit.is_empty()
    }

    pub(in crate::modem) fn word(&self) -> &'static str {
        match (&self.packet, self.circuit.word()) {
            (Packet::Active { .. }, "none" | "dialling" | "ringing") => "data",
            (Packet::Dialling { .. }, "none") => "dialling",
            (Packet::None | Packet::Dialling { .. } | Packet::Active { .. }, word) => word,
        }
    }

    /// Whether packet data stand on the data call.
    pub(in crate::modem) const fn is_packet(&self) -> bool {
        matches!(self.packet, Packet::Active { .. })
    }

    /// Bytes taken in data states that have ended.
    pub(in crate::modem) const fn data(&self) -> u64 {
        self.data
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
    if number.len() > LONGEST {
        return Reply::Cme(CmeError::DIAL_STRING_TOO_LONG);
    }
    modem.calls.last = number.as_str().into();
    // V.250 clause 6.3.1.6: `@` waits for silence, and says that none came.
    let silence = dialled.raw().contains(&b'@');
    if number.starts_with("*99") || number.starts_with("*98") {
        return dial_packet(modem, call.now, &number, silence);
    }
    if dialled.is_voice() {
        let emergency = Network::is_emergency(modem, &number);
        if !emergency && !Phonebook::permits(modem, &number) {
            return Reply::Cme(CmeError::OPERATION_NOT_ALLOWED);
        }
        Phonebook::dialled(modem, &number);
    } else if modem.calls.has_packet() {
        return Reply::Result(FinalResult::NoCarrier);
    }
    // TS 27.007 clause 5.6 (+CSTA): 145 makes a number international that does not say so.
    let plain = number.bytes().all(|byte| byte.is_ascii_digit());
    let number = match modem.setting(Setting::AddressType) {
        145 if plain && !number.is_empty() => format!("+{number}"),
        _ => number,
    };
    let wish = Dialled { number, voice: dialled.is_voice(), hides: dialled.hides_number(), silence };
    call::set_up(modem, call.now, wish)
}

/// `D*99#`: data over the packet domain.
fn dial_packet(modem: &mut Modem, now: Tick, number: &str, silence: bool) -> Reply {
    if modem.calls.has_packet() || modem.calls.circuit.knows_data() {
        return Reply::Result(FinalResult::NoCarrier);
    }
    if let Err(reply) = Network::dial(modem, number) {
        return reply;
    }
    let profile = modem.profile.clone();
    let outcome = match profile.dial.numbers.get(number).copied().unwrap_or(profile.dial.packet) {
        DialOutcome::Error => return Reply::Error,
        DialOutcome::Connect
        | DialOutcome::Busy
        | DialOutcome::NoAnswer
        | DialOutcome::NoCarrier
        | DialOutcome::NoDialtone
            if !modem.network.serves_packet() =>
        {
            DialOutcome::NoCarrier
        }
        outcome @ (DialOutcome::Connect
        | DialOutcome::Busy
        | DialOutcome::NoAnswer
        | DialOutcome::NoCarrier
        | DialOutcome::NoDialtone) => outcome,
    };
    let limit = call::connect_limit(modem);
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
    modem.calls.packet = Packet::Dialling { ends: now + time, outcome, silence };
    modem.calls.port = Some(modem.terminal.port);
    Reply::Later(Pending::by(Owner::Calls).abortable())
}

/// `A`: takes the call that comes in, or waits. Source: V.250, clause 6.3.5.
fn answer(modem: &mut Modem, call: &Call<'_>) -> Reply {
    modem.take_call(call.now)
}

/// `H[0]`: ends the call. Source: V.250, clause 6.3.6; 3GPP TS 27.007, clause 6.20: `+CVHU=1` keeps a voice call.
fn hook(modem: &mut Modem, call: &Call<'_>) -> Reply {
    if call.number() != 0 {
        return Reply::Error;
    }
    modem.hang_up_data(call.now);
    if modem.setting(Setting::VoiceHangUp) != 1 {
        modem.hang_up_voice(call.now, true);
    }
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
        if self.calls.has_packet() || self.calls.circuit.knows_data() || !self.network.serves_packet() {
            return Reply::Result(FinalResult::NoCarrier);
        }
        let ends = now + self.profile.dial.time.0;
        self.calls.packet = Packet::Dialling { ends, outcome: DialOutcome::Connect, silence: false };
        self.calls.port = Some(self.terminal.port);
        Reply::Later(Pending::by(Owner::Calls).abortable())
    }

    /// Ends the calls of the port that is served, but one that waits; those of other ports are not its own to end.
    pub(in crate::modem) fn hang_up_own(&mut self, now: Tick) {
        self.hang_up_data(now);
        let port = self.terminal.port;
        self.end_calls(now, |call| call.is_of(port), Cause::NORMAL);
    }

    /// Ends the data call of the port that is served: another port's is not its own to end.
    fn hang_up_data(&mut self, now: Tick) {
        let port = self.terminal.port;
        if self.calls.port == Some(port) {
            self.leave_data_state();
            self.packet_goes();
        }
        if self.calls.circuit.has_data_of(port) {
            self.end_data_calls(now);
        }
        self.calls_changed(now);
    }

    /// There is no packet call any more: neither its data nor its context have one.
    pub(super) fn packet_goes(&mut self) -> Packet {
        // What is told of the context is told to a port that takes commands again.
        if matches!(self.calls.packet, Packet::Active { .. })
            && let Some(port) = self.calls.port
        {
            self.at(port, |modem| modem.leave_data_state());
        }
        let packet = std::mem::take(&mut self.calls.packet);
        self.calls.port = None;
        self.data_ends();
        if matches!(packet, Packet::Active { .. }) {
            Network::hung_up(self);
        }
        packet
    }

    /// `CONNECT` has been said: data state.
    pub(in crate::modem) fn go_online(&mut self, now: Tick) -> Mode {
        // A call that was answered or taken up again stands already, and stays what it is.
        if !self.calls.has_carrier(self.terminal.port) {
            self.calls.packet = Packet::Active { cut: None };
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

    /// What V.250 calls the end of a call that was not set up: X says which of the reasons can be told.
    ///
    /// Source: V.250, clause 6.2.7.
    pub(in crate::modem) fn progress_result(&self, ending: Ending, silence: bool) -> FinalResult {
        let progress = self.setting(Setting::Progress);
        match ending {
            Ending::Released(Cause::BUSY) if matches!(progress, 3 | 4) => FinalResult::Busy,
            Ending::Released(Cause::NO_ANSWER) if silence => FinalResult::NoAnswer,
            Ending::NoDialtone if matches!(progress, 2 | 4) => FinalResult::NoDialtone,
            Ending::Released(_) | Ending::NoDialtone => FinalResult::NoCarrier,
        }
    }

    /// A call comes in, as the profile has calls.
    pub(in crate::modem) fn ring(&mut self, now: Tick, from: String) {
        let data = self.profile.dial.incoming_data;
        self.offered(now, Offer { ticket: None, from, name: String::new(), data, forwarded: false });
    }

    /// The other end goes.
    pub(in crate::modem) fn remote_hangup(&mut self, now: Tick) {
        if self.calls.circuit.is_empty() {
            self.packet_ends(now);
        } else {
            self.call_event(now, None, CallEvent::Released { cause: Cause::NORMAL.number() });
        }
    }

    /// The far end of the data call goes.
    pub(in crate::modem) fn data_call_ends(&mut self, now: Tick) {
        if self.calls.has_packet() {
            self.packet_ends(now);
        } else {
            self.remote_hangup(now);
        }
    }

    /// What carried calls is not there any more.
    pub(in crate::modem) fn no_radio(&mut self, now: Tick) {
        self.packet_ends(now);
        self.drop_calls(now);
    }

    /// The packet call goes, and its port hears of it.
    fn packet_ends(&mut self, now: Tick) {
        if matches!(self.calls.packet, Packet::Active { .. }) && self.data_takes_leave(now) {
            self.calls.packet = Packet::Active { cut: None };
            return;
        }
        let port = self.calls.port.unwrap_or(self.terminal.port);
        self.at(port, |modem| match modem.packet_goes() {
            Packet::None => {}
            Packet::Dialling { .. } => modem.complete(now, Owner::Calls, Reply::Result(FinalResult::NoCarrier)),
            Packet::Active { .. } => modem.unsolicited_here(FinalResult::NoCarrier),
        });
        self.calls_changed(now);
    }

    /// The power goes.
    pub(in crate::modem) fn calls_lose_power(&mut self) {
        self.lose_calls();
        self.calls = Calls::default();
    }

    /// The network has changed: a call that nothing carries any more ends, after the time of S10 for what carries it to
    /// come back.
    ///
    /// Source: V.250, clause 6.3.12.
    pub(in crate::modem) fn calls_follow_the_network(&mut self, now: Tick) {
        if let Packet::Active { cut } = self.calls.packet {
            let delay = Duration::from_millis(u64::from(self.setting(Setting::Disconnect)) * 100);
            let cut = (!self.network.carries_call()).then(|| cut.unwrap_or(now + delay));
            self.calls.packet = Packet::Active { cut };
        }
        self.circuits_follow_the_network(now);
    }

    /// Rings, and ends of calls and of dialling, that are due at `at`.
    pub(in crate::modem) fn calls_due(&mut self, at: Tick) {
        match self.calls.packet {
            Packet::Active { cut: Some(due) } if due <= at => self.packet_ends(at),
            Packet::Dialling { ends, outcome, silence } if ends <= at => {
                let port = self.calls.port.unwrap_or(self.terminal.port);
                self.at(port, |modem| modem.packet_dialled(at, outcome, silence));
            }
            Packet::None | Packet::Dialling { .. } | Packet::Active { .. } => {}
        }
        self.circuits_due(at);
        if self.calls.circuit.next_ring().is_some_and(|due| due <= at) {
            self.ring_once(at);
        }
    }

    /// V.250 clause 6.3.8: S1 counts, S0 says at which ring the call is taken.
    fn ring_once(&mut self, at: Tick) {
        let rings = self.setting(Setting::RingCount) + 1;
        self.set(Setting::RingCount, rings.min(255));
        call::ring(self);
        let pause = self.profile.urc.ring.0.max(Duration::from_millis(100));
        self.calls.circuit.ring_again(at + pause);
        self.at_each(|modem| {
            let wanted = modem.setting(Setting::AutoAnswer);
            let free = matches!(modem.terminal.mode, Mode::Command) && modem.dtr_allows_answer();
            if modem.calls.is_ringing() && wanted != 0 && rings >= wanted && free {
                modem.give_unsolicited(at);
                if modem.take_call(at) == Reply::Connect {
                    modem.connect_now(at);
                }
            }
        });
    }

    fn packet_dialled(&mut self, now: Tick, outcome: DialOutcome, silence: bool) {
        self.calls.packet = Packet::None;
        let refused = |ending| Reply::Result(self.progress_result(ending, silence));
        let reply = match outcome {
            DialOutcome::Connect if !self.network.serves_packet() => Reply::Result(FinalResult::NoCarrier),
            DialOutcome::Connect => match Network::connect(self, now) {
                Ok(()) => {
                    self.calls.packet = Packet::Active { cut: None };
                    Reply::Connect
                }
                Err(reply) => reply,
            },
            DialOutcome::Busy => refused(Ending::Released(Cause::BUSY)),
            DialOutcome::NoDialtone => refused(Ending::NoDialtone),
            DialOutcome::NoAnswer => refused(Ending::Released(Cause::NO_ANSWER)),
            DialOutcome::NoCarrier => refused(Ending::Released(Cause::UNSPECIFIED)),
            DialOutcome::Error => Reply::Error,
        };
        if reply != Reply::Connect {
            self.calls.port = None;
        }
        self.calls_changed(now);
        self.complete(now, Owner::Calls, reply);
    }

    /// Takes the call that comes in, or waits, on the port that is served.
    fn take_call(&mut self, now: Tick) -> Reply {
        match self.calls.circuit.answer(self.terminal.port) {
            Ok(changes) => {
                self.take_changes(now, changes);
                if self.calls.circuit.has_data_of(self.terminal.port) { Reply::Connect } else { Reply::Ok }
            }
            Err(call::NotNow) => Reply::Result(FinalResult::NoCarrier),
        }
    }

    /// `&D0`, or DTR is ON. Source: V.250, clause 6.2.9.
    fn dtr_allows_answer(&self) -> bool {
        self.terminal.dtr || self.setting(Setting::Terminal) == 0
    }
}
