//! Reports of what is not a list's: conditions, links, duplicates. In words and as JSON.

use super::sign::Degree;
use crate::identity::{Iccid, Imei, ImeiKey, Imsi};
use crate::register::assess::{MatchingRatioError, Veil};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::fmt::Write as _;

/// A device, and what masked reports call it: the same number in all reports of a register.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    pub(super) device: u64,
    pub(super) name: i64,
}

impl Named {
    pub(super) fn new(key: ImeiKey, name: i64) -> Self {
        Self { device: key.number(), name }
    }

    /// The device.
    pub fn key(&self) -> Option<ImeiKey> {
        ImeiKey::new(self.device)
    }

    /// As it is shown.
    pub(super) fn shown(&self, reveal: bool) -> String {
        match self.key() {
            Some(key) if reveal || key.is_test() || key.default_of().is_some() => Imei::of(key).to_string(),
            // Not the names that a report's veil gives: those begin anew with each report.
            Some(_) | None => format!("{{device_{}}}", self.name),
        }
    }
}

/// A condition began to hold for a device, to block it, or ceased to hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    /// Which device.
    pub device: Named,
    /// Its label, where the fleet has one.
    pub label: Option<String>,
    /// The condition's name.
    pub condition: String,
    /// What was told of it before.
    pub was: Degree,
    /// What it is now.
    pub is: Degree,
    /// Since when it holds, in seconds since 1970; `None` where it ceased.
    pub since: Option<i64>,
    /// From when on it will block, in seconds since 1970.
    pub until: Option<i64>,
    /// Why there is such a condition.
    pub reason: Option<String>,
}

/// A card that is bound to a device was seen in another, or is no longer held to be away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Differed {
    /// The device that the card is bound to.
    pub device: Named,
    /// Its label, where the fleet has one.
    pub label: Option<String>,
    /// Whether it is over: the card was linked anew, armed or unlinked.
    pub is_over: bool,
    /// The card.
    pub iccid: Option<String>,
    /// Its subscription.
    pub imsi: Option<String>,
    /// The device that it was last seen in.
    pub seen: Option<Named>,
}

/// Several devices seem to have one number, or no longer do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Duplicate {
    /// The number.
    pub device: Named,
    /// Its label, where the fleet has one.
    pub label: Option<String>,
    /// Whether it is over.
    pub is_over: bool,
    /// With how many cards it came; 0 where that is not why.
    pub cards: usize,
    /// The two places that it was in at one time.
    pub places: Option<(String, String)>,
}

/// A condition would hold for too much of the fleet, and its devices are not told one by one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ConditionAlarm {
    /// The condition's name.
    pub condition: String,
    /// Whether it is one that blocks.
    pub is_blocking: bool,
    /// For how many devices it would begin to hold.
    pub hit: u64,
    /// Of how many.
    pub fleet: u64,
    /// The part of the fleet that is allowed, 0 to 1; `None` where it is over.
    pub limit: Option<f64>,
}

fn moment(seconds: i64) -> Option<Timestamp> {
    Timestamp::from_second(seconds).ok()
}

fn day(seconds: Option<i64>) -> String {
    seconds.and_then(moment).map(|at| at.strftime("%Y-%m-%d").to_string()).unwrap_or_default()
}

fn labelled(device: Named, label: Option<&str>, reveal: bool, veil: &mut Veil) -> String {
    let shown = device.shown(reveal);
    label.map_or_else(|| shown.clone(), |label| format!("{shown} ({})", veil.foreign(label)))
}

impl Condition {
    /// `condition-holds`, `condition-grace`, `condition-blocks` or `condition-over`.
    pub fn word(&self) -> &'static str {
        match self.is {
            Degree::None => "condition-over",
            Degree::Holds => "condition-holds",
            Degree::InGrace => "condition-grace",
            Degree::Blocks => "condition-blocks",
        }
    }

    pub(super) fn line(&self, reveal: bool, veil: &mut Veil) -> String {
        let mut line = labelled(self.device, self.label.as_deref(), reveal, veil);
        let _ = write!(line, ": {} ", veil.foreign(&self.condition));
        line += &match self.is {
            Degree::None => format!("ceased to hold, was {}", self.was),
            Degree::Holds => format!("holds, met since {}", day(self.since)),
            Degree::InGrace => format!("blocks from {} on, met since {}", day(self.until), day(self.since)),
            Degree::Blocks => format!("blocks, met since {}", day(self.since)),
        };
        if let Some(reason) = &self.reason {
            let _ = write!(line, ": {}", veil.foreign(reason));
        }
        line
    }

    pub(super) fn object(&self, reveal: bool, veil: &mut Veil) -> Value {
        let time = |seconds: Option<i64>| seconds.and_then(moment).map(|at| at.to_string());
        json!({
            "device": self.device.shown(reveal), "label": self.label.as_deref().map(|label| veil.foreign(label)),
            "condition": veil.foreign(&self.condition), "was": self.was.word(), "is": self.is.word(),
            "since": time(self.since), "until": time(self.until),
            "reason": self.reason.as_deref().map(|reason| veil.foreign(reason)),
        })
    }
}

