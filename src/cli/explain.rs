//! `atgate explain`: says of raw traffic what each element is and means.

use std::fs::File;
use std::io::{self, IsTerminal, Read};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::say;
use super::{CliError, Exit};
use crate::console::explain::{Explainer, Form, Origin};

/// Input is read, and what was found in it written, in pieces of this size.
const PIECE: usize = 1 << 16;

const READS: &str = "\
Reads any bytes: a capture of a serial line, the log of a terminal program, a session script. Without --from each line is \
judged by itself: one that begins with `AT` (or is `A/`) is the host's, and its echo where it comes twice; any other is the modem's. Signs before a line decide \
it: `> ` the host's, `< `, `<! ` and `<? ` the modem's; a script's other lines are told as such. With --from modem all \
comes from the modem, echo included; with --from host all is command lines, and what stands before `AT` is skipped.

Each element is one line: its place in bytes, what it is, its text with control characters escaped, and what it means. \
`either` is a line that its text alone does not tell: an answer or unsolicited, a result or a value. The commands of a longer line follow \
it, one a line, and so do the elements of a PDU, each with its octets.

With --json each element is one object: v, offset, length, from, kind, text, name, parameters, means; and where they apply \
classes, commands, pdu, error, identity, hex (of bytes that are no UTF-8), partial, cut, tamper.

Nothing is masked: what comes in is shown.

Exit codes: 0 explained, 2 no such file, 3 it could not be read, 4 there was nothing in it.";

/// The flags of `atgate explain`.
#[derive(Debug, Args)]
#[command(after_help = READS)]
pub(super) struct Explain {
    /// Who sent it; without it each line is judged by itself
    #[arg(long, value_name = "SIDE")]
    from: Option<From>,

    /// One JSON object an element
    #[arg(long)]
    json: bool,

    /// The traffic; without it, or with `-`, standard input
    file: Option<PathBuf>,
}

/// Who sent the traffic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum From {
    /// The host (DTE): command lines
    Host,
    /// The modem (DCE): results, information, unsolicited lines
    Modem,
}

impl Explain {
    pub(super) fn run(self) -> Result<Exit, CliError> {
        let form = match (self.json, is_coloured()) {
            (true, _) => Form::Json,
            (false, coloured) => Form::Plain { coloured },
        };
        let from = self.from.map(|from| match from {
            From::Host => Origin::Host,
            From::Modem => Origin::Modem,
        });
        let mut explainer = Explainer::new(from, form);
        let read = match self.file.as_deref().filter(|file| *file != Path::new("-")) {
            Some(file) => explain(open(file)?, &mut explainer)
                .map_err(|error| CliError::bench(format!("cannot read {}: {error}", file.display())))?,
            None => {
                if io::stdin().is_terminal() {
                    anstream::eprintln!("traffic, as it is or with `> ` and `< ` before its lines; Ctrl-D ends");
                }
                explain(io::stdin().lock(), &mut explainer)
                    .map_err(|error| CliError::bench(format!("cannot read standard input: {error}")))?
            }
        };
        if explainer.is_empty() {
            let (message, help) = if read == 0 {
                ("there was nothing to explain".into(), "name a file of traffic, or give it on standard input")
            } else {
                let bytes = if read == 1 { "byte" } else { "bytes" };
                (
                    format!("{read} {bytes}, and no line of traffic among them"),
                    "is it a capture of the modem's AT port?",
                )
            };
            return Err(CliError { exit: Exit::NothingRan, message, help: Some(help.into()) });
        }
        Ok(Exit::Passed)
    }
}

fn is_coloured() -> bool {
    match anstream::AutoStream::choice(&io::stdout()) {
        anstream::ColorChoice::Never => false,
        anstream::ColorChoice::Auto | anstream::ColorChoice::AlwaysAnsi | anstream::ColorChoice::Always => true,
    }
}

fn open(path: &Path) -> Result<File, CliError> {
    let shown = path.display();
    let file = File::open(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => {
            CliError::usage(format!("there is no {shown}")).help("name a file of traffic, or give it on standard input")
        }
        _ => CliError::bench(format!("cannot open {shown}: {error}")),
    })?;
    match file.metadata() {
        Ok(metadata) if metadata.is_dir() => {
            Err(CliError::usage(format!("{shown} is a directory")).help("name a file of traffic"))
        }
        Ok(_) => Ok(file),
        Err(error) => Err(CliError::bench(format!("cannot open {shown}: {error}"))),
    }
}

/// What has come is told before more is waited for. Gives how many bytes there were.
fn explain(mut input: impl Read, explainer: &mut Explainer) -> io::Result<u64> {
    let mut read = 0;
    let mut piece = vec![0; PIECE];
    loop {
        match input.read(&mut piece) {
            Ok(0) => break,
            Ok(count) => {
                read += count as u64;
                explainer.feed(&piece[..count]);
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => {
                say::plain(explainer.text());
                return Err(error);
            }
        }
        say::plain(explainer.text());
        explainer.clear();
    }
    explainer.finish();
    say::plain(explainer.text());
    Ok(read)
}
