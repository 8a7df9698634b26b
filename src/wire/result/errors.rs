//! The errors of `+CME ERROR` and `+CMS ERROR`: numbers and their texts.

use std::fmt;

/// An error of the equipment.
///
/// On the wire: `+CME ERROR: <err>`, `<err>` decimal (`+CMEE=1`) or its text (`+CMEE=2`). A number that no table knows is kept.
///
/// Source: 3GPP TS 27.007, clause 9.2. 103 to 125 are 100 and the cause of a refused attach (clause 9.2.2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CmeError(u16);

/// An error of the message service.
///
/// On the wire: `+CMS ERROR: <err>`, decimal or its text. 1 to 127 are the network's causes, 128 to 255 TP-Failure-Cause, 300 to
/// 511 the equipment's, 512 and more the maker's. A number that no table knows is kept.
///
/// Source: 3GPP TS 27.005, clause 3.2.5; 3GPP TS 24.011, clause E.2; 3GPP TS 23.040, clause 9.2.3.22.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CmsError(u16);

impl CmeError {
    /// 0: phone failure.
    pub const PHONE_FAILURE: Self = Self(0);
    /// 3: operation not allowed.
    pub const OPERATION_NOT_ALLOWED: Self = Self(3);
    /// 4: operation not supported.
    pub const OPERATION_NOT_SUPPORTED: Self = Self(4);
    /// 10: SIM not inserted.
    pub const SIM_NOT_INSERTED: Self = Self(10);
    /// 11: SIM PIN required.
    pub const SIM_PIN_REQUIRED: Self = Self(11);
    /// 12: SIM PUK required.
    pub const SIM_PUK_REQUIRED: Self = Self(12);
    /// 13: SIM failure.
    pub const SIM_FAILURE: Self = Self(13);
    /// 14: SIM busy.
    pub const SIM_BUSY: Self = Self(14);
    /// 15: SIM wrong.
    pub const SIM_WRONG: Self = Self(15);
    /// 16: incorrect password.
    pub const INCORRECT_PASSWORD: Self = Self(16);
    /// 17: SIM PIN2 required.
    pub const SIM_PIN2_REQUIRED: Self = Self(17);
    /// 18: SIM PUK2 required.
    pub const SIM_PUK2_REQUIRED: Self = Self(18);
    /// 20: memory full.
    pub const MEMORY_FULL: Self = Self(20);
    /// 21: invalid index.
    pub const INVALID_INDEX: Self = Self(21);
    /// 22: not found.
    pub const NOT_FOUND: Self = Self(22);
    /// 24: text string too long.
    pub const TEXT_TOO_LONG: Self = Self(24);
    /// 25: invalid characters in text string.
    pub const INVALID_CHARACTERS: Self = Self(25);
    /// 26: dial string too long.
    pub const DIAL_STRING_TOO_LONG: Self = Self(26);
    /// 27: invalid characters in dial string.
    pub const INVALID_DIAL_STRING: Self = Self(27);
    /// 30: no network service.
    pub const NO_NETWORK_SERVICE: Self = Self(30);
    /// 31: network timeout.
    pub const NETWORK_TIMEOUT: Self = Self(31);
    /// 32: network not allowed - emergency calls only.
    pub const EMERGENCY_CALLS_ONLY: Self = Self(32);
    /// 50: Incorrect parameters.
    pub const INCORRECT_PARAMETERS: Self = Self(50);
    /// 100: unknown.
    pub const UNKNOWN: Self = Self(100);
    /// 103: Illegal MS.
    pub const ILLEGAL_MS: Self = Self(103);
    /// 106: Illegal ME.
    pub const ILLEGAL_ME: Self = Self(106);
    /// 107: GPRS services not allowed.
    pub const GPRS_NOT_ALLOWED: Self = Self(107);
    /// 111: PLMN not allowed.
    pub const PLMN_NOT_ALLOWED: Self = Self(111);
    /// 148: unspecified GPRS error.
    pub const UNSPECIFIED_GPRS_ERROR: Self = Self(148);

