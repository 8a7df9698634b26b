//! What is known of a board at the end, and on the way there: one record a board, which every report is made from.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::fault::{Fault, Kind};
use super::measure::Measurement;
use super::settings::Step;
use crate::identity::{Eid, Iccid, Imsi, Spelling};
use crate::modem::Tick;
use crate::register::assess::Veil;

/// What a board came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Nothing speaks against it.
    Pass,
    /// It passes, and deserves a look.
    Warn,
    /// It does not.
    Fail,
    /// The bench is at fault; nothing is said about the board.
    Error,
    /// Somebody ended the program while it was at work on the board.
    Interrupted,
}

impl Verdict {
    /// `pass`, `warn`, `fail`, `error` or `interrupted`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Warn => "warn",
            Self::Fail => "fail",
            Self::Error => "error",
            Self::Interrupted => "interrupted",
        }
    }

    /// Whether the board need not be done again.
    pub fn is_passed(self) -> bool {
        match self {
            Self::Pass | Self::Warn => true,
            Self::Fail | Self::Error | Self::Interrupted => false,
        }
    }
}

/// How a fact stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// It was read.
    Read,
    /// The module has no command that tells it. Never a failure by itself.
    NotOffered,
    /// The module, or its card, refused to tell it: the value is its error.
    Refused,
    /// Something came that is no such thing.
    Unread,
}

/// One thing that was read from a board, or could not be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// Its stable name: `imei`.
    pub name: String,
    /// How it stands.
    pub standing: Standing,
    /// Its value, the error or what came; empty where nothing was offered.
    pub value: String,
}

/// One setting that decides where a board may register.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setting {
    /// The command that was asked: `AT+CNMP?`.
    pub command: String,
    /// Its answer; the lines of a longer one parted by ` | `.
    pub value: String,
    /// Whether that keeps the board from networks it could use.
    pub restricts: bool,
}

/// A verdict of the check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remark {
    /// `blocked`, `tac-test`: the codes of the register's dimensions.
    pub code: String,
    /// `note`, `warning` or `error`.
    pub severity: String,
    /// In words.
    pub words: String,
}

/// A step as it was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// `identify`.
    pub step: String,
    /// In which attempt, from 1 on.
    pub attempt: u32,
    /// When it began, in milliseconds since the board's time began.
    pub from_ms: u64,
    /// When it ended.
    pub to_ms: u64,
    /// Whether it went through.
    pub is_done: bool,
}

/// Something that happened at a moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// When, in milliseconds since the board's time began.
    pub at_ms: u64,
    /// What, in words or as it came.
    pub text: String,
}

/// How the network took it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// Whether it is registered where packets are carried.
    pub is_registered: bool,
    /// Each domain that the board reports, with its state in words.
    pub domains: Vec<(String, String)>,
    /// The operator.
    #[serde(default)]
    pub operator: Option<String>,
    /// The reject cause as its table has it: `#6 Illegal ME`.
    #[serde(default)]
    pub cause: Option<String>,
    /// The command that told it: `+CEREG`.
    #[serde(default)]
    pub cause_from: Option<String>,
    /// Who refused: `device`, `SIM`, `subscription`, `APN`, `roaming`, `radio`, `network` or `configuration`.
    #[serde(default)]
    pub refused_by: Option<String>,
    /// The packet data connections that are there: the access point and the kind of address.
    #[serde(default)]
    pub connections: Vec<String>,
}

/// All that is known of a board.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Its name in the map, or its port.
    pub board: String,
    /// Its port.
    pub port: String,
    /// The verdict, once there is one.
    pub verdict: Verdict,
    /// When it was begun; by RFC 3339 in text.
    #[serde(with = "moment")]
    pub started: Timestamp,
    /// How long it took, in milliseconds.
    pub took_ms: u64,
    /// How often it was tried.
    pub attempts: u32,
    /// Whether the verdict is that of an earlier run, and the board was only recognised.
    #[serde(default)]
    pub is_resumed: bool,
    /// What went wrong, and decided.
    pub faults: Vec<Fault>,
    /// What went wrong and was tried again.
    pub retried: Vec<Fault>,
    /// What was read.
    pub facts: Vec<Fact>,
    /// How it is set up.
    pub configuration: Vec<Setting>,
    /// What the check says.
    pub remarks: Vec<Remark>,
    /// How the network took it; nothing where it was not asked to attach.
    #[serde(default)]
    pub attachment: Option<Attachment>,
    /// What was measured.
    pub measurements: Vec<Measurement>,
    /// The card's link in the fleet: `linked`.
    #[serde(default)]
    pub link: Option<String>,
    /// What else is worth knowing.
    pub notes: Vec<String>,
    /// The steps in the order in which they were done.
    pub steps: Vec<Done>,
    /// What happened when.
    pub marks: Vec<Mark>,
    /// The file with all that was said.
    #[serde(default)]
    pub transcript: Option<String>,
}

impl Record {
    /// A board of which nothing is known yet.
    pub fn new(board: &str, port: &str, started: Timestamp) -> Self {
        Self {
            board: board.to_owned(),
            port: port.to_owned(),
            verdict: Verdict::Interrupted,
            started,
            took_ms: 0,
            attempts: 0,
            is_resumed: false,
            faults: Vec::new(),
            retried: Vec::new(),
            facts: Vec::new(),
            configuration: Vec::new(),
            remarks: Vec::new(),
            attachment: None,
            measurements: Vec::new(),
            link: None,
            notes: Vec::new(),
            steps: Vec::new(),
            marks: Vec::new(),
            transcript: None,
        }
    }

