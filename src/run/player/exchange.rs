//! What the plan says of a line's surroundings: what a `~` stands before, where an exchange ends.

use std::time::Duration;

use crate::run::plan::Plan;
use crate::script::Act;

/// What comes after a `~` that is not passed over: no other `~`, no `<?`, no `...`.
pub(super) fn delayed<'s>(plan: &Plan<'s>, lane: usize, position: usize) -> Option<(usize, &'s Act)> {
    let steps = &plan.lanes[lane].steps;
    steps[position + 1..].iter().find_map(|&index| match plan.steps[index].act {
        Some(Act::Wait(_) | Act::Rest | Act::ExpectOptional(_)) | None => None,
        Some(act) => Some((index, act)),
    })
}

/// Whether a `~` stands before an expected line, whose limit it extends, and not before something that is sent.
pub(super) fn extends(plan: &Plan<'_>, lane: usize, position: usize) -> bool {
    let steps = &plan.lanes[lane].steps;
    steps[position + 1..]
        .iter()
        .find_map(|&index| match plan.steps[index].act {
            // What is not waited for has no limit: neither counts.
            Some(Act::Wait(_) | Act::Rest | Act::ExpectOptional(_)) | None => None,
            Some(Act::Expect(_) | Act::ExpectUrc(_) | Act::ExpectRaw(_)) => Some(true),
            Some(Act::Send(_) | Act::SendRaw(_) | Act::Direction(_) | Act::Check(_)) => Some(false),
        })
        .unwrap_or(false)
}

/// How much the `~` lines right before an expected line add to its limit.
pub(super) fn extension(plan: &Plan<'_>, lane: usize, index: usize) -> Duration {
    let steps = &plan.lanes[lane].steps;
    let position = steps.iter().position(|&step| step == index).unwrap_or(0);
    let mut extra = Duration::ZERO;
    for &before in steps[..position].iter().rev() {
        match plan.steps[before].act {
            Some(Act::Wait(interval)) => extra += interval.duration,
            Some(Act::Rest | Act::ExpectOptional(_)) | None => {}
            Some(
                Act::Send(_)
                | Act::SendRaw(_)
                | Act::ExpectRaw(_)
                | Act::Expect(_)
                | Act::ExpectUrc(_)
                | Act::Direction(_)
                | Act::Check(_),
            ) => break,
        }
    }
    extra
}

/// One past the last line of the exchange that begins here: up to its last `<`, `<?` or `...`.
pub(super) fn exchange_end(plan: &Plan<'_>, lane: usize, from: usize) -> usize {
    let steps = &plan.lanes[lane].steps;
    let mut end = from + 1;
    for (position, &index) in steps.iter().enumerate().skip(from + 1) {
        match plan.steps[index].act {
            Some(Act::Expect(_) | Act::ExpectOptional(_) | Act::Rest) => end = position + 1,
            Some(Act::ExpectUrc(_)) => {}
            Some(Act::Wait(_)) if extends(plan, lane, position) => {}
            Some(
                Act::Wait(_) | Act::Send(_) | Act::SendRaw(_) | Act::ExpectRaw(_) | Act::Direction(_) | Act::Check(_),
            )
            | None => break,
        }
    }
    end
}

/// How much the `~` lines right before a line add to its limit, whoever says it.
pub(super) fn extension_before(plan: &Plan<'_>, lane: usize, index: usize) -> Duration {
    let steps = &plan.lanes[lane].steps;
    let position = steps.iter().position(|&step| step == index).unwrap_or(0);
    let before = steps[..position].iter().rev().map_while(|&step| match plan.steps[step].act {
        Some(Act::Wait(interval)) => Some(interval.duration),
        Some(_) | None => None,
    });
    before.sum()
}
