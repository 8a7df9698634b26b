//! The further lines of a modem that has several: each is attended by a task of its own, so that the first one, which most
//! modems have alone, pays nothing for them.

use tokio::sync::mpsc;

use super::circuits::Shown;
use crate::modem::AtPort;
use crate::port::{Line, LineEvent, Sent};

/// So many answers wait for a line's task at most; it never waits itself, and takes them at once.
const ANSWERS: usize = 256;

/// So much of what the clients say waits for the modem at most.
const SAID: usize = 16;

/// What a further line tells the modem.
#[derive(Debug)]
pub(super) enum Said {
    /// The client sent these bytes.
    Bytes(Vec<u8>),
    /// A client has opened the line.
    Opened,
    /// The client has switched these lines.
    Lines {
        /// Circuit 108, data terminal ready.
        dtr: bool,
        /// Circuit 105, request to send.
        rts: bool,
    },
    /// The last client has closed it.
    Closed,
    /// What became of an answer.
    Sent(Sent),
}

/// What a further line is told.
#[derive(Debug)]
enum Told {
    /// These bytes go to its client.
    Bytes(Vec<u8>),
    /// The modem's lines stand like this.
    Shown(Shown),
}

/// All further lines of one modem.
#[derive(Debug)]
pub(super) struct Lines {
    said: mpsc::Receiver<(AtPort, Said)>,
    answers: Vec<(AtPort, mpsc::Sender<Told>)>,
}

impl Lines {
    /// Attends these lines until they are dropped.
    pub(super) fn attend(lines: impl IntoIterator<Item = (AtPort, Line)>) -> Self {
        let (tell, said) = mpsc::channel(SAID);
        let mut answers = Vec::new();
        for (port, line) in lines {
            let (answer, answered) = mpsc::channel(ANSWERS);
            tokio::spawn(attend(port, line, tell.clone(), answered));
            answers.push((port, answer));
        }
        Self { said, answers }
    }

    /// What one of them says next; for ever nothing, where there is none. May be dropped and called again.
    pub(super) async fn next(&mut self) -> (AtPort, Said) {
        match self.said.recv().await {
            Some(said) => said,
            None => std::future::pending().await,
        }
    }

    /// Sends an answer; what becomes of it comes as [`Said::Sent`], or is known at once.
    pub(super) fn send(&self, port: AtPort, bytes: Vec<u8>) -> Sent {
        let Some((_, answers)) = self.answers.iter().find(|(known, _)| *known == port) else { return Sent::Unheard };
        let length = bytes.len();
        match answers.try_send(Told::Bytes(bytes)) {
            Ok(()) => Sent::Queued,
            Err(mpsc::error::TrySendError::Full(_)) => Sent::Dropped(length),
            Err(mpsc::error::TrySendError::Closed(_)) => Sent::Unheard,
        }
    }

    /// Tells a line how the modem's lines stand. One that is behind by so many answers shows them no more.
    pub(super) fn show(&self, port: AtPort, shown: Shown) {
        if let Some((_, answers)) = self.answers.iter().find(|(known, _)| *known == port) {
            drop(answers.try_send(Told::Shown(shown)));
        }
    }
}

/// Carries a line's bytes both ways until it is gone, or the modem is.
async fn attend(port: AtPort, mut line: Line, tell: mpsc::Sender<(AtPort, Said)>, mut answers: mpsc::Receiver<Told>) {
    loop {
        tokio::task::consume_budget().await;
        let said = tokio::select! {
            biased;
            answer = answers.recv() => match answer {
                Some(Told::Bytes(bytes)) => Said::Sent(line.send(&bytes)),
                Some(Told::Shown(Shown { signals, heeds_rts })) => {
                    line.show(signals, heeds_rts);
                    continue;
                }
                None => break,
            },
            event = line.next() => match event {
                LineEvent::Bytes(bytes) => Said::Bytes(bytes.to_vec()),
                LineEvent::Opened => Said::Opened,
                LineEvent::Lines { dtr, rts } => Said::Lines { dtr, rts },
                LineEvent::Closed => Said::Closed,
                LineEvent::Gone => break,
            },
        };
        if tell.send((port, said)).await.is_err() {
            break;
        }
    }
    line.finish().await;
}
