//! `atgate register device`: the fleet's devices and their cards, seen, listed, shown, armed and linked.

use std::fs::File;
use std::io::{self, Read};
use std::path::PathBuf;

use clap::{Args, Subcommand};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::journal::device;
use super::{Place, act, now};
use crate::cli::say::say;
use crate::cli::{CliError, Exit};
use crate::identity::{Equipment, Iccid, ImeiKey, Imsi, Spelling};
use crate::register::assess::Veil;
use crate::register::exchange::sightings;
use crate::register::fleet::{
    self, Activity, FleetError, Happened, Link, LinkEvent, Remark, Seen, Sighting, Sim, Step, Warranty,
};
use crate::register::store::{Store, Verb, Version};
use crate::register::{HashKey, List};

/// Of a device so many sightings are shown, the last ones, unless told otherwise.
const SHOWN: usize = 100;

/// The verbs of `atgate register device`.
#[derive(Debug, Subcommand)]
pub(super) enum Device {
    /// List the cards, their links and their devices
    List(ListAll),
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

fn moment(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%SZ").to_string()
}

fn card_words(iccid: Option<Iccid>, imsi: Option<Imsi>, veil: &mut Veil) -> String {
    let iccid = iccid.map(|iccid| format!("ICCID {}", veil.iccid(iccid)));
    let imsi = imsi.map(|imsi| format!("IMSI {}", veil.imsi(imsi)));
    let both: Vec<String> = iccid.into_iter().chain(imsi).collect();
    if both.is_empty() { "no card".to_owned() } else { both.join(", ") }
}

fn event_words(event: LinkEvent, iccid: Option<Iccid>, imsi: Option<Imsi>, veil: &mut Veil) -> String {
    let card = card_words(iccid, imsi, veil);
    let words = match event {
        LinkEvent::First(device) => format!("seen for the first time, in {}", veil.key(device)),
        LinkEvent::Change { from, to } => {
            format!("in {} after {}, of the same model", veil.key(to), veil.key(from))
        }
        LinkEvent::TacChange { from, to } => {
            format!("in {} after {}, of another model", veil.key(to), veil.key(from))
        }
        LinkEvent::Armed => "waits for its device".to_owned(),
        LinkEvent::Linked(device) => format!("bound to {}", veil.key(device)),
        LinkEvent::Differed { bound, seen } => {
            format!("bound to {}, but seen in {}", veil.key(bound), veil.key(seen))
        }
        LinkEvent::Unlinked => "bound to nothing".to_owned(),
    };
    format!("{:<10} {card}: {words}", event.word())
}

fn sim_line(sim: &Sim, veil: &mut Veil) -> String {
    let mut line = format!("{:<9} {}", sim.binding.link, card_words(sim.iccid, sim.imsi, veil));
    if let Some(device) = sim.binding.link.device() {
        line += &format!("  bound to {}", veil.key(device));
    }
    match sim.binding.seen {
        Some(seen) if Some(seen) == sim.binding.link.device() => line += ", and seen there",
        Some(seen) => line += &format!("  seen in {}", veil.key(seen)),
        None => line += "  never seen",
    }
    line
}

fn sim_object(sim: &Sim, veil: &mut Veil) -> Value {
    json!({
        "link": sim.binding.link.word(),
        "iccid": sim.iccid.map(|iccid| veil.iccid(iccid)), "imsi": sim.imsi.map(|imsi| veil.imsi(imsi)),
        "device": sim.binding.link.device().map(|device| veil.key(device)),
        "seen": sim.binding.seen.map(|device| veil.key(device)),
        "moved": (sim.moved != Timestamp::UNIX_EPOCH).then(|| sim.moved.to_string()),
    })
}

/// The fields of a fleet's row, identities veiled.
fn fields(row: &crate::register::Row, veil: &mut Veil) -> Vec<(String, String)> {
    let fields = row.fields.as_deref().into_iter().flatten();
    fields
        .map(|(name, text)| {
            let told = match (&**name, Iccid::parse(text), Imsi::parse(text)) {
                ("iccid", Ok(iccid), _) => veil.iccid(iccid),
                ("imsi", _, Ok(imsi)) => veil.imsi(imsi),
                (_, _, _) => veil.foreign(text),
            };
            (name.to_string(), told)
        })
        .collect()
}

fn warranty_words(warranty: Warranty) -> String {
    match warranty {
        Warranty::Undeclared => "undeclared".to_owned(),
        Warranty::Holds(last) => format!("holds until {last}"),
        Warranty::Over(last) => format!("over since {last}"),
        Warranty::Unread => "declared, but as no date".to_owned(),
    }
}

fn remark_words(remark: &Remark, veil: &mut Veil) -> (&'static str, String) {
    match remark {
        Remark::Cards { count } => {
            ("cards", format!("seen with {count} cards: it was changed, or several devices have this number"))
        }
        Remark::Places { first, second } => (
            "places",
            format!(
                "seen at {} and {} within {} s: two devices have this number",
                veil.foreign(&first.place),
                veil.foreign(&second.place),
                second.at.duration_since(first.at).as_secs()
            ),
        ),
        Remark::Label { labelled } => ("label", format!("its label is that of {}", veil.key(*labelled))),
        Remark::Differed { seen: Some(seen) } => ("differed", format!("its card was seen in {}", veil.key(*seen))),
        Remark::Differed { seen: None } => ("differed", "its card was seen in another device, and is back".to_owned()),
        Remark::Warranty(warranty) => ("warranty", format!("its warranty is {}", warranty_words(*warranty))),
    }
}

fn book(version: &Version) -> &'static str {
    version.stored.row.list.map_or(version.stored.book.word(), List::word)
}

