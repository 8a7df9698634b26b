//! The case files: opening one, adding to its trail, reading it.

use super::remedy::{Listing, covering};
use crate::identity::{ImeiKey, Imsi};
use crate::register::store::{
    Database, NewAct, OWN, Store, StoreError, Value, amend, columns, one, subject as subject_of, time,
};
use crate::register::{Book, Entry, KeyedHash, Subject};
use jiff::Timestamp;
use std::fmt;

/// Evidence, notes and reasons have at most so many bytes.
const LONGEST_TEXT: usize = 16 << 10;
/// A trail has at most so many entries.
const LONGEST_TRAIL: i64 = 10_000;

/// Whom a case is about: a device, or a device with one subscription.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Party {
    /// The device.
    pub key: ImeiKey,
    /// The subscription, where the case is about no other.
    pub imsi: Option<Imsi>,
}

impl Party {
    /// What an entry names, unless it is a range or a model.
    pub fn of(entry: Entry) -> Option<Self> {
        match entry {
            Entry::Device(key) => Some(Self { key, imsi: None }),
            Entry::Pair(key, imsi) => Some(Self { key, imsi: Some(imsi) }),
            Entry::Range { .. } | Entry::Tac(_) => None,
        }
    }

    /// As it stands on a list.
    pub fn entry(self) -> Entry {
        match self.imsi {
            None => Entry::Device(self.key),
            Some(imsi) => Entry::Pair(self.key, imsi),
        }
    }
}

/// What speaks for a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// In words.
    pub text: String,
    /// A file that whoever opens the case has: its name, and its SHA-256 in hexadecimal digits. The file itself is not kept.
    pub file: Option<(String, String)>,
}

/// How a case stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Standing {
    /// It is looked into.
    Open,
    /// The listing was wrong; this act has un-listed the device.
    Unlisted(i64),
    /// The listing was right; this act says so.
    Kept(i64),
}

impl Standing {
    /// `open`, `unlisted` or `kept`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Unlisted(_) => "unlisted",
            Self::Kept(_) => "kept",
        }
    }
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// What an entry of a trail is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NoteKind {
    /// The case was opened.
    Opened,
    /// Somebody has found something out.
    Note,
    /// It was resolved: the listing was wrong.
    Unlisted,
    /// It was resolved: the listing was right.
    Kept,
}

impl NoteKind {
    const ALL: [Self; 4] = [Self::Opened, Self::Note, Self::Unlisted, Self::Kept];

    /// `opened`, `note`, `unlisted` or `kept`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Note => "note",
            Self::Unlisted => "unlisted",
            Self::Kept => "kept",
        }
    }
}

/// An entry of a case's trail; none is ever changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// What it is.
    pub kind: NoteKind,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub who: String,
    /// In words: the evidence, the note, the reason.
    pub text: String,
    /// The file that was shown: its name and digest.
    pub file: Option<(String, String)>,
    /// The act that belongs to it.
    pub act: Option<i64>,
    /// The act that has undone that one, so that it no longer counts.
    pub undone_by: Option<i64>,
}

/// A case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// Its number, from 1.
    pub id: i64,
    /// Whom it is about.
    pub party: Party,
    /// How it stands. A case whose resolution was undone is open.
    pub standing: Standing,
    /// Its trail, the oldest first.
    pub trail: Vec<Note>,
}

/// A case that was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// Its number.
    pub id: i64,
    /// The act.
    pub act: i64,
    /// The rows that have the device on a list now; none: it is on no list.
    pub listings: Vec<Listing>,
}

/// Why a case was not opened, changed or found; nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum CaseError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No case has this number.
    #[error("there is no case {0}")]
    None(i64),
    /// There is one that is open.
    #[error("case {0} about it is open")]
    Twice(i64),
    /// It is not open.
    #[error("case {id} is resolved: {standing}")]
    Resolved {
        /// The case.
        id: i64,
        /// How it stands.
        standing: Standing,
    },
    /// There is nothing in a text, or too much.
    #[error("a text of a case has 1 to {LONGEST_TEXT} bytes, this has {0}")]
    Text(usize),
    /// The trail is as long as it may be.
    #[error("the trail of case {0} has {LONGEST_TRAIL} entries, and takes no more")]
    Trail(i64),
    /// Nothing that `own` says would stand before a source.
    #[error("{name} has precedence {precedence} and decides before own, which has {own}: the device would stay listed")]
    Outranked {
        /// The source's name.
        name: String,
        /// How much it counts.
        precedence: i64,
        /// How much `own` counts.
        own: i64,
    },
}

