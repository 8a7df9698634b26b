//! What the makers' own commands are called: everything that 3GPP TS 27.007 leaves to them, as data.
//!
//! Only commands that read. A command that a module does not know is answered with an error, and that is all that it
//! costs. Source: the makers' AT manuals; the names are those that their modules' `+CLAC` lists.

/// One command that shows how a module is set up.
#[derive(Debug, Clone, Copy)]
pub(super) struct Setting {
    /// The command that reads it.
    pub(super) command: &'static str,
    /// The values that restrict nothing; none where no value can be called a restriction by itself.
    pub(super) open: &'static [&'static str],
}

/// Reads a value off a line.
pub(super) type Reading = fn(&str) -> Option<f64>;

/// The commands of one maker.
pub(super) struct Vendor {
    /// The maker.
    pub(super) name: &'static str,
    /// A word of `+CGMI` or `+CGMM` that tells it, in lower case.
    pub(super) words: &'static [&'static str],
    /// The whole of the firmware's version.
    pub(super) firmware: &'static [&'static str],
    /// The IMEISV, where `+CGSN=2` is not offered.
    pub(super) imeisv: &'static [&'static str],
    /// The card's number.
    pub(super) iccid: &'static [&'static str],
    /// The eUICC's number.
    pub(super) eid: &'static [&'static str],
    /// How many tries the card leaves; each reads and spends none.
    pub(super) counters: &'static [&'static str],
    /// Which slot the card is in, and whether one is.
    pub(super) slots: &'static [&'static str],
    /// Locks to bands and technologies, and the operator's profile.
    pub(super) configuration: &'static [Setting],
    /// Why the network refused.
    pub(super) cause: &'static [&'static str],
    /// Signal beyond `+CSQ` and `+CESQ`: the command, and how its line is read as SINR in dB.
    pub(super) signal: &'static [(&'static str, Reading)],
}

impl std::fmt::Debug for Vendor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// Of a setting of which no value is a restriction by itself.
const fn told(command: &'static str) -> Setting {
    Setting { command, open: &[] }
}

/// Of a setting whose other values restrict.
const fn open(command: &'static str, open: &'static [&'static str]) -> Setting {
    Setting { command, open }
}

/// A module of a maker that is not known: what most have.
pub(super) static GENERIC: Vendor = Vendor {
    name: "unknown maker",
    words: &[],
    firmware: &[],
    imeisv: &[],
    iccid: &["AT+CCID", "AT+ICCID"],
    eid: &[],
    counters: &["AT+CPINR"],
    slots: &["AT+CSUS?"],
    configuration: &[],
    cause: &["AT+CEER"],
    signal: &[],
};

static VENDORS: &[Vendor] = &[
    Vendor {
        name: "Quectel",
        words: &["quectel"],
        firmware: &["AT+QGMR", "AT+CSUB"],
        iccid: &["AT+QCCID", "AT+CCID"],
        eid: &["AT+QEID?"],
        counters: &["AT+QPINC?", "AT+CPINR"],
        slots: &["AT+QSIMSTAT?", "AT+QUIMSLOT?", "AT+QDSIM?"],
        configuration: &[
            told("AT+QCFG=\"band\""),
            open("AT+QCFG=\"nwscanmode\"", &["0"]),
            told("AT+QCFG=\"nwscanseq\""),
            open("AT+QCFG=\"iotopmode\"", &["2"]),
            told("AT+QCFG=\"servicedomain\""),
            told("AT+QMBNCFG=\"List\""),
        ],
        cause: &["AT+QESMC?", "AT+CEER"],
        signal: &[("AT+QCSQ", qcsq)],
        ..GENERIC
    },
    Vendor {
        name: "Telit",
        words: &["telit"],
        firmware: &["AT#SWPKGV", "AT#CGMR"],
        imeisv: &["AT+IMEISV"],
        iccid: &["AT#CCID", "AT+CCID", "AT+ICCID"],
        eid: &["AT#EID", "AT#SIMEID?"],
        counters: &["AT#PCT", "AT+CPINR"],
        slots: &["AT#QSS?", "AT#SIMDET?"],
        configuration: &[
            told("AT#FWSWITCH?"),
            told("AT#BND?"),
            open("AT+WS46?", &["12", "22", "25", "28", "29", "30", "31"]),
            told("AT#WS46?"),
        ],
        cause: &["AT#CEERNET", "AT#CEER", "AT+CEER"],
        ..GENERIC
    },
    Vendor {
        name: "u-blox",
        words: &["u-blox", "ublox"],
        firmware: &["ATI9"],
        imeisv: &["AT+CGSN=255"],
        iccid: &["AT+CCID"],
        eid: &[],
        counters: &["AT+UPINCNT", "AT+CPINR"],
        slots: &["AT+USIMSTAT?"],
        configuration: &[told("AT+UMNOPROF?"), told("AT+UBANDMASK?"), told("AT+URAT?")],
        cause: &["AT+CEER"],
        ..GENERIC
    },
    Vendor {
        name: "SIMCom",
        words: &["simcom"],
        firmware: &["AT+CSUB", "AT+SIMCOMATI"],
        iccid: &["AT+CCID", "AT+CICCID", "AT+ICCID"],
        eid: &["AT+EID"],
        counters: &["AT+SPIC", "AT+CPINR"],
        slots: &["AT+SMSIMCFG?", "AT+CSMINS?"],
        configuration: &[open("AT+CNMP?", &["2"]), open("AT+CMNB?", &["3"]), told("AT+CBANDCFG?"), told("AT+CNBP?")],
        cause: &["AT+CEER"],
        ..GENERIC
    },
    Vendor {
        name: "Sierra Wireless",
        words: &["sierra"],
        firmware: &["AT!PACKAGE?", "AT!GVER?"],
        iccid: &["AT!ICCID?", "AT+CCID", "AT+ICCID"],
        eid: &["AT!EID?"],
        counters: &["AT+CPINC", "AT+CPINR"],
        slots: &["AT!UIMS?"],
        configuration: &[open("AT!SELRAT?", &["00", "0"]), told("AT!BAND?"), told("AT!IMPREF?")],
        cause: &["AT+CEER"],
        ..GENERIC
    },
    Vendor {
        name: "Nordic Semiconductor",
        words: &["nordic"],
        firmware: &["AT%SHORTSWVER"],
        iccid: &["AT%XICCID", "AT+CRSM=176,12258,0,0,10"],
        eid: &[],
        counters: &["AT+CPINR=\"SIM PIN\"", "AT+CPINR=\"SIM PUK\""],
        slots: &["AT%XSIM?"],
        configuration: &[told("AT%XBANDLOCK?"), told("AT%XSYSTEMMODE?")],
        cause: &["AT+CEER"],
        ..GENERIC
    },
    Vendor {
        name: "Huawei",
        words: &["huawei"],
        firmware: &["AT^VERSION?"],
        iccid: &["AT^ICCID?", "AT+ICCID"],
        eid: &[],
        counters: &["AT^CPIN?", "AT+CPINR"],
        slots: &["AT^SCKS?", "AT^SIMSLOT?"],
        configuration: &[told("AT^SYSCFGEX?")],
        cause: &["AT^REJINFO?", "AT+CEER"],
        ..GENERIC
    },
    Vendor {
        name: "Cinterion",
        words: &["cinterion", "gemalto", "thales"],
        firmware: &["AT^SOS=ver", "ATI1"],
        iccid: &["AT^SCID", "AT+CCID"],
        eid: &[],
        counters: &["AT^SPIC", "AT+CPINR"],
        slots: &["AT^SCKS?"],
        configuration: &[told("AT^SXRAT?"), told("AT^SCFG=\"Radio/Band\"")],
        cause: &["AT+CEER"],
        ..GENERIC
    },
];

/// The maker of a module, by what `+CGMI` and `+CGMM` say.
pub(super) fn of(manufacturer: &str, model: &str) -> &'static Vendor {
    let said = format!("{manufacturer} {model}").to_lowercase();
    VENDORS.iter().find(|vendor| vendor.words.iter().any(|word| said.contains(word))).unwrap_or(&GENERIC)
}

