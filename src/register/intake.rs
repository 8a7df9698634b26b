//! Takes files into a book: read to the end, weighed, and kept as one act or not at all.

use super::assess::{MatchingRatioError, Rules, SizeError};
use super::exchange::{Format, LineError, Options, Reader, Summary, Target, Warning, WarningCode, part_of};
use super::store::{Filter, ImportError, Mode, NewAct, Outcome, Scope, Store, StoreError};
use super::{Book, Change, Entry, List, Subject};
use std::cell::Cell;
use std::io::Read;
use std::path::Path;

/// What is taken in, and how.
#[derive(Debug, Clone)]
pub struct Intake {
    /// Into which book.
    pub target: Target,
    /// Whose rows they are.
    pub source: String,
    /// In which format; found out where it is `None`.
    pub format: Option<Format>,
    /// Whether the files are all that the source says, or changes of it; where it is `None`, they are changes if they have a
    /// `change_type`.
    pub mode: Option<Mode>,
    /// Every row takes its subject away.
    pub removals: bool,
    /// Nothing is kept.
    pub is_dry: bool,
    /// How much of the fleet may be hit, 0 to 1, where that is not what the rules say.
    pub allow_ratio: Option<f64>,
    /// The list may be as small as it likes.
    pub allow_shrink: bool,
    /// IMEIs of 14 digits are meant as they are.
    pub short_rows: bool,
}

impl Intake {
    /// All that a source says about a target, by the rules.
    pub fn new(target: Target, source: &str) -> Self {
        Self {
            target,
            source: source.to_owned(),
            format: None,
            mode: None,
            removals: false,
            is_dry: false,
            allow_ratio: None,
            allow_shrink: false,
            short_rows: false,
        }
    }
}

/// What came of it.
#[derive(Debug, Clone)]
pub struct Taken {
    /// The act and its counts.
    pub outcome: Outcome,
    /// Whether the rows were taken as all or as changes.
    pub mode: Mode,
    /// How many devices of the fleet stand on the block list because of it.
    pub hits: u64,
    /// Each file with what it was and what was odd about it.
    pub files: Vec<(String, Summary, Vec<Warning>)>,
}

/// Why nothing was kept.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    /// Files are wrong; each error with the file's name.
    #[error("{} in {}", counted(.0.len()), .0.first().map_or("", |(name, _)| name))]
    Lines(Vec<(String, LineError)>),
    /// The files disagree whether they are lists or changes of lists.
    #[error("{0} says what changed and the files before it do not, or the other way about")]
    Mixed(String),
    /// The list lost too much.
    #[error(transparent)]
    Size(#[from] SizeError),
    /// The list hits too much of the fleet.
    #[error(transparent)]
    Ratio(#[from] MatchingRatioError),
    /// Two files say something about one subject.
    #[error("{0}")]
    Twice(String),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn counted(errors: usize) -> String {
    if errors == 1 { "1 error".to_owned() } else { format!("{errors} errors") }
}

impl IntakeError {
    /// What to do next.
    pub fn help(&self) -> Option<String> {
        match self {
            Self::Lines(errors) => errors.first().and_then(|(_, error)| error.help()),
            Self::Mixed(_) => Some("import them one after the other".into()),
            Self::Size(error) => Some(error.help()),
            Self::Ratio(error) => Some(error.help()),
            Self::Twice(_) => Some("take it out of one of the files".into()),
            Self::Store(error) => error.help(),
        }
    }
}

/// Takes files in as one act. A file whose name is that of a part of a delta ([`part_of`]) is taken as that part, unless all
/// files are said to be whole lists.
///
/// # Errors
/// A file is wrong, the list is one that the rules do not take, or the store fails. Nothing was kept then.
pub fn take<R: Read>(
    store: &mut Store,
    rules: &Rules,
    act: &NewAct,
    intake: &Intake,
    files: Vec<(String, R)>,
) -> Result<Taken, IntakeError> {
    let mut options = Options::new(intake.target);
    (options.format, options.removals, options.short_rows) = (intake.format, intake.removals, intake.short_rows);
    let hits = Cell::new(0);
    let fleet = if intake.target.book() == Book::Lists { fleet(store)? } else { Vec::new() };
    let devices = fleet.len();
    let mut source = Files {
        open: None,
        next: files.into_iter(),
        options,
        is_full: intake.mode == Some(Mode::Full),
        is_delta: None,
        done: Vec::new(),
        fleet: Fleet { is_hit: vec![false; devices], keys: fleet, hits: &hits },
    };
    // The first row is read before all others: whether there is a `change_type` stands in the first line.
    let first = source.next();
    let is_delta = source.is_delta.unwrap_or(false) || intake.removals;
    let mode = intake.mode.unwrap_or(if is_delta { Mode::Delta } else { Mode::Full });
    let scope = Scope { book: intake.target.book(), list: intake.target.list(), source: &intake.source };
    let what = format!("the {} list of {}", intake.target.word(), intake.source);
    let outcome = store.import(act, scope, mode, intake.is_dry, first.into_iter().chain(source.by_ref()), |counts| {
        let unsigned = |count: i64| u64::try_from(count).unwrap_or(0);
        if mode == Mode::Full && !intake.allow_shrink {
            let size = if intake.target == Target::Pairings { rules.pairing_size } else { rules.list_size };
            size.check(&what, unsigned(counts.before), unsigned(counts.after()))?;
        }
        let ratio = rules.matching_ratio.or(intake.allow_ratio);
        Ok(ratio.check(&what, hits.get(), devices as u64)?)
    });
    match outcome {
        Ok(outcome) => Ok(Taken { outcome, mode, hits: hits.get(), files: source.done }),
        Err(ImportError::Store(error)) => Err(error.into()),
        Err(ImportError::Given(error) | ImportError::Unwanted(error)) => Err(error),
        Err(ImportError::Twice(what)) => Err(IntakeError::Twice(format!("{what} stands twice in what is imported"))),
    }
}

/// The keys of the fleet, in order.
fn fleet(store: &mut Store) -> Result<Vec<u64>, StoreError> {
    let mut keys = Vec::new();
    store.rows::<StoreError>(Filter { book: Some(Book::Fleet), ..Filter::default() }, |stored| {
        if let Subject::Entry(Entry::Device(key)) = stored.row.subject {
            keys.push(key.number());
        }
        Ok(())
    })?;
    keys.sort_unstable();
    keys.dedup();
    Ok(keys)
}

/// Which devices of the fleet come onto the block list.
struct Fleet<'a> {
    keys: Vec<u64>,
    is_hit: Vec<bool>,
    hits: &'a Cell<u64>,
}

impl Fleet<'_> {
    fn see(&mut self, change: &Change, target: Option<List>) {
        let Change::Put(row) = change else { return };
        if row.list.or(target) != Some(List::Block) || self.keys.is_empty() {
            return;
        }
        let (low, high) = match row.subject {
            // With another subscription the device is not hit; whose hash it is nobody knows here.
            Subject::Hash(_) | Subject::Entry(Entry::Pair(..)) => return,
            Subject::Entry(Entry::Device(key)) => (key.number(), key.number()),
            Subject::Entry(Entry::Range { low, high }) => (low.number(), high.number()),
            Subject::Entry(Entry::Tac(tac)) => {
                let first = u64::from(tac.number()) * 1_000_000;
                (first, first + 999_999)
            }
        };
        let from = self.keys.partition_point(|key| *key < low);
        for (key, is_hit) in self.keys[from..].iter().zip(&mut self.is_hit[from..]) {
            if *key > high {
                break;
            }
            if !std::mem::replace(is_hit, true) {
                self.hits.set(self.hits.get() + 1);
            }
        }
    }
}

