//! The modem's end of a line, whatever it is made of: what comes in and what goes out, one client at a time.

use super::backlog::Sent;
#[cfg(target_os = "linux")]
use super::pty::Pty;
use super::socket::Listener;
use super::stdio::Stdio;

/// How much is read at once.
pub(super) const BUFFER: usize = 4096;

/// What happens on a line.
#[derive(Debug, PartialEq, Eq)]
pub enum LineEvent<'a> {
    /// The client sent these.
    Bytes(&'a [u8]),
    /// A client is there: DTR rises.
    Opened,
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
    #[cfg(target_os = "linux")]
    Pty(Box<Pty>),
    /// A TCP or Unix socket that is listened on.
    Socket(Box<Listener>),
    /// Standard input and output.
    Stdio(Stdio),
}

impl Line {
    /// What happens next. May be dropped and called again: nothing is lost.
    pub async fn next(&mut self) -> LineEvent<'_> {
        match self {
            #[cfg(target_os = "linux")]
            Line::Pty(pty) => pty.next().await,
            Line::Socket(listener) => listener.next().await,
            Line::Stdio(stdio) => stdio.next().await,
        }
    }

    /// Sends `bytes` in one write, or as soon as the client reads; never waits.
    pub fn send(&mut self, bytes: &[u8]) -> Sent {
        match self {
            #[cfg(target_os = "linux")]
            Line::Pty(pty) => pty.send(bytes),
            Line::Socket(listener) => listener.send(bytes),
            Line::Stdio(stdio) => stdio.send(bytes),
        }
    }

    /// Waits until what was sent has left this process, as far as the client takes it; at the end of a line's life.
    pub async fn finish(&mut self) {
        match self {
            #[cfg(target_os = "linux")]
            Line::Pty(_) => {}
            Line::Socket(_) => {}
            Line::Stdio(stdio) => stdio.finish().await,
        }
    }

    /// Where a client finds it: a path, `HOST:PORT`, `@NAME`, or `-` for stdio.
    pub fn address(&self) -> String {
        match self {
            #[cfg(target_os = "linux")]
            Line::Pty(pty) => pty.path().display().to_string(),
            Line::Socket(listener) => listener.place(),
            Line::Stdio(_) => "-".to_owned(),
        }
    }

    /// What it is made of, in one word: `pty`, `tcp`, `unix` or `stdio`.
    pub fn kind(&self) -> &'static str {
        match self {
            #[cfg(target_os = "linux")]
            Line::Pty(_) => "pty",
            Line::Socket(listener) => listener.kind(),
            Line::Stdio(_) => "stdio",
        }
    }
}
