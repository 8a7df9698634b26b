//! Several AT ports of one modem: a pseudo-terminal, a TCP socket and a Unix socket, each with a client at the same time.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use crate::modem::{Modem, run};

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
