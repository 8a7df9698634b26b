//! The switch of a board's power: a command of the bench's own, such as uhubctl's.

use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;

/// So much of what a command says is shown.
const SHOWN: usize = 400;

/// How a board's power is switched. Each command is a program and its arguments: no shell stands between.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Power {
    /// Switches it on.
    pub on: Vec<String>,
    /// Switches it off.
    pub off: Vec<String>,
    /// Switches it off and on again; without it both are done one after the other.
    pub cycle: Option<Vec<String>>,
    /// How long it stays off in between.
    pub off_time: Duration,
    /// How long a command may take.
    pub limit: Duration,
}

/// What to do with the power.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Switch {
    /// On.
    On,
    /// Off.
    Off,
    /// Off, and on again.
    Cycle,
}

/// Why the power was not switched.
#[derive(Debug, thiserror::Error)]
pub enum PowerError {
    /// The program does not start.
    #[error("cannot run `{command}`: {source}")]
    Unstarted {
        /// The command.
        command: String,
        /// The system's own words.
        source: std::io::Error,
    },
    /// It did not succeed.
    #[error("`{command}` ended with {status}{}", if said.is_empty() { String::new() } else { format!(": {said}") })]
    Failed {
        /// The command.
        command: String,
        /// How it ended.
        status: std::process::ExitStatus,
        /// The last line that it said.
        said: String,
    },
    /// It did not end; it was killed.
    #[error("`{command}` did not end within {} s, and was killed", limit.as_secs())]
    Endless {
        /// The command.
        command: String,
        /// How long was waited.
        limit: Duration,
    },
}

impl PowerError {
    /// The next step.
    pub fn help(&self) -> &'static str {
        match self {
            PowerError::Unstarted { .. } => {
                "`power` in the device map names a program; is it installed, and on the path?"
            }
            PowerError::Failed { .. } => "run the command by hand: may this user switch the hub?",
            PowerError::Endless { .. } => "run it by hand, and see what it waits for; `limit_seconds` gives it longer",
        }
    }
}

impl Power {
    /// Switches the power, and waits until it is done.
    ///
    /// # Errors
    ///
    /// [`PowerError`], each kind of it. Where a cycle fails after the power went off, it is still off.
    pub async fn switch(&self, to: Switch) -> Result<(), PowerError> {
        match (to, &self.cycle) {
            (Switch::On, _) => self.run(&self.on).await,
            (Switch::Off, _) => self.run(&self.off).await,
            (Switch::Cycle, Some(cycle)) => self.run(cycle).await,
            (Switch::Cycle, None) => {
                self.run(&self.off).await?;
                tokio::time::sleep(self.off_time).await;
                self.run(&self.on).await
            }
        }
    }

    async fn run(&self, words: &[String]) -> Result<(), PowerError> {
        let command = || shell_words::join(words);
        let unstarted = |source| PowerError::Unstarted { command: command(), source };
        let (program, arguments) = words.split_first().ok_or_else(|| unstarted(std::io::ErrorKind::NotFound.into()))?;
        let mut child = Command::new(program);
        child.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).kill_on_drop(true);
        let output = tokio::time::timeout(self.limit, child.output());
        let output = output.await.map_err(|_| PowerError::Endless { command: command(), limit: self.limit })?;
        let output = output.map_err(unstarted)?;
        if output.status.success() {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&output.stderr);
        let last = said.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or_default();
        let said = last.chars().filter(|letter| !letter.is_control()).take(SHOWN).collect();
        Err(PowerError::Failed { command: command(), status: output.status, said })
    }
}
