//! `atgate register device`: the fleet's devices and their cards, seen, listed, shown, armed and linked.

mod words;

use std::fs::File;
use std::io::{self, Read};
use std::path::PathBuf;

use clap::{Args, Subcommand};
use jiff::Timestamp;
use serde_json::json;

use super::journal::device;
use super::{Place, act, now};
use crate::cli::say::{is_heard, say};
use crate::cli::{CliError, Exit};
use crate::identity::{Equipment, Iccid, ImeiKey, Imsi, Spelling};
use crate::register::HashKey;
use crate::register::assess::Veil;
use crate::register::exchange::sightings;
use crate::register::fleet::{self, FleetError, Link, Seen, Sighting, Sim, Step};
use crate::register::store::{Store, Verb};
use words::{device_object, duplicate_object, duplicate_words, event_words, moment, sim_line, sim_object, tell};

/// Of a device so many sightings are shown, the last ones, unless told otherwise.
const SHOWN: usize = 100;

/// The verbs of `atgate register device`.
#[derive(Debug, Subcommand)]
pub(super) enum Device {
    /// List the cards, their links and their devices
    List(ListAll),
    /// List the numbers that several devices seem to have: one IMEI with several cards, or in two places at one time
    Duplicates(Duplicates),
    /// Show all that is known of a device: by IMEI, ICCID, IMSI or label
    Show(Show),
    /// Tell that a device was seen with a card, or read sightings from a file
    See(See),
    /// Bind a card to the next device that it is seen in
    Arm(Card),
    /// Bind a card to a device
    Link(LinkTo),
    /// Bind a card to nothing
    Unlink(Card),
}

/// The flags of `atgate register device list`.
#[derive(Debug, Args)]
pub(super) struct ListAll {
    /// Only cards whose link is so
    #[arg(long, value_name = "STATE", value_parser = Link::WORDS)]
    state: Option<String>,

    /// One JSON object a line
    #[arg(long)]
    json: bool,

    /// Show identities of real devices, cards and subscriptions
    #[arg(long)]
    reveal: bool,
}

const TWICE: &str = "\
What the rules call a duplicate is one: [duplicate_cards] says from how many cards on, and how many days back they count. `device show` \
has each one's history.

Exit codes: 0 there is none, 1 there are some, 3 the register cannot be read.";

/// The flags of `atgate register device duplicates`.
#[derive(Debug, Args)]
#[command(after_help = TWICE)]
pub(super) struct Duplicates {
    /// One JSON object a line
    #[arg(long)]
    json: bool,

    /// Show identities of real devices, cards and subscriptions
    #[arg(long)]
    reveal: bool,
}

/// The flags of `atgate register device show`.
#[derive(Debug, Args)]
pub(super) struct Show {
    /// An IMEI in any spelling, an ICCID, an IMSI or a label
    #[arg(value_name = "IDENTITY")]
    identity: String,

    /// How many sightings, the last ones
    #[arg(long, short = 'n', value_name = "COUNT", default_value_t = SHOWN)]
    last: usize,

    /// One JSON object a line
    #[arg(long)]
    json: bool,

    /// Show identities of real devices, cards and subscriptions
    #[arg(long)]
    reveal: bool,
}

const FILES: &str = "\
A file has the header date,imei,imsi,msisdn[,rat], with iccid and place where they are known; packed with gzip or not; - is \
standard input. All of it is kept, or nothing. Sightings that are known already change nothing.

Exit codes: 0 it was kept, 1 a card is in another device than its own (DIFFERED), 2 it was refused, 3 the register cannot be written.";

/// The flags of `atgate register device see`.
#[derive(Debug, Args)]
#[command(after_help = FILES)]
pub(super) struct See {
    /// What the device calls itself
    #[arg(value_name = "IMEI", required_unless_present = "file", conflicts_with = "file")]
    device: Option<String>,

    /// The card in it
    #[arg(long, value_name = "ICCID", conflicts_with = "file")]
    iccid: Option<String>,

    /// The card's subscription
    #[arg(long, value_name = "IMSI", conflicts_with = "file")]
    imsi: Option<String>,

    /// Where: a bench, a slot; with a file, where those of its rows were seen that do not say it
    #[arg(long, value_name = "PLACE")]
    at: Option<String>,

    /// When, if not now: 2027-01-31T12:00:00Z
    #[arg(long, value_name = "WHEN", conflicts_with = "file")]
    when: Option<Timestamp>,

    /// Sightings from a file
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,

    /// Show identities of real devices, cards and subscriptions
    #[arg(long)]
    reveal: bool,
}

/// The flags of `atgate register device arm` and `unlink`.
#[derive(Debug, Args)]
pub(super) struct Card {
    /// The card: its ICCID, or its IMSI
    #[arg(value_name = "SIM")]
    sim: String,
}

