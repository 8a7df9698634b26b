//! A TCP or Unix socket that the modem listens on.
//!
//! One client at a time, as on a cable: whoever connects while another is there waits in the system's queue and is served
//! when that one has closed.

use std::io;
use std::net::SocketAddr;
#[cfg(unix)]
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::net::TcpListener;
#[cfg(unix)]
use tokio::net::UnixListener;

use super::address::Address;
use super::backlog::{Backlog, Sent};
use super::error::PortError;
use super::line::{BUFFER, LineEvent, Step};
use super::stream::Stream;

/// How long to hold back after the system could not accept a client, as when it has no descriptor left.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// A socket that is listened on, and the client that is connected.
#[derive(Debug)]
pub struct Listener {
    door: Door,
    address: Address,
    client: Option<Stream>,
    buffer: Vec<u8>,
    backlog: Backlog,
}

/// Where clients come in.
#[derive(Debug)]
pub(super) enum Door {
    Tcp(TcpListener),
    #[cfg(unix)]
    Unix {
        listener: UnixListener,
        /// Kept for what it does when it is dropped.
        _file: Option<SocketFile>,
    },
}

/// A socket in the file system; removed when dropped, if it is still the one that we made.
#[cfg(unix)]
#[derive(Debug)]
pub(super) struct SocketFile {
    path: PathBuf,
    id: (u64, u64),
    _claim: super::claim::Claim,
}

impl Listener {
    /// Listens at a TCP or Unix address, on the tokio runtime that this is called from.
    ///
    /// # Errors
    ///
    /// Where the place is taken or may not be used, or the address is of another kind.
    pub async fn bind(address: &Address) -> Result<Listener, PortError> {
        let mut address = address.clone();
        let door = match address.clone() {
            Address::Tcp { host, port } => {
                let (door, bound) = Door::tcp(&address, &host, port).await?;
                address = Address::Tcp { host, port: bound };
                door
            }
            Address::Unix(_)
            | Address::Abstract(_)
            | Address::Rfc2217 { .. }
            | Address::Serial { .. }
            | Address::Stdio => Door::unix(&address, Reach::Everybody)?,
        };
        Ok(Listener { door, address, client: None, buffer: Vec::new(), backlog: Backlog::default() })
    }

    /// Where a client connects; with the port number that the system chose, if that was left to it.
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// The address without its kind.
    pub(super) fn place(&self) -> String {
        let address = self.address.to_string();
        let place = address.split_once(':').map(|(_kind, place)| place.to_owned());
        place.unwrap_or(address)
    }

    pub(super) fn kind(&self) -> &'static str {
        match self.door {
            Door::Tcp(_) => "tcp",
            #[cfg(unix)]
            Door::Unix { .. } => "unix",
        }
    }

    /// What happens next. May be dropped and called again: nothing is lost.
    pub async fn next(&mut self) -> LineEvent<'_> {
        match self.step().await {
            Step::Bytes(range) => LineEvent::Bytes(&self.buffer[range]),
            Step::Opened => LineEvent::Opened,
            Step::Closed => LineEvent::Closed,
            Step::Gone => LineEvent::Gone,
        }
    }

    /// Sends `bytes` in one write, or as soon as the client reads; never waits.
    pub fn send(&mut self, bytes: &[u8]) -> Sent {
        let Some(client) = &self.client else { return Sent::Unheard };
        // An error here shows as the end of the stream when it is next read.
        self.backlog.send(bytes, |bytes| client.try_write(bytes)).unwrap_or(Sent::Unheard)
    }

    async fn step(&mut self) -> Step {
        loop {
            let Some(client) = &self.client else {
                match self.door.accept().await {
                    Ok(client) => {
                        self.client = Some(client);
                        return Step::Opened;
                    }
                    Err(error) => {
                        tracing::warn!("{}: cannot accept a client: {error}", self.address);
                        tokio::time::sleep(ACCEPT_PAUSE).await;
                        continue;
                    }
                }
            };
            self.buffer.resize(BUFFER, 0);
            match client.try_read(&mut self.buffer) {
                Ok(0) => return self.close(),
                Ok(n) => return Step::Bytes(0..n),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(_) => return self.close(),
            }
            let waited = tokio::select! {
                biased;
                ready = client.readable() => ready,
                ready = client.writable(), if !self.backlog.is_empty() => {
                    ready.and_then(|()| self.backlog.flush(|bytes| client.try_write(bytes)))
                }
            };
            if waited.is_err() {
                return self.close();
            }
        }
    }

    fn close(&mut self) -> Step {
        self.client = None;
        self.backlog.clear();
        Step::Closed
    }
}

/// Who may connect to a socket in the file system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// Whom the process's umask lets.
    Everybody,
    /// This user alone: mode 0600.
    Owner,
}

