//! What reading a list costs: rows a second of a CSV of stolen devices and of a plain list, into changes with their places.
//!
//! Beside them stand, in the same minute on the same machine, the limit (line ends counted with memchr) and the bare `csv` crate
//! that only parts the values. The best of some rounds counts, so that a busy machine does not. The bar is a million rows a
//! second on one core; a missed bar ends the run with 1.
//!
//! `cargo bench --bench exchange -- 5000000` takes that many rows.

use std::fmt::Write as _;
use std::hint::black_box;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use atgate::identity::{Imei, ImeiKey};
use atgate::register::List;
use atgate::register::exchange::{Options, Reader, Target};

/// Rows a second.
const BAR: f64 = 1e6;
const ROWS: u64 = 1_000_000;
const ROUNDS: usize = 3;

fn main() -> ExitCode {
    // `cargo test --benches` asks for a list or a smoke run: there is nothing to measure in an unoptimised build.
    if std::env::args().any(|arg| arg == "--list" || arg == "--test") {
        return ExitCode::SUCCESS;
    }
    let rows = std::env::args().skip(1).find_map(|arg| arg.parse().ok()).unwrap_or(ROWS);
    let mut csv = String::from("imei,reporting_date,status\n");
    let mut plain = String::new();
    for at in 0..rows {
        // Test TACs, scattered, each device once: 7 919 and 17 million have no factor in common.
        let serial = at * 7_919 % 17_000_000;
        let imei = Imei::of(ImeiKey::new(100_100_000_000 + serial).expect("fourteen digits"));
        let (month, day) = (at / 31 % 12 + 1, at % 28 + 1);
        let status = ["blacklist", "lost", "stolen", "fraud"][at as usize % 4];
        writeln!(csv, "{imei},2025{month:02}{day:02},{status}").expect("a string");
        writeln!(plain, "{imei}").expect("a string");
    }
    let held = [("csv", &csv), ("plain", &plain)].map(|(what, text)| measure(what, text.as_bytes(), rows));
    if held.into_iter().all(|held| held) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// What is measured, and how: the rows of a text, counted.
type Contender = (&'static str, fn(&[u8]) -> u64);

fn read(text: &[u8]) -> u64 {
    let mut reader = Reader::new(text, Options::new(Target::List(List::Block)));
    let mut read = 0;
    for item in reader.by_ref() {
        black_box(item.expect("a row"));
        read += 1;
    }
    assert_eq!(reader.warnings(), []);
    read
}

fn parted(text: &[u8]) -> u64 {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text);
    let mut record = csv::ByteRecord::new();
    let mut count = 0;
    while reader.read_byte_record(&mut record).expect("a record") {
        black_box(&record);
        count += 1;
    }
    count
}

fn measure(what: &str, text: &[u8], rows: u64) -> bool {
    let contenders: [Contender; 3] = [
        ("read", read),
        ("the csv crate alone", parted),
        ("line ends counted", |text| memchr::memchr_iter(b'\n', text).count() as u64),
    ];
    let mut best = [Duration::MAX; 3];
    for _ in 0..ROUNDS {
        for (best, (_, run)) in best.iter_mut().zip(contenders) {
            let begin = Instant::now();
            assert!(run(black_box(text)).abs_diff(rows) <= 1);
            *best = begin.elapsed().min(*best);
        }
    }
    println!("{what}, {rows} rows, {:.0} MB", text.len() as f64 / 1e6);
    for ((name, _), time) in contenders.iter().zip(best) {
        let (rate, ratio) = (rows as f64 / time.as_secs_f64(), time.as_secs_f64() / best[1].as_secs_f64());
        println!("  {name}: {:.2} million rows a second, {ratio:.2} of the csv crate's time", rate / 1e6);
    }
    let held = rows as f64 / best[0].as_secs_f64() >= BAR;
    println!("  bar: 1 million rows a second {}", if held { "held" } else { "MISSED" });
    held
}
