//! The report for a person: one line a case as it ends, what went wrong at the end, a summary.

use std::fmt::Write as _;
use std::time::Duration;

use anstyle::{AnsiColor, Style};

use super::{Counts, Judged, Verdict, plural};
use crate::run::outcome::{Place, Played};
use crate::run::snapshot::Compared;

const GOOD: Style = AnsiColor::Green.on_default().bold();
const BAD: Style = AnsiColor::Red.on_default().bold();
const QUIET: Style = AnsiColor::Yellow.on_default().bold();
/// So many of the checks that nobody could observe are named.
const UNCHECKED: usize = 5;
const TITLE: Style = Style::new().dimmed();

/// The line that stands as soon as a case has ended.
///
/// The time is the schedule's: script time, not how long the program took. `titled`: with the script's title beneath,
/// which the first of several cases has.
pub fn status(case: &Judged, titled: bool) -> String {
    let (style, word) = match case.verdict {
        Verdict::Passed => (GOOD, "PASS"),
        Verdict::Failed => (BAD, "FAIL"),
        Verdict::Skipped => (QUIET, "SKIP"),
        Verdict::Error(_) => (BAD, "ERROR"),
    };
    let played = match case.report.played {
        Played::Not => String::from("not played"),
        Played::Virtual => format!("{} virtual", seconds(case.report.duration)),
        Played::Real => format!("{} real", seconds(case.report.duration)),
        Played::Both => format!("{} both", seconds(case.report.duration)),
    };
    let mut line = format!("{style}{word:>9}{style:#} [{played:>18}] {}", case.report.name());
    if let Some(title) = case.report.title.as_ref().filter(|_| titled) {
        let _ = write!(line, "\n{:31}{TITLE}{title}{TITLE:#}", "");
    }
    if case.verdict == Verdict::Skipped
        && let Some(reason) = case.reason()
    {
        let _ = write!(line, "\n{:31}{reason}", "");
    }
    line
}

/// What stands under the cases: each failure whole, then how many came to what, then the next step.
pub fn summary(cases: &[Judged], scripts: usize, colour: bool) -> String {
    let mut text = String::new();
    for case in cases.iter().filter(|case| case.verdict != Verdict::Skipped) {
        let Some(details) = case.details(colour) else { continue };
        let _ = write!(text, "\n{}\n{details}", rule(&case.report.name()));
    }
    let counts = Counts::of(cases);
    let _ = write!(text, "\n{:>9} {} in {}: ", "Summary", plural(counts.cases(), "case"), plural(scripts, "script"));
    let mut parts = vec![part(GOOD, counts.passed, "passed")];
    for (style, count, word) in
        [(BAD, counts.failed, "failed"), (BAD, counts.errors, "with an error"), (QUIET, counts.skipped, "skipped")]
    {
        if count > 0 {
            parts.push(part(style, count, word));
        }
    }
    let _ = writeln!(text, "{}", parts.join(", "));
    let played: Vec<String> = [
        (counts.both, "in virtual time and over a pty, with one transcript"),
        (counts.virtually, "in virtual time"),
        (counts.really, "in real time"),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, how)| format!("{count} {how}"))
    .collect();
    if !played.is_empty() {
        let _ = writeln!(text, "{:>9} {}", "Played", played.join(", "));
    }
    if counts.unchecked > 0 {
        let what = plural(counts.unchecked, "check");
        let _ = writeln!(text, "{:>9} {what} unchecked: nobody could observe what they ask", "Notice");
        let places: Vec<&Place> = cases.iter().flat_map(|case| &case.report.unchecked).collect();
        for place in places.iter().take(UNCHECKED) {
            let _ = writeln!(text, "{:>9} {place}: {}", "", place.text().trim());
        }
        if places.len() > UNCHECKED {
            let _ = writeln!(text, "{:>9} and {} more", "", places.len() - UNCHECKED);
        }
    }
    let pending = cases.iter().filter(|case| is_pending(&case.compared)).count();
    if counts.missing > pending {
        let what = plural(counts.missing - pending, "snapshot");
        let _ = writeln!(text, "{:>9} {what} missing: run with --update new, then `atgate review`", "Notice");
    }
    if pending > 0 {
        let what = plural(pending, "snapshot");
        let _ = writeln!(text, "{:>9} {what} to review: `atgate review`", "Notice");
    }
    text
}

fn part(style: Style, count: usize, word: &str) -> String {
    if count > 0 { format!("{style}{count} {word}{style:#}") } else { format!("{count} {word}") }
}

fn is_pending(compared: &Compared) -> bool {
    match compared {
        Compared::Missing { pending, .. } | Compared::Different { pending, .. } => pending.is_some(),
        Compared::Without | Compared::Same | Compared::Written(_) | Compared::Unusable(_) => false,
    }
}

fn rule(name: &str) -> String {
    format!("── {name} {}", "─".repeat(96_usize.saturating_sub(name.chars().count() + 4).max(3)))
}

/// Short enough to stand in a column, long enough to tell 300 ms from three days.
fn seconds(duration: Duration) -> String {
    match duration.as_secs() {
        0..100 => format!("{:.3}s", duration.as_secs_f64()),
        100..6_000 => format!("{:.1}m", duration.as_secs_f64() / 60.0),
        6_000.. => format!("{:.1}h", duration.as_secs_f64() / 3600.0),
    }
}
