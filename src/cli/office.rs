//! `--register` and `--policy`: which register a virtual network asks, and what it does with what that leaves open.

use std::convert::Infallible;
use std::io::Read as _;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;

use jiff::Timestamp;

use super::CliError;
use crate::register::remote::{Client, Target, TargetError};
use crate::register::store::Address;
use crate::register::{Desk, Kept, Office, Register, Settings};

/// A bearer token for a register elsewhere; not a flag, since flags are seen by everybody.
const TOKEN: &str = "ATGATE_REGISTER_TOKEN";

/// What `--register` names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Source {
    /// A TOML file with lists and policies.
    File(PathBuf),
    /// A register elsewhere.
    Remote(Box<Target>),
    /// A store: a database file, or one on a server.
    Store(Address),
}

impl FromStr for Source {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = |error: TargetError| format!("{error}; {}", error.help());
        let is_store = ["postgres://", "postgresql://"].iter().any(|start| text.starts_with(start))
            || [".db", ".sqlite", ".sqlite3"].iter().any(|end| text.ends_with(end))
            || is_database(text);
        match text {
            "" => Err("a file or an address is expected, and nothing came".to_owned()),
            _ if Target::is_meant(text) => Ok(Self::Remote(Box::new(text.parse().map_err(wrong)?))),
            _ if is_store => Ok(Self::Store(text.parse().unwrap_or_else(|never: Infallible| match never {}))),
            _ => Ok(Self::File(text.into())),
        }
    }
}

/// Whether a file is a register by its first bytes, whatever its name.
fn is_database(path: &str) -> bool {
    let mut start = [0; 16];
    std::fs::File::open(path).and_then(|mut file| file.read_exact(&mut start)).is_ok() && start == *b"SQLite format 3\0"
}

/// The client of a register elsewhere, with the token that stands in the environment.
///
/// # Errors
/// The token is none, or the system lacks what it takes.
pub(super) fn client(target: &Target) -> Result<Client, CliError> {
    let token = std::env::var(TOKEN).ok().filter(|token| !token.is_empty());
    let token = token.map(|token| token.parse()).transpose();
    let token = token.map_err(|error| CliError::usage(format!("{TOKEN}: {error}")))?;
    let target = match token {
        Some(token) => target.clone().with_token(token),
        None => target.clone(),
    };
    Client::new(target).map_err(|error| CliError::bench(error.to_string()))
}

/// The register that a virtual network asks. `block` goes on its block list, `policies` are `KEY=VALUE` on top of its own.
///
/// # Errors
/// The command line or the file is wrong, or the lists are not ours.
pub(super) fn open(source: Option<&Source>, block: &[String], policies: &[String]) -> Result<Office, CliError> {
    let mut table = toml::Table::new();
    match source {
        None => {}
        Some(Source::File(path)) => {
            let cannot = |error| CliError::usage(format!("cannot read {}: {error}", path.display()));
            let text = std::fs::read_to_string(path).map_err(cannot)?;
            Settings::from_toml(&text)
                .map_err(|error| CliError::usage(format!("{}:{error}", path.display())).help(error.help()))?;
            table = text.parse().map_err(|error| CliError::usage(format!("{}: {error}", path.display())))?;
        }
        Some(Source::Store(place)) if !block.is_empty() => {
            return Err(CliError::usage(format!(
                "the register {place} is not this modem's alone, and --block changes lists"
            ))
            .help("`atgate register block` puts the equipment on its block list"));
        }
        Some(Source::Store(_)) => {}
        Some(Source::Remote(target)) if !block.is_empty() => {
            return Err(CliError::usage(format!(
                "the register at {target} keeps its lists itself, and --block changes ours"
            ))
            .help("put the equipment on its block list there, or leave --register out"));
        }
        Some(Source::Remote(_)) => {}
    }
    for policy in policies {
        set(&mut table, policy)?;
    }
    let settings: Settings = toml::Value::Table(table).try_into().map_err(|error: toml::de::Error| {
        CliError::usage(format!("--policy: {}", error.message().trim_end()))
            .help("--policy unknown=block-7, or causes.block.nr=3")
    })?;
    if let Some(Source::Remote(target)) = source {
        return Ok(Office::elsewhere(Arc::new(client(target)?), settings.policy()));
    }
    if let Some(Source::Store(address)) = source {
        let policy = (!policies.is_empty()).then(|| settings.policy());
        return Ok(Office::Kept(Box::new(Kept::new(desk(address)?, policy))));
    }
    let mut register = Register::new(&settings);
    for entry in block {
        register.block(entry).map_err(|error| {
            let wrong = CliError::usage(format!("cannot block `{}`: {error}", entry.escape_debug()));
            match error.help() {
                Some(help) => wrong.help(help),
                None => wrong,
            }
        })?;
    }
    Ok(register.into())
}

