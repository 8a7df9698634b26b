//! The list of ports where serialport tells it, and nobody tells more.

use serialport::{SerialPortType, UsbPortInfo};

use super::{Attached, Grip, Holder, Listed, sort};
use crate::port::error::PortError;

/// Lists the ports, in the order of their names.
///
/// # Errors
///
/// Where the system does not tell.
pub fn list() -> Result<Vec<Listed>, PortError> {
    let ports = serialport::available_ports()
        .map_err(|error| PortError::from_io("the list of serial ports", std::io::Error::other(error.description)))?;
    let listed = |port: serialport::SerialPortInfo| Listed {
        path: port.port_name.into(),
        attached: attached(port.port_type),
        links: Vec::new(),
        driver: None,
        plugging: 0,
    };
    let mut listed: Vec<Listed> = ports.into_iter().map(listed).collect();
    sort(&mut listed);
    Ok(listed)
}

fn attached(port: SerialPortType) -> Attached {
    match port {
        SerialPortType::UsbPort(UsbPortInfo { vid, pid, serial_number, manufacturer, product, interface }) => {
            let name = [manufacturer, product].into_iter().flatten().collect::<Vec<_>>().join(" ");
            Attached::Usb { vendor: vid, product: pid, serial: serial_number, name, interface, place: None }
        }
        SerialPortType::PciPort => Attached::Pci,
        SerialPortType::BluetoothPort => Attached::Bluetooth,
        SerialPortType::Unknown => Attached::Unknown,
    }
}

/// Who has each of the ports open: nobody tells.
pub fn holders(ports: &[Listed]) -> Vec<Vec<Holder>> {
    ports.iter().map(|_| Vec::new()).collect()
}

/// Whether ModemManager may take each of the ports: there is none here.
pub fn grips(ports: &[Listed]) -> Vec<Grip> {
    ports.iter().map(|_| Grip::None).collect()
}
