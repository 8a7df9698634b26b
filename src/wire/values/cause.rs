//! Why the network refused.

use std::fmt;

use super::Domain;

/// A cause of mobility management: `<reject_cause>` with `<cause_type>` 0.
///
/// On the wire: decimal. The number is one for MM, GMM, EMM and 5GMM, its name may differ, and some are not in each of them.
/// A number that no table has is kept.
///
/// Source: 3GPP TS 24.008, clauses 10.5.3.6 and 10.5.5.14; 3GPP TS 24.301, clause 9.9.3.9; 3GPP TS 24.501, clause 9.11.3.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RejectCause(u8);

impl RejectCause {
    /// 3: Illegal MS, Illegal UE.
    pub const ILLEGAL_UE: Self = Self(3);
    /// 5: IMEI not accepted. Only ever the answer to an emergency attachment.
    pub const IMEI_NOT_ACCEPTED: Self = Self(5);
    /// 6: Illegal ME.
    pub const ILLEGAL_ME: Self = Self(6);
    /// 11: PLMN not allowed.
    pub const PLMN_NOT_ALLOWED: Self = Self(11);

    /// The cause with this number.
    pub const fn new(number: u8) -> Self {
        Self(number)
    }

    /// The number on the wire.
    pub const fn number(self) -> u8 {
        self.0
    }

    /// The standard's name in this domain; `None` where the domain has no such cause.
    pub fn name(self, domain: Domain) -> Option<&'static str> {
        let [cs, ps, eps, five_gs] = entry(self.0)?.names;
        match domain {
            Domain::Cs => cs,
            Domain::Ps => ps,
            Domain::Eps => eps,
            Domain::FiveGs => five_gs,
        }
    }

    /// Whether the domain has this cause.
    pub fn exists_in(self, domain: Domain) -> bool {
        self.name(domain).is_some()
    }

    /// What it means at a bench, in words; `None` for a number that no table has.
    pub fn meaning(self) -> Option<&'static str> {
        entry(self.0).map(|entry| entry.meaning)
    }
}

impl fmt::Display for RejectCause {
    /// `#6 Illegal ME`, by the first domain that has it, newest first.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let newest_first = [Domain::Eps, Domain::FiveGs, Domain::Ps, Domain::Cs];
        match newest_first.into_iter().find_map(|domain| self.name(domain)) {
            Some(name) => write!(out, "#{} {name}", self.0),
            None => write!(out, "#{}", self.0),
        }
    }
}

struct Entry {
    number: u8,
    /// In MM, GMM, EMM, 5GMM.
    names: [Option<&'static str>; 4],
    meaning: &'static str,
}

fn entry(number: u8) -> Option<&'static Entry> {
    let place = CAUSES.binary_search_by_key(&number, |entry| entry.number).ok()?;
    CAUSES.get(place)
}

