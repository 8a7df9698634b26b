//! Why the network refuses or ends a context: what a profile and a scenario say of the causes of session management.

use crate::modem::network::cause::{PROTOCOL_ERROR, received};
use crate::modem::network::domain::Procedures;
use crate::modem::network::profile::NetworkProfile;
use crate::wire::result::CmeError;
use crate::wire::values::{RejectCause, SessionCause};

/// What a command answers for which the network had this cause: the profile's say, else the standard's number.
pub(super) fn error(cause: SessionCause, profile: &NetworkProfile) -> CmeError {
    match profile.show.session_errors.get(&cause.number().to_string()) {
        Some(number) => CmeError::new(number.0),
        None => cause.error().unwrap_or(CmeError::UNSPECIFIED_GPRS_ERROR),
    }
}

/// What `network deny` means for contexts: a cause that no registration here is refused with, where that is one of
/// session management. 8 is never that: it refuses registrations, if not everywhere.
pub(in crate::modem::network) fn of_denial(cause: RejectCause, procedures: Procedures) -> Option<SessionCause> {
    let no_registration = cause != PROTOCOL_ERROR && received(cause, procedures) == PROTOCOL_ERROR;
    Some(SessionCause::new(cause.number()))
        .filter(|cause| no_registration && cause.number() >= 26 && cause.name().is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_denial_is_of_sessions_where_no_registration_has_the_cause() {
        let of = |number, procedures| of_denial(RejectCause::new(number), procedures).map(SessionCause::number);
        assert_eq!(of(33, Procedures::Emm), Some(33));
        assert_eq!(of(6, Procedures::Emm), None);
        assert_eq!(of(8, Procedures::Emm), None, "a registration is refused with 8");
        assert_eq!(of(8, Procedures::FiveGmm), None, "elsewhere one is");
        assert_eq!(of(111, Procedures::Emm), None);
        assert_eq!(of(250, Procedures::Emm), None, "nobody knows it");
    }
}
