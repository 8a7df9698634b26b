//! The words of the language, each with what it stands for, so that the parser, the formatter and the helps agree.

use std::fmt;
use std::time::Duration;

use super::check::{Comparison, Observed, Unit};
use super::tree::{Interval, TimeUnit, Type};

impl Type {
    /// Every type, in the order of the grammar.
    pub const ALL: [Type; 15] = [
        Type::Int,
        Type::Hex,
        Type::Str,
        Type::Imei,
        Type::Imeisv,
        Type::Meid,
        Type::Imsi,
        Type::Iccid,
        Type::Eid,
        Type::Msisdn,
        Type::Pin,
        Type::Reg,
        Type::Ip,
        Type::Time,
        Type::Rest,
    ];

    /// The word of the grammar.
    pub const fn word(self) -> &'static str {
        match self {
            Type::Int => "int",
            Type::Hex => "hex",
            Type::Str => "str",
            Type::Imei => "imei",
            Type::Imeisv => "imeisv",
            Type::Meid => "meid",
            Type::Imsi => "imsi",
            Type::Iccid => "iccid",
            Type::Eid => "eid",
            Type::Msisdn => "msisdn",
            Type::Pin => "pin",
            Type::Reg => "reg",
            Type::Ip => "ip",
            Type::Time => "time",
            Type::Rest => "rest",
        }
    }

    /// The parts that a check may ask a bound value of this type for: `imei.check`, `reg.stat`.
    pub const fn parts(self) -> &'static [&'static str] {
        match self {
            Type::Imei | Type::Imeisv => &["tac", "snr", "check", "spare", "svn"],
            Type::Meid | Type::Iccid => &["check"],
            Type::Imsi => &["mcc"],
            Type::Reg => {
                &["n", "stat", "tac", "lac", "ci", "act", "rac", "cause_type", "cause", "active_time", "periodic_tau"]
            }
            Type::Int
            | Type::Hex
            | Type::Str
            | Type::Eid
            | Type::Msisdn
            | Type::Pin
            | Type::Ip
            | Type::Time
            | Type::Rest => &[],
        }
    }

    /// The type that a word stands for.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl TimeUnit {
    /// Every unit, the longer word first where one begins another.
    pub const ALL: [TimeUnit; 5] =
        [TimeUnit::Microseconds, TimeUnit::Milliseconds, TimeUnit::Seconds, TimeUnit::Minutes, TimeUnit::Hours];

    /// The word of the grammar.
    pub const fn word(self) -> &'static str {
        match self {
            TimeUnit::Microseconds => "us",
            TimeUnit::Milliseconds => "ms",
            TimeUnit::Seconds => "s",
            TimeUnit::Minutes => "m",
            TimeUnit::Hours => "h",
        }
    }

    /// So many microseconds.
    pub const fn microseconds(self) -> u64 {
        match self {
            TimeUnit::Microseconds => 1,
            TimeUnit::Milliseconds => 1_000,
            TimeUnit::Seconds => 1_000_000,
            TimeUnit::Minutes => 60_000_000,
            TimeUnit::Hours => 3_600_000_000,
        }
    }
}

/// The largest unit that needs no decimals.
impl From<Duration> for Interval {
    fn from(duration: Duration) -> Self {
        let micros = duration.as_micros();
        let unit = TimeUnit::ALL
            .into_iter()
            .rev()
            .find(|unit| micros != 0 && micros.is_multiple_of(u128::from(unit.microseconds())))
            .unwrap_or(if micros == 0 { TimeUnit::Seconds } else { TimeUnit::Microseconds });
        Self { duration, unit }
    }
}

impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let one = u128::from(self.unit.microseconds());
        let micros = self.duration.as_micros();
        write!(f, "{}", micros / one)?;
        let mut rest = micros % one;
        if rest != 0 {
            f.write_str(".")?;
        }
        // What was read in this unit ends; what was not (a third of a minute) is cut at the twelfth decimal.
        for _ in 0..12 {
            if rest == 0 {
                break;
            }
            rest *= 10;
            write!(f, "{}", rest / one)?;
            rest %= one;
        }
        f.write_str(self.unit.word())
    }
}

impl Unit {
    /// Every unit, the longer word first where one begins another.
    pub const ALL: [Unit; 7] = [
        Unit::DecibelMilliwatts,
        Unit::Microseconds,
        Unit::Milliseconds,
        Unit::Seconds,
        Unit::Minutes,
        Unit::Hours,
        Unit::Percent,
    ];

    /// The word of the grammar.
    pub const fn word(self) -> &'static str {
        match self {
            Unit::DecibelMilliwatts => "dBm",
            Unit::Microseconds => "us",
            Unit::Milliseconds => "ms",
            Unit::Seconds => "s",
            Unit::Minutes => "m",
            Unit::Hours => "h",
            Unit::Percent => "%",
        }
    }
}

impl Comparison {
    /// Every operator, the longest first.
    pub const ALL: [Comparison; 8] = [
        Comparison::Matches,
        Comparison::Equal,
        Comparison::NotEqual,
        Comparison::LessOrEqual,
        Comparison::GreaterOrEqual,
        Comparison::In,
        Comparison::Less,
        Comparison::Greater,
    ];

