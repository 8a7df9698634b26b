//! JUnit XML, in the dialect that Jenkins and its heirs read: one suite, a test case a board.
//!
//! `failure` is the board's, `error` the bench's. An attempt that failed and was made again is a rerun of a case that passed
//! (`flakyFailure`) or did not (`rerunFailure`).

use std::time::Duration;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestRerun, TestSuite};

use super::Run;
use crate::rig::onboard::fault::{Fault, Kind};
use crate::rig::onboard::record::{Record, Verdict};

pub(super) fn render(run: &Run<'_>) -> Result<String, quick_junit::SerializeError> {
    let mut report = Report::new("atgate onboard");
    let mut suite = TestSuite::new(if run.place.is_empty() { "bench" } else { run.place });
    suite.add_test_cases(run.records.iter().map(case));
    for problem in run.problems {
        suite.add_property(("problem", problem.as_str()));
    }
    report.add_test_suite(suite);
    report.to_string()
}

fn case(record: &Record) -> TestCase {
    let mut status = match record.verdict {
        Verdict::Pass | Verdict::Warn => TestCaseStatus::success(),
        Verdict::Fail => TestCaseStatus::non_success(NonSuccessKind::Failure),
        Verdict::Error | Verdict::Interrupted => TestCaseStatus::non_success(NonSuccessKind::Error),
    };
    if let Some(fault) = record.fault() {
        status.set_type(format!("{}.{}", fault.kind, fault.code));
        status.set_message(fault.words.as_str());
        let all: Vec<String> = record.faults.iter().map(words).collect();
        status.set_description(all.join("\n"));
    } else if record.verdict == Verdict::Interrupted {
        status.set_message("interrupted");
    }
    for fault in &record.retried {
        let kind = if fault.kind == Kind::Bench { NonSuccessKind::Error } else { NonSuccessKind::Failure };
        let mut rerun = TestRerun::new(kind);
        rerun.set_type(format!("{}.{}", fault.kind, fault.code)).set_message(fault.words.as_str());
        status.add_rerun(rerun);
    }
    let mut case = TestCase::new(record.board.as_str(), status);
    case.set_classname("onboard");
    case.set_time(Duration::from_millis(record.took_ms));
    for fact in record.facts.iter().filter(|fact| !fact.value.is_empty()) {
        case.add_property((fact.name.as_str(), fact.value.as_str()));
    }
    for measured in &record.measurements {
        let value = format!("{} {}", measured.value, measured.unit);
        case.add_property((measured.name.as_str(), value.as_str()));
    }
    let notes: Vec<&str> = record
        .notes
        .iter()
        .map(String::as_str)
        .chain(record.remarks.iter().map(|remark| remark.words.as_str()))
        .collect();
    if !notes.is_empty() {
        case.set_system_out(notes.join("\n"));
    }
    case
}

fn words(fault: &Fault) -> String {
    let help = fault.help.as_ref().map(|help| format!("\nhelp: {help}")).unwrap_or_default();
    format!("{}[{}]: {}{help}", fault.kind, fault.code, fault.words)
}
