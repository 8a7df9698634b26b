//! Which of a module's ports answers AT: each that is named is asked, and nobody else.
//!
//! A module has several ports, of which one or two take commands; the others carry satellite positions, a diagnostic protocol, or data.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::talk::{Ended, Talk, TalkError, Way};
use crate::port::{Address, Lock, LockError, PortError};

/// How long an answer to `AT` may take. V.250 clause 5.2.1 lets a module find out the speed by what it is sent, so that a
/// first line may be lost.
const LIMIT: Duration = Duration::from_millis(1000);

/// How often `AT` is said.
const TRIES: u32 = 3;

/// How long an answer to `ATI` may take.
const NAMED: Duration = Duration::from_secs(5);

/// So much of what is no answer is kept.
const KEPT: usize = 64;

/// What came of asking a port.
#[derive(Debug)]
pub enum Probed {
    /// It answers AT.
    Answers {
        /// What `ATI` says: maker, model, firmware; nothing where it refuses.
        identity: Vec<String>,
    },
    /// It says something, but no answer.
    Speaks {
        /// What that seems to be.
        what: Babble,
        /// How it began, at most 64 bytes.
        start: Vec<u8>,
    },
    /// It says nothing.
    Silent,
    /// Somebody else has it; it was not asked.
    Locked(LockError),
    /// It cannot be used.
    Failed(PortError),
}

/// What a port says that answers no AT.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Babble {
    /// What it is sent, as it is sent: a port in data mode, or two lines that touch.
    Echo,
    /// Sentences of NMEA 0183: satellite positions.
    Nmea,
    /// Bytes that are no text: another speed, or a protocol of its own.
    Binary,
    /// Text.
    Text,
}

impl Babble {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Babble::Echo => "echoes what it is sent, and answers nothing",
            Babble::Nmea => "says satellite positions (NMEA)",
            Babble::Binary => "says what is no text: another speed, or a protocol of its own",
            Babble::Text => "says something, but no answer",
        }
    }

    fn of(bytes: &[u8]) -> Babble {
        let text = |byte: &u8| byte.is_ascii_graphic() || byte.is_ascii_whitespace();
        let said: Vec<u8> = bytes.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
        let is_nmea = |line: &[u8]| line.starts_with(b"$G") || line.starts_with(b"$P") || line.starts_with(b"$B");
        match () {
            () if said.chunks(2).all(|pair| pair.eq_ignore_ascii_case(b"AT")) => Babble::Echo,
            () if bytes.split(|byte| *byte == b'\n').any(is_nmea) => Babble::Nmea,
            () if bytes.iter().all(text) => Babble::Text,
            () => Babble::Binary,
        }
    }
}

/// Asks each of the ports, all at the same time, and tells of each as it is known, by its place in `ports`.
pub async fn probe(ports: &[Address], mut each: impl FnMut(usize, Probed)) {
    let mut asked = tokio::task::JoinSet::new();
    for (at, port) in ports.iter().cloned().enumerate() {
        asked.spawn(async move { (at, ask(&port).await) });
    }
    while let Some(done) = asked.join_next().await {
        // A task that panicked has said so on stderr.
        if let Ok((at, probed)) = done {
            each(at, probed);
        }
    }
}

async fn ask(port: &Address) -> Probed {
    let _lock = match Lock::take(port, "ports --probe") {
        Ok(lock) => lock,
        Err(error) => return Probed::Locked(error),
    };
    let heard = Arc::new(Mutex::new(Vec::new()));
    let talk = match Talk::open(port).await {
        Ok(talk) => talk,
        Err(error) => return Probed::Failed(error),
    };
    let hears = Arc::clone(&heard);
    let mut talk = talk.watched(move |way, bytes| match way {
        Way::FromModem => {
            let mut heard = hears.lock().unwrap_or_else(PoisonError::into_inner);
            let room = KEPT.saturating_sub(heard.len());
            heard.extend_from_slice(&bytes[..bytes.len().min(room)]);
        }
        Way::ToModem => {}
    });
    for _ in 0..TRIES {
        match talk.ask("AT", Some(LIMIT)).await {
            // `ERROR` too is said by what understands commands; a line that ends one by the looks of it is not.
            Ok(reply) if matches!(reply.ended, Ended::Final(_)) => return named(&mut talk).await,
            Ok(_) | Err(TalkError::Silent { .. } | TalkError::NotACommand(_) | TalkError::Rewrites(_)) => {}
            Err(TalkError::Port(error)) => return Probed::Failed(error),
        }
    }
    let start = std::mem::take(&mut *heard.lock().unwrap_or_else(PoisonError::into_inner));
    if start.is_empty() { Probed::Silent } else { Probed::Speaks { what: Babble::of(&start), start } }
}

async fn named(talk: &mut Talk) -> Probed {
    match talk.ask("ATI", Some(NAMED)).await {
        Ok(reply) => {
            Probed::Answers { identity: reply.lines.into_iter().filter(|line| !line.trim().is_empty()).collect() }
        }
        Err(TalkError::Port(error)) => Probed::Failed(error),
        Err(TalkError::Silent { .. } | TalkError::NotACommand(_) | TalkError::Rewrites(_)) => {
            Probed::Answers { identity: Vec::new() }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_port_says_is_told_by_its_looks() {
        for (bytes, what) in [
            (&b"AT\r\r\nAT\r"[..], Babble::Echo),
            (b"00,A*6C\r\n$GPGGA,,,,,,0,,,,,,,,*66\r\n", Babble::Nmea),
            (b"\x7e\x00\xff\x7e", Babble::Binary),
            (b"login: ", Babble::Text),
        ] {
            assert_eq!(Babble::of(bytes), what, "{}", bytes.escape_ascii());
        }
    }
}
