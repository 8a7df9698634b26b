//! Who runs this program, as the system alone knows it.

/// The number of the user that this program runs as; `None` where the system has no such numbers.
pub fn user_id() -> Option<u32> {
    #[cfg(unix)]
    {
        Some(rustix::process::getuid().as_raw())
    }
    #[cfg(not(unix))]
    {
        None
    }
}
