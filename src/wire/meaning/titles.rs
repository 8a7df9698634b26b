//! The standards' commands: what each is for, and where it stands.

/// What a command is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Title {
    /// In words, a fragment.
    pub purpose: &'static str,
    /// The standard and its clause.
    pub source: &'static str,
    /// What stands behind its `=`, and what the values mean: `<n>: 0 off, 1 on`; nothing where it takes none, or where that
    /// is not known here.
    pub takes: &'static str,
}

impl Title {
    pub(super) const fn new(purpose: &'static str, source: &'static str) -> Self {
        Self { purpose, source, takes: "" }
    }

    pub(super) const fn takes(self, takes: &'static str) -> Self {
        Self { takes, ..self }
    }
}

const fn title(purpose: &'static str, source: &'static str) -> Title {
    Title::new(purpose, source)
}

/// The extended command of this name, upper case, prefix included.
pub(super) fn extended(name: &str) -> Option<Title> {
    let place = EXTENDED.binary_search_by_key(&name, |&(name, _)| name).ok()?;
    EXTENDED.get(place).map(|&(_, title)| title)
}

/// The basic command of this letter, upper case, without a prefix.
pub(super) fn basic(letter: u8) -> Option<Title> {
    BASIC.iter().find(|(known, _)| *known == letter).map(|&(_, title)| title)
}

/// The basic command of this letter, upper case, with `&`.
pub(super) fn ampersand(letter: u8) -> Option<Title> {
    AMPERSAND.iter().find(|(known, _)| *known == letter).map(|&(_, title)| title)
}

/// The S-register of this number.
pub(super) fn register(number: u32) -> Option<Title> {
    REGISTERS.iter().find(|(known, _)| *known == number).map(|&(_, title)| title)
}

