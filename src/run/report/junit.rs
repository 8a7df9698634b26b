//! JUnit XML, in the dialect that Jenkins and its heirs read: a suite a script, a test case a case.
//!
//! `failure` is the modem's or the application's, `error` the script's or the bench's.

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::{Judged, Verdict};

/// The whole file.
///
/// # Errors
/// None of its own: what [`quick_junit`] cannot serialise.
pub fn render(cases: &[Judged]) -> Result<String, quick_junit::SerializeError> {
    let mut report = Report::new("atgate");
    for group in cases.chunk_by(|a, b| a.report.path == b.report.path) {
        let mut suite = TestSuite::new(group[0].report.path.display().to_string());
        suite.add_test_cases(group.iter().map(test_case));
        report.add_test_suite(suite);
    }
    report.to_string()
}

fn test_case(judged: &Judged) -> TestCase {
    let report = &judged.report;
    let mut status = match judged.verdict {
        Verdict::Passed => TestCaseStatus::success(),
        Verdict::Skipped => TestCaseStatus::skipped(),
        Verdict::Failed => TestCaseStatus::non_success(NonSuccessKind::Failure),
        Verdict::Error(_) => TestCaseStatus::non_success(NonSuccessKind::Error),
    };
    if let Some(reason) = judged.reason() {
        status.set_message(reason);
    }
    match judged.verdict {
        Verdict::Failed | Verdict::Error(_) => {
            status.set_type(judged.verdict.word());
            if let Some(details) = judged.details(false) {
                status.set_description(details);
            }
        }
        Verdict::Passed | Verdict::Skipped => {}
    }
    let mut case = TestCase::new(report.case.clone().unwrap_or_else(|| stem(judged)), status);
    case.set_classname(report.path.display().to_string());
    case.set_time(report.duration);
    for (name, value) in [
        ("role", report.role.word().to_owned()),
        ("played", report.played.word().to_owned()),
        ("seed", report.seed.to_string()),
        ("unchecked", report.unchecked.len().to_string()),
    ] {
        case.add_property((name, value.as_str()));
    }
    if let Some(title) = &report.title {
        case.add_property(("title", title.as_str()));
    }
    case.set_system_out(&report.transcript);
    if let Some(output) = &report.output {
        case.set_system_err(output);
    }
    case
}

fn stem(judged: &Judged) -> String {
    judged.report.path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}
