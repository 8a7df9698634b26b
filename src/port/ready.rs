//! When a descriptor of ours is ready.

use std::io;
use std::os::fd::OwnedFd;

use tokio::io::unix::AsyncFd;

/// Puts a descriptor under the watch of the tokio runtime that this is called from.
#[expect(
    deprecated,
    reason = "its successor is unsafe, for types that may close their descriptor early; an OwnedFd does not"
)]
pub(super) fn ready(fd: OwnedFd) -> io::Result<AsyncFd<OwnedFd>> {
    AsyncFd::new(fd)
}
