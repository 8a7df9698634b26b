//! `atgate console`: a session with a modem, by hand.

mod keyboard;

use std::io::{self, IsTerminal as _, Write as _};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::{Args, ValueEnum};
use tokio::sync::mpsc;

use self::keyboard::{State, Terminal};
use super::signals::Signals;
use super::{CliError, Exit, say};
use crate::console::live::{self, Input, LiveError, Output, Settings};
use crate::console::screen::{Screen, Stamps};
use crate::port::{Address, Keyboard};

const WORDS: &str = "\
Each line is shown with its sign, as in a script, and beside it what it means: > was sent, < answers, <! came by itself. \
Tab completes a command and says what it is for; behind `=` stands what it takes. A line that begins with a sign gets its \
AT. Orders of the console begin with `:`; `:help` lists them and their keys.

On a pipe, or with TERM=dumb, lines are read from standard input and plain lines are written; it ends with the input, once \
the last command is answered.

What would rewrite the identity of a real device is not sent, whoever sends it, and stands in the log.

Exit codes: 0 ended as asked; 2 the command line is wrong; 3 the port or a file is at fault.";

/// The flags of `atgate console`.
#[derive(Debug, Args)]
#[command(after_help = WORDS)]
pub(super) struct Console {
    /// A path (/dev/ttyUSB2, /dev/ttyUSB2?baud=115200), tcp:HOST:PORT, rfc2217://HOST:PORT, unix:PATH or unix:@NAME
    port: Address,

    /// Its speed; with `auto` it follows what garbage speaks for, and writes nothing to find out
    #[arg(long, value_name = "N|auto", value_parser = baud)]
    baud: Option<Baud>,

    /// Which time stands before each line
    #[arg(long, value_name = "KIND", default_value = "absolute", value_enum)]
    timestamps: Times,

    /// Append each line to this file as it is said
    #[arg(long, value_name = "FILE")]
    log: Option<PathBuf>,

    /// Write the session to this file as a script that `atgate run` plays
    #[arg(long, value_name = "FILE.atg")]
    save: Option<PathBuf>,

    /// Let other programs have the port too: unix:PATH, unix:@NAME or tcp:127.0.0.1:N
    #[arg(long, value_name = "ADDRESS")]
    share: Vec<Address>,

    /// Wait for a port that is not there yet
    #[arg(long)]
    wait: bool,

    /// Write identities to files as they are
    #[arg(long)]
    reveal: bool,
}

#[derive(Debug, Clone, Copy)]
enum Baud {
    Auto,
    Fixed(u32),
}

/// The kinds of time stamps.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Times {
    /// None
    Off,
    /// The time of the day
    Absolute,
    /// Seconds since the session began
    Relative,
    /// Seconds since the line before
    Delta,
}

impl Times {
    const fn stamps(self) -> Stamps {
        match self {
            Self::Off => Stamps::Off,
            Self::Absolute => Stamps::Absolute,
            Self::Relative => Stamps::Relative,
            Self::Delta => Stamps::Delta,
        }
    }
}

impl From<LiveError> for CliError {
    fn from(error: LiveError) -> Self {
        match error {
            LiveError::Port(error) => error.into(),
            LiveError::File { .. } | LiveError::Unsaved { .. } => {
                CliError::bench(error.to_string()).help("choose a place that this user may write to")
            }
        }
    }
}

impl Console {
    pub(super) fn run(self) -> Result<Exit, CliError> {
        let address = self.address()?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| CliError::bench(format!("cannot wait for a port: {error}")))?;
        let settings = Settings {
            stamps: self.timestamps.stamps(),
            log: self.log,
            save: self.save,
            share: self.share,
            reveal: self.reveal,
            follow_baud: matches!(self.baud, Some(Baud::Auto)),
            wait: self.wait,
        };
        let terminal = io::stdin().is_terminal() && io::stdout().is_terminal() && !is_dumb();
        let _keyboard = terminal.then(Keyboard::remember);
        let outcome = runtime.block_on(session(&address, settings, terminal));
        // The thread at the keyboard waits for a key that nobody has to press.
        runtime.shutdown_background();
        outcome
    }

    fn address(&self) -> Result<Address, CliError> {
        let mut address = self.port.clone();
        match (&mut address, self.baud) {
            (Address::Serial { settings, .. } | Address::Rfc2217 { settings, .. }, Some(Baud::Fixed(baud))) => {
                settings.baud = baud;
            }
            (Address::Serial { .. } | Address::Rfc2217 { .. }, Some(Baud::Auto) | None) => {}
            (Address::Tcp { .. } | Address::Unix(_) | Address::Abstract(_) | Address::Stdio, Some(_)) => {
                return Err(CliError::usage(format!("{address} has no speed")).help("leave --baud out"));
            }
            (Address::Tcp { .. } | Address::Unix(_) | Address::Abstract(_) | Address::Stdio, None) => {}
        }
        Ok(address)
    }
}

