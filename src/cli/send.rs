//! `atgate send`: sends commands one after the other, prints what each is answered, and tells how it ended.

use std::time::Duration;

use clap::Args;
use tokio::time::{Instant, timeout_at};

use super::say;
use super::{CliError, Exit};
use crate::port::{self, Address, Port};
use crate::wire::command::{Command, Dialect, Form, commands};
use crate::wire::line::body_of;
use crate::wire::response::{Answer, Classes, Element, Expectation, Framing, Scanner};
use crate::wire::result::FinalResult;

/// Ends the text that a prompt asks for; ESC gives it up.
const CONTROL_Z: u8 = 0x1a;
const ESCAPE: u8 = 0x1b;

const WORDS: &str = "\
A COMMAND is a command line, such as AT+CSQ or `AT+CMEE=1;+CREG?`; its terminator is added. Where the modem asks for text \
with a prompt, the next COMMAND is that text. What comes by itself goes to stderr.

Exit codes: 0 all ended with OK or CONNECT; 1 one ended otherwise, or not in time; 2 the command line is wrong, or would \
rewrite the identity of a real device; 3 the port is at fault.";

/// The flags of `atgate send`.
#[derive(Debug, Args)]
#[command(after_help = WORDS)]
pub(super) struct Send {
    /// A path (/dev/ttyUSB2, /dev/ttyUSB2?baud=115200), tcp:HOST:PORT, unix:PATH or unix:@NAME
    port: Address,

    /// What to send, in order; the first that fails ends it
    #[arg(required = true, value_name = "COMMAND")]
    commands: Vec<String>,

    /// How long a final result may take: 500ms, 5s, 3m; unless given, what the standard lets the command take
    #[arg(long, value_parser = limit)]
    timeout: Option<Duration>,
}

/// How a command ended.
enum Ended {
    /// With this final result, or `CONNECT`; whether it is a good one.
    Result(bool),
    /// With a prompt: the modem waits for text.
    Prompt,
}

struct Conversation {
    port: Port,
    scanner: Scanner,
    /// Read and not scanned yet: what came behind a final result.
    left: Vec<u8>,
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
        if !is_command_line(first) {
            return Err(not_a_command(first));
        }
        let port = port::open(&self.port).await?;
        if let Some(refusal) = self.commands.iter().find_map(|command| port.refuses(&line(command))) {
            return Err(CliError::usage(format!("{}; nothing was sent", refusal.reason))
                .help("atgate never rewrites the identity of a real device; try it on `atgate modem`"));
        }
        let mut conversation = Conversation { port, scanner: Scanner::default(), left: Vec::new() };
        let mut prompted = false;
        for command in &self.commands {
            let ended = if prompted {
                let mut text = command.as_bytes().to_vec();
                text.push(CONTROL_Z);
                conversation.exchange(&text, command, self.timeout.unwrap_or(Duration::from_secs(120))).await?
            } else if is_command_line(command) {
                let limit = self.timeout.unwrap_or_else(|| standard_limit(command));
                conversation.scanner.expect(Expectation { answer: Answer::Any, ..Expectation::default() });
                conversation.exchange(&line(command), command, limit).await?
            } else {
                return Err(not_a_command(command));
            };
            prompted = match ended {
                Ended::Result(true) => false,
                Ended::Result(false) => return Ok(Exit::Failed),
                Ended::Prompt => true,
            };
        }
        if prompted {
            conversation.port.write_all(&[ESCAPE]).await?;
            return Err(CliError::usage("the modem asks for text, and there is none left to send")
                .help("give the text as one more argument; the modem was told to forget the command"));
        }
        Ok(Exit::Passed)
    }
}

impl Conversation {
    /// Sends `bytes` and prints what comes, until the command has ended.
    async fn exchange(&mut self, bytes: &[u8], command: &str, limit: Duration) -> Result<Ended, CliError> {
        // What came before the command is no answer to it.
        self.scanner.sent(bytes);
        self.port.write_all(bytes).await?;
        let until = Instant::now() + limit;
        let mut buffer = [0; 4096];
        loop {
            let piece = std::mem::take(&mut self.left);
            if let Some(ended) = self.scan(&piece, command) {
                return Ok(ended);
            }
            match timeout_at(until, self.port.read(&mut buffer)).await {
                Ok(read) => self.left = buffer[..read?].to_vec(),
                Err(_) => {
                    return Err(CliError {
                        exit: Exit::Failed,
                        message: format!("no final result to `{}` within {limit:?}", command.escape_debug()),
                        help: Some("is it the module's AT port, at its speed? --timeout waits longer".to_owned()),
                    });
                }
            }
        }
    }

    fn scan(&mut self, piece: &[u8], command: &str) -> Option<Ended> {
        let mut rest = piece;
        let mut ended = None;
        while ended.is_none() {
            let Some(element) = self.scanner.next(&mut rest) else { break };
            ended = print(&element, command);
        }
        self.left = rest.to_vec();
        ended
    }
}

