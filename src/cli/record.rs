//! `atgate record`: stands between an application and its modem and writes the session as a script, or makes one of a log.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, ValueEnum};

use super::say;
use super::signals::Signals;
use super::{CliError, Exit};
use crate::port::{self, Address, Line, Listener};
use crate::run::recording::import::{self, Format, Reading};
use crate::run::recording::{About, Between, Happening, Keeper, Paper, Session};

const WORDS: &str = "\
The application opens PATH (or the pseudo-terminal that is printed) in the place of the modem's own port; every byte passes \
both ways as it is. Ends on SIGINT, SIGTERM and SIGHUP; the file is a whole script at every moment, after a kill too. Where \
the device goes away the application's port goes too, and comes back with it.

`atgate run FILE --as modem --exec PROGRAM` plays the recording to the application, `atgate run FILE --as host --port PORT` \
to the modem. Test identities stand in the place of those of real devices, cards and subscribers, the same for the same, \
in PDUs and in files of cards too, unless --reveal is given.

A command that rewrites an IMEI is not passed on to a real device: the application gets ERROR, and a finding stands in the \
recording.

With --from, FILEs are what another program wrote: mm-debug is ModemManager's debug log of any version, umockdev a script of \
umockdev-record, minicom the capture of any terminal with the echo in it, tio its log, with stamps and in its hexadecimal mode too. \
What is not about the traffic is counted; a line of traffic that cannot be read ends it, with its place.

Exit codes: 0 recorded; 2 the command line, or a log, is wrong; 3 a port is at fault, or the disk was full.";

/// The flags of `atgate record`.
#[derive(Debug, Args)]
#[command(after_help = WORDS)]
pub(super) struct Record {
    /// The modem: a path (/dev/ttyUSB2, /dev/ttyUSB2?baud=115200), tcp:HOST:PORT, rfc2217://HOST:PORT, unix:PATH or unix:@NAME
    #[arg(long)]
    port: Option<Address>,

    /// A stable name for the application's pseudo-terminal
    #[arg(long, value_name = "PATH", conflicts_with = "from")]
    link: Option<PathBuf>,

    /// The application connects over TCP, on 127.0.0.1 unless a host is named
    #[arg(long, value_name = "[HOST:]PORT", value_parser = super::modem::tcp, conflicts_with_all = ["link", "from"])]
    tcp: Option<Address>,

    /// The application connects to a Unix socket
    #[arg(long, value_name = "PATH|@NAME", value_parser = super::modem::unix, conflicts_with_all = ["link", "tcp", "from"])]
    unix: Option<Address>,

    /// The script that is written
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,

    /// Replace the script if it is there already
    #[arg(long)]
    force: bool,

    /// Show the identities of real devices, cards and subscribers
    #[arg(long)]
    reveal: bool,

    /// What the script is called in reports
    #[arg(long)]
    title: Option<String>,

    /// Make the script of what another program wrote
    #[arg(long, value_name = "PROGRAM", conflicts_with = "port")]
    from: Option<From>,

    /// Of a log with several ports this one: ttyUSB2
    #[arg(long, value_name = "PORT", requires = "from")]
    only: Option<String>,

    /// The log's stamps count from the line before
    #[arg(long, requires = "from")]
    deltas: bool,

    /// The logs, one behind the other
    #[arg(value_name = "LOG")]
    files: Vec<PathBuf>,
}

/// What wrote a log.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum From {
    /// ModemManager --debug
    MmDebug,
    /// umockdev-record --script
    Umockdev,
    /// The capture of minicom, or of another terminal
    Minicom,
    /// tio's log
    Tio,
}

impl From {
    fn format(self) -> Format {
        match self {
            From::MmDebug => Format::ModemManager,
            From::Umockdev => Format::Umockdev,
            From::Minicom => Format::Minicom,
            From::Tio => Format::Tio,
        }
    }
}

impl Record {
    pub(super) fn run(self) -> Result<Exit, CliError> {
        match (self.from, &self.port) {
            (Some(_), _) if self.files.is_empty() => Err(CliError::usage("there is no log to make a script of")
                .help("name it: `atgate record --from minicom capture.log --output session.atg`")),
            (Some(from), _) => self.import(from),
            (None, _) if !self.files.is_empty() => {
                let file = self.files.iter().map(|file| file.display().to_string()).next().unwrap_or_default();
                Err(CliError::usage(format!("is `{file}` the modem's port, or a log?"))
                    .help("--port PORT records at a port, --from PROGRAM LOG makes a script of what a program wrote"))
            }
            (None, Some(address)) => self.record(address),
            (None, None) => Err(CliError::usage("neither a port to record at nor a log is named")
                .help("--port PORT records at a port, --from PROGRAM LOG makes a script of what a program wrote")),
        }
    }

