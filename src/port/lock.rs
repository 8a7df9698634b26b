//! A lock for each port, so that two programs never talk to one board at once.
//!
//! atgate's own is a lock on a file (flock) in this user's runtime folder: the system lets go of it with the process, however that ends. A file of
//! an older kind in /run/lock (`LCK..ttyUSB2` with a process number, as UUCP, minicom and others write it) is honoured, and none is written: such a file
//! outlives its program. Another user's atgate has a runtime folder of its own: it is kept out by the port itself, which is opened exclusively.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;

use super::address::Address;
use super::process;

/// Where files of the older kind stand.
const OLDER: &str = "/run/lock";

/// How often, and in which pauses, a lock is tried that nobody alive seems to have: who only looks has it for an instant.
const TRIES: u32 = 20;
const PAUSE: Duration = Duration::from_millis(5);

/// What this process does, in a word.
static VERB: OnceLock<&str> = OnceLock::new();

/// Says what this process does, for those who find a port of its own locked: its verb. The first word stands.
pub fn announce(verb: &'static str) {
    // A process has one verb.
    let _ = VERB.set(verb);
}

/// A lock that is held until the value is dropped or the process ends.
#[derive(Debug)]
pub struct Lock {
    file: File,
    stale: Vec<Stale>,
}

/// A lock file of the older kind whose program has ended. It was passed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stale {
    /// The file.
    pub file: PathBuf,
    /// The process that it names, if it names one.
    pub pid: Option<u32>,
}

/// Who has a port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    /// Its process.
    pub pid: u32,
    /// What it does: a verb of atgate's, or the name of another program.
    pub what: String,
}

/// Why a port cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// An atgate has it.
    #[error("{port} is in use{}", by(.owner))]
    Held {
        /// The port as the user named it.
        port: String,
        /// Who it is, if that could be read.
        owner: Option<Owner>,
    },
    /// Another program says that it has it.
    #[error("{port} is in use by {} (process {}), says {}", owner.what, owner.pid, file.display())]
    HeldElsewhere {
        /// The port as the user named it.
        port: String,
        /// Who it is.
        owner: Owner,
        /// The file that says so.
        file: PathBuf,
    },
    /// The lock's file cannot be made.
    #[error("cannot lock {port}: {path}: {source}")]
    Unmade {
        /// The port as the user named it.
        port: String,
        /// The file, or the folder that it would stand in.
        path: String,
        /// The system's own words.
        source: std::io::Error,
    },
}

impl LockError {
    /// The next step.
    pub fn help(&self) -> &'static str {
        match self {
            LockError::Held { .. } => "wait until it is done, or end it: the lock ends with it",
            LockError::HeldElsewhere { .. } => "close that program; if it is no such program, remove the file",
            LockError::Unmade { .. } => {
                "XDG_RUNTIME_DIR names a folder of this user's, or the folder for temporary files is used: clear the way"
            }
        }
    }
}

fn by(owner: &Option<Owner>) -> String {
    owner.as_ref().map_or_else(String::new, |owner| format!(" by `atgate {}` (process {})", owner.what, owner.pid))
}

impl std::fmt::Display for Stale {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let file = self.file.display();
        match self.pid {
            Some(pid) => write!(f, "{file} is left of process {pid}, which has ended; it was passed over"),
            None => write!(f, "{file} names no process; it was passed over"),
        }
    }
}

impl Lock {
    /// Takes the lock of a port for `verb`.
    ///
    /// # Errors
    ///
    /// [`LockError`], each kind of it.
    pub fn take(address: &Address, verb: &str) -> Result<Self, LockError> {
        let folder = process::runtime_folder();
        let folder = folder.map_err(|source| LockError::Unmade {
            port: address.to_string(),
            path: "the runtime folder".to_owned(),
            source,
        })?;
        Self::take_in(&folder, Path::new(OLDER), address, verb)
    }

    /// Takes the lock of a port that is about to be opened, for what this process [does](announce); none where the process has it
    /// already, or where the folder of locks cannot be used: a port is opened exclusively all the same.
    pub(super) fn for_opening(address: &Address) -> Result<Option<Self>, LockError> {
        match Self::take(address, VERB.get().copied().unwrap_or("a program of its own")) {
            Ok(lock) => {
                lock.stale.iter().for_each(|stale| tracing::info!("{stale}"));
                Ok(Some(lock))
            }
            Err(LockError::Held { owner: Some(owner), .. }) if owner.pid == std::process::id() => Ok(None),
            Err(error @ LockError::Unmade { .. }) => {
                tracing::warn!("{error}");
                Ok(None)
            }
            Err(error @ (LockError::Held { .. } | LockError::HeldElsewhere { .. })) => Err(error),
        }
    }