fn happened_words(activity: &Activity, veil: &mut Veil) -> String {
    match &activity.happened {
        Happened::Seen(sighting) => {
            let mut words = format!("seen       {}", card_words(sighting.iccid, sighting.imsi, veil));
            if let Some(svn) = sighting.svn {
                words += &format!(", SVN {:02}", svn.number());
            }
            if !sighting.place.is_empty() {
                words += &format!(", at {}", veil.foreign(&sighting.place));
            }
            words
        }
        Happened::Link { iccid, imsi, event, who } => {
            format!("{}; by {}", event_words(*event, *iccid, *imsi, veil), veil.foreign(who))
        }
        Happened::Put(version) => {
            let mut words = format!(
                "{:<10} {}, of {}, by {} in act {}",
                book(version),
                veil.subject(&version.stored.row.subject),
                version.source,
                version.opened.who,
                version.opened.id
            );
            if let Some(reason) = &version.stored.row.reason {
                words += &format!("; {}", veil.foreign(reason));
            }
            words
        }
        Happened::Taken(version, act) => {
            format!("{:<10} {} taken away in act {act}", book(version), veil.subject(&version.stored.row.subject))
        }
    }
}

fn tell(device: &fleet::Device, remarks: &[Remark], now: Timestamp, veil: &mut Veil) {
    say!("{}", veil.key(device.key));
    for (source, row) in &device.declared {
        for (name, text) in fields(row, veil) {
            say!("  {name}: {text}  ({source})");
        }
    }
    if let warranty @ (Warranty::Holds(_) | Warranty::Over(_) | Warranty::Unread) =
        Warranty::at(device.field("warranty"), now)
    {
        say!("  the warranty is {}", warranty_words(warranty));
    }
    for sim in &device.sims {
        say!("  {}", sim_line(sim, veil));
    }
    for remark in remarks {
        let (word, words) = remark_words(remark, veil);
        say!("  warning[{word}]: {words}");
    }
    if device.activity.is_empty() {
        say!("  never seen, and nothing was ever written about it");
    }
    for activity in &device.activity {
        say!("  {}  {}", moment(activity.at), happened_words(activity, veil));
    }
}

fn device_object(device: &fleet::Device, remarks: &[Remark], now: Timestamp, veil: &mut Veil) -> Value {
    let declared: Vec<Value> = device
        .declared
        .iter()
        .map(|(source, row)| {
            let fields: serde_json::Map<String, Value> =
                fields(row, veil).into_iter().map(|(name, text)| (name, text.into())).collect();
            json!({ "source": source, "fields": fields })
        })
        .collect();
    let sims: Vec<Value> = device.sims.iter().map(|sim| sim_object(sim, veil)).collect();
    let remarks: Vec<Value> = remarks
        .iter()
        .map(|remark| {
            let (code, text) = remark_words(remark, veil);
            json!({ "code": code, "text": text })
        })
        .collect();
    let activity: Vec<Value> = device
        .activity
        .iter()
        .map(|activity| {
            let mut object = match &activity.happened {
                Happened::Seen(sighting) => json!({
                    "kind": "seen", "svn": sighting.svn.map(|svn| format!("{:02}", svn.number())),
                    "iccid": sighting.iccid.map(|iccid| veil.iccid(iccid)), "imsi": sighting.imsi.map(|imsi| veil.imsi(imsi)),
                    "place": veil.foreign(&sighting.place),
                }),
                Happened::Link { iccid, imsi, event, who } => {
                    let (to, from) = event.devices();
                    json!({
                        "kind": "link", "event": event.word(), "alarm": event.is_alarm(), "who": who,
                        "iccid": iccid.map(|iccid| veil.iccid(iccid)), "imsi": imsi.map(|imsi| veil.imsi(imsi)),
                        "device": to.map(|device| veil.key(device)), "former": from.map(|device| veil.key(device)),
                    })
                }
                Happened::Put(version) => json!({
                    "kind": "put", "book": book(version), "source": version.source, "act": version.opened.id,
                    "who": version.opened.who, "subject": veil.subject(&version.stored.row.subject),
                    "reason": version.stored.row.reason.as_deref().map(|reason| veil.foreign(reason)),
                }),
                Happened::Taken(version, act) => json!({
                    "kind": "taken", "book": book(version), "source": version.source, "act": act,
                    "subject": veil.subject(&version.stored.row.subject),
                }),
            };
            object["at"] = activity.at.to_string().into();
            object
        })
        .collect();
    json!({
        "device": veil.key(device.key), "declared": declared, "cards": sims, "remarks": remarks, "activity": activity,
        "warranty": warranty_words(Warranty::at(device.field("warranty"), now)),
    })
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
