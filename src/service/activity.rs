//! What goes on on a connection: enough to tell a quiet client from one that holds it for nothing.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Counters of one connection.
#[derive(Debug, Default)]
pub(super) struct Activity {
    requests: AtomicU64,
    bytes: AtomicU64,
    handlers: AtomicUsize,
    answers: AtomicUsize,
}

/// What had happened at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Mark {
    requests: u64,
    bytes: u64,
}

impl Activity {
    pub(super) fn request(&self) {
        self.requests.fetch_add(1, Relaxed);
    }

    /// Something is being worked out, however long that takes.
    pub(super) fn handler(self: &Arc<Self>) -> Ongoing {
        self.handlers.fetch_add(1, Relaxed);
        Ongoing { activity: Arc::clone(self), is_handler: true }
    }

    /// An answer is on its way, as fast as the client reads.
    pub(super) fn answer(self: &Arc<Self>) -> Ongoing {
        self.answers.fetch_add(1, Relaxed);
        Ongoing { activity: Arc::clone(self), is_handler: false }
    }

    /// Whether anything went on since `mark`; moves the mark.
    ///
    /// A client that neither asked nor waits for an answer is quiet, however many bytes of half a request come in; one that is
    /// being answered is quiet if no byte moves.
    pub(super) fn went_on(&self, mark: &mut Mark) -> bool {
        let now = Mark { requests: self.requests.load(Relaxed), bytes: self.bytes.load(Relaxed) };
        let before = std::mem::replace(mark, now);
        self.handlers.load(Relaxed) > 0
            || now.requests != before.requests
            || (self.answers.load(Relaxed) > 0 && now.bytes != before.bytes)
    }
}

/// Something that goes on until this is dropped.
#[derive(Debug)]
pub(super) struct Ongoing {
    activity: Arc<Activity>,
    is_handler: bool,
}

impl Drop for Ongoing {
    fn drop(&mut self) {
        let count = if self.is_handler { &self.activity.handlers } else { &self.activity.answers };
        count.fetch_sub(1, Relaxed);
    }
}

/// A stream whose bytes are counted.
#[derive(Debug)]
pub(super) struct Counted<S> {
    pub(super) stream: S,
    pub(super) activity: Arc<Activity>,
}

impl<S: AsyncRead + Unpin> AsyncRead for Counted<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(context, buffer);
        let read = buffer.filled().len() - before;
        if read > 0 {
            self.activity.bytes.fetch_add(read as u64, Relaxed);
        }
        polled
    }
}

impl<S: AsyncWrite + Unpin> Counted<S> {
    fn count(&self, polled: &Poll<std::io::Result<usize>>) {
        if let Poll::Ready(Ok(written)) = polled {
            self.activity.bytes.fetch_add(*written as u64, Relaxed);
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Counted<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<std::io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.count(&polled);
        polled
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[std::io::IoSlice<'_>],
    ) -> Poll<std::io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.count(&polled);
        polled
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
