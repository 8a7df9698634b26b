//! A Unix socket at which other programs of this user ask: lines of text, from several clients at once.
//!
//! A [`Reception`] lets them in, a [`Conversation`] is one of them, seen from either end. Knows nothing of what is asked.
//! In the file system the socket is the user's alone; in the abstract namespace, which has no modes, the system is asked
//! who is there.

use std::io;
use std::time::Duration;

use tokio::net::UnixStream;

use super::address::Address;
use super::error::PortError;
use super::socket::{Door, Reach};
use super::stream::Stream;

/// A longer line is passed over.
pub(super) const LONGEST: usize = 64 * 1024;

/// How much is read at once.
const PIECE: usize = 4096;

/// How long the other side may take no byte at all.
const STALL: Duration = Duration::from_secs(10);

/// How long to hold back after the system could not accept a client, as when it has no descriptor left.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// A socket that is listened on.
#[derive(Debug)]
pub struct Reception {
    door: Door,
    address: Address,
}

/// A connection, line by line.
#[derive(Debug)]
pub struct Conversation {
    stream: Stream,
    address: Address,
    /// What came and is not told yet.
    buffer: Vec<u8>,
    /// So much of it was searched for a line's end.
    searched: usize,
    /// The line that comes is too long: it is passed over up to its end.
    overlong: bool,
    ended: bool,
}

/// What came on a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// A line, without its end: LF, or CR LF. The last one needs none.
    Line(String),
    /// A line of more than 64 KiB; it was passed over.
    TooLong,
    /// A line that is no UTF-8: the first byte that is none, and its place from 1.
    NoText(u8, usize),
    /// The other end has said all.
    End,
}

impl Reception {
    /// Listens on a Unix socket, on the tokio runtime that this is called from. A socket on which nobody listens any more is
    /// replaced.
    ///
    /// # Errors
    ///
    /// Where the place is taken or may not be used, or the address is none of a Unix socket.
    pub fn bind(address: &Address) -> Result<Reception, PortError> {
        Ok(Reception { door: Door::unix(address, Reach::Owner)?, address: address.clone() })
    }

