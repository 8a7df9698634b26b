//! How many scripts a second one core plays in virtual time: every case of scenarios/, read and played, one after another.
//!
//!     cargo bench --bench scripts
//!
//! The limit that it is held against is the same scripts only read, not played: what a player that did nothing would cost.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use atgate::run::{self, Options, Outcome, Role, Time};
use atgate::script;

/// What the scripts of scenarios/ are to reach, per second and core.
const BAR: f64 = 5_000.0;

/// How long each figure is measured.
const SPAN: Duration = Duration::from_secs(3);

fn main() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let mut paths: Vec<PathBuf> = walkdir::WalkDir::new(root)
        .into_iter()
        .filter_map(Result::ok)
        .map(walkdir::DirEntry::into_path)
        .filter(|path| path.extension().is_some_and(|extension| extension == "atg"))
        .collect();
    paths.sort();
    let options = Options { role: Some(Role::Both), time: Time::Virtual, ..Options::default() };

    let read = rate(&paths, |path| script::open(path).map_or(0, |script| script.header.cases.len().max(1)));
    let played = rate(&paths, |path| {
        let Ok(script) = script::open(path) else { panic!("{} cannot be read", path.display()) };
        let cases = run::play(&script, &options);
        assert!(cases.iter().all(|case| matches!(case.outcome, Outcome::Passed)), "{} did not pass", path.display());
        cases.len()
    });
    println!("{} scripts, one core, virtual time", paths.len());
    println!("read only        {read:>10.0} cases/s");
    println!("read and played  {played:>10.0} cases/s   {:.2} x the bar of {BAR:.0}", played / BAR);
    println!("playing costs    {:>10.2} x reading", read / played);

    let mut each: Vec<(Duration, &PathBuf)> = paths
        .iter()
        .map(|path| {
            let start = Instant::now();
            for _ in 0..20 {
                let Ok(script) = script::open(path) else { continue };
                std::hint::black_box(run::play(&script, &options));
            }
            (start.elapsed() / 20, path)
        })
        .collect();
    each.sort_by(|a, b| b.cmp(a));
    println!("the slowest:");
    for (time, path) in each.iter().take(5) {
        println!("  {:>8.0} us  {}", time.as_secs_f64() * 1e6, path.file_name().unwrap_or_default().display());
    }
}

/// Cases per second: whole rounds over all scripts until the span is over, the best of three.
fn rate(paths: &[PathBuf], mut one: impl FnMut(&PathBuf) -> usize) -> f64 {
    let mut best = 0.0_f64;
    for _ in 0..3 {
        let start = Instant::now();
        let mut cases = 0;
        while start.elapsed() < SPAN / 3 {
            cases += paths.iter().map(&mut one).sum::<usize>();
        }
        best = best.max(cases as f64 / start.elapsed().as_secs_f64());
    }
    best
}
