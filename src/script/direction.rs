//! Stage directions: what a `*` line does to the modem's world.
//!
//! `* sim remove`, `* signal -110dBm`, `* fault drop 3 to host`. Only the tree: who can do it is the player's question.

use super::check::{Quantity, Side};
use super::tree::{Interval, Name, Template};

/// What happens to the modem's world.
#[derive(Debug, Clone, PartialEq)]
pub enum Direction {
    /// `power on|off|cycle`
    Power(Power),
    /// `sim insert|remove|ready|lock|block`
    Sim(Sim),
    /// `signal -95dBm`, `signal none`
    Signal(Option<Quantity>),
    /// `network …`
    Network(Network),
    /// `register …`
    Register(Register),
    /// `urc "text"`: the modem says this by itself.
    Urc(Template),
    /// `sms from +15550100 "text"`
    Sms {
        /// Who sends it.
        from: Arg,
        /// What it says.
        text: Template,
    },
    /// `ring from +15550100`
    Ring {
        /// Who calls.
        from: Arg,
    },
    /// `hangup`: the far end ends the call.
    Hangup,
    /// `peer …`: what else the far end does.
    Peer(Peer),
    /// `clock "26/01/31,12:00:00+00"`
    Clock(Template),
    /// `unplug`: the port goes away.
    Unplug,
    /// `plug`: the port comes back.
    Plug,
    /// `fault …`
    Fault(Fault),
    /// `answer "AT+X" with "text"`, `answer "AT+X" again`
    Answer {
        /// The command that is answered.
        command: Template,
        /// The answer; `None` repeats the last one (`again`).
        with: Option<Template>,
    },
}

/// `power …`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Power {
    /// `on`
    On,
    /// `off`
    Off,
    /// `cycle`: off and on again.
    Cycle,
}

/// `sim …`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sim {
    /// `insert`
    Insert,
    /// `remove`
    Remove,
    /// `ready`: busy no longer, nothing asked.
    Ready,
    /// `lock`: the PIN is asked for.
    Lock,
    /// `block`: the PUK is asked for.
    Block,
}

/// `network …`
#[derive(Debug, Clone, PartialEq)]
pub enum Network {
    /// `lose`
    Lose,
    /// `find`
    Find,
    /// `identity-check`
    IdentityCheck,
    /// `detach`
    Detach,
    /// `deny CAUSE`
    Deny(Arg),
    /// `roam PLMN`
    Roam(Arg),
}

/// `register …`
#[derive(Debug, Clone, PartialEq)]
pub enum Register {
    /// `block IMEI`
    Block(Arg),
    /// `track IMEI`
    Track(Arg),
    /// `allow IMEI`
    Allow(Arg),
    /// `forget IMEI`
    Forget(Arg),
    /// `down`
    Down,
    /// `up`
    Up,
}

/// `peer …`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Peer {
    /// `ring`: it is reached, and rings.
    Ring,
    /// `answer`
    Answer,
    /// `busy`
    Busy,
    /// `reject`
    Reject,
    /// `hold`: it puts the call on hold.
    Hold,
    /// `retrieve`: it takes the call back from hold.
    Retrieve,
    /// `join`: it makes the call one of a conference.
    Join,
}

/// `fault …`: what goes wrong with the bytes on the line, counted from the next one.
#[derive(Debug, Clone, PartialEq)]
pub enum Fault {
    /// `drop N`
    Drop(Bytes),
    /// `garble N`
    Garble(Bytes),
    /// `duplicate N`
    Duplicate(Bytes),
    /// `split N`
    Split(Bytes),
    /// `stall 2s`
    Stall(Interval),
    /// `baud 9600`
    Baud(u32),
    /// `reboot`
    Reboot,
    /// `interleave "text" after N`
    Interleave {
        /// What is put in.
        text: Template,
        /// After so many bytes.
        after: u32,
    },
}

/// How many bytes, on their way to whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bytes {
    /// How many.
    pub count: u32,
    /// Who would have received them; the host unless said.
    pub to: Side,
}

/// An argument: `001017*`, `"two words"`, `{imei}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Arg {
    /// A word without blanks, quotes, braces or backslashes.
    Word(String),
    /// A string.
    Text(Template),
    /// A bound value.
    Name(Name),
}
