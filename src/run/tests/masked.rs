//! What a report shows of a modem that is no test one.

use super::{script, told, virtually};
use crate::identity::{Imei, ImeiKey};
use crate::run::{CaseReport, Options, play};

/// A device of a TAC that is no test one; made here, so that it stands nowhere.
fn device() -> String {
    ImeiKey::new(99_000_000_123_456).map(|key| Imei::of(key).to_string()).unwrap()
}

/// Plays a script with a modem that has such an identity.
fn played(text: &str, reveal: bool) -> (CaseReport, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let profile = include_str!("../../modem/profiles/generic-lte.toml");
    let path = folder.path().join("somebodys.toml");
    std::fs::write(&path, profile.replace("imei = \"001017001234569\"", &format!("imei = \"{}\"", device()))).unwrap();
    let options = Options { profile: Some(path.display().to_string()), reveal, ..virtually() };
    (play(&script(text), &options).remove(0), folder)
}

#[test]
fn a_transcript_hides_whose_the_modem_is_and_plays_again() {
    let text = "# Any board.\n> AT+CGSN=1\n< {board:imei}\n< OK\n@ label \"board {board}\"\n> AT+CGSN\n< {board}\n< OK\n\
        * register block {board}\n? board == \"{board}\"\n";
    let (report, folder) = played(text, false);
    assert!(report.outcome.passed(), "{}", told(&report));
    insta::assert_snapshot!(format!("{}{:?}", report.transcript, report.labels), @r#"
    # Any board.
    > AT+CGSN=1
    < +CGSN: "{imei:imei}"
    < OK
    @ label "board {imei}"
    > AT+CGSN
    < {imei}
    < OK
    * register block {imei}
    ? "{imei}" == "{imei}"
    ["board {imei}"]
    "#);
    let options = Options { profile: Some(folder.path().join("somebodys.toml").display().to_string()), ..virtually() };
    let again = play(&script(&report.transcript), &options).remove(0);
    assert_eq!(told(&again), report.transcript);
}

#[test]
fn a_failure_hides_it_too() {
    let (report, _) = played("> AT+CGSN=1\n< +CGSN: \"001017001234569\"\n< OK\n", false);
    insta::assert_snapshot!(told(&report), @r#"
    failed: expected a line that matches ‘+CGSN: "001017001234569"’
     --> a.atg:2:1
      |
    2 | < +CGSN: "001017001234569"
      | ^^^^^^^^^^^^^^^^^^^^^^^^^^ came: ‘+CGSN: "{imei}"’
    transcript up to there:
        > AT+CGSN=1
        < +CGSN: "{imei:imei}"
    "#);
}

#[test]
fn what_is_to_be_shown_is_shown() {
    let (report, _) = played("> AT+CGSN\n< {:imei}\n< OK\n> AT+GSN\n...\n", true);
    assert!(report.transcript.contains(&device()), "{}", told(&report));
    let (report, _) = played(&format!("# {}\n> AT+GSN\n< {}\n< ERROR\n", device(), device()), false);
    let failure = told(&report);
    assert!(!failure.contains(&device()[..14]), "{failure}");
}
