//! Settings: V.250's parameters and those of TS 27.007 that are one number each, in one table.
//!
//! Three copies tell what outlives what: the value now, the one that `&W` stored, and the factory's, which the profile
//! holds. Which of them counts at power-up is the profile's say, setting by setting (`keep`).

use super::profile::{Keep, SettingsProfile};

macro_rules! settings {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)*) => {
        /// One setting. Its name is that of the command that sets it, with the parameter's where there are several.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Setting { $($(#[$doc])* $variant,)* }

        impl Setting {
            /// Every setting, in the order in which `&V` shows them.
            pub const ALL: [Self; [$($name),*].len()] = [$(Self::$variant),*];

            /// Its name: the key in `[settings]`.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
        }
    };
}

settings! {
    /// Command echo.
    Echo = "E",
    /// Loudspeaker volume.
    Volume = "L",
    /// Loudspeaker mode.
    Speaker = "M",
    /// Pulse (1) or tone (0) dialling.
    Pulse = "P",
    /// Result code suppression.
    Quiet = "Q",
    /// Response format.
    Verbose = "V",
    /// Result code selection and call progress monitoring.
    Progress = "X",
    /// Circuit 109 behaviour.
    Carrier = "&C",
    /// Circuit 108/2 behaviour.
    Terminal = "&D",
    /// Automatic answer.
    AutoAnswer = "S0",
    /// Rings so far. Read-only in practice.
    RingCount = "S1",
    /// Escape character.
    Escape = "S2",
    /// Command line termination character.
    Terminator = "S3",
    /// Response formatting character.
    Formatter = "S4",
    /// Command line editing character.
    Editor = "S5",
    /// Pause before blind dialling.
    BlindDial = "S6",
    /// Connection completion time-out.
    ConnectTime = "S7",
    /// Comma dial modifier time.
    Comma = "S8",
    /// Automatic disconnect delay.
    Disconnect = "S10",
    /// Guard time around the escape sequence, in 1/50 s.
    Guard = "S12",
    /// Error reporting.
    Errors = "+CMEE",
    /// Character set: the place in `equipment.charsets`.
    Charset = "+CSCS",
    /// DTE rate in bit/s; 0 detection.
    Speed = "+IPR",
    /// Character format.
    Format = "+ICF.format",
    /// Parity.
    Parity = "+ICF.parity",
    /// Flow control by the DTE.
    FlowByDte = "+IFC.dte",
    /// Flow control by the DCE.
    FlowByDce = "+IFC.dce",
    /// Report of the line's rate before `CONNECT`.
    RateReport = "+ILRR",
    /// Functionality level.
    Functionality = "+CFUN",
    /// Reports of the circuit-switched registration.
    CsReport = "+CREG",
    /// Reports of the packet registration in GERAN and UTRAN.
    PsReport = "+CGREG",
    /// Reports of the EPS registration.
    EpsReport = "+CEREG",
    /// Reports of the 5GS registration.
    NrReport = "+C5GREG",
    /// Packet domain event mode.
    EventReport = "+CGEREP",
    /// What packet domain events do while the line is taken.
    EventBuffer = "+CGEREP.bfr",
    /// IPv6 addresses are written with colons.
    AddressColons = "+CGPIAF.format",
    /// IPv6 networks are written as a prefix.
    AddressPrefix = "+CGPIAF.subnet",
    /// IPv6 addresses have leading zeros.
    AddressZeros = "+CGPIAF.zeros",
    /// IPv6 addresses have their zeros left out.
    AddressCompressed = "+CGPIAF.compress",
    /// How a network's request for a context is answered.
    PacketAnswer = "+CGAUTO",
    /// Reports of the signalling connection.
    ConnectionReport = "+CSCON",
    /// Reports of network error codes.
    ErrorReport = "+CNEC",
    /// Mode of operation in EPS.
    EpsMode = "+CEMODE",
    /// Reports of the packet bearer.
    BearerReport = "+CPSB",
    /// Reports of the IMS registration.
    ImsReport = "+CIREG",
    /// Reports of the network's offer of voice by IMS.
    ImsVoiceReport = "+CIREP",
    /// Format of the operator's name.
    OperatorFormat = "+COPS.format",
    /// What changes of indicators do while the line is taken.
    IndicatorMode = "+CMER",
    /// Reports of indicators.
    IndicatorReport = "+CMER.ind",
    /// What becomes of the changes that were kept.
    IndicatorBuffer = "+CMER.bfr",
    /// Which indicators are reported, a bit each.
    IndicatorsWanted = "+CIND",
    /// Extended format of incoming calls.
    RingFormat = "+CRC",
    /// Calling line presentation.
    CallerShown = "+CLIP",
    /// Reports of the current call meter.
    ChargeReport = "+CAOC",
    /// Warning before the meter of all calls ends.
    ChargeWarning = "+CCWE",
    /// Presentation of USSD.
    Ussd = "+CUSD",
    /// Message service: phase 2 (0) or 2+ (1).
    MessageService = "+CSMS",
    /// Messages as text (1) or PDUs (0).
    TextMode = "+CMGF",
    /// Whether text mode shows all its parameters.
    TextParameters = "+CSDH",
    /// First octet of messages in text mode.
    FirstOctet = "+CSMP.fo",
    /// TP-VP of messages in text mode, where it is relative.
    ValidityPeriod = "+CSMP.vp",
    /// TP-PID of messages in text mode.
    Protocol = "+CSMP.pid",
    /// TP-DCS of messages in text mode.
    Coding = "+CSMP.dcs",
    /// What message indications do while the line is taken.
    IndicationMode = "+CNMI.mode",
    /// How messages are indicated.
    MessageIndication = "+CNMI.mt",
    /// How broadcast messages are indicated.
    BroadcastIndication = "+CNMI.bm",
    /// How status reports are indicated.
    ReportIndication = "+CNMI.ds",
    /// What becomes of buffered indications.
    IndicationBuffer = "+CNMI.bfr",
    /// The memory that is read and deleted from: its place in `sms.memories`.
    ReadMemory = "+CPMS.mem1",
    /// The memory that is written to and sent from.
    WriteMemory = "+CPMS.mem2",
    /// The memory that messages come into.
    ReceiveMemory = "+CPMS.mem3",
    /// Which domain carries messages.
    MessageDomain = "+CGSMS",
    /// Whether more messages follow at once.
    MoreMessages = "+CMMS",
    /// Calling line restriction: of our own number.
    CallerHidden = "+CLIR",
    /// Connected line presentation.
    ConnectedShown = "+COLP",
    /// Called line presentation.
    CalledShown = "+CDIP",
    /// Calling name presentation.
    NameShown = "+CNAP",
    /// Presentation of a call that waits.
    WaitingShown = "+CCWA",
    /// Notices of supplementary services while a call is set up.
    ServiceIntermediate = "+CSSN.n",
    /// Notices of supplementary services at any other time.
    ServiceUnsolicited = "+CSSN.m",
    /// What `H` and DTR do to a voice call.
    VoiceHangUp = "+CVHU",
    /// Duration of a tone, in 1/10 s; 0: the maker's.
    ToneDuration = "+VTD",
    /// Type of an address that does not say its own.
    AddressType = "+CSTA",
    /// Call mode.
    CallMode = "+CMOD",
    /// Speed of a data call's bearer.
    BearerSpeed = "+CBST.speed",
    /// Name of a data call's bearer.
    BearerName = "+CBST.name",
    /// Connection element of a data call's bearer.
    BearerElement = "+CBST.ce",
    /// Radio link protocol: window towards the modem.
    LinkDown = "+CRLP.iws",
    /// Radio link protocol: window towards the network.
    LinkUp = "+CRLP.mws",
    /// Radio link protocol: acknowledgement timer, in 10 ms.
    LinkTimer = "+CRLP.t1",
    /// Radio link protocol: attempts.
    LinkTries = "+CRLP.n2",
    /// Alert sound mode.
    AlertMode = "+CALM",
    /// Ringer sound level.
    RingerLevel = "+CRSL",
    /// Loudspeaker volume level.
    SpeakerLevel = "+CLVL",
    /// The microphone is muted.
    Muted = "+CMUT",
    /// Reports of the language.
    LanguageReport = "+CLAE",
    /// Who operates the keypad.
    KeypadControl = "+CMEC.keyp",
    /// Who writes on the display.
    DisplayControl = "+CMEC.disp",
    /// Who sets the indicators.
    IndicatorControl = "+CMEC.ind",
    /// Who operates the touch screen.
    TouchControl = "+CMEC.tscrn",
    /// Dates for the user.
    DateFormat = "+CSDF",
    /// Times in commands: with years of two digits or of four.
    TimeFormat = "+CSDF.aux",
    /// Silent mode.
    Silence = "+CSIL",
    /// Whether there is a greeting.
    Greeting = "+CSGT",
    /// Whether the voice mail's number is in use.
    VoiceMail = "+CSVM",
    /// Automatic time zone update.
    ZoneUpdate = "+CTZU",
    /// Time zone reports.
    ZoneReport = "+CTZR",
}

