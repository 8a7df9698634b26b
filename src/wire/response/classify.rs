//! Which classes a line's text and its context allow.

use super::Classes;
use super::expectation::{Answer, Expectation};

/// The classes of a whole line, and the length of its name (0: none).
pub(super) fn classify(text: &[u8], expectation: &Expectation) -> (Classes, usize) {
    let Some(&first) = text.first() else {
        return (Classes::INFORMATION, 0);
    };
    if is_sign(first) {
        let name = name_length(text);
        if name > 0 {
            return named(text, name, expectation);
        }
    }
    (unnamed(text, first, expectation), 0)
}

/// Whether a line has a form that no text inside a string is likely to have: a result, or a name with its colon.
pub(super) fn is_recognised(text: &[u8]) -> bool {
    if text.first().is_some_and(|first| is_sign(*first)) {
        let name = name_length(text);
        return name > 0 && matches!(text.get(name), Some(b':') | None) || is_error(text, name);
    }
    !result(text).is_none() || is_announcement(text)
}

/// The length of the name that a line begins with, sign included; 0 where it has none.
///
/// Source: ITU-T V.250 (07/2003), clause 5.4.1: a letter, then up to 15 of letters, digits and `! % - . / _`. The colon,
/// which the clause allows too, ends a name here.
pub(super) fn name_length(text: &[u8]) -> usize {
    match text {
        [sign, letter, rest @ ..] if is_sign(*sign) && letter.is_ascii_alphabetic() => {
            2 + rest.iter().take(38).take_while(|byte| is_name(**byte)).count()
        }
        _ => 0,
    }
}

fn is_sign(byte: u8) -> bool {
    matches!(byte, b'+' | b'#' | b'^' | b'%' | b'*' | b'$' | b'!' | b'_' | b'&' | b'-' | b'@')
}

#[inline]
fn is_name(byte: u8) -> bool {
    const NAME: [bool; 256] = {
        let mut table = [false; 256];
        let mut byte = 0;
        while byte < 256 {
            table[byte] =
                matches!(byte as u8, b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'!' | b'%' | b'-' | b'.' | b'/' | b'_');
            byte += 1;
        }
        table
    };
    NAME[usize::from(byte)]
}

/// `+CME ERROR: 106`, `+CMS ERROR: 500`, `+CIS ERROR: 1`, `+EXT ERROR: 2`.
fn is_error(text: &[u8], name: usize) -> bool {
    matches!(&text[name..], [b' ', b'E', b'R', b'R', b'O', b'R', rest @ ..] if matches!(rest, [] | [b':', ..]))
}

fn named(text: &[u8], length: usize, expectation: &Expectation) -> (Classes, usize) {
    if text.get(length) == Some(&b' ') && is_error(text, length) {
        return (Classes::FINAL, length + " ERROR".len());
    }
    let name = &text[..length];
    let classes = match &expectation.answer {
        Answer::Nothing => Classes::UNSOLICITED,
        Answer::Any => Classes::INFORMATION | Classes::UNSOLICITED,
        Answer::Named(names) => match names.iter().any(|awaited| awaited.eq_ignore_ascii_case(name)) {
            true => Classes::INFORMATION | Classes::UNSOLICITED,
            false => return (Classes::UNSOLICITED, length),
        },
        Answer::Unknown => Classes::INFORMATION | Classes::UNSOLICITED,
    };
    if is_only_unsolicited(name) {
        return (Classes::UNSOLICITED, length);
    }
    if is_only_answer(name) {
        return (classes.without(Classes::UNSOLICITED) | answer_of(&expectation.answer), length);
    }
    (classes, length)
}

fn answer_of(answer: &Answer) -> Classes {
    match answer {
        Answer::Nothing => Classes::UNSOLICITED,
        Answer::Unknown | Answer::Any | Answer::Named(_) => Classes::INFORMATION,
    }
}

fn unnamed(text: &[u8], first: u8, expectation: &Expectation) -> Classes {
    match first {
        b'0'..=b'9' if text.len() <= 2 => numeric(text, expectation),
        b'A'..=b'Z' | b'a'..=b'z' => {
            let classes = result(text);
            if !classes.is_none() {
                return classes;
            }
            if is_announcement(text) {
                return Classes::UNSOLICITED;
            }
            match text {
                // A command coming back that nobody announced.
                [b'A', b'T', ..] | [b'a', b't', ..] if is_command(&text[2..]) => Classes::ECHO | Classes::INFORMATION,
                _ => plain(text, expectation),
            }
        }
        _ => plain(text, expectation),
    }
}

