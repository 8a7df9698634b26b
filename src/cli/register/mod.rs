//! `atgate register`: lists, decisions and the fleet, kept in a file or in a database that benches share; a file a verb.

mod books;
mod case;
mod check;
mod export;
mod facts;
mod files;
mod fleet;
mod import;
mod journal;
mod prune;
mod screen;
mod serve;
mod watch;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, Subcommand};
use jiff::Timestamp;

use super::{CliError, Exit};
use crate::port;
use crate::register::assess::Rules;
use crate::register::store::{Address, NewAct, Store, StoreError, Verb as ActVerb};
use crate::register::{Desk, DeskError, HashKey, IntakeError, RULES};

const EXAMPLES: &str = "\
The register is a file that is made when it is first written to, or postgres://… for benches that share one.

  atgate register import --list block --source carrier-a stolen.csv
  atgate register block 00101700 --reason 'recalled'
  atgate register check 001017001234569
  atgate register screen received.csv --out verdicts.csv --summary
  atgate register serve";

/// The flags of `atgate register`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Register {
    /// Where the register is kept: a file, or postgres://USER@HOST/DATABASE
    #[arg(long, value_name = "WHERE", env = "ATGATE_REGISTER", global = true, hide_env_values = true)]
    register: Option<String>,

    /// A file with the secret under which devices are hashed, where lists hold keyed hashes
    #[arg(long, value_name = "FILE", env = "ATGATE_HASH_KEY", global = true)]
    hash_key: Option<PathBuf>,

    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Take list files in: all or nothing
    Import(import::Import),
    /// Write a list, or what changed of it
    Export(export::Export),
    /// Put identities, TACs, ranges or IMEI+IMSI pairs on the block list
    Block(books::Put),
    /// Put them on the track list: they may join and are reported
    Track(books::Put),
    /// Put them on the allow list
    Allow(books::Put),
    /// Take them off the list that they were put on by hand
    Forget(books::Forget),
    /// Say of devices what the register, their label and their own digits say
    Check(check::Check),
    /// Screen many identities, from files or a range, with a verdict for each
    Screen(screen::Screen),
    /// The fleet: which card is in which device, and what was seen of both
    #[command(subcommand)]
    Device(fleet::Device),
    /// Take old sightings out of the fleet's history
    Prune(prune::Prune),
    /// Tell what was done to the register, or all that was ever written about a device
    Log(journal::Log),
    /// Undo an import or another act
    Undo(journal::Undo),
    /// Tell of each device of the fleet that became blocked or was cleared, once
    Watch(watch::Watch),
    /// Open, follow and resolve cases of devices that are listed wrongly
    Case(case::CaseVerb),
    /// List the sources, or say who is believed before whom
    Source(books::Source),
    /// Show the rules that stand in the register, or put those of a file there
    Rules(books::Rules),
    /// Answer over HTTP: TS 29.511, CAMARA, lists to be screened, administration
    Serve(serve::Serve),
}

/// What every verb needs to open the register.
#[derive(Debug)]
pub(super) struct Place {
    address: Address,
    key: Option<HashKey>,
}

impl Register {
    pub(super) fn run(self) -> Result<Exit, CliError> {
        let place =
            Place { address: address(self.register.as_deref())?, key: self.hash_key.as_deref().map(key).transpose()? };
        match self.verb {
            Verb::Import(verb) => verb.run(&place),
            Verb::Export(verb) => verb.run(&place),
            Verb::Block(verb) => verb.run(&place, crate::register::List::Block),
            Verb::Track(verb) => verb.run(&place, crate::register::List::Track),
            Verb::Allow(verb) => verb.run(&place, crate::register::List::Allow),
            Verb::Forget(verb) => verb.run(&place),
            Verb::Check(verb) => facts::check(&verb, &place),
            Verb::Screen(verb) => verb.run(&place),
            Verb::Device(verb) => verb.run(&place),
            Verb::Prune(verb) => verb.run(&place),
            Verb::Log(verb) => verb.run(&place),
            Verb::Undo(verb) => verb.run(&place),
            Verb::Watch(verb) => verb.run(&place),
            Verb::Case(verb) => verb.run(&place),
            Verb::Source(verb) => verb.run(&place),
            Verb::Rules(verb) => verb.run(&place),
            Verb::Serve(verb) => verb.run(&place),
        }
    }
}

impl Place {
    /// The store alone: for what changes books and decides nothing.
    pub(super) fn store(&self) -> Result<Store, CliError> {
        Ok(Store::open(&self.address)?)
    }

    /// The store with its index.
    pub(super) fn desk(&self) -> Result<Arc<Desk>, CliError> {
        Ok(Arc::new(Desk::open(&self.address, self.key.clone(), now())?))
    }

