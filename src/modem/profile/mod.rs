//! Profiles: a modem's character as data.
//!
//! `profiles/generic-lte.toml` states every key there is. Every other profile, embedded or a user's file, says only in
//! what it differs: from `generic-lte`, or from the profile that its key `base` names. Settings from outside
//! (`--set KEY=VALUE`, a script's header) are the same keys, dotted, put on top. A profile is read once and shared.

mod data;
mod error;
mod keys;
mod merge;
mod setting;
mod sim;
mod value;

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use serde::Deserialize;

use super::call::CallProfile;
use super::canned::CannedAnswers;
use super::charge::ChargeProfile;
use super::command::{self, Entry};
use super::equipment::Clock;
pub use super::network::NetworkProfile;
pub use super::phonebook::{Contact, NoEntry, PhonebookProfile};
pub use super::sms::SmsProfile;
use super::template;
pub use super::ussd::{UssdAnswer, UssdEnd, UssdProfile};
use crate::identity::{Imei, Imeisv, Svn};
use crate::wire::values::Domain;
pub use data::{Carrier, DataProfile, PppAuthentication, PppProfile, PppStart};
pub use error::ProfileError;
pub use keys::Key;
pub use merge::Override;
pub use setting::{Keep, SettingProfile, SettingsProfile};
pub use sim::{FileHeader, SimProfile};
pub use value::{Refusal, Span, Values};

/// The name of the profile that states every key.
pub(super) const DEFAULT: &str = "generic-lte";

const EMBEDDED: [(&str, &str); 4] = [
    (DEFAULT, include_str!("../profiles/generic-lte.toml")),
    ("quectel-bg95", include_str!("../profiles/quectel-bg95.toml")),
    ("telit-me910", include_str!("../profiles/telit-me910.toml")),
    ("ublox-sara-r5", include_str!("../profiles/ublox-sara-r5.toml")),
];

/// What tells one modem from another. The keys are explained in `profiles/generic-lte.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// The name by which it is asked for.
    pub name: String,
    /// What it is, in a few words.
    pub title: String,
    /// The IMEI, 15 digits; empty: none was ever written.
    pub imei: String,
    /// The IMEISV, 16 digits; empty: made of the IMEI and `svn`.
    pub imeisv: String,
    /// The software version number, 2 digits, where `imeisv` is empty.
    pub svn: String,
    /// What an unknown command is answered with.
    pub unknown: Refusal,
    /// What a known command with a wrong parameter is answered with.
    pub malformed: Refusal,
    /// What a command that would rewrite the IMEI is answered with.
    pub tamper: Refusal,
    /// Who made it, and what it can do.
    pub equipment: EquipmentProfile,
    /// How information text stands on the line.
    pub answer: AnswerProfile,
    /// How unsolicited results are given.
    pub urc: UrcProfile,
    /// What happens after power-up.
    pub boot: BootProfile,
    /// How long things take.
    pub timing: TimingProfile,
    /// The multiplexer.
    pub mux: MuxProfile,
    /// How calls end.
    pub dial: DialProfile,
    /// What carries the data of a call.
    pub data: DataProfile,
    /// How voice calls go, and what the network keeps of the subscriber's calls.
    pub call: CallProfile,
    /// The card.
    pub sim: SimProfile,
    /// The card in the second slot.
    pub sim2: SimProfile,
    /// The phone book that the modem itself keeps.
    pub phonebook: PhonebookProfile,
    /// The network, and how this modem shows it.
    pub network: NetworkProfile,
    /// What calls cost.
    pub charge: ChargeProfile,
    /// How the network's USSD behaves.
    pub ussd: UssdProfile,
    /// Short messages.
    pub sms: SmsProfile,
    /// What V.250 calls parameters: defaults, ranges, and what outlives a power cycle.
    pub settings: SettingsProfile,
    /// Answers of this modem that no code stands behind, and shapes of its own for those that have it.
    pub commands: CannedAnswers,
    /// Vendor commands that are built in and that this modem has.
    pub offers: Vec<String>,
    /// Built-in commands that this modem does not have.
    pub hides: Vec<String>,
    /// Other spellings: the name on the left is answered as the one on the right.
    pub aliases: HashMap<String, String>,
    /// What each name leads to; made of the keys above once they are read.
    // Shared: modems that differ by their card alone have clones of one profile.
    #[serde(skip)]
    dispatch: Arc<HashMap<Box<str>, Dispatch>>,
}

