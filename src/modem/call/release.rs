//! Why a call ended: the causes of call control, as `+CEER` tells them.
//!
//! Source: 3GPP TS 24.008, clause 10.5.4.11 and annex H.

/// The cause with which one side releases a call.
///
/// In the message: seven bits, 1 to 127.
///
/// Source: 3GPP TS 24.008, table 10.5.123.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cause(u8);

impl Cause {
    /// #8: the operator bars this call.
    pub const OPERATOR_DETERMINED_BARRING: Self = Self(8);
    /// #16: one side hung up.
    pub const NORMAL: Self = Self(16);
    /// #17: the other end is busy.
    pub const BUSY: Self = Self(17);
    /// #19: it rang and nobody took it.
    pub const NO_ANSWER: Self = Self(19);
    /// #21: the other end did not want it.
    pub const REJECTED: Self = Self(21);
    /// #27: the other end cannot be reached.
    pub const OUT_OF_ORDER: Self = Self(27);
    /// #28: there is no such number.
    pub const INVALID_NUMBER: Self = Self(28);
    /// #29: a service of the network forbids it.
    pub const FACILITY_REJECTED: Self = Self(29);
    /// #31: no other cause fits.
    pub const UNSPECIFIED: Self = Self(31);
    /// #38: there is no network.
    pub const NETWORK_OUT_OF_ORDER: Self = Self(38);
    /// #41: what carried the call is gone.
    pub const TEMPORARY_FAILURE: Self = Self(41);
    /// #88: the other end cannot take this kind of call.
    pub const INCOMPATIBLE: Self = Self(88);

    /// The cause of this number; a number that no message can carry is [`UNSPECIFIED`](Self::UNSPECIFIED).
    #[must_use]
    pub const fn new(number: u8) -> Self {
        match number {
            1..=127 => Self(number),
            _ => Self::UNSPECIFIED,
        }
    }

    /// Its number.
    #[must_use]
    pub const fn number(self) -> u8 {
        self.0
    }

    /// Its name in the standard.
    pub(in crate::modem) const fn name(self) -> &'static str {
        match self.0 {
            1 => "Unassigned (unallocated) number",
            3 => "No route to destination",
            6 => "Channel unacceptable",
            8 => "Operator determined barring",
            16 => "Normal call clearing",
            17 => "User busy",
            18 => "No user responding",
            19 => "User alerting, no answer",
            21 => "Call rejected",
            22 => "Number changed",
            25 => "Pre-emption",
            26 => "Non selected user clearing",
            27 => "Destination out of order",
            28 => "Invalid number format (incomplete number)",
            29 => "Facility rejected",
            30 => "Response to STATUS ENQUIRY",
            31 => "Normal, unspecified",
            34 => "No circuit/channel available",
            38 => "Network out of order",
            41 => "Temporary failure",
            42 => "Switching equipment congestion",
            43 => "Access information discarded",
            44 => "Requested circuit/channel not available",
            47 => "Resources unavailable, unspecified",
            49 => "Quality of service unavailable",
            50 => "Requested facility not subscribed",
            55 => "Incoming calls barred within the CUG",
            57 => "Bearer capability not authorized",
            58 => "Bearer capability not presently available",
            63 => "Service or option not available, unspecified",
            65 => "Bearer service not implemented",
            68 => "ACM equal to or greater than ACMmax",
            69 => "Requested facility not implemented",
            70 => "Only restricted digital information bearer capability is available",
            79 => "Service or option not implemented, unspecified",
            81 => "Invalid transaction identifier value",
            87 => "User not member of CUG",
            88 => "Incompatible destination",
            91 => "Invalid transit network selection",
            95 => "Semantically incorrect message",
            102 => "Recovery on timer expiry",
            111 => "Protocol error, unspecified",
            127 => "Interworking, unspecified",
            _ => "Unspecified",
        }
    }
}
