//! What a modem does after a reject: by the cause, and by the procedures that it came in.

use super::domain::Procedures;
use crate::wire::values::{Domain, RejectCause};

/// 17: network failure.
pub(super) const NETWORK_FAILURE: RejectCause = RejectCause::new(17);

/// 19: ESM failure: the context of the attach was refused.
pub(super) const ESM_FAILURE: RejectCause = RejectCause::new(19);

/// 111: protocol error, unspecified.
pub(super) const PROTOCOL_ERROR: RejectCause = RejectCause::new(111);

/// What a modem of these procedures takes a cause for: one that is not defined there counts as 111.
///
/// Source: 3GPP TS 24.008, clause 10.5.5.14; TS 24.301, clause 9.9.3.9; TS 24.501, clause 9.11.3.2.
pub(super) fn received(cause: RejectCause, procedures: Procedures) -> RejectCause {
    let defined = match procedures {
        Procedures::Gmm => cause.exists_in(Domain::Cs) || cause.exists_in(Domain::Ps),
        Procedures::Emm => cause.exists_in(Domain::Eps),
        Procedures::FiveGmm => cause.exists_in(Domain::FiveGs),
    };
    if defined { cause } else { PROTOCOL_ERROR }
}

/// What a modem does after a reject.
///
/// Source: 3GPP TS 24.008, clauses 4.4.4.7 and 4.7.3.1.4; TS 24.301, clause 5.5.1.2.5; TS 24.501, clause 5.5.1.2.5.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Consequence {
    /// The USIM is invalid for every service until switch-off or removal (#3, #6, #8): no attempt in any domain.
    Barred,
    /// It is invalid for circuit-switched services only (#2).
    BarredFromCs,
    /// It is invalid for packet services only (#7).
    BarredFromPackets,
    /// The PLMN goes to EF_FPLMN (#11, #35); others are tried.
    ForbiddenPlmn,
    /// The tracking or location area is forbidden (#12, #13, #15).
    ForbiddenArea {
        /// Another area or PLMN is looked for (#13, #15); after #12 the modem stays, in limited service.
        elsewhere: bool,
    },
    /// The PLMN is forbidden for packet services (#14), until switch-off.
    ForbiddenPlmnForPackets,
    /// The technology is not for this subscription (#27 of 5GMM): the modem leaves it alone and uses others.
    ForbiddenTechnology,
    /// T3346 runs; no attempt before it ends (#22).
    Congestion,
    /// Retried: after T3411 (T3311, T3511), and after five attempts after T3402 (T3302, T3502).
    Retry,
}

/// What a modem of these procedures does after a cause.
pub(super) fn consequence(cause: RejectCause, procedures: Procedures) -> Consequence {
    match received(cause, procedures).number() {
        3 | 6 | 8 => Consequence::Barred,
        2 => Consequence::BarredFromCs,
        7 => Consequence::BarredFromPackets,
        11 | 35 => Consequence::ForbiddenPlmn,
        12 => Consequence::ForbiddenArea { elsewhere: false },
        13 | 15 => Consequence::ForbiddenArea { elsewhere: true },
        14 => Consequence::ForbiddenPlmnForPackets,
        22 => Consequence::Congestion,
        // Only 5GMM has it: elsewhere it was received as 111.
        27 => Consequence::ForbiddenTechnology,
        _ => Consequence::Retry,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_that_5gmm_lacks_counts_as_a_protocol_error_there() {
        for number in [8, 14, 17] {
            let cause = RejectCause::new(number);
            assert_eq!(received(cause, Procedures::FiveGmm), PROTOCOL_ERROR, "{number}");
            assert_eq!(received(cause, Procedures::Emm), cause, "{number}");
        }
        let forwarding = RejectCause::new(90);
        assert_eq!(received(forwarding, Procedures::FiveGmm), forwarding);
        assert_eq!(received(forwarding, Procedures::Emm), PROTOCOL_ERROR);
        assert_eq!(received(forwarding, Procedures::Gmm), PROTOCOL_ERROR);
    }

    #[test]
    fn an_illegal_equipment_is_barred_by_all_procedures() {
        for procedures in [Procedures::Gmm, Procedures::Emm, Procedures::FiveGmm] {
            assert_eq!(consequence(RejectCause::ILLEGAL_ME, procedures), Consequence::Barred);
        }
    }
}
