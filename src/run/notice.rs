//! What is worth telling about a running modem, and who is told: a log, a terminal, a test.

use std::fmt;

use crate::modem::{AtPort, Tick};

/// What is worth telling about a modem's life.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// A client has opened the line.
    Opened,
    /// The last client has closed it.
    Closed,
    /// The client sent these bytes.
    FromHost(Vec<u8>),
    /// The modem sent these bytes.
    ToHost(Vec<u8>),
    /// The client does not read; so many bytes of answers were thrown away since it came. Told when that begins, and
    /// again with what it came to once the client has read all that waited, or has left.
    Unread(u64),
    /// A command would have rewritten the modem's identity, and was refused as the modem refuses it.
    Tamper(String),
    /// The register's decision on this modem, in words.
    Decision(String),
    /// The register gave no answer: why, and what to do about it.
    NoRegister(String),
    /// The modem started anew.
    Restarted,
    /// The port has gone, as when a cable is pulled.
    Unplugged,
    /// It is back: what it is, and where.
    Plugged(String),
    /// What became of the far end to which the data of a call go.
    FarEnd(String),
    /// The far end of a call cannot be had, or broke: the call ends.
    NoFarEnd(String),
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Notice::Opened => f.write_str("a client opened the port"),
            Notice::Closed => f.write_str("the last client closed the port"),
            Notice::FromHost(bytes) => write!(f, "the client sent {}", bytes.escape_ascii()),
            Notice::ToHost(bytes) => write!(f, "the modem sent {}", bytes.escape_ascii()),
            Notice::Unread(bytes) => write!(f, "the client does not read; {bytes} bytes were dropped"),
            Notice::Tamper(command) => {
                let name = command.split('=').next().unwrap_or_default();
                write!(f, "{name} would have rewritten the identity; it was refused")
            }
            Notice::Decision(words) => write!(f, "the register says {words}"),
            Notice::NoRegister(finding) => f.write_str(finding),
            Notice::Restarted => f.write_str("the modem started anew"),
            Notice::Unplugged => f.write_str("the port was unplugged"),
            Notice::Plugged(place) => write!(f, "the port is back: {place}"),
            Notice::FarEnd(words) => f.write_str(words),
            Notice::NoFarEnd(why) => write!(f, "{why}; the call ends"),
        }
    }
}

/// Who is told of it, and when, in the modem's own time.
pub trait Observer {
    /// Takes a notice of what happened on this port. Called between two bytes of the line: it must not wait.
    fn notice(&mut self, at: Tick, port: AtPort, notice: Notice);

    /// Whether traffic is wanted too; it costs a copy.
    fn wants_traffic(&self) -> bool {
        false
    }
}
