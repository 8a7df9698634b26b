//! pyserial, with its default settings: what most test benches are written with.

use std::path::Path;

use crate::modem::{IMEI, Modem, Outcome, missing, run};

/// Debian's Python, where python3-serial installs.
const PYTHON: &str = "/usr/bin/python3";

/// Runs a script with `modem` set to the link; `None` where pyserial is missing.
fn python(modem: &Modem, script: &str) -> Option<Outcome> {
    let python = Path::new(PYTHON);
    if !python.exists() || !run(python, ["-c", "import serial"]).status.success() {
        missing("pyserial");
        return None;
    }
    let script = format!("import serial\nmodem = '{}'\n{script}", modem.link().display());
    let outcome = run(python, ["-c", &script]);
    assert!(outcome.status.success(), "{}", outcome.stderr);
    Some(outcome)
}

#[test]
fn pyserial_reads_the_imei_with_default_settings() {
    let modem = Modem::start(&[]);
    let script =
        "port = serial.Serial(modem, timeout=10)\nport.write(b'AT+CGSN\\r')\nprint(port.read_until(b'OK\\r\\n'))";
    let Some(python) = python(&modem, script) else { return };
    assert_eq!(python.stdout.trim(), format!(r"b'AT+CGSN\r\r\n{IMEI}\r\n\r\nOK\r\n'"));
}

#[test]
fn pyserial_finds_a_sane_modem_after_it_left_without_reading() {
    let modem = Modem::start(&[]);
    let script = "
import time
for _ in range(10):
    port = serial.Serial(modem, timeout=10)
    port.write(b'AT+CGSN;+CGMR;+CGMI\\r')
    port.close()
    # The driver may still be bringing the answer, and would bring it to a client that opens at once.
    time.sleep(0.05)
    port = serial.Serial(modem, timeout=10)
    port.write(b'AT\\r')
    answer = port.read_until(b'OK\\r\\n')
    assert answer == b'AT\\r\\r\\nOK\\r\\n', answer
    port.close()
";
    python(&modem, script);
}

#[test]
fn an_exclusive_lock_ends_with_its_owner() {
    let modem = Modem::start(&[]);
    let script = "
for _ in range(5):
    port = serial.Serial(modem, exclusive=True, timeout=10)
    port.write(b'AT\\r')
    assert port.read_until(b'OK\\r\\n').endswith(b'OK\\r\\n')
    port.close()
";
    python(&modem, script);
}