/// Prints an element where it belongs; says if it ends the command.
fn print(element: &Element<'_>, command: &str) -> Option<Ended> {
    let text = String::from_utf8_lossy(element.text);
    let text: String = text.chars().map(|letter| if letter.is_control() { '\u{fffd}' } else { letter }).collect();
    if element.classes.contains(Classes::ECHO) {
        return None;
    }
    if element.classes.contains(Classes::PROMPT) {
        return Some(Ended::Prompt);
    }
    if is_unsolicited(element, command) {
        anstream::eprintln!("{text}");
        return None;
    }
    // The modem has answered, whether or not anybody reads it.
    say::is_heard(format_args!("{text}\n"));
    if element.may_be_final() {
        let good = match numeric(element.text) {
            Some(result) => result.is_success(),
            None => FinalResult::from_text(element.text).is_some_and(FinalResult::is_success),
        };
        return Some(Ended::Result(good));
    }
    element.classes.meets(Classes::INTERMEDIATE).then_some(Ended::Result(true))
}

fn numeric(text: &[u8]) -> Option<FinalResult> {
    let number = std::str::from_utf8(text).ok()?.parse().ok()?;
    FinalResult::from_number(number)
}

/// Whether a line came by itself. A registration line is an answer only to the command of its name.
fn is_unsolicited(element: &Element<'_>, command: &str) -> bool {
    if element.may_be_final() || !element.may_be_unsolicited() {
        return false;
    }
    if element.classes.is_only(Classes::UNSOLICITED) {
        return true;
    }
    const REGISTRATION: [&[u8]; 4] = [b"+CREG", b"+CGREG", b"+CEREG", b"+C5GREG"];
    element.name().is_some_and(|name| {
        let name = name.to_ascii_uppercase();
        REGISTRATION.contains(&name.as_slice()) && !asks(command, &String::from_utf8_lossy(&name))
    })
}

/// Whether a command of that name, one that answers with a line, stands in the command line.
fn asks(command: &str, name: &str) -> bool {
    let body = body_of(command.as_bytes()).unwrap_or_default();
    commands(body, &Dialect::CELLULAR).flatten().any(|command| match command {
        Command::Extended { name: asked, form: Form::Read | Form::Test } => asked.is(name),
        Command::Extended { form: Form::Set(_) | Form::Execute, .. } => false,
        Command::Basic { .. } | Command::SRegister { .. } | Command::Dial(_) => false,
    })
}

/// What the standards let a command take before its final result.
///
/// Source: 3GPP TS 27.007, clauses 7.3 (`+COPS`), 8.2 (`+CFUN`), 10.1.9 and 10.1.10; the figures are those of modules'
/// manuals.
fn standard_limit(command: &str) -> Duration {
    let body = body_of(command.as_bytes()).unwrap_or_default();
    let seconds = commands(body, &Dialect::CELLULAR).flatten().map(|command| match command {
        Command::Dial(_) | Command::Basic { letter: b'A' | b'D', .. } => 120,
        Command::Extended { name, form: Form::Set(_) | Form::Test } if name.is("+COPS") => 180,
        Command::Extended { name, form: Form::Set(_) } => match () {
            () if ["+CGATT", "+CGACT", "+CMGS", "+CMSS", "+CUSD", "+CFUN"].iter().any(|slow| name.is(slow)) => 150,
            () if ["+CLCK", "+CPWD", "+CPIN", "+CMGW", "+CMGL"].iter().any(|slow| name.is(slow)) => 30,
            () => 5,
        },
        Command::Extended { form: Form::Execute | Form::Read | Form::Test, .. } => 5,
        Command::Basic { .. } | Command::SRegister { .. } => 5,
    });
    Duration::from_secs(seconds.sum::<u64>().clamp(5, 600))
}

fn is_command_line(text: &str) -> bool {
    let start = text.trim_start().as_bytes();
    start.get(..2).is_some_and(|start| start.eq_ignore_ascii_case(b"AT") || start.eq_ignore_ascii_case(b"A/"))
}

fn not_a_command(text: &str) -> CliError {
    CliError::usage(format!("expected a command line that begins with AT, found `{}`", text.escape_debug()))
        .help("write it whole, as in `atgate send /dev/ttyUSB2 AT+CSQ`; quote it where the shell would change it")
}

/// The command with its terminator; `A/` has none.
fn line(command: &str) -> Vec<u8> {
    let mut line = command.trim_end_matches(['\r', '\n']).as_bytes().to_vec();
    if !line.trim_ascii().eq_ignore_ascii_case(b"A/") {
        line.push(Framing::default().s3);
    }
    line
}

/// `500ms`, `5s`, `3m`, or a number of seconds.
fn limit(text: &str) -> Result<Duration, String> {
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

    #[test]
    fn a_slow_command_is_given_the_time_that_it_takes() {
        assert_eq!(standard_limit("AT+CSQ"), Duration::from_secs(5));
        assert_eq!(standard_limit("AT+COPS=?"), Duration::from_secs(180));
        assert_eq!(standard_limit("ATD*99#"), Duration::from_secs(120));
    }

    #[test]
    fn a_line_gets_one_terminator_and_a_repetition_none() {
        assert_eq!(line("AT\r\n"), b"AT\r");
        assert_eq!(line("A/"), b"A/");
    }
}
