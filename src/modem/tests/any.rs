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
        ]).prop_map(|text| text.as_bytes().to_vec()),
        4 => Just(b"\r".to_vec()),
        1 => Just(b"\n".to_vec()),
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
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        5 => traffic().prop_map(Step::Send),
        3 => (0_u64..5_000).prop_map(Step::Wait),
        2 => prop::sample::select(vec![
            "ring", "hangup", "closed", "dtr off", "dtr on", "urc +X: 1", "power cycle", "reboot", "sim remove", "sim insert",
        ]).prop_map(Step::Happen),
    ];
    prop::collection::vec(step, 0..12)
}

/// Everything that a modem hands out over these steps, its input cut into pieces of this size.
fn run(steps: &[Step], cut: usize) -> (Vec<u8>, String) {
    let mut desk = Desk::new("generic-lte", &["timing.commands.+CGSN=20ms"]);
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
            Step::Happen(event) => desk.modem.event(desk.now, happening(event)),
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
    fn input_cut_anywhere_gives_the_same_output(steps in steps(), cut in 1_usize..9) {
        prop_assert_eq!(run(&steps, cut), run(&steps, usize::MAX));
    }

    #[test]
    fn a_modem_is_never_stuck_and_its_memory_is_bounded(steps in steps()) {
        let mut desk = Desk::new("generic-lte", &["timing.commands.+CGSN=20ms"]);
        for step in &steps {
            match step {
                Step::Send(bytes) => desk.modem.receive(desk.now, bytes),
                Step::Happen(event) => desk.modem.event(desk.now, happening(event)),
                Step::Wait(millis) => desk.pass(Duration::from_millis(*millis)),
            }
            desk.modem.transmit().clear();
            prop_assert!(desk.modem.ahead.len() <= TYPE_AHEAD);
        }
        // Whatever was begun ends; the next client's line is answered.
        desk.pass(Duration::from_secs(300));
        desk.modem.event(desk.now, Event::Closed);
        desk.pass(Duration::from_secs(2));
        let s3 = desk.modem.settings.character(Setting::Terminator);
        desk.modem.receive(desk.now, &[b"AT&F".as_slice(), &[s3]].concat());
        desk.pass(Duration::from_secs(2));
        desk.modem.transmit().clear();
        desk.seen.clear();
        let seen = desk.play("> AT");
        prop_assert!(seen.ends_with("< OK\n"), "{}", seen);
    }
}

#[test]
fn a_flood_without_an_end_is_bounded() {
    let mut desk = Desk::new("generic-lte", &["timing.command=1s"]);
    desk.modem.receive(desk.now, b"ATE1\r");
    for _ in 0..1_000 {
        desk.modem.receive(desk.now, &[b'A'; 1_000]);
    }
    assert_eq!(desk.modem.ahead.len(), TYPE_AHEAD);
    for _ in 0..10_000 {
        desk.modem.event(desk.now, Event::Urc(b"+FLOOD".to_vec()));
    }
    assert!(desk.modem.observe("modem.lost").is_some());
}

#[test]
fn an_idle_modem_is_small() {
    assert!(std::mem::size_of::<Modem>() <= 4 * 1024, "{}", std::mem::size_of::<Modem>());
}
