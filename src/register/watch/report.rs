//! One report, in words and as JSON.

use super::plan::State;
use super::sign::Degree;
use super::told::{Condition, ConditionAlarm, Differed, Duplicate};
use crate::identity::{Imei, ImeiKey};
use crate::register::assess::{MatchingRatioError, Veil};
use crate::register::{Entry, List};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::fmt::Write as _;

/// One report.
///
/// Whoever hears of it twice knows it by its id: two reports of one id have the same words.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// Its number, in the order in which they came about.
    pub number: i64,
    /// What it is known by: the register's own word, and the number.
    pub id: String,
    /// When the change was found.
    pub at: Timestamp,
    /// The act up to which the register was known then.
    pub generation: i64,
    /// What it says.
    pub event: Event,
}

/// What a report says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Event {
    /// A device became something else.
    Move(Move),
    /// A list hits too much of the fleet, and its devices are not told one by one.
    Alarm(Alarm),
    /// It no longer does.
    AlarmOver(Alarm),
    /// A condition began to hold for a device, to block it, or ceased to hold.
    Condition(Condition),
    /// A card of a device was seen in another, or is no longer held to be away.
    Differed(Differed),
    /// Several devices seem to have one number, or no longer do.
    Duplicate(Duplicate),
    /// A condition holds for too much of the fleet, and its devices are not told one by one; or it no longer does.
    ConditionAlarm(ConditionAlarm),
}

/// A device became something else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Move {
    /// The fourteen digits of the device.
    pub(super) device: u64,
    /// What masked reports call it: the same number in all reports of a register.
    pub(super) name: i64,
    /// Its label, where the fleet has one.
    pub label: Option<String>,
    /// What was told of it before.
    pub was: State,
    /// What it is now.
    pub is: State,
    /// What decides so; `None` where nothing does any more.
    pub cause: Option<Cause>,
}

/// The row that decides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cause {
    /// Whose row it is.
    pub source: String,
    /// What it is about: the device, its TAC, a range…
    pub entry: String,
    /// Why it stands there.
    pub reason: Option<String>,
}

/// A list that hits too much of the fleet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Alarm {
    /// `block` or `track`.
    list: String,
    /// Whose list it is.
    pub source: String,
    /// How many devices it would change.
    pub hit: u64,
    /// Of how many.
    pub fleet: u64,
    /// The part of the fleet that is allowed, 0 to 1; `None` where it is over.
    pub limit: Option<f64>,
}

impl Move {
    pub(super) fn new(key: ImeiKey, name: i64, was: State, is: State) -> Self {
        Self { device: key.number(), name, label: None, was, is, cause: None }
    }

    /// The device.
    pub fn key(&self) -> Option<ImeiKey> {
        ImeiKey::new(self.device)
    }

    /// `blocked`, `tracked` or `cleared`.
    pub fn word(&self) -> &'static str {
        match self.is {
            State::Clear => "cleared",
            State::Tracked => "tracked",
            State::Blocked => "blocked",
        }
    }

    /// The device as it is shown.
    fn shown(&self, reveal: bool) -> String {
        match self.key() {
            Some(key) if reveal || key.is_test() || key.default_of().is_some() => Imei::of(key).to_string(),
            // Not the names that a report's veil gives: those begin anew with each report.
            Some(_) | None => format!("{{device_{}}}", self.name),
        }
    }

    /// What the row that decides is about, as it is shown.
    fn entry(&self, cause: &Cause, reveal: bool, veil: &mut Veil) -> String {
        match Entry::parse(&cause.entry) {
            Ok(Entry::Device(key)) if Some(key) == self.key() => self.shown(reveal),
            Ok(Entry::Pair(key, imsi)) if Some(key) == self.key() => {
                format!("{}+{}", self.shown(reveal), veil.imsi(imsi))
            }
            Ok(entry @ (Entry::Device(_) | Entry::Pair(..) | Entry::Range { .. } | Entry::Tac(_))) => {
                veil.subject(&entry.into())
            }
            // A keyed hash, which tells nobody anything.
            Err(_) => cause.entry.clone(),
        }
    }
}

impl Alarm {
    pub(super) fn new(list: List, source: &str, hit: u64, fleet: u64, limit: Option<f64>) -> Self {
        Self { list: list.word().to_owned(), source: source.to_owned(), hit, fleet, limit }
    }

    /// The list.
    pub fn list(&self) -> Option<List> {
        List::ALL.into_iter().find(|list| list.word() == self.list)
    }
}

