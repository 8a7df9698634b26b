//! Messages played from outside: what clients say, and what a modem makes of what comes.

mod bad;
mod clients;
mod coming;
mod going;
mod memories;

use crate::modem::tests::Desk;

/// Plays signs against the default profile, once it is registered, with these settings.
fn play(settings: &[&str], script: &str) -> String {
    Desk::registered("generic-lte", settings).play(script)
}
