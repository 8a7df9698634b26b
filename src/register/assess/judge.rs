//! The assessment itself.

use super::assessment::{Assessment, Held, Outcome, Remark, Standing};
use super::candidate::Candidate;
use super::condition::Condition;
use super::dimension::Dimension;
use super::facts::{Facts, Listing, Sighting};
use super::phrase::Phrase;
use super::rules::{Rules, Weight};
use crate::identity::{CheckDigit, Equipment, Finding, ImeiKey, Severity, Spelling};
use crate::register::{Answer, Entry, List, Reason, Subject, Verdict};
use jiff::{SignedDuration, Timestamp};

/// Says of a device what is true of it, and whether it passes.
///
/// What cannot be said for want of facts is left out, and named in [`Assessment::not_assessed`].
pub fn assess(candidate: &Candidate<'_>, facts: &dyn Facts, rules: &Rules) -> Assessment {
    let mut judge =
        Judge { candidate, facts, rules, remarks: Vec::new(), findings: Vec::new(), not_assessed: Vec::new() };
    let read = Spelling::parse(candidate.equipment);
    let equipment = read.as_ref().ok().map(|spelling| spelling.equipment);
    let key = equipment.and_then(Equipment::key);
    match &read {
        Ok(spelling) => judge.identity(spelling.equipment),
        Err(error) => judge.put(Dimension::Malformed, Phrase::new(error.to_string())),
    }
    let listing = judge.register(key);
    if let Ok(spelling) = &read {
        judge.label(spelling.equipment);
    } else {
        judge.not_assessed.push(Dimension::Label);
    }
    judge.finish(equipment, key, listing)
}

struct Judge<'a> {
    candidate: &'a Candidate<'a>,
    facts: &'a dyn Facts,
    rules: &'a Rules,
    remarks: Vec<Remark>,
    findings: Vec<Finding>,
    not_assessed: Vec<Dimension>,
}

