//! The further lines of a modem that has several: each is attended by a task of its own, so that the first one, which most
//! modems have alone, pays nothing for them.

use tokio::sync::mpsc;

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
    /// The last client has closed it.
    Closed,
    /// What became of an answer.
    Sent(Sent),
}

/// All further lines of one modem.
#[derive(Debug)]
pub(super) struct Lines {
    said: mpsc::Receiver<(AtPort, Said)>,
    answers: Vec<(AtPort, mpsc::Sender<Vec<u8>>)>,
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
        match answers.try_send(bytes) {
            Ok(()) => Sent::Queued,
            Err(mpsc::error::TrySendError::Full(bytes)) => Sent::Dropped(bytes.len()),
            Err(mpsc::error::TrySendError::Closed(_)) => Sent::Unheard,
        }
    }
}

/// Carries a line's bytes both ways until it is gone, or the modem is.
async fn attend(
    port: AtPort,
    mut line: Line,
    tell: mpsc::Sender<(AtPort, Said)>,
    mut answers: mpsc::Receiver<Vec<u8>>,
) {
    loop {
        tokio::task::consume_budget().await;
        let said = tokio::select! {
            biased;
            answer = answers.recv() => match answer {
                Some(bytes) => Said::Sent(line.send(&bytes)),
                None => break,
            },
            event = line.next() => match event {
                LineEvent::Bytes(bytes) => Said::Bytes(bytes.to_vec()),
                LineEvent::Opened => Said::Opened,
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
