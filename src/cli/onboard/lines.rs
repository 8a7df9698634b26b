//! What a log is told: a line for each thing that happens to a board, and a summary.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};

use anstyle::{AnsiColor, Style};

use crate::cli::{CliError, HELP, say};
use crate::register::assess::Veil;
use crate::rig::onboard::{Fault, Progress, Record, Verdict};

const PASS: Style = AnsiColor::Green.on_default().bold();
const WARN: Style = AnsiColor::Yellow.on_default().bold();
const FAIL: Style = AnsiColor::Red.on_default().bold();
pub(super) const DIM: Style = Style::new().dimmed();

/// The word of a verdict and its colour, all words of one width.
pub(super) fn word(verdict: Verdict) -> (&'static str, Style) {
    match verdict {
        Verdict::Pass => ("PASS ", PASS),
        Verdict::Warn => ("PASS?", WARN),
        Verdict::Fail => ("FAIL ", FAIL),
        Verdict::Error => ("BENCH", FAIL),
        Verdict::Interrupted => ("ENDED", WARN),
    }
}

/// Prints what happens as it happens.
pub(super) fn listener(veil: Arc<Mutex<Veil>>) -> impl Fn(&str, &Progress) + Send + Sync {
    move |board, progress| {
        let mut veil = veil.lock().unwrap_or_else(PoisonError::into_inner);
        let text = match progress {
            Progress::Begun | Progress::Step(_) => return,
            Progress::Again { attempt, of, fault } => {
                format!("{WARN}AGAIN{WARN:#} {board}: {}; attempt {attempt} of {of}\n", veil.foreign(&fault.words))
            }
            Progress::Done(record) => told(&record.veiled(&mut veil)),
            Progress::Amended(record) => amended(&record.veiled(&mut veil)),
        };
        // The verdict is the exit code, whoever listens.
        say::is_heard(format_args!("{text}"));
    }
}

/// A board's verdict in a line, and what speaks against it below.
pub(super) fn told(record: &Record) -> String {
    let (word, style) = word(record.verdict);
    let mut text = format!("{style}{word}{style:#} [{:>8.3}s] {}", record.took().as_secs_f64(), record.board);
    for part in headline(record) {
        let _ = write!(text, "  {part}");
    }
    text.push('\n');
    for fault in &record.faults {
        fault_lines(fault, &mut text);
    }
    for remark in record.remarks.iter().filter(|remark| remark.severity == "warning") {
        let _ = writeln!(text, "      {WARN}warning{WARN:#}[{}]: {}", remark.code, remark.words);
    }
    for note in &record.notes {
        let _ = writeln!(text, "      {DIM}note: {note}{DIM:#}");
    }
    text
}

/// A verdict that was told before, and changed by what came out about another board.
fn amended(record: &Record) -> String {
    let (word, style) = word(record.verdict);
    let why = record.faults.last().map_or("", |fault| &fault.words);
    format!("{style}{word}{style:#} {} after all: {why}\n", record.board)
}

/// Who it is and how it did, in short.
pub(super) fn headline(record: &Record) -> Vec<String> {
    let mut parts: Vec<String> =
        [record.fact("model"), record.fact("imei")].into_iter().flatten().map(str::to_owned).collect();
    if let Some(operator) = record.attachment.as_ref().and_then(|attachment| attachment.operator.as_deref()) {
        parts.push(operator.to_owned());
    }
    let measured = |name| record.measurements.iter().find(move |measured| measured.name == name);
    if let Some(strength) = measured("rsrp").or_else(|| measured("rssi")) {
        parts.push(strength.to_string());
    }
    if let Some(link) = &record.link {
        parts.push(format!("card {link}"));
    }
    if record.attempts > 1 {
        parts.push(format!("attempt {}", record.attempts));
    }
    if record.is_resumed {
        parts.push("passed before".to_owned());
    }
    parts
}

fn fault_lines(fault: &Fault, text: &mut String) {
    let _ = writeln!(text, "      {FAIL}{}{FAIL:#}[{}]: {}", fault.kind, fault.code, fault.words);
    if let Some(help) = &fault.help {
        let _ = writeln!(text, "      {HELP}help{HELP:#}: {help}");
    }
}

/// What stays of a table: all boards, and what it had no room for.
pub(super) fn details(records: &[Record]) -> Result<(), CliError> {
    let text: String = records.iter().map(told).collect();
    say::in_passing(format_args!("{text}"))
}

/// What it all came to.
pub(super) fn summary(records: &[Record], problems: &[String]) -> Result<(), CliError> {
    let count = |wanted: &[Verdict]| records.iter().filter(|record| wanted.contains(&record.verdict)).count();
    let mut parts = vec![format!("{} passed", count(&[Verdict::Pass, Verdict::Warn]))];
    for (verdict, word) in [
        (Verdict::Fail, "failed"),
        (Verdict::Error, "not done, by the bench's fault"),
        (Verdict::Interrupted, "interrupted"),
    ] {
        let boards = count(&[verdict]);
        if boards > 0 {
            parts.push(format!("{boards} {word}"));
        }
    }
    let before = records.iter().filter(|record| record.is_resumed).count();
    if before > 0 {
        parts.push(format!("{before} of them recognised from an earlier run"));
    }
    for problem in problems {
        anstream::eprintln!("{FAIL}error{FAIL:#}: the record is not whole: {problem}");
    }
    say::in_passing(format_args!(
        "\n  Summary {}: {}\n",
        crate::run::report::plural(records.len(), "board"),
        parts.join(", ")
    ))
}
