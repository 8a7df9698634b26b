//! What the world and a call have to say to each other: for a runner that leads a call from one modem to another.
//!
//! A call has a ticket. Those that the host sets up are numbered by the modem, from 1; those that a runner brings in are
//! numbered by the runner, from 2³¹, or by the modem if it does not care. A runner that does nothing with an
//! [`Effect::Call`](crate::modem::Effect::Call) leaves the call to the profile.

/// What a call asks of the world, or tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallEffect {
    /// The host dials. [`CallEvent::Routed`] takes the call over; without it the profile says how it goes on.
    Dial {
        /// `+` and digits, or digits.
        number: String,
        /// The caller's number; `None`: it is withheld.
        from: Option<String>,
        /// A data call.
        data: bool,
    },
    /// The call that came in rings, or waits.
    Alerting,
    /// The call that came in was taken.
    Answered,
    /// The call was put on hold here.
    Held,
    /// The call was taken back from hold here.
    Retrieved,
    /// The host has connected this call with that other one of its own, and is out of both.
    Transferred {
        /// The other one's ticket.
        to: u32,
    },
    /// The call is one of a conference here.
    Joined,
    /// The call ended here: the host ended it, or had no place for it.
    Released {
        /// TS 24.008, table 10.5.123.
        cause: u8,
    },
    /// The call that came in goes on to this number.
    Forwarded {
        /// Where forwarding sends it.
        to: String,
    },
    /// These keys were pressed: `0`–`9`, `*`, `#`, `A`–`D`.
    Tones(String),
}

/// What the world does to a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallEvent {
    /// Somebody calls.
    Offered {
        /// The caller's number; empty: withheld.
        from: String,
        /// The caller's name, where the network gives it; else empty.
        name: String,
        /// A data call.
        data: bool,
        /// Forwarding has sent it here.
        forwarded: bool,
    },
    /// The outgoing call is carried by the runner: the profile no longer decides what becomes of it.
    Routed,
    /// The other end rings.
    Alerting,
    /// The other end answers.
    Answered,
    /// The other end is busy, does not want the call, or hangs up.
    Released {
        /// TS 24.008, table 10.5.123: 16 hung up, 17 busy, 21 rejected.
        cause: u8,
    },
    /// The other end puts the call on hold.
    Held,
    /// The other end takes the call back from hold.
    Retrieved,
    /// The other end made the call part of a conference.
    Joined,
    /// The outgoing call was forwarded to somebody else.
    Forwarded,
}
