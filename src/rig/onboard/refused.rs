//! Who refused: the card, the subscription, the access point, the visited network, the device, the radio, or the way in
//! which the board is set up.
//!
//! Pure: causes and states in, a [`Refuser`] out.
//!
//! Source: 3GPP TS 24.301 Annexes A and B, TS 24.008 Annexes G and I, for what a cause is about.

use crate::wire::values::{RejectCause, SessionCause};

/// Who refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refuser {
    /// The equipment itself: it is on a block list.
    Device,
    /// The card, or what it holds.
    Sim,
    /// What the subscriber is entitled to.
    Subscription,
    /// The access point.
    Apn,
    /// The network is another's, and the card's operator has no agreement with it.
    Roaming,
    /// Nothing is heard.
    Radio,
    /// The network, for reasons of its own.
    Network,
    /// The board is set up so that it cannot.
    Configuration,
}

impl Refuser {
    /// In a word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Device => "device",
            Self::Sim => "SIM",
            Self::Subscription => "subscription",
            Self::Apn => "APN",
            Self::Roaming => "roaming",
            Self::Radio => "radio",
            Self::Network => "network",
            Self::Configuration => "configuration",
        }
    }

    /// What to do next.
    pub fn help(self) -> &'static str {
        match self {
            Self::Device => {
                "the network blocks this IMEI: `atgate register check` says what your lists have; after un-listing, switch it off and on"
            }
            Self::Sim => "try the card in a board that passed; then ask the operator about it",
            Self::Subscription => "ask the operator whether the subscription is active and has packet data",
            Self::Apn => "compare the access point (AT+CGDCONT?) with the operator's",
            Self::Roaming => "ask the operator whether the subscription may roam here, or use a network that it names",
            Self::Radio => "look at the antenna, the fixture and the bands that the board may use",
            Self::Network => "the network may be busy: try again later",
            Self::Configuration => "compare the settings with those of a board that attached",
        }
    }
}

/// Who stands behind a cause of mobility management.
pub(super) fn of_cause(cause: RejectCause) -> Refuser {
    match cause.number() {
        5 | 6 => Refuser::Device,
        2 | 3 | 8 | 9 => Refuser::Sim,
        7 | 15 | 18 | 25 | 27 | 31 => Refuser::Subscription,
        11 | 13 | 14 | 35 => Refuser::Roaming,
        12 => Refuser::Subscription,
        19 => Refuser::Apn,
        _ => Refuser::Network,
    }
}

/// Who stands behind a cause of session management.
pub(super) fn of_session(cause: SessionCause) -> Refuser {
    match cause.number() {
        27 | 28 | 50 | 51 | 52 | 54 | 57 | 66 => Refuser::Apn,
        8 | 29 | 32 | 33 => Refuser::Subscription,
        _ => Refuser::Network,
    }
}

/// Whether a modem makes another attempt after this cause without being told to.
pub(super) fn is_transient(cause: Option<RejectCause>) -> bool {
    // Without a cause nobody knows; the modem may go on searching.
    cause.is_none_or(|cause| !matches!(cause.number(), 2 | 3 | 5 | 6 | 7 | 8))
}

/// A cause in a line of any of the commands that tell one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    /// Of mobility management.
    Mobility(RejectCause),
    /// Of session management.
    Session(SessionCause),
}

