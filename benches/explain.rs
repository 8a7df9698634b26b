//! What it costs to explain a capture of 100 MB, as `atgate explain FILE` does without colours: each element told in words,
//! and the text handed on.
//!
//! Three captures: one that repeats its lines as a poller's does, one in which one line in ten is new, and one in
//! which one in four is.
//! Beside them stands what the same machine takes in the same minute to look at each line's end, as `wc -l` does, and to write
//! as many bytes as are told. The best of the rounds counts, so that a busy machine does not. The bar is 200 MB of capture a
//! second where lines repeat; a missed bar ends the run with 1.

use std::hint::black_box;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use atgate::console::explain::{Explainer, Form};

/// Bytes of a capture.
const SIZE: usize = 100_000_000;
/// Bytes of a capture a second.
const BAR: f64 = 200e6;
const ROUNDS: usize = 5;
/// As the verb reads it.
const PIECE: usize = 1 << 16;

fn main() -> ExitCode {
    // `cargo test --benches` asks for a list or a smoke run: there is nothing to measure in an unoptimised build.
    if std::env::args().any(|arg| arg == "--list" || arg == "--test") {
        return ExitCode::SUCCESS;
    }
    let repeated = measure("lines that repeat", &capture(0));
    measure("one line in ten is new", &capture(10));
    measure("one line in four is new", &capture(4));
    let held = repeated >= BAR;
    println!("bar: {:.0} MB a second where lines repeat {}", BAR / 1e6, if held { "held" } else { "MISSED" });
    if held { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// What a host that polls a modem and the modem say, echo included; of their lines, blank ones not counted, one in `new` is one
/// that was not said before.
fn capture(new: usize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(SIZE + 1024);
    let (mut round, mut lines, mut fresh) = (0_usize, 0_usize, 0_usize);
    while bytes.len() < SIZE {
        let (rssi, place) = (round * 7 % 31, round % 20);
        let mut said = String::new();
        let mut say = |text: &str| said.push_str(text);
        say(&format!("AT+CSQ\r\r\n+CSQ: {rssi},99\r\n\r\nOK\r\n"));
        say("AT+CEREG?\r\r\n+CEREG: 3,1,\"1A2B\",\"00C0FFEE\",7\r\n\r\nOK\r\n");
        say("AT+COPS?\r\r\n+COPS: 0,0,\"Test Network\",7\r\n\r\nOK\r\n");
        say(&format!("AT+CMGR={place}\r\r\n+CMS ERROR: 321\r\n"));
        say("AT+CGATT?;+CGPADDR=1\r\r\n+CGATT: 1\r\n+CGPADDR: 1,\"10.64.0.1\"\r\n\r\nOK\r\n");
        if round.is_multiple_of(16) {
            say("\r\n+CEREG: 2\r\n\r\n+CEREG: 5,\"1A2B\",\"00C0FFEE\",7\r\n\r\nRING\r\n");
        }
        lines += said.split(['\r', '\n']).filter(|line| !line.is_empty()).count();
        // With each a command and a result that are not new: at most one line in three can be.
        while new > 0 && fresh * new < lines {
            said.push_str(&format!("AT+CCLK?\r\r\n+CCLK: \"26/11/22,{fresh:08}+00\"\r\n\r\nOK\r\n"));
            lines += 3;
            fresh += 1;
        }
        bytes.extend_from_slice(said.as_bytes());
        round += 1;
    }
    bytes
}

fn measure(what: &str, capture: &[u8]) -> f64 {
    let mut told = 0_usize;
    let mut sink = Vec::with_capacity(PIECE * 16);
    let mut explained = || {
        told = 0;
        let mut explainer = Explainer::new(None, Form::Plain { coloured: false });
        for piece in capture.chunks(PIECE) {
            explainer.feed(piece);
            sink.clear();
            sink.extend_from_slice(explainer.text().as_bytes());
            told += sink.len();
            black_box(&sink);
            explainer.clear();
        }
        explainer.finish();
        told += explainer.text().len();
    };
    let mut counted = || {
        black_box(memchr::memchr_iter(b'\n', black_box(capture)).count());
    };
    let mut contenders: [&mut dyn FnMut(); 2] = [&mut explained, &mut counted];
    let mut best = [Duration::MAX; 2];
    for _ in 0..ROUNDS {
        for (best, run) in best.iter_mut().zip(&mut contenders) {
            let begin = Instant::now();
            run();
            *best = begin.elapsed().min(*best);
        }
    }
    let rates = best.map(|time| capture.len() as f64 / time.as_secs_f64());
    println!("{what}: {:.0} MB of capture, {:.0} MB of words", capture.len() as f64 / 1e6, told as f64 / 1e6);
    println!(
        "  explained: {:.0} MB a second, {:.0} MB of words a second",
        rates[0] / 1e6,
        told as f64 / best[0].as_secs_f64() / 1e6
    );
    println!(
        "  line ends counted: {:.0} MB a second; explaining takes {:.0} times as long",
        rates[1] / 1e6,
        rates[1] / rates[0]
    );
    rates[0]
}