    /// The word of the grammar.
    pub const fn word(self) -> &'static str {
        match self {
            Comparison::Equal => "==",
            Comparison::NotEqual => "!=",
            Comparison::Less => "<",
            Comparison::LessOrEqual => "<=",
            Comparison::Greater => ">",
            Comparison::GreaterOrEqual => ">=",
            Comparison::In => "in",
            Comparison::Matches => "matches",
        }
    }
}

impl Observed {
    /// All that can be observed.
    pub const ALL: [Observed; 11] = [
        Observed::Registration,
        Observed::Cause,
        Observed::Signal,
        Observed::Attempts,
        Observed::Modem,
        Observed::Call,
        Observed::Sim,
        Observed::Network,
        Observed::Sms,
        Observed::Packet,
        Observed::Register,
    ];

    /// The word that a path begins with.
    pub const fn word(self) -> &'static str {
        match self {
            Observed::Registration => "registration",
            Observed::Cause => "cause",
            Observed::Signal => "signal",
            Observed::Attempts => "attempts",
            Observed::Modem => "modem",
            Observed::Call => "call",
            Observed::Sim => "sim",
            Observed::Network => "network",
            Observed::Sms => "sms",
            Observed::Packet => "packet",
            Observed::Register => "register",
        }
    }

    /// What a path that begins with this word observes.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|observed| observed.word() == word)
    }

    /// What may stand after the first dot; nothing for what has no parts. Of `modem`, any setting is one, by the command that
    /// sets it.
    pub const fn keys(self) -> &'static [&'static str] {
        match self {
            Observed::Registration => &["cs", "ps", "eps", "5gs"],
            Observed::Cause | Observed::Signal | Observed::Attempts => &[],
            Observed::Register => &["decision"],
            Observed::Modem => &[
                "imei",
                "imeisv",
                "manufacturer",
                "model",
                "revision",
                "profile",
                "power",
                "state",
                "call",
                "ussd",
                "dcd",
                "ri",
                "data",
                "lost",
                "ppp",
                "ppp.frames",
                "ppp.damaged",
                "ppp.dropped",
                "e",
                "l",
                "m",
                "p",
                "q",
                "v",
                "x",
                "c",
                "d",
                "s0",
                "s1",
                "s2",
                "s3",
                "s4",
                "s5",
                "s6",
                "s7",
                "s8",
                "s10",
                "s12",
                "cmee",
                "cscs",
                "ilrr",
                "ipr",
                "icf.format",
                "icf.parity",
                "ifc.dte",
                "ifc.dce",
                "cfun",
                "creg",
                "cgreg",
                "cereg",
                "c5greg",
                "cgerep",
                "cgerep.bfr",
                "cgpiaf.format",
                "cgpiaf.subnet",
                "cgpiaf.zeros",
                "cgpiaf.compress",
                "cgauto",
                "cscon",
                "cnec",
                "cemode",
                "cpsb",
                "cireg",
                "cirep",
                "clae",
                "cmec.keyp",
                "cmec.disp",
                "cmec.ind",
                "cmec.tscrn",
                "csdf",
                "csdf.aux",
                "csil",
                "csgt",
                "csvm",
                "cops.format",
                "cmer",
                "cmer.ind",
                "cmer.bfr",
                "cind",
                "crc",
                "clip",
                "caoc",
                "ccwe",
                "cusd",
                "csms",
                "cmgf",
                "csdh",
                "csmp.fo",
                "csmp.vp",
                "csmp.pid",
                "csmp.dcs",
                "cnmi.mode",
                "cnmi.mt",
                "cnmi.bm",
                "cnmi.ds",
                "cnmi.bfr",
                "cpms.mem1",
                "cpms.mem2",
                "cpms.mem3",
                "cgsms",
                "cmms",
                "clir",
                "colp",
                "cdip",
                "cnap",
                "ccwa",
                "cssn.n",
                "cssn.m",
                "cvhu",
                "vtd",
                "csta",
                "cmod",
                "cbst.speed",
                "cbst.name",
                "cbst.ce",
                "crlp.iws",
                "crlp.mws",
                "crlp.t1",
                "crlp.n2",
                "calm",
                "crsl",
                "clvl",
                "cmut",
                "ctzu",
                "ctzr",
            ],
            Observed::Call => {
                &["count", "number", "stat", "held", "waiting", "conference", "tones", "cause", "forwarded"]
            }
            Observed::Sim => &[
                "state",
                "present",
                "slot",
                "imsi",
                "iccid",
                "eid",
                "msisdn",
                "home",
                "forbidden",
                "pin_tries",
                "puk_tries",
                "pin_enabled",
            ],
            Observed::Sms => &[
                "sent",
                "received",
                "reports",
                "stored",
                "unread",
                "free",
                "waiting",
                "reference",
                "last.number",
                "last.text",
                "last.status",
            ],
            Observed::Packet => {
                &["contexts", "active", "cid", "address", "address_v6", "gateway", "dns", "mtu", "apn", "type", "cause"]
            }
            Observed::Network => &[
                "plmn",
                "operator",
                "tech",
                "area",
                "cell",
                "service",
                "attached",
                "covered",
                "deny",
                "selection",
                "rrc",
                "psm",
            ],
        }
    }
}
