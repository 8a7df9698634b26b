//! The modem's end of a line, whatever it is made of: what comes in and what goes out, one client at a time.

use std::path::{Path, PathBuf};

use super::address::Address;
use super::backlog::Sent;
use super::error::PortError;
use super::rfc2217::Offered;
use super::signals::Signals;
use super::socket::Listener;
use super::stdio::Stdio;
use super::{Pty, Ptys};

/// How much is read at once.
pub(super) const BUFFER: usize = 4096;

/// What happens on a line.
#[derive(Debug, PartialEq, Eq)]
pub enum LineEvent<'a> {
    /// The client sent these.
    Bytes(&'a [u8]),
    /// A client is there: DTR rises.
    Opened,
    /// The client has switched these lines; only one over RFC 2217 can.
    Lines {
        /// Circuit 108, data terminal ready.
        dtr: bool,
        /// Circuit 105, request to send.
        rts: bool,
    },
    /// The last client left: DTR drops, and what it did not read is gone.
    Closed,
    /// The line itself is gone, and nobody will come again.
    Gone,
}

/// [`LineEvent`] without the loan of the buffer.
#[derive(Debug, Clone)]
pub(super) enum Step {
    Bytes(std::ops::Range<usize>),
    Opened,
    Closed,
    Gone,
}

/// The modem's end of a line.
#[derive(Debug)]
pub enum Line {
    /// A pseudo-terminal.
    Pty(Box<Pty>),
    /// A TCP or Unix socket that is listened on.
    Socket(Box<Listener>),
    /// A serial port over a network, with its lines.
    Rfc2217(Box<Offered>),
    /// Standard input and output.
    Stdio(Stdio),
    /// Nothing for now: it was unplugged.
    Unplugged(Box<Place>),
}

/// Where an unplugged line comes back.
#[derive(Debug)]
pub enum Place {
    /// As another pseudo-terminal, under the stable name that it had.
    Pty(Ptys, Option<PathBuf>),
    /// At the same address.
    Socket(Address),
}

impl Line {
    /// Listens on a TCP or Unix socket, or as a serial port over a network, on the tokio runtime that this is called from.
    ///
    /// # Errors
    ///
    /// Where the place is taken or may not be used, or the address is of another kind.
    pub async fn listen(address: &Address) -> Result<Line, PortError> {
        Ok(match address {
            Address::Rfc2217 { .. } => Line::Rfc2217(Box::new(Offered::bind(address).await?)),
            Address::Tcp { .. } | Address::Unix(_) | Address::Abstract(_) | Address::Serial { .. } | Address::Stdio => {
                Line::Socket(Box::new(Listener::bind(address).await?))
            }
        })
    }

    /// What happens next. May be dropped and called again: nothing is lost.
    pub async fn next(&mut self) -> LineEvent<'_> {
        match self {
            Line::Pty(pty) => pty.next().await,
            Line::Socket(listener) => listener.next().await,
            Line::Rfc2217(offered) => offered.next().await,
            Line::Stdio(stdio) => stdio.next().await,
            Line::Unplugged(_) => std::future::pending().await,
        }
    }

    /// Sends `bytes` in one write, or as soon as the client reads; never waits. Nothing, sent, asks whether all has gone.
    pub fn send(&mut self, bytes: &[u8]) -> Sent {
        match self {
            Line::Pty(pty) => pty.send(bytes),
            Line::Socket(listener) => listener.send(bytes),
            Line::Rfc2217(offered) => offered.send(bytes),
            Line::Stdio(stdio) => stdio.send(bytes),
            Line::Unplugged(_) => Sent::Unheard,
        }
    }

    /// The modem's lines stand like this now, and it heeds RTS or does not; only a client over RFC 2217 is told, and holds it.
    pub fn show(&mut self, signals: Signals, heeds_rts: bool) {
        match self {
            Line::Rfc2217(offered) => {
                offered.heed_rts(heeds_rts);
                offered.show(signals);
            }
            // These carry bytes alone.
            Line::Pty(_) | Line::Socket(_) | Line::Stdio(_) | Line::Unplugged(_) => {}
        }
    }

    /// Whether its clients see the modem's lines and drive their own.
    pub fn has_lines(&self) -> bool {
        match self {
            Line::Rfc2217(_) => true,
            Line::Pty(_) | Line::Socket(_) | Line::Stdio(_) | Line::Unplugged(_) => false,
        }
    }

    /// The line goes away, as when a cable is pulled: its client reads an end, and its name is gone. False where that cannot
    /// be.
    pub fn unplug(&mut self) -> bool {
        let place = match self {
            Line::Pty(pty) => Place::Pty(pty.ptys().clone(), pty.link().map(Path::to_owned)),
            Line::Socket(listener) => Place::Socket(listener.address().clone()),
            Line::Rfc2217(offered) => Place::Socket(offered.address().clone()),
            Line::Stdio(_) => return false,
            Line::Unplugged(_) => return true,
        };
        *self = Line::Unplugged(Box::new(place));
        true
    }

    /// An unplugged line comes back; any other stays what it is.
    ///
    /// # Errors
    ///
    /// Its place has been taken meanwhile, or the system has no pseudo-terminal left.
    pub async fn plug(&mut self) -> Result<(), PortError> {
        let Line::Unplugged(place) = self else { return Ok(()) };
        *self = match place.as_ref() {
            Place::Pty(ptys, link) => Line::Pty(Box::new(ptys.create(link.as_deref())?)),
            Place::Socket(address) => Line::listen(address).await?,
        };
        Ok(())
    }

    /// Waits until what was sent has left this process, as far as the client takes it; at the end of a line's life.
    pub async fn finish(&mut self) {
        match self {
            Line::Pty(_) | Line::Socket(_) | Line::Rfc2217(_) | Line::Unplugged(_) => {}
            Line::Stdio(stdio) => stdio.finish().await,
        }
    }

    /// Where a client finds it: a path, `HOST:PORT`, `@NAME`, `rfc2217://HOST:PORT`, or `-` for stdio.
    pub fn address(&self) -> String {
        match self {
            Line::Pty(pty) => pty.path().display().to_string(),
            Line::Socket(listener) => listener.place(),
            Line::Rfc2217(offered) => offered.address().to_string(),
            Line::Stdio(_) | Line::Unplugged(_) => "-".to_owned(),
        }
    }

    /// What it is made of, in one word: `pty`, `tcp`, `unix`, `rfc2217`, `stdio`, or `unplugged`.
    pub fn kind(&self) -> &'static str {
        match self {
            Line::Pty(_) => "pty",
            Line::Socket(listener) => listener.kind(),
            Line::Rfc2217(_) => "rfc2217",
            Line::Stdio(_) => "stdio",
            Line::Unplugged(_) => "unplugged",
        }
    }
}
