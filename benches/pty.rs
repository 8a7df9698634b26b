//! Round trips over a pseudo-terminal, the start of the program, and the memory of a modem.
//!
//! The limit is what no modem can be faster than: a blocking loop in a thread that answers `OK` to each line, as one would
//! write it in C. Both are measured in turns in one run, and what counts is the ratio. `cargo bench --bench pty`.

use std::fs::File;
use std::hint::black_box;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use atgate::modem::{AtPort, Modem, Profile, Tick};
use atgate::port::{Line, Ptys};
use atgate::register::{Office, Register};
use atgate::run::emulate::{Emulation, Notice, Observer};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};

/// Round trips of each command with each end, for each length of a turn.
const TRIPS: usize = 20_000;
/// How many one end has before the other has as many. How the system places three threads on its cores changes now and
/// then: short turns meet both ends alike, long ones let each settle. Both are printed.
const TURNS: [usize; 2] = [10, 100];
const STARTS: usize = 50;
const MODEMS: usize = 10_000;

fn main() {
    // `cargo test --benches` and `cargo bench -- --list` only want to know that it runs.
    if std::env::args().any(|argument| argument == "--list" || argument == "--test") {
        return;
    }
    // First, before anything else has grown the heap.
    memory();
    round_trips();
    starts();
}

/// Round trips of three commands against the limit.
fn round_trips() {
    let limit = open(&limit());
    let modem = open(&emulator());
    let mut ends = [Client { port: limit, name: "limit" }, Client { port: modem, name: "atgate" }];
    ends[1].ask(b"ATE0\r");
    println!("{:<10} {:>4} {:<8} {:>10} {:>10}", "command", "turn", "", "p50", "p99");
    for command in [&b"AT\r"[..], b"AT+CGSN\r", b"AT+NOSUCHCMD\r"] {
        for turn in TURNS {
            turns(&mut ends, command, turn);
        }
    }
}

/// Round trips of one command, in turns of so many.
fn turns(ends: &mut [Client; 2], command: &[u8], turn: usize) {
    let mut times = [Vec::new(), Vec::new()];
    for round in 0..TRIPS / turn {
        for (end, times) in ends.iter_mut().zip(&mut times) {
            for _ in 0..turn {
                let began = Instant::now();
                end.ask(command);
                // The first rounds warm up caches and clocks.
                if round >= TRIPS / turn / 10 {
                    times.push(began.elapsed());
                }
            }
        }
    }
    let name = command.trim_ascii_end().escape_ascii().to_string();
    let [limit, modem] = times.map(|mut times| {
        times.sort_unstable();
        [times[times.len() / 2], times[times.len() * 99 / 100]]
    });
    for (end, [p50, p99]) in ends.iter().zip([limit, modem]) {
        println!("{name:<10} {turn:>4} {:<8} {p50:>10.1?} {p99:>10.1?}", end.name);
    }
    let ratio = |which: usize| modem[which].as_secs_f64() / limit[which].as_secs_f64();
    println!("{name:<10} {turn:>4} {:<8} {:>9.2}x {:>9.2}x  (bars: 1.20x, 1.50x)", "ratio", ratio(0), ratio(1));
}

struct Client {
    port: File,
    name: &'static str,
}

impl Client {
    /// Sends a line and reads up to its final result.
    fn ask(&mut self, line: &[u8]) {
        self.port.write_all(line).expect("the modem takes it");
        let (mut answer, mut length) = ([0; 256], 0);
        while !answer[..length].ends_with(b"OK\r\n") && !answer[..length].ends_with(b"ERROR\r\n") {
            length += self.port.read(&mut answer[length..]).expect("the modem answers");
        }
        black_box(answer);
    }
}

fn open(path: &Path) -> File {
    File::options().read(true).write(true).open(path).expect("the slave opens")
}

/// The limit: a thread that reads, and writes `OK` for each CR.
fn limit() -> PathBuf {
    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a pseudo-terminal");
    grantpt(&master).and_then(|()| unlockpt(&master)).expect("its slave");
    let path = PathBuf::from(ptsname(&master, Vec::new()).expect("its name").into_string().expect("ASCII"));
    let slave = open(&path);
    let mut termios = tcgetattr(&slave).expect("its settings");
    termios.make_raw();
    tcsetattr(&slave, OptionalActions::Now, &termios).expect("raw mode");
    thread::spawn(move || {
        let _slave = slave;
        let mut master = File::from(master);
        let mut buffer = [0; 4096];
        while let Ok(n) = master.read(&mut buffer) {
            for _ in buffer[..n].iter().filter(|byte| **byte == b'\r') {
                master.write_all(b"\r\nOK\r\n").expect("the client is there");
            }
        }
    });
    path
}