fn is_command(body: &[u8]) -> bool {
    match body {
        [] => true,
        [first, ..] => {
            !first.is_ascii_lowercase() && *first != b' ' && *first < 0x7f || matches!(body, [_] | [_, b'0'..=b'9', ..])
        }
    }
}

fn plain(text: &[u8], expectation: &Expectation) -> Classes {
    let classes = answer_of(&expectation.answer);
    if text.iter().any(|byte| is_noise(*byte)) { classes | Classes::GARBAGE } else { classes }
}

/// A byte that stands in no text: a control character but tab, or one with the eighth bit set.
pub(super) fn is_noise(byte: u8) -> bool {
    byte < b' ' && byte != b'\t' || byte > b'~'
}

/// A result by number, as ATV0 gives it.
///
/// Source: ITU-T V.250 (07/2003), clause 6.3.1 and Table 1; 5 and 9 upwards are makers' `CONNECT` with a speed.
fn numeric(text: &[u8], expectation: &Expectation) -> Classes {
    if !text.iter().all(u8::is_ascii_digit) {
        return plain(text, expectation);
    }
    let classes = match text {
        b"0" | b"4" | b"6" | b"7" | b"8" => Classes::FINAL,
        b"3" => Classes::FINAL | Classes::UNSOLICITED,
        b"2" => Classes::UNSOLICITED,
        _ => Classes::INTERMEDIATE,
    };
    match expectation.numeric {
        Some(true) => classes,
        Some(false) => plain(text, expectation),
        None => classes | answer_of(&expectation.answer),
    }
}

/// The result codes that have no name and no number.
///
/// Source: ITU-T V.250 (07/2003), Table 1 and clause 5.8.1; the others are those of fax modems, SIMCom and Espressif.
fn result(text: &[u8]) -> Classes {
    const FINAL: Classes = Classes::FINAL;
    const ENDED: Classes = Classes::FINAL.with(Classes::UNSOLICITED);
    const EITHER: Classes = Classes::INFORMATION.with(Classes::FINAL);
    match text {
        b"OK" | b"ERROR" | b"BUSY" | b"NO ANSWER" | b"NO DIALTONE" | b"NO DIAL TONE" => FINAL,
        b"NO CARRIER" => ENDED,
        b"RING" => Classes::UNSOLICITED,
        b"CONNECT" => Classes::INTERMEDIATE,
        // A failed or finished connection of a socket is no data state.
        b"CONNECT OK" | b"CONNECT FAIL" | b"CLOSE OK" | b"SHUT OK" | b"SEND OK" | b"SEND FAIL" | b"ALREADY CONNECT" => {
            EITHER.with(Classes::UNSOLICITED)
        }
        b"DELAYED"
        | b"BLACKLISTED"
        | b"ABORTED"
        | b"COMMAND NOT SUPPORT"
        | b"TOO MANY PARAMETERS"
        | b"FAIL"
        | b"NO ANSWER TONE"
        | b"VOICE"
        | b"FAX"
        | b"DATA"
        | b"LINE IN USE"
        | b"FCERROR"
        | b"MODE ERROR" => EITHER,
        [b'C', b'O', b'N', b'N', b'E', b'C', b'T', b' ' | b':', ..] => Classes::INTERMEDIATE,
        [b'R', b'I', b'N', b'G', b' ' | b':', ..] => Classes::UNSOLICITED,
        [b'E', b'R', b'R', b'O', b'R', b':' | b' ', ..] => EITHER,
        [b'O', b'K', blanks @ ..] | [b'E', b'R', b'R', b'O', b'R', blanks @ ..]
            if blanks.iter().all(|byte| *byte == b' ') =>
        {
            FINAL
        }
        [b'N', b'O', b' ', b'C', b'A', b'R', b'R', b'I', b'E', b'R', b':' | b' ', ..] => ENDED,
        [b'B', b'L', b'A', b'C', b'K', b'L', b'I', b'S', b'T', b'E', b'D', b':' | b' ', ..]
        | [b'D', b'E', b'L', b'A', b'Y', b'E', b'D', b':' | b' ', ..] => EITHER,
        _ => Classes::NONE,
    }
}

