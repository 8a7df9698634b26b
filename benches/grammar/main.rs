//! What the grammar costs, against a limit that the bench itself holds and against a peer.
//!
//! Input is the corpus's own traffic. Every contender runs in turn in every round, long enough to be warm, and the best
//! round of each counts, so that a busy machine slows all of them alike. Printed are nanoseconds per byte and ratios; a
//! missed bar ends the run with 1.

mod commands;
mod corpus;
mod responses;

use std::process::ExitCode;
use std::time::{Duration, Instant};

/// How often every contender has its turn.
const ROUNDS: usize = 40;

/// How long a turn lasts.
const TURN: Duration = Duration::from_millis(12);

fn main() -> ExitCode {
    // `cargo test --benches` asks for a list or a smoke run: there is nothing to measure in an unoptimised build.
    if std::env::args().any(|arg| arg == "--list" || arg == "--test") {
        return ExitCode::SUCCESS;
    }
    let Some(corpus) = corpus::read() else {
        println!("no corpus at {}: nothing measured", corpus::path().display());
        return ExitCode::SUCCESS;
    };
    let held = [responses::measure(&corpus), commands::measure(&corpus)];
    if held.iter().all(|held| *held) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// One way to read the input, and the best time that it took.
struct Contender<'a> {
    name: String,
    run: Box<dyn FnMut() -> usize + 'a>,
    best: Duration,
}

impl<'a> Contender<'a> {
    fn new(name: impl Into<String>, run: impl FnMut() -> usize + 'a) -> Self {
        Self { name: name.into(), run: Box::new(run), best: Duration::MAX }
    }
}

/// Runs all of them, round by round.
fn race(contenders: &mut [Contender<'_>]) {
    for _ in 0..ROUNDS {
        for contender in contenders.iter_mut() {
            let turn = Instant::now();
            while turn.elapsed() < TURN {
                let begin = Instant::now();
                std::hint::black_box((contender.run)());
                contender.best = contender.best.min(begin.elapsed());
            }
        }
    }
}

/// Prints a ratio against its bar, and says whether it held.
fn bar(what: &str, ratio: f64, at_most: f64) -> bool {
    let held = ratio <= at_most;
    println!("  {what}: {ratio:.2} (bar: at most {at_most}) {}", if held { "held" } else { "MISSED" });
    held
}
