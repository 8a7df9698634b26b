//! When a descriptor of ours is ready.

use std::io;
use std::os::fd::OwnedFd;

use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

/// Puts a descriptor under the watch of the tokio runtime that this is called from, for what is of interest alone: a
/// pseudo-terminal wakes whoever wants to write to it with each byte that its other end reads.
#[expect(
    deprecated,
    reason = "its successor is unsafe, for types that may close their descriptor early; an OwnedFd does not"
)]
pub(super) fn ready(fd: OwnedFd, interest: Interest) -> io::Result<AsyncFd<OwnedFd>> {
    AsyncFd::with_interest(fd, interest)
}
