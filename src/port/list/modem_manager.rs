//! Whether ModemManager may take a port: it asks every USB serial port whether it is a modem, unless udev's data say otherwise.
//!
//! Source: ModemManager's reference, "Common udev tags" (ID_MM_DEVICE_IGNORE, ID_MM_PORT_IGNORE); udev's data are the lines `E:KEY=VALUE` of
//! /run/udev/data/cMAJOR:MINOR.

use std::fs;
use std::path::Path;

use super::holders::runs;
use super::sysfs::Place;
use super::{Attached, Grip, Listed};

/// What keeps it away; the third is the second's old name.
const PROPERTIES: [&str; 3] = ["ID_MM_DEVICE_IGNORE", "ID_MM_PORT_IGNORE", "ID_MM_TTY_BLACKLIST"];

/// Whether it may take each of the ports, below `root`.
pub(super) fn grips(root: &Path, ports: &[Listed]) -> Vec<Grip> {
    if !runs(root, "ModemManager") {
        return ports.iter().map(|_| Grip::None).collect();
    }
    ports.iter().map(|port| grip(root, port)).collect()
}

fn grip(root: &Path, port: &Listed) -> Grip {
    match port.attached {
        Attached::Usb { .. } => {}
        Attached::Pci | Attached::Bluetooth | Attached::Unknown | Attached::Emulated => return Grip::None,
    }
    let name = port.path.file_name().unwrap_or_default().to_string_lossy();
    let Some(place) = Place::of(root, &name) else { return Grip::None };
    let data: Vec<String> = place
        .numbered()
        .filter_map(|numbers| fs::read_to_string(root.join(format!("run/udev/data/c{numbers}"))).ok())
        .collect();
    let is_set = |property: &&str| data.iter().flat_map(|text| text.lines()).any(|line| says(line, property));
    PROPERTIES.into_iter().find(is_set).map_or(Grip::MayTake, Grip::KeptAway)
}

/// Whether a line gives a property a value that means yes.
fn says(line: &str, property: &str) -> bool {
    let value =
        line.strip_prefix("E:").and_then(|line| line.strip_prefix(property)).and_then(|line| line.strip_prefix('='));
    value.is_some_and(|value| value == "1" || value.eq_ignore_ascii_case("true"))
}
