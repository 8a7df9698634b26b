//! Any bytes at any time: cut anywhere, never stuck, never unbounded.

use proptest::prelude::*;

use super::*;
use crate::modem::{Setting, TYPE_AHEAD};

/// What a host may send: commands, their pieces, and noise.
fn traffic() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        4 => prop::sample::select(vec![
            "AT", "ATE0", "ATE1", "ATV0", "ATV1", "ATQ1", "ATQ0", "ATD*99#", "ATD1;", "ATO", "ATH", "ATA", "ATZ", "AT&F", "AT&V", "+++",
            "AT+CGSN=1", "AT+CMEE=2", "AT+CFUN=1,1", "AT+CFUN=0", "AT+CLAC", "ATS3=10", "ATS5=9", "ATS12=0", "ATS2=128", "ATX0", "A/",
            "AT+CSCS=\"UCS2\"", "AT+CCLK=\"", "+COPS=?", ";", "\"", ",", "ATI9", "AT+EGMR=1,7,\"1\"", "AT+CREG?",
            "AT+COPS=0", "AT+COPS=?", "AT+COPS=1,2,\"99970\"", "AT+COPS=2", "AT+CGATT=0", "AT+CGATT=1", "AT+CFUN=1", "AT+CFUN=4",
            "AT+CPIN=\"1234\"", "AT+CPIN=\"12345678\",\"1111\"", "AT+CLCK=\"SC\",1,\"1234\"", "AT+CSIM=14,\"00A40004023F00\"",
            "AT+CSIM=10,\"00C0000000\"", "AT+CRSM=176,12258,0,0,0", "AT+CGEREP=2,1;+CREG=3;+CEREG=5;+CMER=3,0,0,2", "AT+CLCK=\"AO\",2",
            "ATS10=254", "ATS7=255", "ATS7=1", "AT&W", "ATD112;", "ATS0=1", "AT+WS46=28", "AT#REBOOT", "AT+QPOWD", "AT&D1", "AT&C0",
            "AT+CMGF=1;+CNMI=2,1", "AT+CMGF=0;+CNMI=2,2,0,1;+CSMS=1", "AT+CMGS=\"+15550100001\"", "AT+CMGS=24", "\x1a", "\x1b",
            "0031000B915155100000F20000A70BE8329BFD06DDDF723619\x1a", "AT+CMGL=4", "AT+CMGL=\"ALL\"", "AT+CMGR=1", "AT+CMGD=1,4", "AT+CNMA",
            "AT+CMGW", "AT+CMSS=1", "AT+CPMS=\"MT\",\"ME\",\"MT\"", "AT+CSMP=49,,,8", "AT+CMGC=14",
            "ATD2;", "ATD+15550101;", "AT+CHUP", "AT+CLCC", "AT+CHLD=0", "AT+CHLD=1", "AT+CHLD=2", "AT+CHLD=3", "AT+CHLD=21",
            "AT+VTS=1", "AT+CCFC=2,3,\"1\",129,1,,,5", "AT+CCWA=1,1;+CLIP=1;+CRC=1;+CSSN=1,1;+COLP=1", "AT+CLCK=\"AI\",1,\"0000\"",
        ]).prop_map(|text| text.as_bytes().to_vec()),
        4 => Just(b"\r".to_vec()),
        1 => Just(b"\n".to_vec()),
        // A Configure-Request of LCP, and a Terminate-Request, as hosts send them.
        1 => Just(b"~\xFF\x7D\x23\xC0\x21\x7D\x21\x7D\x21\x7D\x20\x7D\x24\xD0\x34~".to_vec()),
        1 => Just(b"~\xFF\x7D\x23\xC0\x21\x7D\x25\x7D\x22\x7D\x20\x7D\x24\x95\x1E~".to_vec()),
        1 => Just(b"\x08".to_vec()),
        2 => prop::collection::vec(any::<u8>(), 0..12),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