struct Nobody;

impl Observer for Nobody {
    fn notice(&mut self, _at: Tick, _port: AtPort, _notice: Notice) {}
}

/// The emulator in a thread, as `atgate modem` runs it.
fn emulator() -> PathBuf {
    let (tell, told) = mpsc::channel();
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async move {
            let pty = Ptys::new().and_then(|ptys| ptys.create(None)).expect("a pseudo-terminal");
            let path = pty.path().to_owned();
            let profile = Profile::named("generic-lte", &[]).expect("the default profile");
            let modem = Modem::new(profile, None, 0);
            let register = Arc::new(Mutex::new(Office::default()));
            let emulation = Emulation::new(modem, Line::Pty(Box::new(pty)), register, Nobody);
            let (answers, answering) = tokio::sync::oneshot::channel();
            let life = tokio::spawn(emulation.live(answers));
            answering.await.expect("it answers");
            tell.send(path).expect("the bench waits");
            life.await.expect("it lives");
        });
    });
    told.recv().expect("the emulator starts")
}

/// From the start of the program to its first `OK`.
fn starts() {
    let program = env!("CARGO_BIN_EXE_atgate");
    let folder = tempfile::tempdir().expect("a folder");
    let link = folder.path().join("modem");
    let mut times: Vec<Duration> = (0..STARTS)
        .map(|_| {
            let began = Instant::now();
            let mut child = Command::new(program)
                .args(["modem", "--link"])
                .arg(&link)
                .stdout(Stdio::piped())
                .spawn()
                .expect("the program starts");
            let mut ready = [0; 1];
            child.stdout.as_mut().expect("a pipe").read_exact(&mut ready).expect("it is ready");
            Client { port: open(&link), name: "" }.ask(b"AT\r");
            let took = began.elapsed();
            child.kill().and_then(|()| child.wait()).expect("it ends");
            took
        })
        .collect();
    times.sort_unstable();
    println!("start to first OK: p50 {:.2?}, p90 {:.2?}  (bar: 5 ms)", times[STARTS / 2], times[STARTS * 9 / 10]);
}

/// What each further modem costs, once it has started, registered and answered a few commands.
fn memory() {
    processing();
    let profile = Profile::named("generic-lte", &[]).expect("the default profile");
    let mut modems = vec![live(&profile)];
    modems.reserve_exact(MODEMS);
    let before = resident();
    modems.extend((0..MODEMS).map(|_| live(&profile)));
    let each = (resident() - before) as f64 / MODEMS as f64 / 1024.0;
    println!("a modem: {each:.1} KiB  (bar: 16 KiB; {} bytes of it in the machine itself)", size_of::<Modem>());
    black_box(modems);
}

fn live(profile: &Arc<Profile>) -> Modem {
    let mut modem = Modem::new(Arc::clone(profile), None, 0);
    let mut register = Register::default();
    let mut now = Tick::ZERO;
    for line in [&b"ATE0\r"[..], b"AT+CMEE=1;+CEREG=2\r", b"AT+CGSN\r", b"AT+CSQ;+CEREG?\r"] {
        modem.receive(now, line);
        for _ in 0..100 {
            let effects: Vec<_> = modem.transmit().effects().collect();
            modem.transmit().clear();
            for effect in effects {
                if let atgate::modem::Effect::CheckEquipment { ticket, inquiry } = effect {
                    let answer = register.check(&inquiry);
                    modem.event(now, atgate::modem::Event::Equipment { ticket, answer });
                }
            }
            let Some(next) = modem.deadline().filter(|next| next.since(now) < Duration::from_secs(1)) else { break };
            now = next;
            modem.wake(now);
        }
    }
    modem
}

/// The resident set of this process in bytes.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/statm").expect("procfs");
    let pages: u64 = status.split(' ').nth(1).and_then(|pages| pages.parse().ok()).expect("its second field");
    pages * rustix::param::page_size() as u64
}

/// What the machine itself takes for a line: part of every round trip.
fn processing() {
    let profile = Profile::named("generic-lte", &[]).expect("the default profile");
    let mut modem = live(&profile);
    for line in [&b"AT\r"[..], b"AT+CGSN\r", b"AT+NOSUCHCMD\r"] {
        let began = Instant::now();
        for n in 0..10_000 {
            modem.receive(Tick::from_millis(10_000 + n), line);
            black_box(modem.transmit().bytes());
            modem.transmit().clear();
        }
        println!(
            "the machine alone: {:<14} {:.2?}",
            line.trim_ascii_end().escape_ascii().to_string(),
            began.elapsed() / 10_000
        );
    }
}
