//! The multiplexer, played by a host that opens channels.

use std::fmt::Write as _;
use std::time::Duration;

use proptest::prelude::*;

use crate::modem::{Effect, Event, Modem, Override, Profile, Tick};
use crate::register::{Answer, Reason};
use crate::wire::mux::{Decoder, Dlci, Found, Frame, FrameKind, Framing, Message, MessageKind, Parameters, Signals};

/// A host whose line carries frames, and what it saw.
struct Host {
    modem: Modem,
    now: Tick,
    framing: Framing,
    decoder: Decoder,
    seen: String,
    /// Everything that the modem wrote.
    wire: Vec<u8>,
}

impl Host {
    fn plain(settings: &[&str]) -> Self {
        let settings: Vec<Override> = settings.iter().map(|text| Override::parse(text).expect("a setting")).collect();
        let modem = Modem::new(Profile::named("generic-lte", &settings).expect("a profile"), None, 0);
        let framing = Framing::Basic;
        let decoder = Decoder::new(framing, 4096);
        let mut host = Self { modem, now: Tick::ZERO, framing, decoder, seen: String::new(), wire: Vec::new() };
        host.pass(1_000);
        host.seen.clear();
        host
    }

    /// Multiplexed, with the control channel and these channels open.
    fn open(command: &str, channels: &[u8]) -> Self {
        let mut host = Self::plain(&[]);
        if command.starts_with("AT+CMUX=1") {
            host.framing = Framing::Advanced;
            host.decoder = Decoder::new(Framing::Advanced, 4096);
        }
        host.send(format!("{command}\r").as_bytes());
        assert!(host.seen.contains("OK"), "{}", host.seen);
        host.frame(0, FrameKind::Sabm, b"");
        for &channel in channels {
            host.frame(channel, FrameKind::Sabm, b"");
        }
        host
    }

    fn send(&mut self, bytes: &[u8]) {
        self.modem.receive(self.now, bytes);
        self.look();
    }

    fn bytes(&self, channel: u8, kind: FrameKind, information: &[u8]) -> Vec<u8> {
        let channel = Dlci::new(channel).expect("a channel");
        let poll = matches!(kind, FrameKind::Sabm | FrameKind::Disc);
        let mut bytes = Vec::new();
        Frame { channel, command: true, kind, poll, information }.write(self.framing, &mut bytes);
        bytes
    }

    fn frame(&mut self, channel: u8, kind: FrameKind, information: &[u8]) {
        let _ = writeln!(self.seen, "{channel}> {kind:?} {}", information.escape_ascii());
        let bytes = self.bytes(channel, kind, information);
        self.send(&bytes);
    }

    fn say(&mut self, channel: u8, text: &str) {
        self.frame(channel, FrameKind::Uih, format!("{text}\r").as_bytes());
    }

    fn message(&mut self, kind: MessageKind, value: &[u8]) {
        let mut information = Vec::new();
        Message { kind: Ok(kind), command: true, value }.write(&mut information);
        self.frame(0, FrameKind::Uih, &information);
    }

    fn pass(&mut self, milliseconds: u64) {
        let until = self.now + Duration::from_millis(milliseconds);
        while let Some(at) = self.modem.deadline().filter(|&at| at <= until) {
            self.now = at;
            self.modem.wake(at);
            self.look();
        }
        self.now = until;
    }

