//! Files that several of the register's verbs read or write.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use crate::cli::CliError;
use crate::register::assess::Rules;

/// Opens a file that is to be read; a folder is none.
///
/// # Errors
/// It cannot be read.
pub(super) fn open(path: &Path) -> Result<File, CliError> {
    let opened = File::open(path).and_then(|file| match file.metadata()?.is_dir() {
        true => Err(io::Error::other("it is a folder")),
        false => Ok(file),
    });
    opened.map_err(|error| CliError::usage(format!("cannot read {}: {error}", path.display())))
}

/// The rules in a file, and their text.
///
/// # Errors
/// It cannot be read, or is wrong; with its place.
pub(super) fn rules(path: &Path) -> Result<(Rules, String), CliError> {
    // One byte more than there may be, so that a longer file is told as such.
    let most = u64::try_from(Rules::LONGEST).unwrap_or(u64::MAX).saturating_add(1);
    let mut bytes = Vec::new();
    let read = open(path)?.take(most).read_to_end(&mut bytes);
    read.map_err(|error| CliError::usage(format!("cannot read {}: {error}", path.display())))?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to() + 1;
        CliError::usage(format!("{}: byte {at} is no UTF-8", path.display()))
    })?;
    match Rules::from_toml(&text) {
        Ok(rules) => Ok((rules, text)),
        Err(error) => Err(CliError::usage(format!("{}:{error}", path.display())).help(error.help())),
    }
}

/// The name under which a file is written until it is whole.
pub(super) fn part(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".part");
    name.into()
}

/// A file could not be written.
pub(super) fn unwritten(path: &Path, error: &io::Error) -> CliError {
    CliError::bench(format!("cannot write {}: {error}", path.display()))
}
