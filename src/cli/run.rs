//! `atgate run`: plays scripts, compares them with their snapshots, reports.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::io::{self, IsTerminal};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

use clap::{Args, ValueEnum};
use tokio::sync::watch;

use super::office::{self, Source};
use super::say;
use super::signals::Signals;
use super::{CliError, Exit, given, scripts};
use crate::modem::Profile;
use crate::port::Address;
use crate::run::outcome::{Blame, CaseReport, Fault, Role};
use crate::run::report::{Judged, Strictness, Verdict, github, human, json, junit, tap};
use crate::run::snapshot::{self, Compared, Update};
use crate::run::{self, Elsewhere, Options};
use crate::script;

/// The flags of `atgate run`.
#[derive(Debug, Args)]
pub(super) struct Run {
    /// Scripts (*.atg), or folders of them
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,

    /// Which end to play; host with --port alone, modem with --exec, both with neither
    #[arg(long = "as", value_name = "ROLE")]
    role: Option<RoleWord>,

    /// The port that the other side is on; NAME=PORT for each of several modems
    #[arg(long, value_name = "[NAME=]PORT")]
    port: Vec<String>,

    /// The application to test; {port} becomes the path that it opens
    #[arg(long, value_name = "CMD")]
    exec: Option<String>,

    /// The virtual modem's profile, where the script names none: a built-in name, or a file
    #[arg(long, value_name = "NAME|FILE")]
    profile: Option<String>,

    /// The register that the virtual network asks in the place of each script's own: one that speaks TS 29.511 (http://,
    /// h2c://, https://). Each script's policies hold for what it leaves open
    #[arg(long, value_name = "URL")]
    register: Option<Source>,

    /// How many scripts to play at a time; 1 with --exec or --port, else four a core
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    jobs: Option<u16>,

    /// The seed of every random choice, where the script names none
    #[arg(long, value_name = "N")]
    seed: Option<u64>,

    /// Virtual time, real time over a pseudo-terminal, or (auto) both where a script is short
    #[arg(long, value_enum, default_value_t = TimeWord::Auto)]
    time: TimeWord,

    /// What to print
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,

    /// Write a JUnit report to this file
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,

    /// Give a value that a script's [values] leaves open (also ATGATE_VALUE_NAME)
    #[arg(long = "value", value_name = "NAME=TEXT")]
    values: Vec<String>,

    /// A check that nobody can observe is a failure
    #[arg(long)]
    require_checks: bool,

    /// Write each transcript into this folder
    #[arg(long, value_name = "DIR")]
    transcripts: Option<PathBuf>,

    /// Write no snapshots, pending ones (the default outside CI), or the snapshots themselves; CI writes none
    #[arg(long, value_enum, value_name = "HOW")]
    update: Option<UpdateWord>,

