//! What a PDU costs: read from its hexadecimal digits to its text, and written from its text to the digits.
//!
//! Beside them stands the limit that the same machine holds in the same minute: the digits copied, and copied with each one looked at.
//! The best of many rounds counts, so that a busy machine does not. The bar is two million messages a second on a core, each
//! way; a missed bar ends the run with 1.

use std::hint::black_box;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use atgate::wire::sms::{Address, Deliver, Pdu, ProtocolId, Timestamp, Tpdu, UserData, Way};
use atgate::wire::text::{DataCoding, hexadecimal};

/// Messages a second, each way.
const BAR: f64 = 2e6;

/// How often each has its turn, and how many messages that takes.
const ROUNDS: usize = 200;
const MESSAGES: usize = 2_000;

fn main() -> ExitCode {
    // `cargo test --benches` asks for a list or a smoke run: there is nothing to measure in an unoptimised build.
    if std::env::args().any(|arg| arg == "--list" || arg == "--test") {
        return ExitCode::SUCCESS;
    }
    let texts = [
        ("a short text", 0, "Meter 7: 0.42 kWh, all is well."),
        ("160 characters", 0, &"Sphinx of black quartz, ".repeat(7)[..160]),
        ("70 characters of UCS2", 8, "Съешь ещё этих мягких французских булок, да выпей же чаю. Съешь ещё эт"),
    ];
    let held = texts.map(|(what, coding, text)| measure(what, DataCoding(coding), text));
    if held.into_iter().all(|held| held) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn written(originator: Address, time: Timestamp, coding: DataCoding, text: &str) -> String {
    let user_data = UserData::of_text(coding, text).expect("it fits");
    let deliver = Deliver {
        more_messages: false,
        loops: false,
        report_indicated: false,
        reply_path: false,
        originator,
        protocol: ProtocolId::PLAIN,
        time,
        user_data,
    };
    Pdu { centre: Some(originator), message: Tpdu::Deliver(deliver) }.line().0
}

fn read(line: &[u8]) -> (Address, String) {
    let octets = hexadecimal::read(line).expect("digits");
    match Pdu::decode(&octets, Way::ToMobile).expect("a message").message {
        Tpdu::Deliver(deliver) => (deliver.originator, deliver.user_data.text().expect("a text")),
        other => panic!("another message: {other:?}"),
    }
}

fn measure(what: &str, coding: DataCoding, text: &str) -> bool {
    let originator = Address::number("+15557654321").expect("a number");
    let time = Timestamp::new([26, 11, 22, 12, 0, 0], 4).expect("a time");
    let line = written(originator, time, coding, text);
    assert_eq!(read(line.as_bytes()), (originator, text.to_owned()));
    let bytes = line.as_bytes();
    let mut copy = Vec::with_capacity(bytes.len());
    let mut contenders: [(&str, &mut dyn FnMut()); 4] = [
        ("read", &mut || drop(black_box(read(black_box(bytes))))),
        ("written", &mut || drop(black_box(written(originator, time, coding, black_box(text))))),
        ("copied", &mut || {
            copy.clear();
            copy.extend_from_slice(black_box(bytes));
            black_box(&copy);
        }),
        ("copied digit by digit", &mut || drop(black_box(black_box(bytes).to_ascii_lowercase()))),
    ];
    let mut best = [Duration::MAX; 4];
    for _ in 0..ROUNDS {
        for (best, (_, run)) in best.iter_mut().zip(&mut contenders) {
            let begin = Instant::now();
            (0..MESSAGES).for_each(|_| run());
            *best = begin.elapsed().min(*best);
        }
    }
    let each = best.map(|time| time.as_secs_f64() / MESSAGES as f64);
    println!("{what}, {} digits", bytes.len());
    for ((name, _), each) in contenders.iter().zip(each) {
        let (rate, ratio) = (1.0 / each, each / best[3].as_secs_f64() * MESSAGES as f64);
        println!(
            "  {name}: {:.0} ns, {:.2} million a second, {ratio:.1} of a copy digit by digit",
            each * 1e9,
            rate / 1e6
        );
    }
    let held = each[..2].iter().all(|each| 1.0 / each >= BAR);
    println!("  bar: 2 million a second each way {}", if held { "held" } else { "MISSED" });
    held
}
