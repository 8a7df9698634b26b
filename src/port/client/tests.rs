use super::*;
use crate::port::{LineEvent, Listener, Ptys};

fn serial_address(path: &Path) -> Address {
    Address::Serial { path: path.to_owned(), settings: Settings::default() }
}

async fn error_of(text: &str) -> String {
    let error = open(&text.parse().unwrap()).await.unwrap_err();
    format!("{error}\nhelp: {}", error.help().unwrap_or("-"))
}

#[tokio::test]
async fn a_pty_is_a_serial_port_without_modem_lines() {
    let mut modem = Ptys::new().unwrap().create(None).unwrap();
    let mut port = open(&serial_address(modem.path())).await.unwrap();
    assert!(port.is_emulated());
    port.write_all(b"AT\r").await.unwrap();
    assert_eq!(modem.next().await, LineEvent::Opened);
    assert_eq!(modem.next().await, LineEvent::Bytes(b"AT\r"));
    modem.send(b"OK");
    let mut buffer = [0; 16];
    let n = port.read(&mut buffer).await.unwrap();
    assert_eq!(&buffer[..n], b"OK");
    drop(modem);
    assert!(matches!(port.read(&mut buffer).await, Err(PortError::Gone { .. })));
}

#[tokio::test]
async fn a_port_that_somebody_has_is_busy() {
    let modem = Ptys::new().unwrap().create(None).unwrap();
    let _port = open(&serial_address(modem.path())).await.unwrap();
    let again = open(&serial_address(modem.path())).await;
    assert!(matches!(again, Err(PortError::Busy { .. })), "{again:?}");
}

#[tokio::test]
async fn what_is_wrong_with_a_port_is_told_with_a_next_step() {
    insta::assert_snapshot!(error_of("/nonexistent/ttyUSB9").await, @r"
    no port at /nonexistent/ttyUSB9
    help: is the device plugged in, and the emulator running? `atgate ports` lists what is there
    ");
    insta::assert_snapshot!(error_of("/dev/null").await, @r"
    /dev/null is not a serial port
    help: `atgate ports` lists the serial ports of this machine
    ");
    insta::assert_snapshot!(error_of("/etc/passwd").await, @r"
    /etc/passwd is not a serial port
    help: `atgate ports` lists the serial ports of this machine
    ");
    insta::assert_snapshot!(error_of("unix:@atgate-test-nobody-listens").await, @r"
    nobody listens at unix:@atgate-test-nobody-listens
    help: start the modem's side first, and check the host and port number
    ");
}

#[tokio::test]
async fn sockets_carry_a_client_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("modem");
    for place in ["tcp:127.0.0.1:0".to_owned(), format!("unix:{}", path.display()), "unix:@atgate-test-pipe".to_owned()]
    {
        let mut listener = Listener::bind(&place.parse().unwrap()).await.unwrap();
        let address = listener.address().clone();
        for _ in 0..2 {
            let mut port = open(&address).await.unwrap();
            port.write_all(b"AT\r").await.unwrap();
            assert_eq!(listener.next().await, LineEvent::Opened);
            assert_eq!(listener.next().await, LineEvent::Bytes(b"AT\r"));
            let mut waiting = open(&address).await.unwrap();
            listener.send(b"OK");
            let mut buffer = [0; 16];
            let n = port.read(&mut buffer).await.unwrap();
            assert_eq!(&buffer[..n], b"OK");
            drop(port);
            assert_eq!(listener.next().await, LineEvent::Closed);
            assert_eq!(listener.next().await, LineEvent::Opened);
            listener.send(b"you");
            let n = waiting.read(&mut buffer).await.unwrap();
            assert_eq!(&buffer[..n], b"you");
            drop(waiting);
            assert_eq!(listener.next().await, LineEvent::Closed);
        }
        let again = Listener::bind(&address).await;
        assert!(matches!(again, Err(PortError::ListenedOn { .. } | PortError::Taken { .. })), "{again:?}");
    }
    assert!(!path.exists());
}

#[tokio::test]
async fn a_stale_socket_is_replaced_and_a_file_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("modem");
    drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
    drop(Listener::bind(&Address::Unix(path.clone())).await.unwrap());
    std::fs::write(&path, "kept").unwrap();
    let refused = Listener::bind(&Address::Unix(path.clone())).await;
    assert!(matches!(refused, Err(PortError::Taken { .. })), "{refused:?}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "kept");
}

#[tokio::test]
async fn the_gate_stands_before_every_port_that_is_not_known_to_be_emulated() {
    let pair = crate::port::pair().unwrap();
    let mut port = open(&serial_address(pair.path())).await.unwrap();
    let refused = port.write_all(b"AT+EGMR=1,7,\"001017001234569\"\r").await;
    assert!(matches!(refused, Err(PortError::Tamper { .. })), "{refused:?}");
    port.write_all(b"ATI\r").await.unwrap();
    assert!(pair.modem.wait_readable(Duration::from_secs(5)).unwrap());
    let mut buffer = [0; 64];
    let n = pair.modem.read(&mut buffer).unwrap();
    assert_eq!(buffer[..n].escape_ascii().to_string(), r"ATI\r");
}

#[tokio::test]
async fn a_port_that_carries_bytes_alone_says_that_it_has_no_modem_lines() {
    async fn told(port: &mut Port) -> String {
        let errors = [
            port.signals().await.unwrap_err(),
            port.drive(Some(true), None).await.unwrap_err(),
            port.send_break(Duration::ZERO).await.unwrap_err(),
        ];
        assert!(errors.iter().all(|error| matches!(error, PortError::NoLines { .. })), "{errors:?}");
        let shown = errors[0].to_string().replace(&port.address().to_string(), "PORT");
        format!("{shown}\n  help: {}\n", errors[0].help().unwrap_or("-"))
    }
    let modem = Ptys::new().unwrap().create(None).unwrap();
    let mut shown = told(&mut open(&serial_address(modem.path())).await.unwrap()).await;
    for place in ["tcp:127.0.0.1:0".to_owned(), format!("unix:@atgate-test-no-lines-{}", std::process::id())] {
        let listener = Listener::bind(&place.parse().unwrap()).await.unwrap();
        shown += &told(&mut open(listener.address()).await.unwrap()).await;
    }
    insta::assert_snapshot!(shown, @r"
    PORT has no modem lines: a pseudo-terminal carries bytes alone
      help: a serial port has DTR, RTS, CTS, DSR, DCD and RI, and so has rfc2217://HOST:PORT
    PORT has no modem lines: a TCP connection carries bytes alone
      help: a serial port has DTR, RTS, CTS, DSR, DCD and RI, and so has rfc2217://HOST:PORT
    PORT has no modem lines: a Unix socket carries bytes alone
      help: a serial port has DTR, RTS, CTS, DSR, DCD and RI, and so has rfc2217://HOST:PORT
    ");
}
