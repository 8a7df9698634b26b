//! `atgate learn` on real pseudo-terminals: a modem is learned, and the learned one answers alike.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::modem::{Modem, Outcome, run_with};

fn learn(port: &Path, arguments: &[&str]) -> Outcome {
    run_with(Command::new(env!("CARGO_BIN_EXE_atgate")).arg("learn").arg(port).args(arguments), b"")
}

/// The lines that say something.
fn said(profile: &str) -> Vec<&str> {
    profile.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).collect()
}

#[test]
fn a_modem_is_learned_and_the_learned_one_is_learned_alike() {
    let folder = tempfile::tempdir().expect("a folder for the profiles");
    let (first, second) = (folder.path().join("first.toml"), folder.path().join("second.toml"));
    let arguments = |path: &Path| {
        ["-o", path.to_str().expect("ASCII"), "--base", "generic-lte", "--name", "learned"].map(str::to_owned)
    };
    let own = "001017002222229";
    // One that needs no time to start, and whose card is ready at once.
    let at_once = ["--set", "boot.silent=0", "--set", "boot.urcs=[]", "--set", "sim.busy=0", "--set", "sim.urc="];
    let modem = Modem::start(&[&["--profile", "quectel-bg95", "--imei", own][..], &at_once].concat());
    let shown = learn(&modem.link(), &arguments(&first).each_ref().map(String::as_str));
    assert_eq!(shown.status.code(), Some(0), "{}", shown.stderr);
    let profile = fs::read_to_string(&first).expect("it was written");
    assert!(!profile.contains(&own[..14]), "{profile}");
    assert!(profile.contains("model = \"BG95-M3\"") && profile.contains("cgsn = \"\""), "{profile}");

    let modem = Modem::start(&["--profile", first.to_str().expect("ASCII")]);
    let shown = learn(&modem.link(), &arguments(&second).each_ref().map(String::as_str));
    assert_eq!(shown.status.code(), Some(0), "{}", shown.stderr);
    let again = fs::read_to_string(&second).expect("it was written");
    assert_eq!(said(&profile), said(&again));
}

#[test]
fn a_profile_that_is_there_is_kept_and_nothing_is_sent() {
    let folder = tempfile::tempdir().expect("a folder for the profile");
    let path = folder.path().join("mine.toml");
    fs::write(&path, "name = \"mine\"\n").expect("a file");
    let pair = atgate::port::pair().expect("a pseudo-terminal");
    let shown = learn(pair.path(), &["-o", path.to_str().expect("ASCII")]);
    assert_eq!(shown.status.code(), Some(2), "{}", shown.stderr);
    assert_eq!(fs::read_to_string(&path).expect("it is there"), "name = \"mine\"\n");
    assert_eq!(pair.modem.read(&mut [0; 64]).expect("it is there"), 0);
}
