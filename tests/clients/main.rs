//! Real programs against `atgate modem`: terminals, a dialler, phone tools, daemons and scripts, each opening the port its own way.
//!
//! They come from Debian (`.ci/clients-install`). Where one is missing its test says so; with CI=true it fails.
#![cfg(target_os = "linux")]

mod bus;
mod chat;
mod console;
mod control;
mod data;
mod gammu;
mod gsmmodem;
mod learn;
mod life;
mod modem;
mod modem_manager;
mod ofono;
mod onboard;
mod ports;
mod pyserial;
mod record;
mod reopen;
mod rfc2217;
mod schemathesis;
mod send;
mod shared;
mod smsd;
mod terminals;
