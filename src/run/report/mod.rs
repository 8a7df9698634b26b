//! Reports: what a run came to, for a person, a program, a CI server.
//!
//! Each format is a pure function from judged cases to text. The names of a case, its verdict and the words of a failure
//! are the same in all of them.

pub mod github;
pub mod human;
pub mod json;
pub mod junit;
pub mod tap;

use super::outcome::{Blame, CaseReport, Failure, Outcome, Place, Played};
use super::snapshot::Compared;

/// What counts as a failure besides the script's own lines.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Strictness {
    /// A missing snapshot fails; so it is in CI.
    pub missing_snapshot: bool,
    /// A check that nobody can observe fails: `--require-checks`.
    pub unchecked: bool,
}

/// The one word for a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Every line held, and the snapshot.
    Passed,
    /// A line did not hold, or the snapshot differs.
    Failed,
    /// It was not played.
    Skipped,
    /// The script or the bench is at fault.
    Error(Blame),
}

impl Verdict {
    /// The word that reports print.
    pub const fn word(self) -> &'static str {
        match self {
            Verdict::Passed => "passed",
            Verdict::Failed => "failed",
            Verdict::Skipped => "skipped",
            Verdict::Error(_) => "error",
        }
    }
}

/// A case with what its snapshot said.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// The case as it was played.
    pub report: CaseReport,
    /// How it stands to its snapshot.
    pub compared: Compared,
    /// The verdict of both.
    pub verdict: Verdict,
    strictness: Strictness,
}

impl Judged {
    /// Judges a case.
    pub fn new(report: CaseReport, compared: Compared, strictness: Strictness) -> Judged {
        let verdict = match &report.outcome {
            Outcome::Failed(_) => Verdict::Failed,
            Outcome::Skipped(_) => Verdict::Skipped,
            Outcome::Error(fault) => Verdict::Error(fault.blame),
            Outcome::Passed if strictness.unchecked && !report.unchecked.is_empty() => Verdict::Failed,
            Outcome::Passed => match &compared {
                Compared::Without | Compared::Same | Compared::Written(_) => Verdict::Passed,
                Compared::Missing { .. } if strictness.missing_snapshot => Verdict::Failed,
                Compared::Missing { .. } => Verdict::Passed,
                Compared::Different { .. } => Verdict::Failed,
                Compared::Unusable(_) => Verdict::Error(Blame::Bench),
            },
        };
        Judged { report, compared, verdict, strictness }
    }

    /// The failure of a script's line, if that is what failed.
    pub fn failure(&self) -> Option<&Failure> {
        match &self.report.outcome {
            Outcome::Failed(failure) => Some(failure),
            Outcome::Passed | Outcome::Skipped(_) | Outcome::Error(_) => None,
        }
    }

    /// One line that says what went wrong or why it was skipped; none for a case that passed.
    pub fn reason(&self) -> Option<String> {
        match &self.report.outcome {
            Outcome::Failed(failure) => Some(format!("expected {}, came {}", failure.expected, failure.came)),
            Outcome::Skipped(reason) => Some(reason.clone()),
            Outcome::Error(fault) => Some(fault.message.clone()),
            Outcome::Passed if self.verdict == Verdict::Passed => None,
            Outcome::Passed if self.strictness.unchecked && !self.report.unchecked.is_empty() => {
                let unchecked = &self.report.unchecked;
                let first = unchecked.first().map(Place::to_string).unwrap_or_default();
                Some(match unchecked.len() {
                    1 => format!("the check at {first} could not be observed"),
                    count => format!("{count} checks could not be observed, the first at {first}"),
                })
            }
            Outcome::Passed => Some(match &self.compared {
                Compared::Different { snapshot, .. } => {
                    format!("the transcript differs from its snapshot {}", snapshot.display())
                }
                Compared::Missing { snapshot, .. } => format!("no snapshot {}", snapshot.display()),
                Compared::Unusable(error) => error.clone(),
                Compared::Without | Compared::Same | Compared::Written(_) => return None,
            }),
        }
    }

    /// Everything there is to say, in several lines; none for a case that passed and has nothing to note.
    pub fn details(&self, colour: bool) -> Option<String> {
        let mut text = match (&self.report.outcome, &self.compared) {
            (Outcome::Failed(failure), _) => failure.render(colour),
            (Outcome::Skipped(_), _) => return None,
            (Outcome::Error(fault), _) => {
                let mut text = format!("{}\n", fault.message.trim_end());
                if let Some(help) = &fault.help {
                    text.push_str(&format!("help: {help}\n"));
                }
                text
            }
            (Outcome::Passed, Compared::Different { diff, pending, .. }) => {
                let next = match pending {
                    Some(_) => "help: `atgate review` shows it and accepts or rejects it\n",
                    None => "help: run again with --update new, then `atgate review`\n",
                };
                format!("{}\n{diff}{next}", self.reason().unwrap_or_default())
            }
            (Outcome::Passed, _) => self.reason().map(|reason| format!("{reason}\n")).unwrap_or_default(),
        };
        if self.verdict != Verdict::Passed
            && let Some(output) = self.report.output.as_deref().filter(|output| !output.trim().is_empty())
        {
            text.push_str("the application wrote:\n");
            for line in output.lines() {
                text.push_str(&format!("    {line}\n"));
            }
        }
        for note in &self.report.notes {
            text.push_str(&format!("note: {note}\n"));
        }
        (!text.is_empty()).then_some(text)
    }
}

/// How many cases came to what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Cases that passed.
    pub passed: usize,
    /// Cases that failed.
    pub failed: usize,
    /// Cases that were skipped.
    pub skipped: usize,
    /// Cases with an error.
    pub errors: usize,
    /// Cases without the snapshot that they should have.
    pub missing: usize,
    /// Checks that nobody could observe.
    pub unchecked: usize,
    /// Cases played in virtual time only.
    pub virtually: usize,
    /// Cases played in real time only.
    pub really: usize,
    /// Cases played in both.
    pub both: usize,
}

impl Counts {
    /// Counts cases.
    pub fn of(cases: &[Judged]) -> Counts {
        let mut counts = Counts::default();
        for case in cases {
            match case.verdict {
                Verdict::Passed => counts.passed += 1,
                Verdict::Failed => counts.failed += 1,
                Verdict::Skipped => counts.skipped += 1,
                Verdict::Error(_) => counts.errors += 1,
            }
            match case.report.played {
                Played::Not => {}
                Played::Virtual => counts.virtually += 1,
                Played::Real => counts.really += 1,
                Played::Both => counts.both += 1,
            }
            counts.missing += usize::from(matches!(case.compared, Compared::Missing { .. }));
            counts.unchecked += case.report.unchecked.len();
        }
        counts
    }

    /// All cases.
    pub const fn cases(&self) -> usize {
        self.passed + self.failed + self.skipped + self.errors
    }
}

/// `1 case`, `2 cases`.
pub fn plural(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

#[cfg(test)]
pub(super) mod tests;
