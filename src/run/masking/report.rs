//! What else is said of a play, masked with the names that the script got.

use std::sync::Arc;

use super::Masks;
use crate::run::outcome::{CaseReport, Failure, Fault, Outcome, Place};

/// Masks everything in a report but its transcript, which is masked already.
pub(in crate::run) fn report(masks: &mut Masks, report: &mut CaseReport) {
    let texts = report.notes.iter_mut().chain(&mut report.labels).chain(&mut report.output);
    texts.for_each(|text| *text = masks.text(text));
    let mut sources = Sources { masks, masked: Vec::new() };
    report.foreseen.iter_mut().for_each(|failure| sources.failure(failure));
    match &mut report.outcome {
        Outcome::Passed => {}
        Outcome::Failed(failure) => sources.failure(failure),
        Outcome::Skipped(reason) => *reason = sources.masks.text(reason),
        Outcome::Error(Fault { message, help, .. }) => {
            *message = sources.masks.text(message);
            help.iter_mut().for_each(|help| *help = sources.masks.text(help));
        }
    }
}

/// The sources that places point into, each masked once.
struct Sources<'a> {
    masks: &'a mut Masks,
    masked: Vec<(Arc<str>, Arc<str>)>,
}

impl Sources<'_> {
    fn failure(&mut self, failure: &mut Failure) {
        let Failure { expected, came, place, includes, help, transcript: _ } = failure;
        [expected, came].into_iter().chain(help).for_each(|text| *text = self.masks.text(text));
        includes.iter_mut().chain([place]).for_each(|place| self.place(place));
    }

    fn place(&mut self, place: &mut Place) {
        if let Some((_, masked)) = self.masked.iter().find(|(source, _)| *source == place.source) {
            place.source = Arc::clone(masked);
            return;
        }
        let masked: Arc<str> = self.masks.source(&place.source).into();
        self.masked.push((Arc::clone(&place.source), Arc::clone(&masked)));
        place.source = masked;
    }
}
