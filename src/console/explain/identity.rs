//! Identities in lines: whose they are and what is wrong with them.

use std::fmt;

use crate::identity::{Equipment, Finding, Iccid, IdentityError, Imsi, Severity, Spelling};

/// Which identity a line is asked or expected to hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Wanted {
    Equipment,
    Imsi,
    Iccid,
}

impl Wanted {
    /// What a command of this name, upper case, asks for.
    pub(super) fn of_command(name: &[u8]) -> Option<Self> {
        match name {
            b"+CICCID" => Some(Self::Iccid),
            name => Self::of_name(name),
        }
    }

    /// What a line of this name holds.
    pub(super) fn of_name(name: &[u8]) -> Option<Self> {
        match name {
            b"+CGSN" | b"#CGSN" | b"+GSN" | b"+KGSN" | b"+IMEISV" | b"+SIMEI" => Some(Self::Equipment),
            b"+CIMI" => Some(Self::Imsi),
            b"+CCID" | b"+ICCID" | b"#CCID" | b"+QCCID" | b"^ICCID" | b"^SCID" | b"!ICCID" | b"%XICCID"
            | b"+SQNCCID" => Some(Self::Iccid),
            _ => None,
        }
    }
}

/// An identity that was read, or what stands in its place.
#[derive(Clone, Debug)]
pub(super) enum Identity {
    Equipment(Equipment),
    Imsi(Imsi),
    Iccid(Iccid),
    /// The software version number alone, as `+CGSN=3` gives it.
    Svn(u8),
    /// Fifteen digits that nobody asked for.
    ImeiOrImsi(Equipment, Option<Imsi>),
    Wrong(Wanted, IdentityError),
}

impl Identity {
    /// Reads `line`; `value` is what stands behind its name.
    pub(super) fn of(wanted: Wanted, line: &[u8], value: &[u8]) -> Option<Self> {
        let (line, value) = (std::str::from_utf8(line).ok()?, std::str::from_utf8(value).ok()?);
        if value.starts_with('(') || value.is_empty() {
            return None;
        }
        let first = value.split(',').next().unwrap_or(value).trim().trim_matches('"');
        Some(match wanted {
            Wanted::Equipment => match (first.len(), first.parse()) {
                (1..=2, Ok(svn)) => Self::Svn(svn),
                (_, _) => Spelling::parse(line)
                    .map_or_else(|error| Self::Wrong(wanted, error), |read| Self::Equipment(read.equipment)),
            },
            Wanted::Imsi => Imsi::parse(first).map_or_else(|error| Self::Wrong(wanted, error), Self::Imsi),
            Wanted::Iccid => Iccid::parse(first).map_or_else(|error| Self::Wrong(wanted, error), Self::Iccid),
        })
    }

    /// Digits alone, that nobody is known to have asked for.
    pub(super) fn of_digits(line: &[u8]) -> Option<Self> {
        if !matches!(line.len(), 14..=17) || !line.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let digits = std::str::from_utf8(line).ok()?;
        let equipment = Spelling::parse(digits).ok()?.equipment;
        match line.len() {
            15 => Some(Self::ImeiOrImsi(equipment, Imsi::parse(digits).ok())),
            _ => Some(Self::Equipment(equipment)),
        }
    }

    /// The name of its kind, for a program.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Equipment(equipment) => match equipment {
                Equipment::Imei(_) => "imei",
                Equipment::Imeisv(_) => "imeisv",
                Equipment::ImeiAndSvn(..) => "imei+svn",
                Equipment::Meid(_) => "meid",
                Equipment::Esn(_) => "esn",
            },
            Self::Imsi(_) => "imsi",
            Self::Iccid(_) => "iccid",
            Self::Svn(_) => "svn",
            Self::ImeiOrImsi(..) => "imei|imsi",
            Self::Wrong(..) => "none",
        }
    }

    /// Its digits.
    pub(super) fn digits(&self) -> Option<String> {
        match self {
            Self::Equipment(equipment) | Self::ImeiOrImsi(equipment, _) => Some(equipment.to_string()),
            Self::Imsi(imsi) => Some(imsi.to_string()),
            Self::Iccid(iccid) => Some(iccid.to_string()),
            Self::Svn(svn) => Some(format!("{svn:02}")),
            Self::Wrong(..) => None,
        }
    }

    /// What is wrong, odd or worth knowing about it, worst first.
    pub(super) fn findings(&self) -> Vec<Finding> {
        let mut findings = match self {
            Self::Equipment(equipment) | Self::ImeiOrImsi(equipment, _) => equipment.findings(),
            Self::Imsi(imsi) => imsi.findings(),
            Self::Iccid(iccid) => iccid.findings(),
            Self::Svn(99) => {
                vec![Finding::warning("svn.reserved", "the software version number 99 is reserved for future use")]
            }
            Self::Svn(_) | Self::Wrong(..) => Vec::new(),
        };
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        findings
    }
}

impl fmt::Display for Identity {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let findings = self.findings();
        let sound = if findings.iter().any(|found| found.severity == Severity::Error) { "not sound" } else { "sound" };
        match self {
            Self::Equipment(equipment) => write!(out, "{}, {sound}", equipment.name())?,
            Self::Imsi(_) => out.write_str("an IMSI")?,
            Self::Iccid(_) => write!(out, "an ICCID, {sound}")?,
            Self::Svn(svn) => write!(out, "the software version number {svn:02}")?,
            Self::ImeiOrImsi(equipment, imsi) => {
                let or = if imsi.is_some() { ", or an IMSI: only the command before it tells" } else { "" };
                write!(out, "{}, {sound}{or}", equipment.name())?;
            }
            Self::Wrong(wanted, error) => {
                let what = match wanted {
                    Wanted::Equipment => "no equipment identity",
                    Wanted::Imsi => "no IMSI",
                    Wanted::Iccid => "no ICCID",
                };
                write!(out, "{what}: {error}")?;
                if let Some(help) = error.help() {
                    write!(out, "; {help}")?;
                }
            }
        }
        findings.iter().try_for_each(|found| write!(out, "; {}: {}", found.severity, found.text))
    }
}