pub(super) const EXTENDED: &[(&str, Title)] = &[
    ("+C5GREG", title("registration in 5GS", "3GPP TS 27.007, clause 10.1.47").takes("<n>: 0 no reports, 1 the state, 2 with the cell, 3 with the cause")),
    ("+CAOC", title("advice of charge", "3GPP TS 27.007, clause 7.16")),
    ("+CBC", title("the battery", "3GPP TS 27.007, clause 8.4")),
    ("+CBST", title("bearer service type", "3GPP TS 27.007, clause 6.7")),
    ("+CCFC", title("call forwarding", "3GPP TS 27.007, clause 7.11").takes("<reason>,<mode>[,\"<number>\"…]: mode 2 asks")),
    ("+CCHC", title("closes a logical channel of the SIM", "3GPP TS 27.007, clause 8.46").takes("<channel>")),
    ("+CCHO", title("opens a logical channel of the SIM", "3GPP TS 27.007, clause 8.45").takes("\"<AID>\"")),
    ("+CCLK", title("the clock", "3GPP TS 27.007, clause 8.15").takes("\"yy/MM/dd,hh:mm:ss±zz\": quarters of an hour from UTC")),
    ("+CCWA", title("call waiting", "3GPP TS 27.007, clause 7.12").takes("<n>[,<mode>[,<class>]]: mode 2 asks")),
    ("+CEDRXP", title("eDRX as the network changed it", "3GPP TS 27.007, clause 7.40")),
    ("+CEDRXRDP", title("eDRX as the network gave it", "3GPP TS 27.007, clause 7.41")),
    ("+CEDRXS", title("eDRX", "3GPP TS 27.007, clause 7.40").takes("<mode>[,<AcT>[,\"<value>\"]]: 0 off, 1 on, 2 on with reports; AcT 4 LTE-M, 5 NB-IoT")),
    ("+CEER", title("why the last call or registration failed, in the maker's words", "3GPP TS 27.007, clause 6.10")),
    ("+CEMODE", title("mode of operation in EPS", "3GPP TS 27.007, clause 10.1.28").takes("<mode>: 0 PS 2, 1 CS/PS 1, 2 CS/PS 2, 3 PS 1")),
    ("+CEREG", title("registration in EPS", "3GPP TS 27.007, clause 10.1.22").takes("<n>: 0 no reports, 1 the state, 2 with the cell, 3 with the cause, 4 and 5 with power saving")),
    ("+CESQ", title("extended signal quality", "3GPP TS 27.007, clause 8.69")),
    ("+CFUN", title("how much of the equipment is on", "3GPP TS 27.007, clause 8.2").takes("<fun>[,<rst>]: 0 minimum, 1 full, 4 radio off; <rst> 1 restarts first")),
    ("+CGACT", title("context active", "3GPP TS 27.007, clause 10.1.10").takes("<state>[,<cid>…]: 0 deactivate, 1 activate")),
    ("+CGANS", title("answer to a network's request for a context", "3GPP TS 27.007, clause 10.1.16")),
    ("+CGATT", title("attached to the packet domain", "3GPP TS 27.007, clause 10.1.9").takes("<state>: 0 detach, 1 attach")),
    ("+CGAUTH", title("user of a packet data context", "3GPP TS 27.007, clause 10.1.31").takes("<cid>[,<auth>[,\"<user>\"[,\"<password>\"]]]: 0 none, 1 PAP, 2 CHAP")),
    ("+CGAUTO", title("answer by itself to a network's request for a context", "3GPP TS 27.007, clause 10.1.15")),
    ("+CGCLASS", title("mobile station class", "3GPP TS 27.007, clause 10.1.18")),
    ("+CGCMOD", title("packet data contexts: ask for what is set now", "3GPP TS 27.007, clause 10.1.11")),
    ("+CGCONTRDP", title("what the network gave a context", "3GPP TS 27.007, clause 10.1.23").takes("[<cid>]")),
    ("+CGDATA", title("enters data state on a context", "3GPP TS 27.007, clause 10.1.12").takes("\"PPP\"[,<cid>…]")),
    ("+CGDCONT", title("packet data contexts", "3GPP TS 27.007, clause 10.1.1").takes("<cid>[,\"<type>\"[,\"<APN>\"]]: type IP, IPV6, IPV4V6 or Non-IP; <cid> alone undefines")),
    ("+CGDSCONT", title("secondary packet data contexts", "3GPP TS 27.007, clause 10.1.2")),
    ("+CGEQMIN", title("3G quality of service, the least accepted", "3GPP TS 27.007, clause 10.1.7")),
    ("+CGEQNEG", title("3G quality of service, as agreed", "3GPP TS 27.007, clause 10.1.8")),
    ("+CGEQOS", title("EPS quality of service", "3GPP TS 27.007, clause 10.1.26")),
    ("+CGEQOSRDP", title("EPS quality of service, as the network gave it", "3GPP TS 27.007, clause 10.1.27")),
    ("+CGEQREQ", title("3G quality of service, asked for", "3GPP TS 27.007, clause 10.1.6")),
    ("+CGEREP", title("which packet events are reported", "3GPP TS 27.007, clause 10.1.19").takes("<mode>[,<bfr>]: 0 kept, 1 sent, unless the line is busy, 2 sent")),
    ("+CGLA", title("a command to a logical channel of the SIM", "3GPP TS 27.007, clause 8.43").takes("<channel>,<length>,\"<command>\"")),
    ("+CGMI", title("who made the equipment", "3GPP TS 27.007, clause 5.1")),
    ("+CGMM", title("the equipment's model", "3GPP TS 27.007, clause 5.2")),
    ("+CGMR", title("the equipment's revision", "3GPP TS 27.007, clause 5.3")),
    ("+CGPADDR", title("addresses of contexts", "3GPP TS 27.007, clause 10.1.14").takes("[<cid>…]")),
    ("+CGPIAF", title("how IPv6 addresses are written", "3GPP TS 27.007, clause 8.66")),
    ("+CGQMIN", title("quality of service, the least accepted", "3GPP TS 27.007, clause 10.1.5")),
    ("+CGQREQ", title("quality of service, asked for", "3GPP TS 27.007, clause 10.1.4")),
    (
        "+CGREG",
        title("registration in the packet-switched domain of GERAN and UTRAN", "3GPP TS 27.007, clause 10.1.20").takes("<n>: 0 no reports, 1 the state, 2 with the cell, 3 with the cause"),
    ),
    ("+CGSCONTRDP", title("secondary packet data contexts as the network gave them", "3GPP TS 27.007, clause 10.1.24")),
    ("+CGSMS", title("which domain carries mobile-originated SMS", "3GPP TS 27.007, clause 10.1.21").takes("<service>: 0 packet, 1 circuit, 2 packet first, 3 circuit first")),
    ("+CGSN", title("the equipment's serial number, IMEI, IMEISV or SVN", "3GPP TS 27.007, clause 5.4").takes("[<snt>]: 0 serial number, 1 IMEI, 2 IMEISV, 3 SVN")),
    ("+CGTFT", title("traffic flow template of a context", "3GPP TS 27.007, clause 10.1.3")),
    ("+CGTFTRDP", title("traffic flow template as the network has it", "3GPP TS 27.007, clause 10.1.25")),
    ("+CHLD", title("holds, joins and ends calls", "3GPP TS 27.007, clause 7.13").takes("<n>: 0 releases held calls, 1 active ones, 2 swaps, 3 joins")),
    ("+CHUP", title("ends the call", "3GPP TS 27.007, clause 6.5")),
    ("+CIMI", title("the SIM's IMSI", "3GPP TS 27.007, clause 5.6")),
    ("+CIND", title("indicators", "3GPP TS 27.007, clause 8.9")),
    ("+CIREG", title("IMS registration", "3GPP TS 27.007, clause 8.71")),
    ("+CIREP", title("the network's offer of voice by IMS", "3GPP TS 27.007, clause 8.64")),
    ("+CLAC", title("which commands there are", "3GPP TS 27.007, clause 8.37")),
    ("+CLAE", title("reports the language", "3GPP TS 27.007, clause 8.31")),
    ("+CLAN", title("the language", "3GPP TS 27.007, clause 8.30")),
    ("+CLCC", title("the calls there are", "3GPP TS 27.007, clause 7.18")),
    ("+CLCK", title("locks of facilities, such as the SIM's PIN", "3GPP TS 27.007, clause 7.4").takes("\"<facility>\",<mode>[,\"<password>\"]: mode 0 unlock, 1 lock, 2 query; facility SC is the SIM's PIN")),
    ("+CLIP", title("shows who is calling", "3GPP TS 27.007, clause 7.6").takes("<n>: 0, 1")),
    ("+CLIR", title("hides the own number", "3GPP TS 27.007, clause 7.7").takes("<n>: 0 as subscribed, 1 hidden, 2 shown")),
    ("+CLVL", title("loudspeaker volume", "3GPP TS 27.007, clause 8.23")),
    ("+CMEC", title("who operates the equipment", "3GPP TS 27.007, clause 8.6")),
    ("+CMEE", title("how errors of the equipment are shown", "3GPP TS 27.007, clause 9.1").takes("<n>: 0 ERROR alone, 1 numbers, 2 words")),
    ("+CMER", title("which events are reported", "3GPP TS 27.007, clause 8.10").takes("<mode>[,<keyp>[,<disp>[,<ind>[,<bfr>]]]]")),
    ("+CMGC", title("sends an SMS command", "3GPP TS 27.005, clause 3.5.5")),
    ("+CMGD", title("deletes a message", "3GPP TS 27.005, clause 3.5.4").takes("<index>[,<flag>]: flag 4 deletes all")),
    ("+CMGF", title("message format: 0 PDU, 1 text", "3GPP TS 27.005, clause 3.2.3").takes("<mode>: 0 PDU, 1 text")),
    ("+CMGL", title("lists messages", "3GPP TS 27.005, clause 3.4.2").takes("[<stat>]: 0 to 4 in PDU mode, \"ALL\", \"REC UNREAD\"… in text mode")),
    ("+CMGR", title("reads a message", "3GPP TS 27.005, clause 3.4.3").takes("<index>")),
    ("+CMGS", title("sends a message", "3GPP TS 27.005, clause 3.5.1").takes("<length> in PDU mode, \"<number>\" in text mode; then the text and Ctrl-Z")),
    ("+CMGW", title("writes a message to memory", "3GPP TS 27.005, clause 3.5.3").takes("<length> in PDU mode, \"<number>\" in text mode; then the text and Ctrl-Z")),
    ("+CMMS", title("keeps the link for more messages", "3GPP TS 27.005, clause 3.5.6")),
    ("+CMSS", title("sends a stored message", "3GPP TS 27.005, clause 3.5.2").takes("<index>[,\"<number>\"]")),
    ("+CMUT", title("mutes the microphone", "3GPP TS 27.007, clause 8.24")),
    ("+CMUX", title("multiplexing by TS 27.010", "3GPP TS 27.007, clause 5.7").takes("<mode>[,<subset>[,<speed>[,<N1>…]]]: 0 basic, 1 advanced")),
    ("+CNEC", title("reports causes of the network", "3GPP TS 27.007, clause 9.1B").takes("<n>: a sum of 1 MM, 2 GMM, 4 GSM, 8 EMM, 16 ESM")),
    ("+CNMA", title("acknowledges a new message", "3GPP TS 27.005, clause 3.4.4")),
    ("+CNMI", title("how new messages are told", "3GPP TS 27.005, clause 3.4.1").takes("<mode>,<mt>,<bm>,<ds>,<bfr>: <mt> 1 tells where a message is, 2 gives it at once")),
    ("+CNUM", title("the SIM's own numbers", "3GPP TS 27.007, clause 7.1")),
    ("+COLP", title("shows which number answered", "3GPP TS 27.007, clause 7.8").takes("<n>: 0, 1")),
    ("+COPN", title("names of operators", "3GPP TS 27.007, clause 7.21")),
    ("+COPS", title("the operator: which one, and how it is chosen", "3GPP TS 27.007, clause 7.3").takes("<mode>[,<format>[,<oper>[,<AcT>]]]: 0 automatic, 1 by hand, 2 deregister, 3 format only; <format> 0 long, 1 short, 2 numeric")),
    ("+CPAS", title("what the equipment is busy with", "3GPP TS 27.007, clause 8.1")),
    ("+CPBF", title("finds in the phone book", "3GPP TS 27.007, clause 8.13").takes("\"<text>\"")),
    ("+CPBR", title("reads the phone book", "3GPP TS 27.007, clause 8.12").takes("<from>[,<to>]")),
    ("+CPBS", title("which phone book", "3GPP TS 27.007, clause 8.11").takes("\"<storage>\": SM, ME, LD, ON, FD")),
    ("+CPBW", title("writes the phone book", "3GPP TS 27.007, clause 8.14").takes("[<index>][,\"<number>\"[,<type>[,\"<text>\"]]]")),
    ("+CPIN", title("which PIN or PUK is awaited, or its entry", "3GPP TS 27.007, clause 8.3").takes("\"<pin>\"[,\"<new pin>\"]: the new one behind a PUK; each wrong one costs a try")),
    ("+CPINR", title("how many tries of each PIN remain", "3GPP TS 27.007, clause 8.65").takes("[\"<code>\"]")),
    ("+CPLS", title("which list of preferred networks", "3GPP TS 27.007, clause 7.20")),
    ("+CPMS", title("message storages", "3GPP TS 27.005, clause 3.2.2").takes("\"<reads>\"[,\"<writes>\"[,\"<receives>\"]]: SM the SIM, ME the module, MT both")),
    ("+CPOL", title("the SIM's preferred networks", "3GPP TS 27.007, clause 7.19").takes("[<index>][,<format>[,\"<oper>\"]]")),
    ("+CPSB", title("what carries packets", "3GPP TS 27.007, clause 7.29")),
    ("+CPSMS", title("power saving mode", "3GPP TS 27.007, clause 7.38").takes("<mode>[,,,\"<periodic>\"[,\"<active>\"]]: 0 off, 1 on, 2 off and forgotten; timers as 8 bits")),
    ("+CPWD", title("changes a facility's password", "3GPP TS 27.007, clause 7.5").takes("\"<facility>\",\"<old>\",\"<new>\"")),
    ("+CR", title("reports the bearer service of a data call", "3GPP TS 27.007, clause 6.9")),
    ("+CRC", title("tells the kind of an incoming call", "3GPP TS 27.007, clause 6.11").takes("<mode>: 0, 1")),
    ("+CREG", title("registration in the circuit-switched domain", "3GPP TS 27.007, clause 7.2").takes("<n>: 0 no reports, 1 the state, 2 with the cell, 3 with the cause")),
    ("+CRLP", title("radio link protocol", "3GPP TS 27.007, clause 6.8")),
    ("+CRSM", title("access to a file of the SIM", "3GPP TS 27.007, clause 8.18").takes("<command>[,<file>[,<P1>,<P2>,<P3>[,\"<data>\"]]]: command 176 reads a binary, 178 a record")),
    ("+CSCA", title("service centre address", "3GPP TS 27.005, clause 3.3.1").takes("\"<number>\"[,<type>]")),
    ("+CSCB", title("cell broadcast messages", "3GPP TS 27.005, clause 3.3.4")),
    ("+CSCON", title("signalling connection", "3GPP TS 27.007, clause 7.30").takes("<n>: 0 no reports, 1 the mode, 2 and 3 with the state")),
    ("+CSCS", title("character set of strings", "3GPP TS 27.007, clause 5.5").takes("\"<set>\": GSM, IRA, UCS2, HEX")),
    ("+CSDF", title("how dates look", "3GPP TS 27.007, clause 6.22")),
    ("+CSDH", title("shows text mode parameters", "3GPP TS 27.005, clause 3.3.3").takes("<show>: 0, 1")),
    ("+CSGT", title("the greeting", "3GPP TS 27.007, clause 8.32")),
    ("+CSIL", title("silence", "3GPP TS 27.007, clause 6.23")),
    ("+CSIM", title("a command straight to the SIM", "3GPP TS 27.007, clause 8.17").takes("<length>,\"<command>\": hexadecimal")),
    ("+CSMP", title("text mode parameters", "3GPP TS 27.005, clause 3.3.2").takes("<fo>[,<vp>[,<pid>[,<dcs>]]]")),
    ("+CSMS", title("message service", "3GPP TS 27.005, clause 3.2.1").takes("<service>: 0, 1")),
    ("+CSQ", title("signal quality", "3GPP TS 27.007, clause 8.5")),
    ("+CSSN", title("notices of supplementary services", "3GPP TS 27.007, clause 7.17")),
    ("+CSVM", title("the voice mail's number", "3GPP TS 27.007, clause 7.33")),
    ("+CTZR", title("reports the network's time zone", "3GPP TS 27.007, clause 8.41").takes("<n>: 0 no reports, 1 the zone, 2 with local time, 3 with universal time")),
    ("+CTZU", title("sets the clock by the network", "3GPP TS 27.007, clause 8.40").takes("<n>: 0, 1")),
    ("+CUSD", title("unstructured supplementary service data", "3GPP TS 27.007, clause 7.15").takes("<n>[,\"<string>\"[,<dcs>]]: 0 off, 1 on, 2 ends the session")),
    ("+CVHU", title("what DTR and H do to a voice call", "3GPP TS 27.007, clause 6.20")),
    ("+GCAP", title("the equipment's capabilities", "ITU-T V.250, clause 6.1.9")),
    ("+GMI", title("who made the equipment", "ITU-T V.250, clause 6.1.4")),
    ("+GMM", title("the equipment's model", "ITU-T V.250, clause 6.1.5")),
    ("+GMR", title("the equipment's revision", "ITU-T V.250, clause 6.1.6")),
    ("+GSN", title("the equipment's serial number", "ITU-T V.250, clause 6.1.7")),
    ("+ICF", title("character framing", "ITU-T V.250, clause 6.2.11").takes("<format>[,<parity>]: 3 is 8n1")),
    ("+IFC", title("flow control of the line", "ITU-T V.250, clause 6.2.12").takes("<by DCE>,<by DTE>: 0 none, 1 XON/XOFF, 2 RTS/CTS")),
    ("+IPR", title("fixed line rate", "ITU-T V.250, clause 6.2.10").takes("<rate>: in bits a second, 0 detects it")),
    ("+WS46", title("which radio systems are used", "3GPP TS 27.007, clause 5.9").takes("<n>: 12 GSM, 22 UTRAN, 25 all, 28 E-UTRAN")),
];

