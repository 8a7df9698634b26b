//! `/v1/fleet`: our own devices, what is declared of them, and all that happened to them.

use super::cards::{Card, Event};
use super::devices::{Told, equipment};
use super::{reading, text};
use crate::identity::{Iccid, Imei, ImeiKey, Imsi};
use crate::register::Row;
use crate::register::assess::Veil;
use crate::register::fleet::{self, Activity, FleetError, Happened, Link, Member, Named, Warranty};
use crate::service::door::Service;
use crate::service::fault::Fault;
use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::Uri;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The most devices of one answer, and the most sightings of one device.
const MOST: usize = 1000;
/// The longest text of a field, in bytes.
pub(super) const LONGEST_FIELD: usize = 512;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    imei: Option<String>,
    iccid: Option<String>,
    imsi: Option<String>,
    label: Option<String>,
    link: Option<String>,
    after: Option<String>,
    limit: Option<usize>,
}

#[derive(Serialize)]
struct Page {
    devices: Vec<Summary>,
    /// What `after` is for the next page; null where this is the last.
    next: Option<String>,
}

/// A device, without what happened to it.
#[derive(Serialize)]
struct Summary {
    imei: String,
    tac: String,
    declared: Vec<Declaration>,
    cards: Vec<Card>,
}

impl Summary {
    fn of(member: Member) -> Self {
        Self {
            imei: Imei::of(member.key).to_string(),
            tac: member.key.tac().to_string(),
            declared: member.declared.into_iter().map(Declaration::of).collect(),
            cards: member.sims.iter().map(Card::of).collect(),
        }
    }
}

/// What a source declares of a device.
#[derive(Serialize)]
struct Declaration {
    source: String,
    fields: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<String>,
}

impl Declaration {
    fn of((source, row): (String, Row)) -> Self {
        let fields = row.fields.as_deref().into_iter().flatten();
        Self {
            source,
            fields: fields.map(|(name, text)| (name.to_string(), text.to_string())).collect(),
            reason: row.reason.map(|text| text.to_string()),
            until: row.until.map(|until| until.to_string()),
        }
    }
}

/// The devices of the fleet, in order.
pub(super) async fn list(State(service): State<Arc<Service>>, uri: Uri) -> Result<Response, Fault> {
    let wanted: Wanted = reading::query(&uri)?;
    let limit = wanted.limit.unwrap_or(100);
    if !(1..=MOST).contains(&limit) {
        return Err(reading::wrong_query("limit", format!("expected 1 to {MOST}")));
    }
    let named = named(&wanted)?;
    let link = wanted.link.as_deref().map(link).transpose()?;
    let after = wanted.after.as_deref().map(|text| key("query after", text)).transpose()?;
    let page = service.ask(move |store| fleet::members(store, named.as_ref(), link, after, limit, Timestamp::now()));
    let (members, next) = page.await?;
    let devices = members.into_iter().map(Summary::of).collect();
    Ok(Json(Page { devices, next: next.map(|key| Imei::of(key).to_string()) }).into_response())
}

/// What names the devices; one thing alone.
fn named(wanted: &Wanted) -> Result<Option<Named>, Fault> {
    let card = |text: &String| Iccid::parse(text).map(Named::Card).map_err(|error| wrong("query iccid", &error));
    let subscription =
        |text: &String| Imsi::parse(text).map(Named::Subscription).map_err(|error| wrong("query imsi", &error));
    let labelled = |label: &String| {
        text("query label", label, LONGEST_FIELD)?;
        Ok(Named::Label(label.trim().to_owned()))
    };
    let all = [
        wanted.imei.as_deref().map(|text| key("query imei", text).map(Named::Device)),
        wanted.iccid.as_ref().map(card),
        wanted.imsi.as_ref().map(subscription),
        wanted.label.as_ref().map(labelled),
    ];
    let mut given = all.into_iter().flatten();
    let first = given.next().transpose()?;
    if given.next().is_some() {
        let reason = "expected one of imei, iccid, imsi and label";
        return Err(Fault::unprocessable("query", reason));
    }
    Ok(first)
}

fn wrong(part: &'static str, error: &crate::identity::IdentityError) -> Fault {
    Fault::unprocessable(part, said(error))
}

/// An error's words with the next step behind them.
pub(super) fn said(error: &crate::identity::IdentityError) -> String {
    match error.help() {
        Some(help) => format!("{error}; {help}"),
        None => error.to_string(),
    }
}

fn key(part: &'static str, text: &str) -> Result<ImeiKey, Fault> {
    let (_, key) = equipment(text)
        .ok_or_else(|| Fault::invalid("INVALID_QUERY_PARAM", part, "expected 14 to 16 digits: an IMEI or an IMEISV"))?;
    Ok(key)
}