/// Reads a cause: `+CNEC_EMM: 6`, `+CNEC_ESM: 33`, `#CEERNET: 6`, `+QESMC: 1,0,26`, `^REJINFO: 00101,1,6,…`,
/// or a text of `+CEER` that is the name of one.
pub(super) fn told(line: &str) -> Option<Told> {
    let (name, value) = line.split_once(':')?;
    let fields: Vec<&str> = value.split(',').map(|field| field.trim().trim_matches('"')).collect();
    let number = |at: usize| fields.get(at).and_then(|field| field.parse::<u8>().ok()).filter(|number| *number > 0);
    match name.trim() {
        "+CNEC_EMM" | "+CNEC_GMM" | "+CNEC_MM" | "+CNEC_5GMM" | "#CEERNET" => {
            number(0).map(RejectCause::new).map(Told::Mobility)
        }
        "+CNEC_ESM" | "+CNEC_GSM" | "+CNEC_5GSM" => number(0).map(SessionCause::new).map(Told::Session),
        "+QESMC" => number(2).map(SessionCause::new).map(Told::Session),
        "^REJINFO" => number(2).map(RejectCause::new).map(Told::Mobility),
        "+CEER" | "#CEER" => named(value.trim().trim_matches('"')),
        _ => None,
    }
}

fn named(text: &str) -> Option<Told> {
    use crate::wire::values::Domain;
    let is = |name: &str| name.eq_ignore_ascii_case(text);
    let mobility = (1..=u8::MAX)
        .map(RejectCause::new)
        .find(|cause| Domain::ALL.iter().any(|domain| cause.name(*domain).is_some_and(is)));
    mobility.map(Told::Mobility).or_else(|| SessionCause::named(text).map(Told::Session))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_cause_is_put_down_to_somebody() {
        let mut table = String::new();
        for cause in [2, 3, 5, 6, 7, 8, 11, 12, 13, 14, 15, 17, 19, 22, 111] {
            let cause = RejectCause::new(cause);
            table.push_str(&format!(
                "{cause}: {}{}\n",
                of_cause(cause).word(),
                if is_transient(Some(cause)) { ", tried again" } else { "" }
            ));
        }
        for cause in [8, 26, 27, 29, 33, 38].map(SessionCause::new) {
            table.push_str(&format!("session {cause}: {}\n", of_session(cause).word()));
        }
        insta::assert_snapshot!(table, @r"
        #2 IMSI unknown in HSS: SIM
        #3 Illegal UE: SIM
        #5 IMEI not accepted: device
        #6 Illegal ME: device
        #7 EPS services not allowed: subscription
        #8 EPS services and non-EPS services not allowed: SIM
        #11 PLMN not allowed: roaming, tried again
        #12 Tracking area not allowed: subscription, tried again
        #13 Roaming not allowed in this tracking area: roaming, tried again
        #14 EPS services not allowed in this PLMN: roaming, tried again
        #15 No suitable cells in tracking area: subscription, tried again
        #17 Network failure: network, tried again
        #19 ESM failure: APN, tried again
        #22 Congestion: network, tried again
        #111 Protocol error, unspecified: network, tried again
        session #8 Operator Determined Barring: subscription
        session #26 Insufficient resources: network
        session #27 Missing or unknown APN: APN
        session #29 User authentication failed: subscription
        session #33 Requested service option not subscribed: subscription
        session #38 Network failure: network
        ");
    }

    #[test]
    fn a_cause_is_read_in_each_makers_form() {
        let mobility = |cause| Some(Told::Mobility(RejectCause::new(cause)));
        assert_eq!(told("+CNEC_EMM: 6"), mobility(6));
        assert_eq!(told("#CEERNET: 15"), mobility(15));
        assert_eq!(told("^REJINFO: 00101,1,6,2,3,6"), mobility(6));
        assert_eq!(told("+CEER: \"Illegal ME\""), mobility(6));
        assert_eq!(told("+QESMC: 1,0,26"), Some(Told::Session(SessionCause::new(26))));
        assert_eq!(told("+CEER: Missing or unknown APN"), Some(Told::Session(SessionCause::new(27))));
        assert_eq!(
            told("+CEER: Request rejected by Serving GW or PDN GW"),
            Some(Told::Session(SessionCause::new(30))),
            "as the virtual modem says it"
        );
        for nothing in ["+CEER: No cause information available", "#CEERNET: 0", "+QESMC: 0,0,0", "OK"] {
            assert_eq!(told(nothing), None, "{nothing}");
        }
    }
}
