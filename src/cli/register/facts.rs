//! What the register knows of a device, for `check`; and what the check adds to it.

use super::check::Check;
use super::{Place, now};
use crate::cli::{CliError, Exit};
use crate::register::assess::Assessment;
use crate::register::{DeskFacts, first_held};

pub(super) fn check(check: &Check, place: &Place) -> Result<Exit, CliError> {
    let desk = place.desk()?;
    let rules = desk.rules();
    let mut keep = |assessment: &Assessment| {
        if let Err(error) = first_held::keep(&mut desk.store(), assessment) {
            anstream::eprintln!("warning: since when its conditions hold is not remembered: {error}");
        }
    };
    check.run(&DeskFacts(&desk), &rules, now(), &mut keep)
}
