//! Several AT ports of one modem: a pseudo-terminal, a TCP socket and a Unix socket, each with a client at the same time; and how
//! `atgate ports` lists, watches, asks and locks them.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use atgate::port::{Address, Lock, LockError};

use crate::modem::{IMEI, Modem, Outcome, run, run_with};

/// No wait here may take longer.
const LIMIT: Duration = Duration::from_secs(60);

/// Says a line and reads until its result code.
fn ask(stream: &mut (impl Read + Write), line: &str) -> String {
    stream.write_all(format!("{line}\r").as_bytes()).expect("it listens");
    read_until(stream, &["OK\r\n", "ERROR\r\n"])
}

fn read_until(stream: &mut impl Read, ends: &[&str]) -> String {
    let mut said = String::new();
    let mut buffer = [0; 256];
    while !ends.iter().any(|end| said.contains(end)) {
        match stream.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => said.push_str(&String::from_utf8_lossy(&buffer[..count])),
            Err(error) => panic!("{said:?} and then {error}"),
        }
    }
    said
}

#[test]
fn a_link_a_tcp_port_and_a_unix_socket_are_ports_of_one_modem() {
    let folder = tempfile::tempdir().expect("a folder");
    let unix = folder.path().join("socket").to_str().expect("ASCII").to_owned();
    let link = folder.path().join("modem").to_str().expect("ASCII").to_owned();
    let mut modem = Modem::start_in(folder, &["--link", &link, "--tcp", "0", "--unix", &unix]);
    let told = modem.line();
    let address = told
        .strip_prefix("ready tcp ")
        .map(|rest| rest.trim_start_matches("tcp:"))
        .and_then(|rest| rest.strip_suffix(" modem0"));
    assert_eq!(modem.line(), format!("ready unix {unix} modem0"));
    modem.registered();

    let mut tcp = TcpStream::connect(address.unwrap_or_else(|| panic!("{told}"))).expect("it listens");
    let mut unix = UnixStream::connect(unix).expect("it listens");
    tcp.set_read_timeout(Some(Duration::from_secs(20))).expect("a limit");
    unix.set_read_timeout(Some(Duration::from_secs(20))).expect("a limit");

    assert_eq!(ask(&mut tcp, "ATE0"), "ATE0\r\r\nOK\r\n");
    assert_eq!(ask(&mut unix, "AT+CEREG=1"), "AT+CEREG=1\r\r\nOK\r\n");
    assert_eq!(ask(&mut tcp, "AT+CEREG?"), "\r\n+CEREG: 0,1\r\n\r\nOK\r\n");
    // One port takes the radio away, and another one that asked for it is told.
    assert_eq!(ask(&mut tcp, "AT+CFUN=4"), "\r\nOK\r\n");
    assert_eq!(read_until(&mut unix, &["+CEREG: 0\r\n"]), "\r\n+CEREG: 0\r\n");
    let through_the_link = run(Path::new(env!("CARGO_BIN_EXE_atgate")), ["send", &link, "AT+CFUN?"]);
    assert!(through_the_link.stdout.contains("+CFUN: 4"), "{}", through_the_link.stdout);
    // A client that leaves takes nothing from the others.
    drop(tcp);
    let revived = ask(&mut unix, "ATE0+CFUN=1");
    assert!(revived.starts_with("ATE0+CFUN=1\r\r\nOK\r\n"), "{revived}");
}

/// `atgate ports`, in a folder.
fn ports(folder: &Path, arguments: &[&str]) -> Outcome {
    run_with(Command::new(env!("CARGO_BIN_EXE_atgate")).arg("ports").args(arguments).current_dir(folder), b"")
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a path in ASCII")
}

/// Writes a device map in which the modem's link is a board.
fn map_of(modem: &Modem) -> std::path::PathBuf {
    let map = modem.folder().join("atgate.toml");
    let written = format!("[[device]]\nname = 'board-1'\naddress = '{}'\n", modem.link().display());
    std::fs::write(&map, written).expect("it is written");
    map
}