    /// Show identities as they are, in reports, transcripts and snapshots
    #[arg(long)]
    reveal: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum RoleWord {
    Both,
    Host,
    Modem,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum TimeWord {
    Auto,
    Virtual,
    Real,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Human,
    Json,
    Tap,
    Github,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum UpdateWord {
    No,
    New,
    Always,
}

impl Run {
    pub(super) fn run(self) -> Result<Exit, CliError> {
        let ci = std::env::var("CI").is_ok_and(|ci| !matches!(ci.as_str(), "" | "0" | "false"));
        let mut options = self.options()?;
        if options.role() != Role::Both {
            // Something real is at the other end: it is left in order, a child and its process group ended.
            options.interrupted = Some(interrupts()?);
        }
        let options = options;
        let insta = std::env::var("INSTA_UPDATE").ok();
        let update = Update::decide(self.update.map(UpdateWord::update), insta.as_deref(), ci);
        if ci && self.update == Some(UpdateWord::Always) {
            anstream::eprintln!("note: CI writes no snapshots: --update is not followed");
        }
        let strictness = Strictness { missing_snapshot: ci, unchecked: self.require_checks };
        let scripts = scripts::playable(&self.paths)?;
        if scripts.is_empty() {
            return Err(CliError { exit: Exit::NothingRan, message: "no scripts were found".into(), help: None }
                .help("a script's name ends in .atg"));
        }
        given::check(&options, &scripts)?;
        if let Some(file) = &self.junit {
            // Found out before a long run, not after it.
            append(file, "").map_err(|error| cannot("write", file, &error))?;
        }
        if let Some(folder) = &self.transcripts {
            fs::create_dir_all(folder).map_err(|error| cannot("make the folder", folder, &error))?;
        }

        let mut judged = Vec::new();
        let mut trouble = None;
        play_all(&scripts, self.jobs(&options), &options, |cases| {
            for report in cases {
                let case = match self.judge(report, update, strictness) {
                    Ok(case) => case,
                    Err(error) => {
                        trouble.get_or_insert(error);
                        continue;
                    }
                };
                // A reader that has seen enough does not end the run: its reports and its exit code are still wanted.
                if let Err(error) = self.print_case(&case, judged.last()) {
                    trouble.get_or_insert(error);
                }
                judged.push(case);
            }
        });
        let exit = judged.iter().map(exit).max().unwrap_or(Exit::NothingRan);
        let exit = if interrupted(&options) { Exit::Interrupted } else { exit };
        let exit = if exit != Exit::Interrupted && judged.iter().all(|case| case.verdict == Verdict::Skipped) {
            Exit::NothingRan
        } else {
            exit
        };
        if let Err(error) = self.print_end(&judged, scripts.len(), exit) {
            trouble.get_or_insert(error);
        }
        if let Some(file) = &self.junit {
            let xml =
                junit::render(&judged).map_err(|error| CliError::bench(format!("cannot write JUnit: {error}")))?;
            fs::write(file, xml).map_err(|error| cannot("write", file, &error))?;
        }
        trouble.map_or(Ok(exit), Err)
    }

    /// The flags as the player's options, or what does not go together.
    fn options(&self) -> Result<Options, CliError> {
        let ports = self.ports()?;
        let away = !ports.is_empty() || self.exec.is_some();
        if self.time == TimeWord::Virtual && away {
            return Err(CliError::usage("--time virtual has no port, but --port or --exec was given")
                .help("leave --time out: a port has real time"));
        }
        let role = match (self.role, self.exec.is_some(), ports.is_empty()) {
            (Some(RoleWord::Both), false, true) | (None, false, true) => Role::Both,
            (Some(RoleWord::Both), _, _) => {
                return Err(CliError::usage("--as both plays both ends, so there is no place for --port or --exec")
                    .help("--as host drives a modem on a port, --as modem answers an application"));
            }
            (Some(RoleWord::Host), false, false) | (None, false, false) => Role::Host,
            (Some(RoleWord::Host), true, _) => {
                return Err(CliError::usage(
                    "--exec starts an application, which is a host itself: --as modem answers it",
                ));
            }
            (Some(RoleWord::Host), false, true) => {
                return Err(CliError::usage("--as host needs the port that the modem is on: --port PORT")
                    .help("`atgate ports` lists what there is"));
            }
            (Some(RoleWord::Modem), false, true) => {
                return Err(CliError::usage(
                    "--as modem needs an application: --exec CMD, or --port PORT that one is on",
                ));
            }
            (Some(RoleWord::Modem), _, _) | (None, true, _) => Role::Modem,
        };
        if let Some(line) = self.exec.as_deref() {
            let words =
                shell_words::split(line).map_err(|error| CliError::usage(format!("--exec ‘{line}’: {error}")))?;
            if words.is_empty() {
                return Err(CliError::usage("--exec names no program"));
            }
        }
        let mut values = HashMap::new();
        for value in &self.values {
            let Some((name, text)) = value.split_once('=') else {
                return Err(CliError::usage(format!("--value ‘{value}’ has no `=`")).help("--value NAME=TEXT"));
            };
            if values.insert(name.to_owned(), text.to_owned()).is_some() {
                return Err(CliError::usage(format!("--value {name}=… is given twice")));
            }
        }
        if let Some(name) = self.profile.as_deref().filter(|name| !name.contains('/') && !name.ends_with(".toml")) {
            Profile::named(name, &[])?;
        }
        let register = match &self.register {
            Some(_) if role == Role::Host => {
                return Err(CliError::usage("--register is for a virtual network, and --as host plays none"));
            }
            Some(Source::Remote(target)) => {
                let elsewhere = Elsewhere::new(office::client(target)?);
                Some(elsewhere.map_err(|error| CliError::bench(format!("cannot ask a register: {error}")))?)
            }
            Some(Source::File(_) | Source::Store(_)) => {
                return Err(CliError::usage(
                    "--register takes the address of a register, such as http://127.0.0.1:7511",
                )
                .help(
                    "a script's own register stands in its header: register.block = [\"00101700\"]; `atgate register serve` gives a kept one an address",
                ));
            }
            None => None,
        };
        Ok(Options {
            role: Some(role),
            register,
            ports,
            exec: self.exec.clone(),
            profile: self.profile.clone(),
            seed: self.seed,
            time: match self.time {
                TimeWord::Auto => run::Time::Auto,
                TimeWord::Virtual => run::Time::Virtual,
                TimeWord::Real => run::Time::Real,
            },
            values,
            reveal: self.reveal,
            interrupted: None,
        })
    }

    /// `--port PORT`, or `--port NAME=PORT` for each modem of the script.
    fn ports(&self) -> Result<HashMap<String, String>, CliError> {
        let mut ports = HashMap::new();
        for text in &self.port {
            // A path may hold a `=` of its own, behind its `?`.
            let (name, port) = match text.split_once('=') {
                Some((name, port))
                    if name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_') =>
                {
                    (name, port)
                }
                Some(_) | None => ("", text.as_str()),
            };
            port.parse::<Address>().map_err(|error| CliError::usage(error.to_string()))?;
            if ports.insert(name.to_owned(), port.to_owned()).is_some() {
                return Err(CliError::usage(format!("--port {text}: that modem has a port already"))
                    .help("several modems are told apart as --port NAME=PORT"));
            }
        }
        Ok(ports)
    }

    /// One job where something real is shared: a port, or an application's own files. Else several a core, since a script
    /// that is played in real time mostly sleeps.
    fn jobs(&self, options: &Options) -> usize {
        let cores = || thread::available_parallelism().map_or(1, NonZeroUsize::get);
        match (self.jobs, options.role()) {
            (Some(jobs), _) => usize::from(jobs),
            (None, Role::Host | Role::Modem) => 1,
            (None, Role::Both) => 4 * cores(),
        }
    }

    /// Compares a case with its snapshot and writes what was asked for.
    fn judge(&self, report: CaseReport, update: Update, strictness: Strictness) -> Result<Judged, CliError> {
        // A snapshot that cannot be read or written must not hide what the case came to.
        let compared = snapshot::compare(&report, update).unwrap_or_else(|error| Compared::Unusable(error.to_string()));
        if let Some(folder) = &self.transcripts
            && !report.transcript.is_empty()
        {
            let file = folder.join(transcript_name(&report));
            fs::write(&file, &report.transcript).map_err(|error| cannot("write", &file, &error))?;
        }
        Ok(Judged::new(report, compared, strictness))
    }

    /// What is printed as soon as a case has ended; `before` is the case above it.
    fn print_case(&self, case: &Judged, before: Option<&Judged>) -> Result<(), CliError> {
        match self.format {
            Format::Human | Format::Github => {
                let first = before.is_none_or(|before| before.report.path != case.report.path);
                say::in_passing(format_args!("{}\n", human::status(case, first)))
            }
            Format::Json => say::in_passing(format_args!("{}\n", json::case(case))),
            Format::Tap => Ok(()),
        }
    }

    fn print_end(&self, judged: &[Judged], scripts: usize, exit: Exit) -> Result<(), CliError> {
        let colour = anstream::AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never;
        match self.format {
            Format::Human => say::in_passing(format_args!("{}", human::summary(judged, scripts, colour)))?,
            Format::Json => {
                say::in_passing(format_args!("{}\n", json::summary(judged, scripts, exit.code())))?;
            }
            Format::Tap => {
                say::in_passing(format_args!("{}", tap::start(judged.len())))?;
                for (at, case) in judged.iter().enumerate() {
                    say::in_passing(format_args!("{}", tap::case(at + 1, case)))?;
                }
            }
            Format::Github => {
                let summary = human::summary(judged, scripts, colour);
                say::in_passing(format_args!("{}{summary}", github::annotations(judged)))?;
                if let Some(path) = std::env::var_os("GITHUB_STEP_SUMMARY")
                    && let Err(error) = append(Path::new(&path), &github::step_summary(judged))
                {
                    anstream::eprintln!("note: cannot write the step summary: {error}");
                }
            }
        }
        if io::stdout().is_terminal() && exit == Exit::NothingRan {
            anstream::eprintln!("note: nothing ran, so the exit code is {}", exit.code());
        }
        Ok(())
    }
}

impl UpdateWord {
    const fn update(self) -> Update {
        match self {
            UpdateWord::No => Update::No,
            UpdateWord::New => Update::New,
            UpdateWord::Always => Update::Always,
        }
    }
}

/// Plays all scripts, `jobs` at a time, and hands over each one's cases whole and in the order of the scripts.
fn play_all(scripts: &[PathBuf], jobs: usize, options: &Options, mut each: impl FnMut(Vec<CaseReport>)) {
    let next = AtomicUsize::new(0);
    let (send, receive) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..jobs.min(scripts.len()) {
            let (send, next) = (send.clone(), &next);
            scope.spawn(move || {
                while let Some(script) = scripts.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if interrupted(options) {
                        break;
                    }
                    // The receiver outlives every sender.
                    let _ = send.send((script, play(script, options)));
                }
            });
        }
        drop(send);
        let mut waiting: BTreeMap<&Path, Vec<CaseReport>> = BTreeMap::new();
        let mut order = scripts.iter();
        let mut awaited = order.next();
        for (script, cases) in receive {
            waiting.insert(script, cases);
            while let Some(cases) = awaited.and_then(|script| waiting.remove(script.as_path())) {
                each(cases);
                awaited = order.next();
            }
        }
    });
}

