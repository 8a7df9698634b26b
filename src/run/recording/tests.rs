use std::time::Duration;

use super::*;
use crate::modem::Tick;
use crate::script::Side;
use crate::wire::mux;

/// What is told of what was said, each at its own millisecond.
fn told(reveal: bool, said: &[(Side, &[u8])]) -> String {
    let mut session = Session::new(reveal);
    for (millis, (side, bytes)) in (0..).zip(said) {
        session.said(Tick::from_millis(millis), *side, bytes);
    }
    session.end(Tick::from_millis(said.len() as u64));
    lines(&session.take())
}

fn lines(told: &[Told]) -> String {
    told.iter().map(|Told { at, line }| format!("{at} {line}\n")).collect()
}

fn host(text: &str) -> (Side, &[u8]) {
    (Side::Host, text.as_bytes())
}

fn modem(text: &str) -> (Side, &[u8]) {
    (Side::Modem, text.as_bytes())
}

#[test]
fn a_session_is_a_script() {
    let said = [
        host("AT+CSQ\r"),
        modem("AT+CSQ\r\r\n+CSQ: 21,99\r\n\r\nOK\r\n"),
        modem("\r\n+CEREG: 2\r\n"),
        host("AT+CREG?\r"),
        modem("AT+CREG?\r\r\n+CEREG: 1\r\n\r\n+CREG: 1,{1}\r\n"),
        modem("\r\nOK\r\n"),
        host("AT+CMGS=\"+15551234567\"\r"),
        modem("AT+CMGS=\"+15551234567\"\r\r\n> "),
        host("hello\r"),
        modem("hello\r\r\n> "),
        host("world\x1a"),
        modem("world\r\r\n+CMGS: 1\r\n\r\nOK\r\n"),
    ];
    insta::assert_snapshot!(told(false, &said), @r#"
    0.000s > AT+CSQ
    0.001s < +CSQ: 21,99
    0.001s < OK
    0.002s <! +CEREG: 2
    0.003s > AT+CREG?
    0.004s <! +CEREG: 1
    0.004s < +CREG: 1,{{1}}
    0.005s < OK
    0.006s > AT+CMGS="+15551234567"
    0.007s < >\x20
    0.008s >| hello\r
    0.009s < >\x20
    0.010s >| world\x1A
    0.011s < +CMGS: 1
    0.011s < OK
    "#);
}

#[test]
fn no_identity_of_a_real_device_is_written_unless_it_is_asked_for() {
    let imei = format!("35{}", "2099001761481");
    let answer = format!("\r\n{imei}\r\n\r\nOK\r\n");
    let said = [host("AT+CGSN\r"), modem(&answer), host("AT+CPIN=\"4711\"\r"), modem("\r\nERROR\r\n")];
    insta::assert_snapshot!(told(false, &said), @r#"
    0.000s > AT+CGSN
    0.001s < 001017990000013
    0.001s < OK
    0.002s > AT+CPIN="1357"
    0.003s < ERROR
    "#);
    assert!(told(true, &said).contains(&imei));
}

#[test]
fn commands_that_were_sent_ahead_stand_where_they_are_answered() {
    let said = [
        host("AT+CGMM\rAT+CGSN\r"),
        modem("AT+CGMM\r\r\ngeneric-lte\r\n\r\nOK\r\n"),
        modem("AT+CGSN\r\r\n001017001234569\r\n\r\nOK\r\n"),
        modem("\r\n+CPIN: READY\r\n"),
    ];
    insta::assert_snapshot!(told(false, &said), @"
    0.000s > AT+CGMM
    0.001s < generic-lte
    0.001s < OK
    0.001s > AT+CGSN
    0.002s < 001017001234569
    0.002s < OK
    0.003s <! +CPIN: READY
    ");
}

#[test]
fn what_is_no_command_or_no_line_is_written_byte_for_byte() {
    let said = [
        host("\r"),
        host("\x00\x00AT\r\n"),
        modem("\r\nOK\r\n"),
        host("ATX\x08I\r\n"),
        modem("\r\nOK\r\n"),
        host("A/"),
        modem("\r\nOK\r\n"),
        modem("no end"),
    ];
    insta::assert_snapshot!(told(false, &said), @r"
    0.000s >| \r
    0.001s >| \x00\x00
    0.001s @ terminator \r\n
    0.001s > AT
    0.002s < OK
    0.003s > ATI
    0.004s < OK
    0.005s > A/
    0.006s < OK
    0.008s <| no end
    ");
}

#[test]
fn data_are_bytes_until_the_call_ends() {
    let said = [
        host("ATD*99#\r"),
        modem("ATD*99#\r\r\nCONNECT\r\n"),
        (Side::Host, b"~\xff}#\xc0!OK\r\n".as_slice()),
        (Side::Modem, b"~\x00\r\nOK\r\n~".as_slice()),
        host("+++"),
        modem("\r\nOK\r\n"),
        host("ATO\r"),
        modem("\r\nCONNECT\r\n"),
        modem("data\r\nNO CARRIER\r\n"),
        modem("\r\n+CREG: 0\r\n"),
    ];
    insta::assert_snapshot!(told(false, &said), @r"
    0.000s > ATD*99#
    0.001s < CONNECT
    0.002s >| ~\xFF}}#\xC0!OK\r\n
    0.003s <| ~\x00\r\nOK\r\n~
    0.004s >| +++
    0.005s < OK
    0.006s > ATO
    0.007s < CONNECT
    0.008s <| data
    0.008s < NO CARRIER
    0.009s <! +CREG: 0
    ");
}

fn frame(channel: u8, command: bool, kind: mux::FrameKind, information: &[u8]) -> Vec<u8> {
    let channel = mux::Dlci::new(channel).unwrap();
    let mut bytes = Vec::new();
    mux::Frame { channel, command, kind, poll: false, information }.write(mux::Framing::Basic, &mut bytes);
    bytes
}

#[test]
fn frames_are_bytes_with_test_identities_in_them() {
    let imei = format!("35{}", "2099001761481");
    let open = frame(0, true, mux::FrameKind::Sabm, b"");
    let agreed = frame(0, true, mux::FrameKind::Ua, b"");
    let asked = frame(1, true, mux::FrameKind::Uih, b"AT+CGSN\r");
    let answer = frame(1, false, mux::FrameKind::Uih, format!("\r\n{imei}\r\n\r\nOK\r\n").as_bytes());
    let (first, second) = answer.split_at(9);
    let left = frame(0, true, mux::FrameKind::Disc, b"");
    let said = [
        host("AT+CMUX=0\r"),
        modem("AT+CMUX=0\r\r\nOK\r\n"),
        (Side::Host, open.as_slice()),
        (Side::Modem, &agreed),
        (Side::Host, &asked),
        (Side::Modem, first),
        (Side::Modem, second),
        (Side::Host, &left),
        (Side::Modem, &agreed),
        host("AT\r"),
        modem("\r\nOK\r\n"),
    ];
    insta::assert_snapshot!(told(false, &said), @r"
    0.000s > AT+CMUX=0
    0.001s < OK
    0.002s >| \xF9\x03/\x01\t\xF9
    0.003s <| \n\xF9\x03c\x01\xC2\xF9
    0.004s # channel 1 > AT+CGSN\r
    0.004s >| \xF9\x07\xEF\x11AT+CGSN\r+\xF9
    0.006s # channel 1 < \r\n001017990000013\r\n\r\nOK\r\n
    0.006s <| \xF9\x05\xEF3\r\n001017990000013\r\n\r\nOK\r\n\x91\xF9
    0.007s >| \xF9\x03C\x01\xE8\xF9
    0.008s <| \xF9\x03c\x01\xC2\xF9
    0.009s > AT
    0.010s < OK
    ");
    let revealed = told(true, &said);
    assert!(revealed.contains(&imei), "{revealed}");
}

#[test]
fn what_pauses_is_written_and_the_next_who_comes_finds_command_state() {
    let mut session = Session::new(false);
    session.said(Tick::ZERO, Side::Host, b"ATD*99#\r");
    session.said(Tick::ZERO, Side::Modem, b"\r\nCONNECT\r\nab");
    assert_eq!(session.deadline(), Some(Tick::from_millis(200)));
    session.wake(Tick::from_millis(200));
    assert_eq!(session.deadline(), None);
    session.note(Tick::from_millis(300), "the application closed the port", true);
    session.said(Tick::from_millis(400), Side::Host, b"AT\r");
    session.said(Tick::from_millis(400), Side::Modem, b"\r\nOK\r\n");
    insta::assert_snapshot!(lines(&session.take()), @"
    0.000s > ATD*99#
    0.000s < CONNECT
    0.000s <| ab
    0.300s # the application closed the port
    0.400s > AT
    0.400s < OK
    ");
}

#[test]
fn an_answer_that_never_comes_holds_nothing_up() {
    let mut session = Session::new(false);
    session.said(Tick::ZERO, Side::Host, b"AT+COPS=?\r");
    session.said(Tick::ZERO + Duration::from_secs(60), Side::Host, b"AT\r");
    session.said(Tick::ZERO + Duration::from_secs(60), Side::Modem, b"\r\nOK\r\n");
    insta::assert_snapshot!(lines(&session.take()), @"
    0.000s > AT+COPS=?
    60.000s > AT
    60.000s < OK
    ");
}

#[test]
fn the_file_is_a_script_at_every_moment() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("session.atg");
    let about = About { title: "A \"quoted\" title".to_owned(), revealed: true, ..About::default() };
    let mut paper = Paper::create(&path, false, &about).unwrap();
    let read = || std::fs::read_to_string(&path).unwrap();
    crate::script::parse("session.atg", &read()).unwrap();
    let mut session = Session::new(true);
    session.said(Tick::from_millis(1500), Side::Host, b"AT\r");
    session.said(Tick::from_millis(1512), Side::Modem, b"\r\nOK\r\n");
    paper.write("", &session.take()).unwrap();
    paper.set_echo(session.echo().unwrap()).unwrap();
    session.said(Tick::from_millis(2000), Side::Modem, b"\r\nRING\r\n");
    paper.write("", &session.take()).unwrap();
    crate::script::parse("session.atg", &read()).unwrap();
    insta::assert_snapshot!(read(), @r#"
    +++
    title = 'A "quoted" title'
    tags = ["recording", "revealed"]
    echo = false
    +++
    # It shows the identities of real devices, cards and subscribers.
    > AT
    ~ 12ms
    < OK
    ~ 488ms
    <! RING
    "#);
    assert_eq!(Paper::create(&path, false, &about).unwrap_err().kind(), std::io::ErrorKind::AlreadyExists);
    Paper::create(&path, true, &about).unwrap();
}

proptest::proptest! {
    #[test]
    fn whatever_is_said_is_a_script_that_parses(
        said in proptest::collection::vec((proptest::bool::ANY, proptest::collection::vec(proptest::num::u8::ANY, 0..40), 0u64..3000), 0..20),
        words in proptest::collection::vec(proptest::sample::select(&["AT+CGSN\r", "ATD*99#\r", "\r\nCONNECT\r\n", "\r\nOK\r\n", "AT+CMUX=0\r", "\r\n> ", "{x}", "~ ", "\\"][..]), 0..20),
    ) {
        let mut session = Session::new(false);
        let mut at = Tick::ZERO;
        let mut words = words.into_iter();
        for (is_host, bytes, pause) in said {
            at += Duration::from_millis(pause);
            session.wake(at);
            let side = if is_host { Side::Host } else { Side::Modem };
            if let Some(word) = words.next() {
                session.said(at, side, word.as_bytes());
            }
            session.said(at, side, &bytes);
        }
        session.end(at);
        let text: String = session.take().iter().map(|told| format!("{}\n", told.line)).collect();
        let parsed = crate::script::parse("session.atg", &text);
        proptest::prop_assert!(parsed.is_ok(), "{}", text);
    }

    #[test]
    fn where_lines_are_cut_does_not_matter(cut in 0usize..70) {
        let text = b"ATE0\r\r\nOK\r\n";
        let answer = b"\r\n+CSQ: 21,99\r\n\r\nOK\r\n\r\n+CREG: 1\r\n";
        let mut whole = Session::new(false);
        let mut parts = Session::new(false);
        for (session, cut) in [(&mut whole, 0), (&mut parts, cut.min(answer.len()))] {
            session.said(Tick::ZERO, Side::Host, &text[..5]);
            session.said(Tick::ZERO, Side::Modem, &text[5..]);
            session.said(Tick::ZERO, Side::Host, b"AT+CSQ\r");
            session.said(Tick::ZERO, Side::Modem, &answer[..cut]);
            session.said(Tick::ZERO, Side::Modem, &answer[cut..]);
            session.end(Tick::ZERO);
        }
        proptest::prop_assert_eq!(whole.take(), parts.take());
    }
}
