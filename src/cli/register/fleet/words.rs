//! How the fleet is told: in words and in JSON, identities veiled.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::cli::say::say;
use crate::identity::{Iccid, Imsi};
use crate::register::List;
use crate::register::assess::Veil;
use crate::register::fleet::{self, Activity, Duplicate, Happened, LinkEvent, Remark, Sighting, Sim, Warranty};
use crate::register::store::Version;

pub(super) fn moment(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%SZ").to_string()
}

fn card_words(iccid: Option<Iccid>, imsi: Option<Imsi>, veil: &mut Veil) -> String {
    let iccid = iccid.map(|iccid| format!("ICCID {}", veil.iccid(iccid)));
    let imsi = imsi.map(|imsi| format!("IMSI {}", veil.imsi(imsi)));
    let both: Vec<String> = iccid.into_iter().chain(imsi).collect();
    if both.is_empty() { "no card".to_owned() } else { both.join(", ") }
}

pub(super) fn event_words(event: LinkEvent, iccid: Option<Iccid>, imsi: Option<Imsi>, veil: &mut Veil) -> String {
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

pub(super) fn sim_line(sim: &Sim, veil: &mut Veil) -> String {
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

pub(super) fn sim_object(sim: &Sim, veil: &mut Veil) -> Value {
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

/// A number that several devices seem to have, and why.
pub(super) fn duplicate_words(duplicate: &Duplicate, veil: &mut Veil) -> String {
    let mut text = format!("{}\n", veil.key(duplicate.device));
    for card in &duplicate.cards {
        let words = card_words(card.iccid, card.imsi, veil);
        text += &format!("  {words}, last seen {}{}\n", moment(card.at), at_place(card, veil));
    }
    if let Some((first, second)) = &duplicate.places {
        text += &format!("  seen {}{}\n", moment(first.at), at_place(first, veil));
        text += &format!("   and {}{}\n", moment(second.at), at_place(second, veil));
    }
    text
}

fn at_place(seen: &Sighting, veil: &mut Veil) -> String {
    if seen.place.is_empty() { String::new() } else { format!(", at {}", veil.foreign(&seen.place)) }
}

pub(super) fn duplicate_object(duplicate: &Duplicate, veil: &mut Veil) -> Value {
    let mut seen = |sighting: &Sighting| {
        json!({
            "iccid": sighting.iccid.map(|iccid| veil.iccid(iccid)), "imsi": sighting.imsi.map(|imsi| veil.imsi(imsi)),
            "place": veil.foreign(&sighting.place), "at": sighting.at.to_string(),
        })
    };
    let cards: Vec<Value> = duplicate.cards.iter().map(&mut seen).collect();
    let places = duplicate.places.as_ref().map(|(first, second)| [seen(first), seen(second)]);
    json!({ "device": veil.key(duplicate.device), "cards": cards, "places": places })
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

pub(super) fn tell(device: &fleet::Device, remarks: &[Remark], now: Timestamp, veil: &mut Veil) {
    say!("{}", veil.key(device.key));
    for (source, row) in &device.declared {
        for (name, text) in fields(row, veil) {
            say!("  {name}: {text}  ({source})");
        }
    }
    if let warranty @ (Warranty::Holds(_) | Warranty::Over(_) | Warranty::Unread) =
        Warranty::at(device.field("warranty"), now)
    {
        say!("  the warranty is {warranty}");
    }
    for sim in &device.sims {
        say!("  {}", sim_line(sim, veil));
    }
    for remark in remarks {
        say!("  warning[{}]: {}", remark.code(), remark.words(veil));
    }
    if device.activity.is_empty() {
        say!("  never seen, and nothing was ever written about it");
    }
    for activity in &device.activity {
        say!("  {}  {}", moment(activity.at), happened_words(activity, veil));
    }
}

pub(super) fn device_object(device: &fleet::Device, remarks: &[Remark], now: Timestamp, veil: &mut Veil) -> Value {
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
    let remarks: Vec<Value> =
        remarks.iter().map(|remark| json!({ "code": remark.code(), "text": remark.words(veil) })).collect();
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
        "warranty": Warranty::at(device.field("warranty"), now).to_string(),
    })
}