impl Judge<'_> {
    fn put(&mut self, dimension: Dimension, words: Phrase) {
        self.weigh(dimension, dimension.severity(), words);
    }

    fn weigh(&mut self, dimension: Dimension, severity: Severity, words: Phrase) {
        self.remarks.push(Remark { dimension, severity, words, counts_from: None, listing: None });
    }

    /// What the identity says of itself.
    fn identity(&mut self, equipment: Equipment) {
        for finding in equipment.findings() {
            match dimension(&finding, equipment) {
                Some(dimension) => {
                    // The dimension's weight is the rule; a finding that is heavier keeps its own.
                    self.weigh(dimension, dimension.severity().max(finding.severity), Phrase::new(finding.text));
                }
                None => self.findings.push(finding),
            }
        }
    }

    /// What the register says of the device, and which row of the lists decides.
    fn register(&mut self, key: Option<ImeiKey>) -> Option<Listing> {
        use Dimension::{Blocked, Duplicate, NotRegistered, Pairing, TacUnknown, Tracked};
        let Some(key) = key else {
            self.not_assessed.extend([TacUnknown, Blocked, Tracked, NotRegistered, Duplicate, Pairing]);
            return None;
        };
        match self.facts.models(key.tac()) {
            Some(true) => {}
            Some(false) => self.unknown_model(key),
            None => self.not_assessed.push(TacUnknown),
        }
        let listing = self.facts.listed(key, self.candidate.imsi);
        if let Some(listing) = &listing {
            self.listed(listing);
        }
        match self.facts.registered(key) {
            Some(true) => {}
            Some(false) => self.put(NotRegistered, Phrase::new("it is not among the registered devices")),
            None => self.not_assessed.push(NotRegistered),
        }
        self.duplicate(key);
        self.pairing(key);
        listing
    }

    /// The subscription and the card, each where something says with which the device is paired.
    fn pairing(&mut self, key: ImeiKey) {
        let Candidate { imsi, iccid, now, .. } = *self.candidate;
        let imsi = imsi.and_then(|imsi| Some((imsi, self.facts.paired(key, imsi)?)));
        let iccid = iccid.and_then(|iccid| Some((iccid, self.facts.paired_card(key, iccid, now)?)));
        let subscription = || Phrase::new("it is paired with another subscription than ");
        match (imsi, iccid) {
            (None, None) => self.not_assessed.push(Dimension::Pairing),
            (None | Some((_, true)), None | Some((_, true))) => {}
            (Some((imsi, false)), None | Some((_, true))) => self.put(Dimension::Pairing, subscription().imsi(imsi)),
            (None | Some((_, true)), Some((iccid, false))) => {
                self.put(Dimension::Pairing, Phrase::new("it is paired with another card than ").iccid(iccid));
            }
            (Some((imsi, false)), Some((iccid, false))) => {
                self.put(Dimension::Pairing, subscription().imsi(imsi).own(" and another card than ").iccid(iccid));
            }
        }
    }

    /// A TAC that is in no file is only told until it had the time to get there.
    fn unknown_model(&mut self, key: ImeiKey) {
        let (tac, now) = (key.tac(), self.candidate.now);
        let first_seen = self.candidate.first_seen.or_else(|| self.facts.first_seen(key)).unwrap_or(now);
        let lag = self.rules.lags.days(tac);
        let counts_from = Some(after_days(first_seen, lag)).filter(|from| now < *from);
        let words = Phrase::new(format!("no model has the TAC {tac}"));
        let (severity, words) = match counts_from {
            Some(from) => (
                Severity::Note,
                words.own(format!(
                    "; reporting body {:02} is given {lag} days to publish it, so this counts from {} on",
                    tac.number() / 1_000_000,
                    date(from)
                )),
            ),
            None => (Dimension::TacUnknown.severity(), words),
        };
        self.weigh(Dimension::TacUnknown, severity, words);
        if let Some(remark) = self.remarks.last_mut() {
            remark.counts_from = counts_from;
        }
    }

    fn listed(&mut self, listing: &Listing) {
        let dimension = match listing.list {
            List::Block => Dimension::Blocked,
            List::Track => Dimension::Tracked,
            List::Allow => return,
        };
        self.put(dimension, listed(listing));
        if let Some(remark) = self.remarks.last_mut() {
            remark.listing = Some(listing.clone());
        }
    }

    /// Two cards, or two devices, with one number.
    fn duplicate(&mut self, key: ImeiKey) {
        let rule = &self.rules.duplicate_cards;
        let oldest = rule.within_days.map(|days| before_days(self.candidate.now, days));
        let mut cards: Vec<Sighting> = Vec::new();
        let here = Sighting { iccid: self.candidate.iccid, imsi: self.candidate.imsi, last: self.candidate.now };
        let seen = self.facts.sightings(key).into_iter().filter(|seen| oldest.is_none_or(|oldest| oldest <= seen.last));
        for card in [here].into_iter().chain(seen).filter(Sighting::is_some) {
            if cards.len() < MOST_CARDS && cards.iter().all(|other| other.differs(&card)) {
                cards.push(card);
            }
        }
        let twins = self.facts.twins(key, self.candidate.device);
        let mut words = None;
        if cards.len() >= usize::from(rule.from) {
            let more = if cards.len() == MOST_CARDS { " or more" } else { "" };
            words = Some(Phrase::new(format!("its number came with {}{more} different cards", cards.len())));
        }
        if let Some(twin) = twins.first() {
            let phrase = match words {
                Some(phrase) => phrase.own(", and another device has it: "),
                None => Phrase::new("another device has the same number: "),
            };
            let phrase = phrase.foreign(twin);
            words = Some(match twins.len() - 1 {
                0 => phrase,
                more => phrase.own(format!(" and {more} more")),
            });
        }
        if let Some(words) = words {
            self.put(Dimension::Duplicate, words);
        }
    }

    /// Whether the label says the same.
    fn label(&mut self, equipment: Equipment) {
        let Some(label) = self.candidate.label else {
            self.not_assessed.push(Dimension::Label);
            return;
        };
        match label_says(label, equipment) {
            LabelSays::Same => {}
            LabelSays::Odd(words) => self.weigh(Dimension::Label, Severity::Warning, words),
            LabelSays::Other(words) => self.put(Dimension::Label, words),
        }
    }

    fn finish(self, equipment: Option<Equipment>, key: Option<ImeiKey>, listing: Option<Listing>) -> Assessment {
        let Self { candidate, facts, rules, mut remarks, mut findings, not_assessed } = self;
        remarks.sort_by_key(|remark| remark.dimension);
        // Whoever asks twice of one thing (a check digit in both an IMEI and an MEID) is told once.
        remarks.dedup_by_key(|remark| remark.dimension);
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        let holds = |dimension| remarks.iter().any(|remark: &Remark| remark.dimension == dimension && remark.holds());
        let answer = answer(candidate, equipment, listing.as_ref(), holds(Dimension::Duplicate), rules);
        let conditions: Vec<Held> =
            rules.conditions.iter().filter_map(|condition| held(condition, candidate, facts, key, holds)).collect();
        let is_over = |condition: &&Condition| {
            !condition.sticky && condition.is_over(holds, |dimension| !not_assessed.contains(&dimension))
        };
        let over = rules.conditions.iter().filter(is_over).map(|condition| condition.name.clone()).collect();
        // Conditions are about what is true, whatever it weighs; what is told goes by the rules' weights.
        let ignored = remarks
            .extract_if(.., |remark| rules.weight(remark.dimension) == Some(Weight::Ignore))
            .map(|remark| remark.dimension)
            .collect();
        for remark in remarks.iter_mut().filter(|remark| remark.holds()) {
            remark.severity = rules.weight(remark.dimension).and_then(Weight::severity).unwrap_or(remark.severity);
        }
        let by_remarks = remarks.iter().filter(|remark| remark.holds()).map(|remark| Outcome::from(remark.severity));
        let by_conditions = conditions.iter().map(|held| held.standing.outcome());
        let outcome = by_remarks.chain(by_conditions).fold(by_policy(&answer), Outcome::max);
        Assessment {
            input: candidate.equipment.to_owned(),
            equipment,
            outcome,
            remarks,
            ignored,
            conditions,
            over,
            findings,
            answer,
            not_assessed,
        }
    }
}

