//! What is read from a card: its files, its eUICC's number, and how many tries it leaves.
//!
//! Pure: the lines of `+CRSM`, `+CCHO`, `+CGLA`, `+CPINR` and the makers' counters in, values out.

use crate::identity::{Eid, Plmn};

/// Reads EF_FPLMN (6F7B): four entries of three octets at least. Source: 3GPP TS 31.102, clause 4.2.16.
pub(super) const READ_FORBIDDEN: &str = "AT+CRSM=176,28539,0,0,12";

/// Opens a channel to the ISD-R. Source: GSMA SGP.02, clause 2.2.3, its AID.
pub(super) const OPEN_ISD_R: &str = "AT+CCHO=\"A0000005591010FFFFFFFF8900000100\"";

/// Asks the ISD-R for the EID. Source: GSMA SGP.22, clause 5.7.20: STORE DATA with `BF3E 035C015A`.
pub(super) fn get_eid(channel: u8) -> String {
    format!("AT+CGLA={channel},22,\"{:02X}E2910006BF3E035C015A\"", 0x80 | channel & 3)
}

/// Asks for what the card still has to say: `61 15` in `+CGLA: 4,"6115"`. Source: ISO/IEC 7816-4, clause 5.6 and GET RESPONSE.
pub(super) fn get_more(channel: u8, line: &str) -> Option<String> {
    let said = line.strip_prefix("+CGLA:")?.split_once(',')?.1.trim().trim_matches('"');
    let length = said.get(said.len().checked_sub(4)?..)?.strip_prefix("61")?;
    u8::from_str_radix(length, 16).ok()?;
    Some(format!("AT+CGLA={channel},10,\"{:02X}C00000{length}\"", 0x80 | channel & 3))
}

/// The octets of a file: `+CRSM: 144,0,"FFFF…"`.
pub(super) fn file(line: &str) -> Option<Vec<u8>> {
    let mut fields = line.strip_prefix("+CRSM:")?.split(',').map(str::trim);
    let status = fields.next()?;
    // 144 0 and 145 x: it went well.
    if !["144", "145"].contains(&status) {
        return None;
    }
    hexadecimal(fields.nth(1)?.trim_matches('"'))
}

/// The channel that was opened: `+CCHO: 1`, or the bare number.
pub(super) fn channel(line: &str) -> Option<u8> {
    line.strip_prefix("+CCHO:").unwrap_or(line).trim().parse().ok()
}

/// The EID in `+CGLA: 42,"BF3E125A10…9000"`.
pub(super) fn eid(line: &str) -> Option<Eid> {
    let octets = hexadecimal(line.strip_prefix("+CGLA:")?.split_once(',')?.1.trim().trim_matches('"'))?;
    let at = octets.windows(2).position(|pair| pair == [0x5A, 0x10])?;
    let digits = octets.get(at + 2..at + 18)?.iter().map(|octet| format!("{octet:02X}"));
    Eid::parse(&digits.collect::<String>()).ok()
}

/// The networks in EF_FPLMN; what is empty is left out.
pub(super) fn networks(octets: &[u8]) -> Vec<String> {
    let (entries, _) = octets.as_chunks::<3>();
    entries.iter().filter_map(|entry| Plmn::from_octets(*entry)).map(|plmn| plmn.to_string()).collect()
}

fn hexadecimal(text: &str) -> Option<Vec<u8>> {
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else { return None };
    pairs.iter().map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

/// How many tries the card leaves.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Tries {
    pub(super) pin: Option<u8>,
    pub(super) puk: Option<u8>,
}

impl Tries {
    /// Reads a line of any of the commands that tell it:
    ///
    /// `+CPINR: SIM PIN,3[,3]` and `SIM PUK,10`; `+QPINC: "SC",3,10`; `#PCT: 3`; `+UPINCNT: 3,3,10,10`,
    /// `+CPINC: 3,3,10,10` (PIN, PIN2, PUK, PUK2); `+SPIC: 3,10,3,10` (PIN, PUK, PIN2, PUK2); `^CPIN: READY,,10,3,10,3` (PUK, PIN,
    /// PUK2, PIN2); `^SPIC: 3`.
    pub(super) fn read(&mut self, line: &str) {
        let Some((name, value)) = line.split_once(':') else { return };
        let fields: Vec<&str> = value.split(',').map(|field| field.trim().trim_matches('"')).collect();
        let number = |at: usize| fields.get(at).and_then(|field| field.parse::<u8>().ok());
        let (pin, puk) = match (name.trim(), fields.first().copied()) {
            ("+CPINR", Some("SIM PIN")) => (number(1), None),
            ("+CPINR", Some("SIM PUK")) => (None, number(1)),
            ("+QPINC", Some("SC")) => (number(1), number(2)),
            ("#PCT" | "^SPIC", _) => (number(0), None),
            ("+UPINCNT" | "+CPINC", _) => (number(0), number(2)),
            ("+SPIC", _) => (number(0), number(1)),
            ("^CPIN", _) => (number(3), number(2)),
            (_, _) => (None, None),
        };
        (self.pin, self.puk) = (self.pin.or(pin), self.puk.or(puk));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counters_are_read_in_each_makers_form() {
        let read = |lines: &[&str]| {
            let mut tries = Tries::default();
            lines.iter().for_each(|line| tries.read(line));
            (tries.pin, tries.puk)
        };
        let both = (Some(3), Some(10));
        assert_eq!(read(&["+CPINR: SIM PIN,3,3", "+CPINR: SIM PUK,10,10", "+CPINR: SIM PIN2,2,3"]), both);
        assert_eq!(read(&["+QPINC: \"SC\",3,10", "+QPINC: \"P2\",1,9"]), both);
        assert_eq!(read(&["+UPINCNT: 3,2,10,9"]), both);
        assert_eq!(read(&["+SPIC: 3,10,2,9"]), both);
        assert_eq!(read(&["^CPIN: READY,,10,3,9,2"]), both);
        assert_eq!(read(&["#PCT: 3"]), (Some(3), None));
        assert_eq!(read(&["+CSQ: 3,10", "nonsense"]), (None, None));
    }

    #[test]
    fn forbidden_networks_are_read_from_the_cards_file() {
        let octets = file("+CRSM: 144,0,\"00F11062F210FFFFFFFFFFFF\"").unwrap();
        assert_eq!(networks(&octets), ["00101", "26201"]);
        assert_eq!(file("+CRSM: 106,130,\"\""), None);
        assert_eq!(file("+CRSM: 144,0,\"0\""), None);
    }

    #[test]
    fn the_eid_stands_in_the_answer_of_the_root_domain() {
        assert_eq!(channel("+CCHO: 1"), channel("1"));
        assert_eq!(get_eid(1), "AT+CGLA=1,22,\"81E2910006BF3E035C015A\"");
        let digits = "89001012012341234012345678901224";
        let line = format!("+CGLA: 46,\"BF3E125A10{digits}9000\"");
        assert_eq!(eid(&line).map(|eid| eid.to_string()).as_deref(), Some(digits));
        assert_eq!(eid("+CGLA: 4,\"6A88\""), None);
        assert_eq!(get_more(1, "+CGLA: 4,\"6115\"").as_deref(), Some("AT+CGLA=1,10,\"81C0000015\""));
        assert_eq!(get_more(1, &line), None);
    }
}
