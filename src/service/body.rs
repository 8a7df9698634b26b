//! The body of an answer: whole, which costs nothing, or as a router's handler gave it.

use super::activity::Ongoing;
use axum::body::{Body, Bytes, HttpBody};
use hyper::body::{Frame, SizeHint};
use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

/// The body of an answer.
pub(super) struct Answer {
    inner: Inner,
    /// Kept until the last byte is out.
    ongoing: Option<Ongoing>,
}

enum Inner {
    Whole(Option<Bytes>),
    Routed(Body),
}

impl Answer {
    pub(super) fn whole(bytes: Bytes) -> Self {
        Self { inner: Inner::Whole((!bytes.is_empty()).then_some(bytes)), ongoing: None }
    }

    pub(super) fn routed(body: Body) -> Self {
        Self { inner: Inner::Routed(body), ongoing: None }
    }

    pub(super) fn keep(&mut self, ongoing: Ongoing) {
        self.ongoing = Some(ongoing);
    }
}

impl HttpBody for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        match &mut self.inner {
            Inner::Whole(bytes) => Poll::Ready(bytes.take().map(|bytes| Ok(Frame::data(bytes)))),
            Inner::Routed(body) => Pin::new(body).poll_frame(context),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.inner {
            Inner::Whole(bytes) => bytes.is_none(),
            Inner::Routed(body) => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.inner {
            Inner::Whole(bytes) => SizeHint::with_exact(bytes.as_ref().map_or(0, |bytes| bytes.len() as u64)),
            Inner::Routed(body) => body.size_hint(),
        }
    }
}

/// What never fails has an error that axum can name.
pub(super) fn never(error: Infallible) -> axum::Error {
    match error {}
}