    /// Waits for the next client. May be dropped and called again: nothing is lost.
    pub async fn next(&self) -> Conversation {
        loop {
            match self.door.accept().await {
                Ok(stream) if stream.is_own() => return Conversation::new(stream, self.address.clone()),
                Ok(_) => tracing::warn!("{}: another user's program was turned away", self.address),
                Err(error) => {
                    tracing::warn!("{}: cannot accept a client: {error}", self.address);
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    }
}

impl Conversation {
    /// Connects to a Unix socket, on the tokio runtime that this is called from.
    ///
    /// # Errors
    ///
    /// Where there is none, nobody listens, or the address is none of a Unix socket.
    pub async fn open(address: &Address) -> Result<Conversation, PortError> {
        let failed = |error: io::Error| PortError::from_io(address, error);
        let stream = match address {
            Address::Unix(path) => UnixStream::connect(path).await.map_err(failed)?,
            #[cfg(target_os = "linux")]
            Address::Abstract(name) => super::client::connect_abstract(name).map_err(failed)?,
            #[cfg(not(target_os = "linux"))]
            Address::Abstract(_) => return Err(unsupported(address, "there are no abstract sockets")),
            Address::Tcp { .. } | Address::Rfc2217 { .. } | Address::Serial { .. } | Address::Stdio => {
                return Err(PortError::Unsupported {
                    port: address.to_string(),
                    what: "there is no Unix socket of this name",
                });
            }
        };
        Ok(Conversation::new(Stream::Unix(stream), address.clone()))
    }

    fn new(stream: Stream, address: Address) -> Conversation {
        Conversation { stream, address, buffer: Vec::new(), searched: 0, overlong: false, ended: false }
    }

    /// The next line. May be dropped and called again: nothing is lost.
    ///
    /// # Errors
    ///
    /// The connection is broken.
    pub async fn hear(&mut self) -> Result<Heard, PortError> {
        loop {
            if let Some(heard) = self.take() {
                return Ok(heard);
            }
            let old = self.buffer.len();
            self.buffer.resize(old + PIECE, 0);
            let read = self.stream.try_read(&mut self.buffer[old..]);
            self.buffer.truncate(old + *read.as_ref().unwrap_or(&0));
            match read {
                Ok(0) => self.ended = true,
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.stream.readable().await.map_err(|error| PortError::from_io(&self.address, error))?;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(PortError::from_io(&self.address, error)),
            }
        }
    }

    /// Takes a whole line out of what came.
    fn take(&mut self) -> Option<Heard> {
        let found = memchr::memchr(b'\n', &self.buffer[self.searched..]).map(|at| self.searched + at);
        let (length, next) = match found {
            Some(at) => (at, at + 1),
            None if self.ended && self.buffer.is_empty() && !self.overlong => return Some(Heard::End),
            None if self.ended => (self.buffer.len(), self.buffer.len()),
            None => {
                self.searched = self.buffer.len();
                if self.buffer.len() > LONGEST {
                    self.overlong = true;
                    self.buffer.clear();
                    self.searched = 0;
                }
                return None;
            }
        };
        self.searched = 0;
        let mut line: Vec<u8> = self.buffer.drain(..next).take(length).collect();
        if std::mem::take(&mut self.overlong) || line.len() > LONGEST {
            return Some(Heard::TooLong);
        }
        if line.last() == Some(&b'\r') {
            line.pop();
        }
        Some(match String::from_utf8(line) {
            Ok(line) => Heard::Line(line),
            Err(error) => {
                let at = error.utf8_error().valid_up_to();
                Heard::NoText(error.as_bytes()[at], at + 1)
            }
        })
    }

    /// Sends all of `bytes`.
    ///
    /// # Errors
    ///
    /// [`PortError::Stuck`] where the other side reads nothing for ten seconds, [`PortError::Gone`] where it has closed.
    pub async fn say(&mut self, mut bytes: &[u8]) -> Result<(), PortError> {
        while !bytes.is_empty() {
            match self.stream.try_write(bytes) {
                Ok(0) => return Err(PortError::Gone { port: self.address.to_string() }),
                Ok(n) => bytes = &bytes[n..],
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    match tokio::time::timeout(STALL, self.stream.writable()).await {
                        Ok(ready) => ready.map_err(|error| PortError::from_io(&self.address, error))?,
                        Err(_) => {
                            let port = self.address.to_string();
                            return Err(PortError::Stuck { port, waited_s: STALL.as_secs() });
                        }
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(PortError::from_io(&self.address, error)),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runtime() -> tokio::runtime::Runtime {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
    }

    fn place(folder: &tempfile::TempDir) -> Address {
        Address::Unix(folder.path().join("ctl"))
    }

    #[test]
    fn several_clients_are_heard_line_by_line_wherever_they_are_cut() {
        let folder = tempfile::tempdir().unwrap();
        let address = place(&folder);
        runtime().block_on(async {
            let reception = Reception::bind(&address).unwrap();
            let mut first = Conversation::open(&address).await.unwrap();
            let mut second = Conversation::open(&address).await.unwrap();
            let (mut left, mut right) = (reception.next().await, reception.next().await);
            first.say(b"on").await.unwrap();
            second.say(b"two\r\nand\n\nlast").await.unwrap();
            drop(second);
            let heard = [right.hear().await, right.hear().await, right.hear().await, right.hear().await];
            let texts = ["two", "and", "", "last"].map(|text| Heard::Line(text.to_owned()));
            assert_eq!(heard.map(Result::unwrap), texts);
            assert_eq!(right.hear().await.unwrap(), Heard::End);
            first.say(b"e\n").await.unwrap();
            assert_eq!(left.hear().await.unwrap(), Heard::Line("one".to_owned()));
            left.say(b"answer\n").await.unwrap();
            assert_eq!(first.hear().await.unwrap(), Heard::Line("answer".to_owned()));
        });
    }

    #[test]
    fn a_line_without_end_costs_a_bounded_amount_and_the_next_one_is_heard() {
        let folder = tempfile::tempdir().unwrap();
        let address = place(&folder);
        runtime().block_on(async {
            let reception = Reception::bind(&address).unwrap();
            let mut client = Conversation::open(&address).await.unwrap();
            let mut ours = reception.next().await;
            let talking = async {
                for _ in 0..50 {
                    client.say(&[b'x'; 10_000]).await.unwrap();
                }
                client.say(b"\n\xffno text\nok\n").await.unwrap();
            };
            let hearing = async {
                let first = ours.hear().await.unwrap();
                assert!(ours.buffer.capacity() < 4 * LONGEST);
                [first, ours.hear().await.unwrap(), ours.hear().await.unwrap()]
            };
            let ((), heard) = tokio::join!(talking, hearing);
            assert_eq!(heard, [Heard::TooLong, Heard::NoText(0xff, 1), Heard::Line("ok".to_owned())]);
        });
    }

    #[test]
    fn the_socket_is_the_users_alone_and_leaves_with_its_listener() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let address = place(&folder);
        let path = folder.path().join("ctl");
        runtime().block_on(async {
            let reception = Reception::bind(&address).unwrap();
            assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
            assert!(matches!(Reception::bind(&address), Err(PortError::Taken { .. })));
            drop(reception);
            assert!(path.symlink_metadata().is_err());
            // What a killed program leaves: a socket that nobody listens on.
            drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
            assert!(matches!(Conversation::open(&address).await, Err(PortError::Refused { .. })));
            let _reception = Reception::bind(&address).unwrap();
            Conversation::open(&address).await.unwrap();
        });
    }

    #[test]
    fn there_is_no_reception_beyond_this_machine() {
        runtime().block_on(async {
            let tcp: Address = "tcp:127.0.0.1:0".parse().unwrap();
            assert!(matches!(Reception::bind(&tcp), Err(PortError::Unsupported { .. })));
        });
    }
}