    fn import(&self, from: From) -> Result<Exit, CliError> {
        let reading = Reading { only: self.only.clone(), deltas: self.deltas };
        let mut pieces = Vec::new();
        for path in &self.files {
            let bytes = std::fs::read(path).map_err(|error| {
                CliError::usage(format!("cannot read {}: {error}", path.display()))
                    .help("name the file that the program wrote")
            })?;
            match import::read(from.format(), &path.display().to_string(), &bytes, &reading) {
                Ok(read) => pieces.push(read),
                Err(error) => {
                    // The log is nobody's script: its identities are hidden as in any report.
                    let text = error.render(false);
                    let text = if self.reveal { text } else { crate::run::masking::Masks::new().source(&text) };
                    anstream::eprintln!("{}", text.trim_end());
                    return Ok(Exit::Usage);
                }
            }
        }
        let files = self.files.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ");
        let mut paper = self.paper(&files)?;
        let written = import::write(&pieces, Session::new(self.reveal), &mut paper);
        written.map_err(|error| CliError::bench(format!("cannot write {}: {error}", self.output.display())))?;
        for (path, pieces) in self.files.iter().zip(&pieces) {
            for warning in &pieces.warnings {
                anstream::eprintln!("warning: {}: {warning}", path.display());
            }
        }
        let beside: usize = pieces.iter().map(|pieces| pieces.beside).sum();
        let about = match beside {
            0 => String::new(),
            _ => format!("; about something else than the traffic: {}", lines(beside as u64)),
        };
        anstream::eprintln!("{}: {}{about}", self.output.display(), lines(paper.lines()));
        Ok(Exit::Passed)
    }

    fn record(&self, address: &Address) -> Result<Exit, CliError> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| CliError::bench(format!("cannot start: {error}")))?;
        runtime.block_on(self.pass(address))
    }

    async fn pass(&self, address: &Address) -> Result<Exit, CliError> {
        let mut signals = Signals::new()?;
        let port = port::open(address).await?;
        let line = self.line().await?;
        let paper = self.paper(&address.to_string())?;
        let output = Arc::new(self.output.clone());
        let full = Arc::clone(&output);
        let keeper = Keeper::start(paper, Session::new(self.reveal), move |error| {
            anstream::eprintln!(
                "warning: cannot write {}: {error}; bytes pass on, the recording ends here",
                full.display()
            );
        });
        say::in_passing(format_args!("ready {} {} {}\n", line.kind(), line.address(), output.display()))?;
        let mut between = Between::new(line, port);
        let tell = |happening: &Happening| match happening {
            Happening::Opened | Happening::Closed => tracing::info!("{happening}"),
            Happening::Gone(_) => anstream::eprintln!("{happening}; waiting for it"),
            Happening::Back(place) => {
                anstream::eprintln!("{happening}");
                // The pseudo-terminal may be another: told as at the start, whether or not anybody still reads.
                drop(say::in_passing(format_args!("ready {place} {}\n", output.display())));
            }
            Happening::Tamper(_) => anstream::eprintln!("{happening}"),
        };
        let ended = tokio::select! {
            () = signals.next() => Ok(()),
            ended = between.pass(&keeper, tell) => ended,
        };
        drop(between);
        let kept = keeper.finish();
        ended?;
        if let Some(error) = kept.failed {
            let message = format!("{} ends before the session did: {error}", output.display());
            return Err(CliError::bench(message).help("what stands in it is whole, and plays"));
        }
        anstream::eprintln!("{}: {}", output.display(), lines(kept.lines));
        Ok(Exit::Passed)
    }

    async fn line(&self) -> Result<Line, CliError> {
        if let Some(address) = self.tcp.as_ref().or(self.unix.as_ref()) {
            if !address.is_local() {
                anstream::eprintln!(
                    "warning: {address} may be reached from other machines; whoever connects is let in"
                );
            }
            return Ok(Line::Socket(Box::new(Listener::bind(address).await?)));
        }
        let ptys = port::Ptys::new()?;
        Ok(Line::Pty(Box::new(ptys.create(self.link.as_deref())?)))
    }

    fn paper(&self, what: &str) -> Result<Paper, CliError> {
        let title = match &self.title {
            Some(title) => title.clone(),
            None => format!("A session recorded from {what}"),
        };
        let about = About { title, revealed: self.reveal, modems: Vec::new() };
        Paper::create(&self.output, self.force, &about).map_err(|error| unmade(&self.output, &error))
    }
}

fn lines(count: u64) -> String {
    if count == 1 { "1 line".to_owned() } else { format!("{count} lines") }
}

fn unmade(path: &Path, error: &std::io::Error) -> CliError {
    let there = error.kind() == std::io::ErrorKind::AlreadyExists;
    let message = if there { "it is there already".to_owned() } else { error.to_string() };
    let failed = CliError::bench(format!("cannot write {}: {message}", path.display()));
    failed.help(if there {
        "choose another name, or --force replaces it"
    } else {
        "choose a place that this user may write to"
    })
}
