//! The host's end of a line: a real serial port, here or over a network, somebody's pseudo-terminal, a TCP or Unix socket.

mod duplex;

use std::io;
use std::path::Path;
use std::time::Duration;

use serialport::{DataBits, StopBits};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
#[cfg(unix)]
use tokio::net::UnixStream;
use tokio_serial::{SerialPortBuilderExt, SerialStream};

use super::address::{Address, Flow, Parity, Settings};
use super::claim;
use super::error::PortError;
use super::gate::{Gate, Refusal};
use super::list;
use super::lock::Lock;
use super::rfc2217::Remote;
use super::signals::{self, Signals};
use super::socket::host_addresses;
pub use duplex::Moved;

/// How long the other side may take no byte at all.
const STALL: Duration = Duration::from_secs(10);

/// How long to wait for a TCP connection.
const CONNECT: Duration = Duration::from_secs(10);

/// What a port without modem lines is made of.
const TCP: &str = "a TCP connection";
#[cfg(unix)]
const UNIX: &str = "a Unix socket";

/// An open port. What is written passes the [`Gate`], unless an atgate is known to emulate the modem behind it.
#[derive(Debug)]
pub struct Port {
    kind: Kind,
    address: Address,
    gate: Option<Gate>,
    /// What [`Port::exchange`] is to write.
    waiting: Vec<u8>,
    /// Let go of behind the device itself, which stands above.
    _lock: Option<Lock>,
}

#[derive(Debug)]
enum Kind {
    Serial(SerialStream),
    Tcp(TcpStream),
    Remote(Box<Remote>),
    #[cfg(unix)]
    Unix(UnixStream),
}

/// Opens a port on the tokio runtime that this is called from; a serial port exclusively, with its [`Lock`] where the modem
/// behind it is not an atgate's: who finds it busy is told who has it.
///
/// # Errors
///
/// Where it is missing, in use, no serial port, not permitted, cannot be set as it should be, or nobody listens.
pub async fn open(address: &Address) -> Result<Port, PortError> {
    let failed = |error| PortError::from_io(address, error);
    // Longer than the system has room for: nothing can stand there.
    #[cfg(unix)]
    let unix_failed = |error: io::Error| match error.kind() {
        io::ErrorKind::InvalidInput => PortError::Missing { port: address.to_string() },
        _ => failed(error),
    };
    let emulated = match address {
        Address::Serial { path, .. } => claim::is_emulated(path),
        Address::Tcp { .. } | Address::Rfc2217 { .. } | Address::Unix(_) | Address::Abstract(_) | Address::Stdio => {
            false
        }
    };
    let mut lock = None;
    let kind = match address {
        Address::Serial { path, settings } => {
            check(path, &path.display().to_string())?;
            if !emulated {
                lock = Lock::for_opening(address)?;
            }
            Kind::Serial(serial(path, settings)?)
        }
        Address::Tcp { host, port } => Kind::Tcp(connect(host, *port, address).await?),
        Address::Rfc2217 { host, port, settings, manner } => {
            let stream = connect(host, *port, address).await?;
            Kind::Remote(Box::new(Remote::open(stream, address.to_string(), settings, *manner).await?))
        }
        #[cfg(unix)]
        Address::Unix(path) => Kind::Unix(UnixStream::connect(path).await.map_err(unix_failed)?),
        #[cfg(target_os = "linux")]
        Address::Abstract(name) => Kind::Unix(connect_abstract(name).map_err(unix_failed)?),
        #[cfg(not(unix))]
        Address::Unix(_) => return Err(unsupported(address, "there are no Unix sockets")),
        #[cfg(not(target_os = "linux"))]
        Address::Abstract(_) => return Err(unsupported(address, "there are no abstract sockets")),
        Address::Stdio => return Err(unsupported(address, "standard input and output lead to no modem")),
    };
    let gate = (!emulated).then(Gate::default);
    Ok(Port { kind, address: address.clone(), gate, waiting: Vec::new(), _lock: lock })
}

fn unsupported(address: &Address, what: &'static str) -> PortError {
    PortError::Unsupported { port: address.to_string(), what }
}

/// Connects to whichever of the host's addresses takes it, and sends each write at once.
async fn connect(host: &str, port: u16, address: &Address) -> Result<TcpStream, PortError> {
    let failed = |error| PortError::from_io(address, error);
    let connecting = async {
        let found = host_addresses(host, port).await?;
        TcpStream::connect(&found[..]).await.map_err(failed)
    };
    let timed = tokio::time::timeout(CONNECT, connecting).await;
    let stream = timed.map_err(|_| failed(io::ErrorKind::TimedOut.into()))??;
    stream.set_nodelay(true).map_err(failed)?;
    Ok(stream)
}

