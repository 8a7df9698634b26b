//! Other processes of this machine, and where those of this user leave word for each other.

use std::io;
use std::path::PathBuf;

/// Whether a process of that number runs, whoever's it is; where the system does not tell, it is taken to.
pub fn is_alive(pid: u32) -> bool {
    #[cfg(unix)]
    {
        use rustix::io::Errno;
        use rustix::process::{Pid, test_kill_process};
        let Some(pid) = i32::try_from(pid).ok().and_then(Pid::from_raw) else { return false };
        test_kill_process(pid) != Err(Errno::SRCH)
    }
    #[cfg(not(unix))]
    {
        let _ = pid;
        true
    }
}

/// What the system calls the program that a process runs; only Linux is asked.
pub fn program(pid: u32) -> Option<String> {
    let name = std::fs::read_to_string(format!("/proc/{pid}/comm")).ok()?;
    Some(name.trim_end().to_owned())
}

/// A folder of this user's alone that does not outlive the machine's running: `atgate` in `XDG_RUNTIME_DIR`, or one with the user's
/// number in its name in the folder for temporary files. Made where it is not there.
///
/// # Errors
///
/// It cannot be made, or what stands there is not this user's alone: another could have prepared it.
pub fn runtime_folder() -> io::Result<PathBuf> {
    let given = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
    if let Some(folder) = given.filter(|folder| folder.is_absolute() && folder.is_dir()) {
        let folder = folder.join("atgate");
        make(&folder)?;
        return Ok(folder);
    }
    #[cfg(unix)]
    let folder = std::env::temp_dir().join(format!("atgate-{}", rustix::process::getuid().as_raw()));
    #[cfg(not(unix))]
    let folder = std::env::temp_dir().join("atgate");
    make(&folder)?;
    Ok(folder)
}

#[cfg(unix)]
fn make(folder: &std::path::Path) -> io::Result<()> {
    use std::os::unix::fs::{DirBuilderExt, MetadataExt};
    match std::fs::DirBuilder::new().mode(0o700).create(folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        Ok(()) | Err(_) => {}
    }
    // Not followed if it is a link: that would be somebody's trap.
    let there = folder.symlink_metadata()?;
    let is_own = there.is_dir() && there.uid() == rustix::process::getuid().as_raw() && there.mode() & 0o022 == 0;
    if is_own { Ok(()) } else { Err(io::Error::other("it is no folder of this user alone")) }
}

#[cfg(not(unix))]
fn make(folder: &std::path::Path) -> io::Result<()> {
    std::fs::create_dir_all(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(unix)]
    fn a_process_that_runs_is_told_from_one_that_has_ended() {
        assert!(is_alive(std::process::id()) && is_alive(1));
        let mut child = std::process::Command::new("true").spawn().unwrap();
        let pid = child.id();
        child.wait().unwrap();
        assert!(!is_alive(pid) && !is_alive(0) && !is_alive(u32::MAX));
    }

    #[test]
    #[cfg(unix)]
    fn a_folder_that_others_may_write_to_is_not_taken() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let (own, open, link) = (folder.path().join("own"), folder.path().join("open"), folder.path().join("link"));
        make(&own).unwrap();
        make(&own).unwrap();
        assert_eq!(own.metadata().unwrap().permissions().mode() & 0o777, 0o700);
        std::fs::create_dir(&open).unwrap();
        std::fs::set_permissions(&open, std::fs::Permissions::from_mode(0o777)).unwrap();
        std::os::unix::fs::symlink(&own, &link).unwrap();
        assert!(make(&open).is_err() && make(&link).is_err());
    }
}
