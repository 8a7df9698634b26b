//! Domains, registration states and access technologies.

use std::fmt;

/// The domain that a registration command shows.
///
/// Source: 3GPP TS 27.007, clauses 7.2, 10.1.20, 10.1.22 and 10.1.47.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Domain {
    /// Circuit-switched: `+CREG`.
    Cs,
    /// Packet-switched in GERAN and UTRAN: `+CGREG`.
    Ps,
    /// EPS: `+CEREG`.
    Eps,
    /// 5GS: `+C5GREG`.
    FiveGs,
}

impl Domain {
    /// All four, in the order of their standards.
    pub const ALL: [Self; 4] = [Self::Cs, Self::Ps, Self::Eps, Self::FiveGs];

    /// The command that shows it.
    pub const fn command(self) -> &'static str {
        match self {
            Self::Cs => "+CREG",
            Self::Ps => "+CGREG",
            Self::Eps => "+CEREG",
            Self::FiveGs => "+C5GREG",
        }
    }

    /// The domain of a command, its name in either case.
    pub fn of_command(name: &[u8]) -> Option<Self> {
        Self::ALL.into_iter().find(|domain| domain.command().as_bytes().eq_ignore_ascii_case(name))
    }

    /// The highest `<n>` of its command.
    pub const fn highest_n(self) -> u8 {
        match self {
            Self::Cs | Self::FiveGs => 3,
            Self::Ps | Self::Eps => 5,
        }
    }
}

/// `<stat>`: whether the device is registered in a domain.
///
/// On the wire: decimal, 0 to 11. A value that no table has is kept.
///
/// Source: 3GPP TS 27.007, clauses 7.2, 10.1.20, 10.1.22 and 10.1.47.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RegistrationStatus {
    /// 0
    NotSearching,
    /// 1
    Home,
    /// 2
    Searching,
    /// 3
    Denied,
    /// 4: out of coverage, for instance.
    Unknown,
    /// 5
    Roaming,
    /// 6
    SmsOnlyHome,
    /// 7
    SmsOnlyRoaming,
    /// 8
    EmergencyOnly,
    /// 9
    CsfbNotPreferredHome,
    /// 10
    CsfbNotPreferredRoaming,
    /// 11: access to restricted local operator services.
    RestrictedLocal,
    /// Any other.
    Other(u8),
}

impl RegistrationStatus {
    /// The status with this number.
    pub const fn from_number(number: u8) -> Self {
        match number {
            0 => Self::NotSearching,
            1 => Self::Home,
            2 => Self::Searching,
            3 => Self::Denied,
            4 => Self::Unknown,
            5 => Self::Roaming,
            6 => Self::SmsOnlyHome,
            7 => Self::SmsOnlyRoaming,
            8 => Self::EmergencyOnly,
            9 => Self::CsfbNotPreferredHome,
            10 => Self::CsfbNotPreferredRoaming,
            11 => Self::RestrictedLocal,
            other => Self::Other(other),
        }
    }

    /// The number on the wire.
    pub const fn number(self) -> u8 {
        match self {
            Self::NotSearching => 0,
            Self::Home => 1,
            Self::Searching => 2,
            Self::Denied => 3,
            Self::Unknown => 4,
            Self::Roaming => 5,
            Self::SmsOnlyHome => 6,
            Self::SmsOnlyRoaming => 7,
            Self::EmergencyOnly => 8,
            Self::CsfbNotPreferredHome => 9,
            Self::CsfbNotPreferredRoaming => 10,
            Self::RestrictedLocal => 11,
            Self::Other(number) => number,
        }
    }

    /// Whether the device is registered, at home or roaming, for whatever service.
    pub const fn is_registered(self) -> bool {
        match self {
            Self::Home
            | Self::Roaming
            | Self::SmsOnlyHome
            | Self::SmsOnlyRoaming
            | Self::CsfbNotPreferredHome
            | Self::CsfbNotPreferredRoaming => true,
            Self::NotSearching
            | Self::Searching
            | Self::Denied
            | Self::Unknown
            | Self::EmergencyOnly
            | Self::RestrictedLocal
            | Self::Other(_) => false,
        }
    }
}

