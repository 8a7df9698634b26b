//! A board: how its port is known again, and what stands with it.

use std::fmt;
use std::path::Path;

use super::glob::matches;
use super::power::Power;
use crate::identity::{Iccid, Imei, Imsi, Tac};
use crate::port::{Address, Attached, Listed, Settings};
use crate::rig::limit::Limit;

/// One board of the map.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// What the bench calls it.
    pub name: String,
    /// Where its port is.
    pub place: Place,
    /// The TACs that it may have; none: any. Only the board itself can say.
    pub tacs: Vec<Tac>,
    /// How its port is set, if it is a serial one.
    pub settings: Settings,
    /// What stands with it.
    pub fixtures: Fixtures,
    /// What stands on it.
    pub label: Label,
    /// What is measured of it must keep to these: its own, and those of the map under other names.
    pub limits: Vec<Limit>,
}

/// Where a board's port is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// At an address that is written down.
    At(Address),
    /// Wherever a port fits.
    Where(Rule),
}

/// What a port must be: all that is written down, and something is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rule {
    /// The USB device's serial number; `*` and `?` as in all texts here.
    pub serial: Option<String>,
    /// The number of the USB interface, 0 to 255: a module has several.
    pub interface: Option<u8>,
    /// A link in /dev/serial/by-id, without the folder.
    pub by_id: Option<String>,
    /// A link in /dev/serial/by-path, without the folder.
    pub by_path: Option<String>,
    /// The port itself, or any link to it.
    pub path: Option<String>,
    /// The USB numbers of vendor and product.
    pub usb: Option<(u16, u16)>,
}

/// What stands with a board.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fixtures {
    /// The SIM that is in it.
    pub sim: Option<Sim>,
    /// How its antenna is connected, in the bench's words.
    pub antenna: Option<String>,
    /// How its power is switched.
    pub power: Option<Power>,
}

/// The SIM that is in a board.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sim {
    /// Its number.
    pub iccid: Option<Iccid>,
    /// Its subscriber.
    pub imsi: Option<Imsi>,
    /// The environment variable that holds its PIN: the file itself holds no secret.
    pub pin_env: Option<String>,
}

/// What stands on a board's label, or is expected of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Label {
    /// Its IMEI.
    pub imei: Option<Imei>,
    /// The model, as `AT+CGMM` says it; `*` and `?` as elsewhere.
    pub model: Option<String>,
    /// The firmware, as `AT+CGMR` says it; `*` and `?` as elsewhere.
    pub firmware: Option<String>,
}

impl Label {
    /// Whether a board may call itself this model.
    pub fn is_of_model(&self, model: &str) -> bool {
        self.model.as_deref().is_none_or(|pattern| matches(pattern, model))
    }

    /// Whether a board may have this firmware.
    pub fn has_firmware(&self, firmware: &str) -> bool {
        self.firmware.as_deref().is_none_or(|pattern| matches(pattern, firmware))
    }
}

impl Rule {
    /// Whether nothing is written down.
    pub fn is_empty(&self) -> bool {
        *self == Rule::default()
    }

    /// Whether a port is what this says.
    pub fn fits(&self, port: &Listed) -> bool {
        let usb = match &port.attached {
            Attached::Usb { vendor, product, serial, interface, .. } => {
                Some(((*vendor, *product), serial.as_deref(), *interface))
            }
            Attached::Pci | Attached::Bluetooth | Attached::Unknown | Attached::Emulated => None,
        };
        let numbers = usb.map(|(numbers, ..)| numbers);
        let serial = usb.and_then(|(_, serial, _)| serial);
        let interface = usb.and_then(|(_, _, interface)| interface);
        self.usb.is_none_or(|wanted| numbers == Some(wanted))
            && self.interface.is_none_or(|wanted| interface == Some(wanted))
            && self.serial.as_deref().is_none_or(|wanted| serial.is_some_and(|serial| matches(wanted, serial)))
            && self.by_id.as_deref().is_none_or(|wanted| is_linked(port, "by-id", wanted))
            && self.by_path.as_deref().is_none_or(|wanted| is_linked(port, "by-path", wanted))
            && self.path.as_deref().is_none_or(|wanted| is_at(port, wanted))
    }
}

/// Whether a link to the port in that folder of /dev/serial has such a name.
fn is_linked(port: &Listed, folder: &str, wanted: &str) -> bool {
    port.links.iter().any(|link| {
        let stands_there = link.parent().and_then(Path::file_name).is_some_and(|name| name == folder);
        stands_there && link.file_name().is_some_and(|name| matches(wanted, &name.to_string_lossy()))
    })
}

/// Whether the port has such a path: its own, a link that udev made, or any other link that is written out.
fn is_at(port: &Listed, wanted: &str) -> bool {
    let mut paths = std::iter::once(&port.path).chain(&port.links);
    paths.any(|path| matches(wanted, &path.to_string_lossy()))
        || (!wanted.contains(['*', '?']) && Path::new(wanted).canonicalize().is_ok_and(|path| path == port.path))
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Rule { serial, interface, by_id, by_path, path, usb } = self;
        let parts = [
            usb.map(|(vendor, product)| format!("usb {vendor:04x}:{product:04x}")),
            serial.as_ref().map(|serial| format!("serial {serial}")),
            interface.map(|interface| format!("interface {interface}")),
            by_id.as_ref().map(|link| format!("by-id {link}")),
            by_path.as_ref().map(|link| format!("by-path {link}")),
            path.as_ref().map(|path| format!("path {path}")),
        ];
        f.write_str(&parts.into_iter().flatten().collect::<Vec<_>>().join(", "))
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::At(address) => address.fmt(f),
            Place::Where(rule) => rule.fmt(f),
        }
    }
}