/// A verb that goes on, and the JSON objects that it prints.
struct Watched {
    child: Child,
    lines: Receiver<String>,
}

impl Watched {
    fn start(folder: &Path, arguments: &[&str]) -> Watched {
        let mut child = Command::new(env!("CARGO_BIN_EXE_atgate"))
            .arg("ports")
            .args(arguments)
            .current_dir(folder)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("it starts");
        let stdout = BufReader::new(child.stdout.take().expect("a pipe"));
        let (tell, lines) = channel();
        std::thread::spawn(move || stdout.lines().map_while(Result::ok).try_for_each(|line| tell.send(line)));
        Watched { child, lines }
    }

    /// The next object of such an event about such a port; others' ports come and go meanwhile.
    fn next(&self, event: &str, port: &Path) -> String {
        let (event, port) = (format!("\"event\":\"{event}\""), format!("\"port\":\"{}\"", port.display()));
        let until = Instant::now() + LIMIT;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            let line = self.lines.recv_timeout(left).unwrap_or_else(|error| panic!("no {event} of {port}: {error}"));
            if line.contains(&event) && line.contains(&port) {
                return line;
            }
        }
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_port_is_listed_with_its_board_and_with_who_has_it_open() {
    let modem = Modem::start(&[]);
    map_of(&modem);
    let port = modem.link().canonicalize().expect("it leads to a terminal");
    let listed = || {
        let all = ports(modem.folder(), &["--json"]);
        assert_eq!(all.status.code(), Some(0), "{}", all.stderr);
        let sought = format!("\"port\":\"{}\"", port.display());
        all.stdout.lines().find(|line| line.contains(&sought)).expect("it is listed").to_owned()
    };
    let free = listed();
    assert!(free.contains("\"v\":1") && free.contains("\"attached\":\"emulated\""), "{free}");
    assert!(free.contains("\"device\":\"board-1\"") && free.contains("\"holders\":[]"), "{free}");
    let client = File::open(&port).expect("it opens");
    let held = listed();
    assert!(held.contains(&format!("\"pid\":{}", std::process::id())), "{held}");
    drop(client);
    let shown = ports(modem.folder(), &[]).stdout;
    assert!(shown.contains("[board-1]  emulated by atgate"), "{shown}");
}

#[test]
fn a_port_that_is_unplugged_and_plugged_in_again_is_told_as_it_happens() {
    let modem = Modem::start(&[]);
    map_of(&modem);
    let port = modem.link().canonicalize().expect("it leads to a terminal");
    let watched = Watched::start(modem.folder(), &["--watch", "--json"]);
    let there = watched.next("there", &port);
    assert!(there.contains("\"device\":\"board-1\""), "{there}");
    modem.does(&["unplug"]);
    let unplugged = watched.next("unplugged", &port);
    assert!(unplugged.contains("\"device\":\"board-1\""), "{unplugged}");
    modem.does(&["plug"]);
    watched.next("plugged", &modem.link().canonicalize().expect("it is back"));
}

#[test]
fn the_ports_that_are_named_are_asked_whether_they_answer() {
    let modem = Modem::start(&["--profile", "quectel-bg95"]);
    map_of(&modem);
    let silent = atgate::port::pair().expect("a pseudo-terminal on which nobody answers");
    let shown = ports(modem.folder(), &["--probe", "board-1", text(silent.path())]);
    assert_eq!(shown.status.code(), Some(0), "{}", shown.stderr);
    assert!(
        shown.stdout.lines().any(|line| line.starts_with("board-1 ") && line.contains("answers AT: Quectel, BG95")),
        "{}",
        shown.stdout
    );
    assert!(shown.stdout.contains("does not answer") && !shown.stdout.contains(IMEI), "{}", shown.stdout);

    let none = ports(modem.folder(), &["--probe", text(silent.path()), "--json"]);
    assert_eq!(none.status.code(), Some(1), "{}", none.stderr);
    assert!(none.stdout.contains("\"result\":\"silent\""), "{}", none.stdout);

    let missing = ports(modem.folder(), &["--probe", "/nonexistent/tty", "board-1"]);
    assert_eq!(missing.status.code(), Some(3), "{}", missing.stderr);
    assert!(missing.stdout.contains("cannot be used: no port at /nonexistent/tty"), "{}", missing.stdout);
    assert!(missing.stdout.contains("answers AT"), "the others are asked all the same: {}", missing.stdout);
}

#[test]
fn a_port_that_says_satellite_positions_answers_no_command() {
    let pair = atgate::port::pair().expect("a pseudo-terminal");
    let path = text(pair.path()).to_owned();
    let watched = Watched::start(Path::new("/"), &["--json", "--probe", &path]);
    let until = Instant::now() + LIMIT;
    let said = loop {
        pair.modem.write(b"$GPGGA,,,,,,0,,,,,,,,*66\r\n").expect("it is there");
        if let Ok(line) = watched.lines.recv_timeout(Duration::from_millis(100)) {
            break line;
        }
        assert!(Instant::now() < until, "it never ended");
    };
    assert!(said.contains("\"result\":\"speaks\"") && said.contains("\"what\":\"nmea\""), "{said}");
}

#[test]
fn two_programs_never_share_a_port_and_a_killed_one_lets_go_of_it() {
    let pair = atgate::port::pair().expect("a pseudo-terminal on which nobody answers");
    let address: Address = text(pair.path()).parse().expect("a port");
    let lock = Lock::take(&address, "a test").expect("nobody has it");
    let refused = ports(Path::new("/"), &["--probe", text(pair.path())]);
    assert_eq!(refused.status.code(), Some(3), "{}", refused.stderr);
    let by = format!("in use by `atgate a test` (process {})", std::process::id());
    assert!(refused.stdout.contains(&by), "{}", refused.stdout);
    assert_eq!(pair.modem.read(&mut [0; 16]).expect("it is there"), 0, "it was not asked");
    drop(lock);

    // It asks for three seconds, as nobody answers; killed meanwhile, it can let go of nothing itself.
    let mut asking = Watched::start(Path::new("/"), &["--probe", text(pair.path())]);
    let until = Instant::now() + LIMIT;
    while Lock::owner(&address).is_none_or(|owner| owner.pid != asking.child.id()) {
        assert!(Instant::now() < until, "it never took the lock");
        std::thread::sleep(Duration::from_millis(5));
    }
    let refused = Lock::take(&address, "a test");
    assert!(
        matches!(&refused, Err(LockError::Held { owner: Some(owner), .. }) if owner.what == "ports --probe"),
        "{refused:?}"
    );
    asking.child.kill().expect("it runs");
    asking.child.wait().expect("it ends");
    Lock::take(&address, "a test").expect("the lock has gone with it");
}

#[test]
fn a_map_that_is_wrong_is_shown_and_the_ports_too() {
    let modem = Modem::start(&[]);
    let map = map_of(&modem);
    std::fs::write(&map, "[[device]]\nname = 'board-1'\n").expect("it is written");
    let shown = ports(modem.folder(), &[]);
    assert_eq!(shown.status.code(), Some(2));
    assert!(
        shown.stderr.contains("nothing says which port this board has") && shown.stderr.contains("atgate.toml:1:1"),
        "{}",
        shown.stderr
    );
    let port = modem.link().canonicalize().expect("it leads to a terminal");
    assert!(shown.stdout.contains(text(&port)), "{}", shown.stdout);
    // A board that is not there is told, and is no error of the map.
    std::fs::write(&map, "[[device]]\nname = 'board-1'\nmatch = { serial = 'NONE' }\n").expect("it is written");
    let shown = ports(modem.folder(), &[]);
    assert_eq!(shown.status.code(), Some(0));
    assert!(shown.stderr.contains("board-1 is not there: no port with serial NONE"), "{}", shown.stderr);
    let asked = ports(modem.folder(), &["--probe", "board-1"]);
    assert_eq!(asked.status.code(), Some(3), "{}", asked.stderr);
}