/// The changes of several files, one after the other.
struct Files<'a, R: Read> {
    /// The file that is read now, and whether its name says that it is a part of a delta.
    open: Option<(String, Reader<R>, bool)>,
    next: std::vec::IntoIter<(String, R)>,
    options: Options,
    /// Whoever imports says that the files are whole lists: no name says otherwise.
    is_full: bool,
    is_delta: Option<bool>,
    done: Vec<(String, Summary, Vec<Warning>)>,
    fleet: Fleet<'a>,
}

impl<R: Read> Iterator for Files<'_, R> {
    type Item = Result<Change, IntakeError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let (name, reader, is_part) = match &mut self.open {
                Some(open) => open,
                None => {
                    let (name, input) = self.next.next()?;
                    let mut options = self.options.clone();
                    // A part has no `change_type`: which way its rows go stands in its name alone.
                    let part = Path::new(&name).file_name().and_then(|name| part_of(name.to_str()?));
                    let part = part.filter(|part| !self.is_full && part.format.fits(options.target));
                    if let Some(part) = &part {
                        options.format = options.format.or(Some(part.format));
                        options.removals |= part.part.is_removal();
                    }
                    self.open.insert((name, Reader::new(input, options), part.is_some()))
                }
            };
            let next = reader.next();
            let is_delta = reader.summary().is_delta || *is_part;
            if *self.is_delta.get_or_insert(is_delta) != is_delta && self.options.format.is_none() {
                let name = name.clone();
                return Some(Err(IntakeError::Mixed(name)));
            }
            match next {
                Some(Ok(located)) => {
                    self.fleet.see(&located.change, located.list);
                    return Some(Ok(with_list(located.change, located.list)));
                }
                Some(Err(error)) => {
                    // A person wants to see more than the first; the reader ends by itself once there were many.
                    let mut errors = vec![(name.clone(), error)];
                    errors.extend(reader.filter_map(Result::err).map(|error| (name.clone(), error)));
                    return Some(Err(IntakeError::Lines(errors)));
                }
                None => {
                    if let Some((name, reader, is_part)) = self.open.take() {
                        let mut warnings = reader.warnings().to_vec();
                        // That nothing was unblocked is no news.
                        warnings.retain(|warning| !is_part || warning.code != WarningCode::NoRows);
                        self.done.push((name, reader.summary(), warnings));
                    }
                }
            }
        }
    }
}

/// A row of the lists says on which it is.
fn with_list(change: Change, list: Option<List>) -> Change {
    match change {
        Change::Put(mut row) => {
            row.list = row.list.or(list);
            Change::Put(row)
        }
        Change::Drop(subject) => Change::Drop(subject),
    }
}
