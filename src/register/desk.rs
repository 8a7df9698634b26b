//! A register that is open: its store, and the index that answers look-ups without waiting for it.
//!
//! Knows when the index is older than the store and brings it up to it: by what changed where little did, else anew.

use super::assess::{Rules, RulesError};
use super::index::Amendment;
use super::store::{Address, Filter, Store, StoreError};
use super::{Action, Book, Listed};
use super::{HashKey, Index, IndexError, KeyedHash, Source, Subject};
use crate::identity::{ImeiKey, Imsi};
use arc_swap::ArcSwap;
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use std::collections::HashSet;
use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// From so many changed rows on the index is built anew instead of amended.
const MANY: usize = 50_000;
/// From so many rows on an index is worth a snapshot.
const WORTH_A_SNAPSHOT: usize = 20_000;
/// How often a refresher looks for an expiry or its end, where nothing changes.
const GLANCE: Duration = Duration::from_millis(500);
/// The setting under which the rules stand.
pub const RULES: &str = "rules";

/// Why a register cannot be opened or brought up to date.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A row that no index takes.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// The rules that stand in the register.
    #[error("the register's rules: {0}")]
    Rules(#[from] RulesError),
}

impl DeskError {
    /// What to do next.
    pub fn help(&self) -> Option<String> {
        match self {
            Self::Store(error) => error.help(),
            Self::Index(_) => None,
            Self::Rules(error) => Some(error.help().to_owned()),
        }
    }
}

/// A register that is open.
///
/// A look-up takes the index as it is and waits for nobody; an act goes to the store, and the index follows.
#[derive(Debug)]
pub struct Desk {
    address: Address,
    store: Mutex<Store>,
    index: ArcSwap<Index>,
    rules: ArcSwap<Rules>,
    key: Option<HashKey>,
    confirmed: AtomicI64,
    is_closing: AtomicBool,
}

impl Desk {
    /// Opens a register with all that stands in it. `key` is what devices are hashed with, where lists hold hashes.
    ///
    /// # Errors
    /// The store cannot be opened or read.
    pub fn open(address: &Address, key: Option<HashKey>, now: Timestamp) -> Result<Self, DeskError> {
        let mut store = Store::open(address)?;
        let rules = rules(&mut store)?;
        let index = match load(&mut store, now) {
            Some(index) => index,
            None => {
                let index = build(&mut store, now)?;
                if index.len().0 >= WORTH_A_SNAPSHOT {
                    save(&mut store, &index);
                }
                index
            }
        };
        let desk = Self {
            address: address.clone(),
            store: Mutex::new(store),
            index: ArcSwap::from_pointee(index),
            rules: ArcSwap::from_pointee(rules),
            key,
            confirmed: AtomicI64::new(now.as_second()),
            is_closing: AtomicBool::new(false),
        };
        desk.refresh(now)?;
        Ok(desk)
    }

    /// Where it is kept.
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// The index as it is now.
    pub fn index(&self) -> Arc<Index> {
        self.index.load_full()
    }

    /// The rules as they are now.
    pub fn rules(&self) -> Arc<Rules> {
        self.rules.load_full()
    }

    /// What the register's own rules say is done with equipment on no list; `None` where they do not say it. Takes no lock.
    pub fn unknown(&self) -> Option<Action> {
        let rules = self.rules.load();
        rules.says_unknown.then_some(rules.policy.unknown)
    }

    /// What devices are hashed with.
    pub fn key(&self) -> Option<&HashKey> {
        self.key.as_ref()
    }

    /// When the index was last known to say what the store says.
    pub fn confirmed(&self) -> Timestamp {
        Timestamp::from_second(self.confirmed.load(Ordering::Relaxed)).unwrap_or_default()
    }

    /// The row that decides about a device; takes no lock.
    pub fn listed(&self, key: ImeiKey, imsi: Option<Imsi>) -> Option<Listed> {
        let index = self.index.load();
        index.listed(key, imsi, self.hash(&index, key))
    }

