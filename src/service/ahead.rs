//! A long body, read ahead of what is done with it as far as eight megabytes.

use crate::service::settings::Limits;
use axum::body::{Body, Bytes, HttpBody};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::time::timeout;

/// So much is read ahead, in bytes.
const AHEAD: usize = 8 * 1024 * 1024;
/// A client that sends nothing for so long sends no more.
const PAUSE: Duration = Duration::from_secs(30);

/// A piece of the body. Its room is free again once it is dropped.
pub(super) struct Chunk {
    pub(super) bytes: Bytes,
    _room: OwnedSemaphorePermit,
}

/// Why no more of the body comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cut {
    /// The client broke off.
    Broken,
    /// It sent nothing for too long.
    Late,
    /// It has more bytes than are taken.
    TooLong(u64),
}

impl Cut {
    pub(super) fn words(self) -> String {
        match self {
            Self::Broken => "the list broke off here".to_owned(),
            Self::Late => format!("nothing more came for {} seconds", PAUSE.as_secs()),
            Self::TooLong(most) => format!("a list has at most {most} bytes"),
        }
    }
}

/// Reads a body in a task of its own, which ends with the receiver.
pub(super) fn start(body: Body, limits: &Limits) -> mpsc::UnboundedReceiver<Result<Chunk, Cut>> {
    let (out, chunks) = mpsc::unbounded_channel();
    let most = limits.bulk;
    let whole = limits.batch;
    tokio::spawn(async move {
        let read = async {
            if let Err(cut) = read(body, most, &out).await {
                // Nobody who listens is nobody to tell.
                let _ = out.send(Err(cut));
            }
        };
        tokio::select! {
            ended = timeout(whole, read) => if ended.is_err() {
                let _ = out.send(Err(Cut::Late));
            },
            () = out.closed() => {}
        }
    });
    chunks
}

async fn read(mut body: Body, most: u64, out: &mpsc::UnboundedSender<Result<Chunk, Cut>>) -> Result<(), Cut> {
    let room = Arc::new(Semaphore::new(AHEAD));
    let mut length = 0u64;
    loop {
        let next = std::future::poll_fn(|context| Pin::new(&mut body).poll_frame(context));
        let Some(frame) = timeout(PAUSE, next).await.map_err(|_| Cut::Late)? else { return Ok(()) };
        let Ok(mut bytes) = frame.map_err(|_| Cut::Broken)?.into_data() else { continue };
        length += bytes.len() as u64;
        if length > most {
            return Err(Cut::TooLong(most));
        }
        while !bytes.is_empty() {
            let piece = bytes.split_to(bytes.len().min(64 * 1024));
            // An empty place in the queue has a cost too: small pieces count as more than they are.
            let cost = u32::try_from(piece.len().max(256)).unwrap_or(u32::MAX);
            let Ok(room) = Arc::clone(&room).acquire_many_owned(cost).await else { return Ok(()) };
            if out.send(Ok(Chunk { bytes: piece, _room: room })).is_err() {
                return Ok(());
            }
        }
    }
}
