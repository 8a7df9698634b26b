//! `atgate register serve` under load, with five million entries and five thousand ranges in its register.
//!
//! wrk asks over HTTP/1.1 and h2load over HTTP/2 in the clear, each on this machine too, so that they share its cores with
//! the server. Half of the devices that are asked about are listed. Then a list of a million is imported while one client asks and times each look-up. A missed
//! bar ends the run with 1.

use std::collections::hash_map::DefaultHasher;
use std::fmt::Write as _;
use std::hash::{Hash, Hasher};
use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::{Duration, Instant};

const ENTRIES: u64 = 5_000_000;
const RANGES: u64 = 5_000;
const IMPORTED: u64 = 1_000_000;
/// Serial numbers of the test TACs 00100100 to 00101699; a prime step visits each once.
const PLACES: u64 = 1_600_000_000;
/// Devices that the clients ask about, one after the other.
const ASKED: u64 = 20_000;
/// Look-ups of one h2load.
const LOOK_UPS: u64 = 600_000;

/// A number that looks drawn and is the same in each run.
fn drawn(seed: u64) -> u64 {
    let mut hasher = DefaultHasher::new();
    seed.hash(&mut hasher);
    hasher.finish()
}

/// Fourteen digits, scattered over the test TACs; no two numbers have the same.
fn device(number: u64) -> String {
    format!("{:014}", 100_100_000_000 + number * 7_919 % PLACES)
}

fn atgate(register: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_atgate"));
    command.arg("register").arg("--register").arg(register).stdout(Stdio::null());
    command
}

fn import(register: &Path, source: &str, file: &Path) -> Command {
    let mut command = atgate(register);
    command.args(["import", "--list", "block", "--short-rows", "--source", source]).arg(file);
    command
}

/// Writes a list file, a line each.
fn list(path: &Path, lines: impl Iterator<Item = String>) {
    let mut file = BufWriter::new(std::fs::File::create(path).expect("it works"));
    for line in lines {
        writeln!(file, "{line}").expect("it works");
    }
}

