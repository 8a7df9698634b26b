//! Standard input and output as a line, as in `printf 'ATI\r' | atgate modem --stdio`.
//!
//! Neither can be polled where it is a file, so a task stands on each side, with a bounded queue between.

use std::io::IsTerminal;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::backlog::Sent;
use super::line::{BUFFER, LineEvent};

/// How many messages may wait on either side.
const QUEUE: usize = 256;

/// Standard input and output; the client is there from the start, until its input ends.
#[derive(Debug)]
pub struct Stdio {
    input: mpsc::Receiver<Vec<u8>>,
    output: Option<mpsc::Sender<Vec<u8>>>,
    writer: Option<JoinHandle<()>>,
    state: State,
    buffer: Vec<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    Open,
    Closed,
}

impl Stdio {
    /// Takes both over, on the tokio runtime that this is called from.
    pub fn open() -> Stdio {
        let (to_modem, input) = mpsc::channel(QUEUE);
        let (output, from_modem) = mpsc::channel(QUEUE);
        tokio::spawn(read(to_modem));
        let writer = Some(tokio::spawn(write(from_modem)));
        Stdio { input, output: Some(output), writer, state: State::New, buffer: Vec::new() }
    }

    /// What happens next. May be dropped and called again: nothing is lost.
    pub async fn next(&mut self) -> LineEvent<'_> {
        match self.state {
            State::New => {
                self.state = State::Open;
                LineEvent::Opened
            }
            State::Open => match self.input.recv().await {
                Some(bytes) => {
                    self.buffer = bytes;
                    LineEvent::Bytes(&self.buffer)
                }
                None => {
                    self.state = State::Closed;
                    LineEvent::Closed
                }
            },
            State::Closed => LineEvent::Gone,
        }
    }

    /// Sends `bytes`, or queues them; never waits.
    pub fn send(&mut self, bytes: &[u8]) -> Sent {
        let Some(output) = &self.output else { return Sent::Unheard };
        match output.try_send(bytes.to_vec()) {
            Ok(()) => Sent::All,
            Err(mpsc::error::TrySendError::Full(lost)) => Sent::Dropped(lost.len()),
            Err(mpsc::error::TrySendError::Closed(_)) => Sent::Unheard,
        }
    }

    /// Waits until all that was sent is written.
    pub async fn finish(&mut self) {
        self.output = None;
        if let Some(writer) = self.writer.take() {
            // It ends by itself; only a runtime that shuts down cancels it.
            let _ = writer.await;
        }
    }
}

async fn read(to_modem: mpsc::Sender<Vec<u8>>) {
    let mut stdin = tokio::io::stdin();
    let keyboard = std::io::stdin().is_terminal();
    let mut buffer = vec![0; BUFFER];
    while let Ok(n @ 1..) = stdin.read(&mut buffer).await {
        let mut bytes = buffer[..n].to_vec();
        if keyboard {
            // A terminal gives LF for Enter, where a modem expects S3.
            bytes.iter_mut().filter(|byte| **byte == b'\n').for_each(|byte| *byte = b'\r');
        }
        if to_modem.send(bytes).await.is_err() {
            break;
        }
    }
}

async fn write(mut from_modem: mpsc::Receiver<Vec<u8>>) {
    let mut stdout = tokio::io::stdout();
    while let Some(bytes) = from_modem.recv().await {
        if stdout.write_all(&bytes).await.is_err() || stdout.flush().await.is_err() {
            break;
        }
    }
}