/// A state of a card's link.
///
/// # Errors
/// It is none.
pub(super) fn link(word: &str) -> Result<&'static str, Fault> {
    let known = Link::WORDS.into_iter().find(|known| *known == word);
    known.ok_or_else(|| reading::wrong_query("link", "expected unlinked, armed, linked or differed"))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WantedFile {
    sightings: Option<usize>,
}

/// All that is known of a device.
#[derive(Serialize)]
struct File {
    #[serde(flatten)]
    summary: Summary,
    warranty: WarrantyTold,
    remarks: Vec<Remarked>,
    activity: Vec<Happening>,
}

#[derive(Serialize)]
struct WarrantyTold {
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_day: Option<String>,
}

impl From<Warranty> for WarrantyTold {
    fn from(warranty: Warranty) -> Self {
        let (state, last_day) = match warranty {
            Warranty::Undeclared => ("undeclared", None),
            Warranty::Holds(last) => ("holds", Some(last.to_string())),
            Warranty::Over(last) => ("over", Some(last.to_string())),
            Warranty::Unread => ("unread", None),
        };
        Self { state, last_day }
    }
}

#[derive(Serialize)]
struct Remarked {
    code: &'static str,
    text: String,
}

/// Something that happened to a device.
#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Happening {
    Seen {
        at: String,
        svn: Option<String>,
        iccid: Option<String>,
        imsi: Option<String>,
        msisdn: String,
        place: String,
    },
    Link {
        at: String,
        iccid: Option<String>,
        imsi: Option<String>,
        who: String,
        #[serde(flatten)]
        event: Event,
    },
    Put {
        #[serde(flatten)]
        row: Told,
    },
    Taken {
        /// When it was taken away; `at` of the row is when it was put there.
        taken: String,
        #[serde(flatten)]
        row: Told,
    },
}

impl From<Activity> for Happening {
    fn from(activity: Activity) -> Self {
        let at = activity.at.to_string();
        match activity.happened {
            Happened::Seen(seen) => Self::Seen {
                at,
                svn: seen.svn.map(|svn| format!("{:02}", svn.number())),
                iccid: seen.iccid.map(|iccid| iccid.to_string()),
                imsi: seen.imsi.map(|imsi| imsi.to_string()),
                msisdn: seen.msisdn.to_string(),
                place: seen.place.to_string(),
            },
            Happened::Link { iccid, imsi, event, who } => Self::Link {
                at,
                iccid: iccid.map(|iccid| iccid.to_string()),
                imsi: imsi.map(|imsi| imsi.to_string()),
                who,
                event: Event::of(event),
            },
            Happened::Put(version) => Self::Put { row: Told::from(*version) },
            Happened::Taken(version, _) => Self::Taken { taken: at, row: Told::from(*version) },
        }
    }
}

/// A device of the fleet, with what happened to it.
pub(super) async fn device(
    State(service): State<Arc<Service>>,
    path: Result<Path<String>, PathRejection>,
    uri: Uri,
) -> Result<Response, Fault> {
    let device = of_path(path)?;
    let wanted: WantedFile = reading::query(&uri)?;
    let most = wanted.sightings.unwrap_or(100);
    if most > MOST {
        return Err(reading::wrong_query("sightings", format!("expected {MOST} at most")));
    }
    let hash = service.desk.key().map(|secret| secret.hash(device));
    let file = service
        .ask(move |store| {
            let now = Timestamp::now();
            let (found, _) = fleet::members(store, Some(&Named::Device(device)), None, None, 1, now)?;
            if found.is_empty() {
                let detail = "no device of the fleet is it: nothing is declared of it, and it was never seen";
                return Err(Fault::no_entry(detail));
            }
            let device = fleet::Device::read(store, device, hash, most, now)?;
            let remarks = fleet::remarks(&device, now);
            let mut veil = Veil::new(true);
            Ok(File {
                warranty: Warranty::at(device.field("warranty"), now).into(),
                remarks: remarks
                    .iter()
                    .map(|remark| Remarked { code: remark.code(), text: remark.words(&mut veil) })
                    .collect(),
                summary: Summary::of(Member { key: device.key, declared: device.declared, sims: device.sims }),
                activity: device.activity.into_iter().map(Happening::from).collect(),
            })
        })
        .await?;
    Ok(Json(file).into_response())
}

/// The device that a path names.
///
/// # Errors
/// It names none.
pub(super) fn of_path(path: Result<Path<String>, PathRejection>) -> Result<ImeiKey, Fault> {
    let Ok(Path(text)) = path else { return Err(Fault::not_found()) };
    super::devices::of_path(&text).map(|(_, key)| key)
}

impl From<FleetError> for Fault {
    fn from(error: FleetError) -> Self {
        match error {
            FleetError::Store(error) => error.into(),
            error @ (FleetError::Future { .. } | FleetError::Place { .. } | FleetError::NoSim) => {
                let reason = match error.help() {
                    Some(help) => format!("{error}; {help}"),
                    None => error.to_string(),
                };
                Self::unprocessable("/sightings", reason)
            }
        }
    }
}