/// So many cards are told apart at most; a rule asks for no more.
pub(in crate::register) const MOST_CARDS: usize = 16;

/// The dimension of which a finding of the identity tells, if it tells of one.
fn dimension(finding: &Finding, equipment: Equipment) -> Option<Dimension> {
    match finding.code {
        "imei.check-digit" | "meid.check-digit" => Some(Dimension::CheckDigit),
        "imei.spare-digit" => Some(Dimension::SpareDigit),
        "imei.default" => Some(Dimension::Default),
        "tac.test" | "tac.test-body" => Some(Dimension::TacTest),
        "tac.body-retired" => Some(Dimension::BodyRetired),
        // Of the reserved body, what was given out is genuine, as with those that are retired.
        "tac.body-reserved" if equipment.key().is_some_and(|key| key.tac().is_reserved_given_out()) => {
            Some(Dimension::BodyRetired)
        }
        "tac.body-unknown" | "tac.body-reserved" => Some(Dimension::BodyUnknown),
        _ => None,
    }
}

/// `it is on the block list of carrier-a since 2026-01-02 until 2026-03-04: stolen`
fn listed(listing: &Listing) -> Phrase {
    let list = listing.list;
    let mut words = match listing.entry {
        Subject::Entry(Entry::Tac(tac)) => Phrase::new(format!("its TAC {tac} is on the {list} list")),
        Subject::Entry(Entry::Range { low, high }) => {
            Phrase::new("the range ").end(low).own("..").end(high).own(format!(" on the {list} list covers it"))
        }
        Subject::Entry(Entry::Pair(_, imsi)) => {
            Phrase::new(format!("it is on the {list} list with the subscription ")).imsi(imsi)
        }
        Subject::Entry(Entry::Device(_)) => Phrase::new(format!("it is on the {list} list")),
        Subject::Hash(_) => Phrase::new(format!("it is on the {list} list as a keyed hash")),
    };
    if let Some(source) = &listing.source {
        words = words.own(", source ").foreign(source);
    }
    if let Some(since) = listing.since {
        words = words.own(format!(", since {}", date(since)));
    }
    if let Some(until) = listing.until {
        words = words.own(format!(", until {}", date(until)));
    }
    match listing.reason.as_deref() {
        Some(reason) if !reason.trim().is_empty() => words.own(": ").foreign(reason),
        Some(_) | None => words,
    }
}

/// What a label says, next to what the device says.
enum LabelSays {
    Same,
    /// The same device, but something is wrong with how it stands there.
    Odd(Phrase),
    Other(Phrase),
}