    fn look(&mut self) {
        let outbox = self.modem.transmit();
        let bytes = outbox.bytes().to_vec();
        let effects: Vec<Effect> = outbox.effects().collect();
        outbox.clear();
        self.wire.extend_from_slice(&bytes);
        let seen = &mut self.seen;
        self.decoder.feed(&bytes, |found| {
            let _ = match found {
                Found::Frame(Frame { channel: Dlci::CONTROL, kind: FrameKind::Uih, information, command, .. }) => {
                    assert!(!command, "what the modem says of itself has its C/R bit clear");
                    let (message, rest) = Message::read(information).expect("a message");
                    assert!(rest.is_empty());
                    let way = if message.command { "command" } else { "response" };
                    match (message.kind, Signals::read(message.value)) {
                        (Ok(MessageKind::ModemStatus), Some((channel, signals))) => {
                            let Signals { stop, ready_to_communicate: dsr, ready_to_receive: cts, .. } = signals;
                            let Signals { incoming: ri, data_valid: dcd, .. } = signals;
                            let circuits = [("FC", stop), ("DSR", dsr), ("CTS", cts), ("RI", ri), ("DCD", dcd)];
                            let on: Vec<_> = circuits.iter().filter(|(_, on)| *on).map(|(name, _)| *name).collect();
                            writeln!(seen, "0< {way} ModemStatus {channel}: {}", on.join(" "))
                        }
                        (kind, _) => writeln!(seen, "0< {way} {kind:?} {}", message.value.escape_ascii()),
                    }
                }
                Found::Frame(Frame { channel, kind, information, .. }) => {
                    writeln!(seen, "{channel}< {kind:?} {}", information.escape_ascii())
                }
                Found::Stray(text) => writeln!(seen, "<| {}", text.escape_ascii()),
                Found::Damaged(bytes) => writeln!(seen, "<| {bytes} damaged"),
            };
        });
        for effect in effects {
            if let Effect::CheckEquipment { ticket, .. } = effect {
                let answer = Answer::allow(Reason::Unknown);
                self.modem.event(self.now, Event::Equipment { ticket, answer });
                self.look();
            }
        }
    }
}

