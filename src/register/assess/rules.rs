//! The rules by which devices are assessed, as they are written down.

use super::condition::{Condition, Term};
use super::dimension::Dimension;
use super::judge::MOST_CARDS;
use super::stop::{MatchingRatio, SizeLimit};
use crate::identity::{Severity, Tac};
use crate::register::{Action, CausesOf, Policy, place};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::ops::Range;
use toml::Spanned;

/// How much a dimension weighs.
///
/// In text: `ignore`, `note`, `warning` or `error`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Weight {
    /// Nothing: it is not told. Conditions still see it.
    Ignore,
    /// It is told.
    Note,
    /// The device passes with a warning.
    Warning,
    /// The device fails.
    Error,
}

impl Weight {
    /// How severe that is; `None`: not at all.
    pub fn severity(self) -> Option<Severity> {
        match self {
            Self::Ignore => None,
            Self::Note => Some(Severity::Note),
            Self::Warning => Some(Severity::Warning),
            Self::Error => Some(Severity::Error),
        }
    }
}

/// How long after a TAC was given out it may be missing in TAC files, in days, by its reporting body.
///
/// A device is seen before its model is published: until so many days after it was seen first, an unknown TAC is only told.
/// Bodies that are not named have no lag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lags(BTreeMap<u8, u32>);

impl Default for Lags {
    /// 00: 32, 01: 40, 35: 20, 86: 19, 91: 20, 99: 69.
    fn default() -> Self {
        Self([(0, 32), (1, 40), (35, 20), (86, 19), (91, 20), (99, 69)].into())
    }
}

impl Lags {
    /// The lag of the body that gave out a TAC, in days.
    pub fn days(&self, tac: Tac) -> u32 {
        u8::try_from(tac.number() / 1_000_000).ok().and_then(|body| self.0.get(&body).copied()).unwrap_or(0)
    }
}

/// From when on several cards with one number are a duplicate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DuplicateCards {
    /// So many different cards are, 2 to 16.
    pub from: u8,
    /// Only cards that were seen in the last so many days count; without it all that the register remembers.
    pub within_days: Option<u32>,
}

impl Default for DuplicateCards {
    fn default() -> Self {
        Self { from: 2, within_days: None }
    }
}

/// The rules of a register.
///
/// In text, a TOML file; every key may be left out, and has here its default unless it is said otherwise:
///
/// ```toml
/// unknown   = "allow"           # allow, track, block, block-7, retry: policies as in a script's header
/// missing   = "allow"
/// malformed = "allow"
/// duplicate = "allow"
/// failure   = "allow"
/// causes    = { block = 6 }     # none: with which causes the network turns it away, as in a script's header
///
/// [severity]                    # none: each dimension weighs what it weighs
/// tac-test = "error"            # ignore, note, warning, error
///
/// [allocation_lag]              # days by reporting body, in place of the lag that it has
/// 35 = 20
///
/// [sources]                     # none: 0; the higher precedence decides
/// carrier-a = 10
///
/// [duplicate_cards]
/// from = 2                      # so many cards with one number are a duplicate, 2 to 16
/// within_days = 30              # none: ever
///
/// [import]
/// smallest_list = 0.75          # a full list has at least this part of the last one's entries
/// smallest_pairing = 0.95
///
/// [matching_ratio]
/// limit = 0.1                   # a list or condition hits at most this part of the fleet
/// smallest_fleet = 10           # of at least so many devices
///
/// [[condition]]                 # none
/// name = "unregistered"
/// when = ["not-registered", "not tac-test"]
/// grace_days = 14               # 0
/// blocking = true               # false: it only tells
/// sticky = false                # true: once met, it holds for good
/// reason = "register it first"
/// max_matching_ratio = 0.2      # the limit of [matching_ratio]
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Rules {
    /// What a network is answered where no list decides.
    pub policy: Policy,
    /// Whether the text itself says what is done with unknown equipment, in place of the policy's default.
    pub says_unknown: bool,
    weights: [Option<Weight>; Dimension::ALL.len()],
    /// How long an unknown TAC is only told.
    pub lags: Lags,
    /// The precedence of the sources that are named.
    pub sources: BTreeMap<String, i32>,
    /// When several cards are a duplicate.
    pub duplicate_cards: DuplicateCards,
    /// How much a full list may shrink.
    pub list_size: SizeLimit,
    /// How much a full pairing list may shrink.
    pub pairing_size: SizeLimit,
    /// How much of the fleet may be hit.
    pub matching_ratio: MatchingRatio,
    /// Conditions, in the order in which they are told.
    pub conditions: Vec<Condition>,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            policy: Policy::default(),
            says_unknown: false,
            weights: [None; Dimension::ALL.len()],
            lags: Lags::default(),
            sources: BTreeMap::new(),
            duplicate_cards: DuplicateCards::default(),
            list_size: SizeLimit::LIST,
            pairing_size: SizeLimit::PAIRING,
            matching_ratio: MatchingRatio::default(),
            conditions: Vec::new(),
        }
    }
}