/// The flags of `atgate register device link`.
#[derive(Debug, Args)]
pub(super) struct LinkTo {
    /// The card: its ICCID, or its IMSI
    #[arg(value_name = "SIM")]
    sim: String,

    /// Its device; what it was last seen in, if it is not given
    #[arg(value_name = "IMEI")]
    device: Option<String>,
}

impl Device {
    pub(super) fn run(self, place: &Place) -> Result<Exit, CliError> {
        let mut store = place.store()?;
        match self {
            Self::List(verb) => verb.run(&mut store),
            Self::Duplicates(verb) => verb.run(place),
            Self::Show(verb) => verb.run(&mut store, place.key()),
            Self::See(verb) => verb.run(&mut store),
            Self::Arm(verb) => by_hand(&mut store, &verb.sim, |_| Ok(Step::Arm)),
            Self::Unlink(verb) => by_hand(&mut store, &verb.sim, |_| Ok(Step::Unlink)),
            Self::Link(verb) => {
                let named = verb.device.as_deref().map(device).transpose()?;
                by_hand(&mut store, &verb.sim, |sim| {
                    let seen = sim.and_then(|sim| sim.binding.seen);
                    named.or(seen).map(Step::Link).ok_or_else(|| {
                        CliError::usage("the card was never seen in a device")
                            .help("name the device, or `atgate register device arm` it: the next one is its own")
                    })
                })
            }
        }
    }
}

impl ListAll {
    fn run(self, store: &mut Store) -> Result<Exit, CliError> {
        let now = now();
        let sims = fleet::sims(store, self.state.as_deref(), now)?;
        let mut veil = Veil::new(self.reveal);
        let mut told: std::collections::HashSet<ImeiKey> = std::collections::HashSet::new();
        for sim in &sims {
            told.extend(sim.binding.link.device().into_iter().chain(sim.binding.seen));
            if self.json { say!("{}", sim_object(sim, &mut veil)) } else { say!("{}", sim_line(sim, &mut veil)) }
        }
        let mut others = Vec::new();
        if self.state.is_none() {
            fleet::devices(store, |device| {
                if !told.contains(&device) {
                    others.push(device);
                }
            })?;
        }
        for device in &others {
            let device = veil.key(*device);
            if self.json {
                say!("{}", json!({ "link": null, "device": device }));
            } else {
                say!("{:<9} {device}", "no card");
            }
        }
        if sims.is_empty() && others.is_empty() && !self.json {
            say!(
                "no device of the fleet is so; `atgate register import --list fleet` declares some, `device see` tells of one"
            );
        }
        Ok(Exit::Passed)
    }
}

impl Duplicates {
    fn run(self, place: &Place) -> Result<Exit, CliError> {
        let (now, mut veil) = (now(), Veil::new(self.reveal));
        let mut store = place.store()?;
        let rule = super::kept_rules(&mut store)?.duplicate_cards;
        let found = fleet::duplicates(&mut store, rule, now)?;
        for duplicate in &found {
            let text = match self.json {
                true => format!("{}\n", duplicate_object(duplicate, &mut veil)),
                false => duplicate_words(duplicate, &mut veil),
            };
            // The exit code is a verdict, whoever has read enough.
            if !is_heard(format_args!("{text}")) {
                break;
            }
        }
        if found.is_empty() && !self.json {
            say!("no number is several devices', as far as anybody has seen");
        }
        Ok(if found.is_empty() { Exit::Passed } else { Exit::Failed })
    }
}

impl Show {
    fn run(self, store: &mut Store, secret: Option<&HashKey>) -> Result<Exit, CliError> {
        let (mut veil, now) = (Veil::new(self.reveal), now());
        let found = fleet::identify(store, &self.identity)?;
        if found.is_empty() {
            let shown = veil.unread(&self.identity);
            return Err(CliError::usage(format!("no device of the fleet is known by `{shown}`"))
                .help("give an IMEI, an ICCID, an IMSI, or a label exactly as it was declared"));
        }
        for (count, key) in found.into_iter().enumerate() {
            let device = fleet::Device::read(store, key, secret.map(|secret| secret.hash(key)), self.last, now)?;
            let remarks = fleet::remarks(&device, now);
            if self.json {
                say!("{}", device_object(&device, &remarks, now, &mut veil));
            } else {
                if count > 0 {
                    say!("");
                }
                tell(&device, &remarks, now, &mut veil);
            }
        }
        Ok(Exit::Passed)
    }
}