/// What a command's name leads to on this modem.
#[derive(Debug, Clone)]
pub(in crate::modem) struct Dispatch {
    /// The built-in command.
    pub(in crate::modem) entry: Option<&'static Entry>,
    /// The profile has answers of its own for some of its forms.
    pub(in crate::modem) canned: bool,
    /// Time before it is carried out.
    pub(in crate::modem) latency: Duration,
}

/// `[equipment]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EquipmentProfile {
    /// `+CGMI`
    pub manufacturer: String,
    /// `+CGMM`
    pub model: String,
    /// `+CGMR`
    pub revision: String,
    /// The serial number of `+CGSN=0`; empty: the IMEI.
    pub serial: String,
    /// What `ATI<n>` says, by n; a value that is missing is an error.
    pub information: HashMap<String, String>,
    /// `+GCAP`
    pub capabilities: Vec<String>,
    /// `<fun>` of `+CFUN` that it knows.
    pub functionality: Values,
    /// `<rst>` of `+CFUN` that it knows.
    pub reset: Values,
    /// `<fun>` of `+CFUN` that start the modem anew instead.
    pub reset_levels: Values,
    /// `+CFUN=0` counts as switch-off: what a reject forbade is tried again.
    pub cfun0_is_switch_off: bool,
    /// `+CFUN=4` counts as switch-off.
    pub cfun4_is_switch_off: bool,
    /// `<chset>` of `+CSCS`, in the order of the test form.
    pub charsets: Vec<String>,
    /// Languages of `+CLAN`, each two letters, the first one to begin with.
    pub languages: Vec<String>,
    /// `+CBC`: connection status and charge in percent.
    pub battery: [u8; 2],
    /// The clock at power-up, `yy/MM/dd,hh:mm:ss±zz`.
    pub clock: String,
    /// `<snt>` of `+CGSN` that it knows; empty: only the bare form.
    pub cgsn: Values,
    /// Slots for cards: 1 or 2.
    pub slots: u8,
    /// Speeds of `+IPR`, in bit/s; 0 is detection.
    pub speeds: Vec<u32>,
}

/// `[answer]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnswerProfile {
    /// Each line of information text has a header and a trailer of its own; else one pair for all lines of a command.
    pub lines_apart: bool,
    /// `ATS0=` without a value is 0; else an error.
    pub empty_is_zero: bool,
    /// `&V` gives each setting a line of its own, `E: 1`; else all of a kind share one.
    pub view_lines: bool,
    /// Characters of a command line, at most.
    pub longest_line: u16,
    /// The eighth bit of what is typed is ignored.
    pub seven_bits: bool,
}

/// `[urc]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UrcProfile {
    /// A line that is being typed holds them back for so long after its last character; 0: not at all.
    pub typing: Span,
    /// An incoming data or voice call is rung every so often.
    pub ring: Span,
}

/// `[boot]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BootProfile {
    /// What is sent within this time after power-up is lost.
    pub silent: Span,
    /// What it says by itself, in the order of time.
    pub urcs: Vec<BootUrc>,
    /// How long a restart leaves it without power.
    pub restart: Span,
}

/// One entry of `boot.urcs`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BootUrc {
    /// After power-up.
    pub at: Span,
    /// The text, with `{pin}`, `{cfun}` and the names of `[commands]` in it.
    pub text: String,
}

/// `[timing]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimingProfile {
    /// Before a command is carried out, unless it is named below.
    pub command: Span,
    /// Up to so much is added to each, drawn from the seed.
    pub jitter: Span,
    /// By command name: `"+CFUN" = "1s"`.
    pub commands: HashMap<String, Span>,
}

/// `[mux]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MuxProfile {
    /// `<transparency>` of `+CMUX` that it knows.
    pub modes: Values,
    /// How many channels can be open at once, the control channel not counted.
    pub channels: u8,
    /// Where the control channel is not opened within this time the line takes commands again; 0: it waits.
    pub patience: Span,
}

