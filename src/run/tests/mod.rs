//! Small scripts, each with its verdict and its transcript: one rule of playing a test.

mod application;
mod directions;
mod exchanges;
mod laws;
mod masked;
mod recorded;
mod tries;
mod unsolicited;

use super::outcome::{Fault, Outcome};
use super::{CaseReport, Options, Time, play};
use crate::script::{Script, parse};

fn script(text: &str) -> Script {
    match parse("a.atg", text) {
        Ok(script) => script,
        Err(errors) => panic!("{}", errors.render(false)),
    }
}

fn virtually() -> Options {
    Options { time: Time::Virtual, ..Options::default() }
}

fn report(text: &str) -> CaseReport {
    let mut reports = play(&script(text), &virtually());
    assert_eq!(reports.len(), 1, "one case was expected");
    reports.remove(0)
}

/// What a case came to: its transcript, or what went wrong.
fn told(report: &CaseReport) -> String {
    match &report.outcome {
        Outcome::Passed => {
            let foreseen = report.foreseen.as_ref().map(|failure| failure.render(false)).unwrap_or_default();
            format!("{}{foreseen}", report.transcript)
        }
        Outcome::Failed(failure) => failure.render(false),
        Outcome::Skipped(reason) => format!("skipped: {reason}"),
        Outcome::Error(Fault { message, .. }) => format!("error: {message}"),
    }
}

/// Plays a script of one case in virtual time.
fn played(text: &str) -> String {
    told(&report(text))
}
