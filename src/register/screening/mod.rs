//! Screening in bulk: millions of identities against an index, in the order in which they came.
//!
//! Knows text with an identity in the first column of each line, and ranges of identities. Knows no file and no format of
//! what comes out: block by block it is handed to whoever wants to write it.
//!
//! Memory does not depend on the length of the input: each thread works on one block of some 300 KiB and 16,000 lines, and
//! at most two blocks a thread wait for their turn. Only looking for duplicates remembers what came, up to a limit.

mod blocks;
mod lines;
mod marks;
mod pool;
#[cfg(test)]
mod tests;
mod writers;

pub use marks::Marks;
pub use writers::{VerdictFormat, VerdictWriter, Weights};

use super::hash::HashKey;
use super::index::Index;
use super::lists::List;
use crate::identity::{ImeiKey, ReportingBody, Tac};
use blocks::{Job, Range, Text};
use lines::Line;
use std::io::{self, Read};
use std::num::NonZero;

/// Devices that are remembered where duplicates are looked for, at most: some 300 MB.
pub const REMEMBERED: usize = 16_000_000;

/// Lines that are judged at once.
const BATCH: usize = 128;

/// What is to be screened against, and how.
///
/// ```
/// use atgate::register::{Book, Entry, Index, List, Row, Source};
/// use atgate::register::screening::{Marks, Screening};
///
/// let mut builder = Index::builder(&[Source::new("own", 100)], jiff::Timestamp::UNIX_EPOCH);
/// builder.put(Book::Lists, 0, &Row::listed(List::Block, Entry::parse("00101700123456")?))?;
/// let index = builder.build(1);
///
/// let mut told = Vec::new();
/// let input = "001017001234569\n001017001234577\n".as_bytes();
/// let summary = Screening::new(&index).text(input, |block| {
///     told.extend(block.lines().map(|line| (line.number, line.marks.contains(Marks::BLOCKED))));
///     Ok(())
/// })?;
/// assert_eq!(told, [(1, true), (2, false)]);
/// assert_eq!(summary.marked(Marks::BLOCKED), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Screening<'a> {
    index: &'a Index,
    hash: Option<HashKey>,
    threads: NonZero<usize>,
    remembers: Option<usize>,
    /// By the first two digits.
    bodies: [Marks; 100],
}

/// Why screening ended too early.
#[derive(Debug, thiserror::Error)]
pub enum ScreeningError {
    /// The input could not be read to its end.
    #[error("the input cannot be read beyond byte {offset}: {error}")]
    Read {
        /// How many bytes came before.
        offset: u64,
        /// Why.
        error: io::Error,
    },
    /// What was found could not be written.
    #[error("the verdicts cannot be written: {0}")]
    Write(io::Error),
}

impl<'a> Screening<'a> {
    /// Screens against this index, on one thread.
    pub fn new(index: &'a Index) -> Self {
        let bodies = std::array::from_fn(|body| match Tac::from_number(body as u64 * 1_000_000).reporting_body() {
            ReportingBody::Ctia | ReportingBody::TuvSud | ReportingBody::Taf | ReportingBody::GlobalHexadecimal => {
                Marks::NONE
            }
            ReportingBody::Test => Marks::TAC_TEST,
            ReportingBody::Retired(_) => Marks::BODY_RETIRED,
            ReportingBody::Reserved | ReportingBody::Unknown => Marks::BODY_UNKNOWN,
        });
        Self { index, hash: None, threads: NonZero::<usize>::MIN, remembers: None, bodies }
    }

    /// On so many threads, this one among them.
    #[must_use]
    pub fn threads(self, threads: NonZero<usize>) -> Self {
        Self { threads, ..self }
    }

    /// Looks devices up by their keyed hash too, if the index holds any.
    #[must_use]
    pub fn hashed_with(self, key: HashKey) -> Self {
        Self { hash: Some(key).filter(|_| self.index.has_hashes()), ..self }
    }

    /// Marks what has come before, among the first so many devices; see [`REMEMBERED`].
    #[must_use]
    pub fn duplicates(self, remembered: usize) -> Self {
        Self { remembers: Some(remembered), ..self }
    }

