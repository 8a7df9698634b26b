//! Serial ports over a network: pyserial, which labgrid uses too, at the modem's lines; Debian's ser2net in front of a modem on
//! a pseudo-terminal; and tio(1) and picocom(1), which have no RFC 2217, on a pseudo-terminal that socat(1) joins to the raw port.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::termios::{ControlModes, tcgetattr};

use crate::modem::{IMEI, Modem, Outcome, installed, missing, run, run_with};

/// Nothing here takes longer.
const LIMIT: Duration = Duration::from_secs(60);

/// Debian's Python, where python3-serial installs.
pub(crate) const PYTHON: &str = "/usr/bin/python3";

/// Ends a program with the value.
pub(crate) struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The URL in a line such as `ready rfc2217 rfc2217://127.0.0.1:4000 modem0`.
fn url(ready: &str) -> &str {
    let url = ready.strip_prefix("ready rfc2217 ").and_then(|rest| rest.strip_suffix(" modem0"));
    url.unwrap_or_else(|| panic!("{ready}"))
}

/// Opens the URL in pyserial as `port`, and does as the script says.
fn python(url: &str, control: &Path, script: &str) {
    let python = Path::new(PYTHON);
    if !python.exists() || !run(python, ["-c", "import serial"]).status.success() {
        return missing("pyserial");
    }
    let begin = format!(
        "
import serial, subprocess, time
def does(*words):
    subprocess.run(['{}', 'ctl', '{}', *words], check=True)
def until(what, *args):
    limit = time.monotonic() + 30
    while not what(*args):
        assert time.monotonic() < limit, 'it never came to that'
        time.sleep(0.02)
def ask(line, end=b'OK\\r\\n'):
    port.write(line + b'\\r')
    answer = port.read_until(end)
    assert answer.endswith(end), answer
    return answer
port = serial.serial_for_url('{url}', timeout=30)
",
        env!("CARGO_BIN_EXE_atgate"),
        control.display()
    );
    let outcome = run(python, ["-c", &(begin + script)]);
    assert!(outcome.status.success(), "{}", outcome.stderr);
}

const LINES: &str = "
assert (port.cts, port.dsr, port.cd, port.ri) == (True, True, False, False)
ask(b'ATE0&C1&D2')
assert b'001017001234569' in ask(b'AT+CGSN')

# RI comes with the call, and goes with it.
does('ring', 'from', '+15550100')
port.read_until(b'RING\\r\\n')
assert port.ri and not port.cd
does('hangup')
until(lambda: not port.ri)
port.reset_input_buffer()

# DCD is on with CONNECT; DTR that drops ends the call as &D2 says, and DCD with it.
until(lambda: b'+CGATT: 1' in ask(b'AT+CGATT?'))
ask(b'ATD*99#', b'CONNECT')
assert port.cd
port.dtr = False
port.read_until(b'NO CARRIER\\r\\n')
assert not port.cd
port.dtr = True
ask(b'AT')

# The modem says nothing while RTS is off: +IFC=2,2 is its default.
port.rts = False
port.write(b'AT+CGMI\\r')
time.sleep(0.2)
assert port.in_waiting == 0
port.rts = True
assert port.read_until(b'OK\\r\\n') == b'\\r\\natgate\\r\\n\\r\\nOK\\r\\n'

# Settings are taken, each byte is itself, a break and a purge are answered.
port.baudrate, port.bytesize, port.parity, port.stopbits = 9600, 7, 'E', 2
port.baudrate, port.bytesize, port.parity, port.stopbits = 115200, 8, 'N', 1
port.rtscts = True
port.send_break(0.01)
port.reset_output_buffer()
ask(b'ATE1')
port.close()
";

#[test]
fn pyserial_sees_and_drives_the_lines_of_a_modem() {
    let folder = tempfile::tempdir().expect("a folder");
    let control = folder.path().join("control");
    let place = control.to_str().expect("ASCII").to_owned();
    let modem = Modem::start_in(folder, &["--imei", IMEI, "--rfc2217", "0", "--control", &place]);
    python(url(&modem.ready), &control, LINES);
}

#[test]
fn a_further_port_of_a_modem_has_lines_of_its_own() {
    let mut modem = Modem::start(&["--rfc2217", "127.0.0.1:0"]);
    let ready = modem.line();
    python(url(&ready), &modem.control(), LINES);
}

