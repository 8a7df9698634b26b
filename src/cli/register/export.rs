//! `atgate register export`: a list, or what changed of it, in one of the formats.

mod set;

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use anstyle::{AnsiColor, Style};
use clap::Args;

use super::import::{format, target};
use super::{Place, files, now};
use crate::cli::{CliError, Exit};
use crate::register::exchange::{Format, Step, Target, WriteOptions, Writer, Written};
use crate::register::store::{Filter, Store, StoreError};
use crate::register::{List, Row, Subject};

const WARNING: Style = AnsiColor::Yellow.on_default();

const FORMS: &str = "\
Into a folder, files have the names that the format's users expect. A block list, notifications or exceptions with --since are a set of \
files there, one for what was blocked, one for what was unblocked and so on; the three are --format block-list (of --list block unless \
told otherwise), notification and exception. `atgate register import` takes such a folder.

  atgate register export --list block --since 7 --out handover/
  atgate register import --list block --source carrier-a handover/";

/// The flags of `atgate register export`.
#[derive(Debug, Args)]
#[command(after_help = FORMS)]
pub(super) struct Export {
    /// Which book or list
    #[arg(long, value_name = "LIST", value_parser = target)]
    list: Target,

    /// Of one source alone
    #[arg(long, value_name = "NAME")]
    source: Option<String>,

    /// The format; unless it is named, the one that suits the book
    #[arg(long, value_name = "FORMAT", value_parser = format)]
    format: Option<Format>,

    /// As it stood after this act
    #[arg(long, value_name = "ACT", conflicts_with = "since")]
    at: Option<i64>,

    /// Only what changed after this act
    #[arg(long, value_name = "ACT")]
    since: Option<i64>,

    /// IMEIs with their check digit, 15 digits; else 14
    #[arg(long)]
    check_digit: bool,

    /// Devices as keyed hashes under --hash-key
    #[arg(long)]
    hashed: bool,

    /// Into this file, which is replaced once all is written, or into this folder; else to standard output
    #[arg(long, short, value_name = "PATH")]
    out: Option<PathBuf>,

    /// For whom a list is made: it stands in the names of files in a folder
    #[arg(long, value_name = "NAME", requires = "out")]
    operator: Option<String>,
}

impl Export {
    pub(super) fn run(self, place: &Place) -> Result<Exit, CliError> {
        let folder =
            self.out.clone().filter(|path| path.is_dir() || path.as_os_str().as_encoded_bytes().ends_with(b"/"));
        let format = self.format.unwrap_or_else(|| match (&folder, self.since, self.list) {
            (Some(_), Some(_), Target::List(List::Block)) => Format::BlockList,
            (_, _, list) => Format::of(list),
        });
        if !format.fits(self.list) {
            return Err(CliError::usage(format!("the format {} is not for {}", format.word(), self.list.word())));
        }
        if self.hashed && place.key().is_none() {
            return Err(
                CliError::usage("--hashed wants a secret").help("name its file with --hash-key or ATGATE_HASH_KEY")
            );
        }
        let mut store = place.store()?;
        let source = match &self.source {
            None => None,
            Some(name) => Some(
                store
                    .sources()?
                    .into_iter()
                    .find(|source| source.name == *name)
                    .ok_or_else(|| {
                        CliError::usage(format!("there is no source {name}"))
                            .help("`atgate register source` lists them")
                    })?
                    .id,
            ),
        };
        for act in self.at.iter().chain(&self.since) {
            store.act(*act)?;
        }
        let filter = Filter { book: Some(self.list.book()), list: self.list.list(), source, at: self.at };
        let options = WriteOptions {
            check_digit: self.check_digit,
            key: place.key().filter(|_| self.hashed).cloned(),
            delta: self.since.is_some(),
        };
        if let Some(folder) = folder {
            return self.fill_folder(&mut store, &folder, filter, format, options);
        }
        let written = match &self.out {
            None => {
                self.write(&mut store, filter, format, options, BufWriter::with_capacity(1 << 16, io::stdout().lock()))?
            }
            Some(path) => {
                let part = files::part(path);
                let file = File::create(&part).map_err(|error| files::unwritten(&part, &error))?;
                let written = self.write(&mut store, filter, format, options, BufWriter::with_capacity(1 << 16, file));
                let moved = written.and_then(|written| {
                    std::fs::rename(&part, path).map_err(|error| files::unwritten(path, &error))?;
                    Ok(written)
                });
                if moved.is_err() {
                    let _ = std::fs::remove_file(&part);
                }
                moved?
            }
        };
        for loss in &written.losses {
            anstream::eprintln!("{WARNING}warning{WARNING:#}: {loss}");
        }
        if self.out.is_some() {
            anstream::eprintln!("{} rows written; the register is at act {}", written.rows, store.generation()?);
        }
        Ok(Exit::Passed)
    }

    fn write<W: Write>(
        &self,
        store: &mut Store,
        filter: Filter,
        format: Format,
        options: WriteOptions,
        out: W,
    ) -> Result<Written, CliError> {
        let mut names: Vec<String> = Vec::new();
        let at = now();
        let generation = store.generation()?;
        // What other columns there are has to be known before the first row.
        store.rows::<StoreError>(filter, |stored| {
            for name in stored.row.fields.iter().flat_map(|fields| fields.keys()) {
                if !names.iter().any(|known| **known == **name) {
                    names.push(name.to_string());
                }
            }
            Ok(())
        })?;
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let mut writer = Writer::with_fields(out, format, options, &names).map_err(|error| unwritten(&error))?;
        match self.since {
            None => store.rows::<CliError>(filter, |stored| {
                if stored.row.holds(at) {
                    writer.row(&stored.row).map_err(|error| unwritten(&error))?;
                }
                Ok(())
            })?,
            Some(since) => {
                let mut old: HashMap<(i64, Subject), Row> = HashMap::new();
                let mut new: Vec<(i64, Row)> = Vec::new();
                store.changes::<StoreError>(filter, since, generation, |is_put, stored| {
                    if is_put {
                        new.push((stored.source, stored.row));
                    } else {
                        old.insert((stored.source, stored.row.subject), stored.row);
                    }
                    Ok(())
                })?;
                for (source, row) in new {
                    let before = old.remove(&(source, row.subject));
                    if let Some(step) = Step::between(before.as_ref(), Some(&row)) {
                        writer.step(step, &row).map_err(|error| unwritten(&error))?;
                    }
                }
                for row in old.values() {
                    writer.step(Step::Remove, row).map_err(|error| unwritten(&error))?;
                }
            }
        }
        writer.finish().map_err(|error| unwritten(&error))
    }
}

fn unwritten(error: &io::Error) -> CliError {
    if error.kind() == io::ErrorKind::BrokenPipe {
        // Who has seen enough ends the program quietly.
        std::process::exit(0);
    }
    CliError::bench(format!("cannot write: {error}"))
}