    /// Screens a text: an identity in the first column of each line, in any of its spellings; blank lines, lines that begin
    /// with `# ` and a header are skipped. A line longer than 4 KiB is malformed. `each` gets block after block in the
    /// order of the input, in one thread at a time.
    ///
    /// # Errors
    /// The input cannot be read, or `each` fails.
    pub fn text(
        &self,
        input: impl Read + Send,
        each: impl FnMut(&Block<'_>) -> io::Result<()> + Send,
    ) -> Result<Summary, ScreeningError> {
        pool::run(self, Text::new(input), each)
    }

    /// Screens every device from `low` to `high`, both included.
    ///
    /// # Errors
    /// `each` fails.
    pub fn range(
        &self,
        low: ImeiKey,
        high: ImeiKey,
        each: impl FnMut(&Block<'_>) -> io::Result<()> + Send,
    ) -> Result<Summary, ScreeningError> {
        pool::run(self, Range::new(low, high), each)
    }

    /// Reads a block and looks all of it up.
    fn judge(&self, job: &mut Job) {
        job.read();
        let mut keys = [ImeiKey::default(); BATCH];
        let mut places = [0; BATCH];
        let mut lists = [None; BATCH];
        let mut registered = [true; BATCH];
        let knows_models = self.index.models(Tac::from_number(0)).is_some();
        let counts_registered = self.index.registered(ImeiKey::default()).is_some();
        for lines in job.lines.chunks_mut(BATCH) {
            let mut count = 0;
            for (place, line) in lines.iter().enumerate() {
                if let Some(key) = line.key() {
                    keys[count] = key;
                    places[count] = place;
                    count += 1;
                }
            }
            let keys = &keys[..count];
            match &self.hash {
                None => self.index.lists(keys, &mut lists[..count]),
                Some(hash) => {
                    for (&key, list) in keys.iter().zip(&mut lists) {
                        *list = self.index.listed(key, None, Some(hash.hash(key))).map(|listed| listed.list);
                    }
                }
            }
            if counts_registered {
                self.index.all_registered(keys, &mut registered[..count]);
            }
            for (at, &key) in keys.iter().enumerate() {
                let line: &mut Line = &mut lines[places[at]];
                line.marks = line
                    .marks
                    .with(self.of_number(key, knows_models))
                    .with(Marks::BLOCKED.when(lists[at] == Some(List::Block)))
                    .with(Marks::TRACKED.when(lists[at] == Some(List::Track)))
                    .with(Marks::NOT_REGISTERED.when(!registered[at]));
            }
        }
    }

    /// What the number alone says, and whether its model is known.
    ///
    /// Of a default identity nothing is said of the reporting body, nor of the public samples.
    fn of_number(&self, key: ImeiKey, knows_models: bool) -> Marks {
        let tac = key.tac();
        let number = tac.number();
        let body = self.bodies[(number / 1_000_000) as usize % 100];
        let marks = if key.default_of().is_some() {
            Marks::DEFAULT
        } else if body.is_empty() || (key.is_test() && !tac.is_test()) {
            Marks::NONE
        } else if tac.is_reserved_given_out() {
            Marks::BODY_RETIRED
        } else {
            body
        };
        marks.with(Marks::TAC_UNKNOWN.when(knows_models && self.index.models(tac) == Some(false)))
    }
}

/// A part of the input with its verdicts.
#[derive(Debug)]
pub struct Block<'a> {
    job: &'a Job,
    before: u64,
}

/// One identity and what was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Screened<'a> {
    /// Its line in the input, counted from 1; in a range its place.
    pub number: u64,
    /// As it was written: the first column, at most 4 KiB of it. Empty in a range.
    pub text: &'a [u8],
    /// The device; `None` where it is malformed.
    pub key: Option<ImeiKey>,
    /// What is true of it.
    pub marks: Marks,
}

impl<'a> Block<'a> {
    /// Its identities in order.
    pub fn lines(&self) -> impl ExactSizeIterator<Item = Screened<'a>> + '_ {
        let text = &self.job.text;
        self.job.lines.iter().map(move |line| {
            let start = line.start as usize;
            Screened {
                number: self.before + u64::from(line.number) + 1,
                text: text.get(start..start + usize::from(line.length)).unwrap_or_default(),
                key: line.key(),
                marks: line.marks,
            }
        })
    }

    /// How many bytes of the input have been read for it, for whoever shows progress.
    pub fn bytes(&self) -> u64 {
        self.job.bytes
    }
}

/// What was found in all, in numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Summary {
    /// Lines of the input, of any kind.
    pub lines: u64,
    /// Blank lines and comments.
    pub skipped: u64,
    /// Whether the first line named the columns.
    pub has_header: bool,
    /// Identities that were judged, malformed ones too.
    pub identities: u64,
    /// Identities without any mark.
    pub clean: u64,
    /// Identities whose like was not looked for, because too many had come before them.
    pub not_remembered: u64,
    marked: [u64; Marks::COUNT],
}

impl Summary {
    /// How many identities have this mark; of several marks the first counts.
    pub fn marked(&self, mark: Marks) -> u64 {
        self.marked.get(mark.place()).copied().unwrap_or(0)
    }

    /// Each mark that any identity has, and how many have it.
    pub fn all_marked(&self) -> impl Iterator<Item = (Marks, u64)> + '_ {
        Marks::all().map(|mark| (mark, self.marked(mark))).filter(|(_, count)| *count > 0)
    }

    /// Takes in what was found in a further input.
    pub fn add(&mut self, other: &Self) {
        self.lines += other.lines;
        self.skipped += other.skipped;
        self.has_header |= other.has_header;
        self.identities += other.identities;
        self.clean += other.clean;
        self.not_remembered += other.not_remembered;
        for (sum, count) in self.marked.iter_mut().zip(other.marked) {
            *sum += count;
        }
    }

    fn count(&mut self, job: &Job) {
        self.lines += u64::from(job.found.count);
        self.skipped += u64::from(job.found.skipped);
        self.has_header |= job.found.has_header;
        self.identities += job.lines.len() as u64;
        for line in &job.lines {
            if line.marks.is_empty() {
                self.clean += 1;
            } else {
                line.marks.iter().for_each(|mark| self.marked[mark.place()] += 1);
            }
        }
    }
}
