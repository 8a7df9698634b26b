//! Keyed hashes of identities: a list that can be stored, exchanged and screened against without telling whom it lists.

use crate::identity::ImeiKey;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::fmt;
use std::str::FromStr;

/// The secret with which identities are hashed; whoever holds a list and not this cannot tell whom it lists.
///
/// There are only 10¹⁴ IMEIs, so a hash without a key is undone by trying them all.
#[derive(Clone)]
pub struct HashKey(Hmac<Sha256>);

impl HashKey {
    /// The shortest secret, in bytes.
    pub const SHORTEST: usize = 16;

    /// Takes a secret as it is.
    ///
    /// # Errors
    /// It has fewer than 16 bytes.
    pub fn new(secret: &[u8]) -> Result<Self, HashError> {
        if secret.len() < Self::SHORTEST {
            return Err(HashError::ShortKey { found: secret.len() });
        }
        // HMAC takes a key of any length.
        Hmac::new_from_slice(secret).map(Self).map_err(|_| HashError::ShortKey { found: secret.len() })
    }

    /// The hash of a device: HMAC-SHA-256 over its fourteen digits in ASCII, cut to 128 bits.
    pub fn hash(&self, key: ImeiKey) -> KeyedHash {
        let mut mac = self.0.clone();
        mac.update(key.to_string().as_bytes());
        let whole = mac.finalize().into_bytes();
        let mut cut = [0; 16];
        cut.copy_from_slice(&whole[..16]);
        KeyedHash(u128::from_be_bytes(cut))
    }
}

impl fmt::Debug for HashKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HashKey(…)")
    }
}

/// A device under a [`HashKey`].
///
/// On the wire: 32 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyedHash(pub u128);

/// Why a text is no keyed hash, or a secret none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HashError {
    /// The secret is too short to keep anything secret.
    #[error("a key has at least 16 bytes, this has {found}")]
    ShortKey {
        /// How many it has.
        found: usize,
    },
    /// Not 32 hexadecimal digits.
    #[error("a keyed hash has 32 hexadecimal digits")]
    Shape,
}

impl FromStr for KeyedHash {
    type Err = HashError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_hex = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        match u128::from_str_radix(text, 16) {
            Ok(number) if is_hex => Ok(Self(number)),
            Ok(_) | Err(_) => Err(HashError::Shape),
        }
    }
}

impl fmt::Display for KeyedHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_has_one_hash_under_a_key_and_others_under_others() {
        let key = ImeiKey::new(101_700_123_456).unwrap();
        let (one, other) = (HashKey::new(b"0123456789abcdef").unwrap(), HashKey::new(b"0123456789abcdeg").unwrap());
        assert_eq!(one.hash(key), one.hash(key));
        assert_ne!(one.hash(key), other.hash(key));
        assert_eq!(one.hash(key).to_string().parse(), Ok(one.hash(key)));
        assert_eq!(format!("{one:?}"), "HashKey(…)");
    }

    #[test]
    fn what_is_no_hash_and_no_key_is_refused() {
        assert_eq!(HashKey::new(b"short").unwrap_err().to_string(), "a key has at least 16 bytes, this has 5");
        for text in ["", "12", "+0000000000000000000000000000001", "0123456789abcdef0123456789abcdefg"] {
            assert_eq!(text.parse::<KeyedHash>(), Err(HashError::Shape));
        }
    }
}
