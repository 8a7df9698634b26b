//! Who comes and goes on the slaves of our pseudo-terminals, as inotify(7) tells it.
//!
//! Two inotify instances serve every slave, since a user has few (128 by default). One wakes us when somebody opens or
//! closes. The other wakes nobody: it remembers whether a client has written since the last one opened, and is looked at
//! only where one has left and another has come before we could look. A client that stays is not watched for that: it
//! would cost each of its writes an event, a tenth of a round trip. The kernel merges equal events that nobody has read
//! yet, so two clients that open at once may count as one; what is told here is a hint to look, and the pseudo-terminal
//! itself is asked who is there.

use std::collections::HashMap;
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustix::fs::inotify::{self, CreateFlags, ReadFlags, WatchFlags};
use tokio::io::Interest;
use tokio::sync::Notify;
use tokio::task::AbortHandle;

use super::ready::ready;

/// What wakes us.
const COMINGS: WatchFlags = WatchFlags::OPEN.union(WatchFlags::CLOSE_WRITE).union(WatchFlags::CLOSE_NOWRITE);

/// What tells whether the newest client has written.
const WRITES: WatchFlags = WatchFlags::OPEN.union(WatchFlags::MODIFY);

/// How often may be looked for comings before the writes are read too.
const LOOKS: u32 = 256;

/// Watches any number of slaves.
#[derive(Debug, Clone)]
pub(super) struct Watcher(Arc<Owner>);

/// Ends the reading task with the last watch.
#[derive(Debug)]
struct Owner {
    shared: Arc<Shared>,
    task: AbortHandle,
}

impl Drop for Owner {
    fn drop(&mut self) {
        self.task.abort();
    }
}

#[derive(Debug)]
struct Shared {
    comings: OwnedFd,
    writes: OwnedFd,
    slaves: Mutex<Slaves>,
    /// How often was looked for comings since the writes were last read.
    looked: AtomicU32,
}

/// The slaves by their watches in the one and the other instance.
#[derive(Debug, Default)]
struct Slaves {
    by_comings: HashMap<i32, Arc<Slave>>,
    by_writes: HashMap<i32, Arc<Slave>>,
}

#[derive(Debug, Default)]
struct Slave {
    seen: Mutex<Seen>,
    /// What happens while we close the slave and open it again ourselves.
    ours: Mutex<Option<Vec<ReadFlags>>>,
    news: Notify,
}

/// What happened on a slave since it was last asked.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Seen {
    /// Somebody opened it.
    pub(super) opened: bool,
    /// Somebody closed it.
    pub(super) left: bool,
    /// It was closed by the last client that we know of, and opened after that.
    pub(super) reopened: bool,
    /// Whoever opened it after that has closed it too, and nobody has come since.
    pub(super) left_again: bool,
    /// Somebody has written since the last client opened.
    wrote: bool,
    /// Somebody has closed it, and who is left has not been found out since.
    unsettled: bool,
    /// How many have it open, as far as the events tell.
    clients: u32,
}

/// The watch over one slave; ends when dropped.
#[derive(Debug)]
pub(super) struct Watch {
    watcher: Watcher,
    comings: i32,
    writes: i32,
    slave: Arc<Slave>,
    minds_writes: bool,
}

impl Watcher {
    /// Starts watching, on the runtime that this is called from.
    pub(super) fn new() -> std::io::Result<Watcher> {
        let flags = CreateFlags::NONBLOCK | CreateFlags::CLOEXEC;
        let (comings, writes) = (inotify::init(flags)?, inotify::init(flags)?);
        let events = ready(comings.try_clone()?, Interest::READABLE)?;
        let shared = Arc::new(Shared { comings, writes, slaves: Mutex::default(), looked: AtomicU32::new(0) });
        let reader = Arc::clone(&shared);
        let task = tokio::spawn(async move {
            while let Ok(mut guard) = events.readable().await {
                reader.read_comings();
                guard.clear_ready();
            }
        });
        Ok(Watcher(Arc::new(Owner { shared, task: task.abort_handle() })))
    }

    /// Watches the slave at `path`; what has happened there so far is not told.
    pub(super) fn watch(&self, path: &Path) -> std::io::Result<Watch> {
        let shared = &self.0.shared;
        // Held over the calls, so that no event of the new watches is read before its owner is known.
        let mut slaves = lock(&shared.slaves);
        let comings = inotify::add_watch(&shared.comings, path, COMINGS)?;
        let writes = inotify::add_watch(&shared.writes, path, WRITES)?;
        let slave = Arc::new(Slave::default());
        slaves.by_comings.insert(comings, Arc::clone(&slave));
        slaves.by_writes.insert(writes, Arc::clone(&slave));
        drop(slaves);
        Ok(Watch { watcher: self.clone(), comings, writes, slave, minds_writes: true })
    }
}

impl Shared {
    /// Hands every coming and going that waits in the kernel to its slave.
    fn read_comings(&self) {
        let slaves = lock(&self.slaves);
        for_each_event(&self.comings, |watch, event| match slaves.by_comings.get(&watch) {
            Some(slave) => slave.note_coming(event),
            None if event.contains(ReadFlags::QUEUE_OVERFLOW) => {
                slaves.by_comings.values().for_each(|slave| slave.note_coming(ReadFlags::CLOSE_WRITE));
            }
            None => {}
        });
    }