impl Differed {
    /// `differed` or `differed-over`.
    pub fn word(&self) -> &'static str {
        if self.is_over { "differed-over" } else { "differed" }
    }

    fn iccid(&self, veil: &mut Veil) -> Option<String> {
        self.iccid.as_deref().and_then(|text| Iccid::parse(text).ok()).map(|iccid| veil.iccid(iccid))
    }

    fn imsi(&self, veil: &mut Veil) -> Option<String> {
        self.imsi.as_deref().and_then(|text| Imsi::parse(text).ok()).map(|imsi| veil.imsi(imsi))
    }

    pub(super) fn line(&self, reveal: bool, veil: &mut Veil) -> String {
        let mut line = labelled(self.device, self.label.as_deref(), reveal, veil);
        let card: Vec<String> = [
            self.iccid(veil).map(|iccid| format!("ICCID {iccid}")),
            self.imsi(veil).map(|imsi| format!("IMSI {imsi}")),
        ]
        .into_iter()
        .flatten()
        .collect();
        let card = if card.is_empty() { "a card".to_owned() } else { card.join(", ") };
        line += &match (self.is_over, &self.seen) {
            (true, _) => format!(": its card {card} is no longer held to be away"),
            (false, Some(seen)) => format!(": its card {card} was seen in {}", seen.shown(reveal)),
            (false, None) => format!(": its card {card} was seen in another device"),
        };
        line
    }

    pub(super) fn object(&self, reveal: bool, veil: &mut Veil) -> Value {
        json!({
            "device": self.device.shown(reveal), "label": self.label.as_deref().map(|label| veil.foreign(label)),
            "iccid": self.iccid(veil), "imsi": self.imsi(veil), "seen": self.seen.map(|seen| seen.shown(reveal)),
        })
    }
}

impl Duplicate {
    /// `duplicate` or `duplicate-over`.
    pub fn word(&self) -> &'static str {
        if self.is_over { "duplicate-over" } else { "duplicate" }
    }

    pub(super) fn line(&self, reveal: bool, veil: &mut Veil) -> String {
        let line = labelled(self.device, self.label.as_deref(), reveal, veil);
        let cards = (self.cards > 0).then(|| format!("came with {} cards", self.cards));
        let places = self
            .places
            .as_ref()
            .map(|(one, other)| format!("was at {} and {} at one time", veil.foreign(one), veil.foreign(other)));
        let why: Vec<String> = cards.into_iter().chain(places).collect();
        match self.is_over {
            true => format!("{line}: nothing says any more that several devices have its number"),
            false => format!("{line}: several devices may have its number: it {}", why.join(" and ")),
        }
    }

    pub(super) fn object(&self, reveal: bool, veil: &mut Veil) -> Value {
        json!({
            "device": self.device.shown(reveal), "label": self.label.as_deref().map(|label| veil.foreign(label)),
            "cards": self.cards,
            "places": self.places.as_ref().map(|(one, other)| [veil.foreign(one), veil.foreign(other)]),
        })
    }
}

impl ConditionAlarm {
    pub(super) fn line(&self, veil: &mut Veil) -> String {
        let what = format!("the condition {}", veil.foreign(&self.condition));
        match self.limit {
            Some(limit) => {
                let error = MatchingRatioError { what, hit: self.hit, fleet: self.fleet, limit };
                format!("{error}; they are not told one by one")
            }
            None => format!("{what} no longer hits too much of the fleet, or may"),
        }
    }

    pub(super) fn object(&self, veil: &mut Veil) -> Value {
        json!({ "condition": veil.foreign(&self.condition), "hit": self.hit, "fleet": self.fleet, "limit": self.limit })
    }
}