/// `+QCSQ: "eMTC",-52,-81,195,-10`: the fourth field is the SINR in steps of a fifth of a dB from −20 dB on.
fn qcsq(line: &str) -> Option<f64> {
    let fields: Vec<&str> = line.strip_prefix("+QCSQ:")?.split(',').map(str::trim).collect();
    let steps: f64 = fields.get(3).filter(|_| fields.len() == 5)?.parse().ok()?;
    (0.0..=250.0).contains(&steps).then(|| (steps * 2.0 - 200.0) / 10.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_maker_is_known_by_a_word_of_its_answers() {
        assert_eq!(of("Quectel", "BG95-M3").name, "Quectel");
        assert_eq!(of("Telit", "ME910C1-WW").name, "Telit");
        assert_eq!(of("Nordic Semiconductor ASA", "nRF9160-SICA").name, "Nordic Semiconductor");
        assert_eq!(of("atgate", "generic-lte").name, "unknown maker");
    }

    #[test]
    fn no_command_writes_anything() {
        for vendor in VENDORS.iter().chain([&GENERIC]) {
            let settings = vendor.configuration.iter().map(|setting| &setting.command);
            let signal = vendor.signal.iter().map(|(command, _)| command);
            let lists =
                [vendor.firmware, vendor.imeisv, vendor.iccid, vendor.eid, vendor.counters, vendor.slots, vendor.cause];
            for command in lists.into_iter().flatten().chain(settings).chain(signal) {
                // What has a value behind `=` names what it wants to read, by a name or, here, by these.
                let (_, value) = command.split_once('=').unwrap_or((command, "?"));
                let reads = value.starts_with('"') || ["?", "255", "ver", "176,12258,0,0,10"].contains(&value);
                assert!(command.starts_with("AT") && reads, "{}: {command}", vendor.name);
            }
        }
    }

    #[test]
    fn a_quality_in_steps_is_told_in_decibels() {
        assert_eq!(qcsq("+QCSQ: \"eMTC\",-52,-81,195,-10"), Some(19.0));
        assert_eq!(qcsq("+QCSQ: \"NOSERVICE\""), None);
    }
}
