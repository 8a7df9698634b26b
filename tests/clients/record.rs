//! `atgate record` between real programs and modems, and what it wrote played again.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::modem::{Modem, Outcome, installed, run, run_with};

/// No wait may take longer.
const LIMIT: Duration = Duration::from_secs(30);

/// A running recorder.
struct Recorder {
    child: Child,
    stdout: BufReader<std::process::ChildStdout>,
    folder: tempfile::TempDir,
    place: String,
}

impl Recorder {
    fn start(port: &str, arguments: &[&str]) -> Recorder {
        Recorder::spawn(Command::new(env!("CARGO_BIN_EXE_atgate")), port, arguments)
    }

    fn spawn(mut command: Command, port: &str, arguments: &[&str]) -> Recorder {
        let folder = tempfile::tempdir().expect("a folder");
        let output = folder.path().join("session.atg");
        command.args(["record", "--port", port, "-o", output.to_str().expect("ASCII")]).args(arguments);
        if !arguments.contains(&"--tcp") {
            command.arg("--link").arg(folder.path().join("app"));
        }
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
        let stdout = BufReader::new(child.stdout.take().expect("a pipe"));
        let mut recorder = Recorder { child, stdout, folder, place: String::new() };
        let line = recorder.line();
        recorder.place = line.split(' ').nth(2).expect("a place").to_owned();
        assert!(line.starts_with("ready "), "{line}");
        recorder
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.stdout.read_line(&mut line).expect("a line");
        line.trim_end().to_owned()
    }

    fn link(&self) -> PathBuf {
        self.folder.path().join("app")
    }

    fn script(&self) -> PathBuf {
        self.folder.path().join("session.atg")
    }

    fn text(&self) -> String {
        std::fs::read_to_string(self.script()).expect("a script")
    }

