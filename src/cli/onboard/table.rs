//! What a terminal shows while boards are at work: one line a board, which says where it is and what it came to, and one
//! for all of them. It leaves with the bench; what stays is printed then.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use anstream::{AutoStream, ColorChoice};
use anstyle::Style;
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::lines::{DIM, headline, word};
use crate::register::assess::Veil;
use crate::rig::onboard::{Progress, Record, Verdict};

/// Names are no wider here, in letters; of a longer one the end is shown, in which boards differ.
const WIDEST: usize = 32;

/// The lines, and the boards that they are of.
struct Table {
    all: MultiProgress,
    /// The first line: how many are done.
    total: ProgressBar,
    boards: HashMap<String, Row>,
    /// How wide the column of names is, in letters.
    width: usize,
    is_plain: bool,
    veil: Arc<Mutex<Veil>>,
}

/// A board's line.
struct Row {
    line: ProgressBar,
    name: String,
    /// Its verdict in colour, or what stands in its place.
    word: String,
    rest: String,
    verdict: Option<Verdict>,
}

/// Draws what happens as it happens.
pub(super) fn listener(veil: Arc<Mutex<Veil>>) -> impl Fn(&str, &Progress) + Send + Sync {
    let all = MultiProgress::with_draw_target(ProgressDrawTarget::stdout());
    // The first: it is seen however many boards there are, and it is what stays where a terminal echoes ^C below the lines.
    let total = line(&all);
    let is_plain = AutoStream::choice(&std::io::stdout()) == ColorChoice::Never;
    let table = Mutex::new(Table { all, total, boards: HashMap::new(), width: 0, is_plain, veil });
    move |board, progress| table.lock().unwrap_or_else(PoisonError::into_inner).take(board, progress)
}

/// A line that is cut where the terminal ends.
fn line(all: &MultiProgress) -> ProgressBar {
    let style = ProgressStyle::with_template("{wide_msg}");
    // The pattern is ours, and right.
    all.add(ProgressBar::new_spinner()).with_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()))
}

impl Drop for Table {
    /// Takes the lines away, all at once: bars that go one by one leave those that stand above the others.
    fn drop(&mut self) {
        // What cannot be drawn need not be taken away.
        let _ = self.all.clear();
        self.all.set_draw_target(ProgressDrawTarget::hidden());
    }
}

impl Table {
    fn take(&mut self, board: &str, progress: &Progress) {
        let mut veil = self.veil.lock().unwrap_or_else(PoisonError::into_inner);
        let (word, rest, verdict) = match progress {
            Progress::Begun => (cell("...", DIM), String::new(), None),
            Progress::Step(step) => (cell("...", DIM), step.to_string(), None),
            Progress::Again { attempt, of, fault } => {
                (cell("again", DIM), format!("attempt {attempt} of {of}: {}", veil.foreign(&fault.words)), None)
            }
            Progress::Done(record) | Progress::Amended(record) => {
                let (text, style) = word(record.verdict);
                (cell(text, style.invert()), outcome(&record.veiled(&mut veil)), Some(record.verdict))
            }
        };
        drop(veil);
        let all = &self.all;
        let row = self.boards.entry(board.to_owned()).or_insert_with(|| Row {
            line: line(all),
            name: short(board),
            word: String::new(),
            rest: String::new(),
            verdict: None,
        });
        (row.word, row.rest, row.verdict) = (word, rest, verdict);
        let width = row.name.chars().count();
        if width > self.width {
            self.width = width;
            self.boards.values().for_each(|row| self.draw(row));
        } else if let Some(row) = self.boards.get(board) {
            self.draw(row);
        }
        self.count();
    }

    fn draw(&self, row: &Row) {
        let Row { line, name, word, rest, .. } = row;
        self.say(line, &format!("{word} {name:<width$}  {rest}", width = self.width));
    }

    fn count(&self) {
        let of = |wanted: &[Verdict]| {
            self.boards.values().filter(|row| row.verdict.is_some_and(|verdict| wanted.contains(&verdict))).count()
        };
        let passed = of(&[Verdict::Pass, Verdict::Warn]);
        let others = of(&[Verdict::Fail, Verdict::Error, Verdict::Interrupted]);
        let at_work = self.boards.len() - passed - others;
        self.say(&self.total, &format!("{DIM}{passed} passed, {others} not, {at_work} at work{DIM:#}"));
    }

    fn say(&self, line: &ProgressBar, text: &str) {
        let text = if self.is_plain { anstream::adapter::strip_str(text).to_string() } else { text.to_owned() };
        line.set_message(text);
        line.tick();
    }
}

/// A word with room around it.
fn cell(word: &str, style: Style) -> String {
    format!("{style} {word:<5} {style:#}")
}

fn short(name: &str) -> String {
    let letters = name.chars().count();
    if letters <= WIDEST {
        name.to_owned()
    } else {
        format!("…{}", name.chars().skip(letters - WIDEST + 1).collect::<String>())
    }
}

/// What a board came to: what speaks against it, else how it did.
fn outcome(record: &Record) -> String {
    let time = format!("{:>6.1} s", record.took().as_secs_f64());
    match record.fault() {
        Some(fault) => format!("{time}  {}", fault.words),
        None => [vec![time], headline(record)].concat().join("  "),
    }
}