    /// The error with this number.
    pub const fn new(number: u16) -> Self {
        Self(number)
    }

    /// The number on the wire.
    pub const fn number(self) -> u16 {
        self.0
    }

    /// The text of the standard; `None` for a maker's number.
    pub fn text(self) -> Option<&'static str> {
        text_of(CME_TEXTS, self.0)
    }

    /// Reads `<err>`: a number, or a text of the standard in any case. `None` for a text that it does not have.
    pub fn parse(err: &[u8]) -> Option<Self> {
        number_of(CME_TEXTS, err).map(Self)
    }
}

impl fmt::Display for CmeError {
    /// The text, or the number where there is none.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.text() {
            Some(text) => out.write_str(text),
            None => write!(out, "{}", self.0),
        }
    }
}

impl CmsError {
    /// 300: ME failure.
    pub const ME_FAILURE: Self = Self(300);
    /// 302: operation not allowed.
    pub const OPERATION_NOT_ALLOWED: Self = Self(302);
    /// 303: operation not supported.
    pub const OPERATION_NOT_SUPPORTED: Self = Self(303);
    /// 304: invalid PDU mode parameter.
    pub const INVALID_PDU_MODE_PARAMETER: Self = Self(304);
    /// 305: invalid text mode parameter.
    pub const INVALID_TEXT_MODE_PARAMETER: Self = Self(305);
    /// 310: (U)SIM not inserted.
    pub const SIM_NOT_INSERTED: Self = Self(310);
    /// 311: (U)SIM PIN required.
    pub const SIM_PIN_REQUIRED: Self = Self(311);
    /// 313: (U)SIM failure.
    pub const SIM_FAILURE: Self = Self(313);
    /// 314: (U)SIM busy.
    pub const SIM_BUSY: Self = Self(314);
    /// 316: (U)SIM PUK required.
    pub const SIM_PUK_REQUIRED: Self = Self(316);
    /// 320: memory failure.
    pub const MEMORY_FAILURE: Self = Self(320);
    /// 321: invalid memory index.
    pub const INVALID_MEMORY_INDEX: Self = Self(321);
    /// 322: memory full.
    pub const MEMORY_FULL: Self = Self(322);
    /// 330: SMSC address unknown.
    pub const SMSC_ADDRESS_UNKNOWN: Self = Self(330);
    /// 331: no network service.
    pub const NO_NETWORK_SERVICE: Self = Self(331);
    /// 332: network timeout.
    pub const NETWORK_TIMEOUT: Self = Self(332);
    /// 340: no +CNMA acknowledgement expected.
    pub const NO_ACKNOWLEDGEMENT_EXPECTED: Self = Self(340);
    /// 500: unknown error.
    pub const UNKNOWN: Self = Self(500);

    /// The error with this number.
    pub const fn new(number: u16) -> Self {
        Self(number)
    }

    /// The number on the wire.
    pub const fn number(self) -> u16 {
        self.0
    }

    /// The text of the standard; `None` for a maker's number.
    pub fn text(self) -> Option<&'static str> {
        text_of(CMS_TEXTS, self.0)
    }

    /// Reads `<err>`: a number, or a text of the standard in any case. `None` for a text that it does not have.
    pub fn parse(err: &[u8]) -> Option<Self> {
        number_of(CMS_TEXTS, err).map(Self)
    }
}

impl fmt::Display for CmsError {
    /// The text, or the number where there is none.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.text() {
            Some(text) => out.write_str(text),
            None => write!(out, "{}", self.0),
        }
    }
}

