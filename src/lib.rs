//! atgate plays both ends of a modem's serial line: it emulates a cellular modem, drives a real one through the same
//! script, and judges whether a device's identity lets it join a network.
//!
//! The rooms, lowest first; each arrow between them points down:
//!
//! | room | what it is about |
//! |---|---|
//! | [`wire`] | the AT grammar, both directions: bytes to values and back |
//! | [`identity`] | IMEI, IMEISV, MEID, IMSI, ICCID, EID, TAC: values and their rules |
//! | [`register`] | the equipment register: lists, policies, decisions |
//! | [`modem`] | the emulated modem: pure state machines, and its profiles as data |
//! | [`script`] | the script language: text to a tree and back; runs nothing |
//! | [`port`] | byte pipes with a real clock: pty, serial, RFC 2217, TCP, Unix socket, stdio |
//! | [`run`] | plays scripts: roles, matching, verdicts, transcripts, snapshots, reports |
//! | [`rig`] | what is plugged in: the device map, talking to a board, onboarding many, learning a module |
//! | [`console`] | the session at the keyboard, and the decoder that says what a line means |
//! | [`service`] | HTTP: the register's standard interfaces |
//! | [`cli`] | the verbs: the only room that prints to the terminal or exits |
#![forbid(unsafe_code)]

pub mod cli;
pub mod console;
pub mod identity;
pub mod modem;
pub mod port;
pub mod register;
pub mod rig;
pub mod run;
pub mod script;
pub mod service;
pub mod wire;
