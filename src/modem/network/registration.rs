//! One registration: a domain's state, and the one function that changes it.

use crate::wire::values::RejectCause;

/// The state of one domain.
///
/// Shown as `<stat>` of `+CREG`, `+CGREG`, `+CEREG` and `+C5GREG`.
///
/// Source: 3GPP TS 27.007, clause 7.2; TS 24.301, clause 5.1.3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Registration {
    /// Not registered, and not looking for a network: radio off, no card, deregistered, or nothing there for it.
    #[default]
    Off,
    /// Looking for a cell of a PLMN that it may use.
    Searching,
    /// The request is on its way.
    Registering {
        /// Which attempt of this round it is, from 1.
        attempt: u8,
        /// Why the one before was refused for now.
        after: Option<RejectCause>,
    },
    /// Registered in the home network.
    Home,
    /// Registered in another network.
    Roaming,
    /// Refused; it does not ask again by itself.
    Denied {
        /// The network's reason.
        cause: RejectCause,
    },
    /// Refused for now: a timer runs until the next attempt.
    BackOff {
        /// The network's reason.
        cause: RejectCause,
        /// How many attempts of this round have failed.
        attempt: u8,
    },
    /// Refused, and given up: emergency calls only, and no longer shown as denied.
    Limited {
        /// The network's reason.
        cause: RejectCause,
    },
    /// Attached for emergency bearer services only.
    Emergency,
}

/// What happens to a registration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// The radio goes off, the card goes, or the host detaches.
    Stop,
    /// A search begins.
    Search,
    /// The request leaves.
    Request {
        /// Which attempt of this round it is.
        attempt: u8,
    },
    /// The network accepts.
    Accept {
        /// It is not the home network.
        roaming: bool,
    },
    /// The network refuses for good.
    Reject {
        /// Its reason.
        cause: RejectCause,
    },
    /// The network refuses for now.
    Defer {
        /// Its reason.
        cause: RejectCause,
        /// How many attempts of this round have failed.
        attempt: u8,
    },
    /// The cell is lost.
    Lose,
    /// A refused modem stops showing that it was refused.
    GiveUp,
    /// An emergency attach is accepted.
    EmergencyAttach,
    /// The emergency bearer ends.
    EmergencyRelease,
}

impl Registration {
    /// The state after a step.
    #[must_use]
    pub(super) const fn after(self, step: Step) -> Self {
        match (self, step) {
            (_, Step::Stop) => Self::Off,
            (_, Step::Search) => Self::Searching,
            // A registered domain stays so while an update is on its way (TS 24.301, clause 5.5.3).
            (Self::Home | Self::Roaming, Step::Request { .. }) => self,
            (Self::BackOff { cause, .. }, Step::Request { attempt }) => {
                Self::Registering { attempt, after: Some(cause) }
            }
            (
                Self::Off
                | Self::Searching
                | Self::Registering { .. }
                | Self::Denied { .. }
                | Self::Limited { .. }
                | Self::Emergency,
                Step::Request { attempt },
            ) => Self::Registering { attempt, after: None },
            (_, Step::Accept { roaming: false }) => Self::Home,
            (_, Step::Accept { roaming: true }) => Self::Roaming,
            (_, Step::Reject { cause }) => Self::Denied { cause },
            (_, Step::Defer { cause, attempt }) => Self::BackOff { cause, attempt },
            // What was refused stays refused without a cell, and a timer runs on.
            (Self::Off | Self::Denied { .. } | Self::BackOff { .. } | Self::Limited { .. }, Step::Lose) => self,
            (Self::Searching | Self::Registering { .. } | Self::Home | Self::Roaming | Self::Emergency, Step::Lose) => {
                Self::Searching
            }
            (Self::Denied { cause }, Step::GiveUp) => Self::Limited { cause },
            (
                Self::Off
                | Self::Searching
                | Self::Registering { .. }
                | Self::Home
                | Self::Roaming
                | Self::BackOff { .. }
                | Self::Limited { .. }
                | Self::Emergency,
                Step::GiveUp,
            ) => self,
            // A registered modem calls for help over its own registration (TS 24.301, clause 5.5.1.1).
            (Self::Home | Self::Roaming, Step::EmergencyAttach) => self,
            (
                Self::Off
                | Self::Searching
                | Self::Registering { .. }
                | Self::Denied { .. }
                | Self::BackOff { .. }
                | Self::Limited { .. }
                | Self::Emergency,
                Step::EmergencyAttach,
            ) => Self::Emergency,
            (Self::Emergency, Step::EmergencyRelease) => Self::Off,
            (
                Self::Off
                | Self::Searching
                | Self::Registering { .. }
                | Self::Home
                | Self::Roaming
                | Self::Denied { .. }
                | Self::BackOff { .. }
                | Self::Limited { .. },
                Step::EmergencyRelease,
            ) => self,
        }
    }

    /// Whether normal services are to be had.
    #[must_use]
    pub(super) const fn is_registered(self) -> bool {
        match self {
            Self::Home | Self::Roaming => true,
            Self::Off
            | Self::Searching
            | Self::Registering { .. }
            | Self::Denied { .. }
            | Self::BackOff { .. }
            | Self::Limited { .. }
            | Self::Emergency => false,
        }
    }

    /// Why it is refused, if it is.
    #[must_use]
    pub(super) const fn cause(self) -> Option<RejectCause> {
        match self {
            Self::Denied { cause } | Self::BackOff { cause, .. } | Self::Limited { cause } => Some(cause),
            Self::Off | Self::Searching | Self::Registering { .. } | Self::Home | Self::Roaming | Self::Emergency => {
                None
            }
        }
    }

    /// Its name where it is observed.
    #[must_use]
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Off | Self::Limited { .. } => "off",
            Self::Searching | Self::Registering { .. } | Self::BackOff { .. } => "searching",
            Self::Home => "home",
            Self::Roaming => "roaming",
            Self::Denied { .. } => "denied",
            Self::Emergency => "emergency",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_update_does_not_take_a_registration_away() {
        assert_eq!(Registration::Home.after(Step::Request { attempt: 1 }), Registration::Home);
        assert_eq!(
            Registration::Searching.after(Step::Request { attempt: 2 }),
            Registration::Registering { attempt: 2, after: None }
        );
    }

    #[test]
    fn a_refusal_outlives_the_cell() {
        let denied = Registration::Off.after(Step::Reject { cause: RejectCause::ILLEGAL_ME });
        assert_eq!(denied.after(Step::Lose), denied);
        assert_eq!(Registration::Roaming.after(Step::Lose), Registration::Searching);
        assert_eq!(denied.after(Step::Stop), Registration::Off);
    }
}
