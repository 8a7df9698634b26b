//! Screening in bulk: ten million identities against five million devices and five thousand ranges.
//!
//! In one run: this program on two threads and on one, in a process of its own that reads a snapshot and the identities
//! from files, so that its peak of memory is all that it takes; the floor, which only reads the digits and adds up their
//! check digit; and the peers that are installed (`bash .ci/peers-install`). Of several rounds the best counts. That all
//! count the same is checked against a set and a bisection. A missed bar ends the run with 1.
//! `cargo bench --bench register`.

mod data;

use std::collections::HashSet;
use std::fs::File;
use std::io::{BufReader, BufWriter, Read};
use std::num::NonZero;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Instant;

use atgate::identity::ImeiKey;
use atgate::register::index::Amendment;
use atgate::register::screening::{Marks, Screening};
use atgate::register::{Book, Entry, Index, List, Row, Source};
use data::{Data, ENTRIES, INPUTS};

/// Rounds of a process.
const ROUNDS: usize = 3;
/// How often the two that are compared most closely have their turn, one after the other.
const TURNS: usize = 4;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // `cargo test --benches` and `cargo bench -- --list` only want to know that it runs.
    if arguments.iter().any(|argument| argument == "--list" || argument == "--test") {
        return ExitCode::SUCCESS;
    }
    if let [screen, folder, threads] = &arguments[..]
        && screen == "screen"
    {
        screen_alone(Path::new(folder), threads.parse().expect("a number of threads"));
        return ExitCode::SUCCESS;
    }
    if measure() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// What a contender took, and what it found.
#[derive(Debug, Clone, Copy, Default)]
struct Took {
    load: f64,
    screen: f64,
    lines: f64,
    hits: u64,
}

impl Took {
    /// The faster of the two.
    fn or_faster(self, other: Option<Self>) -> Self {
        let other = other.unwrap_or(self);
        let screen = self.screen.min(other.screen);
        Self { load: self.load.min(other.load), screen, ..self }
    }

    /// Lines in a second.
    fn pace(&self) -> f64 {
        self.lines / self.screen
    }
}

fn measure() -> bool {
    let folder = tempfile::tempdir().expect("a folder");
    let data = Data::new();
    data.write(folder.path()).expect("the files are written");
    let index = build(&data);
    let began = Instant::now();
    let file = File::create(folder.path().join("index")).expect("a file");
    index.write_to(BufWriter::new(file)).expect("the snapshot is written");
    println!("snapshot written in {:.2} s", began.elapsed().as_secs_f64());
    amend(&index);
    drop(index);

    let naive = naive(&data);
    println!("counted by a set and a bisection: check-digit {} blocked {} tracked {}", naive[0], naive[1], naive[2]);
    println!("{:<36} {:>8} {:>9} {:>8} {:>9}", "", "load s", "screen s", "M/s", "slower");
    let mut held = true;
    let mut memory = 0.0_f64;
    let mut ours = |threads: usize, took: Option<Took>| {
        let (now, peak, counts) = alone(folder.path(), threads);
        held &= agrees("this program", counts == naive);
        memory = memory.max(peak);
        now.or_faster(took)
    };
    let (mut two, mut duckdb) = (None, None);
    for _ in 0..TURNS {
        two = Some(ours(2, two));
        duckdb = peer(folder.path(), "duckdb").map(|now| now.or_faster(duckdb));
    }
    let one = ours(1, None);
    let two = two.unwrap_or_default();
    let row = |name: &str, took: Took| {
        let (pace, slower) = (took.pace() / 1e6, two.pace() / took.pace());
        println!("{name:<36} {:>8.2} {:>9.3} {pace:>8.2} {slower:>8.1}x", took.load, took.screen);
        slower
    };
    row("this program, 2 threads", two);
    row("this program, 1 thread", one);
    row("floor: digits and check digit, 1 thread", floor(folder.path(), naive[0]));
    let found = naive[1] + naive[2];
    let duckdb = duckdb.map(|took| {
        held &= agrees("duckdb", took.hits == naive[3]);
        row("DuckDB, semi join, exact only, 2 thr", took)
    });
    let stdnum = peer(folder.path(), "stdnum").map(|took| row("python-stdnum and a set, on a tenth", took));
    row("SQLite, exact only, on a tenth", sqlite(&data));
    println!("listed in all: {found}, of which {} devices by themselves", naive[3]);

    held &= bar("ten million on two threads, s", two.screen, 1.2, true);
    held &= bar("peak memory of all, MiB", memory, 64.0, true);
    held &= bar("load of the snapshot, s", two.load, 1.0, true);
    match duckdb {
        Some(ratio) => held &= bar("times as fast as DuckDB", ratio, 5.0, false),
        None => println!("  DuckDB is not installed and was skipped: bash .ci/peers-install"),
    }
    match stdnum {
        Some(ratio) => held &= bar("times as fast as python-stdnum", ratio, 100.0, false),
        None => println!("  python-stdnum is not installed and was skipped: bash .ci/peers-install"),
    }
    held
}

