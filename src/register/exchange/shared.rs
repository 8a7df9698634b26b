//! Values that many rows have in common: one copy of each, and one reading of each date.

use super::dates;
use super::problem::Problem;
use crate::register::Fields;
use jiff::Timestamp;
use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

/// So many different values of a kind are remembered; then all are forgotten, since they are not shared after all.
const MOST: usize = 16_384;
/// And values up to this many bytes, all together.
const MOST_BYTES: usize = 4 * 1024 * 1024;

/// What was read, and a hash of it by which contents are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hashed<T>(pub(super) T, pub(super) u32);

/// Values by their bytes.
struct Known<T> {
    all: HashMap<Box<[u8]>, T>,
    bytes: usize,
    last: Vec<u8>,
    last_value: Option<T>,
}

impl<T: Clone> Known<T> {
    fn new() -> Self {
        Self { all: HashMap::new(), bytes: 0, last: Vec::new(), last_value: None }
    }

    fn find_or<E>(&mut self, bytes: &[u8], read: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        if self.last == bytes
            && let Some(value) = &self.last_value
        {
            return Ok(value.clone());
        }
        let value = match self.all.get(bytes) {
            Some(value) => value.clone(),
            None => {
                let value = read()?;
                if self.all.len() >= MOST || self.bytes >= MOST_BYTES {
                    self.all.clear();
                    self.bytes = 0;
                }
                self.bytes += bytes.len();
                self.all.insert(bytes.into(), value.clone());
                value
            }
        };
        self.last.clear();
        self.last.extend_from_slice(bytes);
        self.last_value = Some(value.clone());
        Ok(value)
    }
}

/// The values of a file.
pub(super) struct Shared {
    texts: Known<Hashed<Arc<str>>>,
    fields: Known<Hashed<Option<Arc<Fields>>>>,
    dates: Known<Timestamp>,
    names: HashMap<Box<str>, Arc<str>>,
    state: RandomState,
}

impl Shared {
    pub(super) fn new() -> Self {
        Self {
            texts: Known::new(),
            fields: Known::new(),
            dates: Known::new(),
            names: HashMap::new(),
            state: RandomState::new(),
        }
    }

    pub(super) fn text(&mut self, bytes: &[u8]) -> Hashed<Arc<str>> {
        let state = &self.state;
        let read = || Ok::<_, Problem>(Hashed(Arc::from(&*String::from_utf8_lossy(bytes)), cut(state.hash_one(bytes))));
        self.texts.find_or(bytes, read).unwrap_or_else(|_| Hashed(Arc::from(""), 0))
    }

    pub(super) fn date(&mut self, bytes: &[u8]) -> Result<Timestamp, Problem> {
        self.dates.find_or(bytes, || dates::read(bytes))
    }

    /// The further fields of a row whose raw values are `bytes`.
    pub(super) fn fields<E>(
        &mut self,
        bytes: &[u8],
        read: impl FnOnce() -> Result<Fields, E>,
    ) -> Result<Hashed<Option<Arc<Fields>>>, E> {
        let state = &self.state;
        self.fields.find_or(bytes, || {
            let fields = read()?;
            let hash = if fields.is_empty() { 0 } else { cut(state.hash_one(&fields)) };
            Ok(Hashed((!fields.is_empty()).then(|| Arc::new(fields)), hash))
        })
    }

    /// The name of a field.
    pub(super) fn name(&mut self, name: &str) -> Arc<str> {
        if let Some(name) = self.names.get(name) {
            return Arc::clone(name);
        }
        let shared: Arc<str> = Arc::from(name);
        if self.names.len() >= MOST {
            self.names.clear();
        }
        self.names.insert(name.into(), Arc::clone(&shared));
        shared
    }
}

fn cut(hash: u64) -> u32 {
    (hash >> 32) as u32
}
