//! `atgate register case`: listings that somebody says are wrong, with evidence and a trail.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use anstyle::{AnsiColor, Style};
use clap::{Args, Subcommand};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::{Place, act};
use crate::cli::say::say;
use crate::cli::{CliError, Exit};
use crate::register::assess::Veil;
use crate::register::cases::{Case, CaseError, Evidence, Listing, Note, Party, Resolution, Standing};
use crate::register::store::{OWN, StoreError, Verb as ActVerb};
use crate::register::{Entry, KeyedHash, List};

const WARNING: Style = AnsiColor::Yellow.on_default();
const HELP: Style = AnsiColor::Cyan.on_default();
/// A file of evidence is read in pieces of this size.
const PIECE: usize = 1 << 16;

const WORDS: &str = "\
A case is open until it is resolved. --unlist takes the rows of own about the device away; before the rows of other sources, which \
would come again with their next list, it puts an entry of own on the allow list, with the case's number as its reason. That is one act: \
`atgate register undo` takes it back, and the case is open again. --keep changes no list. A network asks the register again at its \
next check; a device that was refused with cause 6 tries again only after it was switched off and on, or its card was taken out.

  atgate register case open 001017001234569 --evidence 'bought new, receipt attached' --file receipt.pdf
  atgate register case note 1 'carrier-a confirms a typing error'
  atgate register case resolve 1 --unlist --reason 'typing error of carrier-a'";

/// The flags of `atgate register case`.
#[derive(Debug, Args)]
#[command(after_help = WORDS)]
pub(super) struct CaseVerb {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Open a case about a device that is listed wrongly
    Open(Open),
    /// Add to a case's trail
    Note(Add),
    /// Say how a case ends: the device is un-listed, or its listing is kept
    Resolve(Resolve),
    /// List the cases that are open
    List(ListCases),
    /// Show a case with its trail
    Show(Show),
}

#[derive(Debug, Args)]
struct Open {
    /// The device, or IMEI+IMSI for one subscription of it
    #[arg(value_name = "IDENTITY")]
    identity: String,

    /// What speaks for it
    #[arg(long, value_name = "TEXT")]
    evidence: String,

    /// A file that shows it; its name and its SHA-256 are kept, the file itself is not
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
}

#[derive(Debug, Args)]
struct Add {
    /// The case
    #[arg(value_name = "CASE")]
    case: i64,

    /// What was found out
    #[arg(value_name = "TEXT")]
    text: String,
}

#[derive(Debug, Args)]
struct Resolve {
    /// The case
    #[arg(value_name = "CASE")]
    case: i64,

    #[command(flatten)]
    how: How,

    /// Why
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct How {
    /// The listing was wrong
    #[arg(long)]
    unlist: bool,

    /// The listing was right
    #[arg(long)]
    keep: bool,
}

#[derive(Debug, Args)]
struct ListCases {
    /// Those that are resolved, too
    #[arg(long)]
    all: bool,

    /// One JSON object a line
    #[arg(long)]
    json: bool,

    /// Show identities of real devices
    #[arg(long)]
    reveal: bool,
}

#[derive(Debug, Args)]
struct Show {
    /// The case
    #[arg(value_name = "CASE")]
    case: i64,

    /// As JSON
    #[arg(long)]
    json: bool,