impl Rules {
    /// A file of rules is no longer than this, in bytes.
    pub const LONGEST: usize = 1 << 20;

    /// What the rules let a dimension weigh; `None` where they say nothing of it.
    pub fn weight(&self, dimension: Dimension) -> Option<Weight> {
        self.weights[dimension.place()]
    }

    /// Lets a dimension weigh so much.
    pub fn set_weight(&mut self, dimension: Dimension, weight: Weight) {
        self.weights[dimension.place()] = Some(weight);
    }

    /// Reads a TOML file's text.
    ///
    /// # Errors
    /// It is longer than [`LONGEST`](Self::LONGEST), is no TOML, has an unknown key or dimension, or a value out of its
    /// range; with its place.
    pub fn from_toml(text: &str) -> Result<Self, RulesError> {
        let reader = Reader { text };
        if text.len() > Self::LONGEST {
            let message = format!("a file of rules has at most {} bytes, this has {}", Self::LONGEST, text.len());
            return Err(reader.error(0..0, message, HELP));
        }
        let written: Written = toml::from_str(text).map_err(|error| {
            let (span, message) = place::of_toml(&error);
            reader.error(span, message, HELP)
        })?;
        reader.rules(written)
    }
}

/// Why a text is no set of rules, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{line}:{column}: {message}")]
pub struct RulesError {
    /// The line, counted from 1.
    pub line: usize,
    /// The column, counted from 1 in characters.
    pub column: usize,
    /// What is wrong, a lowercase fragment.
    pub message: String,
    /// The bytes that it is about.
    pub span: Range<usize>,
    help: &'static str,
}

impl RulesError {
    /// What to do next.
    pub fn help(&self) -> &'static str {
        self.help
    }
}

const HELP: &str = "keys are `unknown`, `missing`, `malformed`, `duplicate`, `failure` (allow, track, block, block-7 or retry) and `causes`; tables are \
                    [severity], [allocation_lag], [sources], [duplicate_cards], [import], [matching_ratio] and [[condition]]";
const DIMENSIONS: &str = "dimensions are malformed, check-digit, spare-digit, body-unknown, body-retired, tac-unknown, tac-test, default, \
                          blocked, tracked, not-registered, duplicate, pairing and label";