impl Report {
    /// `blocked`, `tracked`, `cleared`, `alarm` or `alarm-over`; `condition-holds`, `condition-grace`, `condition-blocks` or
    /// `condition-over`; `differed`, `duplicate`, `condition-alarm`, each with its `-over`.
    pub fn word(&self) -> &'static str {
        match &self.event {
            Event::Move(change) => change.word(),
            Event::Alarm(_) => "alarm",
            Event::AlarmOver(_) => "alarm-over",
            Event::Condition(told) => told.word(),
            Event::Differed(told) => told.word(),
            Event::Duplicate(told) => told.word(),
            Event::ConditionAlarm(told) if told.limit.is_some() => "condition-alarm",
            Event::ConditionAlarm(_) => "condition-alarm-over",
        }
    }

    /// Whether something became blocked, one by one or by the list, by a list or a condition; or a card has left its device, or
    /// a number is found to be several devices'.
    pub fn is_blocking(&self) -> bool {
        match &self.event {
            Event::Move(change) => change.is == State::Blocked,
            Event::Alarm(alarm) => alarm.list() == Some(List::Block),
            Event::AlarmOver(_) => false,
            Event::Condition(told) => told.is == Degree::Blocks,
            Event::Differed(told) => !told.is_over,
            Event::Duplicate(told) => !told.is_over,
            Event::ConditionAlarm(told) => told.is_blocking && told.limit.is_some(),
        }
    }

    /// In words, on one line. Identities of real devices are shown as `{device_7}` unless `reveal` is set, in all reports of
    /// a register the same for the same.
    pub fn line(&self, reveal: bool) -> String {
        let mut veil = Veil::new(reveal);
        let mut line = format!("{}  {:<10}  ", self.at.strftime("%Y-%m-%d %H:%M:%SZ"), self.word());
        match &self.event {
            Event::Move(change) => {
                line += &change.shown(reveal);
                if let Some(label) = &change.label {
                    let _ = write!(line, " ({})", veil.foreign(label));
                }
                match &change.cause {
                    None => {
                        let _ = write!(line, ": it was {}", change.was);
                    }
                    Some(cause) => {
                        let entry = change.entry(cause, reveal, &mut veil);
                        let own = if entry == change.shown(reveal) { String::new() } else { format!(", by {entry}") };
                        let list = if change.is == State::Tracked { List::Track } else { List::Block };
                        let _ = write!(line, ": on the {list} list of {}{own}", veil.foreign(&cause.source));
                        if let Some(reason) = &cause.reason {
                            let _ = write!(line, ": {}", veil.foreign(reason));
                        }
                    }
                }
            }
            Event::Alarm(alarm) => {
                let what = format!("the {} list of {}", alarm.list, veil.foreign(&alarm.source));
                let (hit, fleet, limit) = (alarm.hit, alarm.fleet, alarm.limit.unwrap_or_default());
                let _ =
                    write!(line, "{}; they are not told one by one", MatchingRatioError { what, hit, fleet, limit });
            }
            Event::AlarmOver(alarm) => {
                let _ = write!(
                    line,
                    "the {} list of {} no longer hits too much of the fleet, or may",
                    alarm.list,
                    veil.foreign(&alarm.source)
                );
            }
            Event::Condition(told) => line += &told.line(reveal, &mut veil),
            Event::Differed(told) => line += &told.line(reveal, &mut veil),
            Event::Duplicate(told) => line += &told.line(reveal, &mut veil),
            Event::ConditionAlarm(told) => line += &told.line(&mut veil),
        }
        line
    }

    /// As JSON: one object, with the same fields in every report of a kind.
    pub fn object(&self, reveal: bool) -> Value {
        let mut veil = Veil::new(reveal);
        let mut object = json!({
            "id": self.id, "number": self.number, "at": self.at.to_string(), "generation": self.generation, "event": self.word(),
        });
        let more = match &self.event {
            Event::Move(change) => json!({
                "device": change.shown(reveal),
                "label": change.label.as_deref().map(|label| veil.foreign(label)),
                "was": change.was.word(),
                "is": change.is.word(),
                "source": change.cause.as_ref().map(|cause| veil.foreign(&cause.source)),
                "entry": change.cause.as_ref().map(|cause| change.entry(cause, reveal, &mut veil)),
                "reason": change.cause.as_ref().and_then(|cause| cause.reason.as_deref()).map(|reason| veil.foreign(reason)),
            }),
            Event::Alarm(alarm) | Event::AlarmOver(alarm) => json!({
                "list": alarm.list, "source": veil.foreign(&alarm.source), "hit": alarm.hit, "fleet": alarm.fleet,
                "limit": alarm.limit,
            }),
            Event::Condition(told) => told.object(reveal, &mut veil),
            Event::Differed(told) => told.object(reveal, &mut veil),
            Event::Duplicate(told) => told.object(reveal, &mut veil),
            Event::ConditionAlarm(told) => told.object(&mut veil),
        };
        if let (Value::Object(object), Value::Object(more)) = (&mut object, more) {
            object.extend(more);
        }
        object
    }
}