fn label_says(label: &str, equipment: Equipment) -> LabelSays {
    let labelled = match Spelling::parse(label) {
        Ok(spelling) => spelling.equipment,
        Err(error) => return LabelSays::Other(Phrase::new(format!("the label is not readable: {error}"))),
    };
    let is_same = match (labelled.key(), equipment.key()) {
        (Some(label), Some(device)) => label == device,
        (None, None) => labelled == equipment,
        (Some(_), None) | (None, Some(_)) => false,
    };
    if !is_same {
        return LabelSays::Other(
            Phrase::new("the label says ").equipment(labelled).own(", the device says ").equipment(equipment),
        );
    }
    let (Equipment::Imei(imei) | Equipment::ImeiAndSvn(imei, _)) = labelled else { return LabelSays::Same };
    match imei.check() {
        CheckDigit::Right | CheckDigit::Absent => LabelSays::Same,
        // The spare digit is for the air: on a label it stands in the way of finding a slip of the pen.
        CheckDigit::Spare { expected } => LabelSays::Odd(Phrase::new(format!(
            "the label has the spare digit 0 where the check digit {expected} belongs"
        ))),
        CheckDigit::Wrong { found, expected } => LabelSays::Odd(Phrase::new(format!(
            "the label has the check digit {found}, but the other digits call for {expected}"
        ))),
    }
}

/// What the register answers a network that asks for it.
fn answer(
    candidate: &Candidate<'_>,
    equipment: Option<Equipment>,
    listing: Option<&Listing>,
    is_duplicate: bool,
    rules: &Rules,
) -> Answer {
    let device = equipment.and_then(Equipment::key).map(Entry::Device);
    match (listing, device) {
        (Some(Listing { list, entry: Subject::Entry(entry), .. }), _) => {
            rules.policy.answer(Reason::Listed(*list, *entry))
        }
        (Some(Listing { list, entry: Subject::Hash(_), .. }), Some(device)) => {
            rules.policy.answer(Reason::Listed(*list, device))
        }
        (Some(_) | None, _) if candidate.equipment.trim().is_empty() => rules.policy.answer(Reason::Missing),
        (Some(_) | None, _) if equipment.is_none() => rules.policy.answer(Reason::Malformed),
        (Some(_) | None, _) if is_duplicate => rules.policy.answer(Reason::Duplicate),
        (Some(_) | None, _) => rules.policy.answer(Reason::Unknown),
    }
}

/// What a policy makes of a device; of lists the dimensions tell.
fn by_policy(answer: &Answer) -> Outcome {
    match (answer.reason, answer.verdict) {
        (Reason::Listed(..), _) | (_, Verdict::Allow) => Outcome::Pass,
        (_, Verdict::Track) => Outcome::Warn,
        (_, Verdict::Block | Verdict::Unavailable) => Outcome::Fail,
    }
}

/// The condition as it holds for the device, if it does.
fn held(
    condition: &Condition,
    candidate: &Candidate<'_>,
    facts: &dyn Facts,
    key: Option<ImeiKey>,
    holds: impl Fn(Dimension) -> bool,
) -> Option<Held> {
    let is_met = condition.is_met(holds);
    if !is_met && !condition.sticky {
        return None;
    }
    let first_held = key.and_then(|key| facts.first_held(&condition.name, key));
    let since = match (is_met, first_held) {
        (false, None) => return None,
        // A clock that was ahead when it was written down does not lengthen the grace.
        (true | false, Some(since)) => since.min(candidate.now),
        (true, None) => candidate.now,
    };
    let from = condition.blocks_from(since);
    let standing = match condition.blocking {
        true if candidate.now < from => Standing::Grace { until: from },
        true => Standing::Blocks,
        false => Standing::Informs,
    };
    Some(Held { name: condition.name.clone(), standing, since, is_met, reason: condition.reason.clone() })
}

/// `start` and so many days; the end of time where that is beyond it.
pub(super) fn after_days(start: Timestamp, days: u32) -> Timestamp {
    start.checked_add(span(days)).unwrap_or(Timestamp::MAX)
}

fn before_days(end: Timestamp, days: u32) -> Timestamp {
    end.checked_sub(span(days)).unwrap_or(Timestamp::MIN)
}

fn span(days: u32) -> SignedDuration {
    SignedDuration::from_hours(24 * i64::from(days))
}

/// `2026-01-31`, in UTC.
pub(super) fn date(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d").to_string()
}
