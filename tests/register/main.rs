//! The register from outside: both stores through one set of tests, and the program's own verbs.

mod server;
mod stores;
