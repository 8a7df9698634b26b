//! A port, for a person and for a program.

use serde_json::{Value, json};

use crate::cli::say::say;
use crate::port::{Attached, Grip, Holder, Listed, Owner};

/// The version of the JSON objects.
pub(super) const VERSION: u32 = 1;

/// What there is to say of a port.
pub(super) struct Row<'a> {
    pub(super) port: &'a Listed,
    /// What the device map calls the board on it.
    pub(super) device: Option<&'a str>,
    /// Who has it open.
    pub(super) holders: Vec<Holder>,
    /// Who has its lock.
    pub(super) owner: Option<Owner>,
    pub(super) grip: Grip,
}

/// Prints all ports.
pub(super) fn rows(rows: &[Row<'_>], as_json: bool) {
    let width = rows.iter().map(|row| row.port.path.display().to_string().len()).max().unwrap_or(0);
    for row in rows {
        if as_json {
            say!("{}", row.object());
            continue;
        }
        let mut lines = row.lines().into_iter();
        say!("{:width$}  {}", row.port.path.display().to_string(), lines.next().unwrap_or_default());
        for line in lines {
            say!("{:width$}  {line}", "");
        }
    }
}

/// Prints that a port came or went.
pub(super) fn event(event: &str, port: &Listed, device: Option<&str>, as_json: bool) {
    if as_json {
        let mut object = json!({ "v": VERSION, "event": event });
        fill(&mut object, port, device);
        say!("{object}");
    } else {
        say!("{event:9}  {}  {}", port.path.display(), one_line(port, device));
    }
}

impl Row<'_> {
    fn lines(&self) -> Vec<String> {
        let mut lines = vec![one_line(self.port, self.device)];
        lines.extend(self.port.links.iter().map(|link| link.display().to_string()));
        lines.extend(self.holders.iter().map(|holder| format!("open in {} (process {})", holder.program, holder.pid)));
        lines.extend(self.owner.iter().map(|owner| format!("locked for {} (process {})", owner.what, owner.pid)));
        lines.extend(match self.grip {
            Grip::MayTake => Some("ModemManager may take it".to_owned()),
            Grip::KeptAway(property) => Some(format!("ModemManager is kept away by {property}")),
            Grip::None => None,
        });
        lines
    }

    fn object(&self) -> Value {
        let mut object = json!({ "v": VERSION });
        fill(&mut object, self.port, self.device);
        let holders = self.holders.iter().map(|holder| json!({ "pid": holder.pid, "program": holder.program }));
        object["holders"] = holders.collect();
        object["lock"] = self.owner.as_ref().map(|owner| json!({ "pid": owner.pid, "for": owner.what })).into();
        object["modem_manager"] = match self.grip {
            Grip::MayTake => json!({ "may_take": true, "udev_rule": self.port.udev_rule() }),
            Grip::KeptAway(property) => json!({ "may_take": false, "kept_away_by": property }),
            Grip::None => Value::Null,
        };
        object
    }
}

fn one_line(port: &Listed, device: Option<&str>) -> String {
    let attached = match &port.attached {
        Attached::Usb { vendor, product, serial, name, interface, place } => {
            let parts = [
                Some(format!("USB {vendor:04x}:{product:04x}")),
                Some(name.clone()).filter(|name| !name.is_empty()),
                serial.as_ref().map(|serial| format!("serial {serial}")),
                interface.map(|number| format!("interface {number}")),
                place.as_ref().map(|place| format!("at {place}")),
            ];
            parts.into_iter().flatten().collect::<Vec<_>>().join("  ")
        }
        Attached::Pci => "PCI".to_owned(),
        Attached::Bluetooth => "Bluetooth".to_owned(),
        Attached::Unknown => "serial".to_owned(),
        Attached::Emulated => "emulated by atgate".to_owned(),
    };
    let device = device.map(|name| format!("[{name}]"));
    let driver = port.driver.as_ref().map(|driver| format!("driver {driver}"));
    [device, Some(attached), driver].into_iter().flatten().collect::<Vec<_>>().join("  ")
}

fn fill(object: &mut Value, port: &Listed, device: Option<&str>) {
    object["port"] = json!(port.path);
    object["device"] = json!(device);
    object["attached"] = json!(match &port.attached {
        Attached::Usb { .. } => "usb",
        Attached::Pci => "pci",
        Attached::Bluetooth => "bluetooth",
        Attached::Unknown => "unknown",
        Attached::Emulated => "emulated",
    });
    object["links"] = json!(port.links);
    object["driver"] = json!(port.driver);
    if let Attached::Usb { vendor, product, serial, name, interface, place } = &port.attached {
        object["usb"] = json!({
            "vendor": format!("{vendor:04x}"),
            "product": format!("{product:04x}"),
            "serial": serial,
            "name": name,
            "interface": interface,
            "place": place,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn port() -> Listed {
        let attached = Attached::Usb {
            vendor: 0x2c7c,
            product: 0x0125,
            serial: Some("TEST1".to_owned()),
            name: "Quectel EG25-G".to_owned(),
            interface: Some(2),
            place: Some("1-1.4".to_owned()),
        };
        let links = vec!["/dev/serial/by-id/usb-Quectel_EG25-G_TEST1-if02-port0".into()];
        Listed { path: "/dev/ttyUSB2".into(), attached, links, driver: Some("option".to_owned()), plugging: 7 }
    }

    #[test]
    fn all_that_is_known_of_a_port_is_shown() {
        let port = port();
        let holders = vec![Holder { pid: 40, program: "picocom".to_owned() }];
        let owner = Some(Owner { pid: 41, what: "onboard".to_owned() });
        let row = Row { port: &port, device: Some("board-1"), holders, owner, grip: Grip::MayTake };
        insta::assert_snapshot!(row.lines().join("\n"), @"
        [board-1]  USB 2c7c:0125  Quectel EG25-G  serial TEST1  interface 2  at 1-1.4  driver option
        /dev/serial/by-id/usb-Quectel_EG25-G_TEST1-if02-port0
        open in picocom (process 40)
        locked for onboard (process 41)
        ModemManager may take it
        ");
        insta::assert_snapshot!(serde_json::to_string_pretty(&row.object()).unwrap());
    }

    #[test]
    fn a_port_of_which_little_is_known_has_nothing_made_up() {
        let port = Listed {
            path: "/dev/ttyS0".into(),
            attached: Attached::Unknown,
            links: Vec::new(),
            driver: None,
            plugging: 0,
        };
        let row = Row {
            port: &port,
            device: None,
            holders: Vec::new(),
            owner: None,
            grip: Grip::KeptAway("ID_MM_PORT_IGNORE"),
        };
        insta::assert_snapshot!(row.lines().join("\n"), @"
        serial
        ModemManager is kept away by ID_MM_PORT_IGNORE
        ");
        insta::assert_snapshot!(row.object(), @r#"{"attached":"unknown","device":null,"driver":null,"holders":[],"links":[],"lock":null,"modem_manager":{"kept_away_by":"ID_MM_PORT_IGNORE","may_take":false},"port":"/dev/ttyS0","v":1}"#);
    }
}
