//! What the world does to a modem: power, SIM card, radio, network, callers, and the answers to what it asked.

use super::call::CallEvent;
use super::equipment::Clock;
use super::{canned, sms};
use crate::identity::Plmn;
use crate::register;

/// Something that happens to the modem from outside, at the tick that is given with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The supply.
    Power(Power),
    /// The card in its holder.
    Sim(SimEvent),
    /// What the antenna receives, in dBm (−113 to −51 can be told apart by `+CSQ`); `None`: nothing.
    Signal(Option<i16>),
    /// The network.
    Network(NetworkEvent),
    /// The register's answer to the `Effect::CheckEquipment` with this ticket. An unknown ticket is ignored.
    Equipment {
        /// The ticket of the inquiry.
        ticket: u32,
        /// The answer.
        answer: register::Answer,
    },
    /// Somebody calls.
    Ring {
        /// The caller's number; empty if it is withheld.
        from: String,
    },
    /// The other end hangs up.
    Hangup,
    /// What came from outside for the call of `Effect::DataBegins` with this number; [`Modem::data_room`](super::Modem::data_room)
    /// says how much of it is taken.
    Data {
        /// The call. Another one's data are ignored.
        call: u32,
        /// The data.
        bytes: Vec<u8>,
    },
    /// Outside there is nobody any more for the call with this number: it ends.
    DataEnds {
        /// The call. Another one's end is ignored.
        call: u32,
    },
    /// A call goes on as its other end, or who carries it, wants.
    Call {
        /// Which one; `None`: the one that it fits.
        ticket: Option<u32>,
        /// What happens.
        what: CallEvent,
    },
    /// These bytes are given as an unsolicited result: line ends are added, as for the modem's own.
    Urc(Vec<u8>),
    /// The modem's clock is set: `"26/11/22,12:00:00+00"`, as `+CCLK` has it.
    Clock(String),
    /// The circuits that the DTE drives have this state.
    Lines {
        /// Circuit 108, data terminal ready.
        dtr: bool,
        /// Circuit 105, request to send: ready for receiving.
        rts: bool,
    },
    /// The last client of the port went away: DTR drops, a line half typed is forgotten, settings stay.
    Closed,
    /// From here on the command is answered with this text; with `None` by the modem itself again.
    Answer {
        /// A command as a host sends it: `AT+CSQ`.
        command: String,
        /// Information lines and result code, by LF; without a result code OK is added.
        with: Option<String>,
    },
    /// The modem starts anew by itself, as after a crash.
    Reboot,
    /// A short message comes in.
    Sms {
        /// The originating address.
        from: String,
        /// Its text.
        text: String,
    },
    /// A short message comes in as its service centre sends it: the centre's address, then SMS-DELIVER or SMS-STATUS-REPORT.
    SmsPdu(Vec<u8>),
    /// What became of the message of the `Effect::Message` with this ticket. An unknown ticket is ignored.
    SmsStatus {
        /// The ticket of the message.
        ticket: u32,
        /// TP-ST: 0 it was received.
        status: u8,
    },
}

impl Event {
    /// Whether a modem can make something of what the event comes with; it lets pass what it cannot.
    ///
    /// # Errors
    /// What was expected and what came, a lowercase fragment.
    pub fn check(&self) -> Result<(), String> {
        match self {
            Self::Signal(Some(level)) if !(-150..=0).contains(level) => {
                Err(format!("a signal of -150 to 0 dBm was expected, {level} came"))
            }
            Self::Clock(text) if Clock::parse(text).is_none() => {
                Err(format!("a time such as `26/01/31,12:00:00+00` was expected, `{}` came", text.escape_debug()))
            }
            Self::Network(NetworkEvent::Roam(code)) => {
                Plmn::parse(code).map(drop).map_err(|error| format!("a network such as `99970` was expected: {error}"))
            }
            Self::Answer { command, with: _ } => canned::parse(command).map(drop),
            Self::Sms { from, text } => sms::check(from, text),
            Self::Ring { from } if !is_number(from) => {
                Err(format!("a number such as +15550100 was expected, `{}` came", from.escape_debug()))
            }
            Self::Ring { .. } => Ok(()),
            Self::SmsPdu(pdu) => sms::check_pdu(pdu),
            Self::Power(_)
            | Self::Sim(_)
            | Self::Signal(_)
            | Self::Network(
                NetworkEvent::Lose
                | NetworkEvent::Find
                | NetworkEvent::IdentityCheck
                | NetworkEvent::Detach
                | NetworkEvent::Deny(_),
            )
            | Self::Equipment { .. }
            | Self::Hangup
            | Self::Data { .. }
            | Self::DataEnds { .. }
            | Self::Call { .. }
            | Self::Urc(_)
            | Self::Clock(_)
            | Self::Lines { .. }
            | Self::Closed
            | Self::Reboot
            | Self::SmsStatus { .. } => Ok(()),
        }
    }
}

/// Whether it is a number that somebody can call from: up to 20 of the digits of TS 24.008, table 10.5.118, behind a `+` or
/// not; empty is withheld.
fn is_number(number: &str) -> bool {
    let digits = number.strip_prefix('+').unwrap_or(number);
    digits.len() <= 20 && digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'*' | b'#' | b'a'..=b'c'))
}

/// What the supply does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Power {
    /// It comes: the modem starts.
    On,
    /// It goes: nothing is said any more.
    Off,
    /// Off and on again.
    Cycle,
}

/// What happens to the card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SimEvent {
    /// It is put in.
    Insert,
    /// It is taken out.
    Remove,
    /// It becomes ready: its PIN counts as entered.
    Ready,
    /// It asks for its PIN, from now on.
    Lock,
    /// Its PIN's tries are used up: it asks for the PUK.
    Block,
}

/// What the network does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NetworkEvent {
    /// Its cells cannot be received any more.
    Lose,
    /// Its cells can be received again.
    Find,
    /// It checks the identity of the equipment that is registered.
    IdentityCheck,
    /// It detaches the modem.
    Detach,
    /// It refuses the modem from here on, with this cause.
    Deny(u8),
    /// The modem is now in the cells of this PLMN (MCC and MNC, `00102`).
    Roam(String),
}
