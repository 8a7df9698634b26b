//! How `atgate modem` begins and ends, and what it leaves behind.

use std::process::Command;

use rustix::process::Signal;

use crate::modem::{IMEI, Modem, Outcome, run_with};

fn atgate(arguments: &[&str], input: &[u8]) -> Outcome {
    run_with(Command::new(env!("CARGO_BIN_EXE_atgate")).args(arguments), input)
}

#[test]
fn it_ends_with_0_on_a_signal_and_takes_its_link_with_it() {
    for signal in [Signal::TERM, Signal::INT, Signal::HUP] {
        let mut modem = Modem::start(&[]);
        assert!(modem.link().exists());
        assert_eq!(modem.end(signal).code(), Some(0));
        assert!(modem.link().symlink_metadata().is_err());
    }
}

#[test]
fn a_link_of_a_killed_modem_is_taken_over_and_that_of_a_live_one_is_not() {
    let mut modem = Modem::start(&[]);
    let link = modem.link();
    let arguments = ["modem", "--link", link.to_str().expect("a path in ASCII")];
    let refused = atgate(&arguments, b"");
    assert_eq!(refused.status.code(), Some(3), "{}", refused.stderr);
    assert!(refused.stderr.contains("is the link of a running modem"), "{}", refused.stderr);

    modem.end(Signal::KILL);
    assert!(link.symlink_metadata().is_ok());
    let folder = tempfile::tempdir().expect("a folder");
    let mut second = Modem::start_in(folder, &arguments[1..]);
    assert!(link.exists());
    second.end(Signal::TERM);
    assert!(link.symlink_metadata().is_err());
}

#[test]
fn many_modems_have_links_and_identities_that_count_up() {
    let folder = tempfile::tempdir().expect("a folder");
    let link = folder.path().join("modem{n}-at");
    let first = folder.path().join("modem0-at");
    let third = folder.path().join("modem2-at");
    let link = link.to_str().expect("a path in ASCII").to_owned();
    let mut modem = Modem::start_in(folder, &["--count", "3", "--imei", IMEI, "--link", &link]);
    assert!(modem.line().ends_with(" modem1"));
    assert!(modem.line().ends_with(" modem2"));
    let ask = |link: &std::path::Path, command: &str| {
        let shown = atgate(&["send", link.to_str().expect("a path in ASCII"), command], b"").stdout;
        shown.lines().next().unwrap_or_default().to_owned()
    };
    let identities = |link| ["AT+CGSN", "AT+CIMI", "AT+CCID", "AT+CNUM"].map(|command| ask(link, command));
    assert_eq!(
        identities(&first),
        [IMEI, "001010123456789", "+CCID: 8999901000000000013", "+CNUM: \"\",\"+15550100001\",145"]
    );
    // The next but one, each with its own check digit.
    assert_eq!(
        identities(&third),
        ["001017001234585", "001010123456791", "+CCID: 8999901000000000039", "+CNUM: \"\",\"+15550100003\",145"]
    );
}

#[test]
fn who_has_seen_enough_of_stdout_leaves_the_modem_running() {
    let folder = tempfile::tempdir().expect("a folder");
    let second = folder.path().join("modem1");
    let link = folder.path().join("modem").to_str().expect("a path in ASCII").to_owned();
    let mut modem = Modem::start_in(folder, &["--count", "2", "--link", &link, "--set", "boot.silent=1s"]);
    modem.close_stdout();
    let port = second.to_str().expect("a path in ASCII").to_owned();
    assert_eq!(atgate(&["send", &port, "AT"], b"").status.code(), Some(0));
    assert_eq!(modem.end(Signal::TERM).code(), Some(0));
    assert!(second.symlink_metadata().is_err());
}

#[test]
fn a_socket_that_others_can_reach_is_warned_of() {
    for (host, warned) in [("0.0.0.0:0", true), ("127.0.0.1:0", false), ("[::1]:0", false)] {
        let mut modem = Modem::start_in(tempfile::tempdir().expect("a folder"), &["--tcp", host]);
        assert_eq!(modem.stderr_at_end().contains("may be reached from other machines"), warned, "{host}");
    }
}

#[test]
fn stdio_answers_all_and_ends_with_its_input() {
    let shown = atgate(&["modem", "--stdio", "--imei", IMEI], b"ATE0\rAT+CGSN\r");
    assert!(shown.status.success(), "{}", shown.stderr);
    assert_eq!(shown.stdout, format!("ATE0\r\r\nOK\r\n\r\n{IMEI}\r\n\r\nOK\r\n"));
    assert_eq!(shown.stderr, "ready stdio - modem0\n");
}

#[test]
fn a_wrong_command_line_starts_nothing() {
    for (arguments, said) in [
        (&["modem", "--imei", "12345"][..], "an IMEI has 14 or 15 digits"),
        (&["modem", "--profile", "no-such-modem"], "no such profile"),
        (&["modem", "--set", "no.such.key=1"], "no.such.key"),
        (&["modem", "--block", "123"], "cannot block `123`"),
        (&["modem", "--count", "0"], "0 is not in 1"),
        (&["modem", "--register", "/nonexistent/register.toml"], "cannot read /nonexistent/register.toml"),
        (&["modem", "--tcp", "localhost"], "port number"),
    ] {
        let shown = atgate(arguments, b"");
        assert_eq!(shown.status.code(), Some(2), "{arguments:?}: {}", shown.stderr);
        assert!(shown.stderr.contains(said), "{arguments:?}: {}", shown.stderr);
        assert_eq!(shown.stdout, "");
    }
}

#[test]
fn the_log_tells_what_was_said_and_shows_no_real_identity() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = folder.path().join("log");
    // Of no test TAC, and of nobody's: the reporting body 99 is not assigned.
    let imei = format!("99{}", "1234567890129");
    let modem = Modem::start(&["--imei", &imei, "--log", log.to_str().expect("a path in ASCII")]);
    let shown = atgate(&["send", modem.link().to_str().expect("a path in ASCII"), "ATE0", "AT+CGSN"], b"");
    assert_eq!(shown.stdout, format!("OK\n{imei}\nOK\n"));
    drop(modem);
    let log = std::fs::read_to_string(&log).expect("a log");
    let said: Vec<&str> = log.lines().filter(|line| !line.starts_with("~ ")).collect();
    let session = ["# a client opened the port", "> ATE0", "< OK", "> AT+CGSN", "< 001017990000019", "< OK"];
    assert!(said.windows(session.len()).any(|window| window == session), "{log}");
    assert!(!log.contains(&imei), "{log}");
}
