//! What a terminal shows while boards are at work: one line a board, which says where it is and what it came to.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::lines::{headline, word};
use crate::register::assess::Veil;
use crate::rig::onboard::{Progress, Record};

/// The lines, and the names of their boards.
struct Table {
    all: MultiProgress,
    boards: HashMap<String, ProgressBar>,
    veil: Arc<Mutex<Veil>>,
}

/// Draws what happens as it happens.
pub(super) fn listener(veil: Arc<Mutex<Veil>>) -> impl Fn(&str, &Progress) + Send + Sync {
    let all = MultiProgress::with_draw_target(ProgressDrawTarget::stdout());
    let table = Mutex::new(Table { all, boards: HashMap::new(), veil });
    move |board, progress| table.lock().unwrap_or_else(PoisonError::into_inner).take(board, progress)
}

impl Table {
    fn take(&mut self, board: &str, progress: &Progress) {
        let line = self.line(board).clone();
        match progress {
            Progress::Begun => line.set_message(format!("…     {board}")),
            Progress::Step(step) => line.set_message(format!("…     {board}  {step}")),
            Progress::Again { attempt, of, fault } => {
                let mut veil = self.veil.lock().unwrap_or_else(PoisonError::into_inner);
                line.set_message(format!("again {board}  {}; attempt {attempt} of {of}", veil.foreign(&fault.words)));
            }
            Progress::Done(record) | Progress::Amended(record) => {
                let mut veil = self.veil.lock().unwrap_or_else(PoisonError::into_inner);
                line.set_message(verdict(&record.veiled(&mut veil)));
                line.tick();
            }
        }
    }

    fn line(&mut self, board: &str) -> &ProgressBar {
        let Table { all, boards, .. } = self;
        boards.entry(board.to_owned()).or_insert_with(|| {
            let line = all.add(ProgressBar::new_spinner());
            // The pattern is ours, and right.
            line.with_style(ProgressStyle::with_template("{msg}").unwrap_or_else(|_| ProgressStyle::default_spinner()))
        })
    }
}

fn verdict(record: &Record) -> String {
    let (word, style) = word(record.verdict);
    let mut text = format!("{style}{word}{style:#} {}  {:.1} s", record.board, record.took().as_secs_f64());
    for part in headline(record) {
        text = text + "  " + &part;
    }
    match record.fault() {
        Some(fault) => text + "  " + &fault.words,
        None => text,
    }
}
