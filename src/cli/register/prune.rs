//! `atgate register prune`: old sightings out of the fleet's history.

use clap::Args;
use jiff::{SignedDuration, Span, SpanRelativeTo};

use super::{Place, now};
use crate::cli::say::say;
use crate::cli::{CliError, Exit};
use crate::register::fleet;

const WORDS: &str = "\
Of each device the first sighting stays, and of each device with each card the last: when it was seen first and what its cards are is \
known as before. All else of that age is gone for good: no act takes it back. Lists, links and the journal are not touched.

  atgate register prune --older-than 400d --dry-run

Exit codes: 0 it was done, 2 the command line is wrong, 3 the register cannot be written.";

/// The flags of `atgate register prune`.
#[derive(Debug, Args)]
#[command(after_help = WORDS)]
pub(super) struct Prune {
    /// What was seen longer ago than this: 400d, 12w, 36h
    #[arg(long, value_name = "TIME", value_parser = age)]
    older_than: SignedDuration,

    /// Say how many sightings would go, and keep them
    #[arg(long)]
    dry_run: bool,
}

/// A time of an hour or more; a day has 24 hours.
fn age(text: &str) -> Result<SignedDuration, String> {
    text.parse::<Span>()
        .ok()
        .and_then(|span| span.to_duration(SpanRelativeTo::days_are_24_hours()).ok())
        .filter(|age| *age >= SignedDuration::from_hours(1))
        .ok_or_else(|| "expected a time such as 400d, 12w or 36h, an hour at least".to_owned())
}

impl Prune {
    pub(super) fn run(self, place: &Place) -> Result<Exit, CliError> {
        let before = now().checked_sub(self.older_than).map_err(|_| {
            CliError::usage("--older-than reaches back beyond all calendars").help("write a time such as 400d")
        })?;
        let mut store = place.store()?;
        let (old, all) = fleet::prunable(&mut store, before)?;
        let day = before.strftime("%Y-%m-%d %H:%M:%SZ");
        if self.dry_run {
            say!("{old} of {all} sightings are from before {day} and would go; nothing was changed");
            return Ok(Exit::Passed);
        }
        let gone = fleet::prune(&mut store, before)?;
        say!("{gone} of {all} sightings, from before {day}, are gone");
        Ok(Exit::Passed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_is_in_days_weeks_or_hours() {
        let hours = |text| age(text).map(|age| age.as_hours());
        assert_eq!((hours("400d"), hours("12w"), hours("1d12h")), (Ok(9600), Ok(2016), Ok(36)));
        for wrong in ["", "400", "-3d", "30m", "1mo", "1y", "soon", "99999999999d"] {
            assert!(age(wrong).is_err(), "{wrong}");
        }
    }
}