#[test]
fn a_client_that_polls_or_takes_no_answers_is_served_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let control = folder.path().join("none");
    let modem = Modem::start_in(folder, &["--imei", IMEI, "--rfc2217", "0"]);
    let polls = format!("{}?poll_modem&timeout=5", url(&modem.ready));
    python(&polls, &control, "assert port.dsr and not port.cd\nask(b'AT')");
    // What labgrid writes.
    let ignores = format!("{}?ign_set_control&timeout=3.0", url(&modem.ready));
    python(&ignores, &control, "ask(b'AT')");
    for query in ["", "?baud=9600&framing=7e2&flow=rtscts", "?poll_modem", "?ign_set_control&timeout=3.0"] {
        let port = format!("{}{query}", url(&modem.ready));
        let sent = run(Path::new(env!("CARGO_BIN_EXE_atgate")), ["send", &port, "ATE1", "AT+CGSN"]);
        assert_eq!(
            (sent.status.code(), sent.stdout.as_str()),
            (Some(0), "OK\n001017001234569\nOK\n"),
            "{}",
            sent.stderr
        );
    }
}

#[test]
fn a_port_over_a_network_that_is_unplugged_comes_back_with_its_lines() {
    let folder = tempfile::tempdir().expect("a folder");
    let control = folder.path().join("control");
    let place = control.to_str().expect("ASCII").to_owned();
    let modem = Modem::start_in(folder, &["--imei", IMEI, "--rfc2217", "0", "--control", &place]);
    let script = "
does('unplug')
try:
    while port.read(1): pass
    assert False, 'it is still there'
except serial.SerialException: pass
port.close()
does('plug')
port.open()
assert port.dsr and port.cts
ask(b'AT')
";
    python(url(&modem.ready), &control, script);
}

/// ser2net in front of the modem's link, once it listens; and where.
fn ser2net(modem: &Modem) -> Option<(Running, String)> {
    let ser2net = installed("ser2net")?;
    // Nobody else is given the number at once again.
    let free = TcpListener::bind("127.0.0.1:0").expect("a free port").local_addr().expect("it is bound").port();
    let settings = modem.folder().join("ser2net.yaml");
    let words = format!(
        "%YAML 1.1\n---\nconnection: &modem\n  accepter: telnet(rfc2217),tcp,127.0.0.1,{free}\n  connector: serialdev,{},\
         115200n81,local\n",
        modem.link().display()
    );
    std::fs::write(&settings, words).expect("a file for its settings");
    let mut command = Command::new(ser2net);
    command.args(["-n", "-d", "-c"]).arg(&settings).arg("-P").arg(modem.folder().join("pid"));
    let running = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts");
    Some((Running(running), format!("rfc2217://127.0.0.1:{free}")))
}

fn send(port: &str, commands: &[&str]) -> Outcome {
    run_with(Command::new(env!("CARGO_BIN_EXE_atgate")).args(["send", port]).args(commands), b"")
}

