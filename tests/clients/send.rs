//! `atgate send` against `atgate modem`, and against ports that are none.

use std::process::Command;

use crate::modem::{IMEI, Modem, Outcome, run_with};

fn send(port: &str, arguments: &[&str]) -> Outcome {
    run_with(Command::new(env!("CARGO_BIN_EXE_atgate")).args(["send", port]).args(arguments), b"")
}

fn send_to(modem: &Modem, arguments: &[&str]) -> Outcome {
    send(modem.link().to_str().expect("a path in ASCII"), arguments)
}

#[test]
fn the_answer_is_printed_and_the_result_is_the_exit_code() {
    let modem = Modem::start(&[]);
    let good = send_to(&modem, &["AT+CGSN", "ATE0", "AT+CGSN"]);
    assert_eq!((good.status.code(), good.stdout), (Some(0), format!("{IMEI}\nOK\nOK\n{IMEI}\nOK\n")));
    let bad = send_to(&modem, &["AT+NOSUCH", "AT+CGSN"]);
    assert_eq!((bad.status.code(), bad.stdout.as_str()), (Some(1), "ERROR\n"));
}

#[test]
fn no_answer_in_time_fails_and_says_what_was_not_answered() {
    let pair = atgate::port::pair().expect("a pseudo-terminal on which nobody answers");
    let silent = send(pair.path().to_str().expect("a path in ASCII"), &["--timeout", "50ms", "AT"]);
    assert_eq!(silent.status.code(), Some(1));
    assert!(silent.stderr.contains("no final result to `AT` within 50ms"), "{}", silent.stderr);
}

#[test]
fn a_port_that_cannot_be_used_is_the_benchs_fault() {
    for (port, said) in [
        ("/nonexistent/tty", "no port at"),
        ("/dev/null", "is not a serial port"),
        ("unix:@atgate-none", "nobody listens"),
    ] {
        let shown = send(port, &["AT"]);
        assert_eq!(shown.status.code(), Some(3), "{}", shown.stderr);
        assert!(shown.stderr.contains(said) && shown.stderr.contains("help: "), "{}", shown.stderr);
    }
}

#[test]
fn what_is_no_command_is_refused_before_anything_is_sent() {
    let modem = Modem::start(&[]);
    let shown = send_to(&modem, &["+CSQ"]);
    assert_eq!(shown.status.code(), Some(2));
    assert!(shown.stderr.contains("expected a command line that begins with AT, found `+CSQ`"), "{}", shown.stderr);
}

#[test]
fn a_line_that_rewrites_an_imei_goes_to_no_real_port() {
    let rewriting = "AT+CGMI;+EGMR=1,7,\"001017001234569\"";
    let pair = atgate::port::pair().expect("a pseudo-terminal of nobody's");
    let shown = send(pair.path().to_str().expect("a path in ASCII"), &["AT", rewriting]);
    assert_eq!(shown.status.code(), Some(2), "{}", shown.stderr);
    assert!(shown.stderr.contains("nothing was sent"), "{}", shown.stderr);
    assert_eq!(pair.modem.read(&mut [0; 64]).expect("it is there"), 0);

    // The emulated modem answers it as a locked one does.
    let modem = Modem::start(&[]);
    let shown = send_to(&modem, &[rewriting]);
    assert_eq!(shown.status.code(), Some(1), "{}", shown.stderr);
    let kept = send_to(&modem, &["AT+CGSN"]);
    assert_eq!(kept.stdout, format!("{IMEI}\nOK\n"));
}

#[test]
fn tcp_and_unix_ports_are_reached_by_their_names() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut modem = Modem::start_in(folder, &["--tcp", "0", "--imei", IMEI, "--count", "2"]);
    let second = modem.line();
    let [_, "tcp", address, "modem1"] = second.split(' ').collect::<Vec<_>>()[..] else { panic!("{second}") };
    let shown = send(&format!("tcp:{address}"), &["AT"]);
    assert_eq!((shown.status.code(), shown.stdout.as_str()), (Some(0), "OK\n"), "{}", shown.stderr);

    let name = format!("@atgate-test-{}", std::process::id());
    let _modem = Modem::start_in(tempfile::tempdir().expect("a folder"), &["--unix", &name]);
    let shown = send(&format!("unix:{name}"), &["AT"]);
    assert_eq!((shown.status.code(), shown.stdout.as_str()), (Some(0), "OK\n"), "{}", shown.stderr);
}
