//! Another register, asked over HTTP: by the client, and by the network of a virtual modem.
//!
//! A server on loopback speaks TS 29.511, and everything else that goes wrong on the way.

mod client;
mod network;
mod server;
