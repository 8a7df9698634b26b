//! Who comes and goes on the slaves of our pseudo-terminals, as inotify(7) tells it.
//!
//! One inotify instance serves every slave: a user has few (128 by default). The kernel merges equal events that nobody
//! has read yet, so two clients that open at once may count as one; what is told here is a hint to look, and the
//! pseudo-terminal itself is asked who is there.

use std::collections::HashMap;
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustix::fs::inotify::{self, CreateFlags, ReadFlags, WatchFlags};
use tokio::sync::Notify;
use tokio::task::AbortHandle;

use super::ready::ready;

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
    inotify: OwnedFd,
    slaves: Mutex<HashMap<i32, Arc<Slave>>>,
}

#[derive(Debug, Default)]
struct Slave {
    seen: Mutex<Seen>,
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
    /// How many have it open, as far as the events tell.
    clients: u32,
}

/// The watch over one slave; ends when dropped.
#[derive(Debug)]
pub(super) struct Watch {
    watcher: Watcher,
    id: i32,
    slave: Arc<Slave>,
}

impl Watcher {
    /// Starts watching, on the runtime that this is called from.
    pub(super) fn new() -> std::io::Result<Watcher> {
        let inotify = inotify::init(CreateFlags::NONBLOCK | CreateFlags::CLOEXEC)?;
        let events = ready(inotify.try_clone()?)?;
        let shared = Arc::new(Shared { inotify, slaves: Mutex::default() });
        let reader = Arc::clone(&shared);
        let task = tokio::spawn(async move {
            while let Ok(mut guard) = events.readable().await {
                reader.drain();
                guard.clear_ready();
            }
        });
        Ok(Watcher(Arc::new(Owner { shared, task: task.abort_handle() })))
    }

    /// Watches the slave at `path`; what has happened there so far is not told.
    pub(super) fn watch(&self, path: &Path) -> std::io::Result<Watch> {
        let shared = &self.0.shared;
        // Held over the call, so that no event of the new watch is read before its owner is known.
        let mut slaves = lock(&shared.slaves);
        let flags = WatchFlags::OPEN | WatchFlags::CLOSE_WRITE | WatchFlags::CLOSE_NOWRITE;
        let id = inotify::add_watch(&shared.inotify, path, flags)?;
        let slave = Arc::new(Slave::default());
        slaves.insert(id, Arc::clone(&slave));
        drop(slaves);
        Ok(Watch { watcher: self.clone(), id, slave })
    }
}

impl Shared {
    /// Hands every event that waits in the kernel to its slave.
    fn drain(&self) {
        let mut buffer = [const { MaybeUninit::<u8>::uninit() }; 2048];
        let slaves = lock(&self.slaves);
        let mut events = inotify::Reader::new(&self.inotify, &mut buffer);
        // The error that ends this is EAGAIN: nothing more waits.
        while let Ok(event) = events.next() {
            if event.events().contains(ReadFlags::QUEUE_OVERFLOW) {
                slaves.values().for_each(|slave| slave.note(ReadFlags::CLOSE_WRITE));
            } else if let Some(slave) = slaves.get(&event.wd()) {
                slave.note(event.events());
            }
        }
    }
}

impl Slave {
    fn note(&self, event: ReadFlags) {
        let mut seen = lock(&self.seen);
        if event.contains(ReadFlags::OPEN) {
            seen.reopened |= seen.left && seen.clients == 0;
            seen.opened = true;
            seen.clients += 1;
        }
        if event.intersects(ReadFlags::CLOSE_WRITE | ReadFlags::CLOSE_NOWRITE) {
            seen.left = true;
            seen.clients = seen.clients.saturating_sub(1);
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
        let clients = seen.clients;
        std::mem::replace(&mut *seen, Seen { clients, ..Seen::default() })
    }

    /// Looks at once for what the runtime has not come round to yet.
    pub(super) fn refresh(&self) {
        self.watcher.0.shared.drain();
    }

    /// Forgets what has happened up to now: it was our own doing. `somebody` is whether a client is known to be there.
    pub(super) fn forget(&self, somebody: bool) {
        self.refresh();
        let mut seen = lock(&self.slave.seen);
        *seen = Seen { clients: if somebody { seen.clients.max(1) } else { 0 }, ..Seen::default() };
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let shared = &self.watcher.0.shared;
        lock(&shared.slaves).remove(&self.id);
        // Fails only where the slave is gone, and its watch with it.
        let _ = inotify::remove_watch(&shared.inotify, self.id);
    }
}

/// Nothing here panics while it holds a lock, and a count that is off by one is looked at again.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