    /// The secret for hashes.
    pub(super) fn key(&self) -> Option<&HashKey> {
        self.key.as_ref()
    }
}

/// The time by the machine's clock: the rooms below take it as an argument.
pub(super) fn now() -> Timestamp {
    Timestamp::now()
}

/// The rules that stand in the register, or the defaults where none do.
pub(super) fn kept_rules(store: &mut Store) -> Result<Rules, CliError> {
    match store.setting(RULES)? {
        None => Ok(Rules::default()),
        Some(text) => Rules::from_toml(&text).map_err(|error| CliError::from(DeskError::from(error))),
    }
}

/// An act of whoever runs this program.
pub(super) fn act(verb: ActVerb, reason: Option<String>) -> NewAct {
    let who = who(|name| std::env::var(name).ok(), port::user_id());
    NewAct { verb, at: now(), who, reason, origin: None }
}

/// Who runs this program: as the environment has it, else by the number that the system knows (a service or a container has
/// no name).
fn who(variable: impl Fn(&str) -> Option<String>, id: Option<u32>) -> String {
    let named = ["ATGATE_USER", "USER", "LOGNAME", "USERNAME"]
        .into_iter()
        .find_map(|name| variable(name).map(|user| user.trim().to_owned()).filter(|user| !user.is_empty()));
    named.or_else(|| id.map(|id| format!("uid {id}"))).unwrap_or_else(|| "somebody".to_owned())
}

fn address(given: Option<&str>) -> Result<Address, CliError> {
    match given.filter(|text| !text.is_empty()) {
        Some(text) if text.starts_with("http://") || text.starts_with("https://") => {
            Err(CliError::usage(format!("{text} is a register that is asked, not one that is kept here"))
                .help("name a file or postgres://…; `atgate modem --register http://…` asks such a register"))
        }
        Some(text) => Ok(text.parse().unwrap_or_else(|never: std::convert::Infallible| match never {})),
        None => Address::of_user().ok_or_else(|| {
            CliError::usage("this user has no data folder").help("name a file with --register or ATGATE_REGISTER")
        }),
    }
}

fn key(path: &Path) -> Result<HashKey, CliError> {
    let secret =
        std::fs::read(path).map_err(|error| CliError::usage(format!("cannot read {}: {error}", path.display())))?;
    // An editor ends a file with a line end, which nobody takes to be part of the secret.
    let end = secret.iter().rposition(|byte| !matches!(byte, b'\n' | b'\r')).map_or(0, |at| at + 1);
    HashKey::new(&secret[..end]).map_err(|error| {
        CliError::usage(format!("{}: {error}", path.display()))
            .help("`head -c 32 /dev/urandom | base64 > key` makes one")
    })
}

impl From<StoreError> for CliError {
    fn from(error: StoreError) -> Self {
        let exit = match &error {
            StoreError::NoAct(_) | StoreError::Built { .. } | StoreError::Undone { .. } => Exit::Usage,
            StoreError::Open { .. }
            | StoreError::Encryption { .. }
            | StoreError::Newer { .. }
            | StoreError::Busy
            | StoreError::Database(_)
            | StoreError::Damaged(_) => Exit::Bench,
        };
        CliError { exit, message: error.to_string(), help: error.help() }
    }
}

impl From<DeskError> for CliError {
    fn from(error: DeskError) -> Self {
        CliError { exit: Exit::Bench, message: error.to_string(), help: error.help() }
    }
}

impl From<IntakeError> for CliError {
    fn from(error: IntakeError) -> Self {
        match error {
            IntakeError::Store(error) => error.into(),
            other @ (IntakeError::Lines(_)
            | IntakeError::Mixed(_)
            | IntakeError::Size(_)
            | IntakeError::Ratio(_)
            | IntakeError::Twice(_)) => {
                CliError { exit: Exit::Usage, message: format!("nothing was imported: {other}"), help: other.help() }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_has_no_name_has_a_number() {
        let with = |known: &'static [(&str, &str)], id| {
            who(|name| known.iter().find(|(key, _)| *key == name).map(|(_, user)| (*user).to_owned()), id)
        };
        assert_eq!(with(&[("USER", "qa"), ("LOGNAME", "other")], Some(1000)), "qa");
        assert_eq!(with(&[("USER", "qa"), ("ATGATE_USER", "bench 3")], Some(1000)), "bench 3");
        assert_eq!(with(&[("USER", " "), ("LOGNAME", "night")], Some(1000)), "night");
        assert_eq!(with(&[("USER", "")], Some(1000)), "uid 1000");
        assert_eq!(with(&[], None), "somebody");
    }
}
