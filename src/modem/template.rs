//! `{name}` in a profile's texts: the modem's own values.

use std::fmt::Write as _;

use super::sim::Sim;
use super::{Modem, Setting, network::Network};

/// The names that may stand between braces.
const NAMES: [&str; 19] = [
    "imei",
    "imei14",
    "imeisv",
    "svn",
    "serial",
    "manufacturer",
    "model",
    "revision",
    "capabilities",
    "cfun",
    "pin",
    "imsi",
    "iccid",
    "eid",
    "msisdn",
    "operator",
    "plmn",
    "cause",
    "stat",
];

/// The first `{name}` that means nothing, if there is one.
pub(super) fn unknown_name(text: &str) -> Option<&str> {
    pieces(text).find_map(|piece| match piece {
        Piece::Name(name) if !NAMES.contains(&name) => Some(name),
        Piece::Name(_) | Piece::Text(_) => None,
    })
}

/// The text with the modem's values put in.
pub(super) fn fill(modem: &Modem, text: &str) -> String {
    let mut filled = String::with_capacity(text.len() + 16);
    for piece in pieces(text) {
        match piece {
            Piece::Text(text) => filled.push_str(text),
            Piece::Name(name) => value(modem, name, &mut filled),
        }
    }
    filled
}

fn value(modem: &Modem, name: &str, out: &mut String) {
    let equipment = &modem.profile.equipment;
    match name {
        "imei" => out.push_str(&modem.equipment.imei_text()),
        "imei14" => out.push_str(modem.equipment.imei_text().get(..14).unwrap_or_default()),
        "imeisv" => out.push_str(&modem.equipment.imeisv_text(&modem.profile)),
        "svn" => out.push_str(modem.equipment.imeisv_text(&modem.profile).get(14..).unwrap_or(&modem.profile.svn)),
        "serial" if equipment.serial.is_empty() => out.push_str(&modem.equipment.imei_text()),
        "serial" => out.push_str(&equipment.serial),
        "manufacturer" => out.push_str(&equipment.manufacturer),
        "model" => out.push_str(&equipment.model),
        "revision" => out.push_str(&equipment.revision),
        "capabilities" => out.push_str(&equipment.capabilities.join(",")),
        "cfun" => {
            // Writing to a string does not fail.
            let _ = write!(out, "{}", modem.setting(Setting::Functionality));
        }
        "operator" | "plmn" | "cause" | "stat" => out.push_str(&Network::text(modem, name)),
        // What is left is the card's.
        name => out.push_str(&Sim::text(modem, name)),
    }
}

enum Piece<'a> {
    Text(&'a str),
    Name(&'a str),
}

/// Cuts at `{name}`; a brace that opens no word is text.
fn pieces(mut text: &str) -> impl Iterator<Item = Piece<'_>> {
    std::iter::from_fn(move || {
        if text.is_empty() {
            return None;
        }
        if let Some((name, rest)) = text.strip_prefix('{').and_then(|inner| inner.split_once('}'))
            && !name.is_empty()
            && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        {
            text = rest;
            return Some(Piece::Name(name));
        }
        let end = text.char_indices().skip(1).find(|&(_, char)| char == '{').map_or(text.len(), |(at, _)| at);
        let (piece, rest) = text.split_at(end);
        text = rest;
        Some(Piece::Text(piece))
    })
}
