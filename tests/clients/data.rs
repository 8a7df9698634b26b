//! What `--data` carries: to a program, over a connection, and with the modem's own far end where nothing is said.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::net::TcpListener;
use std::time::{Duration, Instant};

use rustix::fs::{OFlags, fcntl_setfl};

use crate::modem::{Modem, installed};

/// No answer may take longer.
const LIMIT: Duration = Duration::from_secs(30);

/// Longer than the guard time of the escape sequence.
const GUARD: Duration = Duration::from_millis(1_100);

/// A client that has the port open.
struct Client {
    port: File,
    heard: String,
}

impl Client {
    /// Opens the port and switches the echo off.
    fn open(modem: &Modem) -> Client {
        modem.registered();
        let port = OpenOptions::new().read(true).write(true).open(modem.link()).expect("the link opens");
        fcntl_setfl(&port, OFlags::NONBLOCK).expect("a descriptor can be set up");
        let mut client = Client { port, heard: String::new() };
        client.say("ATE0\r");
        client.hear("OK\r\n");
        client
    }

    fn say(&mut self, text: &str) {
        let mut rest = text.as_bytes();
        let until = Instant::now() + LIMIT;
        while !rest.is_empty() {
            match self.port.write(rest) {
                Ok(count) => rest = &rest[count..],
                Err(error) if error.kind() == ErrorKind::WouldBlock => self.listen(),
                Err(error) => panic!("{error}"),
            }
            assert!(Instant::now() < until, "the modem takes nothing");
        }
    }

    /// Takes what is there.
    fn listen(&mut self) {
        let mut buffer = [0; 4096];
        match self.port.read(&mut buffer) {
            Ok(count) => self.heard.push_str(&String::from_utf8_lossy(&buffer[..count])),
            Err(error) if error.kind() == ErrorKind::WouldBlock => std::thread::sleep(Duration::from_millis(2)),
            Err(error) => panic!("{error}"),
        }
    }

    /// Waits until this has come; what came before it.
    fn hear(&mut self, text: &str) -> String {
        let until = Instant::now() + LIMIT;
        loop {
            if let Some(at) = self.heard.find(text) {
                let rest = self.heard.split_off(at + text.len());
                let mut before = std::mem::replace(&mut self.heard, rest);
                before.truncate(at);
                return before;
            }
            assert!(Instant::now() < until, "{text:?} does not come, but {:?}", self.heard);
            self.listen();
        }
    }

    fn escape(&mut self) {
        std::thread::sleep(GUARD);
        self.say("+++");
        assert_eq!(self.hear("OK\r\n"), "\r\n");
    }
}

#[test]
fn a_program_hears_the_data_and_answers_across_the_escape_sequence() {
    let modem = Modem::start(&["--data", "exec:cat"]);
    let mut client = Client::open(&modem);
    client.say("ATD*99#\r");
    client.hear("CONNECT 150000000\r\n");
    client.say("hello\x00world");
    client.hear("hello\x00world");
    client.escape();
    client.say("AT+CSQ\r");
    client.hear("OK\r\n");
    client.say("ATO\r");
    client.hear("CONNECT 150000000\r\n");
    client.say("again");
    client.hear("again");
    client.escape();
    client.say("ATH\r");
    client.hear("OK\r\n");
    client.say("ATO\r");
    client.hear("NO CARRIER\r\n");
}

#[test]
fn what_the_client_does_not_read_at_once_is_not_lost() {
    let modem = Modem::start(&["--data", "exec:cat"]);
    let mut client = Client::open(&modem);
    client.say("ATD*99#\r");
    client.hear("CONNECT 150000000\r\n");
    // More than all that waits on the way together: the program is held up, and then the client.
    let lines = 20_000;
    for line in 0..lines {
        client.say(&format!("a line of some length with a number in it: {line}\n"));
    }
    client.say("the end");
    let all = client.hear("the end");
    assert_eq!(all.lines().count(), lines);
    for (line, text) in all.lines().enumerate() {
        assert_eq!(text, format!("a line of some length with a number in it: {line}"));
    }
}