/// What is sent, what happens, and the time between.
#[derive(Debug, Clone)]
enum Step {
    Send(Vec<u8>),
    Wait(u64),
    Happen(&'static str),
    /// The register answers an inquiry, one that is waiting or another.
    Answer(u32),
}

impl Step {
    /// What it is to the modem, where it is an event.
    fn event(&self) -> Option<Event> {
        match self {
            Self::Send(_) | Self::Wait(_) => None,
            Self::Happen(event) => Some(happening(event)),
            Self::Answer(ticket) => Some(Event::Equipment { ticket: *ticket, answer: Answer::allow(Reason::Unknown) }),
        }
    }
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        5 => traffic().prop_map(Step::Send),
        3 => (0_u64..5_000).prop_map(Step::Wait),
        2 => prop::sample::select(vec![
            "ring", "ring", "hangup", "call answered", "call routed", "closed", "dtr off", "dtr on", "urc +X: 1", "power cycle", "reboot", "sim remove", "sim insert",
            "sim lock", "sim block", "sim ready", "power off", "power on", "network lose", "network find", "network detach",
            "network identity-check", "network deny 0", "network deny 6", "network deny 7", "network deny 17", "network deny 22",
            "network deny 255", "network roam 99970", "network roam x", "signal none", "signal -32768", "signal 32767",
            "clock 99/12/31,23:59:59+96", "clock x", "answer AT+CSQ with +CSQ: 1,1", "answer AT+CSQ again", "answer AT with ERROR",
            "sms from +15557654321 text", "sms from Name ж", "sms pdu 00040B915155674523F100F0621122210000000141", "sms pdu 00",
            "sms status 1 48", "sms status 1 0",
        ]).prop_map(Step::Happen),
        1 => any::<(u32, bool)>().prop_map(|(ticket, near)| Step::Answer(if near { ticket % 8 } else { ticket })),
    ];
    prop::collection::vec(step, 0..16)
}

/// Whose modem it is, and how slow.
fn modem() -> impl Strategy<Value = (&'static str, Vec<&'static str>)> {
    let profile = prop::sample::select(vec!["generic-lte", "quectel-bg95", "ublox-sara-r5", "telit-me910"]);
    let settings = prop::sample::select(vec![
        vec!["timing.commands.+CGSN=20ms"],
        vec!["timing.command=3ms", "timing.jitter=5ms", "sim.busy=1s", "sim.pin=1234"],
        vec![
            "network.techs=[\"gsm\"]",
            "network.tech=gsm",
            "dial.data=connect",
            "dial.incoming_data=true",
            "dial.time=2s",
        ],
        vec!["boot.silent=500ms", "network.protected=false", "network.deny=6", "network.show.cgatt_refused=silent"],
        vec!["sim.broken=true", "answer.seven_bits=true"],
        vec!["sim.imsi=", "imei="],
        vec!["data.packet=outside", "settings.S12.default=20"],
        vec!["data.ppp.start=modem", "data.ppp.authentication=chap", "settings.S10.default=50"],
        vec!["sms.send=100ms", "sms.sim=1", "sms.equipment=1", "sms.acknowledge=1s"],
        vec!["call.ok=connected", "dial.numbers.2=busy"],
    ]);
    (profile, settings)
}

