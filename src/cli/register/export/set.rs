//! An export into a folder: files under the names that the format's users expect, all of them or none.

use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;

use super::{Export, WARNING, unwritten};
use crate::cli::register::{files, now};
use crate::cli::say::say;
use crate::cli::{CliError, Exit};
use crate::register::delta;
use crate::register::exchange::{Format, Part, WriteOptions, Writer, Written, file_name};
use crate::register::store::{Filter, Store};

/// Files that are written under other names until all of them are whole; what was not put in its place is taken away again.
#[derive(Default)]
struct Parts(Vec<(PathBuf, PathBuf)>);

impl Parts {
    fn begin(&mut self, path: PathBuf) -> Result<BufWriter<File>, CliError> {
        let part = files::part(&path);
        let file = File::create(&part).map_err(|error| files::unwritten(&part, &error))?;
        self.0.push((part, path));
        Ok(BufWriter::with_capacity(1 << 16, file))
    }

    fn put_in_place(mut self) -> Result<(), CliError> {
        while let Some((part, path)) = self.0.first() {
            std::fs::rename(part, path).map_err(|error| files::unwritten(path, &error))?;
            self.0.remove(0);
        }
        Ok(())
    }
}

impl Drop for Parts {
    fn drop(&mut self) {
        for (part, _) in &self.0 {
            // What cannot be taken away either has a name that says what it is.
            let _ = std::fs::remove_file(part);
        }
    }
}

impl Export {
    /// Writes the list, or what changed of it, into a folder, which is made where there is none.
    pub(super) fn fill_folder(
        &self,
        store: &mut Store,
        folder: &Path,
        filter: Filter,
        format: Format,
        options: WriteOptions,
    ) -> Result<Exit, CliError> {
        std::fs::create_dir_all(folder).map_err(|error| files::unwritten(folder, &error))?;
        let (at, generation) = (now(), store.generation()?);
        let date = at.to_zoned(TimeZone::UTC).date();
        let between = self.since.map(|since| (since, generation));
        let name = |part| file_name(format, date, self.operator.as_deref(), between, part);
        let parts = Part::all(format);
        let (mut open, mut told) = (Parts::default(), Vec::new());
        match self.since {
            Some(since) if !parts.is_empty() => {
                let options = WriteOptions { delta: false, ..options };
                let mut writers = Vec::new();
                for part in parts {
                    let out = open.begin(folder.join(name(Some(*part))))?;
                    let writer = Writer::new(out, format, options.clone()).map_err(|error| unwritten(&error))?;
                    writers.push((*part, writer));
                }
                for became in delta::between(store, filter, since, format, at)? {
                    let part = Part::of(format, became.step, became.ending);
                    if let Some((_, writer)) = writers.iter_mut().find(|(of, _)| Some(*of) == part) {
                        writer.row(&became.row).map_err(|error| unwritten(&error))?;
                    }
                }
                for (part, writer) in writers {
                    told.push((name(Some(part)), writer.finish().map_err(|error| unwritten(&error))?));
                }
            }
            Some(_) | None => {
                let out = open.begin(folder.join(name(None)))?;
                told.push((name(None), self.write(store, filter, format, options, out)?));
            }
        }
        open.put_in_place()?;
        for (name, Written { rows, losses }) in &told {
            for loss in losses {
                anstream::eprintln!("{WARNING}warning{WARNING:#}: {name}: {loss}");
            }
            say!("{name}: {rows} rows");
        }
        anstream::eprintln!("the register is at act {generation}");
        Ok(Exit::Passed)
    }
}
