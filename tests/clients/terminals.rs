//! Terminals that people use at a bench: picocom(1) and socat(1), with a pipe in the place of the keyboard.

use std::process::Command;

use crate::modem::{IMEI, Modem, installed, run_with};

#[test]
fn picocom_shows_what_the_modem_answers() {
    let modem = Modem::start(&[]);
    let Some(picocom) = installed("picocom") else { return };
    // Ends once nothing has come for the time after -x.
    let mut command = Command::new(picocom);
    command.args(["--quiet", "--baud", "115200", "--exit-after", "1000"]).arg(modem.link());
    let outcome = run_with(&mut command, b"ATE0\rAT+CGSN\r");
    assert!(outcome.status.success(), "{}", outcome.stderr);
    assert!(outcome.stdout.ends_with(&format!("\r\n{IMEI}\r\n\r\nOK\r\n")), "{:?}", outcome.stdout);
}

#[test]
fn socat_joins_the_modem_to_its_own_input_and_output() {
    let modem = Modem::start(&[]);
    let Some(socat) = installed("socat") else { return };
    let mut command = Command::new(socat);
    command.args(["-t", "2", "-"]).arg(format!("{},raw,echo=0", modem.link().display()));
    let outcome = run_with(&mut command, b"ATE0\rAT+CGSN\r");
    assert!(outcome.status.success(), "{}", outcome.stderr);
    assert_eq!(outcome.stdout, format!("ATE0\r\r\nOK\r\n\r\n{IMEI}\r\n\r\nOK\r\n"));
}

#[test]
fn socat_reaches_a_modem_on_a_socket() {
    let Some(socat) = installed("socat") else { return };
    let folder = tempfile::tempdir().expect("a folder for the socket");
    let path = folder.path().join("modem");
    let modem = Modem::start_in(folder, &["--imei", IMEI, "--unix", path.to_str().expect("a path in ASCII")]);
    let mut command = Command::new(socat);
    command.args(["-t", "2", "-"]).arg(format!("UNIX-CONNECT:{}", modem.link().display()));
    let outcome = run_with(&mut command, b"AT+CGSN\r");
    assert_eq!(outcome.stdout, format!("AT+CGSN\r\r\n{IMEI}\r\n\r\nOK\r\n"));
}