impl fmt::Display for RegistrationStatus {
    /// What it means, in words.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::NotSearching => "not registered, not searching",
            Self::Home => "registered, home network",
            Self::Searching => "not registered, searching",
            Self::Denied => "registration denied",
            Self::Unknown => "unknown, out of coverage for instance",
            Self::Roaming => "registered, roaming",
            Self::SmsOnlyHome => "registered for SMS only, home network",
            Self::SmsOnlyRoaming => "registered for SMS only, roaming",
            Self::EmergencyOnly => "attached for emergency bearer services only",
            Self::CsfbNotPreferredHome => "registered, CSFB not preferred, home network",
            Self::CsfbNotPreferredRoaming => "registered, CSFB not preferred, roaming",
            Self::RestrictedLocal => "attached for restricted local operator services",
            Self::Other(number) => return write!(out, "status {number}, which no standard names"),
        })
    }
}

/// `<AcT>`: the access technology of the serving cell.
///
/// On the wire: decimal, 0 to 13. A value that no table has is kept.
///
/// Source: 3GPP TS 27.007, clauses 7.2 and 7.3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AccessTechnology {
    /// 0
    Gsm,
    /// 1
    GsmCompact,
    /// 2
    Utran,
    /// 3
    GsmEgprs,
    /// 4
    UtranHsdpa,
    /// 5
    UtranHsupa,
    /// 6
    UtranHspa,
    /// 7: LTE, Cat-M1 with it.
    Eutran,
    /// 8
    EcGsmIot,
    /// 9: NB-IoT.
    EutranNbS1,
    /// 10
    EutraFiveGcn,
    /// 11
    NrFiveGcn,
    /// 12
    NgRan,
    /// 13
    EutraNrDual,
    /// Any other.
    Other(u8),
}

impl AccessTechnology {
    /// The technology with this number.
    pub const fn from_number(number: u8) -> Self {
        match number {
            0 => Self::Gsm,
            1 => Self::GsmCompact,
            2 => Self::Utran,
            3 => Self::GsmEgprs,
            4 => Self::UtranHsdpa,
            5 => Self::UtranHsupa,
            6 => Self::UtranHspa,
            7 => Self::Eutran,
            8 => Self::EcGsmIot,
            9 => Self::EutranNbS1,
            10 => Self::EutraFiveGcn,
            11 => Self::NrFiveGcn,
            12 => Self::NgRan,
            13 => Self::EutraNrDual,
            other => Self::Other(other),
        }
    }

    /// The number on the wire.
    pub const fn number(self) -> u8 {
        match self {
            Self::Gsm => 0,
            Self::GsmCompact => 1,
            Self::Utran => 2,
            Self::GsmEgprs => 3,
            Self::UtranHsdpa => 4,
            Self::UtranHsupa => 5,
            Self::UtranHspa => 6,
            Self::Eutran => 7,
            Self::EcGsmIot => 8,
            Self::EutranNbS1 => 9,
            Self::EutraFiveGcn => 10,
            Self::NrFiveGcn => 11,
            Self::NgRan => 12,
            Self::EutraNrDual => 13,
            Self::Other(number) => number,
        }
    }
}

impl fmt::Display for AccessTechnology {
    /// Its name.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Gsm => "GSM",
            Self::GsmCompact => "GSM Compact",
            Self::Utran => "UTRAN",
            Self::GsmEgprs => "GSM with EGPRS",
            Self::UtranHsdpa => "UTRAN with HSDPA",
            Self::UtranHsupa => "UTRAN with HSUPA",
            Self::UtranHspa => "UTRAN with HSDPA and HSUPA",
            Self::Eutran => "E-UTRAN (LTE)",
            Self::EcGsmIot => "EC-GSM-IoT",
            Self::EutranNbS1 => "E-UTRAN NB-S1 (NB-IoT)",
            Self::EutraFiveGcn => "E-UTRA connected to a 5GCN",
            Self::NrFiveGcn => "NR connected to a 5GCN",
            Self::NgRan => "NG-RAN",
            Self::EutraNrDual => "E-UTRA-NR dual connectivity",
            Self::Other(number) => return write!(out, "access technology {number}"),
        })
    }
}
