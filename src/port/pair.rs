//! Both ends of one pseudo-terminal in one hand, without an executor.
//!
//! Where host and modem are both ours, or an application under test opens the slave by its path, one scheduler moves the
//! bytes and must know that all of them have arrived before it lets time pass.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{Mode, OFlags, fcntl_getfl, fcntl_setfl};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};

use super::PortError;

/// How long a transfer may stand still before it is given up.
const STALL: Duration = Duration::from_secs(5);

/// A pseudo-terminal with both ends open, raw, and never blocking.
#[derive(Debug)]
pub struct Pair {
    /// The modem's end: the master.
    pub modem: End,
    /// The host's end: the slave. Held open even where an application opens the path for itself, so that it may come and go.
    pub host: End,
    path: PathBuf,
}

/// One end of a [`Pair`]. Neither reading nor writing ever blocks.
#[derive(Debug)]
pub struct End {
    file: File,
}

/// Opens a pseudo-terminal with both its ends.
///
/// # Errors
///
/// Where the system has no pseudo-terminal left.
pub fn pair() -> Result<Pair, PortError> {
    open().map_err(|errno| PortError::from_io("a pseudo-terminal", errno.into()))
}

fn open() -> rustix::io::Result<Pair> {
    let (master, path) = open_master()?;
    let slave = open_slave(&path)?;
    set_raw(&slave)?;
    let end = |fd: OwnedFd| End { file: File::from(fd) };
    Ok(Pair { modem: end(master), host: end(slave), path })
}

/// A new master, and the path of its slave.
pub(super) fn open_master() -> rustix::io::Result<(OwnedFd, PathBuf)> {
    use std::os::unix::ffi::OsStringExt;
    let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY;
    #[cfg(target_os = "linux")]
    let master = openpt(flags | OpenptFlags::CLOEXEC)?;
    #[cfg(not(target_os = "linux"))]
    let master = {
        use rustix::io::{FdFlags, fcntl_setfd};
        let master = openpt(flags)?;
        fcntl_setfd(&master, FdFlags::CLOEXEC)?;
        master
    };
    grantpt(&master)?;
    unlockpt(&master)?;
    fcntl_setfl(&master, fcntl_getfl(&master)? | OFlags::NONBLOCK)?;
    let path = ptsname(&master, Vec::new())?.into_bytes();
    Ok((master, std::ffi::OsString::from_vec(path).into()))
}

/// The slave of a pseudo-terminal; never this process's controlling terminal.
fn open_slave(path: &Path) -> rustix::io::Result<OwnedFd> {
    rustix::fs::open(path, OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC | OFlags::NONBLOCK, Mode::empty())
}

/// Raw: no echo, no line editing, no translation, no signals.
pub(super) fn set_raw(slave: impl AsFd) -> rustix::io::Result<()> {
    let mut termios = tcgetattr(&slave)?;
    termios.make_raw();
    tcsetattr(&slave, OptionalActions::Now, &termios)
}

impl Pair {
    /// What an application opens: `/dev/pts/N`.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Sends `bytes` from the modem's end and returns them as they came out at the host's: every one of them.
    ///
    /// # Errors
    ///
    /// Where they do not all arrive, as when an application reads them first.
    pub fn carry_to_host(&self, bytes: &[u8]) -> Result<Vec<u8>, PortError> {
        carry(&self.modem, &self.host, bytes).map_err(|error| self.error(error))
    }

    /// Sends `bytes` from the host's end and returns them as they came out at the modem's: every one of them.
    ///
    /// # Errors
    ///
    /// Where they do not all arrive.
    pub fn carry_to_modem(&self, bytes: &[u8]) -> Result<Vec<u8>, PortError> {
        carry(&self.host, &self.modem, bytes).map_err(|error| self.error(error))
    }

    fn error(&self, error: io::Error) -> PortError {
        let port = self.path.display().to_string();
        match error.kind() {
            io::ErrorKind::TimedOut => PortError::Stuck { port, waited_s: STALL.as_secs() },
            _ => PortError::from_io(port, error),
        }
    }
}

fn carry(from: &End, to: &End, bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut arrived = vec![0; bytes.len()];
    let (mut sent, mut read) = (0, 0);
    while read < bytes.len() {
        let written = if sent < bytes.len() { from.write(&bytes[sent..])? } else { 0 };
        sent += written;
        let taken = to.read(&mut arrived[read..])?;
        read += taken;
        // With all sent and nothing here yet, the rest is on its way; with some unsent, what arrives makes room.
        if written == 0 && taken == 0 && !to.wait_readable(STALL)? {
            return Err(io::ErrorKind::TimedOut.into());
        }
    }
    Ok(arrived)
}

impl End {
    /// Takes what is there; 0 when nothing is.
    ///
    /// # Errors
    ///
    /// The system's, such as EIO once the other end is closed.
    pub fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        or_zero(|| (&self.file).read(buffer))
    }

    /// Sends as much as there is room for; 0 when there is none.
    ///
    /// # Errors
    ///
    /// The system's, such as EIO once the other end is closed.
    pub fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        or_zero(|| (&self.file).write(bytes))
    }

    /// Waits until there is something to read; false when `limit` passed first.
    ///
    /// # Errors
    ///
    /// The system's.
    pub fn wait_readable(&self, limit: Duration) -> io::Result<bool> {
        self.wait(PollFlags::IN, limit)
    }

    /// Waits until there is room to write; false when `limit` passed first.
    ///
    /// # Errors
    ///
    /// The system's.
    pub fn wait_writable(&self, limit: Duration) -> io::Result<bool> {
        self.wait(PollFlags::OUT, limit)
    }

    fn wait(&self, what: PollFlags, limit: Duration) -> io::Result<bool> {
        let until = Instant::now() + limit;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            let left = Timespec { tv_sec: left.as_secs().cast_signed(), tv_nsec: left.subsec_nanos().into() };
            match poll(&mut [PollFd::new(&self.file, what)], Some(&left)) {
                Ok(ready) => return Ok(ready > 0),
                Err(rustix::io::Errno::INTR) => {}
                Err(errno) => return Err(errno.into()),
            }
        }
    }
}

impl AsFd for End {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }
}

/// Repeats what a signal interrupted; nothing done is 0.
fn or_zero(mut attempt: impl FnMut() -> io::Result<usize>) -> io::Result<usize> {
    loop {
        match attempt() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(0),
            done => return done,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_arrives_as_it_was_sent() {
        let pair = pair().unwrap();
        let all: Vec<u8> = (0..=255).collect();
        assert_eq!(pair.carry_to_host(&all).unwrap(), all);
        assert_eq!(pair.carry_to_modem(&all).unwrap(), all);
    }

    #[test]
    fn more_than_the_kernel_holds_goes_through_in_one_call() {
        let pair = pair().unwrap();
        let much: Vec<u8> = (0..200_000u32).map(|n| n.to_le_bytes()[0]).collect();
        assert_eq!(pair.carry_to_host(&much).unwrap(), much);
        assert_eq!(pair.carry_to_modem(&much).unwrap(), much);
    }

    #[test]
    fn an_end_with_nothing_to_read_says_so_at_once() {
        let pair = pair().unwrap();
        assert_eq!(pair.host.read(&mut [0; 8]).unwrap(), 0);
        assert!(!pair.host.wait_readable(Duration::ZERO).unwrap());
    }
}