/// A register that is kept here, followed from now on: what others change in it is seen by the next inquiry.
fn desk(address: &Address) -> Result<Arc<Desk>, CliError> {
    let desk = Arc::new(Desk::open(address, None, Timestamp::now())?);
    desk.follow(Timestamp::now, |told| {
        if let Err(error) = told {
            tracing::warn!("{error}");
        }
    })?;
    Ok(desk)
}

/// Puts `causes.block.nr=3` into a table.
fn set(table: &mut toml::Table, policy: &str) -> Result<(), CliError> {
    let wrong = |what: &str| {
        CliError::usage(format!("--policy `{}`: {what}", policy.escape_debug()))
            .help("--policy unknown=block-7, or causes.block.nr=3")
    };
    let (key, value) = policy.split_once('=').ok_or_else(|| wrong("it has no `=`"))?;
    if ["block", "track", "allow"].contains(&key) {
        return Err(wrong("a list is no policy"));
    }
    let value = format!("value = {value}")
        .parse::<toml::Table>()
        .ok()
        .and_then(|mut read| read.remove("value"))
        .unwrap_or_else(|| toml::Value::String(value.to_owned()));
    let mut path: Vec<&str> = key.split('.').collect();
    let last = path.pop().unwrap_or(key);
    let mut inner = table;
    for part in path {
        let slot = inner.entry(part).or_insert_with(|| toml::Value::Table(toml::Table::new()));
        inner = slot.as_table_mut().ok_or_else(|| wrong(&format!("`{part}` is one cause already")))?;
    }
    inner.insert(last.to_owned(), value);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn says(source: &str, block: &[&str], policies: &[&str]) -> String {
        let own = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        match source.parse::<Source>() {
            Err(error) => error,
            Ok(source) => open(Some(&source), &own(block), &own(policies)).unwrap_err().message,
        }
    }

    #[test]
    fn each_spelling_is_a_source() {
        let read = |text: &str| text.parse::<Source>().unwrap();
        assert!(matches!(read("lists.toml"), Source::File(_)));
        assert!(matches!(read("http://127.0.0.1:7511?tries=1"), Source::Remote(_)));
        assert!(matches!(read("register.db"), Source::Store(_)));
        assert!(matches!(read("postgres://bench/register"), Source::Store(_)));
    }

    #[test]
    fn what_cannot_be_asked_is_told() {
        insta::assert_snapshot!(says("http://host?tries=no", &[], &[]), @"`tries=no`: expected a number from 1 to 20; options follow a `?` with `&` between them: http://127.0.0.1:7511?timeout=2s&tries=3");
        insta::assert_snapshot!(says("http://host", &["00101700"], &[]), @"the register at http://host keeps its lists itself, and --block changes ours");
        insta::assert_snapshot!(says("http://host", &[], &["unknown"]), @"--policy `unknown`: it has no `=`");
        insta::assert_snapshot!(says("http://host", &[], &["block=[]"]), @"--policy `block=[]`: a list is no policy");
        insta::assert_snapshot!(says("http://host", &[], &["causes.block=3", "causes.block.nr=3"]), @"--policy `causes.block.nr=3`: `block` is one cause already");
        insta::assert_snapshot!(says("http://host", &[], &["unknown=reject"]), @"--policy: unknown action `reject`, expected `allow`, `track`, `block`, `block-N` with a reject cause, or `retry`");
    }
}
