//! Writes a recording on a thread of its own, so that what passes by never waits for a disk.

use std::io;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TryRecvError, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::paper::Paper;
use super::session::Session;
use crate::modem::Tick;
use crate::script::Side;

/// So many pieces of what was said wait for the thread at most; then it is waited for, and nothing is lost.
const WAITING: usize = 8192;

/// Between two looks at what was said: to be woken for each piece would cost who passes it on more than the piece does. It is
/// also what a kill may take of the recording.
const GATHER: Duration = Duration::from_millis(5);

/// The thread that writes. It ends with the value, once all is written.
#[derive(Debug)]
pub struct Keeper {
    heard: SyncSender<Heard>,
    thread: JoinHandle<Kept>,
    started: Instant,
}

/// What has become of a recording.
#[derive(Debug)]
pub struct Kept {
    /// How many lines stand in it.
    pub lines: u64,
    /// Why it ends before the session did.
    pub failed: Option<io::Error>,
}

#[derive(Debug)]
enum Heard {
    Bytes { at: Tick, side: Side, bytes: Vec<u8> },
    Note { at: Tick, text: String, anew: bool },
}

impl Keeper {
    /// Begins to write. `full` is told once, where the file takes no more.
    pub fn start(paper: Paper, session: Session, full: impl FnOnce(&io::Error) + Send + 'static) -> Self {
        let (heard, hears) = sync_channel(WAITING);
        let started = Instant::now();
        let thread = std::thread::spawn(move || keep(paper, session, &hears, started, full));
        Keeper { heard, thread, started }
    }

    /// These bytes went by.
    pub fn bytes(&self, side: Side, bytes: &[u8]) {
        self.tell(Heard::Bytes { at: self.now(), side, bytes: bytes.to_vec() });
    }

    /// Something else happened: see [`Session::note`].
    pub fn note(&self, text: &str, anew: bool) {
        self.tell(Heard::Note { at: self.now(), text: text.to_owned(), anew });
    }

    /// Waits until all is written.
    #[must_use]
    pub fn finish(self) -> Kept {
        drop(self.heard);
        self.thread
            .join()
            .unwrap_or_else(|_| Kept { lines: 0, failed: Some(io::Error::other("the thread that writes has ended")) })
    }

    fn now(&self) -> Tick {
        Tick::ZERO + self.started.elapsed()
    }

    fn tell(&self, heard: Heard) {
        // The thread ends after this end has gone, or has panicked, which the end tells.
        let _ = self.heard.send(heard);
    }
}

fn keep(
    mut paper: Paper,
    mut session: Session,
    hears: &Receiver<Heard>,
    started: Instant,
    full: impl FnOnce(&io::Error),
) -> Kept {
    let mut full = Some(full);
    let mut failed = None;
    loop {
        let due = session.deadline().map(|at| started + Duration::from_micros(at.as_micros()));
        let mut next = match due {
            Some(due) => match hears.recv_timeout(due.saturating_duration_since(Instant::now())) {
                Ok(heard) => Ok(heard),
                Err(RecvTimeoutError::Timeout) => Err(TryRecvError::Empty),
                Err(RecvTimeoutError::Disconnected) => Err(TryRecvError::Disconnected),
            },
            None => hears.recv().map_err(|_| TryRecvError::Disconnected),
        };
        // All that waits is written at once.
        while let Ok(heard) = next {
            session.wake(heard.at());
            match heard {
                Heard::Bytes { at, side, bytes } => session.said(at, side, &bytes),
                Heard::Note { at, text, anew } => session.note(at, &text, anew),
            }
            next = hears.try_recv();
        }
        let now = Tick::ZERO + started.elapsed();
        let over = matches!(next, Err(TryRecvError::Disconnected));
        if over {
            session.end(now)
        } else {
            session.wake(now)
        }
        let told = session.take();
        if failed.is_none() {
            let echo = session.echo().map_or(Ok(()), |echo| paper.set_echo(echo));
            if let Err(error) = paper.write("", &told).and(echo) {
                if let Some(full) = full.take() {
                    full(&error);
                }
                failed = Some(error);
            }
        }
        if over {
            return Kept { lines: paper.lines(), failed };
        }
        std::thread::sleep(GATHER);
    }
}

impl Heard {
    fn at(&self) -> Tick {
        match self {
            Heard::Bytes { at, .. } | Heard::Note { at, .. } => *at,
        }
    }
}