async fn session(address: &Address, settings: Settings, terminal: bool) -> Result<Exit, CliError> {
    let mut signals = Signals::new()?;
    let (sender, inputs) = mpsc::channel(256);
    let state = Arc::new(State::default());
    let coloured = terminal && is_coloured();
    let mut screen = Screen::new(settings.stamps, None, coloured, time_of_day());
    let mut tell: Box<dyn FnMut(Output)> = if terminal {
        let failed = |error| CliError::bench(format!("the terminal cannot be used: {error}"));
        let mut at = Terminal::new(keyboard::history(), coloured, &sender, &state).map_err(failed)?;
        let printer = at.printer().map_err(failed)?;
        std::thread::spawn({
            let sender = sender.clone();
            move || at.read(&sender)
        });
        let state = Arc::clone(&state);
        let mut lost = 0_usize;
        Box::new(move |output| match output {
            Output::Show(shown) => {
                screen.width = crate::port::columns();
                let mut text = screen.paint(&shown);
                if lost > 0 {
                    text.insert_str(0, &format!("# {lost} lines came faster than the terminal took them\n"));
                }
                match printer.try_send(text) {
                    Ok(()) => lost = 0,
                    Err(_) => lost += 1,
                }
            }
            Output::Stamps(stamps) => screen.stamps = stamps,
            Output::Awaits(awaits) => state.awaits(awaits),
        })
    } else {
        let sender = sender.clone();
        std::thread::spawn(move || keyboard::read_pipe(&sender));
        Box::new(move |output| match output {
            Output::Show(shown) => say::plain(&screen.paint(&shown)),
            Output::Stamps(stamps) => screen.stamps = stamps,
            Output::Awaits(_) => {}
        })
    };
    let ended = tokio::spawn(async move {
        signals.next().await;
        // The session ends as it does with `:quit`: its files are whole.
        let _ = sender.send(Input::Quit).await;
    });
    let outcome = live::run(address, settings, inputs, &mut *tell).await;
    ended.abort();
    if terminal {
        // The last lines are still on their way to the terminal.
        tokio::time::sleep(Duration::from_millis(50)).await;
        // The prompt goes, and pastes are no longer marked, which the editor would have seen to.
        let _ = io::stdout().write_all(b"\r\x1b[J\x1b[?2004l").and_then(|()| io::stdout().flush());
    }
    outcome?;
    Ok(Exit::Passed)
}

fn is_dumb() -> bool {
    std::env::var_os("TERM").is_none_or(|term| term.is_empty() || term == "dumb")
}

fn is_coloured() -> bool {
    match anstream::AutoStream::choice(&io::stdout()) {
        anstream::ColorChoice::Never => false,
        anstream::ColorChoice::Auto | anstream::ColorChoice::AlwaysAnsi | anstream::ColorChoice::Always => true,
    }
}

/// The local time, since midnight.
fn time_of_day() -> Duration {
    let now = jiff::Zoned::now().time();
    let seconds = u64::try_from(i64::from(now.hour()) * 3600 + i64::from(now.minute()) * 60 + i64::from(now.second()));
    Duration::from_secs(seconds.unwrap_or_default())
        + Duration::from_nanos(u64::try_from(now.subsec_nanosecond()).unwrap_or_default())
}

/// `115200`, or `auto`.
fn baud(text: &str) -> Result<Baud, String> {
    match text {
        "auto" => Ok(Baud::Auto),
        text => match text.parse() {
            Ok(baud @ 50..=12_000_000) => Ok(Baud::Fixed(baud)),
            Ok(_) | Err(_) => Err("expected a baud of 50 to 12000000, or auto".to_owned()),
        },
    }
}