    /// Hands every write that waits in the kernel to its slave.
    fn read_writes(&self) {
        self.looked.store(0, Ordering::Relaxed);
        let slaves = lock(&self.slaves);
        for_each_event(&self.writes, |watch, event| match slaves.by_writes.get(&watch) {
            Some(slave) => lock(&slave.seen).wrote = event.contains(ReadFlags::MODIFY),
            None if event.contains(ReadFlags::QUEUE_OVERFLOW) => {
                slaves.by_writes.values().for_each(|slave| lock(&slave.seen).wrote = true);
            }
            None => {}
        });
    }
}

fn for_each_event(inotify: &OwnedFd, mut note: impl FnMut(i32, ReadFlags)) {
    let mut buffer = [const { MaybeUninit::<u8>::uninit() }; 2048];
    let mut events = inotify::Reader::new(inotify, &mut buffer);
    // The error that ends this is EAGAIN: nothing more waits.
    while let Ok(event) = events.next() {
        note(event.wd(), event.events());
    }
}

impl Slave {
    fn note_coming(&self, event: ReadFlags) {
        if let Some(events) = &mut *lock(&self.ours) {
            events.push(event);
            return;
        }
        let mut seen = lock(&self.seen);
        if event.contains(ReadFlags::OPEN) {
            seen.reopened |= seen.unsettled && seen.clients == 0;
            // One that came and went in between is as old as the one before it.
            seen.left_again = false;
            seen.opened = true;
            seen.clients += 1;
        }
        if event.intersects(ReadFlags::CLOSE_WRITE | ReadFlags::CLOSE_NOWRITE) {
            seen.left = true;
            seen.unsettled = true;
            seen.clients = seen.clients.saturating_sub(1);
            seen.left_again = seen.reopened && seen.clients == 0;
        }
        drop(seen);
        self.news.notify_one();
    }
}

impl Watch {
    /// Waits until something happens, or has happened since [`Watch::take`].
    pub(super) async fn news(&self) {
        self.slave.news.notified().await;
    }

    /// What happened since this was last asked.
    pub(super) fn take(&self) -> Seen {
        let mut seen = lock(&self.slave.seen);
        let Seen { clients, wrote, .. } = *seen;
        let unsettled = seen.unsettled && !seen.reopened;
        std::mem::replace(&mut *seen, Seen { clients, wrote, unsettled, ..Seen::default() })
    }

    /// Looks at once for what the runtime has not come round to yet.
    pub(super) fn refresh(&self) {
        let shared = &self.watcher.0.shared;
        shared.read_comings();
        // So that the kernel's queue of writes does not fill up while nobody comes or goes.
        if shared.looked.fetch_add(1, Ordering::Relaxed) >= LOOKS {
            shared.read_writes();
        }
    }

    /// Whether a client has written since the last one opened; taken for granted where it was not minded.
    pub(super) fn has_written(&self) -> bool {
        self.watcher.0.shared.read_writes();
        !self.minds_writes || lock(&self.slave.seen).wrote
    }

    /// Whether to mind that the clients of the slave at `path` write.
    pub(super) fn mind_writes(&mut self, path: &Path, minds: bool) {
        if self.minds_writes == minds {
            return;
        }
        let shared = &self.watcher.0.shared;
        if minds {
            // What was not minded so far may have been a write.
            shared.read_writes();
            lock(&self.slave.seen).wrote = true;
        }
        let what = if minds { WRITES } else { WatchFlags::OPEN };
        // The same watch with another mask. It fails only where the slave is gone.
        self.minds_writes = inotify::add_watch(&shared.writes, path, what).is_ok() && minds;
    }

    /// From here on the caller itself closes the slave, opened to read only, and opens it again.
    pub(super) fn begin_our_own(&self) {
        self.watcher.0.shared.read_comings();
        lock(&self.slave.ours).get_or_insert_default();
    }

    /// The caller has done so. What others did meanwhile counts; `somebody` is whether one of them was there in between.
    pub(super) fn end_our_own(&self, somebody: bool) {
        self.watcher.0.shared.read_comings();
        let mut events = lock(&self.slave.ours).take().unwrap_or_default();
        if let Some(closing) = events.iter().position(|event| event.contains(ReadFlags::CLOSE_NOWRITE)) {
            events.remove(closing);
            let opening = events[closing..].iter().position(|event| event.contains(ReadFlags::OPEN));
            opening.map(|opening| events.remove(closing + opening));
        }
        // Our own opening hides whether anybody wrote before it.
        self.watcher.0.shared.read_writes();
        let mut seen = lock(&self.slave.seen);
        *seen = Seen { clients: if somebody { seen.clients.max(1) } else { 0 }, wrote: true, ..Seen::default() };
        drop(seen);
        events.into_iter().for_each(|event| self.slave.note_coming(event));
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let shared = &self.watcher.0.shared;
        let mut slaves = lock(&shared.slaves);
        slaves.by_comings.remove(&self.comings);
        slaves.by_writes.remove(&self.writes);
        // These fail only where the slave is gone, and its watches with it.
        let _ = inotify::remove_watch(&shared.comings, self.comings);
        let _ = inotify::remove_watch(&shared.writes, self.writes);
    }
}

/// Nothing here panics while it holds a lock, and a count that is off by one is looked at again.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