/// `[dial]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DialProfile {
    /// From the dial command to its result.
    pub time: Span,
    /// What follows `CONNECT`; empty: nothing.
    pub speed: String,
    /// How a packet call (`*99#`) ends where the network serves it.
    pub packet: DialOutcome,
    /// How a circuit-switched data call ends.
    pub data: DialOutcome,
    /// An incoming call is a data call; else a voice call.
    pub incoming_data: bool,
    /// How a voice call (`;`) ends.
    pub voice: DialOutcome,
    /// How a call to this number ends, whatever its kind.
    pub numbers: HashMap<String, DialOutcome>,
}

/// How a call that the host sets up ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DialOutcome {
    /// It is answered: data state, or a voice call that stands.
    Connect,
    /// `BUSY`, where X lets it be told.
    Busy,
    /// `NO ANSWER`, after S7 seconds, where `@` asked for silence; else `NO CARRIER` after S7.
    NoAnswer,
    /// `NO CARRIER`
    NoCarrier,
    /// `NO DIALTONE`, where X lets it be told.
    NoDialtone,
    /// `ERROR`: the modem knows no such call.
    Error,
}

/// The embedded profiles without settings, each read when it is first asked for.
static SHARED: [OnceLock<Arc<Profile>>; EMBEDDED.len()] = [const { OnceLock::new() }; EMBEDDED.len()];

impl Profile {
    /// The embedded profile of this name, with these settings on top. Without settings it is read only once.
    ///
    /// # Errors
    /// No profile has this name; a key is unknown, or its value does not fit.
    pub fn named(name: &str, settings: &[Override]) -> Result<Arc<Self>, ProfileError> {
        let known = EMBEDDED.iter().zip(&SHARED).find(|((known, _), _)| *known == name);
        let Some((_, shared)) = known.filter(|_| settings.is_empty()) else {
            return merge::embedded(name, settings).map(Arc::new);
        };
        if let Some(profile) = shared.get() {
            return Ok(Arc::clone(profile));
        }
        let profile = merge::embedded(name, &[]).map(Arc::new)?;
        Ok(Arc::clone(shared.get_or_init(|| profile)))
    }

    /// The profile that this text is; `origin` names it in errors, a path as a rule.
    ///
    /// # Errors
    /// The text is not TOML, a key is unknown, or a value does not fit; with line and column.
    pub fn parse(origin: &str, text: &str, settings: &[Override]) -> Result<Arc<Self>, ProfileError> {
        merge::profile(origin, text, settings).map(Arc::new)
    }