impl Setting {
    /// Whether it is an S-register.
    #[must_use]
    pub fn is_register(self) -> bool {
        self.name().starts_with('S')
    }

    /// Whether it is the equipment's, and the same on every AT port; the others are each port's own.
    #[must_use]
    pub const fn is_shared(self) -> bool {
        matches!(
            self,
            Self::Functionality
                | Self::ZoneUpdate
                | Self::RingCount
                | Self::FirstOctet
                | Self::ValidityPeriod
                | Self::Protocol
                | Self::Coding
                | Self::ReceiveMemory
                | Self::MessageDomain
                | Self::MoreMessages
                | Self::CallerHidden
                | Self::AlertMode
                | Self::RingerLevel
                | Self::SpeakerLevel
                | Self::Muted
                | Self::EpsMode
                | Self::KeypadControl
                | Self::DisplayControl
                | Self::IndicatorControl
                | Self::TouchControl
                | Self::DateFormat
                | Self::Silence
                | Self::Greeting
                | Self::VoiceMail
        )
    }

    /// Whether an extended command sets it.
    #[must_use]
    pub fn is_extended(self) -> bool {
        self.name().starts_with('+')
    }
}

const COUNT: usize = Setting::ALL.len();

/// The settings of one modem.
#[derive(Debug, Clone)]
pub(super) struct Settings {
    now: [u32; COUNT],
    stored: [u32; COUNT],
}

