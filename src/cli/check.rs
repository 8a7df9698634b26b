//! `atgate check`: reads scripts and says what is wrong with their text. Nothing is sent.

use std::path::{Path, PathBuf};

use clap::Args;

use super::run::RoleWord;
use super::say;
use super::scripts::{self, Found};
use super::{CliError, Exit};
use crate::run::report::plural;
use crate::run::{Role, judge};
use crate::script::{Disk, Files, load, parts};

/// The flags of `atgate check`.
#[derive(Debug, Args)]
pub(super) struct Check {
    /// Scripts, or directories of scripts (*.atg); - is standard input
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// The role that they are to be played in; as a modem, a script that names none has to say every line itself
    #[arg(long = "as", value_enum, default_value = "both", value_name = "ROLE")]
    role: RoleWord,
}

impl Check {
    pub(super) fn run(self) -> Result<Exit, CliError> {
        let role = match self.role {
            RoleWord::Both => Role::Both,
            RoleWord::Host => Role::Host,
            RoleWord::Modem => Role::Modem,
        };
        let found = scripts::find(&self.paths)?;
        if found.is_empty() {
            return Err(CliError { exit: Exit::NothingRan, ..CliError::usage("no script was found") }
                .help("scripts are files that end in .atg"));
        }
        let texts: Vec<(PathBuf, String)> =
            found.iter().filter_map(|found| Some((found.path.clone(), found.text()?.to_owned()))).collect();
        let parts = parts(&texts);
        let (mut fine, mut wrong, mut errors) = (0, 0, 0);
        // What is wrong with an included file is told once, whoever includes it.
        let mut told = std::collections::HashSet::new();
        for found in found.iter().filter(|found| !parts.contains(&found.path)) {
            let judged = load(Path::new(&scripts::name(&found.path)), &Held(found))
                .and_then(|script| judge(&script, None, role));
            match judged {
                Ok(()) => fine += 1,
                Err(found) => {
                    wrong += 1;
                    for error in found.0 {
                        if told.insert((error.source.name.clone(), error.span.start, error.message.clone())) {
                            errors += 1;
                            anstream::eprintln!("{}\n", error.render(scripts::coloured()));
                        }
                    }
                }
            }
        }
        let parts = if parts.is_empty() { String::new() } else { format!(" ({} by others)", included(parts.len())) };
        if wrong == 0 {
            say::in_passing(format_args!("{} fine{parts}\n", are(fine)))?;
            return Ok(Exit::Passed);
        }
        say::in_passing(format_args!("{} fine, {wrong} not: {}{parts}\n", are(fine), plural(errors, "error")))?;
        Ok(Exit::Usage)
    }
}

fn are(scripts: usize) -> String {
    format!("{} {}", plural(scripts, "script"), if scripts == 1 { "is" } else { "are" })
}

fn included(parts: usize) -> String {
    format!("{parts} more {} included", if parts == 1 { "is" } else { "are" })
}

/// The disk, but for the script itself, which was read already (standard input can be read once only).
struct Held<'a>(&'a Found);

impl Files for Held<'_> {
    fn read(&self, path: &Path) -> Result<Vec<u8>, String> {
        if path == Path::new(&scripts::name(&self.0.path)) { self.0.bytes.clone() } else { Disk.read(path) }
    }
}
