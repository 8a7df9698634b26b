//! Standard input and output as a line, as in `printf 'ATI\r' | atgate modem --stdio`.
//!
//! Neither can be polled where it is a file, so a task stands on each side. As in any pipe the reader sets the pace: while
//! answers wait to be taken, no input is read, and nothing is lost.

use std::io::IsTerminal;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinHandle;

use super::backlog::Sent;
use super::line::{BUFFER, LineEvent};

/// So much at once is heard of the client: what a modem answers may be hundreds of times as long as what it was asked.
const PIECE: usize = 256;

/// With so much waiting, no more input is heard.
const FULL: usize = 64 * 1024;

/// More than this never waits: what a modem says unasked, with nobody taking it, has to end somewhere.
const MOST: usize = 4 * 1024 * 1024;

/// Standard input and output; the client is there from the start, until its input ends or its output is closed.
#[derive(Debug)]
pub struct Stdio {
    input: mpsc::Receiver<Vec<u8>>,
    output: Arc<Output>,
    writer: Option<JoinHandle<()>>,
    state: State,
    buffer: Vec<u8>,
    /// What of the buffer was not told yet.
    untold: Range<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    Open,
    Closed,
}

/// What waits to be written.
#[derive(Debug, Default)]
struct Output {
    waiting: Mutex<Waiting>,
    /// Something waits, or nothing more will.
    some: Notify,
    /// What waited was taken, or nobody takes it any more.
    room: Notify,
}

#[derive(Debug, Default)]
struct Waiting {
    bytes: Vec<u8>,
    /// Nothing more will come.
    ended: bool,
    /// Nobody takes it any more.
    closed: bool,
}

impl Stdio {
    /// Takes both over, on the tokio runtime that this is called from.
    pub fn open() -> Stdio {
        let (to_modem, input) = mpsc::channel(1);
        let output = Arc::new(Output::default());
        tokio::spawn(read(to_modem));
        let writer = Some(tokio::spawn(write(Arc::clone(&output), tokio::io::stdout())));
        Stdio { input, output, writer, state: State::New, buffer: Vec::new(), untold: 0..0 }
    }

    /// What happens next. May be dropped and called again: nothing is lost.
    pub async fn next(&mut self) -> LineEvent<'_> {
        match self.state {
            State::New => {
                self.state = State::Open;
                return LineEvent::Opened;
            }
            State::Open => {}
            State::Closed => return LineEvent::Gone,
        }
        if self.output.has_room().await && self.hear().await {
            let end = self.untold.end.min(self.untold.start + PIECE);
            let piece = self.untold.start..end;
            self.untold.start = end;
            return LineEvent::Bytes(&self.buffer[piece]);
        }
        self.state = State::Closed;
        LineEvent::Closed
    }

    /// Sends `bytes`, or queues them; never waits.
    pub fn send(&mut self, bytes: &[u8]) -> Sent {
        let mut waiting = self.output.lock();
        if waiting.closed {
            return Sent::Unheard;
        }
        if bytes.is_empty() && !waiting.bytes.is_empty() {
            return Sent::Queued;
        }
        if waiting.bytes.len() + bytes.len() > MOST {
            return Sent::Dropped(bytes.len());
        }
        waiting.bytes.extend_from_slice(bytes);
        drop(waiting);
        self.output.some.notify_one();
        Sent::All
    }

    /// Waits until all that was sent is written.
    pub async fn finish(&mut self) {
        self.output.lock().ended = true;
        self.output.some.notify_one();
        if let Some(writer) = self.writer.take() {
            // It ends by itself; only a runtime that shuts down cancels it.
            let _ = writer.await;
        }
    }

    /// Waits until there is input that was not told yet; false once there is no more.
    async fn hear(&mut self) -> bool {
        if self.untold.is_empty() {
            let output = &self.output;
            self.buffer = tokio::select! {
                biased;
                bytes = self.input.recv() => bytes.unwrap_or_default(),
                () = output.closed() => Vec::new(),
            };
            self.untold = 0..self.buffer.len();
        }
        !self.untold.is_empty()
    }
}

