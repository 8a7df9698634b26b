//! The register from outside: both stores through one set of tests, and the program's own verbs.

mod cases;
mod killed;
mod network;
mod server;
mod stores;
mod watch;
mod watching;
