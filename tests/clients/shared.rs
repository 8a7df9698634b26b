//! The port that a console shares: pyserial at its TCP socket, tio(1) and picocom(1) on a pseudo-terminal that socat(1) joins to it,
//! each of them while the console talks to the modem too.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use crate::modem::{IMEI, Modem, installed, missing, run, run_with};
use crate::rfc2217::{PYTHON, joined, tio};

/// A console on a modem that could be a real one, sharing its port; ends with the value.
struct Console {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    /// Where it shares the port.
    place: String,
    _modem: Modem,
}

impl Console {
    /// A console that shares the port here.
    fn sharing_at(folder: &Path, place: &str) -> Console {
        let path = folder.join("modem").display().to_string();
        let own = tempfile::tempdir().expect("a folder");
        let modem = Modem::start_in(own, &["--imei", IMEI, "--unix", &path]);
        // timeout(1) ends it where a test waits for what never comes.
        let mut child = Command::new("timeout")
            .args(["60", env!("CARGO_BIN_EXE_atgate"), "console", &format!("unix:{path}")])
            .args(["--timestamps", "off", "--share", place])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("it starts");
        let output = BufReader::new(child.stdout.take().expect("a pipe"));
        let input = child.stdin.take();
        let mut console = Console { child, input, output, place: String::new(), _modem: modem };
        let (_, place) = console.until("shared at ");
        console.place = place.trim_end().to_owned();
        console
    }

    /// A line typed at the console.
    fn types(&mut self, line: &str) {
        let input = self.input.as_mut().expect("it is not over");
        input.write_all(format!("{line}\n").as_bytes()).expect("it takes its input");
    }

    /// Reads until a line has this, and gives all lines before it, and what stands behind it in its line.
    fn until(&mut self, what: &str) -> (String, String) {
        let mut before = String::new();
        loop {
            let mut line = String::new();
            let length = self.output.read_line(&mut line).expect("a pipe can be read");
            assert!(length > 0, "`{what}` never came:\n{before}");
            if let Some((_, behind)) = line.split_once(what) {
                return (before, behind.to_owned());
            }
            before.push_str(&line);
        }
    }

    /// The console asks too, and is answered.
    fn still_talks(&mut self) {
        self.types("AT+CGMM");
        self.until("generic-lte");
        self.until("<  OK");
    }

    /// What a program did was seen: it asked for the IMEI, tried to write another, which did not go out, and left.
    fn saw_it_all(&mut self) {
        let (seen, _) = self.until("a program left");
        for line in [
            ">  AT+CGSN ",
            IMEI,
            "TAMPERING, not sent: `AT+EGMR=1,7,\"001017001234560\"\\r`: writes the item that holds an IMEI",
            // What is refused is no part of what follows.
            ">  AT+CGMI ",
        ] {
            assert!(seen.contains(line), "{line}:\n{seen}");
        }
    }
}

/// Who has the port, in the words of a verb that finds it busy; with the number of that process.
fn told_busy(verb: &str, port: &str, folder: &Path) -> (String, u32) {
    let script = folder.join("ask.atg");
    std::fs::write(&script, "> AT\n< OK\n").expect("a script");
    let (script, out) = (script.display().to_string(), folder.join("out").display().to_string());
    let words: Vec<&str> = match verb {
        "send" => vec!["send", port, "AT"],
        "run" => vec!["run", &script, "--port", port],
        "record" => vec!["record", "--port", port, "--output", &out],
        _ => vec![verb, port],
    };
    let told = run(Path::new(env!("CARGO_BIN_EXE_atgate")), words);
    assert_eq!(told.status.code(), Some(3), "{verb}: {} {}", told.stdout, told.stderr);
    let text = told.stdout + &told.stderr;
    let (_, behind) = text.split_once(" is in use by ").unwrap_or_else(|| panic!("{verb}: {text}"));
    let (who, behind) = behind.split_once(" (process ").unwrap_or_else(|| panic!("{verb}: {text}"));
    assert!(behind.contains("help: "), "{verb}: {text}");
    (who.to_owned(), behind.split_once(')').and_then(|(pid, _)| pid.parse().ok()).unwrap_or_else(|| panic!("{text}")))
}

