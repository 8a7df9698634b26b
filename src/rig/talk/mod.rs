//! A conversation with a modem: one command line after the other, what each is answered, and what came by itself.
//!
//! Knows ports and the grammar of answers. Knows nothing of what a command is for.

mod heard;
mod limit;
#[cfg(test)]
#[cfg(unix)]
mod tests;

use std::time::Duration;

use tokio::time::{Instant, timeout_at};

pub(in crate::rig) use self::heard::tell;
pub use self::heard::{Ended, Heard};
pub use self::limit::standard_limit;

use crate::port::{self, Address, Port, PortError, Refusal};
use crate::wire::response::{Answer, Expectation, Framing, Scanner};

/// Ends the text that a prompt asks for; ESC gives it up.
const CONTROL_Z: u8 = 0x1a;
const ESCAPE: u8 = 0x1b;

/// A network may take this long to take a message.
const TEXT_LIMIT: Duration = Duration::from_secs(120);

/// How much is read at once.
const BUFFER: usize = 1024;

/// So many lines of one answer are kept; the rest is counted.
const LINES: usize = 4096;

/// The two sides of a line, for who looks on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// From here to the modem.
    ToModem,
    /// From the modem.
    FromModem,
}

/// Sees each piece as it goes over the line.
type Watcher = Box<dyn FnMut(Way, &[u8]) + Send>;

/// A conversation over an open port. Nothing is written but what is asked.
pub struct Talk {
    port: Port,
    scanner: Scanner,
    /// Read and not scanned yet: what came behind a final result.
    left: Vec<u8>,
    /// Its last result was a word: V1.
    in_words: bool,
    watcher: Option<Watcher>,
}

/// What a command line was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The lines of information, without the final result; the first 4,096 at most.
    pub lines: Vec<String>,
    /// How it ended.
    pub ended: Ended,
    /// What came by itself meanwhile.
    pub unsolicited: Vec<String>,
    /// From the last byte written to the result.
    pub took: Duration,
}

/// Why a command line has no answer.
#[derive(Debug, thiserror::Error)]
pub enum TalkError {
    /// The text is no command line.
    #[error("expected a command line that begins with AT, found `{}`", .0.escape_debug())]
    NotACommand(String),
    /// It would rewrite the identity of a real device. Nothing was sent.
    #[error("{0}; nothing was sent")]
    Rewrites(&'static str),
    /// No final result came in time.
    #[error("no final result to `{}` within {limit:?}", command.escape_debug())]
    Silent {
        /// The command line, or the text.
        command: String,
        /// How long was waited.
        limit: Duration,
    },
    /// The port's own.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl TalkError {
    /// The next step, where there is one.
    pub fn help(&self) -> Option<&'static str> {
        match self {
            TalkError::NotACommand(_) => Some("write it whole, as in AT+CSQ"),
            TalkError::Rewrites(_) => {
                Some("atgate never rewrites the identity of a real device; try it on `atgate modem`")
            }
            TalkError::Silent { .. } => Some("is it the module's AT port, at its speed?"),
            TalkError::Port(error) => error.help(),
        }
    }
}

impl Reply {
    /// The values of the first line that begins with `name` and a colon, as `+CGSN` has them: what stands behind it.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.lines.iter().find_map(|line| {
            let start = line.get(..name.len())?;
            let rest = start.eq_ignore_ascii_case(name).then(|| &line[name.len()..])?;
            rest.strip_prefix(':').map(str::trim)
        })
    }
}

impl std::fmt::Debug for Talk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Talk").field("port", &self.port).finish_non_exhaustive()
    }
}

impl Talk {
    /// Opens a port and talks on it. Sends nothing yet.
    ///
    /// # Errors
    ///
    /// The port's, as [`port::open`] has them.
    pub async fn open(address: &Address) -> Result<Self, PortError> {
        port::open(address).await.map(Talk::on)
    }

    /// Talks on a port that is open already.
    pub fn on(port: Port) -> Self {
        Talk { port, scanner: Scanner::default(), left: Vec::new(), in_words: false, watcher: None }
    }

    /// Shows each piece that goes over the line to `watcher`, as it goes.
    pub fn watched(mut self, watcher: impl FnMut(Way, &[u8]) + Send + 'static) -> Self {
        self.watcher = Some(Box::new(watcher));
        self
    }

    /// The port below.
    pub fn port(&mut self) -> &mut Port {
        &mut self.port
    }

    /// Whether text is a command line: `AT…` or `A/`.
    pub fn is_command_line(text: &str) -> bool {
        let start = text.trim_start().as_bytes();
        start.get(..2).is_some_and(|start| start.eq_ignore_ascii_case(b"AT") || start.eq_ignore_ascii_case(b"A/"))
    }

    /// Why a command line would not be let through to this port.
    pub fn refuses(&self, line: &str) -> Option<Refusal> {
        self.port.refuses(&terminated(line))
    }

