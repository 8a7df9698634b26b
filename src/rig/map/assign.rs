//! Which port is which board's. What is not clear is nobody's, and said.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use super::DeviceMap;
use super::device::{Device, Place, Rule};
use crate::identity::{Imei, Tac};
use crate::port::{Address, Listed};

/// A board that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plugged {
    /// What the map says of it.
    pub device: Arc<Device>,
    /// What to open.
    pub address: Address,
    /// Its port, where that was found by what it is.
    pub port: Option<Listed>,
}

/// The boards that are there, and what stands in the way of the others.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Assignment {
    /// In the order of the map.
    pub plugged: Vec<Plugged>,
    /// In the order of the map, then of the ports.
    pub findings: Vec<Finding>,
}

/// Why a board has no port, or is the wrong board.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Finding {
    /// No port fits.
    #[error("{device} is not there: no port with {sought}{}", beside(.interfaces))]
    Absent {
        /// The board.
        device: String,
        /// What its port would be.
        sought: String,
        /// Interfaces that would fit but for their number.
        interfaces: Vec<u8>,
    },
    /// Several ports fit: none is taken.
    #[error("{device} could be any of {}", list(ports))]
    Ambiguous {
        /// The board.
        device: String,
        /// The ports.
        ports: Vec<PathBuf>,
    },
    /// Several boards have the same port: none of them gets it.
    #[error("{port} fits {}", devices.join(" and "))]
    Contested {
        /// The port.
        port: String,
        /// The boards.
        devices: Vec<String>,
    },
    /// The board that answered has another TAC.
    #[error("{device} has the TAC {found}, expected {}", either(expected))]
    OtherTac {
        /// The board.
        device: String,
        /// What it may have.
        expected: Vec<Tac>,
        /// What it has.
        found: Tac,
    },
}

impl Finding {
    /// The next step.
    pub fn help(&self) -> &'static str {
        match self {
            Finding::Absent { .. } => "plug it in, or write down what its port is now: `atgate ports` tells",
            Finding::Ambiguous { .. } => "say which one with `interface`, `serial` or `by_path` in its `match`",
            Finding::Contested { .. } => "tell them apart with `serial` or `by_path` in their `match`",
            Finding::OtherTac { .. } => "is another board on that port? or write its TAC down in `match`",
        }
    }

    /// What kind it is, for machines: `absent`, `ambiguous`, `contested`, `other-tac`.
    pub fn code(&self) -> &'static str {
        match self {
            Finding::Absent { .. } => "absent",
            Finding::Ambiguous { .. } => "ambiguous",
            Finding::Contested { .. } => "contested",
            Finding::OtherTac { .. } => "other-tac",
        }
    }

    /// The boards that it is about.
    pub fn devices(&self) -> Vec<&str> {
        match self {
            Finding::Absent { device, .. } | Finding::Ambiguous { device, .. } | Finding::OtherTac { device, .. } => {
                vec![device]
            }
            Finding::Contested { devices, .. } => devices.iter().map(String::as_str).collect(),
        }
    }
}

fn list(ports: &[PathBuf]) -> String {
    ports.iter().map(|port| port.display().to_string()).collect::<Vec<_>>().join(", ")
}

fn either(tacs: &[Tac]) -> String {
    tacs.iter().map(Tac::to_string).collect::<Vec<_>>().join(" or ")
}

fn beside(interfaces: &[u8]) -> String {
    match interfaces {
        [] => String::new(),
        [one] => format!("; the module is there, with the interface {one}"),
        many => {
            let many: Vec<String> = many.iter().map(u8::to_string).collect();
            format!("; the module is there, with the interfaces {}", many.join(", "))
        }
    }
}

impl Plugged {
    /// What the bench calls the board.
    pub fn name(&self) -> &str {
        &self.device.name
    }

    /// Whether the board that answered is one that may be here, by its IMEI.
    ///
    /// # Errors
    ///
    /// [`Finding::OtherTac`].
    pub fn suits(&self, imei: Imei) -> Result<(), Finding> {
        let (expected, found) = (&self.device.tacs, imei.tac());
        if expected.is_empty() || expected.contains(&found) {
            return Ok(());
        }
        Err(Finding::OtherTac { device: self.device.name.clone(), expected: expected.clone(), found })
    }
}

impl DeviceMap {
    /// Gives each board its port, of those that are there. A board that could have several has none and stands in no other's way; a port
    /// that several boards could have is nobody's; the rest goes on.
    pub fn assign(&self, ports: &[Listed]) -> Assignment {
        let mut findings = Vec::new();
        let candidates: Vec<Plugged> =
            self.devices.iter().filter_map(|device| self.candidate(device, ports, &mut findings)).collect();
        let mut takers: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for candidate in &candidates {
            takers.entry(candidate.address.key()).or_default().push(candidate.device.name.clone());
        }
        let plugged = candidates
            .into_iter()
            .filter(|candidate| takers.get(&candidate.address.key()).is_some_and(|all| all.len() == 1));
        let plugged = plugged.collect();
        let contested = takers.into_iter().filter(|(_, devices)| devices.len() > 1);
        findings.extend(contested.map(|(port, devices)| Finding::Contested { port, devices }));
        Assignment { plugged, findings }
    }

    fn candidate(&self, device: &Arc<Device>, ports: &[Listed], findings: &mut Vec<Finding>) -> Option<Plugged> {
        let rule = match &device.place {
            Place::At(address) if is_there(address) => {
                let real = address.key();
                let port = ports.iter().find(|port| port.path.to_string_lossy() == real).cloned();
                return Some(Plugged { device: Arc::clone(device), address: address.clone(), port });
            }
            Place::At(address) => {
                let sought = format!("the address {address}");
                findings.push(Finding::Absent { device: device.name.clone(), sought, interfaces: Vec::new() });
                return None;
            }
            Place::Where(rule) => rule,
        };
        match ports.iter().filter(|port| rule.fits(port)).collect::<Vec<_>>().as_slice() {
            [port] => {
                let address = Address::Serial { path: port.path.clone(), settings: device.settings };
                Some(Plugged { device: Arc::clone(device), address, port: Some((*port).clone()) })
            }
            [] => {
                let interfaces = interfaces_beside(rule, ports);
                findings.push(Finding::Absent { device: device.name.clone(), sought: rule.to_string(), interfaces });
                None
            }
            several => {
                let ports = several.iter().map(|port| port.path.clone()).collect();
                findings.push(Finding::Ambiguous { device: device.name.clone(), ports });
                None
            }
        }
    }
}

/// The interfaces of ports that fit a rule but for the number of their interface.
fn interfaces_beside(rule: &Rule, ports: &[Listed]) -> Vec<u8> {
    let any = Rule { interface: None, ..rule.clone() };
    if rule.interface.is_none() || any.is_empty() {
        return Vec::new();
    }
    ports.iter().filter(|port| any.fits(port)).filter_map(Listed::interface).collect()
}

/// Whether something stands at an address, as far as that can be seen without opening it.
fn is_there(address: &Address) -> bool {
    match address.path() {
        Some(path) => path.exists(),
        None => true,
    }
}
