//! `[network]`: what surrounds the modem, how long registration takes, and how this modem shows it.
//!
//! `profiles/generic-lte.toml` states every key with its default and its source.

use std::collections::HashMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error as _, Unexpected, Visitor};

use super::domain::{Domains, Tech};
use super::operator::Aborted;
use super::packet::{ApnProfile, PdpType, SessionProfile};
use super::saving::SavingProfile;
use crate::identity::Plmn;
use crate::modem::UssdAnswer;
use crate::modem::profile::{Span, Values};
use crate::wire::values::{AccessTechnology, Domain};

/// `[network]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NetworkProfile {
    /// The operator's long name.
    pub operator: String,
    /// Its short name.
    pub operator_short: String,
    /// MCC and MNC of the cell that the modem stands in.
    pub plmn: Code,
    /// Its technology.
    pub tech: Tech,
    /// Its location or tracking area code, hexadecimal.
    pub area: Hex,
    /// Its cell identity, hexadecimal.
    pub cell: Hex,
    /// Its routing area code, hexadecimal; GERAN and UTRAN only.
    pub rac: Hex,
    /// What the antenna receives, in dBm (RSSI).
    pub signal: i16,
    /// What becomes of the modem, in one word; `Auto` leaves it to the keys around it.
    pub registration: Standing,
    /// The network's time at power-up, as `+CCLK` has it; empty: it tells none.
    pub time: String,
    /// Hours of summer time in it: 0 to 2.
    pub dst: u8,
    /// False: there is no cell in reach until `network find`.
    pub coverage: bool,
    /// The cause with which the network refuses everybody; 0: it does not.
    pub deny: u8,
    /// The technologies in which it does; empty: in all of them.
    pub deny_techs: Vec<Tech>,
    /// The network's refusals come with integrity protection. Without it a modem does not believe them for ever.
    pub protected: bool,
    /// The network offers voice by IMS, and a modem that is attached in E-UTRAN or NG-RAN registers there.
    pub ims: bool,
    /// Other cells in reach.
    pub neighbours: Vec<NeighbourProfile>,
    /// What the network does with a device that it detaches without a cause.
    pub after_detach: AfterDetach,
    /// Technologies of the modem, the one tried first in front.
    pub techs: Vec<Tech>,
    /// The context that is there from the start: its APN.
    pub apn: String,
    /// Its type.
    pub context_type: PdpType,
    /// The types that `+CGDCONT` knows, in the order of its test form.
    pub types: Vec<PdpType>,
    /// The access points that the network knows; empty: every one, for everybody.
    pub apns: Vec<ApnProfile>,
    /// Contexts that `+CGDCONT` can define.
    pub contexts: u8,
    /// What the network answers to a code of USSD, by code.
    pub ussd: HashMap<String, UssdAnswer>,
    /// What contexts are given.
    pub session: SessionProfile,
    /// What it grants to save power.
    pub saving: SavingProfile,
    /// How long things take.
    pub timing: NetworkTiming,
    /// What the modem shows, where modules differ.
    pub show: ShowProfile,
}

/// `network.registration`: where the modem stands with the network.
///
/// `Home` and `Roaming` say whose cell it stands in, and leave `deny`, `coverage` and the register what they are; `Denied` and
/// `Searching` leave the cell what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// As `plmn`, `coverage`, `deny` and the register have it.
    Auto,
    /// The cell is the card's operator's, whatever `plmn` says.
    Home,
    /// The cell is another operator's: `plmn`, or where that is the card's own the first neighbour, which lets it in.
    Roaming,
    /// Refused with `deny`, or with cause 3, Illegal UE.
    Denied,
    /// A carrier is received and no cell can be read, until `network find`: `+CSQ` shows a level, `+CREG` a search.
    Searching,
}

