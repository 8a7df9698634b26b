//! A port that other programs have too: a socket where each of them sees what the modem sends, and may send to it.
//!
//! Unlike a [`Listener`](super::Listener), which is one end of a cable, it serves several programs at once. A Unix socket in
//! the file system is the user's alone; TCP is taken on loopback addresses only, since whoever connects may send.

use std::io;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::mpsc;

use super::address::Address;
use super::backlog::Backlog;
use super::error::PortError;
use super::socket::{Door, Reach, host_addresses};
use super::stream::Stream;

/// So many programs at once; who comes then waits in the system's queue.
const MOST: usize = 16;

/// So many pieces wait for a program's task; one that does not read loses what comes then.
const PIECES: usize = 256;

/// How much is read at once.
const PIECE: usize = 4096;

/// How long to hold back after the system could not accept a client, as when it has no descriptor left.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// A socket at which a port is shared.
#[derive(Debug)]
pub struct Share {
    door: Door,
    address: Address,
    clients: Vec<Client>,
    sender: mpsc::Sender<(u64, Option<Vec<u8>>)>,
    events: mpsc::Receiver<(u64, Option<Vec<u8>>)>,
    next: u64,
}

/// What happens at a share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shared {
    /// A program came.
    Came,
    /// A program sent these.
    Bytes(Vec<u8>),
    /// A program left.
    Left,
}

#[derive(Debug)]
struct Client {
    id: u64,
    pieces: mpsc::Sender<Vec<u8>>,
    task: tokio::task::AbortHandle,
}

impl Drop for Client {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Share {
    /// Listens at a Unix address or a TCP address of this machine alone, on the tokio runtime that this is called from.
    ///
    /// # Errors
    ///
    /// Where the place is taken or may not be used, or could be reached from elsewhere.
    pub async fn bind(address: &Address) -> Result<Share, PortError> {
        let mut address = address.clone();
        if !address.is_local() {
            return Err(PortError::Unmade {
                path: address.to_string(),
                why: "whoever connects there could send to the modem, from other machines too".to_owned(),
                next: "share at a Unix socket, or at tcp:127.0.0.1:PORT",
            });
        }
        let door = match &mut address {
            Address::Tcp { host, port } => {
                let found = host_addresses(host, *port).await?;
                let listener = TcpListener::bind(&found[..])
                    .await
                    .map_err(|error| PortError::unmade(format_args!("tcp:{host}:{port}"), &error))?;
                *port = listener.local_addr().map_err(|error| PortError::from_io("the share", error))?.port();
                Door::Tcp(listener)
            }
            Address::Unix(_)
            | Address::Abstract(_)
            | Address::Serial { .. }
            | Address::Rfc2217 { .. }
            | Address::Stdio => Door::unix(&address, Reach::Owner)?,
        };
        let (sender, events) = mpsc::channel(PIECES);
        Ok(Share { door, address, clients: Vec::new(), sender, events, next: 0 })
    }

    /// Where a program connects; with the port number that the system chose, if that was left to it.
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// What happens next. May be dropped and called again: nothing is lost.
    pub async fn next(&mut self) -> Shared {
        loop {
            tokio::select! {
                accepted = self.door.accept(), if self.clients.len() < MOST => match accepted {
                    Ok(stream) if is_allowed(&stream, &self.address) => {
                        self.admit(stream);
                        return Shared::Came;
                    }
                    Ok(_) => tracing::warn!("{}: another user's program was turned away", self.address),
                    Err(error) => {
                        tracing::warn!("{}: cannot accept a client: {error}", self.address);
                        tokio::time::sleep(ACCEPT_PAUSE).await;
                    }
                },
                Some((id, what)) = self.events.recv() => match what {
                    Some(bytes) => return Shared::Bytes(bytes),
                    None => {
                        self.clients.retain(|client| client.id != id);
                        return Shared::Left;
                    }
                },
            }
        }
    }

