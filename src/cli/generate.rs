//! `atgate generate`: shell completions and the man page, for those who package the program.

use std::io;

use clap::{Args, CommandFactory, Subcommand};
use clap_complete::Shell;

use super::{Cli, CliError, Exit};

/// The flags of `atgate generate`.
#[derive(Debug, Args)]
pub(super) struct Generate {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// The completions of a shell, on stdout
    Completions {
        /// Which shell
        shell: Shell,
    },
    /// The man page, on stdout
    Man,
}

impl Generate {
    pub(super) fn run(self) -> Result<Exit, CliError> {
        let mut command = Cli::command();
        let mut page = Vec::new();
        match self.what {
            What::Completions { shell } => clap_complete::generate(shell, &mut command, "atgate", &mut page),
            What::Man => clap_mangen::Man::new(command)
                .render(&mut page)
                .map_err(|error| CliError::bench(format!("cannot write the man page: {error}")))?,
        }
        match io::Write::write_all(&mut io::stdout(), &page) {
            // A reader that has seen enough closes the pipe: no fault.
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                Err(CliError::bench(format!("cannot write to stdout: {error}")))
            }
            _ => Ok(Exit::Passed),
        }
    }
}
