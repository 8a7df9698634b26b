//! `atgate ctl`: tells a running `atgate modem` what happens to it, and asks what it is like.

use std::time::Duration;

use clap::Args;

use super::modem::{control_address, modem_name};
use super::say::say;
use super::{CliError, Exit};
use crate::port::Address;
use crate::run::control::judge_request;
use crate::script;

/// No answer takes longer; a modem answers between two bytes of its line.
const PATIENCE: Duration = Duration::from_secs(30);

const WORDS: &str = "\
PATH is what the modem was started with: --control unix:PATH. A DIRECTION is what stands behind `*` in a script; `state` tells all \
that can be observed, `sent` the messages that the host sent (NUMBER, a tab, TEXT), `modems` the names of the modems:

  atgate ctl /tmp/modem0.ctl network deny 6
  atgate ctl /tmp/modem0.ctl network roam 00102
  atgate ctl /tmp/modem0.ctl sim remove
  atgate ctl /tmp/modem0.ctl signal -97dBm
  atgate ctl /tmp/modem0.ctl ring from +15550100
  atgate ctl /tmp/modem0.ctl register block {imei}
  atgate ctl /tmp/modem0.ctl network identity-check
  atgate ctl /tmp/modem0.ctl urc '+CREG: 5'
  atgate ctl /tmp/modem0.ctl answer AT+CSQ with '+CSQ: 3,99'
  atgate ctl /tmp/modem0.ctl answer AT+CSQ again
  atgate ctl /tmp/modem0.ctl state --json

scenarios/README.md lists all directions. Other programs say the same to the socket, a line each; the last line of each answer is `ok`, \
`error: …` or `refused: …`.

Exit codes:
  0    done
  1    the modem cannot do it
  2    the direction is wrong; nothing was done
  3    nobody listens at PATH";

/// The flags of `atgate ctl`.
#[derive(Debug, Args)]
#[command(after_help = WORDS)]
pub(super) struct Ctl {
    /// The control socket of the running modem
    #[arg(value_name = "PATH", value_parser = control_address)]
    socket: Address,

    /// What happens, in a script's words; or `state`, `sent`, `modems`
    #[arg(value_name = "DIRECTION", required = true, trailing_var_arg = true, allow_hyphen_values = true)]
    words: Vec<String>,

    /// Which of several modems; all of them unless given
    #[arg(long, value_name = "N|NAME")]
    modem: Option<String>,

    /// `state` as JSON, an object on a line of its own for each modem
    #[arg(long)]
    json: bool,

    /// `state` masks no identity
    #[arg(long)]
    reveal: bool,
}

impl Ctl {
    pub(super) fn run(self) -> Result<Exit, CliError> {
        let line = self.line();
        if let Err(error) = judge_request(&line) {
            let colour = super::scripts::coloured();
            anstream::eprintln!("{}", error.render(colour));
            return Ok(Exit::Usage);
        }
        self.ask(&line)
    }

    /// The request as it stands on the socket.
    fn line(&self) -> String {
        let mut words = self.words.clone();
        let is_state = words.first().is_some_and(|word| word == "state");
        let mut asked = |flag: &str, given: bool| {
            let before = words.len();
            words.retain(|word| !is_state || word != flag);
            given || words.len() < before
        };
        let (json, reveal) = (asked("--json", self.json), asked("--reveal", self.reveal));
        let mut line = script::quoted(&words);
        line.push_str(if json { " json" } else { "" });
        line.push_str(if reveal { " reveal" } else { "" });
        match &self.modem {
            None => line,
            Some(name) => format!("{}* {line}", modem_name(name)),
        }
    }

    #[cfg(unix)]
    fn ask(&self, line: &str) -> Result<Exit, CliError> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| CliError::bench(format!("cannot start: {error}")))?;
        let answered = async {
            tokio::time::timeout(PATIENCE, converse(&self.socket, line)).await.unwrap_or_else(|_| {
                Err(CliError::bench(format!("no answer from {} within {} s", self.socket, PATIENCE.as_secs())))
            })
        };
        let (told, end) = runtime.block_on(answered)?;
        if end == "ok" {
            told.iter().for_each(|line| say!("{line}"));
            return Ok(Exit::Passed);
        }
        told.iter().for_each(|line| anstream::eprintln!("{line}"));
        Err(match end.strip_prefix("refused: ") {
            Some(why) => CliError { exit: Exit::Failed, message: why.to_owned(), help: None },
            None => CliError::usage(end.strip_prefix("error: ").unwrap_or(&end)),
        })
    }

    #[cfg(not(unix))]
    fn ask(&self, _line: &str) -> Result<Exit, CliError> {
        Err(CliError::usage("there are no Unix sockets on this system, and no other control"))
    }
}

/// Asks, and takes the answer: its lines, and the last one.
#[cfg(unix)]
async fn converse(socket: &Address, line: &str) -> Result<(Vec<String>, String), CliError> {
    use crate::port::{Conversation, Heard, PortError};
    let mut modem = Conversation::open(socket).await.map_err(|error| match &error {
        PortError::Missing { .. } | PortError::Refused { .. } => CliError::bench(format!("nobody listens at {socket}"))
            .help(format!("start the modem with `--control {socket}`")),
        _ => error.into(),
    })?;
    modem.say(format!("{line}\n").as_bytes()).await?;
    let mut told = Vec::new();
    loop {
        match modem.hear().await? {
            Heard::Line(line) if line == "ok" || line.starts_with("error: ") || line.starts_with("refused: ") => {
                return Ok((told, line));
            }
            Heard::Line(line) => told.push(line),
            Heard::TooLong | Heard::NoText(..) => {
                return Err(CliError::bench(format!("what listens at {socket} is no control of a modem")));
            }
            Heard::End => return Err(CliError::bench(format!("{socket} was closed before it answered"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use crate::cli::{Cli, Verb};

    fn line(arguments: &[&str]) -> String {
        let all = ["atgate", "ctl"].iter().chain(arguments);
        match Cli::try_parse_from(all).unwrap().verb {
            Verb::Ctl(ctl) => format!("{} {}", ctl.socket, ctl.line()),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_command_line_says_what_stands_on_the_socket() {
        for (arguments, sent) in [
            (&["/run/m", "network", "deny", "6"][..], "unix:/run/m network deny 6"),
            (&["unix:/run/m", "signal", "-97dBm"], "unix:/run/m signal -97dBm"),
            (
                &["@m", "--modem", "1", "sms", "from", "+15551234567", "hello"],
                "unix:@m modem1* sms from +15551234567 \"hello\"",
            ),
            (&["--modem", "modem1", "/run/m", "state", "--json"], "unix:/run/m modem1* state json"),
            (&["--json", "--reveal", "/run/m", "state"], "unix:/run/m state json reveal"),
            (&["/run/m", "urc", "--json"], "unix:/run/m urc \"--json\""),
            (&["/run/m", "modem1* network deny 6"], "unix:/run/m modem1* network deny 6"),
        ] {
            assert_eq!(line(arguments), sent);
        }
    }
}
