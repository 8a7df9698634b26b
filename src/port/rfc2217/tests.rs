use std::time::Duration;

use proptest::prelude::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::server::{Heard, Server};
use super::session::{Session, requests};
use super::*;
use crate::port::{Address, Framing, LineEvent, Parity, Port, PortError, Sent, Settings, Signals, open};
use crate::wire::telnet::{ComPort, Control, Decoder, Item, ModemState, Sender, TelnetOption};

const ON: Signals = Signals { cts: true, dsr: true, dcd: false, ri: false };

/// Longer than anything here takes.
const LIMIT: Duration = Duration::from_secs(20);

/// What a server says, a command a line.
fn said(server: &mut Server) -> String {
    let mut told = Vec::new();
    Decoder::default().feed(server.out(), |item| {
        told.push(match item {
            Item::Subnegotiation(TelnetOption::COM_PORT, said) => format!("{:?}", ComPort::read(said).unwrap().1),
            Item::Data(bytes) => bytes.escape_ascii().to_string(),
            other => format!("{other:?}"),
        });
        None
    });
    server.sent(server.out().len());
    told.join("\n")
}

fn ask(server: &mut Server, asked: ComPort) -> String {
    let mut bytes = Vec::new();
    asked.write(Sender::Client, &mut bytes);
    server.receive(&bytes);
    said(server)
}

/// A server whose client speaks of a serial port.
fn agreed() -> Server {
    let mut server = Server::begin(ON);
    server.receive(b"\xff\xfb\x2c");
    said(&mut server);
    server
}