/// Everything that a modem hands out over these steps, its input cut into pieces of this size.
fn run((profile, settings): &(&str, Vec<&str>), steps: &[Step], cut: usize) -> (Vec<u8>, String) {
    let mut desk = Desk::new(profile, settings);
    let mut said = Vec::new();
    let mut seen = String::new();
    let mut drain = |modem: &mut Modem| {
        let outbox = modem.transmit();
        said.extend_from_slice(outbox.bytes());
        let _ = write!(seen, "{:?}", outbox.lines());
        for effect in outbox.effects() {
            let _ = write!(seen, "{effect:?}");
        }
        outbox.clear();
    };
    for step in steps {
        match step {
            Step::Send(bytes) => bytes.chunks(cut).for_each(|piece| desk.modem.receive(desk.now, piece)),
            Step::Happen(_) | Step::Answer(_) => {
                if let Some(event) = step.event() {
                    desk.modem.event(desk.now, event);
                }
            }
            Step::Wait(millis) => {
                let end = desk.now + Duration::from_millis(*millis);
                while let Some(at) = desk.modem.deadline().filter(|&at| at <= end) {
                    desk.modem.wake(at);
                    let next = desk.modem.deadline();
                    assert!(
                        next.is_none_or(|next| next > at),
                        "a deadline that is done at {at} comes again at {next:?}"
                    );
                }
                desk.now = end;
            }
        }
        drain(&mut desk.modem);
    }
    (said, seen)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn input_cut_anywhere_gives_the_same_output(modem in modem(), steps in steps(), cut in 1_usize..9) {
        prop_assert_eq!(run(&modem, &steps, cut), run(&modem, &steps, usize::MAX));
    }

    #[test]
    fn a_modem_is_never_stuck_and_its_memory_is_bounded(modem in modem(), steps in steps()) {
        let mut desk = Desk::new(modem.0, &modem.1);
        for step in &steps {
            match step {
                Step::Send(bytes) => desk.modem.receive(desk.now, bytes),
                Step::Happen(_) | Step::Answer(_) => {
                    if let Some(event) = step.event() {
                        desk.modem.event(desk.now, event);
                    }
                }
                Step::Wait(millis) => desk.pass(Duration::from_millis(*millis)),
            }
            desk.modem.transmit().clear();
            desk.seen.clear();
            prop_assert!(desk.modem.terminal.ahead.len() <= TYPE_AHEAD);
        }
        // Whatever was begun ends, be it with the power going; the next client's line is answered.
        desk.pass(Duration::from_secs(300));
        desk.modem.event(desk.now, Event::Power(Power::On));
        desk.modem.event(desk.now, Event::Answer { command: "AT".to_owned(), with: None });
        desk.pass(Duration::from_secs(10));
        desk.modem.event(desk.now, Event::Lines { dtr: true, rts: true });
        desk.modem.event(desk.now, Event::Closed);
        desk.pass(Duration::from_secs(2));
        let s3 = desk.modem.terminal.settings.character(Setting::Terminator);
        desk.modem.receive(desk.now, &[b"AT&F".as_slice(), &[s3]].concat());
        desk.pass(Duration::from_secs(2));
        desk.modem.transmit().clear();
        desk.seen.clear();
        let seen = desk.play("> AT\n~ 1s");
        prop_assert!(seen.contains("< OK\n"), "{}", seen);
    }

    /// After the longest that a call may take, S7, and after a power cycle at once: `AT` has its answer.
    #[test]
    fn a_power_cycle_heals_everything(modem in modem(), steps in steps()) {
        let mut desk = Desk::new(modem.0, &modem.1);
        for step in &steps {
            match step {
                Step::Send(bytes) => desk.modem.receive(desk.now, bytes),
                Step::Happen(_) | Step::Answer(_) => {
                    if let Some(event) = step.event() {
                        desk.modem.event(desk.now, event);
                    }
                }
                Step::Wait(millis) => desk.pass(Duration::from_millis(*millis)),
            }
            desk.modem.transmit().clear();
            desk.seen.clear();
        }
        desk.modem.event(desk.now, Event::Answer { command: "AT".to_owned(), with: None });
        desk.modem.event(desk.now, Event::Power(Power::Cycle));
        desk.pass(Duration::from_secs(3));
        // Settings that &W stored are stored: &F with the terminator that counts.
        let s3 = desk.modem.terminal.settings.character(Setting::Terminator);
        desk.modem.receive(desk.now, &[b"\nAT&F".as_slice(), &[s3]].concat());
        desk.pass(Duration::from_secs(1));
        desk.modem.transmit().clear();
        desk.seen.clear();
        let seen = desk.play("> AT\n~ 1s");
        prop_assert!(seen.contains("< OK\n"), "{}", seen);
    }
}

#[test]
fn a_flood_without_an_end_is_bounded() {
    let mut desk = Desk::new("generic-lte", &["timing.command=1s"]);
    desk.modem.receive(desk.now, b"ATE1\r");
    for _ in 0..1_000 {
        desk.modem.receive(desk.now, &[b'A'; 1_000]);
    }
    assert_eq!(desk.modem.terminal.ahead.len(), TYPE_AHEAD);
    for _ in 0..10_000 {
        desk.modem.event(desk.now, Event::Urc(b"+FLOOD".to_vec()));
    }
    assert!(desk.modem.observe("modem.lost").is_some());
}

#[test]
fn an_idle_modem_is_small() {
    assert!(std::mem::size_of::<Modem>() <= 4 * 1024, "{}", std::mem::size_of::<Modem>());
}