    /// What was passed over on the way.
    pub fn stale(&self) -> &[Stale] {
        &self.stale
    }

    /// Who has a port, by its lock; does not take it.
    pub fn owner(address: &Address) -> Option<Owner> {
        let older = || older(Path::new(OLDER), address).0.map(|(owner, _)| owner);
        let mut file = process::runtime_folder().ok().and_then(|folder| File::open(place(&folder, address)).ok());
        let own = file.as_mut().and_then(|file| match file.try_lock_shared() {
            Err(TryLockError::WouldBlock) => written(file),
            // Let go when the file closes, which is at once.
            Ok(()) | Err(TryLockError::Error(_)) => None,
        });
        own.or_else(older)
    }

    fn take_in(folder: &Path, older_folder: &Path, address: &Address, verb: &str) -> Result<Self, LockError> {
        let port = || address.to_string();
        let path = place(folder, address);
        let unmade = |source| LockError::Unmade { port: port(), path: path.display().to_string(), source };
        let (held, stale) = older(older_folder, address);
        if let Some((owner, file)) = held {
            return Err(LockError::HeldElsewhere { port: port(), owner, file });
        }
        let opened = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path);
        let mut file = opened.map_err(unmade)?;
        for tried in 0.. {
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::Error(source)) => return Err(unmade(source)),
                Err(TryLockError::WouldBlock) => {
                    let owner = written(&mut file).filter(|owner| process::is_alive(owner.pid));
                    if owner.is_some() || tried >= TRIES {
                        return Err(LockError::Held { port: port(), owner });
                    }
                    std::thread::sleep(PAUSE);
                }
            }
        }
        let text = format!("{} {verb}\n", std::process::id());
        let noted =
            file.set_len(0).and_then(|()| file.seek(SeekFrom::Start(0))).and_then(|_| file.write_all(text.as_bytes()));
        noted.map_err(unmade)?;
        Ok(Lock { file, stale })
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Whoever finds the lock taken by one that only looks is not told of us. The file stays: another may be opening it.
        let _ = self.file.set_len(0);
    }
}

/// The file of a port's lock: its name is the port's real one, with what cannot stand in a name of a file written otherwise.
fn place(folder: &Path, address: &Address) -> PathBuf {
    let mut name = String::new();
    for byte in address.key().bytes() {
        match byte {
            b'/' => name.push('!'),
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b':' => name.push(char::from(byte)),
            _ => name.push_str(&format!("%{byte:02x}")),
        }
    }
    // A name of a file has at most 255 bytes; of a longer one the end tells ports apart, and a sum of all of it.
    if name.len() > 200 {
        let sum = name
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |sum, byte| (sum ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3));
        name = format!("{sum:016x}{}", &name[name.len() - 150..]);
    }
    folder.join(format!("{name}.lock"))
}

/// Who wrote its number and its verb into a lock's file.
fn written(file: &mut File) -> Option<Owner> {
    let mut text = String::new();
    file.seek(SeekFrom::Start(0)).ok()?;
    file.take(256).read_to_string(&mut text).ok()?;
    let (pid, verb) = text.trim_end().split_once(' ')?;
    Some(Owner { pid: pid.parse().ok()?, what: verb.to_owned() })
}

/// Who has a port by a file of the older kind, with that file; and the files of those that have ended.
fn older(folder: &Path, address: &Address) -> (Option<(Owner, PathBuf)>, Vec<Stale>) {
    let mut stale = Vec::new();
    for file in names(address).into_iter().map(|name| folder.join(format!("LCK..{name}"))) {
        let Ok(bytes) = std::fs::read(&file) else { continue };
        match process(&bytes) {
            Some(pid) if process::is_alive(pid) => {
                let what = process::program(pid).unwrap_or_else(|| "another program".to_owned());
                return (Some((Owner { pid, what }, file)), stale);
            }
            pid => stale.push(Stale { file, pid }),
        }
    }
    (None, stale)
}

/// What a port is called in names of such files: without /dev, by its real name and by the one that it was given.
fn names(address: &Address) -> Vec<String> {
    let Address::Serial { path, .. } = address else { return Vec::new() };
    let paths = [Some(path.clone()), path.canonicalize().ok()].into_iter().flatten();
    let mut names: Vec<String> = Vec::new();
    for path in paths {
        let below =
            path.strip_prefix("/dev").unwrap_or(&path).to_string_lossy().trim_start_matches('/').replace('/', "_");
        // minicom and lockdev write the last part alone; that of a pseudo-terminal is a mere number, which many have.
        let last = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let last = (!last.bytes().all(|byte| byte.is_ascii_digit())).then_some(last);
        names.extend([Some(below), last].into_iter().flatten());
    }
    names.sort();
    names.dedup();
    names
}

