//! Why the network refuses or ends a context: the causes of session management.
//!
//! Source: 3GPP TS 24.301, clause 9.9.4.4 (ESM); TS 24.008, clause 10.5.6.6 (SM); TS 24.501, clause 9.11.4.2 (5GSM);
//! TS 27.007, clause 9.2.2.2 (what a command answers then).

use crate::modem::network::cause::{PROTOCOL_ERROR, received};
use crate::modem::network::domain::Procedures;
use crate::modem::network::profile::NetworkProfile;
use crate::wire::result::CmeError;
use crate::wire::values::RejectCause;

/// A cause of session management.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::modem::network) struct SessionCause(u8);

impl SessionCause {
    /// 26: the only one after which T3396 runs.
    pub(in crate::modem::network) const INSUFFICIENT_RESOURCES: Self = Self(26);
    /// 28: the network knows no such PDP type.
    pub(super) const UNKNOWN_TYPE: Self = Self(28);
    /// 29: the user is not who the APN wants.
    pub(super) const AUTHENTICATION_FAILED: Self = Self(29);
    /// 43: the context that a secondary one belongs to is not active.
    pub(super) const UNKNOWN_CONTEXT: Self = Self(43);
    /// 46: of the contexts of one address, one at most may be without a traffic flow template.
    pub(super) const WITHOUT_TEMPLATE: Self = Self(46);
    /// 49: in E-UTRAN the last PDN connection stays.
    pub(super) const LAST_PDN: Self = Self(49);
    /// 50: the APN has IPv4 only.
    pub(super) const IPV4_ONLY: Self = Self(50);
    /// 51: the APN has IPv6 only.
    pub(super) const IPV6_ONLY: Self = Self(51);
    /// 54: there is no PDN connection to hand over.
    pub(super) const NO_CONNECTION: Self = Self(54);
    /// 55: the APN allows one PDN connection only.
    pub(super) const ONE_CONNECTION: Self = Self(55);
    /// 65: no more bearers.
    pub(super) const TOO_MANY: Self = Self(65);
    /// 66: the APN is not for this technology and PLMN.
    pub(super) const NOT_HERE: Self = Self(66);

    /// The cause with this number.
    pub(super) const fn new(number: u8) -> Self {
        Self(number)
    }

    /// The number on the air.
    pub(in crate::modem::network) const fn number(self) -> u8 {
        self.0
    }

    /// The standard's name.
    pub(in crate::modem::network) fn name(self) -> Option<&'static str> {
        let place = NAMES.binary_search_by_key(&self.0, |&(number, _)| number).ok()?;
        NAMES.get(place).map(|&(_, name)| name)
    }

    /// What a command answers for which the network had this cause: the profile's say, else the standard's number.
    pub(super) fn error(self, profile: &NetworkProfile) -> CmeError {
        if let Some(number) = profile.show.session_errors.get(&self.0.to_string()) {
            return CmeError::new(number.0);
        }
        CmeError::new(match self.0 {
            8 => 177,
            number @ (26..=34 | 40..=46) => 100 + u16::from(number),
            48 => 180,
            49 => 171,
            65 => 178,
            66 => 179,
            83 => 181,
            95 => 172,
            96 => 173,
            99 => 174,
            100 => 175,
            111 => 176,
            _ => return CmeError::UNSPECIFIED_GPRS_ERROR,
        })
    }

    /// What `network deny` means for contexts: a cause that no registration here is refused with, where that is one of
    /// session management. 8 is never that: it refuses registrations, if not everywhere.
    pub(in crate::modem::network) fn of_denial(cause: RejectCause, procedures: Procedures) -> Option<Self> {
        let no_registration = cause != PROTOCOL_ERROR && received(cause, procedures) == PROTOCOL_ERROR;
        Some(Self(cause.number())).filter(|cause| no_registration && cause.0 >= 26 && cause.name().is_some())
    }
}

const NAMES: &[(u8, &str)] = &[
    (8, "Operator Determined Barring"),
    (26, "Insufficient resources"),
    (27, "Missing or unknown APN"),
    (28, "Unknown PDN type"),
    (29, "User authentication failed"),
    (30, "Request rejected by Serving GW or PDN GW"),
    (31, "Request rejected, unspecified"),
    (32, "Service option not supported"),
    (33, "Requested service option not subscribed"),
    (34, "Service option temporarily out of order"),
    (35, "PTI already in use"),
    (36, "Regular deactivation"),
    (37, "EPS QoS not accepted"),
    (38, "Network failure"),
    (39, "Reactivation requested"),
    (41, "Semantic error in the TFT operation"),
    (42, "Syntactical error in the TFT operation"),
    (43, "Invalid EPS bearer identity"),
    (44, "Semantic errors in packet filter(s)"),
    (45, "Syntactical errors in packet filter(s)"),
    (46, "PDP context without TFT already activated"),
    (49, "Last PDN disconnection not allowed"),
    (50, "PDN type IPv4 only allowed"),
    (51, "PDN type IPv6 only allowed"),
    (52, "Single address bearers only allowed"),
    (53, "ESM information not received"),
    (54, "PDN connection does not exist"),
    (55, "Multiple PDN connections for a given APN not allowed"),
    (56, "Collision with network initiated request"),
    (57, "PDN type IPv4v6 only allowed"),
    (58, "PDN type non IP only allowed"),
    (59, "Unsupported QCI value"),
    (60, "Bearer handling not supported"),
    (61, "PDN type Ethernet only allowed"),
    (65, "Maximum number of EPS bearers reached"),
    (66, "Requested APN not supported in current RAT and PLMN combination"),
    (81, "Invalid PTI value"),
    (95, "Semantically incorrect message"),
    (96, "Invalid mandatory information"),
    (97, "Message type non-existent or not implemented"),
    (98, "Message type not compatible with protocol state"),
    (99, "Information element non-existent or not implemented"),
    (100, "Conditional IE error"),
    (101, "Message not compatible with protocol state"),
    (111, "Protocol error, unspecified"),
    (112, "APN restriction value incompatible with active EPS bearer context"),
    (113, "Multiple accesses to a PDN connection not allowed"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_stand_in_the_order_of_their_numbers() {
        assert!(NAMES.is_sorted_by_key(|&(number, _)| number));
        assert_eq!(SessionCause(33).name(), Some("Requested service option not subscribed"));
        assert_eq!(SessionCause(1).name(), None);
    }

    #[test]
    fn a_denial_is_of_sessions_where_no_registration_has_the_cause() {
        let of =
            |number, procedures| SessionCause::of_denial(RejectCause::new(number), procedures).map(|cause| cause.0);
        assert_eq!(of(33, Procedures::Emm), Some(33));
        assert_eq!(of(6, Procedures::Emm), None);
        assert_eq!(of(8, Procedures::Emm), None, "a registration is refused with 8");
        assert_eq!(of(8, Procedures::FiveGmm), None, "elsewhere one is");
        assert_eq!(of(111, Procedures::Emm), None);
        assert_eq!(of(250, Procedures::Emm), None, "nobody knows it");
    }
}