impl Settings {
    /// As a modem leaves the factory.
    pub(super) fn new(profile: &SettingsProfile) -> Self {
        let factory = Setting::ALL.map(|setting| profile.of(setting).default);
        Self { now: factory, stored: factory }
    }

    pub(super) fn value(&self, setting: Setting) -> u32 {
        self.now[setting as usize]
    }

    /// The value where it is a character: S2 to S5.
    pub(super) fn character(&self, setting: Setting) -> u8 {
        u8::try_from(self.value(setting)).unwrap_or(u8::MAX)
    }

    pub(super) fn set(&mut self, setting: Setting, value: u32) {
        self.now[setting as usize] = value;
    }

    /// Power-up: a volatile setting is the factory's again, a stored one as `&W` left it, a saved one as it was.
    pub(super) fn power_on(&mut self, profile: &SettingsProfile) {
        for setting in Setting::ALL {
            match profile.of(setting).keep {
                Keep::Volatile => self.set(setting, profile.of(setting).default),
                Keep::Stored => self.set(setting, self.stored[setting as usize]),
                Keep::Saved => {}
            }
        }
    }

    /// `Z`: what `&W` stored, for all that `&W` stores. Source: V.250, clause 6.1.1.
    pub(super) fn recall(&mut self, profile: &SettingsProfile) {
        for setting in Setting::ALL {
            if profile.of(setting).keep == Keep::Stored && profile.of(setting).factory {
                self.set(setting, self.stored[setting as usize]);
            }
        }
    }

    /// `&F`: as it left the factory, for all that `&F` touches. Source: V.250, clause 6.1.2.
    pub(super) fn factory(&mut self, profile: &SettingsProfile) {
        for setting in Setting::ALL {
            if profile.of(setting).factory {
                self.set(setting, profile.of(setting).default);
            }
        }
    }

    /// `&W`.
    pub(super) fn store(&mut self) {
        self.stored = self.now;
    }
}
