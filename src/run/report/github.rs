//! GitHub's workflow commands: an annotation on the line of the script that failed.

use super::{Judged, Verdict};

/// GitHub shows ten annotations of a kind in a step: nine failures, and one line for the rest.
const SHOWN: usize = 9;

/// The annotations of all cases, and how many more there are.
pub fn annotations(cases: &[Judged]) -> String {
    let mut text = String::new();
    let mut bad = 0_usize;
    for case in cases {
        match case.verdict {
            Verdict::Passed | Verdict::Skipped => continue,
            Verdict::Failed | Verdict::Error(_) => bad += 1,
        }
        if bad > SHOWN {
            continue;
        }
        let message = case.details(false).unwrap_or_default();
        let place = match case.failure() {
            Some(failure) => {
                let place = &failure.place;
                format!("file={},line={},col={}", property(&place.path), place.line(), place.column())
            }
            None => format!("file={}", property(&case.report.path.display().to_string())),
        };
        let title = property(&format!("{}: {}", case.verdict.word(), case.report.name()));
        text.push_str(&format!("::error {place},title={title}::{}\n", data(message.trim_end())));
    }
    if bad > SHOWN {
        text.push_str(&format!("::error::and {} more\n", bad - SHOWN));
    }
    text
}

/// A table for `$GITHUB_STEP_SUMMARY`.
pub fn step_summary(cases: &[Judged]) -> String {
    let mut text = String::from("| verdict | script | case | reason |\n|---|---|---|---|\n");
    for judged in cases {
        let cell = |text: &str| text.lines().collect::<Vec<_>>().join(" ").replace('|', "\\|");
        text.push_str(&format!(
            "| {} | {} | {} | {} |\n",
            judged.verdict.word(),
            cell(&judged.report.path.display().to_string()),
            cell(judged.report.case.as_deref().unwrap_or("")),
            cell(&judged.reason().unwrap_or_default()),
        ));
    }
    text
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
