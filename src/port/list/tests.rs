//! A made-up machine: a folder with the parts of sysfs, udev and /proc that are read.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use super::*;

/// A machine of which nothing is there yet.
struct Machine(tempfile::TempDir);

impl Machine {
    fn new() -> Self {
        let machine = Machine(tempfile::tempdir().unwrap());
        for folder in ["sys/class/tty", "sys/devices", "dev", "proc", "run/udev/data"] {
            fs::create_dir_all(machine.root().join(folder)).unwrap();
        }
        machine
    }

    fn root(&self) -> PathBuf {
        self.0.path().canonicalize().unwrap()
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.root().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn link(&self, path: &str, target: impl AsRef<Path>) {
        let path = self.root().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        symlink(target, path).unwrap();
    }

    /// A module with ports of a USB-to-serial driver on so many interfaces, the first of them `first`.
    fn module(&self, usb: &str, (vendor, product): (&str, &str), interfaces: u8, first: u8) {
        let device = format!("sys/devices/pci0000:00/0000:00:14.0/usb1/{usb}");
        self.write(&format!("{device}/idVendor"), &format!("{vendor}\n"));
        self.write(&format!("{device}/idProduct"), &format!("{product}\n"));
        self.write(&format!("{device}/manufacturer"), "Quectel\n");
        self.write(&format!("{device}/product"), "LTE Module\n");
        self.write(&format!("{device}/serial"), &format!("TEST{usb}\n"));
        self.write(&format!("{device}/busnum"), "1\n");
        self.write(&format!("{device}/devnum"), "7\n");
        self.write(&format!("{device}/dev"), "189:6\n");
        for interface in 0..interfaces {
            let tty = format!("ttyUSB{}", first + interface);
            let folder = format!("{device}/{usb}:1.{interface}");
            self.write(&format!("{folder}/bInterfaceNumber"), &format!("{interface:02x}\n"));
            self.link(&format!("{folder}/driver"), "../../../bus/usb/drivers/option");
            self.link(&format!("{folder}/{tty}/driver"), "../../../bus/usb-serial/drivers/option1");
            self.write(&format!("{folder}/{tty}/tty/{tty}/dev"), &format!("188:{}\n", first + interface));
            self.link(&format!("{folder}/{tty}/tty/{tty}/device"), format!("../../../{tty}"));
            self.link(&format!("sys/class/tty/{tty}"), self.root().join(format!("{folder}/{tty}/tty/{tty}")));
            self.write(&format!("dev/{tty}"), "");
            let link = format!("dev/serial/by-id/usb-Quectel_LTE_Module_TEST{usb}-if{interface:02}-port0");
            self.link(&link, format!("../../{tty}"));
            let link = format!("dev/serial/by-path/pci-0000:00:14.0-usb-0:{}:1.{interface}-port0", &usb[2..]);
            self.link(&link, format!("../../{tty}"));
        }
    }

    fn process(&self, pid: u32, program: &str, files: &[&str]) {
        self.write(&format!("proc/{pid}/comm"), &format!("{program}\n"));
        for (number, file) in files.iter().enumerate() {
            self.link(&format!("proc/{pid}/fd/{number}"), self.root().join(file));
        }
    }

    fn ports(&self) -> Vec<Listed> {
        let mut ports = sysfs::ports(&self.root());
        sort(&mut ports);
        ports
    }

    fn shown(&self) -> String {
        let root = format!("{}/", self.root().display());
        self.ports().iter().map(|port| format!("{port:?}\n").replace(&root, "/")).collect()
    }
}

#[test]
fn each_port_of_a_module_is_told_with_its_interface_and_its_stable_names() {
    let machine = Machine::new();
    machine.module("1-1.4", ("2c7c", "0125"), 2, 9);
    insta::assert_snapshot!(machine.shown(), @r#"
    Listed { path: "/dev/ttyUSB9", attached: Usb { vendor: 11388, product: 293, serial: Some("TEST1-1.4"), name: "Quectel LTE Module", interface: Some(0), place: Some("1-1.4") }, links: ["/dev/serial/by-id/usb-Quectel_LTE_Module_TEST1-1.4-if00-port0", "/dev/serial/by-path/pci-0000:00:14.0-usb-0:1.4:1.0-port0"], driver: Some("option"), plugging: 4294967303 }
    Listed { path: "/dev/ttyUSB10", attached: Usb { vendor: 11388, product: 293, serial: Some("TEST1-1.4"), name: "Quectel LTE Module", interface: Some(1), place: Some("1-1.4") }, links: ["/dev/serial/by-id/usb-Quectel_LTE_Module_TEST1-1.4-if01-port0", "/dev/serial/by-path/pci-0000:00:14.0-usb-0:1.4:1.1-port0"], driver: Some("option"), plugging: 4294967303 }
    "#);
}

#[test]
fn a_port_on_an_interface_of_its_own_a_uart_and_a_console_are_told_apart() {
    let machine = Machine::new();
    // A module of the CDC ACM class: the tty's device is the interface itself. It tells no serial number.
    let device = "sys/devices/pci0000:00/0000:00:14.0/usb1/1-2";
    for (file, text) in [("idVendor", "1e0e"), ("idProduct", "9001"), ("product", "SimTech\u{1b}[31m\n")] {
        machine.write(&format!("{device}/{file}"), text);
    }
    machine.write(&format!("{device}/1-2:1.10/bInterfaceNumber"), "0a\n");
    machine.link(&format!("{device}/1-2:1.10/driver"), "../../../bus/usb/drivers/cdc_acm");
    machine.link(&format!("{device}/1-2:1.10/tty/ttyACM0/device"), "../../../1-2:1.10");
    machine.link("sys/class/tty/ttyACM0", machine.root().join(format!("{device}/1-2:1.10/tty/ttyACM0")));
    machine.link("sys/devices/pnp0/00:05/driver", "../../bus/pnp/drivers/serial");
    // UARTs: one that is there, one that is not; each behind a device of the kernel's own.
    for (name, kind) in [("ttyS0", "4"), ("ttyS1", "0")] {
        let uart = format!("sys/devices/pnp0/00:05/{name}:0");
        machine.link(&format!("{uart}/subsystem"), "../../bus/serial-base");
        machine.link(&format!("{uart}/driver"), "../../bus/serial-base/drivers/port");
        machine.write(&format!("{uart}/tty/{name}/type"), kind);
        machine.link(&format!("{uart}/tty/{name}/device"), format!("../../../{name}:0"));
        machine.link(&format!("sys/class/tty/{name}"), machine.root().join(format!("{uart}/tty/{name}")));
    }
    machine.write("sys/class/tty/tty1/dev", "4:1");
    machine.write("sys/class/tty/rfcomm0/dev", "216:0");
    insta::assert_snapshot!(machine.shown(), @r#"
    Listed { path: "/dev/rfcomm0", attached: Bluetooth, links: [], driver: None, plugging: 0 }
    Listed { path: "/dev/ttyACM0", attached: Usb { vendor: 7694, product: 36865, serial: None, name: "SimTech[31m", interface: Some(10), place: Some("1-2") }, links: [], driver: Some("cdc_acm"), plugging: 0 }
    Listed { path: "/dev/ttyS0", attached: Unknown, links: [], driver: Some("serial"), plugging: 0 }
    "#);
}

#[test]
fn who_has_a_port_open_is_told_but_not_who_emulates_it() {
    let machine = Machine::new();
    machine.module("1-1", ("2c7c", "0125"), 3, 0);
    machine.write("dev/pts/4", "");
    machine.process(40, "picocom", &["dev/ttyUSB1", "dev/null", "dev/ttyUSB1"]);
    machine.process(7, "ModemManager", &["dev/ttyUSB1", "dev/ttyUSB2"]);
    machine.process(50, "atgate", &["dev/ptmx", "dev/pts/4"]);
    machine.process(51, "tio", &["dev/pts/4"]);
    machine.write("proc/version", "Linux");
    let mut ports = machine.ports();
    let path = machine.root().join("dev/pts/4");
    ports.push(Listed { path, attached: Attached::Emulated, links: Vec::new(), driver: None, plugging: 1 });
    let holders = holders::of(&machine.root(), &ports);
    let holders: Vec<Vec<String>> =
        holders.iter().map(|all| all.iter().map(|one| format!("{} {}", one.pid, one.program)).collect()).collect();
    assert_eq!(
        holders,
        [
            vec![],
            vec!["7 ModemManager".to_owned(), "40 picocom".to_owned()],
            vec!["7 ModemManager".to_owned()],
            vec!["51 tio".to_owned()]
        ]
    );
}

#[test]
fn modem_manager_may_take_what_udevs_data_do_not_keep_from_it() {
    let machine = Machine::new();
    machine.module("1-1", ("2c7c", "0125"), 3, 0);
    let root = machine.root();
    let grips = || modem_manager::grips(&root, &machine.ports());
    assert_eq!(grips(), [Grip::None; 3]);
    machine.process(7, "ModemManager", &[]);
    assert_eq!(grips(), [Grip::MayTake; 3]);
    machine.write("run/udev/data/c188:1", "S:serial/by-id/x\nE:ID_MM_PORT_IGNORE=1\n");
    machine.write("run/udev/data/c188:2", "E:ID_MM_PORT_IGNORE=0\nE:ID_MM_PORT_IGNORED=1\n");
    assert_eq!(grips(), [Grip::MayTake, Grip::KeptAway("ID_MM_PORT_IGNORE"), Grip::MayTake]);
    machine.write("run/udev/data/c189:6", "E:ID_MM_DEVICE_IGNORE=true\n");
    assert_eq!(grips(), [Grip::KeptAway("ID_MM_DEVICE_IGNORE"); 3]);
    let rule = machine.ports()[0].udev_rule();
    assert_eq!(
        rule.as_deref(),
        Some(r#"ACTION!="remove", ATTRS{idVendor}=="2c7c", ATTRS{idProduct}=="0125", ENV{ID_MM_DEVICE_IGNORE}="1""#)
    );
}

#[test]
fn a_machine_that_tells_nothing_has_no_ports() {
    let nothing = tempfile::tempdir().unwrap();
    assert_eq!(sysfs::ports(nothing.path()), []);
}

#[test]
fn ports_are_sorted_as_people_count() {
    let mut ports = ["/dev/ttyUSB10", "/dev/ttyACM0", "/dev/ttyUSB9", "/dev/cu"].map(PathBuf::from);
    ports.sort_by_cached_key(|path| by_number(path));
    assert_eq!(ports, ["/dev/cu", "/dev/ttyACM0", "/dev/ttyUSB9", "/dev/ttyUSB10"].map(PathBuf::from));
}

#[tokio::test]
async fn an_emulated_modem_is_listed_while_it_lives_and_nobody_holds_it() {
    let modem = crate::port::Ptys::new().unwrap().create(None).unwrap();
    let listed = || list().unwrap().into_iter().find(|port| port.path == modem.path());
    let port = listed().unwrap();
    assert_eq!(port.attached, Attached::Emulated);
    assert_ne!(port.plugging, 0);
    assert_eq!(holders(std::slice::from_ref(&port)), [vec![]]);
    let path = modem.path().to_owned();
    drop(modem);
    // Another test's modem may have its number by now, but not its plugging.
    assert!(!list().unwrap().iter().any(|other| other.path == path && other.plugging == port.plugging));
}
