//! `atgate learn`: asks a module what can be asked without changing it, and writes its profile.

use std::fs::OpenOptions;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use super::say;
use super::{CliError, Exit};
use crate::modem::Profile;
use crate::port::Address;
use crate::rig::learn::{self, Learned, Learner, Unlearned};
use crate::rig::talk::{Talk, TalkError};

/// How often the progress is drawn.
const DRAWN: Duration = Duration::from_millis(100);

const WORDS: &str = "\
Only what asks is sent: test forms (AT+X=?), read forms (AT+X?) of what the module lists with AT+CLAC, and a short list of commands \
that tell what it is, such as AT+CGMR. Nothing is set, and nothing is sent that restarts a module, switches it off, searches the \
air, or tells a place or a password. Identities are replaced: a profile says {imei} where the module said its own.

The profile is one for `atgate modem --profile FILE` and for the `modem` of a script. What it does not say is as in its base.

Exit codes: 0 a profile was written; 1 the module stopped answering; 2 the command line is wrong, or FILE is there already; \
3 the port is at fault, or the file cannot be written.";

/// The flags of `atgate learn`.
#[derive(Debug, Args)]
#[command(after_help = WORDS)]
pub(super) struct Learn {
    /// A path (/dev/ttyUSB2, /dev/ttyUSB2?baud=115200), tcp:HOST:PORT, rfc2217://HOST:PORT, unix:PATH or unix:@NAME
    port: Address,

    /// Where the profile goes, which must not be there yet; without it, to stdout
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// The profile that it states its differences from; that of the built-in ones which is most alike unless given
    #[arg(long, value_name = "NAME")]
    base: Option<String>,

    /// The profile's name; that of the file unless given
    #[arg(long)]
    name: Option<String>,
}

impl Learn {
    pub(super) fn run(self) -> Result<Exit, CliError> {
        if let Some(base) = &self.base {
            Profile::named(base, &[])?;
        }
        if let Some(there) = self.output.as_deref().filter(|path| path.exists()) {
            return Err(CliError::usage(format!("{} is there already; nothing was sent", there.display()))
                .help("name another file, or remove that one"));
        }
        // Before hundreds of questions are asked.
        let folder = self.output.as_deref().and_then(Path::parent).filter(|folder| *folder != Path::new(""));
        if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
            return Err(CliError::usage(format!("there is no folder {}; nothing was sent", folder.display()))
                .help("make it, or name a file elsewhere"));
        }
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| CliError::bench(format!("cannot wait for a port: {error}")))?;
        let learner = runtime.block_on(self.ask())?;
        let stem = self.output.as_deref().and_then(Path::file_stem).map(|stem| stem.to_string_lossy().into_owned());
        let name = self.name.clone().or(stem).unwrap_or_else(|| "learned".to_owned());
        let learned = learner.finish(&name, self.base.as_deref())?;
        self.write(&learned.text)?;
        tell(&learned);
        Ok(Exit::Passed)
    }

    async fn ask(&self) -> Result<Learner, CliError> {
        let mut talk = Talk::open(&self.port).await?;
        let bar = ProgressBar::new(0);
        if std::io::stderr().is_terminal() {
            let style = ProgressStyle::with_template("{pos} of {len} questions  {wide_bar}");
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar.enable_steady_tick(DRAWN);
        } else {
            bar.set_draw_target(indicatif::ProgressDrawTarget::hidden());
        }
        let learned = learn::learn(&mut talk, |behind, ahead| {
            bar.set_length((behind + ahead) as u64);
            bar.set_position(behind as u64);
        });
        let learned = learned.await;
        bar.finish_and_clear();
        learned.map_err(|error| match error {
            TalkError::Silent { .. } => CliError {
                exit: Exit::Failed,
                message: format!("the module does not answer: {error}"),
                help: Some("is it the module's AT port, at its speed, and is nobody else talking on it?".to_owned()),
            },
            TalkError::Port(error) => error.into(),
            TalkError::NotACommand(_) | TalkError::Rewrites(_) => CliError::bench(error.to_string()),
        })
    }

    fn write(&self, text: &str) -> Result<(), CliError> {
        let Some(path) = &self.output else {
            say::plain(text);
            return Ok(());
        };
        let written = OpenOptions::new().write(true).create_new(true).open(path).and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.sync_all()
        });
        written.map_err(|error| {
            CliError::bench(format!("cannot write {}: {error}", path.display()))
                .help("choose a place that this user may write to")
        })
    }
}

/// What was learned, and how much of it was not.
fn tell(learned: &Learned) {
    let Learned { base, asked, alike, left, .. } = learned;
    anstream::eprintln!(
        "{asked} questions, on the base of {base}; a virtual modem of this profile answers {alike} of them alike"
    );
    for why in [Unlearned::State, Unlearned::Identity, Unlearned::Silent, Unlearned::Otherwise] {
        let questions: Vec<&str> =
            left.iter().filter(|(_, found)| *found == why).map(|(question, _)| question.as_str()).collect();
        if !questions.is_empty() {
            anstream::eprintln!("not in it, {}: {}", why.words(), questions.join(" "));
        }
    }
}
