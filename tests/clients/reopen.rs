//! Clients that come and go, as plain files: nothing is set up, as with `cat` and `echo` in a shell.

use std::fs::File;
use std::io::{Read, Write};
use std::time::Duration;

use rustix::termios::{QueueSelector, tcflush};

use crate::modem::{Modem, installed, run};

fn open(modem: &Modem) -> File {
    let port = File::options().read(true).write(true).open(modem.link()).expect("the link opens");
    // As every terminal does: what the last client left in the driver is not for this one.
    tcflush(&port, QueueSelector::IFlush).expect("a terminal can be flushed");
    port
}

/// Sends a command and reads just as much as the answer is expected to have.
fn ask(port: &mut File, command: &str, expected: &str) {
    port.write_all(command.as_bytes()).expect("the modem takes it");
    let mut answer = vec![0; expected.len()];
    port.read_exact(&mut answer).expect("the modem answers");
    assert_eq!(String::from_utf8_lossy(&answer), expected);
}

#[test]
fn settings_outlive_the_client_that_made_them() {
    let modem = Modem::start(&[]);
    ask(&mut open(&modem), "ATE0\r", "ATE0\r\r\nOK\r\n");
    ask(&mut open(&modem), "AT\r", "\r\nOK\r\n");
}

#[test]
fn closing_hangs_up_a_data_call() {
    let modem = Modem::start(&[]);
    modem.registered();
    let mut port = open(&modem);
    ask(&mut port, "ATE0\r", "ATE0\r\r\nOK\r\n");
    port.write_all(b"ATD*99#\r").expect("the modem takes it");
    let mut connect = Vec::new();
    while !(connect.ends_with(b"\r\n") && connect.len() > 2) {
        let mut byte = [0];
        port.read_exact(&mut byte).expect("the modem connects");
        connect.push(byte[0]);
    }
    assert!(connect.starts_with(b"\r\nCONNECT"), "{}", connect.escape_ascii());
    drop(port);
    ask(&mut open(&modem), "AT\r", "\r\nOK\r\n");
}

#[test]
fn a_line_half_typed_is_forgotten() {
    let modem = Modem::start(&[]);
    open(&modem).write_all(b"AT+CGS").expect("the modem takes it");
    // The modem hears of the closing in its own time; a client that comes within it is served all the same.
    std::thread::sleep(Duration::from_millis(50));
    ask(&mut open(&modem), "AT\r", "AT\r\r\nOK\r\n");
}

#[test]
fn a_client_that_never_reads_does_not_stop_the_modem() {
    let modem = Modem::start(&[]);
    let mut port = open(&modem);
    for _ in 0..20_000 {
        port.write_all(b"ATI\r").expect("the modem goes on reading");
    }
    drop(port);
    // The driver is still full of answers, and would bring them to a client that opens at once.
    std::thread::sleep(Duration::from_millis(100));
    ask(&mut open(&modem), "AT\r", "AT\r\r\nOK\r\n");
}

#[test]
fn a_shell_finds_the_port_raw() {
    let modem = Modem::start(&[]);
    let Some(stty) = installed("stty") else { return };
    let link = modem.link();
    let link = link.to_str().expect("a path in ASCII");
    // Left as a login would have it: with echo, by lines, CR turned into LF.
    assert!(run(&stty, ["-F", link, "sane"]).status.success());
    let until = std::time::Instant::now() + Duration::from_secs(10);
    loop {
        let shown = run(&stty, ["-F", link, "-a"]).stdout;
        if shown.contains("-icanon") && shown.contains("-echo ") && shown.contains("-icrnl") {
            break;
        }
        assert!(std::time::Instant::now() < until, "{shown}");
    }
}