fn bar(what: &str, found: f64, limit: f64, at_most: bool) -> bool {
    let held = if at_most { found <= limit } else { found >= limit };
    let side = if at_most { "at most" } else { "at least" };
    println!("  {what}: {found:.2} (bar: {side} {limit}) {}", if held { "held" } else { "MISSED" });
    held
}

fn agrees(who: &str, agrees: bool) -> bool {
    if !agrees {
        println!("  {who}: the counts are OTHERS than those of the set and the bisection");
    }
    agrees
}

fn key(number: u64) -> ImeiKey {
    ImeiKey::new(number).expect("fourteen digits")
}

fn build(data: &Data) -> Index {
    let began = Instant::now();
    let mut builder = Index::builder(&[Source::new("national", 0)], jiff::Timestamp::UNIX_EPOCH);
    for (&number, reason) in data.entries.iter().zip(["stolen", "lost", "fraud"].into_iter().cycle()) {
        builder.put_device(Book::Lists, 0, key(number), Some(List::Block), Some(reason)).expect("a row");
    }
    for &(low, high) in &data.ranges {
        let range = Entry::Range { low: key(low), high: key(high) };
        builder.put(Book::Lists, 0, &Row::listed(List::Track, range)).expect("a row");
    }
    let index = builder.build(1);
    println!("index of {ENTRIES} devices built in {:.2} s", began.elapsed().as_secs_f64());
    index
}

/// What a thousand changes take.
fn amend(index: &Index) {
    let amendments: Vec<Amendment> = (0..1_000)
        .map(|serial| {
            let row = Row::listed(List::Block, Entry::Device(key(101_700_000_000 + serial)));
            Amendment { book: Book::Lists, subject: row.subject, rows: vec![(0, row)] }
        })
        .collect();
    let began = Instant::now();
    let new = index.apply(2, index.sources(), jiff::Timestamp::UNIX_EPOCH, &amendments).expect("changes");
    println!("a thousand changes applied in {:.2} ms", began.elapsed().as_secs_f64() * 1e3);
    assert_eq!(new.len().0, index.len().0 + 1_000);
}

/// Wrong check digits, devices that are blocked and that are tracked, and devices that are listed by themselves.
fn naive(data: &Data) -> [u64; 4] {
    let listed: HashSet<u64> = data.entries.iter().copied().collect();
    let mut pieces = data.ranges.clone();
    pieces.sort_unstable();
    let mut joined: Vec<(u64, u64)> = Vec::new();
    for (low, high) in pieces {
        match joined.last_mut() {
            Some(last) if low <= last.1 + 1 => last.1 = last.1.max(high),
            _ => joined.push((low, high)),
        }
    }
    let mut counts = [0; 4];
    for (number, digit) in data.inputs() {
        let expected = key(number).check_digit();
        counts[0] += u64::from(digit != expected && digit != 0);
        let is_listed = listed.contains(&number);
        let place = joined.partition_point(|(_, high)| *high < number);
        counts[1] += u64::from(is_listed);
        counts[2] += u64::from(!is_listed && joined.get(place).is_some_and(|(low, _)| *low <= number));
        counts[3] += u64::from(is_listed);
    }
    counts
}

/// A process that loads the snapshot, screens and tells what it took.
fn screen_alone(folder: &Path, threads: NonZero<usize>) {
    let mut best = f64::MAX;
    let began = Instant::now();
    let file = File::open(folder.join("index")).expect("the snapshot");
    let index = Index::read_from(BufReader::new(file)).expect("a snapshot");
    let load = began.elapsed().as_secs_f64();
    let mut summary = None;
    for _ in 0..ROUNDS {
        let began = Instant::now();
        let input = File::open(folder.join("inputs.csv")).expect("the identities");
        let mut lines = 0;
        let found = Screening::new(&index).threads(threads).text(input, |block| {
            lines += block.lines().len();
            Ok(())
        });
        best = best.min(began.elapsed().as_secs_f64());
        assert_eq!(lines, INPUTS);
        summary = Some(found.expect("the verdicts"));
    }
    let summary = summary.expect("a round");
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak: f64 = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse().ok())
        .unwrap_or(f64::MAX);
    let counts = [Marks::CHECK_DIGIT, Marks::BLOCKED, Marks::TRACKED].map(|mark| summary.marked(mark));
    println!("{load} {best} {} {} {} {}", peak / 1024.0, counts[0], counts[1], counts[2]);
}

