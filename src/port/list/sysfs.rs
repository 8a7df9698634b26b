//! The serial ports of Linux: what sysfs tells of each, and what udev links to it.
//!
//! Source: the kernel's Documentation/admin-guide/sysfs-rules.rst and Documentation/ABI/testing/sysfs-tty. The folder of a tty leads by its link
//! `device` to the device that it is of; a USB interface (`bInterfaceNumber`) and the USB device (`idVendor`) stand above that one.

use std::fs;
use std::path::{Path, PathBuf};

use super::{Attached, Listed};

/// Where a port stands in the tree of devices.
pub(super) struct Place {
    /// Its folder in /sys/class/tty.
    tty: PathBuf,
    /// What it is of.
    device: PathBuf,
    /// The USB interface that it is on.
    interface: Option<PathBuf>,
    /// The USB device that it is on.
    usb: Option<PathBuf>,
}

/// The ports below `root`, which is `/` but for a test's tree.
pub(super) fn ports(root: &Path) -> Vec<Listed> {
    let links = stable_links(root);
    let names = fs::read_dir(root.join("sys/class/tty")).into_iter().flatten().flatten();
    names.filter_map(|entry| port(root, &entry.file_name().to_string_lossy(), &links)).collect()
}

/// What udev links to serial devices, and where each link leads.
fn stable_links(root: &Path) -> Vec<(PathBuf, PathBuf)> {
    let mut links = Vec::new();
    for folder in ["dev/serial/by-id", "dev/serial/by-path"] {
        for entry in fs::read_dir(root.join(folder)).into_iter().flatten().flatten() {
            links.extend(entry.path().canonicalize().ok().map(|target| (entry.path(), target)));
        }
    }
    links.sort();
    links
}

/// One port; `None` for consoles and other terminals that no device is behind.
fn port(root: &Path, name: &str, links: &[(PathBuf, PathBuf)]) -> Option<Listed> {
    let path = root.join("dev").join(name);
    let links = links.iter().filter(|(_, target)| *target == path).map(|(link, _)| link.clone()).collect();
    let Some(place) = Place::of(root, name) else {
        // A Bluetooth terminal stands in no tree.
        let bluetooth = Listed { path, attached: Attached::Bluetooth, links, driver: None, plugging: 0 };
        return name.starts_with("rfcomm").then_some(bluetooth);
    };
    // The kernel has a ttyS for each UART that a board might have; type 0 is one that this board has not.
    if text(&place.tty, "type").is_some_and(|kind| kind == "0") {
        return None;
    }
    let number = |name| place.usb.as_ref().and_then(|usb| text(usb, name)?.parse::<u64>().ok());
    let plugging = number("busnum").unwrap_or(0) << 32 | number("devnum").unwrap_or(0);
    Some(Listed { path, attached: place.attached(), links, driver: place.driver(), plugging })
}

impl Place {
    /// Where the port of that name stands.
    pub(super) fn of(root: &Path, name: &str) -> Option<Place> {
        let tty = root.join("sys/class/tty").join(name);
        let device = tty.join("device").canonicalize().ok()?;
        let devices = root.join("sys/devices").canonicalize().ok()?;
        let above: Vec<&Path> = device.ancestors().take_while(|folder| folder.starts_with(&devices)).collect();
        let find =
            |file: &str| above.iter().find(|folder| folder.join(file).exists()).map(|folder| (*folder).to_owned());
        let (interface, usb) = (find("bInterfaceNumber"), find("idVendor"));
        Some(Place { tty, device, interface, usb })
    }

    /// Major and minor numbers of the port and of its USB device, as in `188:2`: udev keeps its data by them.
    pub(super) fn numbered(&self) -> impl Iterator<Item = String> + '_ {
        let folders = [Some(&self.tty), self.usb.as_ref()].into_iter().flatten();
        folders.filter_map(|folder| text(folder, "dev"))
    }

    fn attached(&self) -> Attached {
        let Some(usb) = &self.usb else { return self.elsewhere() };
        let number = |name| text(usb, name).and_then(|digits| u16::from_str_radix(&digits, 16).ok());
        let (Some(vendor), Some(product)) = (number("idVendor"), number("idProduct")) else { return Attached::Unknown };
        let interface = self.interface.as_ref().and_then(|folder| text(folder, "bInterfaceNumber"));
        let name = ["manufacturer", "product"].into_iter().filter_map(|file| text(usb, file));
        Attached::Usb {
            vendor,
            product,
            serial: text(usb, "serial"),
            name: name.collect::<Vec<_>>().join(" "),
            interface: interface.and_then(|digits| u8::from_str_radix(&digits, 16).ok()),
            place: usb.file_name().map(|name| name.to_string_lossy().into_owned()),
        }
    }

    fn elsewhere(&self) -> Attached {
        let buses: Vec<String> =
            self.device.ancestors().filter_map(|folder| leads_to(&folder.join("subsystem"))).collect();
        match () {
            () if buses.iter().any(|bus| bus == "bluetooth") => Attached::Bluetooth,
            () if buses.iter().any(|bus| bus == "pci") => Attached::Pci,
            () => Attached::Unknown,
        }
    }

    /// The driver of the USB interface (`option`, where the tty's own would be `option1`), or the nearest one.
    fn driver(&self) -> Option<String> {
        let own = self.interface.as_ref().unwrap_or(&self.device);
        // Between a UART and its ttyS the kernel has stood devices of its own since 6.5.
        let is_real = |folder: &&Path| leads_to(&folder.join("subsystem")).is_none_or(|bus| bus != "serial-base");
        own.ancestors().take(4).filter(is_real).find_map(|folder| leads_to(&folder.join("driver")))
    }
}

/// A file's text without its end of line and what else is no letter; `None` for an empty one.
fn text(folder: &Path, file: &str) -> Option<String> {
    let bytes = fs::read(folder.join(file)).ok()?;
    let text = String::from_utf8_lossy(&bytes);
    let text: String = text.trim().chars().filter(|letter| !letter.is_control()).collect();
    (!text.is_empty()).then_some(text)
}

/// The last part of where a link leads.
fn leads_to(link: &Path) -> Option<String> {
    Some(fs::read_link(link).ok()?.file_name()?.to_string_lossy().into_owned())
}