    /// Waits until this stands in the script.
    fn wrote(&self, text: &str) {
        let until = Instant::now() + LIMIT;
        while !self.text().contains(text) {
            assert!(Instant::now() < until, "{text} is missing in {}", self.text());
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Ends it with a signal: its exit code, and what it said on stderr.
    fn end(&mut self, signal: Signal) -> (Option<i32>, String) {
        kill_process(Pid::from_child(&self.child), signal).expect("it runs");
        let status = self.child.wait().expect("it ends");
        let mut said = String::new();
        self.child.stderr.take().expect("a pipe").read_to_string(&mut said).expect("text");
        (status.code(), said)
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn atgate(arguments: &[&str]) -> Outcome {
    run_with(Command::new(env!("CARGO_BIN_EXE_atgate")).args(arguments), b"")
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a path in ASCII")
}

/// A dialogue of chat(8) with whatever stands at `port`, through a shell, as pppd would start it.
const DIALOGUE: &str = "chat -s -t 10 ABORT ERROR '' ATZ OK ATE1V1Q0 OK AT+CGSN=1 OK AT+CSQ OK <\"$0\" >\"$0\"";

#[test]
fn a_session_of_chat_is_played_to_chat_again_and_to_a_modem_again() {
    if installed("chat").is_none() {
        return;
    }
    let modem = Modem::start(&[]);
    modem.registered();
    let mut recorder = Recorder::start(text(&modem.link()), &[]);
    let chat = |port: &Path| run(Path::new("sh"), ["-c", DIALOGUE, text(port)]);
    assert_eq!(chat(&recorder.link()).status.code(), Some(0));
    // And again: an application opens and closes as often as it likes.
    assert_eq!(chat(&recorder.link()).status.code(), Some(0));
    recorder.wrote("closed the port\n");
    let (code, said) = recorder.end(Signal::INT);
    assert_eq!(code, Some(0), "{said}");
    let script = recorder.script();
    assert_eq!(atgate(&["check", text(&script)]).status.code(), Some(0));
    assert_eq!(atgate(&["fmt", "--check", text(&script)]).status.code(), Some(0));
    let exec = format!("sh -c '{0}; {0}' {{port}}", DIALOGUE.replace('\'', "'\\''"));
    let again = atgate(&["run", text(&script), "--as", "modem", "--exec", &exec]);
    assert_eq!(again.status.code(), Some(0), "{}{}\n{}", again.stdout, again.stderr, recorder.text());
    let again = atgate(&["run", text(&script), "--as", "host", "--port", text(&modem.link())]);
    assert_eq!(again.status.code(), Some(0), "{}{}\n{}", again.stdout, again.stderr, recorder.text());
}

#[test]
fn another_application_than_the_recorded_one_is_told_apart() {
    let modem = Modem::start(&[]);
    let mut recorder = Recorder::start(text(&modem.link()), &[]);
    atgate(&["send", text(&recorder.link()), "AT+CGMM", "AT+CSQ"]);
    recorder.wrote("closed the port");
    recorder.end(Signal::TERM);
    let send = |commands: &str| format!("{} send {{port}} {commands}", env!("CARGO_BIN_EXE_atgate"));
    let script = recorder.script();
    let same = atgate(&["run", text(&script), "--as", "modem", "--exec", &send("AT+CGMM AT+CSQ")]);
    assert_eq!(same.status.code(), Some(0), "{}{}", same.stdout, same.stderr);
    let other = atgate(&["run", text(&script), "--as", "modem", "--exec", &send("AT+CGMM AT+CREG?")]);
    assert_eq!(other.status.code(), Some(1), "{}{}", other.stdout, other.stderr);
}

#[test]
fn a_device_that_goes_away_is_waited_for() {
    let modem = Modem::start(&[]);
    let mut recorder = Recorder::start(text(&modem.link()), &[]);
    let ask = |recorder: &Recorder| atgate(&["send", text(&recorder.link()), "AT+CGMM"]);
    assert_eq!(ask(&recorder).status.code(), Some(0));
    modem.does(&["unplug"]);
    recorder.wrote("# the device is gone");
    assert!(!recorder.link().exists());
    modem.does(&["plug"]);
    recorder.wrote("# the device is back");
    assert!(recorder.line().starts_with("ready pty "));
    assert_eq!(ask(&recorder).status.code(), Some(0));
    let (code, said) = recorder.end(Signal::INT);
    assert_eq!(code, Some(0));
    assert!(said.contains("waiting for it") && said.contains("the device is back"), "{said}");
    assert_eq!(recorder.text().matches("> AT+CGMM").count(), 2, "{}", recorder.text());
}

#[test]
fn what_was_written_before_a_kill_is_a_script() {
    let modem = Modem::start(&[]);
    let mut recorder = Recorder::start(text(&modem.link()), &[]);
    atgate(&["send", text(&recorder.link()), "AT+CGMM", "AT+CSQ"]);
    recorder.wrote("+CSQ: ");
    recorder.end(Signal::KILL);
    let checked = atgate(&["check", text(&recorder.script())]);
    assert_eq!(checked.status.code(), Some(0), "{}{}", checked.stdout, checked.stderr);
}

#[test]
fn a_full_disk_is_told_once_and_bytes_pass_on() {
    let modem = Modem::start(&[]);
    // As large as a file may become: 512 bytes, and no signal where it would become larger.
    let mut shell = Command::new("bash");
    shell.args(["-c", "trap '' XFSZ; ulimit -f 1; exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_atgate")]);
    let mut recorder = Recorder::spawn(shell, text(&modem.link()), &["--force"]);
    for _ in 0..12 {
        let asked = atgate(&["send", text(&recorder.link()), "AT+CGMM", "AT+CSQ", "AT+CGSN=1", "AT+CREG?"]);
        assert_eq!(asked.status.code(), Some(0), "{}", asked.stderr);
    }
    let (code, said) = recorder.end(Signal::INT);
    assert_eq!(code, Some(3), "{said}");
    assert_eq!(said.matches("warning: cannot write").count(), 1, "{said}");
    let checked = atgate(&["check", text(&recorder.script())]);
    assert_eq!(checked.status.code(), Some(0), "{}{}", checked.stdout, checked.stderr);
}

/// A modem of one's own at a TCP port.
fn listener() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("tcp:{}", listener.local_addr().expect("an address"));
    (listener, address)
}

#[test]
fn a_line_that_rewrites_an_imei_stays_here_and_the_application_gets_an_answer() {
    let (listener, address) = listener();
    let recorder = thread::spawn(move || Recorder::start(&address, &[]));
    let (mut modem, _) = listener.accept().expect("the recorder connects");
    let mut recorder = recorder.join().expect("it starts");
    let mut application = OpenOptions::new().read(true).write(true).open(recorder.link()).expect("the link opens");
    raw(&application);
    application.write_all(b"AT+EGMR=1,7,\"001017001234569\"\r").expect("it is taken");
    let mut answer = [0; 9];
    application.read_exact(&mut answer).expect("an answer");
    assert_eq!(&answer, b"\r\nERROR\r\n");
    application.write_all(b"ATI\r").expect("it is taken");
    let mut came = Vec::new();
    let mut buffer = [0; 64];
    while !came.ends_with(b"ATI\r") {
        let count = modem.read(&mut buffer).expect("it comes");
        came.extend_from_slice(&buffer[..count]);
    }
    assert!(!came.windows(4).any(|part| part == b"EGMR"), "{}", came.escape_ascii());
    modem.write_all(b"\r\nOK\r\n").expect("it is taken");
    recorder.wrote("< OK");
    let (code, said) = recorder.end(Signal::INT);
    assert_eq!(code, Some(0));
    assert!(said.contains("finding: tamper"), "{said}");
    let text = recorder.text();
    assert!(text.contains("> AT+EGMR=1,7,\"001017001234569\"\n"), "{text}");
    assert!(text.contains("# finding: tamper: not passed on, since it writes the item that holds an IMEI\n"), "{text}");
}

/// A terminal that changes nothing, as a program sets up its port.
fn raw(port: &File) {
    let mut settings = rustix::termios::tcgetattr(port).expect("its settings");
    settings.make_raw();
    rustix::termios::tcsetattr(port, rustix::termios::OptionalActions::Now, &settings).expect("raw mode");
}

#[test]
fn whatever_bytes_there_are_pass_both_ways_and_who_does_not_read_is_waited_for() {
    const BYTES: usize = 1 << 20;
    let (listener, address) = listener();
    let recorder = thread::spawn(move || Recorder::start(&address, &["--tcp", "0"]));
    let (modem, _) = listener.accept().expect("the recorder connects");
    let mut recorder = recorder.join().expect("it starts");
    let place = recorder.place.strip_prefix("tcp:").unwrap_or(&recorder.place);
    let application = TcpStream::connect(place).expect("the recorder listens");
    let byte = |seed: usize, at: usize| ((at + seed).wrapping_mul(2_654_435_761) >> 7) as u8;
    thread::scope(|scope| {
        for (seed, from, to) in [(1, &application, &modem), (2, &modem, &application)] {
            let (mut from, mut to) = (from, to);
            scope.spawn(move || {
                let bytes: Vec<u8> = (0..BYTES).map(|at| byte(seed, at)).collect();
                from.write_all(&bytes).expect("all is taken");
            });
            scope.spawn(move || {
                // More waits than the system holds before the first is read.
                thread::sleep(Duration::from_millis(300));
                let mut came = vec![0; BYTES];
                to.read_exact(&mut came).expect("all comes");
                let wrong = came.iter().enumerate().position(|(at, found)| *found != byte(seed, at));
                assert_eq!(wrong, None);
            });
        }
    });
    let (code, _) = recorder.end(Signal::INT);
    assert_eq!(code, Some(0));
    let checked = atgate(&["check", text(&recorder.script())]);
    assert_eq!(checked.status.code(), Some(0), "{}{}", checked.stdout, checked.stderr);
}