/// One entry of `network.neighbours`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NeighbourProfile {
    /// Its long name.
    pub operator: String,
    /// Its short name.
    pub operator_short: String,
    /// MCC and MNC.
    pub plmn: Code,
    /// Its technology.
    pub tech: Tech,
    /// Its location or tracking area code, hexadecimal.
    pub area: Hex,
    /// Its cell identity, hexadecimal.
    pub cell: Hex,
    /// It serves no subscriber of this card's operator: listed as forbidden, refused with #11 when chosen by hand.
    pub forbidden: bool,
}

/// `[network.timing]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NetworkTiming {
    /// From power-up, or from a cell that is found, to the request.
    pub search: Span,
    /// From the request to its answer.
    pub register: Span,
    /// From `+COPS=?` to its list.
    pub list: Span,
    /// `+COPS=0`, `+COPS=1` and `+CGATT=1` give up after this.
    pub answer: Span,
    /// Between two attempts after a failure, in E-UTRAN and NG-RAN: T3411 or T3511.
    pub retry: Span,
    /// The same in GERAN and UTRAN: T3311.
    pub retry_gmm: Span,
    /// After as many failures the technology rests: T3402, T3302 or T3502.
    pub back_off: Span,
    /// How many failures that takes.
    pub attempts: u8,
    /// T3346: no attempt after congestion (#22).
    pub congestion: Span,
    /// Forbidden areas are forgotten after this.
    pub areas: Span,
    /// T3245: a card that was refused for good is tried again after this; 0: not configured, it is not.
    pub revalidate: Span,
    /// T3247: the same where the refusal came without integrity protection.
    pub unprotected: Span,
    /// How many such refusals are not believed until power or card change.
    pub unprotected_times: u8,
}

/// `[network.show]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShowProfile {
    /// In E-UTRAN (but NB-IoT) the modem is registered for circuit-switched services too, by a combined attach.
    pub combined_attach: bool,
    /// What `+CGREG` shows in E-UTRAN.
    pub cgreg_in_lte: CgregInLte,
    /// `<stat>` while a timer runs until the next attempt.
    pub back_off_stat: u8,
    /// n = 3 and 5 show the cause while a timer runs, too.
    pub back_off_cause: bool,
    /// `<stat>` 3 becomes 0 after this time; 0: it stays until `+CFUN`, power or the card changes it.
    pub denied_for: Span,
    /// A refused modem shows where it stands: `+CEREG: 3,3,"00A1","0001B2C3",7,0,6`.
    pub denied_location: bool,
    /// Cell identities have leading zeros.
    pub cell_padded: bool,
    /// `+CGREG` shows the routing area in GERAN and UTRAN.
    pub rac: bool,
    /// `<AcT>` of LTE-M: 7 in the standard.
    pub act_lte_m: u8,
    /// `<Active-Time>` of n = 4 and 5, 8 bits; empty: not shown.
    pub active_time: String,
    /// `<Periodic-TAU>` of n = 4 and 5, 8 bits; empty: not shown.
    pub periodic_tau: String,
    /// `<Allowed_NSSAI>` of `+C5GREG`, hexadecimal; empty: not shown.
    pub nssai: String,
    /// What `+CGATT=1` answers after a refusal.
    pub cgatt_refused: RefusedAnswer,
    /// When `+COPS=0` and `+COPS=1` answer.
    pub cops_answers: CopsAnswers,
    /// What they answer after a refusal.
    pub cops_refused: RefusedAnswer,
    /// `+CME ERROR` where there is no network.
    pub no_network: u16,
    /// `+COPS=0` and `+CGATT=1` make a refused modem try again, whatever the cause.
    pub host_revives: bool,
    /// `<mode>` of `+COPS` that it knows.
    pub cops_modes: Values,
    /// `+COPS?` shows the technology.
    pub cops_act: bool,
    /// How a keystroke ends `+COPS=?` and `+COPS=`.
    pub aborted: Aborted,
    /// `+CEER` where nothing was refused.
    pub ceer_none: String,
    /// `+CEER` after a refusal; `{cause}` is its number, `{text}` its name.
    pub ceer_cause: String,
    /// The parameters of `+CESQ`: 6, or 9 with those of NR.
    pub cesq_fields: u8,
    /// The context of the attach in E-UTRAN.
    pub attach_cid: u8,
    /// `+CGEV: ME PDN ACT` and its like are given.
    pub pdn_events: bool,
    /// Parameters that `+CGDCONT?` shows, 4 to 22; more where more were set.
    pub cgdcont_fields: u8,
    /// `+CGDCONT?` shows the address of an active context; else the one that was set.
    pub cgdcont_address: bool,
    /// What it shows where no address was set.
    pub no_address: String,
    /// Parameters of `+CGCONTRDP`, 3 to 12.
    pub cgcontrdp_fields: u8,
    /// It shows the operator's part of an APN.
    pub apn_suffix: bool,
    /// In E-UTRAN `+CGACT=0` leaves the last PDN connection; else it goes, and the modem stays attached without.
    pub last_pdn_stays: bool,
    /// A `*99#` that the network refuses ends in `+CME ERROR`; else in `NO CARRIER`.
    pub dial_error: bool,
    /// `+CME ERROR` by session management's cause, where it is not the standard's.
    pub session_errors: HashMap<String, ErrorNumber>,
    /// `<class>` of `+CGCLASS`, the one at power-up in front.
    pub classes: Vec<String>,
}