    /// Show identities of real devices
    #[arg(long)]
    reveal: bool,
}

impl CaseVerb {
    pub(super) fn run(self, place: &Place) -> Result<Exit, CliError> {
        match self.verb {
            Verb::Open(verb) => verb.run(place),
            Verb::Note(verb) => verb.run(place),
            Verb::Resolve(verb) => verb.run(place),
            Verb::List(verb) => verb.run(place),
            Verb::Show(verb) => verb.run(place),
        }
    }
}

impl Open {
    fn run(self, place: &Place) -> Result<Exit, CliError> {
        let mut veil = Veil::new(false);
        let party = party(&self.identity, &mut veil)?;
        let file = match &self.file {
            None => None,
            Some(path) => {
                let digest = digest(path)?;
                let name = path.file_name().unwrap_or(path.as_os_str());
                Some((name.to_string_lossy().into_owned(), digest))
            }
        };
        let evidence = Evidence { text: self.evidence, file };
        let opened = place.store()?.open_case(&act(ActVerb::Case, None), party, hash(place, party), &evidence)?;
        let shown = veil.subject(&party.entry().into());
        say!("case {} about {shown} is open; act {}", opened.id, opened.act);
        for listing in &opened.listings {
            say!("  {}", line_of(listing, &mut veil));
        }
        let is_listed = opened.listings.iter().any(|listing| listing.row.list != Some(List::Allow));
        if !is_listed {
            anstream::eprintln!("{WARNING}warning{WARNING:#}: {shown} is on no block or track list of this register");
            anstream::eprintln!(
                "{HELP}help{HELP:#}: it may be listed elsewhere, or by a keyed hash, which --hash-key makes visible"
            );
        }
        Ok(Exit::Passed)
    }
}

impl Add {
    fn run(self, place: &Place) -> Result<Exit, CliError> {
        place.store()?.note_case(self.case, &act(ActVerb::Case, None), &self.text)?;
        say!("case {} has a note more", self.case);
        Ok(Exit::Passed)
    }
}

impl Resolve {
    fn run(self, place: &Place) -> Result<Exit, CliError> {
        let mut store = place.store()?;
        let mut veil = Veil::new(false);
        let party = store.case(self.case)?.party;
        let resolution = if self.how.unlist { Resolution::Unlist } else { Resolution::Keep };
        let hash = hash(place, party);
        let done = store.resolve_case(self.case, &act(ActVerb::Case, None), hash, resolution, &self.reason)?;
        let word = if self.how.unlist { "the device is un-listed" } else { "the listing is kept" };
        say!(
            "case {} is resolved: {word}; act {}, which `atgate register undo {}` takes back",
            self.case,
            done.act,
            done.act
        );
        for listing in &done.remedy.removed {
            say!("  taken away: {}", line_of(listing, &mut veil));
        }
        for listing in &done.remedy.overruled {
            say!("  overruled:  {}", line_of(listing, &mut veil));
        }
        if done.remedy.needs_exception {
            say!("  allowed:    {} by {OWN}, as case {}", veil.subject(&party.entry().into()), self.case);
        }
        if self.how.unlist && done.remedy.is_empty() {
            anstream::eprintln!("{WARNING}warning{WARNING:#}: it was on no list of this register: nothing was changed");
        }
        Ok(Exit::Passed)
    }
}

impl ListCases {
    fn run(self, place: &Place) -> Result<Exit, CliError> {
        let cases = place.store()?.cases(self.all)?;
        let mut veil = Veil::new(self.reveal);
        if cases.is_empty() && !self.json {
            say!("no case {}", if self.all { "was ever opened" } else { "is open" });
        }
        for case in &cases {
            if self.json { say!("{}", object(case, &mut veil)) } else { say!("{}", heading(case, &mut veil)) }
        }
        Ok(Exit::Passed)
    }
}

impl Show {
    fn run(self, place: &Place) -> Result<Exit, CliError> {
        let case = place.store()?.case(self.case)?;
        let mut veil = Veil::new(self.reveal);
        if self.json {
            say!("{}", object(&case, &mut veil));
            return Ok(Exit::Passed);
        }
        say!("{}", heading(&case, &mut veil));
        for note in &case.trail {
            say!("  {}", trail_line(note, &mut veil));
        }
        Ok(Exit::Passed)
    }
}

/// Whom a case is about.
fn party(text: &str, veil: &mut Veil) -> Result<Party, CliError> {
    let entry = Entry::parse(text).map_err(|error| {
        let help = error.help().map(str::to_owned);
        CliError { help, ..CliError::usage(format!("`{}`: {error}", veil.unread(text))) }
    })?;
    Party::of(entry).ok_or_else(|| {
        CliError::usage(format!("`{}` is no device: a case is about one", veil.subject(&entry.into())))
            .help("name the device, or a device with a subscription: 001017001234569+001010000000001")
    })
}

/// The device's hash, where whoever asks has the secret.
fn hash(place: &Place, party: Party) -> Option<KeyedHash> {
    place.key().map(|secret| secret.hash(party.key))
}

/// The SHA-256 of a file.
fn digest(path: &Path) -> Result<String, CliError> {
    let unread = |error: std::io::Error| CliError::usage(format!("cannot read {}: {error}", path.display()));
    let mut file = File::open(path).map_err(unread)?;
    let (mut hasher, mut piece) = (Sha256::new(), vec![0; PIECE]);
    loop {
        match file.read(&mut piece).map_err(unread)? {
            0 => break,
            count => hasher.update(&piece[..count]),
        }
    }
    Ok(hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

fn line_of(listing: &Listing, veil: &mut Veil) -> String {
    let list = listing.row.list.map_or("no", List::word);
    let subject = veil.subject(&listing.row.subject);
    let mut line = format!("{list}: {subject}, of {}", veil.foreign(&listing.source));
    if let Some(reason) = &listing.row.reason {
        line += &format!("; {}", veil.foreign(reason));
    }
    line
}

fn heading(case: &Case, veil: &mut Veil) -> String {
    let opened = case.trail.first();
    let day = opened.map_or_else(String::new, |note| note.at.strftime("%Y-%m-%d").to_string());
    let who = opened.map_or_else(String::new, |note| veil.foreign(&note.who));
    let act = match case.standing {
        Standing::Open => String::new(),
        Standing::Unlisted(act) | Standing::Kept(act) => format!(" in act {act}"),
    };
    format!(
        "case {}  {}{act}  {}  since {day}, by {who}",
        case.id,
        case.standing,
        veil.subject(&case.party.entry().into())
    )
}

fn trail_line(note: &Note, veil: &mut Veil) -> String {
    let at = note.at.strftime("%Y-%m-%d %H:%M:%SZ");
    let mut line = format!("{at}  {:<8}  {}: {}", note.kind.word(), veil.foreign(&note.who), veil.foreign(&note.text));
    if let Some((name, digest)) = &note.file {
        line += &format!("; file {}, SHA-256 {digest}", veil.foreign(name));
    }
    if let Some(act) = note.act {
        line += &format!("; act {act}");
    }
    if let Some(by) = note.undone_by {
        line += &format!(", undone by act {by}");
    }
    line
}

fn object(case: &Case, veil: &mut Veil) -> serde_json::Value {
    let trail: Vec<serde_json::Value> = case
        .trail
        .iter()
        .map(|note| {
            json!({
                "kind": note.kind.word(), "at": note.at.to_string(), "who": veil.foreign(&note.who), "text": veil.foreign(&note.text),
                "file": note.file.as_ref().map(|(name, _)| veil.foreign(name)),
                "sha256": note.file.as_ref().map(|(_, digest)| digest),
                "act": note.act, "undone_by": note.undone_by,
            })
        })
        .collect();
    json!({
        "case": case.id, "device": veil.subject(&case.party.entry().into()), "state": case.standing.word(), "trail": trail,
    })
}

impl From<CaseError> for CliError {
    fn from(error: CaseError) -> Self {
        let help = error.help();
        match error {
            CaseError::Store(error) => StoreError::into(error),
            CaseError::None(_)
            | CaseError::Twice(_)
            | CaseError::Resolved { .. }
            | CaseError::Text(_)
            | CaseError::Trail(_)
            | CaseError::Outranked { .. } => CliError { help, ..CliError::usage(error.to_string()) },
        }
    }
}
