//! The register from outside: both stores through one set of tests, and the program's own verbs.

#![expect(clippy::unwrap_used, reason = "a bench that cannot be set up ends the test")]

mod big;
mod cases;
mod conditions;
mod encrypted;
mod fleet;
mod keeping;
mod killed;
mod network;
mod serve;
mod server;
mod sets;
mod stores;
mod watch;
mod watching;
