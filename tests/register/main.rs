//! The register from outside: both stores through one set of tests, and the program's own verbs.

mod killed;
mod network;
mod server;
mod stores;
