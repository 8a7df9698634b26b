//! One control protocol as it negotiates: its packets, its restart timer, its counters.
//!
//! What the options mean is its [`Layer`]'s; here stands what all of them share.
//!
//! Source: RFC 1661, clauses 4.6 and 5.

use std::time::Duration;

use super::automaton::{Action, Happening, State};
use super::sender::Sender;
use crate::modem::Tick;
use crate::wire::ppp::{Code, Options, Packet, Protocol, RawOption};

/// The restart timer.
pub(super) const RESTART: Duration = Duration::from_secs(3);
/// Configure-Requests without an answer.
pub(super) const MAX_CONFIGURE: u8 = 10;
/// Terminate-Requests without an answer.
const MAX_TERMINATE: u8 = 2;
/// Configure-Naks in a row; after that the options are rejected.
const MAX_FAILURE: u8 = 5;

/// What is asked for and what is granted in one protocol.
pub(super) trait Layer {
    /// Its number.
    fn protocol(&self) -> Protocol;

    /// Writes the options that are asked for.
    fn request(&self, out: &mut Vec<u8>);

    /// Judges what the peer asks for. Called anew for each of its requests; what it asked for before is forgotten.
    fn judge(&mut self, options: Options<'_>, verdict: &mut Verdict);

    /// The peer would rather have these values.
    fn nak(&mut self, options: Options<'_>);

    /// The peer does not know these options or will not have them.
    fn reject(&mut self, options: Options<'_>);
}

/// What is said to a Configure-Request.
#[derive(Debug, Default)]
pub(super) struct Verdict {
    /// Options that are not to be had, as they came.
    rejected: Vec<u8>,
    /// Those with other values, as they may be.
    better: Vec<u8>,
    /// The same as they came.
    worse: Vec<u8>,
}

impl Verdict {
    /// This option is not to be had.
    pub(super) fn reject(&mut self, option: RawOption<'_>) {
        option.write(&mut self.rejected);
    }

    /// This option is to be had with another value, which `better` writes.
    pub(super) fn nak(&mut self, option: RawOption<'_>, better: impl FnOnce(&mut Vec<u8>)) {
        option.write(&mut self.worse);
        better(&mut self.better);
    }

    /// This option has to be asked for.
    pub(super) fn missing(&mut self, option: impl FnOnce(&mut Vec<u8>)) {
        option(&mut self.better);
    }
}

/// What has become of a layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Signal {
    Up,
    Down,
    Finished,
}

/// The packet that an event came with.
#[derive(Debug, Clone, Copy)]
struct Cause<'a> {
    identifier: u8,
    /// What the answer carries.
    data: &'a [u8],
    /// How a Configure-Request is answered; else nothing.
    code: Code,
}

/// The state of one control protocol.
#[derive(Debug)]
pub(super) struct Negotiation {
    state: State,
    passive: bool,
    /// How often a request may still be sent.
    tries: u8,
    timer: Option<Tick>,
    /// Of the last request.
    identifier: u8,
    /// The options of the last Configure-Request, with which an Ack has to agree.
    asked: Vec<u8>,
    /// What is asked for has changed since.
    changed: bool,
    /// Naks since the last Ack, and the identifier of what was answered so last: a request that comes again, for the Nak was
    /// lost, is the same one.
    naks: u8,
    nak_to: Option<u8>,
}

impl Negotiation {
    /// Wanted from the start. `passive`: the peer has to begin.
    pub(super) const fn new(passive: bool) -> Self {
        Self {
            state: State::Starting,
            passive,
            tries: 0,
            timer: None,
            identifier: 0,
            asked: Vec::new(),
            changed: true,
            naks: 0,
            nak_to: None,
        }
    }

    pub(super) const fn deadline(&self) -> Option<Tick> {
        self.timer
    }

    pub(super) fn is_open(&self) -> bool {
        self.state == State::Opened
    }

    /// A Terminate-Request is on its way.
    pub(super) const fn is_ending(&self) -> bool {
        matches!(self.state, State::Closing | State::Stopping)
    }

    /// Something that came with no packet.
    pub(super) fn happen(
        &mut self,
        now: Tick,
        happening: Happening,
        layer: &dyn Layer,
        sender: &mut Sender,
    ) -> Option<Signal> {
        self.step(now, happening, Cause { identifier: 0, data: &[], code: Code::ConfigureAck }, layer, sender)
    }

    /// The timer, if it has run off.
    pub(super) fn wake(&mut self, now: Tick, layer: &dyn Layer, sender: &mut Sender) -> Option<Signal> {
        self.timer.filter(|&at| at <= now)?;
        self.timer = None;
        let happening = if self.tries > 0 { Happening::Timeout } else { Happening::LastTimeout };
        self.happen(now, happening, layer, sender)
    }