    /// A device's hash, where some list holds hashes and there is a key.
    pub fn hash(&self, index: &Index, key: ImeiKey) -> Option<KeyedHash> {
        self.key.as_ref().filter(|_| index.has_hashes()).map(|secret| secret.hash(key))
    }

    /// The store, for as long as the guard lives. Look-ups go on.
    pub fn store(&self) -> MutexGuard<'_, Store> {
        // Every act of a store is one transaction: one that was broken off by a panic left nothing.
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Brings the index up to the store; whether there was anything new.
    ///
    /// # Errors
    /// The store fails. The index stays what it was.
    pub fn refresh(&self, now: Timestamp) -> Result<bool, DeskError> {
        let mut store = self.store();
        self.refresh_from(&mut store, now)
    }

    fn refresh_from(&self, store: &mut Store, now: Timestamp) -> Result<bool, DeskError> {
        let old = self.index();
        let generation = store.generation()?;
        let has_expired = old.next_expiry().is_some_and(|expiry| expiry <= now);
        let is_new = generation != old.generation();
        if is_new || has_expired {
            let new = match if has_expired { None } else { amended(store, &old, generation, now)? } {
                Some(new) => new,
                None => build(store, now)?,
            };
            if is_new {
                self.rules.store(Arc::new(rules(store)?));
            }
            let (devices, _) = new.len();
            let is_rebuilt = devices >= WORTH_A_SNAPSHOT && generation - old.generation() > 0;
            let new = Arc::new(new);
            self.index.store(Arc::clone(&new));
            if is_rebuilt {
                save(store, &new);
            }
        }
        self.confirmed.store(now.as_second(), Ordering::Relaxed);
        Ok(is_new || has_expired)
    }

    /// Keeps the index up to the store from now on, over a connection of its own, until the desk is [closed](Self::close).
    /// `told` hears of each change, and of each failure, after which it is tried again.
    ///
    /// # Errors
    /// The connection or the thread cannot be made.
    pub fn follow(
        self: &Arc<Self>,
        clock: fn() -> Timestamp,
        mut told: impl FnMut(Result<&Index, &DeskError>) + Send + 'static,
    ) -> Result<std::thread::JoinHandle<()>, DeskError> {
        let mut store = Store::open(&self.address)?;
        let desk = Arc::clone(self);
        let follow = move || {
            while !desk.is_closing.load(Ordering::Relaxed) {
                let done =
                    store.wait(GLANCE).map_err(DeskError::from).and_then(|()| desk.refresh_from(&mut store, clock()));
                match done {
                    Ok(true) => told(Ok(&desk.index())),
                    Ok(false) => {}
                    Err(error) => {
                        told(Err(&error));
                        std::thread::sleep(GLANCE);
                        // A database that was started anew wants a new connection.
                        if let Ok(opened) = Store::open(&desk.address) {
                            store = opened;
                        }
                    }
                }
            }
        };
        std::thread::Builder::new()
            .name("register".into())
            .spawn(follow)
            .map_err(|error| StoreError::Database(format!("cannot start a thread: {error}")).into())
    }

    /// Ends what [`follow`](Self::follow) began, within half a second.
    pub fn close(&self) {
        self.is_closing.store(true, Ordering::Relaxed);
    }
}

fn rules(store: &mut Store) -> Result<Rules, DeskError> {
    Ok(match store.setting(RULES)? {
        None => Rules::default(),
        Some(text) => Rules::from_toml(&text)?,
    })
}

/// The sources as an index has them: a source's place is its number less one.
fn sources(store: &mut Store) -> Result<Vec<Source>, DeskError> {
    let kept = store.sources()?;
    let mut sources = Vec::with_capacity(kept.len());
    for source in kept {
        if source.id != i64::try_from(sources.len() + 1).unwrap_or(0) {
            return Err(StoreError::Damaged(format!("the source {} has the number {}", source.name, source.id)).into());
        }
        let precedence =
            i32::try_from(source.precedence).unwrap_or(if source.precedence < 0 { i32::MIN } else { i32::MAX });
        sources.push(Source::new(&source.name, precedence));
    }
    Ok(sources)
}

fn place(source: i64) -> usize {
    usize::try_from(source - 1).unwrap_or(usize::MAX)
}

