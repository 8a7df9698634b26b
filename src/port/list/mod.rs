//! The serial ports of this machine, and the modems that are emulated on it: what each one is, by what names it is known again, who
//! has it open, and when one comes or goes.
//!
//! Reads what the system tells (sysfs, udev's links and data, /proc) and opens no port: one that is opened may drop DTR, and a
//! module may take that for the end of a call.

mod changes;
#[cfg(target_os = "linux")]
mod holders;
#[cfg(target_os = "linux")]
mod modem_manager;
#[cfg(not(target_os = "linux"))]
mod portable;
#[cfg(target_os = "linux")]
mod sysfs;
#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests;

use std::path::{Path, PathBuf};

#[cfg(target_os = "linux")]
use super::error::PortError;
pub use changes::{Change, Changes};

#[cfg(not(target_os = "linux"))]
pub use portable::{grips, holders, list};

/// A port that can be opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// What to open.
    pub path: PathBuf,
    /// How it is attached.
    pub attached: Attached,
    /// Names that stay the same when devices are plugged in again: /dev/serial/by-id and by-path.
    pub links: Vec<PathBuf>,
    /// What drives it: `option`, `cdc_acm`; not every system tells.
    pub driver: Option<String>,
    /// A number that is another one each time that it is plugged in; 0 where nothing tells.
    pub plugging: u64,
}

/// How a port is attached to this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attached {
    /// By USB.
    Usb {
        /// The vendor's number.
        vendor: u16,
        /// The vendor's number for the product.
        product: u16,
        /// The device's serial number; not every one has one.
        serial: Option<String>,
        /// What the device says of itself: maker and product.
        name: String,
        /// Which of the device's interfaces it is: a module has several.
        interface: Option<u8>,
        /// Where it is plugged in, as the system writes bus and hub ports: `1-1.2`.
        place: Option<String>,
    },
    /// On the PCI bus.
    Pci,
    /// By Bluetooth.
    Bluetooth,
    /// In a way that the system does not tell.
    Unknown,
    /// Nowhere: an atgate emulates the modem behind it.
    Emulated,
}

/// A program that has a port open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// Its process.
    pub pid: u32,
    /// What the system calls it, at most 15 characters.
    pub program: String,
}

/// Whether ModemManager may take a port for itself, and write to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grip {
    /// It does not run, or the port is of a kind that it leaves alone.
    None,
    /// It runs, and this property in udev's data keeps it away.
    KeptAway(&'static str),
    /// It runs, and nothing keeps it away.
    MayTake,
}

impl Listed {
    /// The number of its USB interface, if it has one.
    pub fn interface(&self) -> Option<u8> {
        match &self.attached {
            Attached::Usb { interface, .. } => *interface,
            Attached::Pci | Attached::Bluetooth | Attached::Unknown | Attached::Emulated => None,
        }
    }

    /// The line of a udev rule that keeps ModemManager away from a USB device like this one, with all its ports.
    pub fn udev_rule(&self) -> Option<String> {
        match &self.attached {
            Attached::Usb { vendor, product, .. } => Some(format!(
                r#"ACTION!="remove", ATTRS{{idVendor}}=="{vendor:04x}", ATTRS{{idProduct}}=="{product:04x}", ENV{{ID_MM_DEVICE_IGNORE}}="1""#
            )),
            Attached::Pci | Attached::Bluetooth | Attached::Unknown | Attached::Emulated => None,
        }
    }
}

/// Lists the ports, in the order of their names.
///
/// # Errors
///
/// Where the system does not tell.
#[cfg(target_os = "linux")]
pub fn list() -> Result<Vec<Listed>, PortError> {
    let mut listed = sysfs::ports(Path::new("/"));
    let emulated =
        |(path, plugging)| Listed { path, attached: Attached::Emulated, links: Vec::new(), driver: None, plugging };
    listed.extend(super::claim::emulated_devices().into_iter().map(emulated));
    sort(&mut listed);
    Ok(listed)
}

/// Who has each of the ports open, as far as this user may see.
#[cfg(target_os = "linux")]
pub fn holders(ports: &[Listed]) -> Vec<Vec<Holder>> {
    holders::of(Path::new("/"), ports)
}

/// Who has this device open, as far as this user may see; none where the system does not tell.
pub(super) fn holders_of(device: &Path) -> Vec<Holder> {
    let device = device.canonicalize().unwrap_or_else(|_| device.to_owned());
    holders::of_device(Path::new("/"), &device)
}

/// Whether ModemManager may take each of the ports.
#[cfg(target_os = "linux")]
pub fn grips(ports: &[Listed]) -> Vec<Grip> {
    modem_manager::grips(Path::new("/"), ports)
}

/// Sorts ttyUSB10 behind ttyUSB9.
fn sort(ports: &mut [Listed]) {
    ports.sort_by_cached_key(|port| by_number(&port.path));
}

fn by_number(path: &Path) -> (String, u64) {
    let text = path.to_string_lossy();
    let name = text.trim_end_matches(|letter: char| letter.is_ascii_digit());
    (name.to_owned(), text[name.len()..].parse().unwrap_or(0))
}