/// The process that such a file names: in decimal digits, as HDB UUCP has it, or as four bytes.
fn process(bytes: &[u8]) -> Option<u32> {
    let text = std::str::from_utf8(bytes).ok().and_then(|text| text.split_whitespace().next()?.parse().ok());
    text.or_else(|| Some(u32::from_ne_bytes(bytes.try_into().ok()?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> Address {
        text.parse().unwrap()
    }

    #[test]
    fn a_port_is_locked_once_by_whatever_name_and_free_again_at_the_end() {
        let folder = tempfile::tempdir().unwrap();
        let none = folder.path().join("none");
        let real = folder.path().join("real");
        std::fs::write(&real, "").unwrap();
        let spelled = address(
            &folder.path().join("./../").join(folder.path().file_name().unwrap()).join("real").display().to_string(),
        );
        let port = address(&format!("{}?baud=9600", real.display()));
        let lock = Lock::take_in(folder.path(), &none, &port, "run").unwrap();
        let error = Lock::take_in(folder.path(), &none, &spelled, "send").unwrap_err();
        let us = Owner { pid: std::process::id(), what: "run".to_owned() };
        assert!(matches!(&error, LockError::Held { owner, .. } if owner.as_ref() == Some(&us)), "{error}");
        assert!(error.to_string().ends_with(&format!("is in use by `atgate run` (process {})", us.pid)), "{error}");
        let _other = Lock::take_in(folder.path(), &none, &address("tcp:bench:4000"), "send").unwrap();
        drop(lock);
        Lock::take_in(folder.path(), &none, &spelled, "send").unwrap();
    }

    #[test]
    fn a_lock_that_nobody_says_to_have_is_waited_for_only_so_long() {
        let folder = tempfile::tempdir().unwrap();
        let port = address("unix:@somebody");
        // Who only looks, and never ends to.
        let path = place(folder.path(), &port);
        std::fs::write(&path, "").unwrap();
        let looker = File::open(&path).unwrap();
        looker.lock_shared().unwrap();
        let error = Lock::take_in(folder.path(), folder.path(), &port, "run").unwrap_err();
        assert_eq!(error.to_string(), "unix:@somebody is in use");
        drop(looker);
        Lock::take_in(folder.path(), folder.path(), &port, "run").unwrap();
    }

    #[test]
    fn a_file_of_the_older_kind_is_honoured_while_its_program_runs() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("LCK..ttyUSB7");
        let port = address("/dev/ttyUSB7");
        let take = || Lock::take_in(folder.path(), folder.path(), &port, "run");
        let pid = std::process::id();
        for written in [
            format!("{pid:10}\n").into_bytes(),
            format!("{pid} minicom root\n").into_bytes(),
            pid.to_ne_bytes().to_vec(),
        ] {
            std::fs::write(&file, &written).unwrap();
            let error = take().unwrap_err();
            assert!(
                matches!(&error, LockError::HeldElsewhere { owner, .. } if owner.pid == pid),
                "{written:?}: {error}"
            );
            assert!(error.to_string().contains("LCK..ttyUSB7") && !error.help().is_empty());
        }
        for (written, pid) in [(&b"4194305\n"[..], Some(4_194_305)), (b"", None), (b"somebody", None)] {
            std::fs::write(&file, written).unwrap();
            assert_eq!(take().unwrap().stale(), [Stale { file: file.clone(), pid }]);
        }
        // Not ours to remove.
        assert!(file.exists());
        assert_eq!(names(&address("/dev/serial/by-id/x")), ["serial_by-id_x", "x"]);
        assert_eq!(names(&address("/dev/pts/3")), ["pts_3"]);
        assert_eq!(names(&address("tcp:bench:1")), [""; 0]);
    }

    #[test]
    fn a_folder_that_takes_no_file_is_told() {
        let error = Lock::take_in(Path::new("/nonexistent"), Path::new("/nonexistent"), &address("unix:@a"), "run");
        assert!(matches!(&error, Err(LockError::Unmade { port, .. }) if port == "unix:@a"), "{error:?}");
    }

    #[test]
    fn a_long_name_of_a_port_has_a_short_one_of_its_own() {
        let names =
            ["a", "b"].map(|start| place(Path::new("/"), &address(&format!("unix:/{start}{}", "x/".repeat(300)))));
        assert!(names.iter().all(|name| name.file_name().unwrap().len() <= 255));
        assert_ne!(names[0], names[1]);
    }
}
