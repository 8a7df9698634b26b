//! `atgate ports`: the serial ports of this machine, and the modems that are emulated on it.

use clap::Args;
use serde_json::json;

use super::say::say;
use super::{CliError, Exit};
use crate::port::{Attached, Listed, list};

/// The flags of `atgate ports`.
#[derive(Debug, Args)]
pub(super) struct Ports {
    /// One JSON object a line
    #[arg(long)]
    json: bool,
}

impl Ports {
    pub(super) fn run(self) -> Result<Exit, CliError> {
        let ports = list()?;
        let width = ports.iter().map(|port| port.path.display().to_string().len()).max().unwrap_or(0);
        for port in &ports {
            if self.json {
                say!("{}", object(port));
            } else {
                say!("{:width$}  {}", port.path.display().to_string(), attached(&port.attached));
                for link in &port.links {
                    say!("{:width$}  {}", "", link.display());
                }
            }
        }
        if ports.is_empty() && !self.json {
            anstream::eprintln!("no serial ports here, and no emulated modem; `atgate modem` starts one");
        }
        Ok(Exit::Passed)
    }
}

fn attached(attached: &Attached) -> String {
    match attached {
        Attached::Usb { vendor, product, name, interface, .. } => {
            let interface = interface.map(|number| format!("  interface {number}")).unwrap_or_default();
            format!("USB {vendor:04x}:{product:04x}  {name}{interface}")
        }
        Attached::Pci => "PCI".to_owned(),
        Attached::Bluetooth => "Bluetooth".to_owned(),
        Attached::Unknown => "serial".to_owned(),
        Attached::Emulated => "emulated by atgate".to_owned(),
    }
}

fn object(port: &Listed) -> serde_json::Value {
    let mut object = json!({
        "port": port.path,
        "attached": match &port.attached {
            Attached::Usb { .. } => "usb",
            Attached::Pci => "pci",
            Attached::Bluetooth => "bluetooth",
            Attached::Unknown => "unknown",
            Attached::Emulated => "emulated",
        },
        "links": port.links,
    });
    if let Attached::Usb { vendor, product, name, interface, .. } = &port.attached {
        object["usb"] = json!({
            "vendor": format!("{vendor:04x}"),
            "product": format!("{product:04x}"),
            "name": name,
            "interface": interface,
        });
    }
    object
}
