//! Which scripts a command line means: files as they are named, directories for every `*.atg` below them.

use std::io;
use std::path::{Path, PathBuf};

use super::CliError;
use crate::script::{Disk, Files, parts};

/// What stands for standard input where a path is expected.
pub(super) const STDIN: &str = "-";

/// A script that was found, with its bytes or the reason why it has none.
pub(super) struct Found {
    pub(super) path: PathBuf,
    pub(super) bytes: Result<Vec<u8>, String>,
}

impl Found {
    /// Its text; nothing if it could not be read or is not text, which reading it as a script tells.
    pub(super) fn text(&self) -> Option<&str> {
        self.bytes.as_deref().ok().and_then(|bytes| std::str::from_utf8(bytes).ok())
    }
}

/// Every script at or below `paths`, in order, each once. Hidden directories are passed by.
pub(super) fn find(paths: &[PathBuf]) -> Result<Vec<Found>, CliError> {
    let mut found: Vec<PathBuf> = Vec::new();
    for path in paths {
        if !path.is_dir() {
            if path.as_os_str() != STDIN && !path.exists() {
                return Err(CliError::usage(format!("there is no {}", path.display()))
                    .help("name a script (*.atg) or a directory that holds some"));
            }
            found.push(path.clone());
            continue;
        }
        let visible =
            |entry: &walkdir::DirEntry| entry.depth() == 0 || !entry.file_name().as_encoded_bytes().starts_with(b".");
        for entry in
            walkdir::WalkDir::new(path).follow_links(true).sort_by_file_name().into_iter().filter_entry(visible)
        {
            // A link back to a folder above leads to nothing new.
            if entry.as_ref().is_err_and(|error| error.loop_ancestor().is_some()) {
                continue;
            }
            let entry = entry.map_err(|error| {
                CliError::bench(format!("cannot read {}: {}", path.display(), io::Error::from(error)))
            })?;
            if entry.file_type().is_file() && entry.path().extension().is_some_and(|extension| extension == "atg") {
                found.push(entry.into_path());
            }
        }
    }
    let mut seen = std::collections::HashSet::new();
    // `a.atg` and `./a.atg` are one.
    let plain = |path: &PathBuf| path.strip_prefix(".").unwrap_or(path).to_path_buf();
    found.retain(|path| seen.insert(plain(path)));
    Ok(found.into_iter().map(|path| Found { bytes: bytes(&path), path }).collect())
}

/// Every script at or below `paths` that is played for its own sake: what others include is played there only.
pub(super) fn playable(paths: &[PathBuf]) -> Result<Vec<PathBuf>, CliError> {
    if paths.iter().any(|path| path.as_os_str() == STDIN) {
        return Err(CliError::usage("a script to be played stands in a file, beside its snapshots")
            .help("`atgate check -` and `atgate fmt -` read standard input"));
    }
    let found = find(paths)?;
    let texts: Vec<(PathBuf, String)> =
        found.iter().filter_map(|found| Some((found.path.clone(), found.text()?.to_owned()))).collect();
    let parts = parts(&texts);
    Ok(found.into_iter().map(|found| found.path).filter(|path| !parts.contains(path)).collect())
}

fn bytes(path: &Path) -> Result<Vec<u8>, String> {
    if path.as_os_str() == STDIN {
        let mut bytes = Vec::new();
        return match io::Read::read_to_end(&mut io::stdin().lock(), &mut bytes) {
            Ok(_) => Ok(bytes),
            Err(error) => Err(error.to_string()),
        };
    }
    Disk.read(path)
}

/// What messages call a path.
pub(super) fn name(path: &Path) -> String {
    if path.as_os_str() == STDIN { "<stdin>".to_owned() } else { path.display().to_string() }
}

/// Whether messages on stderr may be coloured.
pub(super) fn coloured() -> bool {
    anstream::AutoStream::choice(&io::stderr()) != anstream::ColorChoice::Never
}
