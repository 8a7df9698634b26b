//! `atgate register import`: list files into the register.

use std::io::{self, IsTerminal, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anstyle::{AnsiColor, Style};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use super::{Place, act, files};
use crate::cli::say::say;
use crate::cli::{CliError, Exit};
use crate::register::exchange::{Format, Part, PartName, Target, Warning, part_of};
use crate::register::store::{Mode, Verb};
use crate::register::{Intake, IntakeError, Taken, take};

const WARNING: Style = AnsiColor::Yellow.on_default();
const ERROR: Style = AnsiColor::Red.on_default().bold();
const HELP: Style = AnsiColor::Cyan.on_default();

const FORMS: &str = "\
A file has one identity, TAC or `low,high` range a line, or a header that the register knows, or one JSON object a line; packed \
with gzip or not; - is standard input; a folder is the set of files of a delta (…_blocked.csv, …_unblocked.csv). It is all that its source lists, unless it has a column change_type or --delta says that it \
holds changes. Nothing is kept where a line is wrong, where the list lost more than a quarter of its entries (--allow-shrink) or \
where it hits more than a tenth of the fleet (--allow-ratio).

Exit codes: 0 it was taken in, 2 it was refused, 3 the register cannot be written.";

/// The flags of `atgate register import`.
#[derive(Debug, Args)]
#[command(after_help = FORMS)]
pub(super) struct Import {
    /// What the files are
    #[arg(long, value_name = "LIST", value_parser = target)]
    list: Target,

    /// Who says so: the source's name; a source is replaced by its next full list
    #[arg(long, value_name = "NAME", default_value = "imported")]
    source: String,

    /// The files' format, where it is not to be found out
    #[arg(long, value_name = "FORMAT", value_parser = format)]
    format: Option<Format>,

    /// The files hold changes: rows are put there or taken away, all others stay
    #[arg(long, conflicts_with = "full")]
    delta: bool,

    /// The files are all that the source lists, whatever columns they have
    #[arg(long)]
    full: bool,

    /// The rows are to be taken away
    #[arg(long, conflicts_with = "full")]
    remove: bool,

    /// Say what would be done, and keep nothing
    #[arg(long)]
    dry_run: bool,

    /// Let the list hit this part of the fleet, 0 to 1, or as much as it likes
    #[arg(long, value_name = "PART", num_args = 0..=1, default_missing_value = "1", value_parser = part)]
    allow_ratio: Option<f64>,

    /// Let a full list be as small as it likes
    #[arg(long)]
    allow_shrink: bool,

    /// IMEIs of 14 digits are meant as they are: no spreadsheet has lost their zeros
    #[arg(long)]
    short_rows: bool,

    /// Why, for the log
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,

    /// The files, in one act; a folder is the delta that stands in it, as `export` writes it
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
}

pub(super) fn target(word: &str) -> Result<Target, String> {
    let word = if word == "golden" { "allow" } else { word };
    Target::from_word(word).ok_or_else(|| {
        let words: Vec<&str> = Target::ALL.iter().map(|target| target.word()).collect();
        format!("expected {}", words.join(", "))
    })
}

pub(super) fn format(word: &str) -> Result<Format, String> {
    Format::from_word(word).ok_or_else(|| {
        let words: Vec<&str> = Format::ALL.iter().map(|format| format.word()).collect();
        format!("expected {}", words.join(", "))
    })
}

pub(super) fn part(text: &str) -> Result<f64, String> {
    let number =
        text.strip_suffix('%').map_or_else(|| text.parse(), |percent| percent.parse().map(|part: f64| part / 100.0));
    number
        .ok()
        .filter(|part| (0.0..=1.0).contains(part))
        .ok_or_else(|| "expected a part from 0 to 1, or a percentage".to_owned())
}

impl Import {
    pub(super) fn run(self, place: &Place) -> Result<Exit, CliError> {
        let mut store = place.store()?;
        let rules = super::kept_rules(&mut store)?;
        let paths = self.paths()?;
        let bar = progress(&paths);
        let mut inputs: Vec<(String, Box<dyn Read>)> = Vec::new();
        for path in &paths {
            if path.as_os_str() == "-" {
                inputs.push(("standard input".into(), Box::new(bar.wrap_read(io::stdin().lock()))));
                continue;
            }
            let file = files::open(path)?;
            inputs.push((path.display().to_string(), Box::new(bar.wrap_read(file))));
        }
        let mode = match (self.delta || self.remove, self.full) {
            (true, _) => Some(Mode::Delta),
            (false, true) => Some(Mode::Full),
            (false, false) => None,
        };
        let intake = Intake {
            format: self.format,
            mode,
            removals: self.remove,
            is_dry: self.dry_run,
            allow_ratio: self.allow_ratio,
            allow_shrink: self.allow_shrink,
            short_rows: self.short_rows,
            ..Intake::new(self.list, &self.source)
        };
        let mut told = act(Verb::Import, self.reason.clone());
        let names: Vec<String> = inputs.iter().map(|(name, _)| name.clone()).collect();
        told.origin = Some(names.join(" "));
        let taken = take(&mut store, &rules, &told, &intake, inputs);
        bar.finish_and_clear();
        match taken {
            Ok(taken) => {
                self.tell(&taken);
                Ok(Exit::Passed)
            }
            Err(error) => {
                tell_errors(&error);
                Err(error.into())
            }
        }
    }

    /// The files, and in the place of a folder the parts of the delta in it.
    fn paths(&self) -> Result<Vec<PathBuf>, CliError> {
        let mut paths = Vec::new();
        for path in &self.files {
            if path.is_dir() { paths.extend(parts(path, self.list)?) } else { paths.push(path.clone()) }
        }
        Ok(paths)
    }

    fn tell(&self, taken: &Taken) {
        for (name, _, warnings) in &taken.files {
            tell_warnings(name, warnings);
        }
        let rows: u64 = taken.files.iter().map(|(_, summary, _)| summary.rows).sum();
        let counts = taken.outcome.counts;
        let kind = match taken.mode {
            Mode::Full => "a full list",
            Mode::Delta => "changes",
        };
        say!(
            "{rows} rows read, {kind} of {} for {}: {} added, {} removed, {} changed; {} stand there{}",
            self.source,
            self.list.word(),
            counts.added,
            counts.removed,
            counts.changed,
            counts.after(),
            if self.dry_run { " (would; nothing was kept)" } else { "" },
        );
        if taken.hits > 0 {
            say!("{} devices of the fleet are on it", taken.hits);
        }
        if let Some(id) = taken.outcome.act {
            say!("act {id}; `atgate register undo {id}` takes it back");
        }
    }
}

/// The parts of the delta in a folder, all of them: what was unblocked must not be lost on the way.
fn parts(folder: &Path, target: Target) -> Result<Vec<PathBuf>, CliError> {
    let unread = |error: io::Error| CliError::usage(format!("cannot read {}: {error}", folder.display()));
    let mut found: Vec<(PartName, PathBuf)> = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unread)? {
        let path = entry.map_err(unread)?.path();
        let part = path.file_name().and_then(|name| part_of(name.to_str()?));
        found.extend(part.filter(|part| part.format.fits(target)).map(|part| (part, path)));
    }
    found.sort_by(|one, other| (&one.0.set, one.0.part).cmp(&(&other.0.set, other.0.part)));
    let Some((first, _)) = found.first().cloned() else {
        return Err(CliError::usage(format!("there is no delta for {} in {}", target.word(), folder.display())).help(
            "a delta is a set of files such as 20260131_blacklist_delta_4_7_blocked.csv and …_unblocked.csv; name other files one by one",
        ));
    };
    if let Some((other, _)) = found.iter().find(|(part, _)| part.set != first.set) {
        let message = format!("there are several deltas in {}: {} and {}", folder.display(), first.set, other.set);
        return Err(CliError::usage(message).help("name the files of one, and import them one delta after the other"));
    }
    for part in Part::all(first.format) {
        match found.iter().filter(|(found, _)| found.part == *part).count() {
            1 => {}
            0 => {
                let message = format!("{} is not in {}", first.of(*part), folder.display());
                return Err(CliError::usage(message)
                    .help("a delta is whole or nothing; name its files one by one to go without"));
            }
            _ => {
                let message = format!("{} is in {} twice, packed and not", first.of(*part), folder.display());
                return Err(CliError::usage(message).help("take one of the two away"));
            }
        }
    }
    Ok(found.into_iter().map(|(_, path)| path).collect())
}

pub(super) fn tell_warnings(name: &str, warnings: &[Warning]) {
    for warning in warnings {
        anstream::eprintln!("{WARNING}warning{WARNING:#}: {name}: {warning}");
        if let Some(help) = warning.help() {
            anstream::eprintln!("{HELP}help{HELP:#}: {help}");
        }
    }
}

/// All errors but the first, whose help ends the program.
fn tell_errors(error: &IntakeError) {
    if let IntakeError::Lines(errors) = error {
        for (name, error) in errors {
            anstream::eprintln!("{ERROR}error{ERROR:#}: {name}:{error}");
        }
    }
}

/// A bar where somebody watches and the size is known.
pub(super) fn progress(files: &[PathBuf]) -> ProgressBar {
    let sizes: Option<u64> = files.iter().map(|path| std::fs::metadata(path).ok().map(|meta| meta.len())).sum();
    match sizes {
        Some(size) if io::stderr().is_terminal() => {
            let style = ProgressStyle::with_template("{bar:40} {bytes}/{total_bytes} {bytes_per_sec} {eta}");
            let bar = ProgressBar::new(size);
            bar.enable_steady_tick(Duration::from_millis(200));
            bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        }
        Some(_) | None => ProgressBar::hidden(),
    }
}
