//! The verdicts as they leave: made when the client has room for them, out of what has come.

use super::items::Items;
use super::rows::Rows;
use crate::service::ahead::{Chunk, Cut};
use crate::service::metrics::{Interface, Metrics};
use axum::body::{Bytes, HttpBody};
use hyper::body::Frame;
use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio::time::{Sleep, sleep};

/// So much is written at a time, in bytes.
const ENOUGH: usize = 32 * 1024;

/// The body of the answer.
pub(super) struct Screened {
    chunks: mpsc::UnboundedReceiver<Result<Chunk, Cut>>,
    items: Items,
    rows: Rows,
    metrics: Arc<Metrics>,
    deadline: Pin<Box<Sleep>>,
    has_ended: bool,
    _place: OwnedSemaphorePermit,
}

impl Screened {
    pub(super) fn new(
        chunks: mpsc::UnboundedReceiver<Result<Chunk, Cut>>,
        items: Items,
        rows: Rows,
        metrics: Arc<Metrics>,
        within: Duration,
        place: OwnedSemaphorePermit,
    ) -> Self {
        Self { chunks, items, rows, metrics, deadline: Box::pin(sleep(within)), has_ended: false, _place: place }
    }

    fn take(&mut self, chunk: Option<Result<Chunk, Cut>>) {
        let rows = &mut self.rows;
        match chunk {
            Some(Ok(chunk)) => self.items.take(&chunk.bytes, |item| rows.item(item)),
            Some(Err(cut)) => {
                rows.cut(self.items.place(), &cut.words());
                self.end();
            }
            None => {
                self.items.end(|item| rows.item(item));
                self.end();
            }
        }
    }

    fn end(&mut self) {
        self.rows.end();
        self.chunks.close();
        self.has_ended = true;
        for (decided, count) in self.rows.counts() {
            self.metrics.decided(Interface::Screen, decided, count);
        }
    }
}

impl HttpBody for Screened {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        while !self.has_ended && self.rows.len() < ENOUGH {
            if self.deadline.as_mut().poll(context).is_ready() {
                self.take(Some(Err(Cut::Late)));
                break;
            }
            match self.chunks.poll_recv(context) {
                Poll::Ready(chunk) => self.take(chunk),
                // What there is goes out before more is waited for.
                Poll::Pending if self.rows.len() == 0 => return Poll::Pending,
                Poll::Pending => break,
            }
        }
        let written = self.rows.written();
        Poll::Ready((!written.is_empty()).then_some(Ok(Frame::data(written))))
    }
}