/// What the network does with a device that it detaches without a cause.
///
/// Source: 3GPP TS 24.301, clause 5.5.2.3.2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AfterDetach {
    /// "Re-attach required": the modem attaches again by itself.
    Attach,
    /// "Re-attach not required": it waits for its host.
    Stay,
}

/// What `+CGREG` shows in E-UTRAN.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CgregInLte {
    /// The packet registration, which is the one of EPS there.
    Follows,
    /// `<stat>` 4: out of the coverage that it speaks of.
    Unknown,
    /// `<stat>` 0.
    Off,
}

/// When an operator selection answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CopsAnswers {
    /// OK, before anything is known.
    AtOnce,
    /// Once the modem is registered or refused, or the time is up.
    Settled,
}

/// What a command answers that the network refuses: `"cause"`, `"error"`, `"ok"`, `"silent"`, or a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusedAnswer {
    /// `+CME ERROR: <100 + cause>` where TS 27.007 has that number, else 30 or 32 as the service is.
    Cause,
    /// `ERROR`
    Error,
    /// `OK`, and nothing has changed.
    Ok,
    /// Nothing, until `timing.answer` is over; then the error of a missing network.
    Silent,
    /// `+CME ERROR: <number>`
    Number(u16),
}

impl<'de> Deserialize<'de> for RefusedAnswer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl Visitor<'_> for Any {
            type Value = RefusedAnswer;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("\"cause\", \"error\", \"ok\", \"silent\" or the number of an error")
            }

            fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<RefusedAnswer, E> {
                u16::try_from(number)
                    .map(RefusedAnswer::Number)
                    .map_err(|_| E::invalid_value(Unexpected::Signed(number), &self))
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<RefusedAnswer, E> {
                match text {
                    "cause" => Ok(RefusedAnswer::Cause),
                    "error" => Ok(RefusedAnswer::Error),
                    "ok" => Ok(RefusedAnswer::Ok),
                    "silent" => Ok(RefusedAnswer::Silent),
                    _ => text
                        .parse()
                        .map(RefusedAnswer::Number)
                        .map_err(|_| E::invalid_value(Unexpected::Str(text), &self)),
                }
            }
        }
        deserializer.deserialize_any(Any)
    }
}

/// The number of a `+CME ERROR`: `149`, or `"149"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ErrorNumber(pub u16);

impl<'de> Deserialize<'de> for ErrorNumber {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match RefusedAnswer::deserialize(deserializer)? {
            RefusedAnswer::Number(number) => Ok(Self(number)),
            RefusedAnswer::Cause | RefusedAnswer::Error | RefusedAnswer::Ok | RefusedAnswer::Silent => {
                Err(D::Error::custom("expected the number of an error"))
            }
        }
    }
}