/// The file as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    unknown: Option<Action>,
    #[serde(default)]
    missing: Action,
    #[serde(default)]
    malformed: Action,
    #[serde(default)]
    duplicate: Action,
    #[serde(default)]
    failure: Action,
    #[serde(default)]
    causes: CausesOf,
    #[serde(default)]
    severity: BTreeMap<Spanned<String>, Weight>,
    #[serde(default)]
    allocation_lag: BTreeMap<Spanned<String>, u32>,
    #[serde(default)]
    sources: BTreeMap<Spanned<String>, i32>,
    #[serde(default)]
    duplicate_cards: WrittenCards,
    #[serde(default)]
    import: WrittenImport,
    #[serde(default)]
    matching_ratio: WrittenRatio,
    #[serde(default)]
    condition: Vec<WrittenCondition>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenCards {
    from: Option<Spanned<u8>>,
    within_days: Option<u32>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenImport {
    smallest_list: Option<Spanned<f64>>,
    smallest_pairing: Option<Spanned<f64>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenRatio {
    limit: Option<Spanned<f64>>,
    smallest_fleet: Option<u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenCondition {
    name: Spanned<String>,
    when: Spanned<Vec<Spanned<String>>>,
    #[serde(default)]
    grace_days: u32,
    #[serde(default)]
    blocking: bool,
    #[serde(default)]
    sticky: bool,
    reason: Option<String>,
    max_matching_ratio: Option<Spanned<f64>>,
}

/// Turns what is written into rules; knows the text for the places in it.
struct Reader<'a> {
    text: &'a str,
}

impl Reader<'_> {
    fn error(&self, span: Range<usize>, message: impl Into<String>, help: &'static str) -> RulesError {
        let (line, column) = place::of(self.text, &span);
        RulesError { line, column, message: message.into(), span, help }
    }

    fn rules(&self, written: Written) -> Result<Rules, RulesError> {
        let mut rules = Rules::default();
        rules.policy.unknown = written.unknown.unwrap_or_default();
        rules.says_unknown = written.unknown.is_some();
        rules.policy.missing = written.missing;
        rules.policy.malformed = written.malformed;
        rules.policy.duplicate = written.duplicate;
        rules.policy.failure = written.failure;
        rules.policy.causes = written.causes;
        for (code, weight) in written.severity {
            let dimension = code
                .get_ref()
                .parse()
                .map_err(|error: super::UnknownDimension| self.error(code.span(), error.to_string(), DIMENSIONS))?;
            rules.set_weight(dimension, weight);
        }
        for (body, days) in written.allocation_lag {
            let number = Some(body.get_ref())
                .filter(|text| text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit()))
                .and_then(|text| text.parse().ok())
                .ok_or_else(|| {
                    let message = format!("a reporting body has 2 digits, found `{}`", body.get_ref().escape_debug());
                    self.error(body.span(), message, "write the first two digits of the TAC: `35 = 20`")
                })?;
            rules.lags.0.insert(number, days);
        }
        for (name, precedence) in written.sources {
            if name.get_ref().trim().is_empty() {
                return Err(self.error(name.span(), "a source without a name", "write `carrier-a = 10`"));
            }
            rules.sources.insert(name.into_inner(), precedence);
        }
        if let Some(from) = written.duplicate_cards.from {
            if !(2..=MOST_CARDS).contains(&usize::from(*from.get_ref())) {
                let message = format!("expected 2 to {MOST_CARDS} cards, found {}", from.get_ref());
                return Err(self.error(from.span(), message, "one card with a number is no duplicate"));
            }
            rules.duplicate_cards.from = from.into_inner();
        }
        rules.duplicate_cards.within_days = written.duplicate_cards.within_days;
        if let Some(smallest) = self.part(written.import.smallest_list)? {
            rules.list_size = SizeLimit { smallest };
        }
        if let Some(smallest) = self.part(written.import.smallest_pairing)? {
            rules.pairing_size = SizeLimit { smallest };
        }
        rules.matching_ratio = rules.matching_ratio.or(self.part(written.matching_ratio.limit)?);
        if let Some(smallest) = written.matching_ratio.smallest_fleet {
            rules.matching_ratio.smallest_fleet = smallest;
        }
        for condition in written.condition {
            let (span, condition) = self.condition(condition)?;
            if rules.conditions.iter().any(|other| other.name == condition.name) {
                let message = format!("a second condition of the name `{}`", condition.name.escape_debug());
                return Err(self.error(span, message, "the register remembers by its name who met it since when"));
            }
            rules.conditions.push(condition);
        }
        Ok(rules)
    }

    /// A part of a whole, 0 to 1.
    fn part(&self, part: Option<Spanned<f64>>) -> Result<Option<f64>, RulesError> {
        match part {
            Some(part) if !(0.0..=1.0).contains(part.get_ref()) => {
                let message = format!("expected a part of the whole, 0 to 1, found {}", part.get_ref());
                Err(self.error(part.span(), message, "10 % is written 0.1"))
            }
            Some(part) => Ok(Some(part.into_inner())),
            None => Ok(None),
        }
    }

    fn condition(&self, written: WrittenCondition) -> Result<(Range<usize>, Condition), RulesError> {
        const WHEN: &str = "write `when = [\"not-registered\", \"not tac-test\"]`";
        let WrittenCondition { name, when, grace_days, blocking, sticky, reason, max_matching_ratio } = written;
        if name.get_ref().trim().is_empty() {
            return Err(self.error(
                name.span(),
                "a condition without a name",
                "name it: the register remembers by its name who met it",
            ));
        }
        let span = when.span();
        let mut terms: BTreeMap<Dimension, bool> = BTreeMap::new();
        let mut in_order = Vec::new();
        for text in when.into_inner() {
            let term: Term = text
                .get_ref()
                .parse()
                .map_err(|error: super::TermError| self.error(text.span(), error.to_string(), DIMENSIONS))?;
            match terms.entry(term.dimension) {
                Entry::Vacant(place) => {
                    place.insert(term.inverted);
                    in_order.push(term);
                }
                Entry::Occupied(other) if *other.get() == term.inverted => {
                    let message = format!("`{term}` stands there twice");
                    return Err(self.error(text.span(), message, WHEN));
                }
                Entry::Occupied(_) => {
                    let message = format!("`{}` and its inversion are never met together", term.dimension);
                    return Err(self.error(text.span(), message, WHEN));
                }
            }
        }
        if in_order.is_empty() {
            return Err(self.error(span, "a condition of no dimension would hold for every device", WHEN));
        }
        let max_matching_ratio = self.part(max_matching_ratio)?;
        let name_span = name.span();
        let name = name.into_inner();
        Ok((name_span, Condition { name, when: in_order, grace_days, blocking, sticky, reason, max_matching_ratio }))
    }
}
