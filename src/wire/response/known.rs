//! The lines that are known by their name or their words, looked up by hash.

use super::Classes;
use super::search::short_word;

/// What is known of a name or a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Known {
    /// What it can only be; none where it can be anything.
    pub(super) classes: Classes,
    /// Whether the line after it belongs to it: a PDU or a message's text.
    pub(super) has_body: bool,
}

/// The most bytes that a key has: a sign and 15 more, the longest name of V.250 clause 5.4.1 but one.
pub(super) const LONGEST: usize = 16;

/// The names and words that only ever come by themselves, as they are written: those of lines alone, then those that a PDU or
/// a message's text follows.
pub fn unsolicited() -> impl Iterator<Item = &'static str> {
    UNSOLICITED.iter().chain(MESSAGES_ARRIVED).copied()
}

/// The name before a colon in the first bytes of `bytes`, and what is known of it.
#[inline]
pub(super) fn known_name(bytes: &[u8]) -> Option<(usize, Known)> {
    let chunk = leading(bytes);
    let colons = chunk ^ u128::from_le_bytes([b':'; LONGEST]);
    let zeros = colons.wrapping_sub(ONES) & !colons & HIGHS;
    let length = zeros.trailing_zeros() as usize / 8;
    let key = chunk & *MASKS.get(length).filter(|_| zeros != 0)?;
    Some((length, find(key)?))
}

const ONES: u128 = u128::from_le_bytes([1; LONGEST]);
const HIGHS: u128 = u128::from_le_bytes([0x80; LONGEST]);

/// Looks up the first `length` bytes of `bytes`.
#[inline]
pub(super) fn known(bytes: &[u8], length: usize) -> Option<Known> {
    if length > LONGEST {
        return None;
    }
    find(leading(bytes) & MASKS[length])
}

/// The first 16 bytes, or fewer and zeros behind them.
#[inline]
fn leading(bytes: &[u8]) -> u128 {
    if let Some(chunk) = bytes.first_chunk::<LONGEST>() {
        return u128::from_le_bytes(*chunk);
    }
    match (bytes.first_chunk::<8>(), bytes.last_chunk::<8>()) {
        // The two overlap, and are equal there.
        (Some(first), Some(last)) => {
            u128::from(u64::from_le_bytes(*first)) | u128::from(u64::from_le_bytes(*last)) << (8 * (bytes.len() - 8))
        }
        _ => u128::from(short_word(bytes)),
    }
}

#[inline]
fn find(key: u128) -> Option<Known> {
    let mut slot = hash(key);
    loop {
        let entry = TABLE.keys[slot];
        if entry == key {
            return Some(TABLE.values[slot]);
        }
        if entry == 0 {
            return None;
        }
        slot = (slot + 1) % SLOTS;
    }
}

const SLOTS: usize = 512;

struct Table {
    keys: [u128; SLOTS],
    values: [Known; SLOTS],
}

static TABLE: Table = {
    let nothing = Known { classes: Classes::NONE, has_body: false };
    let mut table = Table { keys: [0; SLOTS], values: [nothing; SLOTS] };
    let lists: [(&[&str], Classes, bool); 9] = [
        (FINAL, Classes::FINAL, false),
        (ENDED, Classes::FINAL.with(Classes::UNSOLICITED), false),
        (EXTENSIONS, Classes::FINAL.with(Classes::INFORMATION), false),
        (SOCKETS, Classes::FINAL.with(Classes::INFORMATION).with(Classes::UNSOLICITED), false),
        (&["CONNECT"], Classes::INTERMEDIATE, false),
        (UNSOLICITED, Classes::UNSOLICITED, false),
        (ANSWERS, Classes::INFORMATION, false),
        (MESSAGES_READ, Classes::INFORMATION, true),
        (MESSAGES_ARRIVED, Classes::UNSOLICITED, true),
    ];
    let mut list = 0;
    while list < lists.len() {
        let (names, classes, has_body) = lists[list];
        let mut at = 0;
        while at < names.len() {
            let key = pack(names[at].as_bytes());
            let mut slot = hash(key);
            while table.keys[slot] != 0 {
                slot = (slot + 1) % SLOTS;
            }
            table.keys[slot] = key;
            table.values[slot] = Known { classes, has_body };
            at += 1;
        }
        list += 1;
    }
    table
};

const MASKS: [u128; LONGEST + 1] = {
    let mut masks = [0; LONGEST + 1];
    let mut length = 1;
    while length <= LONGEST {
        masks[length] = masks[length - 1] << 8 | 0xff;
        length += 1;
    }
    masks
};

const fn pack(name: &[u8]) -> u128 {
    assert!(name.len() <= LONGEST, "a key has 16 bytes at most");
    let mut key = 0;
    let mut at = name.len();
    while at > 0 {
        at -= 1;
        key = key << 8 | name[at] as u128;
    }
    key
}

#[inline]
const fn hash(key: u128) -> usize {
    let folded = (key as u64) ^ ((key >> 64) as u64).rotate_left(29);
    (folded.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 55) as usize
}

