//! The logs of other programs, read as recordings.
//!
//! Each reader makes [`Pieces`] of a file: who said which bytes, when, and how many lines of the file are about something else.
//! What a line that is about the traffic says and cannot be read is an error with its place; nothing of it is passed over.

mod capture;
mod journal;
mod stamps;
mod umockdev;

use std::io;
use std::sync::Arc;

use super::paper::Paper;
use super::session::Session;
use crate::modem::Tick;
use crate::script::{ScriptError, Side, Source, Span};

/// What wrote the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// `ModemManager --debug`, of any version, from a terminal, a file or the journal.
    ModemManager,
    /// `umockdev-record --script`.
    Umockdev,
    /// The capture file of a terminal: minicom's, picocom's; with or without stamps.
    Minicom,
    /// tio's log, in its hexadecimal mode too.
    Tio,
}

/// How a log is read.
#[derive(Debug, Clone, Default)]
pub struct Reading {
    /// Of several ports in one log this one: `ttyUSB2`.
    pub only: Option<String>,
    /// Stamps say how long after the line before, as tio's `24hour-delta` does.
    pub deltas: bool,
}

/// What a log says of the traffic.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Pieces {
    /// Who said what, in order, each with its time since the first.
    pub said: Vec<(Tick, Side, Vec<u8>)>,
    /// How many lines of the log are about something else.
    pub beside: usize,
    /// What its reader should know.
    pub warnings: Vec<String>,
}

impl Pieces {
    fn say(&mut self, at: Tick, side: Side, bytes: &[u8]) {
        match self.said.last_mut() {
            // The same program at the same moment.
            Some((last, of, said)) if *last == at && *of == side => said.extend_from_slice(bytes),
            Some(_) | None => self.said.push((at, side, bytes.to_vec())),
        }
    }
}

/// Reads a log.
///
/// # Errors
/// A line that cannot be read, or no traffic at all.
pub fn read(format: Format, name: &str, bytes: &[u8], reading: &Reading) -> Result<Pieces, Box<ScriptError>> {
    let log = Log { name, bytes };
    let pieces = match format {
        Format::ModemManager => journal::read(&log, reading),
        Format::Umockdev => umockdev::read(&log),
        Format::Minicom | Format::Tio => capture::read(&log, reading),
    }?;
    if pieces.said.is_empty() {
        return Err(Box::new(log.error(0..0, "no AT traffic in it").help(match format {
            Format::ModemManager => "the daemon tells its traffic with --debug, or after `mmcli --set-logging=DEBUG`",
            Format::Umockdev => "`umockdev-record --script=/dev/ttyUSB2=FILE PROGRAM` writes what is read and written",
            Format::Minicom | Format::Tio => "is it another program's log? --from says which",
        })));
    }
    Ok(pieces)
}

/// Writes what was read of logs, one behind the other.
///
/// # Errors
/// The system's.
pub fn write(pieces: &[Pieces], mut session: Session, paper: &mut Paper) -> io::Result<()> {
    let mut begin = Tick::ZERO;
    let mut last = Tick::ZERO;
    for (number, pieces) in pieces.iter().enumerate() {
        if number > 0 {
            session.note(last, "the next log begins here", true);
        }
        for (at, side, bytes) in &pieces.said {
            last = begin + at.since(Tick::ZERO);
            // What paused is written before what came later.
            while let Some(due) = session.deadline().filter(|due| *due < last) {
                session.wake(due);
            }
            session.said(last, *side, bytes);
        }
        begin = last;
    }
    session.end(last);
    if let Some(echo) = session.echo() {
        paper.set_echo(echo)?;
    }
    paper.write("", &session.take())
}

/// A log, and where in it something stands.
struct Log<'a> {
    name: &'a str,
    bytes: &'a [u8],
}

impl<'a> Log<'a> {
    /// Its lines without their ends, each with the place where it begins.
    fn lines(&self) -> impl Iterator<Item = (usize, &'a [u8])> + use<'a> {
        let mut start = 0;
        self.bytes.split_inclusive(|&byte| byte == b'\n').map(move |line| {
            let at = start;
            start += line.len();
            let line = line.strip_suffix(b"\n").unwrap_or(line);
            (at, line)
        })
    }

    /// An error at these bytes.
    fn error(&self, range: std::ops::Range<usize>, message: impl Into<String>) -> ScriptError {
        // Bytes that are no text take more room once they are shown.
        let shown = |at: usize| String::from_utf8_lossy(&self.bytes[..at.min(self.bytes.len())]).len();
        let span = Span { start: shown(range.start), end: shown(range.end) };
        let text = String::from_utf8_lossy(self.bytes).into_owned();
        ScriptError::new(&Arc::new(Source { name: self.name.to_owned(), text }), span, message)
    }
}

#[cfg(test)]
mod tests;
