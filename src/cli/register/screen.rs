//! `atgate register screen`: many identities against the register, with a verdict for each and a summary of all.

mod chart;

use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Read, Write};
use std::num::NonZero;
use std::path::{Path, PathBuf};

use anstyle::{AnsiColor, Style};
use clap::{Args, ValueEnum};
use indicatif::ProgressBar;

use super::import::progress;
use super::{Place, files};
use crate::cli::{CliError, Exit};
use crate::register::Entry;
use crate::register::screening::{
    Marks, REMEMBERED, Screening, ScreeningError, Summary, VerdictFormat, VerdictWriter, Weights,
};

const GOOD: Style = AnsiColor::Green.on_default();
const WARNING: Style = AnsiColor::Yellow.on_default();
const ERROR: Style = AnsiColor::Red.on_default();

const FORMS: &str = "\
An input is a file with an identity in the first column of each line, - for standard input, or a range: \
00101700-000000..00101700-000999. Verdicts are pass, warn and fail, with the codes of `atgate register check`; they go to --out, or to \
standard output, with the identities as they came. With --summary alone only the counts are told.

Exit codes: 0 none fails, 1 some do, 2 the command line is wrong, 3 an input cannot be read, 4 there was no identity.";

/// The flags of `atgate register screen`.
#[derive(Debug, Args)]
#[command(after_help = FORMS)]
pub(super) struct Screen {
    /// Files, - or LOW..HIGH
    #[arg(value_name = "INPUT", required = true)]
    inputs: Vec<String>,

    /// Write the verdicts into this file, which is replaced once all is written
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,

    /// How verdicts are written; else as the name of --out ends, or csv
    #[arg(long, value_enum)]
    format: Option<Format>,

    /// Tell the counts, with a bar for each reason
    #[arg(long)]
    summary: bool,

    /// Draw the counts into this SVG file
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,

    /// Mark devices that come twice, too
    #[arg(long)]
    duplicates: bool,

    /// So many threads; else as many as the machine has
    #[arg(long, value_name = "COUNT")]
    threads: Option<NonZero<usize>>,

    /// Weights by this TOML file instead of the register's rules
    #[arg(long, value_name = "FILE")]
    rules: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Csv,
    Ndjson,
    Parquet,
}

enum Input {
    Text(Box<dyn Read + Send>),
    Range(Entry),
}

impl Screen {
    pub(super) fn run(self, place: &Place) -> Result<Exit, CliError> {
        let desk = place.desk()?;
        let rules = match &self.rules {
            None => desk.rules(),
            Some(path) => std::sync::Arc::new(files::rules(path)?.0),
        };
        let weights = Weights::of(&rules);
        let index = desk.index();
        let threads =
            self.threads.or_else(|| std::thread::available_parallelism().ok()).unwrap_or(NonZero::<usize>::MIN);
        let mut screening = Screening::new(&index).threads(threads);
        if self.duplicates {
            screening = screening.duplicates(REMEMBERED);
        }
        if let Some(key) = desk.key() {
            screening = screening.hashed_with(key.clone());
        }
        let format = self.format()?;
        let bar = progress(&self.inputs.iter().map(PathBuf::from).collect::<Vec<_>>());
        // All of them are opened before anything is written: a slip of the pen leaves nothing half.
        let inputs = self.inputs.iter().map(|input| open(input, &bar)).collect::<Result<Vec<Input>, CliError>>()?;
        let part = self.out.as_deref().map(files::part);
        let tells_all = self.out.is_some() || !self.summary && self.svg.is_none();
        let out: Box<dyn Write + Send> = match &part {
            Some(part) => Box::new(BufWriter::new(File::create(part).map_err(|error| files::unwritten(part, &error))?)),
            None if tells_all => Box::new(io::stdout()),
            None => Box::new(io::sink()),
        };
        let mut writer = VerdictWriter::new(out, format, weights)
            .map_err(|error| CliError::bench(format!("cannot write: {error}")))?;
        let mut total = Summary::default();
        let screened = self.inputs.iter().zip(inputs).try_for_each(|(name, input)| {
            let each = |block: &crate::register::screening::Block<'_>| writer.block(block);
            let summary = match input {
                Input::Text(text) => screening.text(text, each),
                Input::Range(range) => {
                    let (low, high) = ends(range);
                    screening.range(low, high, each)
                }
            };
            total.add(&summary.map_err(|error| failed(name, &error))?);
            Ok::<(), CliError>(())
        });
        bar.finish_and_clear();
        let counts = writer.counts();
        let ended = screened.and_then(|()| {
            writer.finish().map_err(|error| CliError::bench(format!("cannot write: {error}")))?;
            if let (Some(part), Some(path)) = (&part, &self.out) {
                std::fs::rename(part, path).map_err(|error| files::unwritten(path, &error))?;
            }
            Ok(())
        });
        if let (Err(_), Some(part)) = (&ended, &part) {
            let _ = std::fs::remove_file(part);
        }
        ended?;
        self.tell(&total, counts, weights)?;
        Ok(match counts {
            _ if total.identities == 0 => Exit::NothingRan,
            [_, _, 0] => Exit::Passed,
            [_, _, _] => Exit::Failed,
        })
    }

