//! A claim on a place: who holds it is alive, and when it dies the claim is gone with it.
//!
//! A claim is a name in Linux's abstract socket namespace, so that it leaves no file behind and cannot go stale. Other
//! systems have no such names: there every claim is granted, and nobody is known to hold one.

use std::path::Path;

/// What the claim on a device is called, up to the device.
const EMULATED: &str = "atgate emulated ";

/// A held claim; let go when dropped.
#[derive(Debug)]
pub(super) struct Claim {
    #[cfg(target_os = "linux")]
    _name: std::os::unix::net::UnixListener,
}

/// Claims a path that is to be made here, as the emulator's link; `None` where a live program has it.
#[cfg(unix)]
pub(super) fn place(path: &Path) -> std::io::Result<Option<Claim>> {
    claim(&key("place", path)?)
}

/// Claims a device that exists already: says that the modem behind it is emulated.
pub(super) fn emulated(device: &Path) -> std::io::Result<Option<Claim>> {
    claim(&format!("{EMULATED}{}", device.display()))
}

/// The devices behind which a live atgate emulates a modem, each with a number that is another one for each claim.
#[cfg(target_os = "linux")]
pub(super) fn emulated_devices() -> Vec<(std::path::PathBuf, u64)> {
    // The kernel's list of Unix sockets: a name in the abstract namespace stands at the end of its line behind an `@`, the
    // socket's inode before it.
    let sockets = std::fs::read("/proc/net/unix").unwrap_or_default();
    let names = String::from_utf8_lossy(&sockets);
    let devices = names.lines().filter_map(|line| line.split_once(&format!(" @{EMULATED}")));
    let inode = |socket: &str| socket.rsplit(' ').next().and_then(|digits| digits.parse().ok()).unwrap_or(0);
    devices.map(|(socket, device)| (device.into(), inode(socket))).collect()
}

/// Whether a live atgate emulates the modem behind `device`, by its path or by a link to it.
pub(super) fn is_emulated(device: &Path) -> bool {
    let Ok(device) = device.canonicalize() else { return false };
    // The claim granted here is let go at once: all that counts is whether somebody else had it.
    cfg!(target_os = "linux") && matches!(emulated(&device), Ok(None))
}

/// One key for all spellings of a path: the folder by its number, the name in it.
#[cfg(unix)]
fn key(what: &str, path: &Path) -> std::io::Result<String> {
    use std::hash::{DefaultHasher, Hash, Hasher};
    use std::os::unix::fs::MetadataExt;
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        Some(_) | None => Path::new("."),
    };
    let folder = folder.metadata()?;
    let mut name = DefaultHasher::new();
    path.file_name().hash(&mut name);
    Ok(format!("atgate {what} {}:{}/{:016x}", folder.dev(), folder.ino(), name.finish()))
}

#[cfg(target_os = "linux")]
fn claim(name: &str) -> std::io::Result<Option<Claim>> {
    use std::os::linux::net::SocketAddrExt;
    use std::os::unix::net::{SocketAddr, UnixListener};
    match UnixListener::bind_addr(&SocketAddr::from_abstract_name(name)?) {
        Ok(held) => Ok(Some(Claim { _name: held })),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(not(target_os = "linux"))]
fn claim(_name: &str) -> std::io::Result<Option<Claim>> {
    Ok(Some(Claim {}))
}
