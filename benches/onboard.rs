//! Many boards at once: forty with the times of real modules against the slowest of them, a thousand without any.
//!
//! The boards are an `atgate modem` of its own; the bench is this process. What counts is the ratio to the slowest board
//! (one that waits for nobody takes as long as that), and for the thousand the wall clock and this process's memory.
//! `cargo bench --bench onboard`.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use atgate::port::{self, Address};
use atgate::rig::onboard::{Bench, Board, Journal, Labels, Record, Registry, Settings};
use tokio::sync::mpsc;

/// Each with its spread of delays: a command takes up to 20 ms, the network 1 s to find and let in.
const REAL: &[&str] = &[
    "--set",
    "timing.command=5ms",
    "--set",
    "timing.jitter=15ms",
    "--set",
    "network.timing.search=500ms",
    "--set",
    "network.timing.register=500ms",
];
const NONE: &[&str] = &["--set", "network.timing.search=0", "--set", "network.timing.register=0"];

/// Modems that end with the value.
struct Modems(Child);

impl Drop for Modems {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn main() {
    // `cargo test --benches` and `cargo bench -- --list` only want to know that it runs.
    if std::env::args().any(|argument| argument == "--list" || argument == "--test") {
        return;
    }
    println!("load {}", std::fs::read_to_string("/proc/loadavg").unwrap_or_default().trim());
    for _ in 0..3 {
        let (wall, records) = run(40, REAL);
        let slowest = records.iter().map(Record::took).max().unwrap_or_default();
        println!(
            "   40 boards: {:.3} s, the slowest took {:.3} s: ratio {:.3} (at most 1.2)",
            wall.as_secs_f64(),
            slowest.as_secs_f64(),
            wall.as_secs_f64() / slowest.as_secs_f64()
        );
    }
    // One alone says what the slowest of forty would take with the bench to itself.
    let (alone, _) = run(1, REAL);
    println!("    1 board alone: {:.3} s", alone.as_secs_f64());
    for _ in 0..3 {
        let (wall, _) = run(1000, NONE);
        println!(" 1000 boards: {:.3} s (at most 5), at most {} MiB so far (64)", wall.as_secs_f64(), highest_memory());
    }
}

fn run(count: usize, settings: &[&str]) -> (Duration, Vec<Record>) {
    let name = format!("@atgate-bench-{}-{{n}}", std::process::id());
    let _modems = modems(&name, count, settings);
    port::make_room(64 + 3 * count as u64);
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().max_blocking_threads(4).build().expect("a runtime");
    let folder = tempfile::tempdir().expect("a folder");
    let journal = Journal::open(folder.path(), false, jiff::Timestamp::now()).expect("a journal");
    let started = Instant::now();
    let transcripts = Some(folder.path().to_owned());
    let records = runtime.block_on(async {
        let bench =
            Bench::new(Settings::default(), Registry::Nobody, Labels::default(), Some(journal), transcripts, |_, _| {})
                .expect("a thread");
        let (sender, boards) = mpsc::unbounded_channel();
        for n in 0..count {
            let address: Address = format!("unix:{}", name.replace("{n}", &n.to_string())).parse().expect("an address");
            sender.send(Board::at(address)).expect("it is heard");
        }
        drop(sender);
        bench.run(boards).await
    });
    let wall = started.elapsed();
    let failed = records.iter().find(|record| !record.verdict.is_passed());
    assert!(failed.is_none() && records.len() == count, "{failed:#?}");
    (wall, records)
}

fn modems(name: &str, count: usize, settings: &[&str]) -> Modems {
    let mut child = Command::new(env!("CARGO_BIN_EXE_atgate"))
        .args(["modem", "--unix", name, "--count", &count.to_string(), "--imei", "001017000000011"])
        .args(settings)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts");
    let lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    assert_eq!(
        lines.take(count).filter(|line| line.as_ref().is_ok_and(|line| line.starts_with("ready"))).count(),
        count
    );
    Modems(child)
}

/// The most memory that this process ever had, in MiB.
fn highest_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let kib =
        status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.split_whitespace().next()?.parse::<u64>().ok());
    kib.unwrap_or(0) / 1024
}
