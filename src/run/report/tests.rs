//! One case of each kind, in every format.

use std::path::PathBuf;
use std::time::Duration;

use super::super::outcome::{CaseReport, Failure, Fault, Outcome, Place, Played, Role};
use super::*;

fn case(path: &str, case: Option<&str>, outcome: Outcome, played: Played) -> CaseReport {
    CaseReport {
        path: PathBuf::from(path),
        case: case.map(str::to_owned),
        title: Some("A story, 100 % told".into()),
        tags: vec!["smoke".into()],
        role: Role::Both,
        played,
        outcome,
        foreseen: None,
        transcript: "> AT\n< OK\n".into(),
        unchecked: Vec::new(),
        duration: Duration::from_millis(352),
        steps: 2,
        exchanges: 1,
        labels: Vec::new(),
        seed: 0,
        notes: Vec::new(),
        output: None,
    }
}

fn failure() -> Outcome {
    let source = "> AT\n< OK\n";
    Outcome::Failed(Box::new(Failure {
        expected: "a line that matches ‘OK’".into(),
        came: "‘ERROR’".into(),
        place: Place { path: "a.atg".into(), source: source.into(), span: 5..9 },
        includes: Vec::new(),
        help: None,
        transcript: "> AT\n< ERROR\n".into(),
    }))
}

fn unseen_check() -> Place {
    let source = "> AT\n< OK\n? signal > -80dBm\n";
    Place { path: "f.atg".into(), source: source.into(), span: 10..28 }
}

/// A case of each verdict, and of each way to stand to a snapshot.
fn one_of_each() -> Vec<Judged> {
    let snapshot = PathBuf::from("snapshots/e.snap");
    let judge = |report, compared| Judged::new(report, compared, Strictness::default());
    let mut unseen = case("f.atg", None, Outcome::Passed, Played::Real);
    unseen.unchecked = vec![unseen_check(), unseen_check()];
    unseen.notes.push("a command that rewrites the IMEI was refused".into());
    vec![
        judge(case("a.atg", Some("first"), Outcome::Passed, Played::Both), Compared::Same),
        judge(case("a.atg", Some("second"), failure(), Played::Virtual), Compared::Without),
        judge(
            case("b.atg", None, Outcome::Skipped("needs the fixture ‘antenna’".into()), Played::Not),
            Compared::Without,
        ),
        judge(
            case("c.atg", None, Outcome::Error(Fault::bench("no port /dev/x").help("plug it in")), Played::Not),
            Compared::Without,
        ),
        judge(
            case("e.atg", None, Outcome::Passed, Played::Both),
            Compared::Different { snapshot, diff: "- < OK\n+ < ERROR\n".into(), pending: None },
        ),
        judge(unseen, Compared::Missing { snapshot: "snapshots/f.snap".into(), pending: None }),
    ]
}

#[test]
fn a_person_reads_a_line_a_case_and_the_failures_whole_at_the_end() {
    let cases = one_of_each();
    let mut text: String = cases.iter().map(|case| human::status(case, true) + "\n").collect();
    text.push_str(&human::summary(&cases, 5, false));
    insta::assert_snapshot!(anstream::adapter::strip_str(&text).to_string());
}

#[test]
fn a_program_reads_one_json_object_a_line() {
    let cases = one_of_each();
    let mut lines: Vec<String> = cases.iter().map(json::case).collect();
    lines.push(json::summary(&cases, 5, 3));
    for line in &lines {
        let value: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(value["v"], json::VERSION);
    }
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn tap_has_a_plan_and_says_why() {
    let cases = one_of_each();
    let mut text = tap::start(cases.len());
    text.extend(cases.iter().enumerate().map(|(at, case)| tap::case(at + 1, case)));
    insta::assert_snapshot!(text);
}

#[test]
fn github_shows_a_failure_on_its_line() {
    insta::assert_snapshot!(github::annotations(&one_of_each()));
}

#[test]
fn github_is_not_flooded() {
    let many: Vec<Judged> = (0..12).flat_map(|_| one_of_each()).collect();
    let text = github::annotations(&many);
    assert_eq!(text.lines().count(), 10);
    assert!(text.ends_with("::error::and 27 more\n"), "{text}");
}

#[test]
fn junit_has_a_suite_a_script() {
    insta::assert_snapshot!(junit::render(&one_of_each()).unwrap());
}

#[test]
fn a_missing_snapshot_fails_where_that_is_asked() {
    let report = || case("f.atg", None, Outcome::Passed, Played::Both);
    let missing = || Compared::Missing { snapshot: "snapshots/f.snap".into(), pending: None };
    let strict = Strictness { missing_snapshot: true, unchecked: false };
    assert_eq!(Judged::new(report(), missing(), Strictness::default()).verdict, Verdict::Passed);
    assert_eq!(Judged::new(report(), missing(), strict).verdict, Verdict::Failed);
}

#[test]
fn a_check_that_nobody_could_observe_fails_where_that_is_asked() {
    let mut report = case("f.atg", None, Outcome::Passed, Played::Both);
    report.unchecked = vec![unseen_check()];
    let strict = Strictness { missing_snapshot: false, unchecked: true };
    let judged = Judged::new(report, Compared::Same, strict);
    assert_eq!(
        (judged.verdict, judged.reason()),
        (Verdict::Failed, Some("the check at f.atg:3:1 could not be observed".into()))
    );
}
