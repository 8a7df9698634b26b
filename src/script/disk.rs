//! Scripts on the disk: the only file of this room that opens anything.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::error::ScriptErrors;
use super::load::{Files, LARGEST, load};
use super::tree::Script;

/// The file system, as it is.
#[derive(Debug, Clone, Copy, Default)]
pub struct Disk;

impl Files for Disk {
    fn read(&self, path: &Path) -> Result<Vec<u8>, String> {
        let reason = |error: std::io::Error| match error.kind() {
            std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
            std::io::ErrorKind::IsADirectory => "it is a directory".to_owned(),
            std::io::ErrorKind::PermissionDenied => "permission is denied".to_owned(),
            _ => error.to_string(),
        };
        let file = File::open(path).map_err(reason)?;
        // A pipe or a device never comes to be read to its end.
        if !file.metadata().map_err(reason)?.is_file() {
            return Err("it is not a file".to_owned());
        }
        let mut bytes = Vec::new();
        let limit = u64::try_from(LARGEST).unwrap_or(u64::MAX).saturating_add(1);
        file.take(limit).read_to_end(&mut bytes).map_err(reason)?;
        Ok(bytes)
    }
}

/// Reads and judges the script at `path`, with the files that it names.
///
/// # Errors
///
/// As [`load`].
pub fn open(path: &Path) -> Result<Script, ScriptErrors> {
    load(path, &Disk)
}