struct Served {
    child: Child,
    address: SocketAddr,
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Served {
    fn start(register: &Path) -> Self {
        let mut child = atgate(register)
            .args(["serve", "--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .spawn()
            .expect("it works");
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().expect("it works")).read_line(&mut line).expect("it works");
        let address = line.trim().rsplit_once("://").expect("it listens").1.parse().expect("it works");
        Self { child, address }
    }

    /// A line of `/proc/…/status` in MiB.
    fn mebibytes(&self, name: &str) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let line = status.lines().find(|line| line.starts_with(name)).unwrap_or_default();
        line.split_whitespace().nth(1).and_then(|kilobytes| kilobytes.parse::<f64>().ok()).unwrap_or(0.0) / 1024.0
    }
}

/// Whether a bar was missed.
static IS_MISSED: AtomicBool = AtomicBool::new(false);

fn tell(what: &str, figure: f64, unit: &str, holds: bool, bar: &str) {
    IS_MISSED.fetch_or(!holds, Relaxed);
    println!("{what:<46} {figure:>10.1} {unit:<4} {} {bar}", if holds { "held  " } else { "MISSED" });
}

fn at_least(what: &str, figure: f64, unit: &str, bar: f64) {
    tell(what, figure, unit, figure >= bar, &format!(">= {bar} {unit}"));
}

fn at_most(what: &str, figure: f64, unit: &str, bar: f64) {
    tell(what, figure, unit, figure <= bar, &format!("<= {bar} {unit}"));
}

fn is_there(program: &str) -> bool {
    let is_there = Command::new(program).arg("--version").output().is_ok();
    if !is_there {
        println!("{program} is not installed: skipped (apt-get install wrk nghttp2-client)");
    }
    is_there
}

/// wrk's own words: `1.23ms`, `456.00us`, `1.00s`.
fn milliseconds(text: &str) -> f64 {
    let split = text.find(|character: char| character.is_ascii_alphabetic()).unwrap_or(text.len());
    let (number, unit) = text.split_at(split);
    let number: f64 = number.parse().unwrap_or(f64::NAN);
    match unit {
        "us" => number / 1000.0,
        "s" => number * 1000.0,
        _ => number,
    }
}

fn http_1(served: &Served, folder: &Path, paths: &[String]) {
    if !is_there("wrk") {
        return;
    }
    let script = folder.join("paths.lua");
    let mut text = "local requests, at = {}, 0\ninit = function()\n".to_owned();
    writeln!(text, "for path in io.lines('{}') do", folder.join("paths").display()).expect("it works");
    text += "requests[#requests + 1] = wrk.format('GET', path) end end\n";
    text += "request = function() at = at % #requests + 1 return requests[at] end\n";
    std::fs::write(&script, text).expect("it works");
    std::fs::write(folder.join("paths"), paths.join("\n")).expect("it works");
    let output = Command::new("wrk")
        .args(["-t1", "-c32", "-d10s", "--latency", "-s"])
        .arg(&script)
        .arg(format!("http://{}", served.address))
        .output()
        .expect("it works");
    let text = String::from_utf8_lossy(&output.stdout);
    let after = |name: &str| {
        let line = text.lines().find(|line| line.trim_start().starts_with(name)).unwrap_or_default();
        line.split_whitespace().last().unwrap_or_default().to_owned()
    };
    at_least("HTTP/1.1, 32 connections", after("Requests/sec:").parse().unwrap_or(0.0), "/s", 40_000.0);
    at_most("HTTP/1.1, 99 of 100 answered within", milliseconds(&after("99%")), "ms", 5.0);
}

fn http_2(served: &Served, folder: &Path, paths: &[String]) {
    if !is_there("h2load") {
        return;
    }
    let urls: String = paths.iter().map(|path| format!("http://{}{path}\n", served.address)).collect();
    std::fs::write(folder.join("urls"), urls).expect("it works");
    let log = folder.join("h2load.log");
    let output = Command::new("h2load")
        .args(["-t1", "-c4", "-m32", &format!("-n{LOOK_UPS}"), "-i"])
        .arg(folder.join("urls"))
        .arg(format!("--log-file={}", log.display()))
        .output()
        .expect("it works");
    let text = String::from_utf8_lossy(&output.stdout);
    // finished in 8.05s, 74520.33 req/s, 2.91MB/s
    let rate = text
        .lines()
        .find_map(|line| line.strip_prefix("finished in ")?.split(", ").nth(1)?.split(' ').next()?.parse().ok());
    // Half of the devices are listed and the others unknown: anything but 200 and 404, or all of one kind, is no answer.
    let codes = text.lines().find_map(|line| line.strip_prefix("status codes: ")).unwrap_or_default();
    let count = |kind: &str| {
        let told = codes.split(", ").find_map(|part| part.strip_suffix(kind));
        told.and_then(|number| number.trim().parse::<u64>().ok()).unwrap_or(0)
    };
    let (found, unknown) = (count("2xx"), count("4xx"));
    assert!(
        found + unknown == LOOK_UPS && found > LOOK_UPS / 3 && unknown > LOOK_UPS / 3,
        "h2load was answered {codes}"
    );
    at_least("HTTP/2, 4 connections of 32 streams", rate.unwrap_or(0.0), "/s", 65_000.0);
    let log = std::fs::read_to_string(log).unwrap_or_default();
    let mut took: Vec<u64> = log.lines().filter_map(|line| line.split('\t').nth(2)?.parse().ok()).collect();
    took.sort_unstable();
    let last = took.get(took.len().saturating_sub(1) * 99 / 100).copied().unwrap_or(u64::MAX);
    at_most("HTTP/2, 99 of 100 answered within", last as f64 / 1000.0, "ms", 5.0);
}

/// Asks on one connection, one look-up after the other, for as long as `goes_on`; the slowest, the last of 99.9 in 100, and
/// how many there were.
fn timed(served: &Served, paths: &[String], mut goes_on: impl FnMut() -> bool) -> (Duration, Duration, usize) {
    let mut stream = TcpStream::connect(served.address).expect("it works");
    stream.set_nodelay(true).expect("it works");
    let mut took = Vec::new();
    let mut answer = [0; 4096];
    for path in paths.iter().cycle() {
        if took.len() % 64 == 0 && !goes_on() {
            break;
        }
        let request = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n");
        let began = Instant::now();
        stream.write_all(request.as_bytes()).expect("it works");
        assert!(stream.read(&mut answer).expect("it works") > 0);
        took.push(began.elapsed());
        std::thread::sleep(Duration::from_micros(500));
    }
    took.sort_unstable();
    let most = took.get(took.len().saturating_sub(1) * 999 / 1000).copied().unwrap_or_default();
    (took.last().copied().unwrap_or_default(), most, took.len())
}

fn main() -> ExitCode {
    // `cargo test --benches` asks for a list or a smoke run: there is nothing to measure in an unoptimised build.
    if std::env::args().any(|arg| arg == "--list" || arg == "--test") {
        return ExitCode::SUCCESS;
    }
    let folder = tempfile::tempdir().expect("it works");
    let register = folder.path().join("register.db");
    let (entries, ranges, million) =
        (folder.path().join("entries"), folder.path().join("ranges"), folder.path().join("million"));
    list(&entries, (0..ENTRIES).map(device));
    list(&ranges, (0..RANGES).map(|range| format!("00101717{0:06},00101717{1:06}", range * 200, range * 200 + 99)));
    list(&million, (ENTRIES..ENTRIES + IMPORTED).map(device));
    let began = Instant::now();
    for (source, file) in [("entries", &entries), ("ranges", &ranges)] {
        assert!(import(&register, source, file).status().expect("it works").success());
    }
    println!("five million entries and five thousand ranges imported in {:.1} s", began.elapsed().as_secs_f64());
    // The first start builds the index and keeps it beside the store; the second finds it there.
    drop(Served::start(&register));
    let began = Instant::now();
    let served = Served::start(&register);
    println!("listening after {:.2} s", began.elapsed().as_secs_f64());
    let paths: Vec<String> = (0..ASKED)
        .map(|at| format!("/n5g-eir-eic/v1/equipment-status?pei=imei-{}0", device(drawn(at) % (2 * ENTRIES))))
        .collect();
    http_1(&served, folder.path(), &paths);
    http_2(&served, folder.path(), &paths);
    at_most("resident after that", served.mebibytes("VmRSS"), "MiB", 64.0);

    let mut importing = import(&register, "million", &million).spawn().expect("it works");
    let mut ended: Option<Instant> = None;
    let (slowest, most, count) = timed(&served, &paths, || {
        if ended.is_none() && importing.try_wait().expect("it works").is_some() {
            ended = Some(Instant::now());
        }
        // The index is built anew after the import.
        ended.is_none_or(|ended| ended.elapsed() < Duration::from_secs(10))
    });
    println!(
        "{count} look-ups while a million entries came in, 99.9 of 100 within {:.2} ms",
        most.as_secs_f64() * 1000.0
    );
    at_most("the slowest of them", slowest.as_secs_f64() * 1000.0, "ms", 20.0);
    println!("at most {:.1} MiB resident", served.mebibytes("VmHWM"));
    if IS_MISSED.load(Relaxed) { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