/// Source: ITU-T V.250 (07/2003), Table 1; `NO DIAL TONE` is the spelling of older data modems.
const FINAL: &[&str] = &["OK", "ERROR", "BUSY", "NO ANSWER", "NO DIALTONE", "NO DIAL TONE"];

/// Ends a command, or says that a call has ended.
const ENDED: &[&str] = &["NO CARRIER"];

/// Source: ITU-T V.250 (07/2003), clause 5.8.1, for results of makers; ITU-T T.31 and T.32 for fax; Espressif ESP-AT.
const EXTENSIONS: &[&str] =
    &["DELAYED", "BLACKLISTED", "ABORTED", "FAIL", "NO ANSWER TONE", "VOICE", "FAX", "DATA", "LINE IN USE", "FCERROR"];

/// Source: SIMCom TCP/IP application notes: results of their socket commands, which also come late and by themselves.
const SOCKETS: &[&str] =
    &["CONNECT OK", "CONNECT FAIL", "CLOSE OK", "SHUT OK", "SEND OK", "SEND FAIL", "ALREADY CONNECT"];

/// Names and words that only ever come by themselves.
const UNSOLICITED: &[&str] = &[
    "RING",
    "RDY",
    "READY",
    "ready",
    "Ready",
    "APP RDY",
    "SMS DONE",
    "SMS Ready",
    "SMS READY",
    "Call Ready",
    "CALL READY",
    "PB DONE",
    "PB READY",
    "SIM READY",
    "GPS Ready",
    "POWERED DOWN",
    "PSM POWER DOWN",
    "CLOSED",
    "WIFI CONNECTED",
    "WIFI GOT IP",
    "WIFI DISCONNECT",
    "+CMTI",
    "+CDSI",
    "+CBMI",
    "+CRING",
    "+CGEV",
    "+CIEV",
    "+CSSI",
    "+CSSU",
    "+CTZV",
    "+CTZE",
    "+CTZDST",
    "+CTZEU",
    "+CNEC_EMM",
    "+CNEC_ESM",
    "+CNEC_MM",
    "+CNEC_GMM",
    "+CNEC_GSM",
    "+CNEC_5GMM",
    "+CNEC_5GSM",
    "+CDEV",
    "+CKEV",
    "+QIND",
    "+QIURC",
    "+QUSIM",
    "+PBREADY",
    "+IPD",
    "+RECEIVE",
    "+QMTSTAT",
    "+QMTRECV",
    "+QSSLURC",
    "+UUSORD",
    "+UUSORF",
    "+UUSOCL",
    "+UUSOLI",
    "+UUHTTPCR",
    "+UUPSDA",
    "+UUPSDD",
    "+UUSIMSTAT",
    "+UUPING",
    "+UUMQTTC",
    "^SYSSTART",
    "^EXIT",
    "^SHUTDOWN",
    "^REJINFO",
    "^RSSI",
    "^RSSILVL",
    "^BOOT",
    "^CEND",
    "^CONN",
    "^ORIG",
    "^CONF",
    "*PSUTTZ",
    "*PSNWID",
];

/// Names that come only where they were asked for.
const ANSWERS: &[&str] = &[
    "+CSQ",
    "+COPS",
    "+CGSN",
    "+GSN",
    "+CFUN",
    "+CMGS",
    "+CMGW",
    "+CPBR",
    "+CPMS",
    "+CRSM",
    "+CSIM",
    "+CNUM",
    "+CSCA",
    "+CSCS",
    "+CMEE",
    "+CGDCONT",
    "+CGACT",
    "+CGATT",
    "+CLAC",
    "+CEER",
    "+CCLK",
    "+CBC",
    "+CIMI",
    "+CCID",
    "+CGMI",
    "+CGMM",
    "+CGMR",
    "+GCAP",
    "+CLCK",
    "+CMGF",
    "+CNMI",
    "+CIND",
    "+CPAS",
    "+CPINR",
    "+CGPADDR",
    "+CGCONTRDP",
    "+IPR",
];

/// Source: 3GPP TS 27.005, clauses 3.4.2, 3.4.3 and 4.1.
const MESSAGES_READ: &[&str] = &["+CMGL", "+CMGR"];

/// Source: 3GPP TS 27.005, clauses 3.4.1 and 4.1.
const MESSAGES_ARRIVED: &[&str] = &["+CMT", "+CDS", "+CBM"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_and_word_is_found_and_nothing_else() {
        for list in [FINAL, ENDED, EXTENSIONS, SOCKETS, UNSOLICITED, ANSWERS, MESSAGES_READ, MESSAGES_ARRIVED] {
            for name in list {
                assert!(known(name.as_bytes(), name.len()).is_some(), "{name}");
                let mut longer = name.as_bytes().to_vec();
                longer.extend_from_slice(b": 1,2,3 and what else there is");
                assert_eq!(known(&longer, name.len()), known(name.as_bytes(), name.len()), "{name}");
            }
        }
        for name in ["+XYZZY", "+CMT1", "OKAY", "O", "+C"] {
            assert_eq!(known(name.as_bytes(), name.len()), None, "{name}");
        }
    }
}