impl Output {
    /// Waits until what waits is little enough; false once nobody takes it any more.
    async fn has_room(&self) -> bool {
        loop {
            {
                let waiting = self.lock();
                if waiting.closed || waiting.bytes.len() < FULL {
                    return !waiting.closed;
                }
            }
            self.room.notified().await;
        }
    }

    /// Waits until nobody takes it any more.
    async fn closed(&self) {
        while !self.lock().closed {
            self.room.notified().await;
        }
    }

    /// Waits for what is to be written; nothing once all was.
    async fn take(&self) -> Vec<u8> {
        loop {
            {
                let mut waiting = self.lock();
                if waiting.ended || !waiting.bytes.is_empty() {
                    return std::mem::take(&mut waiting.bytes);
                }
            }
            self.some.notified().await;
        }
    }

    /// Nothing here panics while it holds the lock.
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
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

async fn write(output: Arc<Output>, mut stdout: impl AsyncWriteExt + Unpin) {
    loop {
        let bytes = output.take().await;
        if bytes.is_empty() {
            break;
        }
        if stdout.write_all(&bytes).await.is_err() || stdout.flush().await.is_err() {
            output.lock().closed = true;
        }
        output.room.notify_one();
        if output.lock().closed {
            break;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A client that sends `said` and takes nothing until it is told to.
    fn line(said: &'static [u8]) -> (Stdio, tokio::io::DuplexStream) {
        let (to_modem, input) = mpsc::channel(1);
        let (taken, out) = tokio::io::duplex(1024);
        let output = Arc::new(Output::default());
        tokio::spawn(async move {
            for piece in said.chunks(BUFFER) {
                if to_modem.send(piece.to_vec()).await.is_err() {
                    break;
                }
            }
        });
        let writer = Some(tokio::spawn(write(Arc::clone(&output), out)));
        (Stdio { input, output, writer, state: State::New, buffer: Vec::new(), untold: 0..0 }, taken)
    }

    #[tokio::test]
    async fn who_takes_no_answers_is_not_heard_and_loses_none() {
        let (mut stdio, mut taken) = line(&[b'a'; 100_000]);
        assert_eq!(stdio.next().await, LineEvent::Opened);
        let (mut heard, mut answered) = (0, 0);
        let reader = tokio::spawn(async move {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            let mut all = Vec::new();
            taken.read_to_end(&mut all).await.unwrap();
            all.len()
        });
        let mut most = 0;
        loop {
            let n = match stdio.next().await {
                LineEvent::Bytes(bytes) => bytes.len(),
                LineEvent::Closed => break,
                event @ (LineEvent::Opened | LineEvent::Lines { .. } | LineEvent::Gone) => panic!("{event:?}"),
            };
            heard += n;
            assert_eq!(stdio.send(&vec![b'b'; 30 * n]), Sent::All);
            answered += 30 * n;
            most = most.max(stdio.output.lock().bytes.len());
        }
        stdio.finish().await;
        drop(stdio);
        assert_eq!((heard, reader.await.unwrap()), (100_000, answered));
        assert!(most < FULL + 30 * PIECE, "{most}");
    }

    #[tokio::test]
    async fn a_modem_that_nobody_listens_to_any_more_ends() {
        let (mut stdio, taken) = line(b"AT\r");
        assert_eq!(stdio.next().await, LineEvent::Opened);
        assert_eq!(stdio.next().await, LineEvent::Bytes(b"AT\r"));
        drop(taken);
        assert_eq!(stdio.send(b"OK"), Sent::All);
        tokio::task::yield_now().await;
        assert_eq!(stdio.next().await, LineEvent::Closed);
        assert_eq!(stdio.next().await, LineEvent::Gone);
    }
}
