//! chat(8), the dialler of pppd: on its standard input and output, as pppd gives it the port.

use std::fs::OpenOptions;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::modem::{Modem, installed};

/// Runs a dialogue as `chat … <LINK >LINK`; its exit code.
fn chat(modem: &Modem, dialogue: &[&str]) -> Option<Option<i32>> {
    let chat = installed("chat")?;
    let input = OpenOptions::new().read(true).open(modem.link()).expect("the link opens to read");
    let output = OpenOptions::new().write(true).open(modem.link()).expect("the link opens to write");
    let mut child = Command::new(chat)
        .args(["-v", "-s", "-t", "10"])
        .args(dialogue)
        .stdin(Stdio::from(input))
        .stdout(Stdio::from(output))
        .spawn()
        .expect("chat starts");
    Some(child.wait().expect("chat ends by its own time-outs").code())
}

#[test]
fn chat_sets_the_modem_up_and_dials() {
    let modem = Modem::start(&[]);
    modem.registered();
    let dialogue =
        ["ABORT", "ERROR", "ABORT", "NO CARRIER", "", "ATZ", "OK", "ATE1V1Q0", "OK", "ATD*99***1#", "CONNECT"];
    let Some(code) = chat(&modem, &dialogue) else { return };
    assert_eq!(code, Some(0));
    // Its closing hangs up: the next dialogue finds command state, once the modem has had the time to see DTR drop.
    std::thread::sleep(Duration::from_millis(50));
    assert_eq!(chat(&modem, &["", "AT", "OK"]), Some(Some(0)));
}

#[test]
fn chat_hears_that_a_command_does_not_exist() {
    let modem = Modem::start(&[]);
    let Some(code) = chat(&modem, &["ABORT", "ERROR", "", "AT+NOSUCHCMD", "OK"]) else { return };
    // 4 is its first ABORT text.
    assert_eq!(code, Some(4));
}