    /// One of the packets that all control protocols have. `Err`: it is damaged or answers nothing, and is dropped.
    pub(super) fn receive(
        &mut self,
        now: Tick,
        packet: &Packet<'_>,
        layer: &mut dyn Layer,
        sender: &mut Sender,
    ) -> Result<Option<Signal>, Dropped> {
        let Packet { identifier, data, .. } = *packet;
        let mut answer = Vec::new();
        let mut code = Code::ConfigureAck;
        let happening = match Code::from(packet.code) {
            Code::ConfigureRequest => {
                if !Options::are_sound(data) {
                    return Err(Dropped);
                }
                let mut verdict = Verdict::default();
                layer.judge(Options::new(data), &mut verdict);
                (code, answer) = self.answer(verdict, packet);
                if code == Code::ConfigureAck { Happening::GoodRequest } else { Happening::BadRequest }
            }
            Code::ConfigureAck if identifier == self.identifier && data == self.asked => Happening::Ack,
            Code::ConfigureNak if identifier == self.identifier && Options::are_sound(data) => {
                layer.nak(Options::new(data));
                self.changed = true;
                Happening::Nak
            }
            Code::ConfigureReject if identifier == self.identifier && Options::are_sound(data) => {
                layer.reject(Options::new(data));
                self.changed = true;
                Happening::Nak
            }
            Code::ConfigureAck | Code::ConfigureNak | Code::ConfigureReject => return Err(Dropped),
            Code::TerminateRequest => {
                answer = data.to_vec();
                Happening::TerminateRequest
            }
            Code::TerminateAck => Happening::TerminateAck,
            // One that is needed cannot be done without.
            Code::CodeReject => match data.first().copied().map(Code::from) {
                Some(
                    Code::ConfigureRequest
                    | Code::ConfigureAck
                    | Code::ConfigureNak
                    | Code::ConfigureReject
                    | Code::TerminateRequest
                    | Code::TerminateAck
                    | Code::CodeReject,
                ) => Happening::FatallyRejected,
                Some(_) => Happening::Rejected,
                None => return Err(Dropped),
            },
            Code::ProtocolReject
            | Code::EchoRequest
            | Code::EchoReply
            | Code::DiscardRequest
            | Code::Identification
            | Code::TimeRemaining
            | Code::Unknown(_) => {
                packet.write(&mut answer);
                Happening::UnknownCode
            }
        };
        Ok(self.step(now, happening, Cause { identifier, data: &answer, code }, layer, sender))
    }

    /// How a request is answered: with all that is not to be had, else with all that is better, else as it came.
    fn answer(&mut self, verdict: Verdict, request: &Packet<'_>) -> (Code, Vec<u8>) {
        let Verdict { mut rejected, better, worse } = verdict;
        let again = self.nak_to == Some(request.identifier);
        if self.naks >= MAX_FAILURE && !again {
            // It does not come to an end: no more advice.
            rejected.extend(worse);
        } else if rejected.is_empty() && !better.is_empty() {
            self.naks += u8::from(!again);
            self.nak_to = Some(request.identifier);
            return (Code::ConfigureNak, better);
        }
        if rejected.is_empty() {
            self.naks = 0;
            self.nak_to = None;
            (Code::ConfigureAck, request.data.to_vec())
        } else {
            (Code::ConfigureReject, rejected)
        }
    }

    fn step(
        &mut self,
        now: Tick,
        happening: Happening,
        cause: Cause<'_>,
        layer: &dyn Layer,
        sender: &mut Sender,
    ) -> Option<Signal> {
        let (next, actions) = self.state.next(happening, self.passive);
        self.state = next;
        let mut signal = None;
        let mut send = |code: Code, identifier: u8, data: &[u8]| {
            sender.send(layer.protocol(), &Packet { code: code.number(), identifier, data });
        };
        for action in actions {
            match action {
                Action::LayerUp => signal = Some(Signal::Up),
                Action::LayerDown => {
                    signal = Some(Signal::Down);
                    self.changed = true;
                }
                Action::LayerFinished => signal = Some(Signal::Finished),
                Action::InitializeCounter => {
                    let ends = actions.contains(&Action::SendTerminateRequest);
                    self.tries = if ends { MAX_TERMINATE } else { MAX_CONFIGURE };
                }
                Action::ZeroCounter => {
                    self.tries = 0;
                    self.timer = Some(now + RESTART);
                }
                Action::SendRequest => {
                    // The same request, sent again, keeps its identifier: the answer to either will do.
                    if std::mem::take(&mut self.changed) {
                        self.identifier = self.identifier.wrapping_add(1);
                        self.asked.clear();
                        layer.request(&mut self.asked);
                    }
                    self.tries = self.tries.saturating_sub(1);
                    self.timer = Some(now + RESTART);
                    send(Code::ConfigureRequest, self.identifier, &self.asked);
                }
                Action::SendTerminateRequest => {
                    self.identifier = self.identifier.wrapping_add(1);
                    self.changed = true;
                    self.tries = self.tries.saturating_sub(1);
                    self.timer = Some(now + RESTART);
                    send(Code::TerminateRequest, self.identifier, &[]);
                }
                Action::SendAck | Action::SendNak => send(cause.code, cause.identifier, cause.data),
                Action::SendTerminateAck => send(Code::TerminateAck, cause.identifier, cause.data),
                Action::SendCodeReject => {
                    self.identifier = self.identifier.wrapping_add(1);
                    self.changed = true;
                    send(Code::CodeReject, self.identifier, cause.data);
                }
            }
        }
        if !self.state.is_timed() {
            self.timer = None;
        }
        signal
    }
}

/// A packet that was dropped: damaged, or an answer to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Dropped;
