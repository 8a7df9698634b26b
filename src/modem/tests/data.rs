//! The data of a call: to the modem's own far end, outside, or to nobody.

use super::*;
use crate::wire::ppp::{Code, Decoder, Found, Frame, Framing, MRU, Options, Packet, Protocol};

/// A desk whose calls carry their data outside.
fn outside(settings: &[&str]) -> Desk {
    let settings = [&["data.packet=outside", "data.circuit=outside"], settings].concat();
    let mut desk = Desk::registered("generic-lte", &settings);
    desk.play("> ATE0");
    desk.seen.clear();
    desk
}

/// A frame of a control protocol, as hosts send it.
fn frame(protocol: Protocol, code: Code, identifier: u8, data: &[u8]) -> Vec<u8> {
    let (mut information, mut out) = (Vec::new(), Vec::new());
    Packet { code: code.number(), identifier, data }.write(&mut information);
    Framing::DEFAULT.write(&mut out, Frame { protocol, information: &information });
    out
}

/// The frames among these bytes, in words.
fn frames(bytes: &[u8]) -> String {
    let mut seen = String::new();
    let mut decoder = Decoder::new(MRU);
    decoder.set_accm(0);
    decoder.feed(bytes, |found| match found {
        Found::Frame(frame) => {
            let packet = Packet::read(frame.information).expect("a packet");
            let _ = writeln!(seen, "{} {:?} {}", frame.protocol, Code::from(packet.code), packet.identifier);
        }
        Found::Damaged(damage) => {
            let _ = writeln!(seen, "{damage:?}");
        }
    });
    seen
}

/// A host's side of a negotiation, played by hand: brings the link and its addresses up.
fn bring_up(desk: &mut Desk) {
    desk.play("> ATE0\n> ATD*99***2#\n~ 200ms");
    desk.seen.clear();
    let say = |desk: &mut Desk, bytes: &[u8]| {
        desk.modem.receive(desk.now, bytes);
        let bytes = desk.modem.transmit().bytes().to_vec();
        desk.modem.transmit().clear();
        bytes
    };
    let said = say(desk, &frame(Protocol::LCP, Code::ConfigureRequest, 1, &[2, 6, 0, 0, 0, 0]));
    assert_eq!(frames(&said), "LCP ConfigureRequest 1\nLCP ConfigureAck 1\n");
    let mut acknowledged = Vec::new();
    let mut decoder = Decoder::new(MRU);
    decoder.feed(&said, |found| {
        if let Found::Frame(request) = found
            && let Some(packet) = Packet::read(request.information)
            && packet.code == 1
        {
            assert!(Options::are_sound(packet.data));
            acknowledged = frame(Protocol::LCP, Code::ConfigureAck, packet.identifier, packet.data);
        }
    });
    assert_eq!(frames(&say(desk, &acknowledged)), "IPCP ConfigureRequest 1\n");
    let own = [3, 6, 10, 64, 0, 2];
    let said = say(desk, &frame(Protocol::IPCP, Code::ConfigureRequest, 1, &own));
    assert_eq!(frames(&said), "IPCP ConfigureAck 1\n", "the address is that of the context that was dialled");
    assert_eq!(frames(&say(desk, &frame(Protocol::IPCP, Code::ConfigureAck, 1, &[3, 6, 10, 64, 255, 254]))), "");
}

