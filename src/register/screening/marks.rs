//! What screening says about an identity: a set of marks.

use std::fmt;

/// A set of things that are true of an identity; empty where it is in order.
///
/// Two octets, one bit each, from the lowest: `malformed check-digit spare-digit body-unknown body-retired tac-unknown
/// tac-test default blocked tracked not-registered duplicate pairing label`. Screening sets all but the last two, for which
/// it knows too little.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Marks(u16);

/// The code of each mark, from the lowest bit on.
const CODES: [&str; Marks::COUNT] = [
    "malformed",
    "check-digit",
    "spare-digit",
    "body-unknown",
    "body-retired",
    "tac-unknown",
    "tac-test",
    "default",
    "blocked",
    "tracked",
    "not-registered",
    "duplicate",
    "pairing",
    "label",
];

impl Marks {
    /// How many there are.
    pub const COUNT: usize = 14;
    /// None: the identity is in order.
    pub const NONE: Self = Self(0);
    /// It is no equipment identity, or none that has an IMEI.
    pub const MALFORMED: Self = Self(1);
    /// The check digit is wrong, and no spare digit either.
    pub const CHECK_DIGIT: Self = Self(1 << 1);
    /// The fifteenth digit is the spare digit 0 where the check digit would be another.
    pub const SPARE_DIGIT: Self = Self(1 << 2);
    /// The first two digits belong to no known reporting body, or to the reserved one.
    pub const BODY_UNKNOWN: Self = Self(1 << 3);
    /// The reporting body gives out no more numbers.
    pub const BODY_RETIRED: Self = Self(1 << 4);
    /// Models are known, and this TAC is none of theirs.
    pub const TAC_UNKNOWN: Self = Self(1 << 5);
    /// The TAC is set aside for test equipment.
    pub const TAC_TEST: Self = Self(1 << 6);
    /// Unprogrammed or cloned devices report this number.
    pub const DEFAULT: Self = Self(1 << 7);
    /// It is on the block list.
    pub const BLOCKED: Self = Self(1 << 8);
    /// It is on the track list.
    pub const TRACKED: Self = Self(1 << 9);
    /// Devices are registered, and this is none of them.
    pub const NOT_REGISTERED: Self = Self(1 << 10);
    /// It has come before in the same input.
    pub const DUPLICATE: Self = Self(1 << 11);
    /// It is paired with another subscription.
    pub const PAIRING: Self = Self(1 << 12);
    /// The label says another number.
    pub const LABEL: Self = Self(1 << 13);

    /// All marks, each alone, from the lowest bit on.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..Self::COUNT).map(|place| Self(1 << place))
    }

    /// The set with these bits; bits that mean nothing are dropped.
    pub fn from_bits(bits: u16) -> Self {
        Self(bits & ((1 << Self::COUNT) - 1))
    }

    /// Its bits.
    pub fn bits(self) -> u16 {
        self.0
    }

    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether all of `marks` are in it.
    pub fn contains(self, marks: Self) -> bool {
        self.0 & marks.0 == marks.0
    }

    /// The set with these too.
    #[must_use]
    pub fn with(self, marks: Self) -> Self {
        Self(self.0 | marks.0)
    }

    /// `marks` where a condition holds, else none; without a branch.
    pub(super) fn when(self, condition: bool) -> Self {
        Self(self.0 & u16::from(condition).wrapping_neg())
    }

    /// Its marks, each alone, from the lowest bit on.
    pub fn iter(self) -> impl Iterator<Item = Self> {
        Self::all().filter(move |mark| self.contains(*mark))
    }

    /// The codes of its marks, from the lowest bit on: `check-digit`, `blocked`.
    pub fn codes(self) -> impl Iterator<Item = &'static str> {
        CODES.into_iter().enumerate().filter(move |(place, _)| self.0 >> place & 1 == 1).map(|(_, code)| code)
    }

    /// The place of the lowest of its marks among [`all`](Self::all).
    pub(super) fn place(self) -> usize {
        self.0.trailing_zeros() as usize
    }
}

/// The codes with blanks between them; nothing where there is no mark.
impl fmt::Display for Marks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let codes: Vec<&str> = self.codes().collect();
        f.pad(&codes.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_told_by_their_codes_in_order() {
        let marks = Marks::BLOCKED.with(Marks::CHECK_DIGIT);
        assert_eq!(marks.to_string(), "check-digit blocked");
        assert!(marks.contains(Marks::BLOCKED) && !marks.contains(Marks::TRACKED));
        assert_eq!(Marks::NONE.to_string(), "");
        assert_eq!(Marks::all().flat_map(Marks::codes).collect::<Vec<_>>(), CODES);
        assert_eq!(marks.iter().map(Marks::place).collect::<Vec<_>>(), [1, 8]);
        assert_eq!(Marks::from_bits(u16::MAX).codes().count(), Marks::COUNT);
    }
}
