//! `atgate review`: accepts or rejects pending snapshots, where there is no cargo.

use std::fs;
use std::io::{self, BufRead, IsTerminal, Write};
use std::path::{Path, PathBuf};

use anstyle::{AnsiColor, Style};
use clap::Args;

use super::say::{self, say};
use super::{CliError, Exit};
use crate::run::snapshot;

const MINUS: Style = AnsiColor::Red.on_default();
const PLUS: Style = AnsiColor::Green.on_default();
const BOLD: Style = Style::new().bold();

/// The flags of `atgate review`.
#[derive(Debug, Args)]
pub(super) struct Review {
    /// Where to look for pending snapshots (*.snap.new): files or folders
    #[arg(default_value = ".")]
    paths: Vec<PathBuf>,

    /// Accept all of them, without asking
    #[arg(long, conflicts_with = "reject")]
    accept: bool,

    /// Reject all of them, without asking
    #[arg(long)]
    reject: bool,
}

/// What became of one pending snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Choice {
    Accept,
    Reject,
    Skip,
    Quit,
}

impl Review {
    pub(super) fn run(self) -> Result<Exit, CliError> {
        let pending = find(&self.paths)?;
        if pending.is_empty() {
            say!("nothing to review");
            return Ok(Exit::Passed);
        }
        let asking = !self.accept && !self.reject;
        let by_hand = asking && io::stdin().is_terminal();
        let (mut accepted, mut rejected) = (0, 0);
        for (at, file) in pending.iter().enumerate() {
            if asking {
                show(file, at + 1, pending.len())?;
            }
            let choice = match (self.accept, self.reject) {
                (true, _) => Choice::Accept,
                (_, true) => Choice::Reject,
                _ if by_hand => ask()?,
                _ => Choice::Skip,
            };
            match choice {
                Choice::Accept => {
                    accept(file)?;
                    accepted += 1;
                }
                Choice::Reject => {
                    fs::remove_file(file).map_err(|error| failed("remove", file, &error))?;
                    rejected += 1;
                }
                Choice::Skip => {}
                Choice::Quit => break,
            }
        }
        let left = pending.len() - accepted - rejected;
        say!("{accepted} accepted, {rejected} rejected, {left} left");
        if asking && !by_hand {
            return Err(CliError {
                exit: Exit::Failed,
                message: format!(
                    "{} for a review, and there is no terminal to ask at",
                    if left == 1 { "1 snapshot waits".to_owned() } else { format!("{left} snapshots wait") }
                ),
                help: Some("`atgate review --accept PATH…` or `--reject PATH…`".into()),
            });
        }
        Ok(if left == 0 { Exit::Passed } else { Exit::Failed })
    }
}

/// Every pending snapshot below the paths, in order.
fn find(paths: &[PathBuf]) -> Result<Vec<PathBuf>, CliError> {
    let mut found = Vec::new();
    for path in paths {
        if !path.exists() {
            return Err(CliError::usage(format!("there is no {}", path.display()))
                .help("name a script, a snapshot or a folder that holds some"));
        }
        for entry in walkdir::WalkDir::new(path).sort_by_file_name() {
            let entry = entry.map_err(|error| {
                CliError::usage(format!("cannot read {}: {}", path.display(), io::Error::from(error)))
            })?;
            if entry.file_type().is_file() && entry.file_name().to_string_lossy().ends_with(".snap.new") {
                found.push(entry.into_path());
            }
        }
    }
    found.dedup();
    Ok(found)
}

/// The snapshot that a pending file would become.
fn target(pending: &Path) -> PathBuf {
    pending.with_extension("")
}

fn show(pending: &Path, number: usize, of: usize) -> Result<(), CliError> {
    let new = fs::read_to_string(pending).map_err(|error| failed("read", pending, &error))?;
    let old = match fs::read_to_string(target(pending)) {
        Ok(old) => old,
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(failed("read", &target(pending), &error)),
    };
    say!("\n{BOLD}{number}/{of}  {}{BOLD:#}", target(pending).display());
    if old.is_empty() {
        say!("(a new snapshot)");
    }
    for line in snapshot::diff(snapshot::contents(&old), snapshot::contents(&new)).lines() {
        match line.as_bytes().first() {
            Some(b'-') => say!("{MINUS}{line}{MINUS:#}"),
            Some(b'+') => say!("{PLUS}{line}{PLUS:#}"),
            _ => say!("{line}"),
        }
    }
    Ok(())
}

/// Asks until there is an answer; the end of the input is *quit*.
fn ask() -> Result<Choice, CliError> {
    loop {
        say::write(format_args!(
            "{BOLD}a{BOLD:#}ccept  {BOLD}r{BOLD:#}eject  {BOLD}s{BOLD:#}kip  {BOLD}q{BOLD:#}uit? "
        ));
        let failed = |error: io::Error| CliError::bench(format!("cannot ask at the terminal: {error}"));
        io::stdout().flush().map_err(failed)?;
        let mut answer = String::new();
        if io::stdin().lock().read_line(&mut answer).map_err(failed)? == 0 {
            return Ok(Choice::Quit);
        }
        match answer.trim() {
            "a" | "accept" => return Ok(Choice::Accept),
            "r" | "reject" => return Ok(Choice::Reject),
            "s" | "skip" => return Ok(Choice::Skip),
            "q" | "quit" => return Ok(Choice::Quit),
            other => say!("‘{other}’ is none of a, r, s, q"),
        }
    }
}

/// A rename, so that a snapshot is never half written.
fn accept(pending: &Path) -> Result<(), CliError> {
    fs::rename(pending, target(pending)).map_err(|error| failed("accept", pending, &error))
}

fn failed(doing: &str, path: &Path, error: &io::Error) -> CliError {
    CliError::bench(format!("cannot {doing} {}: {error}", path.display()))
}
