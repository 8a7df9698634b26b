//! Exit codes: the one place that says what each number means.

use std::process::ExitCode;

use crate::modem::ProfileError;
use crate::port::PortError;

/// How the program ends; the worst of several wins.
///
/// The order of the variants is the order of badness, so `max` picks the one to report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// 0: everything held.
    Passed,
    /// 4: nothing ran: every script was skipped, or none was found.
    NothingRan,
    /// 1: an expectation failed; the modem's (or the application's) fault.
    Failed,
    /// 2: the command line or a script's text is wrong; nothing was sent.
    Usage,
    /// 3: the bench is at fault: a port, a lock, a device that went away.
    Bench,
    /// 130: interrupted from the keyboard.
    Interrupted,
}

impl Exit {
    /// The number that the process exits with.
    pub const fn code(self) -> u8 {
        match self {
            Exit::Passed => 0,
            Exit::Failed => 1,
            Exit::Usage => 2,
            Exit::Bench => 3,
            Exit::NothingRan => 4,
            Exit::Interrupted => 130,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit.code())
    }
}

/// What ends a verb early: the exit code, what went wrong, and the next step.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct CliError {
    /// Which exit code it means.
    pub exit: Exit,
    /// A lowercase fragment: what was expected and what came.
    pub message: String,
    /// The next step, where there is one.
    pub help: Option<String>,
}

impl CliError {
    /// The command line or a script's text is wrong.
    pub fn usage(message: impl Into<String>) -> Self {
        CliError { exit: Exit::Usage, message: message.into(), help: None }
    }

    /// The bench is at fault: a port, a file, a device.
    pub fn bench(message: impl Into<String>) -> Self {
        CliError { exit: Exit::Bench, message: message.into(), help: None }
    }

    /// Adds the next step.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl From<PortError> for CliError {
    fn from(error: PortError) -> Self {
        let help = error.help().map(str::to_owned);
        CliError { exit: Exit::Bench, message: error.to_string(), help }
    }
}

impl From<ProfileError> for CliError {
    fn from(error: ProfileError) -> Self {
        CliError { exit: Exit::Usage, message: error.to_string(), help: error.help }
    }
}