impl CaseError {
    /// What to do next.
    pub fn help(&self) -> Option<String> {
        match self {
            Self::Store(error) => error.help(),
            Self::None(_) => Some("`atgate register case list --all` lists them".into()),
            Self::Twice(id) => Some(format!("`atgate register case note {id} TEXT` adds to it")),
            Self::Resolved { standing: Standing::Unlisted(act) | Standing::Kept(act), .. } => {
                Some(format!("`atgate register undo {act}` opens it again; a new case can be opened as well"))
            }
            Self::Resolved { standing: Standing::Open, .. } | Self::Text(_) => None,
            Self::Trail(_) => Some("resolve it, and open another".into()),
            Self::Outranked { name, own, .. } => Some(format!(
                "have {name} correct its list, or give it less than {own}: `atgate register source {name} --precedence {}`",
                own - 1
            )),
        }
    }
}

impl Store {
    /// Opens a case about a listing that is said to be wrong. `hash` is the device's, where lists hold hashes.
    ///
    /// # Errors
    /// One about the same device is open, the evidence has no words, or the store fails.
    pub fn open_case(
        &mut self,
        act: &NewAct,
        party: Party,
        hash: Option<KeyedHash>,
        evidence: &Evidence,
    ) -> Result<Opened, CaseError> {
        judged(&evidence.text)?;
        let listings = covering(self, party, hash, act.at)?;
        for case in self.cases_of(party)? {
            if case.standing == Standing::Open {
                return Err(CaseError::Twice(case.id));
            }
        }
        let (_, low, high, imsi) = columns(&party.entry().into());
        let (id, act) = self.in_transaction(|database| {
            let last = one(database, "SELECT coalesce(max(id), 0) FROM case_file", &[])?;
            let id = last.as_deref().and_then(<[Value]>::first).map_or(Ok(0), Value::int)? + 1;
            let told = NewAct { reason: Some(format!("case {id} is opened")), ..act.clone() };
            let kept = amend(database, &told, OWN, Book::Lists, &[])?.act;
            database.execute(
                "INSERT INTO case_file (id, low, high, imsi, state, act) VALUES ($1, $2, $3, $4, $5, $6)",
                &[
                    id.into(),
                    low.into(),
                    high.into(),
                    imsi.as_str().into(),
                    Standing::Open.word().into(),
                    None::<i64>.into(),
                ],
            )?;
            let file = evidence.file.as_ref();
            write(database, id, act, NoteKind::Opened, &evidence.text, file, kept)?;
            Ok::<_, CaseError>((id, kept.unwrap_or(0)))
        })?;
        Ok(Opened { id, act, listings })
    }

    /// Adds a note to a case, an open one or not. It is no act: the books stay what they are.
    ///
    /// # Errors
    /// There is no such case, the note has no words, or the store fails.
    pub fn note_case(&mut self, id: i64, act: &NewAct, text: &str) -> Result<(), CaseError> {
        judged(text)?;
        self.in_transaction(|database| {
            if one(database, "SELECT id FROM case_file WHERE id = $1", &[id.into()])?.is_none() {
                return Err(CaseError::None(id));
            }
            write(database, id, act, NoteKind::Note, text, None, None)
        })
    }

    /// A case.
    ///
    /// # Errors
    /// There is none of this number, or the store fails.
    pub fn case(&mut self, id: i64) -> Result<Case, CaseError> {
        self.read_cases("f.id = $1", &[id.into()])?.pop().ok_or(CaseError::None(id))
    }

    /// The cases, the oldest first; those that are resolved only where `all` are asked for.
    ///
    /// # Errors
    /// The store fails.
    pub fn cases(&mut self, all: bool) -> Result<Vec<Case>, CaseError> {
        let mut cases = self.read_cases("f.id > 0", &[])?;
        cases.retain(|case| all || case.standing == Standing::Open);
        Ok(cases)
    }

    fn cases_of(&mut self, party: Party) -> Result<Vec<Case>, CaseError> {
        let (_, low, high, imsi) = columns(&party.entry().into());
        self.read_cases("f.low = $1 AND f.high = $2 AND f.imsi = $3", &[low.into(), high.into(), imsi.as_str().into()])
    }