const BASIC: &[(u8, Title)] = &[
    (b'A', title("answers a call", "ITU-T V.250, clause 6.3.5")),
    (b'D', title("dials", "ITU-T V.250, clause 6.3.1")),
    (b'E', title("command echo: 0 off, 1 on", "ITU-T V.250, clause 6.2.4")),
    (b'H', title("hangs up", "ITU-T V.250, clause 6.3.6")),
    (b'I', title("identifies the equipment", "ITU-T V.250, clause 6.1.3")),
    (b'L', title("loudspeaker volume", "ITU-T V.250, clause 6.3.13")),
    (b'M', title("loudspeaker mode", "ITU-T V.250, clause 6.3.14")),
    (b'O', title("returns to online data state", "ITU-T V.250, clause 6.3.7")),
    (b'P', title("pulse dialling", "ITU-T V.250, clause 6.3.3")),
    (b'Q', title("result codes: 0 sent, 1 suppressed", "ITU-T V.250, clause 6.2.5")),
    (b'T', title("tone dialling", "ITU-T V.250, clause 6.3.2")),
    (b'V', title("result codes: 0 numeric, 1 verbose", "ITU-T V.250, clause 6.2.6")),
    (b'X', title("which call progress codes are used", "ITU-T V.250, clause 6.2.7")),
    (b'Z', title("back to the stored settings", "ITU-T V.250, clause 6.1.1")),
];

