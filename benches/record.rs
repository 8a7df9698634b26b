//! What the recorder adds: to a round trip over a pseudo-terminal, and to bytes that go both ways at 921,600 baud.
//!
//! The same modem (a blocking loop in a thread, the limit of what any can do) is asked directly and through the recorder, in
//! turns in one run. The bars: at most 100 µs more at the 99th percentile, and no byte lost or changed at 921,600 baud both ways
//! at once. A missed bar ends the run with 1. `cargo bench --bench record`.

use std::fs::File;
use std::hint::black_box;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use atgate::port::{self, Address, Line, Ptys};
use atgate::run::recording::{About, Between, Keeper, Paper, Session};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};

/// Round trips of each, and how many one has before the other has as many.
const TRIPS: usize = 20_000;
const TURN: usize = 100;

/// What a round trip may take longer, at the 99th percentile.
const BAR: Duration = Duration::from_micros(100);

/// Bytes a second each way: ten bits a byte.
const RATE: usize = 921_600 / 10;
const SECONDS: usize = 5;

/// Bytes each way as fast as they go.
const FAST: usize = 8 << 20;

fn main() -> ExitCode {
    // `cargo test --benches` and `cargo bench -- --list` only want to know that it runs.
    if std::env::args().any(|argument| argument == "--list" || argument == "--test") {
        return ExitCode::SUCCESS;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let trips = round_trips(&folder.path().join("trips.atg"));
    let streams = streams(&folder.path().join("streams.atg"));
    if trips && streams { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn round_trips(record: &Path) -> bool {
    let (master, _slave, path) = terminal();
    thread::spawn(move || answer(master));
    let (behind, _held, real) = terminal();
    thread::spawn(move || answer(behind));
    let mut ends = [open(&path), open(&recorded(&real, record))];
    let mut times = [Vec::new(), Vec::new()];
    for round in 0..TRIPS / TURN {
        for (end, times) in ends.iter_mut().zip(&mut times) {
            for _ in 0..TURN {
                let began = Instant::now();
                ask(end);
                // The first rounds warm up caches and clocks.
                if round >= TRIPS / TURN / 10 {
                    times.push(began.elapsed());
                }
            }
        }
    }
    let [direct, through] = times.map(|mut times| {
        times.sort_unstable();
        [times[times.len() / 2], times[times.len() * 99 / 100]]
    });
    println!("{:<10} {:>10} {:>10}", "round trip", "p50", "p99");
    println!("{:<10} {:>10.1?} {:>10.1?}", "direct", direct[0], direct[1]);
    println!("{:<10} {:>10.1?} {:>10.1?}", "recorded", through[0], through[1]);
    let ratio = |which: usize| through[which].as_secs_f64() / direct[which].as_secs_f64();
    println!("{:<10} {:>9.2}x {:>9.2}x", "ratio", ratio(0), ratio(1));
    let added = through[1].saturating_sub(direct[1]);
    println!("added at p99: {added:.1?} (bar: {BAR:?})");
    added <= BAR
}

fn ask(port: &mut File) {
    port.write_all(b"AT\r").expect("the modem takes it");
    let (mut answer, mut length) = ([0; 64], 0);
    while !answer[..length].ends_with(b"OK\r\n") {
        length += port.read(&mut answer[length..]).expect("the modem answers");
    }
    black_box(answer);
}

/// The limit: reads, and writes `OK` for each CR.
fn answer(mut master: File) {
    let mut buffer = [0; 4096];
    while let Ok(n) = master.read(&mut buffer) {
        for _ in buffer[..n].iter().filter(|byte| **byte == b'\r') {
            master.write_all(b"\r\nOK\r\n").expect("the client is there");
        }
    }
}

/// Both ways at once: at the rate, then as fast as they go.
fn streams(record: &Path) -> bool {
    let (master, _slave, path) = terminal();
    let (behind, _held, real) = terminal();
    let through = open(&recorded(&real, record));
    let direct = open(&path);
    let mut sound = true;
    for (name, host, modem) in [("direct", &direct, &master), ("recorded", &through, &behind)] {
        let paced = both_ways(host, modem, RATE * SECONDS, Some(RATE));
        let fast = both_ways(host, modem, FAST, None);
        let [rate, best] = [(paced, RATE * SECONDS), (fast, FAST)].map(|(took, bytes)| {
            took.map_or("lost".to_owned(), |took| format!("{:.0} kB/s", bytes as f64 / took.as_secs_f64() / 1e3))
        });
        println!("{name:<10} at 921,600 baud both ways: {rate}; as fast as it goes: {best}");
        sound &= paced.is_some() && fast.is_some();
    }
    sound
}

/// How long so many bytes take each way; none where one is lost or another.
fn both_ways(host: &File, modem: &File, bytes: usize, rate: Option<usize>) -> Option<Duration> {
    let began = Instant::now();
    let sound = thread::scope(|scope| {
        let mut reads = Vec::new();
        for (from, to) in [(host, modem), (modem, host)] {
            scope.spawn(move || send(from, bytes, rate));
            reads.push(scope.spawn(move || receive(to, bytes)));
        }
        reads.into_iter().all(|read| read.join().expect("it reads"))
    });
    sound.then(|| began.elapsed())
}

fn byte(place: usize) -> u8 {
    (place.wrapping_mul(31) % 251) as u8
}

fn send(mut to: &File, bytes: usize, rate: Option<usize>) {
    let began = Instant::now();
    let mut sent = 0;
    while sent < bytes {
        let due = match rate {
            Some(rate) => (began.elapsed().as_micros() as usize * rate / 1_000_000).min(bytes),
            None => (sent + 4096).min(bytes),
        };
        let piece: Vec<u8> = (sent..due).map(byte).collect();
        to.write_all(&piece).expect("it is taken");
        sent = sent.max(due);
        if rate.is_some() {
            thread::sleep(Duration::from_millis(1));
        }
    }
}

fn receive(mut from: &File, bytes: usize) -> bool {
    let mut buffer = [0; 4096];
    let mut came = 0;
    while came < bytes {
        let count = from.read(&mut buffer).expect("it comes");
        if buffer[..count].iter().enumerate().any(|(at, found)| *found != byte(came + at)) {
            return false;
        }
        came += count;
    }
    true
}

/// The recorder in a thread, as `atgate record` runs it; where the application finds it.
fn recorded(real: &Path, record: &Path) -> PathBuf {
    let (tell, told) = mpsc::channel();
    let address: Address = real.display().to_string().parse().expect("a path is an address");
    let paper = Paper::create(record, false, &About::default()).expect("a file");
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async move {
            let pty = Ptys::new().and_then(|ptys| ptys.create(None)).expect("a pseudo-terminal");
            tell.send(pty.path().to_owned()).expect("it is awaited");
            let port = port::open(&address).await.expect("the modem's end");
            let keeper = Keeper::start(paper, Session::new(false), |error| panic!("{error}"));
            let mut between = Between::new(Line::Pty(Box::new(pty)), port);
            between.pass(&keeper, |_| {}).await.expect("it passes");
        });
    });
    let path = told.recv().expect("it starts");
    // The port is opened after the path is told.
    thread::sleep(Duration::from_millis(200));
    path
}

fn open(path: &Path) -> File {
    File::options().read(true).write(true).open(path).expect("the slave opens")
}

/// A raw pseudo-terminal whose ends block; the slave is held open.
fn terminal() -> (File, File, PathBuf) {
    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a pseudo-terminal");
    grantpt(&master).and_then(|()| unlockpt(&master)).expect("its slave");
    let path = PathBuf::from(ptsname(&master, Vec::new()).expect("its name").into_string().expect("ASCII"));
    let slave = open(&path);
    let mut termios = tcgetattr(&slave).expect("its settings");
    termios.make_raw();
    tcsetattr(&slave, OptionalActions::Now, &termios).expect("raw mode");
    (File::from(master), slave, path)
}
