//! `atgate profiles`: the modules that are built in, one of them whole, or every key that can be set.

use clap::Args;

use super::say::say;
use super::{CliError, Exit};
use crate::modem::{Key, Profile};

/// So wide the column of values becomes.
const WIDEST: usize = 24;

/// The flags of `atgate profiles`.
#[derive(Debug, Args)]
pub(super) struct Profiles {
    /// Print this profile as a file, to copy and change; with --keys, list only the keys with this text in them
    name: Option<String>,

    /// List every key of --set and of a profile, with the default's value and what it means
    #[arg(long)]
    keys: bool,
}

impl Profiles {
    pub(super) fn run(self) -> Result<Exit, CliError> {
        if self.keys {
            return keys(self.name.as_deref().unwrap_or(""));
        }
        if let Some(name) = self.name {
            let text = Profile::text(&name).ok_or_else(|| unknown(&name))?;
            say!("{}", text.trim_end());
            return Ok(Exit::Passed);
        }
        let width = Profile::names().map(str::len).max().unwrap_or(0);
        for name in Profile::names() {
            let profile = Profile::named(name, &[]).map_err(|error| CliError::usage(error.to_string()))?;
            say!("{name:width$}  {}", profile.title);
        }
        Ok(Exit::Passed)
    }
}

/// The keys with this text in their name or their meaning, a line for each.
fn keys(wanted: &str) -> Result<Exit, CliError> {
    let has = |text: &str| text.to_ascii_lowercase().contains(&wanted.to_ascii_lowercase());
    let found: Vec<Key> = Profile::keys().into_iter().filter(|key| has(&key.name) || has(&key.meaning)).collect();
    if found.is_empty() {
        let wrong = CliError::usage(format!("no key has ‘{wanted}’ in it"));
        let all = || "`atgate profiles --keys` lists them all".to_owned();
        return Err(wrong.help(Profile::near_key(wanted).unwrap_or_else(all)));
    }
    let width = found.iter().map(|key| key.name.len()).max().unwrap_or(0);
    // A long value has its meaning behind it all the same.
    let values = found.iter().map(|key| key.value.len()).filter(|&length| length <= WIDEST).max().unwrap_or(0);
    for Key { name, value, meaning } in found {
        let line = format!("{name:width$}  {value:values$}  {meaning}");
        say!("{}", line.trim_end());
    }
    Ok(Exit::Passed)
}

fn unknown(name: &str) -> CliError {
    let names: Vec<&str> = Profile::names().collect();
    CliError::usage(format!("no profile is named ‘{name}’")).help(format!("there are {}", names.join(", ")))
}