/// Whether somebody has asked the program to end.
fn interrupted(options: &Options) -> bool {
    options.interrupted.as_ref().is_some_and(|told| *told.borrow())
}

/// Becomes true at the first signal to end; the second one ends the program at once.
fn interrupts() -> Result<watch::Receiver<bool>, CliError> {
    let (tell, told) = watch::channel(false);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .build()
        .map_err(|error| CliError::bench(format!("cannot watch for signals: {error}")))?;
    let mut signals = {
        let _inside = runtime.enter();
        Signals::new()?
    };
    thread::spawn(move || {
        runtime.block_on(async move {
            loop {
                signals.next().await;
                if tell.send_replace(true) {
                    std::process::exit(i32::from(Exit::Interrupted.code()));
                }
            }
        });
    });
    Ok(told)
}

/// Reads a script and plays it; one that cannot be read is a case with an error.
fn play(path: &Path, options: &Options) -> Vec<CaseReport> {
    let judged = script::open(path).and_then(|script| {
        run::judge(&script, options.profile.as_deref(), options.role())?;
        Ok(script)
    });
    match judged {
        Ok(script) => run::play(&script, options),
        Err(errors) => {
            let colour = anstream::AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never;
            let text: Vec<String> = errors.0.iter().map(|error| error.render(colour)).collect();
            vec![CaseReport::unplayed(path, options.role(), Fault::script(text.join("\n\n")))]
        }
    }
}

