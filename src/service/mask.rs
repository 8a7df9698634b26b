//! Identities as logs may show them: the model, and a name for the rest that is the same for the same device and says nothing
//! else. The names are of this process: its key is drawn when it starts.

use crate::identity::ImeiKey;
use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::sync::LazyLock;

static KEY: LazyLock<RandomState> = LazyLock::new(RandomState::new);

/// A device in a log: `00101700~5f3a9c`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Masked(pub(super) ImeiKey);

impl fmt::Display for Masked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}~{:06x}", self.0.tac(), KEY.hash_one(self.0) & 0xff_ffff)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_equal_ones_look_equal_and_the_serial_number_is_not_there() {
        let key = ImeiKey::new(101_700_123_456).unwrap();
        let masked = Masked(key).to_string();
        assert_eq!(masked, Masked(key).to_string());
        assert_ne!(masked, Masked(ImeiKey::new(101_700_123_457).unwrap()).to_string());
        assert!(masked.starts_with("00101700~") && !masked.contains("123456"), "{masked}");
    }
}
