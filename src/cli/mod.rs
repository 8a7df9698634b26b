//! The verbs: the only room that prints to the terminal or exits.
//!
//! One file a verb: its flags, their help beside them, and what it does with the rooms below. Results go to stdout,
//! diagnostics to stderr; colours follow NO_COLOR, CLICOLOR and the terminal.

mod check;
mod console;
mod ctl;
mod exit;
mod explain;
mod fmt;
mod generate;
mod given;
mod imei;
mod learn;
mod modem;
mod office;
mod onboard;
mod ports;
mod profiles;
mod record;
mod register;
mod review;
mod run;
mod say;
mod scripts;
mod send;
mod signals;

use std::process::ExitCode;

use anstyle::{AnsiColor, Style};
use clap::{Parser, Subcommand};

use crate::port::announce;
pub use exit::{CliError, Exit};

const ERROR: Style = AnsiColor::Red.on_default().bold();
const HELP: Style = AnsiColor::Cyan.on_default();

const EXIT_CODES: &str = "Exit codes:
  0    everything passed
  1    an expectation failed
  2    the command line, or a script's text, is wrong; nothing was sent
  3    the bench is at fault: a port, a lock, a device that went away
  4    nothing ran: every script was skipped, or none was found
  130  interrupted";

/// A modem test harness and emulator.
#[derive(Debug, Parser)]
#[command(name = "atgate", version, about, after_help = EXIT_CODES, max_term_width = 100)]
struct Cli {
    /// Say more on stderr: -v info, -vv debug, -vvv every byte
    #[arg(short, long, action = clap::ArgAction::Count, global = true)]
    verbose: u8,

    #[command(subcommand)]
    verb: Verb,
}

/// One variant a verb; each verb's flags stand in its own file.
#[derive(Debug, Subcommand)]
enum Verb {
    /// Play scripts and compare them with their snapshots
    Run(run::Run),
    /// Say of raw traffic what each element is and means
    Explain(explain::Explain),
    /// Explain IMEIs and other equipment identities
    Imei(imei::Imei),
    /// Emulate modems on ports of this machine
    Modem(modem::Emulate),
    /// Tell a running modem what happens to it, and ask what it is like
    Ctl(ctl::Ctl),
    /// Send commands, print what they are answered, and exit with how they ended
    Send(send::Send),
    /// Ask a module what it is, and write the profile of a virtual modem that answers as it does
    Learn(learn::Learn),
    /// Stand between an application and its modem, and write the session as a script; or make one of a log
    Record(record::Record),
    /// Talk to a modem by hand, with each line explained as it comes
    Console(console::Console),
    /// List the serial ports of this machine
    Ports(ports::Ports),
    /// Identify, check, attach, measure and record boards, many at once
    Onboard(onboard::Onboard),
    /// Keep the lists of equipment: who may join, who may not, and whose devices they are
    Register(register::Register),
    /// List the built-in modules, print one, or list every key that can be set
    Profiles(profiles::Profiles),
    /// Say what is wrong with the text of scripts; sends nothing
    Check(check::Check),
    /// Write scripts in the canonical spelling
    Fmt(fmt::Fmt),
    /// Accept or reject pending snapshots
    Review(review::Review),
    /// Write shell completions or the man page
    #[command(hide = true)]
    Generate(generate::Generate),
}

impl Verb {
    fn run(self) -> Result<Exit, CliError> {
        match self {
            Verb::Run(verb) => {
                announce("run");
                verb.run()
            }
            Verb::Explain(verb) => verb.run(),
            Verb::Imei(verb) => verb.run(),
            Verb::Modem(verb) => verb.run(),
            Verb::Ctl(verb) => verb.run(),
            Verb::Send(verb) => {
                announce("send");
                verb.run()
            }
            Verb::Learn(verb) => {
                announce("learn");
                verb.run()
            }
            Verb::Record(verb) => {
                announce("record");
                verb.run()
            }
            Verb::Console(verb) => {
                announce("console");
                verb.run()
            }
            Verb::Ports(verb) => verb.run(),
            Verb::Onboard(verb) => verb.run(),
            Verb::Register(verb) => verb.run(),
            Verb::Profiles(verb) => verb.run(),
            Verb::Check(verb) => verb.run(),
            Verb::Fmt(verb) => verb.run(),
            Verb::Review(verb) => verb.run(),
            Verb::Generate(verb) => verb.run(),
        }
    }
}

/// Runs the program: reads the command line, does what its verb says, returns the exit code.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // clap prints help and version to stdout with 0, and a wrong command line to stderr with 2.
            let code = if error.use_stderr() { Exit::Usage } else { Exit::Passed };
            // A closed pipe is nobody's fault.
            let _ = error.print();
            return code.into();
        }
    };
    trace(cli.verbose);
    match cli.verb.run() {
        Ok(exit) => exit.into(),
        Err(error) => {
            anstream::eprintln!("{ERROR}error{ERROR:#}: {error}");
            if let Some(help) = &error.help {
                anstream::eprintln!("{HELP}help{HELP:#}: {help}");
            }
            error.exit.into()
        }
    }
}

/// Turns `-v` into a filter; `ATGATE_LOG` overrides it, in tracing's own syntax.
fn trace(verbose: u8) {
    use tracing_subscriber::EnvFilter;
    let level = match verbose {
        0 => "warn",
        1 => "atgate=info",
        2 => "atgate=debug",
        _ => "atgate=trace",
    };
    let filter = EnvFilter::try_from_env("ATGATE_LOG").unwrap_or_else(|_| EnvFilter::new(level));
    // A second subscriber in one process (tests call main twice) keeps the first.
    let _ = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).without_time().try_init();
}
