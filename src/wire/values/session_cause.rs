//! Causes of session management: why the network refuses or ends a context.

use std::fmt;

use crate::wire::result::CmeError;

/// A cause of session management.
///
/// On the wire: its number after `+CNEC_ESM:` and the like (`+CNEC_ESM: 33,1`), its name after `+CEER:`, and as the error of a
/// command that wanted a context, mostly 100 and the number: `+CME ERROR: 133`.
///
/// Source: 3GPP TS 24.301, clause 9.9.4.4 (ESM); TS 24.008, clause 10.5.6.6 (SM); TS 24.501, clause 9.11.4.2 (5GSM).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionCause(u8);

impl SessionCause {
    /// 26: the only one after which T3396 runs.
    pub const INSUFFICIENT_RESOURCES: Self = Self(26);
    /// 28: the network knows no such PDP type.
    pub const UNKNOWN_TYPE: Self = Self(28);
    /// 29: the user is not who the APN wants.
    pub const AUTHENTICATION_FAILED: Self = Self(29);
    /// 43: the context that a secondary one belongs to is not active.
    pub const UNKNOWN_CONTEXT: Self = Self(43);
    /// 46: of the contexts of one address, one at most may be without a traffic flow template.
    pub const WITHOUT_TEMPLATE: Self = Self(46);
    /// 49: in E-UTRAN the last PDN connection stays.
    pub const LAST_PDN: Self = Self(49);
    /// 50: the APN has IPv4 only.
    pub const IPV4_ONLY: Self = Self(50);
    /// 51: the APN has IPv6 only.
    pub const IPV6_ONLY: Self = Self(51);
    /// 54: there is no PDN connection to hand over.
    pub const NO_CONNECTION: Self = Self(54);
    /// 55: the APN allows one PDN connection only.
    pub const ONE_CONNECTION: Self = Self(55);
    /// 65: no more bearers.
    pub const TOO_MANY: Self = Self(65);
    /// 66: the APN is not for this technology and PLMN.
    pub const NOT_HERE: Self = Self(66);

    /// The cause with this number.
    pub const fn new(number: u8) -> Self {
        Self(number)
    }

    /// The number on the air.
    pub const fn number(self) -> u8 {
        self.0
    }

    /// The standard's name.
    pub fn name(self) -> Option<&'static str> {
        let place = NAMES.binary_search_by_key(&self.0, |&(number, _)| number).ok()?;
        NAMES.get(place).map(|&(_, name)| name)
    }

    /// What a bench looks at then, where the name does not say it.
    pub fn meaning(self) -> Option<&'static str> {
        match self.0 {
            29 => Some("the APN's name or password"),
            33 => Some("the subscription lacks this APN"),
            _ => None,
        }
    }

    /// The cause with this name, in any case.
    pub fn named(name: &str) -> Option<Self> {
        NAMES.iter().find(|(_, known)| known.eq_ignore_ascii_case(name)).map(|&(number, _)| Self(number))
    }

    /// What a command is answered for which the network had this cause; `None` where the standard has no number for it.
    ///
    /// Source: 3GPP TS 27.007, clauses 9.2.2.2 and 9.2.2.3.
    pub fn error(self) -> Option<CmeError> {
        let number = match self.0 {
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
            _ => return None,
        };
        Some(CmeError::new(number))
    }

    /// The cause that an error of the equipment stands for. 149 is that of who is not who the access point wants.
    pub fn of_error(error: CmeError) -> Option<Self> {
        if error.number() == 149 {
            return Some(Self::AUTHENTICATION_FAILED);
        }
        (0..=u8::MAX).map(Self).find(|cause| cause.error() == Some(error))
    }
}

impl fmt::Display for SessionCause {
    /// `#33 Requested service option not subscribed`; the number alone where it has no name.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "#{}", self.0)?;
        self.name().map_or(Ok(()), |name| write!(out, " {name}"))
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
    fn a_cause_is_found_again_by_its_name_and_by_its_error() {
        for &(number, name) in NAMES {
            let cause = SessionCause(number);
            assert_eq!(SessionCause::named(&name.to_ascii_lowercase()), Some(cause));
            assert!(cause.error().is_none_or(|error| SessionCause::of_error(error) == Some(cause)), "{number}");
        }
        assert_eq!(SessionCause::of_error(CmeError::new(149)).map(SessionCause::number), Some(29));
        assert_eq!(SessionCause::of_error(CmeError::new(148)), None, "unspecified");
    }
}
