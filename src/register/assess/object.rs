//! An assessment as JSON.

use super::assessment::{Assessment, Held, Remark, Standing};
use super::dimension::Dimension;
use super::facts::Listing;
use super::veil::Veil;
use crate::register::{Refusal, Technology};
use serde_json::{Value, json};

impl Assessment {
    /// As a JSON object; its keys are stable, and always all there.
    ///
    /// ```json
    /// { "identity": "001017001234569", "outcome": "fail", "dimensions": ["blocked"],
    ///   "remarks": [{ "dimension": "blocked", "severity": "error", "text": "…", "holds": true, "counts_from": null,
    ///                 "listing": { "list": "block", "entry": "…", "source": "…", "reason": "…", "since": null, "until": null } }],
    ///   "conditions": [{ "name": "…", "standing": "in-grace", "until": "…", "since": "…", "met": true, "reason": null }],
    ///   "findings": [{ "code": "imei.no-check-digit", "severity": "note", "text": "…" }],
    ///   "answer": { "verdict": "block", "reason": "listed", "causes": { "gsm": 6, "utran": 6, "lte": 6, "nr": 6 } },
    ///   "ignored": [], "not_assessed": ["label"] }
    /// ```
    ///
    /// Times are RFC 3339 in UTC. Identities are as the veil lets them through.
    pub fn object(&self, veil: &mut Veil) -> Value {
        let codes = |dimensions: &[Dimension]| dimensions.iter().map(|one| one.code()).collect::<Vec<_>>();
        let identity = self.name(veil);
        json!({
            "identity": identity,
            "outcome": self.outcome.word(),
            "dimensions": self
                .remarks
                .iter()
                .filter(|remark| remark.holds())
                .map(|remark| remark.dimension.code())
                .collect::<Vec<_>>(),
            "remarks": self.remarks.iter().map(|remark| remark.object(veil)).collect::<Vec<_>>(),
            "conditions": self.conditions.iter().map(|held| held.object(veil)).collect::<Vec<_>>(),
            "findings": self
                .findings
                .iter()
                .map(|found| json!({"code": found.code, "severity": found.severity.word(), "text": found.text}))
                .collect::<Vec<_>>(),
            "answer": {
                "verdict": self.answer.verdict.word(),
                "reason": self.answer.reason.word(),
                "causes": self.answer.refusal.map(causes),
            },
            "ignored": codes(&self.ignored),
            "not_assessed": codes(&self.not_assessed),
        })
    }
}

/// The cause with which each technology turns it away.
fn causes(refusal: Refusal) -> Value {
    Technology::ALL
        .into_iter()
        .map(|technology| (technology.word().to_owned(), json!(refusal.cause(technology))))
        .collect()
}

impl Remark {
    fn object(&self, veil: &mut Veil) -> Value {
        json!({
            "dimension": self.dimension.code(),
            "severity": self.severity.word(),
            "text": self.words.told(veil),
            "holds": self.holds(),
            "counts_from": self.counts_from.map(|time| time.to_string()),
            "listing": self.listing.as_ref().map(|listing| listing.object(veil)),
        })
    }
}

impl Listing {
    fn object(&self, veil: &mut Veil) -> Value {
        json!({
            "list": self.list.word(),
            "entry": veil.subject(&self.entry),
            "source": self.source.as_deref().map(|source| veil.foreign(source)),
            "reason": self.reason.as_deref().map(|reason| veil.foreign(reason)),
            "since": self.since.map(|time| time.to_string()),
            "until": self.until.map(|time| time.to_string()),
        })
    }
}

impl Held {
    fn object(&self, veil: &mut Veil) -> Value {
        let until = match self.standing {
            Standing::Grace { until } => Some(until.to_string()),
            Standing::Blocks | Standing::Informs => None,
        };
        json!({
            "name": veil.foreign(&self.name),
            "standing": self.standing.word(),
            "until": until,
            "since": self.since.to_string(),
            "met": self.is_met,
            "reason": self.reason.as_deref().map(|reason| veil.foreign(reason)),
        })
    }
}
