//! Another register, asked over HTTP: by the client, and by the network of a virtual modem.
//!
//! A server on loopback speaks TS 29.511, and everything else that goes wrong on the way.

#![expect(clippy::unwrap_used, reason = "a bench that cannot be set up ends the test")]

mod client;
mod network;
mod server;