    pub(super) fn read_cases(&mut self, which: &str, values: &[Value]) -> Result<Vec<Case>, CaseError> {
        let mut cases: Vec<Case> = Vec::new();
        let sql = format!(
            "SELECT f.id, f.low, f.high, f.imsi, f.state, f.act, n.kind, n.at, n.who, n.text, n.name, n.digest, n.act \
             FROM case_file f JOIN case_note n ON n.file = f.id WHERE {which} ORDER BY f.id, n.n"
        );
        self.database().query(&sql, values, &mut |row| {
            let [id, low, high, imsi, state, act, note @ ..] = row else {
                return Err(StoreError::Damaged("a case has too few columns".into()));
            };
            let id = id.int()?;
            if cases.last().is_none_or(|last| last.id != id) {
                let Subject::Entry(entry) = subject_of(0, low.int()?, high.int()?, imsi.str()?)? else {
                    return Err(StoreError::Damaged(format!("case {id} is about a hash")));
                };
                let party =
                    Party::of(entry).ok_or_else(|| StoreError::Damaged(format!("case {id} is about no device")))?;
                let standing = match (state.str()?, act.opt_int()?) {
                    ("open", _) => Standing::Open,
                    ("unlisted", Some(act)) => Standing::Unlisted(act),
                    ("kept", Some(act)) => Standing::Kept(act),
                    (other, _) => return Err(StoreError::Damaged(format!("case {id} is `{other}`"))),
                };
                cases.push(Case { id, party, standing, trail: Vec::new() });
            }
            if let Some(case) = cases.last_mut() {
                case.trail.push(read_note(note)?);
            }
            Ok(())
        })?;
        for case in &mut cases {
            for note in &mut case.trail {
                // Who undoes the opening of a case takes no row back: it stays.
                if let (NoteKind::Unlisted | NoteKind::Kept, Some(act)) = (note.kind, note.act) {
                    note.undone_by = self.undone(act)?;
                }
            }
            if let Standing::Unlisted(act) | Standing::Kept(act) = case.standing
                && self.undone(act)?.is_some()
            {
                case.standing = Standing::Open;
            }
        }
        Ok(cases)
    }

    /// The act that has undone another, unless it was undone itself.
    fn undone(&mut self, act: i64) -> Result<Option<i64>, StoreError> {
        let (mut current, mut first, mut is_undone) = (act, None, false);
        while let Some(by) = self.act(current)?.undone_by {
            first = first.or(Some(by));
            (current, is_undone) = (by, !is_undone);
        }
        Ok(first.filter(|_| is_undone))
    }
}

/// Whether a text can stand in a case.
pub(super) fn judged(text: &str) -> Result<(), CaseError> {
    if text.trim().is_empty() || text.len() > LONGEST_TEXT { Err(CaseError::Text(text.len())) } else { Ok(()) }
}

/// Adds to a case's trail. Inside a transaction.
pub(super) fn write(
    database: &mut dyn Database,
    id: i64,
    by: &NewAct,
    kind: NoteKind,
    text: &str,
    file: Option<&(String, String)>,
    act: Option<i64>,
) -> Result<(), CaseError> {
    let last = one(database, "SELECT coalesce(max(n), 0) FROM case_note WHERE file = $1", &[id.into()])?;
    let last = last.as_deref().and_then(<[Value]>::first).map_or(Ok(0), Value::int)?;
    // What resolves a case always finds its place.
    if last >= LONGEST_TRAIL && kind == NoteKind::Note {
        return Err(CaseError::Trail(id));
    }
    database.execute(
        "INSERT INTO case_note (file, n, at, who, kind, text, name, digest, act) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        &[
            id.into(),
            (last + 1).into(),
            by.at.as_second().into(),
            by.who.as_str().into(),
            kind.word().into(),
            text.into(),
            file.map(|(name, _)| name.as_str()).into(),
            file.map(|(_, digest)| digest.as_str()).into(),
            act.into(),
        ],
    )?;
    Ok(())
}

fn read_note(row: &[Value]) -> Result<Note, StoreError> {
    let [kind, at, who, text, name, digest, act, ..] = row else {
        return Err(StoreError::Damaged("a note has too few columns".into()));
    };
    let word = kind.str()?;
    Ok(Note {
        kind: NoteKind::ALL
            .into_iter()
            .find(|kind| kind.word() == word)
            .ok_or_else(|| StoreError::Damaged(format!("a note is `{word}`")))?,
        at: time(at.int()?)?,
        who: who.str()?.to_owned(),
        text: text.str()?.to_owned(),
        file: name.opt_str()?.zip(digest.opt_str()?).map(|(name, digest)| (name.to_owned(), digest.to_owned())),
        act: act.opt_int()?,
        undone_by: None,
    })
}