/// Lines without a name that modems send by themselves: at power-up, at power-down, when the SIM is read.
fn is_announcement(text: &[u8]) -> bool {
    matches!(
        text,
        b"RDY"
            | b"READY"
            | b"ready"
            | b"Ready"
            | b"APP RDY"
            | b"SMS DONE"
            | b"SMS Ready"
            | b"SMS READY"
            | b"Call Ready"
            | b"CALL READY"
            | b"PB DONE"
            | b"PB READY"
            | b"SIM READY"
            | b"GPS Ready"
            | b"POWERED DOWN"
            | b"NORMAL POWER DOWN"
            | b"UNDER-VOLTAGE POWER DOWN"
            | b"UNDER-VOLTAGE WARNNING"
            | b"OVER-VOLTAGE POWER DOWN"
            | b"OVER-VOLTAGE WARNNING"
            | b"PSM POWER DOWN"
            | b"CLOSED"
            | b"WIFI CONNECTED"
            | b"WIFI GOT IP"
            | b"WIFI DISCONNECT"
    )
}

/// Names that only ever come by themselves.
fn is_only_unsolicited(name: &[u8]) -> bool {
    matches!(
        name,
        b"+CMTI"
            | b"+CMT"
            | b"+CDS"
            | b"+CDSI"
            | b"+CBM"
            | b"+CBMI"
            | b"+CRING"
            | b"+CGEV"
            | b"+CIEV"
            | b"+CSSI"
            | b"+CSSU"
            | b"+CTZV"
            | b"+CTZE"
            | b"+CTZDST"
            | b"+CTZEU"
            | b"+CNEC_EMM"
            | b"+CNEC_ESM"
            | b"+CNEC_MM"
            | b"+CNEC_GMM"
            | b"+CNEC_GSM"
            | b"+CDEV"
            | b"+CKEV"
            | b"+QIND"
            | b"+QIURC"
            | b"+QUSIM"
            | b"+PBREADY"
            | b"+IPD"
            | b"+RECEIVE"
            | b"+QMTSTAT"
            | b"+QMTRECV"
            | b"+QSSLURC"
            | b"+UUSORD"
            | b"+UUSORF"
            | b"+UUSOCL"
            | b"+UUSOLI"
            | b"+UUHTTPCR"
            | b"+UUPSDA"
            | b"+UUPSDD"
            | b"+UUSIMSTAT"
            | b"+UUPING"
            | b"+UUMQTTC"
            | b"^SYSSTART"
            | b"^EXIT"
            | b"^SHUTDOWN"
            | b"^REJINFO"
            | b"^RSSI"
            | b"^RSSILVL"
            | b"^BOOT"
            | b"^CEND"
            | b"^CONN"
            | b"^ORIG"
            | b"^CONF"
            | b"*PSUTTZ"
            | b"*PSNWID"
    )
}

/// Names that come only where they were asked for.
fn is_only_answer(name: &[u8]) -> bool {
    matches!(
        name,
        b"+CSQ"
            | b"+COPS"
            | b"+CGSN"
            | b"+GSN"
            | b"+CFUN"
            | b"+CMGR"
            | b"+CMGL"
            | b"+CMGS"
            | b"+CMGW"
            | b"+CPBR"
            | b"+CPMS"
            | b"+CRSM"
            | b"+CSIM"
            | b"+CNUM"
            | b"+CSCA"
            | b"+CSCS"
            | b"+CMEE"
            | b"+CGDCONT"
            | b"+CGACT"
            | b"+CGATT"
            | b"+CLAC"
            | b"+CEER"
            | b"+CCLK"
            | b"+CBC"
            | b"+CIMI"
            | b"+CCID"
            | b"+CGMI"
            | b"+CGMM"
            | b"+CGMR"
            | b"+GCAP"
            | b"+CLCK"
            | b"+CMGF"
            | b"+CNMI"
            | b"+CIND"
            | b"+CPAS"
            | b"+CPINR"
            | b"+CGPADDR"
            | b"+CGCONTRDP"
            | b"+IPR"
    )
}
