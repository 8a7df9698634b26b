//! What came and went between one look at the ports and the next.

use std::path::PathBuf;

use super::{Attached, Listed};

/// So many looks a USB port that has come is waited with for the links that udev makes; in a container nobody makes any.
const PATIENCE: u8 = 5;

/// One port more or less.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// It was there when the watch began.
    There(Listed),
    /// It was plugged in.
    Plugged(Listed),
    /// It was pulled out. This is what it was.
    Unplugged(Listed),
}

/// Tells the changes from one look to the next.
#[derive(Debug, Default)]
pub struct Changes {
    /// Told as there.
    known: Vec<Listed>,
    /// Seen and not told yet, with how often.
    waiting: Vec<(PathBuf, u64, u8)>,
    begun: bool,
}

impl Changes {
    /// What has changed, if these ports are there now: first what went, then what came. A port that went and came back in between is told as both.
    pub fn look(&mut self, now: Vec<Listed>) -> Vec<Change> {
        let mut changes = Vec::new();
        if !std::mem::replace(&mut self.begun, true) {
            self.known = now.clone();
            return now.into_iter().map(Change::There).collect();
        }
        let is_there = |port: &Listed| now.iter().any(|other| is_same(other, port));
        let (stayed, gone) = std::mem::take(&mut self.known).into_iter().partition(is_there);
        self.known = stayed;
        changes.extend(gone.into_iter().map(Change::Unplugged));
        let waiting = std::mem::take(&mut self.waiting);
        for port in now {
            if let Some(known) = self.known.iter_mut().find(|known| is_same(known, &port)) {
                *known = port;
                continue;
            }
            let looks = waiting.iter().find(|(path, plugging, _)| (path, *plugging) == (&port.path, port.plugging));
            let looks = looks.map_or(0, |(_, _, looks)| *looks);
            if is_whole(&port) || looks >= PATIENCE {
                changes.push(Change::Plugged(port.clone()));
                self.known.push(port);
            } else {
                self.waiting.push((port.path, port.plugging, looks + 1));
            }
        }
        changes
    }
}

/// Whether it is the same port, plugged in the same time.
fn is_same(one: &Listed, other: &Listed) -> bool {
    (&one.path, one.plugging) == (&other.path, other.plugging)
}

/// Whether nothing more will be told of it.
fn is_whole(port: &Listed) -> bool {
    match port.attached {
        Attached::Usb { .. } => !port.links.is_empty(),
        Attached::Pci | Attached::Bluetooth | Attached::Unknown | Attached::Emulated => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usb(plugging: u64, linked: bool) -> Listed {
        let attached = Attached::Usb {
            vendor: 0x2c7c,
            product: 0x0125,
            serial: None,
            name: String::new(),
            interface: Some(2),
            place: None,
        };
        let links = if linked { vec!["/dev/serial/by-id/usb-X".into()] } else { Vec::new() };
        Listed { path: "/dev/ttyUSB2".into(), attached, links, driver: None, plugging }
    }

    fn emulated(plugging: u64) -> Listed {
        Listed { path: "/dev/pts/3".into(), attached: Attached::Emulated, links: Vec::new(), driver: None, plugging }
    }

    #[test]
    fn what_is_there_at_first_is_told_once() {
        let mut changes = Changes::default();
        assert_eq!(changes.look(vec![usb(1, true)]), [Change::There(usb(1, true))]);
        assert_eq!(changes.look(vec![usb(1, true)]), []);
        assert_eq!(changes.look(Vec::new()), [Change::Unplugged(usb(1, true))]);
        assert_eq!(changes.look(Vec::new()), []);
    }

    #[test]
    fn a_port_that_comes_is_told_once_its_links_are_there() {
        let mut changes = Changes::default();
        assert_eq!(changes.look(Vec::new()), []);
        assert_eq!(changes.look(vec![usb(1, false)]), []);
        assert_eq!(changes.look(vec![usb(1, false)]), []);
        assert_eq!(changes.look(vec![usb(1, true)]), [Change::Plugged(usb(1, true))]);
    }

    #[test]
    fn where_nobody_makes_links_a_port_is_told_all_the_same() {
        let mut changes = Changes::default();
        changes.look(Vec::new());
        let told: Vec<Change> = (0..20).flat_map(|_| changes.look(vec![usb(1, false)])).collect();
        assert_eq!(told, [Change::Plugged(usb(1, false))]);
    }

    #[test]
    fn a_port_that_came_back_between_two_looks_went_and_came() {
        let mut changes = Changes::default();
        changes.look(vec![emulated(1)]);
        assert_eq!(changes.look(vec![emulated(2)]), [Change::Unplugged(emulated(1)), Change::Plugged(emulated(2))]);
    }

    proptest::proptest! {
        #[test]
        fn what_is_told_adds_up_to_what_is_there(looks in proptest::collection::vec(proptest::collection::btree_set(0..4u64, 0..4), 1..12)) {
            let mut changes = Changes::default();
            let mut there = std::collections::BTreeSet::new();
            for look in looks {
                for change in changes.look(look.iter().map(|plugging| emulated(*plugging)).collect()) {
                    match change {
                        Change::There(port) | Change::Plugged(port) => proptest::prop_assert!(there.insert(port.plugging)),
                        Change::Unplugged(port) => proptest::prop_assert!(there.remove(&port.plugging)),
                    }
                }
                proptest::prop_assert_eq!(&there, &look);
            }
        }
    }
}