    /// Sends a command line and tells what comes, piece by piece, until it has ended. Without a limit it may take what the
    /// standard lets it take.
    ///
    /// # Errors
    ///
    /// [`TalkError`], each kind of it.
    pub async fn exchange(
        &mut self,
        line: &str,
        limit: Option<Duration>,
        each: impl FnMut(Heard<'_>),
    ) -> Result<Ended, TalkError> {
        if !Self::is_command_line(line) {
            return Err(TalkError::NotACommand(line.to_owned()));
        }
        if let Some(refusal) = self.refuses(line) {
            return Err(TalkError::Rewrites(refusal.reason));
        }
        self.scanner.expect(Expectation { answer: Answer::Any, ..Expectation::default() });
        self.say(&terminated(line), line, limit.unwrap_or_else(|| standard_limit(line)), each).await
    }

    /// Sends the text that a prompt asked for, with what ends it.
    ///
    /// # Errors
    ///
    /// [`TalkError::Silent`] and [`TalkError::Port`].
    pub async fn text(
        &mut self,
        text: &str,
        limit: Option<Duration>,
        each: impl FnMut(Heard<'_>),
    ) -> Result<Ended, TalkError> {
        let mut bytes = text.as_bytes().to_vec();
        bytes.push(CONTROL_Z);
        self.say(&bytes, text, limit.unwrap_or(TEXT_LIMIT), each).await
    }

    /// Tells the modem to forget the command that asked for a text.
    ///
    /// # Errors
    ///
    /// The port's.
    pub async fn give_up_text(&mut self) -> Result<(), PortError> {
        self.write(&[ESCAPE]).await
    }

    /// Sends a command line and keeps what it is answered.
    ///
    /// # Errors
    ///
    /// [`TalkError`], each kind of it.
    pub async fn ask(&mut self, line: &str, limit: Option<Duration>) -> Result<Reply, TalkError> {
        let (mut lines, mut unsolicited) = (Vec::new(), Vec::new());
        let started = Instant::now();
        let keep = |heard: Heard<'_>| {
            let (kept, text) = match heard {
                Heard::Answer(text) => (&mut lines, text),
                Heard::Unsolicited(text) => (&mut unsolicited, text),
            };
            // The last one is the result.
            kept.truncate(LINES);
            kept.push(text.to_owned());
        };
        let ended = self.exchange(line, limit, keep).await?;
        // The line that ended it is told of as one of the answer's.
        match &ended {
            Ended::Final(_) | Ended::Otherwise(_) | Ended::Connect => drop(lines.pop()),
            Ended::Prompt => {}
        }
        Ok(Reply { lines, ended, unsolicited, took: started.elapsed() })
    }

    /// Listens for lines that come by themselves, until one makes `each` say `true` or the time is up; whether one did.
    ///
    /// # Errors
    ///
    /// The port's.
    pub async fn listen(&mut self, limit: Duration, mut each: impl FnMut(&str) -> bool) -> Result<bool, PortError> {
        self.scanner.expect(Expectation { answer: Answer::Nothing, ..Expectation::default() });
        let until = Instant::now() + limit;
        let mut buffer = [0; BUFFER];
        loop {
            let piece = std::mem::take(&mut self.left);
            let mut rest = piece.as_slice();
            while let Some(element) = self.scanner.next(&mut rest) {
                let text = heard::printable(element.text);
                if each(&text) {
                    self.left = rest.to_vec();
                    return Ok(true);
                }
            }
            match timeout_at(until, self.port.read(&mut buffer)).await {
                Ok(read) => self.came(&buffer[..read?]),
                Err(_) => return Ok(false),
            }
        }
    }

    async fn say(
        &mut self,
        bytes: &[u8],
        said: &str,
        limit: Duration,
        mut each: impl FnMut(Heard<'_>),
    ) -> Result<Ended, TalkError> {
        // What came before the command is no answer to it.
        self.scanner.sent(bytes);
        self.write(bytes).await?;
        let until = Instant::now() + limit;
        self.in_words &= !heard::changes_results(said);
        let mut buffer = [0; BUFFER];
        loop {
            let piece = std::mem::take(&mut self.left);
            let mut rest = piece.as_slice();
            while let Some(element) = self.scanner.next(&mut rest) {
                if let Some(ended) = heard::tell(&element, said, self.in_words, &mut each) {
                    self.in_words = !heard::is_number(element.text);
                    self.left = rest.to_vec();
                    return Ok(ended);
                }
            }
            match timeout_at(until, self.port.read(&mut buffer)).await {
                Ok(read) => self.came(&buffer[..read?]),
                Err(_) => return Err(TalkError::Silent { command: said.to_owned(), limit }),
            }
        }
    }

    async fn write(&mut self, bytes: &[u8]) -> Result<(), PortError> {
        if let Some(watcher) = &mut self.watcher {
            watcher(Way::ToModem, bytes);
        }
        self.port.write_all(bytes).await
    }

    fn came(&mut self, bytes: &[u8]) {
        if let Some(watcher) = &mut self.watcher {
            watcher(Way::FromModem, bytes);
        }
        self.left.extend_from_slice(bytes);
    }
}

/// The command line with its terminator; `A/` has none.
fn terminated(line: &str) -> Vec<u8> {
    let mut bytes = line.trim_end_matches(['\r', '\n']).as_bytes().to_vec();
    if !bytes.trim_ascii().eq_ignore_ascii_case(b"A/") {
        bytes.push(Framing::default().s3);
    }
    bytes
}
