//! `atgate profiles`: the modules that are built in, one of them whole, or every key that can be set.

use clap::Args;

use super::say::say;
use super::{CliError, Exit};
use crate::modem::Profile;

/// The flags of `atgate profiles`.
#[derive(Debug, Args)]
pub(super) struct Profiles {
    /// Print this profile as a file, to copy and change
    name: Option<String>,

    /// List every key of --set and of a profile, with the default's value
    #[arg(long, conflicts_with = "name")]
    keys: bool,
}

impl Profiles {
    pub(super) fn run(self) -> Result<Exit, CliError> {
        if self.keys {
            let keys = Profile::keys();
            let width = keys.iter().map(|(key, _)| key.len()).max().unwrap_or(0);
            for (key, value) in keys {
                say!("{key:width$}  {value}");
            }
            return Ok(Exit::Passed);
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

fn unknown(name: &str) -> CliError {
    let names: Vec<&str> = Profile::names().collect();
    CliError::usage(format!("no profile is named ‘{name}’")).help(format!("there are {}", names.join(", ")))
}