const AMPERSAND: &[(u8, Title)] = &[
    (b'C', title("DCD: 0 always on, 1 follows the carrier", "ITU-T V.250, clause 6.2.8")),
    (b'D', title("what a drop of DTR does: 0 nothing, 1 command state, 2 hangs up", "ITU-T V.250, clause 6.2.9")),
    (b'F', title("back to the maker's settings", "ITU-T V.250, clause 6.1.2")),
    (b'V', title("shows the settings", "practice of modems")),
    (b'W', title("stores the settings", "practice of modems")),
];

const REGISTERS: &[(u32, Title)] = &[
    (0, title("rings before an automatic answer, 0 never", "ITU-T V.250, clause 6.3.8")),
    (3, title("line termination character", "ITU-T V.250, clause 6.2.1")),
    (4, title("response formatting character", "ITU-T V.250, clause 6.2.2")),
    (5, title("editing character", "ITU-T V.250, clause 6.2.3")),
    (6, title("pause before blind dialling, seconds", "ITU-T V.250, clause 6.3.9")),
    (7, title("wait for a connection, seconds", "ITU-T V.250, clause 6.3.10")),
    (8, title("pause of a comma in a dial string, seconds", "ITU-T V.250, clause 6.3.11")),
    (10, title("delay before hanging up on lost carrier, tenths of a second", "ITU-T V.250, clause 6.3.12")),
    (12, title("silence around the escape sequence, fiftieths of a second", "practice of modems")),
];