/// What a process of this program takes.
fn alone(folder: &Path, threads: usize) -> (Took, f64, [u64; 4]) {
    let program = std::env::current_exe().expect("this program");
    let output = Command::new(program).arg("screen").arg(folder).arg(threads.to_string()).output().expect("a process");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let numbers: Vec<f64> = text.split_whitespace().map(|number| number.parse().expect("a number")).collect();
    let [load, screen, peak, digits, blocked, tracked] = numbers[..] else { panic!("{text}") };
    let counts = [digits as u64, blocked as u64, tracked as u64, blocked as u64];
    (Took { load, screen, lines: INPUTS as f64, hits: 0 }, peak, counts)
}

/// The digits of each line and the sum that makes the check digit, and nothing else.
fn floor(folder: &Path, wrong: u64) -> Took {
    let mut text = Vec::new();
    File::open(folder.join("inputs.csv")).and_then(|mut file| file.read_to_end(&mut text)).expect("the identities");
    let mut screen = f64::MAX;
    for _ in 0..ROUNDS {
        let began = Instant::now();
        let (mut sum, mut found) = (0_u64, 0);
        for line in text.as_chunks::<16>().0 {
            let mut luhn = 0;
            let mut number = 0;
            for (at, byte) in line[..14].iter().enumerate() {
                let digit = byte - b'0';
                number = number * 10 + u64::from(digit);
                let doubled = digit << (at & 1);
                luhn += doubled - 9 * u8::from(doubled > 9);
            }
            let digit = line[14] - b'0';
            found += u64::from(!(luhn + digit).is_multiple_of(10) && digit != 0);
            sum ^= number;
        }
        std::hint::black_box(sum);
        screen = screen.min(began.elapsed().as_secs_f64());
        assert_eq!(found, wrong);
    }
    Took { load: 0.0, screen, lines: INPUTS as f64, hits: 0 }
}

/// What a peer of `peers.py` took, or `None` where it is not installed.
fn peer(folder: &Path, name: &str) -> Option<Took> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let python = root.join("target/peers/bin/python");
    let output =
        Command::new(python).arg(root.join("benches/register/peers.py")).arg(folder).arg(name).output().ok()?;
    if !output.status.success() {
        eprint!("{}", String::from_utf8_lossy(&output.stderr));
        return None;
    }
    let mut took = Took { screen: f64::MAX, ..Took::default() };
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        let words: Vec<&str> = line.split(' ').collect();
        let [what, seconds, hits, lines] = words[..] else { continue };
        let seconds: f64 = seconds.parse().ok()?;
        if what == "load" {
            took.load = seconds;
        } else {
            took.screen = took.screen.min(seconds);
            (took.hits, took.lines) = (hits.parse().ok()?, lines.parse().ok()?);
        }
    }
    Some(took)
}

/// A table in memory with the device as its key, asked by a prepared statement.
fn sqlite(data: &Data) -> Took {
    let began = Instant::now();
    let mut database = rusqlite::Connection::open_in_memory().expect("a database");
    let transaction = database.transaction().expect("a transaction");
    transaction.execute("create table entries (device integer primary key)", ()).expect("a table");
    let mut sorted = data.entries.clone();
    sorted.sort_unstable();
    let mut insert = transaction.prepare("insert or ignore into entries values (?)").expect("a statement");
    for key in sorted {
        insert.execute([key as i64]).expect("a row");
    }
    drop(insert);
    transaction.commit().expect("a commit");
    let load = began.elapsed().as_secs_f64();
    let inputs: Vec<u64> = data.inputs().take(INPUTS / 10).map(|(key, _)| key).collect();
    let began = Instant::now();
    let mut select = database.prepare("select 1 from entries where device = ?").expect("a statement");
    let hits = inputs.iter().filter(|key| select.exists([**key as i64]).expect("an answer")).count();
    Took { load, screen: began.elapsed().as_secs_f64(), lines: inputs.len() as f64, hits: hits as u64 }
}
