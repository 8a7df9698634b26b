//! Names that a command line gives to scripts, `--value NAME=`, `--port NAME=` and `{port.NAME}` in `--exec`: one that no
//! script has is a slip of the pen, found before anything is played.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::CliError;
use crate::run::{Options, placeholders};
use crate::script;

/// What the scripts of a run have names for.
#[derive(Debug, Default)]
struct Known {
    /// Names of `[values]` and columns of `cases`.
    values: BTreeSet<String>,
    /// Modems of `[modems]`.
    modems: BTreeSet<String>,
    /// A script has one modem, without a name.
    single: bool,
}

/// Refuses what no script has.
///
/// # Errors
/// The name, and those that there are.
pub(super) fn check(options: &Options, scripts: &[PathBuf]) -> Result<(), CliError> {
    let asked: Vec<String> = options.exec.as_deref().map(placeholders).unwrap_or_default();
    let ports = options.ports.keys().filter(|name| !name.is_empty());
    if let Some(wrong) = asked.iter().find(|name| *name != "port" && !name.starts_with("port.")) {
        return Err(CliError::usage(format!("--exec has {{{wrong}}}, which stands for nothing")).help(format!(
            "there are {{port}} and, of a modem of [modems], {{port.NAME}}; write {{{{{wrong}}}}} for the text {{{wrong}}}"
        )));
    }
    if asked.is_empty() && options.values.is_empty() && options.ports.keys().all(String::is_empty) {
        return Ok(());
    }
    // A script that cannot be read may have any name, and is told of when its turn comes.
    let Some(known) = known(scripts) else { return Ok(()) };
    for name in options.values.keys() {
        if !known.values.contains(name) {
            return Err(CliError::usage(format!("--value {name}=…: no script has a value of that name"))
                .help(there_are("values", &known.values, "[values] in a script's header names them")));
        }
    }
    for name in ports {
        if !known.modems.contains(name) {
            return Err(CliError::usage(format!("--port {name}=…: no script has a modem of that name"))
                .help(there_are("modems", &known.modems, "a script with one modem takes --port PORT")));
        }
    }
    for name in asked {
        let Some(modem) = name.strip_prefix("port.") else {
            if known.single {
                continue;
            }
            return Err(CliError::usage("--exec has {port}, but every script has several modems")
                .help(there_are("modems", &known.modems, "") + ": write {port.NAME}"));
        };
        if !known.modems.contains(modem) {
            return Err(CliError::usage(format!("--exec has {{{name}}}, but no script has a modem of that name"))
                .help(there_are("modems", &known.modems, "the port of a script's only modem is {port}")));
        }
    }
    Ok(())
}

fn known(scripts: &[PathBuf]) -> Option<Known> {
    let mut known = Known::default();
    for path in scripts {
        let header = script::open(path).ok()?.header;
        known.values.extend(header.values.iter().map(|(name, _)| name.text.clone()));
        let columns = header.cases.iter().flat_map(|case| &case.values);
        known.values.extend(columns.map(|(name, _)| name.text.clone()));
        known.modems.extend(header.modems.iter().map(|modem| modem.name.text.clone()));
        known.single |= header.modems.is_empty();
    }
    Some(known)
}

fn there_are(what: &str, names: &BTreeSet<String>, else_: &str) -> String {
    if names.is_empty() {
        return else_.to_owned();
    }
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    format!("the {what} are {}", names.join(", "))
}
