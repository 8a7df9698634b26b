//! What a server may be told.

use crate::register::{Action, List};
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::time::Duration;

/// What is answered about a device that no list decides about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Undecided {
    /// That it is not known: TS 29.511's 404, `ERROR_EQUIPMENT_UNKNOWN`.
    NotFound,
    /// That the question is wrong: 400.
    Refuse,
    /// What a device on this list is answered.
    As(List),
}

/// What is answered where no list decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policies {
    /// The device is on no list. `None`: what the register's rules say; where they say nothing, [`Undecided::NotFound`].
    pub unknown: Option<Undecided>,
    /// What stands in the place of the PEI is no identity. Unless told otherwise, [`Undecided::Refuse`].
    pub malformed: Undecided,
}

impl Undecided {
    /// What a register's rules say, as a client of TS 29.511 is told it.
    ///
    /// The interface has no cause and no word for *try again*: a network that is told that the equipment is unknown has its
    /// own policy for that.
    pub(super) fn of(action: Action) -> Self {
        match action {
            Action::Allow => Self::As(List::Allow),
            Action::Track => Self::As(List::Track),
            Action::Block | Action::BlockWith(_) => Self::As(List::Block),
            Action::Retry => Self::NotFound,
        }
    }
}

impl Default for Policies {
    fn default() -> Self {
        Self { unknown: None, malformed: Undecided::Refuse }
    }
}

/// How much a server takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Connections at a time; further ones wait to be accepted.
    pub connections: usize,
    /// Requests a second of one address; `None` for as many as come.
    pub rate: Option<NonZeroU32>,
    /// Streams of one HTTP/2 connection at a time.
    pub streams: u32,
    /// The longest path and query, in bytes.
    pub uri: usize,
    /// The longest body of a single question, in bytes.
    pub body: usize,
    /// The longest body of a batch or a list, in bytes.
    pub bulk: u64,
    /// Batches at a time; each keeps at most eight megabytes.
    pub batches: usize,
    /// How long the head of a request may take to come, and a handshake.
    pub head: Duration,
    /// How long a connection may be quiet.
    pub idle: Duration,
    /// How long a batch may take.
    pub batch: Duration,
    /// How long open requests may take to end once the server is told to.
    pub grace: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 4096,
            rate: None,
            streams: 256,
            uri: 4096,
            body: 64 * 1024,
            bulk: 2 * 1024 * 1024 * 1024,
            batches: 4,
            head: Duration::from_secs(10),
            idle: Duration::from_secs(60),
            batch: Duration::from_secs(600),
            grace: Duration::from_secs(10),
        }
    }
}

/// What a server may be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Settings {
    /// What is answered where no list decides.
    pub policies: Policies,
    /// How much it takes.
    pub limits: Limits,
    /// Whether it answers questions alone and changes nothing.
    pub is_read_only: bool,
}

/// An address on which a server would let anybody change the register.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "whoever reaches {address} could change the register: it is not this machine's own address, and no tokens are given"
)]
pub struct Exposed {
    /// The address.
    pub address: SocketAddr,
}

impl Exposed {
    /// What to do next.
    pub fn help(&self) -> &'static str {
        "give `--tokens FILE`, listen on 127.0.0.1 or [::1], or let it answer questions alone with `--read-only`"
    }
}

impl Settings {
    /// Whether it may listen there.
    ///
    /// # Errors
    /// The address is not loopback, nobody needs a token, and the register could be changed.
    pub fn allows(&self, address: SocketAddr, has_tokens: bool) -> Result<(), Exposed> {
        if address.ip().to_canonical().is_loopback() || has_tokens || self.is_read_only {
            Ok(())
        } else {
            Err(Exposed { address })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_open_address_needs_tokens_or_changes_nothing() {
        let settings = Settings::default();
        let (own, open) = ("127.0.0.1:7511".parse().unwrap(), "0.0.0.0:7511".parse().unwrap());
        assert_eq!(settings.allows(own, false), Ok(()));
        assert_eq!(settings.allows("[::ffff:127.0.0.1]:7511".parse().unwrap(), false), Ok(()));
        assert_eq!(settings.allows(open, true), Ok(()));
        assert_eq!(Settings { is_read_only: true, ..settings }.allows(open, false), Ok(()));
        insta::assert_snapshot!(settings.allows(open, false).unwrap_err(), @"whoever reaches 0.0.0.0:7511 could change the register: it is not this machine's own address, and no tokens are given");
    }
}