#[test]
fn a_connection_is_opened_for_the_call_and_closed_with_it() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let modem = Modem::start(&["--data", &format!("tcp:{address}")]);
    let mut client = Client::open(&modem);
    client.say("ATD*99#\r");
    client.hear("CONNECT 150000000\r\n");
    let (mut far, _) = listener.accept().expect("the modem connects");
    far.set_read_timeout(Some(LIMIT)).expect("a limit");
    client.say("from the host");
    let mut heard = [0; 13];
    far.read_exact(&mut heard).expect("it says something");
    assert_eq!(&heard, b"from the host");
    far.write_all(b"from afar").expect("it listens");
    client.hear("from afar");
    client.escape();
    // Held until data state is there again.
    far.write_all(b"meanwhile").expect("it listens");
    client.say("AT\r");
    assert_eq!(client.hear("OK\r\n"), "\r\n");
    client.say("ATO\r");
    client.hear("CONNECT 150000000\r\n");
    client.hear("meanwhile");
    client.escape();
    client.say("ATH\r");
    client.hear("OK\r\n");
    assert_eq!(far.read(&mut heard).expect("the end"), 0);

    // And the end of the connection ends the call.
    client.say("ATD*99#\r");
    client.hear("CONNECT 150000000\r\n");
    let (far, _) = listener.accept().expect("the modem connects");
    drop(far);
    client.hear("\r\nNO CARRIER\r\n");
    client.say("AT\r");
    client.hear("OK\r\n");
}

#[test]
fn a_far_end_that_cannot_be_had_ends_the_call_and_says_why() {
    let port = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port();
    let unreachable = format!("tcp:127.0.0.1:{port}");
    for (data, why) in [("exec:/nowhere/at-all", "cannot be started"), (&unreachable, "cannot be connected")] {
        let mut modem = Modem::start(&["--data", data]);
        let mut client = Client::open(&modem);
        client.say("ATD*99#\r");
        client.hear("CONNECT 150000000\r\n");
        client.hear("NO CARRIER\r\n");
        let said = modem.stderr_at_end();
        assert!(said.contains(why) && said.contains("the call ends"), "{said}");
    }
}

#[test]
fn pppd_behind_the_modem_speaks_through_it() {
    let Some(_) = installed("pppd") else { return };
    if !std::path::Path::new("/dev/ppp").exists() {
        eprintln!("skipped: pppd needs /dev/ppp, which this machine lacks");
        return;
    }
    let modem =
        Modem::start(&["--data", "exec:pppd notty nodetach noauth local nodefaultroute 10.64.255.254:10.64.0.1"]);
    let mut client = Client::open(&modem);
    client.say("ATD*99#\r");
    client.hear("CONNECT 150000000\r\n");
    // LCP in its own frame.
    client.hear("~\u{FFFD}}#");
}

#[test]
fn pppd_is_answered_by_the_modem_itself() {
    let Some(pppd) = installed("pppd") else { return };
    if !std::path::Path::new("/dev/ppp").exists() {
        eprintln!("skipped: pppd needs /dev/ppp, which this machine lacks");
        return;
    }
    let modem = Modem::start(&[]);
    modem.registered();
    let link = modem.link();
    let outcome = crate::modem::run(
        &pppd,
        [
            link.to_str().expect("a path in ASCII"),
            "nodetach",
            "noauth",
            "nodefaultroute",
            "usepeerdns",
            "maxfail",
            "1",
            "debug",
            "connect",
            "chat -t 10 '' ATE0 OK 'ATD*99#' CONNECT",
            "idle",
            "2",
        ],
    );
    let said = outcome.stdout + &outcome.stderr;
    assert!(said.contains("local  IP address 10.64.0.1"), "{said}");
}
