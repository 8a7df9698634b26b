//! An assessment as a line of a log, and the pieces of which longer reports are made.

use super::assessment::{Assessment, Held, Remark, Standing};
use super::judge::date;
use super::veil::Veil;
use crate::register::Reason;
use std::fmt::Write as _;

impl Assessment {
    /// What it calls itself: its identity, or the text that is none.
    pub fn name(&self, veil: &mut Veil) -> String {
        match self.equipment {
            Some(equipment) => veil.equipment(equipment),
            None if self.input.trim().is_empty() => "(no identity)".to_owned(),
            None => veil.unread(&self.input),
        }
    }

    /// One line for a log: `fail {imei}: error[blocked] it is on the block list; condition new blocks`.
    pub fn line(&self, veil: &mut Veil) -> String {
        let mut line = format!("{} {}", self.outcome, self.name(veil));
        let mut between = ": ";
        let mut say = |text: &str| {
            line.push_str(between);
            line.push_str(text);
            between = "; ";
        };
        for remark in &self.remarks {
            say(&remark.line(veil));
        }
        for held in &self.conditions {
            say(&format!("condition {}", held.line(veil)));
        }
        if let Some(policy) = self.policy_words() {
            say(&policy);
        }
        line
    }

    /// What a policy does to it, where that is more than letting it in: `by the policy for unknown equipment it is blocked`.
    pub fn policy_words(&self) -> Option<String> {
        let policy = match self.answer.reason {
            Reason::Listed(..) => return None,
            Reason::Unknown => "equipment on no list",
            Reason::Missing => "equipment without an identity",
            Reason::Malformed => "malformed identities",
            Reason::Duplicate => "duplicates",
            Reason::Failure => "a register that is down",
            Reason::Remote(_) => "what another register says",
        };
        let done = match self.answer.verdict {
            crate::register::Verdict::Allow => return None,
            crate::register::Verdict::Track => "tracked",
            crate::register::Verdict::Block | crate::register::Verdict::Unavailable => "turned away",
        };
        let mut words = format!("by the policy for {policy} it is {done}");
        if let Some(refusal) = self.answer.refusal {
            let _ = write!(words, " with cause {refusal}");
        }
        Some(words)
    }
}

impl Remark {
    /// `error[blocked] it is on the block list`
    pub fn line(&self, veil: &mut Veil) -> String {
        format!("{}[{}] {}", self.severity, self.dimension, self.words.told(veil))
    }
}

impl Held {
    /// `unregistered blocks, met since 2026-01-02: register it first`
    pub fn line(&self, veil: &mut Veil) -> String {
        let mut line = format!("{} {}", veil.foreign(&self.name), self.words());
        if let Some(reason) = self.reason.as_deref().filter(|reason| !reason.trim().is_empty()) {
            let _ = write!(line, ": {}", veil.foreign(reason));
        }
        line
    }

    /// `blocks, met since 2026-01-02`, `in grace until 2026-01-16, met since 2026-01-02`, `holds, met since …`; and whether it
    /// was met before only.
    pub fn words(&self) -> String {
        let since = date(self.since);
        let words = match self.standing {
            Standing::Blocks => format!("blocks, met since {since}"),
            Standing::Grace { until } => format!("in grace until {}, met since {since}", date(until)),
            Standing::Informs => format!("holds, met since {since}"),
        };
        if self.is_met { words } else { words + ", not met any more but for good" }
    }
}