fn text_of(table: &[(u16, &'static str)], number: u16) -> Option<&'static str> {
    let place = table.binary_search_by_key(&number, |&(number, _)| number).ok()?;
    table.get(place).map(|&(_, text)| text)
}

fn number_of(table: &[(u16, &'static str)], err: &[u8]) -> Option<u16> {
    let err = err.trim_ascii();
    let written = std::str::from_utf8(err).ok()?;
    match written.parse() {
        Ok(number) if err.first() != Some(&b'+') => Some(number),
        Ok(_) | Err(_) => table.iter().find(|(_, text)| text.eq_ignore_ascii_case(written)).map(|&(number, _)| number),
    }
}

const CME_TEXTS: &[(u16, &str)] = &[
    (0, "phone failure"),
    (1, "no connection to phone"),
    (2, "phone-adaptor link reserved"),
    (3, "operation not allowed"),
    (4, "operation not supported"),
    (5, "PH-SIM PIN required"),
    (6, "PH-FSIM PIN required"),
    (7, "PH-FSIM PUK required"),
    (10, "SIM not inserted"),
    (11, "SIM PIN required"),
    (12, "SIM PUK required"),
    (13, "SIM failure"),
    (14, "SIM busy"),
    (15, "SIM wrong"),
    (16, "incorrect password"),
    (17, "SIM PIN2 required"),
    (18, "SIM PUK2 required"),
    (20, "memory full"),
    (21, "invalid index"),
    (22, "not found"),
    (23, "memory failure"),
    (24, "text string too long"),
    (25, "invalid characters in text string"),
    (26, "dial string too long"),
    (27, "invalid characters in dial string"),
    (30, "no network service"),
    (31, "network timeout"),
    (32, "network not allowed - emergency calls only"),
    (40, "network personalization PIN required"),
    (41, "network personalization PUK required"),
    (42, "network subset personalization PIN required"),
    (43, "network subset personalization PUK required"),
    (44, "service provider personalization PIN required"),
    (45, "service provider personalization PUK required"),
    (46, "corporate personalization PIN required"),
    (47, "corporate personalization PUK required"),
    (48, "hidden key required"),
    (49, "EAP method not supported"),
    (50, "Incorrect parameters"),
    (51, "command implemented but currently disabled"),
    (52, "command aborted by user"),
    (53, "not attached to network due to MT functionality restrictions"),
    (54, "modem not allowed - MT restricted to emergency calls only"),
    (55, "operation not allowed because of MT functionality restrictions"),
    (56, "fixed dial number only allowed - called number is not a fixed dial number"),
    (57, "temporarily out of service due to other MT usage"),
    (58, "language/alphabet not supported"),
    (59, "unexpected data value"),
    (60, "system failure"),
    (61, "data missing"),
    (62, "call barred"),
    (63, "message waiting indication subscription failure"),
    (100, "unknown"),
    (103, "Illegal MS"),
    (106, "Illegal ME"),
    (107, "GPRS services not allowed"),
    (108, "GPRS services and non-GPRS services not allowed"),
    (111, "PLMN not allowed"),
    (112, "Location area not allowed"),
    (113, "Roaming not allowed in this location area"),
    (114, "GPRS services not allowed in this PLMN"),
    (115, "No Suitable Cells In Location Area"),
    (122, "Congestion"),
    (125, "Not authorized for this CSG"),
    (126, "insufficient resources"),
    (127, "missing or unknown APN"),
    (128, "unknown PDP address or PDP type"),
    (129, "user authentication failed"),
    (130, "activation rejected by GGSN, Serving GW or PDN GW"),
    (131, "activation rejected, unspecified"),
    (132, "service option not supported"),
    (133, "requested service option not subscribed"),
    (134, "service option temporarily out of order"),
    (140, "feature not supported"),
    (141, "semantic error in the TFT operation"),
    (142, "syntactical error in the TFT operation"),
    (143, "unknown PDP context"),
    (144, "semantic errors in packet filter(s)"),
    (145, "syntactical errors in packet filter(s)"),
    (146, "PDP context without TFT already activated"),
    (148, "unspecified GPRS error"),
    (149, "PDP authentication failure"),
    (150, "invalid mobile class"),
    (151, "VBS/VGCS not supported by the network"),
    (152, "No service subscription on SIM"),
    (153, "No subscription for group ID"),
    (154, "Group Id not activated on SIM"),
    (155, "No matching notification"),
    (156, "VBS/VGCS call already present"),
    (157, "Congestion"),
    (158, "Network failure"),
    (159, "Uplink busy"),
    (160, "No access rights for SIM file"),
    (161, "No subscription for priority"),
    (162, "operation not applicable or not possible"),
    (163, "Group Id prefixes not supported"),
    (164, "Group Id prefixes not usable for VBS"),
    (165, "Group Id prefix value invalid"),
    (171, "Last PDN disconnection not allowed"),
    (172, "Semantically incorrect message"),
    (173, "Mandatory information element error"),
    (174, "Information element non-existent or not implemented"),
    (175, "Conditional IE error"),
    (176, "Protocol error, unspecified"),
    (177, "Operator Determined Barring"),
    (178, "maximum number of PDP contexts reached"),
    (179, "requested APN not supported in current RAT and PLMN combination"),
    (180, "request rejected, Bearer Control Mode violation"),
    (181, "unsupported QCI value"),
    (182, "user data transmission via control plane is congested"),
];

const CMS_TEXTS: &[(u16, &str)] = &[
    (1, "Unassigned (unallocated) number"),
    (8, "Operator determined barring"),
    (10, "Call barred"),
    (17, "Network failure"),
    (21, "Short message transfer rejected"),
    (22, "Congestion"),
    (27, "Destination out of service"),
    (28, "Unidentified subscriber"),
    (29, "Facility rejected"),
    (30, "Unknown subscriber"),
    (38, "Network out of order"),
    (41, "Temporary failure"),
    (42, "Congestion"),
    (47, "Resources unavailable, unspecified"),
    (50, "Requested facility not subscribed"),
    (69, "Requested facility not implemented"),
    (81, "Invalid short message transfer reference value"),
    (95, "Invalid message, unspecified"),
    (96, "Invalid mandatory information"),
    (97, "Message type non-existent or not implemented"),
    (98, "Message not compatible with short message protocol state"),
    (99, "Information element non-existent or not implemented"),
    (111, "Protocol error, unspecified"),
    (127, "Interworking, unspecified"),
    (128, "Telematic interworking not supported"),
    (129, "Short message Type 0 not supported"),
    (130, "Cannot replace short message"),
    (143, "Unspecified TP-PID error"),
    (144, "Data coding scheme (alphabet) not supported"),
    (145, "Message class not supported"),
    (159, "Unspecified TP-DCS error"),
    (160, "Command cannot be actioned"),
    (161, "Command unsupported"),
    (175, "Unspecified TP-Command error"),
    (176, "TPDU not supported"),
    (192, "SC busy"),
    (193, "No SC subscription"),
    (194, "SC system failure"),
    (195, "Invalid SME address"),
    (196, "Destination SME barred"),
    (197, "SM Rejected-Duplicate SM"),
    (198, "TP-VPF not supported"),
    (199, "TP-VP not supported"),
    (208, "(U)SIM SMS storage full"),
    (209, "No SMS storage capability in (U)SIM"),
    (210, "Error in MS"),
    (211, "Memory Capacity Exceeded"),
    (212, "(U)SIM Application Toolkit Busy"),
    (213, "(U)SIM data download error"),
    (255, "Unspecified error cause"),
    (300, "ME failure"),
    (301, "SMS service of ME reserved"),
    (302, "operation not allowed"),
    (303, "operation not supported"),
    (304, "invalid PDU mode parameter"),
    (305, "invalid text mode parameter"),
    (310, "(U)SIM not inserted"),
    (311, "(U)SIM PIN required"),
    (312, "PH-(U)SIM PIN required"),
    (313, "(U)SIM failure"),
    (314, "(U)SIM busy"),
    (315, "(U)SIM wrong"),
    (316, "(U)SIM PUK required"),
    (317, "(U)SIM PIN2 required"),
    (318, "(U)SIM PUK2 required"),
    (320, "memory failure"),
    (321, "invalid memory index"),
    (322, "memory full"),
    (330, "SMSC address unknown"),
    (331, "no network service"),
    (332, "network timeout"),
    (340, "no +CNMA acknowledgement expected"),
    (500, "unknown error"),
];