#[test]
fn who_finds_a_port_busy_is_told_which_process_has_it_and_for_which_verb() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("modem").display().to_string();
    let own = tempfile::tempdir().expect("a folder");
    let _modem = Modem::start_in(own, &["--imei", IMEI, "--unix", &path]);
    let Some((socat, tty)) = joined(folder.path(), &format!("UNIX-CONNECT:{path}")) else { return };
    let tty = tty.display().to_string();
    let mut console = Command::new(env!("CARGO_BIN_EXE_atgate"))
        .args(["console", &tty, "--timestamps", "off"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut input = console.stdin.take().expect("a pipe");
    let mut output = BufReader::new(console.stdout.take().expect("a pipe"));
    input.write_all(b"AT\n").expect("it takes its input");
    // It has the port, and was answered.
    output.read_line(&mut String::new()).expect("a pipe can be read");
    for verb in ["send", "run", "record", "learn", "console"] {
        assert_eq!(told_busy(verb, &tty, folder.path()), ("`atgate console`".to_owned(), console.id()));
    }
    drop(input);
    std::io::copy(&mut output, &mut std::io::sink()).expect("a pipe can be read");
    assert!(console.wait().expect("it can be waited for").success());
    let sent = run(Path::new(env!("CARGO_BIN_EXE_atgate")), ["send", &tty, "AT"]);
    assert!(sent.status.success(), "{}", sent.stderr);
    drop(socat);
}

#[test]
fn who_finds_an_emulated_port_busy_is_told_which_program_has_it() {
    let modem = Modem::start(&[]);
    let port = modem.link().display().to_string();
    let mut console = Command::new(env!("CARGO_BIN_EXE_atgate"))
        .args(["console", &port])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut input = console.stdin.take().expect("a pipe");
    let mut output = BufReader::new(console.stdout.take().expect("a pipe"));
    input.write_all(b"AT\n").expect("it takes its input");
    output.read_line(&mut String::new()).expect("a pipe can be read");
    assert_eq!(told_busy("send", &port, modem.folder()), ("atgate".to_owned(), console.id()));
    drop(input);
    std::io::copy(&mut output, &mut std::io::sink()).expect("a pipe can be read");
    assert!(console.wait().expect("it can be waited for").success());
}

impl Drop for Console {
    fn drop(&mut self) {
        // It ends with its input; it may have ended already.
        drop(self.input.take());
        let _ = self.child.wait();
    }
}

#[test]
fn pyserial_shares_the_port_of_a_console_over_tcp() {
    let folder = tempfile::tempdir().expect("a folder");
    let python = Path::new(PYTHON);
    if !python.exists() || !run(python, ["-c", "import serial"]).status.success() {
        return missing("pyserial");
    }
    let mut console = Console::sharing_at(folder.path(), "tcp:127.0.0.1:0");
    console.still_talks();
    let place = console.place.strip_prefix("tcp:").unwrap_or_else(|| panic!("{}", console.place));
    let script = format!(
        "
import serial
port = serial.serial_for_url('socket://{place}', timeout=30)
def ask(line):
    port.write(line + b'\\r')
    answer = port.read_until(b'OK\\r\\n')
    assert answer.endswith(b'OK\\r\\n'), answer
    return answer
ask(b'ATE0')
assert ask(b'AT+CGSN') == b'\\r\\n{IMEI}\\r\\n\\r\\nOK\\r\\n'
# As a person types it.
for byte in b'AT+EGMR=1,7,\"001017001234560\"\\r': port.write(bytes([byte]))
assert b'atgate' in ask(b'AT+CGMI')
# A piece of several lines is told line by line.
port.write(b'AT+CSQ\\rAT+EGMR=1,7,\"001017001234561\"\\rAT+CGMR\\r')
port.read_until(b'OK\\r\\n')
port.close()
"
    );
    let outcome = run(python, ["-c", &script]);
    assert!(outcome.status.success(), "{}", outcome.stderr);
    let (before, _) = console.until("`AT+EGMR=1,7,\"001017001234560\"\\r`: writes the item that holds an IMEI");
    assert!(before.contains(">  AT+CGSN ") && before.contains(IMEI), "{before}");
    let (before, _) = console.until("TAMPERING, not sent: ");
    assert!(before.contains(">  AT+CGMI ") && before.contains(">  AT+CSQ "), "{before}");
    console.until("a program left");
    console.still_talks();
}

#[test]
fn tio_shares_the_port_of_a_console() {
    let folder = tempfile::tempdir().expect("a folder");
    let place = format!("unix:{}", folder.path().join("shared").display());
    let mut console = Console::sharing_at(folder.path(), &place);
    let Some((socat, tty)) = joined(folder.path(), &place.replace("unix:", "UNIX-CONNECT:")) else { return };
    if installed("tio").is_none() {
        return;
    }
    console.until("a program came to ");
    console.still_talks();
    let typed = "AT+CGSN\rAT+EGMR=1,7,\"001017001234560\"\rAT+CGMI\r";
    let shown = tio(&tty, typed, "atgate\r\n\r\nOK\r\n");
    assert!(shown.contains(&format!("{IMEI}\r\n\r\nOK\r\n")), "{shown:?}");
    drop(socat);
    console.saw_it_all();
    console.still_talks();
}

#[test]
fn picocom_shares_the_port_of_a_console() {
    let folder = tempfile::tempdir().expect("a folder");
    let place = format!("unix:{}", folder.path().join("shared").display());
    let mut console = Console::sharing_at(folder.path(), &place);
    let Some((socat, tty)) = joined(folder.path(), &place.replace("unix:", "UNIX-CONNECT:")) else { return };
    let Some(picocom) = installed("picocom") else { return };
    console.until("a program came to ");
    console.still_talks();
    let mut command = Command::new(picocom);
    command.args(["--quiet", "--baud", "115200", "--exit-after", "1000"]).arg(&tty);
    let outcome = run_with(&mut command, b"AT+CGSN\rAT+EGMR=1,7,\"001017001234560\"\rAT+CGMI\r");
    let answered = outcome.stdout.contains(&format!("{IMEI}\r\n\r\nOK\r\n"));
    assert!(answered && outcome.stdout.ends_with("atgate\r\n\r\nOK\r\n"), "{:?} {}", outcome.stdout, outcome.stderr);
    drop(socat);
    console.saw_it_all();
    console.still_talks();
}