    /// The names of the embedded profiles.
    pub fn names() -> impl Iterator<Item = &'static str> {
        EMBEDDED.iter().map(|(name, _)| *name)
    }

    /// The text of an embedded profile, comments and sources included: what a user copies and changes.
    #[must_use]
    pub fn text(name: &str) -> Option<&'static str> {
        EMBEDDED.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
    }

    /// What a command's name leads to; `None`: the modem does not know it.
    pub(in crate::modem) fn dispatch(&self, name: &str) -> Option<&Dispatch> {
        self.dispatch.get(name)
    }

    /// The names of all commands that the modem knows, sorted: what `+CLAC` lists.
    pub(in crate::modem) fn command_names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.dispatch.keys().map(AsRef::as_ref).collect();
        names.sort_unstable();
        names
    }

    /// Checks what no type can, and makes the table of names.
    ///
    /// # Errors
    /// The key whose value does not fit, and why.
    fn settle(&mut self) -> Result<(), (String, String)> {
        self.check()?;
        self.network.settle(self.sim.home());
        let latency = |name: &str| self.timing.commands.get(name).unwrap_or(&self.timing.command).0;
        let mut dispatch = HashMap::new();
        let canned = |name: &str| self.commands.names().any(|canned| canned == name);
        for entry in command::entries() {
            let offered = !entry.vendor || self.offers.iter().any(|name| name == entry.name);
            let shown = Domain::of_command(entry.name.as_bytes()).is_none_or(|domain| self.network.has_report(domain));
            if offered && shown && !self.hides.iter().any(|name| name == entry.name) {
                let found = Dispatch { entry: Some(entry), canned: canned(entry.name), latency: latency(entry.name) };
                dispatch.insert(Box::from(entry.name), found);
            }
        }
        for (alias, name) in &self.aliases {
            if let Some(entry) = command::entry(name) {
                let found = Dispatch { entry: Some(entry), canned: canned(alias), latency: latency(alias) };
                dispatch.insert(alias.as_str().into(), found);
            }
        }
        for name in self.commands.names() {
            let found = Dispatch { entry: None, canned: true, latency: latency(name) };
            dispatch.entry(name.into()).or_insert(found);
        }
        self.dispatch = Arc::new(dispatch);
        Ok(())
    }

    fn check(&self) -> Result<(), (String, String)> {
        let wrong = |key: &str, message: String| (key.to_owned(), message);
        if !self.imei.is_empty() {
            Imei::parse(&self.imei).map_err(|error| wrong("imei", error.to_string()))?;
        }
        if !self.imeisv.is_empty() {
            Imeisv::parse(&self.imeisv).map_err(|error| wrong("imeisv", error.to_string()))?;
        }
        Svn::parse(&self.svn).map_err(|error| wrong("svn", error.to_string()))?;
        let built_in = |key: &str, names: Vec<&String>| match names.iter().find(|name| command::entry(name).is_none()) {
            Some(name) => Err(wrong(key, format!("no built-in command is called {name}"))),
            None => Ok(()),
        };
        built_in("offers", self.offers.iter().collect())?;
        built_in("hides", self.hides.iter().collect())?;
        built_in("aliases", self.aliases.values().collect())?;
        let templates = self.commands.texts().chain(self.equipment.information.values().map(String::as_str));
        for text in templates.chain(self.boot.urcs.iter().map(|urc| urc.text.as_str())) {
            if let Some(name) = template::unknown_name(text) {
                return Err(wrong("commands", format!("no value is called {{{name}}} in \"{text}\"")));
            }
        }
        self.data.check()?;
        self.call.check().map_err(|(key, message)| wrong(key, message))?;
        self.sim.check().map_err(|(key, message)| wrong(key, message))?;
        self.sim2.check().map_err(|(key, message)| wrong(&key.replacen("sim.", "sim2.", 1), message))?;
        if !(1..=2).contains(&self.equipment.slots) {
            return Err(wrong("equipment.slots", format!("expected 1 or 2 slots, not {}", self.equipment.slots)));
        }
        if !self.network.time.is_empty() && Clock::parse(&self.network.time).is_none() {
            let message = format!("expected yy/MM/dd,hh:mm:ss and a zone, not {}", self.network.time);
            return Err(wrong("network.time", message));
        }
        if self.network.dst > 2 {
            return Err(wrong("network.dst", format!("expected 0 to 2 hours, not {}", self.network.dst)));
        }
        let unit = self.charge.unit.0;
        if !unit.is_zero() && unit < Duration::from_millis(100) {
            return Err(wrong("charge.unit", "expected 0, or 100ms and more".to_owned()));
        }
        let unanswered = self.network.ussd.values().find_map(|answer| answer.check().err());
        if let Some(message) = unanswered {
            return Err(wrong("network.ussd", message));
        }
        if let Some(name) = template::unknown_name(&self.ussd.unknown) {
            return Err(wrong("ussd.unknown", format!("no value is called {{{name}}}")));
        }
        self.phonebook.check().map_err(|(key, message)| wrong(key, message))?;
        self.sms.check().map_err(|(key, message)| wrong(key, message))?;
        self.network.session.check().map_err(|(key, message)| wrong(key, message))?;
        self.network.saving.check().map_err(|(key, message)| wrong(key, message))?;
        if Clock::parse(&self.equipment.clock).is_none() {
            return Err(wrong(
                "equipment.clock",
                format!("expected yy/MM/dd,hh:mm:ss and a zone, not {}", self.equipment.clock),
            ));
        }
        Ok(())
    }

    /// The key that a misspelled one was meant to be, in words, where one is near enough.
    #[must_use]
    pub fn near_key(key: &str) -> Option<String> {
        merge::known_key(key).err().flatten()
    }

    /// Every key that can be set, sorted.
    pub fn keys() -> Vec<Key> {
        keys::keys()
    }
}
