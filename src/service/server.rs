//! The server: connections in, answers out, and an end that waits for what is open.
//!
//! HTTP/1.1 and HTTP/2 (over TLS by ALPN, in the clear by prior knowledge, RFC 9113 clause 3.3) on one port.

use super::activity::{Activity, Counted, Mark};
use super::door::{Door, Service, doors};
use super::settings::Limits;
use super::tls::Tls;
use hyper::rt::Executor;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::time::{Instant, interval_at, sleep, timeout};

/// Answers connections until `end` comes, and then until open requests are answered or their grace is over.
///
/// `tls` for encrypted connections alone. Runs on the runtime that it is called in.
pub async fn serve(listener: TcpListener, service: Arc<Service>, tls: Option<Arc<Tls>>, end: impl Future<Output = ()>) {
    let limits = service.settings.limits;
    let places = Arc::new(Semaphore::new(limits.connections));
    let (stop, stopped) = watch::channel(());
    let connector = Connector { builder: builder(&limits), router: doors(&service), service, tls, stopped };
    let mut end = pin!(end);
    loop {
        // Beyond the limit connections wait in the listener's queue.
        let place = tokio::select! {
            () = &mut end => break,
            place = Arc::clone(&places).acquire_owned() => place,
        };
        let Ok(place) = place else { break };
        let accepted = tokio::select! {
            () = &mut end => break,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => {
                let connector = connector.clone();
                tokio::spawn(async move {
                    connector.connected(stream, peer).await;
                    drop(place);
                });
            }
            Err(error) => {
                // Out of descriptors, mostly: the connections that end give some back.
                tracing::warn!(%error, "cannot accept a connection");
                sleep(Duration::from_millis(50)).await;
            }
        }
    }
    drop(listener);
    drop(stop);
    let all = u32::try_from(limits.connections).unwrap_or(u32::MAX);
    if timeout(limits.grace + Duration::from_secs(1), places.acquire_many(all)).await.is_err() {
        tracing::warn!("some connections did not end in time and are cut");
    }
}

/// What every connection needs.
#[derive(Clone)]
struct Connector {
    builder: Builder<AtOnce>,
    router: axum::Router,
    service: Arc<Service>,
    tls: Option<Arc<Tls>>,
    stopped: watch::Receiver<()>,
}

impl Connector {
    async fn connected(mut self, stream: TcpStream, peer: SocketAddr) {
        // An answer leaves in one piece, and at once.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "cannot turn off Nagle's algorithm");
        }
        self.service.metrics.connections.fetch_add(1, Relaxed);
        match self.tls.take() {
            None => self.answered(stream, peer).await,
            Some(tls) => match timeout(self.service.settings.limits.head, tls.acceptor().accept(stream)).await {
                Ok(Ok(stream)) => self.answered(stream, peer).await,
                Ok(Err(error)) => tracing::debug!(%error, "a handshake failed"),
                Err(_) => tracing::debug!("a handshake did not end in time"),
            },
        }
        self.service.metrics.connections.fetch_sub(1, Relaxed);
    }

    async fn answered(&mut self, stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static, peer: SocketAddr) {
        let limits = self.service.settings.limits;
        let activity = Arc::new(Activity::default());
        let door = Door::new(&self.service, self.router.clone(), peer, Arc::clone(&activity));
        let io = TokioIo::new(Counted { stream, activity: Arc::clone(&activity) });
        let mut connection = pin!(self.builder.serve_connection(io, door));
        let mut looks = interval_at(Instant::now() + limits.idle, limits.idle);
        let mut mark = Mark::default();
        let ended = loop {
            tokio::select! {
                ended = connection.as_mut() => break ended,
                // The sender is dropped and never sends: an error is the end.
                _ = self.stopped.changed() => {
                    connection.as_mut().graceful_shutdown();
                    match timeout(limits.grace, connection.as_mut()).await {
                        Ok(ended) => break ended,
                        Err(_) => return,
                    }
                }
                _ = looks.tick() => if !activity.went_on(&mut mark) {
                    connection.as_mut().graceful_shutdown();
                    // A client that is merely idle goes at once; one that holds on is cut.
                    match timeout(Duration::from_secs(1), connection.as_mut()).await {
                        Ok(ended) => break ended,
                        Err(_) => return,
                    }
                },
            }
        };
        if let Err(error) = ended {
            tracing::debug!(error = &*error, "a connection broke off");
        }
    }
}

fn builder(limits: &Limits) -> Builder<AtOnce> {
    let mut builder = Builder::new(AtOnce);
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head)
        .max_headers(64)
        .max_buf_size(64 * 1024)
        .half_close(false)
        .pipeline_flush(true);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(limits.streams)
        .max_header_list_size(32 * 1024)
        .initial_stream_window_size(256 * 1024)
        .initial_connection_window_size(1024 * 1024)
        .max_send_buf_size(256 * 1024)
        .keep_alive_interval(Some(limits.idle / 2))
        .keep_alive_timeout(limits.head);
    builder
}

/// Runs an HTTP/2 stream's work where it arises: a look-up is done before a task could be made for it. Only what has to wait
/// gets one.
#[derive(Debug, Clone, Copy)]
struct AtOnce;

impl<F> Executor<F> for AtOnce
where
    F: Future<Output = ()> + Send + 'static,
{
    fn execute(&self, future: F) {
        let mut future = Box::pin(future);
        // Whoever waits is polled again by its own task, whose waker takes this one's place.
        match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(()) => {}
            Poll::Pending => {
                tokio::spawn(future);
            }
        }
    }
}