    fn format(&self) -> Result<VerdictFormat, CliError> {
        let by_name = || {
            let ending =
                self.out.as_deref().and_then(Path::extension).and_then(|ending| ending.to_str()).unwrap_or_default();
            VerdictFormat::ALL.into_iter().find(|format| format.word() == ending).unwrap_or(VerdictFormat::Csv)
        };
        let format = match self.format {
            None => by_name(),
            Some(Format::Csv) => VerdictFormat::Csv,
            Some(Format::Ndjson) => VerdictFormat::Ndjson,
            Some(Format::Parquet) => VerdictFormat::Parquet,
        };
        if format == VerdictFormat::Parquet && self.out.is_none() && io::stdout().is_terminal() {
            return Err(CliError::usage("parquet is nothing for a terminal").help("name a file with --out"));
        }
        Ok(format)
    }

    /// The summary: on standard output where that is all that was asked for, else on standard error.
    fn tell(&self, total: &Summary, [passed, warned, failed]: [u64; 3], weights: Weights) -> Result<(), CliError> {
        let bars = chart::bars(total, weights);
        if let Some(path) = &self.svg {
            std::fs::write(path, chart::svg(total.identities, &bars))
                .map_err(|error| files::unwritten(path, &error))?;
        }
        if total.not_remembered > 0 {
            anstream::eprintln!(
                "{WARNING}warning{WARNING:#}: of {} identities nobody knows whether they came before: only the first {REMEMBERED} are remembered",
                total.not_remembered
            );
        }
        let text = format!(
            "{} identities: {GOOD}{passed} pass{GOOD:#}, {WARNING}{warned} warn{WARNING:#}, {ERROR}{failed} fail{ERROR:#}\n{}",
            total.identities,
            chart::text(&bars)
        );
        if self.summary {
            if self.out.is_some() || self.svg.is_some() {
                anstream::print!("{text}")
            } else {
                anstream::print!("{text}")
            }
        } else if self.out.is_some() {
            anstream::eprint!("{text}");
        }
        Ok(())
    }
}

fn open(input: &str, bar: &ProgressBar) -> Result<Input, CliError> {
    if input == "-" {
        return Ok(Input::Text(Box::new(bar.wrap_read(io::stdin()))));
    }
    if input.contains("..") && !Path::new(input).exists() {
        let entry = Entry::parse(input).map_err(|error| {
            let help = error.help().map(str::to_owned);
            CliError { help, ..CliError::usage(format!("{input}: {error}")) }
        })?;
        return Ok(Input::Range(entry));
    }
    let file = files::open(Path::new(input))
        .map_err(|error| error.help("an input is a file, - or LOW..HIGH; `atgate register check` takes identities"))?;
    Ok(Input::Text(Box::new(bar.wrap_read(file))))
}

fn ends(entry: Entry) -> (crate::identity::ImeiKey, crate::identity::ImeiKey) {
    match entry {
        Entry::Device(key) | Entry::Pair(key, _) => (key, key),
        Entry::Range { low, high } => (low, high),
        Entry::Tac(tac) => tac.devices(),
    }
}

fn failed(input: &str, error: &ScreeningError) -> CliError {
    match error {
        ScreeningError::Write(error) if error.kind() == io::ErrorKind::BrokenPipe => std::process::exit(0),
        ScreeningError::Read { .. } | ScreeningError::Write(_) => CliError::bench(format!("{input}: {error}")),
    }
}