    /// Sends `bytes` to every program; never waits. One that does not read loses what it has no room for.
    pub fn send(&mut self, bytes: &[u8]) {
        for client in &self.clients {
            if client.pieces.try_send(bytes.to_vec()).is_err() {
                tracing::warn!("{}: a program does not read; {} bytes were dropped", self.address, bytes.len());
            }
        }
    }

    fn admit(&mut self, stream: Stream) {
        let id = self.next;
        self.next += 1;
        let (pieces, waiting) = mpsc::channel(PIECES);
        let events = self.sender.clone();
        let task = tokio::spawn(async move {
            // However it ends, it has left.
            let _ = serve(&stream, id, waiting, &events).await;
            let _ = events.send((id, None)).await;
        });
        self.clients.push(Client { id, pieces, task: task.abort_handle() });
    }
}

/// Whether who connects may have the port: on a Unix socket this user alone.
fn is_allowed(stream: &Stream, address: &Address) -> bool {
    match address {
        Address::Tcp { .. } => true,
        #[cfg(unix)]
        Address::Unix(_) | Address::Abstract(_) => stream.is_own(),
        #[cfg(not(unix))]
        Address::Unix(_) | Address::Abstract(_) => true,
        Address::Serial { .. } | Address::Rfc2217 { .. } | Address::Stdio => true,
    }
}

async fn serve(
    stream: &Stream,
    id: u64,
    mut waiting: mpsc::Receiver<Vec<u8>>,
    events: &mpsc::Sender<(u64, Option<Vec<u8>>)>,
) -> io::Result<()> {
    let mut backlog = Backlog::default();
    let mut buffer = vec![0; PIECE];
    loop {
        tokio::select! {
            piece = waiting.recv() => {
                let Some(piece) = piece else { return Ok(()) };
                backlog.send(&piece, |bytes| stream.try_write(bytes))?;
            }
            ready = stream.writable(), if !backlog.is_empty() => {
                ready?;
                backlog.flush(|bytes| stream.try_write(bytes))?;
            }
            ready = stream.readable() => {
                ready?;
                match stream.try_read(&mut buffer) {
                    Ok(0) => return Ok(()),
                    Ok(count) => {
                        if events.send((id, Some(buffer[..count].to_vec()))).await.is_err() {
                            return Ok(());
                        }
                    }
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(error) => return Err(error),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::port;

    #[tokio::test]
    async fn several_programs_see_what_comes_and_may_send() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("shared");
        for place in ["tcp:127.0.0.1:0".to_owned(), format!("unix:{}", path.display())] {
            let mut share = Share::bind(&place.parse().unwrap()).await.unwrap();
            let address = share.address().clone();
            let mut one = port::open(&address).await.unwrap();
            assert_eq!(share.next().await, Shared::Came);
            let mut other = port::open(&address).await.unwrap();
            assert_eq!(share.next().await, Shared::Came);
            share.send(b"RING");
            let mut buffer = [0; 16];
            for port in [&mut one, &mut other] {
                let count = port.read(&mut buffer).await.unwrap();
                assert_eq!(&buffer[..count], b"RING");
            }
            other.write_all(b"ATA\r").await.unwrap();
            assert_eq!(share.next().await, Shared::Bytes(b"ATA\r".to_vec()));
            drop(other);
            assert_eq!(share.next().await, Shared::Left);
        }
        assert!(!path.exists());
    }

    #[tokio::test]
    async fn a_place_that_others_could_reach_is_refused() {
        let error = Share::bind(&"tcp:0.0.0.0:0".parse().unwrap()).await.unwrap_err();
        insta::assert_snapshot!(format!("{error}\nhelp: {}", error.help().unwrap_or("-")), @r"
        cannot make tcp:0.0.0.0:0: whoever connects there could send to the modem, from other machines too
        help: share at a Unix socket, or at tcp:127.0.0.1:PORT
        ");
    }
}