/// A number in hexadecimal digits: `"00A1"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Hex(pub u64);

impl<'de> Deserialize<'de> for Hex {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        // 36 bits is the widest there is: the NR cell identity.
        match u64::from_str_radix(&text, 16) {
            Ok(number) if text.len() <= 10 && !text.starts_with('+') && number < 1 << 36 => Ok(Self(number)),
            Ok(_) | Err(_) => {
                Err(D::Error::invalid_value(Unexpected::Str(&text), &"up to ten hexadecimal digits, such as \"00A1\""))
            }
        }
    }
}

/// A PLMN in digits: `"00101"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code(pub Plmn);

impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Plmn::parse(&text)
            .map(Self)
            .map_err(|_| D::Error::invalid_value(Unexpected::Str(&text), &"MCC and MNC in 5 or 6 digits"))
    }
}

/// Where a card roams whose network is the only one in reach: of the test networks, ITU-T E.212's 999.
const ELSEWHERE: [&str; 2] = ["99970", "99971"];

/// The cause of a refusal of which nothing is said: Illegal UE.
const ILLEGAL_UE: u8 = 3;

impl NetworkProfile {
    /// Makes of `registration` what it says in the keys around it; `home` is the card's network.
    pub(in crate::modem) fn settle(&mut self, home: Option<Plmn>) {
        match self.registration {
            Standing::Auto | Standing::Searching => {}
            Standing::Home => self.plmn = home.map_or(self.plmn, Code),
            Standing::Roaming => {
                if Some(self.plmn.0) == home {
                    self.leave();
                }
            }
            Standing::Denied => {
                if self.deny == 0 {
                    self.deny = ILLEGAL_UE;
                }
            }
        }
    }

    /// The modem is carried from its cell into another operator's.
    fn leave(&mut self) {
        let own = self.plmn;
        if let Some(at) = self.neighbours.iter().position(|other| other.plmn != own) {
            let NeighbourProfile { operator, operator_short, plmn, tech, area, cell, forbidden: _ } =
                self.neighbours.remove(at);
            (self.operator, self.operator_short, self.plmn) = (operator, operator_short, plmn);
            (self.tech, self.area, self.cell) = (tech, area, cell);
            return;
        }
        let mut others = ELSEWHERE.into_iter().filter_map(|digits| Plmn::parse(digits).ok());
        if let Some(plmn) = others.find(|&plmn| plmn != own.0) {
            (self.operator, self.operator_short, self.plmn) = (plmn.to_string(), plmn.to_string(), Code(plmn));
        }
    }

    /// The domains in which a modem registers in a cell of this technology.
    #[must_use]
    pub(super) fn domains_of(&self, tech: Tech) -> Domains {
        let lte = |combined: bool| {
            let ps = self.show.cgreg_in_lte == CgregInLte::Follows;
            [(Domain::Cs, combined), (Domain::Ps, ps), (Domain::Eps, true)]
                .into_iter()
                .filter_map(|(domain, has)| has.then_some(domain))
                .collect()
        };
        match tech {
            Tech::Gsm | Tech::Utran => [Domain::Cs, Domain::Ps].into_iter().collect(),
            Tech::Lte | Tech::LteM => lte(self.show.combined_attach),
            Tech::NbIot => lte(false),
            Tech::Nr => Domains::only(Domain::FiveGs),
        }
    }

    /// Every domain that the modem has.
    #[must_use]
    pub(super) fn domains(&self) -> Domains {
        self.techs.iter().fold(Domains::NONE, |all, &tech| all.and(self.domains_of(tech)))
    }

    /// `<AcT>` as this modem writes it.
    #[must_use]
    pub(super) fn act(&self, tech: Tech) -> AccessTechnology {
        match tech {
            Tech::LteM => AccessTechnology::from_number(self.show.act_lte_m),
            Tech::Gsm | Tech::Utran | Tech::Lte | Tech::NbIot | Tech::Nr => tech.act(),
        }
    }
}
