//! The stable name of a pseudo-terminal: a link that is replaced atomically and removed at the end.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::claim::{self, Claim};
use super::error::PortError;

/// A link that this process made; removed when dropped, if it still points where we said.
#[derive(Debug)]
pub(super) struct Link {
    path: PathBuf,
    target: PathBuf,
    _claim: Claim,
}

impl Link {
    /// Points `path` at `target`, in the place of a link that a dead emulator left.
    ///
    /// # Errors
    ///
    /// Where a live emulator holds the place, or something that is no link to a pseudo-terminal stands there.
    pub(super) fn place(path: &Path, target: &Path) -> Result<Link, PortError> {
        let failed = |error| PortError::unmade(path.display(), &error);
        let taken = |what: String| PortError::Taken { path: path.display().to_string(), what };
        let claim = claim::place(path).map_err(failed)?;
        let claim = claim.ok_or_else(|| taken("is the link of a running modem".to_owned()))?;
        match fs::symlink_metadata(path) {
            Ok(there) if there.file_type().is_symlink() => {
                let old = fs::read_link(path).map_err(failed)?;
                if !old.starts_with("/dev/pts") {
                    return Err(taken(format!("points at {}, which is no pseudo-terminal", old.display())));
                }
            }
            Ok(_) => return Err(taken("is no link, and is left alone".to_owned())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(failed(error)),
        }
        swap_in(path, target).map_err(failed)?;
        Ok(Link { path: path.to_owned(), target: target.to_owned(), _claim: claim })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

/// Makes the link under another name and renames it, so that nobody ever finds the place empty.
fn swap_in(path: &Path, target: &Path) -> io::Result<()> {
    let beside = beside(path);
    // Only a process that died between these calls, under our number, leaves one.
    let _ = fs::remove_file(&beside);
    std::os::unix::fs::symlink(target, &beside)?;
    fs::rename(&beside, path).inspect_err(|_| {
        let _ = fs::remove_file(&beside);
    })
}

/// A name in the same folder that only this process uses.
fn beside(path: &Path) -> PathBuf {
    let mut name = std::ffi::OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(format!(".{}", std::process::id()));
    path.with_file_name(name)
}

impl Drop for Link {
    fn drop(&mut self) {
        if fs::read_link(&self.path).is_ok_and(|target| target == self.target) {
            let _ = fs::remove_file(&self.path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOBODY: &str = "/dev/pts/999999";

    #[test]
    fn a_link_is_there_until_its_modem_ends() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("modem0");
        let link = Link::place(&path, Path::new(NOBODY)).unwrap();
        assert_eq!(fs::read_link(&path).unwrap(), Path::new(NOBODY));
        drop(link);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_link_that_a_dead_modem_left_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("modem0");
        std::os::unix::fs::symlink("/dev/pts/999998", &path).unwrap();
        let _link = Link::place(&path, Path::new(NOBODY)).unwrap();
        assert_eq!(fs::read_link(&path).unwrap(), Path::new(NOBODY));
    }

    #[test]
    fn a_live_modems_link_is_refused_in_any_spelling() {
        let folder = tempfile::tempdir().unwrap();
        let _link = Link::place(&folder.path().join("modem0"), Path::new(NOBODY)).unwrap();
        let again = Link::place(&folder.path().join("./modem0"), Path::new(NOBODY));
        assert!(matches!(again, Err(PortError::Taken { .. })), "{again:?}");
    }

    #[test]
    fn what_is_no_link_to_a_pty_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("precious");
        fs::write(&file, "kept").unwrap();
        assert!(matches!(Link::place(&file, Path::new(NOBODY)), Err(PortError::Taken { .. })));
        assert_eq!(fs::read_to_string(&file).unwrap(), "kept");

        let device = folder.path().join("modem");
        std::os::unix::fs::symlink("/dev/ttyUSB2", &device).unwrap();
        assert!(matches!(Link::place(&device, Path::new(NOBODY)), Err(PortError::Taken { .. })));
        assert_eq!(fs::read_link(&device).unwrap(), Path::new("/dev/ttyUSB2"));
    }

    #[test]
    fn a_folder_that_is_not_there_is_a_clear_error() {
        let folder = tempfile::tempdir().unwrap();
        let error = Link::place(&folder.path().join("no/modem0"), Path::new(NOBODY)).unwrap_err();
        assert!(matches!(error, PortError::Unmade { .. }), "{error:?}");
    }
}
