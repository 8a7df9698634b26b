//! What holds for every script.

use std::path::{Path, PathBuf};

use super::{played, report, script, told, virtually};
use crate::run::{Options, Outcome, Time, play};
use crate::script::{self, Script};

fn scenarios() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let mut found: Vec<PathBuf> = walkdir::WalkDir::new(root)
        .into_iter()
        .filter_map(Result::ok)
        .map(walkdir::DirEntry::into_path)
        .filter(|path| path.extension().is_some_and(|extension| extension == "atg"))
        .collect();
    found.sort();
    found
}

fn opened(path: &Path) -> Script {
    script::open(path).unwrap_or_else(|errors| panic!("{}", errors.render(false)))
}

#[test]
fn a_transcript_played_again_gives_itself() {
    let mut wrong = Vec::new();
    for path in scenarios() {
        for report in play(&opened(&path), &virtually()) {
            if !report.outcome.passed() {
                continue;
            }
            let again = script::parse("again.atg", &report.transcript);
            let again = match again {
                Ok(again) => told(&play(&again, &virtually())[0]),
                Err(errors) => errors.render(false),
            };
            let first = match &report.foreseen {
                Some(_) => again.starts_with(&report.transcript),
                None => again == report.transcript,
            };
            if !first {
                wrong.push(format!("== {}\n{}\n-- again\n{again}", report.name(), report.transcript));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What a script is put together from: what could come in whose way.
const PIECES: &[&str] = &[
    "> AT\n< OK\n",
    "> AT+CGMM\n...\n",
    "> AT+CSQ\n< +CSQ: {*}\n< OK\n",
    "> AT+CEREG?\n...\n< OK\n",
    "> AT+CEREG=2;+CREG=1\n< OK\n",
    "> AT+CFUN=4\n< OK\n",
    "> AT+CFUN=1\n...\n",
    ">| AT\\r\n< OK\n",
    ">| \\x00\n",
    "<? RING\n",
    "* urc \"+X: 1\"\n",
    "* urc \"+CEREG: 5\"\n",
    "* urc \"+Y: 2\"\n~ 1ms\n<! +Y: {y:int}\n",
    "* fault stall 300ms\n",
    "* fault split 7\n",
    "* fault drop 5\n",
    "* fault interleave \"\\r\\n+X: 3\\r\\n\" after 3\n",
    "* power cycle\n",
    "* signal -90dBm\n",
    "* network lose\n",
    "* network find\n",
    "* network identity-check\n",
    "* register block {imei}\n",
    "~ 1ms\n",
    "~ 150ms\n",
    "~ 299999us\n",
    "~ 2s\n~ 3s\n",
    "? attempts >= 0\n",
    "@ until 20s every 70ms\n> AT+CEREG?\n< +CEREG: {:int},1{*}\n< OK\n",
    "@ until 20s every 1s\n> AT+CEREG?\n<? +X: 1\n< +CEREG: {:int},{:int}{*}\n< OK\n",
    "@ until 20s every 100ms\n> AT+CGMM\n< generic-lte\n...\n",
    "# A word.\n\n@ label \"here\"\n",
    "@ within 20s\n",
];

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config::with_cases(512))]
    #[test]
    fn a_transcript_of_any_script_played_again_gives_itself(
        pieces in proptest::collection::vec(proptest::sample::select(PIECES), 1..14)
    ) {
        let text = format!("> AT+CGSN=1\n< {{imei:imei}}\n< OK\n{}> AT\n< OK\n", pieces.concat());
        let first = report(&text);
        if first.outcome.passed() {
            let again = played(&first.transcript);
            proptest::prop_assert_eq!(&again, &first.transcript, "of the script\n{}", text);
        }
    }
}

#[test]
fn every_scenario_passes() {
    let mut wrong = Vec::new();
    for path in scenarios() {
        for report in play(&opened(&path), &virtually()) {
            if !report.outcome.passed() {
                wrong.push(format!("== {}\n{}", report.name(), told(&report)));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A script with something of everything that time could change: waits, limits, URCs, tries and faults.
const EVERYTHING: &str = "+++\nseed = 7\n+++\n> AT+CEREG=2;+CMEE=1\n< OK\n@ until 1s every 50ms\n> AT+CEREG?\n< +CEREG: 2,1{*}\n< OK\n\
    * fault split 9\n> AT+CGMM\n...\n~ 20ms\n* fault duplicate 2\n~ 10ms\n> AT+CGSN=1\n* urc \"+X: 1\"\n<? RING\n...\n<! +X: {n:int}\n";

#[test]
fn one_script_played_a_thousand_times_in_virtual_and_in_real_time_has_one_transcript() {
    let script = script(EVERYTHING);
    let told = |time| {
        let options = Options { time, ..Options::default() };
        let report = play(&script, &options).remove(0);
        assert_eq!(report.outcome, Outcome::Passed, "{}", super::told(&report));
        (report.transcript, report.duration)
    };
    let first = told(Time::Virtual);
    for _ in 0..1_000 {
        assert_eq!(told(Time::Virtual), first);
    }
    // Many at a time: it is sleep that takes the time.
    std::thread::scope(|scope| {
        for _ in 0..50 {
            scope.spawn(|| {
                for _ in 0..20 {
                    assert_eq!(told(Time::Real), first);
                }
            });
        }
    });
}
