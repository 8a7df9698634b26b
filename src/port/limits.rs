//! How many descriptors this process may hold.

/// Makes room for `count` open descriptors, as far as the system lets this user; says how many there is room for.
#[cfg(unix)]
pub fn make_room(count: u64) -> u64 {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let now = getrlimit(Resource::Nofile);
    let wanted = now.maximum.map_or(count, |maximum| count.min(maximum));
    match now.current {
        Some(current) if current < wanted => {
            match setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), maximum: now.maximum }) {
                Ok(()) => wanted,
                Err(_) => current,
            }
        }
        Some(current) => current,
        None => u64::MAX,
    }
}

/// Makes room for `count` open descriptors: here the system sets no limit that a process could raise.
#[cfg(not(unix))]
pub fn make_room(_count: u64) -> u64 {
    u64::MAX
}