/// The same, as soon as ser2net listens and has let go of the port.
fn send_once_it_listens(port: &str, commands: &[&str]) -> Outcome {
    let until = Instant::now() + LIMIT;
    loop {
        let sent = send(port, commands);
        if sent.status.code() != Some(3) {
            return sent;
        }
        assert!(Instant::now() < until, "{}", sent.stderr);
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_modem_behind_ser2net_is_reached_and_its_port_is_set() {
    let modem = Modem::start(&[]);
    let Some((_ser2net, port)) = ser2net(&modem) else { return };
    let sent = send_once_it_listens(&port, &["ATE0", "AT+CGSN"]);
    assert_eq!((sent.status.code(), sent.stdout), (Some(0), format!("OK\n{IMEI}\nOK\n")), "{}", sent.stderr);

    let set = format!("{port}?baud=9600&framing=7e2");
    let address: atgate::port::Address = set.parse().expect("an address");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let until = Instant::now() + LIMIT;
    let opened = loop {
        match runtime.block_on(atgate::port::open(&address)) {
            Ok(opened) => break opened,
            Err(error) => assert!(Instant::now() < until, "{error}"),
        }
    };
    let tty = std::fs::File::open(modem.link()).expect("the device that ser2net has open");
    let seen = tcgetattr(&tty).expect("a terminal");
    // A pseudo-terminal keeps no parity and no other data bits than eight, whoever asks.
    assert_eq!(seen.output_speed(), 9600);
    assert!(seen.control_modes.contains(ControlModes::CSTOPB));
    drop((tty, opened));
}

#[test]
fn no_line_that_rewrites_an_imei_goes_through_ser2net() {
    let modem = Modem::start(&[]);
    let Some((_ser2net, port)) = ser2net(&modem) else { return };
    let sent = send_once_it_listens(&port, &["AT", "AT+EGMR=1,7,\"001017001234569\""]);
    assert_eq!((sent.status.code(), sent.stdout.as_str()), (Some(2), ""), "{}", sent.stderr);
    assert!(sent.stderr.contains("nothing was sent"), "{}", sent.stderr);
}

/// What socat(1) calls a modem's raw port.
fn raw_port(modem: &Modem) -> String {
    let place = modem.ready.strip_prefix("ready tcp ").and_then(|rest| rest.strip_suffix(" modem0"));
    format!("TCP:{}", place.unwrap_or_else(|| panic!("{}", modem.ready)))
}

/// A pseudo-terminal that socat joins to such a place; `None` where socat is missing.
pub(crate) fn joined(folder: &Path, place: &str) -> Option<(Running, std::path::PathBuf)> {
    let socat = installed("socat")?;
    let tty = folder.join("tty");
    let mut command = Command::new(socat);
    command.arg(format!("PTY,link={},raw,echo=0", tty.display())).arg(place);
    let running = Running(command.spawn().expect("it starts"));
    let until = Instant::now() + LIMIT;
    while !tty.exists() {
        assert!(Instant::now() < until, "socat makes no terminal");
        std::thread::sleep(Duration::from_millis(5));
    }
    Some((running, tty))
}

#[test]
fn picocom_reaches_the_raw_port_through_socat() {
    let folder = tempfile::tempdir().expect("a folder");
    let modem = Modem::start_in(tempfile::tempdir().expect("a folder"), &["--imei", IMEI, "--tcp", "0"]);
    let Some((_socat, tty)) = joined(folder.path(), &raw_port(&modem)) else { return };
    let Some(picocom) = installed("picocom") else { return };
    let mut command = Command::new(picocom);
    command.args(["--quiet", "--baud", "115200", "--exit-after", "1000"]).arg(&tty);
    let outcome = run_with(&mut command, b"ATE0\rAT+CGSN\r");
    let end = format!("\r\n{IMEI}\r\n\r\nOK\r\n");
    assert!(outcome.stdout.ends_with(&end), "{:?} {}", outcome.stdout, outcome.stderr);
}

#[test]
fn tio_reaches_the_raw_port_through_socat() {
    let folder = tempfile::tempdir().expect("a folder");
    let modem = Modem::start_in(tempfile::tempdir().expect("a folder"), &["--imei", IMEI, "--tcp", "0"]);
    let Some((_socat, tty)) = joined(folder.path(), &raw_port(&modem)) else { return };
    tio(&tty, "AT+CGSN\r", &format!("{IMEI}\r\n\r\nOK\r\n"));
}

/// Types at tio(1) on a terminal until it has shown this, and gives all of it.
pub(crate) fn tio(tty: &Path, typed: &str, shows: &str) -> String {
    let Some(tio) = installed("tio") else { return shows.to_owned() };
    // It ends with its input, whether or not it was answered; timeout(1) ends it where it is not. stdbuf(1) has it say at
    // once what it says into a pipe.
    let mut command = Command::new("timeout");
    command
        .args(["60", "stdbuf", "-o0"])
        .arg(tio)
        .args(["-n", "-b", "115200"])
        .arg(tty)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    let mut tio = Running(command.spawn().expect("it starts"));
    let (mut input, mut output) = (tio.0.stdin.take().expect("a pipe"), tio.0.stdout.take().expect("a pipe"));
    let (mut shown, mut buffer) = (String::new(), [0; 256]);
    input.write_all(typed.as_bytes()).expect("it takes its input");
    while !shown.contains(shows) {
        let length = output.read(&mut buffer).expect("a pipe can be read");
        assert!(length > 0, "tio ended: {shown:?}");
        shown.push_str(&String::from_utf8_lossy(&buffer[..length]));
    }
    drop(input);
    output.read_to_end(&mut Vec::new()).expect("a pipe can be read");
    tio.0.wait().expect("it can be waited for");
    shown
}
