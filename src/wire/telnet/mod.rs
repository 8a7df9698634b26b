//! Telnet, as far as a serial port over a network needs it: what is data, what is negotiated, and the port's own commands.
//!
//! RFC 854 and RFC 855 give the commands behind IAC and the options; RFC 856 the binary transmission, RFC 858 the suppressed
//! go-ahead; RFC 1143 the way of negotiating that cannot go in circles; RFC 2217 the serial port's settings and lines in
//! subnegotiations. Bytes and values: who listens, who connects and who waits for whom stands elsewhere.

mod com_port;
mod decoder;
mod negotiation;
mod write;

pub use com_port::{ComPort, Control, LineState, ModemState, Parity, Purge, Sender, StopSize};
pub use decoder::{Decoder, Item, LONGEST};
pub use negotiation::{Change, Negotiator};
pub use write::{escape, negotiate, subnegotiate};

/// Interpret as command: begins one, and is doubled where it is data. Source: RFC 854.
pub const IAC: u8 = 255;

/// Begins a subnegotiation, and ends it. Source: RFC 855.
const SB: u8 = 250;
const SE: u8 = 240;

/// Who offers, asks for or refuses an option.
///
/// On the wire: WILL 251, WONT 252, DO 253, DONT 254, each behind IAC and before the option's number.
///
/// Source: RFC 854, "Telnet command structure"; RFC 855.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verb {
    /// The sender does it, or offers to.
    Will,
    /// The sender does not.
    Wont,
    /// The receiver is asked to do it, or may.
    Do,
    /// The receiver must not.
    Dont,
}

impl Verb {
    /// Its byte.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Verb::Will => 251,
            Verb::Wont => 252,
            Verb::Do => 253,
            Verb::Dont => 254,
        }
    }

    /// The verb of this byte.
    const fn of(code: u8) -> Option<Verb> {
        match code {
            251 => Some(Verb::Will),
            252 => Some(Verb::Wont),
            253 => Some(Verb::Do),
            254 => Some(Verb::Dont),
            _ => None,
        }
    }
}

/// An option that the two ends may agree on, by its number.
///
/// Source: RFC 856 (0, binary transmission), RFC 857 (1, echo), RFC 858 (3, suppress go-ahead), RFC 2217 (44, COM-PORT-OPTION).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TelnetOption(pub u8);

impl TelnetOption {
    /// Every byte is itself: no NUL is put behind a CR.
    pub const BINARY: Self = Self(0);
    /// The receiver of characters sends them back.
    pub const ECHO: Self = Self(1);
    /// Nobody says whose turn it is.
    pub const SUPPRESS_GO_AHEAD: Self = Self(3);
    /// The settings and lines of a serial port are in subnegotiations.
    pub const COM_PORT: Self = Self(44);
}

#[cfg(test)]
mod tests;