impl See {
    fn run(self, store: &mut Store) -> Result<Exit, CliError> {
        let (now, mut veil) = (now(), Veil::new(self.reveal));
        let place = self.at.unwrap_or_default();
        let found = match (&self.file, &self.device) {
            (Some(path), _) => read(path, &place)?,
            (None, device_text) => {
                let text = device_text.as_deref().unwrap_or_default();
                let svn = match Spelling::parse(text).map(|spelling| spelling.equipment) {
                    Ok(Equipment::Imeisv(version)) => Some(version.svn()),
                    Ok(Equipment::ImeiAndSvn(_, svn)) => Some(svn),
                    Ok(Equipment::Imei(_) | Equipment::Meid(_) | Equipment::Esn(_)) | Err(_) => None,
                };
                let iccid =
                    self.iccid.as_deref().map(Iccid::parse).transpose().map_err(|error| wrong("--iccid", &error))?;
                let imsi =
                    self.imsi.as_deref().map(Imsi::parse).transpose().map_err(|error| wrong("--imsi", &error))?;
                let seen = Sighting::new(device(text)?, self.when.unwrap_or(now));
                vec![Sighting { svn, iccid, imsi, place: place.into(), ..seen }]
            }
        };
        let outcomes = fleet::see_all(store, &found, now)?;
        let (mut fresh, mut late, mut differed) = (0, 0, false);
        for (sighting, outcome) in found.iter().zip(&outcomes) {
            let Seen { is_new, is_late, link, events } = outcome;
            fresh += usize::from(*is_new);
            late += usize::from(*is_late);
            differed |= match link {
                Some(Link::Differed(_)) => true,
                Some(Link::Unlinked | Link::Armed | Link::Linked(_)) | None => false,
            };
            for event in events {
                say!("{}  {}", moment(sighting.at), event_words(*event, sighting.iccid, sighting.imsi, &mut veil));
            }
        }
        let known = outcomes.len() - fresh;
        say!(
            "{fresh} kept, {known} known already{}",
            match late {
                0 => String::new(),
                late => format!("; {late} older than what moved their card last: they are history, and moved nothing"),
            }
        );
        Ok(if differed { Exit::Failed } else { Exit::Passed })
    }
}

fn read(path: &std::path::Path, place: &str) -> Result<Vec<Sighting>, CliError> {
    let source: Box<dyn Read> = if path.as_os_str() == "-" {
        Box::new(io::stdin().lock())
    } else {
        let file = File::open(path);
        Box::new(file.map_err(|error| CliError::usage(format!("cannot read {}: {error}", path.display())))?)
    };
    sightings(source, place).map_err(|errors| {
        let lines: Vec<String> = errors.iter().map(|error| format!("{}:{error}", path.display())).collect();
        let help = errors.first().and_then(|error| error.help());
        CliError { help, ..CliError::usage(format!("nothing was kept: {}", lines.join("\n  "))) }
    })
}

/// Takes a step that may depend on the card.
fn by_hand(
    store: &mut Store,
    card: &str,
    step: impl FnOnce(Option<&Sim>) -> Result<Step, CliError>,
) -> Result<Exit, CliError> {
    let (iccid, imsi) = sim(card)?;
    let now = now();
    let known = fleet::sim(store, iccid, imsi, now)?;
    let step = step(known.as_ref())?;
    let (_, events) = fleet::step(store, iccid, imsi, step, &act(Verb::Put, None).who, now)?;
    let mut veil = Veil::new(false);
    if known.is_none() {
        say!("the card was never seen nor declared: it is known from now on");
    }
    for event in &events {
        say!("{}  {}", moment(now), event_words(*event, iccid, imsi, &mut veil));
    }
    if events.is_empty() {
        say!("it was so already");
    }
    Ok(Exit::Passed)
}

/// An ICCID has 18 digits at least, an IMSI 15 at most.
fn sim(text: &str) -> Result<(Option<Iccid>, Option<Imsi>), CliError> {
    let is_card = text.chars().filter(char::is_ascii_hexdigit).count() > 15;
    if is_card {
        return Iccid::parse(text).map(|iccid| (Some(iccid), None)).map_err(|error| wrong("SIM", &error));
    }
    Imsi::parse(text).map(|imsi| (None, Some(imsi))).map_err(|error| wrong("SIM", &error))
}

fn wrong(what: &str, error: &crate::identity::IdentityError) -> CliError {
    CliError { help: error.help().map(str::to_owned), ..CliError::usage(format!("{what}: {error}")) }
}

impl From<FleetError> for CliError {
    fn from(error: FleetError) -> Self {
        match error {
            FleetError::Store(error) => error.into(),
            other @ (FleetError::Future { .. } | FleetError::Place { .. } | FleetError::NoSim) => {
                CliError { exit: Exit::Usage, message: format!("nothing was kept: {other}"), help: other.help() }
            }
        }
    }
}