#[test]
fn a_client_that_agrees_is_told_how_the_modems_lines_stand() {
    let mut server = Server::begin(ON);
    insta::assert_snapshot!(said(&mut server), @r"
    Negotiation(Will, TelnetOption(0))
    Negotiation(Do, TelnetOption(0))
    Negotiation(Will, TelnetOption(3))
    Negotiation(Do, TelnetOption(3))
    Negotiation(Will, TelnetOption(1))
    ");
    server.receive(b"\xff\xfb\x2c");
    assert_eq!(said(&mut server), "Negotiation(Do, TelnetOption(44))\nModemState(Some(ModemState(48)))");
    // One that takes its offer for granted is told too.
    let mut server = Server::begin(ON);
    said(&mut server);
    assert_eq!(
        ask(&mut server, ComPort::BaudRate(Some(9600))),
        "ModemState(Some(ModemState(48)))\nBaudRate(Some(9600))"
    );
}

#[test]
fn settings_are_taken_and_told_and_what_there_is_not_changes_nothing() {
    let mut server = agreed();
    let mut told = Vec::new();
    for asked in [
        ComPort::BaudRate(Some(9600)),
        ComPort::BaudRate(None),
        ComPort::DataSize(Some(7)),
        ComPort::Unknown { number: 2, value: vec![9] },
        ComPort::Unknown { number: 1, value: vec![1] },
        ComPort::Unknown { number: 77, value: vec![1] },
        ComPort::Control(Control::Hardware),
        ComPort::Control(Control::AskFlow),
        ComPort::Control(Control::AskFlowIn),
        ComPort::Control(Control::BreakOn),
        ComPort::Control(Control::AskBreak),
        ComPort::Control(Control::AskDtr),
        ComPort::Control(Control::DtrOff),
        ComPort::Control(Control::AskDtr),
        ComPort::LineState(None),
        ComPort::ModemState(None),
    ] {
        told.push(format!("{asked:?} -> {}", ask(&mut server, asked.clone())).trim_end().to_owned());
    }
    insta::assert_snapshot!(told.join("\n"), @r"
    BaudRate(Some(9600)) -> BaudRate(Some(9600))
    BaudRate(None) -> BaudRate(Some(9600))
    DataSize(Some(7)) -> DataSize(Some(7))
    Unknown { number: 2, value: [9] } -> DataSize(Some(7))
    Unknown { number: 1, value: [1] } -> BaudRate(Some(9600))
    Unknown { number: 77, value: [1] } ->
    Control(Hardware) -> Control(Hardware)
    Control(AskFlow) -> Control(Hardware)
    Control(AskFlowIn) -> Control(NoFlowIn)
    Control(BreakOn) -> Control(BreakOn)
    Control(AskBreak) -> Control(BreakOn)
    Control(AskDtr) -> Control(DtrOn)
    Control(DtrOff) -> Control(DtrOff)
    Control(AskDtr) -> Control(DtrOff)
    LineState(None) -> LineState(Some(LineState(96)))
    ModemState(None) -> ModemState(Some(ModemState(48)))
    ");
}

#[test]
fn lines_and_data_are_heard_in_the_order_in_which_they_came() {
    let mut server = agreed();
    server
        .receive(b"AT\xff\xfa\x2c\x05\x09\xff\xf0\xff\xfa\x2c\x05\x09\xff\xf0I\xff\xff\r\xff\xfa\x2c\x05\x0c\xff\xf0");
    let heard: Vec<_> = std::iter::from_fn(|| server.heard()).collect();
    let lines = |dtr, rts| Heard::Lines { dtr, rts };
    let data = |bytes: &[u8]| Heard::Data(bytes.to_vec());
    assert_eq!(heard, [data(b"AT"), lines(false, true), data(b"I\xff\r"), lines(false, false)]);
}

#[test]
fn the_modems_lines_are_told_once_as_far_as_the_client_wants_to_know() {
    let mut server = agreed();
    let mut show = |signals: Signals| {
        server.show(signals);
        said(&mut server)
    };
    assert_eq!(show(ON), "");
    assert_eq!(show(Signals { ri: true, ..ON }), "ModemState(Some(ModemState(112)))");
    assert_eq!(show(Signals { ri: true, ..ON }), "");
    assert_eq!(show(Signals { dcd: true, ..ON }), "ModemState(Some(ModemState(188)))");
    assert_eq!(
        ask(&mut server, ComPort::ModemStateMask(0x80)),
        "ModemStateMask(128)\nModemState(Some(ModemState(128)))"
    );
    server.show(Signals { dcd: true, ri: true, ..ON });
    assert_eq!(said(&mut server), "");
    server.show(ON);
    assert_eq!(said(&mut server), "ModemState(Some(ModemState(0)))");
    // Who speaks of no serial port is told of no lines.
    let mut terminal = Server::begin(ON);
    said(&mut terminal);
    terminal.show(Signals::default());
    assert_eq!(said(&mut terminal), "");
}

/// Carries bytes between both ends until nobody has any, in pieces of this length.
fn carry(session: &mut Session, server: &mut Server, piece: usize) {
    for round in 0.. {
        assert!(round < 10_000, "they go on for ever");
        let length = session.out().len().min(piece);
        let to_server = session.out()[..length].to_vec();
        session.sent(length);
        server.receive(&to_server);
        let length = server.out().len().min(piece);
        let to_session = server.out()[..length].to_vec();
        server.sent(length);
        session.receive(&to_session);
        if session.out().is_empty() && server.out().is_empty() {
            return;
        }
    }
}

proptest! {
    #[test]
    fn both_ends_agree_and_carry_every_byte_however_it_is_cut(
        piece in 1usize..40, to_modem: Vec<u8>, to_host: Vec<u8>, baud in 50u32..=12_000_000,
    ) {
        let (mut session, mut server) = (Session::begin(), Server::begin(ON));
        carry(&mut session, &mut server, piece);
        prop_assert_eq!(session.is_port(), Some(true));
        prop_assert_eq!(session.state(), Some(ModemState::of(false, false, true, true)));
        let framing = Framing { data_bits: 7, parity: Parity::Even, stop_bits: 2 };
        for request in requests(&Settings { baud, framing, ..Settings::default() }) {
            session.ask(request);
        }
        session.send(&to_modem);
        server.send(&to_host);
        carry(&mut session, &mut server, piece);
        prop_assert_eq!(session.awaited(), None);
        prop_assert_eq!(session.settle(), []);
        let heard = std::iter::from_fn(|| server.heard()).flat_map(|heard| match heard {
            Heard::Data(data) => data,
            Heard::Lines { .. } => panic!("nobody switched a line"),
        });
        prop_assert_eq!(heard.collect::<Vec<_>>(), to_modem);
        let mut came = vec![0; to_host.len() + 1];
        let length = session.read(&mut came);
        prop_assert_eq!(&came[..length], to_host);
    }

    #[test]
    fn no_bytes_make_either_end_panic(
        said in proptest::collection::vec(prop_oneof![
            Just(255u8), Just(250), Just(240), 251u8..=254, Just(44), 0u8..13, 100u8..113, any::<u8>(),
        ], 0..200),
    ) {
        let mut server = Server::begin(ON);
        server.receive(&said);
        let mut session = Session::begin();
        session.receive(&said);
        // Neither answers with more than a few bytes for each that it hears.
        prop_assert!(server.out().len() < 40 * said.len() + 100);
        prop_assert!(session.out().len() < 40 * said.len() + 100);
    }
}

async fn offered() -> Offered {
    let mut offered = Offered::bind(&"rfc2217://127.0.0.1:0".parse().unwrap()).await.unwrap();
    offered.show(ON);
    offered
}

/// What happens at the modem's end, as words; data are joined until something else comes.
async fn next(offered: &mut Offered) -> String {
    match tokio::time::timeout(LIMIT, offered.next()).await.expect("something happens") {
        LineEvent::Bytes(bytes) => bytes.escape_ascii().to_string(),
        event @ (LineEvent::Opened | LineEvent::Closed | LineEvent::Gone | LineEvent::Lines { .. }) => {
            format!("{event:?}")
        }
    }
}

/// Opens a port while its modem attends to it.
async fn opened(offered: &mut Offered, query: &str) -> Port {
    let address: Address = format!("{}{query}", offered.address()).parse().unwrap();
    attended(offered, open(&address)).await.unwrap()
}

/// Does something at the host's end while the modem's end attends to the line, where nothing may happen but an opening.
async fn attended<T>(offered: &mut Offered, work: impl Future<Output = T>) -> T {
    let mut work = std::pin::pin!(tokio::time::timeout(LIMIT, work));
    loop {
        tokio::select! {
            biased;
            done = &mut work => return done.expect("it is done in time"),
            event = offered.next() => assert_eq!(event, LineEvent::Opened),
        }
    }
}

#[tokio::test]
async fn a_port_over_a_network_carries_bytes_and_lines_both_ways() {
    let mut modem = offered().await;
    let mut port = opened(&mut modem, "?baud=9600&framing=7e2").await;
    assert!(!port.is_emulated());
    let every: Vec<u8> = (0..=255).collect();
    port.write_all(&every).await.unwrap();
    let mut heard = Vec::new();
    while heard.len() < every.len() {
        match modem.next().await {
            LineEvent::Bytes(bytes) => heard.extend_from_slice(bytes),
            event @ (LineEvent::Opened | LineEvent::Closed | LineEvent::Gone | LineEvent::Lines { .. }) => {
                panic!("{event:?}")
            }
        }
    }
    assert_eq!(heard, every);
    modem.send(&every);
    let mut came = Vec::new();
    let mut buffer = [0; 100];
    while came.len() < every.len() {
        let length = port.read(&mut buffer).await.unwrap();
        came.extend_from_slice(&buffer[..length]);
    }
    assert_eq!(came, every);

    assert_eq!(attended(&mut modem, port.signals()).await.unwrap().to_string(), "CTS DSR -dcd -ri");
    modem.show(Signals { dcd: true, ri: true, ..ON });
    modem.send(b"RING");
    // What came before the answer has been heard with it.
    assert_eq!(port.read(&mut buffer).await.unwrap(), 4);
    assert_eq!(attended(&mut modem, port.signals()).await.unwrap().to_string(), "CTS DSR DCD RI");

    let (driven, lines) = tokio::join!(port.drive(Some(false), Some(false)), async {
        let lines = [next(&mut modem).await, next(&mut modem).await];
        // Its answers go out with the next look at the line.
        tokio::select! {
            event = modem.next() => panic!("{event:?}"),
            () = tokio::time::sleep(Duration::from_millis(20)) => {}
        }
        lines
    });
    driven.unwrap();
    assert_eq!(lines, ["Lines { dtr: false, rts: true }", "Lines { dtr: false, rts: false }"]);
    attended(&mut modem, port.send_break(Duration::from_millis(1))).await.unwrap();
    drop(port);
    assert_eq!(next(&mut modem).await, "Closed");
}

#[tokio::test]
async fn a_modem_that_heeds_rts_says_nothing_while_it_is_off() {
    let mut modem = offered().await;
    let mut port = opened(&mut modem, "?ign_set_control").await;
    modem.heed_rts(true);
    port.drive(None, Some(false)).await.unwrap();
    assert_eq!(next(&mut modem).await, "Lines { dtr: true, rts: false }");
    assert_eq!(modem.send(b"held"), Sent::Queued);
    port.drive(None, Some(true)).await.unwrap();
    assert_eq!(next(&mut modem).await, "Lines { dtr: true, rts: true }");
    let mut buffer = [0; 10];
    let length = attended(&mut modem, port.read(&mut buffer)).await.unwrap();
    assert_eq!(&buffer[..length], b"held");
}

#[tokio::test]
async fn what_is_purged_is_not_read() {
    let mut modem = offered().await;
    let mut port = opened(&mut modem, "").await;
    modem.send(b"old");
    attended(&mut modem, port.purge()).await.unwrap();
    modem.send(b"new");
    let mut buffer = [0; 10];
    let length = port.read(&mut buffer).await.unwrap();
    assert_eq!(&buffer[..length], b"new");
}

#[tokio::test]
async fn a_client_that_never_reads_costs_a_bounded_amount() {
    let mut modem = offered().await;
    let _port = opened(&mut modem, "").await;
    let message = [b'x'; 10_000];
    let mut dropped = false;
    for _ in 0..10_000 {
        dropped |= matches!(modem.send(&message), Sent::Dropped(_));
    }
    assert!(dropped, "100 MB found room somewhere");
}

#[tokio::test]
async fn a_client_that_negotiates_nothing_has_a_terminal() {
    let mut modem = offered().await;
    let Address::Rfc2217 { port, .. } = modem.address().clone() else { panic!("{}", modem.address()) };
    let mut terminal = tokio::net::TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    assert_eq!(next(&mut modem).await, "Opened");
    terminal.write_all(b"AT\r\0").await.unwrap();
    assert_eq!(next(&mut modem).await, r"AT\r");
    modem.send(b"OK\xff");
    let mut came = vec![0; 15 + 4];
    terminal.read_exact(&mut came).await.unwrap();
    assert_eq!(&came[15..], b"OK\xff\xff");
}

#[tokio::test]
async fn no_line_that_rewrites_an_identity_goes_to_a_port_over_a_network() {
    let mut modem = offered().await;
    let mut port = opened(&mut modem, "").await;
    let refused = port.write_all(b"AT+EGMR=1,7,\"001017001234569\"\r").await;
    assert!(matches!(refused, Err(PortError::Tamper { .. })), "{refused:?}");
    port.write_all(b"ATI\r").await.unwrap();
    assert_eq!(next(&mut modem).await, r"ATI\r");
}

/// What opening a port comes to whose server is this one.
async fn refusal(query: &str, server: impl AsyncFnOnce(tokio::net::TcpStream)) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let place = listener.local_addr().unwrap();
    let address: Address = format!("rfc2217://{place}{query}").parse().unwrap();
    let serve = async {
        server(listener.accept().await.unwrap().0).await;
        std::future::pending::<()>().await;
    };
    tokio::select! {
        opened = open(&address) => {
            let error = opened.unwrap_err();
            let text = format!("{error}\n  help: {}\n", error.help().unwrap_or("-"));
            text.replace(&place.to_string(), "PLACE")
        }
        () = serve => unreachable!("it serves for ever"),
    }
}

/// Agrees to a serial port, and gives each request this answer.
async fn answering(mut stream: tokio::net::TcpStream, answer: impl Fn(ComPort) -> Option<ComPort>) {
    stream.write_all(b"\xff\xfd\x2c").await.unwrap();
    let (mut decoder, mut buffer) = (Decoder::default(), [0; 1000]);
    while let Ok(length @ 1..) = stream.read(&mut buffer).await {
        let mut out = Vec::new();
        decoder.feed(&buffer[..length], |item| {
            if let Item::Subnegotiation(_, said) = item
                && let Some(answer) = ComPort::read(said).and_then(|(_, said)| answer(said))
            {
                answer.write(Sender::Server, &mut out);
            }
            None
        });
        if stream.write_all(&out).await.is_err() {
            break;
        }
    }
}

#[tokio::test]
async fn a_server_that_is_none_or_cannot_is_told_with_a_next_step() {
    let mut told = String::new();
    let refuses = async |mut stream: tokio::net::TcpStream| {
        stream.write_all(b"\xff\xfe\x2c").await.unwrap();
        // As long as the client is there.
        let _ = stream.read_to_end(&mut Vec::new()).await;
    };
    told += &refusal("", refuses).await;
    let silent = async |stream: tokio::net::TcpStream| {
        let _held = stream;
        std::future::pending::<()>().await;
    };
    told += &refusal("?timeout=0.05", silent).await;
    told += &refusal("", async |stream| drop(stream)).await;
    let slow = |said| match said {
        ComPort::BaudRate(Some(_)) => Some(ComPort::BaudRate(Some(9600))),
        said => Some(said),
    };
    told += &refusal("", async |stream| answering(stream, slow).await).await;
    let eight = |said| match said {
        ComPort::DataSize(Some(_)) => Some(ComPort::Unknown { number: 2, value: vec![9] }),
        said => Some(said),
    };
    told += &refusal("?framing=5n1", async |stream| answering(stream, eight).await).await;
    let mute = |said| (!matches!(said, ComPort::Control(_))).then_some(said);
    told += &refusal("?timeout=0.05", async |stream| answering(stream, mute).await).await;
    insta::assert_snapshot!(told, @r"
    rfc2217://PLACE is no serial port over a network: the server there refuses COM-PORT-OPTION
      help: a server of raw bytes is tcp:HOST:PORT; ser2net offers a serial port with `accepter: telnet(rfc2217),tcp,PORT`
    rfc2217://PLACE?timeout=0.05 is no serial port over a network: the server there does not negotiate COM-PORT-OPTION
      help: a server of raw bytes is tcp:HOST:PORT; ser2net offers a serial port with `accepter: telnet(rfc2217),tcp,PORT`
    rfc2217://PLACE is no serial port over a network: the server there closes the connection at once
      help: a server of raw bytes is tcp:HOST:PORT; ser2net offers a serial port with `accepter: telnet(rfc2217),tcp,PORT`
    rfc2217://PLACE was asked for 115200 baud, and has 9600 baud
      help: set it to what the device has: ?baud=115200, ?framing=8n1, ?flow=none|rtscts|xonxoff, joined by `&`
    rfc2217://PLACE?framing=5n1 was asked for 5 data bits, and has something else, [9]
      help: set it to what the device has: ?baud=115200, ?framing=8n1, ?flow=none|rtscts|xonxoff, joined by `&`
    rfc2217://PLACE?timeout=0.05 was asked for flow control, and did not answer within 50ms
      help: the device there may have no such lines; ?timeout=10 waits longer, ?ign_set_control for no answer about flow control and lines
    ");
}

#[tokio::test]
async fn a_server_that_floods_is_given_up_in_time() {
    let flood = async |mut stream: tokio::net::TcpStream| {
        let negotiation = b"\xff\xfd\x18".repeat(1000);
        while stream.write_all(&negotiation).await.is_ok() {}
    };
    let told = refusal("?timeout=0.2", flood).await;
    assert!(told.contains("does not negotiate COM-PORT-OPTION"), "{told}");
}

#[tokio::test]
async fn a_server_without_modem_lines_is_told_when_they_are_asked_for() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address: Address =
        format!("rfc2217://{}?timeout=0.05&ign_set_control", listener.local_addr().unwrap()).parse().unwrap();
    let serve = async {
        let mute = |said| (!matches!(said, ComPort::Control(_) | ComPort::ModemStateMask(_))).then_some(said);
        answering(listener.accept().await.unwrap().0, mute).await;
    };
    let ask = async {
        let mut port = open(&address).await.unwrap();
        port.drive(Some(false), None).await.unwrap();
        port.signals().await.unwrap_err()
    };
    let error = tokio::select! { error = ask => error, () = serve => panic!("the client has gone") };
    assert!(matches!(&error, PortError::Unanswered { .. }), "{error}");
}
