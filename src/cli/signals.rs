//! The signals that ask a program to end: SIGINT, SIGTERM and, but for a server, SIGHUP; elsewhere Ctrl-C.

use super::CliError;
#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};

/// What tells the program to end.
pub(super) struct Signals {
    #[cfg(unix)]
    kinds: Vec<Signal>,
}

/// SIGHUP, which asks a server to read its files again; elsewhere it never comes.
pub(super) struct Hangup {
    #[cfg(unix)]
    kind: Signal,
}

#[cfg(unix)]
fn listen(kind: SignalKind) -> Result<Signal, CliError> {
    signal(kind).map_err(|error| CliError::bench(format!("cannot listen for signals: {error}")))
}

#[cfg(unix)]
impl Signals {
    /// Listens from now on; inside a runtime only.
    pub(super) fn new() -> Result<Self, CliError> {
        let mut signals = Self::of_a_server()?;
        signals.kinds.push(listen(SignalKind::hangup())?);
        Ok(signals)
    }

    /// As [`new`](Self::new), but for SIGHUP; see [`Hangup`].
    pub(super) fn of_a_server() -> Result<Self, CliError> {
        Ok(Self { kinds: vec![listen(SignalKind::interrupt())?, listen(SignalKind::terminate())?] })
    }

    /// Waits for the next one.
    pub(super) async fn next(&mut self) {
        use std::task::Poll;
        std::future::poll_fn(|context| {
            let came = self.kinds.iter_mut().any(|kind| kind.poll_recv(context).is_ready());
            if came { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }
}

#[cfg(unix)]
impl Hangup {
    /// Listens from now on; inside a runtime only.
    pub(super) fn new() -> Result<Self, CliError> {
        Ok(Self { kind: listen(SignalKind::hangup())? })
    }

    /// Waits for the next one.
    pub(super) async fn next(&mut self) {
        if self.kind.recv().await.is_none() {
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(not(unix))]
impl Signals {
    pub(super) fn new() -> Result<Self, CliError> {
        Ok(Signals {})
    }

    pub(super) fn of_a_server() -> Result<Self, CliError> {
        Self::new()
    }

    pub(super) async fn next(&mut self) {
        // Without a handler the signal ends the process by itself.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(not(unix))]
impl Hangup {
    pub(super) fn new() -> Result<Self, CliError> {
        Ok(Hangup {})
    }

    pub(super) async fn next(&mut self) {
        std::future::pending::<()>().await;
    }
}
