//! The emulator's end of a pseudo-terminal, pty(7).
//!
//! The slave is raw from the start and held open here, so that clients come and go as they do on a serial device: what
//! a client leaves behind (its settings, its exclusive lock, what it has not read) is cleared away when the last one closes.

use std::io;
use std::ops::Range;
use std::os::fd::{AsFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::pty::{OpenptFlags, ioctl_tiocgptpeer};
use rustix::termios::{QueueSelector, ioctl_tiocnxcl, tcflush};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;
use tokio::time::{Instant, sleep_until};

use super::backlog::{Backlog, Sent};
use super::claim::{self, Claim};
use super::error::PortError;
use super::line::{BUFFER, LineEvent, Step};
use super::link::Link;
use super::pair::{open_master, set_raw};
use super::ready::ready;
use super::watch::{Watch, Watcher};
use crate::wire::line::CARRIAGE_RETURN;

/// How much of what an old client wrote is looked through; the system holds less than this.
const MOST_ORPHANED: usize = 128 * 1024;

/// When to ask again who is there, after somebody left and others stayed: the system tells of a closing before it is
/// done. Each time twice as much later.
const LOOK_AGAIN: Duration = Duration::from_millis(10);

/// However long the others stay, they are asked for once in so long.
const LOOK_AT_LAST: Duration = Duration::from_secs(60);

/// A client that was heard so often stays, as it seems: what it says is no longer minded.
const STAYS: u32 = 8;

/// The pseudo-terminals of one emulator: they share what the system has few of.
#[derive(Debug, Clone)]
pub struct Ptys {
    watcher: Watcher,
}

/// The emulator's end of a pseudo-terminal.
#[derive(Debug)]
pub struct Pty {
    ptys: Ptys,
    /// Always there but inside [`Pty::somebody_is_there`].
    master: Option<AsyncFd<OwnedFd>>,
    /// The master once more, while something waits to be written to it.
    writer: Option<AsyncFd<OwnedFd>>,
    slave: Option<OwnedFd>,
    path: PathBuf,
    link: Option<Link>,
    _emulated: Option<Claim>,
    watch: Watch,
    /// Whether a client has the slave open, as told so far.
    present: bool,
    /// Somebody opened; not told yet.
    opened: bool,
    /// Somebody closed; who is still there is not known yet.
    left: bool,
    /// The last client closed and another has opened since.
    reopened: bool,
    /// That one has closed too.
    left_again: bool,
    /// Nothing has been waited for since it was last looked who is there.
    looked: bool,
    look_again: Option<Instant>,
    /// How long to wait until then.
    pause: Duration,
    /// How often something was read since a client opened.
    heard: u32,
    /// What of the buffer was read and is not told yet.
    untold: Range<usize>,
    /// So much of it was written by a client that has left, and nobody waits for an answer to it.
    orphaned: usize,
    buffer: Vec<u8>,
    backlog: Backlog,
}

impl Ptys {
    /// Gets ready to create pseudo-terminals, on the tokio runtime that this is called from.
    ///
    /// # Errors
    ///
    /// Where the system has no inotify instance left for this user.
    pub fn new() -> Result<Ptys, PortError> {
        let watcher = Watcher::new().map_err(|error| PortError::from_io("inotify", error))?;
        Ok(Ptys { watcher })
    }

    /// Creates one, and a stable name for it where `link` is given.
    ///
    /// # Errors
    ///
    /// Where the system has no pseudo-terminal left, or the link's place is taken.
    pub fn create(&self, link: Option<&Path>) -> Result<Pty, PortError> {
        let (master, path) = open_master().map_err(|errno| PortError::from_io("a pseudo-terminal", errno.into()))?;
        let failed = |error: io::Error| PortError::from_io(path.display(), error);
        let slave = open_peer(&master).map_err(|errno| failed(errno.into()))?;
        set_raw(&slave).map_err(|errno| failed(errno.into()))?;
        let emulated = claim::emulated(&path).map_err(failed)?;
        let watch = self.watcher.watch(&path).map_err(failed)?;
        let master = ready(master, Interest::READABLE).map_err(failed)?;
        let link = link.map(|link| Link::place(link, &path)).transpose()?;
        Ok(Pty {
            ptys: self.clone(),
            master: Some(master),
            writer: None,
            slave: Some(slave),
            path,
            link,
            _emulated: emulated,
            watch,
            present: false,
            opened: false,
            left: false,
            reopened: false,
            left_again: false,
            looked: false,
            look_again: None,
            pause: LOOK_AGAIN,
            heard: 0,
            untold: 0..0,
            orphaned: 0,
            buffer: Vec::new(),
            backlog: Backlog::default(),
        })
    }
}

impl Pty {
    /// What a client opens: `/dev/pts/N`.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where it was created, and another can be.
    pub(super) fn ptys(&self) -> &Ptys {
        &self.ptys
    }

    /// Its stable name, where it has one.
    pub fn link(&self) -> Option<&Path> {
        self.link.as_ref().map(Link::path)
    }

    /// What happens next. May be dropped and called again: nothing is lost.
    ///
    /// What a client wrote before it closed is told before its closing. Where another has opened and written before that
    /// could be told, the last line that waits counts as the new one's; so it does where the old one had been there for
    /// long, whether or not the new one has written. A client that opens within microseconds of the other's closing may
    /// thus get the answer to a line that the other did not wait for.
    pub async fn next(&mut self) -> LineEvent<'_> {
        match self.step().await {
            Step::Bytes(range) => LineEvent::Bytes(&self.buffer[range]),
            Step::Opened => LineEvent::Opened,
            Step::Closed => {
                self.heard = 0;
                self.watch.mind_writes(&self.path, true);
                LineEvent::Closed
            }
            Step::Gone => LineEvent::Gone,
        }
    }

    /// Sends `bytes` in one write, or as soon as the client reads; never waits.
    pub fn send(&mut self, bytes: &[u8]) -> Sent {
        // One may have left and another come since this was called for: the answer is not the new one's.
        if !self.looked {
            self.watch.refresh();
            self.look();
        }
        let Some(master) = &self.master else { return Sent::Unheard };
        if !self.present || self.left && self.reopened {
            return Sent::Unheard;
        }
        if self.left {
            // Whether anybody is still there is found out next.
            return self.backlog.queue(bytes);
        }
        self.backlog.send(bytes, |bytes| Ok(rustix::io::write(master.get_ref(), bytes)?)).unwrap_or(Sent::Unheard)
    }

    async fn step(&mut self) -> Step {
        loop {
            self.look();
            if self.opened && !self.present {
                self.present = true;
                return Step::Opened;
            }
            self.opened = false;
            if self.left && self.reopened && self.present {
                if self.orphaned == 0 && self.part_with_the_old_client().is_err() {
                    return Step::Gone;
                }
                if let Some(old) = self.take_orphaned() {
                    return Step::Bytes(old);
                }
                // Its unread answers are not the new one's.
                self.drop_unread_output();
                self.left = false;
                self.present = false;
                return Step::Closed;
            }
            if self.reopened {
                self.reopened = false;
                self.present = true;
                self.left = std::mem::take(&mut self.left_again);
                return Step::Opened;
            }
            if !self.untold.is_empty() {
                return Step::Bytes(std::mem::replace(&mut self.untold, 0..0));
            }
            match self.read() {
                Ok(n) => {
                    // Whoever wrote this has opened first, whether or not that was told yet; and where another client
                    // left before that, its leaving comes first.
                    self.watch.refresh();
                    self.look();
                    self.looked = true;
                    self.opened |= !self.present;
                    self.untold = 0..n;
                    self.heard = self.heard.saturating_add(1);
                    if self.heard >= STAYS && !self.left {
                        self.watch.mind_writes(&self.path, false);
                    }
                    continue;
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(_) => return Step::Gone,
            }
            if self.left {
                match self.settle() {
                    Ok(true) => return Step::Closed,
                    Ok(false) => continue,
                    Err(_) => return Step::Gone,
                }
            }
            self.looked = false;
            if self.wait().await.is_err() {
                return Step::Gone;
            }
        }
    }

    /// Takes in what was seen of clients that come and go.
    fn look(&mut self) {
        let seen = self.watch.take();
        self.opened |= seen.opened;
        // A second leaving before the first was told is that of the one who came in between.
        self.left_again = if self.reopened {
            !seen.reopened && (seen.left || self.left_again && !seen.opened) || seen.left_again
        } else {
            seen.left_again
        };
        self.left |= seen.left;
        if seen.left {
            self.pause = LOOK_AGAIN;
        }
        self.reopened |= seen.reopened;
    }

    /// One client has left and another has come: finds out what of that which waits is the old one's.
    fn part_with_the_old_client(&mut self) -> io::Result<()> {
        self.untold = 0..self.untold.len();
        while self.untold.end < MOST_ORPHANED {
            match self.read_behind(self.untold.end) {
                Ok(n) => self.untold.end += n,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        let waiting = &self.buffer[self.untold.clone()];
        self.orphaned = if self.watch.has_written() {
            let lines_before_the_last = waiting.len().saturating_sub(1);
            waiting[..lines_before_the_last].iter().rposition(|&byte| byte == CARRIAGE_RETURN).map_or(0, |end| end + 1)
        } else {
            waiting.len()
        };
        Ok(())
    }

    /// The old client's bytes, once.
    fn take_orphaned(&mut self) -> Option<Range<usize>> {
        let end = self.orphaned;
        if self.untold.start < end {
            self.untold.start = end;
            return Some(0..end);
        }
        self.orphaned = 0;
        None
    }

    /// Reads what is there. With somebody leaving, the system itself is asked and not what was last known about it.
    fn read(&mut self) -> io::Result<usize> {
        if self.buffer.capacity() > 2 * BUFFER {
            // Grown for what an old client had left.
            self.buffer = Vec::new();
        }
        self.read_behind(0)
    }

    /// Reads into the buffer from `start` on.
    fn read_behind(&mut self, start: usize) -> io::Result<usize> {
        let master = self.master.as_ref().ok_or(io::ErrorKind::NotConnected)?;
        self.buffer.resize(start + BUFFER, 0);
        let buffer = &mut self.buffer[start..];
        let n = if self.left {
            rustix::io::read(master.get_ref(), &mut *buffer)?
        } else {
            let mut n = 0;
            let tried = master.try_io(Interest::READABLE, |fd| {
                n = rustix::io::read(fd, &mut *buffer)?;
                // Less than there is room for: that was all, and what comes later wakes us. Asking again would say so
                // too, but for that the kernel first waits for whatever it is carrying at that moment.
                if n < buffer.len() { Err(io::ErrorKind::WouldBlock.into()) } else { Ok(()) }
            });
            match tried {
                Err(error) if n == 0 => return Err(error),
                Ok(()) | Err(_) => n,
            }
        };
        // A terminal in raw mode has no end of file: 0 is nothing to read.
        if n == 0 { Err(io::ErrorKind::WouldBlock.into()) } else { Ok(n) }
    }

    /// Finds out who is still there after somebody left; true when that was the last client.
    fn settle(&mut self) -> io::Result<bool> {
        self.watch.refresh();
        self.look();
        if self.reopened {
            // Somebody has come just now: that one's presence must not hide that the old one has left.
            return Ok(false);
        }
        self.left = false;
        self.look_again = None;
        if self.somebody_is_there()? {
            self.look_again = Some(Instant::now() + self.pause);
            self.pause = LOOK_AT_LAST.min(2 * self.pause);
            return Ok(false);
        }
        self.drop_unread_output();
        if let Some(slave) = &self.slave {
            set_raw(slave)?;
            // An exclusive lock would outlive its owner, since the slave stays open here.
            ioctl_tiocnxcl(slave)?;
        }
        Ok(std::mem::replace(&mut self.present, false))
    }

    /// Lets go of the slave for a moment: the master hangs up if nobody else has it.
    fn somebody_is_there(&mut self) -> io::Result<bool> {
        // Out of the poll first: a hang-up that it sees is final for it.
        self.writer = None;
        let master = self.master.take().ok_or(io::ErrorKind::NotConnected)?.into_inner();
        self.watch.begin_our_own();
        self.slave = None;
        let mut polled = [PollFd::new(&master, PollFlags::IN)];
        let outcome = poll(&mut polled, Some(&Timespec { tv_sec: 0, tv_nsec: 0 }));
        let somebody = !polled[0].revents().contains(PollFlags::HUP);
        self.slave = Some(open_peer(&master)?);
        self.master = Some(ready(master, Interest::READABLE)?);
        self.watch.end_our_own(somebody);
        outcome?;
        Ok(somebody)
    }

    /// Clears away what was said to a client that did not read it.
    fn drop_unread_output(&mut self) {
        self.backlog.clear();
        self.writer = None;
        if let (Some(master), Some(slave)) = (&self.master, &self.slave) {
            // In this order, as the bytes go: what is on its way to the slave, then what waits there to be read.
            let flushed =
                tcflush(master.get_ref(), QueueSelector::OFlush).and_then(|()| tcflush(slave, QueueSelector::IFlush));
            if let Err(error) = flushed {
                tracing::debug!("{}: cannot flush: {error}", self.path.display());
            }
        }
    }

    /// Sends what waits, as far as there is room.
    fn flush(&mut self) -> io::Result<()> {
        let Some(writer) = &self.writer else { return Ok(()) };
        self.backlog.flush(|bytes| writer.try_io(Interest::WRITABLE, |fd| Ok(rustix::io::write(fd, bytes)?)))?;
        if self.backlog.is_empty() {
            self.writer = None;
        }
        Ok(())
    }

    /// Waits until there is something to look at.
    async fn wait(&mut self) -> io::Result<()> {
        let master = self.master.as_ref().ok_or(io::ErrorKind::NotConnected)?;
        if self.writer.is_none() && !self.backlog.is_empty() {
            self.writer = Some(ready(master.get_ref().try_clone()?, Interest::WRITABLE)?);
        }
        let room = async {
            match &self.writer {
                Some(writer) => writer.writable().await.map(drop),
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            ready = master.readable() => drop(ready?),
            () = self.watch.news() => {}
            ready = room => {
                ready?;
                self.watch.refresh();
                self.look();
                if !self.left {
                    self.flush()?;
                }
            }
            () = sleep_until(self.look_again.unwrap_or_else(Instant::now)), if self.look_again.is_some() => {
                self.look_again = None;
                self.left = true;
            }
        }
        Ok(())
    }
}

fn open_peer(master: impl AsFd) -> rustix::io::Result<OwnedFd> {
    // Without RDWR it is opened to read only: its closing is then told from that of a client, which as a rule also writes.
    ioctl_tiocgptpeer(master, OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)
}

#[cfg(test)]
mod tests;
