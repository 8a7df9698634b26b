//! The values that a modem answers with: registration, signal, operators, causes, PIN states.
//!
//! Knows how 3GPP TS 27.007 writes each one and what each code means, and reads what real modems make of it: values that
//! no table has are kept, parameters after the last known one are ignored (clause 4.0). Does not know which state a
//! modem is in, nor when a line is sent.

mod cause;
mod cell;
mod fields;
mod operator;
mod pin;
mod plmn;
mod registration;
mod session_cause;
mod signal;
mod timer;

pub use cause::RejectCause;
pub use cell::{AccessTechnology, Domain, RegistrationStatus};
pub use operator::{ListedOperator, OperatorFormat, OperatorList, OperatorSelection, OperatorStatus, SelectionMode};
pub use pin::PinState;
pub use plmn::Plmn;
pub use registration::{RegistrationLine, Seen};
pub use session_cause::SessionCause;
pub use signal::{ExtendedSignal, SignalQuality};
pub use timer::{ActiveTime, PeriodicUpdate};

/// A line that does not hold the value that was looked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected}, found `{found}`")]
pub struct ValueError {
    /// What was looked for.
    pub expected: &'static str,
    /// What stood there, bytes outside 20–7E escaped.
    pub found: String,
}

impl ValueError {
    fn new(expected: &'static str, found: &[u8]) -> Self {
        Self { expected, found: found.escape_ascii().to_string() }
    }
}
