//! `atgate send`: sends commands one after the other, prints what each is answered, and tells how it ended.

use std::time::Duration;

use clap::Args;

use super::say;
use super::{CliError, Exit};
use crate::port::Address;
use crate::rig::talk::{Ended, Heard, Talk, TalkError};

const WORDS: &str = "\
A COMMAND is a command line, such as AT+CSQ or `AT+CMEE=1;+CREG?`; its terminator is added. Where the modem asks for text \
with a prompt, the next COMMAND is that text. What comes by itself goes to stderr.

Exit codes: 0 all ended with OK or CONNECT; 1 one ended otherwise, or not in time; 2 the command line is wrong, or would \
rewrite the identity of a real device; 3 the port is at fault.";

/// The flags of `atgate send`.
#[derive(Debug, Args)]
#[command(after_help = WORDS)]
pub(super) struct Send {
    /// A path (/dev/ttyUSB2, /dev/ttyUSB2?baud=115200), tcp:HOST:PORT, rfc2217://HOST:PORT, unix:PATH or unix:@NAME
    port: Address,

    /// What to send, in order; the first that fails ends it
    #[arg(required = true, value_name = "COMMAND")]
    commands: Vec<String>,

    /// How long a final result may take: 500ms, 5s, 3m; unless given, what the standard lets the command take
    #[arg(long, value_parser = limit)]
    timeout: Option<Duration>,
}

impl Send {
    pub(super) fn run(self) -> Result<Exit, CliError> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| CliError::bench(format!("cannot wait for a port: {error}")))?;
        runtime.block_on(self.converse())
    }

    async fn converse(self) -> Result<Exit, CliError> {
        let first = self.commands.first().map_or("", String::as_str);
        if !Talk::is_command_line(first) {
            return Err(not_a_command(first));
        }
        let mut talk = Talk::open(&self.port).await?;
        if let Some(refusal) = self.commands.iter().find_map(|command| talk.refuses(command)) {
            return Err(self.failed(TalkError::Rewrites(refusal.reason)));
        }
        let mut prompted = false;
        for command in &self.commands {
            let ended = if prompted {
                talk.text(command, self.timeout, print).await
            } else if Talk::is_command_line(command) {
                talk.exchange(command, self.timeout, print).await
            } else {
                return Err(not_a_command(command));
            };
            let ended = ended.map_err(|error| self.failed(error))?;
            if !ended.is_success() {
                return Ok(Exit::Failed);
            }
            prompted = ended == Ended::Prompt;
        }
        if prompted {
            talk.give_up_text().await?;
            return Err(CliError::usage("the modem asks for text, and there is none left to send")
                .help("give the text as one more argument; the modem was told to forget the command"));
        }
        Ok(Exit::Passed)
    }

    /// Silence is a failure of the modem; the rest is the bench's or the caller's.
    fn failed(&self, error: TalkError) -> CliError {
        let exit = match &error {
            TalkError::NotACommand(_) | TalkError::Rewrites(_) => Exit::Usage,
            TalkError::Silent { .. } => Exit::Failed,
            TalkError::Port(_) => Exit::Bench,
        };
        let help = match &error {
            TalkError::Silent { .. } => Some("is it the module's AT port, at its speed? --timeout waits longer"),
            TalkError::NotACommand(_) | TalkError::Rewrites(_) | TalkError::Port(_) => error.help(),
        };
        CliError { exit, message: error.to_string(), help: help.map(str::to_owned) }
    }
}

/// Prints a line where it belongs.
fn print(heard: Heard<'_>) {
    match heard {
        // The modem has answered, whether or not anybody reads it.
        Heard::Answer(text) => drop(say::is_heard(format_args!("{text}\n"))),
        Heard::Unsolicited(text) => anstream::eprintln!("{text}"),
    }
}

fn not_a_command(text: &str) -> CliError {
    CliError::usage(format!("expected a command line that begins with AT, found `{}`", text.escape_debug()))
        .help("write it whole, as in `atgate send /dev/ttyUSB2 AT+CSQ`; quote it where the shell would change it")
}

/// `500ms`, `5s`, `3m`, or a number of seconds.
pub(super) fn limit(text: &str) -> Result<Duration, String> {
    let unit = text.trim_start_matches(|letter: char| letter.is_ascii_digit() || letter == '.');
    let number: f64 =
        text[..text.len() - unit.len()].parse().map_err(|_| "expected a time such as 500ms, 5s or 3m".to_owned())?;
    let seconds = match unit {
        "ms" => number / 1000.0,
        "" | "s" => number,
        "m" => number * 60.0,
        _ => return Err(format!("expected ms, s or m, found `{unit}`")),
    };
    match seconds {
        0.001..=86_400.0 => Ok(Duration::from_secs_f64(seconds)),
        _ => Err("expected a time of 1ms to 1440m".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_a_number_and_a_unit() {
        assert_eq!(limit("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(limit("2.5"), Ok(Duration::from_millis(2500)));
        assert_eq!(limit("3m"), Ok(Duration::from_secs(180)));
        for bad in ["", "s", "5h", "-1s", "0s", "1e9s", "9999999m"] {
            assert!(limit(bad).is_err(), "{bad}");
        }
    }
}