#[test]
fn the_command_says_what_it_can_and_keeps_what_was_set() {
    let mut host = Host::plain(&["mux.modes=0"]);
    for command in
        ["+CMUX=?", "+CMUX?", "+CMUX=1", "+CMUX=0,1", "+CMUX=0,0,7", "+CMUX=0,0,5,0", "+CMUX", "+CMUX=0,0,5,512;+CMUX?"]
    {
        host.send(format!("ATE0{command}\r").as_bytes());
    }
    insta::assert_snapshot!(host.seen, @r"
    <| ATE0+CMUX=?\r\r\n+CMUX: (0),(0),(1-6),(1-32768),(1-255),(0-100),(2-255),(1-255),(1-7)\r\n\r\nOK\r\n
    <| \r\n+CMUX: 0,0,5,31,10,3,30,10,2\r\n\r\nOK\r\n
    <| \r\nERROR\r\n
    <| \r\nERROR\r\n
    <| \r\nERROR\r\n
    <| \r\nERROR\r\n
    <| \r\nERROR\r\n
    <| \r\n+CMUX: 0,0,5,512,10,3,30,10,2\r\n\r\nOK\r\n
    ");
}

#[test]
fn channels_are_at_ports_of_their_own() {
    let mut host = Host::open("AT+CMUX=0,0,5,127", &[1, 2]);
    host.say(1, "ATE0+CEREG=1");
    host.say(2, "AT+CEREG?");
    host.modem.event(host.now, Event::Network(crate::modem::NetworkEvent::Lose));
    host.pass(1_000);
    host.say(1, "AT+CMUX=0");
    insta::assert_snapshot!(host.seen, @r"
    <| AT+CMUX=0,0,5,127\r\r\nOK\r\n
    0> Sabm 
    0< Ua 
    1> Sabm 
    1< Ua 
    0< command ModemStatus 1: DSR CTS
    2> Sabm 
    2< Ua 
    0< command ModemStatus 2: DSR CTS
    1> Uih ATE0+CEREG=1\r
    1< Uih ATE0+CEREG=1\r
    1< Uih \r\nOK\r\n
    2> Uih AT+CEREG?\r
    2< Uih AT+CEREG?\r
    2< Uih \r\n+CEREG: 0,1\r\n\r\nOK\r\n
    1> Uih AT+CMUX=0\r
    1< Uih \r\n+CEREG: 2\r\n
    1< Uih \r\nERROR\r\n
    ");
}

#[test]
fn an_answer_longer_than_a_frame_comes_in_several() {
    let mut host = Host::open("AT+CMUX=0,0,5,8", &[1]);
    host.frame(1, FrameKind::Uih, b"ATE0+CGS");
    host.frame(1, FrameKind::Uih, b"N\r");
    insta::assert_snapshot!(host.seen, @r"
    <| AT+CMUX=0,0,5,8\r\r\nOK\r\n
    0> Sabm 
    0< Ua 
    1> Sabm 
    1< Ua 
    0< command ModemStatus 1: DSR CTS
    1> Uih ATE0+CGS
    1< Uih ATE0+CGS
    1> Uih N\r
    1< Uih N\r
    1< Uih \r\n001017
    1< Uih 00123456
    1< Uih 9\r\n\r\nOK\r
    1< Uih \n
    ");
}

#[test]
fn data_goes_on_one_channel_while_another_takes_commands() {
    let mut host = Host::open("AT+CMUX=1", &[1, 2]);
    host.say(2, "ATE0D*99#");
    host.pass(1_000);
    host.frame(2, FrameKind::Uih, b"\x7e\x7d\x11 data");
    host.say(1, "ATE0+CEREG?");
    host.message(
        MessageKind::ModemStatus,
        &Signals { ready_to_communicate: false, ..Signals::default() }.bytes(Dlci::new(2).expect("a channel")),
    );
    host.pass(1_000);
    insta::assert_snapshot!(host.seen, @r"
    <| AT+CMUX=1\r\r\nOK\r\n
    0> Sabm 
    0< Ua 
    1> Sabm 
    1< Ua 
    0< command ModemStatus 1: DSR CTS
    2> Sabm 
    2< Ua 
    0< command ModemStatus 2: DSR CTS
    2> Uih ATE0D*99#\r
    2< Uih ATE0D*99#\r
    0< command ModemStatus 2: DSR CTS DCD
    2< Uih \r\nCONNECT 150000000\r\n
    2> Uih ~}\x11 data
    1> Uih ATE0+CEREG?\r
    1< Uih ATE0+CEREG?\r
    1< Uih \r\n+CEREG: 0,1\r\n\r\nOK\r\n
    0> Uih \xe3\x05\x0b\x01
    0< response ModemStatus 2: 
    0< command ModemStatus 2: DSR CTS
    2< Uih \r\nNO CARRIER\r\n
    ");
}

#[test]
fn a_channel_that_is_closed_takes_its_call_with_it_whatever_the_setting_of_dtr() {
    let mut host = Host::open("AT+CMUX=0,0,5,127", &[1, 2]);
    host.say(2, "ATE0&D0;D*99#");
    host.pass(1_000);
    host.frame(2, FrameKind::Disc, b"");
    host.seen.clear();
    host.say(1, "ATE0D*99#");
    host.pass(1_000);
    insta::assert_snapshot!(host.seen, @r"
    1> Uih ATE0D*99#\r
    1< Uih ATE0D*99#\r
    0< command ModemStatus 1: DSR CTS DCD
    1< Uih \r\nCONNECT 150000000\r\n
    ");
}

#[test]
fn the_control_channel_answers_every_message() {
    let mut host = Host::open("AT+CMUX=0", &[1]);
    host.message(MessageKind::Test, b"echo");
    let parameters = Parameters {
        channel: Dlci::new(3).expect("a channel"),
        types: 0x11,
        priority: 7,
        acknowledgement: 10,
        longest: 100,
        repeats: 3,
        window: 2,
    };
    host.message(MessageKind::ParameterNegotiation, &parameters.bytes());
    host.message(MessageKind::PowerSaving, b"");
    host.frame(0, FrameKind::Uih, &[0x33, 0x01]);
    host.message(MessageKind::FlowOff, b"");
    host.say(1, "AT");
    host.message(MessageKind::FlowOn, b"");
    host.message(MessageKind::CloseDown, b"");
    host.send(b"ATE0+CGSN\r");
    insta::assert_snapshot!(host.seen, @r"
    <| AT+CMUX=0\r\r\nOK\r\n
    0> Sabm 
    0< Ua 
    1> Sabm 
    1< Ua 
    0< command ModemStatus 1: DSR CTS
    0> Uih #\techo
    0< response Ok(Test) echo
    0> Uih \x83\x11\x03\x11\x07\nd\x00\x03\x02
    0< response Ok(ParameterNegotiation) \x03\x00\x07\nd\x00\x03\x02
    0> Uih C\x01
    0< response Ok(PowerSaving) 
    0> Uih 3\x01
    0< response Ok(NotSupported) 3
    0> Uih c\x01
    0< response Ok(FlowOff) 
    1> Uih AT\r
    0> Uih \xa3\x01
    0< response Ok(FlowOn) 
    1< Uih AT\r
    1< Uih \r\nOK\r\n
    0> Uih \xc3\x01
    0< response Ok(CloseDown) 
    <| 2 damaged
    <| E0+CGSN\r\r\n001017001234569\r\n\r\nOK\r\n
    ");
}

#[test]
fn what_is_wrong_is_refused_or_lost_and_nothing_is_stuck() {
    let mut host = Host::open("AT+CMUX=0", &[]);
    host.frame(62, FrameKind::Sabm, b"");
    host.frame(5, FrameKind::Uih, b"AT\r");
    host.frame(5, FrameKind::Disc, b"");
    host.frame(1, FrameKind::Sabm, b"");
    // A check byte that is wrong, a length that lies, a frame that never ends, text between frames.
    let mut bad = host.bytes(1, FrameKind::Uih, b"AT\r");
    let check = bad.len() - 2;
    bad[check] ^= 1;
    host.send(&bad);
    host.send(&[0xF9, 0x07, 0xEF, 0x41, b'A', b'T', b'\r', 0xF9]);
    host.send(b"AT\r");
    host.say(1, "AT");
    host.say(1, "AT");
    host.frame(1, FrameKind::Uih, &[b'x'; 32]);
    host.frame(0, FrameKind::Disc, b"");
    host.send(b"AT\r");
    insta::assert_snapshot!(host.seen, @r"
    <| AT+CMUX=0\r\r\nOK\r\n
    0> Sabm 
    0< Ua 
    62> Sabm 
    62< Dm 
    5> Uih AT\r
    5< Dm 
    5> Disc 
    5< Dm 
    1> Sabm 
    1< Ua 
    0< command ModemStatus 1: DSR CTS
    1> Uih AT\r
    1> Uih AT\r
    1> Uih xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
    0> Disc 
    0< Ua 
    <| 2 damaged
    <| \r\r\nOK\r\n
    ");
}

#[test]
fn a_line_that_nobody_multiplexes_takes_commands_again() {
    let mut host = Host::plain(&["mux.patience=5s"]);
    host.send(b"ATE0+CMUX=0\r");
    host.send(b"AT\r");
    host.pass(4_000);
    host.send(b"AT\r");
    host.pass(2_000);
    host.send(b"AT+CMUX?\r");
    insta::assert_snapshot!(host.seen, @r"
    <| ATE0+CMUX=0\r\r\nOK\r\n
    <| \r\n+CMUX: 0,0,5,31,10,3,30,10,2\r\n\r\nOK\r\n
    ");
}

#[test]
fn a_client_that_goes_takes_the_channels_with_it() {
    let mut host = Host::open("AT+CMUX=0", &[1, 2]);
    host.seen.clear();
    host.modem.event(host.now, Event::Closed);
    host.look();
    host.send(b"ATE0+CMUX=0\r");
    host.frame(0, FrameKind::Sabm, b"");
    host.frame(1, FrameKind::Sabm, b"");
    host.say(1, "AT");
    insta::assert_snapshot!(host.seen, @r"
    <| 2 damaged
    <| E0+CMUX=0\r\r\nOK\r\n
    0> Sabm 
    0< Ua 
    1> Sabm 
    1< Ua 
    0< command ModemStatus 1: DSR CTS
    1> Uih AT\r
    1< Uih AT\r
    1< Uih \r\nOK\r\n
    ");
}

/// A session's bytes, from the first command to the last.
fn session(framing: Framing) -> Vec<u8> {
    let host = Host { framing, ..Host::plain(&[]) };
    let frames = [
        host.bytes(0, FrameKind::Sabm, b""),
        host.bytes(1, FrameKind::Sabm, b""),
        host.bytes(2, FrameKind::Sabm, b""),
        host.bytes(1, FrameKind::Uih, b"AT+CGSN\rAT+CE"),
        host.bytes(2, FrameKind::Uih, b"ATE0;+CSQ\r"),
        host.bytes(1, FrameKind::Uih, b"REG=2;+CEREG?\r"),
        host.bytes(1, FrameKind::Disc, b""),
        host.bytes(0, FrameKind::Disc, b""),
    ];
    let mode: &[u8] = match framing {
        Framing::Basic => b"AT+CMUX=0\r",
        Framing::Advanced => b"AT+CMUX=1\r",
    };
    [mode, &frames.concat(), b"AT+CMUX?\r"].concat()
}

fn played<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> Vec<u8> {
    let mut host = Host::plain(&[]);
    host.wire.clear();
    pieces.for_each(|piece| host.send(piece));
    host.wire
}

#[test]
fn the_data_of_a_channel_go_outside_and_their_end_is_told_when_the_channel_closes() {
    let mut host = Host::plain(&["data.packet=outside"]);
    host.send(b"AT+CMUX=0\r");
    host.frame(0, FrameKind::Sabm, b"");
    host.frame(1, FrameKind::Sabm, b"");
    host.say(1, "ATD*99#");
    let mut told = Vec::new();
    let until = host.now + Duration::from_secs(1);
    while let Some(at) = host.modem.deadline().filter(|&at| at <= until) {
        host.modem.wake(at);
        told.extend(host.modem.transmit().effects());
    }
    host.now = until;
    let bytes = [
        host.bytes(1, FrameKind::Uih, b"one "),
        host.bytes(1, FrameKind::Uih, b"two"),
        host.bytes(1, FrameKind::Disc, b""),
    ];
    host.modem.receive(host.now, &bytes.concat());
    told.extend(host.modem.transmit().effects());
    let whole = Effect::Data { call: 1, bytes: b"one two".to_vec() };
    assert_eq!(told, [Effect::DataBegins { call: 1 }, whole, Effect::DataEnds { call: 1 }]);
}

proptest! {
    #[test]
    fn any_cut_of_a_session_gives_the_same_bytes(cut in 1_usize..40, advanced: bool) {
        let bytes = session(if advanced { Framing::Advanced } else { Framing::Basic });
        let whole = played(std::iter::once(bytes.as_slice()));
        prop_assert!(whole.ends_with(b"OK\r\n"));
        prop_assert_eq!(played(bytes.chunks(cut)), whole);
    }

    #[test]
    fn no_garbage_keeps_it_from_closing(garbage in proptest::collection::vec(any::<u8>(), 0..400), advanced: bool) {
        let mut host = Host::open(if advanced { "AT+CMUX=1" } else { "AT+CMUX=0" }, &[1]);
        host.send(&garbage);
        host.modem.event(host.now, Event::Closed);
        host.pass(200_000);
        host.look();
        host.wire.clear();
        host.send(b"ATE0V1Q0\r");
        host.send(b"AT\r");
        prop_assert!(host.wire.ends_with(b"\r\nOK\r\n"), "{}", host.wire.escape_ascii());
    }
}
