//! What goes wrong with a port: always the bench's fault, each with a next step.

use std::io;

/// Why a port could not be opened, or can no longer be used.
#[derive(Debug, thiserror::Error)]
pub enum PortError {
    /// Nothing stands at that name.
    #[error("no port at {port}")]
    Missing {
        /// The port as the user named it.
        port: String,
    },
    /// Somebody else has it.
    #[error("{port} is in use")]
    Busy {
        /// The port as the user named it.
        port: String,
    },
    /// A file, a directory or a device that is no terminal.
    #[error("{port} is not a serial port")]
    NotATty {
        /// The port as the user named it.
        port: String,
    },
    /// The system does not let this user open it.
    #[error("no permission to open {port}")]
    NoPermission {
        /// The port as the user named it.
        port: String,
    },
    /// Nobody listens at the other end.
    #[error("nobody listens at {port}")]
    Refused {
        /// The port as the user named it.
        port: String,
    },
    /// It was open and is no longer there: unplugged, closed by its peer.
    #[error("{port} went away")]
    Gone {
        /// The port as the user named it.
        port: String,
    },
    /// The other side took nothing for too long.
    #[error("{port} takes no more bytes: {waited_s} s without progress")]
    Stuck {
        /// The port as the user named it.
        port: String,
        /// How long was waited, in seconds.
        waited_s: u64,
    },
    /// The place of a link or socket is taken by something that is not ours to replace.
    #[error("{path} {what}")]
    Taken {
        /// The place.
        path: String,
        /// What stands there.
        what: String,
    },
    /// A line that would rewrite the device's identity; none of its commands was carried out.
    #[error("a command line for {port} was stopped: {reason}")]
    Tamper {
        /// The port as the user named it.
        port: String,
        /// What it would have done, in words.
        reason: &'static str,
    },
    /// This system has no such kind of port.
    #[error("{port}: {what} on this system")]
    Unsupported {
        /// The port as the user named it.
        port: String,
        /// What is missing.
        what: &'static str,
    },
    /// Anything else that the system reports.
    #[error("{port}: {source}")]
    Io {
        /// The port as the user named it.
        port: String,
        /// The system's own words.
        source: io::Error,
    },
}

impl PortError {
    /// The next step, where there is one.
    pub fn help(&self) -> Option<&'static str> {
        match self {
            PortError::Missing { .. } => {
                Some("is the device plugged in, and the emulator running? `atgate ports` lists what is there")
            }
            PortError::Busy { .. } => Some(
                "close the other program; ModemManager lets go of a port that has ID_MM_PORT_IGNORE=1 in a udev rule",
            ),
            PortError::NotATty { .. } => Some("`atgate ports` lists the serial ports of this machine"),
            PortError::NoPermission { .. } => {
                Some("serial ports belong to a group, often `dialout`: add the user to it and log in again")
            }
            PortError::Refused { .. } => Some("start the modem's side first, and check the host and port number"),
            PortError::Gone { .. } => {
                Some("check the cable and the power; a module that restarts comes back under a new name")
            }
            PortError::Stuck { .. } => Some("check the flow control: `?flow=none` sends without waiting for CTS"),
            PortError::Taken { .. } => Some("choose another path, or remove it if nobody needs it"),
            PortError::Tamper { .. } => {
                Some("atgate never rewrites an identity on a real port; try it on `atgate modem`")
            }
            PortError::Unsupported { .. } => Some("use a TCP port: --tcp 127.0.0.1:5000, tcp:127.0.0.1:5000"),
            PortError::Io { .. } => None,
        }
    }

    /// Sorts what the system reports about `port` into the kinds above.
    pub fn from_io(port: impl ToString, source: io::Error) -> Self {
        let port = port.to_string();
        match source.kind() {
            io::ErrorKind::NotFound => PortError::Missing { port },
            io::ErrorKind::PermissionDenied => PortError::NoPermission { port },
            io::ErrorKind::ConnectionRefused => PortError::Refused { port },
            io::ErrorKind::ResourceBusy | io::ErrorKind::AddrInUse => PortError::Busy { port },
            io::ErrorKind::BrokenPipe
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::UnexpectedEof => PortError::Gone { port },
            _ => by_number(port, source),
        }
    }
}

/// The errors of terminals, which `ErrorKind` has no names for.
#[cfg(unix)]
fn by_number(port: String, source: io::Error) -> PortError {
    use rustix::io::Errno;
    match Errno::from_io_error(&source) {
        Some(Errno::NOTTY) => PortError::NotATty { port },
        Some(Errno::IO | Errno::NXIO | Errno::NODEV) => PortError::Gone { port },
        _ => PortError::Io { port, source },
    }
}

#[cfg(not(unix))]
fn by_number(port: String, source: io::Error) -> PortError {
    PortError::Io { port, source }
}
