//! What a module may be asked without anything being changed.
//!
//! Test forms (`=?`) and read forms (`?`) ask and never set: V.250 clauses 5.4.4.3 and 5.4.4.4. Commands without either
//! are asked from a list alone. Left out are commands of which some module does more than answer, or tells what is private.

/// Asked of every module, in this order, before anything else.
pub(super) const FIRST: &[&str] = &[
    "AT+CGMI",
    "AT+CGMM",
    "AT+CGMR",
    "AT+CGSN",
    "AT+CGSN=0",
    "AT+CGSN=1",
    "AT+CGSN=2",
    "AT+CGSN=3",
    "AT+GMI",
    "AT+GMM",
    "AT+GMR",
    "AT+GSN",
    "AT+GCAP",
    "AT+CIMI",
    "AT+CNUM",
    "AT+CCID",
    "AT+ICCID",
    "AT+QCCID",
    "AT#CCID",
    "AT^ICCID",
    "AT%CCID",
    "AT+CEID",
    "AT+QGMR",
    "AT#SWPKGV",
    "AT#CGMI",
    "AT#CGMM",
    "AT#CGMR",
    "AT#CGSN",
    "AT#CIMI",
    "ATI",
    "ATI0",
    "ATI1",
    "ATI2",
    "ATI3",
    "ATI4",
    "ATI5",
    "ATI6",
    "ATI7",
    "ATI8",
    "ATI9",
    UNKNOWN,
    COMMANDS,
];

/// A command that nobody has: how the unknown is refused.
pub(super) const UNKNOWN: &str = "AT+ATGATENONE?";

/// Which commands there are.
pub(super) const COMMANDS: &str = "AT+CLAC";

/// The registers of V.250 and of practice.
pub(super) const REGISTERS: [u8; 11] = [0, 2, 3, 4, 5, 6, 7, 8, 10, 12, 1];

/// In no form: they switch off or start anew, or search the air for minutes.
const NEVER: &[&str] = &[
    "+CLAC",
    "+QPOWD",
    "+CPOF",
    "+CPWROFF",
    "+CPOWD",
    "#SHDN",
    "#SYSHALT",
    "#REBOOT",
    "#ENHRST",
    "^SMSO",
    "^RESET",
    "!RESET",
    "+CRESET",
    "+QRST",
    "+QDFOTA",
    "+UFWUPD",
    "+UFACTORY",
    "+UMNOPROF",
    "+CFUN?",
    "%SHUTDOWN",
    "#OTAUPW",
    "+EGMR",
    "^PHYNUM",
    "+SIMEI",
    "#FWSWITCH",
    "+UBOOT",
    "+QDOWNLOAD",
    "+QPRTPARA",
    "+QFASTBOOT",
];

/// Not in the test form: it is answered with what is on the air, after minutes, or with everything that is stored.
const NO_TEST: &[&str] = &["+COPS", "+COPN", "+CMGL", "+CPBR", "+CPBF"];

/// Not in the read form: where it is, who it is to others, with which password.
const PRIVATE: &[&str] = &[
    "GPS", "GNSS", "LOC", "AUTH", "PWD", "PASS", "KEY", "CERT", "SSL", "MQTT", "FTP", "HTTP", "MAIL", "SMTP", "USER",
    "WIFI", "MAC", "PSK", "PIN2", "ICSGP",
];

/// What is read is how things stand, and no trait of the module.
const STATE: &[&str] = &[
    "+CREG",
    "+CGREG",
    "+CEREG",
    "+C5GREG",
    "+COPS",
    "+CSQ",
    "+CESQ",
    "+CCLK",
    "+CGACT",
    "+CGATT",
    "+CGPADDR",
    "+CGCONTRDP",
    "+CPAS",
    "+CLCC",
    "+CPMS",
    "+CIND",
    "+CBC",
    "+CNUM",
    "+CSCA",
    "+CPIN",
    "+CFUN",
    "+CGDCONT",
    "+CPSB",
    "+CIREG",
    "+CIREPI",
    "+CGTFT",
    "+CGEQOS",
    "+CGSCONTRDP",
    "+CEER",
    "+CIMI",
    "+CACM",
    "+CAMM",
    "+CPUC",
    "+CCFC",
    "+CSCON",
    "+CPBS",
    "+CPINR",
    "+CRSM",
    "+CTZR",
    "+CUSD",
    "+CLIP",
    "+CLIR",
    "+COLP",
    "+CNAP",
    "+CDIP",
    "+CPOL",
    "+CUSP",
    "+CUSS",
    "+CPLS",
    "+CSUS",
    "+CGEQREQ",
    "+CGQREQ",
    "+CGQMIN",
    "+CGEQMIN",
    "+CEMODE",
    "+CPSMS",
    "+CEDRXS",
    "+CEDRXRDP",
];

/// Their test forms list the contexts that are active.
const STATE_TEST: &[&str] =
    &["+CGCMOD", "+CGCONTRDP", "+CGDSCONT", "+CGEQNEG", "+CGEQOSRDP", "+CGTFTRDP", "+CGSCONTRDP", "+CGPADDR"];

/// Whether a command's name is one that has a test and a read form: an extended command's.
pub(super) fn is_extended(name: &str) -> bool {
    name.len() > 1
        && name.starts_with(['+', '#', '^', '%', '$', '*', '!', '@'])
        && name.bytes().skip(1).all(|byte| byte.is_ascii_alphanumeric() || b"_-.:/!%".contains(&byte))
}

/// What is asked of the command with this name.
pub(super) fn about(name: &str) -> impl Iterator<Item = String> {
    let upper = name.to_ascii_uppercase();
    let listed = |list: &[&str]| list.contains(&upper.as_str());
    let may = is_extended(name) && !listed(NEVER);
    let test = (may && !listed(NO_TEST)).then(|| format!("AT{name}=?"));
    let private = PRIVATE.iter().any(|word| upper.contains(word));
    let read = (may && !private).then(|| format!("AT{name}?"));
    test.into_iter().chain(read)
}

/// Whether the answer to a question is how things stand just now.
pub(super) fn is_state(question: &str) -> bool {
    let name = question.trim_start_matches("AT");
    match name.strip_suffix("=?") {
        Some(name) => STATE_TEST.contains(&name),
        None => STATE.contains(&name.trim_end_matches('?')),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_is_asked_can_set_anything() {
        let names = ["+CSQ", "+QPOWD", "+COPS", "&F", "D", "+EGMR", "+QGPSLOC", "^SYSINFO", "+X=1;+Y"];
        let asked: Vec<String> = names.into_iter().flat_map(about).collect();
        assert_eq!(asked, ["AT+CSQ=?", "AT+CSQ?", "AT+COPS?", "AT+QGPSLOC=?", "AT^SYSINFO=?", "AT^SYSINFO?"]);
    }

    #[test]
    fn what_is_asked_without_a_form_is_no_rewriting_and_no_order() {
        for line in FIRST {
            let body = line.trim_start_matches("AT");
            assert!(crate::wire::command::line_rewrites_identity(body.as_bytes()).is_none(), "{line}");
            assert!(!body.contains('=') || body.starts_with("+CGSN="), "{line}");
        }
    }
}
