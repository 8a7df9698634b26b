//! A PIN with its PUK: counters, and what spends and restores them.
//!
//! Source: ETSI TS 102 221 clauses 9.5 and 11.1.9 to 11.1.13.

/// Which PIN.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    /// PIN of the application (CHV1), key reference 01.
    Pin,
    /// PIN2 (CHV2), key reference 81.
    Pin2,
}

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Attempt {
    /// It was right.
    Right,
    /// It was wrong; so many tries are left.
    Wrong {
        /// 0: the PIN, or the card, is now blocked.
        left: u8,
    },
    /// No try was left; nothing was compared.
    Blocked,
    /// The PIN is not asked for, or is already: there is nothing to do.
    Idle,
}

/// A PIN or PUK as the card compares it: eight octets, digits in ASCII, filled with FF.
pub(super) type Digits = [u8; 8];

/// Digits as the card compares them; `None` unless they are 4 to 8 digits.
pub(super) fn digits(text: &[u8]) -> Option<Digits> {
    let mut digits = [0xFF; 8];
    let fits = (4..=8).contains(&text.len()) && text.iter().all(u8::is_ascii_digit);
    fits.then(|| {
        digits[..text.len()].copy_from_slice(text);
        digits
    })
}

/// One PIN and the PUK that restores it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Secret {
    pin: Digits,
    puk: Digits,
    tries: u8,
    puk_tries: u8,
    enabled: bool,
    verified: bool,
}

impl Secret {
    /// Tries of a PIN.
    pub(super) const TRIES: u8 = 3;
    /// Tries of a PUK.
    pub(super) const PUK_TRIES: u8 = 10;

    /// A PIN that is asked for or not, with all its tries.
    pub(super) fn new(pin: Digits, puk: Digits, enabled: bool) -> Self {
        Self { pin, puk, tries: Self::TRIES, puk_tries: Self::PUK_TRIES, enabled, verified: false }
    }

    /// Tries that are left of the PIN.
    pub(super) fn tries(&self) -> u8 {
        self.tries
    }

    /// Tries that are left of the PUK.
    pub(super) fn puk_tries(&self) -> u8 {
        self.puk_tries
    }

    /// Whether it is asked for.
    pub(super) fn is_enabled(&self) -> bool {
        self.enabled
    }

    /// Whether what it guards is open: it was given, or is not asked for.
    pub(super) fn is_satisfied(&self) -> bool {
        self.tries > 0 && (!self.enabled || self.verified)
    }

    /// The card has lost its power: what was given is forgotten.
    pub(super) fn reset(&mut self) {
        self.verified = false;
    }

    /// VERIFY.
    pub(super) fn verify(&mut self, pin: Digits) -> Attempt {
        if !self.enabled && self.tries > 0 {
            return Attempt::Idle;
        }
        let attempt = self.attempt(pin);
        if attempt == Attempt::Right {
            self.verified = true;
        }
        attempt
    }

    /// CHANGE PIN.
    pub(super) fn change(&mut self, old: Digits, new: Digits) -> Attempt {
        if !self.enabled && self.tries > 0 {
            return Attempt::Idle;
        }
        let attempt = self.attempt(old);
        if attempt == Attempt::Right {
            self.pin = new;
            self.verified = true;
        }
        attempt
    }

    /// ENABLE PIN (`true`) and DISABLE PIN (`false`).
    pub(super) fn enable(&mut self, pin: Digits, enabled: bool) -> Attempt {
        if self.enabled == enabled && self.tries > 0 {
            return Attempt::Idle;
        }
        let attempt = self.attempt(pin);
        if attempt == Attempt::Right {
            self.enabled = enabled;
            self.verified = true;
        }
        attempt
    }

    /// UNBLOCK PIN: the PUK restores the tries and sets a new PIN.
    pub(super) fn unblock(&mut self, puk: Digits, new: Digits) -> Attempt {
        if self.puk_tries == 0 {
            return Attempt::Blocked;
        }
        if puk != self.puk {
            self.puk_tries -= 1;
            return Attempt::Wrong { left: self.puk_tries };
        }
        *self = Self { pin: new, verified: true, ..Self::new(new, self.puk, true) };
        Attempt::Right
    }

    /// From outside: asked for from now on.
    pub(super) fn lock(&mut self) {
        *self = Self::new(self.pin, self.puk, true);
    }

    /// From outside: counts as given.
    pub(super) fn satisfy(&mut self) {
        self.tries = Self::TRIES;
        self.puk_tries = self.puk_tries.max(1);
        self.verified = true;
    }

    /// From outside: no try is left.
    pub(super) fn block(&mut self) {
        self.enabled = true;
        self.verified = false;
        self.tries = 0;
    }

    fn attempt(&mut self, pin: Digits) -> Attempt {
        if self.tries == 0 {
            return Attempt::Blocked;
        }
        if pin == self.pin {
            self.tries = Self::TRIES;
            return Attempt::Right;
        }
        self.tries -= 1;
        if self.tries == 0 {
            self.verified = false;
        }
        Attempt::Wrong { left: self.tries }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pin(text: &str) -> Digits {
        digits(text.as_bytes()).unwrap()
    }

    fn secret() -> Secret {
        Secret::new(pin("1234"), pin("12345678"), true)
    }

    #[test]
    fn three_wrong_tries_block_and_the_puk_restores() {
        let mut secret = secret();
        assert_eq!(secret.verify(pin("0000")), Attempt::Wrong { left: 2 });
        assert_eq!(secret.verify(pin("0000")), Attempt::Wrong { left: 1 });
        assert_eq!(secret.verify(pin("0000")), Attempt::Wrong { left: 0 });
        assert_eq!(secret.verify(pin("1234")), Attempt::Blocked);
        assert_eq!(secret.unblock(pin("87654321"), pin("4321")), Attempt::Wrong { left: 9 });
        assert_eq!(secret.unblock(pin("12345678"), pin("4321")), Attempt::Right);
        assert!(secret.is_satisfied());
        secret.reset();
        assert_eq!(secret.verify(pin("4321")), Attempt::Right);
    }

    #[test]
    fn a_right_pin_restores_the_tries() {
        let mut secret = secret();
        secret.verify(pin("0000"));
        secret.verify(pin("1234"));
        assert_eq!(secret.tries(), Secret::TRIES);
    }

    #[test]
    fn a_pin_has_four_to_eight_digits() {
        for wrong in ["123", "123456789", "12a4", ""] {
            assert_eq!(digits(wrong.as_bytes()), None, "{wrong}");
        }
        assert_eq!(pin("1234"), [b'1', b'2', b'3', b'4', 0xFF, 0xFF, 0xFF, 0xFF]);
    }
}
