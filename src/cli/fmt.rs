//! `atgate fmt`: writes scripts in the one canonical spelling.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anstyle::{AnsiColor, Style};
use clap::Args;

use super::say;
use super::scripts::{self, Found, STDIN};
use super::{CliError, Exit};
use crate::run::report::plural;
use crate::script::{ScriptError, ScriptErrors, Source, Span, format, parse_alone};

const MINUS: Style = AnsiColor::Red.on_default();
const PLUS: Style = AnsiColor::Green.on_default();
const HUNK: Style = AnsiColor::Cyan.on_default();

/// The flags of `atgate fmt`.
#[derive(Debug, Args)]
pub(super) struct Fmt {
    /// Write nothing; show what would change, and exit with 1 if anything would
    #[arg(long)]
    check: bool,

    /// Scripts, or directories of scripts (*.atg); - formats standard input to standard output
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
}

impl Fmt {
    pub(super) fn run(self) -> Result<Exit, CliError> {
        let found = scripts::find(&self.paths)?;
        if found.is_empty() {
            return Err(CliError { exit: Exit::NothingRan, ..CliError::usage("no script was found") }
                .help("scripts are files that end in .atg"));
        }
        let (mut changed, mut same, mut wrong) = (0, 0, 0);
        for found in &found {
            let (old, new) = match canonical(found) {
                Ok(texts) => texts,
                Err(errors) => {
                    wrong += 1;
                    anstream::eprintln!("{}\n", errors.render(scripts::coloured()));
                    continue;
                }
            };
            let piped = found.path.as_os_str() == STDIN;
            if old == new {
                same += 1
            } else {
                changed += 1
            }
            if self.check {
                diff(&scripts::name(&found.path), old, &new)?;
            } else if piped {
                say::is_heard(format_args!("{new}"));
            } else if old != new {
                replace(&found.path, &new).map_err(|error| {
                    CliError::bench(format!("cannot write {}: {error}", found.path.display()))
                        .help("the script is as it was")
                })?;
            }
        }
        let only_piped = found.iter().all(|found| found.path.as_os_str() == STDIN);
        if !only_piped {
            let done = if self.check { "to be rewritten" } else { "rewritten" };
            let wrong = if wrong == 0 { String::new() } else { format!(", {wrong} in error") };
            say::in_passing(format_args!("{} {done}, {same} as it should be{wrong}\n", plural(changed, "script")))?;
        }
        Ok(match (wrong, self.check && changed > 0) {
            (0, false) => Exit::Passed,
            (0, true) => Exit::Failed,
            _ => Exit::Usage,
        })
    }
}

/// A script's text, and as it should be.
fn canonical(found: &Found) -> Result<(&str, String), ScriptErrors> {
    let name = scripts::name(&found.path);
    let refuse = |message: String| {
        let source = std::sync::Arc::new(Source { name: name.clone(), text: String::new() });
        ScriptErrors(vec![ScriptError::new(&source, Span::default(), message)])
    };
    match (&found.bytes, found.text()) {
        (Err(reason), _) => Err(refuse(format!("the script cannot be read: {reason}"))),
        (Ok(_), None) => {
            // Reading it through the loader shows the place of what is no text.
            let bytes = found.bytes.clone();
            Err(crate::script::load(Path::new(&name), &move |_: &Path| bytes.clone())
                .err()
                .unwrap_or_else(|| refuse("the file is not UTF-8 text".to_owned())))
        }
        (Ok(_), Some(text)) => Ok((text, format(&parse_alone(&name, text)?))),
    }
}

/// Puts `text` in the place of a file: a reader sees the old text or the new one, never a piece.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    // A link keeps pointing where it points.
    let path = fs::canonicalize(path)?;
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.new", std::process::id()));
    let beside = path.with_file_name(name);
    let written = (|| {
        fs::write(&beside, text)?;
        fs::set_permissions(&beside, fs::metadata(&path)?.permissions())?;
        fs::rename(&beside, &path)
    })();
    if written.is_err() {
        // The old text stands; what was half written is in nobody's way.
        let _ = fs::remove_file(&beside);
    }
    written
}

/// Shows what would change.
fn diff(name: &str, old: &str, new: &str) -> Result<(), CliError> {
    if old == new {
        return Ok(());
    }
    let diff = similar::TextDiff::from_lines(old, new);
    let new_name = format!("{name} (formatted)");
    for line in diff.unified_diff().header(name, &new_name).to_string().split_terminator('\n') {
        let line = line.replace('\r', "\u{240d}").replace('\u{feff}', "<BOM>");
        match line.as_bytes().first() {
            Some(b'-') => say::in_passing(format_args!("{MINUS}{line}{MINUS:#}\n"))?,
            Some(b'+') => say::in_passing(format_args!("{PLUS}{line}{PLUS:#}\n"))?,
            Some(b'@') => say::in_passing(format_args!("{HUNK}{line}{HUNK:#}\n"))?,
            _ => say::in_passing(format_args!("{line}\n"))?,
        }
    }
    Ok(())
}
