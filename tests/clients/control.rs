//! `atgate modem --control`, through `atgate ctl` and through the bare socket, over a real pseudo-terminal.

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use rustix::process::Signal;

use crate::modem::{Modem, Outcome, run_with};

/// A modem with its control socket.
struct Controlled {
    modem: Modem,
    socket: PathBuf,
}

impl Controlled {
    fn start(arguments: &[&str]) -> Self {
        let modem = Modem::start(arguments);
        Self { socket: modem.control(), modem }
    }

    fn ctl(&self, words: &[&str]) -> Outcome {
        self.modem.ctl(words)
    }

    fn does(&self, words: &[&str]) {
        self.modem.does(words);
    }

    /// One value of `state`.
    fn state(&self, path: &str) -> String {
        let shown = self.ctl(&["state"]).stdout;
        let line = shown.lines().find_map(|line| line.strip_prefix(path)?.strip_prefix(' '));
        line.unwrap_or_else(|| panic!("no {path} in {shown}")).trim().to_owned()
    }

    fn becomes(&self, path: &str, value: &str) {
        let until = Instant::now() + Duration::from_secs(20);
        while self.state(path) != value {
            assert!(Instant::now() < until, "{path} is {} and never {value}", self.state(path));
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn send(&self, commands: &[&str]) -> String {
        let link = self.modem.link();
        atgate(&[&["send", text(&link)], commands].concat()).stdout
    }

    fn open(&self) -> Raw {
        let stream = UnixStream::connect(&self.socket).expect("it listens");
        stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a limit");
        Raw { reader: BufReader::new(stream) }
    }
}

/// The socket as `socat` or a script of somebody's own has it.
struct Raw {
    reader: BufReader<UnixStream>,
}

impl Raw {
    fn say(&mut self, bytes: &[u8]) {
        self.reader.get_mut().write_all(bytes).expect("it is taken");
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.reader.read_line(&mut line).expect("a line");
        line.trim_end_matches('\n').to_owned()
    }
}

/// The port as an application has it open.
struct Port {
    file: std::fs::File,
    shown: Vec<u8>,
}

impl Port {
    fn open(path: &Path) -> Self {
        use rustix::fs::{Mode, OFlags};
        let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = rustix::fs::open(path, flags, Mode::empty()).expect("it opens");
        Self { file: file.into(), shown: Vec::new() }
    }

    fn read_up_to(&mut self, end: &[u8]) {
        let until = Instant::now() + Duration::from_secs(20);
        while !self.shown.ends_with(end) {
            let mut byte = [0];
            match self.file.read(&mut byte) {
                Ok(0) | Err(_) => std::thread::sleep(Duration::from_millis(2)),
                Ok(_) => self.shown.push(byte[0]),
            }
            assert!(Instant::now() < until, "{} and never {}", self.shown.escape_ascii(), end.escape_ascii());
        }
    }
}

fn atgate(arguments: &[&str]) -> Outcome {
    run_with(Command::new(env!("CARGO_BIN_EXE_atgate")).args(arguments), b"")
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a path in ASCII")
}

#[test]
fn a_registered_modem_is_refused_roams_and_is_seen_to() {
    let it = Controlled::start(&[]);
    it.becomes("registration.eps", "home");
    it.does(&["network", "deny", "6"]);
    it.becomes("registration.eps", "denied");
    assert!(it.send(&["AT+CMEE=1", "AT+CGATT=1"]).contains("+CME ERROR: 106"));
    assert_eq!(it.state("cause"), "6");

    let it = Controlled::start(&[]);
    it.becomes("registration.eps", "home");
    it.does(&["network", "roam", "99970"]);
    it.becomes("registration.eps", "roaming");
    assert!(it.send(&["AT+COPS=3,2", "AT+COPS?"]).contains("\"99970\""));
    it.does(&["signal", "-97dBm"]);
    assert!(it.send(&["AT+CSQ"]).contains("+CSQ: 8,"));
}

#[test]
fn a_block_takes_hold_when_the_network_asks_again() {
    let it = Controlled::start(&[]);
    it.becomes("registration.eps", "home");
    it.does(&["register", "block", "{imei}"]);
    assert_eq!(it.state("registration.eps"), "home");
    it.does(&["network", "identity-check"]);
    it.becomes("registration.eps", "denied");
    assert_eq!(it.state("register.decision"), "block");
    it.does(&["register", "forget", crate::modem::IMEI]);
    it.does(&["power", "cycle"]);
    it.becomes("registration.eps", "home");
}

#[test]
fn the_card_goes_and_comes_and_the_power_too() {
    let it = Controlled::start(&["--set", "boot.silent=0"]);
    it.does(&["sim", "remove"]);
    assert!(it.send(&["AT+CMEE=2", "AT+CPIN?"]).contains("SIM not inserted"));
    it.does(&["sim", "insert"]);
    it.does(&["sim", "lock"]);
    assert!(it.send(&["AT+CPIN?"]).contains("+CPIN: SIM PIN"));
    it.does(&["power", "off"]);
    assert_eq!(it.state("modem.power"), "off");
    it.does(&["power", "on"]);
    it.becomes("modem.state", "command");
    assert!(it.send(&["AT"]).contains("OK"));
}

#[test]
fn an_answer_is_put_in_the_modems_place_and_taken_back() {
    let it = Controlled::start(&[]);
    it.does(&["answer", "AT+CSQ", "with", "+CSQ: 3,99"]);
    assert_eq!(it.send(&["AT+CSQ"]), "+CSQ: 3,99\nOK\n");
    it.does(&["answer", "AT+CSQ", "with", "+CME ERROR: 30"]);
    // Its errors too have the form that +CMEE asks for.
    assert!(it.send(&["AT+CMEE=1", "AT+CSQ"]).contains("+CME ERROR: 30"));
    it.does(&["answer", "AT+CSQ", "again"]);
    assert!(it.send(&["AT+CSQ"]).contains("+CSQ: 21,"));
}

#[test]
fn what_the_modem_says_by_itself_stands_on_its_port_when_the_direction_is_done() {
    let it = Controlled::start(&[]);
    let mut port = Port::open(&it.modem.link());
    // Its opening is seen once it has said something.
    port.file.write_all(b"ATE0\r").expect("it is taken");
    let mut read_up_to = |end: &[u8]| port.read_up_to(end);
    read_up_to(b"\r\nOK\r\n");
    it.does(&["urc", "+CREG: 5"]);
    read_up_to(b"\r\n+CREG: 5\r\n");
    // A call reaches who is in the network.
    it.becomes("registration.cs", "home");
    it.does(&["ring", "from", "+15550100"]);
    read_up_to(b"\r\nRING\r\n");
    it.does(&["hangup"]);
    it.does(&["fault", "duplicate", "3"]);
    it.does(&["urc", "BAD"]);
    // The line's first bytes come twice.
    read_up_to(b"\r\r\n\nBBAD\r\n");
}

#[test]
fn a_port_that_is_unplugged_is_gone_for_its_client_and_comes_back_under_its_name() {
    let mut it = Controlled::start(&[]);
    let link = it.modem.link();
    let mut port = Port::open(&link);
    port.file.write_all(b"AT+CMEE=1;+CREG=2\r").expect("it is taken");
    port.read_up_to(b"\r\nOK\r\n");
    it.does(&["unplug"]);
    it.does(&["unplug"]);
    assert!(link.symlink_metadata().is_err());
    // Whoever has it open reads the end of it.
    let until = Instant::now() + Duration::from_secs(20);
    while !matches!(port.file.read(&mut [0]), Ok(0)) {
        assert!(Instant::now() < until, "the line is still there");
    }
    assert_eq!(atgate(&["send", text(&link), "AT"]).status.code(), Some(3));
    it.does(&["plug"]);
    assert!(it.modem.line().starts_with("ready pty /dev/pts/"));
    // The modem kept its power.
    assert!(it.send(&["AT+CREG?"]).contains("+CREG: 2,"));

    let folder = tempfile::tempdir().expect("a folder");
    let (socket, control) = (folder.path().join("modem"), folder.path().join("control"));
    let _modem = Modem::start_in(folder, &["--unix", text(&socket), "--control", text(&control)]);
    let ask = || atgate(&["send", &format!("unix:{}", text(&socket)), "AT"]).status.code();
    assert_eq!(ask(), Some(0));
    assert_eq!(atgate(&["ctl", text(&control), "unplug"]).status.code(), Some(0));
    assert_eq!(ask(), Some(3));
    assert_eq!(atgate(&["ctl", text(&control), "plug"]).status.code(), Some(0));
    assert_eq!(ask(), Some(0));
}

#[test]
fn the_state_is_json_with_an_object_for_each_modem_and_shows_no_real_identity() {
    // Of no test TAC, and of nobody's: the reporting body 99 is not assigned.
    let real = format!("99{}", "1234567890129");
    let folder = tempfile::tempdir().expect("a folder");
    let socket = folder.path().join("control");
    let (link, control) = (folder.path().join("modem"), format!("unix:{}", text(&socket)));
    let arguments = ["--count", "2", "--link", text(&link), "--control", &control, "--imei", &real].map(str::to_owned);
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let mut modem = Modem::start_in(folder, &arguments);
    modem.line();
    let ctl = |words: &[&str]| atgate(&[&["ctl", text(&socket)], words].concat()).stdout;
    let states: Vec<serde_json::Value> =
        ctl(&["state", "--json"]).lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let seen: Vec<[&serde_json::Value; 2]> = states.iter().map(|it| [&it["name"], &it["modem"]["imei"]]).collect();
    assert_eq!(seen, [["modem0", "{imei}"], ["modem1", "{imei_2}"]]);
    assert!(ctl(&["--modem", "0", "state", "--reveal"]).contains(&real));
    assert_eq!(ctl(&["modems"]), "modem0\nmodem1\n");
    assert_eq!(ctl(&["--modem", "1", "network", "deny", "7"]), "");
    let denied = |n: &str| ctl(&["--modem", n, "state"]).lines().any(|line| line.ends_with(" 7"));
    assert_eq!([denied("0"), denied("1")], [false, true]);
}

#[test]
fn clients_are_served_side_by_side_and_one_that_talks_nonsense_disturbs_nobody() {
    let it = Controlled::start(&[]);
    let (mut first, mut second, mut silent) = (it.open(), it.open(), it.open());
    first.say(b"network ");
    silent.say(b"\xff\xfe");
    second.say(b"modems\n");
    assert_eq!([second.line(), second.line()], ["modem0", "ok"]);
    first.say(b"deny 6\nsent\n");
    assert_eq!([first.line(), first.line()], ["ok", "ok"]);

    // Longer than a line may be, no text, and nothing that is known; each is answered in its turn.
    second.say(&[b'x'; 100_000]);
    second.say(b"\n\xe4\xf6\nnetwork denny 6\n\n* signal none\r\n");
    assert_eq!(second.line(), "error: the line is longer than 64 KiB");
    assert_eq!(second.line(), "error: expected text in UTF-8, found the byte E4 at 1");
    let mut told = Vec::new();
    while !told.last().is_some_and(|line: &String| line.starts_with("error: ")) {
        told.push(second.line());
    }
    assert!(told.iter().any(|line| line == "   |         ^^^^^"), "{told:?}");
    assert_eq!(told.last().map(String::as_str), Some("error: `denny` is not what a network does"));
    let mut last = second.line();
    while !last.starts_with("error: ") {
        last = second.line();
    }
    assert_eq!(second.line(), "ok");

    // One that asks much and reads nothing stops neither the modem nor the others.
    let mut deaf = it.open();
    deaf.reader.get_mut().set_write_timeout(Some(Duration::from_millis(200))).expect("a limit");
    while deaf.reader.get_mut().write_all(b"state\n").is_ok() {}
    assert!(it.send(&["AT"]).contains("OK"));
    assert_eq!(it.state("signal"), "none");
}

#[test]
fn what_is_wrong_says_so_and_ends_as_it_should() {
    let mut it = Controlled::start(&[]);
    let wrong = it.ctl(&["network", "denny", "6"]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(wrong.stderr.contains("network denny 6\n  |         ^^^^^"), "{}", wrong.stderr);
    assert_eq!(it.ctl(&["--modem", "7", "hangup"]).status.code(), Some(2));

    // A socket that is listened on is nobody else's.
    let control = format!("unix:{}", text(&it.socket));
    let refused = atgate(&["modem", "--control", &control]);
    assert_eq!(refused.status.code(), Some(3), "{}", refused.stderr);
    assert!(refused.stderr.contains("is the socket of a running modem"), "{}", refused.stderr);

    it.modem.end(Signal::KILL);
    let socket = it.socket.clone();
    assert!(socket.exists());
    assert_eq!(it.ctl(&["hangup"]).status.code(), Some(3));
    let folder = tempfile::tempdir().expect("a folder");
    let mut second = Modem::start_in(folder, &["--control", &control]);
    assert_eq!(it.ctl(&["hangup"]).status.code(), Some(0));
    assert_eq!(second.end(Signal::TERM).code(), Some(0));
    assert!(!socket.exists());
}

#[test]
fn modems_of_one_process_write_and_call_each_other() {
    let folder = tempfile::tempdir().expect("a folder");
    let (link, control) = (folder.path().join("m{n}"), folder.path().join("control"));
    let links = [0, 1].map(|n| folder.path().join(format!("m{n}")));
    let arguments = ["--count", "2", "--link", text(&link), "--control", text(&control)];
    let mut modem = Modem::start_in(folder, &arguments);
    assert!(modem.line().ends_with(" modem1"));
    let send = |n: usize, lines: &[&str]| atgate(&[&["send", text(&links[n])], lines].concat()).stdout;
    let comes = |n: usize, line: &str, wanted: &str| {
        let until = Instant::now() + Duration::from_secs(20);
        loop {
            let said = send(n, &[line]);
            if said.contains(wanted) {
                return said;
            }
            assert!(Instant::now() < until, "{said} and never {wanted}");
            std::thread::sleep(Duration::from_millis(50));
        }
    };
    comes(0, "AT+CREG?", "+CREG: 0,1");
    comes(1, "AT+CREG?", "+CREG: 0,1");
    // The second one's number is the next after the first one's.
    let numbers = [0, 1].map(|n| send(n, &["AT+CNUM"]));
    assert!(numbers[0].contains("+15550100001") && numbers[1].contains("+15550100002"), "{numbers:?}");
    send(1, &["AT+CMGF=1"]);
    // To the second one: "hello", as a PDU of 18 octets.
    let sent = std::fs::OpenOptions::new().read(true).write(true).open(&links[0]);
    let mut line = sent.expect("the link opens");
    line.write_all(b"ATE0+CMGF=0;+CMGS=18\r").expect("it takes it");
    std::thread::sleep(Duration::from_millis(200));
    line.write_all(b"0001000B915155100000F2000005E8329BFD06\x1a").expect("it takes it");
    let came = comes(1, "AT+CMGL=\"ALL\"", "hello");
    assert!(came.contains("\"+15550100001\""), "{came}");
    line.write_all(b"ATD+15550100002;\r").expect("it takes it");
    let rings = comes(1, "AT+CLCC", "+CLCC: 1,1,4,0,0");
    assert!(rings.contains("\"+15550100001\""), "{rings}");
    assert!(send(1, &["ATA"]).contains("OK"));
    comes(1, "AT+CLCC", "+CLCC: 1,1,0,0,0");
    line.write_all(b"AT+CHUP\r").expect("it takes it");
    let until = Instant::now() + Duration::from_secs(20);
    while send(1, &["AT+CLCC"]).contains("+CLCC:") {
        assert!(Instant::now() < until, "the call never ended");
        std::thread::sleep(Duration::from_millis(50));
    }
}
