//! The journal of a bench: one JSON object a line, written as it happens, so that what was done is known however it ends.
//!
//! ```json
//! {"event":"opened","journal":1,"salt":"…","at":"2026-03-01T12:00:00Z"}
//! {"event":"step","board":"slot-1","step":"identify","attempt":1,"at":"…"}
//! {"event":"again","board":"slot-1","attempt":2,"fault":{…},"at":"…"}
//! {"event":"done","board":"slot-1","device":"…","record":{…},"at":"…"}
//! ```
//!
//! `device` is the IMEI under a key that is this journal's own: a second run recognises a board by it, and nobody reads it.

use std::collections::HashMap;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::record::Record;
use crate::identity::ImeiKey;
use crate::register::HashKey;
use crate::register::assess::Veil;

/// The file's name in the folder of a bench.
pub const NAME: &str = "journal.ndjson";

/// The version of its lines.
const VERSION: u32 = 1;

/// Why there is no journal.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The system's.
    #[error("{}: {error}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The system's own words.
        error: std::io::Error,
    },
    /// Another program writes it.
    #[error("another atgate onboards into {}", .0.display())]
    Busy(PathBuf),
    /// It is something else, or of a later version.
    #[error("{}: line 1 is not the beginning of a journal of version 1", .0.display())]
    Strange(PathBuf),
}

impl JournalError {
    /// The next step.
    pub fn help(&self) -> &'static str {
        match self {
            Self::Io { .. } => "--out names a folder that can be written, with room on its disk",
            Self::Busy(_) => "wait for it, or give this one a folder of its own",
            Self::Strange(_) => "give --out another folder",
        }
    }
}

/// What is read of an old line.
#[derive(Deserialize)]
struct Line {
    event: String,
    #[serde(default)]
    journal: Option<u32>,
    #[serde(default)]
    salt: Option<String>,
    #[serde(default)]
    board: Option<String>,
    #[serde(default)]
    device: Option<String>,
    #[serde(default)]
    record: Option<Box<Record>>,
}

/// A journal that is open.
#[derive(Debug)]
pub struct Journal {
    file: File,
    path: PathBuf,
    key: Option<HashKey>,
    veil: Veil,
    /// What each board of an earlier run came to, by its name and its device.
    before: HashMap<(String, String), Record>,
    /// Lines that could not be read: the last one of a run that was killed.
    pub unread: usize,
    failed: Option<String>,
}

impl Journal {
    /// Opens the journal of a folder, which is made where it is missing, and reads what earlier runs came to.
    ///
    /// # Errors
    /// The folder or the file cannot be written, another program writes it, or it is something else.
    pub fn open(folder: &Path, reveal: bool, now: Timestamp) -> Result<Self, JournalError> {
        let path = folder.join(NAME);
        let failed = |error| JournalError::Io { path: path.clone(), error };
        std::fs::create_dir_all(folder).map_err(|error| JournalError::Io { path: folder.to_owned(), error })?;
        let mut file = OpenOptions::new().read(true).append(true).create(true).open(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(JournalError::Busy(folder.to_owned())),
            // Not every file system has locks.
            Err(TryLockError::Error(_)) => {}
        }
        let mut old = Vec::new();
        // What is no file has no past.
        if file.metadata().is_ok_and(|about| about.is_file()) {
            file.seek(SeekFrom::Start(0)).and_then(|_| file.read_to_end(&mut old)).map_err(failed)?;
        }
        let mut journal = Self {
            file,
            path: path.clone(),
            key: None,
            veil: Veil::new(reveal),
            before: HashMap::new(),
            unread: 0,
            failed: None,
        };
        let mut salt = None;
        for (at, line) in old.split(|byte| *byte == b'\n').enumerate().filter(|(_, line)| !line.is_empty()) {
            match serde_json::from_slice::<Line>(line) {
                Ok(line) if at == 0 && line.journal != Some(VERSION) => return Err(JournalError::Strange(path)),
                Ok(line) => {
                    salt = salt.or(line.salt);
                    if let ("done" | "amended", Some(board), Some(device), Some(record)) =
                        (line.event.as_str(), line.board, line.device, line.record)
                    {
                        journal.before.insert((board, device), *record);
                    }
                }
                Err(_) if at == 0 && line.len() < old.len() => return Err(JournalError::Strange(path)),
                Err(_) => journal.unread += 1,
            }
        }
        if old.last().is_some_and(|last| *last != b'\n') {
            journal.put("\n");
        }
        let salt = salt.unwrap_or_else(|| fresh(now));
        journal.key = HashKey::new(salt.as_bytes()).ok();
        journal.write("opened", json!({ "journal": VERSION, "salt": salt }), now);
        Ok(journal)
    }

