//! The serial ports of this machine, and the modems that are emulated on it.

use std::fs;
use std::path::{Path, PathBuf};

use serialport::{SerialPortType, UsbPortInfo};

use super::error::PortError;

/// A port that can be opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// What to open.
    pub path: PathBuf,
    /// How it is attached.
    pub attached: Attached,
    /// Names that stay the same when devices are plugged in again: /dev/serial/by-id and by-path.
    pub links: Vec<PathBuf>,
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

impl Listed {
    /// The number of its USB interface, if it has one.
    pub fn interface(&self) -> Option<u8> {
        match &self.attached {
            Attached::Usb { interface, .. } => *interface,
            Attached::Pci | Attached::Bluetooth | Attached::Unknown | Attached::Emulated => None,
        }
    }
}

/// Lists the ports, in the order of their names.
///
/// # Errors
///
/// Where the system does not tell.
pub fn list() -> Result<Vec<Listed>, PortError> {
    let links = stable_links();
    let mut listed: Vec<Listed> = devices()?
        .into_iter()
        .map(|(path, attached)| {
            let links = links.iter().filter(|(_, target)| *target == path).map(|(link, _)| link.clone()).collect();
            Listed { path, attached, links }
        })
        .chain(emulated())
        .collect();
    listed.sort_by_cached_key(|port| by_number(&port.path));
    Ok(listed)
}

fn devices() -> Result<Vec<(PathBuf, Attached)>, PortError> {
    // Where there is no such folder (in a container), serialport would panic.
    if cfg!(target_os = "linux") && !Path::new("/sys/class/tty").is_dir() {
        return Ok(Vec::new());
    }
    let ports = serialport::available_ports()
        .map_err(|error| PortError::from_io("the list of serial ports", std::io::Error::other(error.description)))?;
    Ok(ports.into_iter().map(|port| (port.port_name.into(), attached(port.port_type))).collect())
}

fn attached(port: SerialPortType) -> Attached {
    match port {
        SerialPortType::UsbPort(UsbPortInfo { vid, pid, serial_number, manufacturer, product, interface }) => {
            let name = [manufacturer, product].into_iter().flatten().collect::<Vec<_>>().join(" ");
            Attached::Usb { vendor: vid, product: pid, serial: serial_number, name, interface }
        }
        SerialPortType::PciPort => Attached::Pci,
        SerialPortType::BluetoothPort => Attached::Bluetooth,
        SerialPortType::Unknown => Attached::Unknown,
    }
}

/// What udev links to serial devices, and where each link leads.
fn stable_links() -> Vec<(PathBuf, PathBuf)> {
    let mut links = Vec::new();
    for folder in ["/dev/serial/by-id", "/dev/serial/by-path"] {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            links.extend(entry.path().canonicalize().ok().map(|target| (entry.path(), target)));
        }
    }
    links.sort();
    links
}

#[cfg(target_os = "linux")]
fn emulated() -> Vec<Listed> {
    let listed = |path| Listed { path, attached: Attached::Emulated, links: Vec::new() };
    super::claim::emulated_devices().into_iter().map(listed).collect()
}

#[cfg(not(target_os = "linux"))]
fn emulated() -> Vec<Listed> {
    Vec::new()
}

/// Sorts ttyUSB10 behind ttyUSB9.
fn by_number(path: &Path) -> (String, u64) {
    let text = path.to_string_lossy();
    let name = text.trim_end_matches(|letter: char| letter.is_ascii_digit());
    (name.to_owned(), text[name.len()..].parse().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_sorted_as_people_count() {
        let mut ports = ["/dev/ttyUSB10", "/dev/ttyACM0", "/dev/ttyUSB9", "/dev/cu"].map(PathBuf::from);
        ports.sort_by_cached_key(|path| by_number(path));
        assert_eq!(ports, ["/dev/cu", "/dev/ttyACM0", "/dev/ttyUSB9", "/dev/ttyUSB10"].map(PathBuf::from));
    }

    #[tokio::test]
    #[cfg(target_os = "linux")]
    async fn an_emulated_modem_is_listed_while_it_lives() {
        let modem = crate::port::Ptys::new().unwrap().create(None).unwrap();
        let expected = Listed { path: modem.path().to_owned(), attached: Attached::Emulated, links: Vec::new() };
        assert!(list().unwrap().contains(&expected));
        drop(modem);
        assert!(!list().unwrap().contains(&expected));
    }
}
