//! A serial port over a network that the modem listens on, with its lines.
//!
//! One client at a time, as on a cable and as on the other sockets. A client that negotiates nothing, such as somebody with
//! telnet(1), has a terminal without the lines.

use std::io;
use std::time::Duration;

use super::server::{Heard, Server};
use crate::port::address::Address;
use crate::port::backlog::{LIMIT, Sent};
use crate::port::error::PortError;
use crate::port::line::{BUFFER, LineEvent};
use crate::port::signals::Signals;
use crate::port::socket::Door;
use crate::port::stream::Stream;

/// How long to hold back after the system could not accept a client, as when it has no descriptor left.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// So much of what waits is made ready to be sent at once; what is made ready cannot be purged any more.
const PIECE: usize = 16 * 1024;

/// A port that is offered, and the client that has it.
#[derive(Debug)]
pub struct Offered {
    door: Door,
    address: Address,
    client: Option<Client>,
    /// The modem's lines, whether or not anybody is there to be told.
    signals: Signals,
    /// Whether the modem sends nothing while RTS is off.
    heeds_rts: bool,
    data: Vec<u8>,
    buffer: Vec<u8>,
}

#[derive(Debug)]
struct Client {
    stream: Stream,
    server: Server,
    /// The modem's answers that the client has not taken.
    waiting: Vec<u8>,
    rts: bool,
}

impl Offered {
    /// Listens at an address of RFC 2217, on the tokio runtime that this is called from.
    ///
    /// # Errors
    ///
    /// Where the place is taken or may not be used, or the address is of another kind.
    pub async fn bind(address: &Address) -> Result<Offered, PortError> {
        let Address::Rfc2217 { host, port, settings, manner } = address else {
            return Err(PortError::Unsupported { port: address.to_string(), what: "there are no modem lines" });
        };
        let (door, port) = Door::tcp(address, host, *port).await?;
        let address = Address::Rfc2217 { host: host.clone(), port, settings: *settings, manner: *manner };
        let (signals, data, buffer) = (Signals::default(), Vec::new(), Vec::new());
        Ok(Offered { door, address, client: None, signals, heeds_rts: false, data, buffer })
    }

    /// Where a client connects; with the port number that the system chose, if that was left to it.
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// What happens next. May be dropped and called again: nothing is lost.
    pub async fn next(&mut self) -> LineEvent<'_> {
        loop {
            let Some(client) = &mut self.client else {
                match self.door.accept().await {
                    Ok(stream) => {
                        let server = Server::begin(self.signals);
                        self.client = Some(Client { stream, server, waiting: Vec::new(), rts: true });
                        return LineEvent::Opened;
                    }
                    Err(error) => {
                        tracing::warn!("{}: cannot accept a client: {error}", self.address);
                        tokio::time::sleep(ACCEPT_PAUSE).await;
                        continue;
                    }
                }
            };
            match client.server.heard() {
                Some(Heard::Data(data)) => {
                    self.data = data;
                    return LineEvent::Bytes(&self.data);
                }
                Some(Heard::Lines { dtr, rts }) => {
                    client.rts = rts;
                    return LineEvent::Lines { dtr, rts };
                }
                None => {}
            }
            self.buffer.resize(BUFFER, 0);
            if client.carry(self.heeds_rts, &mut self.buffer).await.is_err() {
                self.client = None;
                self.buffer = Vec::new();
                return LineEvent::Closed;
            }
        }
    }

    /// Sends `bytes` in one write, or as soon as the client reads; never waits.
    pub fn send(&mut self, bytes: &[u8]) -> Sent {
        let heeds_rts = self.heeds_rts;
        let Some(client) = &mut self.client else { return Sent::Unheard };
        // An error here shows as the end of the stream when it is next read.
        if client.flush(heeds_rts).is_err() {
            return Sent::Unheard;
        }
        if !client.waiting.is_empty() && client.waiting.len() + bytes.len() > LIMIT {
            return Sent::Dropped(bytes.len());
        }
        client.waiting.extend_from_slice(bytes);
        match client.flush(heeds_rts) {
            Err(_) => Sent::Unheard,
            Ok(()) if client.waiting.is_empty() && client.server.out().is_empty() => Sent::All,
            Ok(()) => Sent::Queued,
        }
    }

    /// Tells the client how the modem's lines stand now.
    pub fn show(&mut self, signals: Signals) {
        self.signals = signals;
        if let Some(client) = &mut self.client {
            client.server.show(signals);
            // As above.
            let _ = client.flush(self.heeds_rts);
        }
    }

    /// Says whether the modem sends nothing while RTS is off.
    pub fn heed_rts(&mut self, heeds: bool) {
        self.heeds_rts = heeds;
    }
}

impl Client {
    /// Waits until something can be carried either way, and carries it. An error is the end of the connection.
    async fn carry(&mut self, heeds_rts: bool, buffer: &mut [u8]) -> io::Result<()> {
        self.flush(heeds_rts)?;
        let writes = !self.server.out().is_empty();
        // A client that asks on and on and takes no answer is not heard until it does.
        let reads = self.server.out().len() < LIMIT;
        tokio::select! {
            biased;
            ready = self.stream.writable(), if writes => ready?,
            ready = self.stream.readable(), if reads => ready?,
            else => std::future::pending().await,
        }
        self.flush(heeds_rts)?;
        if reads {
            match self.stream.try_read(buffer) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(length) => self.server.receive(&buffer[..length]),
                Err(error) if is_none_yet(&error) => {}
                Err(error) => return Err(error),
            }
            if self.server.is_purged() {
                self.waiting = Vec::new();
            }
            self.flush(heeds_rts)?;
        }
        Ok(())
    }

    /// Sends what is to be sent, as far as the client takes it.
    fn flush(&mut self, heeds_rts: bool) -> io::Result<()> {
        loop {
            if self.server.out().is_empty() {
                let holds = !self.server.may_send() || heeds_rts && !self.rts;
                if self.waiting.is_empty() || holds {
                    return Ok(());
                }
                let length = self.waiting.len().min(PIECE);
                self.server.send(&self.waiting[..length]);
                self.waiting.drain(..length);
                if self.waiting.is_empty() {
                    self.waiting = Vec::new();
                }
            }
            match self.stream.try_write(self.server.out()) {
                Ok(0) => return Ok(()),
                Ok(length) => self.server.sent(length),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
}

fn is_none_yet(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted)
}
