//! Threads over blocks, and the blocks in order again.
//!
//! Every thread takes the next block of the input, judges it and hands it out if it is its turn; else it leaves it for the
//! one whose turn comes before. So there are no more threads than were asked for, and none waits but where the input, the
//! output or a slower neighbour holds it up.

use super::blocks::{Feed, Job};
use super::{Block, Marks, Screening, ScreeningError, Summary};
use crate::identity::ImeiKey;
use std::collections::{BTreeMap, HashSet};
use std::io;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

/// Blocks that wait for their turn, for each thread.
const WAITING: usize = 2;

/// Judges all that `feed` gives.
pub(super) fn run<F: Feed>(
    screening: &Screening<'_>,
    feed: F,
    each: impl FnMut(&Block<'_>) -> io::Result<()> + Send,
) -> Result<Summary, ScreeningError> {
    let pool = Pool {
        screening,
        entrance: Mutex::new(Entrance { feed, next: 0, offset: 0, is_over: false }),
        exit: Mutex::new(Exit {
            each,
            next: 0,
            waiting: BTreeMap::new(),
            spare: Vec::new(),
            summary: Summary::default(),
            seen: HashSet::new(),
            failure: None,
            is_broken: false,
        }),
        turn: Condvar::new(),
    };
    thread::scope(|scope| {
        for _ in 1..screening.threads.get() {
            scope.spawn(|| pool.work());
        }
        pool.work();
    });
    let exit = pool.exit.into_inner().unwrap_or_else(PoisonError::into_inner);
    match exit.failure {
        Some(failure) => Err(failure),
        None => Ok(exit.summary),
    }
}

struct Pool<'a, F, E> {
    screening: &'a Screening<'a>,
    entrance: Mutex<Entrance<F>>,
    exit: Mutex<Exit<E>>,
    /// The turn has passed on.
    turn: Condvar,
}

struct Entrance<F> {
    feed: F,
    next: u64,
    offset: u64,
    is_over: bool,
}

struct Exit<E> {
    each: E,
    /// The block whose turn it is.
    next: u64,
    waiting: BTreeMap<u64, Job>,
    spare: Vec<Job>,
    summary: Summary,
    seen: HashSet<ImeiKey>,
    failure: Option<ScreeningError>,
    /// A thread has panicked, and with it the turn may never pass on.
    is_broken: bool,
}

impl<F: Feed, E: FnMut(&Block<'_>) -> io::Result<()> + Send> Pool<'_, F, E> {
    fn work(&self) {
        let _alarm = Alarm(self);
        let mut job = Job::default();
        while self.enter(&mut job) {
            self.screening.judge(&mut job);
            match self.leave(job) {
                Some(next) => job = next,
                None => return,
            }
        }
    }

    /// Takes the next block; `false` where there is none.
    fn enter(&self, job: &mut Job) -> bool {
        let mut entrance = lock(&self.entrance);
        if entrance.is_over {
            return false;
        }
        match entrance.feed.fill(job) {
            Ok(true) => {
                job.place = entrance.next;
                entrance.next += 1;
                entrance.offset += job.bytes;
                true
            }
            Ok(false) => {
                entrance.is_over = true;
                false
            }
            Err(error) => {
                entrance.is_over = true;
                let offset = entrance.offset;
                drop(entrance);
                lock(&self.exit).failure.get_or_insert(ScreeningError::Read { offset, error });
                false
            }
        }
    }

    /// Hands a block out, or leaves it for its turn; the block to go on with, or `None` where it is all over.
    fn leave(&self, job: Job) -> Option<Job> {
        let mut exit = lock(&self.exit);
        let most = WAITING * self.screening.threads.get();
        while job.place != exit.next && exit.waiting.len() >= most && !exit.is_broken {
            exit = self.turn.wait(exit).unwrap_or_else(PoisonError::into_inner);
        }
        if exit.is_broken {
            return None;
        }
        exit.waiting.insert(job.place, job);
        let mut is_over = false;
        loop {
            let next = exit.next;
            let Some(mut job) = exit.waiting.remove(&next) else { break };
            // After a failure what is on its way is no longer handed out: a write after one that failed would leave a gap.
            if !matches!(exit.failure, Some(ScreeningError::Write(_))) {
                exit.hand_out(self.screening.remembers, &mut job);
            }
            is_over |= matches!(exit.failure, Some(ScreeningError::Write(_)));
            exit.next += 1;
            exit.spare.push(job);
        }
        let spare = exit.spare.pop().unwrap_or_default();
        drop(exit);
        self.turn.notify_all();
        if is_over {
            lock(&self.entrance).is_over = true;
        }
        Some(spare)
    }
}

impl<E: FnMut(&Block<'_>) -> io::Result<()>> Exit<E> {
    fn hand_out(&mut self, remembered: Option<usize>, job: &mut Job) {
        if let Some(most) = remembered {
            for line in &mut job.lines {
                let Some(key) = line.key() else { continue };
                if self.seen.len() < most {
                    line.marks = line.marks.with(Marks::DUPLICATE.when(!self.seen.insert(key)));
                } else if self.seen.contains(&key) {
                    line.marks = line.marks.with(Marks::DUPLICATE);
                } else {
                    self.summary.not_remembered += 1;
                }
            }
        }
        let before = self.summary.lines;
        self.summary.count(job);
        if let Err(error) = (self.each)(&Block { job, before }) {
            self.failure = Some(ScreeningError::Write(error));
        }
    }
}

/// Wakes the others where its thread panics: nobody else would pass the turn on.
struct Alarm<'a, 'b, F, E>(&'a Pool<'b, F, E>);

impl<F, E> Drop for Alarm<'_, '_, F, E> {
    fn drop(&mut self) {
        if thread::panicking() {
            lock(&self.0.exit).is_broken = true;
            lock(&self.0.entrance).is_over = true;
            self.0.turn.notify_all();
        }
    }
}

/// What a thread that panicked leaves behind is whole enough: the panic ends all of it anyway.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