#[test]
fn data_go_outside_and_come_back_and_the_escape_sequence_keeps_the_connection() {
    let mut desk = outside(&[]);
    desk.play(
        r"
        > ATD*99#
        ~ 200ms
        >| hello
    ",
    );
    desk.modem.event(desk.now, Event::Data { call: 1, bytes: b"world".to_vec() });
    desk.look(b"");
    desk.play("~ 2s\n>| +++\n~ 1s");
    desk.modem.event(desk.now, Event::Data { call: 1, bytes: b"while in command state".to_vec() });
    desk.look(b"");
    insta::assert_snapshot!(desk.play("> AT\n> ATO\n>| more\n?modem.data\n~ 2s\n>| +++\n~ 1s\n> ATH\n?modem.data"), @"
    > AT
    < OK
    > ATO
    < CONNECT 150000000
    < while in command state
    >| more
    ! Data { call: 1, bytes: [109, 111, 114, 101] }
    ?modem.data
    = Some(Number(8.0))
    ~ 2s
    >| +++
    ~ 1s
    < OK
    > ATH
    < OK
    ! DataEnds { call: 1 }
    ?modem.data
    = Some(Number(15.0))
    ");
    desk.modem.event(desk.now, Event::Data { call: 1, bytes: b"nobody is there".to_vec() });
    desk.modem.event(desk.now, Event::DataEnds { call: 1 });
    desk.look(b"");
    assert_eq!(desk.seen, "");
}

#[test]
fn plus_signs_that_are_no_escape_sequence_are_data() {
    let mut desk = outside(&[]);
    insta::assert_snapshot!(desk.play(
        r"
        > ATD*99#
        ~ 2s
        >| +
        ~ 2s
        >| ++
        >| x
        ~ 2s
        >| +++x
        ~ 2s
        >| ++++
        ~ 2s
        >| a+++b
    "
    ), @"
    > ATD*99#
    ~ 2s
    < CONNECT 150000000
    ! DataBegins { call: 1 }
    >| +
    ~ 2s
    ! Data { call: 1, bytes: [43] }
    >| ++
    >| x
    ! Data { call: 1, bytes: [43, 43, 120] }
    ~ 2s
    >| +++x
    ! Data { call: 1, bytes: [43, 43, 43, 120] }
    ~ 2s
    >| ++++
    ! Data { call: 1, bytes: [43, 43, 43, 43] }
    ~ 2s
    >| a+++b
    ! Data { call: 1, bytes: [97, 43, 43, 43, 98] }
    ");
}

#[test]
fn without_a_guard_time_the_sequence_is_found_anywhere() {
    let mut desk = outside(&["settings.S12.default=0"]);
    insta::assert_snapshot!(desk.play("> ATD*99#\n~ 2s\n>| a++b+\n~ 1s\n>| ++\n> ATO\n>| c+++\n> ATH"), @"
    > ATD*99#
    ~ 2s
    < CONNECT 150000000
    ! DataBegins { call: 1 }
    >| a++b+
    ! Data { call: 1, bytes: [97, 43, 43, 98] }
    ~ 1s
    ! Data { call: 1, bytes: [43] }
    >| ++
    < OK
    > ATO
    < CONNECT 150000000
    >| c+++
    < OK
    ! Data { call: 1, bytes: [99] }
    > ATH
    < OK
    ! DataEnds { call: 1 }
    ");
}

#[test]
fn the_end_outside_ends_the_call_and_the_end_of_the_call_is_told_outside() {
    let mut desk = outside(&[]);
    desk.play("> ATD*99#\n~ 200ms");
    desk.modem.event(desk.now, Event::DataEnds { call: 7 });
    desk.look(b"");
    desk.play("?modem.state");
    desk.modem.event(desk.now, Event::DataEnds { call: 1 });
    desk.look(b"");
    insta::assert_snapshot!(desk.play("?modem.dcd\n> ATD*99#\n~ 200ms\n* dtr off\n* dtr on\n> ATD*99#\n~ 200ms\n* power cycle"), @"
    < NO CARRIER
    ! DataEnds { call: 1 }
    ?modem.dcd
    = Some(Truth(false))
    > ATD*99#
    ~ 200ms
    < CONNECT 150000000
    ! DataBegins { call: 2 }
    * dtr off
    < NO CARRIER
    ! DataEnds { call: 2 }
    * dtr on
    > ATD*99#
    ~ 200ms
    < CONNECT 150000000
    ! DataBegins { call: 3 }
    * power cycle
    ! DataEnds { call: 3 }
    ! Restarted
    ");
}

#[test]
fn what_comes_from_outside_is_bounded() {
    let mut desk = outside(&[]);
    assert_eq!(desk.modem.data_room(), 0);
    desk.play("> ATD*99#\n~ 200ms");
    let room = desk.modem.data_room();
    desk.modem.event(desk.now, Event::Data { call: 1, bytes: vec![b'x'; 30_000] });
    assert_eq!(desk.modem.data_room(), room - 30_000);
    desk.modem.event(desk.now, Event::Data { call: 1, bytes: vec![b'x'; 100_000] });
    assert_eq!(desk.modem.data_room(), 0);
    assert_eq!(desk.modem.transmit().bytes().len(), room);
    desk.modem.transmit().clear();
    desk.play("~ 2s\n>| +++\n~ 1s");
    let room = desk.modem.data_room();
    desk.modem.event(desk.now, Event::Data { call: 1, bytes: vec![b'x'; 100_000] });
    assert_eq!((desk.modem.data_room(), desk.modem.transmit().bytes().len()), (0, 0));
    desk.modem.receive(desk.now, b"ATO\r");
    assert!(desk.modem.transmit().bytes().len() >= room);
}

#[test]
fn an_own_far_end_is_silent_until_a_frame_comes() {
    insta::assert_snapshot!(play("> ATD*99#\n~ 60s\n>| some text~ and ~~ more\\r\n~ 60s\n?modem.state"), @r#"
    > ATD*99#
    ~ 60s
    < CONNECT 150000000
    >| some text~ and ~~ more\r
    ~ 60s
    ?modem.state
    = Some(Text("online"))
    "#);
}

#[test]
fn the_far_end_takes_leave_when_the_network_goes() {
    let mut desk = Desk::registered("generic-lte", &[]);
    bring_up(&mut desk);
    desk.modem.event(desk.now, Event::Network(NetworkEvent::Lose));
    let end = desk.now + Duration::from_millis(200);
    while let Some(at) = desk.modem.deadline().filter(|at| *at <= end) {
        desk.now = at;
        desk.modem.wake(at);
    }
    assert_eq!(frames(desk.modem.transmit().bytes()), "LCP TerminateRequest 2\n");
    desk.modem.transmit().clear();
    desk.modem.receive(desk.now, &[&frame(Protocol::LCP, Code::TerminateAck, 2, &[])[..], b"AT\r"].concat());
    desk.look(b"");
    insta::assert_snapshot!(desk.play("?modem.dcd"), @"
    < NO CARRIER
    < OK
    ?modem.dcd
    = Some(Truth(false))
    ");

    // A host that says nothing is asked twice.
    let mut desk = Desk::registered("generic-lte", &[]);
    bring_up(&mut desk);
    desk.modem.event(desk.now, Event::Hangup);
    desk.modem.transmit().clear();
    desk.pass(Duration::from_millis(5_999));
    assert!(!desk.seen.contains("NO CARRIER"));
    desk.pass(Duration::from_millis(1));
    assert!(desk.seen.contains("< NO CARRIER"), "{}", desk.seen);
}

#[test]
fn the_call_ends_when_the_host_closes_the_link_and_when_dtr_drops() {
    let mut desk = Desk::registered("generic-lte", &[]);
    bring_up(&mut desk);
    desk.modem.receive(desk.now, &frame(Protocol::LCP, Code::TerminateRequest, 9, b""));
    assert_eq!(frames(desk.modem.transmit().bytes()), "LCP TerminateAck 9\n");
    desk.modem.transmit().clear();
    insta::assert_snapshot!(desk.play("?modem.ppp\n~ 2s\n?modem.state\n~ 1s\n?modem.call\n?modem.ppp\n?modem.ppp.frames"), @r#"
    ?modem.ppp
    = Some(Text("ending"))
    ~ 2s
    ?modem.state
    = Some(Text("online"))
    ~ 1s
    < NO CARRIER
    ?modem.call
    = Some(Text("none"))
    ?modem.ppp
    = Some(Text("none"))
    ?modem.ppp.frames
    = Some(Number(5.0))
    "#);

    let mut desk = Desk::registered("generic-lte", &[]);
    bring_up(&mut desk);
    desk.modem.event(desk.now, Event::Lines { dtr: false, rts: true });
    let said = desk.modem.transmit().bytes().to_vec();
    assert!(frames(&said).starts_with("LCP TerminateRequest 2\n"));
    assert!(said.ends_with(b"\r\nNO CARRIER\r\n"));
}

#[test]
fn the_link_outlives_the_escape_sequence_and_its_frames_wait() {
    let mut desk = Desk::registered("generic-lte", &[]);
    bring_up(&mut desk);
    assert!(desk.play("~ 2s\n>| +++\n~ 1s\n> AT").ends_with("> AT\n< OK\n"));
    desk.play("> ATO");
    desk.modem.receive(desk.now, &frame(Protocol::LCP, Code::EchoRequest, 3, &[0, 0, 0, 1]));
    assert_eq!(frames(desk.modem.transmit().bytes()), "LCP EchoReply 3\n");
}