/// The exit code of one case.
fn exit(case: &Judged) -> Exit {
    match case.verdict {
        Verdict::Passed | Verdict::Skipped => Exit::Passed,
        Verdict::Failed => Exit::Failed,
        Verdict::Error(Blame::Script) => Exit::Usage,
        Verdict::Error(Blame::Bench) => Exit::Bench,
    }
}

/// `scenarios/a/b.atg` (case) as one file's name: `scenarios-a-b__case.atg`.
fn transcript_name(report: &CaseReport) -> String {
    let snapshot = snapshot::path(report);
    let name = snapshot.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let name = name.strip_suffix(".snap").unwrap_or(&name);
    let folder = report.path.parent().unwrap_or(Path::new(""));
    let parts = folder.components().filter_map(|part| match part {
        std::path::Component::Normal(part) => Some(part.to_string_lossy().into_owned() + "-"),
        std::path::Component::Prefix(_)
        | std::path::Component::RootDir
        | std::path::Component::CurDir
        | std::path::Component::ParentDir => None,
    });
    format!("{}{name}.atg", parts.collect::<String>())
}

fn append(path: &Path, text: &str) -> io::Result<()> {
    io::Write::write_all(&mut fs::OpenOptions::new().append(true).create(true).open(path)?, text.as_bytes())
}

fn cannot(doing: &str, path: &Path, error: &io::Error) -> CliError {
    CliError::bench(format!("cannot {doing} {}: {error}", path.display()))
}