    /// A fact's value, where it was read.
    pub fn fact(&self, name: &str) -> Option<&str> {
        let fact = self.facts.iter().find(|fact| fact.name == name)?;
        (fact.standing == Standing::Read).then_some(fact.value.as_str())
    }

    /// The fault that decides: the first that is not the bench's, else the first.
    pub fn fault(&self) -> Option<&Fault> {
        self.faults.iter().find(|fault| fault.kind != Kind::Bench).or(self.faults.first())
    }

    /// What it took.
    pub fn took(&self) -> Duration {
        Duration::from_millis(self.took_ms)
    }

    /// What an attempt that failed has read is told no more: the next one reads it anew.
    pub(super) fn begin(&mut self, attempt: u32) {
        let fresh = Self::new(&self.board, &self.port, self.started);
        let old = std::mem::replace(self, fresh);
        (self.attempts, self.retried, self.steps, self.marks) = (attempt, old.retried, old.steps, old.marks);
        self.transcript = old.transcript;
    }

    pub(super) fn put(&mut self, name: &str, standing: Standing, value: impl Into<String>) {
        let fact = Fact { name: name.to_owned(), standing, value: value.into() };
        match self.facts.iter_mut().find(|known| known.name == name) {
            Some(known) => *known = fact,
            None => self.facts.push(fact),
        }
    }

    pub(super) fn mark(&mut self, at: Tick, text: impl Into<String>) {
        /// Of a board that talks without end the first ones are kept.
        const MOST: usize = 200;
        if self.marks.len() < MOST {
            self.marks.push(Mark { at_ms: at.as_micros() / 1000, text: text.into() });
        }
    }

    /// The verdict that follows from the faults and remarks.
    pub(super) fn judge(&mut self) {
        self.verdict = match () {
            () if self.faults.iter().any(|fault| fault.kind != Kind::Bench) => Verdict::Fail,
            () if !self.faults.is_empty() => Verdict::Error,
            () if self.remarks.iter().any(|remark| remark.severity == "warning") => Verdict::Warn,
            () => Verdict::Pass,
        };
    }

    /// The same record as a report may show it.
    #[must_use]
    pub fn veiled(&self, veil: &mut Veil) -> Self {
        let mut shown = self.clone();
        for fact in &mut shown.facts {
            fact.value = veiled(veil, &fact.name, &fact.value);
        }
        for fault in shown.faults.iter_mut().chain(&mut shown.retried) {
            fault.words = veil.foreign(&fault.words);
        }
        for words in shown.remarks.iter_mut().map(|remark| &mut remark.words) {
            *words = veil.foreign(words);
        }
        for text in shown.configuration.iter_mut().map(|setting| &mut setting.value) {
            *text = veiled(veil, "", text);
        }
        for text in shown.notes.iter_mut().chain(shown.marks.iter_mut().map(|mark| &mut mark.text)) {
            *text = veiled(veil, "", text);
        }
        shown
    }
}

fn veiled(veil: &mut Veil, name: &str, value: &str) -> String {
    let parsed = match name {
        "imei" | "serial" | "imeisv" => Spelling::parse(value).ok().map(|spelling| veil.equipment(spelling.equipment)),
        "iccid" => Iccid::parse(value).ok().map(|iccid| veil.iccid(iccid)),
        "imsi" => Imsi::parse(value).ok().map(|imsi| veil.imsi(imsi)),
        "eid" => Eid::parse(value).ok().filter(|eid| eid.is_test()).map(|eid| eid.to_string()),
        // Versions have long numbers too; an identity has fourteen digits or more.
        _ if longest_number(value) < 10 => return clean(value),
        _ => return veil.foreign(value),
    };
    parsed.unwrap_or_else(|| veil.unread(value))
}

fn longest_number(text: &str) -> usize {
    text.split(|letter: char| !letter.is_ascii_digit()).map(str::len).max().unwrap_or(0)
}

fn clean(text: &str) -> String {
    text.chars()
        .flat_map(|letter| if letter.is_control() { letter.escape_default().collect::<Vec<_>>() } else { vec![letter] })
        .collect()
}

/// A moment in text.
mod moment {
    use jiff::Timestamp;
    use serde::{Deserialize, Deserializer, Serializer, de};

    pub(super) fn serialize<S: Serializer>(at: &Timestamp, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(at)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Timestamp, D::Error> {
        String::deserialize(from)?.parse().map_err(de::Error::custom)
    }
}

/// What is told while a board is at work.
#[derive(Debug, Clone, PartialEq)]
pub enum Progress {
    /// It is its turn.
    Begun,
    /// A step begins.
    Step(Step),
    /// An attempt failed by the bench's fault, and is made again.
    Again {
        /// Which attempt comes, from 2 on.
        attempt: u32,
        /// Of how many.
        of: u32,
        /// What went wrong.
        fault: Fault,
    },
    /// It has a verdict.
    Done(Box<Record>),
    /// Its verdict has changed by what came out about another board.
    Amended(Box<Record>),
}
