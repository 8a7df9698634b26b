//! Both ways of a port at once, for what stands between a program and its modem: neither way waits for the other.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::{Kind, Port};
use crate::port::error::PortError;
use crate::port::gate::Refusal;

/// What went over a port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moved {
    /// So many bytes came, 1 or more.
    Read(usize),
    /// So many of those that wait were taken.
    Wrote(usize),
}

impl Port {
    /// Puts bytes behind those that wait to be written, as far as the gate lets them pass.
    ///
    /// # Errors
    /// What a line in it would have done; nothing of that line is written, the rest is.
    pub fn queue(&mut self, bytes: &[u8]) -> Result<(), Refusal> {
        let Some(gate) = &mut self.gate else {
            self.waiting.extend_from_slice(bytes);
            return Ok(());
        };
        let (passed, refused) = gate.pass(bytes);
        self.waiting.extend_from_slice(&passed);
        refused.map_or(Ok(()), Err)
    }

    /// How many bytes wait to be written.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// Waits until bytes come or some of those that wait are taken; without a buffer for the second alone. However long the
    /// other side takes nothing, nothing is given up. May be dropped and called again: nothing is lost.
    ///
    /// # Errors
    /// [`PortError::Gone`] once the other side has closed or the device is unplugged.
    pub async fn exchange(&mut self, mut buffer: Option<&mut [u8]>) -> Result<Moved, PortError> {
        let Port { kind, waiting, address, .. } = self;
        if let Kind::Remote(remote) = kind {
            return remote.exchange(waiting, buffer).await;
        }
        let moved = std::future::poll_fn(|cx| {
            let buffer = buffer.as_deref_mut();
            match kind {
                Kind::Serial(stream) => poll(stream, cx, waiting, buffer),
                Kind::Tcp(stream) => poll(stream, cx, waiting, buffer),
                #[cfg(unix)]
                Kind::Unix(stream) => poll(stream, cx, waiting, buffer),
                // It was asked above.
                Kind::Remote(_) => Poll::Pending,
            }
        });
        match moved.await {
            Ok(Moved::Read(0) | Moved::Wrote(0)) => Err(PortError::Gone { port: address.to_string() }),
            Ok(moved) => Ok(moved),
            Err(error) => Err(PortError::from_io(address, error)),
        }
    }
}

fn poll<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    cx: &mut Context<'_>,
    waiting: &mut Vec<u8>,
    buffer: Option<&mut [u8]>,
) -> Poll<io::Result<Moved>> {
    if !waiting.is_empty()
        && let Poll::Ready(wrote) = Pin::new(&mut *stream).poll_write(cx, waiting)
    {
        return Poll::Ready(wrote.map(|count| {
            waiting.drain(..count);
            Moved::Wrote(count)
        }));
    }
    let Some(buffer) = buffer else { return Poll::Pending };
    let mut buffer = ReadBuf::new(buffer);
    Pin::new(stream).poll_read(cx, &mut buffer).map(|read| read.map(|()| Moved::Read(buffer.filled().len())))
}
