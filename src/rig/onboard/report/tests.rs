use super::super::record::{Attachment, Done, Fact, Mark, Standing};
use super::super::{Fault, Kind, Measurement};
use super::*;

fn at() -> Timestamp {
    "2026-03-01T12:00:00Z".parse().unwrap()
}

fn records() -> Vec<Record> {
    let fact = |name: &str, value: &str| Fact { name: name.into(), standing: Standing::Read, value: value.into() };
    let step =
        |step: &str, attempt, from_ms, to_ms, is_done| Done { step: step.into(), attempt, from_ms, to_ms, is_done };
    let good = Record {
        verdict: Verdict::Pass,
        took_ms: 5_136,
        attempts: 1,
        facts: vec![fact("model", "BG95-M3"), fact("imei", "001017002345679"), fact("iccid", "{iccid}")],
        attachment: Some(Attachment {
            is_registered: true,
            operator: Some("Test <Network>".into()),
            ..Attachment::default()
        }),
        measurements: vec![Measurement {
            name: "rsrp".into(),
            value: -90.0,
            unit: "dBm".into(),
            low: Some(-110.0),
            high: None,
            pass: true,
        }],
        steps: vec![step("prepare", 1, 0, 16, true), step("attach", 1, 16, 5_136, true)],
        marks: vec![Mark { at_ms: 5_107, text: "+CEREG: 1,\"00A1\",\"1B2C3\",8".into() }],
        ..Record::new("slot-1", "/dev/ttyUSB2", at())
    };
    let bad = Record {
        verdict: Verdict::Fail,
        took_ms: 1_106,
        attempts: 2,
        facts: vec![fact("model", "=cmd()"), fact("imei", "{imei}")],
        faults: vec![
            Fault::new(Kind::Network, "denied", "EPS: registration denied, #6 Illegal ME (refused by: device)")
                .help("ask who listed it"),
        ],
        retried: vec![Fault::new(Kind::Bench, "silent", "not a byte came in 60 s").passing()],
        attachment: Some(Attachment {
            cause: Some("#6 Illegal ME".into()),
            refused_by: Some("device".into()),
            ..Attachment::default()
        }),
        steps: vec![
            step("prepare", 1, 0, 600, false),
            step("prepare", 2, 620, 700, true),
            step("attach", 2, 700, 1_106, true),
        ],
        notes: vec!["a & b".into()],
        ..Record::new("slot-2", "/dev/ttyUSB6", at())
    };
    vec![good, bad]
}

fn report(format: Format) -> String {
    let records = records();
    let ended = "2026-03-01T12:00:06Z".parse().unwrap();
    format.render(&Run { place: "bench 3", started: at(), ended, records: &records, problems: &[] }).unwrap()
}

#[test]
fn junit_tells_the_boards_failures_from_the_benchs() {
    insta::assert_snapshot!(report(Format::JUnit));
}

#[test]
fn json_has_a_version_and_all_that_is_known() {
    let text = report(Format::Json);
    let read: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(read["version"], VERSION);
    let boards: Vec<Record> = serde_json::from_value(read["boards"].clone()).unwrap();
    assert_eq!(boards, records());
}

#[test]
fn csv_has_a_line_a_board_and_no_formula() {
    insta::assert_snapshot!(report(Format::Csv));
}

#[test]
fn html_is_one_page_with_a_picture_of_each_boards_time() {
    let page = report(Format::Html);
    assert!(!page.contains("http") && !page.contains("<script") && !page.contains("Test <Network>"));
    insta::assert_snapshot!(page);
}

#[test]
fn a_format_is_known_by_the_files_ending() {
    assert_eq!(Format::of(Path::new("out/report.xml")), Ok(Format::JUnit));
    assert_eq!(Format::of(Path::new("report.html")), Ok(Format::Html));
    insta::assert_snapshot!(Format::of(Path::new("report")).unwrap_err(), @"expected a file that ends in .xml (JUnit), .json, .csv or .html, found `report`");
}
