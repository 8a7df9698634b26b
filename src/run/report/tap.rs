//! TAP version 14: a line a case, the reason in a YAML block beneath.

use super::{Judged, Verdict};

/// The first lines: the version and the plan.
pub fn start(cases: usize) -> String {
    format!("TAP version 14\n1..{cases}\n")
}

/// The line of one case; `number` counts from 1.
pub fn case(number: usize, judged: &Judged) -> String {
    let ok = match judged.verdict {
        Verdict::Passed | Verdict::Skipped => "ok",
        Verdict::Failed | Verdict::Error(_) => "not ok",
    };
    // `#` begins a directive, so a name's own is escaped.
    let name = judged.report.name().replace('\\', "\\\\").replace('#', "\\#");
    let mut text = format!("{ok} {number} - {name}");
    if judged.verdict == Verdict::Skipped {
        text.push_str(&format!(" # SKIP {}", one_line(&judged.reason().unwrap_or_default())));
    }
    text.push('\n');
    if ok == "not ok"
        && let Some(details) = judged.details(false)
    {
        text.push_str("  ---\n  verdict: ");
        text.push_str(judged.verdict.word());
        text.push_str("\n  details: |2\n");
        for line in details.lines() {
            text.push_str(&format!("    {line}\n"));
        }
        text.push_str("  ...\n");
    }
    text
}

fn one_line(text: &str) -> String {
    text.lines().collect::<Vec<_>>().join(" ")
}