const CAUSES: &[Entry] = &[
    Entry {
        number: 2,
        names: [Some("IMSI unknown in HLR"), Some("IMSI unknown in HLR"), Some("IMSI unknown in HSS"), None],
        meaning: "the home network does not know this SIM",
    },
    Entry {
        number: 3,
        names: [Some("Illegal MS"), Some("Illegal MS"), Some("Illegal UE"), Some("Illegal UE")],
        meaning: "the network refuses this SIM, or authentication failed; no attempt until power-off or another SIM",
    },
    Entry {
        number: 4,
        names: [Some("IMSI unknown in VLR"), None, None, None],
        meaning: "the visited network does not know this SIM; the device registers again",
    },
    Entry {
        number: 5,
        names: [
            Some("IMEI not accepted"),
            Some("IMEI not accepted"),
            Some("IMEI not accepted"),
            Some("PEI not accepted"),
        ],
        meaning: "the network refuses an emergency attachment with this IMEI",
    },
    Entry {
        number: 6,
        names: [Some("Illegal ME"), Some("Illegal ME"), Some("Illegal ME"), Some("Illegal ME")],
        meaning: "the network refuses the device itself, as for an IMEI on a block list; no attempt until power-off or another SIM",
    },
    Entry {
        number: 7,
        names: [
            None,
            Some("GPRS services not allowed"),
            Some("EPS services not allowed"),
            Some("5GS services not allowed"),
        ],
        meaning: "the subscription has no packet service here; no packet attempt until power-off or another SIM",
    },
    Entry {
        number: 8,
        names: [
            None,
            Some("GPRS services and non-GPRS services not allowed"),
            Some("EPS services and non-EPS services not allowed"),
            None,
        ],
        meaning: "the subscription has neither packet nor circuit-switched service; no attempt until power-off or another SIM",
    },
    Entry {
        number: 9,
        names: [
            None,
            Some("MS identity cannot be derived by the network"),
            Some("UE identity cannot be derived by the network"),
            Some("UE identity cannot be derived by the network"),
        ],
        meaning: "the network has lost the temporary identity; the device attaches anew",
    },
    Entry {
        number: 10,
        names: [None, Some("Implicitly detached"), Some("Implicitly detached"), Some("Implicitly de-registered")],
        meaning: "the network has dropped the device; it attaches anew",
    },
    Entry {
        number: 11,
        names: [Some("PLMN not allowed"), Some("PLMN not allowed"), Some("PLMN not allowed"), Some("PLMN not allowed")],
        meaning: "this network is not for this SIM; it goes on the SIM's list of forbidden networks",
    },
    Entry {
        number: 12,
        names: [
            Some("Location area not allowed"),
            Some("Location area not allowed"),
            Some("Tracking area not allowed"),
            Some("Tracking area not allowed"),
        ],
        meaning: "this area is not for this SIM; limited service here",
    },
    Entry {
        number: 13,
        names: [
            Some("Roaming not allowed in this location area"),
            Some("Roaming not allowed in this location area"),
            Some("Roaming not allowed in this tracking area"),
            Some("Roaming not allowed in this tracking area"),
        ],
        meaning: "no roaming in this area; the device looks for another network",
    },
    Entry {
        number: 14,
        names: [
            None,
            Some("GPRS services not allowed in this PLMN"),
            Some("EPS services not allowed in this PLMN"),
            None,
        ],
        meaning: "no packet service in this network; the device looks for another",
    },
    Entry {
        number: 15,
        names: [
            Some("No suitable cells in location area"),
            Some("No suitable cells in location area"),
            Some("No suitable cells in tracking area"),
            Some("No suitable cells in tracking area"),
        ],
        meaning: "this area is not for this SIM; the device looks for another area of the same network",
    },
    Entry {
        number: 16,
        names: [None, Some("MSC temporarily not reachable"), Some("MSC temporarily not reachable"), None],
        meaning: "packet service only, for now",
    },
    Entry {
        number: 17,
        names: [Some("Network failure"), Some("Network failure"), Some("Network failure"), None],
        meaning: "a fault in the network; the device tries again",
    },
    Entry { number: 18, names: [None, None, Some("CS domain not available"), None], meaning: "packet service only" },
    Entry {
        number: 19,
        names: [None, None, Some("ESM failure"), None],
        meaning: "the first bearer was refused; the cause of session management says why",
    },
    Entry {
        number: 20,
        names: [Some("MAC failure"), Some("MAC failure"), Some("MAC failure"), Some("MAC failure")],
        meaning: "the SIM could not authenticate the network",
    },
    Entry {
        number: 21,
        names: [Some("Synch failure"), Some("Synch failure"), Some("Synch failure"), Some("Synch failure")],
        meaning: "the SIM and the network have lost step in authentication",
    },
    Entry {
        number: 22,
        names: [Some("Congestion"), Some("Congestion"), Some("Congestion"), Some("Congestion")],
        meaning: "the network is busy; the device waits as long as it was told, then tries again",
    },
    Entry {
        number: 23,
        names: [
            Some("GSM authentication unacceptable"),
            Some("GSM authentication unacceptable"),
            Some("UE security capabilities mismatch"),
            Some("UE security capabilities mismatch"),
        ],
        meaning: "what the device says of its security does not match what the network has",
    },
    Entry {
        number: 24,
        names: [None, None, Some("Security mode rejected, unspecified"), Some("Security mode rejected, unspecified")],
        meaning: "the device refused the network's security mode",
    },
    Entry {
        number: 25,
        names: [
            Some("Not authorized for this CSG"),
            Some("Not authorized for this CSG"),
            Some("Not authorized for this CSG"),
            None,
        ],
        meaning: "the cell is for a closed group",
    },
    Entry {
        number: 26,
        names: [None, None, Some("Non-EPS authentication unacceptable"), Some("Non-5G authentication unacceptable")],
        meaning: "the SIM took the authentication for one of another system",
    },
    Entry {
        number: 27,
        names: [None, None, None, Some("N1 mode not allowed")],
        meaning: "the subscription has no 5GS service here; the device looks for LTE",
    },
    Entry {
        number: 28,
        names: [None, Some("SMS provided via GPRS in this routing area"), None, Some("Restricted service area")],
        meaning: "a restriction of service in this area",
    },
    Entry {
        number: 31,
        names: [None, None, Some("Redirection to 5GCN required"), Some("Redirection to EPC required")],
        meaning: "the network sends the device to its other core",
    },
    Entry {
        number: 32,
        names: [Some("Service option not supported"), None, None, None],
        meaning: "the network does not support what was asked for",
    },
    Entry {
        number: 33,
        names: [Some("Requested service option not subscribed"), None, None, None],
        meaning: "the subscription does not include what was asked for",
    },
    Entry {
        number: 34,
        names: [Some("Service option temporarily out of order"), None, None, None],
        meaning: "what was asked for is out of order for now",
    },
    Entry {
        number: 35,
        names: [None, None, Some("Requested service option not authorized in this PLMN"), None],
        meaning: "this network does not allow what was asked for; it is held as forbidden",
    },
    Entry {
        number: 38,
        names: [Some("Call cannot be identified"), None, None, None],
        meaning: "the call to be set up again is unknown",
    },
    Entry {
        number: 39,
        names: [None, None, Some("CS service temporarily not available"), None],
        meaning: "no circuit-switched service for now",
    },
    Entry {
        number: 40,
        names: [None, Some("No PDP context activated"), Some("No EPS bearer context activated"), None],
        meaning: "the network has no bearer for this device; it attaches anew",
    },
    Entry {
        number: 42,
        names: [None, None, Some("Severe network failure"), None],
        meaning: "a severe fault; the device leaves this network for a while",
    },
    Entry {
        number: 43,
        names: [None, None, None, Some("LADN not available")],
        meaning: "the local data network is not served here",
    },
    Entry {
        number: 62,
        names: [None, None, None, Some("No network slices available")],
        meaning: "none of the slices that were asked for may be used here",
    },
    Entry {
        number: 65,
        names: [None, None, None, Some("Maximum number of PDU sessions reached")],
        meaning: "too many sessions",
    },
    Entry {
        number: 67,
        names: [None, None, None, Some("Insufficient resources for specific slice and DNN")],
        meaning: "the slice is busy for this data network",
    },
    Entry {
        number: 69,
        names: [None, None, None, Some("Insufficient resources for specific slice")],
        meaning: "the slice is busy",
    },
    Entry {
        number: 71,
        names: [None, None, None, Some("ngKSI already in use")],
        meaning: "the key set is in use already",
    },
    Entry {
        number: 72,
        names: [None, None, None, Some("Non-3GPP access to 5GCN not allowed")],
        meaning: "no access but over the radio of 3GPP",
    },
    Entry {
        number: 73,
        names: [None, None, None, Some("Serving network not authorized")],
        meaning: "the home network does not trust the serving one",
    },
    Entry {
        number: 74,
        names: [None, None, None, Some("Temporarily not authorized for this SNPN")],
        meaning: "this private network refuses the device for now",
    },
    Entry {
        number: 75,
        names: [None, None, None, Some("Permanently not authorized for this SNPN")],
        meaning: "this private network refuses the device",
    },
    Entry {
        number: 76,
        names: [None, None, None, Some("Not authorized for this CAG or authorized for CAG cells only")],
        meaning: "the cell is for a closed group, or the device for such cells only",
    },
    Entry {
        number: 77,
        names: [None, None, None, Some("Wireline access area not allowed")],
        meaning: "not from this line",
    },
    Entry {
        number: 78,
        names: [
            None,
            None,
            Some("PLMN not allowed to operate at the present UE location"),
            Some("PLMN not allowed to operate at the present UE location"),
        ],
        meaning: "the satellite network may not serve this place",
    },
    Entry {
        number: 90,
        names: [None, None, None, Some("Payload was not forwarded")],
        meaning: "a message for session management was not passed on",
    },
    Entry {
        number: 91,
        names: [None, None, None, Some("DNN not supported or not subscribed in the slice")],
        meaning: "the data network is not to be had in this slice",
    },
    Entry {
        number: 92,
        names: [None, None, None, Some("Insufficient user-plane resources for the PDU session")],
        meaning: "no resources for the session",
    },
    Entry {
        number: 95,
        names: [
            Some("Semantically incorrect message"),
            Some("Semantically incorrect message"),
            Some("Semantically incorrect message"),
            Some("Semantically incorrect message"),
        ],
        meaning: "a message that the network did not understand",
    },
    Entry {
        number: 96,
        names: [
            Some("Invalid mandatory information"),
            Some("Invalid mandatory information"),
            Some("Invalid mandatory information"),
            Some("Invalid mandatory information"),
        ],
        meaning: "a message that the network did not understand",
    },
    Entry {
        number: 97,
        names: [
            Some("Message type non-existent or not implemented"),
            Some("Message type non-existent or not implemented"),
            Some("Message type non-existent or not implemented"),
            Some("Message type non-existent or not implemented"),
        ],
        meaning: "a message that the network did not understand",
    },
    Entry {
        number: 98,
        names: [
            Some("Message type not compatible with the protocol state"),
            Some("Message type not compatible with the protocol state"),
            Some("Message type not compatible with the protocol state"),
            Some("Message type not compatible with the protocol state"),
        ],
        meaning: "a message that the network did not understand",
    },
    Entry {
        number: 99,
        names: [
            Some("Information element non-existent or not implemented"),
            Some("Information element non-existent or not implemented"),
            Some("Information element non-existent or not implemented"),
            Some("Information element non-existent or not implemented"),
        ],
        meaning: "a message that the network did not understand",
    },
    Entry {
        number: 100,
        names: [
            Some("Conditional IE error"),
            Some("Conditional IE error"),
            Some("Conditional IE error"),
            Some("Conditional IE error"),
        ],
        meaning: "a message that the network did not understand",
    },
    Entry {
        number: 101,
        names: [
            Some("Message not compatible with the protocol state"),
            Some("Message not compatible with the protocol state"),
            Some("Message not compatible with the protocol state"),
            Some("Message not compatible with the protocol state"),
        ],
        meaning: "a message that the network did not understand",
    },
    Entry {
        number: 111,
        names: [
            Some("Protocol error, unspecified"),
            Some("Protocol error, unspecified"),
            Some("Protocol error, unspecified"),
            Some("Protocol error, unspecified"),
        ],
        meaning: "a message that the network did not understand",
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_order_so_that_each_number_is_found() {
        assert!(CAUSES.is_sorted_by_key(|entry| entry.number));
        for entry in CAUSES {
            assert_eq!(RejectCause::new(entry.number).meaning(), Some(entry.meaning));
        }
    }

    #[test]
    fn a_cause_has_its_name_by_domain_and_is_not_in_all() {
        let names = Domain::ALL.map(|domain| RejectCause::new(8).name(domain));
        insta::assert_debug_snapshot!(names, @r#"
        [
            None,
            Some(
                "GPRS services and non-GPRS services not allowed",
            ),
            Some(
                "EPS services and non-EPS services not allowed",
            ),
            None,
        ]
        "#);
        assert!(Domain::ALL.into_iter().all(|domain| RejectCause::ILLEGAL_ME.name(domain) == Some("Illegal ME")));
        for number in [8, 14, 17] {
            assert!(!RejectCause::new(number).exists_in(Domain::FiveGs), "5GMM has no #{number}");
        }
        assert!(RejectCause::new(90).exists_in(Domain::FiveGs) && !RejectCause::new(90).exists_in(Domain::Eps));
    }

    #[test]
    fn a_number_that_no_table_has_is_kept() {
        assert_eq!(RejectCause::new(200).to_string(), "#200");
        assert_eq!(RejectCause::ILLEGAL_ME.to_string(), "#6 Illegal ME");
    }
}