    /// What a board came to in an earlier run.
    pub fn before(&self, board: &str, device: ImeiKey) -> Option<&Record> {
        let device = self.device(Some(device))?;
        self.before.get(&(board.to_owned(), device))
    }

    /// Whether earlier runs have passed a board under this name.
    pub fn has_passed(&self, board: &str) -> bool {
        self.before.iter().any(|((name, _), record)| name == board && record.verdict.is_passed())
    }

    /// Writes what a board came to.
    pub fn record(&mut self, event: &str, record: &Record, device: Option<ImeiKey>, now: Timestamp) {
        let device = self.device(device);
        let shown = record.veiled(&mut self.veil);
        self.write(event, json!({ "board": record.board, "device": device, "record": shown }), now);
    }

    /// Writes what happened to a board on its way.
    pub fn event<T: Serialize>(&mut self, event: &str, board: &str, more: &T, now: Timestamp) {
        self.write(event, json!({ "board": board, "what": more }), now);
    }

    /// What kept a line from being written; the first such thing.
    pub fn failure(&self) -> Option<&str> {
        self.failed.as_deref()
    }

    fn device(&self, key: Option<ImeiKey>) -> Option<String> {
        Some(self.key.as_ref()?.hash(key?).to_string())
    }

    fn write(&mut self, event: &str, mut line: serde_json::Value, now: Timestamp) {
        if let Some(object) = line.as_object_mut() {
            object.insert("event".into(), event.into());
            object.insert("at".into(), now.to_string().into());
        }
        self.put(&format!("{line}\n"));
    }

    /// One line, one write: whoever is killed in between leaves whole lines.
    fn put(&mut self, line: &str) {
        if let Err(error) = self.file.write_all(line.as_bytes()) {
            self.failed.get_or_insert_with(|| format!("{}: {error}", self.path.display()));
        }
    }
}

/// What makes the keys of one journal different from those of another.
fn fresh(now: Timestamp) -> String {
    let text = format!("{} {} {:p}", now.as_nanosecond(), std::process::id(), &raw const now);
    let digest = Sha256::digest(text);
    digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::super::record::Verdict;
    use super::*;

    fn at() -> Timestamp {
        "2026-03-01T12:00:00Z".parse().unwrap()
    }

    fn passed(board: &str) -> Record {
        Record { verdict: Verdict::Pass, ..Record::new(board, "unix:@none", at()) }
    }

    fn device(number: u64) -> ImeiKey {
        ImeiKey::new(101_700_000_000 + number).unwrap()
    }

    #[test]
    fn what_was_written_is_known_to_the_next_run() {
        let folder = tempfile::tempdir().unwrap();
        let mut journal = Journal::open(folder.path(), false, at()).unwrap();
        journal.record("done", &passed("a"), Some(device(1)), at());
        assert!(matches!(Journal::open(folder.path(), false, at()), Err(JournalError::Busy(_))));
        drop(journal);
        // Killed in the middle of a line.
        let path = folder.path().join(NAME);
        let mut text = std::fs::read(&path).unwrap();
        text.extend(b"{\"event\":\"do");
        std::fs::write(&path, text).unwrap();
        let mut journal = Journal::open(folder.path(), false, at()).unwrap();
        assert_eq!((journal.unread, journal.has_passed("a"), journal.has_passed("b")), (1, true, false));
        assert_eq!(journal.before("a", device(1)).map(|record| record.verdict), Some(Verdict::Pass));
        assert!(journal.before("a", device(2)).is_none() && journal.before("b", device(1)).is_none());
        // What came later counts.
        journal.record("amended", &Record { verdict: Verdict::Fail, ..passed("a") }, Some(device(1)), at());
        drop(journal);
        let journal = Journal::open(folder.path(), false, at()).unwrap();
        assert_eq!((journal.unread, journal.has_passed("a"), journal.failure()), (1, false, None));
        assert!(!std::fs::read_to_string(path).unwrap().contains(&device(1).to_string()));
    }

    #[test]
    fn a_file_that_is_no_journal_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(NAME), "somebody's notes\nand more\n").unwrap();
        assert!(matches!(Journal::open(folder.path(), false, at()), Err(JournalError::Strange(_))));
        assert_eq!(std::fs::read_to_string(folder.path().join(NAME)).unwrap(), "somebody's notes\nand more\n");
    }
}
