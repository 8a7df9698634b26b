//! Verdicts for onboarding: what is true of a device, how much it weighs, and whether the device passes.
//!
//! Knows the [`Dimension`]s, the [`Rules`] that weigh them and join them to [`Condition`]s, and the two stops of an import:
//! a list that shrank too much, and one that would hit too much of the fleet. Knows no store: what the register knows of a
//! device comes in through [`Facts`], the time as an argument. What it tells of a device it tells through a [`Veil`].

mod assessment;
mod candidate;
mod condition;
mod dimension;
mod facts;
mod judge;
mod object;
mod phrase;
mod rules;
mod stop;
mod veil;
mod written;

#[cfg(test)]
mod tests;

pub use assessment::{Assessment, Held, Outcome, Remark, Standing};
pub use candidate::Candidate;
pub use condition::{Condition, Term, TermError};
pub use dimension::{Dimension, UnknownDimension};
pub use facts::{Facts, Listing, NoFacts, Sighting};
pub(in crate::register) use judge::MOST_CARDS;
pub use judge::assess;
pub use phrase::Phrase;
pub use rules::{DuplicateCards, Lags, Rules, RulesError, Weight};
pub use stop::{MatchingRatio, MatchingRatioError, SizeError, SizeLimit};
pub use veil::Veil;