/// The index of all that stands in the store.
fn build(store: &mut Store, now: Timestamp) -> Result<Index, DeskError> {
    let (mut generation, mut sources) = (store.generation()?, sources(store)?);
    loop {
        let mut builder = Index::builder(&sources, now);
        for book in [Book::Lists, Book::Models, Book::Registrations, Book::Pairings] {
            let filter = Filter { book: Some(book), at: Some(generation), ..Filter::default() };
            store.rows::<DeskError>(filter, |stored| Ok(builder.put(book, place(stored.source), &stored.row)?))?;
        }
        // Sources are not kept by generation: one that came in between is of an act that is not read here.
        let known = self::sources(store)?;
        if known.starts_with(&sources) {
            return Ok(builder.build(generation));
        }
        (generation, sources) = (store.generation()?, known);
    }
}

/// The index after what has changed since, or `None` where that is too much, or the sources' precedence has changed.
fn amended(store: &mut Store, old: &Index, generation: i64, now: Timestamp) -> Result<Option<Index>, DeskError> {
    let mut subjects: HashSet<(Book, Subject)> = HashSet::new();
    let mut is_much = false;
    store.changes::<StoreError>(Filter::default(), old.generation(), generation, |_, stored| {
        if subjects.len() < MANY && stored.book != Book::Fleet {
            subjects.insert((stored.book, stored.row.subject));
        }
        is_much |= subjects.len() >= MANY;
        Ok(())
    })?;
    let sources = sources(store)?;
    if is_much || !sources.starts_with(old.sources()) {
        return Ok(None);
    }
    let mut amendments = Vec::with_capacity(subjects.len());
    for (book, subject) in subjects {
        let rows = store.about(book, &subject)?.into_iter().map(|stored| (place(stored.source), stored.row)).collect();
        amendments.push(Amendment { book, subject, rows });
    }
    match old.apply(generation, &sources, now, &amendments) {
        Ok(index) => Ok(Some(index)),
        Err(IndexError::Sources) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Where the snapshot of a register's index stands: beside its file. A database has none.
fn snapshot(store: &Store) -> Option<PathBuf> {
    let mut name = store.address().file()?.as_os_str().to_owned();
    name.push(".index");
    Some(name.into())
}

/// What a snapshot belongs to: the register after its last act, so that the snapshot of another file of this name, or of one
/// that was brought back from a copy, is not taken for its own.
fn stamp(store: &mut Store, generation: i64) -> Option<[u8; 32]> {
    let act = store.act(generation).ok()?;
    Some(Sha256::digest(format!("{act:?}")).into())
}

fn load(store: &mut Store, now: Timestamp) -> Option<Index> {
    let mut file = BufReader::with_capacity(1 << 18, File::open(snapshot(store)?).ok()?);
    let mut written = [0; 32];
    file.read_exact(&mut written).ok()?;
    match Index::read_from(file) {
        // The stamp is of an act that others may have followed: what they changed is amended.
        Ok(index) if stamp(store, index.generation()) == Some(written) => {
            (index.next_expiry().is_none_or(|expiry| now < expiry)).then_some(index)
        }
        Ok(_) => None,
        Err(error) => {
            tracing::info!("{error}; {}", error.help());
            None
        }
    }
}

/// Writes a snapshot; one that cannot be written is no loss, and is told to whoever wants to hear much.
fn save(store: &mut Store, index: &Index) {
    let (Some(path), Some(stamp)) = (snapshot(store), stamp(store, index.generation())) else { return };
    let mut part = path.clone().into_os_string();
    part.push(format!(".{}", std::process::id()));
    let write = || -> std::io::Result<()> {
        let mut file = BufWriter::with_capacity(1 << 18, File::create(&part)?);
        file.write_all(&stamp)?;
        index.write_to(&mut file)?;
        file.into_inner().map_err(std::io::IntoInnerError::into_error)?.sync_all()?;
        std::fs::rename(&part, &path)
    };
    if let Err(error) = write() {
        tracing::info!("the snapshot {} cannot be written: {error}", path.display());
        let _ = std::fs::remove_file(&part);
    }
}
