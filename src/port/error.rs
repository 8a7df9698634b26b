//! What goes wrong with a port: always the bench's fault, each with a next step.

use std::io;
use std::time::Duration;

use super::list::Holder;
use super::lock::LockError;

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
    #[error("{port} is in use{}", by(.holders))]
    Busy {
        /// The port as the user named it.
        port: String,
        /// Who has it open, as far as this user may know.
        holders: Vec<Holder>,
    },
    /// Somebody else has its lock: which process, and what it does.
    #[error(transparent)]
    Locked(#[from] LockError),
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
    /// Another program listens there.
    #[error("{port} is in use")]
    ListenedOn {
        /// The address as the user named it.
        port: String,
    },
    /// A link or a socket that could not be made.
    #[error("cannot make {path}: {why}")]
    Unmade {
        /// The place.
        path: String,
        /// What is wrong with it.
        why: String,
        /// The next step.
        next: &'static str,
    },
    /// A host that does not answer at all.
    #[error("{port} cannot be reached")]
    Unreachable {
        /// The port as the user named it.
        port: String,
    },
    /// A name that leads to no host.
    #[error("no host is known as `{host}`")]
    UnknownHost {
        /// The name as the user gave it.
        host: String,
    },
    /// A line that would rewrite the device's identity; none of its commands was carried out.
    #[error("a command line for {port} was stopped: {reason}")]
    Tamper {
        /// The port as the user named it.
        port: String,
        /// What it would have done, in words.
        reason: &'static str,
    },
    /// Modem lines were asked of a port that carries bytes alone.
    #[error("{port} has no modem lines: {what} carries bytes alone")]
    NoLines {
        /// The port as the user named it.
        port: String,
        /// What the port is made of.
        what: &'static str,
    },
    /// Nobody offers a serial port of RFC 2217 there.
    #[error("{port} is no serial port over a network: {why}")]
    NoSerialPort {
        /// The port as the user named it.
        port: String,
        /// What its server said or left unsaid.
        why: &'static str,
    },
    /// The device behind a port's server cannot be set so.
    #[error("{port} was asked for {asked}, and has {has}")]
    Setting {
        /// The port as the user named it.
        port: String,
        /// What it was to have, in words.
        asked: String,
        /// What its server says that it has.
        has: String,
    },
    /// A port's server left a question unanswered.
    #[error("{port} was asked for {asked}, and did not answer within {waited:?}")]
    Unanswered {
        /// The port as the user named it.
        port: String,
        /// What was asked, in words.
        asked: String,
        /// How long was waited.
        waited: Duration,
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
            PortError::Locked(error) => Some(error.help()),
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
            PortError::ListenedOn { .. } => Some("listen somewhere else, or end the program that listens there"),
            PortError::Unmade { next, .. } => Some(next),
            PortError::Unreachable { .. } => Some("check the host's address, its network and its firewall"),
            PortError::UnknownHost { .. } => Some("check the spelling, or give the number: 127.0.0.1 is this machine"),
            PortError::Tamper { .. } => {
                Some("atgate never rewrites an identity on a real port; try it on `atgate modem`")
            }
            PortError::NoLines { .. } => {
                Some("a serial port has DTR, RTS, CTS, DSR, DCD and RI, and so has rfc2217://HOST:PORT")
            }
            PortError::NoSerialPort { .. } => Some(
                "a server of raw bytes is tcp:HOST:PORT; ser2net offers a serial port with `accepter: telnet(rfc2217),tcp,PORT`",
            ),
            PortError::Setting { .. } => Some(
                "set it to what the device has: ?baud=115200, ?framing=8n1, ?flow=none|rtscts|xonxoff, joined by `&`",
            ),
            PortError::Unanswered { .. } => Some(
                "the device there may have no such lines; ?timeout=10 waits longer, ?ign_set_control for no answer about flow control and lines",
            ),
            PortError::Unsupported { .. } => Some("use a TCP port: --tcp 127.0.0.1:5000, tcp:127.0.0.1:5000"),
            PortError::Io { .. } => None,
        }
    }

    /// Why a link or a socket could not be made at `path`.
    pub(super) fn unmade(path: impl ToString, source: &io::Error) -> Self {
        const FOLDER: &str = "choose a place in a folder that exists and that this user may write to";
        const SHORTER: &str = "choose a shorter one";
        let (why, next) = match source.kind() {
            io::ErrorKind::NotFound => ("there is no such folder", FOLDER),
            io::ErrorKind::NotADirectory => ("what should be its folder is none", FOLDER),
            io::ErrorKind::PermissionDenied => ("this user may not write there", FOLDER),
            io::ErrorKind::ReadOnlyFilesystem => ("the file system is read-only", FOLDER),
            io::ErrorKind::InvalidFilename => ("its name is too long", SHORTER),
            // What the standard library says of a path that does not fit into a socket's address.
            io::ErrorKind::InvalidInput => ("it is too long for a socket", SHORTER),
            _ => return PortError::Unmade { path: path.to_string(), why: source.to_string(), next: FOLDER },
        };
        let why = why.to_owned();
        PortError::Unmade { path: path.to_string(), why, next }
    }

    /// Sorts what the system reports about `port` into the kinds above.
    pub fn from_io(port: impl ToString, source: io::Error) -> Self {
        let port = port.to_string();
        match source.kind() {
            io::ErrorKind::NotFound => PortError::Missing { port },
            io::ErrorKind::PermissionDenied => PortError::NoPermission { port },
            io::ErrorKind::ConnectionRefused => PortError::Refused { port },
            io::ErrorKind::ResourceBusy | io::ErrorKind::AddrInUse => PortError::Busy { port, holders: Vec::new() },
            io::ErrorKind::TimedOut | io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => {
                PortError::Unreachable { port }
            }
            io::ErrorKind::BrokenPipe
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::UnexpectedEof => PortError::Gone { port },
            _ => by_number(port, source),
        }
    }
}

/// Who has a port open: ` by minicom (process 812)`; nothing where it is not known.
fn by(holders: &[Holder]) -> String {
    let named = |holder: &Holder| match holder.program.as_str() {
        "" => format!("process {}", holder.pid),
        program => format!("{program} (process {})", holder.pid),
    };
    let told: Vec<String> = holders.iter().map(named).collect();
    if told.is_empty() { String::new() } else { format!(" by {}", told.join(", ")) }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_not_be_made_says_why_and_what_next() {
        let kinds = [
            io::ErrorKind::NotFound,
            io::ErrorKind::NotADirectory,
            io::ErrorKind::PermissionDenied,
            io::ErrorKind::ReadOnlyFilesystem,
            io::ErrorKind::InvalidFilename,
            io::ErrorKind::InvalidInput,
        ];
        let told = kinds.map(|kind| {
            let error = PortError::unmade("run/modem0", &kind.into());
            format!("{error}\n  help: {}\n", error.help().unwrap_or_default())
        });
        insta::assert_snapshot!(told.concat(), @r"
        cannot make run/modem0: there is no such folder
          help: choose a place in a folder that exists and that this user may write to
        cannot make run/modem0: what should be its folder is none
          help: choose a place in a folder that exists and that this user may write to
        cannot make run/modem0: this user may not write there
          help: choose a place in a folder that exists and that this user may write to
        cannot make run/modem0: the file system is read-only
          help: choose a place in a folder that exists and that this user may write to
        cannot make run/modem0: its name is too long
          help: choose a shorter one
        cannot make run/modem0: it is too long for a socket
          help: choose a shorter one
        ");
    }
}
