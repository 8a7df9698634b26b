//! One JSON object a line: `{"v":1,"event":"case",…}` for each case as it ends, `{"v":1,"event":"summary",…}` last.
//!
//! A reader ignores keys that it does not know; a key that changes its meaning raises `v`.

use serde::Serialize;

use super::{Counts, Judged};
use crate::run::outcome::Place;
use crate::run::snapshot::Compared;

/// The version of the format.
pub const VERSION: u32 = 1;

#[derive(Serialize)]
struct Case<'a> {
    v: u32,
    event: &'static str,
    script: String,
    case: Option<&'a str>,
    title: Option<&'a str>,
    tags: &'a [String],
    role: &'static str,
    played: &'static str,
    verdict: &'static str,
    reason: Option<String>,
    at: Option<At<'a>>,
    schedule_ms: f64,
    steps: usize,
    exchanges: usize,
    unchecked: usize,
    labels: &'a [String],
    notes: &'a [String],
    seed: u64,
    snapshot: &'static str,
    transcript: &'a str,
    output: Option<&'a str>,
}

/// Where in the script's text.
#[derive(Serialize)]
struct At<'a> {
    file: &'a str,
    line: usize,
    column: usize,
    text: &'a str,
}

impl<'a> At<'a> {
    fn of(place: &'a Place) -> At<'a> {
        At { file: &place.path, line: place.line(), column: place.column(), text: place.text() }
    }
}

#[derive(Serialize)]
struct Summary {
    v: u32,
    event: &'static str,
    scripts: usize,
    cases: usize,
    passed: usize,
    failed: usize,
    errors: usize,
    skipped: usize,
    unchecked: usize,
    snapshots_missing: usize,
    exit: u8,
}

/// The line of one case.
pub fn case(judged: &Judged) -> String {
    let report = &judged.report;
    line(&Case {
        v: VERSION,
        event: "case",
        script: report.path.display().to_string(),
        case: report.case.as_deref(),
        title: report.title.as_deref(),
        tags: &report.tags,
        role: report.role.word(),
        played: report.played.word(),
        verdict: judged.verdict.word(),
        reason: judged.reason(),
        at: judged.failure().map(|failure| At::of(&failure.place)),
        schedule_ms: report.duration.as_secs_f64() * 1000.0,
        steps: report.steps,
        exchanges: report.exchanges,
        unchecked: report.unchecked.len(),
        labels: &report.labels,
        notes: &report.notes,
        seed: report.seed,
        snapshot: match &judged.compared {
            Compared::Without => "none",
            Compared::Same => "same",
            Compared::Missing { .. } => "missing",
            Compared::Different { .. } => "different",
            Compared::Written(_) => "written",
            Compared::Unusable(_) => "unusable",
        },
        transcript: &report.transcript,
        output: report.output.as_deref(),
    })
}

/// The last line.
pub fn summary(cases: &[Judged], scripts: usize, exit: u8) -> String {
    let counts = Counts::of(cases);
    line(&Summary {
        v: VERSION,
        event: "summary",
        scripts,
        cases: counts.cases(),
        passed: counts.passed,
        failed: counts.failed,
        errors: counts.errors,
        skipped: counts.skipped,
        unchecked: counts.unchecked,
        snapshots_missing: counts.missing,
        exit,
    })
}

fn line(value: &impl Serialize) -> String {
    // Strings, numbers and lists of them always serialise.
    serde_json::to_string(value).unwrap_or_default()
}
