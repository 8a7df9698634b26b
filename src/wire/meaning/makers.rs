//! Makers' commands that a bench meets: what each is for, and whose it is.

use super::titles::Title;

const fn title(purpose: &'static str, source: &'static str) -> Title {
    Title { purpose, source }
}

/// The maker's command of this name, upper case, prefix included.
pub(super) fn extended(name: &str) -> Option<Title> {
    let place = MAKERS.binary_search_by_key(&name, |&(name, _)| name).ok()?;
    MAKERS.get(place).map(|&(_, title)| title)
}

/// Source: the makers' AT command manuals.
pub(super) const MAKERS: &[(&str, Title)] = &[
    ("!ICCID", title("the SIM's number, its ICCID", "Sierra Wireless")),
    ("!PACKAGE", title("the firmware package", "Sierra Wireless")),
    ("#CCID", title("the SIM's number, its ICCID", "Telit")),
    ("#CEERNET", title("the network's last cause", "Telit")),
    ("#CEERNETEXT", title("whether the network's last cause is extended", "Telit")),
    ("#CGSN", title("the equipment's IMEI, with its name before it", "Telit")),
    ("#FWSWITCH", title("which operator's firmware is used", "Telit")),
    ("#GSMAD", title("antenna detection", "Telit")),
    ("#SERVINFO", title("the serving cell", "Telit")),
    ("#SWPKGV", title("the firmware package", "Telit")),
    ("%SHORTSWVER", title("the firmware's short version", "Nordic Semiconductor")),
    ("%XBANDLOCK", title("which bands may be used", "Nordic Semiconductor")),
    ("%XICCID", title("the SIM's number, its ICCID", "Nordic Semiconductor")),
    ("%XSYSTEMMODE", title("which radio systems are used", "Nordic Semiconductor")),
    ("+CCID", title("the SIM's number, its ICCID", "u-blox, SIMCom")),
    ("+CICCID", title("the SIM's number, its ICCID", "SIMCom")),
    ("+CMNB", title("whether LTE-M, NB-IoT or both are used", "SIMCom")),
    ("+CNMP", title("which radio systems are used", "SIMCom")),
    ("+CPOWD", title("switches the module off", "SIMCom")),
    ("+CSUB", title("the firmware's build", "SIMCom")),
    ("+EGMR", title("reads or writes an item of identity; 1,7 would write an IMEI", "Quectel, MediaTek")),
    ("+ICCID", title("the SIM's number, its ICCID", "makers")),
    ("+IMEISV", title("the equipment's IMEISV", "Telit")),
    ("+KGSN", title("the equipment's IMEI, IMEISV or serial number", "Sierra Wireless")),
    ("+QBAND", title("which bands may be used", "Quectel")),
    ("+QCCID", title("the SIM's number, its ICCID", "Quectel")),
    ("+QCFG", title("the module's configuration: bands, radio systems, search order", "Quectel")),
    ("+QCSQ", title("signal strength by radio system", "Quectel")),
    ("+QEMMS", title("state of EPS mobility management", "Quectel")),
    ("+QENG", title("serving and neighbour cells", "Quectel")),
    ("+QESMC", title("why the last PDN connection was refused", "Quectel")),
    ("+QGMR", title("the firmware's whole version", "Quectel")),
    ("+QMBNCFG", title("which operator's profile is used", "Quectel")),
    ("+QNWINFO", title("operator, band and channel", "Quectel")),
    ("+QPOWD", title("switches the module off", "Quectel")),
    ("+QRSRP", title("RSRP of each antenna", "Quectel")),
    ("+SIMEI", title("reads the IMEI; with a value it would write one", "SIMCom")),
    ("+SQNCCID", title("the SIM's number, its ICCID", "Sequans")),
    ("+UANTR", title("antenna detection", "u-blox")),
    ("+UMNOPROF", title("which operator's profile is used", "u-blox")),
    ("^CURC", title("which unsolicited lines are sent", "Huawei")),
    ("^ICCID", title("the SIM's number, its ICCID", "Huawei")),
    ("^REJINFO", title("tells each refusal of the network", "HiSilicon, TD Tech")),
    ("^SCID", title("the SIM's number, its ICCID", "Cinterion")),
];
