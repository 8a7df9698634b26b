//! `atgate ports --probe`: what each of the named ports answers.

use serde_json::json;

use super::shown::VERSION;
use crate::cli::{CliError, Exit, say};
use crate::port::{Address, list};
use crate::rig::map::DeviceMap;
use crate::rig::probe::{Babble, Probed, probe};
use crate::run::masking::Masks;

/// Asks the ports, and prints each answer in the order in which it comes.
pub(super) async fn ask(named: &[String], map: Option<&DeviceMap>, as_json: bool) -> Result<Exit, CliError> {
    let ports = addresses(named, map)?;
    let width = ports.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    let addresses: Vec<Address> = ports.iter().map(|(_, address)| address.clone()).collect();
    let (mut answering, mut unusable) = (0_u32, 0_u32);
    probe(&addresses, |at, probed| {
        let name = &ports[at].0;
        match &probed {
            Probed::Answers { .. } => answering += 1,
            Probed::Locked(_) | Probed::Failed(_) => unusable += 1,
            Probed::Speaks { .. } | Probed::Silent => {}
        }
        if as_json {
            say::is_heard(format_args!("{}\n", object(name, &probed)));
        } else {
            say::is_heard(format_args!("{name:width$}  {}\n", words(&probed)));
        }
    })
    .await;
    Ok(match (answering, unusable) {
        (_, 1..) => Exit::Bench,
        (0, 0) => Exit::Failed,
        (_, 0) => Exit::Passed,
    })
}

/// What was named, each port once: a board of the map by its name, anything else as a port.
fn addresses(named: &[String], map: Option<&DeviceMap>) -> Result<Vec<(String, Address)>, CliError> {
    let mut ports: Vec<(String, Address)> = Vec::new();
    let assignment = match map {
        Some(map) => map.assign(&list()?),
        None => Default::default(),
    };
    for name in named {
        let board =
            assignment.plugged.iter().find(|plugged| plugged.name() == name).map(|plugged| plugged.address.clone());
        let address = match board {
            Some(address) => address,
            None if map.is_some_and(|map| map.device(name).is_some()) => {
                let finding = assignment.findings.iter().find(|finding| finding.devices().contains(&name.as_str()));
                let told = finding.map(|finding| CliError::bench(finding.to_string()).help(finding.help()));
                return Err(told.unwrap_or_else(|| CliError::bench(format!("{name} is not there"))));
            }
            None => name.parse().map_err(|error: crate::port::AddressError| {
                CliError::usage(format!("--probe {name}: {error}")).help(error.help())
            })?,
        };
        if !ports.iter().any(|(_, other)| *other == address) {
            ports.push((name.clone(), address));
        }
    }
    Ok(ports)
}

/// A module may tell its IMEI beside its name.
fn masked(identity: &[String]) -> Vec<String> {
    let mut masks = Masks::new();
    identity.iter().map(|line| masks.text(line)).collect()
}

/// How a port began that says no answer, on one line.
fn started(start: &[u8]) -> String {
    Masks::new().text(&start.escape_ascii().to_string())
}

fn words(probed: &Probed) -> String {
    match probed {
        Probed::Answers { identity } if identity.is_empty() => "answers AT, and does not say what it is".to_owned(),
        Probed::Answers { identity } => format!("answers AT: {}", masked(identity).join(", ")),
        Probed::Speaks { what, start } => format!("{}: {}", what.words(), started(start)),
        Probed::Silent => "does not answer".to_owned(),
        Probed::Locked(error) => format!("not asked: {error}; {}", error.help()),
        Probed::Failed(error) => match error.help() {
            Some(help) => format!("cannot be used: {error}; {help}"),
            None => format!("cannot be used: {error}"),
        },
    }
}

fn object(name: &str, probed: &Probed) -> serde_json::Value {
    let head = |result: &str| json!({ "v": VERSION, "port": name, "result": result });
    match probed {
        Probed::Answers { identity } => {
            let mut object = head("answers");
            object["identity"] = json!(masked(identity));
            object
        }
        Probed::Speaks { what, start } => {
            let mut object = head("speaks");
            object["what"] = json!(match what {
                Babble::Echo => "echo",
                Babble::Nmea => "nmea",
                Babble::Binary => "binary",
                Babble::Text => "text",
            });
            object["start"] = json!(started(start));
            object
        }
        Probed::Silent => head("silent"),
        Probed::Locked(error) => {
            let mut object = head("locked");
            object["error"] = json!(error.to_string());
            object["help"] = json!(error.help());
            object
        }
        Probed::Failed(error) => {
            let mut object = head("failed");
            object["error"] = json!(error.to_string());
            object["help"] = json!(error.help());
            object
        }
    }
}