impl Door {
    /// Listens on TCP; the port number is the one that the system chose, where that was left to it.
    ///
    /// # Errors
    ///
    /// Where the place is taken or may not be used.
    pub(super) async fn tcp(address: &Address, host: &str, port: u16) -> Result<(Door, u16), PortError> {
        let unmade = |why: &str, next| PortError::Unmade { path: address.to_string(), why: why.to_owned(), next };
        let failed = |error: io::Error| match error.kind() {
            io::ErrorKind::AddrInUse => PortError::ListenedOn { port: address.to_string() },
            io::ErrorKind::AddrNotAvailable => {
                unmade("this machine has no such address", "listen on 127.0.0.1, or on an address that the machine has")
            }
            io::ErrorKind::PermissionDenied => {
                unmade("this user may not listen there", "choose a port from 1024 on; 0 lets the system choose")
            }
            _ => PortError::unmade(address, &error),
        };
        let found = host_addresses(host, port).await?;
        let listener = TcpListener::bind(&found[..]).await.map_err(failed)?;
        let port = listener.local_addr().map_err(failed)?.port();
        Ok((Door::Tcp(listener), port))
    }

    /// Listens on a Unix socket.
    ///
    /// # Errors
    ///
    /// Where the place is taken or may not be used, or the address is of another kind.
    #[cfg_attr(not(unix), expect(unused_variables, reason = "there are no Unix sockets"))]
    pub(super) fn unix(address: &Address, reach: Reach) -> Result<Door, PortError> {
        match address {
            #[cfg(unix)]
            Address::Unix(path) => bind_path(path, reach),
            #[cfg(target_os = "linux")]
            Address::Abstract(name) => bind_abstract(name).map_err(|error| match error.kind() {
                io::ErrorKind::AddrInUse => PortError::ListenedOn { port: address.to_string() },
                _ => PortError::unmade(address, &error),
            }),
            #[cfg(not(unix))]
            Address::Unix(_) => Err(unsupported(address, "there are no Unix sockets")),
            #[cfg(not(target_os = "linux"))]
            Address::Abstract(_) => Err(unsupported(address, "there are no abstract sockets")),
            Address::Tcp { .. } | Address::Rfc2217 { .. } | Address::Serial { .. } | Address::Stdio => {
                Err(unsupported(address, "there is nothing to listen on"))
            }
        }
    }

    pub(super) async fn accept(&self) -> io::Result<Stream> {
        match self {
            Door::Tcp(listener) => Stream::tcp(listener.accept().await?.0),
            #[cfg(unix)]
            Door::Unix { listener, .. } => Ok(Stream::Unix(listener.accept().await?.0)),
        }
    }
}

fn unsupported(address: &Address, what: &'static str) -> PortError {
    PortError::Unsupported { port: address.to_string(), what }
}

/// What a host's name stands for.
pub(super) async fn host_addresses(host: &str, port: u16) -> Result<Vec<SocketAddr>, PortError> {
    let found = tokio::net::lookup_host((host, port)).await;
    found.map(Iterator::collect).map_err(|_| PortError::UnknownHost { host: host.to_owned() })
}

/// Binds a path, in the place of a socket on which nobody listens any more.
#[cfg(unix)]
fn bind_path(path: &Path, reach: Reach) -> Result<Door, PortError> {
    use std::os::unix::fs::{FileTypeExt, MetadataExt};
    let failed = |error| PortError::unmade(format_args!("unix:{}", path.display()), &error);
    let taken = |what: &str| PortError::Taken { path: path.display().to_string(), what: what.to_owned() };
    let claim = super::claim::place(path).map_err(failed)?;
    let claim = claim.ok_or_else(|| taken("is the socket of a running modem"))?;
    match std::fs::symlink_metadata(path) {
        Ok(there) if !there.file_type().is_socket() => return Err(taken("is no socket, and is left alone")),
        Ok(_) => {
            // Nobody of ours holds it; another program may.
            if std::os::unix::net::UnixStream::connect(path).is_ok() {
                return Err(taken("is the socket of a running program"));
            }
            std::fs::remove_file(path).map_err(failed)?;
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(failed(error)),
    }
    let listener = match reach {
        Reach::Everybody => UnixListener::bind(path),
        Reach::Owner => {
            // The socket must never be there with another mode, and only the mask says with which it is made.
            let before = rustix::process::umask(rustix::fs::Mode::from_bits_truncate(0o177));
            let bound = UnixListener::bind(path);
            rustix::process::umask(before);
            bound
        }
    };
    let listener = listener.map_err(failed)?;
    let made = std::fs::symlink_metadata(path).map_err(failed)?;
    let file = SocketFile { path: path.to_owned(), id: (made.dev(), made.ino()), _claim: claim };
    Ok(Door::Unix { listener, _file: Some(file) })
}

#[cfg(unix)]
impl Drop for SocketFile {
    fn drop(&mut self) {
        use std::os::unix::fs::MetadataExt;
        if std::fs::symlink_metadata(&self.path).is_ok_and(|there| (there.dev(), there.ino()) == self.id) {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

#[cfg(target_os = "linux")]
fn bind_abstract(name: &str) -> io::Result<Door> {
    use std::os::linux::net::SocketAddrExt;
    use std::os::unix::net::{SocketAddr, UnixListener as Blocking};
    let listener = Blocking::bind_addr(&SocketAddr::from_abstract_name(name)?)?;
    listener.set_nonblocking(true)?;
    Ok(Door::Unix { listener: UnixListener::from_std(listener)?, _file: None })
}