fn serial(path: &Path, settings: &Settings) -> Result<SerialStream, PortError> {
    let port = path.display().to_string();
    let parity = match settings.framing.parity {
        Parity::None => serialport::Parity::None,
        Parity::Even => serialport::Parity::Even,
        Parity::Odd => serialport::Parity::Odd,
    };
    let flow = match settings.flow {
        Flow::None => serialport::FlowControl::None,
        Flow::RtsCts => serialport::FlowControl::Hardware,
        Flow::XonXoff => serialport::FlowControl::Software,
    };
    let data_bits = match settings.framing.data_bits {
        5 => DataBits::Five,
        6 => DataBits::Six,
        7 => DataBits::Seven,
        _ => DataBits::Eight,
    };
    let stop_bits = if settings.framing.stop_bits == 2 { StopBits::Two } else { StopBits::One };
    let opened = tokio_serial::new(path.to_string_lossy(), settings.baud)
        .parity(parity)
        .flow_control(flow)
        .data_bits(data_bits)
        .stop_bits(stop_bits)
        .exclusive(true)
        .open_native_async();
    opened.map_err(|error| match error.kind {
        // What serialport says of a lock that another program holds.
        serialport::ErrorKind::NoDevice => PortError::Busy { port, holders: list::holders_of(path) },
        serialport::ErrorKind::Io(kind) => PortError::from_io(port, io::Error::new(kind, error.description)),
        serialport::ErrorKind::InvalidInput | serialport::ErrorKind::Unknown => refine(path, port, error.description),
    })
}

/// Looks before opening: opening a FIFO or a file may do harm.
#[cfg(unix)]
fn check(path: &Path, port: &str) -> Result<(), PortError> {
    use std::os::unix::fs::FileTypeExt;
    let there = path.metadata().map_err(|error| PortError::from_io(port, error))?;
    if there.file_type().is_char_device() { Ok(()) } else { Err(PortError::NotATty { port: port.to_owned() }) }
}

/// Asks the system itself what is wrong with a device that could not be set up. Not done before: a device that is opened
/// twice sees DTR drop in between.
#[cfg(unix)]
fn refine(path: &Path, port: String, said: String) -> PortError {
    use rustix::fs::{Mode, OFlags};
    let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    match rustix::fs::open(path, flags, Mode::empty()) {
        Ok(fd) if !rustix::termios::isatty(&fd) => PortError::NotATty { port },
        Ok(_) => PortError::Io { port, source: io::Error::other(said) },
        Err(errno) => PortError::from_io(port, errno.into()),
    }
}

#[cfg(not(unix))]
fn refine(_path: &Path, port: String, said: String) -> PortError {
    PortError::Io { port, source: io::Error::other(said) }
}

#[cfg(not(unix))]
fn check(_path: &Path, _port: &str) -> Result<(), PortError> {
    Ok(())
}

#[cfg(target_os = "linux")]
pub(super) fn connect_abstract(name: &str) -> io::Result<UnixStream> {
    use std::os::linux::net::SocketAddrExt;
    use std::os::unix::net::{SocketAddr, UnixStream as Blocking};
    let stream = Blocking::connect_addr(&SocketAddr::from_abstract_name(name)?)?;
    stream.set_nonblocking(true)?;
    UnixStream::from_std(stream)
}

impl Port {
    /// What it was opened as.
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// Whether an atgate is known to emulate the modem behind it; if not, the gate stands.
    pub fn is_emulated(&self) -> bool {
        self.gate.is_none()
    }

    /// Why `line`, a command line with its terminator, would not be let through; nothing is sent.
    pub fn refuses(&self, line: &[u8]) -> Option<Refusal> {
        self.gate.as_ref().and_then(|_| Gate::default().pass(line).1)
    }

    /// Waits for bytes and takes what is there: 1 or more. May be dropped and called again: nothing is lost.
    ///
    /// # Errors
    ///
    /// [`PortError::Gone`] once the other side has closed or the device is unplugged.
    pub async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, PortError> {
        let read = match &mut self.kind {
            Kind::Serial(stream) => stream.read(buffer).await,
            Kind::Tcp(stream) => stream.read(buffer).await,
            Kind::Remote(remote) => return remote.read(buffer).await,
            #[cfg(unix)]
            Kind::Unix(stream) => stream.read(buffer).await,
        };
        match read {
            Ok(0) => Err(PortError::Gone { port: self.address.to_string() }),
            Ok(n) => Ok(n),
            Err(error) => Err(PortError::from_io(&self.address, error)),
        }
    }

    /// Writes all of `bytes`, in one write where the system takes them at once.
    ///
    /// # Errors
    ///
    /// [`PortError::Tamper`] where a line in it would rewrite the device's identity (the rest has been written),
    /// [`PortError::Stuck`] where the other side takes nothing, [`PortError::Gone`] where it has closed.
    pub async fn write_all(&mut self, bytes: &[u8]) -> Result<(), PortError> {
        let Some(gate) = &mut self.gate else { return self.write(bytes).await };
        let (passed, refused) = gate.pass(bytes);
        self.write(&passed).await?;
        match refused {
            None => Ok(()),
            Some(refusal) => Err(PortError::Tamper { port: self.address.to_string(), reason: refusal.reason }),
        }
    }

    /// The lines that the modem drives, as they stand now.
    ///
    /// # Errors
    ///
    /// [`PortError::NoLines`] where the port carries bytes alone: a pseudo-terminal, a socket. Of a port over a network,
    /// [`PortError::Unanswered`] and [`PortError::Setting`] too.
    pub async fn signals(&mut self) -> Result<Signals, PortError> {
        let name = self.address.to_string();
        match &mut self.kind {
            Kind::Serial(stream) => signals::read(stream, &name),
            Kind::Remote(remote) => remote.signals().await,
            Kind::Tcp(_) => Err(PortError::NoLines { port: name, what: TCP }),
            #[cfg(unix)]
            Kind::Unix(_) => Err(PortError::NoLines { port: name, what: UNIX }),
        }
    }

    /// Switches DTR and RTS on or off; `None` leaves a line as it is.
    ///
    /// # Errors
    ///
    /// As [`Port::signals`].
    pub async fn drive(&mut self, dtr: Option<bool>, rts: Option<bool>) -> Result<(), PortError> {
        let name = self.address.to_string();
        match &mut self.kind {
            Kind::Serial(stream) => signals::drive(stream, &name, dtr, rts),
            Kind::Remote(remote) => remote.drive(dtr, rts).await,
            Kind::Tcp(_) => Err(PortError::NoLines { port: name, what: TCP }),
            #[cfg(unix)]
            Kind::Unix(_) => Err(PortError::NoLines { port: name, what: UNIX }),
        }
    }

    /// Sends a break of this length, ten seconds at most, and waits until it is over.
    ///
    /// # Errors
    ///
    /// As [`Port::signals`].
    pub async fn send_break(&mut self, length: Duration) -> Result<(), PortError> {
        let name = self.address.to_string();
        match &mut self.kind {
            Kind::Serial(stream) => signals::send_break(stream, &name, length).await,
            Kind::Remote(remote) => remote.send_break(length).await,
            Kind::Tcp(_) => Err(PortError::NoLines { port: name, what: TCP }),
            #[cfg(unix)]
            Kind::Unix(_) => Err(PortError::NoLines { port: name, what: UNIX }),
        }
    }

    /// Forgets what has come and was not read.
    ///
    /// # Errors
    ///
    /// [`PortError::Gone`] where the other side has closed, [`PortError::Unanswered`] where a port's server says nothing.
    pub async fn purge(&mut self) -> Result<(), PortError> {
        let mut buffer = [0; 4096];
        loop {
            let read = match &mut self.kind {
                Kind::Remote(remote) => return remote.purge().await,
                Kind::Serial(stream) => stream.try_read(&mut buffer),
                Kind::Tcp(stream) => stream.try_read(&mut buffer),
                #[cfg(unix)]
                Kind::Unix(stream) => stream.try_read(&mut buffer),
            };
            match read {
                Ok(0) => return Err(PortError::Gone { port: self.address.to_string() }),
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(PortError::from_io(&self.address, error)),
            }
        }
    }

    async fn write(&mut self, mut bytes: &[u8]) -> Result<(), PortError> {
        if let Kind::Remote(remote) = &mut self.kind {
            return remote.write(bytes, STALL).await;
        }
        while !bytes.is_empty() {
            let writing = async {
                match &mut self.kind {
                    Kind::Serial(stream) => stream.write(bytes).await,
                    Kind::Tcp(stream) => stream.write(bytes).await,
                    Kind::Remote(_) => Ok(0),
                    #[cfg(unix)]
                    Kind::Unix(stream) => stream.write(bytes).await,
                }
            };
            match tokio::time::timeout(STALL, writing).await {
                Ok(Ok(0)) => return Err(PortError::Gone { port: self.address.to_string() }),
                Ok(Ok(n)) => bytes = &bytes[n..],
                Ok(Err(error)) => return Err(PortError::from_io(&self.address, error)),
                Err(_) => {
                    return Err(PortError::Stuck { port: self.address.to_string(), waited_s: STALL.as_secs() });
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests;
